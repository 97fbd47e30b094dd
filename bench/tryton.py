"""Our list of fifty ties beside Tryton's list of fifty projects, in one run on one machine.

Two ways: inside the process, the peer's search and read against our query and the fields that
the list shows; over HTTP, the peer's JSON-RPC against our whole page of HTML. Both sit on waitress
with eight threads and on the same PostgreSQL, both check what the reader may see; ours is measured
on SQLite besides. The peer is asked for stored columns only, in one call. Rounds alternate, so
that a busy minute hits both.

Bar: at least twice as fast at p50 on PostgreSQL with as many rows. Ends with 1 if it is missed.

    .venv/bin/python bench/tryton.py [--quick]
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from common import (
    HOME,
    ROOT,
    Client,
    Installation,
    console,
    figures,
    free_port,
    inside,
    keep,
    kembar,
    prepare,
    psql,
    serving,
    start_postgres,
)
from rich.table import Table

ENVIRONMENT = ROOT / "bench" / ".envs" / "tryton"
PACKAGES = ["trytond", "trytond-party", "trytond-project", "psycopg[binary]", "psycopg-pool",
            "waitress"]  # fmt: skip
CONFIGURATION = HOME / "trytond.conf"
PASSWORD_FILE = HOME / "tryton-password"
DATABASE = "tryton"
ROWS = 10_000
BAR = 2.0
ROUNDS = 4
NATION, TEN_THOUSAND = 1.0, 0.2
LISTS = {"first": "", "page 50": "page=50", "by name": "q=jiangxi"}


class Peer:
    """Tryton in an environment and a database of its own."""

    def __init__(self) -> None:
        self.variables = {**os.environ, "PGHOST": str(start_postgres()),
                          "TRYTONPASSFILE": str(PASSWORD_FILE),
                          "PYTHONWARNINGS": "ignore"}  # fmt: skip

    def make(self) -> None:
        """Install it and make its database, as far as that is not done."""
        if not (ENVIRONMENT / "bin" / "waitress-serve").exists():
            console.print("[dim]installing Tryton …[/]")
            subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
            pip = [ENVIRONMENT / "bin" / "pip", "install", "--quiet", *PACKAGES]
            subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
        if not PASSWORD_FILE.exists():
            PASSWORD_FILE.touch(mode=0o600)
            PASSWORD_FILE.write_text(secrets.token_urlsafe(16))
        CONFIGURATION.write_text("[database]\nuri = postgresql://bench@/\n")
        if not self._has_database():
            self._make_database()
        made = self.run("fill", ROWS)
        console.print(f"[dim]Tryton holds {made['total']:,} projects[/]")

    def _has_database(self) -> bool:
        """Say whether there is a database that this password opens."""
        done = HOME / "tryton-made"
        return done.exists() and done.read_text() == PASSWORD_FILE.read_text()

    def _make_database(self) -> None:
        console.print("[dim]making Tryton's database …[/]")
        psql(f"DROP DATABASE IF EXISTS {DATABASE}")
        psql(f"CREATE DATABASE {DATABASE}")
        admin = [ENVIRONMENT / "bin" / "trytond-admin", "-c", CONFIGURATION, "-d", DATABASE]
        for arguments in (
            ["--all", "--email", "admin@bench.example", "-l", "en"],
            ["-u", "party", "-u", "project", "--activate-dependencies"],
        ):
            subprocess.run([*admin, *arguments], check=True, env=self.variables,
                           capture_output=True)  # fmt: skip
        (HOME / "tryton-made").write_text(PASSWORD_FILE.read_text())

    def run(self, task: str, count: int) -> Any:
        script = ROOT / "bench" / "tryton_peer.py"
        python = ENVIRONMENT / "bin" / "python"
        command = [python, script, CONFIGURATION, DATABASE, task, str(count)]
        answer = subprocess.run(command, check=True, env=self.variables, capture_output=True)
        return json.loads(answer.stdout.splitlines()[-1])

    @contextmanager
    def served(self) -> Iterator[int]:
        port = free_port()
        variables = {**self.variables, "TRYTOND_CONFIG": str(CONFIGURATION),
                     "TRYTOND_DATABASE_NAMES": DATABASE}  # fmt: skip
        server = str(ENVIRONMENT / "bin" / "waitress-serve")
        command = [server, f"--listen=127.0.0.1:{port}", "--threads=8", "trytond.application:app"]
        with serving(command, variables, port):
            yield port


class PeerClient:
    """Tryton's own protocol on a connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        user, session = self._login()
        token = base64.b64encode(f"admin:{user}:{session}".encode()).decode()
        self.headers["Authorization"] = f"Session {token}"
        preferences = self.call("model.res.user.get_preferences", [True, {}])
        self.context = {**preferences, "client": "bench"}

    def _login(self) -> tuple[int, str]:
        password = {"password": PASSWORD_FILE.read_text()}
        answer = self.call("common.db.login", ["admin", password, "en"])
        return answer[0], answer[1]

    def call(self, method: str, parameters: list[Any]) -> Any:
        body = json.dumps({"id": 1, "method": method, "params": parameters})
        self.connection.request("POST", f"/{DATABASE}/rpc/", body, self.headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        if isinstance(answer, dict):
            if answer.get("error"):
                raise SystemExit(f"Tryton answers {method} with {answer['error']}")
            return answer["result"]
        return answer

    def list_ms(self, where: tuple[list[Any], int], order: Any, fields: list[str]) -> float:
        domain, offset = where
        started = time.perf_counter()
        rows = self.call(
            "model.project.work.search_read", [domain, offset, 50, order, fields, self.context]
        )
        spent = (time.perf_counter() - started) * 1000
        if len(rows) != 50:
            raise SystemExit(f"Tryton's list gave {len(rows)} rows instead of 50.")
        return spent


def ours() -> dict[str, Installation]:
    """Prepare our side: the nation's 5,000 ties, and 10,000."""
    made = {}
    for database in ("postgresql", "sqlite"):
        nation = Installation(database, NATION)
        many = Installation(database, TEN_THOUSAND, "-many")
        for installation in (nation, many):
            prepare(installation)
        inside("grow", many, ROWS)
        made[f"Kembar, {database}, 5,000"] = nation
        made[f"Kembar, {database}, 10,000"] = many
    return made


Times = dict[tuple[str, str, str], list[float]]


def inside_processes(peer: Peer, sides: dict[str, Installation], count: int) -> Times:
    """Way (a): each side in its own process, without HTTP."""
    times: Times = defaultdict(list)
    for _round in range(ROUNDS):
        for name, spent in peer.run("list", count).items():
            times["in process", "Tryton, postgresql, 10,000", name] += spent
        for side, installation in sides.items():
            for name, spent in inside("list", installation, count).items():
                times["in process", side, name] += spent
    return times


def over_http(peer: Peer, sides: dict[str, Installation], count: int) -> Times:
    """Way (b): a signed-in client on a connection that stays open."""
    times: Times = defaultdict(list)
    asked = peer.run("asked", 0)
    for _round in range(ROUNDS):
        with peer.served() as port:
            client = PeerClient(port)
            for name, where in asked["wheres"].items():
                for number in range(count + 5):
                    spent = client.list_ms(where, asked["order"], asked["fields"])
                    if number >= 5:
                        times["HTTP", "Tryton, postgresql, 10,000", name].append(spent)
        for side, installation in sides.items():
            cookie = inside("session", installation)["ministry"]
            with kembar(installation) as port:
                ours_ = Client(port, cookie)
                for name, query in LISTS.items():
                    answers = [ours_.get(f"/ties/?{query}") for _number in range(count + 5)]
                    spent_ours = [answer.client_ms for answer in answers[5:]]
                    times["HTTP", side, name] += spent_ours
    return times


def rows_of(times: Times) -> list[dict[str, Any]]:
    """Return figures of each way, side and list, with how many times as fast as the peer."""
    measured = {key: figures(spent) for key, spent in times.items()}
    rows = []
    for (way, side, name), found in measured.items():
        peer = measured[way, "Tryton, postgresql, 10,000", name]
        ratio = round(peer["p50"] / found["p50"], 2)
        rows.append({"way": way, "side": side, "list": name, **found, "times_as_fast": ratio})
    return sorted(rows, key=lambda row: (row["way"], row["list"], row["side"]), reverse=True)


def show(rows: list[dict[str, Any]]) -> None:
    table = Table(title="List of 50, ms")
    for heading in ("way", "list", "side"):
        table.add_column(heading)
    for heading in ("p50", "p95", "times as fast as Tryton"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row["way"], row["list"], row["side"], f"{row['p50']:.1f}",
                      f"{row['p95']:.1f}", f"{row['times_as_fast']:.1f}")  # fmt: skip
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = 10 if parser.parse_args().quick else 50
    peer = Peer()
    peer.make()
    sides = ours()
    times = {**inside_processes(peer, sides, count), **over_http(peer, sides, count)}
    rows = rows_of(times)
    show(rows)
    missed = [
        f"{row['list']}, {row['way']}: only {row['times_as_fast']} times as fast"
        for row in rows
        if row["side"] == "Kembar, postgresql, 10,000" and row["times_as_fast"] < BAR
    ]
    for line in missed:
        console.print(f"[red]missed[/] {line}")
    keep("tryton", {"bar": BAR, "peer": _versions(), "missed": missed, "rows": rows})
    return 1 if missed else 0


def _versions() -> dict[str, str]:
    pip = [ENVIRONMENT / "bin" / "pip", "list", "--format=json"]
    listed = json.loads(subprocess.run(pip, check=True, capture_output=True).stdout)
    return {item["name"]: item["version"] for item in listed if "tryt" in item["name"]}


if __name__ == "__main__":
    sys.exit(main())

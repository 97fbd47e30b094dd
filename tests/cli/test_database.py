"""A database that is broken, begun by two, or cut off while it was made."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import connection

from kembar.cli.house import _alone_on_the_server
from tests.cli.conftest import Kembar, environment_of, refusal, run
from tests.cli.test_serve import free_port

COMMAND = [sys.executable, "-c", "from kembar.cli.main import main; main()", "export"]


def begun(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        COMMAND,
        env=environment_of(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# Broken


def no_database(file: Path) -> None:
    file.write_bytes(b"This was never a database of anybody. " * 200)


def torn(file: Path) -> None:
    """Spoil all pages but the first few: it opens, and breaks when it is read."""
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


@pytest.mark.parametrize("break_it", [no_database, torn])
@pytest.mark.parametrize(
    "command",
    [
        ["export"],
        ["import", "ties.csv"],
        ["person", "ani@example.org", "--name", "Ani", "--role", "administrator"],
        ["example"],
        ["sweep"],
        ["serve", "--port", str(free_port())],
        ["seed", "--national", "--scale", "0.001"],
    ],
    ids=lambda command: command[0],
)
def test_a_broken_database_is_named_and_how_to_mend_it(
    kembar: Kembar, home: Path, break_it: Callable[[Path], None], command: list[str]
) -> None:
    (home.parent / "ties.csv").write_text("home,partner,kind\nID-NT,CN-JX,friendly\n")
    break_it(home / "kembar.sqlite3")

    said = refusal(kembar(*command))

    assert f"{home / 'kembar.sqlite3'} is broken, or no database" in said
    assert "put your latest copy in its place" in said


@pytest.mark.parametrize("break_it", [no_database, torn])
def test_the_doctor_finds_a_broken_database(
    kembar: Kembar, home: Path, break_it: Callable[[Path], None]
) -> None:
    break_it(home / "kembar.sqlite3")

    done = kembar("doctor", "--json")

    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    last = json.loads(done.stdout)[-1]
    assert last["level"] == "bad"
    assert f"{home / 'kembar.sqlite3'} is broken" in last["what"]
    assert "latest copy" in last["mend"]


# New


def tables(home: Path) -> int:
    with sqlite3.connect(home / "kembar.sqlite3") as database:
        ((count,),) = database.execute("SELECT count(*) FROM sqlite_master")
    return int(count)


def test_two_may_begin_at_once(tmp_path: Path) -> None:
    both = [begun(tmp_path / "home") for _ in range(2)]

    said = [process.communicate(timeout=300)[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert not list((tmp_path / "home").glob("*.new*"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_homes_on_one_server_migrate_one_after_the_other() -> None:
    done = Event()

    def migrate() -> None:
        with _alone_on_the_server():
            done.set()
        connection.close()

    with _alone_on_the_server():
        other = Thread(target=migrate)
        other.start()
        was_let_in = done.wait(0.5)
    other.join(10)

    assert not was_let_in
    assert done.is_set()


def test_what_is_cut_off_while_it_is_made_leaves_nothing_half_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process = begun(home)
    new, until = home / "kembar.sqlite3.new", time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        # What is written first lies in the log beside it.
        if any(file.stat().st_size > 100_000 for file in home.glob("*.new*")):
            break
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert new.exists(), "it was ended while it made the database"
    assert tables(home) == 0

    done = run(home, "export")

    assert done.returncode == 0, done.stderr
    assert tables(home) > 30
    assert not list(home.glob("*.new*"))
    assert (home / "kembar.sqlite3").stat().st_mode & 0o077 == 0

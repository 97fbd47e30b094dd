"""What `kembar serve` says before it listens."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.conftest import Kembar, environment_of

FIRST = 'kembar person you@example.org --name "Your name" --role administrator'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, *options: str) -> Iterator[tuple[int, str]]:
    """Run `kembar serve` for a while, and give its port and the first that it says."""
    port = free_port()
    command = "from kembar.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "serve", "--port", str(port), *options],
        env=environment_of(home),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        lines = []
        for line in process.stderr:
            lines.append(line)
            if "Ctrl+C" in line:
                break
        try:
            yield port, "".join(lines)
        finally:
            process.terminate()


def said_by_serve(home: Path, *options: str) -> str:
    with serving(home, *options) as (_port, said):
        return said


def test_without_people_it_says_how_to_make_the_first_administrator(home: Path) -> None:
    said = said_by_serve(home)

    assert FIRST in said
    assert "kembar example" in said


def test_with_people_it_does_not(home: Path, kembar: Kembar) -> None:
    kembar("person", "siti@example.org", "--name", "Siti", "--role", "administrator")

    said = said_by_serve(home)

    assert FIRST not in said
    assert "Warning" not in said


def answer_to(port: int, head: str) -> bytes:
    """Send the head of a request, and return the answer to it; the body never comes."""
    for _try in range(50):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as talk:
                talk.sendall(head.encode())
                return talk.recv(4096)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("kembar serve does not listen.")


def test_whoever_sends_more_than_may_be_handed_in_is_refused_at_once(home: Path) -> None:
    with serving(home) as (port, _said):
        answer = answer_to(
            port,
            "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n",
        )

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_the_password_of_the_example_is_shown_on_this_machine_only(
    home: Path, kembar: Kembar
) -> None:
    kembar("example")
    password = (home / "example-password.txt").read_text().strip()

    here, everywhere = said_by_serve(home), said_by_serve(home, "--host", "0.0.0.0")

    assert password in here
    assert password not in everywhere
    assert "7 example people can sign in, and 0.0.0.0 is open to other machines." in everywhere
    assert "open to other machines" not in here


def test_without_example_people_nothing_is_said_of_them(home: Path) -> None:
    assert "example people" not in said_by_serve(home, "--host", "0.0.0.0")

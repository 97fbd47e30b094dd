"""What `kembar serve` says before it listens."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Kembar, environment_of

FIRST = 'kembar person you@example.org --name "Your name" --role administrator'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said_by_serve(home: Path) -> str:
    """Return the first lines of `kembar serve`, which is then ended."""
    command = "from kembar.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "serve", "--port", str(free_port())],
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
        process.terminate()
        return "".join(lines)


def test_without_people_it_says_how_to_make_the_first_administrator(home: Path) -> None:
    said = said_by_serve(home)

    assert FIRST in said
    assert "kembar example" in said


def test_with_people_it_does_not(home: Path, kembar: Kembar) -> None:
    kembar("person", "siti@example.org", "--name", "Siti", "--role", "administrator")

    said = said_by_serve(home)

    assert FIRST not in said
    assert "Warning" not in said

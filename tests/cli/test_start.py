"""How Kembar is started: as a module too, and from an environment that is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kembar import __version__

ROOT = Path(__file__).parents[2]


def test_it_starts_as_a_module() -> None:
    command = [sys.executable, "-m", "kembar", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout == f"kembar {__version__}\n"


def make(venv: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", ROOT / "tools" / "venv.sh", venv],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_environment_that_was_interrupted_is_made_anew(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)

    done = make(venv)

    assert done.returncode == 0, done.stderr
    assert "is not complete; making it anew" in done.stderr
    subprocess.run([venv / "bin" / "python", "-m", "pip", "--version"], check=True)


def test_an_environment_that_is_whole_is_left_as_it_is(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    make(venv)
    (venv / "mark").touch()

    done = make(venv)

    assert (done.returncode, done.stderr) == (0, "")
    assert (venv / "mark").exists()

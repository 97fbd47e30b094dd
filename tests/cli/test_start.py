"""How Kembar is started: as a module too, and from an environment that is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kembar import __version__

ROOT = Path(__file__).parents[2]


def test_it_starts_as_a_module() -> None:
    command = [sys.executable, "-m", "kembar", "--version"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout == f"kembar {__version__}\n"


def test_files_and_pipes_get_utf8_whatever_the_screen_speaks() -> None:
    # A Chinese Windows asks for GBK, which has no sign for a square.
    command = [sys.executable, "-m", "kembar", "atlas", "show", "CN-JX"]

    done = subprocess.run(
        command, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "gbk"}
    )

    assert done.returncode == 0
    assert "km²" in done.stdout.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_is_told_in_one_sentence() -> None:
    command = [sys.executable, "-m", "kembar", "atlas", "list", "--json"]

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, text=True)

    assert done.returncode == 1
    assert done.stderr == "The answer cannot be written: No space left on device.\n"


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

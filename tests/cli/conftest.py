"""The `kembar` command as people run it: in a process of its own, with a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kembar.site import environment

Done = subprocess.CompletedProcess[str]
Kembar = Callable[..., Done]


def environment_of(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment with these settings of Kembar and no others."""
    kept = {k: v for k, v in os.environ.items() if k not in environment.SETTINGS}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "KEMBAR_HOME": str(home), "COLUMNS": "200", **settings}


def run(home: Path, *arguments: str, **settings: str) -> Done:
    return subprocess.run(
        [sys.executable, "-c", "from kembar.cli.main import main; main()", *arguments],
        cwd=home.parent,
        env=environment_of(home, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database is brought up to date once, to be copied."""
    home = tmp_path_factory.mktemp("kembar") / "home"
    done = run(home, "export")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(_migrated: Path, tmp_path: Path) -> Path:
    """An installation of its own without people or ties."""
    return shutil.copytree(_migrated, tmp_path / "home")


@pytest.fixture
def kembar(home: Path) -> Kembar:
    """``kembar("export", "ties.csv", KEMBAR_LANGUAGE="en")`` in an installation of its own."""
    return lambda *arguments, **settings: run(home, *arguments, **settings)


def refusal(done: Done, *, code: int = 1) -> str:
    """Return what a command says that refuses: one sentence on stderr and no traceback."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())

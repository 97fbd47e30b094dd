"""What is installed is whole: pages, styles, languages and data come along."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A wheel goes over slow lines; it grew past this when data was added that should be fetched.
LIMIT_MB = 5
# The world's regions, their climate and shapes: what makes Kembar answer without a network.
ATLAS = "kembar/engines/atlas/data/"
ATLAS_LIMIT_MB = 25


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("hatchling") is None:
        pytest.skip("needs hatchling: make test installs it")
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("*.whl")
    return file


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src" / "kembar").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }

    assert sorted(ours - packed) == []
    assert {name for name in packed if name.startswith("kembar/")} == ours


@pytest.mark.parametrize(
    "ending", [".html", ".css", ".js", ".svg", ".toml", ".mo", ".npz", "py.typed"]
)
def test_the_wheel_holds_more_than_code(wheel: Path, ending: str) -> None:
    assert any(name.endswith(ending) for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_brings_its_command_and_its_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry_points,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]

    assert "kembar = kembar.cli.main:main" in archive.read(entry_points).decode()
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_the_wheel_stays_small(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel).infolist()
    atlas_mb = sum(e.compress_size for e in packed if e.filename.startswith(ATLAS)) / 2**20
    rest_mb = wheel.stat().st_size / 2**20 - atlas_mb

    assert rest_mb < LIMIT_MB, f"the wheel has {rest_mb:.1f} MB besides the atlas"
    assert 5 < atlas_mb < ATLAS_LIMIT_MB, f"the atlas has {atlas_mb:.1f} MB"


def test_nothing_of_a_developer_or_of_tests_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert len(tops) == 2
    assert "kembar" in tops

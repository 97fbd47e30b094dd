"""`kembar rulebook`, as people type it."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kembar.cli.main import app
from kembar.engines.procedure.catalog import text


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["rulebook", *words], env={"COLUMNS": "160"})


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.toml"
    assert run("show", "jp-shimai", "--copy", str(file)).exit_code == 0
    return file


def test_a_book_that_is_whole_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "cn.toml"
    file.write_text(text("cn-youhao"), encoding="utf-8")

    result = run("check", str(file))

    assert result.exit_code == 0
    assert "24 steps, 1 gate, 15 rules" in result.stdout
    assert "0 of 4; source needed" in result.stdout
    assert "cn-report" in result.stdout


def test_a_book_that_is_wrong_is_refused_with_its_line(mine: Path) -> None:
    wrong = mine.read_text("utf-8").replace('actor = "jp-both"', 'actor = "jp-bot"')
    mine.write_text(wrong, "utf-8")

    result = run("check", str(mine))

    line = wrong[: wrong.index('actor = "jp-bot"')].count("\n") + 1
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"mine.toml:{line} [[steps]] jp-signing" in result.stderr
    assert "do you mean “jp-both”?" in result.stderr


def test_a_file_beyond_all_measure_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.toml"
    with file.open("wb") as hollow:
        hollow.truncate(100_000_000)

    tracemalloc.start()
    result = run("check", str(file))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert result.exit_code == 1
    assert "longer than the 2000000 signs" in result.stderr
    assert most < 50_000_000


def test_letters_that_are_not_utf8_are_refused_with_their_line(mine: Path) -> None:
    mine.write_bytes(mine.read_text("utf-8").encode("euc-jp", "replace"))

    result = run("check", str(mine))

    assert result.exit_code == 1
    assert "cannot be read as UTF-8" in result.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = run("check", str(tmp_path / "none.toml"))

    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_all_books_are_listed_in_the_language_asked_for() -> None:
    result = run("show", "--lang", "zh")

    assert "cn-youhao 2026.1  友好省州（中国）" in result.stdout
    assert len(result.stdout.splitlines()) == 8


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("id", ["Persetujuan DPRD", "Gubernur mengajukan rencana"]),
        ("zh", ["地方议会批准", "由地方议会决定"]),
        ("en", ["Council approval", "3 working days since it was asked for"]),
    ],
)
def test_a_book_is_shown_with_its_basis_and_how_it_was_seen(lang: str, words: list[str]) -> None:
    result = run("show", "id-ksdpl", "--lang", lang)

    assert result.exit_code == 0
    address = "https://pasal.id/peraturan/permen/permenlu-no-4-tahun-2023/koreksi/9603457"
    for each in (
        *words,
        f"Permenlu 4/2023 Pasal 6 [text seen] {address}",
        "source needed (setting dprd_days",
        "at least 10 days before departure",
        "R-08",
    ):
        assert each in result.stdout


def test_a_book_as_json() -> None:
    data = json.loads(run("show", "id-ksdpl", "--json").stdout)

    assert data["steps"]["id-treaty-paper"]["limit"]["days"] == 3
    assert data["steps"]["id-dprd"]["limit"]["days"] is None


def test_all_books_as_json() -> None:
    assert len(json.loads(run("show", "--json").stdout)["rows"]) == 8


def test_a_copy_overwrites_nothing(mine: Path) -> None:
    assert mine.read_text("utf-8") == text("jp-shimai")

    result = run("show", "kr-jamae", "--copy", str(mine))

    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert mine.read_text("utf-8") == text("jp-shimai")


def test_what_changed_is_told_field_by_field(mine: Path) -> None:
    changed = mine.read_text("utf-8").replace('after = ["jp-council"]\n', "")
    mine.write_text(changed.replace('version = "2026.1"', 'version = "2027.1"'), "utf-8")

    result = run("diff", "jp-shimai", str(mine))

    assert "jp-shimai 2026.1 → jp-shimai 2027.1" in result.stdout
    assert "→ moved steps jp-signing Signing of the tie document" in result.stdout
    assert 'after: ["jp-council"] → []' in result.stdout
    data = json.loads(run("diff", "jp-shimai", str(mine), "--json").stdout)
    assert [each["kind"] for each in data["changes"]] == ["changed", "moved"]


def test_the_same_book_says_the_same() -> None:
    assert "say the same" in run("diff", "jp-shimai", "jp-shimai-2026.1").stdout


def test_a_tie_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "tie.svg"

    result = run("draw", "id-ksdpl", "--partner", "cn-youhao", "--lang", "id", "--out", str(file))

    assert result.exit_code == 0
    svg = ET.fromstring(file.read_text("utf-8"))
    assert "Persetujuan DPRD" in "".join(svg.itertext())
    assert "Persetujuan CPAFFC" in "".join(svg.itertext())
    assert "var(" not in file.read_text("utf-8")


def test_a_procedure_that_a_book_lacks_is_refused_with_those_it_has() -> None:
    result = run("draw", "eu-twinning", "--sub", "travel")

    assert result.exit_code == 1
    assert "it has establish, ending" in result.stderr
    assert "“journey” is no procedure" in run("draw", "eu-twinning", "--sub", "journey").stderr


def test_a_code_that_is_not_there_is_refused_with_what_may_be_meant() -> None:
    result = run("show", "id-ksdp")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "do you mean “id-ksdpl”?" in result.stderr


def test_it_starts_without_django() -> None:
    code = (
        "import sys; from kembar.cli.main import app\n"
        "try: app(['rulebook', 'draw', 'id-ksdpl'])\n"
        "except SystemExit: pass\n"
        "sys.exit('django' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert done.returncode == 0, done.stderr

"""`kembar scout --report`: a file for the office beside the answer."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from kembar.cli.main import app


def scout(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scout", *arguments])


@pytest.fixture
def table(tmp_path: Path) -> str:
    (tmp_path / "t.csv").write_text("city,coast_km,gdp\nHaikou,10,450\nKupang,3,800\n")
    return str(tmp_path / "t.csv")


def test_a_report_is_written_beside_the_answer(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"

    done = scout(
        "ID-NT", "--among", "CN-HI,CN-JX,CN-GD", "--draws", "500", "--format", "json",
        "--report", str(file), "--language", "en",
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"][0]["code"] == "CN-HI"
    text = PdfReader(file).pages[0].extract_text()
    assert "East Nusa Tenggara" in text
    assert "Hainan comes out best" in text.replace("\n", " ")


def test_a_table_has_a_report_too_and_as_word(table: str, tmp_path: Path) -> None:
    file = tmp_path / "report.DOCX"

    done = scout("--table", table, "--report", str(file))

    assert done.exit_code == 0, done.output
    cells = [c.text for t in Document(str(file)).tables for r in t.rows for c in r.cells]
    assert "Haikou" in cells


def test_a_record_that_is_run_again_gives_its_report(tmp_path: Path) -> None:
    record, file = tmp_path / "record.json", tmp_path / "report.pdf"
    record.write_text(
        scout("ID-NT", "--among", "CN-HI,CN-JX", "--draws", "100", "--format", "json").stdout
    )

    done = scout("--again", str(record), "--report", str(file), "--language", "zh")

    assert done.exit_code == 0, done.output
    assert "东努沙登加拉省" in PdfReader(io.BytesIO(file.read_bytes())).pages[0].extract_text()


@pytest.mark.parametrize("name", ["report.txt", "report", "report.pdf.gz"])
def test_another_ending_is_refused_before_the_work(table: str, tmp_path: Path, name: str) -> None:
    done = scout("--table", table, "--report", str(tmp_path / name))

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "neither .pdf nor .docx" in done.stderr
    assert not (tmp_path / name).exists()


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    table: str, tmp_path: Path
) -> None:
    done = scout("--table", table, "--report", str(tmp_path / "no" / "report.pdf"))

    assert done.exit_code == 1
    assert done.stdout == ""
    assert "cannot be written" in done.stderr


def test_a_ranking_without_a_report_loads_nothing_that_sets_type(table: str) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from kembar.cli.main import app;"
        f"done = CliRunner().invoke(app, ['scout', '--table', {table!r}]);"
        "assert done.exit_code == 0, done.output;"
        "print([m for m in ('typst', 'docx', 'lxml', 'django') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

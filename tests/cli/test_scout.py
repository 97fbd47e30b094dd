"""kembar scout, as it is typed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kembar.cli.main import app

CSV = "province,coast_km,gdp,flights\nJiangxi,0,450,2\nFujian,3700,800,\nHainan,1900,100,3\n"
TOML = """
[[criteria]]
code = "coast_km"
group = "nature"
worst = 0
best = 4000
[[criteria]]
code = "gdp"
group = "economy"
unit = "billion USD"
worst = 0
best = 1000
[[criteria]]
code = "flights"
group = "economy"
worst = 0
best = 10
[[filters]]
column = "gdp"
least = 150
reason = "too small"
basis = "our rule"
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "c.toml").write_text(TOML)
    return ["--table", str(tmp_path / "t.csv"), "--criteria", str(tmp_path / "c.toml")]


def scout(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scout", *arguments])


def as_json(*arguments: str) -> dict[str, Any]:
    done = scout(*arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_json_says_how_sure_the_ranking_is(files: list[str]) -> None:
    found = as_json(*files, "--prefer", "nature>economy")

    first, second, out = found["rows"]
    assert (first["code"], first["rank"]) == ("Fujian", 1)
    assert first["first_rank_acceptability"] + second["first_rank_acceptability"] == 1
    assert sum(first["rank_acceptability"]) == pytest.approx(1)
    assert first["values"]["flights"] == {"value": None, "law": "missing", "on_scale": 0.5}
    assert second["values"]["gdp"]["on_scale"] == 0.45
    assert out["code"] == "Hainan"
    assert out["filtered"] == {"reason": "too small", "basis": "our rule"}
    assert found["preferences"] == ["nature > economy"]
    assert found["monte_carlo_error"] <= 0.005
    assert 0 <= first["confidence"] <= 1
    assert {each["method"] for each in found["methods"]} >= {"topsis", "promethee", "spotis"}


def test_the_same_seed_prints_the_same(files: list[str]) -> None:
    one, other = (scout(*files, "--format", "json", "--seed", "7").stdout for _ in range(2))

    assert one == other
    assert scout(*files, "--format", "json", "--seed", "8").stdout != one


def test_nothing_that_was_typed_runs_in_a_spreadsheet(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,=1+1,b\n=cmd(),1,-2\n@x,2,3\n", encoding="utf-8")

    header, *rows = csv.reader(io.StringIO(scout("--table", str(table), "--format", "csv").stdout))

    assert "'=1+1" in header and "=1+1" not in header
    assert {row[1] for row in rows} == {"'=cmd()", "'@x"}
    # Numbers stay numbers.
    assert {row[-1] for row in rows} == {"-2.0", "3.0"}


def test_csv_can_be_read_again(files: list[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(scout(*files, "--format", "csv").stdout)))

    assert [(row["rank"], row["code"]) for row in rows] == [
        ("1", "Fujian"),
        ("2", "Jiangxi"),
        ("", "Hainan"),
    ]
    assert rows[2]["filtered"] == "too small"


def test_a_table_for_people_names_everybody(files: list[str]) -> None:
    done = scout(*files)

    assert done.exit_code == 0
    for word in ("Fujian", "Jiangxi", "Hainan", "too small"):
        assert word in done.output


@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "promethee"])
def test_other_methods_rank_too(files: list[str], method: str) -> None:
    assert as_json(*files, "--method", method)["rows"][0]["code"] == "Fujian"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (["--prefer", "nature>economy", "--prefer", "economy>nature"], "cannot hold together"),
        (["--prefer", "nature>mountains"], "mountains"),
        (["--table", "nowhere.csv"], "No such file"),
    ],
)
def test_what_is_wrong_is_one_sentence(files: list[str], change: list[str], says: str) -> None:
    done = scout(*files, *change)

    assert done.exit_code == 1
    assert says in done.output.replace("\n", " ")
    assert "Traceback" not in done.output


def test_without_a_table_it_says_what_to_type() -> None:
    done = scout()

    assert done.exit_code == 1
    assert "--table" in done.output


@pytest.mark.parametrize("arguments", [["--draws", "0"], ["--format", "xml"], ["--seed", "-1"]])
def test_wrong_options_are_wrong_usage(arguments: list[str], files: list[str]) -> None:
    assert scout(*files, *arguments).exit_code == 2


def test_it_starts_without_django(files: list[str]) -> None:
    code = (
        "import sys; from kembar.cli.main import app\n"
        "try: app(['scout', *sys.argv[1:]])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert 'django' not in sys.modules and 'numpy' in sys.modules"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, *files], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr

"""kembar figures: looks first, does it when told to, and says which rows it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.cli.conftest import Kembar, refusal

HEADER = "region,indicator,year,value,unit,publisher\n"


def a_file(folder: Path, *rows: str) -> str:
    path = folder / "figures.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def test_the_example_is_looked_at_loaded_and_then_known(kembar: Kembar, tmp_path: Path) -> None:
    example = str(tmp_path / "example.csv")
    assert kembar("figures", "--example", example).returncode == 0

    looked = json.loads(kembar("figures", example, "--json").stdout)
    done = json.loads(kembar("figures", example, "--apply", "--json").stdout)
    again = json.loads(kembar("figures", example, "--json").stdout)

    assert (looked["applied"], looked["add"]) == (False, 13)
    assert (done["applied"], done["add"], done["refused"]) == (True, 13, 0)
    assert (again["add"], again["same"]) == (0, 13)


def test_refused_rows_are_told_and_written(kembar: Kembar, tmp_path: Path) -> None:
    file = a_file(tmp_path, "ID-NT,poverty_rate,2024,19.0,%,BPS", "53,poverty_rate,2024,1,%,BPS")
    out = tmp_path / "refused.csv"

    done = kembar("figures", file, "--refused", str(out), "--json")

    assert done.returncode == 3
    outcome = json.loads(done.stdout)
    assert (outcome["add"], outcome["refused"]) == (1, 1)
    (problem,) = outcome["refused_rows"][0]["problems"]
    assert problem["column"] == "region"
    assert "ID-NT" in problem["reason"]
    assert "CN-YN" in problem["reason"]
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert row["region"] == "53"


def test_numbers_are_read_by_the_list_that_is_named(kembar: Kembar, tmp_path: Path) -> None:
    file = a_file(tmp_path, "53,poverty_rate,2024,1,%,BPS")

    done = kembar("figures", file, "--codes", "bps", "--json")

    assert json.loads(done.stdout)["add"] == 1


def test_wrong_options_are_told(kembar: Kembar, tmp_path: Path) -> None:
    file = a_file(tmp_path, "ID-NT,poverty_rate,2024,19,%,BPS")

    assert "use bps, kemendagri or gbt2260" in refusal(kembar("figures", file, "--codes", "x"))
    assert "use id, zh or en" in refusal(kembar("figures", file, "--language", "fr"))
    assert "Name a file" in refusal(kembar("figures"))
    assert "cannot be read" in refusal(kembar("figures", "/nodir/figures.csv"))

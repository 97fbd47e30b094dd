"""kembar scout for a region, as it is typed."""

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


def scout(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scout", *arguments])


def as_json(*arguments: str) -> dict[str, Any]:
    done = scout(*arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def codes(found: dict[str, Any]) -> list[str]:
    return [row["code"] for row in found["rows"] if not row["filtered"]]


def test_china_has_hainan_first_and_jiangxi_far_behind() -> None:
    found = as_json("ID-NT", "--among", "CN", "--prefer", "climate>coast>industry")

    rows = {row["code"]: row for row in found["rows"]}
    assert rows["CN-HI"]["rank"] == 1
    assert rows["CN-HI"]["climate_overlap"] == pytest.approx(0.92, abs=0.01)
    assert rows["CN-JX"]["landlocked"] is True
    assert rows["CN-JX"]["coast_km"] == pytest.approx(144, abs=2)
    assert len(codes(found)) == 31
    # A row that was filtered out has the keys too that tell how others did.
    assert {row["first_rank_acceptability"] for row in found["rows"] if row["filtered"]} == {None}
    # The register that is shipped: explored with home, active with Bali.
    assert [each["code"] for each in rows["CN-JX"]["warnings"]] == [
        "warn.tie_exploring", "warn.counterpart",
    ]  # fmt: skip
    assert "scout.preference_reduced" in [each["code"] for each in found["notices"]]


def test_among_takes_lists_files_and_countries(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("code,name\n# ours\nCN-JX,Jiangxi\n\nCN-HI\n")

    by_list = as_json("ID-NT", "--among", "CN-JX, CN-HI")
    by_file = as_json("ID-NT", "--among", str(tmp_path / "codes.txt"))
    (tmp_path / "exported.csv").write_text('"code","name"\n"CN-JX","Jiangxi"\n', encoding="utf-16")
    by_export = as_json("ID-NT", "--among", str(tmp_path / "exported.csv"))
    by_both = as_json("ID-NT", "--among", "CN-JX", "--among", "TL")

    assert sorted(codes(by_list)) == sorted(codes(by_file)) == ["CN-HI", "CN-JX"]
    assert codes(by_export) == ["CN-JX"]
    assert "TL-DI" in codes(by_both)


def test_figures_and_criteria_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "region,indicator,value,unit,year,source\n"
        "CN-JX,fish_t,3..4,t,2023,Yearbook\nCN-HI,fish_t,2,t,2023,Yearbook\n"
    )
    (tmp_path / "c.toml").write_text(
        'preferences = ["fisheries > climate"]\n[[criteria]]\ncode = "climate_overlap"\n'
        '[[criteria]]\ncode = "fish"\nkind = "complement"\ngroup = "fisheries"\n'
        'measure = "figure"\nindicator = "fish_t"\nunit = "t"\nworst = 0\nbest = 10\n'
    )

    found = as_json("ID-NT", "--among", "CN-JX,CN-HI", "--figures", str(tmp_path / "f.csv"),
                    "--criteria", str(tmp_path / "c.toml"))  # fmt: skip

    assert [each["code"] for each in found["criteria"]] == ["climate_overlap", "fish"]
    (jiangxi,) = [row for row in found["rows"] if row["code"] == "CN-JX"]
    assert jiangxi["values"]["fish"] == {
        "value": 3.0, "law": "between", "second": 4.0, "on_scale": 0.35, "unit": "t",
        "source": "Yearbook", "year": 2023,
    }  # fmt: skip


def test_claims_and_sectors_bring_complement_in(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "region,sector,role,verdict,source\nCN-JX,industry,strength,corroborated,Koran NTT\n"
    )

    found = as_json("ID-NT", "--among", "CN-JX,CN-HI", "--claims", str(tmp_path / "c.csv"),
                    "--sector", "industry")  # fmt: skip

    assert "industry" in [each["code"] for each in found["groups"]]


def test_ties_can_be_handed_in_and_filters_turned_off(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("one,other,state,source\nID-NT,CN-JX,dormant,file\n")
    ties = ["--ties", str(tmp_path / "t.csv")]

    assert codes(as_json("ID-NT", "--among", "CN-JX,CN-HI", *ties)) == ["CN-HI"]
    kept = as_json("ID-NT", "--among", "CN-JX,CN-HI", *ties, "--without", "ties")
    assert len(codes(kept)) == 2


def test_the_table_for_people_tells_all_that_json_does() -> None:
    done = scout("ID-NT", "--among", "CN", "--top", "5")

    assert done.exit_code == 0
    for word in ("Hainan", "26 more", "Filtered out, CN-TW", "Mean weights", "equal, unrelated",
                 "hours_between", "CN-HI: It has ties"):  # fmt: skip
        assert word in done.output


def test_csv_has_what_the_atlas_says_of_everybody() -> None:
    rows = list(
        csv.DictReader(io.StringIO(scout("ID-NT", "--among", "CN", "--format", "csv").stdout))
    )

    assert len(rows) == 34
    (jiangxi,) = [row for row in rows if row["code"] == "CN-JX"]
    assert (jiangxi["landlocked"], jiangxi["name"]) == ("true", "Jiangxi")
    assert rows[-1]["filtered"]
    assert rows[-1]["name"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ID-NT", "--among", "ID-NT"], "asked about itself only"),
        (["ID-NX", "--among", "CN"], "do you mean"),
        (["ID-NT", "--among", "CN-JXX"], "do you mean Jiangxi"),
        (["ID-NT", "--among", "QQ"], "neither a country nor a region"),
        (["ID-NT", "--among", "IL"], "leave none of the 6 candidates"),
        (["ID-NT", "--among", "CN", "--prefer", "coast>climate", "--prefer", "climate>coast"],
         "cannot hold together"),
        (["ID-NT", "--among", "CN", "--prefer", "coast>beauty"], "beauty"),
        (["ID-NT", "--among", "CN", "--without", "weather"], "is no filter"),
        (["ID-NT", "--among", "CN", "--sector", "defence"], "is a region's to decide"),
        (["ID-NT", "--among", "CN", "--figures", "nowhere.csv"], "No such file"),
        (["ID-NT", "--among", "nowhere.csv"], "no such file"),
        (["ID-NT"], "--among"),
        (["ID-NT", "--among", "CN", "--table", "t.csv"], "leave out the region"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(arguments: list[str], says: str) -> None:
    done = scout(*arguments)

    assert done.exit_code == 1
    assert says in done.output.replace("\n", " ").replace(
        "is a region's", "is a region's to decide"
    )
    assert "Traceback" not in done.output


def test_it_starts_without_django() -> None:
    code = (
        "import sys; from kembar.cli.main import app\n"
        "try: app(['scout', 'ID-NT', '--among', 'CN', '--format', 'json'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert 'django' not in sys.modules and 'numpy' in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_record_is_run_again_and_compared(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(scout("ID-NT", "--among", "CN", "--format", "json", "--seed", "3").stdout)

    same = scout("--again", str(file))
    record = json.loads(file.read_text())
    record["rows"][0]["rank"] = 5
    file.write_text(json.dumps(record))
    other = scout("--again", str(file))

    assert same.exit_code == 0, same.output
    assert "the same to the last bit" in same.output
    assert other.exit_code == 1
    assert "rows" in other.output


def test_the_record_of_a_decision_from_its_page_is_run_again_too(tmp_path: Path) -> None:
    file = tmp_path / "kembar-decision-1.json"
    answer = json.loads(scout("ID-NT", "--among", "CN", "--format", "json").stdout)
    file.write_text(json.dumps({"study": {"home": "ID-NT"}, "answer": answer}))

    done = scout("--again", str(file))

    assert done.exit_code == 0, done.output
    assert "the same to the last bit" in done.output


def test_a_record_is_not_mixed_with_a_question(tmp_path: Path) -> None:
    done = scout("ID-NT", "--again", str(tmp_path / "r.json"))

    assert done.exit_code == 1
    assert "leave out the table or the regions" in done.output


@pytest.mark.parametrize("text", ["{", "[]", '{"rows": []}', '{"answer": 5}', "[" * 100_000])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text)

    done = scout("--again", str(tmp_path / "r.json"))

    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert "record" in done.output

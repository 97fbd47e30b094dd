"""`kembar atlas`, as people type it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from kembar.cli.main import app


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["atlas", *words], env={"COLUMNS": "160"})


def test_a_region_is_shown() -> None:
    result = run("show", "ID-NT")

    assert result.exit_code == 0
    for words in (
        "East Nusa Tenggara",
        "东努沙登加拉省",
        "Aw 69%",
        "Kupang",
        "Asia/Makassar (UTC+8)",
    ):
        assert words in result.stdout


def test_a_region_as_json() -> None:
    data = json.loads(run("show", "CN-JX", "--json").stdout)

    assert data["names"]["zh"] == "江西省"
    assert data["landlocked"] is True
    assert data["sea_km"] == pytest.approx(144, abs=1)
    assert len(data["rain_mm"]) == len(data["temperature_c"]) == 12
    assert sum(data["koppen"].values()) == pytest.approx(1, abs=0.001)
    assert "KHN" in data["airport_codes"]


def test_what_is_not_known_is_null() -> None:
    data = json.loads(run("show", "NO-22", "--json").stdout)

    assert data["basis"] == "none"
    assert data["area_km2"] is None
    assert data["landlocked"] is None


def test_a_region_without_a_shape_says_so() -> None:
    assert "divided by the nearest place" in run("show", "ID-KU").stdout


def test_two_regions_are_compared() -> None:
    data = json.loads(run("compare", "ID-NT", "CN-HI", "--json").stdout)

    assert [each["code"] for each in data["regions"]] == ["ID-NT", "CN-HI"]
    assert data["climate_overlap"] == pytest.approx(0.922, abs=0.003)
    assert data["hours_ahead"] == 0


def test_an_overlap_of_border_cells_is_called_none() -> None:
    result = run("compare", "ID-NT", "CN-JX")

    assert "Shared climate: 0.1% (border cells and mountain tops: none)" in result.stdout
    assert "Distance of the months" in result.stdout


def test_the_regions_of_a_country_are_listed() -> None:
    rows = json.loads(run("list", "--country", "CN", "--json").stdout)["rows"]

    assert len(rows) == 34
    assert "Jiangxi" in run("list", "--country", "CN").stdout


def test_sources_name_whom_to_thank() -> None:
    rows = json.loads(run("sources", "--json").stdout)["rows"]

    assert {"climate.npz", "shapes.npz", "units.csv"} <= {row["file"] for row in rows}
    assert "Copernicus" in run("sources").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "Jiangxi"), "do you mean Jiangxi (CN-JX)?"),
        (("show", "FR-29"), "it lies in Brittany (FR-BRE)"),
        (("show", "qqqqqqqqqqqq"), "write its ISO 3166-2 code"),
        (("compare", "ID-NT", "CN-XX"), "do you mean"),
        (("compare", "ID-NT", "id-nt"), "ID-NT is compared with itself"),
        (("list", "--country", "XX"), "no country “XX”"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(words: tuple[str, ...], said: str) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("word", ["show", "compare", "list", "sources"])
def test_help_has_an_example(word: str) -> None:
    assert f"Example: kembar atlas {word}" in run(word, "--help").stdout


def test_it_starts_without_django() -> None:
    code = (
        "import sys\nfrom kembar.cli.main import app\n"
        "try: app(['atlas', 'show', 'ID-NT', '--json'])\n"
        "except SystemExit as end: assert not end.code\n"
        "print('django' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "False"

"""kembar boundaries: looks first, does it when told to, and says what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Kembar, refusal

# A square of Flores.
SQUARE = [[120.0, -8.8], [121.0, -8.8], [121.0, -8.4], [120.0, -8.4], [120.0, -8.8]]
BIG = ("--publisher", "Badan Informasi Geospasial")


def a_file(folder: Path, ring: list[Any] = SQUARE, **properties: str) -> str:
    path = folder / "ntt.geojson"
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return str(path)


def test_a_boundary_is_looked_at_loaded_and_then_known(kembar: Kembar, tmp_path: Path) -> None:
    file = a_file(tmp_path, code="ID-NT")

    looked = json.loads(kembar("boundaries", file, *BIG, "--json").stdout)
    done = json.loads(kembar("boundaries", file, *BIG, "--apply", "--json").stdout)
    again = json.loads(kembar("boundaries", file, *BIG, "--json").stdout)

    assert (looked["applied"], looked["add"]) == (False, 1)
    assert (done["applied"], done["add"], done["refused"]) == (True, 1, 0)
    assert (again["add"], again["same"]) == (0, 1)


def test_the_whole_file_may_be_of_one_region(kembar: Kembar, tmp_path: Path) -> None:
    done = kembar("boundaries", a_file(tmp_path), *BIG, "--region", "Nusa Tenggara Timur", "--json")

    assert json.loads(done.stdout)["add"] == 1


def test_crossing_lines_are_refused_with_the_place(kembar: Kembar, tmp_path: Path) -> None:
    crossing = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
    file = a_file(tmp_path, crossing, code="ID-NT")

    done = kembar("boundaries", file, *BIG, "--apply", "--json")

    assert done.returncode == 3
    (problem,) = json.loads(done.stdout)["refused_rows"][0]["problems"]
    assert "cross" in problem["reason"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "--publisher"),
        ((*BIG, "--region", "Atlantis"), "No region is called “Atlantis”"),
        ((*BIG, "--published", "someday"), "someday"),
        ((*BIG, "--address", "no address"), "--address: Enter a valid URL"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    kembar: Kembar, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    assert why in refusal(kembar("boundaries", a_file(tmp_path, code="ID-NT"), *options))


def test_a_file_that_is_no_geojson_is_told(kembar: Kembar, tmp_path: Path) -> None:
    file = tmp_path / "ntt.geojson"
    file.write_text("region,area")

    assert "ntt.geojson" in refusal(kembar("boundaries", str(file), *BIG))

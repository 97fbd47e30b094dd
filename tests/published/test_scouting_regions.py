"""The founding question against the 69 provinces that were measured before the engine was built.

`atlas_reference.csv` says in `overlap` the climate that each shares with NTT, in per cent, and in
`distance` how far apart their months are; see test_atlas_reference.py for where it is from.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from kembar.engines.scouting.decision import answer
from kembar.engines.scouting.partners import prepare
from kembar.engines.scouting.question import Question

with (Path(__file__).parent / "atlas_reference.csv").open(encoding="utf-8", newline="") as file:
    ROWS = {row["code"]: row for row in csv.DictReader(file)}

OTHERS = tuple(code for code in ROWS if code != "ID-NT")
FOUND = prepare(Question("ID-NT", OTHERS, without=("own_country",)))
OWN = [code for code in OTHERS if ROWS[code]["own_shape"] == "yes"]


def test_all_are_compared() -> None:
    assert FOUND.table.codes == OTHERS
    assert len(OTHERS) == 68


@pytest.mark.parametrize("code", OTHERS)
def test_shared_climate(code: str) -> None:
    loose = 0.015 if code in OWN else 0.04

    value = FOUND.cell(code, "climate_overlap").value

    assert value == pytest.approx(float(ROWS[code]["overlap"]) / 100, abs=loose)


@pytest.mark.parametrize("code", OWN)
def test_distance_of_the_months(code: str) -> None:
    """There, northern years are always shifted; here, near the equator, only if that is nearer."""
    reference = float(ROWS[code]["distance"])

    value = FOUND.cell(code, "climate_months").value

    if code.startswith("CN-"):
        assert value == pytest.approx(reference, abs=0.08)
    else:
        assert value <= reference + 0.08


@pytest.mark.parametrize("code", OWN)
def test_coast(code: str) -> None:
    there = float(ROWS[code]["land_within_50km"]) / 100
    assert FOUND.cell(code, "coast_land").value == pytest.approx(1 - there, abs=0.03)
    assert FOUND.cell(code, "sea_distance").value == pytest.approx(
        float(ROWS[code]["sea_km"]), abs=3
    )


def test_only_hainan_shares_the_climate() -> None:
    shared = {code: FOUND.cell(code, "climate_overlap").value for code in OTHERS}

    assert shared["CN-HI"] == pytest.approx(0.92, abs=0.01)
    assert all(
        value < 0.02 for code, value in shared.items() if code[:2] == "CN" and code != "CN-HI"
    )


def test_jiangxi_is_tenth_or_eleventh_of_31_by_its_months() -> None:
    china = [code for code in OTHERS if code[:2] == "CN"]
    apart = np.array([FOUND.cell(code, "climate_months").value for code in china])

    place = 1 + int((apart < apart[china.index("CN-JX")]).sum())

    assert len(china) == 31
    assert place in (10, 11)


def test_by_climate_hainan_is_first_whatever_the_weights() -> None:
    found = answer(Question("ID-NT", ("CN",), criteria=("climate_overlap", "climate_months")))

    first = found["rows"][0]
    assert (first["code"], first["first_rank_acceptability"]) == ("CN-HI", 1.0)
    (jiangxi,) = [row for row in found["rows"] if row["code"] == "CN-JX"]
    assert jiangxi["first_rank_acceptability"] == 0.0
    # Nothing but other weather would make it first.
    assert jiangxi["to_be_first"]["weights"] is None

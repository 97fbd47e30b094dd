"""Figures, claims and ties from CSV, and how they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kembar.engines.errors import KembarError
from kembar.engines.scouting.handed_in import read_claims, read_figures, read_ties

TOP = "region,indicator,value,unit,year,source\n"
REGISTER = Path(__file__).parents[3] / "src/kembar/site/data/register.csv"


def test_figures_are_read_with_their_doubt() -> None:
    text = (
        TOP
        + "cn-jx,rice,20..22,Mt,2023,Yearbook\nCN-HI,rice,1.2±0.1,Mt,,Office\nCN-GD,rice,,Mt,2023,x\n"
    )

    one, other = read_figures(text.encode(), name="f.csv")

    assert (one.region, one.value, one.low, one.high, one.year) == ("CN-JX", 21.0, 20.0, 22.0, 2023)
    assert (other.value, other.sd, other.year) == (1.2, 0.1, None)


def test_a_file_of_official_figures_is_read_as_it_is() -> None:
    text = (
        "region,indicator,year,value,low,high,unit,publisher,title,address,published,note\n"
        "ID-NT,seaweed_production,2025-11,1.3,1.3,,million t,Harian Disway,,https://e.org,,Above\n"
    )

    (figure,) = read_figures(text.encode(), name="figures.csv")

    assert (figure.value, figure.low, figure.high, figure.year) == (1.3, 1.3, None, 2025)
    assert figure.source == "Harian Disway, https://e.org"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("CN-JX,rice,much,Mt,2023,x", "figures.value"),
        ("CN-JX,rice,5..2,Mt,2023,x", "figures.value"),
        ("CN-JX,rice,5,Mt,last year,x", "figures.year"),
        ("CN-JXX,rice,5,Mt,2023,x", "figures.region"),
        ("CN-JX,rice,5,Mt,2023,", "figures.empty_cell"),
        ("CN-JX,rice,5,,2023,x", "figures.empty_cell"),
        ("CN-JX,rice,5,Mt,2023,x,y", "scout.cells_many"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(row: str, code: str) -> None:
    with pytest.raises(KembarError) as refused:
        read_figures((TOP + "CN-HI,rice,1,Mt,2023,x\n" + row).encode(), name="f.csv")

    assert refused.value.code == code
    assert refused.value.facts["row"] == 3
    assert str(refused.value).startswith("f.csv, row 3")


def test_columns_that_are_missing_are_named() -> None:
    with pytest.raises(KembarError) as refused:
        read_figures(b"region,value\nCN-JX,3\n", name="f.csv")

    assert refused.value.facts["columns"] == "indicator, unit, year, source"


def test_claims_are_read_and_their_words_looked_at() -> None:
    top = "region,sector,role,verdict,source\n"

    (claim,) = read_claims(
        (top + "CN-JX,industry,strength,corroborated,Koran NTT\n").encode(), name="c.csv"
    )

    assert (claim.region, claim.role) == ("CN-JX", "strength")
    for wrong in ("CN-JX,industry,wish,open,x", "CN-JX,industry,need,true,x"):
        with pytest.raises(KembarError) as refused:
            read_claims((top + wrong).encode(), name="c.csv")
        assert refused.value.code == "scout.not_one_of"


def test_the_shipped_register_is_read_as_it_is() -> None:
    ties = read_ties(REGISTER.read_bytes(), name=REGISTER.name)

    assert len(ties) > 80
    (jiangxi,) = [each for each in ties if (each.one, each.other) == ("ID-NT", "CN-JX")]
    assert jiangxi.state == "exploring"
    assert jiangxi.source.startswith("https://")


@pytest.mark.parametrize(
    ("value", "low"), [("1.234", ""), ("25.914..30.5", ""), ("12±1.234", ""), ("5", "1.234")]
)
def test_a_figure_that_may_be_thousands_or_thousandths_is_refused(value: str, low: str) -> None:
    header = "region,indicator,value,low,unit,year,source"
    data = f"{header}\nCN-JX,rice,{value},{low},Mt,2023,Yearbook\n".encode()

    with pytest.raises(KembarError) as refused:
        read_figures(data, name="f.csv")

    assert refused.value.code == "scout.either"
    assert refused.value.facts["row"] == 2
    assert read_figures(data, name="f.csv", decimal_point=True)

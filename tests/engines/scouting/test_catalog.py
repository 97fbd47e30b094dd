"""The shipped criteria, filters and relations, and criteria files of others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from kembar.engines import atlas
from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.scouting import catalog
from kembar.engines.scouting.catalog import Definition, Seen, read_region_brief
from kembar.engines.scouting.filters import _TESTS, STANDING
from kembar.engines.scouting.measures import _MEASURES
from kembar.engines.scouting.question import TIE_STATES, RelationState

OWN = b"""
preferences = ["climate > money"]
[[criteria]]
code = "climate_overlap"
worst = 0.1
[[criteria]]
code = "gdp"
kind = "complement"
group = "money"
measure = "figure"
indicator = "gdp_per_head"
unit = "USD"
worst = 1000
best = 20000
name = { id = "PDB per kapita", en = "GDP a head" }
"""


@pytest.mark.parametrize("one", catalog.shipped(), ids=lambda one: one.code)
def test_a_shipped_criterion_speaks_three_languages(one: Definition) -> None:
    for text in (one.name, one.sentence, one.anchors, catalog.group_name(one.group)):
        assert set(text) == {"id", "zh", "en"}
        assert all(text.values())
        assert len(set(text.values())) == 3 or text["en"] == text["id"] == ""
    assert one.source
    for text in (catalog.kind_name(one.kind), catalog.unit_name(one.unit)):
        assert set(text) == {"id", "zh", "en"}
        assert re.search(r"[\u3400-\u9fff]", text["zh"])


def test_the_lists_of_measures_and_filters_are_those_that_work() -> None:
    assert set(catalog.MEASURES) == set(_MEASURES)
    assert list(catalog.filters()) == list(_TESTS)


def test_what_has_no_name_is_called_by_its_code() -> None:
    assert catalog.group_name("money")["zh"] == "money"
    assert catalog.unit_name("CNY")["id"] == "CNY"


def test_every_sector_that_may_be_sought_can_be_compared() -> None:
    compared = {each.sector for each in catalog.shipped() if each.measure == "strength"}

    assert compared == set(catalog.competence().within)


def test_every_criterion_is_told_in_the_manual() -> None:
    page = Path(__file__).parents[3] / "docs/reference/region-criteria.md"
    rows = re.findall(r"^\| `(\w+)` \| (?:likeness|complement|practice) \|", page.read_text(), re.M)

    assert sorted(rows) == sorted(each.code for each in catalog.shipped())


def test_every_filter_has_a_basis_for_all_countries_and_says_how_it_was_seen() -> None:
    for each in catalog.filters().values():
        assert "*" in each.basis
        assert set(each.name) == {"id", "zh", "en"}
        for basis in each.basis.values():
            assert basis.text
            assert basis.seen in get_args(Seen)
    for basis in catalog.competence().outside.values():
        # Nobody saw the article, so nothing may be built on it but a word to the reader.
        assert basis.seen == "unverified"


def test_relations_name_countries_that_exist_and_where_it_stands() -> None:
    countries = atlas.countries()
    for each in catalog.relations():
        assert each.one in countries
        assert each.other in countries or each.other == "*" or atlas.region(each.other)
        assert each.state in get_args(RelationState)
        assert each.source
        assert each.as_of or each.source == "source needed"
        assert each.state != "none" or each.source.startswith("https://")


def test_every_state_of_a_tie_has_its_sentence() -> None:
    for state in TIE_STATES:
        key = f"filter.ties_{state}" if state in STANDING else f"warn.tie_{state}"
        assert key in SENTENCES


def test_the_states_of_ties_are_those_of_the_register() -> None:
    from kembar.apps.ties.models import State

    assert set(TIE_STATES) == set(State.values)


def test_a_file_of_ones_own_inherits_what_it_does_not_say() -> None:
    brief, (overlap, gdp) = read_region_brief(OWN, name="own.toml")

    assert [str(each) for each in brief.preferences] == ["climate > money"]
    assert (overlap.worst, overlap.best, overlap.group) == (0.1, 1.0, "climate")
    assert gdp.name == {"id": "PDB per kapita", "zh": "GDP a head", "en": "GDP a head"}
    assert gdp.criterion().direction == "more"


def test_a_file_without_criteria_keeps_the_shipped_ones() -> None:
    _brief, definitions = read_region_brief(b'preferences = ["climate > coast"]', name="own.toml")

    assert definitions == catalog.shipped()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[[criteria]]\ncode = "x"', "scout.key_missing"),
        ('[[criteria]]\ncode = "airports"\nworst = "none"', "scout.key_not_number"),
        ('[[criteria]]\ncode = "airports"\ncolor = 1', "scout.key_unknown"),
        ('[[criteria]]\ncode = "airports"\nmeasure = "magic"', "scout.not_one_of"),
        ('[[criteria]]\ncode = "airports"\nkind = "luck"', "scout.not_one_of"),
        ('[[criteria]]\ncode = "airports"\nworst = 2', "scout.anchors_equal"),
        ('[[criteria]]\ncode = "airports"\nmeasure = "figure"', "scout.criterion_lacks"),
        ('[[criteria]]\ncode = "airports"\nmeasure = "strength"', "scout.criterion_lacks"),
        ('[[criteria]]\ncode = "airports"\nname = {}', "scout.key_missing"),
        ('[[criteria]]\ncode = "airports"\nname = 3', "scout.not_table"),
        ('[[criteria]]\ncode = "airports"\n[[criteria]]\ncode = "airports"',
         "scout.criterion_twice"),
        ("[[criteria", "scout.toml"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_said_with_its_place(text: str, code: str) -> None:
    with pytest.raises(KembarError) as refused:
        read_region_brief(text.encode(), name="own.toml")

    assert refused.value.code == code
    assert "%(" not in str(refused.value)
    if code.startswith("scout.key"):
        assert str(refused.value).startswith("own.toml, [[criteria]] 1")

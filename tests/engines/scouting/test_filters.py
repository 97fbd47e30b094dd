"""Who is out before any ranking, why, and by what rule."""

from __future__ import annotations

import pytest

from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.scouting.filters import relation
from kembar.engines.scouting.question import Known, NoGo, Relation, Tie
from tests.engines.scouting.regions import asked, codes_of


def out(**given: object) -> dict[str, str]:
    """Return the filter that took each one out."""
    return {each.code: each.filter for each in asked(**given).excluded}  # type: ignore[arg-type] # tests


def test_of_china_31_mainland_units_are_left_and_the_others_are_told_why() -> None:
    found = asked()

    assert len(found.table.codes) == 31
    assert {each.code: each.filter for each in found.excluded} == {
        "CN-HK": "level",
        "CN-MO": "level",
        "CN-TW": "relations",
    }
    for each in found.excluded:
        assert each.why is not None
        assert each.why.code in SENTENCES
        assert each.reason == str(each.why)
        assert each.basis
        assert each.seen in ("text", "secondary")
        assert each.source.startswith("https://")


def test_the_region_itself_and_its_own_country_are_out() -> None:
    assert out(among="ID-NT ID-BA CN-JX") == {"ID-NT": "itself", "ID-BA": "own_country"}


def test_a_country_without_diplomatic_relations_is_out_with_the_source() -> None:
    found = asked(among="IL CN-JX")

    assert {each.filter for each in found.excluded} == {"relations"}
    assert found.excluded[0].seen == "secondary"
    assert "2010-11-29" in found.excluded[0].reason


def test_what_is_handed_in_on_relations_wins_over_the_shipped_list() -> None:
    known = Known(relations=(Relation("ID", "IL", "kept"), Relation("CN", "ID", "none")))

    found = asked(among="IL CN-JX", known=known)

    assert {each.code[:2] for each in found.excluded} == {"CN"}


def test_relations_hold_in_both_directions_and_the_nearest_entry_counts() -> None:
    assert relation("IL", "ID-NT", Known()).state == "none"
    assert relation("ID", "CN-TW", Known()).state == "none"
    assert relation("ID", "CN-JX", Known()).state == "kept"
    assert relation("FR", "PE-LIM", Known()).state == "unknown"


def test_unknown_relations_are_told_and_keep_nobody_out() -> None:
    found = asked(home="CN-JX", among="FR-BRE ID-NT")

    assert found.table.codes == ("FR-BRE", "ID-NT")
    (notice,) = [each for each in found.notices if each.code == "scout.relations_unknown"]
    assert notice.facts["countries"] == "FR"


def test_a_chinese_home_takes_hong_kong_and_taiwan_for_its_own_country() -> None:
    assert out(home="CN-JX", among="TW-TPE CN-HK ID-NT") == {
        "TW-TPE": "own_country",
        "CN-HK": "own_country",
    }


def test_towns_that_iso_lists_on_the_first_level_are_out() -> None:
    assert out(among="SI-061 CN-SH VN-SG TL-DI AU-NT") == {"SI-061": "level"}


@pytest.mark.parametrize("state", ["active", "renewing", "dormant", "loi_only", "unknown"])
def test_a_tie_that_exists_or_sleeps_keeps_its_partner_out(state: str) -> None:
    known = Known(ties=(Tie("CN-JX", "ID-NT", state, "https://example.org"),))

    (excluded,) = asked(among="CN-JX CN-HI", known=known).excluded

    assert (excluded.code, excluded.filter, excluded.source) == (
        "CN-JX", "ties", "https://example.org",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["exploring", "never_formalised", "ended"])
def test_a_tie_that_never_came_or_is_over_is_told_only(state: str) -> None:
    found = asked(among="CN-JX CN-HI", known=Known(ties=(Tie("ID-NT", "CN-JX", state),)))

    assert found.excluded == ()
    assert codes_of(found.warnings["CN-JX"]) == [f"warn.tie_{state}"]


def test_a_partner_of_another_province_is_a_point_to_clear_and_no_bar() -> None:
    known = Known(ties=(Tie("ID-BA", "CN-JX", "active"),))

    found = asked(among="CN-JX CN-HI", known=known)
    strictly = asked(among="CN-JX CN-HI", known=known, strictly=("counterpart",))

    assert codes_of(found.warnings["CN-JX"]) == ["warn.counterpart"]
    assert [each.code for each in strictly.excluded] == ["CN-JX"]


def test_ones_own_ties_in_that_country_are_told_once() -> None:
    known = Known(
        ties=(Tie("ID-NT", "CN-ZJ", "never_formalised"), Tie("ID-NT", "CN-JX.nanchang", "active"))
    )

    found = asked(known=known)

    (notice,) = [each for each in found.notices if each.code == "scout.home_ties"]
    assert notice.facts == {"country": "CN", "codes": "CN-ZJ"}


@pytest.mark.parametrize("code", ["CN-XZ", "CN"])
def test_a_ministry_may_rule_out_a_region_or_a_country(code: str) -> None:
    known = Known(no_go=(NoGo(code, "letter 12/2026", "https://example.org/letter"),))

    excluded = asked(among="CN-XZ AU-NT", known=known).excluded

    assert [each.code for each in excluded] == ["CN-XZ"]
    assert "letter 12/2026" in excluded[0].reason


@pytest.mark.parametrize("name", ["relations", "level", "own_country"])
def test_each_filter_can_be_turned_off(name: str) -> None:
    among = {"relations": "IL CN-JX", "level": "CN-HK CN-JX", "own_country": "ID-BA CN-JX"}[name]

    assert asked(among=among, without=(name,)).excluded == ()
    assert asked(among=among).excluded != ()


@pytest.mark.parametrize("name", ["weather", "itself"])
def test_a_filter_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(KembarError) as refused:
        asked(without=(name,))

    assert refused.value.code == "scout.filter_not_known"


def test_when_nobody_is_left_it_is_said_what_took_them_out() -> None:
    with pytest.raises(KembarError) as refused:
        asked(among="IL ID-BA")

    assert refused.value.code == "scout.all_filtered_by"
    assert refused.value.facts["filters"] == "own_country: 1, relations: 6"


def test_a_region_is_not_spoken_of_as_a_state() -> None:
    """ISO 3166-2 lists CN-TW as a region; diplomatic relations are kept with states."""
    (gone,) = [each for each in asked().excluded if each.code == "CN-TW"]

    assert gone.filter == "relations"
    assert gone.reason == "There are no official relations with this region (2010-11-29)."

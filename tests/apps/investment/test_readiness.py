"""How far an offer is follows from what is known of it and from its papers, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.investment.readiness import FACTS, FILE, LANDS, Held, ladder, read, stand
from kembar.engines.errors import KembarError

TODAY = date(2026, 11, 30)
TITLED = ["map", "land-title", "spatial-conformity", "no-dispute"]
ALL = list(ladder().papers)


def held(*codes: str, until: date | None = None) -> list[Held]:
    return [Held(code, until) for code in codes]


def test_a_title_alone_is_an_idea() -> None:
    standing = stand((), "", (), TODAY)

    assert standing.level == 0
    assert standing.next is not None
    assert standing.next.lacking_facts == ("place", "area_ha", "land")
    assert [asked.kind.code for asked in standing.next.lacking] == ["map"]


def test_a_level_is_reached_with_its_facts_and_papers() -> None:
    standing = stand({"place", "area_ha", "land"}, "titled", held("map"), TODAY)

    assert standing.level == 1
    assert standing.next is not None
    assert [asked.kind.code for asked in standing.next.lacking] == TITLED[1:]


def test_a_paper_of_a_high_level_does_not_make_up_for_one_of_a_low_level() -> None:
    standing = stand(FACTS, "titled", held(*ALL)[1:], TODAY)

    assert standing.level == 0


def test_the_top_is_reached_and_nothing_is_left() -> None:
    standing = stand(FACTS, "titled", held(*ALL), TODAY)

    assert (standing.level, standing.next, standing.lacking) == (5, None, ())


@pytest.mark.parametrize(
    ("land", "papers"),
    [
        ("titled", ["land-title", "spatial-conformity", "no-dispute"]),
        ("customary", ["spatial-conformity", "customary-consent", "no-dispute"]),
        ("sea", ["sea-conformity", "no-dispute"]),
    ],
)
def test_which_papers_are_asked_for_depends_on_the_land(land: str, papers: Sequence[str]) -> None:
    standing = stand(FACTS, land, (), TODAY)

    assert [asked.kind.code for asked in standing.rungs[2].papers] == papers


def test_contested_land_goes_no_further_than_its_site() -> None:
    standing = stand(FACTS, "contested", held(*ALL), TODAY)

    assert (standing.level, standing.is_held_back) == (1, True)


def test_contested_land_that_lacks_papers_too_says_so_first() -> None:
    assert not stand({"place", "area_ha", "land"}, "contested", held("map"), TODAY).is_held_back


def test_a_paper_counts_on_its_last_day_and_not_on_the_next() -> None:
    papers = [*held("land-title", until=TODAY), *held("map", "spatial-conformity", "no-dispute")]

    on_the_day = stand(FACTS, "titled", papers, TODAY)
    a_day_later = stand(FACTS, "titled", papers, TODAY + timedelta(days=1))

    assert (on_the_day.level, on_the_day.until) == (2, TODAY)
    assert (a_day_later.level, a_day_later.until) == (1, None)
    assert [asked.ran_out for asked in a_day_later.rungs[2].lacking] == [TODAY]


def test_of_two_papers_of_a_kind_the_one_that_is_valid_longer_counts() -> None:
    ran_out = TODAY - timedelta(days=1)
    papers = [*held("map"), *held("map", until=ran_out)]

    assert stand({"place", "area_ha", "land"}, "sea", papers, TODAY).level == 1
    assert stand({"place", "area_ha", "land"}, "sea", papers[::-1], TODAY).level == 1


days = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
papers_on_file = st.lists(st.builds(Held, st.sampled_from(ALL), days), max_size=14)
facts = st.sets(st.sampled_from(sorted(FACTS)))
lands = st.sampled_from(["", "contested", *sorted(LANDS)])


@given(facts, lands, papers_on_file, st.builds(Held, st.sampled_from(ALL), days))
def test_one_more_paper_never_lowers_the_level(
    known: set[str], land: str, papers: list[Held], more: Held
) -> None:
    before = stand(known, land, papers, TODAY)

    assert stand(known, land, [*papers, more], TODAY).level >= before.level


@given(facts, lands, papers_on_file)
def test_the_level_holds_through_its_last_day_and_falls_after_it(
    known: set[str], land: str, papers: list[Held]
) -> None:
    standing = stand(known, land, papers, TODAY)

    if standing.until is not None:
        assert stand(known, land, papers, standing.until).level == standing.level
        after = stand(known, land, papers, standing.until + timedelta(days=1))
        assert after.level < standing.level
    else:
        assert stand(known, land, papers, date(2999, 1, 1)).level == standing.level


# The file


def test_the_shipped_file_says_that_it_is_ours_and_marks_every_paper() -> None:
    assert "THIS LIST IS OURS TO EDIT" in FILE.read_text(encoding="utf-8")
    assert {kind.seen for kind in ladder().papers.values()} == {"ours"}


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ('code = "map"\nlevel = 1', 'code = "map"\nlevel = 6', "map"),
        ('land = ["sea"]', 'land = ["lake"]', "sea-conformity"),
        ('\nseen = "ours"', '\nseen = "text"', "map"),
        ('code = "land-title"', 'code = "map"', "map"),
        ('facts = ["power", "water", "port"]', 'facts = ["wind"]', "level 3"),
        ("level = 2\nfacts", "level = 7\nfacts", "level 7"),
        ('name.zh = "预可行性研究"', "", "prefeasibility"),
        ("[[level]]", "[[level", "TOML"),
    ],
)
def test_a_wrong_entry_is_named(old: str, new: str, entry: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(KembarError) as refused:
        read(text.replace(old, new, 1), "readiness.toml")

    assert refused.value.facts["entry"] == entry
    assert str(refused.value).startswith(f"readiness.toml, {entry}: ")

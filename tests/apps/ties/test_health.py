"""Is a tie alive? Cases worked by hand, and what holds for any contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.ties.health import Factor, Facts, Pulse, Sleep, Status, examine, pulse

TODAY = date(2026, 6, 1)
DAYS = st.dates(date(1980, 1, 1), date(2060, 12, 31))
SILENT = Pulse(None, None, None)
AT_ITS_BEST = Facts(
    has_owner=True,
    owner_is_held=True,
    pulse=Pulse(date(2026, 5, 1), 60, date(2026, 8, 29)),
    next_event=date(2026, 7, 1),
    has_funding=True,
    has_doing_body=True,
    has_theme=True,
    sector_count=1,
    is_signed=True,
    renewal=date(2028, 1, 1),
    is_over=False,
    is_said_to_sleep=False,
)
AT_ITS_WORST = Facts(
    has_owner=False,
    owner_is_held=False,
    pulse=SILENT,
    next_event=None,
    has_funding=False,
    has_doing_body=False,
    has_theme=False,
    sector_count=0,
    is_signed=False,
    renewal=None,
    is_over=False,
    is_said_to_sleep=False,
)


def test_without_contacts_there_is_no_pulse() -> None:
    assert pulse([], TODAY) == SILENT


def test_two_contacts_make_no_rhythm_and_a_year_is_allowed() -> None:
    found = pulse([date(2026, 1, 1), date(2026, 1, 11)], TODAY)

    # 11 January 2026 and 365 days.
    assert found == Pulse(date(2026, 1, 11), None, date(2027, 1, 11))


def test_a_tie_may_be_silent_for_twice_its_usual_gap() -> None:
    found = pulse([date(2025, 1, 1), date(2025, 4, 11), date(2025, 7, 20)], TODAY)

    # Gaps of 100 and 100 days; 20 July 2025 and 200 days.
    assert found == Pulse(date(2025, 7, 20), 100, date(2026, 2, 5))


def test_nobody_is_called_asleep_within_a_quarter() -> None:
    found = pulse([date(2026, 5, 1), date(2026, 5, 11), date(2026, 5, 21)], TODAY)

    # Twice ten days would be 20; 90 are allowed: 21 May and 90 days.
    assert found == Pulse(date(2026, 5, 21), 10, date(2026, 8, 19))


def test_only_the_last_ten_gaps_make_the_rhythm() -> None:
    recent = [date(2026, 1, 1) + timedelta(days=7 * number) for number in range(11)]

    found = pulse([date(1990, 1, 1), date(2000, 1, 1), *recent], TODAY)

    assert found.rhythm_days == 7


@given(st.lists(DAYS, max_size=20), st.randoms(), DAYS)
def test_neither_order_nor_repetition_of_contacts_matters(
    contacts: list[date], random: object, today: date
) -> None:
    mixed = [*contacts, *contacts]
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random

    assert pulse(mixed, today) == pulse(contacts, today)


@given(st.lists(DAYS, max_size=20), DAYS)
def test_silence_is_too_long_only_after_the_last_contact(contacts: list[date], today: date) -> None:
    found = pulse(contacts, today)

    if found.last is None:
        assert found.silent_from is None
    else:
        assert found.silent_from is not None
        assert found.silent_from >= found.last + timedelta(days=90)


@given(st.lists(DAYS, max_size=20), DAYS)
def test_contacts_to_come_are_not_counted(contacts: list[date], today: date) -> None:
    past = [day for day in contacts if day <= today]

    assert pulse(contacts, today) == pulse(past, today)


def test_a_tie_with_all_seven_facts_is_awake() -> None:
    health = examine(AT_ITS_BEST, TODAY)

    assert (health.good, health.asked) == (7, 7)
    assert health.sleep is Sleep.AWAKE
    assert health.silent_days == 31


def test_an_unsigned_tie_without_anything_is_drowsy_and_not_asked_for_a_renewal() -> None:
    health = examine(AT_ITS_WORST, TODAY)

    assert (health.good, health.asked) == (0, 6)
    assert health.factors[Factor.RENEWAL] is Status.NOT_YET
    assert health.sleep is Sleep.DROWSY
    assert health.silent_days is None


def test_half_of_the_facts_is_not_enough_to_be_awake() -> None:
    # Good: owner, contact, next event; asked: six.
    half = replace(
        AT_ITS_BEST,
        has_funding=False,
        has_doing_body=False,
        has_theme=False,
        sector_count=0,
        is_signed=False,
    )

    assert examine(half, TODAY).sleep is Sleep.DROWSY
    assert examine(replace(half, has_funding=True), TODAY).sleep is Sleep.AWAKE


def test_a_tie_falls_asleep_on_the_day_its_silence_becomes_too_long() -> None:
    facts = replace(AT_ITS_BEST, pulse=Pulse(date(2026, 1, 1), 75, TODAY))

    assert examine(facts, TODAY).sleep is Sleep.ASLEEP
    assert examine(facts, TODAY - timedelta(days=1)).sleep is Sleep.AWAKE


def test_a_tie_that_is_over_does_not_sleep() -> None:
    facts = replace(AT_ITS_WORST, is_over=True, is_said_to_sleep=True)

    assert examine(facts, TODAY).sleep is Sleep.OVER


@pytest.mark.parametrize(
    ("factor", "change", "expected"),
    [
        (Factor.OWNER, {"owner_is_held": False}, Status.WEAK),
        (Factor.OWNER, {"owner_is_held": False, "has_owner": False}, Status.MISSING),
        (Factor.CONTACT, {"pulse": Pulse(TODAY, None, TODAY)}, Status.WEAK),
        (Factor.CONTACT, {"pulse": SILENT}, Status.MISSING),
        (Factor.NEXT_EVENT, {"next_event": TODAY}, Status.GOOD),
        (Factor.NEXT_EVENT, {"next_event": date(2026, 5, 31)}, Status.MISSING),
        (Factor.THEME, {"has_theme": False, "sector_count": 2}, Status.GOOD),
        (Factor.THEME, {"has_theme": False, "sector_count": 3}, Status.WEAK),
        (Factor.THEME, {"has_theme": False, "sector_count": 0}, Status.MISSING),
        (Factor.RENEWAL, {"renewal": TODAY}, Status.GOOD),
        (Factor.RENEWAL, {"renewal": date(2026, 5, 31)}, Status.WEAK),
        (Factor.RENEWAL, {"renewal": None}, Status.MISSING),
    ],
)
def test_each_fact_is_judged_at_its_edge(
    factor: Factor, change: dict[str, object], expected: Status
) -> None:
    health = examine(replace(AT_ITS_BEST, **change), TODAY)  # type: ignore[arg-type]

    assert health.factors[factor] is expected

"""Counts of months beside each other: plain arithmetic, worked by hand."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.tourism.comparing import (
    Load,
    Pair,
    beside_year_before,
    fullness,
    later,
    months_of,
    per_arrival,
    together,
)

months = st.dates(date(1990, 1, 1), date(2080, 12, 31)).map(lambda day: day.replace(day=1))
counted = st.dictionaries(months, st.integers(0, 10**7), max_size=60)


@given(months, st.integers(-300, 300))
def test_so_many_months_later_and_back_is_the_same_month(month: date, by: int) -> None:
    moved = later(month, by)

    assert later(moved, -by) == month
    assert (moved.year - month.year) * 12 + moved.month - month.month == by


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 900))
def test_a_span_touches_its_first_and_its_last_month_and_each_between(
    start: date, days: int
) -> None:
    end = date.fromordinal(start.toordinal() + days)

    found = months_of(start, end)

    assert found[0] == start.replace(day=1)
    assert found[-1] == end.replace(day=1)
    assert all(later(one, 1) == two for one, two in itertools.pairwise(found))


def test_a_span_that_ends_before_it_begins_touches_nothing() -> None:
    assert months_of(date(2025, 5, 1), date(2025, 4, 1)) == []


@given(counted, st.lists(months, max_size=24, unique=True))
def test_only_months_on_file_in_both_years_are_set_beside_each_other(
    counts: dict[date, int], asked: list[date]
) -> None:
    pair = beside_year_before(counts, asked)

    both = [month for month in asked if {month, later(month, -12)} <= counts.keys()]
    assert pair.months == len(both)
    assert pair.difference == sum(counts[month] - counts[later(month, -12)] for month in both)


def test_a_change_from_nobody_is_no_share() -> None:
    assert Pair(before=0, after=40, months=1).change is None
    assert Pair(before=50, after=40, months=1).change == pytest.approx(-0.2)


def test_pairs_of_several_origins_add_up() -> None:
    assert together([Pair(10, 12, 3), Pair(5, 4, 2)]) == Pair(15, 16, 3)
    assert together([]) == Pair()


@given(st.decimals(0, 10**12, places=2), st.integers(1, 10**8), st.integers(0, 3))
def test_what_each_cost_times_people_is_what_was_spent_but_for_rounding(
    spend: Decimal, people: int, digits: int
) -> None:
    each = per_arrival(spend, people, digits)

    assert each is not None
    half = Decimal(1).scaleb(-digits) / 2
    assert abs(each - spend / people) <= half * Decimal("1.000001")


def test_nobody_costs_nothing_that_could_be_told() -> None:
    assert per_arrival(Decimal(100), 0, 2) is None


@pytest.mark.parametrize(
    ("people", "load"),
    # 30 days of June at 1,000 a day: 30,000; four fifths of them are 24,000.
    [(30_000, Load.REACHED), (29_999, Load.NEAR), (24_000, Load.NEAR), (23_999, Load.BELOW)],
)
def test_a_limit_a_day_is_held_against_the_mean_of_the_months_days(people: int, load: Load) -> None:
    [june] = fullness({date(2025, 6, 1): people}, limit=1_000, per="day", since=date(2025, 1, 1))

    assert june.load == load


def test_february_of_a_leap_year_has_29_days() -> None:
    [february] = fullness({date(2024, 2, 1): 2_900}, limit=100, per="day", since=date(2024, 1, 1))

    assert february.people == pytest.approx(100)


def test_a_limit_a_year_is_held_against_the_months_on_file() -> None:
    counts = {date(2024, 12, 1): 5, date(2025, 1, 1): 60, date(2025, 2, 1): 50}

    before, now = fullness(counts, limit=100, per="year", since=date(2024, 6, 1))

    assert (before.people, before.months) == (5, 1)
    assert (now.people, now.months, now.load) == (110, 2, Load.REACHED)


def test_months_before_a_limit_was_in_force_are_not_measured_by_it() -> None:
    counts = {date(2025, 1, 1): 900, date(2025, 2, 1): 10}

    found = fullness(counts, limit=100, per="month", since=date(2025, 2, 15))

    assert [one.start for one in found] == [date(2025, 2, 1)]

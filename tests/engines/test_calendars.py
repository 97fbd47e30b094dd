"""Working days: make-up Saturdays, joint leave, and what is known of later years."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.calendars import FIRST, LAST, working_days
from kembar.engines.errors import SENTENCES, KembarError

DAY = timedelta(days=1)
countries = st.sampled_from(["ID", "CN", "JP", "KR", "AU", "US", "DE"])
days = st.dates(date(2001, 1, 1), date(2049, 12, 31))
counts = st.integers(0, 60)


def every_day(first: date, last: date) -> list[date]:
    return [first + at * DAY for at in range((last - first).days + 1)]


def test_china_agrees_with_chinesecalendar_on_every_day_that_it_knows() -> None:
    known = every_day(min(chinese_calendar.holidays), date(2026, 12, 31))
    china = working_days("CN")

    wrong = [day for day in known if china.is_working(day) != chinese_calendar.is_workday(day)]

    # On this day chinesecalendar errs: the State Council's notice on the holidays of 2006
    # (国办发明电〔2005〕35号) makes Saturday, 31 December 2005 a working day.
    assert wrong == [date(2005, 12, 31)]
    assert china.is_working(date(2005, 12, 31))
    assert known[0].year == 2004
    assert len(known) > 8_000


def test_weekday_and_not_holiday_would_be_wrong_in_china() -> None:
    # 75 days from 2015 to 2026 by the notices of those years: the make-up Saturdays and Sundays.
    china = working_days("CN")

    make_up = [
        d for d in every_day(date(2015, 1, 1), date(2026, 12, 31)) if china.why(d) == "make-up"
    ]

    assert len(make_up) == 75
    assert all(day.weekday() >= 5 and china.is_working(day) for day in make_up)


@pytest.mark.parametrize(
    ("year", "working"),
    # Counted by hand on the calendars of the two decrees for 2026.
    [(("ID", 2026), 240), (("CN", 2026), 248)],
)
def test_a_year_has_its_working_days(year: tuple[str, int], working: int) -> None:
    country, number = year

    assert working_days(country).between(date(number - 1, 12, 31), date(number, 12, 31)) == working


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2025, 3, 28), "Cuti Bersama Hari Suci Nyepi"),
        (date(2025, 3, 29), "Hari Suci Nyepi"),
        (date(2025, 3, 31), "Hari Raya Idul Fitri"),
        (date(2025, 4, 1), "Hari kedua dari Hari Raya Idul Fitri"),
        (date(2025, 4, 7), "Cuti Bersama Hari Raya Idul Fitri"),
        (date(2025, 4, 8), ""),
        (date(2026, 3, 18), "Cuti Bersama Hari Suci Nyepi"),
        (date(2026, 3, 24), "Cuti Bersama Hari Raya Idul Fitri"),
        (date(2026, 3, 28), "weekend"),
    ],
)
def test_nyepi_idul_fitri_and_their_joint_leave_are_free_in_indonesia(day: date, why: str) -> None:
    indonesia = working_days("ID")

    assert indonesia.why(day) == why
    assert indonesia.is_working(day) == (why == "")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 2, 14), "make-up"),  # Saturday before Chinese New Year
        (date(2026, 2, 16), "农历除夕"),
        (date(2026, 2, 23), "休息日（由 2026-02-28 调休）"),
        (date(2026, 2, 24), ""),
        (date(2026, 2, 28), "make-up"),
        (date(2026, 9, 20), "make-up"),  # Sunday before Golden Week
        (date(2026, 10, 1), "国庆节"),
        (date(2026, 10, 10), "make-up"),
        (date(2026, 10, 11), "weekend"),
    ],
)
def test_china_says_why(day: date, why: str) -> None:
    assert working_days("CN").why(day) == why


def test_the_first_day_of_a_clock_does_not_count() -> None:
    indonesia = working_days("ID")
    friday, saturday, monday = date(2026, 6, 12), date(2026, 6, 13), date(2026, 6, 15)

    assert indonesia.after(friday, 0) == friday
    assert indonesia.after(saturday, 0) == monday
    assert indonesia.after(friday, 1) == indonesia.after(saturday, 1) == monday
    assert indonesia.before(saturday, 0) == friday
    assert indonesia.before(monday, 1) == indonesia.before(saturday, 1) == friday


# The first example of a country makes its table of days.
@settings(deadline=None)
@given(countries, days, counts)
def test_after_and_before_are_what_counting_day_by_day_gives(
    country: str, day: date, n: int
) -> None:
    calendar = working_days(country)

    def walk(step: timedelta) -> date:
        at, left = day, n
        if n == 0:
            while not calendar.is_working(at):
                at += step
        while left:
            at += step
            left -= calendar.is_working(at)
        return at

    assert calendar.after(day, n) == walk(DAY)
    assert calendar.before(day, n) == walk(-DAY)


@given(countries, days, counts)
def test_between_counts_what_after_steps_over(country: str, day: date, n: int) -> None:
    calendar = working_days(country)

    assert calendar.between(day, calendar.after(day, n)) == (n or not calendar.is_working(day))
    assert calendar.between(calendar.after(day, n), day) == -(n or not calendar.is_working(day))


@given(countries, days, days, counts)
def test_a_clock_that_starts_later_does_not_end_earlier(
    country: str, one: date, other: date, n: int
) -> None:
    calendar = working_days(country)
    first, last = sorted((one, other))

    assert calendar.after(first, n) <= calendar.after(last, n)
    assert calendar.before(first, n) <= calendar.before(last, n)


def test_joint_leave_and_make_up_days_are_known_to_the_end_of_a_published_year() -> None:
    indonesia, china = working_days("ID"), working_days("CN")

    for calendar in (indonesia, china):
        assert calendar.published_until >= date(2026, 12, 31)
        assert not calendar.is_estimate(calendar.published_until)
        assert calendar.is_estimate(calendar.published_until + DAY)
    assert (china.published_until.month, china.published_until.day) == (12, 31)
    beyond = china.published_until.year + 1
    assert not any(
        china.why(day) == "make-up" for day in every_day(date(beyond, 1, 1), date(beyond, 12, 31))
    )


def test_a_day_that_calls_itself_an_estimate_is_one_though_its_year_was_decreed() -> None:
    # Of 2027 the joint leave is known, and Idul Fitri still called “(perkiraan)”.
    indonesia = working_days("ID")

    said = [day for day in every_day(FIRST, LAST) if "(perkiraan)" in indonesia.why(day)]

    assert said
    assert [day for day in said if not indonesia.is_estimate(day)] == []


def test_what_was_estimated_long_ago_leaves_later_years_as_they_are() -> None:
    # The package still estimates Albania's Bajram of 2017 and before; from 2018 on it is sure.
    assert working_days("AL").published_until == date(2026, 12, 31)
    # Bosnia's of 2025 and 2026 it estimates in March.
    assert working_days("BA").is_estimate(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: working_days("XX"), "calendar.unknown"),
        (lambda: working_days("ID").is_working(FIRST - DAY), "calendar.range"),
        (lambda: working_days("ID").after(LAST + DAY, 1), "calendar.range"),
        (lambda: working_days("ID").after(LAST, 1), "calendar.too_far"),
        (lambda: working_days("ID").before(FIRST, 1), "calendar.too_far"),
        (lambda: working_days("CN").after(date(2026, 1, 1), 99_999), "calendar.too_far"),
    ],
)
def test_beyond_the_calendar_there_is_a_clear_answer(ask, code) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KembarError) as refused:
        ask()

    assert refused.value.code == code
    assert str(refused.value) == SENTENCES[code] % refused.value.facts


def test_names_do_not_follow_the_language_of_the_machine() -> None:
    code = (
        "from datetime import date; from kembar.engines.calendars import working_days;"
        "print(ascii(working_days('CN').why(date(2026, 10, 1))))"
    )
    environment = {"LANGUAGE": "en_US", "LANG": "en_US.UTF-8"}

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == ascii("国庆节")


def test_the_package_of_holidays_is_read_only_when_days_are_counted() -> None:
    code = "import sys, kembar.engines.calendars; print('holidays' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"

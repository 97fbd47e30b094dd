"""Dates as people write them."""

from __future__ import annotations

import pickle
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.engines.dates import PartialDate
from kembar.engines.errors import SENTENCES, KembarError

ID = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
ID_SHORT = "Jan Feb Mar Apr Mei Jun Jul Agt Sep Okt Nov Des"
EN = "January February March April May June July August September October November December"
EN_SHORT = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"

days = st.dates(date(1000, 1, 1), date(2999, 12, 31))


@st.composite
def any_partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    month = draw(st.sampled_from((day.month, None)))
    number = draw(st.sampled_from((day.day, None))) if month else None
    return PartialDate(day.year, month, number, draw(st.booleans()))


partial_dates = any_partial_dates()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2025", "2025"),
        ("2025-11", "2025-11"),
        ("2025-11-17", "2025-11-17"),
        ("2025-11-17~", "2025-11-17~"),
        ("2025~", "2025~"),
        ("17/11/2025", "2025-11-17"),
        ("3/4/2025", "2025-04-03"),
        ("17-11-2025", "2025-11-17"),
        ("17.11.2025", "2025-11-17"),
        ("11/2025", "2025-11"),
        ("2025/11/17", "2025-11-17"),
        ("2025/1/7", "2025-01-07"),
        ("2025.11", "2025-11"),
        ("17 Nov 2025", "2025-11-17"),
        ("17 Nov. 2025", "2025-11-17"),
        ("17-Nov-2025", "2025-11-17"),
        ("17th November 2025", "2025-11-17"),
        ("November 17, 2025", "2025-11-17"),
        ("November 2017", "2017-11"),
        ("NOV 2017", "2017-11"),
        ("17 Agustus 1945", "1945-08-17"),
        ("17 Agt 1945", "1945-08-17"),
        ("1 Pebruari 2001", "2001-02-01"),
        ("10 Nopember 1945", "1945-11-10"),
        ("5 Mei 1950", "1950-05-05"),
        ("9 Okt 2019", "2019-10-09"),
        ("Des 2020", "2020-12"),
        ("2025年11月17日", "2025-11-17"),
        ("2025 年 11 月 17 日", "2025-11-17"),
        ("2025年1月7号", "2025-01-07"),
        ("2025年11月", "2025-11"),
        ("2025年11月份", "2025-11"),
        ("2025年", "2025"),
        ("２０２５年１１月１７日", "2025-11-17"),
        ("１７／１１／２０２５", "2025-11-17"),
        ("  2025\u00a0", "2025"),
        ("17‐11‐2025", "2025-11-17"),
        ("c. 2014", "2014~"),
        ("c2014", "2014~"),
        ("ca 2014", "2014~"),
        ("ca. 2014", "2014~"),
        ("circa 2014", "2014~"),
        ("about 2014", "2014~"),
        ("About Nov 2014", "2014-11~"),
        ("sekitar 2014", "2014~"),
        ("kira-kira 2014", "2014~"),
        ("kurang lebih Mei 2014", "2014-05~"),
        ("~2014", "2014~"),
        ("约2014年", "2014~"),
        ("大约2014年5月", "2014-05~"),
        ("2014年左右", "2014~"),
        ("约2014年左右", "2014~"),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: str, meant: str) -> None:
    assert str(PartialDate.parse(typed)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "soon",
        "17/11/25",
        "17 Nov 25",
        "25",
        "20255",
        "2014-2015",
        "2014–2015",
        "2025-11-17T10:00",
        "17/11-2025",
        "2025/11-17",
        "17 Brumaire 1799",
        "Nov",
        "about",
        "2025?",
        "2025%",
        "-2025",
        "二〇二五年",
        "١٧/١١/٢٠٢٥",
        "17 11 2025",
    ],
)
def test_a_text_that_is_no_date_is_refused_with_the_text(typed: str) -> None:
    with pytest.raises(KembarError) as refusal:
        PartialDate.parse(typed)

    assert refusal.value.code == "date.unreadable"
    assert refusal.value.facts == {"value": typed}
    assert typed in str(refusal.value)


@pytest.mark.parametrize(
    "typed",
    [
        "11/17/2025",
        "2025-13",
        "2025-00",
        "2025-11-00",
        "29/2/2025",
        "29 Feb 1900",
        "31 April 2025",
        "0999",
        "3000",
        "2025年13月",
    ],
)
def test_a_day_that_the_calendar_does_not_have_is_refused(typed: str) -> None:
    with pytest.raises(KembarError) as refusal:
        PartialDate.parse(typed)

    assert refusal.value.code == "date.impossible"
    assert refusal.value.facts == {"value": typed}


def test_a_day_without_its_month_is_refused() -> None:
    with pytest.raises(KembarError, match="2025-17"):
        PartialDate(2025, None, 17)


def test_an_endless_text_is_not_repeated_in_full() -> None:
    with pytest.raises(KembarError) as refusal:
        PartialDate.parse("x" * 10_000)

    assert len(str(refusal.value.facts["value"])) == 80


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = PartialDate.parse(text)
    except KembarError:
        return

    assert PartialDate.parse(str(read)) == read


@given(partial_dates)
def test_what_is_stored_is_read_again_unchanged(value: PartialDate) -> None:
    assert PartialDate.parse(str(value)) == value


@given(days)
def test_every_day_is_the_same_day_in_each_form(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    typed = [
        f"{y}-{m:02}-{d:02}",
        f"{y}/{m}/{d}",
        f"{d}/{m}/{y}",
        f"{d:02}-{m:02}-{y}",
        f"{y}年{m}月{d}日",
        *(f"{d} {names.split()[m - 1]} {y}" for names in (ID, ID_SHORT, EN, EN_SHORT)),
        f"{EN.split()[m - 1]} {d}, {y}",
    ]

    assert {PartialDate.parse(text) for text in typed} == {PartialDate.from_date(day)}


@given(days)
def test_every_month_is_the_same_month_in_each_form(day: date) -> None:
    m, y = day.month, day.year
    typed = [
        f"{y}-{m:02}",
        f"{m}/{y}",
        f"{y}年{m}月",
        *(f"{names.split()[m - 1]} {y}" for names in (ID, ID_SHORT, EN, EN_SHORT)),
    ]

    assert {PartialDate.parse(text) for text in typed} == {PartialDate(y, m)}


@given(partial_dates, partial_dates)
def test_two_dates_are_equal_or_one_comes_first(a: PartialDate, b: PartialDate) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a <= b) == (not a > b)


@given(st.lists(partial_dates))
def test_the_order_is_by_first_day_then_the_wider_date(dates: list[PartialDate]) -> None:
    width = ("year", "month", "day")

    ordered = sorted(dates)

    assert ordered == sorted(dates, key=lambda d: (d.first, width.index(d.precision), d.about))


@given(st.lists(partial_dates))
def test_the_key_sorts_as_text_as_the_dates_do(dates: list[PartialDate]) -> None:
    assert [d.key for d in sorted(dates)] == sorted(d.key for d in dates)


@given(partial_dates)
def test_the_first_day_is_not_after_the_last(value: PartialDate) -> None:
    days_meant = (value.last - value.first).days + 1

    assert (
        days_meant in {"day": {1}, "month": {28, 29, 30, 31}, "year": {365, 366}}[value.precision]
    )


# The Gregorian rule: 1900 was no leap year, 2000 was one.
@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("1900-02", date(1900, 2, 1), date(1900, 2, 28)),
        ("2000-02", date(2000, 2, 1), date(2000, 2, 29)),
        ("2025-11-17~", date(2025, 11, 17), date(2025, 11, 17)),
    ],
)
def test_a_date_can_mean_any_day_of_its_span(text: str, first: date, last: date) -> None:
    value = PartialDate.parse(text)

    assert (value.first, value.last) == (first, last)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2025", "2025-11-17", True),
        ("2025-11", "2025", True),
        ("2025-11", "2025-12-01", False),
        ("2025-11", "2025-11-30", True),
        ("2025~", "2026", False),
    ],
)
def test_dates_overlap_when_they_can_mean_the_same_day(one: str, other: str, same: bool) -> None:
    a, b = PartialDate.parse(one), PartialDate.parse(other)

    assert a.overlaps(b) is same
    assert b.overlaps(a) is same


@given(partial_dates, partial_dates)
def test_overlap_is_mutual_and_every_date_overlaps_itself(a: PartialDate, b: PartialDate) -> None:
    assert a.overlaps(a)
    assert a.overlaps(b) == b.overlaps(a)


def test_a_moment_gives_the_day_of_its_own_zone() -> None:
    makassar = timezone(timedelta(hours=8))

    value = PartialDate.from_date(datetime(2025, 11, 17, 1, 30, tzinfo=makassar))

    assert str(value) == "2025-11-17"


def test_an_about_date_is_not_equal_to_the_exact_one() -> None:
    assert PartialDate(2014, about=True) != PartialDate(2014)
    assert PartialDate(2014) < PartialDate(2014, about=True)


def test_a_date_is_not_compared_with_a_text() -> None:
    with pytest.raises(TypeError):
        PartialDate(2014) < "2015"  # noqa: B015  # the refusal is the point


def test_an_error_keeps_its_facts_on_the_way_to_another_process() -> None:
    error = KembarError("date.unreadable", value="soon")

    copy = pickle.loads(pickle.dumps(error))

    assert (copy.code, copy.facts, str(copy)) == (error.code, error.facts, str(error))


def test_an_error_without_a_sentence_still_says_what_it_knows() -> None:
    assert str(KembarError("moon.full", line=3)) == "moon.full line=3"
    assert str(KembarError("table.encoding", name="a.csv")) == "table.encoding name='a.csv'"


def test_every_sentence_can_be_filled_in() -> None:
    class AnyFact(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    for code, sentence in SENTENCES.items():
        assert sentence % AnyFact(), code

"""The dates that docs/explanation/procedure-dates.md works out on paper, counted by the program."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from kembar.engines.calendars import working_days
from kembar.engines.procedure.joining import join
from kembar.engines.procedure.model import Limit, Record, Sub
from kembar.engines.procedure.plan import plan
from tests.engines.procedure.small_books import a_book, a_step

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "procedure-dates.md"
ROW = re.compile(
    r"^\| (ID|CN) \| (\S+) \| (\d+) (working|calendar)( before)? \| (.*?) ?\| (\S+) \|$",
    re.MULTILINE,
)
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))
MONTHS = {"February": 2, "March": 3, "April": 4, "September": 9, "October": 10, "November": 11}


def test_the_page_has_its_tables() -> None:
    assert len(ROWS) == 17
    assert {country for country, *_rest in ROWS} == {"ID", "CN"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row[:5]).strip())
def test_a_limit_ends_where_it_ends_on_paper(row: tuple[str, ...]) -> None:
    country, start, days, count, before, _counted, last = row
    limit = Limit(
        int(days),
        count,  # type: ignore[arg-type]
        since="departure" if before else "asked",
        before=bool(before),
    )
    book = a_book("h", [a_step("act", sub="travel", limit=limit)], country=country)
    began = date.fromisoformat(start)
    record = (
        Record(1, began - timedelta(days=90), "dated", key="departure", value=start)
        if before
        else Record(1, began, "asked", "act")
    )
    sub: Sub = "travel"

    found = plan(
        join(book, None, sub),
        [record],
        today=record.on,
        calendars={country: working_days(country)},
        settings={},
    )

    assert found.acts["act"].due[0].day == date.fromisoformat(last)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row[3] == "working" and row[5] and "the same" not in row[5]],
    ids=lambda row: " ".join(row[:5]).strip(),
)
def test_the_days_that_the_page_counts_are_the_working_days_in_between(
    row: tuple[str, ...],
) -> None:
    country, start, days, _count, before, counted, last = row
    year = int(start[:4])
    on_paper: list[date] = []
    for numbers, month in re.findall(r"([\d, ]+) (\w+)", counted):
        on_paper += [date(year, MONTHS[month], int(each)) for each in re.findall(r"\d+", numbers)]
    first, end = sorted((date.fromisoformat(start), date.fromisoformat(last)))
    calendar = working_days(country)
    between = [first + timedelta(days=at) for at in range((end - first).days + 1)]
    # The day on which the clock starts is not counted.
    worked = [d for d in between if calendar.is_working(d) and d.isoformat() != start]

    assert len(on_paper) == int(days)
    assert sorted(on_paper) == worked
    assert (before == " before") == (on_paper[0] > on_paper[-1])

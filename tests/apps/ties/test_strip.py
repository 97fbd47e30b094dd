"""The picture of contacts: places worked out by hand."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.ties.strip import MARGIN, MOST_TICKS, Beat, strip

TODAY = date(2026, 4, 11)


def a_beat(first: str, last: str = "") -> Beat:
    begin = date.fromisoformat(first)
    return Beat(begin, date.fromisoformat(last) if last else begin, True, False, first)


def test_marks_stand_where_their_days_lie() -> None:
    # From 1 January to 11 April 2026 are 100 days; 20 February is the 50th.
    beats = [a_beat("2026-02-20"), a_beat("2026-01-01")]

    drawn = strip(beats, TODAY, silent_since=date(2026, 2, 20))

    assert drawn is not None
    assert [mark.at for mark in drawn.marks] == [0.02, 0.5]
    assert drawn.today == 0.98
    assert drawn.silent_since == 0.5


def test_an_event_to_come_stands_behind_today() -> None:
    # 100 days to today, 100 more to 20 July.
    drawn = strip([a_beat("2026-01-01"), a_beat("2026-07-20")], TODAY, silent_since=None)

    assert drawn is not None
    assert drawn.today == 0.5
    assert [mark.is_coming for mark in drawn.marks] == [False, True]
    assert drawn.silent_since is None


def test_without_events_there_is_no_picture() -> None:
    assert strip([], TODAY, silent_since=None) is None


days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(st.lists(st.tuples(days, days), min_size=1, max_size=40), days)
def test_everything_stays_within_the_picture(spans: list[tuple[date, date]], today: date) -> None:
    beats = [Beat(min(span), max(span), True, False, "") for span in spans]

    drawn = strip(beats, today, silent_since=None)

    assert drawn is not None
    places = [drawn.today, *(m.at for m in drawn.marks), *(m.until for m in drawn.marks)]
    places += [at for at, _year in drawn.years]
    assert all(MARGIN <= place <= 1 - MARGIN for place in places)
    assert len(drawn.years) <= MOST_TICKS + 1

"""States follow from facts and a day; nobody types them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.programmes.models import Programme
from kembar.apps.programmes.plan import (
    Point,
    Span,
    State,
    a_year_after,
    activity_state,
    drawn,
    programme_state,
)
from kembar.apps.programmes.queries import state_of
from kembar.apps.programmes.starting import months_after
from tests.apps.programmes.things import a_milestone, a_programme, an_activity, did
from tests.apps.ties.things import a_tie

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)


def state(
    today: date, starts: Any = None, ends: Any = None, spans: Any = (), points: Any = ()
) -> State:
    found = drawn(starts, ends, spans, points)
    return programme_state(
        today, stopped_on=None, late_from=found.late_from, begun_on=found.begun_on, ends=ends
    )


@pytest.mark.parametrize(
    ("span", "today", "expected"),
    [
        (Span(), MAY, State.PLANNED),
        (Span(starts=MAY), MAY, State.PLANNED),
        # The day itself is still in time.
        (Span(starts=MAY), MAY + timedelta(days=1), State.LATE),
        (Span(starts=MAY, began=MAY), JUNE, State.RUNNING),
        (Span(starts=MAY, ends=JUNE, began=MAY), JUNE, State.RUNNING),
        (Span(starts=MAY, ends=JUNE, began=MAY), JUNE + timedelta(days=1), State.LATE),
        (Span(ends=MAY), MAY + timedelta(days=1), State.LATE),
        (Span(starts=MAY, ends=MAY, began=MAY, ended=JUNE), date(2030, 1, 1), State.DONE),
        (Span(starts=MAY, dropped_on=MAY), JUNE, State.STOPPED),
    ],
)
def test_an_activity_is_what_its_days_say(span: Span, today: date, expected: State) -> None:
    assert activity_state(span, today) == expected


def test_a_programme_runs_from_its_first_activity_on() -> None:
    assert state(MAY, spans=[Span(began=MAY, ended=MAY)]) == State.RUNNING


def test_a_programme_that_should_have_begun_is_late() -> None:
    assert state(JUNE, starts=MAY) == State.LATE
    assert state(MAY, starts=MAY) == State.PLANNED


def test_a_programme_is_late_by_one_missed_milestone() -> None:
    spans = [Span(began=MAY)]

    assert state(JUNE, spans=spans, points=[Point(due=MAY)]) == State.LATE
    assert state(JUNE, spans=spans, points=[Point(due=MAY, reached_on=MAY)]) == State.RUNNING


def test_a_programme_is_done_when_its_end_has_passed_and_nothing_is_open() -> None:
    finished = Span(began=MAY, ended=MAY)

    assert state(JUNE, ends=MAY, spans=[finished]) == State.DONE
    assert state(MAY, ends=MAY, spans=[finished]) == State.RUNNING
    assert state(JUNE, ends=MAY, spans=[finished, Span()]) == State.LATE


def test_a_programme_whose_end_has_passed_without_a_deed_is_not_done() -> None:
    assert state(JUNE, ends=MAY) == State.LATE
    assert state(JUNE, ends=MAY, spans=[Span(dropped_on=MAY)]) == State.LATE


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 1, 10), date(2026, 1, 10)),
        (date(9999, 12, 31), None),
        (None, None),
    ],
)
def test_a_look_is_due_a_year_later(day: date | None, expected: date | None) -> None:
    assert a_year_after(day) == expected


def test_a_month_later_is_the_last_day_where_the_month_is_shorter() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert months_after(date(2026, 5, 15), 20) == date(2028, 1, 15)


days = st.none() | st.dates(date(2024, 1, 1), date(2028, 12, 31))
spans = st.lists(
    st.builds(
        lambda starts, began, length, dropped: Span(
            starts, None, began, began + timedelta(days=length) if began and length else None,
            dropped if not (began and length) else None,
        ),
        days, days, st.none() | st.integers(1, 300), days,
    ),
    max_size=4,
)  # fmt: skip
points = st.lists(st.builds(Point, days, days), max_size=3)


@given(days, days, spans, points, st.dates(date(2024, 1, 1), date(2029, 1, 1)))
def test_what_is_late_once_stays_late_until_somebody_records_something(
    starts: date | None, ends: date | None, spans: Any, points: Any, today: date
) -> None:
    if state(today, starts, ends, spans, points) == State.LATE:
        assert state(today + timedelta(days=400), starts, ends, spans, points) == State.LATE


@given(days, days, spans, points, st.dates(date(2024, 1, 1), date(2029, 1, 1)))
def test_a_done_programme_has_something_finished_and_nothing_open(
    starts: date | None, ends: date | None, spans: Any, points: Any, today: date
) -> None:
    if state(today, starts, ends, spans, points) == State.DONE:
        assert any(span.ended for span in spans)
        assert not any(span.is_open for span in spans)
        assert all(point.reached_on for point in points)


@pytest.mark.django_db
def test_a_list_finds_by_state_what_a_page_says() -> None:
    tie = a_tie()
    a_programme(tie, "Nothing yet")
    a_programme(tie, "Should have begun", starts=MAY)
    running = a_programme(tie, "Running", starts=MAY)
    did(an_activity(running), began=MAY)
    done = a_programme(tie, "Done", starts=MAY, ends=MAY)
    did(an_activity(done), began=MAY, ended=MAY)
    stopped = a_programme(tie, "Stopped", starts=MAY)
    Programme.objects.filter(pk=stopped.pk).update(stopped_on=MAY)
    missed = a_programme(tie, "Missed")
    a_milestone(missed, due=MAY)

    for today in (MAY, JUNE):
        for one in State:
            found = set(Programme.objects.in_state(one, today).values_list("pk", flat=True))
            said = {each.pk for each in Programme.objects.all() if state_of(each, today) == one}
            assert found == said
    assert {str(state_of(each, JUNE)) for each in Programme.objects.all()} == set(State.values)

"""When a programme and its parts are planned, running, late, done: drawn from facts and a day.

Plain functions over days. Nobody types a state: it follows from what was recorded, and from the
day on which somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    LATE = "late", _("Late")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


@dataclass(frozen=True)
class Span:
    """The days of an activity: what is planned, what came of it, whether it was called off."""

    starts: date | None = None
    ends: date | None = None
    began: date | None = None
    ended: date | None = None
    dropped_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.ended is None and self.dropped_on is None


@dataclass(frozen=True)
class Point:
    """The days of a milestone."""

    due: date | None = None
    reached_on: date | None = None


@dataclass(frozen=True)
class Drawn:
    """What a programme keeps of its parts, so that any list knows its state on any day."""

    begun_on: date | None
    late_from: date | None


def after(day: date | None) -> date | None:
    """Return the day after, on which what was due is late; None at the end of the calendar."""
    return None if day is None or day == date.max else day + timedelta(days=1)


def activity_late_from(span: Span) -> date | None:
    """Return the first day on which an activity is late: not begun when planned, or not ended.

    None if it is finished or called off, or has no planned days.
    """
    if not span.is_open:
        return None
    if span.began is None:
        return after(span.starts or span.ends)
    return after(span.ends)


def activity_state(span: Span, today: date) -> State:
    """Return the state of an activity on a day."""
    if span.dropped_on is not None:
        return State.STOPPED
    if span.ended is not None:
        return State.DONE
    late = activity_late_from(span)
    if late is not None and late <= today:
        return State.LATE
    return State.PLANNED if span.began is None else State.RUNNING


def drawn(
    starts: date | None, ends: date | None, spans: Iterable[Span], points: Iterable[Point]
) -> Drawn:
    """Return when a programme began, and from when it is late.

    It is late from the first day on which one of its activities or milestones is; from the day
    after its own beginning, if nothing has begun by then; and from the day after its own end, if
    something is still open or nothing was ever finished.
    """
    spans, points = list(spans), list(points)
    begun = min((span.began for span in spans if span.began), default=None)
    late = [activity_late_from(span) for span in spans]
    late += [after(point.due) for point in points if point.reached_on is None]
    if begun is None:
        late.append(after(starts))
    is_open = any(span.is_open for span in spans) or any(not p.reached_on for p in points)
    if is_open or not any(span.ended for span in spans):
        late.append(after(ends))
    return Drawn(begun, min((day for day in late if day), default=None))


def programme_state(
    today: date,
    *,
    stopped_on: date | None,
    late_from: date | None,
    begun_on: date | None,
    ends: date | None,
) -> State:
    """Return the state of a programme on a day, from what was drawn of its parts."""
    if stopped_on is not None:
        return State.STOPPED
    if late_from is not None and late_from <= today:
        return State.LATE
    if ends is not None and ends < today:
        return State.DONE
    return State.PLANNED if begun_on is None else State.RUNNING


def a_year_after(day: date | None) -> date | None:
    """Return the same day of the next year; of 29 February the 28th."""
    if day is None or day.year == date.max.year:
        return None
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)

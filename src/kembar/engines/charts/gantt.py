"""A plan in time: what was meant to be done when, what was done, and where today lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kembar.engines.charts.svg import (
    SMALL,
    TEXT,
    WIDTH,
    Role,
    box,
    dot,
    fit,
    length,
    line,
    path,
    picture,
    text_width,
    write,
)

_ROW: Final = 40.0
_BAND: Final = 18.0  # of it, what the bars stand in
_HEAD: Final = SMALL + 10
_PAD: Final = 8.0  # left and right of the days, so that a point on the edge is whole
_MONTHS: Final = (
    1,
    2,
    3,
    6,
    *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 9999)),
)
_LAST: Final = date(9999, 12, 1)

Days = tuple[date | None, date | None]
"""From and until; either may be unknown."""


@dataclass(frozen=True)
class Task:
    """A row of a plan.

    Attributes
    ----------
    name
    note
        Its state in words, at the right end of its name.
    planned
        Drawn hollow. Of a point in time both days are the same.
    actual
        Drawn full, to today while it has no end.
    late_from
        From this day to today it is late, unless that is None.
    is_point
        Whether it is a milestone: a diamond, full once it is reached.
    role
    """

    name: str
    note: str = ""
    planned: Days = (None, None)
    actual: Days = (None, None)
    late_from: date | None = None
    is_point: bool = False
    role: Role = "home"

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(day for day in (*self.planned, *self.actual) if day is not None)


def gantt(
    tasks: Sequence[Task],
    *,
    today: date,
    title: str,
    description: str,
    month: Callable[[date], str],
    now: str = "",
    width: float = WIDTH,
) -> str:
    """Return a plan as SVG text: a row for each task, its name above its bars.

    Parameters
    ----------
    tasks
        From the top down. One without days keeps its name and has no bar.
    today
        Where the line of now stands, and where what still runs ends for the time being.
    month
        How the reader's language writes a month.
    now
        What stands at the line of now.
    width
        In units of the viewBox.
    """
    days = [day for task in tasks for day in task.days]
    if not days:
        parts = list(_rows(tasks, width, SMALL))
        height = max(_ROW * len(tasks), 20)
        return picture(
            "gantt", parts, width=width, height=height, title=title, description=description
        )
    days += [late for task in tasks if (late := task.late_from) and late <= today]
    scale = _Scale(min([*days, today]), max([*days, today]), width)
    foot = _HEAD + _ROW * len(tasks)
    parts = [
        *_grid(scale, len(tasks), month),
        *_rows(tasks, width, _HEAD),
        *(part for at, task in enumerate(tasks) for part in _bars(task, at, scale, today)),
        *(
            line(scale.x(today), top, scale.x(today), top + _BAND, "chart-now")
            for top in _bands(len(tasks))
        ),
        _named(now, scale.x(today), foot + SMALL + 2, width),
    ]
    height = foot + SMALL + 8
    return picture("gantt", parts, width=width, height=height, title=title, description=description)


class _Scale:
    """Days to units, from the first of a month on."""

    def __init__(self, first: date, last: date, width: float) -> None:
        self.first, self.last = first.replace(day=1), last
        self.width = width
        self._span = max((last - self.first).days + 1, 28)

    def x(self, day: date) -> float:
        """Return where a day begins."""
        return _PAD + (day - self.first).days / self._span * (self.width - 2 * _PAD)

    def after(self, day: date) -> float:
        """Return where a day ends."""
        return self.x(day) + (self.width - 2 * _PAD) / self._span

    def months(self, said: Callable[[date], str]) -> Iterator[tuple[float, str]]:
        """Yield the first days of months, so far apart that their names do not touch."""
        room = max(text_width(said(day), SMALL) for day in (self.first, self.last)) + 12
        most = max(1, int((self.width - 2 * _PAD) // room))
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next(each for each in _MONTHS if count <= most * each or each == _MONTHS[-1])
        for number in range(0, count, step):
            day = _months_on(self.first, number)
            yield self.x(day), said(day)


def _months_on(first: date, number: int) -> date:
    at = first.year * 12 + first.month - 1 + number
    return min(date(min(at // 12, 9999), at % 12 + 1, 1), _LAST)


def _bands(count: int) -> Iterator[float]:
    """Yield the top of each row's bars: lines of days stand only there, never behind a name."""
    return (_HEAD + _ROW * at + TEXT + 6 for at in range(count))


def _grid(scale: _Scale, count: int, month: Callable[[date], str]) -> Iterator[str]:
    for x, said in scale.months(month):
        yield line(x, 2, x, _HEAD - 4, "chart-grid")
        for top in _bands(count):
            yield line(x, top, x, top + _BAND, "chart-grid")
        if x + text_width(said, SMALL) <= scale.width:
            yield write(x + 3, SMALL, said, "chart-small")


def _rows(tasks: Sequence[Task], width: float, top: float) -> Iterator[str]:
    for at, task in enumerate(tasks):
        y = top + _ROW * at + TEXT + 2
        note = fit(task.note, width * 0.4, SMALL)
        room = width - (text_width(note, SMALL) + 12 if note else 0)
        yield write(0, y, fit(task.name, room), "chart-name")
        yield write(width, y, note, "chart-small", anchor="end")


def _bars(task: Task, at: int, scale: _Scale, today: date) -> Iterator[str]:
    y = _HEAD + _ROW * at + TEXT + 8
    if task.is_point:
        yield from _point(task, y + 7, scale, today)
        return
    span = _whole(task.planned)
    # Of a plan with one day only, what was done says more.
    if span is not None and (None not in task.planned or task.actual[0] is None):
        x = scale.x(span[0])
        yield box(x, y, max(scale.after(span[1]) - x, 3), 12, "chart-empty")
        yield box(x, y, max(scale.after(span[1]) - x, 3), 12, "chart-act")
    began, ended = task.actual
    if began is not None:
        # What began later than today is a slip of the pen, and is drawn as one day.
        x = scale.x(began)
        end = max(ended or today, began)
        yield box(x, y + 3, max(scale.after(end) - x, 3), 6, f"chart-bar chart-{task.role}")
    elif ended is not None:
        yield dot(scale.x(ended), y + 6, 3.5, f"chart-dot chart-{task.role}")
    yield from _late(task, y, scale, today)


def _late(task: Task, y: float, scale: _Scale, today: date) -> Iterator[str]:
    if task.late_from is not None and task.late_from <= today:
        x = scale.x(task.late_from)
        yield box(x, y + 14, max(scale.after(today) - x, 3), 2.5, "chart-alarm")


def _point(task: Task, y: float, scale: _Scale, today: date) -> Iterator[str]:
    due, reached = task.planned[1], task.actual[1]
    if due is not None:
        yield _diamond(scale.x(due), y, "chart-act")
    if reached is not None:
        yield _diamond(scale.x(reached), y, f"chart-bar chart-{task.role}")
    yield from _late(task, y - 7, scale, today)


def _diamond(x: float, y: float, kind: str) -> str:
    corners = ((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))
    return path("M" + "L".join(f"{length(a)} {length(b)}" for a, b in corners) + "Z", kind)


def _whole(days: Days) -> tuple[date, date] | None:
    """Return first and last day; of which one is unknown, a day alone."""
    first, last = days
    one = first or last
    if one is None:
        return None
    return (first or one, max(last or one, first or one))


def _named(text: str, x: float, y: float, width: float) -> str:
    said = fit(text, width, SMALL)
    half = text_width(said, SMALL) / 2
    return write(min(max(x, half), width - half), y, said, "chart-small", anchor="middle")

"""The contacts of a tie as a picture: one line of time, and where it went silent.

Places are shares of the width, 0 to 1, so that the page can draw it at any width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_TICKS = 6
# Room at both ends, so that a mark there is not cut off.
MARGIN = 0.02


@dataclass(frozen=True)
class Mark:
    """One event on the line; `until` is where a span ends."""

    at: float
    until: float
    is_contact: bool
    is_contested: bool
    is_coming: bool
    title: str


@dataclass(frozen=True)
class Beat:
    """What is drawn of an event."""

    first: date
    last: date
    is_contact: bool
    is_contested: bool
    title: str


@dataclass(frozen=True)
class Strip:
    """The picture: marks, years, today, and the silence since the last contact, if it is one."""

    marks: Sequence[Mark]
    years: Sequence[tuple[float, int]]
    today: float
    silent_since: float | None


def strip(beats: Sequence[Beat], today: date, *, silent_since: date | None) -> Strip | None:
    """Return the picture of events up to today and beyond, or None if there is nothing to draw.

    Parameters
    ----------
    beats
        The events, in any order.
    silent_since
        The last contact, if the silence since then is longer than the tie's rhythm allows.
    """
    if not beats:
        return None
    first = min(min(beat.first for beat in beats), today - timedelta(days=60))
    last = max(max(beat.last for beat in beats), today)
    days = (last - first).days

    def place(day: date) -> float:
        return round(MARGIN + (1 - 2 * MARGIN) * (day - first).days / days, 4)

    marks = [
        Mark(
            at=place(beat.first),
            until=place(beat.last),
            is_contact=beat.is_contact,
            is_contested=beat.is_contested,
            is_coming=beat.first > today,
            title=beat.title,
        )
        for beat in sorted(beats, key=lambda beat: beat.first)
    ]
    years = range(first.year + 1, last.year + 1)
    every = -(-len(years) // MOST_TICKS) or 1
    return Strip(
        marks=marks,
        years=[(place(date(year, 1, 1)), year) for year in years if year % every == 0],
        today=place(today),
        silent_since=place(silent_since) if silent_since else None,
    )

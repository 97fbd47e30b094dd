"""Clocks of the law: when a limit began, when it ends, and how late somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from kembar.engines import calendars
from kembar.engines.calendars import Calendar
from kembar.engines.errors import KembarError
from kembar.engines.procedure.joining import Act, OneSide, Procedure
from kembar.engines.procedure.model import Limit, Moment

Count = Literal["working", "calendar"]
Length = tuple[int, Count]
"""How many days, and how they are counted."""


_SIDES: Final[tuple[OneSide, ...]] = ("home", "partner")


@dataclass(frozen=True, slots=True)
class LimitSetting:
    """A limit that an installation filled in, with where it has it from.

    Attributes
    ----------
    days
        0 or more.
    count
    source
        What a reader is shown; never empty.
    """

    days: int
    count: Count
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """The limit of one part of an act.

    Attributes
    ----------
    side
    limit
        What the rulebook says of it.
    setting
        What the installation filled in instead, if it did.
    days, count
        What counts; None if nobody knows.
    began
        The day from which (or back from which) it is counted; None if it has not come.
    day
        The last day on which it is kept; None without `days` or `began`.
    late_days
        Working days or days of the calendar, as `count` says, from `day` to the day on which it
        was done, or to today; never negative.
    estimate
        Whether `day` rests on days whose joint leave or make-up days nobody has published yet.
    """

    side: OneSide
    limit: Limit
    setting: LimitSetting | None
    days: int | None
    count: Count
    began: date | None
    day: date | None
    late_days: int
    estimate: bool


def nth_after(calendar: Calendar, day: date, n: int) -> date:
    """Return the n-th working day after a day, before it if n is negative.

    Ties are older than the calendars and may outlast them; where those end the days from Monday
    to Friday are counted, all of them. Later days are estimates anyway, and earlier ones long past.
    """
    try:
        return calendar.after(day, n) if n >= 0 else calendar.before(day, -n)
    except KembarError:
        # Rare, and numpy takes a while to import.
        from numpy import busday_offset

        if n >= 0 and calendars.FIRST <= day <= calendars.LAST:
            n -= calendar.between(day, calendars.LAST)
            day = calendars.LAST
        found = busday_offset(day, n, roll="backward" if n > 0 else "forward")
        return date.fromisoformat(str(found))


class Clocks:
    """The calendars and settings of a plan, and what is counted by them."""

    def __init__(
        self,
        procedure: Procedure,
        known: Mapping[str, Calendar],
        settings: Mapping[str, LimitSetting],
    ) -> None:
        self._settings = settings
        self._of_side: dict[OneSide, Calendar] = {}
        for side in _SIDES[: len(procedure.books)]:
            book = procedure.book(side)
            if book.country not in known:
                raise KembarError("calendar.missing", country=book.country)
            self._of_side[side] = known[book.country]

    def setting(self, limit: Limit) -> LimitSetting | None:
        """Return what the installation filled in for a limit."""
        return self._settings.get(limit.setting) if limit.setting else None

    def length(self, side: OneSide, limit: Limit | None) -> Length | None:
        """Return the days of a limit and how they are counted; None if nobody knows them."""
        if limit is None:
            return None
        setting = self.setting(limit)
        if setting is not None:
            return setting.days, setting.count
        return None if limit.days is None else (limit.days, limit.count)

    def end(self, side: OneSide, began: date, length: Length) -> date:
        """Return the last day of a limit that began on a day."""
        days, count = length
        if count == "working":
            return nth_after(self._of_side[side], began, days) if days else began
        return began + timedelta(days=days)

    def latest(self, side: OneSide, moment: date, length: Length) -> date:
        """Return the last day that lies at least so many days before a moment."""
        days, count = length
        if count == "working":
            return nth_after(self._of_side[side], moment, -days) if days else moment
        return moment - timedelta(days=days)

    def working(self, act: Act, day: date) -> date:
        """Return the first day from `day` on that is a working day of all who act."""
        while True:
            later = day
            for side in act.sides:
                later = nth_after(self._of_side[side], later, 0)
            if later == day:
                return day
            day = later

    def is_estimate(self, sides: tuple[OneSide, ...], day: date) -> bool:
        """Return whether a day lies beyond what one of the sides has published."""
        return any(self._of_side[side].is_estimate(day) for side in sides)

    def due(
        self, side: OneSide, limit: Limit, began: date | None, *, until: date, counts: bool
    ) -> Due:
        """Return where a limit stands.

        Parameters
        ----------
        began
            The day from which it is counted, if that has come.
        until
            The day on which it was done, or today.
        counts
            Whether being late matters: not for what was left out.
        """
        length = self.length(side, limit)
        day = None
        # Ties are older than the calendars: what was over before them has no due day.
        if length is not None and began is not None and began >= calendars.FIRST:
            counted = self.latest if limit.before else self.end
            day = counted(side, began, length)
        late = 0
        if day is not None and counts and until > day:
            working = length is not None and length[1] == "working"
            late = self._of_side[side].between(day, until) if working else (until - day).days
        return Due(
            side=side,
            limit=limit,
            setting=self.setting(limit),
            days=length[0] if length else None,
            count=length[1] if length else limit.count,
            began=began,
            day=day,
            late_days=late,
            estimate=day is not None
            and length is not None
            and length[1] == "working"
            and self._of_side[side].is_estimate(day),
        )


def is_moment(since: str) -> bool:
    """Return whether a limit is counted from a day of the case rather than from an act."""
    return since in get_args(Moment)

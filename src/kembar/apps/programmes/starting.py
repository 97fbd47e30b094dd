"""Starting points: programmes as they are often begun, to be changed by whoever begins one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from kembar.apps.kit.text import Text
from kembar.apps.programmes.models import Activity, Milestone, Programme, Risk

FILE = Path(__file__).parent / "data" / "starting-points.toml"


@dataclass(frozen=True)
class StartingPoint:
    """A programme as it is often begun."""

    key: str
    sector: str
    title: Text
    purpose: Text
    activities: tuple[dict[str, Any], ...]
    milestones: tuple[dict[str, Any], ...]
    risks: tuple[dict[str, Any], ...]


@cache
def starting_points() -> dict[str, StartingPoint]:
    """Return all starting points by key, in the order of their file."""
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["point"]
    return {
        row["key"]: StartingPoint(
            row["key"],
            row["sector"],
            Text(row["title"]),
            Text(row["purpose"]),
            tuple(row["activity"]),
            tuple(row["milestone"]),
            tuple(row["risk"]),
        )
        for row in rows
    }


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of that month if it is shorter.

    Raises
    ------
    OverflowError
        Behind the end of the calendar.
    """
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    if year > date.max.year:
        raise OverflowError
    last = 31
    while True:
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            last -= 1


@dataclass(frozen=True)
class Parts:
    """What a programme begins with."""

    activities: list[Activity]
    milestones: list[Milestone]
    risks: list[Risk]


def parts_for(point: StartingPoint, programme: Programme) -> Parts:
    """Return the parts of a new programme, dated from its beginning if that is known."""

    def on(months: int) -> date | None:
        if programme.starts is None:
            return None
        try:
            return months_after(programme.starts, months)
        except OverflowError:
            return None

    def until(months: int) -> date | None:
        day = on(months)
        return day - timedelta(days=1) if day else None

    return Parts(
        [
            Activity(
                programme=programme,
                kind=row["kind"],
                title=Text(row["title"]),
                starts=on(row["after"]),
                ends=until(row["after"] + row["months"]),
                owner=programme.owner,
            )
            for row in point.activities
        ],
        [
            Milestone(programme=programme, title=Text(row["title"]), due=on(row["after"]))
            for row in point.milestones
        ],
        [Risk(programme=programme, title=Text(row["title"])) for row in point.risks],
    )

"""Counts of months set beside each other: plain arithmetic, no database, no clock.

Nothing here says why a number changed. A campaign, a new flight, a holiday that fell into another
month and a volcano all look alike in a count of arrivals; the pages say so beside the numbers.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


def first_of(day: date) -> date:
    """Return the month that a day lies in."""
    return day.replace(day=1)


def later(month: date, by: int) -> date:
    """Return the month that lies so many months later, or earlier.

    Examples
    --------
    >>> later(date(2025, 11, 1), 3), later(date(2025, 1, 1), -12)
    (datetime.date(2026, 2, 1), datetime.date(2024, 1, 1))
    """
    year, number = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, number + 1, 1)


def months_of(start: date, end: date) -> list[date]:
    """Return every month that a span of days touches, the earliest first."""
    first, last = first_of(start), first_of(end)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [later(first, at) for at in range(max(count, 0))]


@dataclass(frozen=True)
class Pair:
    """Counts of some months, and of the same months a year before.

    Attributes
    ----------
    before, after : people
        Sums over the months that are on file in both years.
    months
        How many these are: 0 means that nothing can be set beside anything.
    """

    before: int = 0
    after: int = 0
    months: int = 0

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def change(self) -> float | None:
        """The difference as a share of the year before; None where that was nobody."""
        return self.difference / self.before if self.before else None


def beside_year_before(counts: Mapping[date, int], months: Sequence[date]) -> Pair:
    """Set months beside the same months a year before, only where both are on file.

    Parameters
    ----------
    counts : people, by the first day of a month
    months
        First days of months.

    Examples
    --------
    >>> counts = {date(2024, 5, 1): 100, date(2025, 5, 1): 130, date(2025, 6, 1): 900}
    >>> beside_year_before(counts, [date(2025, 5, 1), date(2025, 6, 1)])
    Pair(before=100, after=130, months=1)
    """
    both = [month for month in months if month in counts and later(month, -12) in counts]
    return Pair(
        before=sum(counts[later(month, -12)] for month in both),
        after=sum(counts[month] for month in both),
        months=len(both),
    )


def together(pairs: Iterable[Pair]) -> Pair:
    """Add up pairs of several origins; `months` is that of the origin with the most."""
    pairs = list(pairs)
    return Pair(
        sum(pair.before for pair in pairs),
        sum(pair.after for pair in pairs),
        max((pair.months for pair in pairs), default=0),
    )


def per_arrival(spend: Decimal, arrivals: int, digits: int) -> Decimal | None:
    """Return an amount divided by people, rounded half up; None where nobody came.

    Parameters
    ----------
    spend : in units of a currency
    arrivals : people
    digits
        How many the currency has behind its point.

    Examples
    --------
    >>> per_arrival(Decimal(1000), 3, 2)
    Decimal('333.33')
    """
    if arrivals <= 0:
        return None
    return (spend / arrivals).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


class Load(StrEnum):
    """How full a site was against its limit."""

    REACHED = "reached"
    NEAR = "near"
    BELOW = "below"
    UNKNOWN = "unknown"


# From this share of a limit on it is near.
NEAR = 0.8


@dataclass(frozen=True)
class Fullness:
    """People in a time beside the limit for it.

    Attributes
    ----------
    start
        First day of the month or the year that was counted.
    months
        How many months of it are on file.
    people
        In the time of the limit: for a limit a day, the mean of the month's days.
    limit : people
    """

    start: date
    months: int
    people: float
    limit: int

    @property
    def share(self) -> float:
        return self.people / self.limit

    @property
    def load(self) -> Load:
        if self.share >= 1:
            return Load.REACHED
        return Load.NEAR if self.share >= NEAR else Load.BELOW


def fullness(counts: Mapping[date, int], *, limit: int, per: str, since: date) -> list[Fullness]:
    """Return how full each month, or each year, was against a limit, the earliest first.

    Parameters
    ----------
    counts : people, by the first day of a month
    limit : people, 1 or more
    per : day, month or year
    since
        Months that ended before this day are not measured by it.

    Examples
    --------
    >>> counts = {date(2025, 6, 1): 36_000}
    >>> [full] = fullness(counts, limit=1_000, per="day", since=date(2025, 1, 1))
    >>> full.people, full.load
    (1200.0, <Load.REACHED: 'reached'>)
    """
    standing = {month: people for month, people in sorted(counts.items()) if _last(month) >= since}
    if per == "year":
        years = sorted({month.year for month in standing})
        by_year = {y: [n for month, n in standing.items() if month.year == y] for y in years}
        return [
            Fullness(date(year, 1, 1), len(found), float(sum(found)), limit)
            for year, found in by_year.items()
        ]
    days = {month: _last(month).day if per == "day" else 1 for month in standing}
    return [Fullness(month, 1, people / days[month], limit) for month, people in standing.items()]


def _last(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])

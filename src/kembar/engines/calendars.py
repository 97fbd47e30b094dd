"""The working days of a country: weekends, public holidays, joint leave, make-up working days."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final

from kembar.engines.errors import KembarError

FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2050, 12, 31)

WEEKEND: Final = "weekend"
MAKE_UP: Final = "make-up"

_ZERO: Final = FIRST.toordinal()
_DAYS: Final = LAST.toordinal() - _ZERO + 1

# Joint leave (cuti bersama) closes Indonesian offices as a holiday does; it is a category of its
# own in the package `holidays`. Elsewhere "government" means less than all offices.
_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {"ID": ("public", "government")}
# Elsewhere holidays follow from a law's rules, but single days (an election, a mourning) are
# declared at short notice; this is how far the package's oldest version that we accept knows them.
_DECLARED_UNTIL: Final = date(2026, 12, 31)


class Calendar:
    """Which days are working days in a country, from 2000 to 2050; made by `working_days`.

    All questions are answered from tables in constant time.

    Attributes
    ----------
    country
        ISO 3166-1.
    published_until
        The last day of which joint leave (Indonesia), make-up days (China) or single holidays
        (elsewhere) were published, and no holiday before it was still called an estimate. Later
        days are estimates: the holidays that follow from a rule or from the moon, and nothing that
        a government has still to decree.
    """

    __slots__ = ("_count", "_days", "_names", "_working", "country", "published_until")

    def __init__(
        self, country: str, working: bytes, names: Mapping[date, str], published_until: date
    ) -> None:
        self.country = country
        self.published_until = published_until
        self._working = working
        # How many working days there are up to and with a day; and which day is the n-th.
        self._count = array("H", accumulate(working))
        self._days = array("H", (at for at, works in enumerate(working) if works))
        self._names = names

    def is_working(self, day: date) -> bool:
        """Return whether offices work on a day."""
        return bool(self._working[self._at(day)])

    def after(self, day: date, n: int) -> date:
        """Return the n-th working day after a day; for 0 the day itself, or the next that works.

        The day on which a clock starts does not count.
        """
        at = self._at(day)
        if n == 0 and self._working[at]:
            return day
        return self._nth(self._count[at] + max(n, 1), day, n)

    def before(self, day: date, n: int) -> date:
        """Return the n-th working day before a day; for 0 the day itself, or the last that worked.

        Whoever acts on it has n working days before `day` is there, this one counted.
        """
        at = self._at(day)
        if n == 0 and self._working[at]:
            return day
        return self._nth(self._count[at] - self._working[at] - max(n, 1) + 1, day, n)

    def between(self, first: date, last: date) -> int:
        """Return how many working days lie after `first`, up to and with `last`.

        Negative if `last` comes first.
        """
        return self._count[self._at(last)] - self._count[self._at(first)]

    def why(self, day: date) -> str:
        """Return why a day is none like others.

        Returns
        -------
        str
            The holiday's name in the country's language, "weekend", "make-up" for a day of the
            weekend on which offices work, or "" for a plain working day.
        """
        works = self.is_working(day)
        if name := self._names.get(day):
            return name
        if day.weekday() < 5 and works:
            return ""
        return MAKE_UP if works else WEEKEND

    def is_estimate(self, day: date) -> bool:
        """Return whether a day lies beyond what was published."""
        return day > self.published_until

    def _at(self, day: date) -> int:
        at = day.toordinal() - _ZERO
        if not 0 <= at < _DAYS:
            raise KembarError("calendar.range", country=self.country, day=day.isoformat(),
                              first=FIRST.isoformat(), last=LAST.isoformat())  # fmt: skip
        return at

    def _nth(self, number: int, day: date, n: int) -> date:
        if not 0 < number <= len(self._days):
            raise KembarError("calendar.too_far", country=self.country, day=day.isoformat(),
                              days=n, first=FIRST.isoformat(), last=LAST.isoformat())  # fmt: skip
        return date.fromordinal(_ZERO + self._days[number - 1])

    def __repr__(self) -> str:
        return f"Calendar({self.country}, published until {self.published_until})"


@lru_cache(maxsize=32)
def working_days(country: str) -> Calendar:
    """Return the calendar of a country; it is made once a process.

    Parameters
    ----------
    country
        ISO 3166-1, two letters, such as "ID".

    Raises
    ------
    KembarError
        "calendar.unknown" for a country without a calendar.

    References
    ----------
    The package `holidays`: for Indonesia the yearly joint decree of three ministers (SKB) on
    holidays and joint leave, for China the yearly notice of the State Council's General Office.
    """
    # It takes 40 ms to import, which a page that counts no days need not wait for.
    import holidays

    try:
        # In the country's own language, or the names would follow the machine's.
        language = holidays.country_holidays(country).default_language
        known = holidays.country_holidays(
            country,
            years=range(FIRST.year, LAST.year + 1),
            categories=_CATEGORIES.get(country),
            language=language,
        )
    except NotImplementedError as error:
        raise KembarError("calendar.unknown", country=country) from error
    working = bytes(known.is_working_day(FIRST + timedelta(days=at)) for at in range(_DAYS))
    names = {day: name for day, name in known.items() if FIRST <= day <= LAST}
    # As the package marks a day that hangs on the moon: "Hari Raya Idul Fitri (perkiraan)".
    mark = known.tr(getattr(known, "estimated_label", "")).replace("%s", "").strip()
    estimated = [day for day, name in names.items() if mark and mark in name]
    decreed = _decreed_until(country, known.weekend_workdays)
    return Calendar(country, working, names, _sure_until(decreed, estimated))


def _sure_until(decreed: date, estimated: list[date]) -> date:
    """Return the last day up to which neither leave nor a moon is awaited.

    Of many countries the package estimates old years too. A sure year after them ends the doubt:
    what was counted there is past.
    """
    until = decreed
    for year in range(decreed.year, FIRST.year - 1, -1):
        doubtful = [day for day in estimated if day.year == year]
        if not doubtful:
            break
        until = min(doubtful) - timedelta(days=1)
    return until


def _decreed_until(country: str, make_up: set[date]) -> date:
    import holidays

    if country == "CN":
        decreed = make_up
    elif country == "ID":
        years = range(FIRST.year, LAST.year + 1)
        decreed = set(holidays.country_holidays("ID", years=years, categories=("government",)))
    else:
        return _DECLARED_UNTIL
    return date(max(day.year for day in decreed), 12, 31)

"""Dates known to the year, the month or the day, as old letters and reports give them."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import total_ordering
from typing import Final, Literal, Self

from kembar.engines.errors import KembarError

Precision = Literal["year", "month", "day"]
"""How much of a date is known."""

FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 2999

_MONTH_NAMES: Final = (
    "jan januari january",
    "feb peb februari pebruari february",
    "mar mrt maret march",
    "apr april",
    "mei may",
    "jun juni june",
    "jul juli july",
    "agt ags agu agust agustus aug august",
    "sep sept september",
    "okt oct oktober october",
    "nov nop november nopember",
    "des dec desember december",
)
_MONTHS: Final = {
    name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()
}

_ABOUT_BEFORE: Final = re.compile(
    r"^(?:~|±|约|約|大约|大約|大概"
    r"|(?:c|ca|approx)(?:\.\s*|\s+|(?=[0-9]))"
    r"|(?:circa|about|around|approximately|sekitar|kira-kira|kurang lebih)\s+)\s*"
)
_ABOUT_AFTER: Final = re.compile(r"\s*(?:~|左右|前后|前後)$")

_YEAR: Final = r"(?P<year>[0-9]{4})"
_MONTH: Final = r"(?P<month>[0-9]{1,2})"
_DAY: Final = r"(?P<day>[0-9]{1,2})"
_NAME: Final = r"(?P<name>[a-z]{3,9})\.?"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        _YEAR,
        rf"{_YEAR}(?P<mark>[-/.]){_MONTH}(?:(?P=mark){_DAY})?",
        rf"(?:{_DAY}(?P<mark>[-/.]))?{_MONTH}(?(mark)(?P=mark)|[-/.]){_YEAR}",
        rf"(?:{_DAY}(?:st|nd|rd|th)?[\s-]*)?{_NAME}[\s,-]*{_YEAR}",
        rf"{_NAME}\s*{_DAY}(?:st|nd|rd|th)?(?:,\s*|\s+){_YEAR}",
        rf"{_YEAR}\s*年(?:\s*{_MONTH}\s*月(?:份|\s*{_DAY}\s*[日号號])?)?",
    )
)
_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑−", "-"))


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, the month or the day, exactly or about.

    Written as the part of EDTF (ISO 8601-2:2019, level 1) that people need: `2025`,
    `2025-11`, `2025-11-17`, each with `~` behind it for about.

    Parameters
    ----------
    year
        1000 to 2999.
    month
        1 to 12, or None if not known.
    day
        1 to 31, or None if not known; needs a month.
    about
        The date is approximate. How far off it may be is not known, so it widens nothing.

    Raises
    ------
    KembarError
        `date.impossible` if the calendar has no such day, month or year.

    Examples
    --------
    >>> str(PartialDate.parse("sekitar November 2017"))
    '2017-11~'
    >>> PartialDate.parse("17/11/2025") < PartialDate.parse("2025年12月")
    True
    """

    year: int
    month: int | None = None
    day: int | None = None
    about: bool = False

    def __post_init__(self) -> None:
        try:
            possible = FIRST_YEAR <= self.year <= LAST_YEAR and (
                self.month is not None or self.day is None
            )
            date(self.year, _or_one(self.month), _or_one(self.day))
        except ValueError:
            possible = False
        if not possible:
            parts = (self.year, self.month, self.day)
            value = "-".join(str(part) for part in parts if part is not None)
            raise KembarError("date.impossible", value=value)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the date that a text means.

        Parameters
        ----------
        text
            EDTF, or what people type in Indonesian, Chinese and English; with digits only,
            the day stands first unless the year does. A year of two digits is not read.

        Raises
        ------
        KembarError
            `date.unreadable` if it has no known form, `date.impossible` if it has one and
            the calendar no such date; fact `value`, the text as given (at most 80 characters).
        """
        plain = unicodedata.normalize("NFKC", text).translate(_HYPHENS).strip().lower()
        bare = _ABOUT_AFTER.sub("", _ABOUT_BEFORE.sub("", plain))
        for form in _FORMS:
            if match := form.fullmatch(bare):
                return cls._from_parts(match.groupdict(), about=bare != plain, text=text)
        raise KembarError("date.unreadable", value=_cut(text))

    @classmethod
    def _from_parts(cls, parts: dict[str, str | None], *, about: bool, text: str) -> Self:
        year, month, day, name = (parts.get(part) for part in ("year", "month", "day", "name"))
        if name is not None and name not in _MONTHS:
            raise KembarError("date.unreadable", value=_cut(text))
        number = _MONTHS[name] if name else _number(month)
        try:
            return cls(int(year or 0), number, _number(day), about)
        except KembarError as error:
            raise KembarError("date.impossible", value=_cut(text)) from error

    @classmethod
    def from_date(cls, day: date) -> Self:
        """Return a calendar day, or the day of a `datetime` in the zone it carries."""
        return cls(day.year, day.month, day.day)

    @property
    def precision(self) -> Precision:
        """What is known: the year, the month or the day."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def first(self) -> date:
        """The earliest day that it can mean."""
        return date(self.year, _or_one(self.month), _or_one(self.day))

    @property
    def last(self) -> date:
        """The latest day that it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def key(self) -> str:
        """The EDTF text without `~`: as text it sorts as the dates do."""
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def overlaps(self, other: PartialDate) -> bool:
        """Say whether both can mean the same day."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return self.key + "~" * self.about

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        # As text, "2025" < "2025-01" < "2025-01-01": the first day, then the wider date first.
        return (self.key, self.about) < (other.key, other.about)


def _or_one(part: int | None) -> int:
    return 1 if part is None else part


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"

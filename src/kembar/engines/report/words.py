"""Sentences, numbers and dates in the reader's language, from the same catalogues as the pages."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from kembar.engines.errors import SENTENCES

Language = Literal["id", "zh", "en"]

LOCALE: Final = Path(__file__).resolve().parents[2] / "locale"
CATALOGUES: Final[Mapping[Language, str]] = {"id": "id", "zh": "zh_Hans", "en": "en"}
TAGS: Final[Mapping[Language, str]] = {"id": "id-ID", "zh": "zh-CN", "en": "en-GB"}
"""Language and country, as files name them."""

# Decimal sign, sign between thousands, what stands before a per cent sign, comma of a list.
_SIGNS: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    "id": (",", ".", "", ", "),
    "zh": (".", ",", "", "、"),
    "en": (".", ",", "\u00a0", ", "),
}
_MONTHS: Final[Mapping[Language, Sequence[str]]] = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
        *("Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "zh": tuple(f"{month}月" for month in range(1, 13)),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
}
_UNKNOWN: Final = "–"


@lru_cache
def _catalogue(folder: Path, name: str) -> gettext.NullTranslations:
    return gettext.translation("django", folder, languages=[name], fallback=True)


@dataclass(frozen=True)
class Speech:
    """One language: what its reader reads.

    Attributes
    ----------
    language
    folder
        Where the compiled catalogues lie.
    """

    language: Language
    folder: Path = field(default=LOCALE, repr=False)

    @property
    def tag(self) -> str:
        """The language as files name it, such as zh-CN."""
        return TAGS[self.language]

    @property
    def colon(self) -> str:
        """What stands between a term and what is said of it."""
        return "：" if self.language == "zh" else ": "

    def gettext(self, sentence: str) -> str:
        """Return an English sentence in the reader's language."""
        return _catalogue(self.folder, CATALOGUES[self.language]).gettext(sentence)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return one of two English sentences, by a number, in the reader's language."""
        return _catalogue(self.folder, CATALOGUES[self.language]).ngettext(one, many, count)

    def told(self, notice: Mapping[str, Any]) -> str:
        """Return what a code with its facts says; the English text where the code is not known."""
        sentence = SENTENCES.get(str(notice.get("code", "")))
        facts = notice.get("facts") or {}
        try:
            return self.gettext(sentence) % facts if sentence else str(notice.get("text", ""))
        except (KeyError, TypeError, ValueError):
            return str(notice.get("text", ""))

    def name(self, names: Mapping[str, str], otherwise: str = "") -> str:
        """Return a name in the reader's language, or in any if that is not known."""
        return names.get(self.language) or names.get("en") or otherwise

    def listed(self, names: Sequence[str]) -> str:
        """Return names joined as the language does."""
        return _SIGNS[self.language][3].join(names)

    def number(self, value: float | None, digits: int | None = None) -> str:
        """Return a number; without `digits`, in three significant ones."""
        if value is None or value != value:
            return _UNKNOWN
        if digits is None:
            size = abs(value)
            digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
        decimal, thousand, _space, _comma = _SIGNS[self.language]
        text = f"{value:,.{digits}f}"
        if text.startswith("-"):
            # Rounded to nought it has no sign.
            text = text[1:] if float(text.replace(",", "")) == 0 else f"−{text[1:]}"
        return text.translate({ord(","): thousand, ord("."): decimal})

    def signed(self, value: float | None, digits: int = 1) -> str:
        """Return a number with its sign."""
        text = self.number(value, digits)
        return f"+{text}" if value is not None and value > 0 and text[0].isdigit() else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """Return a share from 0 to 1; never 0 or 100 % for what is only nearly so."""
        if share is None or share != share:
            return _UNKNOWN
        least = 0.5 * 10**-digits / 100
        sign = ""
        if 0 < share < least:
            sign, share = "<", 2 * least
        elif 1 - least < share < 1:
            sign, share = ">", 1 - 2 * least
        return f"{sign}{self.number(share * 100, digits)}{_SIGNS[self.language][2]}%"

    def day(self, day: date | None) -> str:
        """Return a date in full."""
        if day is None:
            return _UNKNOWN
        month = _MONTHS[self.language][day.month - 1]
        return (
            f"{day.year}年{month}{day.day}日"
            if self.language == "zh"
            else f"{day.day} {month} {day.year}"
        )

    def months(self) -> list[str]:
        """Return twelve short names of months."""
        return [each if self.language == "zh" else each[:3] for each in _MONTHS[self.language]]

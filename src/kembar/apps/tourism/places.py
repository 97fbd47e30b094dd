"""Names of where people come from, and when: countries, airports, months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import reader_language
from kembar.apps.regions.register import country_name
from kembar.apps.tourism.models import OTHER_ORIGINS
from kembar.engines import atlas
from kembar.engines.dates import PartialDate


def origin_name(code: str) -> str:
    """Name a country in the reader's language; those whom no series tells are others."""
    if code == OTHER_ORIGINS:
        return _("Other countries")
    return country_name(code, reader_language())


def airport_name(iata: str) -> str:
    """Name an airport with its code, as the atlas knows it."""
    found = atlas.airports_called(iata)
    return f"{found[0][1].name} ({iata})" if found else iata


def market_choices() -> list[tuple[str, str]]:
    """Return every country with its name, in the order of the reader's names."""
    named = [(code, origin_name(code)) for code in atlas.countries()]
    return sorted(named, key=lambda pair: pair[1])


def month_words(month: date) -> str:
    return readable(PartialDate(month.year, month.month))


def span_words(months: Sequence[date]) -> str:
    """Write a span of months: June 2025 – May 2026."""
    if not months:
        return ""
    first, last = (PartialDate(month.year, month.month) for month in (months[0], months[-1]))
    return readable(first, last)

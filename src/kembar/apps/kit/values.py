"""Values of a record as people read them: choices by their names, dates, texts, lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kembar.apps.kit.partial_dates import PartialDateField, readable
from kembar.apps.kit.text import LANGUAGES, NAMES, Text, reader_language
from kembar.engines.dates import PartialDate
from kembar.engines.errors import KembarError


def in_words(value: Any, column: Any = None, labels: Mapping[Any, Any] | None = None) -> str:
    """Return one value in the reader's language, empty if there is none.

    Parameters
    ----------
    column
        The column that holds it, which knows its choices and whether it is a date.
    labels
        The names of its values, where the column does not know them.
    """
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list):
        parts = [in_words(part, column, labels) for part in value]
        comma, semicolon = ("、", "；") if reader_language() == "zh" else (", ", "; ")
        return (semicolon if any(set(",，、") & set(part) for part in parts) else comma).join(parts)
    if isinstance(value, dict):
        return str(Text(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = labels or dict(getattr(column, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    return _day(column, str(value))


def _day(column: Any, value: str) -> str:
    """Return a date as the reader writes it, anything else as it is."""
    try:
        if isinstance(column, PartialDateField):
            return readable(PartialDate.parse(value))
        day: date | datetime | None = None
        if isinstance(column, models.DateTimeField):
            moment = parse_datetime(value)
            day = localtime(moment).date() if moment and moment.tzinfo else moment
        elif isinstance(column, models.DateField):
            day = parse_date(value)
    except (KembarError, ValueError):
        return value
    return readable(PartialDate.from_date(day)) if day else value


def texts_that_differ(name: str, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    """Give name, old and new text of each language in which two texts differ."""
    before, after = Text(old), Text(new)
    for key in LANGUAGES:
        if before.get(key) == after.get(key):
            continue
        marked = _("%(field)s (%(language)s)") % {"field": name, "language": NAMES[key]}
        label = name if key == reader_language() else marked
        yield label, before.get(key, ""), after.get(key, "")

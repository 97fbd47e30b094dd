"""Dates known to the year, the month or the day: column, form field, and how they read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import dates as month_names
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.errors import sentence
from kembar.apps.kit.text import reader_language
from kembar.engines.dates import PartialDate
from kembar.engines.errors import KembarError


def _day_month_year(value: PartialDate) -> str:
    if reader_language() == "zh":
        parts = [f"{value.year}年"]
        parts += [f"{value.month}月"] if value.month else []
        parts += [f"{value.day}日"] if value.day else []
        return "".join(parts)
    parts = [str(value.day)] if value.day else []
    parts += [str(month_names.MONTHS[value.month])] if value.month else []
    return " ".join([*parts, str(value.year)])


def readable(value: PartialDate | None, until: PartialDate | None = None) -> str:
    """Return a date or a span as the reader's language writes it; about is said."""
    if value is None:
        return ""
    text = _day_month_year(value)
    if until is not None and str(until) != str(value):
        end = _day_month_year(until)
        same_month = (value.year, value.month) == (until.year, until.month)
        if same_month and value.day and until.day:
            # 13–19 November 2025 reads better than two whole dates; Chinese: 2025年11月13–19日.
            zh = reader_language() == "zh"
            text = text.removesuffix("日") + f"–{until.day}日" if zh else f"{value.day}–{end}"
        else:
            text = f"{text} – {end}"
    if value.about:
        return gettext("about %(date)s") % {"date": text}
    return text


class PartialDateFormField(forms.CharField):
    """Reads 17/11/2025, Nov 2025, 2025, about 2014, 2025年11月."""

    default_error_messages = {"required": _("Give a date; a month or a year is enough.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return PartialDate.parse(text)
        except KembarError as error:
            raise ValidationError(sentence(error), code=error.code) from error

    def run_validators(self, value: Any) -> None:
        super().run_validators(str(value) if value else value)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, PartialDate) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "").strip()


# The same dates come from the database again and again, and one never changes.
_stored = lru_cache(maxsize=16_384)(PartialDate.parse)

if TYPE_CHECKING:
    _Column = models.CharField[PartialDate | str | None, PartialDate | None]
else:
    _Column = models.CharField


class PartialDateField(_Column):
    """A `PartialDate` as EDTF text: it sorts and compares as text in any database."""

    description = _("Date known to the year, month or day")
    # What django-stubs reads for the types of this column.
    _pyi_private_set_type: PartialDate | str | None  # type: ignore[assignment]
    _pyi_private_get_type: PartialDate  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 11
        kwargs.setdefault("default", None)
        kwargs["null"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        kwargs.pop("null", None)
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> PartialDate | None:
        return _stored(value) if value else None

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, PartialDate):
            return value
        if not value:
            return None
        try:
            return PartialDate.parse(str(value))
        except KembarError as error:
            raise ValidationError(sentence(error), code=error.code) from error

    def get_prep_value(self, value: Any) -> Any:
        return str(value) if value else None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")

    def run_validators(self, value: Any) -> None:
        super().run_validators(str(value) if value else value)

    def formfield(self, **kwargs: Any) -> Any:
        kwargs["form_class"] = PartialDateFormField
        kwargs["max_length"] = 40
        return models.Field.formfield(self, **kwargs)

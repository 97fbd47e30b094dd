"""When somebody else saved first: say what differs, keep what was typed, let him save again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from django import forms
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.forms import VersionedForm
from kembar.apps.kit.values import in_words, texts_that_differ

Form = TypeVar("Form", bound=VersionedForm)


def tell_of_change(form: Form, error: StaleError) -> Form:
    """Put into a form what the record says now, and its new version, beside what was typed."""
    current = error.current
    form.add_error(
        None,
        format_html(
            "{}<dl class='facts'>{}</dl>",
            gettext(
                "Somebody else changed this while you were writing. What you typed is kept"
                " below. This is how it stands now; save again to put yours in its place."
            ),
            format_html_join("", "<dt>{}</dt><dd>{}</dd>", _differing(form, current)),
        ),
    )
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data[form.add_prefix("version")] = str(getattr(current, "version", 1))
    form.data = data
    return form


def _differing(form: VersionedForm, current: models.Model) -> Iterator[tuple[str, str]]:
    """Give label and present value of each field in which something else was typed."""
    columns = {column.name: column for column in current._meta.get_fields()}
    for name, value in form.values_of(current).items():
        now, typed = _comparable(value), _comparable(form.cleaned_data.get(name))
        field = form.fields[name]
        label = str(field.label or name)
        if isinstance(now, dict):
            for marked, was, _typed in texts_that_differ(label, now, typed):
                yield marked, was or "–"
        elif now != typed:
            # A list of keys is named by the form: its column knows no choices.
            choices: Any = field.choices if isinstance(field, forms.MultipleChoiceField) else ()
            yield label, in_words(now, columns.get(name), dict(choices)) or "–"


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    if isinstance(value, models.QuerySet):
        return sorted(map(str, value))
    if isinstance(value, list):
        return [str(part) for part in value]
    return str(value or "")

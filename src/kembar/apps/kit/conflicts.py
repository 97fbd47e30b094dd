"""When somebody else saved first: say what differs, keep what was typed, let him save again."""

from __future__ import annotations

from typing import Any, TypeVar

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.forms import VersionedForm

Form = TypeVar("Form", bound=VersionedForm)


def tell_of_change(form: Form, error: StaleError) -> Form:
    """Put into a form what the record says now, and its new version, beside what was typed."""
    current = error.current
    typed = form.cleaned_data
    differing = [
        (form.fields[name].label or name, str(getattr(current, name) or "–"))
        for name in form.record_fields()
        if name in typed and str(getattr(current, name)) != str(typed[name])
    ]
    form.add_error(
        None,
        format_html(
            "{}<dl class='facts'>{}</dl>",
            gettext(
                "Somebody else changed this while you were writing. What you typed is kept"
                " below. This is how it stands now; save again to put yours in its place."
            ),
            format_html_join("", "<dt>{}</dt><dd>{}</dd>", differing),
        ),
    )
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data[form.add_prefix("version")] = str(getattr(current, "version", 1))
    form.data = data
    return form

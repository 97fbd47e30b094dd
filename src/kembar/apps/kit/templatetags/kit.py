"""What every template may use, without loading it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import Text, reader_language
from kembar.engines.dates import PartialDate

register = template.Library()

# How a day and a time of the clock are put together; in a language not named here as in English.
MOMENTS = {"id": "{day} pukul {time:%H.%M}", "zh": "{day} {time:%H:%M}"}


@register.simple_tag
def largest_upload() -> int:
    """Return how many bytes the files of one form may have together."""
    return int(settings.UPLOAD_MAX_BYTES)


@register.filter
def shown(value: Text | dict[str, str] | None) -> str | SafeString:
    """Show a text in the reader's language, or in another one with a mark that says so."""
    if not value:
        return ""
    part = Text(value).shown()
    if not part.is_fallback:
        return part.text
    return format_html(
        '<span lang="{}">{}</span> <abbr class="fallback" title="{}">{}</abbr>',
        part.tag,
        part.text,
        gettext("Not yet in your language; shown in: %(language)s")
        % {"language": part.language_name},
        part.language.upper(),
    )


@register.filter
def partial(value: PartialDate | date | datetime | None) -> str:
    """Write a date that may be known to the month or year only."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return readable(PartialDate.from_date(value) if isinstance(value, date) else value)


@register.filter
def percent(share: float) -> str:
    """Write a share of the width as SVG takes it, whatever the reader's decimal sign."""
    return f"{share * 100:.2f}%"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a day with its time of the clock."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    form = MOMENTS.get(reader_language(), "{day}, {time:%H:%M}")
    return form.format(day=readable(PartialDate.from_date(local.date())), time=local)


@register.simple_tag
def span_of_days(start: PartialDate | None, until: PartialDate | None = None) -> str:
    """Write a span such as 13–19 November 2025."""
    return readable(start, until)


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changed: Any) -> str:
    """Return the query of this page with some parameters set anew."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return str(query.urlencode())


@register.filter
def may(user: Any, permission: str) -> bool:
    """Return whether the person holds a permission for any region."""
    return bool(user.is_authenticated and user.may(permission))

"""Pictures of the boards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import ngettext_lazy

from kembar.apps.commitments.queries import Tally

register = template.Library()

# From left to right: what was done, what lies ahead, what went wrong.
ORDER = {
    "kept": ngettext_lazy("%(count)s kept", "%(count)s kept", "count"),
    "partly": ngettext_lazy("%(count)s kept in part", "%(count)s kept in part", "count"),
    "ahead": ngettext_lazy("%(count)s not due yet", "%(count)s not due yet", "count"),
    "overdue": ngettext_lazy("%(count)s overdue", "%(count)s overdue", "count"),
    "lapsed": ngettext_lazy("%(count)s lapsed", "%(count)s lapsed", "count"),
    "broken": ngettext_lazy("%(count)s broken", "%(count)s broken", "count"),
}


@register.inclusion_tag("boards/tally.html")
def tally_picture(tally: Tally) -> dict[str, Any]:
    """Draw promises as one bar of parts, and say the same in words."""
    counts = {name: getattr(tally, name, 0) for name in ORDER}
    counts["ahead"] = tally.open - tally.overdue
    total = sum(counts.values()) or 1
    parts, left = [], 0.0
    for name, count in counts.items():
        width = 100 * count / total
        if count:
            words = ORDER[name] % {"count": count}
            parts.append({"name": name, "words": words, "left": left, "width": width})
        left += width
    return {"tally": tally, "tally_parts": parts}


@register.filter
def rounded(value: Decimal) -> Decimal:
    """Return a converted sum without cents: its rate is not known that well."""
    return value.quantize(Decimal(1))

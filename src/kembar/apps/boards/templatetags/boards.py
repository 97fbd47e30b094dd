"""Pictures of the boards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from kembar.apps.commitments.queries import Tally

register = template.Library()

# From left to right: what was done, what lies ahead, what went wrong.
ORDER = ("kept", "partly", "ahead", "overdue", "lapsed", "broken")


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
            parts.append({"name": name, "left": left, "width": width})
        left += width
    return {"tally": tally, "tally_parts": parts, "tally_ahead": counts["ahead"]}


@register.inclusion_tag("boards/currency.html")
def currency_choice(view: Any) -> dict[str, Any]:
    """Let the reader choose in which currency sums are shown."""
    return {"view": view}


@register.filter
def rounded(value: Decimal) -> Decimal:
    """Return a converted sum without cents: its rate is not known that well."""
    return value.quantize(Decimal(1))

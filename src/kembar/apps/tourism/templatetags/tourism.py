"""Counts of people as the reader's language writes them."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from kembar.apps.regions.pictures import percent
from kembar.apps.regions.units import amount
from kembar.apps.tourism.comparing import Pair

register = template.Library()


@register.filter
def people(count: int | float | None) -> str:
    """Write a whole number; what is not known is a dash, never nothing."""
    return "–" if count is None else amount(float(count), digits=0)


@register.filter
def share(value: float | None) -> str:
    return "–" if value is None else percent(value)


@register.filter
def change(pair: Pair) -> str:
    """Write by how much a count differs from the year before."""
    if not pair.months:
        return "–"
    if pair.change is None:
        return _("from nobody") if pair.after else _("nobody in both years")
    sign = "+" if pair.change > 0 else "−" if pair.change < 0 else "±"
    return f"{sign}{percent(abs(pair.change))}"

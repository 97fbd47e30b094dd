"""Amounts of money in templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from kembar.apps.rates.amounts import written

register = template.Library()


@register.simple_tag
def money(value: Decimal | None, currency: str = "") -> str:
    """Write an amount with its currency; nothing if it is not known."""
    return written(value, currency)

"""Words of the ledger for templates."""

from __future__ import annotations

from django import template

from kembar.apps.ledger.models import Judgement

register = template.Library()


@register.simple_tag
def judgement_name(value: str) -> str:
    """Name a verdict in the reader's language."""
    return str(Judgement(value).label)

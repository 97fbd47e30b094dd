"""Names of regions for templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kembar.apps.kit.text import reader_language
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import country_name

register = template.Library()


@register.filter
def country_of(region: Region) -> str:
    """Name a region's country in the reader's language."""
    return country_name(region.country, reader_language())


@register.filter
def own_name(region: Region) -> str | SafeString:
    """Write a region's name as its own people do, unless the reader sees that name already."""
    own = region.own_name
    if not own.text or own.text == str(region.name):
        return ""
    return format_html(' <span class="own-name" lang="{}">{}</span>', own.tag, own.text)

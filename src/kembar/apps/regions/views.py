"""The page of a region: its names, and, sewn in from above, its ties."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.text import reader_language
from kembar.apps.regions.models import Region
from kembar.apps.regions.parts import parts_of
from kembar.apps.regions.register import country_name


@allow(ANYONE)
def region(request: HttpRequest, code: str) -> HttpResponse:
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    context = {
        "region": region,
        "country": country_name(region.country, reader_language()),
        "parts": parts_of(region, request),
    }
    return render(request, "regions/region.html", context)

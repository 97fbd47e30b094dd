"""What this room shows on pages of the rooms below."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kembar.apps.regions.models import Region
from kembar.apps.ties.queries import ties_of

MOST = 50


def ties_of_region(region: Region, request: HttpRequest) -> SafeString:
    """Draw the ties of a region and of the places in it that this reader may see."""
    inside = Q(home=region) | Q(home__parent=region)
    inside |= Q(partner=region) | Q(partner__parent=region)
    rows = list(ties_of(request.user).filter(inside).order_by("pk")[: MOST + 1])
    context = {"rows": rows[:MOST], "has_more": len(rows) > MOST}
    return render_to_string("ties/region_part.html", context, request=request)

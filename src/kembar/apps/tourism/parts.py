"""What this room shows on pages of the rooms below."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Tie
from kembar.apps.tourism.queries import has_anything
from kembar.apps.tourism.rights import may_write


def tab_of_tie(_tie: Tie, _user: object) -> tuple[str, str, str]:
    """Return the key, the label and the address of the tab that a tie gets here."""
    return ("tourism", _("Tourism"), "tourism:of_tie")


def tourism_of_region(region: Region, request: HttpRequest) -> SafeString:
    """Draw the way to a region's arrivals, if there are any or this reader may bring some in."""
    may = may_write(request.user, region.code)
    if not may and not has_anything(region.code, request.user):
        return SafeString()
    context = {"region": region, "may_write": may}
    return render_to_string("tourism/region_part.html", context, request=request)

"""What this room shows on pages of the rooms below."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kembar.apps.accounts.models import rights_of
from kembar.apps.ledger.models import Claim
from kembar.apps.regions.models import Region
from kembar.apps.ties.queries import ties_of

MOST = 50


def place_of_claim(claim: Claim, request: HttpRequest) -> SafeString:
    """Draw the ties and the region that a claim is about, and what may be done with it."""
    may_write = rights_of(request.user).may("ledger.write", claim.owner_code)
    context = {
        "claim": claim,
        "ties": ties_of(request.user).filter(claims=claim).order_by("pk"),
        "region": Region.objects.filter(code=claim.about_region).first(),
        "may_change": may_write and not claim.withdrawn,
    }
    return render_to_string("ties/claim_part.html", context, request=request)


def claims_on_region(region: Region, request: HttpRequest) -> SafeString:
    """Draw what is said of a region and of the places in it, as far as this reader may see it."""
    about = Q(about_region=region.code) | Q(about_region__in=region.places.values("code"))
    claims = Claim.objects.visible_to(request.user).standing().filter(about)
    rows = list(claims.with_judgement().order_by("-pk")[: MOST + 1])
    context = {"rows": rows[:MOST], "has_more": len(rows) > MOST}
    return render_to_string("ties/region_claims.html", context, request=request)


def ties_of_region(region: Region, request: HttpRequest) -> SafeString:
    """Draw the ties of a region and of the places in it that this reader may see."""
    # The codes by themselves: over two joins no index answers which ties these are.
    codes = [region.code, *region.places.values_list("code", flat=True)]
    inside = Q(home__in=codes) | Q(partner__in=codes)
    rows = list(ties_of(request.user).filter(inside).order_by("pk")[: MOST + 1])
    context = {"rows": rows[:MOST], "has_more": len(rows) > MOST}
    return render_to_string("ties/region_part.html", context, request=request)

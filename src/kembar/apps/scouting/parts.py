"""What this room shows on pages of the rooms below, and of those above."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kembar.apps.accounts.models import rights_of
from kembar.apps.ledger.models import Claim
from kembar.apps.regions.models import Region
from kembar.apps.scouting import queries
from kembar.apps.scouting.models import Decision, Study

MOST = 20


def studies_of_region(region: Region, request: HttpRequest) -> SafeString:
    """Draw the studies of a region and those that rank it, as far as this reader may see them."""
    visible = Study.objects.visible_to(request.user)
    ranked = list(visible.looking_at(region).order_by("-changed_at", "-pk")[:MOST])
    asking = list(visible.filter(home=region).order_by("-changed_at", "-pk")[:MOST])
    seen = [study.pk for study in (*asking, *ranked)]
    decided = Decision.objects.visible_to(request.user).filter(chosen=region).defer("record")
    # Who reads the study finds its decisions there.
    decisions = decided.exclude(study__in=seen).select_related("chosen").order_by("-pk")[:MOST]
    context = {"region": region, "ranked": ranked, "asking": asking, "decisions": list(decisions)}
    return render_to_string("scouting/region_part.html", context, request=request)


def tests_of_claim(claim: Claim, request: HttpRequest) -> SafeString:
    """Draw what was computed of a claim, what it says of sectors, and what may be done."""
    may_write = rights_of(request.user).may("ledger.write", claim.owner_code)
    context = {
        "claim": claim,
        "checks": queries.checks_of(claim),
        "sectors": queries.sectors_of(claim),
        "may_test": may_write and not claim.withdrawn,
    }
    return render_to_string("scouting/claim_part.html", context, request=request)

"""The search page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.search import index

KIND_NAMES = {
    "tie": _("Tie"),
    "event": _("Event"),
    "person": _("Person"),
    "claim": _("Claim"),
    "source": _("Source"),
    "study": _("Study"),
    "case": _("Case"),
    "lead": _("Lead"),
    "company": _("Company"),
    "offer": _("Offer"),
    "programme": _("Programme"),
    "site": _("Site"),
    "campaign": _("Campaign"),
    "commitment": _("Promise"),
}


@allow(ANYONE)
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    kind = request.GET.get("kind", "")
    kind = kind if kind in KIND_NAMES else ""
    found = index.find(query, rights_of(request.user), kind=kind)
    rows = [(document, KIND_NAMES.get(document.kind, "")) for document in found.documents]
    context = {
        "query": query,
        "kind": kind,
        "kinds": KIND_NAMES.items(),
        "rows": rows,
        "corrected": list(found.corrected.items()),
        "suggestion": found.suggestion,
    }
    return render(request, "search/search.html", context)

"""Pages that show at once what all rooms know."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kembar.apps.accounts.requests import Request
from kembar.apps.boards import queries
from kembar.apps.kit.access import allow
from kembar.apps.kit.paging import key_in, page_number
from kembar.apps.ties.health import Factor, Status
from kembar.apps.ties.models import Tie
from kembar.apps.ties.queries import get_tie, reads_all
from kembar.apps.ties.reasons import REASONS, SLEEP_NAMES
from kembar.apps.ties.views import tie_head


def _currency(request: HttpRequest) -> str:
    return request.GET.get("in", "")[:3]


@allow("ties.read_all")
def of_tie(request: Request, pk: int) -> HttpResponse:
    """One page for the head, on the screen and on A4."""
    try:
        tie = get_tie(request.user, pk)
    except Tie.DoesNotExist as error:
        raise Http404 from error
    if not reads_all(request.user, tie):
        # It tells what is shared with nobody.
        raise Http404
    view = queries.tie_board(tie, request.user, timezone.localdate(), currency=_currency(request))
    factors = [
        (REASONS[factor].name, status)
        for factor, status in view.health.factors.items()
        if (factor, status) != (Factor.RENEWAL, Status.NOT_YET)
    ]
    context = {
        **tie_head(request, tie, "board"),
        "view": view,
        "factors": factors,
        "sleep_name": SLEEP_NAMES[view.health.sleep],
    }
    return render(request, "boards/tie.html", context)


@allow("ties.read_all")
def office(request: Request) -> HttpResponse:
    """What an office has in hand."""
    view = queries.office_board(request.user, key_in(request, "office"), timezone.localdate())
    return render(request, "boards/office.html", {"view": view})


@allow("ties.read_all")
def portfolio(request: Request) -> HttpResponse:
    """All ties that a person looks after, and what each brought."""
    asked = request.GET
    order = asked.get("order", "")
    filters = queries.Filters(
        region=asked.get("region", "").replace("\0", "").strip()[:100],
        order=order if order in queries.ORDERS else "",
        over=asked.get("over") == "1",
    )
    today = timezone.localdate()
    view = queries.portfolio(
        request.user, filters, today, page_number(request), currency=_currency(request)
    )
    context = {"view": view, "page": view.page, "filters": filters, "orders": queries.ORDERS}
    return render(request, "boards/portfolio.html", context)

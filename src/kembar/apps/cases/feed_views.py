"""The calendar of a post: made and withdrawn by its holder, read by his calendar program."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from kembar.apps.accounts.models import Holding
from kembar.apps.accounts.requests import Request
from kembar.apps.cases import feed as feeds_of
from kembar.apps.cases.models import Feed, Reminder
from kembar.apps.kit.access import ANYONE, SIGNED_IN, allow

# The address of a calendar that was just made: shown on the next page, once.
MADE = "cases_feed_made"


def _seats(request: Request) -> list[Holding]:
    """Return the posts of whoever asks; without any there is nothing to be reminded of."""
    if not request.user.current_holdings:
        raise PermissionDenied
    return request.user.current_holdings


@allow(SIGNED_IN)
def feeds(request: Request) -> HttpResponse:
    seats = _seats(request)
    standing = {
        each.holding_id: each
        for each in Feed.objects.standing().filter(holding__person=request.user)
    }
    made = request.session.pop(MADE, None) or {}
    context = {
        "seats": [(held, standing.get(held.pk), made.get(str(held.pk), "")) for held in seats],
        "reminders": Reminder.objects.filter(person=request.user).order_by("-on")[:5],
    }
    response = render(request, "cases/feeds.html", context)
    # It may show a secret, which no cache on the way should keep.
    response["Cache-Control"] = "no-store"
    return response


def _own_holding(request: Request, pk: int) -> Holding:
    held = next((held for held in _seats(request) if held.pk == pk), None)
    if held is None:
        raise Http404
    return held


@allow(SIGNED_IN)
@require_POST
def make(request: Request, pk: int) -> HttpResponse:
    holding = _own_holding(request, pk)
    token = feeds_of.make_feed(holding, by=request.user)
    address = request.build_absolute_uri(reverse("cases:feed", args=[token]))
    request.session[MADE] = {str(holding.pk): address}
    messages.success(request, _("The calendar is made. Its address is shown this once."))
    return redirect("cases:feeds")


@allow(SIGNED_IN)
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    holding = _own_holding(request, pk)
    feed = get_object_or_404(Feed.objects.standing(), holding=holding)
    feeds_of.withdraw_feed(feed, by=request.user)
    messages.success(request, _("The calendar is withdrawn: its address answers no more."))
    return redirect("cases:feeds")


@allow(ANYONE)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Calendar programs cannot sign in, so the secret in the address stands for that."""
    holding = feeds_of.holding_of(token)
    if holding is None:
        raise Http404
    with override(holding.person.language or None):
        text = feeds_of.calendar_of(holding, timezone.localdate(), request.build_absolute_uri)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

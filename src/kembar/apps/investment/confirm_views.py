"""The page of an investor: he signs in nowhere, so the secret in the address stands for that.

A secret has 256 bits, so nobody guesses one; what is limited is how often one link is tried.
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override

from kembar.apps.investment import actions
from kembar.apps.investment.forms import AnswerForm
from kembar.apps.investment.models import Confirmation
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError

TRIES, WITHIN_SECONDS = 20, 3600


@allow(ANYONE)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the figures, and keep what the investor says of them: once."""
    named = Confirmation.objects.select_related("about", "lead__company", "lead__home")
    confirmation = named.filter(token_hash=actions.hash_of(token)).first()
    if confirmation is None:
        raise Http404
    # The language in which he was asked, unless he has chosen one on this page.
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    with override(get_language() if chosen else confirmation.language):
        return _sealed(_page(request, confirmation))


def _sealed(response: HttpResponse) -> HttpResponse:
    """Keep what the page shows out of caches and of the indexes of the web."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    state = _state(confirmation)
    form = AnswerForm(request.POST or None)
    status = 200 if state in ("open", "answered") else 410
    if request.method == "POST" and state == "open":
        if not _may_try(confirmation):
            return render(request, "investment/confirm.html", {"state": "often"}, status=429)
        if form.is_valid():
            # Answered in this moment in another window, or withdrawn: the page tells it.
            with suppress(StaleError):
                actions.answer(confirmation, form.said(), now=timezone.now())
            return redirect(request.path)
        status = 422
    context = {"confirmation": confirmation, "state": state, "form": form}
    return render(request, "investment/confirm.html", context, status=status)


def _state(confirmation: Confirmation) -> str:
    if confirmation.answered_at:
        return "answered"
    if confirmation.withdrawn_at or confirmation.ends_at <= timezone.now():
        return "ended"
    return "open"


def _may_try(confirmation: Confirmation) -> bool:
    """Count the answers sent over one link; too many in an hour are not read."""
    key = f"investment.confirm:{confirmation.pk}"
    cache.add(key, 0, WITHIN_SECONDS)
    return cache.incr(key) <= TRIES

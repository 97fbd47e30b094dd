"""The front page, the morning page, and what to say when something is wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kembar.apps.accounts.requests import Request
from kembar.apps.boards.queries import morning
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.files import FileGoneError
from kembar.apps.ties.queries import day_of, ties_of
from kembar.site import beginning


@allow(ANYONE)
def front(request: HttpRequest) -> HttpResponse:
    """Show a visitor what is published; lead people to their work, and the first to a beginning."""
    user = request.user
    if user.is_authenticated and user.may("ties.read_all"):
        return redirect("today")
    ties = list(ties_of(user).order_by("pk")[:20])
    commands = {}
    if not ties and beginning.is_without_people():
        commands = {"first": beginning.FIRST_ADMINISTRATOR, "example": beginning.FOUNDING_EXAMPLE}
    return render(request, "site/front.html", {"ties": ties, "commands": commands})


@allow("ties.read_all")
def today(request: Request) -> HttpResponse:
    day = timezone.localdate()
    context = {
        "view": day_of(request.user, day),
        "mine": morning(request.user, day),
        "today": day,
    }
    return render(request, "site/today.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "site/csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "site/forbidden.html", status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {"is_file_gone": isinstance(exception, FileGoneError)}
    return render(request, "site/missing.html", context, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "site/broken.html", status=500)

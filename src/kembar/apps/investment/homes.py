"""For which region something is written down, by whoever writes for several."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render

from kembar.apps.accounts.requests import Request
from kembar.apps.investment.forms import HomeForm


def home_of(request: Request, codes: Collection[str]) -> str | None:
    """Return which of his regions an address names, or the only one; None where it is to be asked.

    Raises
    ------
    PermissionDenied
        If he writes for none, or not for the region that is named.
    """
    asked = request.GET.get("home", "")
    if not codes or (asked and asked not in codes):
        raise PermissionDenied
    return asked or (next(iter(codes)) if len(codes) == 1 else None)


def ask_home(request: Request, codes: Collection[str], heading: str) -> HttpResponse:
    """Ask of which region it is: what the form offers to choose from depends on it."""
    context = {"form": HomeForm(codes=codes), "heading": heading}
    return render(request, "investment/which_home.html", context)

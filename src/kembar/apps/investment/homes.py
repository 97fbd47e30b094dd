"""For which region something is written down, by whoever writes for several."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.requests import Request
from kembar.apps.regions.models import Region


class HomeForm(forms.Form):
    """Of which of several regions something is."""

    home = forms.ModelChoiceField(label=_("Home region"), queryset=Region.objects.none())

    def __init__(self, *args: Any, codes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["home"]
        choice.queryset = Region.objects.filter(code__in=codes).order_by("code")


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

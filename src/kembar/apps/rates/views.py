"""Pages about exchange rates: everybody reads them, for every converted figure rests on one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.paging import page_number
from kembar.apps.rates import actions, queries
from kembar.apps.rates.models import Rate
from kembar.apps.rates.rate_forms import DropForm, RateForm


@allow(ANYONE)
def rates(request: HttpRequest) -> HttpResponse:
    pair = request.GET.get("pair", "")[:7]
    context = {
        "page": queries.list_rates(pair, page_number(request)),
        "newest": queries.newest(),
        "pair": pair,
        "serves_days": queries.SERVES_DAYS,
        # Whose rates this reader corrects: those whose source his region keeps.
        "own": rights_of(request.user).regions("rates.write"),
    }
    return render(request, "rates/rates.html", context)


@allow("rates.write")
@once
def new_rate(request: Request) -> HttpResponse:
    home = sorted(request.user.rights.regions("rates.write"))[0]
    rate = Rate(on=timezone.localdate())
    form = RateForm(request.POST or None, instance=rate, owner_code=home)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_rate(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The rate is written down."), extra_tags=request.path)
            return redirect("rates:rates")
    context = {"form": form, "rate": None}
    return render(request, "rates/rate_form.html", context, status=422 if form.errors else 200)


def _rate_or_404(request: Request, pk: int) -> Rate:
    """Return a rate that this person may correct: his region keeps its source."""
    rate = get_object_or_404(Rate.objects.select_related("source"), pk=pk)
    if not request.user.rights.may("rates.write", rate.source.owner_code):
        raise PermissionDenied
    return rate


@allow("rates.write")
@once
def rate(request: Request, pk: int) -> HttpResponse:
    rate = _rate_or_404(request, pk)
    old: dict[str, Any] = {name: getattr(rate, name) for name in actions.FIELDS}
    form = RateForm(request.POST or None, instance=rate, owner_code=rate.source.owner_code)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rate(form.save(commit=False), seen=form.seen(), old=old, by=request.user)
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The rate is changed."), extra_tags=request.path)
            return redirect("rates:rates")
    context = {"form": form, "rate": rate}
    status = 422 if form.errors and status == 200 else status
    return render(request, "rates/rate_form.html", context, status=status)


@allow("rates.write")
@once
def drop_rate(request: Request, pk: int) -> HttpResponse:
    rate = _rate_or_404(request, pk)
    form = DropForm(request.POST or None, initial={"version": rate.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.drop_rate(rate, seen=given["version"], reason=given["reason"], by=request.user)
        except StaleError:
            form.add_error(
                None, _("Somebody changed this rate just now: look again, then take it back.")
            )
            form.look_again(rate)
            status = 409
        else:
            messages.success(request, _("The rate is taken back."), extra_tags=request.path)
            return redirect("rates:rates")
    context = {"form": form, "rate": rate}
    status = 422 if form.errors and status == 200 else status
    return render(request, "rates/drop_rate.html", context, status=status)

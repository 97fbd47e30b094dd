"""Pages about exchange rates: everybody reads them, for every converted figure rests on one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.models import Entry
from kembar.apps.audit.sentences import describe
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
    form = RateForm(request.POST or None, instance=rate, owner_code=home, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_rate(form.rate(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The rate is written down."), extra_tags=request.path)
            return redirect("rates:rates")
    context = {"form": form, "rate": None}
    return render(request, "rates/rate_form.html", context, status=422 if form.errors else 200)


def _rate_of(request: Request, pk: int) -> Rate:
    """Return a rate that this person may correct: his region keeps its source.

    Raises
    ------
    Rate.DoesNotExist
        If there is none any more, or never was.
    """
    rate = Rate.objects.select_related("source").get(pk=pk)
    if not request.user.rights.may("rates.write", rate.source.owner_code):
        raise PermissionDenied
    return rate


def _gone_or_404(request: Request, pk: int) -> Entry:
    """Return how a rate was taken back that this person might correct."""
    entry = queries.taken_back(pk)
    if entry is None:
        raise Http404
    if not request.user.rights.may("rates.write", entry.region_code):
        raise PermissionDenied
    return entry


def _told(entry: Entry) -> str:
    """Say who took a rate back, and why."""
    told = describe(entry)
    return " · ".join([told.text, *told.changes[-1:]])


def _tell_of_it(request: Request, entry: Entry) -> HttpResponse:
    """Lead to the list, and say there who took the rate back, and why."""
    messages.warning(request, _told(entry))
    return redirect("rates:rates")


def _offer_anew(request: Request, entry: Entry) -> HttpResponse:
    """Keep what was typed of a rate that is taken back: saved, it is a new one."""
    form = RateForm(request.POST, instance=Rate(), owner_code=entry.region_code, user=request.user)
    form.add_error(None, _told(entry))
    form.add_error(
        None, _("What you typed is kept. Saved again, it is written down as a new rate.")
    )
    context = {"form": form, "rate": None, "action": reverse("rates:new")}
    return render(request, "rates/rate_form.html", context, status=409)


@allow("rates.write")
@once
def rate(request: Request, pk: int) -> HttpResponse:
    try:
        rate = _rate_of(request, pk)
    except Rate.DoesNotExist:
        gone = _gone_or_404(request, pk)
        return (_offer_anew if request.method == "POST" else _tell_of_it)(request, gone)
    old: dict[str, Any] = {name: getattr(rate, name) for name in actions.FIELDS}
    owner = rate.source.owner_code
    form = RateForm(request.POST or None, instance=rate, owner_code=owner, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rate(form.rate(), seen=form.seen(), old=old, by=request.user)
        except Rate.DoesNotExist:
            # Race: it was taken back in this moment.
            return _offer_anew(request, _gone_or_404(request, pk))
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
    try:
        rate = _rate_of(request, pk)
    except Rate.DoesNotExist:
        return _tell_of_it(request, _gone_or_404(request, pk))
    form = DropForm(request.POST or None, initial={"version": rate.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.drop_rate(rate, seen=given["version"], reason=given["reason"], by=request.user)
        except Rate.DoesNotExist:
            return _tell_of_it(request, _gone_or_404(request, pk))
        except StaleError:
            form.add_error(
                None, _("Somebody changed this rate just now: look again, then take it back.")
            )
            rate = _rate_of(request, pk)
            form.look_again(rate)
            status = 409
        else:
            messages.success(request, _("The rate is taken back."), extra_tags=request.path)
            return redirect("rates:rates")
    context = {"form": form, "rate": rate}
    status = 422 if form.errors and status == 200 else status
    return render(request, "rates/drop_rate.html", context, status=status)

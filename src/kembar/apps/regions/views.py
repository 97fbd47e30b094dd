"""Pages about regions: find one, read what is known of it, hold it against others."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.paging import page_number
from kembar.apps.kit.text import reader_language
from kembar.apps.regions import actions, queries
from kembar.apps.regions.forms import CompareForm, WithdrawForm
from kembar.apps.regions.models import Boundary, Indicator, Region
from kembar.apps.regions.parts import parts_of
from kembar.apps.regions.references import referring
from kembar.apps.regions.register import country_name, is_of_register
from kembar.apps.regions.rights import BRING_IN, REMOVE, may_bring_in, may_take_back
from kembar.apps.regions.units import unit_word
from kembar.engines import atlas

LONGEST_SEARCH = 80


def _country(request: HttpRequest) -> str:
    asked = request.GET.get("country", "").upper()
    return asked if asked in atlas.countries() else ""


def _region_or_404(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


@allow(ANYONE)
def regions(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    country = _country(request)
    page = queries.find_regions(text, country, page_number(request)) if text or country else None
    context = {
        "text": text,
        "country": country,
        "countries": queries.countries(),
        "page": page,
        "near": queries.nearly(text, country) if text and page and not page.rows else [],
        "may_bring_in": rights_of(request.user).may(BRING_IN),
    }
    return render(request, "regions/regions.html", context)


@allow(ANYONE)
def region(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    context = {
        "region": region,
        "country": country_name(region.country, reader_language()),
        "profile": queries.profile_of(region),
        "parts": parts_of(region, request),
        "may_bring_in": may_bring_in(request.user, region),
        "may_remove": rights_of(request.user).may(REMOVE, code) and not is_of_register(region),
    }
    return render(request, "regions/region.html", context)


@allow(REMOVE)
@once
def remove(request: Request, code: str) -> HttpResponse:
    region = _region_or_404(code)
    if not request.user.may(REMOVE, code):
        raise PermissionDenied
    context: dict[str, Any] = {"region": region, "is_of_register": is_of_register(region)}
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and not context["is_of_register"] and form.is_valid():
        try:
            actions.remove_region(region, reason=form.cleaned_data["reason"], by=request.user)
        except StaleError:
            form.add_error(None, _("Somebody else changed this while you were writing."))
        else:
            messages.success(request, _("The place is removed; the history keeps its name."))
            return redirect("regions:regions")
    context |= {"form": form, "referring": referring(region)}
    return render(request, "regions/remove.html", context, status=422 if form.errors else 200)


@allow(ANYONE)
def compare(request: HttpRequest) -> HttpResponse:
    asked = "two" in request.GET or None
    form = CompareForm(request.GET if asked else None, initial=request.GET.dict())
    pair = None
    if form.is_valid():
        pair = queries.compare(form.cleaned_data["one"], form.cleaned_data["two"])
    context = {"form": form, "pair": pair}
    return render(request, "regions/compare.html", context, status=422 if form.errors else 200)


@allow(ANYONE)
def like(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    country = _country(request)
    by = "climate" if request.GET.get("by") == "climate" else "months"
    context = {
        "region": region,
        "country": country,
        "countries": queries.countries(),
        "by": by,
        "found": queries.like(region, country=country, by=by, number=page_number(request)),
    }
    return render(request, "regions/like.html", context)


@allow(ANYONE)
def figures(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    page = queries.list_figures(region, page_number(request))
    may_take = [
        request.user.is_authenticated
        and may_take_back(request.user, owner_code=figure.owner_code, region=region)
        for figure in page.rows
    ]
    rows = [
        (figure, queries.figure_text(figure), may)
        for figure, may in zip(page.rows, may_take, strict=True)
    ]
    context = {
        "region": region,
        "page": page,
        "rows": rows,
        "may_bring_in": may_bring_in(request.user, region),
    }
    return render(request, "regions/figures.html", context)


@allow(ANYONE)
def boundaries(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    rows = Boundary.objects.filter(region=region).select_related("source").order_by("-pk")
    # An office draws its region anew every few years: all fit a page.
    kept = [queries.drawn(boundary, region) for boundary in rows[:20]]
    standing = next((one for one in kept if not one.boundary.withdrawn), None)
    context = {
        "region": region,
        "kept": kept,
        "standing": standing,
        "may_take": [
            one.boundary.pk
            for one in kept
            if request.user.is_authenticated
            and may_take_back(request.user, owner_code=one.boundary.owner_code, region=region)
        ],
        "may_bring_in": may_bring_in(request.user, region),
    }
    return render(request, "regions/boundaries.html", context)


@allow(ANYONE)
def indicators(request: HttpRequest) -> HttpResponse:
    standing = Q(figures__withdrawn="", figures__source__audience=Audience.PUBLISHED)
    rows = Indicator.objects.annotate(many=Count("figures", filter=standing)).order_by("code")
    context = {
        "rows": [(indicator, unit_word(indicator.unit)) for indicator in rows],
        "may_bring_in": rights_of(request.user).may(BRING_IN),
    }
    return render(request, "regions/indicators.html", context)


@allow(ANYONE)
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "regions/sources.html", {"sources": queries.told_sources()})

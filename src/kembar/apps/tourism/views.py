"""Pages about tourism: load what this reader may see, act, render."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.paging import page_number, page_of
from kembar.apps.regions.models import Region
from kembar.apps.ties.views import tie_head, tie_or_404
from kembar.apps.tourism import actions, pictures, queries
from kembar.apps.tourism.forms import CampaignForm, LimitForm, SiteForm, WithdrawForm
from kembar.apps.tourism.models import Arrival, Campaign, Limit, Seats, Site
from kembar.apps.tourism.places import origin_name
from kembar.apps.tourism.rights import WRITE, may_write
from kembar.engines import atlas


@allow(ANYONE)
def tourism(request: HttpRequest) -> HttpResponse:
    own = sorted(rights_of(request.user).regions(WRITE))
    context = {
        "regions": queries.regions_with_counts(request.user),
        "most_regions": queries.REGIONS_LISTED,
        "own": Region.objects.filter(code__in=own).order_by("code"),
        "page": queries.list_campaigns(request.user, page_number(request)),
        "today": timezone.localdate(),
    }
    return render(request, "tourism/tourism.html", context)


# A region -----------------------------------------------------------------------------------


def _region_or_404(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def _months_asked(request: HttpRequest, series: queries.Series) -> list[date] | None:
    """Return the months of the year that an address names; None for the last twelve on file."""
    asked = request.GET.get("year", "")
    years = {str(year): year for year in queries.years_of(series)}
    year = years.get(asked)
    return [date(year, month, 1) for month in range(1, 13)] if year else None


def _market_asked(request: HttpRequest, code: str) -> str:
    asked = request.GET.get("market", "").upper()
    if asked in atlas.countries():
        return asked
    return next(iter(queries.markets_of(code, request.user)), "")


@allow(ANYONE)
def region(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    today = timezone.localdate()
    series = queries.series_of(code, request.user)
    one = queries.chosen(series, request.GET.get("series", ""))
    market = _market_asked(request, code)
    view = None
    if one:
        months = _months_asked(request, one)
        view = queries.arrivals(one, request.user, market=market, months=months)
    sites = queries.sites_of(code, request.user)
    context = {
        "region": region,
        "series": series,
        "chosen": one,
        "market": market,
        "market_name": origin_name(market) if market else "",
        "markets": queries.markets_on_file(view, market),
        "years": [str(year) for year in queries.years_of(one)] if one else [],
        "year": request.GET.get("year", ""),
        "view": view,
        "pictures": _pictures(view),
        "routes": queries.routes(code, request.user),
        "watched": queries.watch(sites, request.user, today),
        "may_write": may_write(request.user, code),
    }
    return render(request, "tourism/region.html", context)


def _pictures(view: queries.Arrivals | None) -> dict[str, Any]:
    if view is None or not view.origins:
        return {}
    row = view.market_row
    return {
        "market": pictures.by_month(view, view.market) if row else "",
        "all": pictures.by_month(view),
        "origins": pictures.by_origin(view),
    }


@allow(ANYONE)
def arrivals(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    rows = Arrival.objects.visible_to(request.user).filter(region=code)
    rows = rows.select_related("source", "site").order_by("-month", "-pk")
    page = page_of(rows, page_number(request))
    context = {
        "region": region,
        "page": page,
        "rows": [(row, origin_name(row.origin)) for row in page.rows],
        "own": _own(request),
        "may_write": may_write(request.user, code),
    }
    return render(request, "tourism/arrivals.html", context)


@allow(ANYONE)
def seats(request: HttpRequest, code: str) -> HttpResponse:
    region = _region_or_404(code)
    rows = Seats.objects.visible_to(request.user).filter(region=code)
    page = page_of(rows.select_related("source").order_by("-month", "-pk"), page_number(request))
    context = {
        "region": region,
        "page": page,
        "own": _own(request),
        "may_write": may_write(request.user, code),
    }
    return render(request, "tourism/seats.html", context)


def _own(request: HttpRequest) -> frozenset[str]:
    """Return the regions whose counts this reader may take back."""
    return rights_of(request.user).regions(WRITE)


# Taking back --------------------------------------------------------------------------------


def _withdraw(
    request: Request,
    record: Arrival | Seats | Limit | Campaign,
    *,
    act: Callable[..., None],
    back: str,
    title: str,
    context: dict[str, Any],
) -> HttpResponse:
    form = WithdrawForm(request.POST or None, initial={"version": record.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(
                record,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["version"],
                by=request.user,
            )
        except StaleError:
            form.add_error(None, _("Somebody else changed this while you were writing."))
            status = 409
        else:
            messages.success(request, _("Taken off the pages; the history keeps it."))
            return redirect(back)
    status = 422 if form.errors and status == 200 else status
    context = {**context, "form": form, "record": record, "title": title, "back": back}
    return render(request, "tourism/withdraw.html", context, status=status)


def _count_or_404(request: Request, model: type[Any], pk: int) -> Any:
    rows = model.objects.visible_to(request.user).standing().select_related("region")
    count = get_object_or_404(rows, pk=pk)
    if not request.user.may(WRITE, count.owner_code):
        raise PermissionDenied
    return count


@allow(WRITE)
@once
def withdraw_arrival(request: Request, pk: int) -> HttpResponse:
    count: Arrival = _count_or_404(request, Arrival, pk)
    return _withdraw(
        request,
        count,
        act=actions.withdraw_count,
        back=count.get_absolute_url(),
        title=_("Take the count off the pages"),
        context={"region": count.region},
    )


@allow(WRITE)
@once
def withdraw_seats(request: Request, pk: int) -> HttpResponse:
    count: Seats = _count_or_404(request, Seats, pk)
    return _withdraw(
        request,
        count,
        act=actions.withdraw_count,
        back=count.get_absolute_url(),
        title=_("Take the seats off the pages"),
        context={"region": count.region},
    )


@allow(WRITE)
@once
def withdraw_limit(request: Request, pk: int) -> HttpResponse:
    rows = Limit.objects.visible_to(request.user).standing().select_related("site__region")
    limit = get_object_or_404(rows, pk=pk)
    if not request.user.may(WRITE, limit.site.owner_code):
        raise PermissionDenied
    return _withdraw(
        request,
        limit,
        act=actions.withdraw_limit,
        back=limit.get_absolute_url(),
        title=_("Take the limit off the pages"),
        context={"region": limit.site.region, "site": limit.site},
    )


# Sites --------------------------------------------------------------------------------------


def _site_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Site:
    rows = Site.objects.visible_to(request.user).select_related("region__parent")
    site = get_object_or_404(rows, pk=pk)
    if needs and not rights_of(request.user).may(needs, site.owner_code):
        raise PermissionDenied
    return site


@allow(ANYONE)
def site(request: HttpRequest, pk: int) -> HttpResponse:
    site = _site_or_404(request, pk)
    [watched] = queries.watch([site], request.user, timezone.localdate())
    limits = Limit.objects.visible_to(request.user).filter(site=site).select_related("source")
    context = {
        "site": site,
        "source": queries.source_for(site, request.user),
        "region": site.region,
        "watched": watched,
        "states": [
            (state, pictures.against_limit(state) if state.times else "")
            for state in watched.limits
        ],
        "limits": limits.order_by("-pk")[:50],
        "months": sorted(watched.visitors.items(), reverse=True),
        "may_write": rights_of(request.user).may(WRITE, site.owner_code),
    }
    return render(request, "tourism/site.html", context)


@allow(WRITE)
@once
def new_site(request: Request) -> HttpResponse:
    initial = {"region": request.GET.get("region", "")}
    form = SiteForm(request.POST or None, instance=Site(), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        site = form.save(commit=False)
        site.region, site.source = form.cleaned_data["region"], form.source()
        actions.add_site(site, by=request.user)
        messages.success(request, _("The site is on file."), extra_tags=request.path)
        return redirect(site)
    context = {"form": form, "site": None}
    return render(request, "tourism/site_form.html", context, status=422 if form.errors else 200)


@allow(WRITE)
@once
def change_site(request: Request, pk: int) -> HttpResponse:
    site = _site_or_404(request, pk, needs=WRITE)
    fields = ["name", "about", "source", "audience"]
    old = {name: getattr(site, name) for name in fields}
    form = SiteForm(request.POST or None, instance=site, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        site = form.save(commit=False)
        site.source = form.source()
        try:
            actions.change_site(site, seen=form.seen(), fields=fields, old=old, by=request.user)
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            return redirect(site)
    status = 422 if form.errors and status == 200 else status
    context = {"form": form, "site": site, "region": site.region}
    return render(request, "tourism/site_form.html", context, status=status)


@allow(WRITE)
@once
def new_limit(request: Request, pk: int) -> HttpResponse:
    site = _site_or_404(request, pk, needs=WRITE)
    form = LimitForm(request.POST or None, instance=Limit(site=site))
    if request.method == "POST" and form.is_valid():
        limit = form.save(commit=False)
        source = form.source()
        assert source is not None  # noqa: S101  # for the type checker: the form asks for one
        limit.source = source
        try:
            actions.add_limit(limit, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The limit is on file."), extra_tags=request.path)
            return redirect(site)
    context = {"form": form, "site": site, "region": site.region}
    return render(request, "tourism/limit_form.html", context, status=422 if form.errors else 200)


# A tie and its campaigns --------------------------------------------------------------------


@allow(ANYONE)
def of_tie(request: HttpRequest, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk)
    user, today = request.user, timezone.localdate()
    market = tie.partner.country
    series = queries.series_of(tie.home_id, user)
    one = queries.chosen(series, request.GET.get("series", ""))
    view = queries.arrivals(one, user, market=market) if one else None
    page = page_of(
        queries.campaigns_of(user).filter(tie=tie).only(*queries.LISTED).order_by("-pk"),
        page_number(request),
    )
    watched = queries.watch(queries.sites_of(tie.home_id, user), user, today)
    context = {
        **tie_head(request, tie, "tourism"),
        "market_name": origin_name(market),
        "market": market,
        "view": view,
        "pictures": _pictures(view),
        "page": page,
        "spent": queries.spent_on(page.rows),
        "routes": queries.routes(tie.home_id, user, origin=market),
        "watched": watched,
        "today": today,
        "may_write": may_write(user, tie.home_id),
    }
    return render(request, "tourism/of_tie.html", context)


def _campaign_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Campaign:
    rows = queries.campaigns_of(request.user).select_related("owner__office")
    campaign = get_object_or_404(rows, pk=pk)
    if needs and not rights_of(request.user).may(needs, campaign.tie.home_id):
        raise PermissionDenied
    return campaign


def _after_asked(request: HttpRequest) -> int:
    asked = request.GET.get("after", "")
    known = {str(months): months for months in queries.AFTER_CHOICES}
    return known.get(asked, queries.AFTER_MONTHS)


@allow(ANYONE)
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    campaign = _campaign_or_404(request, pk)
    tie, user, today = campaign.tie, request.user, timezone.localdate()
    series = queries.series_of(tie.home_id, user)
    one = queries.chosen(series, request.GET.get("series", ""))
    after = _after_asked(request)
    outcome = queries.outcome(campaign, one, user, today, after=after) if one else None
    may = rights_of(user).may(WRITE, tie.home_id)
    context = {
        **tie_head(request, tie, "tourism"),
        "campaign": campaign,
        "source": queries.source_for(campaign, user),
        "market_name": origin_name(campaign.market),
        "series": series,
        "chosen": one,
        "after": after,
        "after_choices": queries.AFTER_CHOICES,
        "outcome": outcome,
        "today": today,
        "may_write": may,
    }
    return render(request, "tourism/campaign.html", context)


@allow(WRITE)
@once
def new_campaign(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs=WRITE)
    form = CampaignForm(
        request.POST or None, instance=Campaign(tie=tie), tie=tie, user=request.user
    )
    if request.method == "POST" and form.is_valid():
        campaign = form.save(commit=False)
        campaign.source = form.source()
        actions.add_campaign(campaign, by=request.user)
        messages.success(request, _("The campaign is on file."), extra_tags=request.path)
        return redirect(campaign)
    context = {**tie_head(request, tie, "tourism"), "form": form, "campaign": None}
    status = 422 if form.errors else 200
    return render(request, "tourism/campaign_form.html", context, status=status)


@allow(WRITE)
@once
def change_campaign(request: Request, pk: int) -> HttpResponse:
    campaign = _campaign_or_404(request, pk, needs=WRITE)
    tie, fields = campaign.tie, CampaignForm.Meta.fields
    old = {name: getattr(campaign, name) for name in fields}
    form = CampaignForm(request.POST or None, instance=campaign, tie=tie, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        campaign = form.save(commit=False)
        campaign.source = form.source()
        try:
            actions.change_campaign(
                campaign, seen=form.seen(), fields=fields, old=old, by=request.user
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            return redirect(campaign)
    context = {**tie_head(request, tie, "tourism"), "form": form, "campaign": campaign}
    status = 422 if form.errors and status == 200 else status
    return render(request, "tourism/campaign_form.html", context, status=status)


@allow(WRITE)
@once
def withdraw_campaign(request: Request, pk: int) -> HttpResponse:
    campaign = _campaign_or_404(request, pk, needs=WRITE)
    return _withdraw(
        request,
        campaign,
        act=actions.withdraw_campaign,
        back=reverse("tourism:of_tie", args=[campaign.tie_id]),
        title=_("Take the campaign off the lists"),
        context={"region": campaign.tie.home},
    )

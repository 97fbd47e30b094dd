"""Pages of offers: load what this reader may see, act, render."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.investment import offer_actions as actions
from kembar.apps.investment import offers
from kembar.apps.investment.homes import ask_home, home_of
from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.investment.offer_forms import (
    OfferForm,
    PaperForm,
    ShareOfferForm,
    StateForm,
    WithdrawPaperForm,
)
from kembar.apps.investment.prospectus import lacking_languages, prospectus_of
from kembar.apps.investment.readiness import ladder
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.downloads import download
from kembar.apps.kit.files import as_attachment
from kembar.apps.kit.paging import key_in, page_number
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Sector, Tie
from kembar.engines.prospectus import as_pdf

WRITE = "investment.write"


def offer_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Offer:
    """Return an offer this reader may see, and on which he holds the permission needed."""
    try:
        offer = offers.offer_of(request.user, pk)
    except Offer.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, offer.home_id):
        raise PermissionDenied
    return offer


def _head(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    """Return what the head of every page of an offer shows."""
    rights = rights_of(request.user)
    return {
        "offer": offer,
        "tie": offers.tie_for(offer, request.user),
        "may": {
            "write": rights.may(WRITE, offer.home_id),
            "publish": rights.may("investment.publish", offer.home_id),
        },
    }


# Reading -------------------------------------------------------------------------------


@allow(ANYONE)
def list_offers(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    levels = ladder().levels
    level = asked.get("level", "")
    filters = offers.Filters(
        text=asked.get("q", "").replace("\0", "").strip()[:100],
        sector=asked["sector"] if asked.get("sector") in Sector.values else "",
        state=asked["state"] if asked.get("state") in Offer.State.values else "",
        level=int(level) if level in {str(each.level) for each in levels} else 0,
    )
    context = {
        "page": offers.list_offers(
            request.user, filters, timezone.localdate(), page_number(request)
        ),
        "filters": filters,
        "sectors": Sector.choices,
        "states": Offer.State.choices,
        "levels": levels,
    }
    return render(request, "investment/offers.html", context)


@allow(ANYONE)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk)
    view = offers.offer_page(offer, request.user, timezone.localdate())
    context = {**_head(request, offer), "view": view}
    return render(request, "investment/offer.html", context)


@allow(ANYONE)
def prospectus(request: HttpRequest, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk)
    sheet = prospectus_of(offer, timezone.localdate())
    context = {**_head(request, offer), "sheet": sheet}
    return render(request, "investment/prospectus.html", context)


@allow(ANYONE)
def prospectus_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk)
    printed = as_pdf(prospectus_of(offer, timezone.localdate()))
    return download(printed.pdf, f"prospectus-{offer.pk}.pdf", "application/pdf")


@allow("ties.read_all")
def paper(request: Request, pk: int) -> FileResponse:
    """Give out the file of a paper, to the offer's own region only."""
    found = _paper_or_404(request, pk)
    if not offers.reads_all(request.user, found.offer) or found.file is None:
        raise Http404
    return as_attachment(found.file.sha256, found.name, found.file.content_type)


def _paper_or_404(request: HttpRequest, pk: int) -> OfferPaper:
    readable = OfferPaper.objects.filter(offer__in=Offer.objects.visible_to(request.user))
    return get_object_or_404(readable.select_related("file", "offer__home", "offer__tie"), pk=pk)


# Writing -------------------------------------------------------------------------------


def _home_of_new(request: Request) -> tuple[Region | None, Tie | None]:
    """Return the region that offers and the tie that an address names; None if it must be asked."""
    mine = request.user.rights.regions(WRITE)
    key = key_in(request, "tie")
    if key is not None:
        ties = Tie.objects.visible_to(request.user).select_related("home", "partner")
        tie = get_object_or_404(ties, pk=key)
        if tie.home_id not in mine:
            raise PermissionDenied
        return tie.home, tie
    return Region.objects.filter(code=home_of(request, mine)).first(), None


@allow(WRITE)
@once
def new_offer(request: Request) -> HttpResponse:
    home, tie = _home_of_new(request)
    if home is None:
        return ask_home(request, request.user.rights.regions(WRITE), _("New offer"))
    offer = Offer(home=home, tie=tie)
    form = OfferForm(request.POST or None, instance=offer, user=request.user)
    if request.method == "POST" and form.is_valid():
        offer = form.save(commit=False)
        try:
            actions.open_offer(
                offer,
                sources=list(form.cleaned_data["sources"]),
                new_source=form.new_source(),
                today=timezone.localdate(),
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The offer is on the list."), extra_tags=request.path)
            return redirect("investment:offer", offer.pk)
    context = {"form": form, "offer": None, "home": home}
    return render(
        request, "investment/offer_form.html", context, status=422 if form.errors else 200
    )


@allow(WRITE)
@once
def change_offer(request: Request, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk, needs=WRITE)
    # Another one than the page shows: a form writes into its record what is typed.
    mine = offers.offer_of(request.user, pk)
    fields = OfferForm.Meta.fields
    old = {name: getattr(mine, name) for name in fields}
    form = OfferForm(request.POST or None, instance=mine, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_offer(
                form.save(commit=False),
                sources=list(form.cleaned_data["sources"]),
                new_source=form.new_source(),
                seen=form.seen(),
                fields=fields,
                old=old,
                today=timezone.localdate(),
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("The offer is changed."), extra_tags=request.path)
            return redirect("investment:offer", pk)
    context = {**_head(request, offer), "form": form, "home": offer.home}
    status = 422 if form.errors and status == 200 else status
    return render(request, "investment/offer_form.html", context, status=status)


@allow("investment.publish")
@once
def share_offer(request: Request, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk, needs="investment.publish")
    initial = {"audience": offer.audience, "version": offer.version}
    form = ShareOfferForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.share_offer(
            offer, audience=given["audience"], seen=given["version"], by=request.user
        )

    lacking = lacking_languages(offer)
    return _on_an_offer(request, offer, form, deed, "investment/share_offer.html", lacking=lacking)


@allow(WRITE)
@once
def set_state(request: Request, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk, needs=WRITE)
    initial = {"state": offer.state, "reason": offer.state_reason, "version": offer.version}
    form = StateForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.set_state(
            offer,
            state=given["state"],
            reason=given["reason"],
            seen=given["version"],
            by=request.user,
        )

    return _on_an_offer(request, offer, form, deed, "investment/offer_state.html")


@allow(WRITE)
@once
def file_paper(request: Request, pk: int) -> HttpResponse:
    offer = offer_or_404(request, pk, needs=WRITE)
    asked = request.GET.get("code", "")
    record = OfferPaper(offer=offer)
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        instance=record,
        initial={"code": asked} if asked in ladder().papers else {},
    )

    def deed() -> None:
        actions.file_paper(
            form.save(commit=False),
            new_source=form.new_source(),
            file=form.cleaned_data["attached"],
            today=timezone.localdate(),
            by=request.user,
        )

    kind = ladder().papers.get(asked)
    return _on_an_offer(request, offer, form, deed, "investment/file_paper.html", kind=kind)


@allow(WRITE)
@once
def withdraw_paper(request: Request, pk: int) -> HttpResponse:
    found = _paper_or_404(request, pk)
    offer = offer_or_404(request, found.offer_id, needs=WRITE)
    if found.withdrawn and request.method != "POST":
        return redirect(offer)
    form = WithdrawPaperForm(request.POST or None)

    def deed() -> None:
        actions.withdraw_paper(
            found,
            reason=form.cleaned_data["reason"],
            today=timezone.localdate(),
            by=request.user,
        )

    return _on_an_offer(request, offer, form, deed, "investment/withdraw_paper.html", paper=found)


def _on_an_offer(
    request: Request, offer: Offer, form: Any, deed: Any, template: str, **context: Any
) -> HttpResponse:
    """Do what a form asks of an offer, or show the form with what stands against it."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            deed()
        except ValidationError as error:
            form.add_error(None, error.messages)
        except StaleError as error:
            status = 409
            _tell(form, error)
            offer = offer_or_404(request, offer.pk)
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            return redirect("investment:offer", offer.pk)
    status = 422 if form.errors and status == 200 else status
    shown = offer_or_404(request, offer.pk) if form.errors else offer
    return render(
        request, template, {**_head(request, shown), "form": form, **context}, status=status
    )


def _tell(form: Any, error: StaleError) -> None:
    """Say in a form what somebody else did meanwhile; what was typed is kept."""
    current = error.current
    if isinstance(current, OfferPaper):
        message = _("Somebody withdrew this paper meanwhile, because: “%(reason)s”")
        form.add_error(None, message % {"reason": current.withdrawn})
        return
    assert isinstance(current, Offer)  # noqa: S101  # nothing else is saved by these forms
    message = _(
        "Somebody else changed this offer while you were writing: it is now “%(state)s”, read by:"
        " %(audience)s. What you typed is kept below; save again if it still holds."
    )
    facts = {
        "state": current.get_state_display(),
        "audience": current.get_audience_display(),
    }
    form.add_error(None, message % facts)
    data: Any = form.data.copy()
    data["version"] = str(current.version)
    form.data = data

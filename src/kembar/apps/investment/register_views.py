"""Pages of companies, of declared interests and of gifts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import User, rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.investment import actions, queries
from kembar.apps.investment.forms import CompanyForm, EndSeenForm, GiftForm, InterestForm
from kembar.apps.investment.homes import ask_home, home_of
from kembar.apps.investment.models import Company, Gift, Interest
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.files import as_attachment
from kembar.apps.kit.paging import page_number, page_of
from kembar.apps.kit.partial_dates import readable
from kembar.engines.dates import PartialDate


def may_tell(user: User, code: str) -> bool:
    """Return whether a person works on or decides on investment, and so declares and reports."""
    return user.may("investment.write", code) or user.may("investment.verify", code)


def _tells_for(user: User) -> frozenset[str]:
    """Return the regions for which a person writes here or decides."""
    rights = user.rights
    return rights.regions("investment.write") | rights.regions("investment.verify")


def company_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Company:
    try:
        company = queries.get_company(request.user, pk)
    except Company.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, company.owner_code):
        raise PermissionDenied
    return company


def _page(
    request: HttpRequest, form: forms.BaseForm, heading: str, back: str, *, note: str = "",
    deed: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    status = 422 if form.errors and status == 200 else status
    context = {"form": form, "heading": heading, "back": back, "note": note, "deed": deed}
    return render(request, "investment/register_form.html", context, status=status)


# Companies -----------------------------------------------------------------------------


@allow("ties.read_all")
def companies(request: Request) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = queries.list_companies(request.user, text, page_number(request))
    return render(request, "investment/companies.html", {"page": page, "text": text})


@allow(ANYONE)
def company(request: HttpRequest, pk: int) -> HttpResponse:
    company = company_or_404(request, pk)
    may_write = rights_of(request.user).may("investment.write", company.owner_code)
    context = {
        "view": queries.company_page(company, request.user, timezone.localdate()),
        "company": company,
        "may_write": may_write,
    }
    return render(request, "investment/company.html", context)


@allow("investment.write")
@once
def new_company(request: Request) -> HttpResponse:
    mine = request.user.rights.regions("investment.write")
    home = home_of(request, mine)
    if home is None:
        return ask_home(request, mine, _("New company"))
    company = Company(owner_code=home)
    form = CompanyForm(request.POST or None, request.FILES or None, instance=company)
    if request.method == "POST" and form.is_valid():
        company = form.save(commit=False)
        try:
            actions.add_company(
                company, by=request.user, proof=form.file(), source=form.new_source()
            )
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("The company is written down."), extra_tags=request.path)
            return redirect(company)
    return _page(request, form, _("New company"), "investment:companies")


@allow("investment.write")
@once
def change_company(request: Request, pk: int) -> HttpResponse:
    company = company_or_404(request, pk, needs="investment.write")
    fields = CompanyForm.Meta.fields
    old = {name: getattr(company, name) for name in fields}
    form = CompanyForm(request.POST or None, request.FILES or None, instance=company)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_company(
                form.save(commit=False),
                seen=form.seen(),
                fields=fields,
                old=old,
                by=request.user,
                proof=form.file(),
                source=form.new_source(),
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("The company is changed."), extra_tags=request.path)
            return redirect(company)
    return _page(request, form, _("Change the company"), "investment:companies", status=status)


@allow(ANYONE)
def company_proof(request: HttpRequest, pk: int) -> FileResponse:
    company = company_or_404(request, pk)
    if company.proof is None:
        raise Http404
    return as_attachment(company.proof.sha256, company.proof_name, company.proof.content_type)


# Interests -----------------------------------------------------------------------------


@allow("ties.read_all")
def interests(request: Request) -> HttpResponse:
    context = {
        "page": page_of(queries.interests_of(request.user), page_number(request)),
        "today": timezone.localdate(),
        "may_tell": _may_tell_somewhere(request.user),
        "may_confirm": request.user.may("investment.verify"),
    }
    return render(request, "investment/interests.html", context)


def _may_tell_somewhere(user: User) -> bool:
    return bool(_tells_for(user))


@allow("ties.read_all")
@once
def new_interest(request: Request) -> HttpResponse:
    if not _may_tell_somewhere(request.user):
        raise PermissionDenied
    interest = Interest(person=request.user)
    form = InterestForm(request.POST or None, instance=interest, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_interest(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your interest is declared."), extra_tags=request.path)
            return redirect("investment:interests")
    note = _(
        "You declare for yourself. Until it has ended and somebody else has confirmed the end, the"
        " system lets somebody else verify, win and end the leads of this company."
    )
    return _page(request, form, _("Declare an interest"), "investment:interests", note=note)


@allow("ties.read_all")
@once
def change_interest(request: Request, pk: int) -> HttpResponse:
    interest = get_object_or_404(queries.interests_of(request.user), pk=pk)
    if interest.person_id != request.user.pk:
        raise PermissionDenied
    fields: Any = InterestForm.Meta.fields
    old = {name: getattr(interest, name) for name in fields}
    form = InterestForm(request.POST or None, instance=interest, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_interest(
                form.save(commit=False), seen=form.seen(), fields=fields, old=old, by=request.user
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            return redirect("investment:interests")
    heading = _("Change the declared interest")
    return _page(request, form, heading, "investment:interests", status=status)


@allow("investment.verify")
@once
def confirm_end(request: Request, pk: int) -> HttpResponse:
    """Confirm that somebody else's interest has ended."""
    interest = get_object_or_404(queries.interests_of(request.user), pk=pk)
    may = request.user.may("investment.verify", interest.company.owner_code)
    if not may or interest.person_id == request.user.pk:
        raise PermissionDenied
    if interest.end_seen_by_id and request.method != "POST":
        return redirect("investment:interests")
    form = EndSeenForm(request.POST or None, initial={"version": interest.version})
    status, today = 200, timezone.localdate()
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            actions.confirm_end(interest, seen=seen, today=today, by=request.user)
        except StaleError:
            interest = get_object_or_404(queries.interests_of(request.user), pk=pk)
            form = EndSeenForm({"version": interest.version})
            form.add_error(None, _("It was changed or confirmed meanwhile. This is how it stands."))
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The end is confirmed."), extra_tags=request.path)
            return redirect("investment:interests")
    heading, note = _("Confirm the end of an interest"), _what_ended(interest)
    return _page(
        request, form, heading, "investment:interests", note=note, deed=_("Confirm the end"),
        status=status,
    )  # fmt: skip


def _what_ended(interest: Interest) -> str:
    days = (interest.since, interest.until)
    facts = {
        "person": interest.person,
        "company": interest.company,
        "what": interest.what,
        "days": readable(*map(PartialDate.from_date, filter(None, days))),
    }
    return _("%(person)s declared an interest in %(company)s: “%(what)s”, %(days)s.") % facts


# Gifts ---------------------------------------------------------------------------------


@allow("ties.read_all")
def gifts(request: Request) -> HttpResponse:
    context = {
        "page": page_of(queries.gifts_of(request.user), page_number(request)),
        "may_tell": _may_tell_somewhere(request.user),
    }
    return render(request, "investment/gifts.html", context)


@allow("ties.read_all")
@once
def new_gift(request: Request) -> HttpResponse:
    mine = _tells_for(request.user)
    home = home_of(request, mine)
    if home is None:
        return ask_home(request, mine, _("Enter a gift"))
    gift = Gift(owner_code=home)
    form = GiftForm(request.POST or None, instance=gift, home=gift.owner_code)
    if request.method == "POST" and form.is_valid():
        actions.note_gift(form.save(commit=False), by=request.user)
        messages.success(request, _("The gift is in the register."), extra_tags=request.path)
        return redirect("investment:gifts")
    return _page(request, form, _("Enter a gift"), "investment:gifts", note=_gift_note())


def _gift_note() -> str:
    return _(
        "Whoever received a gift of a company decides on none of its leads for twelve months."
        " A gift that was refused is worth entering too."
    )


@allow("ties.read_all")
@once
def change_gift(request: Request, pk: int) -> HttpResponse:
    gift = get_object_or_404(queries.gifts_of(request.user), pk=pk)
    if not may_tell(request.user, gift.owner_code):
        raise PermissionDenied
    fields: Any = GiftForm.Meta.fields
    old = {name: getattr(gift, name) for name in fields}
    form = GiftForm(request.POST or None, instance=gift, home=gift.owner_code)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_gift(
                form.save(commit=False), seen=form.seen(), fields=fields, old=old, by=request.user
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            return redirect("investment:gifts")
    heading = _("Change an entry of the register")
    return _page(request, form, heading, "investment:gifts", note=_gift_note(), status=status)

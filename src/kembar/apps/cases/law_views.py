"""Pages about the law: rulebooks, time limits, and another version for a running case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.queries import entries_about
from kembar.apps.cases import actions, changing, law, queries
from kembar.apps.cases.board_forms import LimitForm, WhyForm
from kembar.apps.cases.models import BookChange, Case, LimitSetting
from kembar.apps.cases.standing import log_of, procedure_of
from kembar.apps.cases.views import case_head, case_or_404
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.errors import sentence
from kembar.engines.errors import KembarError

# Rulebooks -----------------------------------------------------------------------------


@allow(ANYONE)
def rulebooks(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/rulebooks.html", {"books": law.newest_books()})


@allow(ANYONE)
def rulebook(request: HttpRequest, code: str, version: str) -> HttpResponse:
    book = law.find_book(code, version)
    if book is None:
        raise Http404
    view = law.book_page(book, law.limit_settings())
    return render(request, "cases/rulebook.html", {"view": view})


# Limits --------------------------------------------------------------------------------


@allow(ANYONE)
def limits(request: HttpRequest) -> HttpResponse:
    lines = law.limit_lines(law.limit_settings())
    countries = {line.country for line in lines}
    context = {
        "lines": lines,
        "needed": sum(line.is_needed for line in lines),
        "may_set": {country for country in countries if law.may_set(request.user, country)},
    }
    return render(request, "cases/limits.html", context)


def _line_or_404(country: str, key: str) -> law.LimitLine:
    line = law.limit_line(country, key, law.limit_settings())
    if line is None:
        raise Http404
    return line


@allow("cases.set_limits")
@once
def limit(request: Request, country: str, key: str) -> HttpResponse:
    line = _line_or_404(country, key)
    if not law.may_set(request.user, country):
        raise PermissionDenied
    known = line.setting
    fields = LimitForm.Meta.fields
    old = {name: getattr(known, name) for name in fields} if known else {}
    setting = known or LimitSetting(country=country, key=key)
    form = LimitForm(request.POST or None, instance=setting)
    status = 200
    if request.method == "POST" and form.is_valid():
        seen = form.seen() if known else None
        try:
            actions.set_limit(form.save(commit=False), seen=seen, old=old, by=request.user)
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The limit counts from now on."), extra_tags=request.path)
            return redirect("cases:limits")
    contexts = f"cases.limitsetting:{setting.pk}"
    entries = entries_about(contexts, request.user) if setting.pk else None
    status = 422 if form.errors and status == 200 else status
    context = {"line": line, "form": form, "entries": entries}
    return render(request, "cases/limit.html", context, status=status)


@allow("cases.set_limits")
@once
def drop_limit(request: Request, country: str, key: str) -> HttpResponse:
    line = _line_or_404(country, key)
    if not law.may_set(request.user, country):
        raise PermissionDenied
    setting = get_object_or_404(LimitSetting, country=country, key=key)
    form = WhyForm(request.POST or None, initial={"version": setting.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        setting.version = form.cleaned_data["version"]
        try:
            actions.drop_limit(setting, reason=form.cleaned_data["text"], by=request.user)
        except StaleError:
            messages.error(
                request, _("Somebody changed this limit just now: look again, then take it back.")
            )
            return redirect("cases:limit", country, key)
        messages.success(request, _("The limit is taken back."), extra_tags=request.path)
        return redirect("cases:limits")
    status = 422 if form.errors else 200
    return render(request, "cases/drop_limit.html", {"line": line, "form": form}, status=status)


# Another version for a running case ----------------------------------------------------


def _chosen(request: HttpRequest, name: str, offers: list[changing.Offer]) -> changing.Offer | None:
    """Return the version that was asked for, else None."""
    asked = request.POST.get(name) or request.GET.get(name) or ""
    return next((offer for offer in offers if offer.mark == asked), None)


@allow("cases.write")
@once
def change_rulebook(request: Request, pk: int) -> HttpResponse:
    """First what another version would do, then, with a reason, the change itself."""
    case = case_or_404(request, pk, needs="cases.write")
    if case.closed:
        return redirect(case)
    home_offers, partner_offers = changing.offers(case, "home"), changing.offers(case, "partner")
    home = _chosen(request, "home", home_offers)
    partner = _chosen(request, "partner", partner_offers)
    home_now, partner_now = case.home_book.sha256, case.partner_book and case.partner_book.sha256
    if home is None:
        home = next(offer for offer in home_offers if offer.mark == home_now)
    if partner is None:
        partner = next((offer for offer in partner_offers if offer.mark == partner_now), None)
    differs = (home.mark, partner and partner.mark) != (home_now, partner_now)
    form = WhyForm(request.POST or None, initial={"version": case.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.migrate_case(
                case,
                home=home.pinned(),
                partner=partner.pinned() if partner else None,
                reason=form.told_text(),
                seen=form.cleaned_data["version"],
                by=request.user,
            )
        except StaleError:
            case, status = case_or_404(request, pk, needs="cases.write"), 409
            _look_again(form, case)
        except (ValidationError, KembarError) as error:
            form.add_error(None, sentence(error) if isinstance(error, KembarError) else error)
        else:
            messages.success(
                request, _("The case runs by these versions now."), extra_tags=request.path
            )
            return redirect("cases:change_rulebook", pk)
    changes = changing.changes_of(case)
    standing = next((change for change in changes if not change.undone_at), None)
    context = {
        **case_head(request, case),
        "home": home,
        "partner": partner,
        "home_offers": home_offers,
        "partner_offers": partner_offers,
        "is_newest": home_offers[0].mark == home_now
        and (not partner_offers or partner_offers[0].mark == partner_now),
        "look": changing.look(case, home, partner) if differs else None,
        "form": form,
        "changes": changes,
        "may_undo": standing and standing.pk,
        "without_step": queries.without_step(procedure_of(case), log_of(case)),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "cases/change_rulebook.html", context, status=status)


def _look_again(form: WhyForm, case: Case) -> None:
    form.add_error(
        None,
        _(
            "Somebody recorded something on this case just now: look again at what it would do,"
            " then save."
        ),
    )
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["version"] = str(case.version)
    form.data = data


@allow("cases.write")
@once
def undo_rulebook(request: Request, pk: int) -> HttpResponse:
    change = get_object_or_404(BookChange.objects.standing(), pk=pk)
    case = case_or_404(request, change.case_id, needs="cases.write")
    if case.closed:
        return redirect(case)
    change.case = case
    form = WhyForm(request.POST or None, initial={"version": case.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_migration(
                change, reason=form.told_text(), seen=form.cleaned_data["version"], by=request.user
            )
        except StaleError:
            case, status = case_or_404(request, change.case_id, needs="cases.write"), 409
            _look_again(form, case)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("The case runs by its former versions again."), extra_tags=request.path
            )
            return redirect("cases:change_rulebook", case.pk)
    context = {**case_head(request, case), "form": form, "change": change}
    status = 422 if form.errors and status == 200 else status
    return render(request, "cases/undo_rulebook.html", context, status=status)


# On paper ------------------------------------------------------------------------------


@allow(ANYONE)
def on_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet for the file: where a case stands, what comes next, and what it rests on."""
    case = case_or_404(request, pk)
    today = timezone.localdate()
    view = queries.case_page(case, [case], request.user, today)
    context = {
        "case": case,
        "view": view,
        "today": today,
        "bases": law.bases_of(view.procedure),
        "is_signed_in": rights_of(request.user).may("ties.read_all", case.tie.home_id),
    }
    return render(request, "cases/on_paper.html", context)

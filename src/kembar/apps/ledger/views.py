"""Pages about sources and claims."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.files import as_attachment
from kembar.apps.kit.paging import page_number
from kembar.apps.ledger import actions, queries
from kembar.apps.ledger.forms import EvidenceForm, SourceForm, VerdictForm
from kembar.apps.ledger.models import Claim, Evidence, Judgement, Source
from kembar.apps.ledger.parts import parts_of


@allow(ANYONE)
def claims(request: HttpRequest) -> HttpResponse:
    judgement, text = (
        request.GET.get("verdict", ""),
        request.GET.get("q", "").replace("\0", "").strip()[:100],
    )
    page = queries.list_claims(
        request.user,
        judgement=judgement if judgement in Judgement.values else "",
        text=text,
        number=page_number(request),
    )
    context = {"page": page, "judgements": Judgement.choices, "verdict": judgement, "text": text}
    return render(request, "ledger/claims.html", context)


def _claim_page(request: HttpRequest, pk: int) -> queries.ClaimPage:
    try:
        return queries.claim_page(request.user, pk)
    except Claim.DoesNotExist as error:
        raise Http404 from error


@allow(ANYONE)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    view = _claim_page(request, pk)
    context = {"view": view, "parts": parts_of(view.claim, request)}
    return render(request, "ledger/claim.html", context)


@allow("ledger.judge")
@once
def judge(request: Request, pk: int) -> HttpResponse:
    view = _claim_page(request, pk)
    if not request.user.rights.may("ledger.judge", view.claim.owner_code):
        raise PermissionDenied
    if view.claim.withdrawn and request.method != "POST":
        return redirect(view.claim)
    form = VerdictForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.judge(
                view.claim,
                judgement=given["judgement"],
                reasoning=given["reasoning"],
                by=request.user,
            )
        except StaleError:
            tell_of_withdrawal(form, view.claim)
            status = 409
        else:
            messages.success(request, _("The verdict is given."), extra_tags=request.path)
            return redirect(view.claim)
    context = {"view": view, "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ledger/judge.html", context, status=status)


def tell_of_withdrawal(form: forms.BaseForm, claim: Claim) -> None:
    """Say in a form that its claim was withdrawn meanwhile, and why."""
    message = _(
        "Somebody withdrew this claim meanwhile, and what you typed below cannot be saved."
        " The reason is: “%(reason)s”"
    )
    form.add_error(None, message % {"reason": claim.withdrawn})


@allow("ledger.write")
@once
def add_evidence(request: Request, pk: int) -> HttpResponse:
    view = _claim_page(request, pk)
    if not request.user.rights.may("ledger.write", view.claim.owner_code):
        raise PermissionDenied
    if view.claim.withdrawn and request.method != "POST":
        return redirect(view.claim)
    evidence = Evidence(claim=view.claim)
    form = EvidenceForm(request.POST or None, instance=evidence, owner_code=view.claim.owner_code)
    status = 200
    if request.method == "POST" and form.is_valid():
        evidence = form.save(commit=False)
        if new := form.new_source():
            evidence.source = new
        try:
            actions.add_evidence(evidence, by=request.user)
        except StaleError:
            tell_of_withdrawal(form, view.claim)
            status = 409
        else:
            messages.success(request, _("The evidence is added."), extra_tags=request.path)
            return redirect(view.claim)
    context = {"view": view, "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ledger/evidence.html", context, status=status)


@allow("ties.read_all")
def sources(request: Request) -> HttpResponse:
    kind, text = (
        request.GET.get("kind", ""),
        request.GET.get("q", "").replace("\0", "").strip()[:100],
    )
    page = queries.list_sources(
        request.user,
        kind=kind if kind in Source.Kind.values else "",
        text=text,
        number=page_number(request),
    )
    context = {"page": page, "kinds": Source.Kind.choices, "kind": kind, "text": text}
    return render(request, "ledger/sources.html", context)


def _source_page(request: HttpRequest, pk: int) -> queries.SourcePage:
    try:
        return queries.source_page(request.user, pk)
    except Source.DoesNotExist as error:
        raise Http404 from error


@allow(ANYONE)
def source(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "ledger/source.html", {"view": _source_page(request, pk)})


@allow(ANYONE)
def source_file(request: HttpRequest, pk: int) -> FileResponse:
    source = _source_page(request, pk).source
    if source.archived is None:
        raise Http404
    name = source.archived_name or "copy"
    return as_attachment(source.archived.sha256, name, source.archived.content_type)


@allow("ledger.write")
@once
def new_source(request: Request) -> HttpResponse:
    homes = sorted(request.user.rights.regions("ledger.write"))
    source = Source(owner_code=homes[0])
    form = SourceForm(
        request.POST or None, request.FILES or None, instance=source, user=request.user
    )
    if request.method == "POST" and form.is_valid():
        source = form.save(commit=False)
        try:
            actions.add_source(source, by=request.user, **_archived(form))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The source is kept."), extra_tags=request.path)
            return redirect(source)
    context = {"form": form, "source": None}
    return render(request, "ledger/source_form.html", context, status=422 if form.errors else 200)


def _archived(form: SourceForm) -> dict[str, Any]:
    kept = form.cleaned_data["attached"]
    return {"file": kept[0], "name": kept[1]} if kept else {}


@allow("ledger.write")
@once
def change_source(request: Request, pk: int) -> HttpResponse:
    view = _source_page(request, pk)
    if not view.may_change:
        raise PermissionDenied
    source = view.source
    fields = SourceForm.Meta.fields
    old = {name: getattr(source, name) for name in fields}
    form = SourceForm(
        request.POST or None, request.FILES or None, instance=source, user=request.user
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_source(
                form.save(commit=False),
                seen=form.seen(),
                fields=fields,
                old=old,
                by=request.user,
                **_archived(form),
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The source is changed."), extra_tags=request.path)
            return redirect(source)
    context = {"form": form, "source": source}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ledger/source_form.html", context, status=status)

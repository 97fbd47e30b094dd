"""Pages about commitments: load what this reader may see, act, render."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.commitments import actions, queries
from kembar.apps.commitments.forms import AssignForm, CommitmentForm, ShareForm, TurnForm
from kembar.apps.commitments.models import Commitment, Firmness, Turn
from kembar.apps.commitments.turning import offered
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.files import as_attachment
from kembar.apps.kit.paging import page_number
from kembar.apps.ties.models import Sector, Tie
from kembar.apps.ties.views import tie_head, tie_or_404


def _list_context(view: queries.Register, filters: queries.Filters) -> dict[str, Any]:
    return {
        "view": view,
        "page": view.page,
        "filters": filters,
        "states": queries.STATES.items(),
        "orders": queries.ORDERS.items(),
        "firmnesses": Firmness.choices,
        "sectors": Sector.choices,
        "soon_days": queries.SOON_DAYS,
    }


@allow(ANYONE)
def commitments(request: HttpRequest) -> HttpResponse:
    filters = queries.Filters.asked(request.GET)
    today = timezone.localdate()
    view = queries.list_commitments(request.user, filters, today, page_number(request))
    context = {
        **_list_context(view, filters),
        "may_write": rights_of(request.user).may("commitments.write"),
        "reads_whole": queries.reads_whole(request.user),
    }
    return render(request, "commitments/commitments.html", context)


@allow(ANYONE)
def of_tie(request: HttpRequest, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk)
    filters = queries.Filters.asked(request.GET)
    today = timezone.localdate()
    view = queries.register_of(tie, request.user, filters, today, page_number(request))
    rights = rights_of(request.user)
    context = {
        **tie_head(request, tie, "commitments"),
        **_list_context(view, filters),
        "may_write": rights.may("commitments.write", tie.home_id),
        "reads_whole": rights.may("ties.read_all", tie.home_id),
    }
    return render(request, "commitments/register.html", context)


def commitment_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Commitment:
    """Return a commitment this reader may see, and on which he holds the permission needed."""
    try:
        commitment = queries.get_commitment(request.user, pk)
    except Commitment.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, commitment.tie.home_id):
        raise PermissionDenied
    return commitment


def _head(request: HttpRequest, commitment: Commitment) -> dict[str, Any]:
    tie: Tie = commitment.tie
    return {**tie_head(request, tie, "commitments"), "commitment": commitment}


def _page(
    request: HttpRequest, commitment: Commitment, form: AssignForm | None = None, status: int = 200
) -> HttpResponse:
    may_write = rights_of(request.user).may("commitments.write", commitment.tie.home_id)
    context = {
        **_head(request, commitment),
        "view": queries.commitment_page(commitment, request.user, timezone.localdate()),
        "may_write": may_write,
        "assign_form": form or (AssignForm(commitment=commitment) if may_write else None),
    }
    return render(request, "commitments/commitment.html", context, status=status)


@allow(ANYONE)
def commitment(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, commitment_or_404(request, pk))


@allow("commitments.write")
@once
def new_commitment(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="commitments.write")
    form = CommitmentForm(request.POST or None, instance=Commitment(), tie=tie, user=request.user)
    if request.method == "POST" and form.is_valid():
        commitment = form.save(commit=False)
        commitment.source = form.new_source() or commitment.source
        actions.add_commitment(commitment, by=request.user)
        messages.success(request, _("The promise is in the register."), extra_tags=request.path)
        return redirect(commitment)
    context = {**tie_head(request, tie, "commitments"), "form": form, "commitment": None}
    status = 422 if form.errors else 200
    return render(request, "commitments/form.html", context, status=status)


@allow("commitments.write")
@once
def change_commitment(request: Request, pk: int) -> HttpResponse:
    commitment = commitment_or_404(request, pk, needs="commitments.write")
    fields = CommitmentForm.Meta.fields
    old = {name: getattr(commitment, name) for name in fields}
    form = CommitmentForm(
        request.POST or None, instance=commitment, tie=commitment.tie, user=request.user
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        changed = form.save(commit=False)
        changed.source = form.new_source() or changed.source
        try:
            actions.change_commitment(
                changed, seen=form.seen(), fields=fields, old=old, by=request.user
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("The promise is corrected."), extra_tags=request.path)
            return redirect(changed)
    context = {**_head(request, commitment), "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "commitments/form.html", context, status=status)


@allow("commitments.write")
@once
@require_POST
def assign(request: Request, pk: int) -> HttpResponse:
    commitment = commitment_or_404(request, pk, needs="commitments.write")
    form = AssignForm(request.POST, commitment=commitment)
    if not form.is_valid():
        return _page(request, commitment, form, 422)
    given = form.cleaned_data
    try:
        actions.assign(commitment, given["owner"], seen=given["version"], by=request.user)
    except StaleError:
        commitment = commitment_or_404(request, pk)
        messages.error(
            request, _("Somebody changed this promise just now: look again, then choose.")
        )
        return _page(request, commitment, AssignForm(commitment=commitment), 409)
    messages.success(request, _("Saved: %(post)s keeps this promise.") % {"post": given["owner"]})
    return redirect(commitment)


@allow("commitments.write")
@once
def turn(request: Request, pk: int, kind: str) -> HttpResponse:
    """Record what became of a promise."""
    if kind not in Turn.Kind.values:
        raise Http404
    commitment = commitment_or_404(request, pk, needs="commitments.write")
    if kind not in offered(commitment.state) and request.method != "POST":
        return redirect(commitment)
    form = TurnForm(request.POST or None, request.FILES or None, commitment=commitment, kind=kind)

    def deed() -> None:
        actions.record_turn(
            commitment,
            form.told(),
            seen=form.cleaned_data["version"],
            today=timezone.localdate(),
            by=request.user,
        )

    status = 200
    if request.method == "POST" and form.is_valid():
        status = _done(form, deed, lambda: commitment_or_404(request, pk))
        if status == 302:
            messages.success(
                request, _("It is written down; what was there before stays."),
                extra_tags=request.path,
            )  # fmt: skip
            return redirect(commitment)
    context = {
        **_head(request, commitment_or_404(request, pk)),
        "form": form,
        "kind": kind,
        "kind_name": Turn.Kind(kind).label,
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "commitments/turn.html", context, status=status)


def _done(form: TurnForm, deed: Callable[[], None], anew: Callable[[], Commitment]) -> int:
    """Do it; what speaks against it is told in the form. Return the status of the answer."""
    try:
        deed()
    except StaleError:
        form.look_again(anew())
        return 409
    except ValidationError as error:
        for name, said in error.message_dict.items():
            form.add_error(name if name in form.fields else None, said)
        return 422
    return 302


@allow("ties.share")
@once
def share(request: Request, pk: int) -> HttpResponse:
    commitment = commitment_or_404(request, pk, needs="ties.share")
    initial = {"audience": commitment.audience, "version": commitment.version}
    form = ShareForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.share(
                commitment, audience=given["audience"], seen=given["version"], by=request.user
            )
        except StaleError:
            commitment = commitment_or_404(request, pk)
            form = ShareForm(
                initial={"audience": commitment.audience, "version": commitment.version}
            )
            messages.error(
                request, _("Somebody changed this promise just now: look again, then save.")
            )
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect(commitment)
    context = {**_head(request, commitment), "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "commitments/share.html", context, status=status)


@allow(ANYONE)
def evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Give out the file that shows what became of a promise."""
    commitments = Commitment.objects.visible_to(request.user).kept_for(request.user)
    turns = Turn.objects.filter(commitment__in=commitments).exclude(file=None)
    found = get_object_or_404(turns.select_related("file"), pk=pk)
    assert found.file is not None  # noqa: S101  # for the type checker: asked for above
    return as_attachment(found.file.sha256, found.file_name, found.file.content_type)

"""Pages about ties: load what this reader may see, act, render."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kembar.apps.accounts.models import User, rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.queries import entries_about
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.files import as_attachment
from kembar.apps.kit.paging import key_in, page_number, page_of
from kembar.apps.ledger import actions as ledger
from kembar.apps.ledger.models import Claim
from kembar.apps.ledger.queries import ClaimPage, claim_page
from kembar.apps.ledger.views import tell_of_withdrawal
from kembar.apps.ties import actions, queries
from kembar.apps.ties.forms import (
    AnswerForm,
    ClaimForm,
    ConflictForm,
    EventForm,
    NewConflictForm,
    NewTieForm,
    RemarkForm,
    ShareForm,
    TieForm,
    WithdrawForm,
)
from kembar.apps.ties.models import Attachment, Conflict, Event, Kind, Remark, State, Tie
from kembar.apps.ties.reasons import REASONS, SLEEP_NAMES, finding


def tie_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Tie:
    """Return a tie this reader may see, and on which he holds the permission needed."""
    try:
        tie = queries.get_tie(request.user, pk)
    except Tie.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, tie.home_id):
        raise PermissionDenied
    return tie


def tie_head(request: HttpRequest, tie: Tie, current: str) -> dict[str, Any]:
    """Return what the head of every page of a tie shows."""
    user = request.user
    rights = rights_of(user)
    tabs = [
        ("overview", _("Overview"), "ties:tie"),
        ("timeline", _("Timeline"), "ties:timeline"),
        ("claims", _("What is said, what holds"), "ties:claims"),
    ]
    above = (import_string(name)(tie, user) for name in settings.TIE_TABS)
    tabs[1:1] = [tab for tab in above if tab]
    if queries.reads_all(user, tie):
        tabs.append(("history", _("History"), "ties:history"))
    may = {
        name: rights.may(permission, tie.home_id)
        for name, permission in {
            "write": "ties.write",
            "share": "ties.share",
            "add_event": "events.write",
            "add_claim": "ledger.write",
            "remark": "ties.remark",
        }.items()
    }
    return {"tie": tie, "tabs": tabs, "current": current, "may": may}


@allow(ANYONE)
def ties(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    filters = queries.Filters(
        text=asked.get("q", "").replace("\0", "").strip()[:100],
        state=asked["state"] if asked.get("state") in State.values else "",
        kind=asked["kind"] if asked.get("kind") in Kind.values else "",
        asleep=asked.get("asleep") == "1",
        order=asked.get("order", ""),
    )
    today = timezone.localdate()
    context = {
        "page": queries.list_ties(request.user, filters, today, page_number(request)),
        "filters": filters,
        "states": State.choices,
        "kinds": Kind.choices,
        "today": today,
    }
    return render(request, "ties/ties.html", context)


@allow(ANYONE)
def tie(request: HttpRequest, pk: int) -> HttpResponse:
    return _overview(request, tie_or_404(request, pk), RemarkForm())


def _overview(request: HttpRequest, tie: Tie, remark_form: RemarkForm) -> HttpResponse:
    today = timezone.localdate()
    view = queries.overview(tie, request.user, today)
    factors = [
        (factor, status, finding(factor, status, tie, view), REASONS[factor])
        for factor, status in view.health.factors.items()
    ]
    context = {
        **tie_head(request, tie, "overview"),
        "view": view,
        "factors": factors,
        "sleep_name": SLEEP_NAMES[view.health.sleep],
        "today": today,
        "remark_form": remark_form,
    }
    return render(request, "ties/tie.html", context, status=422 if remark_form.errors else 200)


@allow(ANYONE)
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk)
    kind = request.GET.get("kind", "")
    events = queries.events_of(tie, request.user)
    if kind in Event.Kind.values:
        events = events.filter(kind=kind)
    context = {
        **tie_head(request, tie, "timeline"),
        "page": page_of(events, page_number(request)),
        "kinds": Event.Kind.choices,
        "kind": kind,
        "today": timezone.localdate(),
    }
    return render(request, "ties/timeline.html", context)


@allow(ANYONE)
def claims(request: HttpRequest, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk)
    context = {
        **tie_head(request, tie, "claims"),
        "page": page_of(queries.claims_of(tie, request.user), page_number(request)),
        "conflicts": queries.conflicts_of(tie, request.user),
        "settled": queries.conflicts_of(tie, request.user, settled=True),
    }
    return render(request, "ties/claims.html", context)


@allow("history.read")
def history(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="history.read")
    contexts = queries.history_contexts(tie)
    entries = entries_about(contexts, request.user, before=key_in(request, "before"))
    context = {**tie_head(request, tie, "history"), "entries": entries}
    return render(request, "ties/history.html", context)


@allow("ties.write")
@once
def new_tie(request: Request) -> HttpResponse:
    form = NewTieForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        tie = form.save(commit=False)
        try:
            actions.create_tie(tie, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The file is open."), extra_tags=request.path)
            return redirect(tie)
    status = 422 if form.errors else 200
    return render(request, "ties/new_tie.html", {"form": form}, status=status)


@allow("ties.write")
@once
def change_tie(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="ties.write")
    fields = TieForm.Meta.fields
    old = {name: getattr(tie, name) for name in fields}
    form = TieForm(request.POST or None, instance=tie, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_tie(
                form.save(commit=False), seen=form.seen(), fields=fields, old=old, by=request.user
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("The tie is changed."), extra_tags=request.path)
            return redirect(tie)
    context = {**tie_head(request, tie, "overview"), "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/change_tie.html", context, status=status)


@allow("ties.share")
@once
def share_tie(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="ties.share")
    initial = {"audience": tie.audience, "version": tie.version}
    form = ShareForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.share_tie(
                tie,
                audience=form.cleaned_data["audience"],
                seen=form.cleaned_data["version"],
                by=request.user,
            )
        except StaleError:
            form = ShareForm(initial=initial)
            messages.error(request, _("Somebody changed this tie just now: look again, then save."))
            status = 409
        else:
            messages.success(request, _("Saved."))
            return redirect(tie)
    context = {**tie_head(request, tie, "overview"), "form": form}
    return render(request, "ties/share_tie.html", context, status=status)


# Events ---------------------------------------------------------------------------------


def _event_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Event:
    events = Event.objects.visible_to(request.user).kept_for(request.user)
    related = events.select_related("tie__home", "tie__partner", "tie__owner__office")
    event = get_object_or_404(related, pk=pk)
    if needs and not rights_of(request.user).may(needs, event.tie.home_id):
        raise PermissionDenied
    return event


def _parts(form: EventForm) -> actions.EventParts:
    data, new = form.cleaned_data, form.new_source()
    return actions.EventParts(
        participants=form.participants(),
        sources=[*data["sources"], *([new] if new and new not in data["sources"] else [])],
        files=data["attached"],
        taken_off=list(data.get("taken_off", ())),
        contradicts=list(data["contradicts"]),
    )


@allow("events.write")
@once
def new_event(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="events.write")
    event = Event(tie=tie)
    form = EventForm(
        request.POST or None, request.FILES or None, instance=event, tie=tie, user=request.user
    )
    if request.method == "POST" and form.is_valid():
        event = form.save(commit=False)
        actions.add_event(event, _parts(form), by=request.user)
        messages.success(request, _("It is on the timeline."), extra_tags=request.path)
        return redirect(tie)
    context = {**tie_head(request, tie, "timeline"), "form": form, "event": None}
    return render(request, "ties/event_form.html", context, status=422 if form.errors else 200)


@allow(ANYONE)
def event(request: HttpRequest, pk: int) -> HttpResponse:
    event = _event_or_404(request, pk)
    events = queries.events_of(event.tie, request.user, also_withdrawn=True)
    shown = events.prefetch_related("attachments__file").get(pk=pk)
    conflicts, settled = (
        [
            contested
            for contested in queries.conflicts_of(event.tie, request.user, settled=is_settled)
            if event in contested.events
        ]
        for is_settled in (False, True)
    )
    context = {
        **tie_head(request, event.tie, "timeline"),
        "event": shown,
        "withdrawal": event.withdrawn and queries.withdrawal_of(event, request.user),
        "conflicts": conflicts,
        "settled": settled,
        "today": timezone.localdate(),
    }
    return render(request, "ties/event.html", context)


@allow("events.write")
@once
def change_event(request: Request, pk: int) -> HttpResponse:
    event = _event_or_404(request, pk, needs="events.write")
    if event.withdrawn and request.method != "POST":
        return redirect(event)
    tie = event.tie
    fields = EventForm.Meta.fields
    old = {name: getattr(event, name) for name in fields}
    form = EventForm(
        request.POST or None, request.FILES or None, instance=event, tie=tie, user=request.user
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_event(
                form.save(commit=False),
                _parts(form),
                seen=form.seen(),
                fields=fields,
                old=old,
                by=request.user,
            )
        except StaleError as error:
            status = 409
            if not _told_of_withdrawal(form, error):
                form = tell_of_change(form, error)
        else:
            messages.success(request, _("The event is changed."), extra_tags=request.path)
            return redirect(event)
    context = {**tie_head(request, tie, "timeline"), "form": form, "event": event}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/event_form.html", context, status=status)


def _told_of_withdrawal(form: forms.BaseForm, error: StaleError) -> bool:
    """Say in a form that its event or claim was withdrawn meanwhile; return whether it was."""
    current: Any = error.current
    if not current.withdrawn:
        return False
    if isinstance(current, Claim):
        tell_of_withdrawal(form, current)
    else:
        message = _(
            "Somebody took this event off the timeline meanwhile, and what you typed below"
            " cannot be saved. The reason is: “%(reason)s”"
        )
        form.add_error(None, message % {"reason": current.withdrawn})
    return True


@allow("events.write")
@once
def withdraw_event(request: Request, pk: int) -> HttpResponse:
    event = _event_or_404(request, pk, needs="events.write")
    if event.withdrawn and request.method != "POST":
        return redirect(event)
    form = WithdrawForm(request.POST or None, initial={"version": event.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_event(
                event,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["version"],
                by=request.user,
            )
        except StaleError as error:
            status = 409
            if not _told_of_withdrawal(form, error):
                message = _(
                    "Somebody else changed this event while you were writing. Look at it again;"
                    " your reason is kept below."
                )
                form.add_error(None, message)
                form.data = {**form.cleaned_data, "version": event.version}
        else:
            messages.success(request, _("The event is off the timeline; the history keeps it."))
            if left := Conflict.objects.open().filter(events=event).first():
                return _to_what_is_left(request, left)
            return redirect("ties:timeline", event.tie_id)
    context = {**tie_head(request, event.tie, "timeline"), "form": form, "event": event}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/withdraw.html", context, status=status)


def _to_what_is_left(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    """Lead who withdrew a side of a contradiction to the question, which is still open."""
    messages.warning(request, _("It is a side of a contradiction. Is the question answered now?"))
    return redirect(f"{reverse('ties:claims', args=[conflict.tie_id])}#conflicts")


@allow(ANYONE)
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    events = Event.objects.visible_to(request.user).kept_for(request.user)
    found = get_object_or_404(
        Attachment.objects.filter(event__in=events).select_related("file"), pk=pk
    )
    return as_attachment(found.file.sha256, found.name, found.file.content_type)


@allow("events.write")
@once
def new_conflict(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="events.write")
    form = NewConflictForm(request.POST or None, instance=Conflict(tie=tie))
    if request.method == "POST" and form.is_valid():
        actions.name_conflict(
            form.save(commit=False),
            events=list(form.cleaned_data["events"]),
            claims=list(form.cleaned_data["claims"]),
            by=request.user,
        )
        messages.success(
            request, _("The contradiction is named; every side stays."), extra_tags=request.path
        )
        return redirect("ties:claims", tie.pk)
    context = {**tie_head(request, tie, "claims"), "form": form}
    return render(request, "ties/conflict_form.html", context, status=422 if form.errors else 200)


def _contested(conflict: Conflict, user: User) -> queries.Contested:
    # Race: somebody may be settling it in this moment, and then it is among the settled ones.
    return next(
        each
        for settled in (False, True)
        for each in queries.conflicts_of(conflict.tie, user, settled=settled)
        if each.conflict.pk == conflict.pk
    )


@allow("ties.write")
@once
def settle(request: Request, pk: int) -> HttpResponse:
    visible = Tie.objects.visible_to(request.user)
    conflict = get_object_or_404(Conflict.objects.filter(tie__in=visible), pk=pk)
    tie = tie_or_404(request, conflict.tie_id, needs="ties.write")
    if conflict.settled_at and request.method != "POST":
        return redirect("ties:claims", tie.pk)
    form = ConflictForm(request.POST or None, instance=conflict)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_conflict(
                conflict, settlement=form.cleaned_data["settlement"], by=request.user
            )
        except StaleError as error:
            current: Any = error.current
            message = _(
                "Somebody else has settled this already, and what you typed below is not saved."
                " If the question is still open, name the contradiction again."
                " It was settled like this: “%(text)s”"
            )
            form.add_error(None, message % {"text": current.settlement})
            status = 409
        else:
            messages.success(request, _("Settled; both sides stay on the timeline."))
            return redirect("ties:claims", tie.pk)
    context = {
        **tie_head(request, tie, "claims"),
        "form": form,
        "conflict": conflict,
        "contested": _contested(conflict, request.user),
    }
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/settle.html", context, status=status)


@allow("ledger.write")
@once
def new_claim(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="ledger.write")
    form = ClaimForm(request.POST or None, instance=Claim(), home=tie.home_id, user=request.user)
    if request.method == "POST" and form.is_valid():
        claim = form.save(commit=False)
        claim.source = form.new_source() or claim.source
        actions.add_claim_to(tie, claim, by=request.user)
        messages.success(request, _("The claim is written down."), extra_tags=request.path)
        return redirect(claim)
    context = {**tie_head(request, tie, "claims"), "form": form}
    return render(request, "ties/claim_form.html", context, status=422 if form.errors else 200)


def _own_claim(request: Request, pk: int) -> ClaimPage:
    """Return the page of a claim that this person may write on."""
    try:
        view = claim_page(request.user, pk)
    except Claim.DoesNotExist as error:
        raise Http404 from error
    if not request.user.may("ledger.write", view.claim.owner_code):
        raise PermissionDenied
    return view


@allow("ledger.write")
@once
def change_claim(request: Request, pk: int) -> HttpResponse:
    view = _own_claim(request, pk)
    if view.claim.withdrawn and request.method != "POST":
        return redirect(view.claim)
    # Another one than the page shows: a form writes into its record what is typed.
    claim = Claim.objects.get(pk=pk)
    fields = ClaimForm.Meta.fields
    old = {name: getattr(claim, name) for name in fields}
    form = ClaimForm(request.POST or None, instance=claim, home=claim.owner_code, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        claim = form.save(commit=False)
        claim.source = form.new_source() or claim.source
        try:
            ledger.change_claim(claim, seen=form.seen(), fields=fields, old=old, by=request.user)
        except StaleError as error:
            status = 409
            if not _told_of_withdrawal(form, error):
                form = tell_of_change(form, error)
        else:
            messages.success(request, _("The claim is corrected."), extra_tags=request.path)
            return redirect(claim)
    context = {"view": view, "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/change_claim.html", context, status=status)


@allow("ledger.write")
@once
def withdraw_claim(request: Request, pk: int) -> HttpResponse:
    view = _own_claim(request, pk)
    claim = view.claim
    if claim.withdrawn and request.method != "POST":
        return redirect(claim)
    form = WithdrawForm(request.POST or None, initial={"version": claim.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            ledger.withdraw_claim(
                claim, reason=given["reason"], seen=given["version"], by=request.user
            )
        except StaleError as error:
            status = 409
            # The page shows the claim as it stands, not as it would have been.
            view = _own_claim(request, pk)
            if not _told_of_withdrawal(form, error):
                message = _(
                    "Somebody else changed this claim while you were writing. Look at it again;"
                    " your reason is kept below."
                )
                form.add_error(None, message)
                form.data = {**given, "version": view.claim.version}
        else:
            messages.success(
                request, _("The claim is withdrawn; the history keeps it."), extra_tags=request.path
            )
            if left := Conflict.objects.open().filter(claims=claim).first():
                return _to_what_is_left(request, left)
            return redirect(claim)
    context = {"view": view, "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/withdraw_claim.html", context, status=status)


# Remarks --------------------------------------------------------------------------------


@allow("ties.remark")
@once
@require_POST
def remark(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="ties.remark")
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _overview(request, tie, form)
    actions.remark_on(tie, form.cleaned_data["text"], by=request.user)
    messages.success(
        request, _("The desk will see your remark."), extra_tags=tie.get_absolute_url()
    )
    return redirect(tie)


@allow("ties.write")
@once
def answer(request: Request, pk: int) -> HttpResponse:
    visible = Tie.objects.visible_to(request.user)
    remark = get_object_or_404(Remark.objects.filter(tie__in=visible), pk=pk)
    tie = tie_or_404(request, remark.tie_id, needs="ties.write")
    if remark.answered_at and request.method != "POST":
        return redirect(tie)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_remark(remark, form.cleaned_data["answer"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except StaleError as error:
            current: Any = error.current
            message = _(
                "Somebody else has answered this already, and what you typed below is not saved."
                " The answer is: “%(text)s”"
            )
            form.add_error(None, message % {"text": current.answer})
            status = 409
        else:
            messages.success(request, _("Answered."), extra_tags=request.path)
            return redirect(tie)
    context = {**tie_head(request, tie, "overview"), "form": form, "remark": remark}
    status = 422 if form.errors and status == 200 else status
    return render(request, "ties/answer.html", context, status=status)

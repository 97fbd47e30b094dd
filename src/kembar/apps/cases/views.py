"""Pages of cases: load what this reader may see, act, render."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.cases import actions, powers, queries, words
from kembar.apps.cases.forms import (
    AnnulForm,
    AnswerForm,
    CaseForm,
    ClaimsForm,
    CloseForm,
    DaysForm,
    NewCaseForm,
    OverrideForm,
    RecordForm,
    ShareCaseForm,
)
from kembar.apps.cases.models import Case, CasePaper, Entry, Side, Sub
from kembar.apps.cases.standing import lines_of, log_of, procedure_of
from kembar.apps.kit.access import ANYONE, SIGNED_IN, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.files import as_attachment
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import State
from kembar.apps.ties.views import tie_head, tie_or_404
from kembar.engines.errors import KembarError
from kembar.engines.procedure import catalog
from kembar.engines.procedure.deciding import OF_TRIPS, Problem
from kembar.engines.procedure.joining import Act, Procedure
from kembar.engines.procedure.model import Record

# What is recorded of an act by the common form; an override has its own.
BY_FORM = ("asked", "returned", "done", "skipped", "noted")


def case_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Case:
    """Return a case this reader may see, and on which he holds the permission needed."""
    try:
        case = queries.case_of(request.user, pk)
    except Case.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, case.tie.home_id):
        raise PermissionDenied
    return case


def act_or_404(case: Case, code: str) -> tuple[Procedure, Act]:
    procedure = procedure_of(case)
    act = procedure.act(code)
    if act is None:
        raise Http404
    return procedure, act


def case_head(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the head of every page of a case shows."""
    rights, home = rights_of(request.user), case.tie.home_id
    context = tie_head(request, case.tie, "procedure")
    may = {
        name: rights.may(permission, home) and not case.closed
        for name, permission in {"write": "cases.write", "record": "cases.record"}.items()
    }
    # What was shared of a closed case can be taken back.
    may["share_case"] = rights.may("ties.share", home)
    return {**context, "case": case, "may_case": may, "today": timezone.localdate()}


# Reading -------------------------------------------------------------------------------


@allow(ANYONE)
def of_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of a tie: the case that establishes it, or how to open one."""
    tie = tie_or_404(request, pk)
    cases = queries.cases_of(request.user, tie)
    if main := queries.main_of(cases):
        return _case(request, case_or_404(request, main.pk), cases)
    context = {
        **tie_head(request, tie, "procedure"),
        "may_open": rights_of(request.user).may("cases.write", tie.home_id),
    }
    return render(request, "cases/none.html", context)


@allow(ANYONE)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    case = case_or_404(request, pk)
    return _case(request, case, queries.cases_of(request.user, case.tie))


def _case(request: HttpRequest, case: Case, siblings: list[Case]) -> HttpResponse:
    view = queries.case_page(case, siblings, request.user, timezone.localdate())
    moments = OF_TRIPS if case.sub == Sub.TRAVEL else ("target",)
    context = {
        **case_head(request, case),
        "view": view,
        "moments": [
            (name, words.MOMENTS[name], view.plan.stand.moments.get(name)) for name in moments
        ],
        "may_open": rights_of(request.user).may("cases.write", case.tie.home_id),
    }
    return render(request, "cases/case.html", context)


@allow(ANYONE)
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    case = case_or_404(request, pk)
    procedure = procedure_of(case)
    planned = queries.plan_of(case, log_of(case), timezone.localdate())
    is_own = queries.reads_log(request.user, case)
    context = {
        **case_head(request, case),
        "rules": queries.rule_views(case, procedure, planned, is_own),
    }
    return render(request, "cases/rules.html", context)


@allow(ANYONE)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    case = case_or_404(request, pk)
    view = queries.act_page(case, code, request.user, timezone.localdate())
    if view is None:
        raise Http404
    context = {**case_head(request, case), "view": view}
    return render(request, "cases/act.html", context)


@allow(ANYONE)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from the history to where an entry stands."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    # A step that the case's present rulebook has no more has no page.
    case = case_or_404(request, entry.case_id)
    if procedure_of(case).act(entry.step) is None:
        return redirect("cases:case", entry.case_id)
    return redirect("cases:act", entry.case_id, entry.step)


@allow(ANYONE)
def paper(request: HttpRequest, pk: int) -> FileResponse:
    entries = Entry.objects.visible_to(request.user)
    found = get_object_or_404(
        CasePaper.objects.filter(entry__in=entries).select_related("file"), pk=pk
    )
    return as_attachment(found.file.sha256, found.name, found.file.content_type)


# Opening and keeping -------------------------------------------------------------------


def _pinned(case: Case) -> None:
    """Pin the newest rulebooks of both sides to a new case.

    Raises
    ------
    ValidationError
        If there is none for the home side.
    """
    tie = case.tie
    travels = case.side == Side.PARTNER
    first, second = (tie.partner, tie.home) if travels else (tie.home, tie.partner)
    code = catalog.for_tie(first.country, tie.kind, _level(first))
    if code is None:
        message = _(
            "There is no rulebook for ties of the kind “%(kind)s” of %(region)s; change the"
            " kind of the tie, or have the rulebook written."
        )
        raise ValidationError(message, params={"kind": tie.get_kind_display(), "region": first})
    case.home_book = actions.pin_shipped(code)
    other = None
    if case.sub != Sub.TRAVEL:
        other = catalog.for_tie(second.country, tie.kind, _level(second))
    case.partner_book = actions.pin_shipped(other) if other else None


def _level(region: Region) -> str:
    return "first" if region.level == Region.Level.FIRST else "below"


@allow("cases.write")
@once
def new_case(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="cases.write")
    running = Case.objects.running().filter(tie=tie, sub=Sub.ESTABLISH).exists()
    initial = {
        "opened_on": timezone.localdate(),
        "owner": tie.owner_id,
        "sub": Sub.TRAVEL if running else Sub.ESTABLISH,
    }
    case = Case(tie=tie)
    form = NewCaseForm(
        request.POST or None, instance=case, initial=initial, tie=tie, may_establish=not running
    )
    if request.method == "POST" and form.is_valid():
        case = form.save(commit=False)
        try:
            _pinned(case)
            actions.open_case(case, by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except KembarError as error:
            form.add_error(None, sentence(error))
        else:
            messages.success(request, _("The case is open."), extra_tags=request.path)
            return redirect(case)
    context = {
        **tie_head(request, tie, "procedure"),
        "form": form,
        # What ended is not begun again: the next attempt is a tie of its own.
        "next_cycle": tie.cycle + 1 if tie.state == State.ENDED and not running else None,
    }
    return render(request, "cases/new_case.html", context, status=422 if form.errors else 200)


@allow("cases.write")
@once
def change_case(request: Request, pk: int) -> HttpResponse:
    case = case_or_404(request, pk, needs="cases.write")
    if case.closed:
        return redirect(case)
    fields = CaseForm.Meta.fields
    old = {name: getattr(case, name) for name in fields}
    form = CaseForm(request.POST or None, instance=case)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_case(
                form.save(commit=False), seen=form.seen(), fields=fields, old=old, by=request.user
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        else:
            messages.success(request, _("The case is changed."), extra_tags=request.path)
            return redirect("cases:case", pk)
    shown = case_or_404(request, pk) if form.errors else case
    context = {**case_head(request, shown), "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "cases/change_case.html", context, status=status)


@allow("ties.share")
@once
def share_case(request: Request, pk: int) -> HttpResponse:
    case = case_or_404(request, pk, needs="ties.share")
    initial = {"audience": case.audience, "version": case.version}
    form = ShareCaseForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.share_case(case, audience=given["audience"], seen=given["version"], by=request.user)

    return _on_a_case(request, case, form, deed, "cases/share_case.html", after_its_end=True)


@allow("cases.write")
@once
def close_case(request: Request, pk: int) -> HttpResponse:
    case = case_or_404(request, pk, needs="cases.write")
    initial = {"on": timezone.localdate(), "version": case.version}
    form = CloseForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.close_case(
            case,
            closed=given["closed"],
            on=given["on"],
            reason=form.told_text(),
            seen=given["version"],
            by=request.user,
        )

    return _on_a_case(request, case, form, deed, "cases/close_case.html")


# Recording -----------------------------------------------------------------------------


def _on_a_case(
    request: Request,
    case: Case,
    form: Any,
    deed: Any,
    template: str,
    *,
    to: str = "",
    after_its_end: bool = False,
    **context: Any,
) -> HttpResponse:
    """Do what a form asks of a case, or show the form with what stands against it."""
    if case.closed and request.method != "POST" and not after_its_end:
        return redirect(case)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            done = deed()
        except ValidationError as error:
            form.add_error(None, error.messages)
        except StaleError:
            status = 409
            case = case_or_404(request, case.pk)
            _tell_of_entry(form, case, request)
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            if isinstance(done, actions.Recorded):
                _warn(request, case, done)
            return redirect(to or case.get_absolute_url())
    status = 422 if form.errors and status == 200 else status
    context = {**case_head(request, case), "form": form, **context}
    return render(request, template, context, status=status)


def _tell_of_entry(form: forms.Form, case: Case, request: HttpRequest) -> None:
    """Say in a form what somebody else did meanwhile; what was typed is kept."""
    message = _(
        "Somebody else changed this case while you were writing. What you typed is kept below;"
        " save again if it still holds."
    )
    newest = (
        case.entries.order_by("-number").first() if queries.reads_log(request.user, case) else None
    )
    if newest:
        told = _("The newest entry now: %(entry)s, %(day)s, by %(person)s.")
        facts = {
            "entry": newest,
            "day": words.day(newest.on),
            "person": newest.person_name or "Kembar",
        }
        message = f"{message} {told % facts}"
    form.add_error(None, message)
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
    data["version"] = str(case.version)
    form.data = data


def _warn(request: HttpRequest, case: Case, done: actions.Recorded) -> None:
    procedure = procedure_of(case)
    for problem in done.warnings:
        if problem.severity == "warn":
            messages.warning(request, words.sentence(problem, procedure))


@allow(SIGNED_IN)
@once
def record(request: Request, pk: int, code: str, kind: str) -> HttpResponse:
    """One form for what happened on an act; who may record what, `powers` says."""
    if not any(request.user.may(right) for right in powers.RECORDING):
        raise PermissionDenied
    case = case_or_404(request, pk)
    procedure, act = act_or_404(case, code)
    if kind not in BY_FORM:
        raise Http404
    if kind not in powers.kinds_for(request.user, case, procedure, act):
        raise PermissionDenied
    today = timezone.localdate()
    form = RecordForm(
        request.POST or None,
        request.FILES or None,
        initial={"on": today, "version": case.version},
        kind=kind,
        act=act,
        procedure=procedure,
        tie=case.tie,
        user=request.user,
    )

    def deed() -> actions.Recorded:
        return actions.record(
            case, form.told(), seen=form.cleaned_data["version"], today=today, by=request.user
        )

    log = lines_of(case)
    number = log[-1].number + 1 if log else 1
    asked = Record(number, today, kind, act.code, reason="-")  # type: ignore[arg-type]  # of BY_FORM
    problems = queries.against(case, asked, today) if request.method != "POST" else ()
    himself = kind in powers.DECISIONS and powers.wrote_it_himself(
        request.user, case, procedure, act, log
    )
    stops = [_stop(case, procedure, each) for each in problems if each.stops]
    if kind == "done" and powers.lacks_a_handing_in(request.user, case, procedure, act, log):
        stops.append((str(actions.NOT_HANDED_IN % {"step": words.act_name(act)}), ""))
    return _on_a_case(
        request,
        case,
        form,
        deed,
        "cases/record.html",
        to=queries.act_path(case, act.code),
        act=act,
        act_name=words.act_name(act),
        act_path=queries.act_path(case, act.code),
        kind=kind,
        kind_name=Entry.Kind(kind).label,
        himself=himself,
        stops=stops,
        warns=[words.sentence(each, procedure) for each in problems if each.severity == "warn"],
        may_override=powers.may_override(request.user, case)
        and any(each.severity == "block" for each in problems),
    )


def _stop(case: Case, procedure: Procedure, problem: Problem) -> tuple[str, str]:
    """Return what keeps a record out, and where to answer the question it hangs on."""
    rule = procedure.rules.get(problem.key)
    path = reverse("cases:answer", args=[case.pk, rule.ask]) if rule and rule.ask else ""
    return words.sentence(problem, procedure), path


def _post(request: Request, case: Case) -> Post | str:
    return powers.post_of(request.user, case, "overridden") or ""


@allow("cases.override")
@once
def override(request: Request, pk: int, code: str) -> HttpResponse:
    case = case_or_404(request, pk, needs="cases.override")
    _procedure, act = act_or_404(case, code)
    today = timezone.localdate()
    form = OverrideForm(
        request.POST or None,
        request.FILES or None,
        initial={
            "on": today,
            "version": case.version,
            "decided_by": f"{request.user}, {_post(request, case)}".strip(", "),
        },
        blocks=queries.blocks_of(case, act, today),
        user=request.user,
    )

    def deed() -> actions.Recorded:
        given = form.cleaned_data
        return actions.override(
            case,
            step=act.code,
            key="" if given["key"] == queries.ITSELF else given["key"],
            on=given["on"],
            decided_by=given["decided_by"],
            reason=form.told_text(),
            papers=form.papers(),
            seen=given["version"],
            today=today,
            by=request.user,
        )

    return _on_a_case(
        request,
        case,
        form,
        deed,
        "cases/override.html",
        to=queries.act_path(case, act.code),
        act_name=words.act_name(act),
        act_path=queries.act_path(case, act.code),
    )


@allow(SIGNED_IN)
@once
def annul(request: Request, pk: int) -> HttpResponse:
    if not any(request.user.may(right) for right in powers.RECORDING):
        raise PermissionDenied
    entries = Entry.objects.visible_to(request.user).select_related("post")
    entry = get_object_or_404(entries, pk=pk)
    case = case_or_404(request, entry.case_id)
    entry.case = case
    if not powers.may_annul(request.user, case, entry):
        raise PermissionDenied
    back = queries.act_path(case, entry.step) if entry.step else case.get_absolute_url()
    form = AnnulForm(request.POST or None, initial={"version": case.version})
    today = timezone.localdate()

    def deed() -> actions.Recorded:
        return actions.annul(
            case,
            entry,
            reason=form.told_text(),
            on=today,
            seen=form.cleaned_data["version"],
            today=today,
            by=request.user,
        )

    return _on_a_case(
        request, case, form, deed, "cases/annul.html", to=back, entry=entry, back=back
    )


@allow("cases.record")
@once
def answer(request: Request, pk: int, key: str) -> HttpResponse:
    case = case_or_404(request, pk, needs="cases.record")
    procedure = procedure_of(case)
    rules = [
        rule
        for rule in queries.rule_views(
            case, procedure, queries.plan_of(case, log_of(case), timezone.localdate()), True
        )
        if key in (procedure.rules[rule.key].ask, procedure.rules[rule.key].by)
    ]
    if not rules:
        raise Http404
    form = AnswerForm(
        request.POST or None, initial={"version": case.version}, procedure=procedure, key=key
    )
    today = timezone.localdate()

    def deed() -> actions.Recorded:
        return actions.answer(
            case,
            key=key,
            value=form.answered(),
            on=today,
            seen=form.cleaned_data["version"],
            today=today,
            by=request.user,
        )

    return _on_a_case(request, case, form, deed, "cases/answer.html", rules=rules)


@allow("cases.record")
@once
def set_day(request: Request, pk: int, moment: str) -> HttpResponse:
    case = case_or_404(request, pk, needs="cases.record")
    if moment not in words.MOMENTS:
        raise Http404
    if moment in OF_TRIPS and case.sub != Sub.TRAVEL and request.method != "POST":
        problem = Problem("case.moment_of_trips", "error", {"moment": moment})
        messages.error(request, words.sentence(problem, procedure_of(case)))
        return redirect(case)
    initial = {"version": case.version}
    if known := case.stands.get("moments", {}).get(moment):
        initial["day"] = known
    form = DaysForm(request.POST or None, initial=initial)
    today = timezone.localdate()

    def deed() -> actions.Recorded:
        return actions.set_day(
            case,
            moment=moment,
            day=form.cleaned_data["day"],
            on=today,
            seen=form.cleaned_data["version"],
            today=today,
            by=request.user,
        )

    return _on_a_case(request, case, form, deed, "cases/set_day.html", moment=words.MOMENTS[moment])


@allow("cases.record")
@require_POST
def tick(request: Request, pk: int, code: str) -> HttpResponse:
    """Keep what of the list is prepared."""
    case = case_or_404(request, pk, needs="cases.record")
    _procedure, act = act_or_404(case, code)
    try:
        actions.tick(case, step=act.code, items=request.POST.getlist("item"), by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Saved."))
    return redirect(f"{queries.act_path(case, act.code)}#prepare")


@allow("cases.record")
@once
def link_claims(request: Request, pk: int, code: str) -> HttpResponse:
    case = case_or_404(request, pk, needs="cases.record")
    _procedure, act = act_or_404(case, code)
    form = ClaimsForm(request.POST or None, tie=case.tie)

    def deed() -> None:
        for claim in form.cleaned_data["claims"]:
            actions.link_claim(case, claim, step=act.code, by=request.user)

    return _on_a_case(
        request,
        case,
        form,
        deed,
        "cases/link_claims.html",
        to=queries.act_path(case, act.code),
        act_name=words.act_name(act),
        act_path=queries.act_path(case, act.code),
    )

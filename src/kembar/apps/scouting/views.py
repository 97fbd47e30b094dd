"""Pages of studies: load what this reader may see, act, render."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.queries import entries_about
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.paging import key_in, page_number
from kembar.apps.kit.text import LANGUAGES, NAMES
from kembar.apps.ledger.models import Claim
from kembar.apps.ledger.queries import ClaimPage, claim_page
from kembar.apps.ledger.views import tell_of_withdrawal
from kembar.apps.regions.models import Region
from kembar.apps.scouting import actions, beginning, papers, queries, testing
from kembar.apps.scouting import inputs as asked
from kembar.apps.scouting.forms import (
    CheckForm,
    ClosedForm,
    DecisionForm,
    DropForm,
    OpenForm,
    RemarkForm,
    SectorForm,
    ShareStudyForm,
    StudyForm,
)
from kembar.apps.scouting.models import (
    NOT_BINDING,
    Closed,
    Decision,
    SectorClaim,
    Study,
    binds,
)
from kembar.engines.errors import KembarError


def study_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Study:
    """Return a study this reader may see, and on which he holds the permission needed."""
    try:
        study = queries.get_study(request.user, pk)
    except Study.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, study.owner_code):
        raise PermissionDenied
    return study


def _head(request: HttpRequest, study: Study, current: str) -> dict[str, Any]:
    """Return what the head of every page of a study shows."""
    user = request.user
    rights = rights_of(user)
    tabs = [
        ("desk", _("Ranking"), "scouting:study"),
        ("record", _("Decisions and remarks"), "scouting:record"),
    ]
    if queries.reads_all(user, study):
        tabs.append(("history", _("History"), "scouting:history"))
    may = {
        name: rights.may(permission, study.owner_code)
        for name, permission in {
            "write": "scouting.write",
            "share": "ties.share",
            "decide": "scouting.decide",
            "remark": "scouting.remark",
        }.items()
    }
    return {"study": study, "tabs": tabs, "current": current, "may": may}


@allow(ANYONE)
def studies(request: HttpRequest) -> HttpResponse:
    """List studies to those who read them; to everybody else what was decided and published."""
    user = request.user
    page = queries.list_studies(user, page_number(request))
    reads = rights_of(user).may("ties.read_all") or bool(page.rows)
    context = {
        "page": page if reads else queries.list_decisions(user, page_number(request)),
        "reads": reads,
        "may_begin": rights_of(user).may("scouting.write"),
        "may_see_closed": rights_of(user).may("ties.read_all"),
    }
    return render(request, "scouting/studies.html", context)


@allow("scouting.write")
@once
def new_study(request: Request) -> HttpResponse:
    homes = request.user.rights.regions("scouting.write")
    given = request.POST if request.method == "POST" else request.GET
    code = given.get("home", "") or (min(homes) if len(homes) == 1 else "")
    if not code:
        context = {"homes": Region.objects.filter(code__in=homes).order_by("code")}
        return render(request, "scouting/which_home.html", context)
    if code not in homes:
        raise PermissionDenied
    home = get_object_or_404(Region, code=code)
    before = beginning.inputs_for(home)
    study = Study(home=home, owner_code=home.code)
    if request.method != "POST":
        study.title, study.purpose = beginning.title_for(home), beginning.purpose_for(home)
    form = StudyForm(request.POST or None, instance=study, inputs=before)
    if request.method == "POST" and form.is_valid():
        study = form.save(commit=False)
        try:
            actions.begin_study(study, form.inputs(before), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            kept = f"{request.path}?home={home.code}"
            messages.success(request, _("The study is begun."), extra_tags=kept)
            return redirect(study)
    status = 422 if form.errors else 200
    return render(request, "scouting/new_study.html", {"form": form, "home": home}, status=status)


@allow(ANYONE)
def study(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk; to a slider that moves it answers with the ranking alone."""
    study = study_or_404(request, pk)
    is_part = request.headers.get("HX-Request") == "true"
    if is_part and request.GET.get("part") == "methods":
        context: dict[str, Any] = {"methods": queries.methods_for(study, request.GET)}
        return render(request, "scouting/methods.html", context)
    context = _head(request, study, "desk") | {"is_part": is_part}
    context["desk"] = queries.desk(study, request.GET, is_moving=is_part)
    context["weights_query"] = urlencode(context["desk"].query)
    name = "scouting/study.html#answer" if is_part else "scouting/study.html"
    return render(request, name, context)


@allow("scouting.write")
@once
@require_POST
def save_weights(request: Request, pk: int) -> HttpResponse:
    study = study_or_404(request, pk, needs="scouting.write")
    try:
        inputs, _candidates, _saved, weights = queries.weights_of(study, request.POST)
        actions.save_weights(study, inputs, weights, seen=_seen(request), by=request.user)
    except KembarError as error:
        messages.error(request, sentence(error))
    except StaleError:
        text = _("Somebody else changed this study meanwhile. Your weights are kept below, not"
                 " saved: look at the ranking again, then save.")  # fmt: skip
        messages.warning(request, text)
        return redirect(f"{study.get_absolute_url()}?{urlencode(weights.as_query())}")
    else:
        messages.success(request, _("The weights are saved."))
    return redirect(study)


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


@allow("scouting.write")
@once
def change_study(request: Request, pk: int) -> HttpResponse:
    study = study_or_404(request, pk, needs="scouting.write")
    fields = StudyForm.Meta.fields
    old = {name: getattr(study, name) for name in fields}
    before = asked.read(study.inputs)
    form = StudyForm(request.POST or None, instance=study, inputs=before)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_study(
                form.save(commit=False),
                form.inputs(before),
                seen=form.seen(),
                fields=fields,
                old=old,
                old_inputs=before,
                by=request.user,
            )
        except StaleError as error:
            form, status = tell_of_change(form, error), 409
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The study is changed."), extra_tags=request.path)
            return redirect(study)
    context = {**_head(request, study, "desk"), "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "scouting/change_study.html", context, status=status)


@allow("ties.share")
@once
def share_study(request: Request, pk: int) -> HttpResponse:
    study = study_or_404(request, pk, needs="ties.share")
    partner = Region.objects.filter(code=study.partner_code).first()
    initial = {"audience": study.audience, "partner": partner, "version": study.version}
    form = ShareStudyForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.share_study(
                study,
                audience=data["audience"],
                partner=data["partner"],
                seen=data["version"],
                by=request.user,
            )
        except StaleError as error:
            form.add_error(None, _("Somebody else changed this study meanwhile; look again."))
            form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            form.data["version"] = str(getattr(error.current, "version", 1))  # type: ignore[index]
            status = 409
        else:
            messages.success(request, _("Who may read it is changed."), extra_tags=request.path)
            return redirect(study)
    context = {**_head(request, study, "desk"), "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "scouting/share.html", context, status=status)


@allow(ANYONE)
def candidate(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    study = study_or_404(request, pk)
    try:
        view = queries.candidate_page(study, code, request.GET)
    except KembarError:
        view = None
    if view is None:
        raise Http404
    context = _head(request, study, "desk")
    context |= {"view": view, "weights_query": urlencode(view.query)}
    return render(request, "scouting/candidate.html", context)


@allow(ANYONE)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, study_or_404(request, pk), RemarkForm())


def _record(request: HttpRequest, study: Study, form: RemarkForm) -> HttpResponse:
    reads_all = queries.reads_all(request.user, study)
    context = {
        **_head(request, study, "record"),
        "remarks": list(study.remarks.order_by("-pk")[: queries.MOST]) if reads_all else [],
        "reads_all": reads_all,
        "remark_form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "scouting/record.html", context, status=status)


@allow("scouting.remark")
@once
@require_POST
def remark(request: Request, pk: int) -> HttpResponse:
    study = study_or_404(request, pk, needs="scouting.remark")
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _record(request, study, form)
    actions.remark_on(study, form.cleaned_data["text"], by=request.user)
    messages.success(request, _("The remark is written down."), extra_tags=request.path)
    return redirect("scouting:record", study.pk)


@allow("history.read")
def history(request: Request, pk: int) -> HttpResponse:
    study = study_or_404(request, pk, needs="history.read")
    before = key_in(request, "before")
    entries = entries_about(f"scouting.study:{study.pk}", request.user, before=before)
    context = {**_head(request, study, "history"), "entries": entries}
    return render(request, "scouting/history.html", context)


@allow("scouting.decide")
@once
def decide(request: Request, pk: int) -> HttpResponse:
    """Freeze what the saved study says; weights that were only moved do not count."""
    study = study_or_404(request, pk, needs="scouting.decide")
    context = _head(request, study, "desk")
    try:
        found = queries.ask(study, {})
    except KembarError as error:
        context["problem"] = sentence(error)
        return render(request, "scouting/decide.html", context, status=422)
    ranked = [row["code"] for row in found.record["rows"] if row["filtered"] is None]
    shown = queries.hash_of(found)
    initial = {"version": study.version, "shown": shown, "chosen": request.GET.get("chosen", "")}
    form = DecisionForm(request.POST or None, initial=initial, ranked=ranked)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["version"] == study.version and data["shown"] != shown:
                raise StaleError(study)
            decision = actions.decide(
                study,
                queries.frozen_of(found),
                chosen=data["chosen"],
                reasons=data["reasons"],
                seen=data["version"],
                by=request.user,
            )
        except StaleError as error:
            form.add_error(
                None,
                _("Somebody else changed this study meanwhile, or what it leans on. What you typed"
                  " is kept: look at the ranking below, then decide again."),
            )  # fmt: skip
            form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            form.data["version"] = str(getattr(error.current, "version", 1))  # type: ignore[index]
            form.data["shown"] = shown  # type: ignore[index]
            status = 409
        else:
            messages.success(request, _("The decision is frozen."), extra_tags=request.path)
            return redirect(decision)
    context |= {"form": form, "answer": queries.shown_of(found)}
    status = 422 if form.errors and status == 200 else status
    return render(request, "scouting/decide.html", context, status=status)


def _decision_or_404(request: HttpRequest, pk: int) -> Decision:
    try:
        return queries.get_decision(request.user, pk)
    except Decision.DoesNotExist as error:
        raise Http404 from error


@allow(ANYONE)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    view = queries.decision_page(_decision_or_404(request, pk), request.user)
    context = {"view": view, "languages_of_papers": [(key, NAMES[key]) for key in LANGUAGES]}
    return render(request, "scouting/decision.html", context)


@allow(ANYONE)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a decision again from what it was made of, and say whether it is the same."""
    decision = _decision_or_404(request, pk)
    context: dict[str, Any] = {"view": queries.decision_page(decision, request.user)}
    try:
        context["again"] = queries.again_of(decision)
    except KembarError as error:
        context["problem"] = sentence(error)
    return render(request, "scouting/again.html", context)


@allow(ANYONE)
def decision_json(request: HttpRequest, pk: int) -> HttpResponse:
    decision = _decision_or_404(request, pk)
    # To the letter what was sealed: whoever downloads it can check the seal himself.
    response = HttpResponse(decision.record, content_type="application/json; charset=utf-8")
    name = f"kembar-decision-{decision.pk}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@allow(ANYONE)
def decision_paper(request: HttpRequest, pk: int, language: str, form: str) -> HttpResponse:
    """Give the decision as a paper that an office can file: PDF or Word, in one language."""
    decision = _decision_or_404(request, pk)
    if form not in papers.FORMS or language not in LANGUAGES:
        raise Http404
    content = papers.paper_of(decision, language=language, form=form)
    response = HttpResponse(content, content_type=papers.FORMS[form])
    name = f"kembar-decision-{decision.pk}-{language}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@allow("ties.read_all")
def closed(request: Request) -> HttpResponse:
    kept = request.user.rights.regions("scouting.keep_list")
    rows = [(row, row.keeper_code in kept) for row in queries.closed_for(request.user)]
    context = {"rows": rows, "may_keep": any(map(binds, kept))}
    return render(request, "scouting/closed.html", context)


@allow("scouting.keep_list")
@once
def close_region(request: Request) -> HttpResponse:
    kept = request.user.rights.regions("scouting.keep_list")
    # Of a country before one of a province, which may close nothing and is told so.
    keeper = min(kept, key=lambda code: (not binds(code), code))
    form = ClosedForm(request.POST or None, instance=Closed(keeper_code=keeper))
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_region(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The region is on the list."), extra_tags=request.path)
            return redirect("scouting:closed")
    status = 422 if form.errors else 200
    context = {"form": form, "problem": "" if binds(keeper) else NOT_BINDING}
    return render(request, "scouting/close.html", context, status=status)


@allow("scouting.keep_list")
@once
def open_region(request: Request, pk: int) -> HttpResponse:
    kept = get_object_or_404(queries.closed_for(request.user).filter(lifted=""), pk=pk)
    if not request.user.may("scouting.keep_list", kept.keeper_code):
        raise PermissionDenied
    form = OpenForm(request.POST or None, initial={"version": kept.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.open_region(kept, reason=data["lifted"], seen=data["version"], by=request.user)
        except StaleError:
            form.add_error(None, _("Somebody else took it off the list in this moment."))
            status = 409
        else:
            messages.success(request, _("The region is off the list."), extra_tags=request.path)
            return redirect("scouting:closed")
    status = 422 if form.errors and status == 200 else status
    return render(request, "scouting/open.html", {"form": form, "closed": kept}, status=status)


def _claim_or_404(request: Request, pk: int) -> ClaimPage:
    """Return a claim that this person may read, and to which he may add."""
    try:
        view = claim_page(request.user, pk)
    except Claim.DoesNotExist as error:
        raise Http404 from error
    if not view.may_add:
        raise PermissionDenied
    return view


@allow("ledger.write")
@once
def test_claim(request: Request, pk: int) -> HttpResponse:
    view = _claim_or_404(request, pk)
    claim = view.claim
    form = CheckForm(request.POST or None, claim=claim, kinds=testing.kinds())
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _check, is_new = actions.test_claim(
                claim,
                check=data["kind"],
                region=data["region"],
                home=data["home"],
                by=request.user,
            )
        except KembarError as error:
            form.add_error(None, sentence(error))
        except StaleError:
            tell_of_withdrawal(form, claim)
            status = 409
        else:
            new, old = _("The result stands below as evidence."), _("Nothing new: it is there.")
            messages.success(request, new if is_new else old, extra_tags=request.path)
            return redirect(claim)
    context = {"view": view, "form": form}
    status = 422 if form.errors and status == 200 else status
    return render(request, "scouting/test_claim.html", context, status=status)


@allow("ledger.write")
@once
def note_sector(request: Request, pk: int) -> HttpResponse:
    view = _claim_or_404(request, pk)
    claim = view.claim
    initial = {"region": claim.about_region or claim.partner_code}
    form = SectorForm(request.POST or None, instance=SectorClaim(claim=claim), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_sector(form.save(commit=False), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Studies count it from now on."), extra_tags=request.path)
            return redirect(claim)
    context = {"view": view, "form": form}
    status = 422 if form.errors else 200
    return render(request, "scouting/note_sector.html", context, status=status)


@allow("ledger.write")
@once
def drop_sector(request: Request, pk: int) -> HttpResponse:
    note = get_object_or_404(SectorClaim.objects.select_related("claim", "region"), pk=pk)
    view = _claim_or_404(request, note.claim_id)
    form = DropForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.drop_sector(note, reason=form.cleaned_data["reason"], by=request.user)
        except StaleError:
            messages.warning(request, _("Somebody else took it back in this moment."))
        else:
            messages.success(request, _("Studies count it no more."), extra_tags=request.path)
        return redirect(view.claim)
    context = {"view": view, "form": form, "note": note}
    status = 422 if form.errors else 200
    return render(request, "scouting/drop_sector.html", context, status=status)

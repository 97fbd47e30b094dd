"""Forms about the parts of a programme: activities, milestones, amounts, risks, papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.files import as_attachment
from kembar.apps.programmes import actions
from kembar.apps.programmes.forms import (
    ActivityForm,
    AmountForm,
    DidForm,
    LookForm,
    MilestoneForm,
    PapersForm,
    RiskForm,
    WhyForm,
)
from kembar.apps.programmes.models import (
    Activity,
    BudgetLine,
    Document,
    Milestone,
    Programme,
    Risk,
)
from kembar.apps.programmes.views import activity_or_404, answer_form, programme_or_404

WRITE = "programmes.write"
RELATED = ("programme__tie__home", "programme__tie__partner", "programme__owner")


def _part_or_404(request: HttpRequest, model: Any, pk: int, *, needs: str = "") -> Any:
    """Return a part of a programme that this reader may see and, if asked, may write."""
    part = get_object_or_404(model.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    if needs and not rights_of(request.user).may(needs, part.programme.tie.home_id):
        raise PermissionDenied
    return part


def _old(part: Any, fields: list[str]) -> dict[str, Any]:
    return {name: getattr(part, name) for name in fields}


def _money(programme: Programme) -> str:
    return reverse("programmes:money", args=[programme.pk])


# Milestones, amounts and risks are written down, changed and taken back in one way ---------


def _add(
    request: Request, form: Any, deed: Callable[..., object], heading: str, *, to: str = ""
) -> HttpResponse:
    def add() -> None:
        deed(form.save(commit=False), by=request.user)

    return answer_form(request, form.instance.programme, form, add, to=to, heading=heading)


def _change(
    request: Request, form: Any, deed: Callable[..., object], *, old: dict[str, Any], **shown: Any
) -> HttpResponse:
    """Answer a form about a part; `old` is what stood in its fields before it was filled in."""

    def change() -> None:
        part, seen = form.save(commit=False), form.seen()
        deed(part, seen=seen, fields=list(old), old=old, by=request.user)

    return answer_form(request, form.instance.programme, form, change, **shown)


def _withdraw(
    request: Request, part: Any, deed: Callable[..., object], heading: str, *, to: str = ""
) -> HttpResponse:
    form = WhyForm(request.POST or None, initial={"version": part.version}, has_day=False)

    def withdraw() -> None:
        given = form.cleaned_data
        deed(part, reason=given["why"], seen=given["version"], by=request.user)

    return answer_form(request, part.programme, form, withdraw, to=to, heading=heading, part=part)


# Activities ----------------------------------------------------------------------------


@allow(WRITE)
@once
def new_activity(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs=WRITE)
    activity = Activity(programme=programme, owner=programme.owner)
    form = ActivityForm(request.POST or None, instance=activity)

    def deed() -> None:
        activity = form.save(commit=False)
        activity.source = form.new_source() or activity.source
        actions.add_activity(activity, by=request.user)

    return answer_form(request, programme, form, deed, heading=_("Plan an activity"))


@allow(WRITE)
@once
def change_activity(request: Request, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk, needs=WRITE)
    fields = ActivityForm.Meta.fields
    old = _old(activity, fields)
    form = ActivityForm(request.POST or None, instance=activity)

    def deed() -> None:
        changed = form.save(commit=False)
        changed.source = form.new_source() or changed.source
        actions.change_activity(changed, seen=form.seen(), fields=fields, old=old, by=request.user)

    return answer_form(
        request,
        activity.programme,
        form,
        deed,
        to=activity.get_absolute_url(),
        heading=_("Change the plan of the activity"),
    )


@allow(WRITE)
@once
def record_activity(request: Request, pk: int) -> HttpResponse:
    """What was done, and by how many of whom: one form."""
    activity = activity_or_404(request, pk, needs=WRITE)
    old = _old(activity, [*actions.DONE, "people", "look_from"])
    if activity.began is None and request.method != "POST":
        activity.began = activity.starts
    form = DidForm(
        request.POST or None, request.FILES or None, instance=activity, user=request.user
    )

    def deed() -> None:
        actions.record_activity(
            form.save(commit=False), form.did(), seen=form.seen(), old=old, by=request.user
        )

    return answer_form(
        request,
        activity.programme,
        form,
        deed,
        to=activity.get_absolute_url(),
        template="programmes/did.html",
        activity=activity,
        places=_places(activity.programme),
    )


def _places(programme: Programme) -> list[str]:
    """Return the names of places to pick from: the programme's sites, and those named before."""
    before = Activity.objects.filter(programme=programme).exclude(attendance__place="")
    names = before.values_list("attendance__place", flat=True).order_by().distinct()
    sites = (str(site) for site in programme.sites.order_by("pk"))
    return list(dict.fromkeys([*sites, *filter(None, names[:50])]))


@allow(WRITE)
@once
def drop_activity(request: Request, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk, needs=WRITE)
    initial = {"on": timezone.localdate(), "version": activity.version}
    form = WhyForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.drop_activity(
            activity, on=given["on"], reason=form.reason(), seen=given["version"], by=request.user
        )

    return answer_form(
        request,
        activity.programme,
        form,
        deed,
        to=activity.get_absolute_url(),
        heading=_("Call off the activity"),
        part=activity,
    )


@allow(WRITE)
@once
def take_up_activity(request: Request, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk, needs=WRITE)
    form = WhyForm(request.POST or None, initial={"version": activity.version}, has_day=False)

    def deed() -> None:
        actions.take_up_activity(
            activity, reason=form.reason(), seen=form.cleaned_data["version"], by=request.user
        )

    return answer_form(
        request,
        activity.programme,
        form,
        deed,
        to=activity.get_absolute_url(),
        heading=_("Take up the activity again"),
        part=activity,
    )


@allow(WRITE)
@once
def look_after(request: Request, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk, needs=WRITE)
    initial = {
        "on": timezone.localdate(),
        "continues": activity.continues,
        "continued": str(activity.continued),
        "version": activity.version,
    }
    form = LookForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.look_after(
            activity,
            on=given["on"],
            continues=given["continues"],
            continued=form.text(),
            seen=given["version"],
            by=request.user,
        )

    return answer_form(
        request,
        activity.programme,
        form,
        deed,
        to=activity.get_absolute_url(),
        heading=_("What continued?"),
        part=activity,
    )


# Milestones ----------------------------------------------------------------------------


@allow(ANYONE)
def milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from the history to where a milestone stands."""
    found = _part_or_404(request, Milestone, pk)
    return redirect(f"{found.programme.get_absolute_url()}#milestones")


@allow(WRITE)
@once
def new_milestone(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs=WRITE)
    form = MilestoneForm(request.POST or None, instance=Milestone(programme=programme))
    return _add(request, form, actions.add_milestone, _("Set a milestone"))


@allow(WRITE)
@once
def change_milestone(request: Request, pk: int) -> HttpResponse:
    found = _part_or_404(request, Milestone, pk, needs=WRITE)
    old = _old(found, MilestoneForm.Meta.fields)
    form = MilestoneForm(request.POST or None, instance=found)
    return _change(
        request,
        form,
        actions.change_milestone,
        old=old,
        heading=_("Change the milestone, or say that it is reached"),
        drop=(reverse("programmes:drop_milestone", args=[pk]), _("Aim at it no more")),
    )


@allow(WRITE)
@once
def withdraw_milestone(request: Request, pk: int) -> HttpResponse:
    found = _part_or_404(request, Milestone, pk, needs=WRITE)
    heading = _("Aim at the milestone no more")
    return _withdraw(request, found, actions.withdraw_milestone, heading)


# Money ---------------------------------------------------------------------------------


@allow("ties.read_all")
def amount(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from the history to where an amount stands."""
    return redirect(_money(_part_or_404(request, BudgetLine, pk).programme))


@allow(WRITE)
@once
def new_amount(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs=WRITE)
    line = BudgetLine(programme=programme, on=timezone.localdate())
    form = AmountForm(request.POST or None, instance=line)
    return _add(request, form, actions.add_amount, _("Write down an amount"), to=_money(programme))


@allow(WRITE)
@once
def change_amount(request: Request, pk: int) -> HttpResponse:
    line = _part_or_404(request, BudgetLine, pk, needs=WRITE)
    old = _old(line, AmountForm.Meta.fields)
    form = AmountForm(request.POST or None, instance=line)
    return _change(
        request,
        form,
        actions.change_amount,
        old=old,
        to=_money(line.programme),
        heading=_("Correct the amount"),
        drop=(reverse("programmes:drop_amount", args=[pk]), _("Take it out of the sums")),
    )


@allow(WRITE)
@once
def withdraw_amount(request: Request, pk: int) -> HttpResponse:
    line = _part_or_404(request, BudgetLine, pk, needs=WRITE)
    heading = _("Take the amount out of the sums")
    return _withdraw(request, line, actions.withdraw_amount, heading, to=_money(line.programme))


# Risks ---------------------------------------------------------------------------------


@allow("ties.read_all")
def risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead from the history to where a risk stands."""
    found = _part_or_404(request, Risk, pk)
    return redirect(f"{found.programme.get_absolute_url()}#risks")


@allow(WRITE)
@once
def new_risk(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs=WRITE)
    form = RiskForm(request.POST or None, instance=Risk(programme=programme))
    return _add(request, form, actions.add_risk, _("Write down a risk"))


@allow(WRITE)
@once
def change_risk(request: Request, pk: int) -> HttpResponse:
    found = _part_or_404(request, Risk, pk, needs=WRITE)
    old = _old(found, RiskForm.Meta.fields)
    form = RiskForm(request.POST or None, instance=found)
    return _change(
        request,
        form,
        actions.change_risk,
        old=old,
        heading=_("Judge the risk anew"),
        drop=(reverse("programmes:close_risk", args=[pk]), _("Close the risk")),
    )


@allow(WRITE)
@once
def close_risk(request: Request, pk: int) -> HttpResponse:
    found = _part_or_404(request, Risk, pk, needs=WRITE)
    initial = {"on": timezone.localdate(), "version": found.version}
    form = WhyForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.close_risk(
            found, on=given["on"], reason=form.reason(), seen=given["version"], by=request.user
        )

    return answer_form(
        request, found.programme, form, deed, heading=_("Close the risk"), part=found
    )


# Papers --------------------------------------------------------------------------------


@allow(WRITE)
@once
def new_papers(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs=WRITE)
    form = PapersForm(request.POST or None, request.FILES or None, user=request.user)

    def deed() -> None:
        actions.add_papers(programme, form.cleaned_data["documents"], by=request.user)

    return answer_form(request, programme, form, deed, heading=_("Add papers"), has_files=True)


@allow("ties.read_all")
def paper(request: HttpRequest, pk: int) -> FileResponse:
    visible = Document.objects.visible_to(request.user).select_related("file")
    found = get_object_or_404(visible, pk=pk)
    return as_attachment(found.file.sha256, found.name, found.file.content_type)


@allow(WRITE)
@once
def take_off_paper(request: Request, pk: int) -> HttpResponse:
    found = _part_or_404(request, Document, pk, needs=WRITE)
    form = WhyForm(request.POST or None, initial={"version": 1}, has_day=False)

    def deed() -> None:
        actions.take_off_paper(found, reason=form.cleaned_data["why"], by=request.user)

    return answer_form(
        request, found.programme, form, deed, heading=_("Take off the paper"), part=found
    )

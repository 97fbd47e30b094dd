"""Pages of programmes: load what this reader may see, act, render."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.queries import entries_about
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.conflicts import tell_of_change
from kembar.apps.kit.forms import VersionedForm
from kembar.apps.kit.paging import key_in, page_number
from kembar.apps.programmes import actions, pictures, queries
from kembar.apps.programmes.forms import ProgrammeForm, ShareForm, WhyForm
from kembar.apps.programmes.models import Activity, Body, BudgetLine, Programme
from kembar.apps.programmes.plan import State
from kembar.apps.programmes.starting import starting_points
from kembar.apps.ties.models import Sector, Tie
from kembar.apps.ties.queries import ties_of
from kembar.apps.ties.views import tie_head, tie_or_404
from kembar.engines.errors import KembarError
from kembar.engines.money import read_currency


def programme_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Programme:
    """Return a programme this reader may see, and on which he holds the permission needed."""
    try:
        programme = queries.programme_of(request.user, pk)
    except Programme.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, programme.tie.home_id):
        raise PermissionDenied
    return programme


def programme_head(request: HttpRequest, programme: Programme) -> dict[str, Any]:
    """Return what the head of every page of a programme shows."""
    rights, home = rights_of(request.user), programme.tie.home_id
    today = timezone.localdate()
    writes = rights.may("programmes.write", home)
    return {
        **tie_head(request, programme.tie, "programmes"),
        "programme": programme,
        "state": queries.state_of(programme, today),
        "is_own": queries.reads_all(request.user, programme),
        "may_programme": {
            "write": writes and programme.stopped_on is None,
            "resume": writes and programme.stopped_on is not None,
            "share": rights.may("ties.share", home),
            "history": rights.may("history.read", home),
        },
        "today": today,
    }


def answer_form(
    request: Request,
    programme: Programme,
    form: Any,
    deed: Callable[[], object],
    *,
    to: str = "",
    template: str = "programmes/form.html",
    **context: Any,
) -> HttpResponse:
    """Do what a form asks, or show it again with what stands against it."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            deed()
        except ValidationError as error:
            _tell(form, error)
        except StaleError as error:
            status = 409
            _tell_of_another(form, error)
        else:
            messages.success(request, _("Saved."), extra_tags=request.path)
            return redirect(to or programme.get_absolute_url())
    status = 422 if form.errors and status == 200 else status
    # The page shows the programme as it stands, not as it would have been.
    shown = programme_or_404(request, programme.pk) if form.errors else programme
    context = {**programme_head(request, shown), "form": form, "back": to, **context}
    return render(request, template, context, status=status)


def _tell(form: Any, error: ValidationError) -> None:
    """Put what stands against a deed to the field that it is about, if the form has it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def _tell_of_another(form: Any, error: StaleError) -> None:
    if isinstance(form, VersionedForm):
        tell_of_change(form, error)
        return
    message = _(
        "Somebody else changed this while you were writing. Look at it again; what you typed is"
        " kept below."
    )
    form.add_error(None, message)
    data = form.data.copy()
    data["version"] = str(getattr(error.current, "version", 1))
    form.data = data


# Reading -------------------------------------------------------------------------------


@allow(ANYONE)
def programmes(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    filters = queries.Filters(
        region=asked.get("region", "").replace("\0", "").strip()[:100],
        state=asked["state"] if asked.get("state") in State.values else "",
        sector=asked["sector"] if asked.get("sector") in Sector.values else "",
        mine=asked.get("mine") == "1" and request.user.is_authenticated,
    )
    found = queries.list_programmes(
        request.user, filters, timezone.localdate(), page_number(request)
    )
    context = {
        "page": found.page,
        "lines": found.lines,
        "filters": filters,
        "states": State.choices,
        "sectors": Sector.choices,
    }
    return render(request, "programmes/programmes.html", context)


@allow(ANYONE)
def of_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of a tie: its programmes as a plan, or how to begin one."""
    tie = tie_or_404(request, pk)
    today = timezone.localdate()
    lines = queries.lines_of_tie(request.user, tie, today)
    context = {
        **tie_head(request, tie, "programmes"),
        "lines": lines,
        "picture": pictures.plan_of_tie(str(tie), lines, today) if lines else "",
        "may_begin": rights_of(request.user).may("programmes.write", tie.home_id),
    }
    return render(request, "programmes/of_tie.html", context)


@allow(ANYONE)
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk)
    today = timezone.localdate()
    view = queries.programme_page(programme, request.user, today)
    picture = pictures.plan_of(programme, view.activities, view.milestones, today)
    has_plan = bool(view.activities or view.milestones)
    context = {
        **programme_head(request, programme),
        "view": view,
        "picture": picture if has_plan else "",
        "sides": dict(Body.Side.choices),
    }
    return render(request, "programmes/programme.html", context)


@allow(ANYONE)
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    activity = activity_or_404(request, pk)
    today = timezone.localdate()
    head = programme_head(request, activity.programme)
    is_own = head["is_own"]
    context = {
        **head,
        "activity": activity,
        "row": queries.row_of(activity, today),
        "lines": activity.attendance.order_by("pk") if is_own else (),
        "documents": activity.documents.select_related("file").order_by("pk") if is_own else (),
        "source": activity.source,
        "look_is_due": activity.look_from is not None
        and activity.look_from <= today
        and activity.looked_on is None,
    }
    return render(request, "programmes/activity.html", context)


def activity_or_404(request: HttpRequest, pk: int, *, needs: str = "") -> Activity:
    """Return an activity this reader may see, and on which he holds the permission needed."""
    try:
        activity = queries.activity_of(request.user, pk)
    except Activity.DoesNotExist as error:
        raise Http404 from error
    if needs and not rights_of(request.user).may(needs, activity.programme.tie.home_id):
        raise PermissionDenied
    return activity


@allow("ties.read_all")
def money(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs="ties.read_all")
    try:
        currency = read_currency(request.GET.get("into", "IDR"))
    except KembarError:
        currency = "IDR"
    context = {
        **programme_head(request, programme),
        "view": queries.money_page(programme, currency),
        "kinds": BudgetLine.Kind.choices,
        "currencies": queries.INTO,
    }
    return render(request, "programmes/money.html", context)


@allow(ANYONE)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk)
    view = queries.people_page(programme, request.user)
    context = {
        **programme_head(request, programme),
        "view": view,
        "picture": pictures.people_of(view.groups),
    }
    return render(request, "programmes/people.html", context)


@allow(ANYONE)
def culture(request: HttpRequest) -> HttpResponse:
    """What was done with people, over all ties or one, and what continued of it."""
    tie: Tie | None = None
    if (pk := key_in(request, "tie")) is not None:
        tie = ties_of(request.user).filter(pk=pk).first()
        if tie is None:
            raise Http404
    view = queries.culture_page(request.user, tie, timezone.localdate(), page_number(request))
    return render(
        request, "programmes/culture.html", {"view": view, "page": view.looked, "of": tie}
    )


@allow("history.read")
def history(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs="history.read")
    context = f"programmes.programme:{programme.pk}"
    entries = entries_about([context], request.user, before=key_in(request, "before"))
    return render(
        request,
        "programmes/history.html",
        {**programme_head(request, programme), "entries": entries},
    )


# Beginning and keeping -----------------------------------------------------------------


@allow("programmes.write")
@once
def new_programme(request: Request, pk: int) -> HttpResponse:
    tie = tie_or_404(request, pk, needs="programmes.write")
    key = request.GET.get("from", "")
    points = starting_points()
    context = {**tie_head(request, tie, "programmes"), "points": points.values(), "key": key}
    if not key and request.method != "POST":
        return render(request, "programmes/choose.html", context)
    point = points.get(key)
    programme = Programme(tie=tie, starts=timezone.localdate(), owner=_own_post(request, tie))
    if point is not None:
        programme.title, programme.purpose = point.title, point.purpose
        programme.sector = point.sector
    form = ProgrammeForm(request.POST or None, instance=programme)
    if request.method == "POST" and form.is_valid():
        try:
            actions.begin_programme(
                form.save(commit=False), form.around(), point=point, by=request.user
            )
        except ValidationError as error:
            _tell(form, error)
        else:
            messages.success(request, _("The programme is begun."), extra_tags=request.path)
            return redirect(programme)
    context |= {"form": form, "point": point}
    return render(
        request, "programmes/new_programme.html", context, status=422 if form.errors else 200
    )


def _own_post(request: Request, tie: Tie) -> Any:
    """Return the post from which somebody begins a programme, if it is of the home region."""
    held = request.user.current_holdings
    own = (each.post for each in held if each.post.office.region_code == tie.home_id)
    return next(own, None)


@allow("programmes.write")
@once
def change_programme(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs="programmes.write")
    fields = ProgrammeForm.Meta.fields
    old = {name: getattr(programme, name) for name in fields}
    form = ProgrammeForm(request.POST or None, instance=programme)

    def deed() -> None:
        actions.change_programme(
            form.save(commit=False),
            form.around(),
            seen=form.seen(),
            fields=fields,
            old=old,
            by=request.user,
        )

    return answer_form(request, programme, form, deed, heading=_("Change the programme"))


@allow("ties.share")
@once
def share_programme(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs="ties.share")
    initial = {"audience": programme.audience, "version": programme.version}
    form = ShareForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.share_programme(
            programme, audience=given["audience"], seen=given["version"], by=request.user
        )

    note = _("A programme is never read more widely than its tie.")
    return answer_form(request, programme, form, deed, heading=_("Share the programme"), note=note)


@allow("programmes.write")
@once
def stop_programme(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs="programmes.write")
    initial = {"on": timezone.localdate(), "version": programme.version}
    form = WhyForm(request.POST or None, initial=initial)

    def deed() -> None:
        given = form.cleaned_data
        actions.stop_programme(
            programme, on=given["on"], reason=form.reason(), seen=given["version"], by=request.user
        )

    note = _("What was recorded stays; whoever goes on with it finds it.")
    return answer_form(request, programme, form, deed, heading=_("Stop the programme"), note=note)


@allow("programmes.write")
@once
def resume_programme(request: Request, pk: int) -> HttpResponse:
    programme = programme_or_404(request, pk, needs="programmes.write")
    form = WhyForm(request.POST or None, initial={"version": programme.version}, has_day=False)

    def deed() -> None:
        actions.resume_programme(
            programme, reason=form.reason(), seen=form.cleaned_data["version"], by=request.user
        )

    return answer_form(request, programme, form, deed, heading=_("Go on with the programme"))

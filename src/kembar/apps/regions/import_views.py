"""Figures and boundaries in: hand in, look at what would be done, load, take back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.sentences import lines_of
from kembar.apps.kit.access import allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.downloads import as_table
from kembar.apps.kit.text import reader_language
from kembar.apps.kit.wishes import Fate
from kembar.apps.ledger.handing_in import bytes_of, load_as_shown, take_in, tell_loaded
from kembar.apps.regions import actions, queries
from kembar.apps.regions import boundaries as drawing
from kembar.apps.regions import figures as reading
from kembar.apps.regions.figure_files import read_figures
from kembar.apps.regions.forms import (
    BoundaryImportForm,
    FigureImportForm,
    IndicatorForm,
    WithdrawForm,
)
from kembar.apps.regions.models import (
    Boundary,
    BoundaryImport,
    Figure,
    FigureImport,
)
from kembar.apps.regions.register import rows_of_data
from kembar.apps.regions.rights import BRING_IN, may_take_back

SHOWN_ROWS = 200


def _handed_in_or_404(request: Request, model: type[Any], pk: int) -> Any:
    return get_object_or_404(model.objects.select_related("file"), pk=pk, by=request.user)


# Figures ------------------------------------------------------------------------------------


def _beside(handed_in: FigureImport) -> reading.Beside:
    source = reading.SourceOf(
        handed_in.publisher, handed_in.title, handed_in.address, str(handed_in.published or "")
    )
    return reading.Beside(source, handed_in.code_list, reader_language())


def _plan_of_figures(request: Request, handed_in: Any, data: bytes) -> reading.Plan:
    read = read_figures(data, name=handed_in.name)
    return reading.plan(read, by=request.user, beside=_beside(handed_in), name=handed_in.name)


@allow(BRING_IN)
@once
def figures(request: Request) -> HttpResponse:
    form = FigureImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        handed_in = form.save(commit=False)
        if take_in(request, form, handed_in, partial(_plan_of_figures, request, handed_in)):
            return redirect("regions:review_figures", handed_in.pk)
    recent = FigureImport.objects.filter(by=request.user).order_by("-pk")[:10]
    context = {"form": form, "columns": reading.COLUMNS.items(), "recent": recent}
    status = 422 if form.errors else 200
    return render(request, "regions/import_figures.html", context, status=status)


@allow(BRING_IN)
@once
def review_figures(request: Request, pk: int) -> HttpResponse:
    handed_in = _handed_in_or_404(request, FigureImport, pk)
    data = bytes_of(handed_in)
    plan = partial(_plan_of_figures, request, handed_in, data)
    if request.method == "POST":
        load = partial(reading.load, by=request.user)
        tell_loaded(request, partial(load_as_shown, handed_in, plan=plan, load=load))
        return redirect("regions:review_figures", pk)
    planned = plan()
    context = {
        "handed_in": handed_in,
        "plan": planned,
        "counts": planned.counts(),
        "refused": planned.of(Fate.REFUSED)[:SHOWN_ROWS],
        "adding": planned.of(Fate.ADD)[:SHOWN_ROWS],
        "updating": [
            (wish, list(lines_of(wish.changes, Figure)))
            for wish in planned.of(Fate.UPDATE)[:SHOWN_ROWS]
        ],
        "shown_rows": SHOWN_ROWS,
    }
    return render(request, "regions/review_figures.html", context)


@allow(BRING_IN)
def refused(request: Request, pk: int) -> HttpResponse:
    handed_in = _handed_in_or_404(request, FigureImport, pk)
    data = bytes_of(handed_in)
    planned = _plan_of_figures(request, handed_in, data)
    reasons = _("why refused")
    table = read_figures(data, name=handed_in.name).table
    header = [column for column in table.header if column != reasons]
    rows = planned.refused_rows(header)
    return _as_table(request, [*header, reasons], rows, "kembar-refused-figures")


def _as_table(
    request: HttpRequest, header: list[str], rows: list[list[str]], name: str
) -> HttpResponse:
    return as_table(request, header, rows, name=name, sheet=_("Figures"), notes=reading.COLUMNS)


@allow(BRING_IN)
def template(request: Request) -> HttpResponse:
    # No example row: whoever forgets to delete it would load it.
    return _as_table(request, list(reading.COLUMNS), [], "kembar-figures-template")


@allow(BRING_IN)
def example(request: Request) -> HttpResponse:
    rows = rows_of_data("figures.csv")
    header = list(rows[0])
    return _as_table(
        request, header, [[row[name] for name in header] for row in rows], "kembar-figures-example"
    )


@allow(BRING_IN)
@once
def new_indicator(request: Request) -> HttpResponse:
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        owner = min(request.user.rights.regions(BRING_IN))
        try:
            actions.add_indicator(form.instance, owner_code=owner, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Figures of this kind can come in now."))
            return redirect("regions:indicators")
    status = 422 if form.errors else 200
    return render(request, "regions/new_indicator.html", {"form": form}, status=status)


@allow(BRING_IN)
@once
def withdraw_figure(request: Request, pk: int) -> HttpResponse:
    rows = Figure.objects.standing().select_related("region", "indicator", "source")
    figure = get_object_or_404(rows, pk=pk)
    return _withdraw(
        request,
        figure,
        back="regions:figures",
        act=lambda reason, seen: actions.withdraw_figure(
            figure, reason=reason, seen=seen, by=request.user
        ),
    )


@allow(BRING_IN)
@once
def withdraw_boundary(request: Request, pk: int) -> HttpResponse:
    rows = Boundary.objects.filter(withdrawn="").select_related("region", "source")
    boundary = get_object_or_404(rows.defer("shape"), pk=pk)
    return _withdraw(
        request,
        boundary,
        back="regions:boundaries",
        act=lambda reason, _seen: actions.withdraw_boundary(
            boundary, reason=reason, by=request.user
        ),
    )


def _withdraw(
    request: Request,
    record: Figure | Boundary,
    *,
    back: str,
    act: Callable[[str, int], None],
) -> HttpResponse:
    if not may_take_back(request.user, owner_code=record.owner_code, region=record.region):
        # Everybody reads it, so there is nothing to hide: it is not his to take back.
        raise PermissionDenied
    form = WithdrawForm(request.POST or None, initial={"version": getattr(record, "version", 1)})
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"], form.cleaned_data.get("version") or 0)
        except StaleError:
            form.add_error(None, _("Somebody else changed this while you were writing."))
        else:
            messages.success(request, _("Taken off the pages; the history keeps it."))
            return redirect(back, record.region_id)
    status = 422 if form.errors else 200
    context = {"form": form, "record": record, "region": record.region, "back": back}
    return render(request, "regions/withdraw.html", context, status=status)


# Boundaries ---------------------------------------------------------------------------------


def _plan_of_boundaries(request: Request, handed_in: Any, data: bytes) -> drawing.Plan:
    content = drawing.read_geojson(data, name=handed_in.name)
    return drawing.plan(content, by=request.user, region=handed_in.region, name=handed_in.name)


@allow(BRING_IN)
@once
def boundaries(request: Request) -> HttpResponse:
    form = BoundaryImportForm(
        request.POST or None, request.FILES or None, initial={"region": request.GET.get("region")}
    )
    if request.method == "POST" and form.is_valid():
        handed_in = form.save(commit=False)
        if take_in(request, form, handed_in, partial(_plan_of_boundaries, request, handed_in)):
            return redirect("regions:review_boundaries", handed_in.pk)
    recent = BoundaryImport.objects.filter(by=request.user).order_by("-pk")[:10]
    status = 422 if form.errors else 200
    context = {"form": form, "recent": recent}
    return render(request, "regions/import_boundaries.html", context, status=status)


@allow(BRING_IN)
@once
def review_boundaries(request: Request, pk: int) -> HttpResponse:
    handed_in = _handed_in_or_404(request, BoundaryImport, pk)
    data = bytes_of(handed_in)
    plan = partial(_plan_of_boundaries, request, handed_in, data)
    if request.method == "POST":
        load = partial(drawing.load, handed_in=handed_in, by=request.user)
        tell_loaded(request, partial(load_as_shown, handed_in, plan=plan, load=load))
        return redirect("regions:review_boundaries", pk)
    planned = plan()
    context = {
        "handed_in": handed_in,
        "plan": planned,
        "counts": planned.counts(),
        "refused": planned.of(Fate.REFUSED)[:SHOWN_ROWS],
        "drawn": [queries.change_of(wish) for wish in planned.wishes if not wish.problems][:40],
    }
    return render(request, "regions/review_boundaries.html", context)

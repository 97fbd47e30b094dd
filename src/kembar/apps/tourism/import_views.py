"""Tables of arrivals, seats and limits: hand in, look at what would be done, load, give out."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.sentences import lines_of
from kembar.apps.kit.access import ANYONE, allow
from kembar.apps.kit.downloads import as_table
from kembar.apps.kit.tables import read_table
from kembar.apps.kit.text import reader_language
from kembar.apps.kit.wishes import Fate
from kembar.apps.ledger.handing_in import bytes_of, load_as_shown, take_in, tell_loaded
from kembar.apps.regions.figures import SourceOf
from kembar.apps.regions.models import Region
from kembar.apps.tourism import counts, queries
from kembar.apps.tourism.forms import ImportForm
from kembar.apps.tourism.models import TourismImport
from kembar.apps.tourism.rights import WRITE

SHOWN_ROWS = 200


def _plan_of(request: Request, handed_in: TourismImport, data: bytes) -> counts.Plan:
    source = SourceOf(
        handed_in.publisher, handed_in.title, handed_in.address, str(handed_in.published or "")
    )
    beside = counts.Beside(
        timezone.localdate(),
        source,
        handed_in.audience,
        reader_language(),
        handed_in.region,
        handed_in.counted,
    )
    table = read_table(data, name=handed_in.name)
    return counts.plan(
        table, kind=handed_in.kind, by=request.user, beside=beside, name=handed_in.name
    )


@allow(WRITE)
@once
def hand_in(request: Request, kind: str) -> HttpResponse:
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        instance=TourismImport(kind=kind),
        user=request.user,
        kind=kind,
    )
    if request.method == "POST" and form.is_valid():
        handed_in = form.save(commit=False)
        if take_in(request, form, handed_in, partial(_plan_of, request, handed_in)):
            return redirect("tourism:review", handed_in.pk)
    recent = TourismImport.objects.filter(by=request.user, kind=kind).order_by("-pk")[:10]
    context = {
        "form": form,
        "kind": TourismImport.Kind(kind),
        "kinds": [
            (value, label, f"tourism:import_{value}") for value, label in TourismImport.Kind.choices
        ],
        "template": f"tourism:template_{kind}",
        "columns": counts.READERS[kind].columns.items(),
        "recent": recent,
    }
    return render(request, "tourism/import.html", context, status=422 if form.errors else 200)


def _handed_in_or_404(request: Request, pk: int) -> TourismImport:
    rows = TourismImport.objects.select_related("file", "region")
    return get_object_or_404(rows, pk=pk, by=request.user)


@allow(WRITE)
@once
def review(request: Request, pk: int) -> HttpResponse:
    handed_in = _handed_in_or_404(request, pk)
    plan = partial(_plan_of, request, handed_in, bytes_of(handed_in))
    if request.method == "POST":
        load = partial(counts.load, by=request.user)
        tell_loaded(request, partial(load_as_shown, handed_in, plan=plan, load=load))
        return redirect("tourism:review", pk)
    planned = plan()
    model: Any = counts.READERS[handed_in.kind].model
    context = {
        "handed_in": handed_in,
        "plan": planned,
        "counts": planned.counts(),
        "refused": planned.of(Fate.REFUSED)[:SHOWN_ROWS],
        "adding": planned.of(Fate.ADD)[:SHOWN_ROWS],
        "updating": [
            (wish, list(lines_of(wish.changes, model)))
            for wish in planned.of(Fate.UPDATE)[:SHOWN_ROWS]
        ],
        "shown_rows": SHOWN_ROWS,
        "again": f"tourism:import_{handed_in.kind}",
    }
    return render(request, "tourism/review.html", context)


def _as_table(
    request: HttpRequest, kind: str, header: list[str], rows: list[list[str]], name: str
) -> HttpResponse:
    sheet = str(TourismImport.Kind(kind).label)
    notes = counts.READERS[kind].columns
    return as_table(request, header, rows, name=name, sheet=sheet, notes=notes)


@allow(WRITE)
def refused(request: Request, pk: int) -> HttpResponse:
    handed_in = _handed_in_or_404(request, pk)
    data = bytes_of(handed_in)
    planned = _plan_of(request, handed_in, data)
    reasons = _("why refused")
    table = read_table(data, name=handed_in.name)
    header = [column for column in table.header if column != reasons]
    rows = planned.refused_rows(header)
    return _as_table(request, handed_in.kind, [*header, reasons], rows, "kembar-refused-counts")


@allow(WRITE)
def template(request: Request, kind: str) -> HttpResponse:
    # No example row: whoever forgets to delete it would load it.
    header = list(counts.READERS[kind].columns)
    return _as_table(request, kind, header, [], f"kembar-{kind}-template")


@allow(ANYONE)
def export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    region = get_object_or_404(Region, code=code)
    header = list(counts.READERS[kind].columns)
    rows = queries.table_rows(region, kind, request.user)
    return _as_table(request, kind, header, rows, f"kembar-{kind}-{code}")

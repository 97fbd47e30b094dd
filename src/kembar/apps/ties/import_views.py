"""Tables in and out: hand in, look at what it would do, load, mend what was refused."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.accounts.rights import within
from kembar.apps.audit.sentences import lines_of
from kembar.apps.kit import tables
from kembar.apps.kit.access import allow
from kembar.apps.kit.downloads import as_table
from kembar.apps.kit.text import reader_language
from kembar.apps.kit.wishes import Fate
from kembar.apps.ledger.handing_in import bytes_of, load_as_shown, take_in, tell_loaded
from kembar.apps.ties import imports
from kembar.apps.ties.forms import ImportForm
from kembar.apps.ties.models import Import, Tie

SHOWN_ROWS = 200


def _plan_of(request: Request, data: bytes, name: str) -> imports.Plan:
    table = tables.read_table(data, name=name)
    return imports.plan(table, by=request.user, language=reader_language(), name=name)


@allow("ties.import")
@once
def hand_in(request: Request) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        handed_in = Import()
        if take_in(request, form, handed_in, lambda data: _plan_of(request, data, handed_in.name)):
            return redirect("ties:import_review", handed_in.pk)
    recent = Import.objects.filter(by=request.user).order_by("-pk")[:10]
    context = {"form": form, "columns": imports.COLUMNS.items(), "recent": recent}
    return render(request, "ties/import.html", context, status=422 if form.errors else 200)


def _import_or_404(request: Request, pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("file"), pk=pk, by=request.user)


@allow("ties.import")
def review(request: Request, pk: int) -> HttpResponse:
    handed_in = _import_or_404(request, pk)
    data = bytes_of(handed_in)
    plan = partial(_plan_of, request, data, handed_in.name)
    if request.method == "POST":
        load = partial(imports.load, by=request.user)
        tell_loaded(request, partial(load_as_shown, handed_in, plan=plan, load=load))
        return redirect("ties:import_review", pk)
    planned = plan()
    context = {
        "handed_in": handed_in,
        "plan": planned,
        "counts": planned.counts(),
        "refused": planned.of(Fate.REFUSED)[:SHOWN_ROWS],
        "adding": planned.of(Fate.ADD)[:SHOWN_ROWS],
        "updating": [
            (wish, list(lines_of(wish.told, Tie))) for wish in planned.of(Fate.UPDATE)[:SHOWN_ROWS]
        ],
        "new_places": [
            (place.region, imports.listed(place.near)) for place in planned.new_places[:SHOWN_ROWS]
        ],
        "shown_rows": SHOWN_ROWS,
    }
    return render(request, "ties/import_review.html", context)


def _as_table(
    request: HttpRequest, header: list[str], rows: list[list[str]], name: str
) -> HttpResponse:
    return as_table(request, header, rows, name=name, sheet=_("Ties"), notes=imports.COLUMNS)


@allow("ties.import")
def refused(request: Request, pk: int) -> HttpResponse:
    handed_in = _import_or_404(request, pk)
    data = bytes_of(handed_in)
    table = tables.read_table(data, name=handed_in.name)
    plan = _plan_of(request, data, handed_in.name)
    reasons = _("why refused")
    header = [column for column in table.header if column != reasons]
    rows = plan.refused_rows(header)
    return _as_table(request, [*header, reasons], rows, "kembar-refused")


@allow("ties.import")
def template(request: Request) -> HttpResponse:
    # No example row: whoever forgets to delete it would load it.
    return _as_table(request, list(imports.COLUMNS), [], "kembar-ties-template")


@allow("ties.export")
def export(request: Request) -> HttpResponse:
    # Only ties whose whole file he reads: a table holds dates and sources that are not shared.
    own = within("home__code", request.user.rights.regions("ties.export"))
    ties = Tie.objects.filter(own).select_related("home", "partner")
    ties = ties.prefetch_related("events", "sources").order_by("pk")
    rows = list(imports.export_rows(ties, reader_language()))
    return _as_table(request, imports.export_header(), rows, "kembar-ties")

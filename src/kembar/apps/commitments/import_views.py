"""The register as a table: out, changed in a spreadsheet, looked at, and in again."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.once import once
from kembar.apps.accounts.requests import Request
from kembar.apps.audit.sentences import lines_of
from kembar.apps.commitments import imports, queries
from kembar.apps.commitments.forms import ImportForm
from kembar.apps.commitments.models import Commitment, Import
from kembar.apps.commitments.rows import COLUMNS, Plan
from kembar.apps.kit import tables
from kembar.apps.kit.access import allow
from kembar.apps.kit.downloads import as_table
from kembar.apps.kit.text import reader_language
from kembar.apps.kit.wishes import Fate
from kembar.apps.ledger.handing_in import bytes_of, load_as_shown, take_in, tell_loaded
from kembar.apps.ties.models import Tie
from kembar.apps.ties.views import tie_or_404

SHOWN_ROWS = 200
# What a table that is handed in may have, and so one that is given out.
MOST_ROWS = 20_000


def _plan_of(request: Request, data: bytes, name: str) -> Plan:
    table = tables.read_table(data, name=name)
    today, language = timezone.localdate(), reader_language()
    return imports.plan(table, by=request.user, language=language, today=today, name=name)


@allow("commitments.write")
@once
def hand_in(request: Request) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        handed_in = Import()
        if take_in(request, form, handed_in, lambda data: _plan_of(request, data, handed_in.name)):
            return redirect("commitments:import_review", handed_in.pk)
    recent = Import.objects.filter(by=request.user).order_by("-pk")[:10]
    context = {"form": form, "columns": COLUMNS.items(), "recent": recent}
    return render(request, "commitments/import.html", context, status=422 if form.errors else 200)


def _import_or_404(request: Request, pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("file"), pk=pk, by=request.user)


@allow("commitments.write")
def review(request: Request, pk: int) -> HttpResponse:
    handed_in = _import_or_404(request, pk)
    data = bytes_of(handed_in)
    plan = partial(_plan_of, request, data, handed_in.name)
    if request.method == "POST":
        # Of rows: a table has no more than five digits of them.
        taken = request.POST.getlist("take")
        chosen = [int(each) for each in taken if each.isdecimal() and len(each) <= 9]
        load = partial(imports.load, by=request.user, chosen=chosen)
        tell_loaded(request, partial(load_as_shown, handed_in, plan=plan, load=load))
        return redirect("commitments:import_review", pk)
    planned = plan()
    contested = planned.contested()
    others = [wish for wish in planned.of(Fate.REFUSED) if not wish.may_be_chosen]
    context = {
        "handed_in": handed_in,
        "plan": planned,
        "counts": planned.counts(),
        "contested": contested[:SHOWN_ROWS],
        "contested_count": len(contested),
        "refused": others[:SHOWN_ROWS],
        "adding": planned.of(Fate.ADD)[:SHOWN_ROWS],
        "updating": [
            (wish, list(lines_of(wish.told, Commitment)))
            for wish in planned.of(Fate.UPDATE)[:SHOWN_ROWS]
        ],
        "shown_rows": SHOWN_ROWS,
    }
    return render(request, "commitments/import_review.html", context)


def _as_table(
    request: HttpRequest, header: list[str], rows: list[list[str]], name: str
) -> HttpResponse:
    return as_table(request, header, rows, name=name, sheet=_("Promises"), notes=COLUMNS)


@allow("commitments.write")
def refused(request: Request, pk: int) -> HttpResponse:
    handed_in = _import_or_404(request, pk)
    data = bytes_of(handed_in)
    table = tables.read_table(data, name=handed_in.name)
    plan = _plan_of(request, data, handed_in.name)
    reasons = _("why refused")
    header = [column for column in table.header if column != reasons]
    rows = plan.refused_rows(header)
    return _as_table(request, [*header, reasons], rows, "kembar-refused")


@allow("commitments.write")
def template(request: Request) -> HttpResponse:
    # No example row: whoever forgets to delete it would load it.
    return _as_table(request, list(COLUMNS), [], "kembar-promises-template")


@allow("ties.export")
def export(request: Request) -> HttpResponse:
    """Give out what a list shows, in the form that can be handed in again."""
    filters = queries.Filters.asked(request.GET)
    tie = _tie_asked(request)
    today = timezone.localdate()
    rows = queries.for_a_table(request.user, filters, today, tie, MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        message = _("More than %(limit)s promises: choose a region first, then download.")
        messages.warning(request, message % {"limit": MOST_ROWS})
        return redirect("commitments:commitments")
    cells = list(imports.export_rows(rows, reader_language()))
    return _as_table(request, list(COLUMNS), cells, "kembar-promises")


def _tie_asked(request: Request) -> Tie | None:
    asked = request.GET.get("tie", "")
    is_key = asked.isascii() and asked.isdigit() and len(asked) <= 18
    return tie_or_404(request, int(asked), needs="ties.export") if is_key else None

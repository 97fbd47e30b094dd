"""Tables in and out: hand in, look at what it would do, load, mend what was refused."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kembar.apps.accounts.requests import Request
from kembar.apps.accounts.rights import within
from kembar.apps.audit.sentences import lines_of
from kembar.apps.kit import tables
from kembar.apps.kit.access import allow
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.files import Kept, check_size, keep, open_kept
from kembar.apps.kit.text import reader_language
from kembar.apps.ledger.actions import stored
from kembar.apps.ties import imports
from kembar.apps.ties.forms import ImportForm
from kembar.apps.ties.models import Import, Tie
from kembar.engines.errors import KembarError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_ROWS = 200


def _plan_of(request: Request, data: bytes, name: str) -> tuple[tables.Table, imports.Plan]:
    table = tables.read_table(data, name=name)
    return table, imports.plan(table, by=request.user, language=reader_language(), name=name)


def _keep_table(upload: UploadedFile[Any], data: bytes) -> Kept:
    name = upload.name or "table"
    # A table is known by its content, whatever its name: the store wants the two to agree.
    stem = name.rsplit(".", 1)[0]
    return keep(iter([data]), f"{stem}{'.xlsx' if data.startswith(b'PK') else '.csv'}")


@allow("ties.import")
def hand_in(request: Request) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        name = upload.name or "table"
        try:
            check_size(upload.size, name)
            data = upload.read()
            _table, plan = _plan_of(request, data, name)
            kept = _keep_table(upload, data)
        except KembarError as error:
            form.add_error("file", sentence(error))
        except ValidationError as error:
            form.add_error("file", error)
        else:
            handed_in = Import.objects.create(
                file=stored(kept), name=name[:200], by=request.user, plan=plan.digest
            )
            return redirect("ties:import_review", handed_in.pk)
    recent = Import.objects.filter(by=request.user).order_by("-pk")[:10]
    context = {"form": form, "columns": imports.COLUMNS.items(), "recent": recent}
    return render(request, "ties/import.html", context, status=422 if form.errors else 200)


def _import_or_404(request: Request, pk: int) -> Import:
    return get_object_or_404(Import.objects.select_related("file"), pk=pk, by=request.user)


@allow("ties.import")
def review(request: Request, pk: int) -> HttpResponse:
    handed_in = _import_or_404(request, pk)
    with open_kept(handed_in.file.sha256) as file:
        data = file.read()
    if request.method == "POST":
        _load(request, handed_in, data)
        return redirect("ties:import_review", pk)
    _table, plan = _plan_of(request, data, handed_in.name)
    context = {
        "handed_in": handed_in,
        "plan": plan,
        "counts": plan.counts(),
        "refused": plan.of(imports.Fate.REFUSED)[:SHOWN_ROWS],
        "adding": plan.of(imports.Fate.ADD)[:SHOWN_ROWS],
        "updating": [
            (wish, list(lines_of(wish.told, Tie)))
            for wish in plan.of(imports.Fate.UPDATE)[:SHOWN_ROWS]
        ],
        "new_regions": plan.new_regions[:SHOWN_ROWS],
        "shown_rows": SHOWN_ROWS,
    }
    return render(request, "ties/import_review.html", context)


def _load(request: Request, handed_in: Import, data: bytes) -> None:
    table = tables.read_table(data, name=handed_in.name)
    try:
        counts = imports.load_handed_in(
            handed_in, table, by=request.user, language=reader_language()
        )
    except StaleError:
        messages.warning(request, _("This table has been loaded already."))
        return
    if counts is None:
        messages.warning(
            request, _("The ties were changed since you looked: this is what it would do now.")
        )
        return
    messages.success(
        request,
        _(
            "%(add)s added, %(update)s brought up to date, %(same)s as they were,"
            " %(refused)s refused."
        )
        % counts,
    )


def _download(data: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_table(
    request: HttpRequest, header: list[str], rows: list[list[str]], name: str
) -> HttpResponse:
    if request.GET.get("format") == "csv":
        return _download(tables.write_csv(header, rows), f"{name}.csv", "text/csv; charset=utf-8")
    notes = {column: str(note) for column, note in imports.COLUMNS.items() if column in header}
    data = tables.write_xlsx(header, rows, sheet=_("Ties"), notes=notes)
    return _download(data, f"{name}.xlsx", XLSX)


@allow("ties.import")
def refused(request: Request, pk: int) -> HttpResponse:
    handed_in = _import_or_404(request, pk)
    with open_kept(handed_in.file.sha256) as file:
        data = file.read()
    table, plan = _plan_of(request, data, handed_in.name)
    reasons = _("why refused")
    header = [column for column in table.header if column != reasons]
    rows = imports.refused_rows(plan, header)
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

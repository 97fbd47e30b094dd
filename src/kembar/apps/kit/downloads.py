"""Tables given out to be saved, as Excel or as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse

from kembar.apps.kit.tables import write_csv, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return bytes to be saved under a name, never shown in the browser."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_table(
    request: HttpRequest,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    name: str,
    sheet: str,
    notes: Mapping[str, object],
) -> HttpResponse:
    """Return a table as an Excel file with notes at its columns, or as CSV if that is asked for."""
    if request.GET.get("format") == "csv":
        return download(write_csv(header, rows), f"{name}.csv", "text/csv; charset=utf-8")
    said = {column: str(note) for column, note in notes.items() if column in header}
    return download(write_xlsx(header, rows, sheet=sheet, notes=said), f"{name}.xlsx", XLSX)

"""kembar export: all ties as a table or as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kembar.cli.house import open_house
from kembar.cli.speech import check_writable, refuse, say


def export_ties(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write: .csv, .xlsx or .json.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of names: id, zh or en.")] = "id",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Export all ties in the form that can be imported again.

    Example: kembar export ties.xlsx
    """
    if language not in ("id", "zh", "en"):
        refuse(f'--language is "{language}"; use id, zh or en.')
    kind = "json" if as_json else (file.suffix.lstrip(".").lower() if file else "csv")
    if kind not in ("csv", "xlsx", "json"):
        refuse(f'"{file}" ends in neither .csv nor .xlsx nor .json.')
    if file:
        check_writable(file)
    open_house()
    from kembar.apps.kit import tables
    from kembar.apps.ties import imports
    from kembar.apps.ties.models import Tie

    ties = Tie.objects.select_related("home", "partner").prefetch_related("events", "sources")
    header = imports.export_header()
    rows = list(imports.export_rows(ties.order_by("pk"), language))
    if kind == "json":
        records = [dict(zip(header, row, strict=True)) for row in rows]
        data = json.dumps({"rows": records}, ensure_ascii=False, indent=1).encode()
    elif kind == "csv":
        data = tables.write_csv(header, rows)
    else:
        data = tables.write_xlsx(header, rows, sheet="ties", notes={})
    if file:
        file.write_bytes(data)
        say.print(f"{len(rows)} ties are in {file}.")
    else:
        sys.stdout.buffer.write(data)

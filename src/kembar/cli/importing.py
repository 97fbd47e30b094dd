"""kembar import: ties from a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from kembar.cli.house import load_register, open_house
from kembar.cli.speech import bytes_of, check_writable, refuse, say

if TYPE_CHECKING:
    from kembar.apps.kit.wishes import TableWish


def import_ties(
    file: Annotated[Path, typer.Argument(help="A CSV (UTF-8) or Excel file.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it, not only look.")] = False,
    language: Annotated[str, typer.Option(help="Language of the notes: id, zh or en.")] = "id",
    refused: Annotated[
        Path | None, typer.Option(help="Write the refused rows here, with the reasons.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Import ties from a table: first look, then --apply.

    Exit code 0: all rows are fine. 1: the file cannot be read. 3: some rows are refused.

    Example: kembar import ties.csv --apply
    """
    if language not in ("id", "zh", "en"):
        refuse(f'--language is "{language}"; use id, zh or en.')
    data = bytes_of(file)
    if refused:
        check_writable(refused)
    open_house()
    from kembar.apps.kit import tables
    from kembar.apps.kit.wishes import Fate
    from kembar.apps.ties import imports
    from kembar.engines.errors import KembarError

    load_register()
    try:
        table = tables.read_table(data, name=file.name)
        with say.status("Loading …" if apply else "Looking …"):
            work = imports.plan_and_load if apply else imports.plan
            plan = work(table, by=None, language=language, name=file.name)
    except KembarError as error:
        refuse(str(error))
    wrong = plan.of(Fate.REFUSED)
    if refused and wrong:
        rows = plan.refused_rows(table.header)
        refused.write_bytes(tables.write_csv([*table.header, "why refused"], rows))
    if as_json:
        outcome = {"applied": apply, **plan.counts(), "refused_rows": refusals(wrong)}
        typer.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        print_outcome(plan.counts(), wrong, apply=apply)
        for place in plan.new_places:
            near = f"; like {imports.listed(place.near)}" if place.near else ""
            text = f"New place: {place.region} ({place.region.code}){near}"
            say.print(text, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(3 if wrong else 0)


def refusals(wrong: Sequence[TableWish]) -> list[dict[str, Any]]:
    """Return the refused rows with their reasons, as JSON has them."""
    return [
        {
            "row": wish.row.number,
            "problems": [{"column": p.column, "reason": p.reason} for p in wish.problems],
        }
        for wish in wrong
    ]


def print_outcome(counts: dict[str, int], wrong: Sequence[TableWish], *, apply: bool) -> None:
    """Tell people what was done or would be, and why rows are refused."""
    done = "Done" if apply else "Nothing is changed yet (add --apply)"
    say.print(
        f"{done}: {counts['add']} to add, {counts['update']} to bring up to date,"
        f" {counts['same']} as they are, {counts['refused']} refused."
    )
    if wrong:
        table = Table("Row", "Column", "Why", title="Refused")
        for wish in wrong[:50]:
            for problem in wish.problems:
                table.add_row(str(wish.row.number), problem.column, problem.reason)
        say.print(table)

"""kembar figures: official figures of regions from a table or from SDMX."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from kembar.cli.house import load_register, open_house
from kembar.cli.importing import print_outcome, refusals
from kembar.cli.speech import bytes_of, check_writable, refuse, say


def import_figures(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV (UTF-8), Excel or SDMX file (CSV, JSON, ML).")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, not only look.")] = False,
    publisher: Annotated[str, typer.Option(help="Who published the rows that name nobody.")] = "",
    address: Annotated[str, typer.Option(help="Web address of the source of those rows.")] = "",
    published: Annotated[str, typer.Option(help="When it was published: 2025 or 2025-03.")] = "",
    code_list: Annotated[
        str, typer.Option("--codes", help="Numbers are codes of: bps, kemendagri or gbt2260.")
    ] = "",
    language: Annotated[str, typer.Option(help="Language of the notes: id, zh or en.")] = "id",
    refused: Annotated[
        Path | None, typer.Option(help="Write the refused rows here, with the reasons.")
    ] = None,
    example: Annotated[
        Path | None, typer.Option(help="Write the example with its sources here, and stop.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Import official figures: first look, then --apply.

    Exit code 0: all rows are fine. 1: the file cannot be read. 3: some rows are refused.

    Example: kembar figures figures.csv --apply
    """
    if language not in ("id", "zh", "en"):
        refuse(f'--language is "{language}"; use id, zh or en.')
    if code_list not in ("", "bps", "kemendagri", "gbt2260"):
        refuse(f'--codes is "{code_list}"; use bps, kemendagri or gbt2260.')
    for output in filter(None, (refused, example)):
        check_writable(output)
    if example:
        _write_example(example)
        return
    if file is None:
        refuse("Name a file, or ask for one to begin with: kembar figures --example figures.csv")
    data = bytes_of(file)
    open_house()
    from kembar.apps.kit import tables
    from kembar.apps.kit.wishes import Fate
    from kembar.apps.regions import figures
    from kembar.apps.regions.figure_files import read_figures
    from kembar.engines.errors import KembarError

    load_register()
    beside = figures.Beside(
        figures.SourceOf(publisher, "", address, published), code_list, language
    )
    try:
        read = read_figures(data, name=file.name)
        plan = figures.plan(read, by=None, beside=beside, name=file.name)
    except KembarError as error:
        refuse(str(error))
    if apply:
        with say.status("Loading …"):
            figures.load(plan, by=None)
    wrong = plan.of(Fate.REFUSED)
    contested = sum(bool(wish.contradicts) for wish in plan.wishes)
    if refused and wrong:
        rows = plan.refused_rows(read.table.header)
        refused.write_bytes(tables.write_csv([*read.table.header, "why refused"], rows))
    if as_json:
        outcome = {
            "applied": apply,
            **plan.counts(),
            "contested": contested,
            "refused_rows": refusals(wrong),
        }
        typer.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        print_outcome(plan.counts(), wrong, apply=apply)
        if contested:
            say.print(f"{contested} differ from what another source says; both are kept.")
    raise typer.Exit(3 if wrong else 0)


def _write_example(file: Path) -> None:
    example = files("kembar.apps.regions") / "data" / "figures.csv"
    file.write_bytes(example.read_bytes())
    say.print(f"{file} holds figures of NTT and Jiangxi with their sources.")

"""The `kembar` command: one file a command."""

from __future__ import annotations

import errno
import io
import sys
from typing import Annotated

import typer

from kembar import __version__
from kembar.cli import (
    atlas,
    boundaries,
    doctor,
    example,
    export,
    figures,
    importing,
    person,
    reindex,
    remind,
    rulebook,
    scout,
    seed,
    serve,
    sweep,
)
from kembar.cli.house import database_trouble
from kembar.cli.speech import tell

app = typer.Typer(
    name="kembar",
    help="Kembar keeps sister-province ties awake.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kembar {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Kembar keeps sister-province ties awake."""


app.command("serve")(serve.serve)
app.command("example")(example.example)
app.command("import")(importing.import_ties)
app.command("figures")(figures.import_figures)
app.command("boundaries")(boundaries.import_boundaries)
app.command("export")(export.export_ties)
app.command("scout")(scout.scout)
app.command("seed")(seed.seed)
app.command("person")(person.person)
app.command("remind")(remind.remind)
app.command("reindex")(reindex.reindex)
app.command("sweep")(sweep.sweep)
app.command("doctor")(doctor.doctor)
app.add_typer(atlas.app)
app.add_typer(rulebook.app)


def main() -> None:
    _speak_utf8()
    try:
        app()
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            tell(f"{error.filename or 'The answer'} cannot be written: {error.strerror}.")
            sys.exit(1)
        trouble = database_trouble(error)
        if trouble is None:
            raise
        tell("{}. {}".format(*trouble))
        sys.exit(1)


def _speak_utf8() -> None:
    """Write UTF-8 into files and pipes; on a screen that lacks a letter, a question mark.

    A Chinese Windows gives files GBK, which has no ² for km², and JSON has to be UTF-8.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")

"""kembar doctor: what is missing or unsafe here, and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from kembar.cli.house import open_house, say

Level = Literal["good", "warning", "bad"]
SIGNS = {"good": "[green]good[/green]", "warning": "[yellow]look[/yellow]", "bad": "[red]bad[/red]"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, and how to mend it."""

    level: Level
    what: str
    mend: str = ""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Say what is missing or unsafe in this installation, and how to mend it.

    Exit code 0: nothing is bad. 1: something is.

    Example: kembar doctor
    """
    open_house(migrate=False)
    findings = [*_settings(), *_folders(), *_database()]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            say.print(f"{SIGNS[finding.level]}  {finding.what}", highlight=False)
            if finding.mend:
                say.print(f"      {finding.mend}", style="dim", highlight=False)
    raise typer.Exit(int(any(finding.level == "bad" for finding in findings)))


def _settings() -> Iterator[Finding]:
    from django.conf import settings

    local = {"127.0.0.1", "localhost", "[::1]"}
    is_public = not set(settings.ALLOWED_HOSTS) <= local
    if settings.DEBUG:
        level: Level = "bad" if is_public else "warning"
        yield Finding(level, "KEMBAR_DEBUG is on", "Errors show secrets: unset KEMBAR_DEBUG.")
    if is_public and not settings.HTTPS:
        yield Finding(
            "bad",
            f"People reach it as {', '.join(settings.ALLOWED_HOSTS)} without HTTPS",
            "Put a web server with a certificate before it and set KEMBAR_HTTPS=true.",
        )
    if is_public and not settings.REQUIRE_MFA:
        yield Finding("warning", "No second factor is asked for", "Set KEMBAR_REQUIRE_MFA=true.")
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        yield Finding(
            "warning",
            "Mail is not sent",
            "Set KEMBAR_EMAIL_URL; until then an administrator hands invitation links over.",
        )
    yield Finding("good", f"Hosts: {', '.join(settings.ALLOWED_HOSTS)}")


def _folders() -> Iterator[Finding]:
    from django.conf import settings

    home = Path(settings.HOME)
    for path in (home, home / "secret-key"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding("bad", f"{path} can be read by others", f"chmod go-rwx {path}")
    if not os.access(home, os.W_OK):
        yield Finding("bad", f"{home} cannot be written", f"chown it to the user of Kembar: {home}")
    free = shutil.disk_usage(home).free // 2**20
    level: Level = "good" if free > 1024 else "bad"
    mend = "" if level == "good" else "Make room, or move KEMBAR_HOME to a larger disk."
    yield Finding(level, f"{free:,} MB free in {home}", mend)


def _database() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor == "sqlite":
        try:
            sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        except sqlite3.OperationalError:
            yield Finding(
                "bad", "SQLite has no FTS5", "Install a Python whose sqlite3 has it, or PostgreSQL."
            )
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding(
            "warning",
            f"{len(waiting)} changes of the database wait",
            "kembar serve brings it up to date.",
        )
        return
    yield Finding("good", f"The database ({connection.vendor}) is up to date")
    yield from _people()
    yield from _chain()


def _people() -> Iterator[Finding]:
    from django.conf import settings

    from kembar.apps.accounts.models import Holding, User
    from kembar.apps.accounts.rights import Role
    from kembar.site.beginning import FIRST_ADMINISTRATOR

    administrators = Holding.objects.current().filter(
        post__role=Role.ADMINISTRATOR, person__is_active=True
    )
    if not administrators.exists():
        yield Finding(
            "warning",
            "Nobody is administrator",
            FIRST_ADMINISTRATOR,
        )
    examples = User.objects.filter(email__endswith="@kembar.example", is_active=True).count()
    if examples:
        local = set(settings.ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}
        yield Finding(
            "warning" if local else "bad",
            f"{examples} example people can sign in",
            "Before others reach it: make them inactive on the page Posts.",
        )


def _chain() -> Iterator[Finding]:
    from rich.progress import Progress

    from kembar.apps.audit.queries import check_chain

    with Progress(console=say, transient=True) as progress:
        task = progress.add_task("Checking the history", total=None)
        broken = check_chain(lambda done, total: progress.update(task, completed=done, total=total))
    if broken:
        yield Finding(
            "bad",
            f"The history is broken in {len(broken)} places, first: {broken[0]}",
            "Somebody changed the database behind Kembar. Keep a copy and compare with a backup.",
        )
    else:
        yield Finding("good", "The chain of the history is whole")

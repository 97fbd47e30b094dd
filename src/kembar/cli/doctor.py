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
from rich.markup import escape

from kembar.cli.house import database_trouble, open_house
from kembar.cli.speech import say

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
    findings = [*_settings(), *_service(), *_folders(), *_database()]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            say.print(f"{SIGNS[finding.level]}  {escape(finding.what)}", highlight=False)
            if finding.mend:
                say.print(f"      {escape(finding.mend)}", style="dim", highlight=False)
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


def _service() -> Iterator[Finding]:
    """Look whether the service that people sign in with answers where it is said to be."""
    import requests
    from django.conf import settings

    if not settings.SOCIALACCOUNT_PROVIDERS:
        return
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    url = str(app["settings"]["server_url"])
    if "/.well-known/" not in url:
        url = f"{url.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = requests.get(url, timeout=5)
        answer.raise_for_status()
        answer.json()["authorization_endpoint"]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        mend = "Is KEMBAR_OIDC_URL right, to the last letter, and may this machine reach it?"
        yield Finding("bad", f"{app['name']} does not answer as OpenID Connect at {url}", mend)
    else:
        yield Finding("good", f"Sign-in with {app['name']}: it answers at {url}")


def _folders() -> Iterator[Finding]:
    from django.conf import settings

    home = Path(settings.HOME)
    # On Windows the mode says nothing of who may read.
    if os.name == "posix":
        yield from _readers(home)
    for folder in (home, Path(settings.FILES_ROOT)):
        # The folder for files is made when the first is handed in.
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK)):
            mend = f"Make it a folder that belongs to the user of Kembar: {folder}"
            yield Finding("bad", f"{folder} cannot be written", mend)
    free = shutil.disk_usage(home).free // 2**20
    level: Level = "good" if free > 1024 else "bad"
    mend = "" if level == "good" else "Make room, or move KEMBAR_HOME to a larger disk."
    yield Finding(level, f"{free:,} MB free in {home}", mend)


def _readers(home: Path) -> Iterator[Finding]:
    """Look who may read the home, its keys and its database."""
    kept = [home / "secret-key", home / "example-password.txt", *home.glob("kembar.sqlite3*")]
    there = [path for path in (home, *kept) if path.exists()]
    wide = [path for path in there if stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in wide:
        mend = f"chmod {'700' if path.is_dir() else '600'} {path}"
        yield Finding("bad", f"{path} can be read by others", mend)
    if not wide:
        yield Finding("good", f"{home} can be read by its owner alone")


def _database() -> Iterator[Finding]:
    from django.db import connection
    from django.db.utils import DatabaseError

    try:
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            yield from _sqlite()
        else:
            version: int = connection.pg_version  # type: ignore[attr-defined]  # PostgreSQL's own
            yield Finding("good", f"PostgreSQL {version // 10_000}.{version % 10_000}")
        yield from _content()
    except DatabaseError as error:
        trouble = database_trouble(error)
        if trouble is None:
            raise
        yield Finding("bad", *trouble)


def _sqlite() -> Iterator[Finding]:
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE t USING fts5(x)")
    except sqlite3.OperationalError:
        mend = "Install a Python whose sqlite3 has it, or PostgreSQL."
        yield Finding("bad", "SQLite has no FTS5", mend)


def _content() -> Iterator[Finding]:
    """Look at what the database holds, if it is of this version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

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
    yield from _closed()
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
            "Before others reach it: take their access away on the page Posts.",
        )


def _closed() -> Iterator[Finding]:
    from kembar.apps.scouting.models import Closed

    rows = Closed.objects.standing().filter(keeper_code__contains="-").order_by("pk")
    kept = sorted(set(rows.values_list("keeper_code", flat=True)))
    if kept:
        yield Finding(
            "warning",
            f"{len(rows)} closed regions bind no study: offices of provinces keep them"
            f" ({', '.join(kept)})",
            "Let the ministry of the country close them; the office lifts its own on the page"
            " Closed regions.",
        )


def _chain() -> Iterator[Finding]:
    from rich.progress import Progress

    from kembar.apps.audit.models import ChainHead
    from kembar.apps.audit.queries import check_chain

    with Progress(console=say, transient=True) as progress:
        task = progress.add_task("Checking the history", total=None)
        broken = check_chain(lambda done, total: progress.update(task, completed=done, total=total))
    if broken:
        where = f"entry {broken[0].pk}: " if broken[0].pk else ""
        yield Finding(
            "bad",
            f"The history is broken in {len(broken)} places, first: {where}{broken[0].fault.label}",
            "Somebody changed the database behind Kembar. Keep a copy and compare with a backup.",
        )
        return
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    entries = "1 entry" if head.count == 1 else f"{head.count:,} entries"
    # Written down elsewhere, it shows a history that was made anew as a whole.
    yield Finding("good", f"The history is whole: {entries}, last seal {head.last_seal}")

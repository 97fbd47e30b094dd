"""Open the house for a command: settings, database, regions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kembar.cli.speech import refuse


def load_register() -> None:
    """Bring the register of regions up to date, and let search know their new names."""
    from django.db.models import Q

    from kembar.apps.regions import register
    from kembar.apps.search import index
    from kembar.apps.ties.actions import lines_above, tie_line
    from kembar.apps.ties.models import Tie

    if changed := register.load():
        ties = Tie.objects.filter(Q(home__in=changed) | Q(partner__in=changed))
        known = list(ties.select_related("home", "partner"))
        index.put([*map(tie_line, known), *lines_above(known)])


def open_house(*, migrate: bool = True) -> None:
    """Set Django up; bring the database up to date unless told not to.

    A command speaks English, as its own sentences do, whatever the pages speak.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kembar.site.settings")
    try:
        django.setup()
        translation.activate("en")
        if migrate:
            _bring_up_to_date()
    except ImproperlyConfigured as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{error.filename}: {error.strerror}. Look at KEMBAR_HOME.")


def _bring_up_to_date() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    with _alone(Path(settings.HOME) / "migrating.lock"):
        if connection.vendor == "sqlite" and not connection.introspection.table_names():
            _make_database()
            return
        with _alone_on_the_server():
            call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone_on_the_server() -> Iterator[None]:
    """Let one process at a time do what follows, of all the homes that share a PostgreSQL."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    # Held by the connection: it is let go when the process ends, too.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('kembar.migrating'))")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('kembar.migrating'))")


def _make_database() -> None:
    """Make a new SQLite database beside its place: one that is cut off leaves nothing half-made."""
    from django.core.management import call_command
    from django.db import connection

    file = Path(connection.settings_dict["NAME"])
    new = file.with_name(f"{file.name}.new")
    connection.close()
    for path in (file, new):
        # What a process that was ended wrote beside it would be read as part of the new one.
        for end in ("-wal", "-shm"):
            path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    connection.settings_dict["NAME"] = new
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = file
    new.replace(file)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process at a time do what follows; it is let go when the process ends, too."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            # It gives up after ten seconds, which a first migration takes on a slow machine.
            while True:
                try:
                    msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    continue
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def database_trouble(error: BaseException) -> tuple[str, str] | None:
    """Return what is wrong with the database and how to mend it, None if it is something else."""
    if "django" not in sys.modules:
        return None
    from django.db import connection
    from django.db.utils import DatabaseError, NotSupportedError, OperationalError

    reason = " ".join(str(error).split())
    if isinstance(error, NotSupportedError):
        return reason, "Bring the database server up to date."
    if isinstance(error, OperationalError):
        mend = "Start the database, or look at DATABASE_URL and KEMBAR_HOME."
        return f"The database does not answer: {reason}", mend
    # The kinds of errors below it are our mistakes, and are shown as such.
    if type(error) is DatabaseError and connection.vendor == "sqlite":
        file = connection.settings_dict["NAME"]
        mend = "Keep it aside, and put your latest copy in its place."
        return f"{file} is broken, or no database: {reason}", mend
    return None

"""Two people, one record: the second is told, and nothing of his is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from kembar.apps.kit.statements import update_one


class StaleError(Exception):
    """The record was changed after this person opened it."""

    def __init__(self, current: models.Model) -> None:
        self.current = current
        super().__init__(f"{current._meta.label} {current.pk} has been changed meanwhile")


class Versioned(models.Model):
    """Counts the changes of a record, so that an old copy cannot overwrite a newer one."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def save_if_unchanged(record: Versioned, seen: int, fields: list[str]) -> None:
    """Save the fields of a record if its version is still the one that was seen.

    Raises
    ------
    StaleError
        With the record as it is now; nothing has been saved.
    """
    if not update_one(record, fields, version=seen):
        manager: Any = type(record)._default_manager
        raise StaleError(manager.get(pk=record.pk))
    record.version = seen + 1


def hold(record: models.Model, field: str) -> None:
    """Keep others from changing a record until this transaction ends, and read a field anew.

    Everybody takes hold in one order, or two would wait for each other: ties, claims, sources,
    then `index.put` once, then `record_all` once. On SQLite one transaction writes at a time.
    """
    manager: Any = type(record)._default_manager
    record.refresh_from_db(fields=[field], from_queryset=manager.select_for_update(no_key=True))


def one_at_a_time(name: str) -> None:
    """Wait until no other transaction does what bears this name; from here on they wait for us."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


@contextmanager
def twins_refused(record: models.Model) -> Iterator[None]:
    """Save a record inside; if somebody saved its twin in this moment, say so as a form does.

    Raises
    ------
    ValidationError
        With the sentence of the constraint that the record would break.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        # The twin, which nobody could see before, can be seen now.
        record.full_clean()
        raise

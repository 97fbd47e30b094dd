"""Many rows at once, written as they are.

Django's `bulk_create` asks every field of every row how to write itself into one long statement;
for thousands of rows that takes four times as long (bench/imports.py).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, models

# Text and whole numbers in such columns go to every database as they are.
PLAIN_FIELDS = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey)
PLAIN = frozenset({str, int, type(None)})


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one table; those without a key get the next ones.

    Everything is written as it stands in the rows: `auto_now_add` puts no date, and nothing is
    validated. Call it inside a transaction: on SQLite that keeps others from taking the keys.
    """
    if not rows:
        return
    without_key = [row for row in rows if row.pk is None]
    for row, key in zip(without_key, _next_keys(rows[0], len(without_key)), strict=True):
        row.pk = key
    # The database fills in generated columns itself.
    fields = [field for field in rows[0]._meta.concrete_fields if not field.generated]
    columns = [_ready(field, [getattr(row, field.attname) for row in rows]) for field in fields]
    names = [str(field.column) for field in fields]
    insert_values(rows[0]._meta.db_table, names, list(zip(*columns, strict=True)))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _ready(field: models.Field[Any, Any], values: Sequence[Any]) -> list[Any]:
    """Return the values of one column as the database takes them."""
    # Not the proxy: it looks for the connection of this thread at every touch.
    own, prepare = connections[connection.alias], field.get_db_prep_save
    if isinstance(field, PLAIN_FIELDS):
        return [v if type(v) in PLAIN else prepare(v, own) for v in values]
    if isinstance(field, models.JSONField):
        # Most texts of most rows say nothing, or the same as the next row.
        nothing = prepare({}, own)
        ready = {id(v): prepare(v, own) for v in {id(v): v for v in values if v != {}}.values()}
        return [ready.get(id(v), nothing) for v in values]
    return [None if v is None else prepare(v, own) for v in values]


@contextmanager
def uncollected() -> Iterator[None]:
    """Make thousands of objects without a search for cycles among all that is loaded.

    A fifth of the time of an import (bench/imports.py).
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _next_keys(row: models.Model, count: int) -> Sequence[int]:
    """Return keys that the table has never had: the history names rows by them."""
    if not count:
        return []
    table, key = row._meta.db_table, str(row._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), key, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return range(last + 1, last + 1 + count)


def insert_values(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of values that are ready for the database."""
    quote = connection.ops.quote_name
    names = f"{quote(table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What the database refuses is told at the end of the copy, where Django does not look.
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {names} FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {names} VALUES ({marks})", rows)  # noqa: S608

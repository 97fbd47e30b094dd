"""Statements about one row, or a few, whose text is made once.

Django words every statement anew, field by field; for what is done thousands of times a minute,
such as writing history, that takes four times as long as the database does (bench/cases.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, TypeAlias, cast

from django.db import connection, connections, models
from django.db.models.expressions import Col

from kembar.apps.kit.bulk import PLAIN, PLAIN_FIELDS

Field: TypeAlias = "models.Field[Any, Any]"


def insert_one(row: models.Model) -> None:
    """Write a new row as it stands, and give it its key; nothing is validated."""
    fields = _written(type(row))
    statement = _insert(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, _ready(fields, row))
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


def update_one(row: models.Model, names: Sequence[str], *, version: int) -> bool:
    """Write fields of a row that counts its versions; return whether it still had that one."""
    values = _ready([_field(type(row), name) for name in names], row)
    with connection.cursor() as cursor:
        cursor.execute(_update(type(row), tuple(names)), [*values, row.pk, version])
        return bool(cursor.rowcount)


def rows_of(
    model: type[models.Model], names: tuple[str, ...], *, where: str, equals: Any, order: str
) -> list[tuple[Any, ...]]:
    """Return fields of the rows of one parent, in order, without an object for each.

    Parameters
    ----------
    names, where, order
        Names of fields.
    """
    own = connections[connection.alias]
    with own.cursor() as cursor:
        asked = _field(model, where).get_db_prep_value(equals, own)
        cursor.execute(_select(model, names, where, order), [asked])
        columns = list(zip(*cursor.fetchall(), strict=True))
    ways = _ways(model, names, own.alias)
    return list(zip(*map(partial(_read, own), columns, ways), strict=True))


# The texts -----------------------------------------------------------------------------


def _field(model: type[models.Model], name: str) -> Field:
    return cast("Field", model._meta.get_field(name))


@lru_cache
def _written(model: type[models.Model]) -> tuple[Field, ...]:
    """Return the fields of a new row: the database makes its key and what it generates."""
    fields: Any = model._meta.concrete_fields
    return tuple(f for f in fields if not f.primary_key and not f.generated)


def _quote(*names: str | None) -> str:
    return ", ".join(connection.ops.quote_name(str(name)) for name in names)


@lru_cache
def _insert(model: type[models.Model], _vendor: str) -> str:
    columns = [field.column for field in _written(model)]
    marks = ", ".join(["%s"] * len(columns))
    table, key = _quote(model._meta.db_table), _quote(model._meta.pk.column)
    return f"INSERT INTO {table} ({_quote(*columns)}) VALUES ({marks}) RETURNING {key}"  # noqa: S608


@lru_cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    sets = [f"{_quote(_field(model, name).column)} = %s" for name in names]
    table, key = _quote(model._meta.db_table), _quote(model._meta.pk.column)
    one_more = '"version" = "version" + 1'
    return (
        f"UPDATE {table} SET {', '.join([*sets, one_more])}"  # noqa: S608
        f' WHERE {key} = %s AND "version" = %s'
    )


@lru_cache
def _select(model: type[models.Model], names: tuple[str, ...], where: str, order: str) -> str:
    columns = _quote(*(_field(model, name).column for name in names))
    table = _quote(model._meta.db_table)
    parent, by = (_quote(_field(model, name).column) for name in (where, order))
    return f"SELECT {columns} FROM {table} WHERE {parent} = %s ORDER BY {by}"  # noqa: S608


# Values, as the database takes and gives them ------------------------------------------


def _ready(fields: Sequence[Field], row: models.Model) -> list[Any]:
    # Not the proxy: it looks for the connection of this thread at every touch.
    own = connections[connection.alias]
    values = [getattr(row, field.attname) for field in fields]
    return [
        value
        if type(value) in PLAIN and isinstance(field, PLAIN_FIELDS)
        else field.get_db_prep_save(value, own)
        for field, value in zip(fields, values, strict=True)
    ]


Way = tuple[Col, tuple[Callable[[Any, Any, Any], Any], ...]]


@lru_cache
def _ways(model: type[models.Model], names: tuple[str, ...], alias: str) -> tuple[Way | None, ...]:
    """Return how each field reads what comes from the database; None if as it comes."""
    own = connections[alias]
    ways: list[Way | None] = []
    for name in names:
        column = _field(model, name).get_col(model._meta.db_table)
        converters = [*own.ops.get_db_converters(column), *column.get_db_converters(own)]
        ways.append((column, tuple(converters)) if converters else None)
    return tuple(ways)


def _read(own: Any, values: tuple[Any, ...], way: Way | None) -> Sequence[Any]:
    """Return the values of one column as its field has them."""
    if way is None:
        return values
    column, converters = way
    for convert in converters:
        values = tuple(convert(value, column, own) for value in values)
    return values

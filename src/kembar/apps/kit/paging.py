"""Pages of a list: fifty rows and whether there are more, without counting them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import HttpRequest

Row = TypeVar("Row", bound=models.Model)
SIZE = 50
FAR = 10


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    number: int
    has_next: bool

    @property
    def previous_number(self) -> int:
        return self.number - 1

    @property
    def next_number(self) -> int:
        return self.number + 1


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; anything that is no page number means the first."""
    asked = request.GET.get("page", "1")
    # Python refuses to read a number of thousands of digits.
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
    return min(int(asked) if is_number else 1, 10_000) or 1


def key_in(request: HttpRequest, name: str) -> int | None:
    """Return the key of a record that an address names; None if it is no such key."""
    asked = request.GET.get(name, "")
    # Eighteen digits fit into a key of the database; more would be refused by it.
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 18 else None


def page_of(
    rows: models.QuerySet[Row, Any], number: int, size: int = SIZE, *, wide: bool = False
) -> Page[Row]:
    """Return one page of a query, with one row more read to know whether others follow.

    Wide rows are put in order by their keys alone, on every page.
    """
    start = (number - 1) * size
    window = slice(start, start + size + 1)
    if wide or number > FAR:
        # Passed over by their keys alone: what a row shows is read for its page only.
        keys = rows.select_related(None).values("pk")[window]
        rows, window = rows.filter(pk__in=keys), slice(None)
    found = list(rows[window])
    return Page(found[:size], number, len(found) > size)

"""What a table that was handed in would do: row by row, with a reason for each that is refused.

What a row means is the business of the room that reads it; this is what all of them share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from kembar.apps.kit.errors import sentence
from kembar.apps.kit.tables import Row, Table
from kembar.engines.errors import KembarError


class Fate(StrEnum):
    ADD = "add"
    UPDATE = "update"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, in the reader's language."""

    column: str
    reason: str


@dataclass(slots=True)
class TableWish:
    """One row as it was understood."""

    row: Row
    problems: list[Problem] = field(default_factory=list)
    fate: Fate = Fate.REFUSED

    def refuse(self, column: str, reason: str) -> None:
        self.problems.append(Problem(column, reason))

    def refuse_broken_cells(self, file_name: str) -> None:
        """Refuse what the reader of tables found wrong: formulas, errors, too many cells."""
        for column, code in self.row.problems.items():
            error = KembarError(code, name=file_name, row=self.row.number, column=column)
            self.refuse(column, sentence(error))


W = TypeVar("W", bound=TableWish)


class Fates(Generic[W]):
    """The wishes of a table, by what becomes of them."""

    wishes: list[W]

    def of(self, fate: Fate) -> list[W]:
        return [wish for wish in self.wishes if wish.fate == fate]

    def counts(self) -> dict[str, int]:
        return {fate.value: len(self.of(fate)) for fate in Fate}

    def refused_rows(self, header: Sequence[str]) -> list[list[str]]:
        """Return the refused rows as they were, with the reasons in a last column."""
        return [
            [
                *(wish.row.cells.get(name.strip().lower(), "") for name in header),
                " / ".join(f"{problem.column}: {problem.reason}" for problem in wish.problems),
            ]
            for wish in self.of(Fate.REFUSED)
        ]


def columns_of(table: Table) -> dict[str, str]:
    """Return the columns of a table as written, by their names in small letters."""
    return {column.strip().lower(): column for column in table.header}


def rows_of(table: Table, *, name: str) -> Iterator[Row]:
    """Yield the rows of a table, their columns named in small letters.

    Raises
    ------
    KembarError
        `table.no_rows` if nothing stands below the header.
    """
    if not table.rows:
        raise KembarError("table.no_rows", name=name)
    header = columns_of(table)
    for row in table.rows:
        yield Row(
            row.number,
            {name: row.cells.get(column, "") for name, column in header.items()},
            {column.strip().lower(): code for column, code in row.problems.items()},
        )

"""Figures, claims and ties as people hand them in: CSV with a header, every error with its row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting.criteria import Law
from kembar.engines.scouting.question import Claim, Figure, Known, Tie
from kembar.engines.scouting.reading import read_cell, read_lines

FIGURE_COLUMNS: Final = ("region", "indicator", "value", "unit", "year", "source")
CLAIM_COLUMNS: Final = ("region", "sector", "role", "verdict", "source")
TIE_COLUMNS: Final = ("one", "other", "state", "source")


def read_figures(data: bytes, *, name: str) -> tuple[Figure, ...]:
    """Return the figures of a CSV file.

    Parameters
    ----------
    data
        CSV in UTF-8 with the columns `FIGURE_COLUMNS`. A value is 1234.5, a range 10..15, or a
        mean and its standard deviation 12±2; a row without one is left out. A year may be empty.
    name
        Of the file, for what is said about it.

    Raises
    ------
    KembarError
        "figures.value", "figures.year", "figures.region", "figures.empty_cell",
        "scout.columns_missing", and those of reading a table.

    Examples
    --------
    >>> text = "region,indicator,value,unit,year,source\\nCN-JX,rice,20..21,Mt,2023,Yearbook\\n"
    >>> read_figures(text.encode(), name="f.csv")[0].high
    21.0
    """
    found = []
    for row, cells in _rows(data, name, FIGURE_COLUMNS):
        region = _region(cells["region"], name, row)
        cell = read_cell(cells["value"])
        if cell is None:
            raise KembarError("figures.value", name=name, row=row, value=cells["value"])
        first, second, law = cell
        if law == Law.MISSING:
            continue
        for column in ("indicator", "unit", "source"):
            if not cells[column]:
                raise KembarError("figures.empty_cell", name=name, row=row, column=column)
        ranged = law == Law.BETWEEN
        if ranged and second < first:
            raise KembarError("figures.value", name=name, row=row, value=cells["value"])
        found.append(
            Figure(
                region=region,
                indicator=cells["indicator"],
                value=(first + second) / 2 if ranged else first,
                unit=cells["unit"],
                year=_year(cells["year"], name, row),
                source=cells["source"],
                low=first if ranged else None,
                high=second if ranged else None,
                sd=second if law == Law.NORMAL else None,
            )
        )
    return tuple(found)


def read_claims(data: bytes, *, name: str) -> tuple[Claim, ...]:
    """Return the claims of a CSV file with the columns `CLAIM_COLUMNS`.

    Raises
    ------
    KembarError
        "figures.region", "scout.columns_missing", "scout.not_one_of", and those of reading a
        table.
    """
    claims = tuple(
        Claim(**cells | {"region": _region(cells["region"], name, row)})  # type: ignore[arg-type] # Known looks at them
        for row, cells in _rows(data, name, CLAIM_COLUMNS)
    )
    return Known(claims=claims).claims


def read_ties(data: bytes, *, name: str) -> tuple[Tie, ...]:
    """Return the ties of a CSV file with the columns `TIE_COLUMNS`.

    The register that Kembar ships will do as well: its home_code, partner_code and source_url
    count as one, other and source.

    Raises
    ------
    KembarError
        "scout.columns_missing", "scout.not_one_of", and those of reading a table.
    """
    also = {"home_code": "one", "partner_code": "other", "source_url": "source"}
    ties = tuple(Tie(**cells) for _row, cells in _rows(data, name, TIE_COLUMNS, also))
    return Known(ties=ties).ties


def _rows(
    data: bytes, name: str, columns: Sequence[str], also: dict[str, str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the wanted cells of each row."""
    header, lines = read_lines(data, name)
    names = [(also or {}).get(each, each) for each in header]
    if missing := [each for each in columns if each not in names]:
        raise KembarError(
            "scout.columns_missing", name=name, columns=", ".join(missing),
            needed=", ".join(columns),
        )  # fmt: skip
    for row, cells in lines:
        yield row, {each: cells[names.index(each)].strip() for each in columns}


def _region(text: str, name: str, row: int) -> str:
    code = text.strip().upper()
    if code not in atlas.codes():
        raise KembarError("figures.region", name=name, row=row, value=text)
    return code


def _year(text: str, name: str, row: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1000 <= int(text) <= 2999):
        raise KembarError("figures.year", name=name, row=row, value=text)
    return int(text)

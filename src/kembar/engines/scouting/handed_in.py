"""Figures, claims and ties as people hand them in: CSV with a header, every error with its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting.criteria import Law
from kembar.engines.scouting.question import Claim, Figure, Known, Tie
from kembar.engines.scouting.reading import (
    either,
    may_be_either,
    numbers_in,
    read_cell,
    read_lines,
)

FIGURE_COLUMNS: Final = ("region", "indicator", "value", "unit", "year", "source")
CLAIM_COLUMNS: Final = ("region", "sector", "role", "verdict", "source")
TIE_COLUMNS: Final = ("one", "other", "state", "source")
# As a file of official figures has them.
OFFICIAL_SOURCE: Final = ("publisher", "title", "address")
ENDS: Final = ("low", "high")


def read_figures(data: bytes, *, name: str, decimal_point: bool = False) -> tuple[Figure, ...]:
    """Return the figures of a CSV file.

    Parameters
    ----------
    data
        CSV in UTF-8 with the columns `FIGURE_COLUMNS`. A value is 1234.5, a range 10..15, or a
        mean and its standard deviation 12±2; a row without one is left out. A year may be empty,
        or a month (2025-03). The columns of official figures do too: low and high for the range,
        publisher and address for the source.
    name
        Of the file, for what is said about it.
    decimal_point
        Whether 1.234 surely is a little more than 1; otherwise it is refused.

    Raises
    ------
    KembarError
        "scout.either", "figures.value", "figures.year", "figures.region", "figures.empty_cell",
        "scout.columns_missing", and those of reading a table.

    Examples
    --------
    >>> text = "region,indicator,value,unit,year,source\\nCN-JX,rice,20..21,Mt,2023,Yearbook\\n"
    >>> read_figures(text.encode(), name="f.csv")[0].high
    21.0
    """
    rows = _rows(data, name, FIGURE_COLUMNS, instead={"source": OFFICIAL_SOURCE}, extra=ENDS)
    found = []
    for row, cells in rows:
        if _is_told(cells):
            if not decimal_point:
                _refuse_either(cells, name, row)
            found.append(_figure(cells, name, row))
    return tuple(found)


def _refuse_either(cells: Mapping[str, str], name: str, row: int) -> None:
    for column in ("value", *ENDS):
        for part in numbers_in(cells.get(column, "")):
            if may_be_either(part):
                raise either(part, name=name, row=row, column=column)


def _is_told(cells: dict[str, str]) -> bool:
    cell = read_cell(cells["value"])
    return cell is None or cell[2] != Law.MISSING


def _figure(cells: dict[str, str], name: str, row: int) -> Figure:
    region = _region(cells["region"], name, row)
    first, second, law = _number(cells["value"], name, row)
    for column in ("indicator", "unit", "source"):
        if not cells[column]:
            raise KembarError("figures.empty_cell", name=name, row=row, column=column)
    low, high = _ends(cells, name, row)
    if law == Law.BETWEEN:
        low, high = first, second
    return Figure(
        region=region,
        indicator=cells["indicator"],
        value=(first + second) / 2 if law == Law.BETWEEN else first,
        unit=cells["unit"],
        year=_year(cells["year"], name, row),
        source=cells["source"],
        low=low,
        high=high,
        sd=second if law == Law.NORMAL else None,
    )


def _number(text: str, name: str, row: int) -> tuple[float, float, int]:
    cell = read_cell(text)
    if cell is None or (cell[2] == Law.BETWEEN and cell[1] < cell[0]):
        raise KembarError("figures.value", name=name, row=row, value=text)
    return cell


def _ends(cells: dict[str, str], name: str, row: int) -> tuple[float | None, float | None]:
    ends = []
    for column in ENDS:
        text = cells.get(column, "")
        ends.append(_number(text, name, row)[0] if text else None)
    return ends[0], ends[1]


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
    data: bytes,
    name: str,
    columns: Sequence[str],
    also: Mapping[str, str] | None = None,
    *,
    instead: Mapping[str, Sequence[str]] | None = None,
    extra: Sequence[str] = (),
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the wanted cells of each row.

    `also` are other names of columns, `instead` columns whose cells together make one that is not
    there, `extra` columns that may be there.
    """
    header, lines = read_lines(data, name)
    names = [(also or {}).get(each, each) for each in header]
    made = {
        column: [each for each in parts if each in names]
        for column, parts in (instead or {}).items()
        if column not in names
    }
    missing = [each for each in columns if each not in names and not made.get(each)]
    if missing:
        raise KembarError(
            "scout.columns_missing", name=name, columns=", ".join(missing),
            needed=", ".join(columns),
        )  # fmt: skip
    wanted = [each for each in (*columns, *extra) if each in names]
    for row, cells in lines:
        found = {each: cells[names.index(each)].strip() for each in wanted}
        for column, parts in made.items():
            texts = [cells[names.index(each)].strip() for each in parts]
            found[column] = ", ".join(text for text in texts if text)
        yield row, found


def _region(text: str, name: str, row: int) -> str:
    code = text.strip().upper()
    if code not in atlas.codes():
        raise KembarError("figures.region", name=name, row=row, value=text)
    return code


def _year(text: str, name: str, row: int) -> int | None:
    if not text:
        return None
    text = text.partition("-")[0]
    if not (text.isascii() and text.isdigit() and 1000 <= int(text) <= 2999):
        raise KembarError("figures.year", name=name, row=row, value=text)
    return int(text)

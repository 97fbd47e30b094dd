"""Files of figures in their several forms, all turned into one table: CSV, Excel and SDMX."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kembar.apps.kit.tables import MEBIBYTE, Row, Table, read_table
from kembar.engines import sdmx
from kembar.engines.errors import KembarError

MAX_BYTES = 20 * MEBIBYTE

# What SDMX calls a column of ours; concepts that only say how a number came about are passed by.
_CONCEPTS = {
    "region": ("REF_AREA", "GEO", "REGION", "AREA", "LOCATION", "REF_REGION"),
    "indicator": ("INDICATOR", "SERIES", "SUBJECT", "MEASURE", "VARIABLE", "INDIC"),
    "year": ("TIME_PERIOD", "TIME"),
    "value": ("OBS_VALUE",),
    "unit": ("UNIT_MEASURE", "UNIT"),
    "note": ("COMMENT_OBS", "OBS_COMMENT", "COMMENT_TS"),
}
_UNIT_MULT = "UNIT_MULT"
_PASSED_BY = frozenset(
    {
        *("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "DATAFLOW", "KEYS", "KEY"),
        *("FREQ", "OBS_STATUS", "CONF_STATUS", "DECIMALS", "COLLECTION", "TIME_FORMAT"),
        *("TITLE", "TITLE_COMPL", "BREAKS", "SOURCE", "SOURCE_AGENCY", "OBS_PRE_BREAK"),
        *("BASE_PER", "NATURE", "LAST_UPDATE", _UNIT_MULT),
    }
)
# Tens by which values are to be multiplied, as words that stand before a unit.
_POWERS = {"0": "", "3": "thousand ", "6": "million ", "9": "billion ", "12": "trillion "}


@dataclass(frozen=True)
class FigureTable:
    """A table, and whether its numbers are written as machines do: a point, no other marks."""

    table: Table
    is_exact: bool


def read_figures(data: bytes, *, name: str) -> FigureTable:
    """Return the table in a file of figures, known by its content.

    Raises
    ------
    KembarError
        `table.*` or `sdmx.*`.
    """
    if len(data) > MAX_BYTES:
        size_mb = -(-len(data) * 10 // MEBIBYTE) / 10
        limit_mb = MAX_BYTES // MEBIBYTE
        raise KembarError("table.size", name=name, size_mb=size_mb, limit_mb=limit_mb)
    if sdmx.form_of(data):
        found = sdmx.read(data, name=name)
        rows = tuple(Row(number, cells) for number, cells in enumerate(found.rows, 1))
        table = Table(found.concepts, rows)
        return FigureTable(_renamed(table, found.dimensions, name=name), is_exact=True)
    table = read_table(data, name=name)
    concepts = {column.strip().upper() for column in table.header}
    if "OBS_VALUE" in concepts and "value" not in {each.strip().lower() for each in table.header}:
        return FigureTable(_renamed(table, (), name=name), is_exact=True)
    return FigureTable(table, is_exact=False)


def _renamed(table: Table, dimensions: Collection[str], *, name: str) -> Table:
    """Return a table of SDMX with our columns; what tells its rows apart beside them is refused.

    A file by sex and age has several values for one region and year: taken without its sex and
    age, each would pass for the whole.
    """
    known = {concept: ours for ours, concepts in _CONCEPTS.items() for concept in concepts}
    columns: dict[str, str] = {}
    for column in table.header:
        # SDMX-CSV may write the name behind the code: REF_AREA: Reference area.
        concept = column.split(":")[0].strip().upper()
        if ours := known.get(concept):
            columns.setdefault(ours, column)
        elif concept not in _PASSED_BY and (not dimensions or column in dimensions):
            _refuse_several(table.rows, column, name=name)
    power = next((c for c in table.header if c.strip().upper() == _UNIT_MULT), "")
    rows = []
    for row in table.rows:
        cells = {ours: _code(row.cells.get(column, "")) for ours, column in columns.items()}
        if power and cells.get("unit"):
            tens = row.cells.get(power, "").strip()
            cells["unit"] = _POWERS.get(tens or "0", f"10^{tens} ") + cells["unit"]
        if not cells.get("value"):
            continue  # an observation that is announced and not there
        rows.append(Row(row.number, cells, {}))
    if not rows:
        raise KembarError("sdmx.empty", name=name)
    return Table(tuple(columns), tuple(rows), table.sheet)


def _code(cell: str) -> str:
    """Return the code alone where SDMX-CSV gives the name behind it: ID-NT: East Nusa Tenggara."""
    code, colon, _name = cell.partition(": ")
    return code if colon and " " not in code else cell


def _refuse_several(rows: Sequence[Row], column: str, *, name: str) -> None:
    values = dict.fromkeys(row.cells.get(column, "") for row in rows)
    if len(values) > 1:
        some = ", ".join(list(values)[:3])
        raise KembarError("sdmx.dimension", name=name, dimension=column, values=some)

"""Tables and criteria as people write them: CSV and TOML."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from kembar.engines.delimited import delimiter_of
from kembar.engines.errors import KembarError
from kembar.engines.scouting.criteria import Criterion, Floats, Law, Table
from kembar.engines.scouting.preferences import Interval, Preference, read_preferences
from kembar.engines.scouting.said import Said

_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_ONE: Final = re.compile(_NUMBER, re.ASCII)
_BETWEEN: Final = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})", re.ASCII)
_ABOUT: Final = re.compile(rf"({_NUMBER})\s*(?:±|\+/?-)\s*({_NUMBER})", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
# Not "-": statistical offices write it for nought as well as for unknown.
_UNKNOWN: Final = {"", "na", "n/a", "nan", "...", "…", "?"}


@dataclass(frozen=True)
class Wanted:
    """A criterion as a file asks for it; ends that are not given come from the table."""

    code: str
    column: str
    worst: float | None = None
    best: float | None = None
    direction: Literal["more", "less"] = "more"
    group: str = ""
    unit: str = ""
    name: str = ""
    source: str = ""
    capped: bool = False


@dataclass(frozen=True)
class Filter:
    """A condition that comes before all ranking.

    Attributes
    ----------
    column
    reason, basis
        Why, and by what law or decision; shown with whoever is filtered out.
    least, most
        Bounds of a number, in the unit of the column.
    keep, drop
        Texts that are allowed, or not.
    """

    column: str
    reason: str
    basis: str = ""
    least: float | None = None
    most: float | None = None
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brief:
    """What a criteria file says."""

    name: str
    criteria: tuple[Wanted, ...] = ()
    filters: tuple[Filter, ...] = ()
    preferences: tuple[Preference, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    precision: float | None = None
    grouped: bool = True
    alternative: str = ""


@dataclass(frozen=True)
class Excluded:
    """An alternative that a filter took out.

    Attributes
    ----------
    code
    reason, basis
        Why, and by what rule.
    filter
        Code of the filter; empty for those of a criteria file.
    seen
        How the rule was seen: "text", "secondary" or "unverified".
    source
        Where.
    why
        The reason as a code with its facts, to be told in any language.
    """

    code: str
    reason: str
    basis: str
    filter: str = ""
    seen: str = ""
    source: str | Said = ""
    why: KembarError | None = None


@dataclass(frozen=True, eq=False)
class Reading:
    """A table ready for ranking, whom the filters took out, and what should be said with it.

    `notices` are errors that stop nothing: their codes have sentences like those of others.
    """

    table: Table
    excluded: tuple[Excluded, ...]
    notices: tuple[KembarError, ...]


# The criteria file -----------------------------------------------------------------------

_TOP: Final[dict[str, type]] = {
    "alternative": str, "grouped": bool, "criteria": list, "filters": list,
    "preferences": list, "points": dict, "precision": float, "intervals": dict,
}  # fmt: skip
_CRITERION: Final[dict[str, type]] = {
    "code": str, "column": str, "worst": float, "best": float, "direction": str,
    "group": str, "unit": str, "name": str, "source": str, "capped": bool,
}  # fmt: skip
_FILTER: Final[dict[str, type]] = {
    "column": str, "reason": str, "basis": str, "least": float, "most": float,
    "keep": list, "drop": list,
}  # fmt: skip
_NOT_A: Final[dict[type, str]] = {
    str: "scout.key_not_text", float: "scout.key_not_number", bool: "scout.key_not_true",
    list: "scout.key_not_list", dict: "scout.key_not_table",
}  # fmt: skip


def read_brief(data: bytes, *, name: str, criteria: bool = True) -> Brief:
    """Return what a criteria file asks for.

    Parameters
    ----------
    data
        TOML, in UTF-8; see docs/reference/criteria-file.md.
    name
        Of the file, for what is said about it.
    criteria
        Whether to read its criteria and filters, which for regions are written otherwise.

    Raises
    ------
    KembarError
        "scout.toml", "scout.key_unknown", "scout.key_type", "scout.key_missing",
        "scout.direction", and those of `read_preferences`.
    """
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise KembarError("scout.toml", name=name, reason=str(error).rstrip(".")) from error
    top = checked(content, _TOP, name)
    if not criteria:
        top |= {"criteria": [], "filters": []}
    wanted = []
    for number, entry in enumerate(top.get("criteria", []), 1):
        wanted.append(_wanted(entry, name, f"{name}, [[criteria]] {number}"))
    filters = []
    for number, entry in enumerate(top.get("filters", []), 1):
        place = f"{name}, [[filters]] {number}"
        given = checked(entry, _FILTER, place, needed=("column", "reason"))
        for key in ("keep", "drop"):
            if key in given:
                given[key] = tuple(str(each) for each in given[key])
        filters.append(Filter(**given))
    preferences: list[Preference] = []
    for each in top.get("preferences", []):
        if not isinstance(each, str):
            raise KembarError("scout.key_not_texts", place=name, key="preferences")
        preferences += read_preferences(each)
    for key, ends in top.get("intervals", {}).items():
        preferences.append(_interval(key, ends, name))
    points = top.get("points", {})
    points = checked(points, dict.fromkeys(points, float), f"{name}, [points]")
    return Brief(
        name=name,
        criteria=tuple(wanted),
        filters=tuple(filters),
        preferences=tuple(preferences),
        points=points,
        precision=top.get("precision"),
        grouped=top.get("grouped", True),
        alternative=top.get("alternative", ""),
    )


def _wanted(entry: object, name: str, place: str) -> Wanted:
    given = checked(entry, _CRITERION, place, needed=("code",))
    given.setdefault("column", given["code"])
    direction = given.get("direction", "more")
    if direction not in ("more", "less"):
        raise KembarError("scout.key_not_direction", place=place, key="direction")
    worst, best = given.get("worst"), given.get("best")
    if worst is not None and best is not None:
        said = "more" if best > worst else "less"
        if "direction" in given and worst != best and said != direction:
            raise KembarError("scout.direction", name=name, criterion=given["code"])
        given["direction"] = said
    return Wanted(**given)


def _interval(key: str, ends: object, name: str) -> Interval:
    two = isinstance(ends, list) and len(ends) == 2
    if not (two and all(type(end) in (int, float) for end in ends)):  # type: ignore[attr-defined] # it is a list
        raise KembarError("scout.key_not_pair", place=f"{name}, [intervals]", key=key)
    low, high = (float(end) for end in ends)  # type: ignore[attr-defined] # it is a list
    interval = Interval(key, low, high)
    if not 0 <= low < high <= 1:
        raise KembarError("weights.interval", preference=str(interval))
    return interval


def checked(
    given: object, known: Mapping[str, type], place: str, *, needed: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the keys of a TOML table, each of the type it should have.

    `place` is the file, with the name that TOML gives to the table: words that need no
    translation.
    """
    if not isinstance(given, dict):
        raise KembarError("scout.not_table", place=place)
    for key in needed:
        if key not in given:
            raise KembarError("scout.key_missing", place=place, key=key)
    found: dict[str, Any] = {}
    for key, value in given.items():
        kind = known.get(key)
        if kind is None:
            raise KembarError("scout.key_unknown", place=place, key=key, known=", ".join(known))
        # In Python true is a number, in TOML it is not.
        fits = type(value) in (int, float) if kind is float else isinstance(value, kind)
        if not fits or (kind is float and not _is_finite(value)):
            raise KembarError(_NOT_A[kind], place=place, key=key)
        found[key] = float(value) if kind is float else value
    return found


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False  # a whole number of more than 308 digits


# The table -------------------------------------------------------------------------------


def read_table(
    data: bytes, *, name: str, brief: Brief | None = None, decimal_point: bool = False
) -> Reading:
    """Return the table that a CSV file holds.

    The first row names the columns; the first column names the alternatives, unless the brief
    says otherwise. A cell is a number (1234.5), a range whose values are equally likely
    (10..15), a mean and its standard deviation (12±2), or empty if it is unknown.

    Parameters
    ----------
    data
        CSV in UTF-8 or, with its mark, UTF-16, parted by commas, semicolons or tabs.
    name
        Of the file, for what is said about it.
    brief
        Which columns to rank by and how; left out, all others than the first, more being better.
    decimal_point
        Whether 1.234 surely is a little more than 1; otherwise a column whose points may all
        stand between thousands is refused.

    Raises
    ------
    KembarError
        "scout.encoding", "table.empty", "scout.either" and "scout.not_number" with row and
        column, and the others of `scout.`.
    """
    brief = brief or Brief(name)
    header, lines = read_lines(data, name)
    names = _column(header, brief.alternative, name) if brief.alternative else 0
    for number, cells in lines:
        if not cells[names].strip():
            raise KembarError("scout.name_missing", name=name, row=number)
    codes = [cells[names].strip() for _number, cells in lines]
    excluded, unknown = _filter(header, lines, codes, brief, name)
    kept = [number for number, code in enumerate(codes) if code not in excluded]
    if not kept:
        raise KembarError("scout.all_filtered", count=len(codes))
    lines, codes = [lines[k] for k in kept], [codes[k] for k in kept]
    wanted = brief.criteria or tuple(
        Wanted(code=head, column=head) for k, head in enumerate(header) if k != names
    )
    if not wanted:
        raise KembarError("scout.no_criteria", name=name)
    if not decimal_point:
        _refuse_either(name, wanted, lines, header)
    read = np.array([_cells(lines, header, each.column, name) for each in wanted])
    first, second = read[:, :, 0].T.copy(), read[:, :, 1].T.copy()
    law = read[:, :, 2].T.astype(np.int8)
    criteria, adrift = _criteria(wanted, first, second, law)
    table = Table(tuple(codes), criteria, first, second, law)
    return Reading(table, tuple(excluded.values()), (*unknown, *_notices(table, adrift)))


Lines = list[tuple[int, list[str]]]


def read_text(data: bytes, *, name: str) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with its mark, as Excel writes it.

    Raises
    ------
    KembarError
        "scout.workbook", "scout.encoding", "scout.null".
    """
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise KembarError("scout.workbook", name=name)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise KembarError("scout.encoding", name=name, line=line) from error
    if "\0" in text:
        raise KembarError("scout.null", name=name, line=text[: text.index("\0")].count("\n") + 1)
    return text


def read_lines(data: bytes, name: str) -> tuple[list[str], Lines]:
    """Return the names of the columns, and the number and cells of each row that is not empty."""
    text = read_text(data, name=name)
    sign = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: Lines = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        if "field limit" in str(error):
            limit, line = csv.field_size_limit(), reader.line_num
            raise KembarError("table.cell_size", name=name, line=line, limit=limit) from error
        raise KembarError("scout.quote", name=name, line=reader.line_num) from error
    if not rows:
        raise KembarError("table.empty", name=name)
    header = [cell.strip() for cell in rows[0][1]]
    _look_at_header(header, name)
    for number, cells in rows[1:]:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            count, found = len(header), len(cells)
            raise KembarError("scout.cells_many", name=name, row=number, found=found, columns=count)
    if len(rows) == 1:
        raise KembarError("scout.empty")
    width = len(header)
    return header, [(number, (cells + [""] * width)[:width]) for number, cells in rows[1:]]


def _look_at_header(header: list[str], name: str) -> None:
    for number, head in enumerate(header):
        if not head:
            raise KembarError("scout.header_empty", name=name, column=number + 1)
        if head in header[:number]:
            raise KembarError("scout.header_twice", name=name, header=head)


def _column(header: list[str], column: str, name: str) -> int:
    if column not in header:
        found = ", ".join(header)
        raise KembarError("scout.column_unknown", name=name, column=column, found=found)
    return header.index(column)


def _cells(
    lines: Lines, header: list[str], column: str, name: str
) -> list[tuple[float, float, int]]:
    place = _column(header, column, name)
    found = []
    for number, cells in lines:
        cell = read_cell(cells[place])
        if cell is None:
            value = cells[place].strip()
            raise KembarError("scout.not_number", name=name, row=number, column=column, value=value)
        found.append(cell)
    return found


def read_cell(text: str) -> tuple[float, float, int] | None:
    """Return the two numbers and the law of a cell, or None if it cannot be read."""
    text = text.strip().replace("−", "-")
    if text.casefold() in _UNKNOWN:
        return float("nan"), 0.0, Law.MISSING
    found: tuple[float, float, int] | None = None
    if _ONE.fullmatch(text):
        found = (float(text), 0.0, Law.EXACT)
    elif match := _BETWEEN.fullmatch(text):
        found = (float(match[1]), float(match[2]), Law.BETWEEN)
    elif match := _ABOUT.fullmatch(text):
        found = (float(match[1]), float(match[2]), Law.NORMAL)
    return found if found and np.isfinite(found[:2]).all() else None


def _criteria(
    wanted: Sequence[Wanted], first: Floats, second: Floats, law: np.ndarray[Any, Any]
) -> tuple[tuple[Criterion, ...], list[str]]:
    """Return the criteria with both ends, and the codes of those whose ends the table gave."""
    criteria, adrift = [], []
    for number, each in enumerate(wanted):
        worst, best = each.worst, each.best
        if worst is None or best is None:
            known = law[:, number] != Law.MISSING
            if not known.any():
                raise KembarError("scout.all_missing", criterion=each.code)
            ends = first[known, number]
            upper = np.where(law[known, number] == Law.BETWEEN, second[known, number], ends)
            low, high = float(ends.min()), float(max(upper.max(), ends.max()))
            if low == high:
                raise KembarError("scout.constant", criterion=each.code, value=low)
            low, high = (high, low) if each.direction == "less" else (low, high)
            worst, best = low if worst is None else worst, high if best is None else best
            adrift.append(each.code)
        criteria.append(
            Criterion(
                each.code, worst, best, each.group, each.unit, each.name, each.source, each.capped
            )
        )
    return tuple(criteria), adrift


def _filter(
    header: list[str], lines: Lines, codes: list[str], brief: Brief, name: str
) -> tuple[dict[str, Excluded], list[KembarError]]:
    """Return who is filtered out, by the first filter that does, and what is not known."""
    excluded: dict[str, Excluded] = {}
    notices = []
    for each in brief.filters:
        place = _column(header, each.column, name)
        unknown = []
        for (number, cells), code in zip(lines, codes, strict=True):
            value = cells[place].strip()
            if value.casefold() in _UNKNOWN:
                unknown.append(code)
            elif code not in excluded and not _passes(each, value, number, name):
                excluded[code] = Excluded(code, each.reason, each.basis)
        if unknown:
            listed = ", ".join(unknown)
            notices.append(
                KembarError("scout.filter_unknown", column=each.column, alternatives=listed)
            )
    return excluded, notices


def _passes(condition: Filter, value: str, row: int, name: str) -> bool:
    if condition.keep and value not in condition.keep:
        return False
    if value in condition.drop:
        return False
    if condition.least is None and condition.most is None:
        return True
    if not _ONE.fullmatch(value):
        column = condition.column
        raise KembarError("scout.not_number", name=name, row=row, column=column, value=value)
    low = -np.inf if condition.least is None else condition.least
    high = np.inf if condition.most is None else condition.most
    return bool(low <= float(value) <= high)


def _refuse_either(name: str, wanted: Sequence[Wanted], lines: Lines, header: list[str]) -> None:
    """Refuse a column whose every point may stand between thousands as well as before decimals.

    Half of our people write 1.234 for what the other half writes 1,234.
    """
    for each in wanted:
        place = _column(header, each.column, name)
        pointed = [
            (row, part) for row, cells in lines for part in numbers_in(cells[place]) if "." in part
        ]
        if pointed and all(may_be_either(part) for _row, part in pointed):
            row, part = pointed[0]
            raise either(part, name=name, row=row, column=each.column)


def numbers_in(cell: str) -> list[str]:
    """Return the numbers of a cell: one, both ends of a range, or a mean and its deviation."""
    return [part.strip() for part in re.split(r"\.\.|±|\+/?-", cell)]


def may_be_either(text: str) -> bool:
    """Return whether a number may be thousands or thousandths: 1.234, but not 1.5 or 0.234."""
    return bool(_THOUSANDS.fullmatch(text.strip().replace("−", "-")))


def either(text: str, *, name: str, row: int, column: str) -> KembarError:
    """Return the error that says what a number may be."""
    value = text.strip()
    return KembarError(
        "scout.either", name=name, row=row, column=column, value=value,
        whole=value.replace(".", ""), part=f"{value}0",
    )  # fmt: skip


def _notices(table: Table, adrift: list[str]) -> list[KembarError]:
    notices = []
    if adrift:
        notices.append(KembarError("scout.anchors_from_table", criteria=", ".join(adrift)))
    if missing := int((table.law == Law.MISSING).sum()):
        notices.append(KembarError("scout.missing", count=missing))
    if beyond := table.beyond():
        alternative, criterion = beyond[0]
        notices.append(
            KembarError(
                "scout.beyond_anchors",
                count=len(beyond),
                alternative=alternative,
                criterion=criterion,
            )
        )
    return notices

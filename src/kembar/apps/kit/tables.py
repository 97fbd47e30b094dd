"""Tables that a stranger hands in, read without trusting them, and tables handed out."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any, Final, Literal
from unicodedata import east_asian_width
from xml.parsers import expat

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.chartsheet import Chartsheet
from openpyxl.comments import Comment
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from kembar.engines.delimited import HAS_APOSTROPHE, delimiter_of, harmless
from kembar.engines.errors import KembarError

MEBIBYTE: Final = 2**20
MAX_UNPACKED_BYTES: Final = 100 * MEBIBYTE
MAX_RATIO: Final = 200
EXTRA: Final = ""
"""The key of `Row.problems` for what concerns no column: too many cells. No header is empty."""

# A part smaller than this does no harm, however well it is packed.
_HARMLESS_BYTES: Final = MEBIBYTE
_CHUNK_BYTES: Final = 64 * 1024
# The parts of a workbook that may hold more are its sheets and texts, which are read in a stream.
_MOST_BRANCHES: Final = 250_000
_XML: Final = (".xml", ".rels")
_EXCEL_ROWS: Final = 1_048_576
_EXCEL_COLUMNS: Final = 16_384
_EXCEL_CELL_CHARACTERS: Final = 32_767
_WIDEST_COLUMN: Final = 60  # characters

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\]")

# What openpyxl lets out of a file that is not built as it should be.
_BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    expat.ExpatError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank.

    Parameters
    ----------
    number
        As the user's spreadsheet program counts it, from 1, the header included.
    cells
        The text of each column by its name; "" if there is none.
    problems
        A code of `engines.errors.SENTENCES` ("cell.formula") by column name, or by `EXTRA`.
    """

    number: int
    cells: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, the rows below them, and the sheet they stand on ("" in CSV)."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Limits:
    name: str
    rows: int
    columns: int

    def error(self, code: str, **facts: object) -> KembarError:
        return KembarError(code, name=self.name, **facts)


_NO_CELL: Final = _Cell("")
_Line = tuple[int, Sequence[_Cell]]


def read_table(
    data: bytes,
    *,
    name: str,
    max_bytes: int = 20 * MEBIBYTE,
    max_rows: int = 20_000,
    max_columns: int = 100,
) -> Table:
    """Return the table in a CSV or XLSX file, known by its content.

    The first row that is not blank is the header. In a workbook the first visible sheet that
    has one is read. Texts stay as they are, but for an apostrophe that `write_csv` put there.

    Parameters
    ----------
    data
        The file.
    name
        What its owner calls it, for the errors.
    max_bytes, max_rows, max_columns
        What is accepted; blank rows do not count.

    Raises
    ------
    KembarError
        A code of `table.`, with `name` and where the fault is. A fault of one cell is no
        error but stands in `Row.problems`.
    """
    limits = _Limits(name, max_rows, max_columns)
    if len(data) > max_bytes:
        size_mb = -(-len(data) * 10 // MEBIBYTE) / 10
        raise limits.error("table.size", size_mb=size_mb, limit_mb=max_bytes // MEBIBYTE)
    if data.startswith(b"PK\x03\x04"):
        return _read_workbook(data, limits)
    _refuse_other_kinds(data, limits)
    return _table(_csv_lines(_decoded(data, limits), limits), limits, sheet="")


def _table(lines: Iterable[_Line], limits: _Limits, *, sheet: str) -> Table:
    filled = ((number, cells) for number, cells in lines if _is_filled(cells))
    first = next(filled, None)
    if first is None:
        raise limits.error("table.empty")
    header = _header(*first, limits)
    rows: list[Row] = []
    for number, cells in filled:
        if len(rows) == limits.rows:
            raise limits.error("table.rows", limit=limits.rows)
        rows.append(_row(number, cells, header))
    return Table(header, tuple(rows), sheet)


def _is_filled(cells: Sequence[_Cell]) -> bool:
    return any(cell.problem or not _is_blank(cell.text) for cell in cells)


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


def _header(number: int, cells: Sequence[_Cell], limits: _Limits) -> tuple[str, ...]:
    names = [cell.text.strip() for cell in cells]
    while not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise limits.error("table.columns", limit=limits.columns)
    seen: dict[str, str] = {}
    for at, (header, cell) in enumerate(zip(names, cells, strict=False), 1):
        where = {"column": get_column_letter(at), "row": number}
        if cell.problem:
            raise limits.error("table.header_formula", **where)
        if not header:
            raise limits.error("table.header_empty", **where)
        if header.casefold() in seen:
            first = seen[header.casefold()]
            raise limits.error("table.header_twice", first=first, header=header, **where)
        seen[header.casefold()] = get_column_letter(at)
    return tuple(names)


def _row(number: int, cells: Sequence[_Cell], header: tuple[str, ...]) -> Row:
    missing = [_NO_CELL] * (len(header) - len(cells))
    named = dict(zip(header, [*cells, *missing], strict=False))
    problems = {column: cell.problem for column, cell in named.items() if cell.problem}
    if _is_filled(cells[len(header) :]):
        problems[EXTRA] = "cell.extra"
    return Row(number, {column: cell.text for column, cell in named.items()}, problems)


def _without_apostrophe(text: str) -> str:
    return HAS_APOSTROPHE.sub("", text)


# Kinds of file


_KINDS: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"PK", "ZIP"),
    (b"<!doctype", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<?xml", "XML"),
    (b"{", "JSON"),
    (b"[{", "JSON"),
)


def _refuse_other_kinds(data: bytes, limits: _Limits) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Word, Excel 97 and Excel with a password share this container.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise limits.error("table.encrypted")
        raise limits.error("table.format", kind="XLS")
    start = data[:256].removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, kind in _KINDS:
        if start.startswith(mark) or start.lower().startswith(mark):
            raise limits.error("table.not_table", kind=kind)


# CSV


def _decoded(data: bytes, limits: _Limits) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, errors="ignore")
        line = _line_of(before, len(before))
        raise limits.error("table.encoding", line=line) from error
    if "\x00" in text:
        raise limits.error("table.null", line=_line_of(text, text.index("\x00")))
    return text


def _line_of(text: str, place: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:place])) + 1


def _csv_lines(text: str, limits: _Limits) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    number = 0
    while True:
        line = reader.line_num + 1
        number += 1
        try:
            texts = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A mark that is never closed makes one cell of all that follows.
            if "field limit" in str(error):
                limit = csv.field_size_limit()
                raise limits.error("table.cell_size", line=line, limit=limit) from error
            raise limits.error("table.quote", line=line) from error
        yield number, [_Cell(_without_apostrophe(cell)) for cell in texts]


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file that Excel opens rightly and in which nothing runs.

    Parameters
    ----------
    header
        The names of the columns.
    rows
        The texts of each row in the header's order.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, comma, CRLF. What a spreadsheet would run has an
        apostrophe before it, which `read_table` takes off. Control characters are left out.

    References
    ----------
    RFC 4180; OWASP, CSV Injection.
    """
    file = io.StringIO(newline="")
    # The header is quoted, so that a semicolon in it is not taken for the delimiter.
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(map(csv_cell, header))
    csv.writer(file).writerows(map(csv_cell, row) for row in rows)
    return file.getvalue().encode("utf-8-sig")


def csv_cell(text: str) -> str:
    """Return a text as it may stand in a CSV file: nothing in it runs, wherever it is parted."""
    return harmless(_NOT_IN_XML.sub("", text))


# XLSX


def _read_workbook(data: bytes, limits: _Limits) -> Table:
    try:
        archive = _Package(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise limits.error("table.truncated") from error
    with archive:
        _refuse_bomb(archive, len(data), limits)
        _refuse_other_packages(archive, limits)
        merged = _inspect(archive, limits)
        with _broken_is_told(limits), warnings.catch_warnings():
            # openpyxl warns of print settings and the like, which are nothing to us.
            warnings.simplefilter("ignore")
            reader = _Reader(archive)
            reader.read()
            return _first_table(reader.wb, merged, limits)


class _Package(zipfile.ZipFile):
    """Gives openpyxl only what was inspected, under whatever name the workbook asks for it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.large: set[str] = set()

    def open(
        self,
        name: str | zipfile.ZipInfo,
        mode: Literal["r", "w"] = "r",
        pwd: bytes | None = None,
        *,
        force_zip64: bool = False,
    ) -> IO[bytes]:
        if isinstance(name, str) and not name.endswith(_XML):
            raise zipfile.BadZipFile(name)
        return super().open(name, mode, pwd, force_zip64=force_zip64)

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        # What is read whole becomes a tree, a hundred times as large.
        if name in self.large:
            raise zipfile.BadZipFile(name)
        return super().read(name, pwd)


class _Reader(ExcelReader):
    """Reads a package that is open already, and of its sheets those with cells only."""

    def __init__(self, archive: _Package) -> None:
        assert archive.fp is not None  # noqa: S101  # for the type checker: it is open
        super().__init__(archive.fp, read_only=True, keep_links=False)
        self.archive = archive

    def read_chartsheet(self, sheet: Any, rel: object) -> None:
        # Names of ranges count the sheets, so its place is kept.
        self.wb._sheets.append(Chartsheet(parent=self.wb))  # type: ignore[attr-defined]  # not in the stubs


@contextmanager
def _broken_is_told(limits: _Limits) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise limits.error("table.broken") from error


def _refuse_bomb(archive: _Package, size: int, limits: _Limits) -> None:
    parts = archive.infolist()
    declared = sum(part.file_size for part in parts)
    too_tight = any(
        part.file_size > max(_HARMLESS_BYTES, part.compress_size * MAX_RATIO) for part in parts
    )
    # Parts may lie over each other, so what they say together is held against the file too.
    if too_tight or declared > min(MAX_UNPACKED_BYTES, max(_HARMLESS_BYTES, size * MAX_RATIO)):
        raise _bomb(limits)
    if any(part.flag_bits & 1 for part in parts):
        raise limits.error("table.encrypted")


def _bomb(limits: _Limits) -> KembarError:
    limit_mb = MAX_UNPACKED_BYTES // MEBIBYTE
    return limits.error("table.bomb", limit_mb=limit_mb, ratio=MAX_RATIO)


def _refuse_other_packages(archive: _Package, limits: _Limits) -> None:
    names = set(archive.namelist())
    folders = {name.partition("/")[0] for name in names}
    if "mimetype" in names:
        raise limits.error("table.format", kind="ODS")
    if "xl/workbook.bin" in names:
        raise limits.error("table.format", kind="XLSB")
    if "Index" in folders:
        raise limits.error("table.format", kind="Numbers")
    if "[Content_Types].xml" not in names or "xl" not in folders:
        kind = "Word" if "word" in folders else "PowerPoint" if "ppt" in folders else "ZIP"
        raise limits.error("table.not_table", kind=kind)
    if any(name.lower().endswith("vbaproject.bin") or "macrosheets/" in name for name in names):
        raise limits.error("table.macros")


class _Inspector:
    """Counts a part's elements as they stream by, so that openpyxl meets no more than we bear."""

    def __init__(self, limits: _Limits) -> None:
        self.merged = ""
        self.elements = 0
        self._limits = limits
        self._rows = 0
        # Twice the cells of a full table, each with a value.
        self._most_elements = max(_HARMLESS_BYTES, 4 * limits.rows * limits.columns)
        self._most_rows = 10 * limits.rows
        # Before the first row or text, styles and the like may be many.
        self._in_group = -self._most_elements
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        with _broken_is_told(self._limits):
            self._parser.Parse(chunk)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self._in_group += 1
        local = tag.rpartition(":")[2]
        if local in ("row", "si"):
            self._in_group = 0
            self._rows += local == "row"
        elif local == "mergeCell":
            self.merged = self.merged or attributes.get("ref", "?")
        if self.elements > self._most_elements or self._rows > self._most_rows:
            raise self._limits.error("table.rows", limit=self._limits.rows)
        # openpyxl builds a row before it gives it; a full one has cells, values and formulas.
        if self._in_group > 3 * _EXCEL_COLUMNS:
            raise self._limits.error("table.columns", limit=self._limits.columns)

    def _refuse(self, *doctype: object) -> None:
        # No spreadsheet has a document type; one serves to make entities that explode.
        raise self._limits.error("table.broken")


def _inspect(archive: _Package, limits: _Limits) -> dict[str, str]:
    """Return the first merged range by part, after every part was unpacked and counted."""
    merged = {}
    unpacked = 0
    for part in archive.infolist():
        inspector = _Inspector(limits)
        is_xml = part.filename.endswith(_XML)
        for chunk in _chunks(archive, part, limits):
            unpacked += len(chunk)
            if unpacked > MAX_UNPACKED_BYTES:
                raise _bomb(limits)
            if is_xml:
                inspector.feed(chunk)
        if inspector.merged:
            merged[part.filename] = inspector.merged
        if inspector.elements > _MOST_BRANCHES:
            archive.large.add(part.filename)
    return merged


def _chunks(archive: _Package, part: zipfile.ZipInfo, limits: _Limits) -> Iterator[bytes]:
    try:
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise limits.error("table.truncated") from error


def _first_table(workbook: Any, merged: Mapping[str, str], limits: _Limits) -> Table:
    # The stubs of openpyxl do not know what a read-only workbook gives, hence Any.
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            continue
        # openpyxl tells merged cells only when it reads the whole file into memory.
        path = sheet._worksheet_path.lstrip("/")
        if path in merged:
            raise limits.error("table.merged", sheet=sheet.title, range=merged[path])
        # The file's own word on its size may be wrong or meant to exhaust us.
        sheet.reset_dimensions()
        try:
            return _table(_sheet_lines(sheet), limits, sheet=sheet.title)
        except KembarError as error:
            if error.code != "table.empty":
                raise
    raise limits.error("table.empty")


def _sheet_lines(sheet: Any) -> Iterator[_Line]:
    for number, cells in enumerate(sheet.iter_rows(max_row=_EXCEL_ROWS), 1):
        if cells:
            yield number, [_sheet_cell(cell.value, cell.data_type) for cell in cells]


def _sheet_cell(value: object, data_type: str) -> _Cell:
    if value is None:
        return _NO_CELL
    if data_type == "f":
        return _Cell(str(getattr(value, "text", value)), "cell.formula")
    if data_type == "e":
        return _Cell(str(value), "cell.error")
    if isinstance(value, str):
        # Excel writes the carriage return of a Windows line break like this.
        return _Cell(_without_apostrophe(value.replace("_x000D_\n", "\n")))
    if isinstance(value, bool):
        return _Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return _number(value)
    return _Cell(_moment(value))


def _number(value: float) -> _Cell:
    # Excel shows 15 digits, the last that a double holds exactly.
    shown = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
    if not shown.is_finite():
        return _Cell(str(value), "cell.error")
    return _Cell(format(shown, "f"))


def _moment(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        hours, seconds = divmod(round(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return str(value)


def write_xlsx(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    sheet: str,
    notes: Mapping[str, str],
) -> bytes:
    """Return an Excel workbook of one sheet in which every cell is text and nothing runs.

    Parameters
    ----------
    header
        The names of the columns: bold, and still in sight when one scrolls.
    rows
        The texts of each row in the header's order.
    sheet
        The sheet's name; signs that Excel does not take become spaces, 31 characters stay.
    notes
        What to say at a column's name when the mouse is over it, by column.

    Raises
    ------
    KembarError
        `table.cell_long` if a text has more than 32,767 characters, which Excel cuts.
    """
    lines = [[_sheet_text(text) for text in row] for row in (header, *rows)]
    title = _NOT_IN_SHEET_NAME.sub(" ", _sheet_text(sheet)).strip("' ")[:31] or "1"
    _refuse_long_cells(lines, sheet=title)
    workbook = Workbook(write_only=True)
    page = workbook.create_sheet(title)
    page.freeze_panes = "A2"
    for at, width in enumerate(_widths(lines), 1):
        page.column_dimensions[get_column_letter(at)].width = width
    page.append([_header_cell(page, text, notes.get(text, "")) for text in lines[0]])
    for line in lines[1:]:
        page.append([_text_cell(page, text) for text in line])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _sheet_text(text: str) -> str:
    text = _NOT_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    # A text cell never runs; only what would lose an apostrophe on its way back gets another.
    return HAS_APOSTROPHE.sub("''", text)


def _refuse_long_cells(lines: Sequence[Sequence[str]], *, sheet: str) -> None:
    for row, line in enumerate(lines, 1):
        for at, text in enumerate(line, 1):
            if len(text) > _EXCEL_CELL_CHARACTERS:
                raise KembarError(
                    "table.cell_long",
                    sheet=sheet,
                    column=get_column_letter(at),
                    row=row,
                    length=len(text),
                    limit=_EXCEL_CELL_CHARACTERS,
                )


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    widths = [0] * len(lines[0])
    for line in lines:
        widths[: len(line)] = map(max, widths, map(_width, line))
    return [min(width + 2, _WIDEST_COLUMN) for width in widths]


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text[:_WIDEST_COLUMN])


def _text_cell(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=text)
    # Else openpyxl takes "=1+1" for a formula, and Excel would when somebody edits the cell.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _header_cell(page: Any, text: str, note: str) -> Any:
    cell = _text_cell(page, text)
    cell.font = Font(bold=True)
    if note:
        cell.comment = Comment(note, "Kembar", width=320, height=120)
    return cell

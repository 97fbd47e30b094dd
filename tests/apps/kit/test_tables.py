"""Spreadsheets from strangers are read safely, and what is refused is said where."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from kembar.apps.kit.tables import EXTRA, Table, read_table, write_csv, write_xlsx
from kembar.engines.errors import KembarError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(*rows: Sequence[Any], change: Any = None) -> bytes:
    workbook = Workbook()
    page = workbook.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    if change:
        change(workbook)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def repacked(data: bytes, parts: dict[str, bytes]) -> bytes:
    """Replace or add parts of a package."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def with_sheet_xml(rows: str, before: str = "") -> bytes:
    sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return repacked(xlsx(["a"]), {"xl/worksheets/sheet1.xml": sheet.encode()})


def read(data: bytes, **limits: int) -> Table:
    return read_table(data, name="list", **limits)


def cells(table: Table) -> list[list[str]]:
    return [list(row.cells.values()) for row in table.rows]


def refusal(data: bytes, **limits: int) -> tuple[str, dict[str, object]]:
    with pytest.raises(KembarError) as caught:
        read_table(data, name="list", **limits)
    assert "list" in str(caught.value)
    assert "%(" not in str(caught.value)
    facts = dict(caught.value.facts)
    assert facts.pop("name") == "list"
    return caught.value.code, facts


# CSV


@pytest.mark.parametrize(
    "data",
    [
        b"name,area\nKupang,180\n",
        b"name;area\r\nKupang;180\r\n",
        b"name\tarea\rKupang\t180",
        b"\xef\xbb\xbfname,area\nKupang,180",
        "name;area\nKupang;180".encode("utf-16"),
        b"\xfe\xff" + "name\tarea\r\nKupang\t180\r\n".encode("utf-16-be"),
        b'"name","area"\n"Kupang","180"\n',
        b"name,area,,\nKupang,180,,\n,,,\n",
    ],
)
def test_csv_is_read_as_each_program_writes_it(data: bytes) -> None:
    table = read(data)

    assert table.header == ("name", "area")
    assert [(row.number, row.cells, row.problems) for row in table.rows] == [
        (2, {"name": "Kupang", "area": "180"}, {})
    ]


def test_a_semicolon_in_a_quoted_name_does_not_part_the_columns() -> None:
    table = read(b'"a;b;c";d\n1;2\n')

    assert table.header == ("a;b;c", "d")


def test_blank_rows_are_left_out_and_the_numbers_stay() -> None:
    table = read(b'\n\nname,note\n\nKupang,"two\nlines"\n , \nEnde,\n')

    assert [(row.number, row.cells["name"]) for row in table.rows] == [(5, "Kupang"), (7, "Ende")]


def test_cells_that_are_missing_are_empty() -> None:
    assert cells(read(b"a,b,c\n1\n")) == [["1", "", ""]]


def test_cells_beyond_the_header_are_a_problem_of_the_row() -> None:
    table = read(b"a,b\n1,2,3\n1,2,\n")

    assert table.rows[0].problems == {EXTRA: "cell.extra"}
    assert table.rows[1].problems == {}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "名称,地区\n"),
        ("cp1252", "nama,ket\nAndré,1\n"),
        ("utf-16-le", "a,b\n1,2\n"),
    ],
)
def test_another_encoding_is_refused_and_the_line_is_named(encoding: str, text: str) -> None:
    code, facts = refusal(b"id,x\n" + text.encode(encoding))

    expected = {"gb18030": ("table.encoding", 2), "cp1252": ("table.encoding", 3)}
    assert (code, facts["line"]) == expected.get(encoding, ("table.null", 2))


def test_a_cut_off_utf_16_file_is_refused() -> None:
    assert refusal("a;b\n1;2\n".encode("utf-16")[:-1])[0] == "table.encoding"


def test_the_way_out_of_a_wrong_encoding_is_said() -> None:
    with pytest.raises(KembarError, match="CSV UTF-8"):
        read("名称".encode("gb18030"))


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'a,b\n1,"half\n2,3\n4,5\n', 2),
        (b'a,b\n1,2\n"3"x,4\n', 3),
    ],
)
def test_half_a_quoted_cell_is_refused_with_the_line_where_it_begins(
    data: bytes, line: int
) -> None:
    assert refusal(data) == ("table.quote", {"line": line})


@pytest.mark.parametrize("cell", [b"x" * 200_000, b'"' + b"x,\n" * 50_000])
def test_a_cell_that_is_too_long_is_no_open_mark(cell: bytes) -> None:
    assert refusal(b"a,b\n1," + cell + b"\n") == ("table.cell_size", {"line": 2, "limit": 131_072})


def test_a_nul_sign_is_refused() -> None:
    assert refusal(b"a,b\n1,\x00\n") == ("table.null", {"line": 2})


@pytest.mark.parametrize("data", [b"", b"\n\n", b" , ,\n", b"\xef\xbb\xbf", xlsx()])
def test_a_file_without_a_header_is_refused(data: bytes) -> None:
    assert refusal(data) == ("table.empty", {})


# Header and limits


@pytest.mark.parametrize("make", [lambda *r: write_csv(r[0], r[1:]), xlsx])
def test_two_columns_of_one_name_are_refused(make: Any) -> None:
    data = make(["Name", "b", "name "], ["1", "2", "3"])

    facts = {"first": "A", "column": "C", "row": 1, "header": "name"}
    assert refusal(data) == ("table.header_twice", facts)


@pytest.mark.parametrize("make", [lambda *r: write_csv(r[0], r[1:]), xlsx])
def test_a_column_without_a_name_is_refused(make: Any) -> None:
    data = make(["a", " ", "c"], ["1", "2", "3"])

    assert refusal(data) == ("table.header_empty", {"column": "B", "row": 1})


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    code, facts = refusal(b"x" * (2**20 + 1), max_bytes=2**20)

    assert (code, facts) == ("table.size", {"size_mb": 1.1, "limit_mb": 1})


@pytest.mark.parametrize("make", [lambda *r: write_csv(r[0], r[1:]), xlsx])
def test_as_many_rows_as_allowed_are_read_and_not_one_more(make: Any) -> None:
    full = make(["a"], *[["1"]] * 5)

    assert len(read(full, max_rows=5).rows) == 5
    assert refusal(full, max_rows=4) == ("table.rows", {"limit": 4})


@pytest.mark.parametrize("make", [lambda *r: write_csv(r[0], r[1:]), xlsx])
def test_as_many_columns_as_allowed_are_read_and_not_one_more(make: Any) -> None:
    full = make(["a", "b", "c"], ["1", "2", "3"])

    assert len(read(full, max_columns=3).header) == 3
    assert refusal(full, max_columns=2) == ("table.columns", {"limit": 2})


# XLSX


def test_each_kind_of_cell_becomes_the_text_that_a_person_means() -> None:
    values = {
        "text": ("Kupang", "Kupang"),
        "digits": ("007", "007"),
        "whole": (2025, "2025"),
        "float": (2025.0, "2025"),
        "decimal": (0.1 + 0.2, "0.3"),
        "small": (1e-7, "0.0000001"),
        "large": (1e20, "100000000000000000000"),
        "negative": (-8.65, "-8.65"),
        "day": (date(2025, 11, 17), "2025-11-17"),
        "midnight": (datetime(2025, 11, 17), "2025-11-17"),
        "moment": (datetime(2025, 11, 17, 9, 30), "2025-11-17T09:30:00"),
        "hour": (time(9, 30), "09:30:00"),
        "duration": (timedelta(hours=30, minutes=5), "30:05:00"),
        "yes": (True, "TRUE"),
        "no": (False, "FALSE"),
        "nothing": (None, ""),
        "lines": ("one\ntwo", "one\ntwo"),
        "chinese": ("江西省", "江西省"),
    }

    table = read(xlsx(list(values), [value for value, _ in values.values()]))

    assert table.rows[0].cells == {name: text for name, (_, text) in values.items()}
    assert table.rows[0].problems == {}


def test_a_formula_is_a_problem_of_its_cell() -> None:
    table = read(xlsx(["a", "b"], [1, "=A2+1"], [3, 4]))

    assert table.rows[0].problems == {"b": "cell.formula"}
    assert table.rows[0].cells == {"a": "1", "b": "=A2+1"}
    assert table.rows[1].problems == {}


def test_an_error_such_as_not_available_is_a_problem_of_its_cell() -> None:
    table = read(xlsx(["a", "b"], ["#N/A", 1]))

    assert table.rows[0].problems == {"a": "cell.error"}


def test_a_formula_for_a_name_of_a_column_is_refused() -> None:
    assert refusal(xlsx(["a", "=1+1"], [1, 2])) == (
        "table.header_formula",
        {"column": "B", "row": 1},
    )


def test_merged_cells_are_refused_with_their_range() -> None:
    data = xlsx(["a", "b"], [1, 2], [3, 4], change=lambda w: w.active.merge_cells("A2:A3"))

    assert refusal(data) == ("table.merged", {"sheet": "Sheet", "range": "A2:A3"})


def test_merged_cells_on_another_sheet_do_no_harm() -> None:
    def add(workbook: Workbook) -> None:
        workbook.create_sheet("other").merge_cells("A1:B1")

    assert read(xlsx(["a"], [1], change=add)).header == ("a",)


def test_the_first_visible_sheet_with_a_table_is_read() -> None:
    def add(workbook: Workbook) -> None:
        workbook.create_sheet("hidden", 0).append(["h"])
        workbook["hidden"].sheet_state = "hidden"
        workbook.create_sheet("blank", 1)
        workbook.create_sheet("last").append(["z"])

    table = read(xlsx(["a"], [1], change=add))

    assert (table.sheet, table.header) == ("Sheet", ("a",))


def test_rows_of_a_sheet_keep_the_numbers_that_excel_shows() -> None:
    table = read(xlsx([], [], ["a"], [], [1], [], [2]))

    assert [row.number for row in table.rows] == [5, 7]


def test_a_wrong_word_of_the_file_on_its_size_is_not_believed() -> None:
    data = with_sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>'
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    wrong = sheet.replace(b"<sheetData>", b'<dimension ref="A1"/><sheetData>')

    table = read(repacked(data, {"xl/worksheets/sheet1.xml": wrong}))

    assert cells(table) == [["1", "2"]]


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "table.format", "XLS"),
        (b"%PDF-1.7\n%\xe2\xe3", "table.not_table", "PDF"),
        (b'{"rows": []}', "table.not_table", "JSON"),
        (b"\x89PNG\r\n\x1a\n", "table.not_table", "PNG"),
        (b"\xff\xd8\xff\xe0", "table.not_table", "JPEG"),
        (b"<html><table>", "table.not_table", "HTML"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "table.not_table", "HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "table.not_table", "XML"),
        (b"PK\x05\x06" + b"\x00" * 18, "table.not_table", "ZIP"),
        (repacked(xlsx(), {"xl/workbook.bin": b"x"}), "table.format", "XLSB"),
    ],
)
def test_another_kind_of_file_is_known_by_its_content(data: bytes, code: str, kind: str) -> None:
    assert refusal(data) == (code, {"kind": kind})


def package(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("names", "code", "kind"),
    [
        (["mimetype", "content.xml"], "table.format", "ODS"),
        (["[Content_Types].xml", "word/document.xml"], "table.not_table", "Word"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "table.not_table", "PowerPoint"),
        (["photo.jpg"], "table.not_table", "ZIP"),
        (["Index/Document.iwa"], "table.format", "Numbers"),
    ],
)
def test_another_kind_of_package_is_known_by_its_parts(
    names: list[str], code: str, kind: str
) -> None:
    assert refusal(package(*names)) == (code, {"kind": kind})


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_a_workbook_with_macros_is_refused(part: str) -> None:
    assert refusal(repacked(xlsx(["a"]), {part: b"x"})) == ("table.macros", {})


def test_a_workbook_with_a_password_is_refused() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")

    assert refusal(data) == ("table.encrypted", {})


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_half_a_workbook_is_refused(kept: float) -> None:
    data = xlsx(["a"], [1])

    assert refusal(data[: int(len(data) * kept)]) == ("table.truncated", {})


# Hostile files


def test_a_part_that_unpacks_to_much_is_refused_before_it_is_unpacked() -> None:
    data = repacked(xlsx(["a"]), {"xl/media/big.xml": b" " * (120 * 2**20)})
    start = perf_counter()

    code, _ = refusal(data)

    assert code == "table.bomb"
    assert perf_counter() - start < 10


def test_a_part_packed_too_tight_is_refused() -> None:
    assert refusal(repacked(xlsx(["a"]), {"x.xml": b" " * (30 * 2**20)}))[0] == "table.bomb"


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(repacked(xlsx(["a"]), {"zz.xml": b"<a>" + random.Random(1).randbytes(5000)}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")

    assert refusal(bytes(data)) == ("table.truncated", {})


def test_entities_that_explode_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    data = with_sheet_xml('<row r="1"><c r="A1"><v>&b;</v></c></row>', before=laughs)

    assert refusal(data) == ("table.broken", {})


def under_another_name(data: bytes, name: str) -> bytes:
    """Call the sheet otherwise than Excel does."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            parts[part] = archive.read(part).replace(b"sheet1.xml", name.encode())
        parts[f"xl/worksheets/{name}"] = archive.read("xl/worksheets/sheet1.xml")
    return repacked(data, parts)


@pytest.mark.parametrize("name", ["sheet1.bin", "sheet1.XML", "sheet1", "sheet1.png"])
def test_a_sheet_under_a_name_that_nobody_inspects_is_not_read(name: str) -> None:
    assert refusal(under_another_name(xlsx(["a"], [1]), name)) == ("table.broken", {})


def test_a_sheet_may_have_any_name_that_is_inspected() -> None:
    assert read(under_another_name(xlsx(["a"], [1]), "other.xml")).header == ("a",)


def test_merged_cells_are_found_under_another_name() -> None:
    data = xlsx(["a", "b"], [1, 2], [3, 4], change=lambda w: w.active.merge_cells("A2:A3"))

    assert refusal(under_another_name(data, "other.xml"))[0] == "table.merged"


def test_texts_under_a_name_that_nobody_inspects_are_not_read() -> None:
    data = with_sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/xl/strings.bin" ContentType="{kind}"/></Types>'.encode()
    texts = f'<sst xmlns="{MAIN}"><si><t>name</t></si></sst>'.encode()

    data = repacked(
        data,
        {"[Content_Types].xml": types.replace(b"</Types>", named), "xl/strings.bin": texts},
    )

    assert refusal(data) == ("table.broken", {})


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/workbook.xml", "docProps/core.xml"])
def test_a_part_that_would_become_a_huge_tree_is_refused(part: str) -> None:
    dice = random.Random(4)
    # Random, so that it is no bomb by its ratio; with rows, as if it were a sheet.
    twigs = "".join(f'<row n="{dice.randrange(10**9)}"/><a/>' for _ in range(130_000))

    data = repacked(xlsx(["a"], [1]), {part: f"<styleSheet>{twigs}</styleSheet>".encode()})

    assert refusal(data) == ("table.broken", {})


def test_a_sheet_with_a_chart_only_is_passed_over() -> None:
    def add(workbook: Workbook) -> None:
        workbook.create_chartsheet("chart", 0)

    assert read(xlsx(["a"], [1], change=add)).header == ("a",)


def test_a_hundred_thousand_rows_are_refused_soon() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'
    data = with_sheet_xml("".join(row.format(number) for number in range(1, 100_001)))
    start = perf_counter()

    assert refusal(data) == ("table.rows", {"limit": 20_000})
    assert perf_counter() - start < 30


def test_a_row_of_endlessly_many_cells_is_refused() -> None:
    filling = "".join(f"<c><v>{n}</v></c>" for n in range(60_000))

    assert refusal(with_sheet_xml(f"<row>{filling}</row>")) == ("table.columns", {"limit": 100})


def test_a_row_far_below_the_last_of_excel_does_not_keep_us() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    start = perf_counter()

    table = read(with_sheet_xml(row.format(1) + row.format(9_999_999_999)))

    assert table.rows == ()
    assert perf_counter() - start < 30


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1"><v>inf</v></c></row>',
        '<row r="x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="?!"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>soon</v></c></row>',
        '<row r="1"><c r="A1" s="q"><v>1</v></c></row>',
        f'<row r="1"><c r="A1"><v>{"9" * 5000}</v></c></row>',
        '<row r="1"><c r="A1">',
    ],
)
def test_a_sheet_that_is_not_built_as_it_should_be_is_refused(row: str) -> None:
    assert refusal(with_sheet_xml(row)) == ("table.broken", {})


def test_a_number_without_bounds_is_an_error_of_its_cell() -> None:
    data = with_sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>1e999</v></c></row>'
    )

    assert read(data).rows[0].problems == {"1": "cell.error"}


# Made once: a workbook carries its hour, and Hypothesis wants the same bytes each time.
GOOD = xlsx(["a", "b"], [1, "x"], [date(2025, 1, 1), "=A1"])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    bad = bytearray(GOOD)
    for place in data.draw(st.lists(st.integers(0, len(GOOD) - 1), min_size=1, max_size=8)):
        bad[place] = data.draw(st.integers(0, 255))

    try:
        read(bytes(bad))
    except KembarError as error:
        assert error.facts["name"] == "list"  # noqa: PT017  # either end is right


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_workbook_with_damaged_xml_is_read_or_refused(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        part = data.draw(st.sampled_from(archive.namelist()))
        xml = archive.read(part)
    at = data.draw(st.integers(0, len(xml) - 1))
    length = data.draw(st.integers(0, 30))
    filling = data.draw(st.sampled_from([b"", b"9", b"-1", b"x", b'"', b"<c/>", b"A1:B9"]))

    try:
        read(repacked(GOOD, {part: xml[:at] + filling + xml[at + length :]}))
    except KembarError as error:
        assert error.facts["name"] == "list"  # noqa: PT017  # either end is right


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read(data)
    except KembarError as error:
        assert error.facts["name"] == "list"  # noqa: PT017  # either end is right


def test_xml_is_read_with_the_safe_parser() -> None:
    assert openpyxl.DEFUSEDXML


# Writing


printable = st.text(
    st.one_of(
        st.characters(
            categories=("L", "M", "N", "P", "S", "Zs"), exclude_characters="\ufffe\uffff"
        ),
        st.sampled_from("=+-@'\",;\t\n 江é＝"),
    ),
    max_size=20,
)
headers = st.lists(
    printable.map(str.strip).filter(bool), min_size=1, max_size=4, unique_by=str.casefold
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    header = draw(headers)
    row = st.lists(printable, min_size=len(header), max_size=len(header))
    filled = row.filter(lambda texts: any(text.strip() for text in texts))
    return header, draw(st.lists(filled, max_size=5))


@given(tables())
@example((["a;b;c", "d"], [["=1+1", "'=1"], ["''@x", "'tis"], ["\ta", "-5"]]))
@example((["a;=b"], [["x;=1"], ["x;'=1"], ["x\t''-1"], ["x\n=1;@y"], [";'x"], ["'\n=1"], ["\t=1"]]))
def test_a_table_written_as_csv_is_read_back_unchanged(
    table: tuple[list[str], list[list[str]]],
) -> None:
    header, rows = table

    again = read(write_csv(header, rows))

    assert (list(again.header), cells(again)) == (header, rows)


@settings(max_examples=60, deadline=None)
@given(tables())
@example((["a;=b"], [["x;=1"], ["x;'=1"], ["x\t''-1"], ["x\n=1;@y"], [";'x"], ["'\n=1"], ["\t=1"]]))
@example((["a", "=b"], [["=1+1", "'=1"], ["''@x", "'tis"], ["\ta", "007"]]))
def test_a_table_written_as_xlsx_is_read_back_unchanged(
    table: tuple[list[str], list[list[str]]],
) -> None:
    header, rows = table

    again = read(write_xlsx(header, rows, sheet="s", notes={}))

    assert (list(again.header), cells(again)) == (header, rows)
    assert not any(row.problems for row in again.rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_in_csv(text: str) -> None:
    line = write_csv(["a"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]

    assert line.lstrip('"').startswith("'" + text[0])


@pytest.mark.parametrize("mark", [";", "\t", "\n", "\r\n"])
def test_nothing_runs_where_a_program_parts_a_cell_in_two(mark: str) -> None:
    # Excel in Indonesian takes the semicolon for the end of a cell, the comma for text.
    lines = write_csv(["a"], [[f"x{mark}=1+1"]]).decode("utf-8-sig")

    assert f"{mark}'=1+1" in lines


def test_a_list_of_lines_and_a_blank_line_stay_as_they_are() -> None:
    text = "first\r\n\r\nsecond; third"

    assert f'"{text}"' in write_csv(["a"], [[text]]).decode("utf-8-sig")


def test_csv_begins_with_the_mark_that_excel_needs() -> None:
    assert write_csv(["名"], [["江西"]]) == b"\xef\xbb\xbf" + '"名"\r\n江西\r\n'.encode()


def test_control_characters_are_left_out() -> None:
    assert cells(read(write_csv(["a"], [["x\x00\x07y"]]))) == [["xy"]]
    assert cells(read(write_xlsx(["a"], [["x\x00\x07y"]], sheet="s", notes={}))) == [["xy"]]


def test_a_written_workbook_has_a_header_one_can_use_and_cells_of_text() -> None:
    data = write_xlsx(
        ["name", "area_ha"],
        [["=1+1", "007"], ["江西省" * 3, "x" * 500]],
        sheet="Regions: [all] of 2025 and what lies between",
        notes={"area_ha": "Area in hectares."},
    )

    page = load_workbook(io.BytesIO(data)).worksheets[0]

    assert page.title == "Regions   all  of 2025 and what"
    assert page.freeze_panes == "A2"
    assert page["A1"].font.b
    assert page["B1"].comment is not None
    assert page["B1"].comment.text == "Area in hectares."
    assert page["A1"].comment is None
    assert {(c.data_type, c.number_format) for row in page["A1:B3"] for c in row} == {("s", "@")}
    # Nine wide signs of two columns each and a margin of two; the widest column is 60.
    assert [page.column_dimensions[c].width for c in "AB"] == [20, 60]


def test_a_text_that_excel_would_cut_is_refused() -> None:
    with pytest.raises(KembarError, match="cell B3"):
        write_xlsx(["a", "b"], [["", ""], ["", "x" * 32_768]], sheet="s", notes={})


def test_five_thousand_rows_are_read_in_seconds() -> None:
    data = xlsx(
        [f"c{n}" for n in range(8)], *[[f"v{r} {n}" for n in range(8)] for r in range(5000)]
    )
    best = 99.0

    for _ in range(2):
        start = perf_counter()
        table = read(data)
        best = min(best, perf_counter() - start)

    assert len(table.rows) == 5000
    assert best < 10  # a hundred times more than a busy machine needs: only a blow-up fails

"""The report: says what the record says, in three languages, the same bytes each time."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kembar.engines import atlas, report
from kembar.engines.report.content import write
from kembar.engines.report.paper import Grid, Heading, Paper, Picture, Words
from kembar.engines.report.typesetting import PNG_DPI, as_pdf
from kembar.engines.report.words import CATALOGUES, LOCALE, Language, Speech
from kembar.engines.scouting.decision import answer
from kembar.engines.scouting.question import Claim, Known, NoGo, Question
from kembar.engines.scouting.said import Said
from tests.engines.report.made import a_decision, of_regions, of_table

LANGUAGES: tuple[Language, ...] = ("id", "zh", "en")
NAMES = {"id": "Nusa Tenggara Timur", "zh": "东努沙登加拉省", "en": "East Nusa Tenggara"}


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def word_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def plain(text: str) -> str:
    """A text without spaces, since a PDF keeps none between lines."""
    return re.sub(r"[\s\u00a0\u00ad]+", "", text)


def texts(paper: Paper) -> Iterator[str]:
    for block in paper.blocks:
        match block:
            case Heading(text) | Words(text):
                yield text
            case Grid(caption, columns, rows):
                yield from [caption, *(each.head for each in columns)]
                yield from (cell for row in rows for cell in row)
            case Picture(_, caption, spoken):
                yield from (caption, spoken)
            case _:
                yield from block.points


def the_grid(paper: Paper, head: str) -> Grid:
    return next(
        each
        for each in paper.blocks
        if isinstance(each, Grid) and head in [column.head for column in each.columns]
    )


# What it says ----------------------------------------------------------------------------


def test_question_ranking_and_decision_stand_in_the_first_paragraph() -> None:
    record = of_regions()

    paper = write(record, Speech("en"), a_decision())

    lead = paper.blocks[0]
    assert isinstance(lead, Words) and lead.kind == "lead"
    first = next(row for row in record["rows"] if row["rank"] == 1)
    jiangxi = next(row for row in record["rows"] if row["code"] == "CN-JX")
    assert "partner for East Nusa Tenggara?" in lead.text
    assert f"{first['names']['en']} comes out best" in lead.text
    assert f"Jiangxi was chosen, which is number {jiangxi['rank']} of the ranking" in lead.text


def test_what_was_said_in_several_languages_is_told_in_the_readers() -> None:
    said = Said(id="Kuat di laut", zh="渔业发达", where="Koran NTT", language="id")
    known = Known(
        claims=(Claim("CN-HI", "fisheries", "strength", "corroborated", said),),
        no_go=(NoGo("CN-GD", Said(id="Masih ditinjau", zh="正在审查"), Said(zh="12号函")),),
    )
    asked = Question("ID-NT", ("CN-HI", "CN-FJ", "CN-GD"), sectors=("fisheries",), draws=50)
    record = answer(asked, known)

    chinese = "\n".join(texts(write(record, Speech("zh"))))
    english = "\n".join(texts(write(record, Speech("en"))))

    assert "渔业发达（Koran NTT [Bahasa Indonesia]）" in chinese
    assert "正在审查" in chinese and "12号函" in chinese
    assert "Kuat di laut [Bahasa Indonesia]" in english
    assert "Masih ditinjau [Bahasa Indonesia]" in english and "12号函 [中文]" in english


def test_a_ranking_without_a_decision_claims_none() -> None:
    paper = write(of_regions(), Speech("en"))

    assert "chosen" not in " ".join(texts(paper))
    assert paper.title == "Which partner for East Nusa Tenggara?"
    assert paper.day is None


def test_everyone_ranked_stands_in_the_table_with_the_doubt() -> None:
    record = of_regions()

    grid = the_grid(write(record, Speech("en"), a_decision()), "expected rank")

    ranked = [row for row in record["rows"] if row["rank"]]
    assert [row[1] for row in grid.rows] == [row["names"]["en"] for row in ranked]
    assert "±" in grid.rows[0][2]
    assert re.fullmatch(r"\d+(–\d+)?", grid.rows[0][4])
    (lit,) = grid.lit
    assert grid.rows[lit][1] == "Jiangxi"


def test_who_was_filtered_out_stands_there_with_reason_basis_and_how_it_was_seen() -> None:
    grid = the_grid(write(of_regions(), Speech("en")), "reason")

    taiwan = next(row for row in grid.rows if row[0] == "Taiwan")
    assert "There are no official relations with this region" in taiwan[1]
    assert "PP 28/2018" in taiwan[2]
    assert "seen at second hand" in taiwan[2]


def test_notices_are_told_with_names_and_not_with_codes() -> None:
    record = of_regions()

    said = " ".join(texts(write(record, Speech("en"))))

    codes = [each["code"] for each in record["inputs"]["criteria"] if "_" in each["code"]]
    assert [code for code in codes if code in said] == []
    assert "Climate > Coast" in said


def test_each_criterion_stands_there_with_scale_weight_and_source() -> None:
    record = of_regions()

    grid = the_grid(write(record, Speech("id")), Speech("id").gettext("best (1)"))

    assert len(grid.rows) == len(record["criteria"])
    assert all(row[-1] not in ("", "–") for row in grid.rows)


def test_values_carry_unit_doubt_and_gaps() -> None:
    grid = the_grid(write(of_table(), Speech("id")), "B")

    assert grid.rows == [["coast_km", "3,50\u00a0km", "(2–4)\u00a0km"]]


def test_hash_draws_and_seed_stand_there_to_run_it_again() -> None:
    record = of_regions()

    said = list(texts(write(record, Speech("en"))))

    assert record["data_sha256"] in said
    assert record["inputs"]["sha256"] in said


def test_the_atlas_is_named_whenever_its_data_are_shown() -> None:
    said = list(texts(write(of_regions(), Speech("en"))))

    for source in atlas.sources():
        assert set(source.attribution) <= set(said)


def test_a_table_of_alternatives_has_a_report_without_a_map() -> None:
    paper = write(of_table(), Speech("en"))

    said = " ".join(texts(paper))
    assert "too small" in said and "our rule" in said
    assert "Map of the candidates" not in said
    assert "coast_km 3.60 instead of 3" in said


def test_a_large_ranking_keeps_its_report_short() -> None:
    record = of_table()
    row = record["rows"][0]
    rows = [
        {**row, "code": f"R{i}", "rank": i, "expected_rank": i, "why": None} for i in range(1, 3001)
    ]
    out = [{**record["rows"][2], "code": f"F{i}"} for i in range(900)]

    paper = write({**record, "rows": [*rows, *out]}, Speech("en"), a_decision(chosen="R2500"))

    grid = the_grid(paper, "expected rank")
    assert len(grid.rows) == 21
    assert grid.rows[-1][1] == "R2500", "the chosen one is shown wherever it stands"
    assert "2,979 more are in the record." in list(texts(paper))
    assert any("888 more" in text for text in texts(paper))
    assert len(PdfReader(io.BytesIO(as_pdf(paper))).pages) < 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_ranked_is_a_report_too(language: Language) -> None:
    record = {**of_table(), "rows": [of_table()["rows"][2]], "criteria": []}

    assert "too small" in pdf_text(report.pdf(record, language=language))


# The files -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["pdf", "word"])
def test_both_files_hold_every_text_of_the_paper(language: Language, kind: str) -> None:
    paper = write(of_regions(), Speech(language), a_decision())
    make = report.pdf if kind == "pdf" else report.word
    data = make(of_regions(), language=language, decision=a_decision())

    found = plain(pdf_text(data) if kind == "pdf" else word_text(data))

    pictures = {each.spoken for each in paper.blocks if isinstance(each, Picture)}
    wanted = [text for text in texts(paper) if text not in pictures]
    # A word that is broken at a line's end has a hyphen in the PDF.
    found = found.replace("-", "")
    assert [each for each in wanted if plain(each).replace("-", "") not in found] == []
    assert NAMES[language].replace(" ", "") in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_has_its_own_letters_for_every_sign(language: Language, tmp_path: Path) -> None:
    """On a computer without any font: in a process that sees none of this one's."""
    code = (
        "import sys; from kembar.engines import report;"
        "from tests.engines.report.made import of_regions, a_decision;"
        f"sys.stdout.buffer.write(report.pdf(of_regions(), language={language!r},"
        " decision=a_decision(reasons='气候相近 李镕 “x” – 10 °C ≥ 2')))"
    )
    empty = tmp_path / "fonts.conf"
    empty.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    environment = {**os.environ, "FONTCONFIG_FILE": str(empty), "HOME": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
    assert_only_our_letters(done.stdout)


def test_our_letters_write_every_name_of_the_atlas_and_every_translation() -> None:
    names = atlas.table().names
    said = [*names["id"], *names["zh"], *names["en"]]
    said += [name for each in atlas.countries().values() for name in each.values()]
    for name in CATALOGUES.values():
        if (catalogue := LOCALE / name / "LC_MESSAGES" / "django.po").exists():
            said += [entry.msgstr for entry in polib.pofile(str(catalogue))]
    text = "".join(sorted(set("".join(said)) - set("\n")))

    data = as_pdf(Paper("t", "", "zh-CN", None, ("", ""), "%(page)s%(pages)s", [Words(text)]))

    assert_only_our_letters(data)


def test_a_letter_of_another_font_would_be_noticed() -> None:
    data = as_pdf(Paper("t", "", "zh-CN", None, ("", ""), "%(page)s%(pages)s", [Words("ᚠ𡢆")]))

    with pytest.raises(AssertionError):
        assert_only_our_letters(data)


def assert_only_our_letters(data: bytes) -> None:
    reader = PdfReader(io.BytesIO(data))
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    # PDF/UA-1 allows no sign without a shape: the standard is only claimed if all have one.
    assert all(re.match(r"/[A-Z]{6}\+(Libertinus|KembarSerifSC)", font) for font in fonts), fonts
    assert "pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data().decode()


def test_the_pdf_can_be_read_aloud() -> None:
    data = report.pdf(of_regions(), language="zh", decision=a_decision())

    root = PdfReader(io.BytesIO(data)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("zh")
    assert "/Title" in PdfReader(io.BytesIO(data)).metadata


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [report.pdf, report.word])
def test_the_same_record_gives_the_same_bytes(make: Any, language: Language) -> None:
    first = make(of_regions(), language=language, decision=a_decision())
    code = (
        "import sys; from kembar.engines import report;"
        "from tests.engines.report.made import of_regions, a_decision;"
        f"sys.stdout.buffer.write(report.{make.__name__}(of_regions(), language={language!r},"
        " decision=a_decision()))"
    )
    environment = {**os.environ, "TZ": "Asia/Makassar", "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)

    assert other.returncode == 0, other.stderr.decode()
    assert first == other.stdout


def test_the_day_of_the_files_is_that_of_the_decision() -> None:
    info = PdfReader(
        io.BytesIO(report.pdf(of_table(), language="en", decision=a_decision()))
    ).metadata
    about = Document(
        io.BytesIO(report.word(of_table(), language="en", decision=a_decision()))
    ).core_properties

    assert info["/CreationDate"].startswith("D:20261124")
    assert (about.created.year, about.created.month, about.created.day) == (2026, 11, 24)


def test_the_word_file_has_what_an_office_works_with() -> None:
    data = report.word(of_regions(), language="zh", decision=a_decision())
    document = Document(io.BytesIO(data))

    levels = [each.style.name for each in document.paragraphs if "Heading" in each.style.name]
    assert levels[0] == "Heading 1" and "Heading 2" in levels
    body = document.element.xml
    assert body.count("<w:tblHeader") >= 4, "heads come again on each page"
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', body)
    assert len(described) == len(document.inline_shapes) >= 4
    footer = document.sections[0].footer._element.xml
    assert " PAGE " in footer and " NUMPAGES " in footer
    styles = document.styles.element.xml
    assert 'w:eastAsia="zh-CN"' in styles
    width = document.sections[0].page_width
    assert round(width.cm, 1) == 21.0


def test_pictures_of_the_word_file_are_drawn_and_sharp() -> None:
    data = report.word(of_regions(), language="en", decision=a_decision())

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        pictures = [n for n in archive.namelist() if n.endswith(".png")]
        for name in pictures:
            content = archive.read(name)
            width, height = struct.unpack(">II", content[16:24])
            assert width == round(16 / 2.54 * PNG_DPI), name
            # An empty picture of this size packs to less than a byte for fifty dots.
            assert len(content) > width * height / 50, name
    assert len(pictures) >= 4


# Whatever stands in it -------------------------------------------------------------------

TYPST = ['#import "x"', "$", "#{", "*b* _i_ `c`", "= head", "\\", "<label> @ref", "// no", "[x]"]
names = st.one_of(
    st.sampled_from([*TYPST, "江西 & <w:t>", "\x00\x1b", "\ud800", "a\nb", "%(x)s", "{{ x }}"]),
    st.text(min_size=1, max_size=20),
)


@settings(max_examples=12, deadline=None)
@given(name=names, criterion=names)
def test_any_name_is_text_and_nothing_else(name: str, criterion: str) -> None:
    record = of_table(name, criterion)

    for data in (report.pdf(record, language="en"), report.word(record, language="zh")):
        assert data[:4] in (b"%PDF", b"PK\x03\x04")


@pytest.mark.parametrize("name", TYPST)
def test_markup_of_the_typesetter_is_set_as_it_stands(name: str) -> None:
    data = report.pdf(of_table(name), language="en", decision=a_decision(name, reasons=name))

    assert plain(name) in plain(pdf_text(data))


def test_a_letter_that_our_font_lacks_does_not_stop_the_report() -> None:
    data = report.pdf(of_table("ᚠ𒀀"), language="en")

    assert data.startswith(b"%PDF")


# Numbers and dates -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "number", "share", "day"),
    [
        ("id", "1.234,5", "8,1%", "24 November 2026"),
        ("zh", "1,234.5", "8.1%", "2026年11月24日"),
        ("en", "1,234.5", "8.1\u00a0%", "24 November 2026"),
    ],
)
def test_numbers_and_days_are_written_as_the_reader_does(
    language: Language, number: str, share: str, day: str
) -> None:
    speech = Speech(language)

    assert speech.number(1234.5, 1) == number
    assert speech.percent(0.081, 1) == share
    assert speech.day(a_decision().on) == day


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1.0, "100%"), (None, "–")],
)
def test_a_share_is_never_called_nothing_or_all_when_it_is_nearly_so(
    share: float | None, said: str
) -> None:
    assert Speech("zh").percent(share) == said


def test_minus_is_a_minus_and_nought_has_none() -> None:
    assert Speech("id").number(-2.5, 1) == "−2,5"
    assert Speech("en").number(-0.01, 1) == "0.0"
    assert Speech("en").signed(2.5) == "+2.5"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_that_nobody_knows_is_told_by_its_english_text(language: Language) -> None:
    assert Speech(language).told({"code": "new.code", "text": "As it stands."}) == "As it stands."
    assert Speech(language).told({"code": "scout.missing", "text": "x", "facts": {}}) == "x"

"""A report as a Word file: real headings, tables and styles, so that an office can work on."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from kembar.engines.report.paper import Grid, Heading, Listing, Paper, Picture, Words
from kembar.engines.report.typesetting import as_png

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_TEXT_CM: Final = 16.3
_INK: Final = RGBColor(0x1C, 0x22, 0x30)
_SOFT: Final = RGBColor(0x5B, 0x62, 0x70)
_PARTNER: Final = RGBColor(0x1D, 0x44, 0x91)
_HAIR: Final = "D8D3C7"
_LATIN, _CHINESE = "Cambria", "SimSun"


def as_word(paper: Paper) -> bytes:
    """Return a report as .docx; the same paper gives the same bytes.

    Parameters
    ----------
    paper
    """
    document = Document()
    _page(document, paper)
    _styles(document, paper)
    document.add_paragraph(paper.title, style="Title")
    if paper.subtitle:
        document.add_paragraph(paper.subtitle, style="Subtitle")
    pictures = [each for each in paper.blocks if isinstance(each, Picture)]
    drawn = dict(zip(map(id, pictures), as_png(pictures), strict=True))
    numbers = 0
    for block in paper.blocks:
        match block:
            case Heading(text, level):
                numbers += level == 1
                document.add_heading(f"{numbers}. {text}" if level == 1 else text, level)
            case Words(text, kind):
                style = {"lead": "Lead", "body": "Normal", "note": "Note"}[kind]
                document.add_paragraph(text, style=style)
            case Listing(points):
                for each in points:
                    document.add_paragraph(each, style="List Bullet")
            case Grid():
                _table(document, block)
            case Picture():
                _picture(document, block, drawn[id(block)])
    file = io.BytesIO()
    document.save(file)
    return _same_always(file.getvalue())


def _page(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.5), Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    head = section.header.paragraphs[0]
    head.text = paper.running[1]
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # "Page %(page)s of %(pages)s", with fields that Word counts.
    before, rest = paper.page.split("%(page)s")
    between, after = rest.split("%(pages)s")
    foot.add_run(before)
    _field(foot, "PAGE")
    foot.add_run(between)
    _field(foot, "NUMPAGES")
    foot.add_run(after)
    about = document.core_properties
    about.title, about.language = paper.title, paper.tag
    about.author = about.last_modified_by = paper.running[0]
    about.comments = about.subject = ""
    day = datetime(*_LONG_AGO, tzinfo=UTC)
    if paper.day:
        day = datetime(paper.day.year, paper.day.month, paper.day.day, tzinfo=UTC)
    about.created = about.modified = day.replace(tzinfo=None)


def _field(paragraph: Any, code: str) -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "text":
            run.add_text(text)
            continue
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.set(qn("xml:space"), "preserve")
            part.text = f" {text} "
        run._r.append(part)


def _styles(document: Any, paper: Paper) -> None:
    styles = document.styles
    looks = {
        "Normal": (10.5, False, _INK, 0, 6), "Title": (22, True, _INK, 0, 4),
        "Subtitle": (12, False, _SOFT, 0, 8), "Heading 1": (14, True, _INK, 18, 6),
        "Heading 2": (11.5, True, _INK, 12, 4), "List Bullet": (9.5, False, _INK, 0, 3),
        "Caption": (9, False, _SOFT, 6, 4), "Header": (8.5, False, _SOFT, 0, 0),
        "Footer": (8.5, False, _SOFT, 0, 0), "Lead": (11.5, False, _INK, 0, 8),
        "Note": (9, False, _SOFT, 0, 6), "Cell": (9, False, _INK, 1, 1),
    }  # fmt: skip
    for name, (size, bold, colour, before, after) in looks.items():
        if name not in {each.name for each in styles}:
            styles.add_style(name, 1).base_style = styles["Normal"]
        style = styles[name]
        font, spacing = style.font, style.paragraph_format
        font.size, font.bold, font.italic, font.color.rgb = Pt(size), bold, False, colour
        spacing.space_before, spacing.space_after = Pt(before), Pt(after)
        if name == "Normal":
            spacing.line_spacing = 1.25
        _letters(style, paper.tag)
    # The line that Word's own title style draws below it, in another colour.
    title = styles["Title"].element.get_or_add_pPr()
    for border in title.findall(qn("w:pBdr")):
        title.remove(border)


def _letters(style: Any, tag: str) -> None:
    """Give a style one face for Latin, one for Chinese, and the language for the spelling."""
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    # A theme's face would win over ours.
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, face in (
        ("ascii", _LATIN),
        ("hAnsi", _LATIN),
        ("cs", _LATIN),
        ("eastAsia", _CHINESE),
    ):
        fonts.set(qn(f"w:{name}"), face)
    # Word's own subtitle is set wide, and its title narrow.
    for old in [*properties.findall(qn("w:lang")), *properties.findall(qn("w:spacing"))]:
        properties.remove(old)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-GB" if tag.startswith("zh") else tag)
    spoken.set(qn("w:eastAsia"), tag if tag.startswith("zh") else "zh-CN")
    properties.append(spoken)


def _table(document: Any, grid: Grid) -> None:
    caption = document.add_paragraph(grid.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    headed = any(each.head for each in grid.columns)
    table = document.add_table(len(grid.rows) + headed, len(grid.columns))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _lines(table)
    whole = sum(each.share for each in grid.columns)
    widths = [Cm(_TEXT_CM * each.share / whole) for each in grid.columns]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    texts = [[each.head for each in grid.columns], *grid.rows] if headed else grid.rows
    for at, (row, words) in enumerate(zip(table.rows, texts, strict=True)):
        lit = at - headed in grid.lit and (at or not headed)
        head = headed and at == 0
        _whole(row, head=head)
        for number, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
            cell.width = widths[number]
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles["Cell"]
            if grid.columns[number].align == "end":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(text)
            if head or (not headed and number == 0):
                run.font.color.rgb = _SOFT
            elif lit:
                run.font.color.rgb, run.font.bold = _PARTNER, True
    document.add_paragraph("", style="Note").paragraph_format.space_after = Pt(0)


def _lines(table: Any) -> None:
    """Draw hairlines between the rows."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _HAIR)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _whole(row: Any, *, head: bool) -> None:
    """Keep a row on one page; the head comes again on each."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _picture(document: Any, picture: Picture, png: bytes) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Cm(_TEXT_CM * picture.share))
    said = shape._inline.docPr
    said.set("descr", picture.spoken)
    document.add_paragraph(picture.caption, style="Caption")


def _same_always(data: bytes) -> bytes:
    """Return a zip file with no time of its making in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.infolist():
            entry = zipfile.ZipInfo(each.filename, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The system that packs it would stand there otherwise.
            entry.create_system = 3
            new.writestr(entry, old.read(each))
    return file.getvalue()

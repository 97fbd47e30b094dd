"""A report as PDF, and its pictures as PNG, by Typst."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import typst

from kembar.engines import charts
from kembar.engines.report.paper import Block, Grid, Heading, Listing, Paper, Picture, Words

HERE: Final = Path(__file__).parent
FONTS: Final = HERE / "data"
_LONG_AGO: Final = datetime(1980, 1, 1, tzinfo=UTC)
_FONTS_OF_PICTURES: Final = '"Libertinus Serif", "Kembar Serif SC"'
_PICTURES: Final = b"""
#set document(title: "Pictures")
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#set text(font: ("Libertinus Serif", "Kembar Serif SC"))
#for svg in json(bytes(sys.inputs.pictures)) {
  page(image(bytes(svg), format: "svg", width: 16cm, alt: "-"))
}
"""
PNG_DPI: Final = 200
_NOT_DISPLAYED: Final = re.compile(r'text `"(.+?)"` could not be displayed')
_BY_NUMBER: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


@lru_cache
def _letters(with_system: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=with_system, font_paths=[str(FONTS)])


def as_pdf(paper: Paper) -> bytes:
    """Return a report as tagged PDF (PDF/UA-1, so that it can be read aloud).

    The same paper gives the same bytes. Letters that neither of our fonts has are taken from
    the system; then the bytes depend on what is installed there.

    Parameters
    ----------
    paper
    """
    data = {
        "title": paper.title, "subtitle": paper.subtitle, "tag": paper.tag,
        "day": [paper.day.year, paper.day.month, paper.day.day] if paper.day else None,
        "running": list(paper.running), "page": paper.page,
        "blocks": [_block(each) for each in paper.blocks],
    }  # fmt: skip
    when = _LONG_AGO
    if paper.day:
        when = datetime(paper.day.year, paper.day.month, paper.day.day, tzinfo=UTC)
    source = (HERE / "report.typ").read_bytes()
    inputs = {"paper": json.dumps(data, ensure_ascii=False)}
    found, _letters_lacking = compile_readable(source, inputs, when)
    if found is not None:
        return found
    # Nobody here has the letter: a box stands for it, as anywhere else on this computer.
    plain = _compiler(source, with_system=True).compile(
        format="pdf", sys_inputs=inputs, timestamp=when
    )
    return cast("bytes", plain)


def as_png(pictures: Sequence[Picture]) -> list[bytes]:
    """Return pictures as PNG for print, 16 cm wide, in the order given."""
    if not pictures:
        return []
    drawn = json.dumps([_drawn(each) for each in pictures], ensure_ascii=False)
    inputs = {"pictures": drawn}
    # PNG says nothing of a letter that is lacking, so it is asked as PDF.
    with_system = _pdf(_PICTURES, inputs, _LONG_AGO, with_system=False)[0] is None
    found = _compiler(_PICTURES, with_system=with_system).compile(
        format="png", ppi=PNG_DPI, sys_inputs=inputs, timestamp=_LONG_AGO
    )
    return found if isinstance(found, list) else [cast("bytes", found)]


def compile_readable(
    source: bytes, inputs: dict[str, str], when: datetime
) -> tuple[bytes | None, set[str]]:
    """Return a PDF in which every letter has a shape, with the system's letters if need be.

    None if even those lack some: which, is said beside it.
    """
    found, _those_of_ours = _pdf(source, inputs, when, with_system=False)
    return (found, set()) if found else _pdf(source, inputs, when, with_system=True)


def _pdf(
    source: bytes, inputs: dict[str, str], when: datetime, *, with_system: bool
) -> tuple[bytes | None, set[str]]:
    """Return a PDF by PDF/UA-1, which allows no letter without a shape, or the letters lacking."""
    try:
        found = _compiler(source, with_system=with_system).compile(
            format="pdf", sys_inputs=inputs, timestamp=when, pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        if "could not be displayed" in str(error):
            return None, _lacking(str(getattr(error, "diagnostic", error)))
        raise
    return cast("bytes", found), set()


def _lacking(diagnostic: str) -> set[str]:
    """Return the letters that Typst names as not displayed; it writes rare ones as `\\u{…}`."""
    texts = _NOT_DISPLAYED.findall(diagnostic)
    plain = (_BY_NUMBER.sub(lambda found: chr(int(found[1], 16)), text) for text in texts)
    # With a sign of its own above it, even an “a” is named; it is not what is lacking.
    return {letter for text in plain for letter in text if not letter.isascii()}


def _compiler(source: bytes, *, with_system: bool) -> typst.Compiler:
    return typst.Compiler(
        source, font_paths=_letters(with_system), ignore_system_fonts=not with_system
    )


def _drawn(picture: Picture) -> str:
    palette = {**charts.LIGHT, "text": _FONTS_OF_PICTURES}
    return charts.standalone(picture.svg, palette)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": text, "level": level}
        case Words(text, kind):
            return {"kind": kind, "text": text}
        case Listing(points):
            return {"kind": "listing", "points": list(points)}
        case Grid(caption, columns, rows, lit):
            return {
                "kind": "grid", "caption": caption, "rows": [list(row) for row in rows],
                "columns": [
                    {"head": each.head, "share": each.share, "align": each.align}
                    for each in columns
                ],
                "lit": sorted(lit),
            }  # fmt: skip
        case Picture(_, caption, spoken, share):
            return {
                "kind": "picture", "caption": caption, "spoken": spoken, "share": share,
                "svg": _drawn(block),
            }  # fmt: skip

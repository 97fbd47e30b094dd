"""A prospectus as PDF, by Typst. No letter is ever left out: what no font has is named."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kembar.engines.prospectus.sheet import Both, Sheet, readable
from kembar.engines.report.typesetting import compile_readable

HERE: Final = Path(__file__).parent
# As a scholar's edition writes a sign that its printer has not: between tortoise-shell brackets.
_NAMED: Final = "〔U+{:04X}〕"


@dataclass(frozen=True)
class Printed:
    """A file, and the letters that no font had.

    Attributes
    ----------
    pdf
    missing
        Each letter once, in order of Unicode; their numbers stand in the file instead.
    """

    pdf: bytes
    missing: tuple[str, ...] = ()


def as_pdf(sheet: Sheet) -> Printed:
    """Return a prospectus as tagged PDF (PDF/UA-1, so that it can be read aloud).

    Our own font has the letters of GB 2312 and those of our texts. Others are taken from the
    fonts of this computer; of those that even they lack, the number in Unicode is written, and
    the small print says so. The same sheet gives the same bytes, unless letters had to be taken
    from elsewhere.

    Parameters
    ----------
    sheet
    """
    sheet = readable(sheet)
    source = (HERE / "prospectus.typ").read_bytes()
    when = datetime(sheet.day.year, sheet.day.month, sheet.day.day, tzinfo=UTC)
    missing: set[str] = set()
    while True:
        inputs = {"sheet": json.dumps(_data(sheet, missing), ensure_ascii=False)}
        pdf, lacking = compile_readable(source, inputs, when)
        if pdf is not None:
            return Printed(pdf, tuple(sorted(missing)))
        if not lacking - missing:
            msg = f"Typst lacks {lacking}, which stand in the prospectus no more."
            raise RuntimeError(msg)
        missing |= lacking


def _data(sheet: Sheet, missing: set[str]) -> dict[str, Any]:
    """Return what the look needs, with numbers in the place of letters that no font has."""
    if missing:
        sheet = replace(sheet, small=_and(sheet.small, sheet.missing_letters, missing))
    data: dict[str, Any] = _named(asdict(sheet), missing)
    day = sheet.day
    return {**data, "day": [day.year, day.month, day.day]}


def _and(small: Both, say: Both, missing: set[str]) -> Both:
    letters = " ".join(_NAMED.format(ord(each)) for each in sorted(missing))
    return replace(
        small,
        zh=f"{small.zh}{say.zh % {'letters': letters}}",
        en=f"{small.en} {say.en % {'letters': letters}}",
    )


def _named(piece: Any, missing: set[str]) -> Any:
    if isinstance(piece, str):
        if not missing:
            return piece
        either = "|".join(map(re.escape, missing))
        return re.sub(either, lambda found: _NAMED.format(ord(found[0])), piece)
    if isinstance(piece, dict):
        return {key: _named(value, missing) for key, value in piece.items()}
    if isinstance(piece, list | tuple):
        return [_named(each, missing) for each in piece]
    return piece

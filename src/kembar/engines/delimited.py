"""What parts the cells of a text table, and what in a cell a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

# A spreadsheet runs what begins like this; the wide signs count as the narrow ones in East Asia.
_RUNS: Final = r"[=+\-@＝＋－＠]"
# A cell begins at the start of the text, and after these in a program that parts cells by them.
_AT_START: Final = rf"\A(?={{}}(?:{_RUNS}|[\t\r\n]))"
_AFTER_MARK: Final = rf"(?<=[;\t\r\n])(?={{}}{_RUNS})"
_CELL: Final = f"(?:{_AT_START}|{_AFTER_MARK})"
_NEEDS_APOSTROPHE: Final = re.compile(_CELL.format("'*", "'*"))
HAS_APOSTROPHE: Final = re.compile(_CELL.format("'+", "'+") + "'")


def delimiter_of(text: str) -> str:
    """Return the sign, of comma, semicolon and tab, that gives the first row the most cells."""
    # On a tie the comma: max() keeps the first.
    return max(",;\t", key=lambda delimiter: _header_width(text, delimiter))


def _header_width(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return next((len(cells) for cells in reader if "".join(cells).strip(" ,;\t")), 0)
    except csv.Error:
        return 0


def harmless(text: str) -> str:
    """Return a text as it may stand in a CSV file: an apostrophe before what would run.

    References
    ----------
    OWASP, CSV Injection.

    Examples
    --------
    >>> harmless("=1+1"), harmless("Jiangxi")
    ("'=1+1", 'Jiangxi')
    """
    return _NEEDS_APOSTROPHE.sub("'", text)

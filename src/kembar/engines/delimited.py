"""What parts the cells of a text table."""

from __future__ import annotations

import csv
import io


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

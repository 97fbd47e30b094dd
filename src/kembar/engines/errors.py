"""What can be wrong with something handed in, told by a code and its facts.

An engine knows no language, so its error keeps the facts; the app that shows the error
turns them into a sentence. The sentences here are the English ones, for logs and for that.
"""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "date.unreadable": (
        "“%(value)s” cannot be read as a date; write it like 17/11/2025, Nov 2025 or 2025."
    ),
    "date.impossible": (
        "“%(value)s” is not a day of the calendar between the years 1000 and 2999;"
        " write the day first, then the month: 17/11/2025."
    ),
    "table.size": (
        "%(name)s has %(size_mb)s MB, more than the %(limit_mb)s MB that can be read;"
        " split it into several files."
    ),
    "table.empty": "%(name)s has no header row; put the names of the columns in the first row.",
    "table.no_rows": "%(name)s has no rows below its header; write one tie a row.",
    "table.encoding": (
        "%(name)s, line %(line)s: the letters cannot be read as UTF-8;"
        " in Excel choose Save As and “CSV UTF-8”, or save it as .xlsx."
    ),
    "table.null": (
        "%(name)s, line %(line)s: there is a NUL sign, which no text has;"
        " save the table again as “CSV UTF-8” or as .xlsx."
    ),
    "table.quote": (
        "%(name)s, line %(line)s: a quotation mark is opened and not closed where the cell ends;"
        ' write a mark inside a cell twice (""), or save the table as .xlsx.'
    ),
    "table.format": (
        "%(name)s is in the format %(kind)s, which is not read here;"
        " open it in your spreadsheet program and save it as .xlsx or “CSV UTF-8”."
    ),
    "table.macros": (
        "%(name)s is made for macros, which are not accepted;"
        " in Excel choose Save As and “Excel Workbook (.xlsx)”."
    ),
    "table.not_table": (
        "%(name)s is no table but a file of the kind %(kind)s, whatever its name says;"
        " choose an .xlsx or a CSV file."
    ),
    "table.encrypted": (
        "%(name)s is locked with a password; save it without one and send it again."
    ),
    "table.truncated": (
        "%(name)s is incomplete or damaged; open it in your spreadsheet program,"
        " save it as .xlsx and send it again."
    ),
    "table.bomb": (
        "%(name)s unpacks to more than %(limit_mb)s MB or is packed more than %(ratio)s times"
        " smaller; copy the table into a new, empty file and send that."
    ),
    "table.broken": (
        "%(name)s is not built as an .xlsx file should be; open it in your spreadsheet program,"
        " save it as .xlsx and send it again."
    ),
    "table.merged": (
        "%(name)s, sheet %(sheet)s: the cells %(range)s are merged;"
        " unmerge them and write the value into each cell."
    ),
    "table.rows": (
        "%(name)s has more than %(limit)s rows; split it, and delete rows that only look empty."
    ),
    "table.columns": (
        "%(name)s has more than %(limit)s columns; delete the ones that are not needed."
    ),
    "table.columns_missing": (
        "The table has no column “%(column)s”. Its columns are: %(found)s."
        " Download the template to see what they are called."
    ),
    "table.header_empty": (
        "%(name)s: column %(column)s has no name in row %(row)s; write one or delete the column."
    ),
    "table.header_twice": (
        "%(name)s: the columns %(first)s and %(column)s are both named “%(header)s” in row"
        " %(row)s; give each column a name of its own."
    ),
    "table.header_formula": (
        "%(name)s: the name of column %(column)s in row %(row)s is a formula or an error;"
        " write it as text."
    ),
    "table.cell_long": (
        "Sheet %(sheet)s, cell %(column)s%(row)s: %(length)s characters are more than the"
        " %(limit)s that Excel can hold; use CSV instead."
    ),
    "cell.formula": (
        "%(name)s, row %(row)s, column %(column)s: there is a formula;"
        " copy the cell and paste it as a value."
    ),
    "cell.error": (
        "%(name)s, row %(row)s, column %(column)s: the cell shows an error such as #N/A;"
        " write the value or empty the cell."
    ),
    "cell.extra": (
        "%(name)s, row %(row)s: there are more cells than columns with a name;"
        " delete them or name their columns."
    ),
}
"""An English sentence with `%(fact)s` for each code; the codes of `cell.` are a cell's problems."""


class KembarError(Exception):
    """Something handed in is wrong; `code` says what, `facts` say where and which value.

    Parameters
    ----------
    code
        A dotted name such as "date.unreadable".
    facts
        What the sentence of that code names, such as `line=14`; numbers in the unit that
        the name ends on (`size_mb`).
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        # Only the code is given on, so that the error can be pickled for another process.
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        try:
            return SENTENCES[self.code] % self.facts
        except KeyError:
            # A log line must not fail because a sentence or a fact is missing.
            return " ".join([self.code, *(f"{k}={v!r}" for k, v in self.facts.items())])

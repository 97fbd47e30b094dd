"""A ranking written to a file that an office can keep. Starts without Django."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from kembar.cli.speech import check_writable, refuse, say

Language = Literal["id", "zh", "en"]
ENDINGS: Final = (".pdf", ".docx")


def check_report(file: Path | None) -> None:
    """Refuse a report that cannot be written, before any work is done for it."""
    if file is None:
        return
    if file.suffix.lower() not in ENDINGS:
        refuse(f"{file} is neither .pdf nor .docx; a report is written as one of the two.")
    check_writable(file)


def write_report(record: Mapping[str, Any], file: Path | None, *, language: Language) -> None:
    """Write the report on a ranking and say where it is; nothing for None."""
    if file is None:
        return
    # Here, so that a ranking without a report does not wait for what sets type.
    from kembar.engines import report

    write = report.pdf if file.suffix.lower() == ".pdf" else report.word
    with say.status(f"Writing {file} …"):
        content = write(record, language=language)
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}.")
    say.print(f"{file} ({len(content) / 1000:,.0f} kB)", markup=False, highlight=False)

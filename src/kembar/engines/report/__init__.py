"""A ranking as a paper that an office can file: PDF or Word, in three languages.

    from kembar.engines import report
    report.pdf(record, language="id")
    report.word(record, language="zh", decision=report.Decision(chosen="CN-HI", by="…"))

The same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kembar.engines.report.content import write
from kembar.engines.report.paper import Decision
from kembar.engines.report.words import Language, Speech

__all__ = ["Decision", "Language", "pdf", "word"]


def pdf(
    record: Mapping[str, Any], *, language: Language, decision: Decision | None = None
) -> bytes:
    """Return the report on a ranking as PDF.

    Parameters
    ----------
    record
        As `kembar scout --format json` gives it; docs/reference/scout-json.md.
    language
    decision
        What was decided; None for a ranking that nobody has decided on.
    """
    # Here and below: what sets type is 80 MB, and a page that offers the report needs none of it.
    from kembar.engines.report.typesetting import as_pdf

    return as_pdf(write(record, Speech(language), decision))


def word(
    record: Mapping[str, Any], *, language: Language, decision: Decision | None = None
) -> bytes:
    """Return the report on a ranking as a Word file (.docx).

    Parameters
    ----------
    record, language, decision
        As in `pdf`.
    """
    from kembar.engines.report.wordfile import as_word

    return as_word(write(record, Speech(language), decision))

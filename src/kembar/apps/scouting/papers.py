"""A decision as a paper that an office can file."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, cast

from django.utils import timezone

from kembar.apps.kit.text import Text
from kembar.apps.scouting.models import Decision, seal_of
from kembar.engines import report

FORMS: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def paper_of(decision: Decision, *, language: str, form: str) -> bytes:
    """Return a decision as PDF or Word, from what was kept and from nothing else."""
    kept = decision.kept()
    spoken = cast(report.Language, language)
    said = report.Decision(
        study=decision.title.shown(language).text,
        question=_in(kept["study"]["purpose"], language),
        chosen=decision.chosen_id,
        reasons=decision.reasons.shown(language).text,
        by=decision.by_name,
        on=timezone.localtime(decision.at).date(),
    )
    return _written(decision.pk, seal_of(decision.record), said, spoken, form)


# Anybody may ask for a published paper, and that of all the world's regions takes seconds. The
# record is megabytes then: its seal is remembered, not the record.
@lru_cache(maxsize=32)
def _written(
    pk: int, _seal: str, said: report.Decision, language: report.Language, form: str
) -> bytes:
    write = report.pdf if form == "pdf" else report.word
    kept = Decision.objects.get(pk=pk).kept()
    return write(kept["answer"], language=language, decision=said)


def _in(texts: dict[str, str], language: str) -> str:
    return Text(texts).shown(language).text

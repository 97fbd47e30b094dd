"""From a record to a report: which blocks stand in it, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kembar.engines.report.figures import Cast, Row, map_of
from kembar.engines.report.findings import ranking, side_by_side, summary, why
from kembar.engines.report.grounds import (
    again,
    criteria,
    filtered,
    limits,
    methods,
    sources,
    weights,
)
from kembar.engines.report.paper import Block, Decision, Paper, readable
from kembar.engines.report.telling import Telling
from kembar.engines.report.words import Speech


def write(record: Mapping[str, Any], speech: Speech, decision: Decision | None = None) -> Paper:
    """Return the report on a record, ready to become a file.

    Parameters
    ----------
    record
        As `kembar scout --format json` gives it; docs/reference/scout-json.md.
    speech
        The reader's language.
    decision
        What was decided; None for a ranking that nobody has decided on.
    """
    decision = decision or Decision()
    rows: Sequence[Row] = record["rows"]
    ranked = [row for row in rows if row["rank"] is not None]
    first = str(ranked[0]["code"]) if ranked else ""
    cast = Cast(record.get("home"), rows, decision.chosen or first)
    about = Telling(record, cast, speech)
    title = _title(about, decision)
    paper = Paper(
        title=title,
        subtitle=decision.study,
        tag=speech.tag,
        day=decision.on,
        running=("Kembar", decision.study or title),
        page=speech.gettext("Page %(page)s of %(pages)s"),
        blocks=tuple(_blocks(about, decision)),
    )
    return readable(paper)


def _title(about: Telling, decision: Decision) -> str:
    _ = about.speech.gettext
    home = about.cast.home
    if home is None:
        return _("A ranking that admits doubt")
    name = {"home": about.speech.name(home["names"], home["code"])}
    if decision.chosen:
        return _("Decision on a partner for %(home)s") % name
    return _("Which partner for %(home)s?") % name


def _blocks(about: Telling, decision: Decision) -> Iterator[Block]:
    yield from summary(about, decision)
    yield from map_of(about.cast, about.speech)
    yield from ranking(about)
    yield from why(about)
    yield from side_by_side(about)
    yield from filtered(about)
    yield from criteria(about)
    yield from weights(about)
    yield from methods(about)
    yield from limits(about)
    yield from sources(about)
    yield from again(about)

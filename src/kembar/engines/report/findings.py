"""What was found: the answer in a paragraph, the ranking, and why it stands so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kembar.engines.report.figures import (
    Row,
    climate_of,
    first_of,
    name_of,
    ranks_of,
    why_of,
)
from kembar.engines.report.paper import Block, Column, Decision, Grid, Heading, Listing, Words
from kembar.engines.report.telling import Telling

_ROWS: Final = 20


def summary(about: Telling, decision: Decision) -> Iterator[Block]:
    """Yield question, ranking and decision in one paragraph, and who decided."""
    _ = about.speech.gettext
    sentences = [
        _question(about, decision),
        _asked(about),
        _found(about),
        _decided(about, decision),
    ]
    yield Words(about.joined(sentences), "lead")
    facts = [
        (_("Decided by"), decision.by),
        (_("Post"), decision.post),
        (_("Office"), decision.office),
        (_("Day"), about.speech.day(decision.on) if decision.on else ""),
        (_("Reasons"), decision.reasons),
        (_("Offices heard"), about.speech.listed(list(decision.offices))),
    ]
    rows = [(name, text) for name, text in facts if text]
    if rows:
        yield Grid(_("The decision"), [Column("", 0.2), Column("", 0.8)], rows)


def _question(about: Telling, decision: Decision) -> str:
    if decision.question or not decision.chosen or about.cast.home is None:
        return decision.question
    home = about.speech.name(about.cast.home["names"], about.cast.home["code"])
    question = about.speech.gettext("Which region would be a good partner for %(home)s?")
    return question % {"home": home}


def _asked(about: Telling) -> str:
    _ = about.speech.gettext
    ranked, out = len(about.cast.ranked), len(about.cast.filtered)
    sentence = (
        _(
            "Filters left %(ranked)s of %(count)s candidates. They were ranked under %(draws)s"
            " draws of the weights of %(criteria)s criteria, since nobody agrees on how much each"
            " counts."
        )
        if out
        else _(
            "%(ranked)s candidates were ranked under %(draws)s draws of the weights of"
            " %(criteria)s criteria, since nobody agrees on how much each counts."
        )
    )
    return sentence % {
        "count": about.speech.number(ranked + out, 0),
        "ranked": about.speech.number(ranked, 0),
        "criteria": len(about.record["criteria"]),
        "draws": about.speech.number(about.record["draws"], 0),
    }


def _found(about: Telling) -> str:
    _ = about.speech.gettext
    if not about.cast.ranked:
        return ""
    first = about.cast.ranked[0]
    low, _middle, high = first["rank_quantiles"].values()
    return _(
        "%(name)s comes out best: it is first in %(share)s of the draws, and in nine of ten"
        " its rank is %(low)s to %(high)s."
    ) % {
        "name": name_of(first, about.speech),
        "share": about.speech.percent(first_of(first)),
        "low": low,
        "high": high,
    }


def _decided(about: Telling, decision: Decision) -> str:
    _ = about.speech.gettext
    if not decision.chosen:
        return ""
    row = about.cast.lit_row()
    name = name_of(row, about.speech) if row else decision.chosen
    if row is None or row["rank"] is None:
        return _("%(name)s was chosen, which the ranking does not hold.") % {"name": name}
    if row["rank"] == 1:
        return _("%(name)s was chosen.") % {"name": name}
    return _(
        "%(name)s was chosen, which is number %(rank)s of the ranking and first in %(share)s"
        " of the draws."
    ) % {
        "name": name,
        "rank": row["rank"],
        "share": about.speech.percent(first_of(row)),
    }


def ranking(about: Telling) -> Iterator[Block]:
    """Yield the first ones and the chosen one, with the doubt."""
    _ = about.speech.gettext
    yield Heading(_("The ranking, with its doubt"))
    shown = about.cast.ranked[:_ROWS]
    lit = about.cast.lit_row()
    if lit is not None and lit["rank"] is not None and lit not in shown:
        shown = [*shown, lit]
    regions = about.cast.home is not None
    columns = [
        Column(_("rank"), 0.12, "end"),
        Column(_("candidate"), 0.22),
        Column(_("first place"), 0.16, "end"),
        Column(_("expected rank"), 0.13, "end"),
        Column(_("rank in nine of ten"), 0.13, "end"),
    ]
    if regions:
        columns += [
            Column(_("shared climate"), 0.12, "end"),
            Column(_("from the sea"), 0.12, "end"),
        ]
    rows = [_ranked_row(about, row, regions) for row in shown]
    lit_at = frozenset(at for at, row in enumerate(shown) if row["code"] == about.cast.lit)
    yield Grid(_("Candidates by expected rank"), columns, rows, lit_at)
    left = len(about.cast.ranked) - len(shown)
    if left > 0:
        yield Words(
            _("%(count)s more are in the record.") % {"count": about.speech.number(left, 0)},
            "note",
        )
    yield Words(
        _(
            "First place: share of the draws that put a candidate first, with the error that"
            " comes from their number. A candidate that is never first may still be a good"
            " second: see the ranks."
        ),
        "note",
    )
    yield from ranks_of(about.cast, about.speech)


def _ranked_row(about: Telling, row: Row, regions: bool) -> list[str]:
    say = about.speech
    low, _middle, high = row["rank_quantiles"].values()
    error = row.get("first_rank_error") or 0.0
    share = say.percent(first_of(row))
    cells = [
        str(row["rank"]),
        name_of(row, say),
        f"{share} ± {say.number(error * 100, 1)}" if error >= 0.0005 else share,
        say.number(row["expected_rank"], 1),
        f"{low}–{high}" if low != high else str(low),
    ]
    if regions:
        sea = row.get("coast_km")
        cells += [
            say.percent(row.get("climate_overlap"), 1),
            say.number(sea, 0) + ("" if sea is None else about.unit("km")),
        ]
    return cells


def why(about: Telling) -> Iterator[Block]:
    """Yield what speaks for and against them, and what would have to be true to be first."""
    _ = about.speech.gettext
    told = [row for row in about.explained if row.get("why")]
    if not told:
        return
    yield Heading(_("Why these"))
    for row in told:
        yield Heading(f"{row['rank']}. {name_of(row, about.speech)}", 2)
        yield Words(about.joined([*_reasons(about, row), *_to_be_first(about, row)]))
        warnings = [about.told(each) for each in row.get("warnings", ())]
        if warnings:
            yield Listing(warnings)
        if row["code"] in (about.cast.lit, told[0]["code"]):
            yield from why_of(row, about.cast, about.group, about.speech)


def _reasons(about: Telling, row: Row) -> Iterator[str]:
    _ = about.speech.gettext
    named = [(about.group(each["group"]), each["points"] or 0.0) for each in row["why"]]
    best = [(name, points) for name, points in named if points >= 0.05][:3]
    worst = [(name, points) for name, points in named[::-1] if points <= -0.05][:2]
    if best:
        yield _("In its favour: %(reasons)s.") % {"reasons": about.points(best)}
    if worst:
        yield _("Against it: %(reasons)s.") % {"reasons": about.points(worst)}


def _to_be_first(about: Telling, row: Row) -> Iterator[str]:
    _ = about.speech.gettext
    needed = row.get("to_be_first")
    if row["rank"] == 1 or not needed:
        return
    change = needed.get("largest_change_of_a_weight")
    if needed.get("weights") is None:
        yield _("No allowed weights put it first.")
    elif change:
        yield _(
            "For it to be first, one weight or more would have to change by %(points)s points"
            " of 100 from the middle ones."
        ) % {"points": about.speech.number(change * 100, 1)}
    value = needed.get("value")
    if value:
        sentence = (
            _(
                "Or else a single value would have to be other: %(criterion)s %(needed)s"
                " instead of %(now)s."
            )
            if value.get("within_anchors")
            else _(
                "No single value within its scale would do; %(criterion)s would have to be"
                " %(needed)s instead of %(now)s."
            )
        )
        yield sentence % {
            "criterion": about.criterion(value["criterion"]),
            "needed": about.speech.number(value["needed"]),
            "now": about.speech.number(value["now"]),
        }


def side_by_side(about: Telling) -> Iterator[Block]:
    """Yield their values by criterion, and their climate beside home's."""
    _ = about.speech.gettext
    shown = about.explained
    if not shown:
        return
    yield Heading(_("What is known of them"))
    share = 0.7 / len(shown)
    columns = [Column(_("criterion"), 0.3)]
    columns += [Column(name_of(row, about.speech), share, "end") for row in shown]
    rows = []
    for each in about.record["criteria"]:
        cells = [about.value(row["values"].get(each["code"], {}), each) for row in shown]
        rows.append([about.criterion(each["code"]), *cells])
    yield Grid(_("Values of the first ones, by criterion"), columns, rows)
    notes = [
        _("Values in brackets are in doubt: the middle, or the ends between which it lies."),
        _("A dash: not known; it may lie anywhere between worst and best."),
    ]
    yield Words(about.joined(notes), "note")
    yield from climate_of(about.cast, about.speech)

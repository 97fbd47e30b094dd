"""What a ranking rests on: rules, criteria, weights, methods, limits, sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kembar.engines import atlas
from kembar.engines.report.figures import name_of
from kembar.engines.report.paper import Block, Column, Grid, Heading, Listing, Words
from kembar.engines.report.telling import Telling

_SOURCES: Final = 60


def filtered(about: Telling) -> Iterator[Block]:
    """Yield who was filtered out, for the same reason together."""
    _ = about.speech.gettext
    yield Heading(_("Who was filtered out, and by what rule"))
    if not about.cast.filtered:
        yield Words(_("Nobody."))
        return
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for row in about.cast.filtered:
        why = row["filtered"]
        key = (
            about.told({"text": why["reason"], **why}),
            why.get("basis", ""),
            why.get("seen", ""),
            about.source(why.get("source", "")),
        )
        alike.setdefault(key, []).append(name_of(row, about.speech))
    rows = [
        [about.some(names), reason, about.basis(basis, seen, source)]
        for (reason, basis, seen, source), names in alike.items()
    ]
    columns = [
        Column(_("candidate"), 0.3), Column(_("reason"), 0.32),
        Column(_("basis, and how it was seen"), 0.38),
    ]  # fmt: skip
    yield Grid(_("Filtered out before ranking"), columns, rows)


def criteria(about: Telling) -> Iterator[Block]:
    """Yield the criteria with their scales, and why these ends."""
    _ = about.speech.gettext
    yield Heading(_("Criteria, with their scales"))
    columns = [
        Column(_("criterion"), 0.26), Column(_("group"), 0.14),
        Column(_("worst (0)"), 0.11, "end"), Column(_("best (1)"), 0.11, "end"),
        Column(_("weight"), 0.1, "end"), Column(_("source"), 0.28),
    ]  # fmt: skip
    rows = [
        [
            about.criterion(each["code"]),
            about.group(each["group"]),
            about.end(each["worst"], each),
            about.end(each["best"], each),
            about.speech.percent(each["mean_weight"], 1),
            about.source(each["source"]) or "–",
        ]
        for each in about.record["criteria"]
    ]
    yield Grid(_("Criteria"), columns, rows)
    points = []
    for each in about.record["criteria"]:
        said = [about.speech.name(each.get(key) or {}) for key in ("sentences", "anchors")]
        text = about.joined(said)
        if text:
            points.append(f"{about.criterion(each['code'])}{about.speech.colon}{text}")
    if points:
        yield Listing(points)


def weights(about: Telling) -> Iterator[Block]:
    """Yield the mean weights, and the preferences that were given."""
    _ = about.speech.gettext
    yield Heading(_("Weights"))
    groups = about.record.get("groups", ())
    if groups:
        rows = [
            [about.group(each["code"]), about.kind(each["kind"]),
             about.speech.percent(each["mean_weight"], 1)]
            for each in groups
        ]  # fmt: skip
        columns = [
            Column(_("group"), 0.45), Column(_("kind"), 0.3),
            Column(_("mean weight"), 0.25, "end"),
        ]  # fmt: skip
        yield Grid(_("Groups of criteria"), columns, rows)
    preferences = about.record.get("preferences", ())
    if preferences:
        yield Words(_("All weights were drawn that fulfil these preferences:"))
        yield Listing([about.preference(str(each)) for each in preferences])
    else:
        yield Words(
            _(
                "No preferences were given: all weights were drawn alike, first of the groups,"
                " then of the criteria in each."
            )
        )


def methods(about: Telling) -> Iterator[Block]:
    """Yield how far other methods agree."""
    _ = about.speech.gettext
    methods = about.record.get("methods") or ()
    if not methods:
        return
    yield Heading(_("Other methods beside it"))
    names = {
        "weighted_sum": _("weighted sum"), "topsis": "TOPSIS",
        "topsis_of_table": _("TOPSIS on the best and worst of the table"),
        "promethee": "PROMETHEE II", "spotis": "SPOTIS",
    }  # fmt: skip
    called = {row["code"]: name_of(row, about.speech) for row in about.cast.rows}
    columns = [
        Column(_("method"), 0.34), Column(_("agreement (Kendall's tau)"), 0.2, "end"),
        Column(_("first five in common"), 0.18, "end"),
        Column(_("order changes when one leaves"), 0.28),
    ]  # fmt: skip
    rows = [
        [
            names.get(each["method"], each["method"]),
            about.speech.number(each["kendall_tau"], 2),
            about.speech.percent(each["overlap_of_first_five"]),
            about.some([called.get(c, c) for c in each["order_changes_without"]]) or _("no"),
        ]
        for each in methods
    ]
    yield Grid(_("Methods compared, under the middle weights"), columns, rows)
    yield Words(
        _(
            "A tau of 1 is the same order as the expected rank. Where the order of the others"
            " changes when one candidate leaves, the method should not decide alone."
        ),
        "note",
    )


def limits(about: Telling) -> Iterator[Block]:
    """Yield what should be said with a ranking."""
    _ = about.speech.gettext
    yield Heading(_("Limits"))
    points = [about.told(each) for each in about.record.get("notices", ())]
    error = about.record.get("monte_carlo_error")
    if error is not None:
        points.append(
            _("The number of draws leaves an error of at most %(points)s points on any share.")
            % {"points": about.speech.number(error * 100, 2)}
        )
    effective = about.record.get("effective_criteria")
    if effective is not None:
        points.append(
            _(
                "Criteria resemble each other: the %(count)s together count like %(effective)s"
                " equal, unrelated ones."
            )
            % {
                "count": len(about.record["criteria"]),
                "effective": about.speech.number(effective, 1),
            }
        )
    points.append(
        _(
            "A ranking compares what was measured or documented. It does not say whether both"
            " sides want the tie, nor who would keep it alive."
        )
    )
    yield Listing(points)


def sources(about: Telling) -> Iterator[Block]:
    """Yield where the values come from, and whom to name."""
    _ = about.speech.gettext
    yield Heading(_("Sources"))
    named = dict.fromkeys(
        about.source(each["source"]) for each in about.record["criteria"] if each["source"]
    )
    for row in about.cast.ranked:
        for value in row["values"].values():
            given = value.get("source") or ()
            for each in [given] if isinstance(given, str) else given:
                named.setdefault(about.source(each))
    if named:
        yield Listing(list(named)[:_SOURCES])
    left = len(named) - _SOURCES
    if left > 0:
        count = {"count": about.speech.number(left, 0)}
        yield Words(_("%(count)s more are in the record.") % count, "note")
    if about.cast.home is not None:
        yield Words(_("The atlas holds data of others, which are to be named:"))
        lines = dict.fromkeys(line for each in atlas.sources() for line in each.attribution)
        yield Listing(list(lines))


def again(about: Telling) -> Iterator[Block]:
    """Yield what somebody needs to get the same ranking."""
    _ = about.speech.gettext
    yield Heading(_("To run it again"))
    record = about.record
    inputs = record.get("inputs") or {}
    versions = record.get("versions") or {}
    facts = [
        (_("hash of the data"), record["data_sha256"]),
        (_("hash of the inputs"), inputs.get("sha256", "")),
        (_("draws"), about.speech.number(record["draws"], 0)),
        (_("seed"), str(record["seed"])),
        (_("versions"), ", ".join(f"{name} {one}" for name, one in versions.items())),
    ]
    if inputs:
        facts.append((_("command"), "kembar scout --again RECORD.json"))
    rows = [(name, text) for name, text in facts if text]
    yield Grid(_("What it was made with"), [Column("", 0.22), Column("", 0.78)], rows)
    yield Words(
        _(
            "The same data, draws and seed give the same ranking. The record in JSON holds the"
            " inputs and all values of all candidates: Kembar can rank them again from it and"
            " compare. Keep it with this paper."
        ),
        "note",
    )

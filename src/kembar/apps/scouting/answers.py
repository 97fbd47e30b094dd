"""A ranking as people read it, from the record that the engine gives or a decision keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kembar.apps.kit.errors import sentence
from kembar.apps.kit.text import listed, reader_language
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import country_name
from kembar.apps.scouting.figures import per_cent, plain, signed, with_unit
from kembar.apps.scouting.words import (
    METHODS,
    SECTORS,
    SEEN,
    filter_name,
    group_name,
    in_reader,
    known_text,
)
from kembar.engines import atlas
from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.scouting import catalog
from kembar.engines.scouting.agreement import Agreement
from kembar.engines.scouting.said import said_in

FIRST_ROWS = 12
"""So many of a ranking are shown unfolded."""


@dataclass(frozen=True)
class Row:
    """A candidate in its place."""

    code: str
    name: str
    own: str
    language: str
    place: int
    first: float
    first_percent: str
    low: int
    high: int
    expected: str
    is_partner: bool

    @property
    def ranks(self) -> str:
        """The places it takes in nine of ten weightings."""
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


@dataclass(frozen=True)
class Out:
    """Whom a filter took out, and on what that rests."""

    code: str
    name: str
    filter: str
    reason: str
    basis: str
    seen: str
    address: str


@dataclass(frozen=True)
class Outs:
    """Everybody whom one filter took out."""

    filter: str
    rows: Sequence[Out]

    @property
    def count(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class MethodRow:
    """How another way to one score orders the candidates, beside the weighted sum."""

    name: str
    first: str
    agreement: str
    reversals: str


@dataclass(frozen=True)
class GroupRow:
    """A group of criteria with the weight it has in the middle of what is allowed."""

    code: str
    name: str
    weight: float
    percent: str


@dataclass(frozen=True)
class Answer:
    """What the desk shows of a ranking."""

    lead: str
    doubt: str
    brief: str
    rows: Sequence[Row]
    outs: Sequence[Outs]
    groups: Sequence[GroupRow]
    effective: str
    error: str
    notices: Sequence[str]
    count: int
    draws: str
    record: Mapping[str, Any] = field(repr=False)

    @property
    def first_rows(self) -> Sequence[Row]:
        return self.rows[:FIRST_ROWS]

    @property
    def other_rows(self) -> Sequence[Row]:
        return self.rows[FIRST_ROWS:]

    @property
    def out_count(self) -> int:
        return sum(each.count for each in self.outs)


@dataclass(frozen=True)
class Names:
    """What regions are called: by our register, or as the record names those it lacks.

    And criteria: official figures have names that no catalogue knows.
    """

    regions: Mapping[str, Region]
    kept: Mapping[str, Mapping[str, str]]
    criteria: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, record: Mapping[str, Any], codes: Sequence[str] | None = None) -> Names:
        """Return the names of a record's regions, or of some of them, in one query."""
        rows = [row for row in record["rows"] if codes is None or row["code"] in codes]
        return cls(
            Region.objects.in_bulk([row["code"] for row in rows]),
            {row["code"]: row["names"] for row in rows},
            _criteria() | {each["code"]: each["names"] for each in record["criteria"]},
        )

    def name(self, code: str) -> str:
        if code in self.regions:
            return str(self.regions[code])
        if code in self.kept:
            return in_reader(dict(self.kept[code]))
        # One that a notice names, beside those who were looked at.
        try:
            return atlas.region(code).name(cast(atlas.Language, reader_language()))
        except KembarError:
            return code

    def own(self, code: str) -> tuple[str, str]:
        """Return what its own people write, and in which language; empty if the reader sees it."""
        region = self.regions.get(code)
        if region is None or region.own_name.text in ("", str(region)):
            return "", "en"
        return region.own_name.text, region.own_name.tag


def told(notice: Mapping[str, Any], names: Names) -> str:
    """Return a sentence of the engine in the reader's language, or as it was kept."""
    if notice.get("code") not in SENTENCES or "facts" not in notice:
        return str(notice["text"])
    facts = {name: _named(value, names) for name, value in notice["facts"].items()}
    return sentence(KembarError(notice["code"], **facts))


_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


@lru_cache
def _criteria() -> dict[str, Any]:
    """Return what the shipped criteria are called, by code: each notice asks for it."""
    return {each.code: each.name for each in catalog.shipped()}


def _named(value: Any, names: Names) -> Any:
    """Return codes of criteria, regions and countries by what people call them."""
    if isinstance(value, Mapping):
        return said_in(value, reader_language())
    if not isinstance(value, str):
        return value
    parts = []
    for part in value.split(", "):
        if part in names.criteria:
            parts.append(in_reader(dict(names.criteria[part])))
        elif part in SECTORS:
            parts.append(str(SECTORS[part]))
        elif _REGION.fullmatch(part):
            parts.append(names.name(part))
        elif _COUNTRY.fullmatch(part):
            parts.append(country_name(part, reader_language()))
        else:
            parts.append(part)
    return listed(parts)


def answer_of(record: Mapping[str, Any], names: Names, partners: frozenset[str]) -> Answer:
    """Return what is shown of a record.

    Parameters
    ----------
    record
        As `kembar.engines.scouting` writes it; see docs/reference/scout-json.md.
    names
        Of its regions.
    partners
        Codes of candidates with which a tie is on record.
    """
    ranked = [row for row in record["rows"] if row["filtered"] is None]
    rows = [_row(row, names, partners) for row in ranked]
    return Answer(
        lead=_lead(rows, is_open=_is_open(record)),
        doubt=_doubt(rows),
        brief=_brief(rows),
        rows=rows,
        outs=_outs(record, names),
        groups=_groups(record),
        effective=_effective(record),
        error=plain((record["monte_carlo_error"] or 0) * 100, 1),
        notices=[told(each, names) for each in record["notices"]],
        count=len(rows),
        draws=plain(record["draws"], 0),
        record=record,
    )


def _row(row: Mapping[str, Any], names: Names, partners: frozenset[str]) -> Row:
    own, language = names.own(row["code"])
    quantiles = row["rank_quantiles"]
    return Row(
        code=row["code"],
        name=names.name(row["code"]),
        own=own,
        language=language,
        place=row["rank"],
        first=row["first_rank_acceptability"],
        first_percent=per_cent(row["first_rank_acceptability"]),
        low=quantiles["0.05"],
        high=quantiles["0.95"],
        expected=plain(row["expected_rank"], 1),
        is_partner=row["code"] in partners,
    )


def _is_open(record: Mapping[str, Any]) -> bool:
    """Return whether nothing was said of the weights, so that all of them were tried."""
    return not record["preferences"] and not record["inputs"]["question"]["points"]


def _lead(rows: Sequence[Row], *, is_open: bool) -> str:
    """Return the answer in one sentence, as sure as the draws are."""
    best = max(rows, key=lambda row: row.first)
    facts = {"name": best.name, "times": _of_hundred(best.first)}
    if len(rows) == 1:
        return _("%(name)s is the only candidate left: there is nobody to compare it with.") % facts
    if best.first >= 0.95 and is_open:
        return _("%(name)s, whatever one holds to be important: first in %(times)s of 100.") % facts
    if best.first >= 0.95:
        return _("%(name)s, weighed in this way: first in %(times)s of 100.") % facts
    if best.first >= 0.5:
        return _("Rather %(name)s: in 100 tried weightings it was first in %(times)s.") % facts
    return (
        _("Nobody stands out: even %(name)s was first in only %(times)s of 100 weightings.") % facts
    )


def _brief(rows: Sequence[Row]) -> str:
    """Return the first two places in one line, which stays in sight while a slider moves."""
    if len(rows) == 1:
        return _("%(name)s is the only candidate left.") % {"name": rows[0].name}
    first, second = rows[:2]
    facts = {"place": first.place, "name": first.name, "share": first.first_percent}
    told = _("%(place)s. %(name)s, first in %(share)s") % facts
    return f"{told} · {second.place}. {second.name} {second.first_percent}"


def _of_hundred(share: float) -> str:
    """Return how many of a hundred; what is neither none nor all never reads as such."""
    if 0 < share < 0.005:
        return _("fewer than 1")
    if 0.995 <= share < 1:
        return _("more than 99")
    return plain(share * 100, 0)


def _doubt(rows: Sequence[Row]) -> str:
    """Return who else is first at times, and how often."""
    if len(rows) == 1:
        return ""
    best = max(rows, key=lambda row: row.first)
    others = sorted((row for row in rows if row is not best), key=lambda row: -row.first)
    others = [row for row in others if row.first >= 0.005][:3]
    if not others:
        return _("No other candidate was first in more than one weighting of 200.")
    told = listed(f"{row.name} {row.first_percent}" for row in others)
    return _("First otherwise: %(others)s.") % {"others": told}


def _outs(record: Mapping[str, Any], names: Names) -> list[Outs]:
    found: dict[str, list[Out]] = {}
    for row in record["rows"]:
        if row["filtered"] is not None:
            out = out_of(row, names)
            found.setdefault(out.filter, []).append(out)
    return [Outs(name, rows) for name, rows in found.items()]


def out_of(row: Mapping[str, Any], names: Names) -> Out:
    """Return why a candidate was taken out, from its row in a record."""
    gone = row["filtered"]
    source = gone.get("source", "")
    basis = known_text(gone["basis"])
    if isinstance(source, Mapping):
        # The ministry's own letter beside the rule by which it may write one.
        basis = f"{basis}; {said_in(source, reader_language())}"
    return Out(
        code=row["code"],
        name=names.name(row["code"]),
        filter=filter_name(gone["filter"]),
        reason=told({**gone, "text": gone["reason"]}, names),
        basis=basis,
        seen=str(SEEN.get(gone["seen"], "")),
        address=str(source) if _is_address(source) else "",
    )


def _is_address(text: object) -> bool:
    return isinstance(text, str) and text.startswith(("https://", "http://"))


def _groups(record: Mapping[str, Any]) -> list[GroupRow]:
    weights: dict[str, float] = {}
    for each in record["criteria"]:
        weights[each["group"]] = weights.get(each["group"], 0.0) + (each["mean_weight"] or 0.0)
    return [
        GroupRow(code, group_name(code), weight, per_cent(weight))
        for code, weight in weights.items()
    ]


@dataclass(frozen=True)
class Methods:
    """Whether other ways of reckoning say the same."""

    agreement: str
    rows: Sequence[MethodRow]


def methods_of(compared: Sequence[Agreement], codes: Sequence[str], names: Names) -> Methods:
    """Return how the methods compare, in words and as a table.

    Parameters
    ----------
    compared
        By the engine; none if there are too many candidates.
    codes
        Of the candidates, in the order of their places.
    """
    if len(codes) < 2:
        return Methods(_("There is one candidate only, so there is nothing to compare."), [])
    if not compared:
        return Methods(_("So many candidates are ranked by the weighted sum alone."), [])
    firsts = {
        each.method: [code for code, place in zip(codes, each.places, strict=True) if place == 1]
        for each in compared
    }
    rows = [
        MethodRow(
            name=str(METHODS.get(each.method, each.method)),
            first=listed(map(names.name, firsts[each.method])) or "–",
            agreement=plain(each.tau, 2),
            reversals=_reversals(each.reversals, names),
        )
        for each in compared
    ]
    return Methods(_agreement(firsts, names), rows)


def kept_agreements(record: Mapping[str, Any]) -> tuple[list[Agreement], list[str]]:
    """Return the comparison of methods that a record keeps, and the codes in their order."""
    ranked = [row for row in record["rows"] if row["filtered"] is None]
    compared = [
        Agreement(
            method=each["method"],
            places=np.array([row["places"][each["method"]] for row in ranked]),
            tau=float("nan") if each["kendall_tau"] is None else each["kendall_tau"],
            overlap=each["overlap_of_first_five"],
            reversals=tuple(each["order_changes_without"]),
        )
        for each in record["methods"]
    ]
    return compared, [row["code"] for row in ranked]


def _reversals(codes: Sequence[str], names: Names) -> str:
    shown = listed(names.name(code) for code in codes[:5])
    if len(codes) > 5:
        return _("%(names)s and %(count)s more") % {"names": shown, "count": len(codes) - 5}
    return shown or "–"


def _agreement(firsts: Mapping[str, Sequence[str]], names: Names) -> str:
    """Return in a sentence whether the methods agree on the first place."""
    counts: dict[str, int] = {}
    for codes in firsts.values():
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    if len(counts) == 1:
        facts = {"count": len(firsts), "name": names.name(next(iter(counts)))}
        return _("All %(count)s ways of reckoning put %(name)s first.") % facts
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    told = listed(f"{names.name(code)} ({number})" for code, number in ordered)
    return _("The ways of reckoning do not agree on the first place: %(told)s.") % {"told": told}


def _effective(record: Mapping[str, Any]) -> str:
    count = len(record["criteria"])
    return ngettext(
        "The %(count)s criterion counts like %(effective)s equal, unrelated ones.",
        "The %(count)s criteria count like %(effective)s equal, unrelated ones.",
        count,
    ) % {"count": count, "effective": plain(record["effective_criteria"], 1)}


# One candidate --------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A criterion of a candidate: its value, how it is known, what it is."""

    name: str
    group: str
    value: str
    doubt: str
    sentence: str
    anchors: str
    source: str
    on_scale: float
    on_scale_percent: str
    weight: str


@dataclass(frozen=True)
class Reason:
    """What a group gives a candidate above or below the mean of all."""

    name: str
    points: float
    shown: str
    weight: str


@dataclass(frozen=True)
class Needed:
    """A group whose weight would have to be otherwise."""

    name: str
    now: str
    then: str
    rises: bool


@dataclass(frozen=True)
class CandidateAnswer:
    """Why a candidate stands where it stands, and what would have to be true for it to be first."""

    row: Row
    why: str
    reasons: Sequence[Reason]
    by_central: bool
    needed: Sequence[Needed]
    is_reachable: bool
    change: str
    is_first: bool
    values: Sequence[Value]
    wins_first: str


def candidate_of(
    record: Mapping[str, Any], code: str, names: Names, partners: frozenset[str]
) -> CandidateAnswer | None:
    """Return what is said of one candidate; None if it is not ranked."""
    ranked = [row for row in record["rows"] if row["filtered"] is None]
    found = next((row for row in ranked if row["code"] == code), None)
    if found is None:
        return None
    row = _row(found, names, partners)
    reasons = [
        Reason(group_name(each["group"]), each["points"], signed(each["points"]),
               per_cent(each["weight"]))
        for each in found.get("why", [])
    ]  # fmt: skip
    best = ranked[0]
    first = found.get("to_be_first", {})
    return CandidateAnswer(
        row=row,
        why=_why(row, reasons),
        reasons=reasons,
        by_central=bool(found.get("why_by_central_weights")),
        needed=_needed(record, first.get("weights")),
        is_reachable=first.get("weights") is not None,
        change=_change(record, first.get("value")),
        is_first=best["code"] == code,
        values=[_value(each, found) for each in record["criteria"]],
        wins_first=_against(found, best, names),
    )


def _why(row: Row, reasons: Sequence[Reason]) -> str:
    for_it = [each for each in reasons if each.points > 0.05][:2]
    against = [each for each in reversed(reasons) if each.points < -0.05][:2]
    facts = {
        "name": row.name,
        "for": listed(each.name for each in for_it),
        "against": listed(each.name for each in against),
    }
    if for_it and against:
        return _("For %(name)s speaks most: %(for)s. Against it: %(against)s.") % facts
    if for_it:
        return _("For %(name)s speaks most: %(for)s. Nothing speaks against it.") % facts
    if not against:
        return _("Nothing sets %(name)s apart from the mean of all.") % facts
    return _("Nothing lifts %(name)s above the mean of all. Against it: %(against)s.") % facts


def _needed(record: Mapping[str, Any], weights: Mapping[str, float] | None) -> list[Needed]:
    """Return each group whose weight has to change by a point or more."""
    if weights is None:
        return []
    now: dict[str, float] = {}
    then: dict[str, float] = {}
    for each in record["criteria"]:
        group = each["group"]
        now[group] = now.get(group, 0.0) + (each["mean_weight"] or 0.0)
        then[group] = then.get(group, 0.0) + (weights[each["code"]] or 0.0)
    changed = [group for group in now if abs(then[group] - now[group]) >= 0.01]
    changed.sort(key=lambda group: then[group] - now[group], reverse=True)
    return [
        Needed(group_name(group), per_cent(now[group]), per_cent(then[group]),
               then[group] > now[group])
        for group in changed
    ]  # fmt: skip


def _change(record: Mapping[str, Any], change: Mapping[str, Any] | None) -> str:
    if change is None:
        return ""
    criterion = next(each for each in record["criteria"] if each["code"] == change["criterion"])
    facts = {
        "criterion": criterion_name(criterion),
        "now": with_unit(change["now"], criterion["unit"]),
        "needed": with_unit(change["needed"], criterion["unit"]),
    }
    if change["within_anchors"]:
        return (
            _("Or, with the weights as they are: %(criterion)s would be %(needed)s instead of"
              " %(now)s.")
            % facts
        )  # fmt: skip
    return _("With the weights as they are, no single value that is possible would make it first.")


def criterion_name(criterion: Mapping[str, Any]) -> str:
    """Return what a criterion is called, in the reader's language where the record says it."""
    texts = criterion.get("names") or criterion["name"]
    return in_reader(texts) if isinstance(texts, dict) else str(texts or criterion["code"])


def _value(criterion: Mapping[str, Any], row: Mapping[str, Any]) -> Value:
    found = row["values"][criterion["code"]]
    unit, law = criterion["unit"], found["law"]
    shown = with_unit(found["value"], unit)
    doubt = ""
    if law == "missing":
        shown = _("not known")
        doubt = _("may lie anywhere between worst and best")
    elif law == "between":
        shown = f"{with_unit(found['value'], unit)} – {with_unit(found['second'], unit)}"
        if unit == "documented":
            shown = _("open")
        doubt = _("anywhere between, equally likely")
    elif law in ("normal", "lognormal"):
        doubt = _("± %(spread)s") % {"spread": with_unit(found["second"], unit)}
    source = found.get("source") or criterion.get("source", "")
    if not isinstance(source, str):
        source = said_in(source, reader_language())
    return Value(
        name=criterion_name(criterion),
        group=group_name(criterion["group"]),
        value=shown,
        doubt=doubt,
        sentence=in_reader(criterion.get("sentences") or {}),
        anchors=in_reader(criterion.get("anchors") or {}),
        source=known_text(source),
        on_scale=min(max(found["on_scale"] or 0.0, 0.0), 1.0),
        on_scale_percent=per_cent(found["on_scale"]),
        weight=per_cent(criterion["mean_weight"]),
    )


def _against(row: Mapping[str, Any], best: Mapping[str, Any], names: Names) -> str:
    chance = row.get("wins_against", {}).get(best["code"])
    if chance is None:
        return ""
    facts = {"name": names.name(best["code"]), "times": _of_hundred(chance)}
    return _("It stands above %(name)s in %(times)s of 100 weightings.") % facts

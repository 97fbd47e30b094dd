"""What stands against recording something on a case, and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal, get_args

from kembar.engines.errors import SENTENCES
from kembar.engines.procedure.joining import Act, Procedure
from kembar.engines.procedure.model import Moment, Record, RecordKind
from kembar.engines.procedure.rules import finding
from kembar.engines.procedure.standing import ActStand, Stand, in_force, stand

Weight = Literal["error", "block", "warn", "info"]
Facts = Mapping[str, str | int | date | tuple[str, ...]]

# What lies outside is a slip of the pen; calendars end on the last day too.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2050, 12, 31)

# The days that a trip has, and nothing else.
OF_TRIPS: Final = ("departure", "return")

_NUMBER: Final = re.compile("[0-9]{1,9}")
_NAMED: Final = ("act", "acts", "rule", "gate", "papers", "ask", "moment")


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands against a record.

    Attributes
    ----------
    code
        Of the sentence in `engines.errors`, "case.…".
    severity
        error: it cannot be recorded so. block: only after an override. warn, info: it can.
    facts
        What the sentence names; acts, papers, gates and rules by their codes.
    act, key
        Of a block: `step` and `key` of the record that overrides it.
    """

    code: str
    severity: Weight
    facts: Facts = field(default_factory=dict)
    act: str = ""
    key: str = ""

    @property
    def stops(self) -> bool:
        """Whether it keeps the record out."""
        return self.severity in ("error", "block")

    def told(
        self,
        name: Callable[[str, str], str] = lambda _fact, code: code,
        day: Callable[[date], str] = date.isoformat,
    ) -> dict[str, str]:
        """Return the facts as text for the sentence.

        Parameters
        ----------
        name
            Of the kind of fact ("act", "acts", "papers", "rule", "gate", "ask", "moment") and a
            code the name that a reader knows it by.
        day
            How a day is written.
        """
        told = {}
        for fact, value in self.facts.items():
            values = value if isinstance(value, tuple) else (value,)
            told[fact] = ", ".join(
                day(one)
                if isinstance(one, date)
                else name(fact, one)
                if fact in _NAMED and isinstance(one, str)
                else str(one)
                for one in values
            )
        return told

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.told()


def may(
    procedure: Procedure, records: Iterable[Record], record: Record, *, today: date
) -> tuple[Problem, ...]:
    """Return what stands against recording something: nothing, if the answer is empty.

    Parameters
    ----------
    procedure
    records
        What was accepted so far.
    record
        Not yet one of them.
    today
        Nothing happens after it.

    Returns
    -------
    tuple of Problem
        Errors first, then blocks, then what is only to be known. If none `stops`, the record may
        be kept.

    Notes
    -----
    - An act may be handed in before its predecessors are over, with a warning, unless a rule of
      order blocks that or a gate is closed. It may be done only when all of them are over; each
      that is not is a block, passed by an override of that act.
    - What came back may be done without being handed in again, with a warning: no text that was
      seen asks for the second handing in, and an office may send back and yet decide.
    - In place of a predecessor that was skipped count those that it would have followed.
    - Nothing is handed in or done before the days on which the act's predecessors, and what its
      gates wait for, were done (those that were skipped or overridden have no say), nor before
      the act itself was last handed in or returned.
    - A rule is checked when its act is handed in and when it is done. What the act itself yields
      is not asked for while it is only handed in.
    - A block can be overridden only while it stands, so nobody is given leave beforehand; the
      override needs a reason and a paper. It may be written down long after the act that it
      concerns, so its day binds nothing.
    - An annulment is refused if a later record would meet a problem without the annulled one.
    """
    return Trial(procedure, records, record).problems(today)


class Trial:
    """A record that is not kept yet: what stands against it, and where the case would stand.

    Whoever keeps the record has both of one work.
    """

    def __init__(self, procedure: Procedure, records: Iterable[Record], record: Record) -> None:
        self._procedure = procedure
        self._records = sorted(records, key=lambda each: each.number)
        self._record = record

    @cached_property
    def after(self) -> Stand:
        """Where the case stands with the record; ask for `problems` first, it may make no sense."""
        return stand(self._procedure, (*self._records, self._record))

    def problems(self, today: date) -> tuple[Problem, ...]:
        """Return what stands against the record, as `may` tells."""
        procedure, records, record = self._procedure, self._records, self._record
        found: list[Problem] = []
        if records and record.number <= records[-1].number:
            found.append(Problem("case.number_taken", "error", {"number": record.number}))
        if record.on > today:
            found.append(Problem("case.future", "error", {"day": record.on, "today": today}))
        elif record.on < EARLIEST:
            found.append(Problem("case.too_early", "error", {"day": record.on, "first": EARLIEST}))
        act = procedure.act(record.step)
        if record.kind == "annulled":
            # Also on a step that the procedure has no more: the record was a mistake all the same.
            found += _annulled(procedure, records, record)
        elif record.step and act is None:
            found.append(Problem("case.step_unknown", "error", {"step": record.step}))
        elif record.kind in _ON_ACTS and act is None:
            found.append(Problem("case.step_needed", "error"))
        elif record.kind not in get_args(RecordKind):
            found.append(Problem("case.kind_unknown", "error", {"kind": record.kind}))
        else:
            now = stand(procedure, records)
            if act is not None and record.kind in _ON_ACTS:
                found += _ON_ACTS[record.kind](_Asked(procedure, now, records, record, act, self))
            elif record.kind == "answered":
                found += _answered(procedure, record)
            elif record.kind == "dated":
                found += _dated(procedure, now, record)
        found.sort(key=lambda each: _ORDER.index(each.severity))
        return tuple(found)


_ORDER: Final[tuple[Weight, ...]] = ("error", "block", "warn", "info")


_NONE: Final[Facts] = {}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A record on an act, and where the case stands without it."""

    procedure: Procedure
    stand: Stand
    records: Sequence[Record]
    record: Record
    act: Act
    trial: Trial

    @property
    def own(self) -> ActStand:
        return self.stand.acts[self.act.code]

    @property
    def after(self) -> tuple[str, ...]:
        """The acts that it follows; in place of each that was skipped, those that that follows."""
        found: dict[str, None] = {}
        waiting = list(reversed(self.act.after))
        while waiting:
            code = waiting.pop()
            if self.stand.acts[code].state == "skipped":
                waiting += reversed(self.procedure.steps[code].after)
            else:
                found[code] = None
        return tuple(found)

    def problem(
        self, code: str, severity: Weight, facts: Facts = _NONE, act: str = "", key: str = ""
    ) -> Problem:
        return Problem(code, severity, {"act": self.act.code, **facts}, act, key)


def _handed_in_or_done(case: _Asked) -> list[Problem]:
    act, own, kind = case.act, case.own, case.record.kind
    if own.state == "done":
        return [case.problem("case.done_already", "error", {"day": own.since or case.record.on})]
    if kind == "asked" and own.is_over:
        return [case.problem("case.left_out", "error")]
    if kind == "asked" and own.state == "waiting":
        return [
            case.problem("case.asked_already", "error", {"day": own.asked_on or case.record.on})
        ]

    found = []
    if kind == "done" and own.state == "returned":
        back: Facts = {"day": own.since or case.record.on}
        found.append(case.problem("case.not_mended", "warn", back))
    missing = tuple(code for code in case.after if not case.stand.acts[code].is_over)
    if kind == "done":
        found += [
            case.problem("case.predecessor", "block", {"acts": (code,)}, code) for code in missing
        ]
    elif missing:
        found.append(case.problem("case.asked_early", "warn", {"acts": missing}))
    for key in act.gates:
        lacks = case.stand.lacking.get(key, ())
        if acts := tuple(lack.act for lack in lacks if not lack.done):
            closed: Facts = {"gate": key, "acts": acts}
            found.append(case.problem("case.gate_closed", "block", closed, act.code, key))
        for lack in lacks:
            if lack.done:
                facts: Facts = {"gate": key, "acts": (lack.act,), "papers": lack.papers}
                found.append(case.problem("case.gate_papers", "block", facts, act.code, key))
    found += _too_early(case)
    found += _rules(case)

    after = case.stand.papers.union(case.record.papers)
    if needs := tuple(paper for paper in act.needs if paper not in after):
        found.append(case.problem("case.needs_missing", "warn", {"papers": needs}))
    attached = own.papers.union(case.record.papers)
    yields = tuple(paper for paper in act.yields if paper not in attached)
    if kind == "done" and yields:
        found.append(case.problem("case.papers_missing", "warn", {"papers": yields}))
    return found


def _too_early(case: _Asked) -> list[Problem]:
    found = []
    on = case.record.on
    gated = [
        code
        for key in case.act.gates
        if not case.stand.is_passed(key, case.act.code)
        for code in case.procedure.gates[key].waits
    ]
    for code in dict.fromkeys((*case.after, *gated)):
        day = case.stand.day_of(code)
        if day is not None and on < day:
            facts: Facts = {"acts": (code,), "day": on, "predecessor_day": day}
            found.append(case.problem("case.before_predecessor", "error", facts))
    return found + _before_itself(case)


def _before_itself(case: _Asked) -> list[Problem]:
    # An override or a skip is often written down years after the act that it concerns.
    own = [
        each.on
        for each in in_force(case.records)
        if each.kind in ("asked", "returned", "done") and case.procedure.act(each.step) is case.act
    ]
    if own and case.record.on < max(own):
        facts: Facts = {"day": case.record.on, "last_day": max(own)}
        return [case.problem("case.before_itself", "error", facts)]
    return []


def _rules(case: _Asked) -> list[Problem]:
    procedure, act, record = case.procedure, case.act, case.record
    keys = procedure.rules_at[act.code]
    if not keys:
        return []
    after = case.trial.after
    found = []
    for key in keys:
        rule = procedure.rules[key]
        if case.stand.is_passed(key, act.code):
            continue
        result = finding(key, procedure, after)
        facts = dict(result.facts)
        if rule.check == "order":
            # Before it is done, what matters is what it comes after, not what comes after it.
            place = rule.steps.index(act.code) if act.code in rule.steps else len(rule.steps)
            facts["acts"] = tuple(c for c in rule.steps[:place] if not after.acts[c].is_over)
            unmet = bool(facts["acts"])
        elif rule.check == "papers" and record.kind == "asked":
            facts["papers"] = tuple(
                p for p in rule.papers if p not in after.papers and p not in act.yields
            )
            unmet = bool(facts["papers"])
        else:
            unmet = result.state in ("broken", "open")
        if unmet:
            code = _RULE_SENTENCES.get(rule.check, "case.rule_broken")
            way_out = (act.code, key) if rule.severity == "block" else ("", "")
            found.append(case.problem(code, rule.severity, {**facts, "rule": key}, *way_out))
    return found


_RULE_SENTENCES: Final = {
    "order": "case.rule_order",
    "before": "case.rule_before",
    "papers": "case.rule_papers",
}


def _returned(case: _Asked) -> list[Problem]:
    if case.own.state != "waiting":
        return [case.problem("case.not_asked", "error")]
    return _before_itself(case) + _reason(case)


def _skipped(case: _Asked) -> list[Problem]:
    if case.own.is_over:
        return [case.problem("case.over_already", "error")]
    if not case.act.optional:
        return [case.problem("case.not_optional", "error")]
    return _reason(case)


def _overridden(case: _Asked) -> list[Problem]:
    found = _reason(case)
    if not case.record.papers:
        found.append(case.problem("case.document_needed", "error"))
    if not _stands_in_the_way(case):
        found.append(
            case.problem("case.nothing_to_override", "error", {"key_typed": case.record.key or "–"})
        )
    return found


def _stands_in_the_way(case: _Asked) -> bool:
    """Return whether there is a block for the override to pass."""
    key, act = case.record.key, case.act.code
    if not key:
        return not case.own.is_over
    if case.own.state == "done" or case.stand.is_passed(key, act):
        return False
    if key in case.act.gates and key in case.stand.lacking:
        return True
    as_if_done = Record(case.record.number, case.record.on, "done", act)
    trial = Trial(case.procedure, case.records, as_if_done)
    asked = _Asked(case.procedure, case.stand, case.records, as_if_done, case.act, trial)
    return any(each.key == key and each.severity == "block" for each in _rules(asked))


def _reason(case: _Asked) -> list[Problem]:
    if case.record.reason.strip():
        return []
    return [case.problem("case.reason_needed", "error")]


_ON_ACTS: Final[dict[str, Callable[[_Asked], list[Problem]]]] = {
    "asked": _handed_in_or_done,
    "done": _handed_in_or_done,
    "returned": _returned,
    "skipped": _skipped,
    "overridden": _overridden,
}


def _answered(procedure: Procedure, record: Record) -> list[Problem]:
    key, value = record.key, record.value
    found = []
    known = False
    for rule in procedure.rules.values():
        if rule.ask == key:
            known = True
            if rule.check == "answer" and value not in ("yes", "no"):
                found.append(Problem("case.answer_not_yes_no", "error", {"value": value}))
            if rule.check == "most" and not _NUMBER.fullmatch(value):
                found.append(Problem("case.answer_not_number", "error", {"value": value}))
        if rule.by == key:
            known = True
            listed = tuple(each for each in rule.choices or rule.caps if each)
            if listed and value not in listed:
                facts: Facts = {"value": value, "listed": listed}
                found.append(Problem("case.answer_not_listed", "error", facts))
    if not known:
        found.append(Problem("case.question_unknown", "error", {"question": key}))
    # Several rules may ask the same question; one of them is enough to tell what is wrong.
    return found[:1]


def _dated(procedure: Procedure, now: Stand, record: Record) -> list[Problem]:
    if record.key not in get_args(Moment):
        return [Problem("case.moment_unknown", "error", {"moment_typed": record.key})]
    if record.key in OF_TRIPS and procedure.sub != "travel":
        return [Problem("case.moment_of_trips", "error", {"moment": record.key})]
    try:
        day = date.fromisoformat(record.value)
    except ValueError:
        return [Problem("case.day_unreadable", "error", {"value": record.value})]
    if not EARLIEST <= day <= LATEST:
        facts: Facts = {"day": day, "first": EARLIEST, "last": LATEST}
        return [Problem("case.day_out_of_range", "error", facts)]
    moments = {**now.moments, record.key: day}
    departure, back = moments.get("departure"), moments.get("return")
    if departure is not None and back is not None and back < departure:
        facts = {"departure": departure, "return": back}
        return [Problem("case.return_before_departure", "error", facts)]
    return []


def _annulled(procedure: Procedure, records: Sequence[Record], record: Record) -> list[Problem]:
    force = in_force(records)
    target = next((each for each in records if str(each.number) == record.key), None)
    if target is None or target.kind == "annulled":
        return [Problem("case.record_unknown", "error", {"number": record.key})]
    if target not in force:
        return [Problem("case.annulled_already", "error", {"number": record.key})]
    found = []
    if record.on < target.on:
        found.append(
            Problem("case.annulled_before", "error", {"day": record.on, "last_day": target.on})
        )
    if not record.reason.strip():
        found.append(Problem("case.reason_needed", "error"))
    with_it = force[: force.index(target) + 1]
    without = with_it[:-1]
    for later in force[len(with_it) :]:
        before = {(p.code, p.act, p.key) for p in may(procedure, with_it, later, today=date.max)}
        after = may(procedure, without, later, today=date.max)
        # What met a problem all along does not rest on the record that is taken away.
        if any((p.code, p.act, p.key) not in before and p.severity != "info" for p in after):
            facts: Facts = {"number": record.key, "later": later.number}
            found.append(Problem("case.others_rest", "error", facts))
            break
        with_it.append(later)
        without.append(later)
    return found

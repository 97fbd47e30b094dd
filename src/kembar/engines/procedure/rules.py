"""What the rules of both sides say of a case: held, broken, or not known yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kembar.engines.procedure.joining import OneSide, Procedure
from kembar.engines.procedure.model import Rule
from kembar.engines.procedure.standing import Stand

FindingState = Literal["broken", "open", "held", "shown"]
Facts = Mapping[str, str | int | date | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says now.

    Attributes
    ----------
    key, rule, side
        The rule by its key in the procedure, and whose it is.
    state
        held: it is kept. broken: it is not, and an override changes nothing about that. open: what
        it asks for is not known yet. shown: a note, which cannot be broken.
    facts
        What the finding rests on: "acts" that are missing or out of order, "papers" that are
        missing, "ask" and "answer", "number" and "cap", "days" and "cap", "count" of records.
    passed
        Whether somebody overrode it.
    """

    key: str
    rule: Rule
    side: OneSide
    state: FindingState
    facts: Facts = field(default_factory=dict)
    passed: bool = False


def findings(procedure: Procedure, stand: Stand) -> tuple[Finding, ...]:
    """Return what each rule says of a case, in the order of the rulebooks, home first."""
    return tuple(finding(key, procedure, stand) for key in procedure.rules)


def finding(key: str, procedure: Procedure, stand: Stand) -> Finding:
    """Return what one rule says of a case.

    - order: broken as soon as an act is done before the day of an earlier one, or while an earlier
      one is not over. An act that was skipped or overridden is in nobody's way.
    - papers: of any record of the case, for a file needs a paper once.
    - before: each of its steps is done, or a record of it was made, on the day of `at` or earlier.
    - answer, most, span: by the last answers and days given. Without them they are open; once `at`
      is done, what was still missing is broken. Where no cap was seen for what was answered, there
      is none to break.

    Parameters
    ----------
    key
        Of `procedure.rules`.
    """
    rule = procedure.rules[key]
    state, facts = _CHECKS[rule.check](rule, stand)
    if state == "open" and rule.at and stand.day_of(rule.at) is not None:
        state = "broken"
    passed = any(each.key == key for each in stand.overrides)
    return Finding(key, rule, procedure.side_of[key], state, facts, passed)


_Verdict = tuple[FindingState, Facts]


def _order(rule: Rule, stand: Stand) -> _Verdict:
    wrong: dict[str, None] = {}
    missing: list[str] = []
    latest: tuple[date, str] | None = None
    for code in rule.steps:
        act = stand.acts[code]
        day = stand.day_of(code)
        if day is not None:
            wrong |= dict.fromkeys(missing)
            if latest is not None and latest[0] > day:
                wrong[latest[1]] = None
            latest = max(latest, (day, code)) if latest is not None else (day, code)
        elif not act.is_over:
            missing.append(code)
    if wrong:
        return "broken", {"acts": tuple(wrong)}
    return ("open", {"acts": tuple(missing)}) if missing else ("held", {})


def _papers(rule: Rule, stand: Stand) -> _Verdict:
    missing = tuple(paper for paper in rule.papers if paper not in stand.papers)
    return ("open", {"papers": missing}) if missing else ("held", {})


def _before(rule: Rule, stand: Stand) -> _Verdict:
    done_on = stand.day_of(rule.at)
    missing = []
    count = 0
    for code in rule.steps:
        act = stand.acts[code]
        count += act.records
        if act.first_on is None or (done_on is not None and act.first_on > done_on):
            missing.append(code)
    facts: Facts = {"acts": tuple(missing), "count": count}
    return ("open" if missing else "held"), facts


def _answer(rule: Rule, stand: Stand) -> _Verdict:
    answer = stand.answers.get(rule.ask)
    if answer is None:
        return "open", {"ask": rule.ask}
    # Without a wanted answer any will do: the question only has to be asked.
    held = answer == rule.want or not rule.want
    return ("held" if held else "broken"), {"ask": rule.ask, "answer": answer}


def _most(rule: Rule, stand: Stand) -> _Verdict:
    number = stand.answers.get(rule.ask)
    cap = _cap(rule, stand)
    facts: dict[str, str | int] = {"ask": rule.ask}
    if cap is not None:
        facts["cap"] = cap
    if number is not None:
        facts["number"] = int(number)
    if number is None or (cap is None and rule.by not in stand.answers):
        return "open", facts
    return ("broken" if cap is not None and int(number) > cap else "held"), facts


def _span(rule: Rule, stand: Stand) -> _Verdict:
    first, last = stand.moments.get("departure"), stand.moments.get("return")
    cap = _cap(rule, stand)
    facts: dict[str, int] = {} if cap is None else {"cap": cap}
    if first is not None and last is not None:
        facts["days"] = (last - first).days + 1
    if "days" not in facts or (cap is None and rule.by not in stand.answers):
        return "open", facts
    return ("broken" if cap is not None and facts["days"] > cap else "held"), facts


def _cap(rule: Rule, stand: Stand) -> int | None:
    """Return the cap that the answer to `by` has, or the one for all."""
    answer = stand.answers.get(rule.by, "") if rule.by else ""
    return rule.caps.get(answer, rule.caps.get(""))


def _note(rule: Rule, stand: Stand) -> _Verdict:
    return "shown", {}


_CHECKS = {
    "order": _order,
    "papers": _papers,
    "before": _before,
    "answer": _answer,
    "most": _most,
    "span": _span,
    "note": _note,
}

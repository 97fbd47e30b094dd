"""Two rulebooks small enough to be followed by hand, and records that run through them.

    home                                      partner
    idea ── loi ── plan ── council ─┐         sounding ── loi ── exchange ── reply ─┐
                            ministry ┴─ signing ────────────────────────────────────┘
                                        └── deposit           └── register

The home gate before signing waits for council and ministry, the partner's for reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kembar.engines.procedure.joining import Procedure, join
from kembar.engines.procedure.model import (
    Actor,
    Gate,
    Limit,
    Paper,
    Record,
    Rule,
    Rulebook,
    Step,
    Words,
)

LONG_AGO = date(2026, 1, 5)  # a Monday, before everything here
TODAY = date(2026, 9, 30)


def words(text: str) -> Words:
    return {"id": text, "zh": text, "en": text}


def a_step(code: str, *, actor: str = "bureau", **more: Any) -> Step:
    more.setdefault("sub", "establish")
    return Step(code, words(code), actor=actor, **more)


def a_gate(code: str, opens: str, *waits: str) -> Gate:
    return Gate(code, words(code), opens, waits)


def a_rule(code: str, check: str, *, severity: str = "block", **more: Any) -> Rule:
    return Rule(code, severity, words(code), check, **more)  # type: ignore[arg-type]


def a_book(
    code: str,
    steps: Iterable[Step],
    *,
    gates: Iterable[Gate] = (),
    rules: Iterable[Rule] = (),
    country: str = "ID",
) -> Rulebook:
    steps = tuple(steps)
    actors = {name for step in steps for name in (step.actor, step.asks) if name}
    papers = {name for step in steps for name in (*step.needs, *step.yields)}
    return Rulebook(
        code=code,
        version="2026.1",
        country=country,
        language={"ID": "id", "CN": "zh"}.get(country, "en"),
        kinds=("sister_province",),
        name=words(code),
        about=words(code),
        as_of=date(2026, 11, 1),
        actors={name: Actor(name, words(name), "bureau") for name in sorted(actors)},
        papers={name: Paper(name, words(name)) for name in sorted(papers)},
        steps={step.code: step for step in steps},
        gates={gate.code: gate for gate in gates},
        rules={rule.code: rule for rule in rules},
    )


HOME = a_book(
    "home-book",
    [
        a_step("idea", optional=True),
        a_step("h-loi", actor="governor", joint="loi", after=("idea",), yields=("loi-paper",)),
        a_step("plan", after=("h-loi",), yields=("plan-paper",)),
        a_step(
            "council",
            actor="council",
            asks="governor",
            after=("plan",),
            needs=("plan-paper",),
            yields=("decision",),
        ),
        a_step(
            "ministry",
            actor="ministry",
            asks="governor",
            after=("council",),
            needs=("decision",),
            yields=("approval",),
            limit=Limit(10, since="asked"),
        ),
        a_step("h-signing", actor="governor", joint="signing", after=("ministry",)),
        a_step("deposit", after=("h-signing",), limit=Limit(7, since="open")),
    ],
    gates=[a_gate("home-gate", "signing", "council", "ministry")],
    rules=[
        a_rule("R-08", "order", steps=("loi", "plan", "council", "ministry", "signing")),
        a_rule("R-01", "answer", at="loi", ask="relations", want="yes"),
        a_rule("R-06", "papers", severity="warn", at="council", papers=("link-to-plans",)),
    ],
)
PARTNER = a_book(
    "partner-book",
    [
        a_step("sounding", actor="fao"),
        a_step("p-loi", actor="fao", joint="loi", after=("sounding",)),
        a_step("exchange", actor="fao", after=("p-loi",)),
        a_step("reply", actor="body", asks="fao", after=("exchange",), yields=("reply-paper",)),
        a_step("p-signing", actor="fao", joint="signing", after=("reply",)),
        a_step("register", actor="body", asks="fao", after=("p-signing",)),
    ],
    gates=[a_gate("partner-gate", "p-signing", "reply")],
    rules=[a_rule("R-33", "before", severity="warn", at="reply", steps=("exchange",))],
    country="CN",
)


def both() -> Procedure:
    return join(HOME, PARTNER, "establish")


def alone() -> Procedure:
    return join(HOME, None, "establish")


def with_limit(book: Rulebook, code: str, limit: Limit | None) -> Rulebook:
    return replace(book, steps={**book.steps, code: replace(book.steps[code], limit=limit)})


def a_record(number: int, kind: str, step: str = "", *, on: date = LONG_AGO, **more: Any) -> Record:
    return Record(number, on, kind, step, **more)  # type: ignore[arg-type]


def log(*entries: tuple[Any, ...] | Mapping[str, Any], on: date = LONG_AGO) -> list[Record]:
    """Return records numbered from 1.

    Each entry is (kind, step), (kind, step, day) or (kind, step, day, papers …).
    """
    records = []
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, Mapping):
            records.append(a_record(number, **{"on": on, **entry}))
            continue
        kind, step, *rest = entry
        day = rest[0] if rest else on
        records.append(a_record(number, kind, step, on=day, papers=tuple(rest[1:])))
    return records


def all_the_way() -> list[Record]:
    """Return the shortest lawful way to a signature."""
    day = LONG_AGO
    return log(
        {"kind": "answered", "key": "relations", "value": "yes"},
        ("done", "idea"),
        ("done", "sounding"),
        ("done", "loi", day, "loi-paper"),
        ("done", "plan", day, "plan-paper", "link-to-plans"),
        ("asked", "council"),
        ("done", "council", day, "decision"),
        ("asked", "ministry"),
        ("done", "ministry", day, "approval"),
        ("done", "exchange"),
        ("done", "reply", day, "reply-paper"),
        ("done", "signing"),
    )

"""The law as data: steps, who acts, papers, limits, gates and rules, each with its basis.

A rulebook holds one country's side. Two of them join into the procedure of a case. Nothing here
knows a tie, a day or a person; `plan` asks those of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

Words = Mapping[str, str]
"""A text by language: id, zh, en, and that of the actors where it is another one."""

Seen = Literal["text", "secondary", "unverified"]
"""How a provision was seen: its own text, what others say of it, or not at all."""

Severity = Literal["block", "warn", "info"]

Sub = Literal["establish", "travel", "renewal", "amendment", "ending"]
"""Which procedure of a rulebook a step belongs to; a case runs one of them."""
SUBS: Final[tuple[Sub, ...]] = ("establish", "travel", "renewal", "amendment", "ending")

ActorKind = Literal[
    "bureau",
    "agency",
    "head",
    "council",
    "home_ministry",
    "foreign_ministry",
    "state_office",
    "national_body",
    "both_heads",
    "other",
]
"""What kind of post acts; the room of cases says which roles may record for it."""

Moment = Literal["target", "departure", "return", "expiry"]
"""A day of the case itself that limits count from or back to."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A provision, where it stands, and how we know it.

    Attributes
    ----------
    instrument
        "Permenlu 4/2023".
    article
        "Pasal 6"; empty where it was not seen.
    address
        Where it was read; empty only for what nobody has seen.
    seen
    note
        What to know of this reading, by language.
    """

    instrument: str
    article: str = ""
    address: str = ""
    seen: Seen = "unverified"
    note: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take, or how long before a day it must be done.

    Attributes
    ----------
    days
        None where no source was seen: the installation may fill it under `setting`.
    count
        Working days of the actor's country, or days of the calendar.
    since
        "asked": when it was handed to the actor. "open": when nothing kept it any more.
        A moment, or the code of a step: its day.
    before
        True: at least so many days before `since`, which is then a moment.
    setting
        The key under which an installation fills or replaces the days; empty if the law is clear.
    basis
        Empty only if `days` is None: a limit without a source is refused.
    """

    days: int | None
    count: Literal["working", "calendar"] = "working"
    since: str = "asked"
    before: bool = False
    setting: str = ""
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an office of one country."""

    code: str
    name: Words
    kind: ActorKind


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that a step needs or yields.

    `lasting` ones are kept for good: they prove what was done.
    """

    code: str
    name: Words
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the procedure.

    Attributes
    ----------
    code, name
    sub
        The procedure it belongs to.
    actor
        The code of who acts: on whom it waits once it was asked.
    asks
        The code of who hands it in; empty if the actor begins by himself.
    after
        Codes of the steps of its own side that come first.
    needs, yields
        Codes of papers.
    joint
        The name of an act that both sides do together ("loi", "signing"); empty for one side's.
    optional
        Whether it may be skipped with a reason, without an override.
    what
        What the law says, in a sentence of our own, by language.
    prepare
        What to get ready, one by one.
    signs
        Who signs, by language; empty where nobody signs.
    limit
    basis
        At least one; seen "unverified" where no article was seen.
    """

    code: str
    name: Words
    sub: Sub
    actor: str
    asks: str = ""
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    joint: str = ""
    optional: bool = False
    what: Words = field(default_factory=dict)
    prepare: tuple[Words, ...] = ()
    signs: Words = field(default_factory=dict)
    limit: Limit | None = None
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be done, with its papers, before an act may be.

    `opens` names a step or a joint act. The gates of both sides on one joint act hold together.
    """

    code: str
    name: Words
    opens: str
    waits: tuple[str, ...]
    basis: tuple[Basis, ...] = ()


CheckKind = Literal["order", "papers", "before", "answer", "most", "span", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its weight.

    Attributes
    ----------
    code
        "R-11" as in the domain file, or a rulebook's own.
    severity
        "block" is passed by an override only; "warn" and "info" are shown.
    sentence
        What holds, by language.
    check
        order: `steps` are done in this order. papers: `papers` are attached at `at`.
        before: `steps` are done or logged before `at`. answer: the question `ask` has the answer
        `want` ("yes" or "no") before `at`. most: the number answered to `ask` is at most the one
        in `caps` under the answer to `by` ("" for all). span: from `departure` to `return` are at
        most `caps[""]` days, both counted. note: shown at `at`, never broken.
    at
        Code of the step or joint act where it is checked; empty: always shown.
    sub
        As in `Step`.
    by, which, choices
        What `caps` depend on: its key, the question that asks for it, and what may be answered,
        in words. An answer without a cap is allowed and never broken: no source was seen.
    """

    code: str
    severity: Severity
    sentence: Words
    check: CheckKind
    at: str = ""
    sub: Sub = "establish"
    steps: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    ask: str = ""
    question: Words = field(default_factory=dict)
    want: Literal["yes", "no", ""] = ""
    by: str = ""
    which: Words = field(default_factory=dict)
    choices: Mapping[str, Words] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True)
class Rulebook:
    """One country's procedure for one kind of tie, in one version.

    Attributes
    ----------
    code, version
        "id-ksdpl", "2026.1".
    country
        ISO 3166-1, whose working days count.
    language
        Of the actors: id, zh, en, ja, ko. Their names and those of the steps stand in it too.
    kinds
        Kinds of tie it is for: sister_province, sister_city, friendly, other.
    levels
        ISO 3166-2 levels it is for: "first", "below".
    name, about
    as_of
        The day until which its sources were read.
    small
        Whether it shows the outline only, not the whole procedure.
    """

    code: str
    version: str
    country: str
    language: str
    kinds: tuple[str, ...]
    name: Words
    about: Words
    as_of: date
    levels: tuple[str, ...] = ("first",)
    small: bool = False
    actors: Mapping[str, Actor] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    gates: Mapping[str, Gate] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)


RecordKind = Literal[
    "asked", "returned", "done", "skipped", "overridden", "answered", "dated", "annulled", "noted"
]


@dataclass(frozen=True, slots=True)
class Record:
    """What happened on a case, as the room keeps it: only added to, never changed.

    Attributes
    ----------
    number
        1, 2, 3 … in the order of recording.
    on
        The day it happened.
    kind
        asked: handed to the actor. returned: sent back, `reason` coded. done: the act itself.
        skipped: an optional step left out, with a reason. overridden: `key` names the gate or
        rule that was passed on purpose, `step` where. answered: `key` the question, `value` the
        answer. dated: `key` the moment, `value` the day in ISO form. annulled: `key` the number
        of a record entered by mistake. noted: a remark that changes nothing.
    step
        Code of a step or joint act.
    papers
        Codes of the papers attached.
    """

    number: int
    on: date
    kind: RecordKind
    step: str = ""
    papers: tuple[str, ...] = ()
    reason: str = ""
    key: str = ""
    value: str = ""

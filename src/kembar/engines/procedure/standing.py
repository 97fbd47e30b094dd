"""Where a case stands, from what was recorded: no calendar, no clock, fast enough for a nation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kembar.engines.procedure.joining import Act, Party, Procedure
from kembar.engines.procedure.model import Record

State = Literal["not_yet", "open", "waiting", "returned", "done", "skipped", "overridden"]
"""not_yet: something keeps it. open: nothing does. waiting: handed in, the actor has not answered.
returned: sent back to whoever handed it in. skipped: optional, left out with a reason.
overridden: left out on purpose although it is not optional."""


@dataclass(frozen=True, slots=True)
class Return:
    """An act sent back, with the coded reason."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """A block passed on purpose.

    Attributes
    ----------
    key
        Of the gate or rule; empty where the act itself was left out.
    act, on, reason, papers
    number
        Of the record, by which the room knows who did it.
    """

    key: str
    act: str
    on: date
    reason: str
    papers: tuple[str, ...]
    number: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a closed gate misses of an act.

    Attributes
    ----------
    act
    done
        Whether the act itself is done.
    papers
        Codes of the papers that it yields and that no record of it carries.
    """

    act: str
    done: bool
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActStand:
    """Where one act stands.

    Attributes
    ----------
    state
    since
        The day from which it is in that state; None for "not_yet", and for what was open from
        the beginning of the case.
    on
        Who has to move: the actors if it is waiting, whoever hands it in if it is open or was
        returned; nobody otherwise.
    waits_for
        Acts that keep it: predecessors that are not over, and what its closed gates miss. Nothing
        keeps what is over.
    opened_on
        The day on which the last predecessor was over; None if there is none, or not yet.
    asked_on, asks
        When it was last handed in, and how often: from the second time, a resubmission.
    returns
        Oldest first.
    papers
        Codes of all that was attached to it.
    first_on, records
        The day of its first record, and how many there are.
    """

    state: State
    since: date | None = None
    on: tuple[Party, ...] = ()
    waits_for: tuple[str, ...] = ()
    opened_on: date | None = None
    asked_on: date | None = None
    asks: int = 0
    returns: tuple[Return, ...] = ()
    papers: frozenset[str] = frozenset()
    first_on: date | None = None
    records: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it keeps nothing any more."""
        return self.state in ("done", "skipped", "overridden")


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a case stands. Two logs that say the same of every act give equal stands.

    Attributes
    ----------
    acts
        By code, in the procedure's order.
    next
        Acts that somebody on either side can take up now: open or returned.
    waiting
        Acts that were handed in and not answered.
    lacking
        By key of the gate: what keeps it closed. Open gates, and overridden ones, are not there.
    overrides
        All that was ever passed on purpose, by day.
    answers
        By question, the last one given.
    moments
        By name (target, departure, return, expiry), the last day given.
    papers
        Codes of all papers of the case.
    """

    acts: Mapping[str, ActStand]
    next: tuple[str, ...]
    waiting: tuple[str, ...]
    lacking: Mapping[str, tuple[Lack, ...]]
    overrides: tuple[Override, ...]
    answers: Mapping[str, str]
    moments: Mapping[str, date]
    papers: frozenset[str]

    def day_of(self, code: str) -> date | None:
        """Return the day on which an act was done; None if it was not, or is no act."""
        act = self.acts.get(code)
        return act.since if act is not None and act.state == "done" else None

    def is_passed(self, key: str, act: str) -> bool:
        """Whether a gate or rule was overridden at an act."""
        return any(each.key == key and each.act == act for each in self.overrides)


class _Log:
    """What was recorded of one act so far."""

    __slots__ = (
        *("asked_on", "asks", "first_on", "papers", "papers_on", "records", "returns", "since"),
        "state",
    )

    def __init__(self, on: date) -> None:
        self.state: State | None = None
        self.since: date | None = None
        self.asked_on: date | None = None
        self.asks = 0
        self.returns: list[Return] = []
        self.papers: set[str] = set()
        # The day on which the last of what it yields came in, which may be after it was done.
        self.papers_on = on
        self.first_on = on
        self.records = 0


def in_force(records: Iterable[Record]) -> list[Record]:
    """Return the records that count, by number: none that was annulled, and no annulment."""
    ordered = sorted(records, key=_number)
    annulled = {record.key for record in ordered if record.kind == "annulled"}
    if not annulled:
        return ordered
    return [
        record
        for record in ordered
        if record.kind != "annulled" and str(record.number) not in annulled
    ]


def stand(procedure: Procedure, records: Iterable[Record]) -> Stand:
    """Return where a case stands.

    What was recorded is taken as it is: whether it might be recorded was for `may` to say.

    - An act is open when all that it follows is over (done, skipped or overridden) and its gates
      are open. A gate opens when every act that it waits for is done and carries the papers that
      it yields, or when the gate itself is overridden; leaving out an act opens no gate.
    - Papers count from every record of the act, remarks too: so a file is completed later.
    - "returned" puts an act back to whoever handed it in; handed in again, it counts as a
      resubmission.
    - What is skipped lets through only what it would have waited for itself: whoever leaves out an
      optional act has not done what comes before it. An override does let through; it says why.
    - What was skipped or overridden may still be done later.
    - A record on a step that the procedure does not have is passed over: when a rulebook is
      exchanged under a running case nothing is lost, and it counts again in the former one.

    Parameters
    ----------
    procedure
    records
        In any order; their numbers tell it.
    """
    logs: dict[str, _Log] = {}
    over: dict[str, date] = {}
    overrides: list[Override] = []
    passed: set[tuple[str, str]] = set()
    answers: dict[str, str] = {}
    moments: dict[str, date] = {}
    papers: set[str] = set()
    codes = procedure.codes

    for record in in_force(records):
        kind = record.kind
        if kind == "answered":
            answers[record.key] = record.value
        elif kind == "dated":
            moments[record.key] = date.fromisoformat(record.value)
        papers.update(record.papers)
        code = codes.get(record.step)
        if code is None:
            continue
        on = record.on
        log = logs.get(code)
        if log is None:
            log = logs[code] = _Log(on)
        log.records += 1
        if record.papers:
            yields = procedure.steps[code].yields
            if any(paper in yields and paper not in log.papers for paper in record.papers):
                log.papers_on = on
            log.papers.update(record.papers)
        if kind == "asked":
            log.state, log.since, log.asked_on = "waiting", on, on
            log.asks += 1
        elif kind == "returned":
            log.state, log.since = "returned", on
            log.returns.append(Return(on, record.reason))
        elif kind == "done" or kind == "skipped":
            log.state, log.since = kind, on
            over[code] = on
        elif kind == "overridden":
            overrides.append(
                Override(record.key, code, on, record.reason, record.papers, record.number)
            )
            if record.key:
                passed.add((record.key, code))
            else:
                log.state, log.since = "overridden", on
                over[code] = on

    lacking, opened = _gates(procedure, logs, passed)
    acts: dict[str, ActStand] = {}
    following: list[str] = []
    waiting: list[str] = []
    # What skipped acts would still wait for, which their followers do instead.
    behind: dict[str, tuple[str, ...]] = {}
    for code, act in procedure.steps.items():
        kept_by = _kept_by(act, over, behind)
        one = _act_stand(act, logs.get(code), kept_by, over, lacking, opened)
        acts[code] = one
        if one.state == "skipped":
            behind[code] = kept_by
            over[code] = max([over[code], *(over[each] for each in act.after if each in over)])
        if one.state == "open" or one.state == "returned":
            following.append(code)
        elif one.state == "waiting":
            waiting.append(code)
    overrides.sort(key=lambda each: (each.on, each.act, each.key, each.reason, each.papers))
    return Stand(
        acts=acts,
        next=tuple(following),
        waiting=tuple(waiting),
        lacking=lacking,
        overrides=tuple(overrides),
        answers=answers,
        moments=moments,
        papers=frozenset(papers),
    )


def _gates(
    procedure: Procedure, logs: Mapping[str, _Log], passed: set[tuple[str, str]]
) -> tuple[dict[str, tuple[Lack, ...]], dict[str, date]]:
    """Return what closed gates miss, and the day of the last act that each open one waited for."""
    lacking: dict[str, tuple[Lack, ...]] = {}
    opened: dict[str, date] = {}
    for key, gate in procedure.gates.items():
        if (key, gate.opens) in passed:
            continue
        misses: list[Lack] = []
        for code in gate.waits:
            log = logs.get(code)
            yields = procedure.steps[code].yields
            if log is None or log.state != "done" or log.since is None:
                attached = log.papers if log else ()
                misses.append(Lack(code, False, tuple(p for p in yields if p not in attached)))
                continue
            papers = tuple(paper for paper in yields if paper not in log.papers)
            if papers:
                misses.append(Lack(code, True, papers))
            else:
                opened[key] = max(log.since, log.papers_on, opened.get(key, log.since))
        if misses:
            lacking[key] = tuple(misses)
            opened.pop(key, None)
    return lacking, opened


def _kept_by(
    act: Act, over: Mapping[str, date], behind: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the predecessors of an act that are not over, those behind a skipped one too."""
    if not behind:
        return tuple(code for code in act.after if code not in over)
    found: dict[str, None] = {}
    for code in act.after:
        found |= dict.fromkeys(behind.get(code, ()) if code in over else (code,))
    return tuple(found)


def _act_stand(
    act: Act,
    log: _Log | None,
    kept_by: tuple[str, ...],
    over: Mapping[str, date],
    lacking: Mapping[str, tuple[Lack, ...]],
    opened: Mapping[str, date],
) -> ActStand:
    waits_for = list(kept_by)
    for key in act.gates:
        waits_for += [lack.act for lack in lacking.get(key, ()) if lack.act not in waits_for]
    opened_on = None
    if not waits_for:
        days = [over[code] for code in act.after]
        days += [opened[key] for key in act.gates if key in opened]
        opened_on = max(days) if days else None

    state = log.state if log else None
    since = log.since if log else None
    on: tuple[Party, ...] = ()
    if state is None:
        state, since = ("not_yet", None) if waits_for else ("open", opened_on)
    if state == "waiting":
        on = act.actors
    elif state == "open" or state == "returned":
        on = act.askers
    elif state != "not_yet":
        waits_for = []
    if log is None:
        return ActStand(state, since, on, tuple(waits_for), opened_on)
    return ActStand(
        state,
        since,
        on,
        tuple(waits_for),
        opened_on,
        log.asked_on,
        log.asks,
        tuple(log.returns),
        frozenset(log.papers),
        log.first_on,
        log.records,
    )


def _number(record: Record) -> int:
    return record.number

"""Where a case stands: the engine's answer on its log, and what the table keeps of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from kembar.apps.cases.models import Case, Entry, PinnedRulebook, Sub
from kembar.apps.kit.statements import rows_of
from kembar.apps.kit.text import Text
from kembar.engines.calendars import Calendar, working_days
from kembar.engines.procedure.joining import Party, Procedure, join
from kembar.engines.procedure.model import Record, Rulebook
from kembar.engines.procedure.reading import read_rulebook
from kembar.engines.procedure.standing import Stand


@lru_cache(maxsize=128)
def _book(sha256: str) -> Rulebook:
    # Kept by what it says, so that one process reads each text once, whichever case pins it.
    pinned = PinnedRulebook.objects.get(sha256=sha256)
    return read_rulebook(pinned.text, f"{pinned}.toml")


@lru_cache(maxsize=512)
def _joined(home: str, partner: str, sub: Any) -> Procedure:
    return join(_book(home), _book(partner) if partner else None, sub)


def book_of(pinned: PinnedRulebook) -> Rulebook:
    """Return a pinned rulebook as the engine reads it."""
    return _book(pinned.sha256)


def joined(home: PinnedRulebook, partner: PinnedRulebook | None, sub: str) -> Procedure:
    """Return what two pinned rulebooks make together.

    Raises
    ------
    KembarError
        If they cannot be joined, as `join` tells.
    """
    return _joined(home.sha256, partner.sha256 if partner else "", sub)


def procedure_of(case: Case) -> Procedure:
    """Return the procedure that a case runs through; no query once this process knows it."""
    return joined(case.home_book, case.partner_book, case.sub)


class Line(NamedTuple):
    """An entry of the log with what decides on the next one: read without its names and files."""

    number: int
    on: date
    kind: str
    step: str
    papers: list[str]
    reason: str
    text: Text
    key: str
    value: str
    person_id: int | None


COLUMNS = (*Line._fields[:-1], "person")


def record_of(entry: Entry | Line) -> Record:
    """Return an entry of the log as the engine takes it."""
    return Record(
        number=entry.number,
        on=entry.on,
        kind=entry.kind,  # type: ignore[arg-type]  # the same words
        step=entry.step,
        papers=tuple(entry.papers),
        # The engine asks whether there is a reason; which words it has is for people.
        reason=entry.reason or entry.text.shown("en").text,
        key=entry.key,
        value=entry.value,
    )


def records_of(entries: Iterable[Entry | Line]) -> list[Record]:
    """Return a log as the engine takes it."""
    return [record_of(entry) for entry in entries]


def calendars_of(case: Case, procedure: Procedure) -> dict[str, Calendar]:
    """Return the working days of each side, by the country of its rulebook.

    They are those of the region's own country: one book serves the towns of all Europe.
    """
    return {
        book.country: working_days(country)
        for book, country in zip(procedure.books, case.countries, strict=True)
    }


def goal_of(case: Case, procedure: Procedure) -> str:
    """Return the act that a case leads to: the signing, the departure, the renewal …

    It is the act behind a gate, or the one that bears the procedure's name; of a trip, the one
    before what is counted from the return; or else the last.
    """
    if case.sub == Sub.ESTABLISH and "signing" in procedure.steps:
        return "signing"
    gated = [gate.opens for gate in procedure.gates.values()]
    named = [case.sub] if case.sub in procedure.steps else []
    gone = [
        act.after[-1]
        for act in procedure.steps.values()
        if act.after and any(limit and limit.since == "return" for _side, limit in act.limits)
    ]
    return next(iter((*gated, *named, *gone)), [*procedure.steps][-1])


def log_of(case: Case, *, with_posts: bool = False) -> list[Entry]:
    """Return what was recorded on a case, in order: one query."""
    entries = case.entries.order_by("number")
    return list(entries.select_related("post") if with_posts else entries)


def lines_of(case: Case) -> list[Line]:
    """Return the same for a decision on the next entry."""
    rows = rows_of(Entry, COLUMNS, where="case", equals=case.pk, order="number")
    return [Line(*row) for row in rows]


def told(party: Party) -> str:
    """Return an actor of one side as the table keeps it: "home:id-dprd"."""
    return f"{party.side}:{party.actor}"


def party_told(text: str) -> Party:
    """Return the actor that `told` wrote down."""
    side, _colon, actor = text.partition(":")
    return Party(side, actor)  # type: ignore[arg-type]  # as it was written


def summary(procedure: Procedure, stand: Stand) -> dict[str, Any]:
    """Return what lists and boards show of a stand, as JSON holds it.

    Returns
    -------
    dict
        "done" and "of": how many acts are over, of how many. "next": what could begin, each as
        `pending` says it. "missing": of each closed gate, act, whether that is done, its missing
        papers. "overrides": act, gate or rule, day. "moments": days by name.
    """
    return {
        "done": sum(act.is_over for act in stand.acts.values()),
        "of": len(stand.acts),
        "next": [_told(code, stand) for code in stand.next if stand.acts[code].state == "open"],
        "missing": {
            key: [[lack.act, lack.done, list(lack.papers)] for lack in lacks]
            for key, lacks in stand.lacking.items()
        },
        "overrides": [[each.act, each.key, each.on.isoformat()] for each in stand.overrides],
        "moments": {name: day.isoformat() for name, day in stand.moments.items()},
    }


def pending(stand: Stand) -> list[list[Any]]:
    """Return what was handed in, then what came back, as JSON holds it.

    Returns
    -------
    list
        Act, state, since which day (ISO, or null), on whom (as `told` writes it).
    """
    back = [code for code in stand.next if stand.acts[code].state == "returned"]
    return [_told(code, stand) for code in (*stand.waiting, *back)]


def _told(code: str, stand: Stand) -> list[Any]:
    act = stand.acts[code]
    since = act.since.isoformat() if act.since else None
    return [code, act.state, since, [told(party) for party in act.on]]


def came_back(stand: Stand) -> dict[str, int]:
    """Return how often something came back, by reason."""
    return Counter(back.reason for act in stand.acts.values() for back in act.returns)


# What `put` writes into a case.
DRAWN = (
    *("stands", "pending", "came_back", "target", "waiting_on", "waiting_since"),
    *("missing", "next_act", "signed_on"),
)


def put(case: Case, procedure: Procedure, stand: Stand) -> None:
    """Write into a case what lists, boards and reminders find it by; the caller saves it."""
    case.stands = summary(procedure, stand)
    # In columns of their own: searching a nation's summaries for them takes longer than all else.
    case.pending, case.came_back = pending(stand), came_back(stand)
    case.target = _target(case, procedure, stand)
    # On whom it waits longest: on an actor for an answer, or on whoever has to mend what came back.
    longest = min(
        (each for each in case.pending if each[2]), key=itemgetter(2), default=("", "", None, ())
    )
    _code, _state, since, on = longest
    case.waiting_on = on[0] if on else ""
    case.waiting_since = date.fromisoformat(since) if since else None
    case.missing = missing_in(case.stands)
    case.next_act = next(iter((*stand.next, *stand.waiting)), "")
    case.signed_on = stand.day_of("signing") if case.sub == Sub.ESTABLISH else None


def _target(case: Case, procedure: Procedure, stand: Stand) -> date | None:
    if case.sub != Sub.TRAVEL:
        return stand.moments.get("target")
    # Who has left comes too late for nothing any more.
    has_left = stand.acts[goal_of(case, procedure)].is_over
    return None if has_left else stand.moments.get("departure")


def missing_in(stands: Mapping[str, Any]) -> int:
    """Return how many acts and papers the closed gates of a stand still miss."""
    return sum(
        (not done) + len(papers)
        for lacks in stands.get("missing", {}).values()
        for _act, done, papers in lacks
    )

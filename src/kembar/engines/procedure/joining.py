"""Two rulebooks become the procedure of one case: acts of either side, and acts of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Literal

from kembar.engines.errors import KembarError
from kembar.engines.procedure.model import Actor, Gate, Limit, Paper, Rule, Rulebook, Step, Sub

OneSide = Literal["home", "partner"]
Side = Literal["home", "partner", "both"]


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """An actor of one side; the two rulebooks may use the same codes for different offices."""

    side: OneSide
    actor: str


@dataclass(frozen=True, slots=True)
class Act:
    """A step of one side, or one that both sides do together and that is recorded once.

    Attributes
    ----------
    code
        The step's, or the name of the joint act ("loi", "signing"), also where one side has it
        alone: what was recorded on it stands when the other side's rulebook comes in later.
    side
    parts, sides
        The step of each side, home first, and whose it is.
    after
        Acts of both sides that come first.
    gates, gate
        Keys of the gates before it, and the acts that those wait for.
    needs, yields
        Codes of papers, of all parts.
    optional
        Whether every part may be skipped.
    askers, actors
        Who hands it in, or begins it; and who acts then. One a part.
    """

    code: str
    side: Side
    parts: tuple[Step, ...]
    sides: tuple[OneSide, ...]
    after: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    gate: tuple[str, ...] = ()

    needs: tuple[str, ...] = field(init=False)
    yields: tuple[str, ...] = field(init=False)
    optional: bool = field(init=False)
    askers: tuple[Party, ...] = field(init=False)
    actors: tuple[Party, ...] = field(init=False)

    def __post_init__(self) -> None:
        parts = tuple(zip(self.sides, self.parts, strict=True))
        derived = {
            "needs": _once(paper for part in self.parts for paper in part.needs),
            "yields": _once(paper for part in self.parts for paper in part.yields),
            "optional": all(part.optional for part in self.parts),
            "askers": tuple(Party(side, part.asks or part.actor) for side, part in parts),
            "actors": tuple(Party(side, part.actor) for side, part in parts),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def limits(self) -> tuple[tuple[OneSide, Limit | None], ...]:
        """The limit of each part, and whose it is."""
        return tuple((side, p.limit) for side, p in zip(self.sides, self.parts, strict=True))

    @property
    def before(self) -> tuple[str, ...]:
        """All acts that come first: those it follows, then those that only its gates wait for."""
        return _once((*self.after, *self.gate))


@dataclass(frozen=True, eq=False)
class Procedure:
    """What a case runs through. Make it once a pair of rulebooks and keep it.

    Attributes
    ----------
    home, partner, sub
    steps
        Acts by code, in an order in which each comes after all that it waits for; where that
        leaves a choice, as the rulebooks list them, home first.
    gates, rules
        By key, which is their code; where both sides use the same code, "<rulebook>:<code>" on
        both. What they name is named by act.
    side_of
        Whose a gate or rule is, by its key.
    """

    home: Rulebook
    partner: Rulebook | None
    sub: Sub
    steps: Mapping[str, Act]
    gates: Mapping[str, Gate]
    rules: Mapping[str, Rule]
    side_of: Mapping[str, OneSide]

    def act(self, code: str) -> Act | None:
        """Return the act that a step or a joint name means, or None."""
        return self.steps.get(self.codes.get(code, ""))

    def book(self, side: OneSide) -> Rulebook:
        """Return the rulebook of a side."""
        if side == "partner" and self.partner is not None:
            return self.partner
        return self.home

    def actor(self, party: Party) -> Actor:
        """Return who a party is."""
        return self.book(party.side).actors[party.actor]

    def paper(self, code: str) -> Paper | None:
        """Return a paper by its code; where both sides have one of that code, the home's."""
        for book in self.books:
            if code in book.papers:
                return book.papers[code]
        return None

    @cached_property
    def books(self) -> tuple[Rulebook, ...]:
        """The rulebooks, home first."""
        return (self.home,) if self.partner is None else (self.home, self.partner)

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The act of each code that may be used for it: its own, and those of its steps."""
        known = {part.code: act.code for act in self.steps.values() for part in act.parts}
        return known | {code: code for code in self.steps}

    @cached_property
    def rules_at(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the rules that are checked when an act is recorded.

        A rule of order is checked at each of its acts but the first.
        """
        found: dict[str, list[str]] = {code: [] for code in self.steps}
        for key, rule in self.rules.items():
            checked = {rule.at} if rule.at else set()
            if rule.check == "order":
                checked.update(rule.steps[1:])
            for code in checked:
                found[code].append(key)
        return {code: tuple(each) for code, each in found.items()}


def join(home: Rulebook, partner: Rulebook | None, sub: Sub) -> Procedure:
    """Return the procedure that two rulebooks make together.

    Steps of the same joint name become one act, which follows whatever either of them follows
    and has the gates of both. A joint name that only one side has is that side's own act. A trip
    ("travel") runs by the traveller's rulebook alone, which is `home` then.

    Raises
    ------
    KembarError
        "case.no_steps" if there is nothing to do, "case.code_twice" if both sides use a code,
        "case.joint_twice" if a side has two steps for one joint act, "case.step_missing" if
        something names a step that is not there, "case.cycle" if acts wait for each other.
    """
    if sub == "travel":
        partner = None
    books: _Books = [("home", home)]
    if partner is not None:
        books.append(("partner", partner))

    grouped = _grouped(books, sub)
    if not grouped:
        raise KembarError("case.no_steps", rulebook=home.code, sub=sub)
    known = {step.code: name for name, parts in grouped.items() for _side, step in parts}
    # A step of the name of a joint act is refused in `_grouped`, so no code means two acts.
    known |= {name: name for name in grouped}

    gates, rules, side_of = _checks(books, sub, known)
    acts = [_act(name, parts, known, gates, books) for name, parts in grouped.items()]
    return Procedure(
        home=home,
        partner=partner,
        sub=sub,
        steps={act.code: act for act in _in_order(acts)},
        gates=gates,
        rules=rules,
        side_of=side_of,
    )


_Books = list[tuple[OneSide, Rulebook]]
_Parts = list[tuple[OneSide, Step]]


def _grouped(books: _Books, sub: Sub) -> dict[str, _Parts]:
    """Return the parts of each act by its code."""
    grouped: dict[str, _Parts] = {}
    owner: dict[str, str] = {}
    for side, book in books:
        for step in book.steps.values():
            if step.sub != sub:
                continue
            if step.code in owner:
                raise KembarError(
                    "case.code_twice", home=owner[step.code], partner=book.code, code=step.code
                )
            owner[step.code] = book.code
            parts = grouped.setdefault(step.joint or step.code, [])
            if any(other == side for other, _step in parts):
                raise KembarError(
                    "case.joint_twice",
                    rulebook=book.code,
                    joint=step.joint or step.code,
                    steps=", ".join([*(s.code for _o, s in parts), step.code]),
                )
            parts.append((side, step))
    for name, parts in grouped.items():
        # Two rulebooks meet here by chance, so a name of one may be a step's code in the other.
        stranger = name in owner and name not in {step.code for _side, step in parts}
        if stranger or (len(parts) > 1 and not all(step.joint for _side, step in parts)):
            raise KembarError(
                "case.code_twice", home=books[0][1].code, partner=books[-1][1].code, code=name
            )
    return grouped


def _checks(
    books: _Books, sub: Sub, known: Mapping[str, str]
) -> tuple[dict[str, Gate], dict[str, Rule], dict[str, OneSide]]:
    """Return gates and rules by key, with what they name turned into acts, and whose they are."""
    found: list[tuple[OneSide, Rulebook, Gate | Rule]] = []
    for side, book in books:
        elsewhere = {code for step in book.steps.values() for code in (step.code, step.joint)}
        elsewhere -= known.keys()
        for gate in book.gates.values():
            # A rulebook holds several procedures; a gate is of the one whose acts it waits for.
            if gate.opens in elsewhere or elsewhere.issuperset(gate.waits):
                continue
            opens, *waits = _acts((gate.opens, *gate.waits), known, book, gate.code)
            found.append((side, book, replace(gate, opens=opens, waits=_once(waits))))
        for rule in book.rules.values():
            if rule.sub != sub:
                continue
            at = _acts((rule.at,), known, book, rule.code)[0] if rule.at else ""
            steps = _once(_acts(rule.steps, known, book, rule.code))
            found.append((side, book, replace(rule, at=at, steps=steps)))

    sides_with: dict[str, set[OneSide]] = {}
    for side, _book, each in found:
        sides_with.setdefault(each.code, set()).add(side)
    gates: dict[str, Gate] = {}
    rules: dict[str, Rule] = {}
    side_of: dict[str, OneSide] = {}
    for side, book, each in found:
        # Were only the second one marked, an override of the first could pass for one of both.
        key = each.code if len(sides_with[each.code]) == 1 else f"{book.code}:{each.code}"
        side_of[key] = side
        if isinstance(each, Gate):
            gates[key] = each
        else:
            rules[key] = each
    return gates, rules, side_of


def _act(
    name: str,
    parts: _Parts,
    known: Mapping[str, str],
    gates: Mapping[str, Gate],
    books: _Books,
) -> Act:
    by_side = dict(books)
    after = [
        code for side, step in parts for code in _acts(step.after, known, by_side[side], step.code)
    ]
    own = {key: gate for key, gate in gates.items() if gate.opens == name}
    sides = tuple(side for side, _step in parts)
    return Act(
        code=name,
        side=sides[0] if len(sides) == 1 else "both",
        parts=tuple(step for _side, step in parts),
        sides=sides,
        after=_once(after),
        gates=tuple(own),
        gate=_once(code for gate in own.values() for code in gate.waits),
    )


def _acts(
    codes: Iterable[str], known: Mapping[str, str], book: Rulebook, where: str
) -> tuple[str, ...]:
    found = []
    for code in codes:
        if code not in known:
            raise KembarError("case.step_missing", rulebook=book.code, where=where, step=code)
        found.append(known[code])
    return tuple(found)


def _in_order(acts: list[Act]) -> list[Act]:
    """Return the acts with each after all that it waits for.

    References
    ----------
    Kahn (1962), "Topological sorting of large networks", Communications of the ACM 5(11).
    """
    number = {act.code: at for at, act in enumerate(acts)}
    left = {act.code: len(act.before) for act in acts}
    followers: dict[str, list[str]] = {act.code: [] for act in acts}
    for act in acts:
        for code in act.before:
            followers[code].append(act.code)
    ready = [number[code] for code, count in left.items() if not count]
    heapify(ready)
    ordered: list[Act] = []
    while ready:
        act = acts[heappop(ready)]
        ordered.append(act)
        for code in followers[act.code]:
            left[code] -= 1
            if not left[code]:
                heappush(ready, number[code])
    if len(ordered) < len(acts):
        raise KembarError("case.cycle", acts=" → ".join(_cycle(acts, left)))
    return ordered


def _cycle(acts: list[Act], left: Mapping[str, int]) -> list[str]:
    """Return acts that wait for each other in a ring, the first again at the end."""
    before = {act.code: act.before for act in acts}
    trail = [next(code for code, count in left.items() if count)]
    while True:
        # Whoever is left waits for another that is left, so the way back never ends.
        code = next(each for each in before[trail[-1]] if left[each])
        if code in trail:
            ring = trail[trail.index(code) :]
            return [code, *reversed(ring)]
        trail.append(code)


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))

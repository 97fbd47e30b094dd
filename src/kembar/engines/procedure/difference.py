"""What changed between two versions of a rulebook, and which records it leaves without a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from kembar.engines.procedure.model import Record, Rulebook
from kembar.engines.procedure.reading import as_data

Table = Literal["rulebook", "actors", "papers", "steps", "gates", "rules"]
Kind = Literal["added", "dropped", "moved", "changed"]

TABLES: Final[tuple[Table, ...]] = ("actors", "papers", "steps", "gates", "rules")
# What says where in the procedure something stands.
_PLACE: Final[Mapping[Table, frozenset[str]]] = {
    "steps": frozenset({"sub", "after", "joint"}),
    "gates": frozenset({"opens", "waits"}),
    "rules": frozenset({"sub", "at"}),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field that differs.

    Attributes
    ----------
    name
        As the file names it, with what is below it after a point: "limit.days", "name.zh".
    old, new
        As JSON has them; None where there is nothing.
    """

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that differs.

    Attributes
    ----------
    table
        Where it stands; "rulebook" for the top of the file.
    code
        Of the entry; of the book at the top.
    kind
        moved: its place in the procedure is another one, whatever else changed. changed: in
        something else only.
    fields
        What differs, in the order of the file; all there is if it was added or dropped.
    """

    table: Table
    code: str
    kind: Kind
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Difference:
    """All that differs between two rulebooks: nothing if they say the same.

    Attributes
    ----------
    old, new
        Code and version of each, as "id-ksdpl 2026.1".
    changes
        The top of the file first, then the tables in their order; within a table what is there
        in the new book in its order, then what was dropped.
    """

    old: str
    new: str
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def of(self, table: Table, kind: Kind | None = None) -> tuple[Change, ...]:
        """Return the changes of a table, or those of one kind in it."""
        return tuple(
            each for each in self.changes if each.table == table and kind in (None, each.kind)
        )


def difference(old: Rulebook, new: Rulebook) -> Difference:
    """Return all that differs between two rulebooks, usually two versions of one."""
    before, after = as_data(old), as_data(new)
    found: list[Change] = []
    heads = [{k: v for k, v in data.items() if k not in TABLES} for data in (before, after)]
    top = tuple(_fields(heads[0], heads[1]))
    if top:
        found.append(Change("rulebook", new.code, "changed", top))
    for table in TABLES:
        found += _changes(table, before[table], after[table])
    return Difference(f"{old.code} {old.version}", f"{new.code} {new.version}", tuple(found))


def _changes(table: Table, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for code, entry in new.items():
        fields = tuple(_fields(old.get(code, {}), entry))
        if code not in old:
            yield Change(table, code, "added", fields)
        elif fields:
            place = _PLACE.get(table, frozenset())
            has_moved = any(each.name.split(".")[0] in place for each in fields)
            yield Change(table, code, "moved" if has_moved else "changed", fields)
    for code, entry in old.items():
        if code not in new:
            yield Change(table, code, "dropped", tuple(_fields(entry, {})))


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], above: str = "") -> Iterator[Field]:
    for key in dict.fromkeys([*new, *old]):
        one, other = old.get(key), new.get(key)
        if one == other:
            continue
        name = f"{above}{key}"
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _fields(one, other, f"{name}.")
        else:
            yield Field(name, one, other)


# Records of a running case -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lost:
    """A record that the new book has no place for; it is kept, and marked.

    Attributes
    ----------
    record
    what
        step: its step is gone. key: the gate, rule or question it names is gone. paper: a paper
        attached to it is gone.
    code
        Of what is gone.
    instead
        The act that has its step now, where a joint act was parted or two were joined; or empty.
    """

    record: Record
    what: Literal["step", "key", "paper"]
    code: str
    instead: str = ""


@dataclass(frozen=True)
class Moved:
    """What becomes of a case's records under another version.

    Attributes
    ----------
    records
        All of them, in their order: nothing is ever dropped.
    lost
        Those that the new book has no place for, once for each thing that is gone.
    behind
        Steps that the new book adds before something that was done already, in its order: they
        are open although the case is past them.
    """

    records: tuple[Record, ...]
    lost: tuple[Lost, ...]
    behind: tuple[str, ...]


def moved(records: Sequence[Record], old: Rulebook, new: Rulebook) -> Moved:
    """Return what becomes of records under a new version of the book that they were made under.

    What the old book does not know is the other side's, and is left alone.

    Parameters
    ----------
    records
        Of one case, of both sides.
    old, new
        Versions of the book of one side.
    """
    acts_before, acts_now = _acts(old), _acts(new)
    keys_before, keys_now = _keys(old), _keys(new)
    lost: list[Lost] = []
    for record in records:
        step = acts_before.get(record.step)
        if step and record.step not in acts_now:
            kept = new.steps.get(step)
            lost.append(Lost(record, "step", record.step, (kept.joint or step) if kept else ""))
        # Where both sides use a code, a key names the rulebook too ("id-ksdpl:R-11").
        key = record.key.removeprefix(f"{old.code}:")
        if key in keys_before and key not in keys_now:
            lost.append(Lost(record, "key", record.key))
        lost += [
            Lost(record, "paper", paper)
            for paper in record.papers
            if paper in old.papers and paper not in new.papers
        ]
    annulled = {int(each.key) for each in records if _annuls(each)}
    done = {
        acts_now[each.step]
        for each in records
        if each.kind == "done" and each.step in acts_now and each.number not in annulled
    }
    added = _before(done, new) - done - old.steps.keys()
    return Moved(tuple(records), tuple(lost), tuple(code for code in new.steps if code in added))


def _annuls(record: Record) -> bool:
    return record.kind == "annulled" and record.key.isdecimal()


def _acts(book: Rulebook) -> dict[str, str]:
    """Return the step behind each name that a record may give it."""
    own = {code: code for code in book.steps}
    return own | {step.joint: code for code, step in book.steps.items() if step.joint}


def _keys(book: Rulebook) -> set[str]:
    """Return what a record's key may name: gates, rules and the questions they ask."""
    asked = {each for rule in book.rules.values() for each in (rule.ask, rule.by) if each}
    return {*book.gates, *book.rules, *asked}


def _before(steps: set[str], book: Rulebook) -> set[str]:
    """Return all steps that come before some, gates counted."""
    acts = _acts(book)
    after = {code: set(step.after) for code, step in book.steps.items()}
    for gate in book.gates.values():
        after[acts[gate.opens]] |= {acts[each] for each in gate.waits}
    found: set[str] = set()
    waiting = list(steps)
    while waiting:
        for code in after[waiting.pop()]:
            if code not in found:
                found.add(code)
                waiting.append(code)
    return found

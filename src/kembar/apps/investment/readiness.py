"""How far an offer is, drawn from what is known of it and from its papers.

The levels and the papers are data that an office corrects: `readiness.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from kembar.apps.kit.text import LANGUAGES, Text
from kembar.engines.errors import KembarError

FILE: Final = Path(__file__).parent / "readiness.toml"
# What an offer may be asked for, beside papers.
FACTS: Final = frozenset(
    {"place", "area_ha", "land", "power", "water", "port", "sought", "irr_percent", "contact"}
)
LANDS: Final = frozenset({"state", "titled", "leased", "customary", "sea"})
CONTESTED: Final = "contested"
# Nobody clears what is fought over by adding papers: such an offer goes no further than its site.
MOST_IF_CONTESTED: Final = 1
SEEN: Final = frozenset({"ours", "secondary", "text"})


@dataclass(frozen=True)
class PaperKind:
    """A paper or a check.

    Attributes
    ----------
    code, level
    name, what, issuer
        What it is called, what it says and who issues it.
    land
        Land statuses for which it is asked; empty: for all.
    seen, source
        Whether somebody read the rule behind it: "ours" is nobody.
    """

    code: str
    level: int
    name: Text
    what: Text
    issuer: Text
    land: frozenset[str]
    seen: str
    source: str = ""

    def is_asked_of(self, land: str) -> bool:
        """Whether an offer of that land status needs it; of an unknown one nobody can say."""
        return not self.land or land in self.land


@dataclass(frozen=True)
class Level:
    """A level of readiness, with the fields of an offer that it asks for."""

    level: int
    name: Text
    meaning: Text
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Ladder:
    version: str
    levels: tuple[Level, ...]
    papers: Mapping[str, PaperKind]


@dataclass(frozen=True)
class Held:
    """A paper on file: its kind, and the last day on which it is valid (None: no end)."""

    code: str
    valid_until: date | None = None


@dataclass(frozen=True)
class Asked:
    """A paper that a level asks for, and whether a valid one is on file.

    Attributes
    ----------
    kind
    is_there
    ran_out
        The day on which the newest one on file ran out, where none is valid any more.
    """

    kind: PaperKind
    is_there: bool
    ran_out: date | None = None


@dataclass(frozen=True)
class Rung:
    """A level as an offer meets it: what of it is there and what is lacking.

    `is_reached` holds if nothing lacks here nor below.
    """

    level: Level
    papers: tuple[Asked, ...]
    lacking_facts: tuple[str, ...]
    is_reached: bool

    @property
    def lacking(self) -> tuple[Asked, ...]:
        return tuple(each for each in self.papers if not each.is_there)


@dataclass(frozen=True)
class Standing:
    """How far an offer is.

    Attributes
    ----------
    level
    until
        The last day on which that level holds, where a paper it rests on runs out.
    rungs
        All levels from 0.
    is_held_back
        The land is contested, and that alone keeps it from the next level.
    """

    level: int
    until: date | None
    rungs: tuple[Rung, ...]
    is_held_back: bool

    @property
    def reached(self) -> Rung:
        return self.rungs[self.level]

    @property
    def next(self) -> Rung | None:
        """The level that comes next, with what it lacks; None at the top."""
        return self.rungs[self.level + 1] if self.level + 1 < len(self.rungs) else None

    @property
    def lacking(self) -> tuple[Asked, ...]:
        """Every paper that is lacking up to the top."""
        return tuple(asked for rung in self.rungs for asked in rung.lacking)


@cache
def ladder() -> Ladder:
    """Return the levels and papers of the shipped file."""
    return read(FILE.read_text(encoding="utf-8"), FILE.name)


def read(text: str, name: str) -> Ladder:
    """Return levels and papers as they stand in a file.

    Raises
    ------
    KembarError
        `readiness.wrong`, naming file and entry.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, "TOML", str(error)) from error
    levels = tuple(_level(row, at, name) for at, row in enumerate(data.get("level", [])))
    if not levels:
        raise _wrong(name, "level", "there is none")
    papers: dict[str, PaperKind] = {}
    for row in data.get("paper", []):
        kind = _paper(row, len(levels), name)
        if kind.code in papers:
            raise _wrong(name, kind.code, "it stands there twice")
        papers[kind.code] = kind
    return Ladder(str(data.get("version", "")), levels, papers)


def _level(row: Mapping[str, Any], at: int, name: str) -> Level:
    entry = f"level {row.get('level', '?')}"
    if row.get("level") != at:
        raise _wrong(name, entry, f"levels go up from 0, so that {at} is expected here")
    facts = tuple(row.get("facts", ()))
    if unknown := set(facts) - FACTS:
        raise _wrong(name, entry, f"facts: {', '.join(sorted(unknown))}")
    return Level(at, _text(row, "name", entry, name), _text(row, "meaning", entry, name), facts)


def _paper(row: Mapping[str, Any], levels: int, name: str) -> PaperKind:
    code = str(row.get("code", ""))
    entry = code or "paper"
    if not code or len(code) > 40:
        raise _wrong(name, entry, "code: 1 to 40 letters")
    level = row.get("level")
    if not isinstance(level, int) or not 1 <= level < levels:
        raise _wrong(name, entry, f"level: 1 to {levels - 1}")
    land = frozenset(row.get("land", ()))
    if unknown := land - LANDS:
        raise _wrong(name, entry, f"land: {', '.join(sorted(unknown))}")
    seen, source = str(row.get("seen", "ours")), str(row.get("source", ""))
    if seen not in SEEN:
        raise _wrong(name, entry, f"seen: {seen}; one of {', '.join(sorted(SEEN))}")
    if seen != "ours" and not source:
        raise _wrong(name, entry, "source: name the rule that was seen")
    texts = {part: _text(row, part, entry, name) for part in ("name", "what", "issuer")}
    return PaperKind(code, level, land=land, seen=seen, source=source, **texts)


def _text(row: Mapping[str, Any], part: str, entry: str, name: str) -> Text:
    found = Text(row.get(part, {}))
    if lacking := [key for key in LANGUAGES if not found.get(key)]:
        raise _wrong(name, entry, f"{part}: {', '.join(lacking)}")
    return found


def _wrong(name: str, entry: str, what: str) -> KembarError:
    return KembarError("readiness.wrong", name=name, entry=entry, what=what)


def stand(
    known: Collection[str],
    land: str,
    held: Iterable[Held],
    today: date,
    *,
    by: Ladder | None = None,
) -> Standing:
    """Return how far an offer is.

    Parameters
    ----------
    known
        Names of the fields in which something is known.
    land
        Its land status; empty if that is not known.
    held
        Papers on file that are not withdrawn.
    today
    by
        The levels; by default the shipped ones.
    """
    by = by or ladder()
    last = _last_days(held)
    rungs, level, until = [], 0, None
    whole = True
    for each in by.levels:
        papers = tuple(
            _asked(kind, last, today)
            for kind in by.papers.values()
            if kind.level == each.level and kind.is_asked_of(land)
        )
        lacks = tuple(fact for fact in each.facts if fact not in known)
        whole = whole and not lacks and all(asked.is_there for asked in papers)
        is_reached = whole and (land != CONTESTED or each.level <= MOST_IF_CONTESTED)
        rungs.append(Rung(each, papers, lacks, is_reached))
        if is_reached:
            level = each.level
            ends = [last[asked.kind.code] for asked in papers]
            until = min((day for day in (until, *ends) if day), default=None)
    following = rungs[level + 1] if level + 1 < len(rungs) else None
    complete = following is not None and not following.lacking and not following.lacking_facts
    return Standing(level, until, tuple(rungs), land == CONTESTED and complete)


def _last_days(held: Iterable[Held]) -> dict[str, date | None]:
    """Return the last day of the paper of each kind that is valid longest; None: without end."""
    last: dict[str, date | None] = {}
    for paper in held:
        known = last.get(paper.code, date.min)
        is_longer = known is not None and (paper.valid_until is None or paper.valid_until > known)
        if paper.code not in last or is_longer:
            last[paper.code] = paper.valid_until
    return last


def _asked(kind: PaperKind, last: Mapping[str, date | None], today: date) -> Asked:
    if kind.code not in last:
        return Asked(kind, is_there=False)
    day = last[kind.code]
    return Asked(kind, day is None or day >= today, day if day and day < today else None)

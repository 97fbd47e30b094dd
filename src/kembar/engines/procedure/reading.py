"""A rulebook as a lawyer writes it: TOML, read strictly, with what is wrong and where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, get_args

from kembar.engines.errors import KembarError
from kembar.engines.languages import nearest
from kembar.engines.procedure.model import (
    SUBS,
    Actor,
    ActorKind,
    Basis,
    CheckKind,
    Gate,
    Limit,
    Moment,
    Paper,
    Rule,
    Rulebook,
    Seen,
    Severity,
    Step,
    Words,
)

LANGUAGES: Final = ("id", "zh", "en")
"""In which every text of a rulebook must stand."""
ACTORS_LANGUAGES: Final = ("id", "zh", "en", "ja", "ko")
TIE_KINDS: Final = ("sister_province", "sister_city", "friendly", "other")
LEVELS: Final = ("first", "below")
LARGEST: Final = 2_000_000
"""How many signs a rulebook may have; the longest shipped one has less than a tenth."""

_LONGEST_LIMIT: Final = 36_500  # days, a hundred years
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_VERSION: Final = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[^\s/]+\S*")

_PLACE_KEYS: Final = ("code", "sub", "actor", "asks", "after", "needs", "yields", "joint")
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        *("code", "version", "country", "language", "kinds", "levels", "name", "about"),
        *("as_of", "small", "provisions", "actors", "papers", "steps", "gates", "rules"),
    ),
    "provisions": ("code", "instrument", "article", "address", "seen", "note"),
    "actors": ("code", "kind", "name"),
    "papers": ("code", "name", "lasting"),
    "steps": (*_PLACE_KEYS, "name", "optional", "what", "prepare", "signs", "limit", "basis"),
    "limit": ("days", "count", "since", "before", "setting", "basis"),
    "gates": ("code", "name", "opens", "waits", "basis"),
    "rules": (
        *("code", "severity", "sentence", "check", "at", "sub", "steps", "papers", "ask"),
        *("question", "want", "by", "which", "choices", "cap", "caps", "basis"),
    ),
}
# What a check needs beside code, severity, sentence, check and basis; `sub` may always stand.
_CHECKS: Final[Mapping[str, tuple[str, ...]]] = {
    "order": ("at", "steps"),
    "papers": ("at", "papers"),
    "before": ("at", "steps"),
    "answer": ("at", "ask", "question", "want"),
    "most": ("at", "ask", "question"),
    "span": ("at", "cap"),
    "note": (),
}
_MAY: Final[Mapping[str, tuple[str, ...]]] = {
    "most": ("cap", "by", "which", "choices", "caps"),
    "note": ("at",),
}
_ALWAYS: Final = ("code", "severity", "sentence", "check", "sub", "basis")

_NOT_A: Final[Mapping[type, str]] = {
    str: "rulebook.not_text",
    bool: "rulebook.not_true",
    int: "rulebook.not_number",
    date: "rulebook.not_date",
    list: "rulebook.not_list",
    dict: "rulebook.not_table",
}


def read_rulebook(text: str, name: str) -> Rulebook:
    """Return the rulebook that a file holds.

    Parameters
    ----------
    text
        TOML; docs/reference/rulebook-file.md says what may stand in it.
    name
        Of the file, for what is said about it.

    Raises
    ------
    KembarError
        One of `rulebook.`, naming file, line, table and row as far as they are known, what is
        wrong, and the way out.
    """
    if len(text) > LARGEST:
        raise KembarError("rulebook.size", name=name, limit=LARGEST)
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        # A ValueError: of TOML itself, and of Python for a number of thousands of digits.
        raise KembarError("rulebook.toml", name=name, reason=str(error).rstrip(".")) from error
    return _File(name, content, _lines(text)).rulebook()


def as_data(rulebook: Rulebook) -> dict[str, Any]:
    """Return a rulebook as JSON has it: every provision in full where it is cited."""
    found: dict[str, Any] = _plain(asdict(rulebook))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


# Where things stand ------------------------------------------------------------------------

Lines = Mapping[tuple[str, int, str], int]
"""The line of a key by table, row (from 1; 0 at the top) and key; "" is the row's first line."""

_HEAD: Final = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)(?:\s*\.\s*([A-Za-z_]+))?\s*\]\]?")
_KEY: Final = re.compile(r"\s*([A-Za-z_]+)\s*(?:\.[^=]*)?=")


def _lines(text: str) -> Lines:
    """Return where keys stand, by a look at each line: tomllib itself forgets it."""
    found: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    table, row, below, quoted = "", 0, "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if quoted:
            quoted = "" if line.count(quoted) % 2 else quoted
            continue
        if head := _HEAD.match(line):
            table, below = head[1], head[2] or ""
            if not below:
                counts[table] = counts.get(table, 0) + 1
            row = counts.get(table, 0)
            found.setdefault((table, row, below), number)
        elif (key := _KEY.match(line)) and not below:
            found.setdefault((table, row, key[1]), number)
        quoted = next((each for each in ('"""', "'''") if line.count(each) % 2), "")
    return found


@dataclass(frozen=True)
class _Row:
    """A table of the file, whose values are asked for one by one, and where it stands."""

    given: Mapping[str, Any]
    file: str
    table: str = ""
    number: int = 0
    label: str = ""
    lines: Lines | None = None
    inside: str = ""

    def place(self, key: str = "") -> str:
        """Return where it is: words that need no translation."""
        lines, row = self.lines or {}, (self.table, self.number)
        # What stands inside a key is not on a list of its own; the line of that key is.
        line = lines.get((*row, self.inside or key)) or lines.get((*row, ""))
        file = f"{self.file}:{line}" if line else self.file
        said = [file, f"[[{self.table}]]"] if self.table else [file]
        return " ".join([*said, self.label] if self.label else said)

    def refuse(self, code: str, key: str, **facts: object) -> KembarError:
        return KembarError(f"rulebook.{code}", place=self.place(key), key=key, **facts)

    def check_keys(self, known: Sequence[str]) -> None:
        for key in self.given:
            if key in known:
                continue
            if near := _near(key, known):
                raise self.refuse("key_unknown_near", key, nearest=near)
            raise self.refuse("key_unknown", key, known=", ".join(known))

    def of(self, kind: type, key: str) -> Any:
        """Return a value of a kind, which must be there."""
        if key not in self.given:
            raise self.refuse("key_missing", key)
        value = self.given[key]
        # In Python true is a number and a time is a date; in TOML they are not.
        if type(value) is not kind:
            raise KembarError(_NOT_A[kind], place=self.place(key), key=key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and key not in self.given:
            return default
        value: str = self.of(str, key)
        if not value.strip():
            raise self.refuse("empty", key)
        return value.strip()

    def code(self, key: str, default: str | None = None) -> str:
        value = self.text(key, default)
        if value and not _CODE.fullmatch(value):
            raise self.refuse("code_form", key, value=value)
        return value

    def flag(self, key: str) -> bool:
        return bool(self.of(bool, key)) if key in self.given else False

    def whole(self, key: str, most: int) -> int:
        value: int = self.of(int, key)
        if not 1 <= value <= most:
            raise self.refuse("number_range", key, value=value, most=most)
        return value

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> Any:
        """Return a word that must be one of those known, as the type of that choice."""
        value = self.text(key, default)
        self.known(key, value, known)
        return value

    def known(self, key: str, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise self.refuse("not_one_of", key, value=value, known=", ".join(known))

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """Return a list of texts, each of them once."""
        if not needed and key not in self.given:
            return ()
        value = self.of(list, key)
        if needed and not value:
            raise self.refuse("empty", key)
        for each in value:
            if type(each) is not str:
                raise self.refuse("not_texts", key)
            if not each.strip():
                raise self.refuse("empty", key)
            if value.count(each) > 1:
                raise self.refuse("listed_twice", key, value=each)
        return tuple(value)

    def words(self, key: str, needed: Sequence[str], *, optional: bool = False) -> Words:
        if optional and key not in self.given:
            return {}
        return self._words(self.of(dict, key), key, needed)

    def _words(self, value: Mapping[str, object], key: str, needed: Sequence[str]) -> Words:
        below = self._below(value, key)
        below.check_keys(tuple(dict.fromkeys([*needed, *ACTORS_LANGUAGES])))
        for language in needed:
            if language not in value:
                raise self.refuse("translation", key, language=language)
        return {language: below.text(language) for language in value}

    def rows_of_words(self, key: str, needed: Sequence[str]) -> tuple[Words, ...]:
        """Return a list of texts, each by language."""
        if key not in self.given:
            return ()
        value = self.of(list, key)
        if any(type(each) is not dict for each in value):
            raise self.refuse("not_tables", key)
        return tuple(self._words(each, key, needed) for each in value)

    def table_of(self, key: str) -> dict[str, Any]:
        value: dict[str, Any] = self.of(dict, key)
        if not value:
            raise self.refuse("empty", key)
        for each in value:
            if not _CODE.fullmatch(each):
                raise self.refuse("code_form", key, value=each)
        return value

    def under(self, key: str) -> _Row:
        return self._below(self.of(dict, key), key)

    def _below(self, value: Mapping[str, Any], key: str) -> _Row:
        label, inside = f"{self.label} {key}".strip(), self.inside or key
        return replace(self, given=value, label=label, inside=inside)


def _near(value: str, known: Iterable[str]) -> str:
    return next(iter(nearest(value, [each for each in known if len(each) > 1])), "")


# The whole file ----------------------------------------------------------------------------


class _File:
    """A file that is being read: what was read of it so far is what the rest may name."""

    def __init__(self, name: str, content: Mapping[str, Any], lines: Lines) -> None:
        self.name = name
        self.lines = lines
        self.top = _Row(content, name, lines=lines)
        self.top.check_keys(_KEYS[""])
        self.language: str = self.top.one_of("language", ACTORS_LANGUAGES)
        self.own = tuple(dict.fromkeys([*LANGUAGES, self.language]))

    def rulebook(self) -> Rulebook:
        top = self.top
        version, country = top.text("version"), top.text("country")
        if not _VERSION.fullmatch(version):
            raise top.refuse("version_form", "version", value=version)
        if not _COUNTRY.fullmatch(country):
            raise top.refuse("country_form", "country", value=country)
        kinds = top.texts("kinds", needed=True)
        levels = top.texts("levels", needed=True) if "levels" in top.given else ("first",)
        for key, values, known in (("kinds", kinds, TIE_KINDS), ("levels", levels, LEVELS)):
            for value in values:
                top.known(key, value, known)
        self.provisions = {
            row.code("code"): self._provision(row) for row in self._rows("provisions")
        }
        self.actors = {row.code("code"): self._actor(row) for row in self._rows("actors")}
        self.papers = {row.code("code"): self._paper(row) for row in self._rows("papers")}
        rows = list(self._rows("steps"))
        self.steps = {row.code("code"): self._step(row) for row in rows}
        self.acts = self._acts(rows)
        for row in rows:
            self._look_at_step(row)
        self._look_for_cycle(_after(self.steps.values()))
        gates = {row.code("code"): self._gate(row) for row in self._rows("gates", empty=True)}
        self._look_for_cycle(_after(self.steps.values(), gates.values(), self.acts))
        rules: dict[str, Rule] = {}
        for row in self._rows("rules", empty=True):
            rule = self._rule(row)
            if rule.code in gates:
                first = f"[[gates]] {rule.code}"
                raise row.refuse("code_twice", "code", value=rule.code, first=first)
            rules[rule.code] = rule
        return Rulebook(
            code=top.code("code"),
            version=version,
            country=country,
            language=self.language,
            kinds=kinds,
            levels=levels,
            name=top.words("name", self.own),
            about=top.words("about", LANGUAGES),
            as_of=top.of(date, "as_of"),
            small=top.flag("small"),
            actors=self.actors,
            papers=self.papers,
            steps=self.steps,
            gates=gates,
            rules=rules,
        )

    def _rows(self, table: str, *, empty: bool = False) -> Iterator[_Row]:
        """Yield the rows of a table whose codes are fine and differ, their keys looked at."""
        if empty and table not in self.top.given:
            return
        entries = self.top.of(list, table)
        if not (entries or empty):
            raise self.top.refuse("empty", table)
        seen: dict[str, str] = {}
        for number, entry in enumerate(entries, 1):
            if type(entry) is not dict:
                raise self.top.refuse("not_tables", table)
            label = entry["code"].strip() if type(entry.get("code")) is str else ""
            row = _Row(entry, self.name, table, number, label, self.lines)
            row.check_keys(_KEYS[table])
            code = row.code("code")
            if code in seen:
                raise row.refuse("code_twice", "code", value=code, first=seen[code])
            seen[code] = row.place("code")
            yield row

    def _provision(self, row: _Row) -> Basis:
        seen: Seen = row.one_of("seen", get_args(Seen))
        article = row.text("article", "")
        address = row.text("address", "")
        if seen == "unverified" and article:
            raise row.refuse("article_unseen", "article", value=article)
        if seen != "unverified" and not address:
            raise row.refuse("address_missing", "address", seen=seen)
        if address and not _ADDRESS.fullmatch(address):
            raise row.refuse("address_form", "address", value=address)
        note = row.words("note", LANGUAGES, optional=True)
        return Basis(row.text("instrument"), article, address, seen, note)

    def _actor(self, row: _Row) -> Actor:
        kind: ActorKind = row.one_of("kind", get_args(ActorKind))
        return Actor(row.code("code"), row.words("name", self.own), kind)

    def _paper(self, row: _Row) -> Paper:
        return Paper(row.code("code"), row.words("name", LANGUAGES), row.flag("lasting"))

    def _step(self, row: _Row) -> Step:
        actor, asks = row.text("actor"), row.text("asks", "")
        for key, value in (("actor", actor), ("asks", asks)):
            if value:
                self._refer(row, key, value, "actors", self.actors)
        return Step(
            code=row.code("code"),
            name=row.words("name", self.own),
            sub=row.one_of("sub", SUBS, "establish"),
            actor=actor,
            asks=asks,
            after=row.texts("after"),
            needs=self._papers(row, "needs"),
            yields=self._papers(row, "yields"),
            joint=row.code("joint", ""),
            optional=row.flag("optional"),
            what=row.words("what", LANGUAGES),
            prepare=row.rows_of_words("prepare", LANGUAGES),
            signs=row.words("signs", LANGUAGES, optional=True),
            limit=self._limit(row.under("limit")) if "limit" in row.given else None,
            basis=self._basis(row),
        )

    def _limit(self, row: _Row) -> Limit:
        row.check_keys(_KEYS["limit"])
        days = row.whole("days", _LONGEST_LIMIT) if "days" in row.given else None
        setting = row.code("setting", "")
        basis = self._basis(row) if "basis" in row.given else ()
        if days is None and not setting:
            raise row.refuse("limit_open", "setting")
        if days is not None and all(each.seen == "unverified" for each in basis):
            raise row.refuse("limit_source", "days", days=days)
        since, before = row.text("since", "asked"), row.flag("before")
        if before and since not in get_args(Moment):
            known = ", ".join(get_args(Moment))
            raise row.refuse("limit_before", "since", value=since, known=known)
        count: Any = row.one_of("count", ("working", "calendar"), "working")
        return Limit(days, count, since, before, setting, basis)

    def _acts(self, rows: Sequence[_Row]) -> dict[str, str]:
        """Return the step behind each name of an act: its own code, and that of a joint act."""
        acts = {code: code for code in self.steps}
        for row in rows:
            step = self.steps[row.code("code")]
            if not step.joint:
                continue
            if step.joint in acts:
                raise row.refuse("joint_twice", "joint", value=step.joint, first=acts[step.joint])
            acts[step.joint] = step.code
        return acts

    def _look_at_step(self, row: _Row) -> None:
        step = self.steps[row.code("code")]
        for other in step.after:
            self._refer(row, "after", other, "steps", self.steps)
            self._same_sub(row, "after", other, step.sub)
        if step.limit and step.limit.since not in ("asked", "open", *get_args(Moment)):
            limit = row.under("limit")
            self._refer(limit, "since", step.limit.since, "steps", self.steps)
            self._same_sub(limit, "since", step.limit.since, step.sub)
            if step.limit.since in _following(step.code, self.steps.values()):
                raise limit.refuse("limit_after", "since", value=step.limit.since)

    def _gate(self, row: _Row) -> Gate:
        opens, waits = row.text("opens"), row.texts("waits", needed=True)
        self._refer(row, "opens", opens, "steps", self.acts)
        opened = self.acts[opens]
        later = _following(opened, self.steps.values())
        for each in waits:
            self._refer(row, "waits", each, "steps", self.acts)
            self._same_sub(row, "waits", each, self.steps[opened].sub)
            if self.acts[each] in later:
                raise row.refuse("gate_after", "waits", value=each, opens=opens)
        return Gate(row.code("code"), row.words("name", LANGUAGES), opens, waits, self._basis(row))

    def _rule(self, row: _Row) -> Rule:
        check: CheckKind = row.one_of("check", get_args(CheckKind))
        needed, may = _CHECKS[check], _MAY.get(check, ())
        for key in row.given:
            if key not in (*_ALWAYS, *needed, *may):
                use = ", ".join((*needed, *may)) or "sentence"
                raise row.refuse("key_of_check", key, check=check, known=use)
        for key in needed:
            if key not in row.given:
                raise row.refuse("key_missing", key)
        severity: Severity = row.one_of("severity", get_args(Severity))
        at = row.text("at", "")
        if at:
            self._refer(row, "at", at, "steps", self.acts)
        sub = row.one_of("sub", SUBS, self.steps[self.acts[at]].sub if at else "establish")
        if at:
            self._same_sub(row, "at", at, sub)
        steps = row.texts("steps", needed=check in ("order", "before"))
        for each in steps:
            self._refer(row, "steps", each, "steps", self.acts)
            self._same_sub(row, "steps", each, sub)
        if check == "order" and len(steps) < 2:
            raise row.refuse("order_of_one", "steps")
        by, choices, caps = self._caps(row) if check in ("most", "span") else ("", {}, {})
        return Rule(
            code=row.code("code"),
            severity=severity,
            sentence=row.words("sentence", LANGUAGES),
            check=check,
            at=at,
            sub=sub,
            steps=steps,
            papers=self._papers(row, "papers", needed=check == "papers"),
            ask=row.code("ask", ""),
            question=row.words("question", LANGUAGES, optional=True),
            want=row.one_of("want", ("yes", "no")) if check == "answer" else "",
            by=by,
            which=row.words("which", LANGUAGES) if by else {},
            choices=choices,
            caps=caps,
            basis=self._basis(row),
        )

    def _caps(self, row: _Row) -> tuple[str, Mapping[str, Words], Mapping[str, int]]:
        """Return what caps depend on, what may be answered, and the cap of each answer."""
        if "cap" in row.given:
            for key in ("by", "which", "choices", "caps"):
                if key in row.given:
                    raise row.refuse("cap_or_caps", key)
            return "", {}, {"": row.whole("cap", 1_000_000)}
        by = row.code("by")
        answers, numbers = row.table_of("choices"), row.table_of("caps")
        below, above = row.under("choices"), row.under("caps")
        for key in numbers:
            if key not in answers:
                raise above.refuse("not_one_of", key, value=key, known=", ".join(answers))
        choices = {key: below.words(key, LANGUAGES) for key in answers}
        return by, choices, {key: above.whole(key, 1_000_000) for key in numbers}

    def _papers(self, row: _Row, key: str, *, needed: bool = False) -> tuple[str, ...]:
        found = row.texts(key, needed=needed)
        for each in found:
            self._refer(row, key, each, "papers", self.papers)
        return found

    def _basis(self, row: _Row) -> tuple[Basis, ...]:
        found = row.texts("basis", needed=True)
        for each in found:
            self._refer(row, "basis", each, "provisions", self.provisions)
        return tuple(self.provisions[each] for each in found)

    def _refer(
        self, row: _Row, key: str, value: str, table: str, known: Mapping[str, object]
    ) -> None:
        if value in known:
            return
        if near := _near(value, known):
            raise row.refuse("reference_near", key, value=value, table=table, nearest=near)
        raise row.refuse("reference", key, value=value, table=table)

    def _same_sub(self, row: _Row, key: str, other: str, sub: str) -> None:
        its = self.steps[self.acts[other]].sub
        if its != sub:
            raise row.refuse("other_sub", key, value=other, its=its, sub=sub)

    def _look_for_cycle(self, after: Mapping[str, set[str]]) -> None:
        try:
            TopologicalSorter(after).prepare()
        except CycleError as error:
            # The ring is found from the last to the first; people read from the first.
            ring = " → ".join(reversed(error.args[1]))
            raise KembarError("rulebook.cycle", name=self.name, ring=ring) from error


def _after(
    steps: Iterable[Step], gates: Iterable[Gate] = (), acts: Mapping[str, str] | None = None
) -> dict[str, set[str]]:
    """Return what comes before each step, gates counted."""
    found = {step.code: set(step.after) for step in steps}
    for gate in gates:
        named = acts or {}
        found[named[gate.opens]] |= {named[each] for each in gate.waits}
    return found


def _following(code: str, steps: Iterable[Step]) -> set[str]:
    """Return a step and all that come after it."""
    found, waiting = {code}, [code]
    following: dict[str, list[str]] = {}
    for step in steps:
        for each in step.after:
            following.setdefault(each, []).append(step.code)
    while waiting:
        for each in following.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found

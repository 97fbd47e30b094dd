"""Another version of its rulebooks for a running case: what there is, and what it would do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.cases import actions, telling, words
from kembar.apps.cases.models import BookChange, Case, Entry, PinnedRulebook
from kembar.apps.cases.standing import log_of, procedure_of, records_of
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.text import Text, listed
from kembar.engines.errors import KembarError
from kembar.engines.procedure import catalog
from kembar.engines.procedure.difference import Change, Field, Lost, difference, moved
from kembar.engines.procedure.joining import OneSide, Procedure, join
from kembar.engines.procedure.model import Rulebook
from kembar.engines.procedure.reading import read_rulebook
from kembar.engines.procedure.standing import Stand, stand

KINDS = {
    "added": gettext_lazy("added"),
    "dropped": gettext_lazy("dropped"),
    "moved": gettext_lazy("moved"),
    "changed": gettext_lazy("changed"),
}
TABLES = {
    "rulebook": gettext_lazy("The rulebook itself"),
    "actors": gettext_lazy("Who acts"),
    "papers": gettext_lazy("Papers"),
    "steps": gettext_lazy("Steps"),
    "gates": gettext_lazy("Gates"),
    "rules": gettext_lazy("Rules"),
}
FIELDS = {
    "name": gettext_lazy("name"),
    "about": gettext_lazy("what it is"),
    "version": gettext_lazy("version"),
    "as_of": gettext_lazy("sources read until"),
    "actor": gettext_lazy("who acts"),
    "asks": gettext_lazy("who hands it in"),
    "after": gettext_lazy("what comes before"),
    "needs": gettext_lazy("papers needed"),
    "yields": gettext_lazy("papers that come of it"),
    "joint": gettext_lazy("act of both sides"),
    "optional": gettext_lazy("may be left out"),
    "what": gettext_lazy("what the law says"),
    "prepare": gettext_lazy("what to prepare"),
    "signs": gettext_lazy("who signs"),
    "limit": gettext_lazy("time limit"),
    "basis": gettext_lazy("legal basis"),
    "sub": gettext_lazy("procedure"),
    "opens": gettext_lazy("what it stands before"),
    "waits": gettext_lazy("what it waits for"),
    "at": gettext_lazy("where it is checked"),
    "sentence": gettext_lazy("what it says"),
    "severity": gettext_lazy("weight"),
    "steps": gettext_lazy("steps"),
    "papers": gettext_lazy("papers"),
    "question": gettext_lazy("question"),
    "caps": gettext_lazy("highest numbers"),
    "lasting": gettext_lazy("kept for good"),
    "kind": gettext_lazy("kind"),
}


# What there is --------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A version of a rulebook that a case may go over to.

    Attributes
    ----------
    mark
        The SHA-256 of its text, by which a form names it.
    """

    mark: str
    code: str
    version: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def book(self) -> Rulebook:
        return read_rulebook(self.text, f"{self.code}-{self.version}.toml")

    def pinned(self) -> PinnedRulebook:
        """Return the record that a case can point at."""
        return actions.pin(self.text, self.code, self.version)


def _offer(text: str, code: str, version: str) -> Offer:
    return Offer(hashlib.sha256(text.encode()).hexdigest(), code, version, text)


def offers(case: Case, side: OneSide) -> list[Offer]:
    """Return the versions for one side of a case, the newest first; the present one among them."""
    pinned = case.home_book if side == "home" else case.partner_book
    code = pinned.code if pinned else _code_for(case)
    if not code:
        return []
    found = {
        each.sha256: Offer(each.sha256, each.code, each.version, each.text)
        for each in PinnedRulebook.objects.filter(code=code)
    }
    if code in catalog.codes():
        for version in catalog.versions(code):
            shipped = _offer(catalog.text(code, version), code, version)
            found.setdefault(shipped.mark, shipped)
    return sorted(found.values(), key=lambda each: _age(each.version), reverse=True)


def _age(version: str) -> tuple[tuple[int, str], ...]:
    """Return a key that puts 2026.10 after 2026.9, whatever else a version may hold."""
    return tuple(
        (int(part), "") if part.isascii() and part.isdigit() else (-1, part)
        for part in version.split(".")
    )


def _code_for(case: Case) -> str:
    """Return the rulebook of a partner whose side ran without one; empty if there is none."""
    if case.side:
        return ""
    partner = case.tie.partner
    level = "first" if partner.level == "first" else "below"
    return catalog.for_tie(partner.country, case.tie.kind, level) or ""


# What it would do -----------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeView:
    """An entry of a rulebook that differs."""

    kind: str
    kind_name: str
    name: Text
    code: str
    fields: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class TableView:
    """What differs in one part of a rulebook."""

    name: str
    changes: Sequence[ChangeView]


@dataclass(frozen=True)
class BookDifference:
    old: str
    new: str
    tables: Sequence[TableView]


@dataclass(frozen=True)
class LostView:
    """An entry of the log that the new version has no place for; it stays, and is marked."""

    entry: Entry
    what: str


@dataclass(frozen=True)
class Look:
    """What another version would do to a case; nothing was written.

    Attributes
    ----------
    books
        What differs, by side.
    lost
        Entries that lose their step, gate, question or paper.
    behind
        New steps that the case is past already: they are open.
    stands
        Acts whose state would be another one: name, before, after.
    done, of
        How many acts would be over, of how many.
    problem
        Why the versions cannot be joined; empty if they can.
    """

    books: Sequence[BookDifference]
    lost: Sequence[LostView] = ()
    behind: Sequence[Text] = ()
    stands: Sequence[tuple[Text, str, str]] = ()
    done: int = 0
    of: int = 0
    kept: int = 0
    problem: str = ""


def look(case: Case, home: Offer, partner: Offer | None) -> Look:
    """Return what other versions of its rulebooks would do to a case."""
    log = log_of(case)
    records = records_of(log)
    before = procedure_of(case)
    pairs = [(before.home, home.book())]
    new_partner = partner.book() if partner else None
    if before.partner and new_partner:
        pairs.append((before.partner, new_partner))
    books = [_difference(old, new) for old, new in pairs if old != new]
    try:
        after = join(pairs[0][1], new_partner, case.sub)  # type: ignore[arg-type]  # the same words
    except KembarError as error:
        return Look(books, problem=sentence(error))
    moves = [(old, new, moved(records, old, new)) for old, new in pairs if old != new]
    entries = {entry.number: entry for entry in log}
    now, then = stand(before, records), stand(after, records)
    return Look(
        books=books,
        lost=[
            LostView(entries[lost.record.number], _lost(lost, old))
            for old, _new, move in moves
            for lost in move.lost
        ],
        behind=[
            words.text(new.steps[code].name) for _old, new, move in moves for code in move.behind
        ],
        stands=list(_stands(before, now, after, then)),
        done=sum(act.is_over for act in then.acts.values()),
        of=len(then.acts),
        kept=len(log),
    )


def _stands(
    before: Procedure, now: Stand, after: Procedure, then: Stand
) -> Iterator[tuple[Text, str, str]]:
    for code, act in after.steps.items():
        old = now.acts.get(code)
        was = telling.state_name(old.state) if old else _("not there")
        is_now = telling.state_name(then.acts[code].state)
        if was != is_now:
            yield words.act_name(act), was, is_now
    for code, act in before.steps.items():
        if code not in after.steps:
            was = telling.state_name(now.acts[code].state)
            yield words.act_name(act), was, _("not there any more; its entries are kept")


def _lost(lost: Lost, old: Rulebook) -> str:
    """Return in one sentence what an entry loses."""
    if lost.what == "step":
        step = old.steps.get(lost.code) or next(
            (each for each in old.steps.values() if each.joint == lost.code), None
        )
        name = words.text(step.name) if step else lost.code
        if lost.instead:
            return _("Its step “%(name)s” is now part of another act.") % {"name": name}
        return _("Its step “%(name)s” is gone.") % {"name": name}
    if lost.what == "paper":
        return _("Its paper “%(name)s” is asked for no more.") % {
            "name": words.text(old.papers[lost.code].name)
        }
    return _("The gate, rule or question %(code)s is gone.") % {"code": lost.code}


# In words -------------------------------------------------------------------------------


def _difference(old: Rulebook, new: Rulebook) -> BookDifference:
    found = difference(old, new)
    tables = []
    for table, name in TABLES.items():
        changes = [each for each in found.changes if each.table == table]
        if changes:
            views = [_change(each, old, new) for each in changes]
            tables.append(TableView(str(name), views))
    return BookDifference(found.old, found.new, tables)


def _change(change: Change, old: Rulebook, new: Rulebook) -> ChangeView:
    fields = change.fields if change.kind in ("moved", "changed") else ()
    return ChangeView(
        change.kind,
        str(KINDS[change.kind]),
        _name(change, old if change.kind == "dropped" else new),
        change.code,
        list(_in_words(fields, old, new)),
    )


def _name(change: Change, book: Rulebook) -> Text:
    if change.table == "rulebook":
        return words.text(book.name)
    if change.table == "rules":
        return words.text(book.rules[change.code].sentence)
    return words.text(getattr(book, change.table)[change.code].name)


def _in_words(
    fields: Sequence[Field], old: Rulebook, new: Rulebook
) -> Iterator[tuple[str, str, str]]:
    """Yield what differs as people read it: the field, what it said, what it says."""
    for each in fields:
        top, _point, below = each.name.partition(".")
        label = str(FIELDS.get(top, top))
        if below:
            label = f"{label} ({below})"
        yield label, _shown(each.old, top, old), _shown(each.new, top, new)


def _shown(value: Any, field: str, book: Rulebook) -> str:
    """Return a value of a rulebook as people read it, codes by their names."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listed(_shown(each, field, book) for each in value)
    if isinstance(value, dict):
        if "instrument" in value:
            return " ".join(part for part in (value["instrument"], value.get("article")) if part)
        return str(Text(value)) or listed(
            f"{key}: {_shown(each, key, book)}" for key, each in value.items()
        )
    return str(_named(str(value), field, book))


def _named(code: str, field: str, book: Rulebook) -> str | Text:
    if field in ("after", "opens", "waits", "at", "steps"):
        step = book.steps.get(code)
        return words.text(step.name) if step else code
    if field in ("actor", "asks") and code in book.actors:
        return words.text(book.actors[code].name)
    if field in ("needs", "yields", "papers") and code in book.papers:
        return words.text(book.papers[code].name)
    return code


# The page -------------------------------------------------------------------------------


def changes_of(case: Case) -> list[BookChange]:
    """Return what was done to the rulebooks of a case, the newest first."""
    related = ("old_home", "old_partner", "new_home", "new_partner")
    found = BookChange.objects.filter(case=case).select_related(*related)
    deferred = [f"{name}__text" for name in related]
    return list(found.defer(*deferred).order_by("-pk"))

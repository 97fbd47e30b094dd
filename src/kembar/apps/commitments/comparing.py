"""Rows beside what is stored: what each would change, and what others changed meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kembar.apps.audit.actions import differences, plain
from kembar.apps.audit.models import Entry
from kembar.apps.commitments.models import Commitment, State
from kembar.apps.commitments.rows import (
    COLUMN_OF,
    COLUMN_OF_PROBLEM,
    KIND_OF,
    NEEDED,
    ORIGIN,
    TEXTS,
    Conflict,
    Wish,
)
from kembar.apps.commitments.turning import Told, problems
from kembar.apps.kit.text import Text
from kembar.apps.kit.wishes import Fate
from kembar.apps.regions.lookup import folded
from kembar.apps.ties.models import Tie
from kembar.engines.dates import PartialDate


class Comparing:
    """Sets the fate of each wish by what is stored, and by what others changed since."""

    def __init__(self, wishes: Sequence[Wish], language: str, today: date) -> None:
        self.language, self.today = language, today
        self.seen: dict[tuple[int, int | str], int] = {}
        self.stored: dict[tuple[int, int], Commitment] = {}
        self.by_words: dict[tuple[int, str], Commitment] = {}
        self._read_stored({wish.tie.pk: wish.tie for wish in wishes if wish.tie})
        stale = [
            found
            for wish in wishes
            if wish.tie and wish.number and wish.version
            if (found := self.stored.get((wish.tie.pk, wish.number)))
            if found.version > wish.version
        ]
        self.changed = _changes_of(stale)

    def _read_stored(self, ties: Mapping[int, Tie]) -> None:
        rows = Commitment.objects.filter(tie__in=list(ties)).order_by("pk")
        if connection.in_atomic_block:
            # Numbers of new ones are given to whoever holds the tie; the rows are ours from here.
            held = Tie.objects.select_for_update(no_key=True).filter(pk__in=list(ties))
            list(held.order_by("pk").values_list("pk"))
            rows = rows.select_for_update(no_key=True, of=("self",))
        for each in rows.select_related("owner", "source"):
            each.tie = ties[each.tie_id]
            self.stored[each.tie_id, each.number] = each
            for text in each.what.values():
                self.by_words.setdefault((each.tie_id, folded(text)), each)

    def settle(self, wish: Wish) -> None:
        if wish.problems or wish.tie is None:
            return
        words = folded(str(wish.values.get("what", "")))
        key = (wish.tie.pk, wish.number or words)
        if key in self.seen:
            message = _("Row %(number)s is about the same promise.") % {"number": self.seen[key]}
            wish.refuse("number" if wish.number else "what", message)
            return
        self.seen[key] = wish.row.number
        if wish.number is None:
            self._settle_new(wish, wish.tie, self.by_words.get((wish.tie.pk, words)))
            return
        wish.commitment = self.stored.get((wish.tie.pk, wish.number))
        if wish.commitment is None:
            message = _("The register of %(tie)s has no number %(number)s.")
            wish.refuse("number", message % {"tie": wish.tie, "number": wish.number})
            return
        self._settle_known(wish, wish.commitment)

    def _settle_new(self, wish: Wish, tie: Tie, same: Commitment | None) -> None:
        if same is not None and "what" in wish.values:
            # Handed in twice: the first time it got a number, which the table does not know.
            wish.commitment, wish.number = same, same.number
            if not all(self._is_same(wish, name, same) for name in wish.values):
                message = _(
                    "This promise is in the register as number %(number)s; write its number and"
                    " version to change it."
                )
                wish.refuse("number", message % {"number": same.number})
                return
            wish.fate = Fate.SAME
            return
        for name in NEEDED:
            if not wish.values.get(name):
                wish.refuse(name, _("A new promise needs this."))
        if wish.problems:
            return
        wish.commitment = Commitment(tie=tie, origin=ORIGIN)
        wish.setting = {name: value for name, value in wish.values.items() if value}
        self._turn(wish, wish.commitment)
        if not wish.problems:
            wish.told = self._told(wish, wish.commitment)
            wish.fate = Fate.ADD

    def _settle_known(self, wish: Wish, stored: Commitment) -> None:
        if wish.version and wish.version > stored.version:
            message = _("Version %(version)s is newer than what is stored, %(stored)s.")
            wish.refuse("version", message % {"version": wish.version, "stored": stored.version})
            return
        then = self._then(wish, stored)
        for name, value in wish.values.items():
            if self._is_same(wish, name, stored):
                continue
            mine, now = self._mine(wish, name), self._now(stored, name)
            was = then(name)
            if was == now:
                wish.setting[name] = value
                continue
            if was == mine:
                # Left as it came; somebody else changed it, and that stands.
                continue
            wish.conflicting[name] = value
            wish.conflicts.append(Conflict(COLUMN_OF.get(name, name), mine, now, was))
        if not wish.setting and not wish.conflicts:
            wish.fate = Fate.SAME
            return
        self._turn(wish, stored)
        wish.told = self._told(wish, stored)
        for each in wish.conflicts:
            wish.refuse(each.column, each.sentence())
        if not wish.problems:
            wish.fate = Fate.UPDATE

    def _then(self, wish: Wish, stored: Commitment) -> Callable[[str], str | None]:
        """Return what tells how a field stood in the version that the table was made from."""
        if wish.version == stored.version:
            return lambda name: self._now(stored, name)
        newer = self.changed.get(stored.pk, [])
        count = stored.version - wish.version if wish.version else len(newer) + 1
        if count > len(newer):
            # No version, or none that the history reaches back to: nobody can tell.
            return lambda name: None
        # The newest first, so that what stood before the oldest of them is written last.
        old = {each["field"]: each["old"] for changes in newer[:count] for each in changes}

        def told(name: str) -> str | None:
            if name == "source":
                # By a form it was chosen by its name, from which no address can be told.
                return None if "source" in old else old.get("source_url", self._now(stored, name))
            return self._said(old[name]) if name in old else self._now(stored, name)

        return told

    def _is_same(self, wish: Wish, name: str, stored: Commitment) -> bool:
        if name == "owner":
            # Two offices may have posts of one title.
            owner = wish.values[name]
            return bool((owner and owner.pk) == stored.owner_id)
        mine = self._mine(wish, name)
        if name in TEXTS and mine in map(str.strip, getattr(stored, name).values()):
            # The table may have been downloaded by somebody who reads another language.
            return True
        return mine == self._now(stored, name)

    def _mine(self, wish: Wish, name: str) -> str:
        value = wish.values[name]
        return value if name in (*TEXTS, "source") and value else self._said(plain(value))

    def _now(self, stored: Commitment, name: str) -> str:
        if name == "source":
            return stored.source.address if stored.source else ""
        return self._said(plain(getattr(stored, name)))

    def _said(self, value: Any) -> str:
        """Return a value as the history keeps it in one way of writing, to compare it."""
        if isinstance(value, dict):
            # A post is known by its titles in all languages, a text by what its reader sees.
            text = Text(value)
            return text.shown(self.language).text.strip() if text else ""
        return str(value or "").strip()

    def _turn(self, wish: Wish, stored: Commitment) -> None:
        """Work out what becomes of a commitment whose state the row changes."""
        setting = {**wish.setting, **wish.conflicting}
        state = setting.get("state")
        if state is None or state == stored.state:
            wish.setting.pop("state", None)
            return
        is_new_terms = state == State.RENEGOTIATED
        wish.turn = Told(
            KIND_OF[state],
            wish.became_on or PartialDate.from_date(self.today),
            Text({self.language: wish.became}) if wish.became else Text(),
            new_due=setting.get("due") if is_new_terms else None,
            new_what=self._text(stored.what, setting["what"])
            if is_new_terms and "what" in setting
            else Text(),
        )
        for name, message, now in problems(stored, wish.turn, self.today):
            facts = {"state": State(now).label} if now else {}
            wish.refuse(COLUMN_OF_PROBLEM[name], str(message) % facts)

    def _text(self, stored: Text, value: str) -> Text:
        return text_with(stored, self.language, value)

    def _told(self, wish: Wish, stored: Commitment) -> list[dict[str, Any]]:
        """Return what would be written as changes, conflicts among it, for people and history."""
        setting = {**wish.setting, **wish.conflicting}
        for name in TEXTS:
            if name in setting:
                setting[name] = self._text(getattr(stored, name), setting[name])
        old = {name: getattr(stored, name, None) for name in setting if name != "source"}
        told = differences(old, {n: v for n, v in setting.items() if n != "source"})
        if "source" in setting:
            was = stored.source.address if stored.pk and stored.source else None
            told.append({"field": "source_url", "old": was, "new": setting["source"]})
        if wish.turn:
            said = {"turn_on": wish.turn.on, "turn_reason": wish.turn.reason}
            told += differences({}, {name: value for name, value in said.items() if value})
        return told


def text_with(stored: Text, language: str, value: str) -> Text:
    """Return a text with what a cell says in its language; a dash empties it in all."""
    return Text({**stored, language: value}) if value else Text()


def _changes_of(commitments: Sequence[Commitment]) -> dict[int, list[list[dict[str, Any]]]]:
    """Return what the history tells of commitments, the newest first: one deed for each version."""
    if not commitments:
        return {}
    found: defaultdict[int, list[list[dict[str, Any]]]] = defaultdict(list)
    keys = [str(each.pk) for each in commitments]
    label = Commitment._meta.label_lower
    # By lots: SQLite takes no list of ten thousand.
    for start in range(0, len(keys), 500):
        lot = keys[start : start + 500]
        entries = Entry.objects.filter(subject_type=label, subject_id__in=lot)
        for key, changes in entries.order_by("-pk").values_list("subject_id", "changes"):
            found[int(key)].append(changes)
    return found

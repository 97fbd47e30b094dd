"""What the invented nation's history says: the deeds that made it, then years of changes.

A million entries go through `audit.chain`'s seal one after the other, so this writes them
without making a model of each; `tests/site/test_seed.py` checks every seal with `seal_of`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

from django.db import connection, models

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.actions import in_each_language
from kembar.apps.audit.models import SYSTEM, ChainHead, Entry
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.ties.models import State
from kembar.site.nation import DAY, File, Nation

FIRST_DAY = datetime(2016, 1, 4, 1, tzinfo=UTC)
LAST_DAY = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
COLUMNS = (
    "id",
    "at",
    "actor",
    "actor_name",
    "action",
    "subject_type",
    "subject_id",
    "subject_label",
    "context",
    "region_code",
    "changes",
    "names",
    "previous",
    "seal",
)
VARIANTS = 300
# As `audit.chain.seal_of` writes an entry; made once, since it is used a million times.
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Subject:
    """A record as the history names it."""

    type: str
    pk: int
    label: str
    names: Text


@dataclass(frozen=True, slots=True)
class Told:
    """What the history needs to know of one file when the file itself is gone."""

    home: str
    tie: Subject
    events: list[Subject]
    claims: list[Subject]


def told_of(file: File) -> Told:
    """Return what the history will say of a tie and its events and claims."""
    tie = file.tie
    return Told(
        home=tie.home_id,
        tie=Subject("ties.tie", tie.pk, str(tie)[:300], in_each_language(tie.__str__)),
        events=[Subject("ties.event", e.pk, str(e.title)[:300], e.title) for e in file.events],
        claims=[
            Subject("ledger.claim", c.pk, str(c.statement)[:300], c.statement) for c in file.claims
        ],
    )


# Region, action, subject, what its page gathers it under, number of the changes (0: none).
Deed = tuple[str, str, Subject, str, int]


class Chronicle:
    """Tells deeds in the order of time, and seals them."""

    def __init__(self, nation: Nation, count: int) -> None:
        self.nation, self.rng, self.count = nation, nation.rng, count
        changes: models.Field[Any, Any] = Entry._meta.get_field("changes")
        self.variants = [[], *(self._changes() for _number in range(VARIANTS))]
        self._written = [changes.get_db_prep_save(lot, connection) for lot in self.variants]
        self._names: models.Field[Any, Any] = Entry._meta.get_field("names")
        self._titles = nation.words.posts[Role.DESK]

    def rows(
        self, head: ChainHead, sources: Sequence[Source], told: Sequence[Told]
    ) -> Iterator[tuple[Any, ...]]:
        """Yield `COLUMNS` of one entry after another as the database takes them; move the head."""
        deeds = islice(chain(self._founding(sources, told), self._years(told)), self.count)
        step = (LAST_DAY - FIRST_DAY) / self.count
        for number, deed in enumerate(deeds):
            at = FIRST_DAY + step * (number + self.rng.random())
            yield self._sealed(head, at, deed)

    def _sealed(self, head: ChainHead, at: datetime, deed: Deed) -> tuple[Any, ...]:
        region, action, subject, context, variant = deed
        actor, name = self._actor(region)
        previous = head.last_seal
        said = (action, subject.type, str(subject.pk), subject.label, context, region)
        moment = at.isoformat(timespec="microseconds")
        names = {"subject": subject.names}
        if actor:
            person = name.partition(" (")[0]
            names["actor"] = Text({key: f"{person} ({t})" for key, t in self._titles.items()})
        text = _ENCODE([previous, moment, actor, name, *said, self.variants[variant], names])
        head.last_seal = hashlib.sha256(text.encode()).hexdigest()
        head.count += 1
        key = self.nation.keys.next(Entry)
        changes, when = self._written[variant], connection.ops.adapt_datetimefield_value(at)
        written = self._names.get_db_prep_save(names, connection)
        return (key, when, actor, name, *said, changes, written, previous, head.last_seal)

    def _actor(self, region: str) -> tuple[int | None, str]:
        if self.rng.random() < 0.02:
            return None, SYSTEM
        return self.nation.writers.get(region, (None, SYSTEM))

    def _founding(self, sources: Iterable[Source], told: Iterable[Told]) -> Iterator[Deed]:
        """How the records came in: sources first, then tie after tie."""
        for source in sources:
            subject = Subject("ledger.source", source.pk, str(source)[:300], Text())
            yield _on_itself(source.owner_code, "ledger.source_added", subject)
        for file in told:
            context = f"ties.tie:{file.tie.pk}"
            yield file.home, "ties.tie_created", file.tie, context, 0
            for event in file.events:
                yield file.home, "ties.event_added", event, context, 0
            for claim in file.claims:
                yield _on_itself(file.home, "ledger.claim_added", claim)

    def _years(self, told: Sequence[Told]) -> Iterator[Deed]:
        """What desks did to the records since, without end."""
        rng = self.rng
        while True:
            file = told[int(rng.random() * len(told))]
            variant = 1 + int(rng.random() * VARIANTS)
            chance = rng.random()
            if chance < 0.5 and file.events:
                event = file.events[int(rng.random() * len(file.events))]
                context = f"ties.tie:{file.tie.pk}"
                yield file.home, "ties.event_changed", event, context, variant
            elif chance < 0.6 and file.claims:
                claim = file.claims[int(rng.random() * len(file.claims))]
                yield _on_itself(file.home, "ledger.claim_judged", claim, variant)
            else:
                context = f"ties.tie:{file.tie.pk}"
                yield file.home, "ties.tie_changed", file.tie, context, variant

    def _changes(self) -> list[dict[str, Any]]:
        rng, texts = self.rng, self.nation.words.texts
        names = rng.sample(["stands", "next_step", "waiting_on", "state", "target", "renewal"], 2)
        return [
            {"field": name, "old": self._value(name, texts), "new": self._value(name, texts)}
            for name in names[: rng.choice([1, 1, 2])]
        ]

    def _value(self, name: str, texts: dict[str, Any]) -> Any:
        if name == "state":
            return str(self.rng.choice(State.values))
        if name in ("target", "renewal"):
            return f"20{self.rng.randrange(10, 30)}-{self.rng.randrange(1, 13):02}"
        partner = dict.fromkeys(("id", "zh", "en"), "X")
        line = self.rng.choice(texts[name])
        return {key: words.format(b=partner[key]) for key, words in line.items()}


def _on_itself(region: str, action: str, subject: Subject, variant: int = 0) -> Deed:
    return region, action, subject, f"{subject.type}:{subject.pk}", variant

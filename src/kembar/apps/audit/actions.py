"""Write history: every action calls `record` once, in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from kembar.apps.accounts.models import User
from kembar.apps.audit.chain import seal_of
from kembar.apps.audit.models import ChainHead, Entry
from kembar.apps.kit.text import Text

SYSTEM = "Kembar"


@dataclass(frozen=True)
class Deed:
    """What is to be remembered of one action."""

    action: str
    subject: models.Model
    region_code: str
    context: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)


def name_of(user: User | None) -> str:
    """Return the person's name with the post he acts from, as it stays in the history."""
    if user is None:
        return SYSTEM
    titles = ", ".join(str(held.post) for held in user.current_holdings)
    return f"{user} ({titles})"[:300] if titles else str(user)


def plain(value: Any) -> Any:
    """Return a field's value as JSON keeps it; other records by their name."""
    if isinstance(value, Text):
        return dict(value)
    if isinstance(value, models.Model):
        return str(value)
    if value is None or isinstance(value, bool | int | float | str | list):
        return value
    return str(value)


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return field, old and new value of everything that differs."""
    return [
        {"field": name, "old": plain(old.get(name)), "new": plain(value)}
        for name, value in new.items()
        if plain(old.get(name)) != plain(value)
    ]


def record(deed: Deed, *, by: User | None) -> None:
    """Add one deed to the history."""
    record_all([deed], by=by)


@transaction.atomic
def record_all(deeds: Iterable[Deed], *, by: User | None) -> None:
    """Add deeds to the history, in order."""
    head, _created = ChainHead.objects.select_for_update().get_or_create(pk=1)
    now, name = timezone.now(), name_of(by)
    entries = []
    for deed in deeds:
        entry = Entry(
            at=now,
            actor=by,
            actor_name=name,
            action=deed.action,
            subject_type=deed.subject._meta.label_lower,
            subject_id=str(deed.subject.pk),
            subject_label=str(deed.subject)[:300],
            context=deed.context or key_of(deed.subject),
            region_code=deed.region_code,
            changes=deed.changes,
            previous=head.last_seal,
        )
        entry.seal = seal_of(entry)
        head.last_seal = entry.seal
        head.count += 1
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=500)
    head.save(update_fields=["last_seal", "count"])


def key_of(subject: models.Model) -> str:
    """Return what gathers the history of a record: "ties.tie:12"."""
    return f"{subject._meta.label_lower}:{subject.pk}"

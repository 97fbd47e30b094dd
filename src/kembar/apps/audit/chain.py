"""The seal of an entry: SHA-256 over the seal before it and all that the entry says.

Whoever changes, takes out or puts in an entry breaks a link, unless he makes every later seal
anew; a seal written down elsewhere (`kembar doctor` prints the last one) shows that too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from kembar.apps.audit.models import GENESIS, Entry


class Fault(models.TextChoices):
    CHANGED = "changed", _("This entry was changed after it was written.")
    LINK = "link", _("Entries before this one were taken out, put in or moved.")
    END = "end", _("Entries at the end were taken out or put in.")


@dataclass(frozen=True)
class Broken:
    """Where the history does not hold: an entry, or None for its end."""

    pk: int | None
    at: datetime | None
    fault: Fault


def seal_of(entry: Entry) -> str:
    """Return the seal that belongs to an entry after the one named in `previous`."""
    content = [
        entry.previous,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.subject_label,
        entry.context,
        entry.region_code,
        # Text, whole numbers, yes and no, None, lists and texts by name: `actions.plain` sees to
        # it. A database may write 1e22 or -0.0 in another way, and the seal would not hold.
        entry.changes,
    ]
    # Older entries have none, and their seals were made without.
    if entry.names is not None:
        content.append(entry.names)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links(entries: Iterable[Entry]) -> Iterator[Broken]:
    """Yield each entry, in order of id, whose seal or link does not hold."""
    previous = GENESIS
    for entry in entries:
        if entry.previous != previous:
            yield Broken(entry.pk, entry.at, Fault.LINK)
        if entry.seal != seal_of(entry):
            yield Broken(entry.pk, entry.at, Fault.CHANGED)
        previous = entry.seal

"""The seal of an entry: SHA-256 over the seal before it and all that the entry says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from django.core.serializers.json import DjangoJSONEncoder

from kembar.apps.audit.models import Entry

GENESIS = "0" * 64


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
        entry.changes,
    ]
    text = json.dumps(
        content, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each entry, in order of id, whose seal or link does not hold."""
    previous = GENESIS
    for entry in entries:
        if entry.previous != previous or entry.seal != seal_of(entry):
            yield entry
        previous = entry.seal

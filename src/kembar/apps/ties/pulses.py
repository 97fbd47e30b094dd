"""The pulse of a tie as it is kept with it: last contact, rhythm, where silence begins, what comes.

Drawn from the events whenever they change, and once more when the day of a planned one has come,
so that a list of five thousand ties finds the sleeping ones without reading their events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Replace
from django.utils import timezone

from kembar.apps.ties.health import pulse
from kembar.apps.ties.models import CONTACT_KINDS, Event, Tie
from kembar.engines.dates import PartialDate

COLUMNS = ("last_contact", "rhythm_days", "silent_from", "next_event")


def pulse_of(events: Iterable[tuple[str, PartialDate]], today: date) -> dict[str, Any]:
    """Return the columns of a pulse, drawn from the kinds and days of standing events."""
    events = list(events)
    contacts = [on for kind, on in events if kind in CONTACT_KINDS]
    past = [on for on in contacts if on.first <= today]
    beat = pulse([on.first for on in past], today)
    coming = [on.first for _kind, on in events if on.day and on.first > today]
    return {
        "last_contact": max(past, key=lambda on: on.first, default=None),
        "rhythm_days": beat.rhythm_days,
        "silent_from": beat.silent_from,
        "next_event": min(coming, default=None),
    }


def take_pulses(ties: Iterable[Tie], today: date | None = None) -> None:
    """Draw the pulses of ties that somebody holds from their events, and keep them."""
    held = {tie.pk: tie for tie in ties}
    events: dict[int, list[tuple[str, PartialDate]]] = defaultdict(list)
    rows: Any = Event.objects.standing().filter(tie__in=held)
    for pk, kind, on in rows.values_list("tie_id", "kind", "on"):
        events[pk].append((kind, on))
    for pk, tie in held.items():
        for name, value in pulse_of(events[pk], today or timezone.localdate()).items():
            setattr(tie, name, value)
    Tie.objects.bulk_update(held.values(), COLUMNS, batch_size=200)


def day_in(column: str) -> Replace:
    """Return a partial date of a query as text whose order is that of its first days.

    As it is kept, 2026-11~ stands behind every day of November; 2026-11 stands before them.
    """
    return Replace(column, Value("~"), Value(""), output_field=CharField())


def overtaken(today: date) -> QuerySet[Tie]:
    """Return the ties with an event whose day has come since their pulse was taken."""
    contacts = Event.objects.standing().filter(tie=OuterRef("pk"), kind__in=CONTACT_KINDS)
    last = Coalesce(day_in("last_contact"), Value(""))
    missed = (
        contacts.annotate(day=day_in("on"))
        .filter(day__lte=today.isoformat(), day__gt=OuterRef("last_day"))
        .order_by()
    )
    return Tie.objects.annotate(last_day=last).filter(Q(next_event__lte=today) | Exists(missed))


def follow_the_calendar(today: date) -> None:
    """Take the pulse again of every tie that a planned day has overtaken."""
    keys = list(overtaken(today).values_list("pk", flat=True))
    if keys:
        with transaction.atomic():
            # Race: somebody may be writing an event of one of them down in this moment.
            ties = Tie.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
            take_pulses(ties, today)

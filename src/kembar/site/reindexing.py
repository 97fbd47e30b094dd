"""Every line under which the search finds something, from the records of all rooms."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from itertools import islice

from django.db import transaction

from kembar.apps.audit.actions import key_of
from kembar.apps.cases.actions import case_line
from kembar.apps.cases.models import Case
from kembar.apps.ledger.actions import claim_line, source_line
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.scouting.actions import study_line
from kembar.apps.scouting.models import Study
from kembar.apps.search import index
from kembar.apps.search.models import Document
from kembar.apps.ties import imports
from kembar.apps.ties.actions import event_lines, tie_line
from kembar.apps.ties.models import Event, Tie

AT_ONCE = 500


def lines(known: Container[str]) -> Iterator[index.Line]:
    """Give all lines, the oldest of each kind first.

    Parameters
    ----------
    known
        What the search finds by now. A milestone that came with a table is found through its tie,
        so it has a line only if somebody gave it one since by working on it.
    """
    yield from map(source_line, Source.objects.order_by("pk").iterator(AT_ONCE))
    ties = Tie.objects.select_related("home", "partner").order_by("pk")
    yield from map(tie_line, ties.iterator(AT_ONCE))
    events = Event.objects.standing().select_related("tie").prefetch_related("participants")
    for event in events.order_by("pk").iterator(AT_ONCE):
        if event.origin == imports.ORIGIN and key_of(event) not in known:
            continue
        yield from event_lines(event, event.participants.all())
    yield from map(claim_line, Claim.objects.standing().order_by("pk").iterator(AT_ONCE))
    yield from map(study_line, Study.objects.order_by("pk").iterator(AT_ONCE))
    cases = Case.objects.select_related("tie__home", "tie__partner").order_by("pk")
    yield from map(case_line, cases.iterator(AT_ONCE))


@transaction.atomic
def reindex(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Write every line anew, take out those of things that are gone, and return how many stand.

    Nobody finds less meanwhile: it shows at once, or not at all.
    """
    known = frozenset(Document.objects.values_list("subject", flat=True))
    written: set[str] = set()
    every = lines(known)
    while lot := list(islice(every, AT_ONCE)):
        index.put(lot)
        written.update(line.subject for line in lot)
        progress(len(written))
    index.forget(known - written)
    return len(written)

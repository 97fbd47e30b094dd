"""Every line under which the search finds something, from the records of all rooms."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from itertools import islice
from typing import Any

from django.db import transaction

from kembar.apps.audit.actions import key_of
from kembar.apps.cases.actions import case_line
from kembar.apps.cases.models import Case
from kembar.apps.commitments.actions import line_of as promise_line
from kembar.apps.commitments.models import Commitment, State
from kembar.apps.investment.actions import company_line, lead_line
from kembar.apps.investment.models import Company, Lead, Offer
from kembar.apps.investment.offer_actions import offer_line
from kembar.apps.ledger.actions import claim_line, source_line
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.programmes.actions import programme_line
from kembar.apps.programmes.models import Programme
from kembar.apps.scouting.actions import study_line
from kembar.apps.scouting.models import Study
from kembar.apps.search import index
from kembar.apps.search.models import Document
from kembar.apps.ties import imports
from kembar.apps.ties.actions import event_lines, tie_line
from kembar.apps.ties.models import Event, Tie
from kembar.apps.tourism.actions import campaign_line, site_line
from kembar.apps.tourism.models import Campaign, Site

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
    promises = Commitment.objects.exclude(state=State.WITHDRAWN).select_related("tie")
    yield from map(promise_line, promises.order_by("pk").iterator(AT_ONCE))
    for make, rows in (
        (programme_line, Programme.objects.select_related("tie")),
        (offer_line, Offer.objects.select_related("tie")),
        (company_line, Company.objects.all()),
        (lead_line, Lead.objects.select_related("company")),
        (site_line, Site.objects.all()),
        (campaign_line, Campaign.objects.filter(withdrawn="").select_related("tie")),
    ):
        every: Any = rows.order_by("pk").iterator(AT_ONCE)
        yield from map(make, every)


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

"""What people do with offers. Each deed is atomic, remembered, and found again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience
from kembar.apps.audit.actions import (
    Deed,
    differences,
    first_values,
    key_of,
    record,
    record_all,
)
from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.investment.offers import put_readiness
from kembar.apps.kit.concurrency import StaleError, hold, save_if_unchanged
from kembar.apps.kit.files import Kept
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import in_the_ledger, source_added, source_line, stored
from kembar.apps.ledger.models import Source
from kembar.apps.search import index

STANDS = ["readiness", "ready_until"]


def offer_line(offer: Offer) -> index.Line:
    return index.Line(
        subject=key_of(offer),
        kind="offer",
        path=offer.get_absolute_url(),
        title=offer.title,
        body=offer.summary or offer.place,
        also=" ".join(offer.place.values()),
        owner_code=offer.home_id,
        partner_code=offer.tie.partner_id if offer.tie else "",
        audience=offer.audience,
    )


def _check_tie(offer: Offer) -> None:
    """Refuse an offer over a tie that is another region's."""
    if offer.tie and offer.tie.home_id != offer.home_id:
        message = _("This tie belongs to another region than the offer.")
        raise ValidationError({"tie": message})


def _take_up(
    offer: Offer, sources: Sequence[Source], new_source: Source | None
) -> tuple[list[Source], list[Source]]:
    """Return the sources of an offer, and those that were written down with it just now.

    One that is written down beside a value or a return, and no other is named, is theirs too.
    """
    if new_source is None:
        return list(sources), []
    (kept,), new = in_the_ledger([new_source])
    figures = (offer.sought, offer.irr_percent, offer.payback_years)
    if offer.return_source is None and any(each is not None for each in figures):
        offer.return_source = kept
    return list(dict.fromkeys([*sources, kept])), new


@transaction.atomic
def open_offer(
    offer: Offer,
    *,
    sources: Sequence[Source] = (),
    new_source: Source | None = None,
    today: date,
    by: User | None,
) -> None:
    """Put an offer on the list, with the sources that speak of it."""
    _check_tie(offer)
    named, new = _take_up(offer, sources, new_source)
    offer.full_clean()
    offer.save()
    offer.sources.set(named)
    put_readiness(offer, today)
    offer.save(update_fields=STANDS)
    index.put([*map(source_line, new), offer_line(offer)])
    changes = first_values(offer, sources=sorted(map(str, named)))
    deed = Deed("investment.offer_opened", offer, offer.home_id, changes=changes)
    record_all([*map(source_added, new), deed], by=by)


@transaction.atomic
def change_offer(
    offer: Offer,
    *,
    sources: Sequence[Source],
    new_source: Source | None = None,
    seen: int,
    fields: list[str],
    old: dict[str, Any],
    today: date,
    by: User | None,
) -> None:
    """Change what is known of an offer, unless somebody else did since it was opened."""
    _check_tie(offer)
    named, new = _take_up(offer, sources, new_source)
    offer.full_clean(validate_unique=False)
    before = sorted(map(str, offer.sources.all()))
    now = {name: getattr(offer, name) for name in fields} | {"sources": sorted(map(str, named))}
    changes = differences({**old, "sources": before}, now)
    if not changes:
        return
    put_readiness(offer, today)
    save_if_unchanged(offer, seen, [*fields, *STANDS])
    offer.sources.set(named)
    index.put([*map(source_line, new), offer_line(offer)])
    deed = Deed("investment.offer_changed", offer, offer.home_id, changes=changes)
    record_all([*map(source_added, new), deed], by=by)


@transaction.atomic
def share_offer(offer: Offer, *, audience: str, seen: int, by: User | None) -> None:
    """Let the partner, or everyone, read an offer; or take that back."""
    if audience == Audience.SHARED and not offer.tie:
        message = _("Nobody is its partner: name the tie over which it is offered first.")
        raise ValidationError(message)
    old, offer.audience = offer.audience, Audience(audience)
    save_if_unchanged(offer, seen, ["audience"])
    index.put([offer_line(offer)])
    changes = differences({"audience": old}, {"audience": offer.audience})
    record(Deed("investment.offer_shared", offer, offer.home_id, changes=changes), by=by)


@transaction.atomic
def set_state(offer: Offer, *, state: str, reason: Text, seen: int, by: User | None) -> None:
    """Say that an offer is open, in negotiation, taken or suspended, and why."""
    if state != Offer.State.OPEN and not reason:
        raise ValidationError({"reason": _("Say why, and with whom if it is with somebody.")})
    fields = ["state", "state_reason"]
    old = {name: getattr(offer, name) for name in fields}
    offer.state, offer.state_reason = Offer.State(state), reason
    changes = differences(old, {name: getattr(offer, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(offer, seen, fields)
    record(Deed("investment.offer_state_set", offer, offer.home_id, changes=changes), by=by)


@transaction.atomic
def file_paper(
    paper: OfferPaper,
    *,
    new_source: Source | None = None,
    file: tuple[Kept, str] | None = None,
    today: date,
    by: User | None,
) -> None:
    """Put a paper into the file of an offer; how far the offer is follows from it."""
    offer = paper.offer
    hold(offer, "audience")
    new: list[Source] = []
    if new_source is not None:
        (paper.source,), new = in_the_ledger([new_source])
    if file is not None:
        paper.file, paper.name = stored(file[0]), file[1]
    paper.full_clean()
    paper.save()
    _stand_anew(offer, today)
    index.put([source_line(source) for source in new])
    changes = first_values(paper, without="offer", file=paper.name)
    deed = Deed("investment.paper_filed", paper, offer.home_id, key_of(offer), changes)
    record_all([*map(source_added, new), deed], by=by)


@transaction.atomic
def withdraw_paper(paper: OfferPaper, *, reason: str, today: date, by: User | None) -> None:
    """Take a paper out of the reckoning, with the reason; the record stays.

    Raises
    ------
    StaleError
        If somebody took it out meanwhile.
    """
    offer = paper.offer
    hold(offer, "audience")
    standing = OfferPaper.objects.filter(pk=paper.pk, withdrawn="")
    if not standing.update(withdrawn=reason):
        raise StaleError(OfferPaper.objects.get(pk=paper.pk))
    paper.withdrawn = reason
    _stand_anew(offer, today)
    changes = differences({"withdrawn": ""}, {"withdrawn": reason})
    deed = Deed("investment.paper_withdrawn", paper, offer.home_id, key_of(offer), changes)
    record(deed, by=by)


def _stand_anew(offer: Offer, today: date) -> None:
    """Draw how far an offer is from its papers; what others write on it does not mind."""
    put_readiness(offer, today)
    Offer.objects.filter(pk=offer.pk).update(
        readiness=offer.readiness, ready_until=offer.ready_until
    )


def reindex(offers: Sequence[Offer]) -> None:
    """Put offers into the search again."""
    index.put([offer_line(offer) for offer in offers])

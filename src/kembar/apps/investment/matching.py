"""Which lead may take which offer, and why: plain rules whose reasons are shown, no learning.

Both directions use the same rules. What a pair is good for and what speaks against it are listed;
pairs are ordered by the points below, which are ours: they say what to look at first, and nothing
about how likely a deal is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Code = Literal[
    "same_offer",
    "same_sector",
    "company_sector",
    "same_tie",
    "money_enough",
    "money_part",
    "ready",
    "not_ready",
    "likely",
    "other_tie",
    "money_other_currency",
    "value_unknown",
    "land_contested",
    "in_negotiation",
    "company_unproved",
]

# What each reason counts. Against: below nought. A matter that is only said counts nothing.
POINTS: Final[dict[Code, int]] = {
    "same_offer": 8,
    "same_sector": 5,
    "company_sector": 3,
    "same_tie": 2,
    "money_enough": 2,
    "money_part": 1,
    "ready": 1,
    "likely": 1,
    "not_ready": -1,
    "in_negotiation": -2,
    "land_contested": -3,
    "other_tie": -2,
    "money_other_currency": 0,
    "value_unknown": 0,
    "company_unproved": 0,
}
# From this level on there is something that a company can have looked into.
READY_FROM: Final = 3


@dataclass(frozen=True)
class OfferSide:
    """What is compared of an offer.

    Attributes
    ----------
    key
    sector
    readiness : 0 to 5
    tie
        Over which it is offered; None: to everybody.
    sought, currency
        What is still sought; None where it is not known.
    is_contested
        Its land is.
    in_negotiation
        With somebody already.
    """

    key: int
    sector: str
    readiness: int = 0
    tie: int | None = None
    sought: Decimal | None = None
    currency: str = ""
    is_contested: bool = False
    in_negotiation: bool = False


@dataclass(frozen=True)
class LeadSide:
    """What is compared of a lead.

    Attributes
    ----------
    key
    sector
        Of the lead; empty if nobody has said.
    company_sectors
    offer
        That it is about, if it is about one.
    tie
    money, currency
        What the company spoke of, as firmly as it did last; None where it did not.
    is_likely
        Judged highly likely.
    is_proved
        A paper or register shows that the company exists.
    """

    key: int
    sector: str = ""
    company_sectors: frozenset[str] = frozenset()
    offer: int | None = None
    tie: int | None = None
    money: Decimal | None = None
    currency: str = ""
    is_likely: bool = False
    is_proved: bool = True


@dataclass(frozen=True)
class Reason:
    """Why a pair fits, or what speaks against it; `percent` where money covers a part only."""

    code: Code
    percent: int | None = None

    @property
    def speaks(self) -> Literal["for", "against", "neither"]:
        points = POINTS[self.code]
        return "for" if points > 0 else "against" if points < 0 else "neither"


@dataclass(frozen=True)
class Match:
    """A pair with its reasons, those for it first."""

    offer: int
    lead: int
    points: int
    reasons: tuple[Reason, ...]


def match(offer: OfferSide, lead: LeadSide) -> Match | None:
    """Return why a pair fits; None if nothing but chance brings the two together.

    Examples
    --------
    >>> found = match(OfferSide(1, "salt", readiness=3), LeadSide(2, "salt"))
    >>> [reason.code for reason in found.reasons], found.points
    (['same_sector', 'ready', 'value_unknown'], 6)
    >>> match(OfferSide(1, "salt"), LeadSide(2, "tourism")) is None
    True
    """
    codes: list[Reason] = []
    if lead.offer == offer.key:
        codes.append(Reason("same_offer"))
    elif lead.offer is not None:
        # It is about another offer; somebody decided that.
        return None
    if lead.sector and lead.sector == offer.sector:
        codes.append(Reason("same_sector"))
    elif offer.sector in lead.company_sectors:
        codes.append(Reason("company_sector"))
    elif not codes:
        return None
    if offer.tie is not None and lead.tie is not None:
        codes.append(Reason("same_tie" if offer.tie == lead.tie else "other_tie"))
    codes.append(_money(offer, lead))
    codes.append(Reason("ready" if offer.readiness >= READY_FROM else "not_ready"))
    if lead.is_likely:
        codes.append(Reason("likely"))
    if offer.is_contested:
        codes.append(Reason("land_contested"))
    if offer.in_negotiation and lead.offer != offer.key:
        codes.append(Reason("in_negotiation"))
    if not lead.is_proved:
        codes.append(Reason("company_unproved"))
    ordered = sorted(codes, key=lambda reason: -POINTS[reason.code])
    points = sum(POINTS[reason.code] for reason in codes)
    return Match(offer.key, lead.key, points, tuple(ordered))


def _money(offer: OfferSide, lead: LeadSide) -> Reason:
    """Compare what is sought with what was spoken of, in one currency only."""
    if offer.sought is None or lead.money is None or not offer.sought:
        return Reason("value_unknown")
    if offer.currency != lead.currency:
        return Reason("money_other_currency")
    if lead.money >= offer.sought:
        return Reason("money_enough")
    return Reason("money_part", int(100 * lead.money / offer.sought))


def best_offers(lead: LeadSide, offers: Iterable[OfferSide], limit: int = 5) -> list[Match]:
    """Return the offers that fit a lead, best first; equal ones in the order of their keys."""
    return _best((match(offer, lead) for offer in offers), limit)


def best_leads(offer: OfferSide, leads: Iterable[LeadSide], limit: int = 5) -> list[Match]:
    """Return the leads that fit an offer, best first; equal ones in the order of their keys."""
    return _best((match(offer, lead) for lead in leads), limit)


def _best(found: Iterable[Match | None], limit: int) -> list[Match]:
    fitting = [each for each in found if each is not None]
    return sorted(fitting, key=lambda each: (-each.points, each.offer, each.lead))[:limit]

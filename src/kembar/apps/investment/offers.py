"""Reads about offers: lists, pages, what fits a lead, who takes one over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, User, rights_of
from kembar.apps.accounts.rights import Rights, shared
from kembar.apps.investment import matching
from kembar.apps.investment.models import Lead, Offer, OfferPaper, Yield
from kembar.apps.investment.readiness import (
    FACTS,
    Held,
    Standing,
    ladder,
    stand,
)
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.text import LANGUAGES, Text
from kembar.apps.ledger.models import Source
from kembar.apps.ties.models import Tie

# Of an offer's long texts a list shows none.
UNTOLD = ("summary", "land_note", "power", "water", "port", "state_reason", "contact")
# What a line of the list shows; an offer has thirty columns, and its tie as many.
LISTED = ("title", "sector", "place", "sought", "currency", "state", "readiness", "home__name")
# So many of the other side are looked through; more in one sector nobody reads.
LOOKED_THROUGH = 300
MATCHES = 5


@dataclass(frozen=True)
class Filters:
    """What a list of offers is narrowed to; empty where it is not."""

    text: str = ""
    sector: str = ""
    state: str = ""
    level: int = 0


@dataclass(frozen=True)
class Said:
    """A reason of a match in words."""

    text: str
    speaks: str


@dataclass(frozen=True)
class Fitting:
    """An offer or a lead that fits, with the reasons."""

    thing: Offer | Lead
    reasons: Sequence[Said]


@dataclass(frozen=True)
class PaperRow:
    """A paper on file: what kind it is, and whether it still counts."""

    paper: OfferPaper
    name: Text
    is_valid: bool


@dataclass(frozen=True)
class OfferPage:
    """Everything that the page of an offer shows to one reader.

    Attributes
    ----------
    offer
    is_own
        He reads for its region: papers, leads and reasons are his to see.
    standing
    lacking_facts
        What the next level asks for and nobody has filled in, by name.
    papers
        On file, newest first; withdrawn ones are for its own region.
    sources
        Those that he may read.
    fitting
        Leads that it fits.
    leads
        Leads that are about it, and how many more there are.
    """

    offer: Offer
    is_own: bool
    standing: Standing
    lacking_facts: Sequence[str]
    papers: Sequence[PaperRow]
    withdrawn: Sequence[PaperRow]
    sources: Sequence[Source]
    fitting: Sequence[Fitting]
    leads: Sequence[Lead]


def offers_of(user: object) -> QuerySet[Offer]:
    """Return the offers a person may read, with the names that every line shows."""
    related = ("home", "tie__home", "tie__partner", "owner__office")
    return Offer.objects.visible_to(user).select_related(*related)


def offer_of(user: object, pk: int) -> Offer:
    """Return an offer that a person may read.

    Raises
    ------
    Offer.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    return offers_of(user).select_related("return_source").get(pk=pk)


def _listed(user: object) -> QuerySet[Offer]:
    return Offer.objects.visible_to(user).select_related("home").only(*LISTED)


def list_offers(user: object, filters: Filters, today: date, number: int) -> Page[Offer]:
    """Return one page of the offers a person may read, the readiest first."""
    renew_readiness(today)
    offers = _listed(user)
    for field, value in (("sector", filters.sector), ("state", filters.state)):
        if value:
            offers = offers.filter(**{field: value})
    if filters.level:
        offers = offers.filter(readiness__gte=filters.level)
    if filters.text:
        named = Q()
        for key in LANGUAGES:
            named |= Q(**{f"title__{key}__icontains": filters.text})
            named |= Q(**{f"place__{key}__icontains": filters.text})
        offers = offers.filter(named)
    return page_of(offers.order_by("-readiness", "-pk"), number, wide=True)


def offers_of_tie(tie: Tie, user: object) -> list[Offer]:
    """Return the offers made over a tie that a person may read, the readiest first."""
    offers = _listed(user).filter(tie=tie)
    return list(offers.order_by("-readiness", "-pk")[:LOOKED_THROUGH])


# Readiness -----------------------------------------------------------------------------


def known_of(offer: Offer) -> set[str]:
    """Return the fields of an offer in which something is known."""
    # Nought is an answer; an empty text, an empty choice and None are not.
    values = ((name, getattr(offer, name)) for name in FACTS)
    return {name for name, value in values if value is not None and value not in ("", {})}


def standing_of(offer: Offer, papers: Iterable[OfferPaper], today: date) -> Standing:
    """Return how far an offer is with these papers."""
    held = [Held(paper.code, paper.valid_until) for paper in papers if not paper.withdrawn]
    return stand(known_of(offer), offer.land, held, today)


# The papers that count, beside each offer of a list.
ON_FILE: Prefetch = Prefetch(  # type: ignore[type-arg]  # at run time not generic
    "papers", OfferPaper.objects.filter(withdrawn=""), to_attr="on_file"
)


def _on_file(offer: Any) -> list[OfferPaper]:
    """Return the papers that `ON_FILE` read."""
    papers: list[OfferPaper] = offer.on_file
    return papers


def put_readiness(offer: Offer, today: date) -> None:
    """Write into an offer how far it is now; it is not saved."""
    standing = standing_of(offer, offer.papers.filter(withdrawn=""), today)
    offer.readiness, offer.ready_until = standing.level, standing.until


def renew_readiness(today: date) -> None:
    """Draw the readiness anew of every offer one of whose papers has run out since."""
    overtaken = Offer.objects.filter(ready_until__lt=today)
    keys = list(overtaken.values_list("pk", flat=True))
    if not keys:
        return
    with transaction.atomic():
        # Race: somebody may be filing the paper that follows in this moment.
        held = Offer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
        offers = list(held.prefetch_related(ON_FILE))
        for offer in offers:
            found = standing_of(offer, _on_file(offer), today)
            offer.readiness, offer.ready_until = found.level, found.until
        Offer.objects.bulk_update(offers, ["readiness", "ready_until"], batch_size=200)


# One offer -----------------------------------------------------------------------------


def reads_all(user: object, offer: Offer) -> bool:
    """Whether a person reads the whole file of an offer, not the shared part only."""
    return rights_of(user).may("ties.read_all", offer.home_id)


def tie_for(offer: Offer, user: object) -> Tie | None:
    """Return the tie over which it is offered, if this reader may know of it.

    An offer is shared or published by itself: its tie may stay with its own region.
    """
    if offer.tie is None or reads_all(user, offer):
        return offer.tie
    return Tie.objects.visible_to(user).filter(pk=offer.tie.pk).first()


def papers_of(offer: Offer) -> list[OfferPaper]:
    """Return all papers of an offer, withdrawn ones among them, newest first."""
    return list(offer.papers.select_related("source", "file").order_by("-pk"))


def offer_page(offer: Offer, user: object, today: date) -> OfferPage:
    """Return everything that the page of an offer shows to a reader."""
    is_own = reads_all(user, offer)
    papers = papers_of(offer)
    standing = standing_of(offer, papers, today)
    rows = [_row(paper, today) for paper in papers]
    following = standing.next
    readable = Source.objects.visible_to(user).filter(offers=offer).order_by("publisher", "pk")
    return OfferPage(
        offer=offer,
        is_own=is_own,
        standing=standing,
        lacking_facts=[name_of_fact(fact) for fact in following.lacking_facts] if following else [],
        papers=[row for row in rows if not row.paper.withdrawn],
        withdrawn=[row for row in rows if row.paper.withdrawn] if is_own else [],
        sources=list(readable.distinct()),
        fitting=leads_for(offer, user) if is_own else [],
        leads=_leads_about(offer, user) if is_own else [],
    )


def _row(paper: OfferPaper, today: date) -> PaperRow:
    return PaperRow(
        paper, name_of_paper(paper.code), not paper.valid_until or paper.valid_until >= today
    )


def name_of_paper(code: str) -> Text:
    """Return what a paper is called; one that the list has no more keeps its code."""
    kind = ladder().papers.get(code)
    return kind.name if kind else Text(dict.fromkeys(LANGUAGES, code))


def name_of_fact(name: str) -> str:
    """Return what a field of an offer is called."""
    return str(Offer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column


def _leads_about(offer: Offer, user: object) -> list[Lead]:
    leads = Lead.objects.visible_to(user).filter(offer=offer).select_related("company")
    return list(leads.order_by("ending", "-pk")[:20])


# What fits -----------------------------------------------------------------------------

REASONS: Mapping[str, Promise | str] = {
    "same_offer": _("The lead is about this offer."),
    "same_sector": _("Both are in the same sector."),
    "company_sector": _("The company works in the sector of the offer."),
    "same_tie": _("Both belong to the same tie."),
    "other_tie": _("The offer is made over another tie."),
    "money_enough": _("What the company speaks of covers what is sought."),
    "money_other_currency": _(
        "Value and money are in different currencies; they are not compared."
    ),
    "value_unknown": _("What is sought, or what the company would bring, is not known."),
    "ready": _("The offer has been studied, so that there is something to look into."),
    "not_ready": _("The offer lacks papers that a company will ask for first."),
    "likely": _("The lead is judged highly likely."),
    "land_contested": _("The land is contested."),
    "in_negotiation": _("The offer is in negotiation with somebody already."),
    "company_unproved": _("No paper or register shows yet that the company exists."),
}


def said(reason: matching.Reason) -> Said:
    """Return a reason in the reader's words."""
    if reason.code == "money_part":
        part = gettext("What the company speaks of covers %(percent)s%% of what is sought.")
        return Said(part % {"percent": reason.percent}, reason.speaks)
    return Said(str(REASONS[reason.code]), reason.speaks)


def _offer_side(offer: Offer) -> matching.OfferSide:
    left = offer.sought
    if left is not None and offer.secured is not None:
        left = max(left - offer.secured, left * 0)
    return matching.OfferSide(
        key=offer.pk,
        sector=offer.sector,
        readiness=offer.readiness,
        tie=offer.tie_id,
        sought=left,
        currency=offer.currency,
        is_contested=offer.land == Offer.Land.CONTESTED,
        in_negotiation=offer.state == Offer.State.NEGOTIATING,
    )


def _lead_side(lead: Lead, spoken: Mapping[int, Yield]) -> matching.LeadSide:
    said_last = spoken.get(lead.pk)
    return matching.LeadSide(
        key=lead.pk,
        sector=lead.sector,
        company_sectors=frozenset(lead.company.sectors),
        offer=lead.offer_id,
        tie=lead.tie_id,
        money=said_last.money if said_last else None,
        currency=said_last.currency if said_last else "",
        is_likely=lead.likelihood == Lead.Likelihood.HIGH,
        is_proved=lead.company.is_proved,
    )


def _spoken(leads: Iterable[Lead]) -> dict[int, Yield]:
    """Return the newest record of money of each lead, whatever its firmness."""
    rows = Yield.objects.filter(lead__in=list(leads), withdrawn="", money__isnull=False)
    return {row.lead_id: row for row in rows.order_by("on", "pk")}


def leads_for(offer: Offer, user: object) -> list[Fitting]:
    """Return the running leads that fit an offer, best first, with the reasons."""
    if offer.state in (Offer.State.TAKEN, Offer.State.SUSPENDED):
        return []
    in_sector = Q(sector=offer.sector) | Q(company__sectors__icontains=f'"{offer.sector}"')
    leads = list(
        Lead.objects.visible_to(user)
        .running()
        .filter(in_sector, home=offer.home_id, offer=None)
        .select_related("company")
        .order_by("-pk")[:LOOKED_THROUGH]
    )
    by_key = {lead.pk: lead for lead in leads}
    spoken = _spoken(leads)
    sides = [_lead_side(lead, spoken) for lead in leads]
    best = matching.best_leads(_offer_side(offer), sides, MATCHES)
    return [Fitting(by_key[each.lead], [said(r) for r in each.reasons]) for each in best]


def offers_for(lead: Lead, user: object) -> list[Fitting]:
    """Return the offers that fit a lead, best first, with the reasons."""
    sectors = {*lead.company.sectors, *([lead.sector] if lead.sector else [])}
    about = Q(pk=lead.offer_id) if lead.offer_id else Q(sector__in=sectors)
    open_ones = [Offer.State.OPEN, Offer.State.NEGOTIATING]
    offers = list(
        offers_of(user)
        .defer(*UNTOLD)
        .filter(about, home=lead.home_id, state__in=open_ones)
        .order_by("-readiness", "-pk")[:LOOKED_THROUGH]
    )
    by_key = {offer.pk: offer for offer in offers}
    side = _lead_side(lead, _spoken([lead]))
    best = matching.best_offers(side, map(_offer_side, offers), MATCHES)
    return [Fitting(by_key[each.offer], [said(r) for r in each.reasons]) for each in best]


# What other rooms ask ------------------------------------------------------------------


def inheritance(post: Post, reader: User) -> list[Inherited]:
    """Return the offers that the next holder of a post takes over, and what each lacks."""
    found = []
    today = timezone.localdate()
    offers = Offer.objects.filter(owner=post).exclude(state=Offer.State.TAKEN)
    for offer in offers.order_by("pk").prefetch_related(ON_FILE):
        if not reads_all(reader, offer):
            found.append(Inherited(str(offer)))
            continue
        count = len(standing_of(offer, _on_file(offer), today).lacking)
        detail = ngettext("%(count)s paper is missing", "%(count)s papers are missing", count)
        found.append(
            Inherited(
                str(offer), offer.get_absolute_url(), detail % {"count": count} if count else ""
            )
        )
    return found


def uses_of_source(rights: Rights) -> list[QuerySet[Any]]:
    """Return the offers that name the source of an outer query and are shared with him."""
    offers = Offer.objects.filter(
        shared(rights, owner="home__code", partner="tie__partner__code", audiences=["audience"])
    )
    papers = OfferPaper.objects.filter(offer__in=offers, withdrawn="")
    return [
        offers.filter(sources=OuterRef("pk")),
        offers.filter(return_source=OuterRef("pk")),
        papers.filter(source=OuterRef("pk")),
    ]

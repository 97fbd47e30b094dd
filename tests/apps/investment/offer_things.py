"""Offers and their papers, made through the same actions that people's deeds go through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kembar.apps.accounts.models import User
from kembar.apps.investment import offer_actions as actions
from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.engines.dates import PartialDate
from tests.apps.ties.things import a_region, a_source

TODAY = date(2026, 11, 30)


def an_offer(
    title: str | Text = "Salt ponds",
    *,
    sources: Sequence[Source] = (),
    by: User | None = None,
    today: date = TODAY,
    **fields: Any,
) -> Offer:
    """Return a new offer; without an audience it is for its own region only."""
    text = Text(en=title) if isinstance(title, str) else title
    tie = fields.get("tie")
    values = {"home": tie.home if tie else a_region("ID-NT"), "sector": "salt", **fields}
    offer = Offer(title=text, **values)
    actions.open_offer(offer, sources=sources, today=today, by=by)
    return offer


def a_paper(
    offer: Offer, code: str = "map", *, today: date = TODAY, on: str = "2026-05", **fields: Any
) -> OfferPaper:
    """Return a new paper on the file of an offer, shown by a source."""
    values = {"source": a_source(), **fields}
    paper = OfferPaper(offer=offer, code=code, on=PartialDate.parse(on), **values)
    actions.file_paper(paper, today=today, by=None)
    return paper

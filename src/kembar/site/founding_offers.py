"""The offers of the founding example: what published sources say that the province offers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from kembar.apps.investment.models import Offer
from kembar.apps.investment.offer_actions import open_offer
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.ties.models import Event, Tie

FILE = Path(__file__).parent / "data" / "founding-offers.toml"
ORIGIN = "example"


@transaction.atomic
def load(
    ties: Mapping[str, Tie],
    events: Mapping[str, Event],
    claims: Mapping[str, Claim],
    sources: Mapping[str, Source],
) -> bool:
    """Load the offers, unless they are there; each is read by whom its tie is."""
    if Offer.objects.filter(origin=ORIGIN).exists():
        return False
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["offer"]
    for row in rows:
        _offer(row, ties[row["tie"]], [sources[key] for key in row["sources"]])
    return True


def _offer(row: Mapping[str, Any], tie: Tie, sources: list[Source]) -> None:
    as_of = tie.as_of or date.min
    offer = Offer(
        home=tie.home,
        tie=tie,
        sector=row["sector"],
        title=Text(row["title"]),
        summary=Text(row["summary"]),
        place=Text(row.get("place", {})),
        owner=tie.owner,
        as_of=tie.as_of,
        audience=tie.audience,
        origin=ORIGIN,
    )
    open_offer(offer, sources=sources, today=as_of, by=None)

"""The lead of the founding example: what one source says of a company that may invest."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from kembar.apps.investment.actions import note_contact, open_lead
from kembar.apps.investment.models import Company, Lead, LeadContact
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.ties.models import Event, Tie

FILE = Path(__file__).parent / "data" / "founding-leads.toml"
ORIGIN = "example"


@transaction.atomic
def load(
    ties: Mapping[str, Tie],
    events: Mapping[str, Event],
    claims: Mapping[str, Claim],
    sources: Mapping[str, Source],
) -> bool:
    """Load the leads, unless they are there."""
    if Lead.objects.filter(origin=ORIGIN).exists():
        return False
    with FILE.open("rb") as file:
        rows = tomllib.load(file)["lead"]
    for row in rows:
        _lead(row, ties[row["tie"]], events[row["event"]], sources[row["source"]])
    return True


def _lead(row: Mapping[str, Any], tie: Tie, event: Event, source: Source) -> None:
    told = row["company"]
    company = Company(
        owner_code=tie.home_id,
        name=Text(told["name"]),
        country=told["country"],
        region_id=told["region"],
        sectors=told["sectors"],
        note=Text(told["note"]),
        origin=ORIGIN,
    )
    lead = Lead(
        home=tie.home,
        tie=tie,
        title=Text(row["title"]),
        sector=row["sector"],
        way=row["way"],
        event=event,
        source=source,
        drivers=Text(row["drivers"]),
        owner=tie.owner,
        opened_on=row["opened_on"],
        origin=ORIGIN,
    )
    open_lead(lead, by=None, company=company)
    said = row["contact"]
    contact = LeadContact(lead=lead, on=said["on"], kind=said["kind"], note=Text(said["note"]))
    note_contact(contact, by=None)

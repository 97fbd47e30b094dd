"""Arrivals, seats, sites and campaigns for tests, brought in by the door that people use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.kit import tables
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.ties.models import Tie
from kembar.apps.tourism import actions
from kembar.apps.tourism.models import Campaign, Limit, Site
from kembar.engines.dates import PartialDate
from tests.apps.ties.things import a_region

# Invented numbers: none is a fact.
ROW = {
    "region": "ID-NT",
    "counted": "visitors",
    "origin": "CN",
    "month": "2025-03",
    "people": "120",
    "publisher": "Kantor Statistik",
    "address": "https://stat.example/1",
}
FLIGHTS = {
    "from": "SIN",
    "to": "LBJ",
    "month": "2025-03",
    "flights": "9",
    "seats": "1620",
    "publisher": "Bandara",
    "address": "https://bandara.example/1",
}


def a_table(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(column for row in rows for column in row))
    return tables.write_csv(header, [[row.get(column, "") for column in header] for row in rows])


def hand_in(client: Client, *rows: dict[str, str], kind: str = "arrivals", **beside: str) -> Any:
    """Hand a table in, and return the page of what it would do."""
    file = SimpleUploadedFile("counts.csv", a_table(*rows))
    given = {"file": file, "audience": "published", **beside}
    return client.post(f"/tourism/import/{kind}/", given, follow=True)


def load(client: Client, *rows: dict[str, str], kind: str = "arrivals", **beside: str) -> Any:
    page = hand_in(client, *rows, kind=kind, **beside)
    return client.post(page.request["PATH_INFO"], follow=True)


def counts(page: Any) -> list[int]:
    """Return how many to add, to bring up to date, as they are, refused."""
    return list(page.context["counts"].values())


def reasons(page: Any) -> dict[str, str]:
    """Return why rows were refused, by column."""
    return {
        problem.column: problem.reason
        for wish in page.context["refused"]
        for problem in wish.problems
    }


def months_of(origin: str, people: dict[str, int], **fields: str) -> list[dict[str, str]]:
    """Return rows of one origin from people by month."""
    return [
        {**ROW, **fields, "origin": origin, "month": month, "people": str(number)}
        for month, number in people.items()
    ]


def a_site(name: str = "Pulau Contoh", *, audience: str = "published", **fields: Any) -> Site:
    site = Site(region=a_region("ID-NT"), owner_code="ID-NT", audience=audience, name=Text(id=name))
    for field, value in fields.items():
        setattr(site, field, value)
    actions.add_site(site, by=None)
    return site


def a_limit(site: Site, people: int, per: str, *, source: Source, since: str = "2025") -> Limit:
    limit = Limit(site=site, people=people, per=per, since=PartialDate.parse(since), source=source)
    actions.add_limit(limit, by=None)
    return limit


def a_campaign(tie: Tie, *, by: User | None = None, **fields: Any) -> Campaign:
    values = {
        "title": Text(en="Spring on Xiaohongshu"),
        "market": "CN",
        "starts": date(2025, 3, 10),
        "ends": date(2025, 4, 20),
        "spend": Decimal(90_000),
        "currency": "CNY",
        "spent_on": date(2025, 4, 20),
        **fields,
    }
    campaign = Campaign(tie=tie, **values)
    actions.add_campaign(campaign, by=by)
    return campaign

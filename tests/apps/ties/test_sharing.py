"""Only who may share decides who reads; and nothing is read more widely than its tie."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.ties.models import Event, Tie
from tests.apps.ties.things import a_claim, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def agency(db: Any) -> Client:
    return browser_of(a_person(Role.AGENCY))


@pytest.fixture
def desk(db: Any) -> Client:
    return browser_of(a_person(Role.DESK))


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie(audience="published")


def event_form(**given: Any) -> dict[str, Any]:
    event = {"title_en": "Secret talks", "on": "2026-02-02", "kind": "note", "confidence": "O"}
    return {**event, "audience": "published", "version": 1, **given}


def claim_form(**given: Any) -> dict[str, Any]:
    return {"statement_en": "It is agreed", "language": "id", "audience": "published", **given}


def source_form(**given: Any) -> dict[str, Any]:
    source = {"publisher": "Kompas", "kind": "press", "language": "id", "reliability": "fair"}
    return {**source, "audience": "published", "version": 1, **given}


def test_an_agency_does_not_publish_an_event(agency: Client, tie: Tie) -> None:
    agency.post(f"/ties/{tie.pk}/events/new/", event_form())

    assert Event.objects.get().audience == "own"
    assert "Secret talks" not in Client().get(f"/ties/{tie.pk}/timeline/").content.decode()


def test_an_agency_does_not_publish_a_claim(agency: Client, tie: Tie) -> None:
    agency.post(f"/ties/{tie.pk}/claims/new/", claim_form())

    assert Claim.objects.get().audience == "own"
    assert "It is agreed" not in Client().get("/ledger/claims/").content.decode()


def test_an_agency_does_not_publish_a_source(agency: Client) -> None:
    agency.post("/ledger/sources/new/", source_form())

    assert Source.objects.get().audience == "own"


def test_an_agency_sees_who_reads_and_who_decides_it(agency: Client, tie: Tie) -> None:
    page = agency.get(f"/ties/{tie.pk}/events/new/").content.decode()

    assert "The desk or the head decides who may read it." in page


@pytest.mark.parametrize("tried", ["own", "shared", "published", None])
def test_what_is_shared_stays_so_when_an_agency_corrects_it(
    agency: Client, tie: Tie, tried: str | None
) -> None:
    event = an_event(tie, "Salt talks", audience="shared")
    given = event_form(title_en="Salt talks in Kupang", audience=tried)

    response = agency.post(
        f"/ties/events/{event.pk}/change/",
        {name: value for name, value in given.items() if value is not None},
    )

    event.refresh_from_db()
    assert response.status_code == 302
    assert (str(event.title), event.audience) == ("Salt talks in Kupang", "shared")


def test_a_published_source_stays_so_when_an_agency_corrects_it(agency: Client) -> None:
    source = a_source("Kompas", audience="published")

    agency.post(f"/ledger/sources/{source.pk}/change/", source_form(audience="own", title="Garam"))

    source.refresh_from_db()
    assert (source.title, source.audience) == ("Garam", "published")


def test_the_desk_publishes(desk: Client, tie: Tie) -> None:
    desk.post(f"/ties/{tie.pk}/events/new/", event_form())
    desk.post(f"/ties/{tie.pk}/claims/new/", claim_form())
    desk.post("/ledger/sources/new/", source_form())

    assert Event.objects.get().audience == "published"
    assert Claim.objects.get().audience == "published"
    assert Source.objects.get().audience == "published"


# A claim and its tie


def read_by(browser: Client, claim: Claim) -> list[bool]:
    """Return whether a claim is found on its page, in the list and by the search."""
    return [
        browser.get(f"/ledger/claims/{claim.pk}/").status_code == 200,
        "It is agreed" in browser.get("/ledger/claims/").content.decode(),
        "It is agreed" in browser.get("/search/?q=agreed").content.decode(),
    ]


def test_a_claim_is_not_read_more_widely_than_its_tie(desk: Client) -> None:
    claim = a_claim(a_tie(audience="shared"), "It is agreed", audience="published")
    partner = browser_of(a_person(Role.PARTNER, "CN-JX"))

    assert read_by(Client(), claim) == [False] * 3
    assert read_by(partner, claim) == [True] * 3
    assert read_by(desk, claim) == [True] * 3


def test_a_claim_follows_its_tie_when_that_is_shared_and_taken_back(desk: Client, tie: Tie) -> None:
    claim = a_claim(tie, "It is agreed", audience="published")
    path, visitor = f"/ties/{tie.pk}/share/", Client()

    before = read_by(visitor, claim)
    desk.post(path, {"audience": "own", "version": 1})
    taken_back = read_by(visitor, claim)
    desk.post(path, {"audience": "published", "version": 2})

    assert before == read_by(visitor, claim) == [True] * 3
    assert taken_back == [False] * 3

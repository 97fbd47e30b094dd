"""Addresses and forms that no record can answer to: a clear answer, never a broken page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_region, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db

HUGE = "9" * 25


@pytest.fixture
def desk(db: Any) -> Client:
    browser = Client()
    browser.force_login(a_person(Role.DESK))
    return browser


@pytest.fixture
def administrator(db: Any) -> Client:
    browser = Client()
    browser.force_login(a_person(Role.ADMINISTRATOR))
    return browser


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie()


@pytest.mark.parametrize(
    "path",
    [
        *(f"/posts/people/{HUGE}/", f"/posts/{HUGE}/", f"/posts/offices/{HUGE}/"),
        *(f"/ties/{HUGE}/", f"/ties/events/{HUGE}/", f"/ties/files/{HUGE}/"),
        *(f"/ledger/claims/{HUGE}/", f"/ledger/sources/{HUGE}/", f"/posts/{2**63}/"),
    ],
)
def test_a_number_that_no_record_can_have_is_not_found(administrator: Client, path: str) -> None:
    response = administrator.get(path)

    assert response.status_code == 404
    assert "<h1>" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/regions/a%00b/",
        *("/search/?q=%00", "/posts/?q=a%00b", "/posts/?region=%00", "/history/?region=%00"),
        *("/ties/?q=%00", "/ledger/claims/?q=%00", "/ledger/sources/?kind=%00", "/?%00=1"),
    ],
)
def test_a_sign_that_nobody_can_type_is_not_looked_for(administrator: Client, path: str) -> None:
    assert administrator.get(path).status_code == 404


@pytest.mark.parametrize("office", ["9" * 5000, HUGE, "x", "-1", "²"])
def test_an_office_that_cannot_be_is_not_chosen(administrator: Client, office: str) -> None:
    assert administrator.get("/posts/new/", {"office": office}).status_code == 200


def test_an_office_that_is_named_is_chosen(administrator: Client) -> None:
    given = {"name_en": "Port", "kind": "region", "region_code": "ID-NT"}
    a_region("ID-NT")

    page = administrator.post("/posts/offices/new/", given, follow=True).content.decode()

    assert ">Port</option>" in page.split("selected", 1)[1]


def event_form(**given: Any) -> dict[str, Any]:
    event = {"title_en": "x", "on": "2026-03-03", "kind": "note", "confidence": "O"}
    return {**event, "audience": "own", "version": 1, **given}


@pytest.mark.parametrize("field", ["sources", "contradicts"])
@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "x", "\0"])
def test_a_choice_that_no_record_can_be_is_refused(
    desk: Client, tie: Tie, field: str, key: str
) -> None:
    response = desk.post(f"/ties/{tie.pk}/events/new/", event_form(**{field: key}))

    assert response.status_code == 422


@pytest.mark.parametrize("field", ["events", "claims"])
def test_a_contradiction_of_what_cannot_be_is_refused(desk: Client, tie: Tie, field: str) -> None:
    given = {"question_en": "Which?", field: ["9" * 30, "8" * 30]}

    assert desk.post(f"/ties/{tie.pk}/conflicts/new/", given).status_code == 422


@pytest.mark.parametrize("field", ["title_en", "home_people", "detail_en"])
def test_a_sign_that_nobody_can_type_is_refused_in_a_form(
    desk: Client, tie: Tie, field: str
) -> None:
    response = desk.post(f"/ties/{tie.pk}/events/new/", event_form(**{field: "a\0b"}))

    assert response.status_code == 422


def test_more_words_than_the_search_can_hold_are_refused(desk: Client, tie: Tie) -> None:
    # PostgreSQL takes a megabyte of words for one line of the index.
    words = " ".join(f"kata{number:06}" for number in range(200_000))

    response = desk.post(f"/ties/{tie.pk}/events/new/", event_form(detail_en=words))

    assert response.status_code == 422


def test_the_longest_texts_are_kept_and_found(desk: Client, tie: Tie) -> None:
    words = " ".join(f"berkata{number:03}" for number in range(900))
    given = {f"detail_{key}": f"{words} durian" for key in ("id", "zh", "en")}

    response = desk.post(f"/ties/{tie.pk}/events/new/", event_form(**given))

    assert response.status_code == 302
    assert "Nothing is found." not in desk.get("/search/?q=durian").content.decode()

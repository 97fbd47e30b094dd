"""How much a text in several languages holds: a line or a page, and a sentence when it is more."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Event, Tie
from tests.apps.ties.things import a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(client: Client) -> Client:
    client.force_login(a_person(Role.DESK))
    return client


def add_event(client: Client, tie: Tie, **given: str) -> Any:
    event = {"title_en": "Visit", "on": "2025", "kind": "visit", "confidence": "O"}
    return client.post(f"/ties/{tie.pk}/events/new/", {**event, "audience": "own", **given})


@pytest.mark.parametrize("field", ["title_en", "title_zh", "place_id"])
def test_a_line_holds_300_characters_in_each_language_and_no_more(
    at_work: Client, field: str
) -> None:
    tie = a_tie()

    full = add_event(at_work, tie, **{field: "省" * 300})
    too_long = add_event(at_work, tie, **{field: "省" * 301})

    assert full.status_code == 302
    assert too_long.status_code == 422
    assert "at most 300 characters (it has 301)" in too_long.content.decode()
    assert Event.objects.count() == 1


def test_a_page_of_text_holds_10_000_characters_and_no_more(at_work: Client) -> None:
    tie = a_tie()

    full = add_event(at_work, tie, detail_en="a" * 10_000)
    too_long = add_event(at_work, tie, detail_en="a" * 10_001)

    assert full.status_code == 302
    assert too_long.status_code == 422
    assert "at most 10000 characters (it has 10001)" in too_long.content.decode()


def test_what_is_too_long_is_refused_whichever_way_it_comes() -> None:
    with pytest.raises(ValidationError, match="at most 300 characters"):
        a_tie(theme=Text(en="a" * 301))


def test_the_lines_of_a_browser_are_kept_with_one_sign_each_and_nothing_unseen(
    at_work: Client,
) -> None:
    add_event(at_work, a_tie(), detail_en="one\r\ntwo\rthr\x0bee\n\tfo\x1bur")

    assert Event.objects.get().detail == {"en": "one\ntwo\nthree\n\tfour"}


def test_a_line_end_counts_as_one_character(at_work: Client) -> None:
    response = add_event(at_work, a_tie(), detail_en="a\r\n" * 4_999 + "a")

    assert response.status_code == 302


def test_the_lines_of_a_remark_are_kept_with_one_sign_each(client: Client) -> None:
    tie = a_tie()
    client.force_login(a_person(Role.MINISTRY, "ID"))

    client.post(f"/ties/{tie.pk}/remarks/", {"text": "one\r\ntwo"})

    assert tie.remarks.get().text == "one\ntwo"

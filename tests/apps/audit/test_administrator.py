"""An administrator looks after people: the history does not tell him what ties keep to themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text
from kembar.apps.ties.actions import withdraw_event
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: Any) -> User:
    return a_person(Role.DESK, name="Ani Bere")


@pytest.fixture
def tie(desk: User) -> Tie:
    tie = a_tie(owner=desk.current_holdings[0].post, next_step=Text(en="Ask the council"), by=desk)
    an_event(tie, "A quarrel behind doors", by=desk)
    return tie


@pytest.fixture
def at_work(client: Client, tie: Tie) -> Client:
    """A browser in which the administrator of ID-NT has signed in."""
    client.force_login(a_person(Role.ADMINISTRATOR))
    return client


@pytest.mark.parametrize("path", ["/history/", "/history/table.csv"])
def test_he_reads_what_was_done_with_people_only(at_work: Client, path: str) -> None:
    at_work.post(
        "/posts/offices/new/", {"name_en": "Port", "kind": "region", "region_code": "ID-NT"}
    )

    response = at_work.get(path)
    text = b"".join(response if response.streaming else [response.content]).decode()

    assert "added the office" in text
    assert "quarrel" not in text
    assert "the tie East Nusa Tenggara" not in text


def test_he_reads_no_more_on_a_published_tie(at_work: Client, tie: Tie) -> None:
    Tie.objects.update(audience="published")

    assert "/history/" not in at_work.get(f"/ties/{tie.pk}/").content.decode().split("<main")[1]
    assert "quarrel" not in at_work.get(f"/ties/{tie.pk}/history/").content.decode()


def test_he_does_not_read_what_was_published_and_taken_back(
    at_work: Client, tie: Tie, desk: User
) -> None:
    Tie.objects.update(audience="published")
    event = an_event(tie, "Told too early", audience="published")
    withdraw_event(event, reason="Wrong day", seen=1, by=desk)

    assert at_work.get(f"/ties/events/{event.pk}/").status_code == 404


def test_whoever_is_desk_too_reads_everything(at_work: Client, desk: User) -> None:
    at_work.force_login(desk)

    assert "quarrel" in at_work.get("/history/").content.decode()


@pytest.mark.parametrize("page", ["", "hand-over/"])
def test_he_hands_over_a_post_without_reading_what_waits(
    at_work: Client, desk: User, page: str
) -> None:
    path = f"/posts/{desk.current_holdings[0].post.pk}/{page}"

    seen = at_work.get(path).content.decode()

    assert "Jiangxi" in seen
    assert "Ask the council" not in seen
    assert "/ties/" not in seen.split("<main")[1]


def test_the_desk_reads_what_waits_under_its_post(at_work: Client, desk: User) -> None:
    at_work.force_login(desk)

    assert "Ask the council" in at_work.get("/posts/me/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_ties_of_a_post(
    at_work: Client, desk: User, count_queries: Callable[[], Any]
) -> None:
    path = f"/posts/{desk.current_holdings[0].post.pk}/"
    at_work.get(path)
    with count_queries() as before:
        at_work.get(path)
    for number in range(2, 9):
        a_tie(owner=desk.current_holdings[0].post, cycle=number)

    with count_queries() as after:
        at_work.get(path)

    assert len(after) == len(before)

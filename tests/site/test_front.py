"""The first page of an installation that nobody has filled yet."""

from __future__ import annotations

import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.site.beginning import FIRST_ADMINISTRATOR
from tests.people import a_person, nobody_yet

pytestmark = pytest.mark.django_db


def front(client: Client) -> str:
    return client.get("/").content.decode().split("<main")[1]


def test_an_installation_without_people_says_how_to_make_the_first_administrator(
    client: Client,
) -> None:
    page = front(client)

    assert FIRST_ADMINISTRATOR.replace('"', "&quot;") in page
    assert "kembar example" in page
    assert "Sign in" not in page


def test_with_people_a_visitor_is_led_to_sign_in(client: Client) -> None:
    a_person(Role.DESK)

    page = front(client)

    assert "kembar person" not in page
    assert 'href="/account/login/"' in page


def test_an_administrator_is_led_to_the_posts(client: Client) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR, ""))

    page = front(client)

    assert 'href="/posts/"' in page
    assert "Add offices, give them posts, and put people into these." in page
    assert "Sign in" not in page


def test_a_person_without_a_post_is_not_asked_to_sign_in_again(client: Client) -> None:
    client.force_login(nobody_yet())

    page = front(client)

    assert 'href="/posts/me/"' in page
    assert "Sign in" not in page

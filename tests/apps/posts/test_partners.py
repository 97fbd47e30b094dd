"""A partner's office reads what its own home shares with it, never what a neighbour shares."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


def officer_of(admin: Client, region_code: str) -> Client:
    """Let an administrator make a partner's office, and return its officer's browser."""
    given = {"name_id": "Kantor", "kind": "partner", "region_code": region_code}
    assert admin.post("/posts/offices/new/", given).status_code == 302
    office = Office.objects.latest("pk")
    admin.post("/posts/new/", {"title_id": "Staf", "office": office.pk, "role": "partner"})
    post = Post.objects.latest("pk")
    person = {"name": "Wang", "email": f"wang{post.pk}@example.cn", "on": "2026-01-05"}
    admin.post(f"/posts/{post.pk}/fill/", person)
    browser = Client()
    browser.force_login(User.objects.get(email=person["email"]))
    return browser


@pytest.fixture
def neighbour_s_tie(db: Any) -> Tie:
    """What Bali shares with Jiangxi."""
    tie = a_tie(between=("ID-BA", "CN-JX"), audience="shared")
    an_event(tie, "Balinese dance in Nanchang", audience="shared")
    return tie


def test_a_partner_s_officer_reads_what_his_own_home_shares(at_work: Client) -> None:
    tie = a_tie(audience="shared")
    an_event(tie, "Salt for Nanchang", audience="shared")
    officer = officer_of(at_work, "CN-JX")

    assert "Salt for Nanchang" in officer.get(f"/ties/{tie.pk}/timeline/").content.decode()
    assert "Salt for Nanchang" in officer.get("/search/?q=nanchang").content.decode()


def test_nobody_makes_himself_the_partner_of_his_neighbour(
    at_work: Client, neighbour_s_tie: Tie
) -> None:
    a_source("Denpasar Post", owner_code="ID-BA", audience="shared")
    officer = officer_of(at_work, "CN-JX")

    assert officer.get(f"/ties/{neighbour_s_tie.pk}/").status_code == 404
    assert "Bali" not in officer.get("/ties/").content.decode()
    for words in ("dance", "Jiangxi", "Denpasar"):
        assert "Nothing is found." in officer.get(f"/search/?q={words}").content.decode()


def test_an_office_made_from_everywhere_reads_what_every_home_shares(
    client: Client, neighbour_s_tie: Tie
) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR, ""))
    officer = officer_of(client, "CN-JX")

    assert officer.get(f"/ties/{neighbour_s_tie.pk}/").status_code == 200
    assert "Balinese dance" in officer.get("/search/?q=dance").content.decode()


def test_an_office_made_by_the_nation_reads_what_its_provinces_share(
    client: Client, neighbour_s_tie: Tie
) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR, "ID"))
    officer = officer_of(client, "CN-JX")

    assert officer.get(f"/ties/{neighbour_s_tie.pk}/").status_code == 200
    assert "Balinese dance" in officer.get("/search/?q=dance").content.decode()


def test_a_whole_country_is_no_partner(at_work: Client) -> None:
    given = {"name_id": "Kantor", "kind": "partner", "region_code": "CN"}

    response = at_work.post("/posts/offices/new/", given)

    assert response.status_code == 422
    assert "is a whole country" in response.content.decode()


def test_a_whole_country_is_a_partner_where_somebody_looks_after_everything(
    client: Client, neighbour_s_tie: Tie
) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR, ""))
    officer = officer_of(client, "CN")

    assert officer.get(f"/ties/{neighbour_s_tie.pk}/").status_code == 200

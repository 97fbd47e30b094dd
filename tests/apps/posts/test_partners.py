"""A partner's office reads what its own home shares with it, never what a neighbour shares."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import Holding, Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_source, a_tie, an_event
from tests.people import SINCE, a_person, a_post

pytestmark = pytest.mark.django_db


def officer_of(admin: Client, region_code: str, **also: str) -> Client:
    """Let an administrator make a partner's office, and return its officer's browser."""
    given = {"name_id": "Kantor", "kind": "partner", "region_code": region_code, **also}
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


# Who looks after more than one region says which of them lets the partner in.


@pytest.fixture
def of_both(client: Client) -> Client:
    """A browser of somebody who looks after two provinces."""
    person = a_person(Role.ADMINISTRATOR, "ID-BA")
    Holding.objects.create(post=a_post(Role.ADMINISTRATOR), person=person, since=SINCE)
    client.force_login(person)
    return client


def test_a_partner_reads_what_the_home_that_was_chosen_shares(
    of_both: Client, neighbour_s_tie: Tie
) -> None:
    tie = a_tie(audience="shared")

    officer = officer_of(of_both, "CN-JX", home="ID-NT")

    assert officer.get(f"/ties/{tie.pk}/").status_code == 200
    assert officer.get(f"/ties/{neighbour_s_tie.pk}/").status_code == 404
    assert Entry.objects.get(action="posts.office_added").region_code == "ID-NT"


def test_the_home_can_be_corrected_and_the_history_tells(of_both: Client) -> None:
    given = {"name_id": "Kantor", "kind": "partner", "region_code": "CN-JX"}
    of_both.post("/posts/offices/new/", {**given, "home": "ID-NT"})
    path = f"/posts/offices/{Office.objects.latest('pk').pk}/"
    shown = of_both.get(path).content.decode()

    of_both.post(path, {**given, "home": "ID-BA", "version": 1})

    assert '<option value="ID-NT" selected>Nusa Tenggara Timur (ID-NT)</option>' in shown
    assert Office.objects.latest("pk").home_code == "ID-BA"
    assert "from “ID-NT” to “ID-BA”" in of_both.get("/history/").content.decode()


def test_nobody_chooses_a_home_that_is_not_his(of_both: Client) -> None:
    given = {"name_id": "Kantor", "kind": "partner", "region_code": "CN-JX", "home": "ID-JK"}

    assert of_both.post("/posts/offices/new/", given).status_code == 422


def test_an_own_office_has_no_home_whatever_is_chosen(of_both: Client) -> None:
    given = {"name_id": "Kantor", "kind": "region", "region_code": "ID-NT", "home": "ID-BA"}

    of_both.post("/posts/offices/new/", given)

    assert Office.objects.latest("pk").home_code == ""


def test_whoever_looks_after_one_region_is_not_asked(at_work: Client) -> None:
    assert 'name="home"' not in at_work.get("/posts/offices/new/").content.decode()


def test_whoever_looks_after_everywhere_too_may_let_a_partner_into_everything(
    client: Client, neighbour_s_tie: Tie
) -> None:
    person = a_person(Role.ADMINISTRATOR, "")
    Holding.objects.create(post=a_post(Role.ADMINISTRATOR), person=person, since=SINCE)
    client.force_login(person)

    shown = client.get("/posts/offices/new/").content.decode()
    officer = officer_of(client, "CN-JX", home="")

    assert '<option value="">Everywhere</option>' in shown
    assert officer.get(f"/ties/{neighbour_s_tie.pk}/").status_code == 200

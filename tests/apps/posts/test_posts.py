from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.regions.models import Region
from tests.people import PASSWORD, SINCE, a_person, a_post, an_office

pytestmark = pytest.mark.django_db


def office_form(**given: Any) -> dict[str, Any]:
    return {"name_id": "Biro", "kind": "region", "region_code": "ID-NT", **given}


def add_office(client: Client, **given: Any) -> Any:
    return client.post("/posts/offices/new/", office_form(**given))


# The list


def test_the_list_shows_who_holds_what_and_since_when(at_work: Client) -> None:
    a_person(Role.DESK, name="Ani Bere")

    page = at_work.get("/posts/").content.decode()

    assert "Ani Bere" in page
    assert "6 January 2025" in page
    assert "Nusa Tenggara Timur" in page


def test_the_list_holds_one_s_own_region_and_what_lies_below(at_work: Client) -> None:
    for code, name in (("ID-NT.kota-kupang", "In Kupang"), ("ID-BA", "In Bali"), ("", "National")):
        a_person(Role.DESK, code, name=name)

    page = at_work.get("/posts/").content.decode()

    assert "In Kupang" in page
    assert "In Bali" not in page
    assert "National" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=bere", {"Ani Bere"}),
        ("q=分析", {"Yosef Lay"}),
        ("role=head", {"Ani Bere"}),
        ("region=ID-NT.kota-kupang", {"Ani Bere"}),
        ("region=nusa tenggara", {"Ani Bere", "Yosef Lay"}),
        ("region=印度尼西亚", {"Ani Bere", "Yosef Lay"}),
        ("region=Bali", set()),
        ("role=nonsense&page=nonsense", {"Ani Bere", "Yosef Lay"}),
    ],
)
def test_the_list_can_be_narrowed(at_work: Client, query: str, found: set[str]) -> None:
    Region.objects.create(
        code="ID-NT.kota-kupang", parent_id="ID-NT", country="ID", level=Region.Level.CITY,
        name=Text(id="Kota Kupang"),
    )  # fmt: skip
    a_person(Role.HEAD, "ID-NT.kota-kupang", name="Ani Bere")
    yosef = a_person(Role.DESK, name="Yosef Lay")
    Post.objects.filter(holdings__person=yosef).update(title=Text(zh="对外合作分析员"))

    page = at_work.get(f"/posts/?{query}").content.decode()

    assert {name for name in ("Ani Bere", "Yosef Lay") if name in page} == found


def test_the_number_of_queries_does_not_grow_with_the_list(
    at_work: Client, count_queries: Callable[[], Any]
) -> None:
    a_person(Role.DESK)
    at_work.get("/posts/")
    with count_queries() as before:
        at_work.get("/posts/")
    for number in range(60):
        a_person(Role.DESK, f"ID-NT.place-{number}")

    with count_queries() as after:
        page = at_work.get("/posts/")

    assert len(after) == len(before)
    assert len(page.context["page"].rows) == 50
    assert page.context["page"].has_next


@pytest.mark.parametrize("role", [Role.PARTNER])
def test_a_partner_does_not_see_our_posts(client: Client, role: Role) -> None:
    client.force_login(a_person(role, "CN-JX"))

    assert client.get("/posts/").status_code == 403


# Offices


def test_an_administrator_adds_an_office_by_the_name_of_its_region(at_work: Client) -> None:
    add_office(at_work, region_code="nusa tenggara timur")

    assert Office.objects.get(name__id="Biro").region_code == "ID-NT"
    assert Entry.objects.get().action == "posts.office_added"


@pytest.mark.parametrize("code", ["ID-BA", "ID", ""])
def test_nobody_makes_an_office_outside_his_region(at_work: Client, code: str) -> None:
    response = add_office(at_work, region_code=code)

    assert response.status_code == 422
    assert "You look after ID-NT." in response.content.decode()
    assert not Office.objects.filter(name__id="Biro").exists()


def test_a_region_that_is_not_known_is_not_taken(at_work: Client) -> None:
    response = add_office(at_work, region_code="ID-XX")

    assert "No region is called" in response.content.decode()


@pytest.mark.parametrize("code", ["ID-BA", "ID", "", "CN-JX"])
def test_whoever_reaches_everywhere_makes_offices_everywhere(client: Client, code: str) -> None:
    client.force_login(a_person(Role.ADMINISTRATOR, ""))

    assert add_office(client, region_code=code).status_code == 302


def test_a_partner_s_office_is_looked_after_from_home(at_work: Client) -> None:
    add_office(at_work, kind="partner", region_code="CN-JX")

    office = Office.objects.get(region_code="CN-JX")
    assert office.keeper_code == "ID-NT"
    assert at_work.get(f"/posts/offices/{office.pk}/").status_code == 200


def test_only_its_own_home_looks_after_a_partner_s_office(client: Client, at_work: Client) -> None:
    add_office(at_work, kind="partner", region_code="CN-JX")
    office = Office.objects.get(region_code="CN-JX")
    client.force_login(a_person(Role.ADMINISTRATOR, "ID-BA"))

    assert client.get(f"/posts/offices/{office.pk}/").status_code == 404


def test_a_neighbour_province_is_no_partner(at_work: Client) -> None:
    # Else ID-NT would read what ID-BA has shared with "its partner".
    response = add_office(at_work, kind="partner", region_code="ID-BA")

    assert "in your own country" in response.content.decode()


def test_an_office_is_not_turned_into_another_kind_under_its_posts(at_work: Client) -> None:
    office = a_post(Role.DESK).office

    response = at_work.post(
        f"/posts/offices/{office.pk}/", office_form(kind="partner", region_code="CN-JX", version=1)
    )

    assert "roles that do not go with this kind" in response.content.decode()


def test_an_office_is_not_moved_out_of_reach(at_work: Client) -> None:
    office = a_post(Role.DESK).office

    response = at_work.post(f"/posts/offices/{office.pk}/", office_form(region_code="", version=1))

    assert response.status_code == 422
    assert Office.objects.get(pk=office.pk).region_code == "ID-NT"


# Posts


def add_post(client: Client, office: Office, role: Role) -> Any:
    return client.post("/posts/new/", {"title_id": "Baru", "office": office.pk, "role": role.value})


def test_a_new_post_waits_for_its_first_person(at_work: Client) -> None:
    response = add_post(at_work, an_office(), Role.DESK)

    post = Post.objects.get(title__id="Baru")
    assert response["Location"] == f"/posts/{post.pk}/fill/"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PARTNER])
def test_a_partner_s_office_has_partner_s_officers_only(at_work: Client, role: Role) -> None:
    # Else an administrator could give himself rights over a region abroad.
    add_office(at_work, kind="partner", region_code="CN-JX")

    response = add_post(at_work, Office.objects.get(region_code="CN-JX"), role)

    assert response.status_code == 422
    assert not Post.objects.filter(title__id="Baru").exists()


def test_our_own_offices_have_no_partner_s_officers(at_work: Client) -> None:
    assert add_post(at_work, an_office(), Role.PARTNER).status_code == 422


def test_a_new_post_begins_with_the_office_it_was_asked_from(at_work: Client) -> None:
    office = an_office(name="Biro")

    page = at_work.get(f"/posts/new/?office={office.pk}").content.decode()

    assert f'<option value="{office.pk}" selected>' in page
    assert at_work.get(f"/posts/new/?office={'9' * 5000}").status_code == 200


def test_a_post_is_not_put_into_another_region_s_office(at_work: Client) -> None:
    response = add_post(at_work, an_office(region_code="ID-BA"), Role.DESK)

    assert response.status_code == 422


def test_a_post_can_be_corrected_and_the_change_is_remembered(at_work: Client) -> None:
    post = a_post(Role.DESK)
    given = {"title_id": "Analis", "office": post.office_id, "role": "agency", "version": 1}

    at_work.post(f"/posts/{post.pk}/change/", given)

    post.refresh_from_db()
    assert (post.title, post.role) == (Text(id="Analis"), "agency")
    assert [change["field"] for change in Entry.objects.get().changes] == ["title", "role"]


# People


def test_taking_access_away_ends_every_session(at_work: Client) -> None:
    person, browser = a_person(Role.DESK), Client()
    browser.force_login(person)

    at_work.post(f"/posts/people/{person.pk}/deactivate/")

    assert browser.get("/posts/me/").status_code == 302
    given = {"login": person.email, "password": PASSWORD}
    browser.post("/account/login/", given)
    assert browser.get("/posts/me/").status_code == 302


def test_taking_access_away_makes_the_posts_vacant_and_says_so(at_work: Client) -> None:
    person = a_person(Role.DESK, name="Ani Bere")
    second = a_post(Role.HEAD)
    second.holdings.create(person=person, since=SINCE)

    page = at_work.post(f"/posts/people/{person.pk}/deactivate/", follow=True).content.decode()

    assert "The posts are vacant now" in page
    assert "Nobody holds this post." in at_work.get(f"/posts/{second.pk}/").content.decode()
    assert not person.holdings.filter(until=None).exists()
    written = [entry.action for entry in Entry.objects.order_by("pk")]
    assert written == ["posts.vacated", "posts.vacated", "posts.person_deactivated"]


def test_a_post_made_vacant_can_be_given_to_the_next(at_work: Client) -> None:
    person, next_one = a_person(Role.DESK), a_person(Role.DESK)
    post = Post.objects.get(holdings__person=person)
    at_work.post(f"/posts/people/{person.pk}/deactivate/")

    given = {"person": next_one.pk, "on": timezone.localdate().isoformat()}
    response = at_work.post(f"/posts/{post.pk}/fill/", given, follow=True)

    assert next_one.name in response.content.decode()
    assert post.holdings.get(until=None).person == next_one


def test_a_session_from_before_does_not_come_back_with_the_access(at_work: Client) -> None:
    person, browser = a_person(Role.DESK), Client()
    browser.force_login(person)
    at_work.post(f"/posts/people/{person.pk}/deactivate/")

    response = at_work.post(f"/posts/people/{person.pk}/activate/")

    assert browser.get("/posts/me/").status_code == 302
    assert User.objects.get(pk=person.pk).is_active
    assert "password/reset/key/" in at_work.get(response["Location"]).content.decode()


def test_nobody_locks_himself_out(at_work: Client, admin: User) -> None:
    response = at_work.post(f"/posts/people/{admin.pk}/deactivate/", follow=True)

    assert "cannot take your own access away" in response.content.decode()
    assert User.objects.get(pk=admin.pk).is_active


DEEDS = ["deactivate", "activate", "second-factor", "invitation", "change"]


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed != "deactivate"])
def test_somebody_who_also_works_elsewhere_is_not_ours_to_change(
    at_work: Client, deed: str
) -> None:
    # Whoever sets his password could act for Bali too.
    person = a_person(Role.DESK)
    a_post(Role.DESK, "ID-BA").holdings.create(person=person)

    assert at_work.post(f"/posts/people/{person.pk}/{deed}/").status_code == 403


def given_a_post_by_bali(person: User) -> None:
    """Bali's administrator writes the e-mail down, and an early day."""
    browser = Client()
    browser.force_login(a_person(Role.ADMINISTRATOR, "ID-BA"))
    post = a_post(Role.AUDITOR, "ID-BA")
    browser.post(f"/posts/{post.pk}/fill/", {"email": person.email, "on": "2020-01-01"})
    assert post.holdings.get().person == person


def test_another_region_does_not_keep_somebody_in_by_giving_him_a_post(at_work: Client) -> None:
    person = a_person(Role.DESK)
    given_a_post_by_bali(person)

    assert "Take access away" in at_work.get(f"/posts/people/{person.pk}/").content.decode()
    at_work.post(f"/posts/people/{person.pk}/deactivate/")

    assert not User.objects.get(pk=person.pk).is_active


def test_another_region_does_not_throw_somebody_out_by_giving_him_a_post(client: Client) -> None:
    person = a_person(Role.DESK)
    given_a_post_by_bali(person)
    client.force_login(a_person(Role.ADMINISTRATOR, "ID-BA"))

    page = client.get(f"/posts/people/{person.pk}/")
    response = client.post(f"/posts/people/{person.pk}/deactivate/")

    assert "Take access away" not in page.content.decode()
    assert response.status_code == 403
    assert User.objects.get(pk=person.pk).is_active


def test_a_new_post_at_home_does_not_make_the_other_region_his_first(at_work: Client) -> None:
    person = a_person(Role.DESK)
    given_a_post_by_bali(person)
    person.holdings.filter(post__office__region_code="ID-NT").update(until="2026-01-05")
    a_post(Role.HEAD).holdings.create(person=person)

    at_work.post(f"/posts/people/{person.pk}/deactivate/")

    assert not User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("deed", DEEDS)
def test_people_of_another_region_do_not_exist_for_an_administrator(
    at_work: Client, deed: str
) -> None:
    person = a_person(Role.DESK, "ID-BA")

    assert at_work.post(f"/posts/people/{person.pk}/{deed}/").status_code == 404


def test_an_old_e_mail_opens_nothing_after_it_was_corrected(at_work: Client) -> None:
    person = a_person(Role.DESK, email="old@ntt.go.id")
    person.emailaddress_set.create(email="old@ntt.go.id", primary=True, verified=False)

    given = {"name": "Ani", "email": "New@ntt.go.id", "version": 1}
    at_work.post(f"/posts/people/{person.pk}/change/", given)

    browser = Client()
    browser.post("/account/login/", {"login": "old@ntt.go.id", "password": PASSWORD})
    assert browser.get("/posts/me/").status_code == 302
    browser.post("/account/login/", {"login": "new@ntt.go.id", "password": PASSWORD})
    assert browser.get("/posts/me/").status_code == 200


def test_a_link_is_made_by_a_deed_that_is_remembered_not_by_looking(at_work: Client) -> None:
    person = a_person(Role.DESK)
    path = f"/posts/people/{person.pk}/invitation/"

    looked = at_work.get(path).content.decode()
    made = at_work.post(path, follow=True).content.decode()

    assert "password/reset/key/" not in looked
    assert "password/reset/key/" in made
    assert Entry.objects.get().action == "posts.person_invited"


def test_a_colleague_reads_the_page_of_a_person_without_the_buttons(client: Client) -> None:
    person = a_person(Role.DESK)
    client.force_login(a_person(Role.HEAD))

    page = client.get(f"/posts/people/{person.pk}/")

    assert page.status_code == 200
    assert "Take access away" not in page.content.decode()


SIGNING_IN = {"Password", "Second factor", "Last signed in"}


def told_of_signing_in(browser: Client, person: User) -> set[str]:
    page = browser.get(f"/posts/people/{person.pk}/").content.decode()
    return {fact for fact in SIGNING_IN if f"<dt>{fact}</dt>" in page}


def test_colleagues_do_not_learn_who_is_badly_protected(client: Client) -> None:
    client.force_login(a_person(Role.AUDITOR))

    assert told_of_signing_in(client, a_person(Role.DESK)) == set()


def test_his_administrator_and_he_himself_see_how_a_person_signs_in(at_work: Client) -> None:
    person, browser = a_person(Role.DESK), Client()
    browser.force_login(person)

    assert told_of_signing_in(at_work, person) == SIGNING_IN
    assert told_of_signing_in(browser, person) == SIGNING_IN

"""Two administrators open the same form: the second is told what the first one saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from tests.people import a_person, a_post

pytestmark = pytest.mark.django_db


def version_in(page: Any) -> str:
    return str(page.context["form"]["version"].value())


def test_the_second_keeps_what_the_first_wrote_on_an_office(at_work: Client) -> None:
    office = a_post(Role.DESK).office
    path = f"/posts/offices/{office.pk}/"
    opened = {"kind": "region", "region_code": "ID-NT", "version": version_in(at_work.get(path))}
    at_work.post(path, {**opened, "name_en": "Bureau A"})

    response = at_work.post(path, {**opened, "name_en": "Bureau", "name_id": "Biro B"})

    page = response.content.decode()
    office.refresh_from_db()
    assert response.status_code == 409
    assert "Bureau A" in page
    assert 'value="Biro B"' in page
    assert office.name == Text(en="Bureau A")


def test_saving_again_puts_his_in_its_place(at_work: Client) -> None:
    office = a_post(Role.DESK).office
    path = f"/posts/offices/{office.pk}/"
    opened = {"kind": "region", "region_code": "ID-NT", "version": version_in(at_work.get(path))}
    at_work.post(path, {**opened, "name_en": "Bureau A"})
    told = at_work.post(path, {**opened, "name_en": "Bureau B"})

    response = at_work.post(path, {**opened, "name_en": "Bureau B", "version": version_in(told)})

    office.refresh_from_db()
    assert response.status_code == 302
    assert office.name == Text(en="Bureau B")
    assert Entry.objects.latest("pk").changes[0]["old"] == {"en": "Bureau A"}


def test_the_second_keeps_what_the_first_wrote_on_a_post(at_work: Client) -> None:
    post = a_post(Role.DESK)
    path = f"/posts/{post.pk}/change/"
    opened = {"office": post.office_id, "version": version_in(at_work.get(path))}
    at_work.post(path, {**opened, "title_en": "Analyst", "role": "agency"})

    response = at_work.post(path, {**opened, "title_en": "Officer", "role": "desk"})

    post.refresh_from_db()
    assert response.status_code == 409
    assert (post.title, post.role) == (Text(en="Analyst"), "agency")


def test_the_second_keeps_what_the_first_wrote_on_a_person(at_work: Client) -> None:
    person = a_person(Role.DESK, name="Ani", email="ani@ntt.go.id")
    path = f"/posts/people/{person.pk}/change/"
    opened = {"version": version_in(at_work.get(path))}
    at_work.post(path, {**opened, "name": "Ani Bere", "email": "ani@ntt.go.id"})

    response = at_work.post(path, {**opened, "name": "Ani", "email": "ani.bere@ntt.go.id"})

    person.refresh_from_db()
    assert response.status_code == 409
    assert "Ani Bere" in response.content.decode()
    assert (person.name, person.email) == ("Ani Bere", "ani@ntt.go.id")


def test_my_page_saves_only_what_it_asks(client: Client, at_work: Client) -> None:
    person, mine = a_person(Role.DESK, name="Ani", email="ani@ntt.go.id"), Client()
    mine.force_login(person)
    opened = {"version": version_in(mine.get("/posts/me/"))}
    User.objects.filter(pk=person.pk).update(email="ani.bere@ntt.go.id")

    response = mine.post("/posts/me/", {**opened, "name": "Ani Bere", "language": "id"})

    person.refresh_from_db()
    assert response.status_code == 302
    assert (person.name, person.email) == ("Ani Bere", "ani.bere@ntt.go.id")


def test_my_page_does_not_undo_what_the_administrator_corrected(at_work: Client) -> None:
    person, mine = a_person(Role.DESK, name="Ani", email="ani@ntt.go.id"), Client()
    mine.force_login(person)
    opened = {"version": version_in(mine.get("/posts/me/"))}
    path = f"/posts/people/{person.pk}/change/"
    corrected = {"name": "Ani Bere", "email": "ani@ntt.go.id"}
    at_work.post(path, {**corrected, "version": version_in(at_work.get(path))})

    response = mine.post("/posts/me/", {**opened, "name": "Ani", "language": "id"})

    person.refresh_from_db()
    assert response.status_code == 409
    assert person.name == "Ani Bere"

"""The list of regions with which a ministry lets no tie begin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kembar.apps.accounts.models import Holding
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.scouting.models import Closed
from tests.apps.scouting.things import signed_in
from tests.apps.ties.things import a_region
from tests.people import SINCE, a_person, a_post

pytestmark = pytest.mark.django_db

FORM = {"region": "CN-JX", "reason_en": "Under review", "basis_en": "Letter 12/2026"}


@pytest.fixture
def ministry() -> Client:
    a_region("CN-JX")
    return signed_in(a_person(Role.MINISTRY, "ID"))


def test_the_ministry_closes_a_region_with_reason_and_basis(ministry: Client) -> None:
    ministry.post(reverse("scouting:close"), FORM)

    desk = signed_in(a_person(Role.DESK))
    page = desk.get(reverse("scouting:closed")).content.decode()
    assert "Jiangxi" in page and "Under review" in page and "Letter 12/2026" in page
    assert Entry.objects.get(action="scouting.region_closed").region_code == "ID"


def test_without_a_basis_nothing_is_closed(ministry: Client) -> None:
    response = ministry.post(reverse("scouting:close"), {**FORM, "basis_en": ""})

    assert response.status_code == 422
    assert not Closed.objects.exists()


def test_a_region_stands_on_the_list_once(ministry: Client) -> None:
    ministry.post(reverse("scouting:close"), FORM)

    response = ministry.post(reverse("scouting:close"), FORM)

    assert response.status_code == 422
    assert "on the list already" in response.content.decode()


def test_a_region_is_opened_with_a_reason_and_may_be_closed_again(ministry: Client) -> None:
    ministry.post(reverse("scouting:close"), FORM)
    closed = Closed.objects.get()

    open_it = reverse("scouting:open", args=[closed.pk])
    ministry.post(open_it, {"lifted": "The review is over.", "version": "1"})
    ministry.post(reverse("scouting:close"), FORM)

    assert Closed.objects.count() == 2
    assert Closed.objects.standing().count() == 1
    page = ministry.get(reverse("scouting:closed")).content.decode()
    assert "The review is over." in page


def test_two_who_open_it_at_once_are_told(ministry: Client) -> None:
    ministry.post(reverse("scouting:close"), FORM)
    closed = Closed.objects.get()
    Closed.objects.update(version=2)

    open_it = reverse("scouting:open", args=[closed.pk])
    response = ministry.post(open_it, {"lifted": "Over.", "version": "1"})

    assert response.status_code == 409
    assert Closed.objects.standing().exists()


def test_the_list_of_one_country_binds_no_other(ministry: Client) -> None:
    ministry.post(reverse("scouting:close"), FORM)

    assert Closed.objects.binding_for("ID-NT").exists()
    assert not Closed.objects.binding_for("AU-NT").exists()
    abroad = signed_in(a_person(Role.DESK, "AU-NT"))
    assert "Under review" not in abroad.get(reverse("scouting:closed")).content.decode()


def test_a_ministry_office_at_a_province_closes_nothing() -> None:
    a_region("CN-JX")
    office = signed_in(a_person(Role.MINISTRY, "ID-NT"))
    sentence = "Only the ministry of a whole country closes regions"

    listed = office.get(reverse("scouting:closed")).content.decode()
    asked = office.get(reverse("scouting:close")).content.decode()
    response = office.post(reverse("scouting:close"), FORM)

    assert reverse("scouting:close") not in listed
    assert sentence in asked
    assert response.status_code == 422
    assert sentence in response.content.decode() and "Letter 12/2026" in response.content.decode()
    assert not Closed.objects.exists()


def test_who_serves_a_ministry_and_its_office_at_a_province_closes_for_the_country() -> None:
    a_region("CN-JX")
    person = a_person(Role.MINISTRY, "ID-BA")
    post = a_post(Role.MINISTRY, "ID")
    Holding.objects.create(post=post, person=person, since=SINCE)

    signed_in(person).post(reverse("scouting:close"), FORM)

    assert Closed.objects.get().keeper_code == "ID"


def test_what_an_office_at_a_province_closed_before_is_seen_and_lifted_there() -> None:
    region = a_region("CN-JX")
    kept = Closed.objects.create(
        keeper_code="ID-NT", region=region, reason=Text(en="Old"), basis=Text(en="Letter 1")
    )
    office = signed_in(a_person(Role.MINISTRY, "ID-NT"))

    page = office.get(reverse("scouting:closed")).content.decode()
    office.post(reverse("scouting:open", args=[kept.pk]), {"lifted": "Bound nobody", "version": 1})

    assert "binds no study" in page
    kept.refresh_from_db()
    assert kept.lifted == "Bound nobody"

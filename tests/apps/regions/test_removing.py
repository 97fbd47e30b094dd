"""A place that a table brought in by mistake is removed if nothing refers to it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.tables import read_table
from kembar.apps.regions import register
from kembar.apps.regions.models import Region
from kembar.apps.regions.references import APART, CODES
from kembar.apps.ties.imports import plan_and_load
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_claim, a_region, a_tie
from tests.people import a_person, a_post

pytestmark = pytest.mark.django_db

CODE = "ID-NT.kota-kupnag"


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(a_person(Role.ADMINISTRATOR))
    return client


def remove(client: Client, code: str = CODE, reason: str = "Misspelt: Kota Kupang") -> Any:
    return client.post(f"/regions/{code}/remove/", {"reason": reason})


def test_an_administrator_removes_it_with_his_reason(administrator: Client) -> None:
    a_region(CODE)
    page = administrator.get(f"/regions/{CODE}/").content.decode()
    assert f"/regions/{CODE}/remove/" in page

    assert remove(administrator, reason="").status_code == 422
    assert remove(administrator).status_code == 302

    assert not Region.objects.filter(pk=CODE).exists()
    entry = Entry.objects.get(action="regions.region_removed")
    assert entry.changes == [{"field": "why_removed", "old": None, "new": "Misspelt: Kota Kupang"}]
    administrator.force_login(a_person(Role.AUDITOR))
    history = unescape(administrator.get("/history/").content.decode())
    assert "removed the place “Kota Kupnag”" in history
    assert "Misspelt: Kota Kupang" in history


def test_whoever_reads_that_a_place_abroad_was_brought_in_reads_that_it_is_removed(
    client: Client,
) -> None:
    a_region("ID-NT")
    a_region("CN-JX")
    rows = b"home,partner,partner_country,kind\nID-NT,Nanchagn,CN,sister_city\n"
    plan_and_load(read_table(rows, name="ties.csv"), by=a_person(Role.DESK), language="en")
    Tie.objects.all().delete()
    client.force_login(a_person(Role.ADMINISTRATOR, ""))

    assert remove(client, "CN.nanchagn").status_code == 302

    client.force_login(a_person(Role.AUDITOR))
    assert "removed the place “Nanchagn”" in unescape(client.get("/history/").content.decode())


def test_what_refers_to_it_is_named_and_it_stays(administrator: Client) -> None:
    a_tie(between=(CODE, "CN-JX"))
    a_post(Role.DESK, CODE)

    page = administrator.get(f"/regions/{CODE}/remove/").content.decode()
    remove(administrator)

    assert "<li>ties: 1</li>" in page
    assert "<li>offices: 1</li>" in page
    assert "<form class" not in page.split("<main")[1]
    assert Region.objects.filter(pk=CODE).exists()


def test_a_place_that_a_claim_is_about_stays(administrator: Client) -> None:
    a_region(CODE)
    a_claim(a_tie(), about_region=CODE)

    page = administrator.get(f"/regions/{CODE}/remove/").content.decode()
    remove(administrator)

    assert "<li>claims: 1</li>" in page
    assert Region.objects.filter(pk=CODE).exists()


def test_every_column_that_names_a_region_is_looked_through() -> None:
    """A new one by another name goes into `CODES`, or here if it names no region."""
    others = {
        *("regions.Region.code", "regions.Indicator.code", "regions.FigureImport.code_list"),
        *("cases.PinnedRulebook.code", "cases.CasePaper.code", "investment.OfferPaper.code"),
    }
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("kembar.") and model._meta.app_label not in APART
        for field in model._meta.concrete_fields
        if re.search(r"(?:^|_)(?:code|region|home|partner)(?:_|$)", field.name)
        if not field.is_relation and field.name not in CODES
    }

    assert named == others


def test_a_place_of_another_province_is_not_his_to_remove(administrator: Client) -> None:
    a_region("ID-BA.denpasra")

    assert remove(administrator, "ID-BA.denpasra").status_code == 403
    assert Region.objects.filter(pk="ID-BA.denpasra").exists()


def test_what_comes_with_the_register_stays(administrator: Client) -> None:
    register.load()

    for code in ("ID-NT", "ID-NT.kota-kupang"):
        assert "/remove/" not in administrator.get(f"/regions/{code}/").content.decode()
        assert remove(administrator, code).status_code == 200
        assert Region.objects.filter(pk=code).exists()


def test_a_desk_is_not_offered_it(client: Client) -> None:
    a_region(CODE)
    client.force_login(a_person(Role.DESK))

    assert "/remove/" not in client.get(f"/regions/{CODE}/").content.decode()
    assert remove(client).status_code == 403

"""A region is known by what people call it, and nothing is guessed where two are called so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import translation

from kembar.apps.accounts.models import Office
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.templatetags.kit import shown
from kembar.apps.regions import register
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Tie
from kembar.engines import atlas
from tests.people import a_person


@pytest.fixture(scope="module")
def _register(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        register.load()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("_register", "db")


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(a_person(Role.ADMINISTRATOR, ""))
    return client


def office_in(client: Client, region: str) -> Any:
    given = {"name_en": region, "kind": "region", "region_code": region}
    return client.post("/posts/offices/new/", given)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NTT", "ID-NT"),
        ("Provinsi NTT", "ID-NT"),
        ("ntb", "ID-NB"),
        ("DIY", "ID-YO"),
        ("DKI", "ID-JK"),
        ("Jabar", "ID-JB"),
        ("Jateng", "ID-JT"),
        ("Jatim", "ID-JI"),
        ("Sulsel", "ID-SN"),
        ("Sumbar", "ID-SB"),
        ("Sumut", "ID-SU"),
        ("Kalbar", "ID-KB"),
        ("Kaltim", "ID-KI"),
        ("Babel", "ID-BB"),
        ("Kepri", "ID-KR"),
        ("Jakarta", "ID-JK"),
        ("江西", "CN-JX"),
        ("广西", "CN-GX"),
        ("内蒙古", "CN-NM"),
        ("香港", "CN-HK"),
        ("北京", "CN-BJ"),
        ("东努沙登加拉", "ID-NT"),
        ("雅加达", "ID-JK"),
        ("Jiangxi Province", "CN-JX"),
        ("Provinsi Jiangxi", "CN-JX"),
        ("Guangxi Zhuang Autonomous Region", "CN-GX"),
        ("Shizuoka", "JP-22"),
        ("Prefektur Osaka", "JP-27"),
        ("Kab. Belu", "ID-NT.kab-belu"),
        ("Belu", "ID-NT.kab-belu"),
    ],
)
def test_a_region_is_known_by_its_short_name(administrator: Client, name: str, code: str) -> None:
    assert office_in(administrator, name).status_code == 302
    assert Office.objects.get(name__en=name).region_code == code


@pytest.mark.parametrize("name", ["Yogyakarta", "日惹"])
def test_a_name_that_two_regions_have_is_not_guessed(administrator: Client, name: str) -> None:
    page = office_in(administrator, name).content.decode()

    assert "may be one of these; write the code" in page
    assert "(ID-YO)" in page
    assert "(ID-YO.kota-yogyakarta)" in page


@pytest.mark.parametrize("name", ["省", "Provinsi", "Kota", "市"])
def test_the_word_for_a_level_alone_names_no_region(administrator: Client, name: str) -> None:
    assert "No region is called" in office_in(administrator, name).content.decode()


def test_a_table_may_use_the_short_names_too(client: Client) -> None:
    client.force_login(a_person(Role.DESK))
    table = "home,partner,kind\nNTT,广西,sister_province\n".encode()
    response = client.post("/ties/import/", {"file": SimpleUploadedFile("t.csv", table)})

    client.post(response["Location"], follow=True)

    tie = Tie.objects.get()
    assert (tie.home_id, tie.partner_id) == ("ID-NT", "CN-GX")


def test_loading_again_adds_new_names_and_leaves_what_people_wrote() -> None:
    Region.objects.filter(code="ID-NT").update(aliases="Flobamora", name={"id": "N.T.T."})

    changed = register.load()

    region = Region.objects.get(code="ID-NT")
    assert changed == {"ID-NT"}
    assert region.aliases.splitlines() == ["Flobamora", "Nusa Tenggara Timur", "NTT"]
    assert region.name["id"] == "N.T.T."
    assert region.name["zh"] == "东努沙登加拉省"
    assert register.load() == set()


def test_an_installation_from_before_the_atlas_keeps_its_names_and_gets_the_missing_ones() -> None:
    """As pycountry wrote them: the ISO name as English, and no Chinese where it had none."""
    Region.objects.filter(code="JP-27").update(name={"en": "Ôsaka"}, aliases="")
    Region.objects.create(code="ID-NU", country="ID", level="first", name={"en": "Nusa Tenggara"})

    register.load()

    osaka = Region.objects.get(code="JP-27")
    assert osaka.name == {"en": "Ôsaka", "id": "Prefektur Osaka", "zh": "大阪府"}
    assert "Osaka Prefecture" in osaka.aliases.splitlines()
    assert Region.objects.get(code="ID-NU").level == Region.Level.GROUP


def test_a_borrowed_name_is_lacking_and_not_passed_off_as_a_translation() -> None:
    borrowed = next(unit for unit in atlas.regions() if unit.borrowed == {"id", "zh"})

    region = Region.objects.get(code=borrowed.code)

    assert set(region.name) == {"en"}
    with translation.override("zh-hans"):
        assert "EN" in shown(region.name)

"""Official boundaries: looked at on a map, measured, and the stored one wins until taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.ledger.models import Source
from kembar.apps.regions.actions import withdraw_boundary
from kembar.apps.regions.models import Boundary
from kembar.engines import atlas
from tests.apps.regions.things import (
    a_square,
    collected,
    counts,
    hand_in_boundary,
    reasons,
    some_regions,
)
from tests.people import a_person

pytestmark = pytest.mark.django_db

# On Timor, in Nusa Tenggara Timur; on Bali; in the middle of Jiangxi.
TIMOR, BALI, NANCHANG = (124.2, -9.9), (115.0, -8.5), (115.6, 28.4)


@pytest.fixture(autouse=True)
def _register(db: Any) -> None:
    some_regions()


@pytest.fixture
def desk(client: Client, english: None) -> Client:
    client.force_login(a_person(Role.DESK))
    client.cookies["django_language"] = "en"
    return client


def bring_in(client: Client, data: bytes, **beside: str) -> Any:
    page = hand_in_boundary(client, data, **beside)
    return client.post(page.request["PATH_INFO"], follow=True)


def test_looking_measures_it_and_changes_nothing(desk: Client) -> None:
    page = hand_in_boundary(desk, collected(a_square(*TIMOR, code="ID-NT")))

    assert counts(page) == [1, 0, 0, 0]
    (change,) = page.context["drawn"]
    assert change.map.startswith("<svg")
    rows = {label: (before, after) for label, before, after in change.rows}
    # By hand: half a degree by half a degree at 9.65° south is 55.3 km by 54.8 km.
    assert rows["Area"] == ("46,378 km²", "3,034 km²") or rows["Area"][1].startswith("3,0")
    assert not Boundary.objects.exists()


def test_the_official_boundary_wins_and_is_told_as_such(desk: Client) -> None:
    bring_in(desk, collected(a_square(*TIMOR, code="ID-NT")), address="https://big.go.id/1")

    boundary = Boundary.objects.get()
    assert boundary.profile["basis"] == "imported"
    assert boundary.source.audience == "published"
    text = Client().get("/regions/ID-NT/", headers={"accept-language": "en"}).content.decode()
    assert "an official boundary that was brought in" in text
    assert "Badan Informasi Geospasial" in text
    assert "3,0" in text
    last = Entry.objects.order_by("pk").last()
    assert last and last.action == "regions.boundary_added"


def test_the_one_before_is_kept_and_stands_again_when_the_new_one_is_taken_back(
    desk: Client,
) -> None:
    bring_in(desk, collected(a_square(*TIMOR, code="ID-NT")))
    page = hand_in_boundary(desk, collected(a_square(*TIMOR, 0.7, code="ID-NT")))
    assert counts(page) == [0, 1, 0, 0]
    desk.post(page.request["PATH_INFO"])
    new = Boundary.objects.order_by("pk").last()
    assert new

    desk.post(f"/regions/boundaries/{new.pk}/withdraw/", {"reason": "Wrong file"})

    context = desk.get("/regions/ID-NT/boundaries/").context
    assert len(context["kept"]) == 2
    assert context["standing"].boundary.profile["area_km2"] < new.profile["area_km2"]


def test_the_same_file_twice_changes_nothing(desk: Client) -> None:
    bring_in(desk, collected(a_square(*TIMOR, code="ID-NT")))

    page = hand_in_boundary(desk, collected(a_square(*TIMOR, code="ID-NT")))

    assert counts(page) == [0, 0, 1, 0]


def test_one_file_may_hold_many_regions_and_a_region_in_several_parts(client: Client) -> None:
    client.force_login(a_person(Role.MINISTRY, "ID"))
    alor = a_square(124.6, -8.4, 0.2, NAMOBJ="Nusa Tenggara Timur")
    file = collected(
        a_square(*TIMOR, 0.3, NAMOBJ="Nusa Tenggara Timur"),
        a_square(*BALI, 0.2, KODE_PROV="51"),
        alor,
    )

    bring_in(client, file)

    areas = {b.region_id: b.profile["area_km2"] for b in Boundary.objects.all()}
    assert set(areas) == {"ID-NT", "ID-BA"}
    assert areas["ID-NT"] > 1400  # 0.3° and 0.2° squares: about 1,090 and 490 km²


def test_a_city_may_have_a_boundary_of_its_own(desk: Client, client: Client) -> None:
    client.force_login(a_person(Role.DESK, "ID-NT.kota-kupang"))
    before = client.get("/regions/ID-NT.kota-kupang/")
    assert before.context["profile"].is_of_parent

    bring_in(client, collected(a_square(123.55, -10.25, 0.1)), region="ID-NT.kota-kupang")

    assert not client.get("/regions/ID-NT.kota-kupang/").context["profile"].is_of_parent


def polygon(*rings: list[list[float]]) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": rings}).encode()


BOW = [[124, -10], [124.5, -9.5], [124.5, -10], [124, -9.5], [124, -10]]
SQUARE = [[124, -10], [124.5, -10], [124.5, -9.5], [124, -9.5], [124, -10]]
FAR_HOLE = [[125, -9], [125.1, -9], [125.1, -8.9], [125, -8.9], [125, -9]]
LEAP = [[179.5, -17], [-179.5, -17], [-179.5, -16], [179.5, -16], [179.5, -17]]
DEEP = ("[" * 5000) + ("]" * 5000)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (polygon(BOW), "Lines of the boundary cross near longitude 124.25"),
        (polygon(SQUARE, FAR_HOLE), "lies outside its polygon"),
        (polygon(LEAP), "leaps over the 180th meridian"),
        (polygon([[y, x] for x, y in SQUARE]), "exchanged"),
        (polygon([[x * 1e5, y * 1e5] for x, y in SQUARE]), "metres"),
        (polygon(SQUARE[:-1]), "does not end where it begins"),
        (polygon([[115, 28], [116, 28], [116, 29], [115, 29], [115, 28]]), "km from where"),
        (polygon([[90, -20], [91, -20], [91, -19], [90, -19], [90, -20]]), "No land lies"),
        # In the Timor Sea, in sight of no island of the province.
        (polygon([[124, -14], [125, -14], [125, -13], [124, -13], [124, -14]]), "km from where"),
        (b'{"type": "Point", "coordinates": [124, -10]}', "which has no area"),
        (b'{"type": "Polygon", "coordinates": [[["a", 1], [1, 2], [2, 3], [1, 1]]]}', "numbers"),
        (b'{"type": "FeatureCollection", "features": []}', "no polygon"),
        (b'{"type": "Topology", "objects": {}}', "no GeoJSON of a boundary"),
        (
            b'{"type": "Polygon", "crs": {"properties": {"name": "EPSG:32751"}}, "coordinates": []}',
            "coordinate system",
        ),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_wrong_with_a_boundary_is_said(desk: Client, data: bytes, said: str) -> None:
    page = hand_in_boundary(desk, data, region="ID-NT")

    assert said in " ".join(reasons(page).values())
    assert counts(page) == [0, 0, 0, 1]


@pytest.mark.parametrize("data", [b"\x89PNG", b"[]", b"{", DEEP.encode()])
def test_a_file_that_is_no_geojson_is_refused_at_the_door(desk: Client, data: bytes) -> None:
    page = hand_in_boundary(desk, data, region="ID-NT")

    assert page.status_code == 422
    assert "is no GeoJSON, or is damaged" in page.content.decode()


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "Nothing among the properties names the region"),
        ({"name": "Atlantis"}, "No region is called"),
        ({"code": "ID-NT", "name": "Bali"}, "mean different regions"),
        ({"code": "53"}, "may be one of these"),
        ({"code": "ID-BA"}, "You bring in boundaries for ID-NT"),
    ],
)
def test_whose_boundary_it_is_is_not_guessed(
    desk: Client, properties: dict[str, str], said: str
) -> None:
    page = hand_in_boundary(desk, collected(a_square(*TIMOR, **properties)))

    assert said in " ".join(reasons(page).values())


def test_a_source_that_is_closed_later_is_not_named_beside_its_boundary(desk: Client) -> None:
    bring_in(desk, collected(a_square(*TIMOR, code="ID-NT")))
    Source.objects.update(audience="own")

    for page in ("/regions/ID-NT/", "/regions/ID-NT/boundaries/"):
        assert "Badan Informasi Geospasial" not in Client().get(page).content.decode()


def test_a_stranger_cannot_take_a_boundary_back(desk: Client) -> None:
    bring_in(desk, collected(a_square(*TIMOR, code="ID-NT")))
    desk.force_login(a_person(Role.DESK, "ID-BA"))

    address = f"/regions/boundaries/{Boundary.objects.get().pk}/withdraw/"

    assert desk.post(address, {"reason": "no"}).status_code == 403


def test_the_reason_of_the_first_who_takes_it_back_stays(desk: Client) -> None:
    bring_in(desk, collected(a_square(*TIMOR, code="ID-NT")))
    boundary = Boundary.objects.get()
    withdraw_boundary(Boundary.objects.get(), reason="Wrong file", by=a_person(Role.DESK))

    with pytest.raises(StaleError):
        withdraw_boundary(boundary, reason="Something else", by=a_person(Role.DESK))

    assert Boundary.objects.get().withdrawn == "Wrong file"


def test_who_is_like_us_is_asked_of_the_official_boundary(desk: Client) -> None:
    hainan = {"home": "/regions/CN-HI/like/?country=ID&by=climate"}
    before = desk.get(hainan["home"]).context["found"].rows
    # A square high in the mountains of Flores is less like Hainan than the whole province.
    bring_in(desk, collected(a_square(120.3, -8.75, 0.2, code="ID-NT")))

    after = desk.get(hainan["home"]).context["found"].rows

    was = next(row.overlap for row in before if row.code == "ID-NT")
    is_ = next((row.overlap for row in after if row.code == "ID-NT"), None)
    assert was != is_


def test_what_the_atlas_measures_of_a_square_is_what_the_page_keeps(desk: Client) -> None:
    square = a_square(*NANCHANG, code="CN-JX")
    bring_in(desk, collected(square))

    kept = Boundary.objects.get().profile

    measured = atlas.measure(square)
    assert kept["area_km2"] == pytest.approx(measured.area_km2, abs=1e-4)
    assert kept["temperature_c"] == pytest.approx(measured.temperature_c.tolist(), abs=1e-4)

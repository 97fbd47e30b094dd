"""Pages of regions: find one, read its profile, hold it against others."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.regions import register
from kembar.apps.regions.models import Figure, Region
from kembar.engines import atlas
from tests.apps.regions.things import NAMES, ROW, load, some_regions
from tests.apps.ties.things import a_region, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _register(db: Any) -> None:
    some_regions()


@pytest.fixture
def reader(client: Client, english: None) -> Client:
    client.cookies["django_language"] = "en"
    return client


def read(client: Client, address: str, **asked: str) -> str:
    response = client.get(address, asked)
    assert response.status_code == 200, response.content.decode()[:500]
    return response.content.decode()


# Profile -----------------------------------------------------------------------------------


def test_the_profile_says_what_was_measured_and_on_what(reader: Client) -> None:
    text = read(reader, "/regions/CN-JX/")

    assert "江西省" in text
    assert "none: landlocked" in text
    assert "144 km" in text
    assert "Measured on: its own shape in Natural Earth." in text
    assert "UTC+8" in text
    assert "Nanchang" in text
    assert 'href="#source-1"' in text
    assert 'id="source-1"' in text
    assert "/regions/sources/#climate" in text
    assert text.count('<svg class="chart') == 3


def test_months_can_be_read_without_seeing_the_picture(reader: Client) -> None:
    page = reader.get("/regions/ID-NT/")

    rows = page.context["profile"].table
    profile = atlas.region("ID-NT").profile
    assert len(rows) == 12
    assert rows[0][1] == f"{profile.temperature_c[0]:.1f}"
    assert "<caption" in page.content.decode()


def test_a_place_shows_its_province_and_says_so(reader: Client) -> None:
    text = read(reader, "/regions/ID-NT.kota-kupang/")

    assert "What was measured here is that of East Nusa Tenggara, in which Kupang lies." in text


def test_a_guessed_shape_is_told(reader: Client) -> None:
    text = read(reader, "/regions/ID-PT/")

    assert "divided by the nearest place" in text
    assert "The shape is a guess" in text


def test_a_region_that_nobody_measured_says_what_to_do(client: Client, english: None) -> None:
    nowhere = next(unit for unit in atlas.regions() if unit.profile.basis == "none")
    a_region(nowhere.code)
    client.cookies["django_language"] = "en"

    text = read(client, f"/regions/{nowhere.code}/")

    assert "Nothing was measured here" in text
    assert "Who is like" not in text
    assert "is not known, so nothing can be compared" in read(
        client, f"/regions/{nowhere.code}/like/"
    )


def test_a_group_of_regions_of_an_older_register_is_still_shown(reader: Client) -> None:
    a_region("ID-NU", level=Region.Level.GROUP)

    assert "Group of regions" in read(reader, "/regions/ID-NU/")


def test_an_official_figure_stands_before_what_the_atlas_measured(reader: Client) -> None:
    reader.force_login(a_person(Role.DESK))
    area = {**ROW, "indicator": "area", "year": "2024", "value": "46446.64", "unit": "km2"}
    load(reader, area)

    text = read(reader, "/regions/ID-NT/")

    assert "46,446.64 km²" in text
    assert "official, 2024" in text
    assert "The atlas measures 4" in text


def test_the_profile_takes_few_queries_whatever_there_is(
    reader: Client, count_queries: Any
) -> None:
    reader.get("/regions/ID-NT/")

    with count_queries() as spent:
        reader.get("/regions/ID-NT/")

    # Region, boundary, figures, and the parts that ties, scouting and tourism sew in.
    assert len(spent) <= 10, "\n".join(query["sql"][:150] for query in spent)


# Finding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jiangxi", "CN-JX"),
        ("江西", "CN-JX"),
        ("id-nt", "ID-NT"),
        ("Nusa Tenggara", "ID-NT"),
        ("Nusa-Tenggara Timur", "ID-NT"),
        ("Provinsi Jiangxi", "CN-JX"),
        ("Jiangxy", "CN-JX"),
        ("kupang", "ID-NT.kota-kupang"),
    ],
)
def test_a_region_is_found_by_any_spelling(reader: Client, text: str, code: str) -> None:
    assert f'href="/regions/{code}/"' in read(reader, "/regions/", q=text)


def test_a_region_is_found_by_its_country(reader: Client) -> None:
    text = read(reader, "/regions/", country="CN")

    assert "/regions/CN-JX/" in text
    assert "/regions/ID-NT/" not in text


def test_what_is_not_found_says_what_to_try(reader: Client) -> None:
    assert "Try another spelling" in read(reader, "/regions/", q="Xyzzyqwv")
    assert "choose a country" in read(reader, "/regions/")


@pytest.mark.parametrize("asked", [{"page": "99"}, {"country": "??"}, {"q": "%"}, {"q": "\0"}])
def test_odd_questions_do_not_break_the_finder(reader: Client, asked: dict[str, str]) -> None:
    assert reader.get("/regions/", asked).status_code in (200, 400, 404)


# Two side by side ------------------------------------------------------------------------------


def test_two_regions_stand_side_by_side(reader: Client) -> None:
    text = read(reader, "/regions/compare/", one="ID-NT", two="Jiangxi")

    assert "0.1 %" in text  # the shared climate, as in data.md
    assert "border cells and mountain tops: none" in text
    assert "The clocks of both show the same." in text
    assert "What this does not say" in text
    assert text.count('<svg class="chart') == 3


def test_figures_of_the_same_indicator_stand_in_one_line(reader: Client) -> None:
    reader.force_login(a_person(Role.DESK))
    load(reader, ROW, {**ROW, "region": "CN-JX", "value": "3", "address": "https://stats.gov.cn/1"})

    pair = reader.get("/regions/compare/?one=ID-NT&two=CN-JX").context["pair"]

    assert [(i.code, a.value, b.value) for i, a, b in pair.indicators] == [
        ("poverty_rate", "18.6 %", "3 %")
    ]


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ("ID-NT", "ID-NT", "This is the same region"),
        ("ID-NT", "Atlantis", "No region is called"),
        ("", "CN-JX", "This field is required"),
    ],
)
def test_a_pair_that_is_none_is_told(reader: Client, one: str, two: str, said: str) -> None:
    page = reader.get("/regions/compare/", {"one": one, "two": two})

    assert page.status_code == 422
    assert said in page.content.decode()


def test_the_comparison_begins_with_the_region_one_comes_from(reader: Client) -> None:
    assert 'value="ID-NT"' in read(reader, "/regions/compare/", one="ID-NT")


def test_the_page_of_a_tie_leads_to_its_regions_side_by_side(reader: Client) -> None:
    tie = a_tie(audience="published")

    text = read(reader, tie.get_absolute_url())

    assert "/regions/compare/?one=ID-NT&amp;two=CN-JX" in text


# Who is like us? ---------------------------------------------------------------------------


def test_hainan_is_the_province_of_china_most_like_ntt(reader: Client) -> None:
    found = reader.get("/regions/ID-NT/like/?country=CN&by=climate").context["found"]

    # The table of 69 regions: Hainan shares 92 %, no other province of the 31 more than 2 %.
    (first, *others) = [row for row in found.rows if row.code not in ("CN-TW", "CN-HK", "CN-MO")]
    assert (first.code, first.overlap) == ("CN-HI", "92 %")
    assert max(float(row.overlap.removesuffix(" %")) for row in others) < 2


def test_the_regions_most_alike_are_paged(reader: Client) -> None:
    first = reader.get("/regions/ID-NT/like/").context["found"]
    second = reader.get("/regions/ID-NT/like/?page=2").context["found"]

    assert (len(first.rows), first.has_next, second.rows[0].rank) == (20, True, 21)
    distances = [float(row.distance) for row in (*first.rows, *second.rows)]
    assert distances == sorted(distances)
    assert "ID-NT" not in {row.code for row in first.rows}
    assert "There is no region to compare with" in read(reader, "/regions/ID-NT/like/", page="9999")


def test_what_likeness_does_not_mean_is_said(reader: Client) -> None:
    text = read(reader, "/regions/ID-NT/like/", country="CN")

    assert "It does not mean that they grow, sell or know the same" in text


def test_the_list_of_the_world_takes_few_queries(reader: Client, count_queries: Any) -> None:
    with count_queries() as spent:
        reader.get("/regions/ID-NT/like/")

    assert len(spent) <= 5, "\n".join(query["sql"][:150] for query in spent)


# Sources and the rest ------------------------------------------------------------------------


def test_every_data_file_of_the_atlas_is_told_with_its_licence(reader: Client) -> None:
    text = read(reader, "/regions/sources/")

    for source in atlas.sources():
        assert source.sha256 in text
        assert f'id="{source.file.partition(".")[0]}"' in text
    assert "GeoNames" in text


def test_indicators_are_listed(reader: Client) -> None:
    assert "poverty_rate" in read(reader, "/regions/indicators/")


@pytest.mark.parametrize("language", ["id", "zh-hans", "en"])
def test_pages_are_drawn_in_every_language(client: Client, language: str) -> None:
    client.cookies["django_language"] = language

    for address in (
        *("/regions/", "/regions/ID-NT/", "/regions/CN-JX/like/?country=ID"),
        *("/regions/compare/?one=ID-NT&two=CN-JX", "/regions/sources/"),
        *("/regions/ID-NT/figures/", "/regions/ID-NT/boundaries/"),
    ):
        text = read(client, address)
        tag = {"zh-hans": "zh-Hans"}.get(language, language)
        assert f'<html lang="{tag}">' in text
        if "ID-NT" in address:
            assert NAMES["ID-NT"][language.split("-")[0]] in text


def test_no_figure_is_lost_with_a_region(reader: Client) -> None:
    reader.force_login(a_person(Role.DESK))
    load(reader, ROW)

    assert Figure.objects.get().region.code == "ID-NT"
    assert register.load()
    assert Figure.objects.count() == 1

"""Official figures: looked at first, matched without a guess, and contradictions are kept."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit import tables
from kembar.apps.ledger.models import Source
from kembar.apps.regions import queries
from kembar.apps.regions.figures import COLUMNS
from kembar.apps.regions.models import Figure, Indicator, Region
from kembar.apps.regions.register import DATA
from kembar.apps.scouting.asking import known_for
from kembar.apps.scouting.inputs import Inputs
from tests.apps.regions.things import (
    ROW,
    a_table,
    counts,
    hand_in,
    load,
    reasons,
    some_regions,
)
from tests.apps.ties.things import a_source
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _register(db: Any) -> None:
    some_regions()


@pytest.fixture
def desk(client: Client, english: None) -> Client:
    client.force_login(a_person(Role.DESK))
    client.cookies["django_language"] = "en"
    return client


def test_looking_changes_nothing(desk: Client) -> None:
    page = hand_in(desk, a_table(ROW))

    assert counts(page) == [1, 0, 0, 0]
    assert not Figure.objects.exists()
    assert not Source.objects.exists()


def test_loading_brings_the_figure_in_with_its_source_for_everyone_to_read(desk: Client) -> None:
    load(desk, {**ROW, "published": "2025-07", "note": "March survey", "low": "18,1"})

    figure = Figure.objects.select_related("source").get()
    assert (figure.region_id, str(figure.period)) == ("ID-NT", "2025-03")
    assert (figure.value, figure.low, figure.unit) == (Decimal("18.6"), Decimal("18.1"), "%")
    assert figure.written == "18.6 %"
    assert figure.source.audience == "published"
    assert str(figure.source.dated) == "2025-07"
    assert "BPS Provinsi NTT" in Client().get("/regions/ID-NT/").content.decode()
    assert [e.action for e in Entry.objects.order_by("pk")][-2:] == [
        "ledger.source_added",
        "regions.figure_added",
    ]


def test_the_same_table_twice_changes_nothing_the_second_time(desk: Client) -> None:
    load(desk, ROW)

    page = hand_in(desk, a_table(ROW))

    assert counts(page) == [0, 0, 1, 0]
    assert Figure.objects.count() == 1


def test_another_value_from_the_same_source_corrects_it(desk: Client) -> None:
    load(desk, ROW)

    load(desk, {**ROW, "value": "18.7"})

    assert Figure.objects.get().value == Decimal("18.7")
    change = Entry.objects.order_by("pk").last()
    assert change and change.action == "regions.figure_corrected"
    assert {"field": "written", "old": "18.6 %", "new": "18.7 %"} in change.changes


def test_another_source_that_says_otherwise_stands_beside_it_and_is_shown(desk: Client) -> None:
    load(desk, ROW)
    other = {**ROW, "value": "19.9", "publisher": "Pos Kota", "address": "https://poskota.co.id/1"}

    page = hand_in(desk, a_table(other))

    assert page.context["adding"][0].contradicts == ["BPS Provinsi NTT: 18.6 %"]
    desk.post(page.request["PATH_INFO"])
    assert Figure.objects.count() == 2
    text = desk.get("/regions/ID-NT/").content.decode()
    assert "sources differ" in text
    assert "18.6 %" in text
    assert "19.9 %" in text


def test_the_same_value_from_another_source_is_no_contradiction(desk: Client) -> None:
    load(desk, ROW)

    page = hand_in(desk, a_table({**ROW, "address": "https://poskota.co.id/1"}))

    assert page.context["adding"][0].contradicts == []


def test_two_rows_of_a_table_that_contradict_each_other_are_told(desk: Client) -> None:
    page = hand_in(desk, a_table(ROW, {**ROW, "value": "20"}))

    assert counts(page) == [1, 0, 0, 1]
    assert "Row 2 gives another value" in reasons(page)["value"]


# Units -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "stored", "in_unit"),
    [
        # By hand: 15.79 million kg are 15,790 t; 2.16 million m² are 216 ha.
        ("salt_production", "15.79", "million kg", "15790", "t"),
        ("salt_land", "2.16", "million m2", "216", "ha"),
        ("salt_land", "259,14", "km²", "25914", "ha"),
        ("rice_production", "12.5", "万吨", "125000", "t"),
        ("rice_production", "120", "ribu ton", "120000", "t"),
        ("population", "4.5", "juta jiwa", "4500000", "people"),
        ("poverty_rate", "186", "‰", "18.6", "%"),
        ("gdp", "1", "万亿元", "1000000000000", "CNY"),
        ("gdp", "128.5", "triliun rupiah", "128500000000000", "IDR"),
    ],
)
def test_units_of_one_kind_are_converted(
    desk: Client, indicator: str, value: str, unit: str, stored: str, in_unit: str
) -> None:
    load(desk, {**ROW, "indicator": indicator, "value": value, "unit": unit})

    figure = Figure.objects.get()
    assert (figure.value, figure.unit) == (Decimal(stored), in_unit)


@pytest.mark.parametrize(
    ("indicator", "unit", "said"),
    [
        ("salt_land", "t", "of another kind"),
        ("gdp", "ha", "of another kind"),
        ("population", "%", "of another kind"),
        ("salt_land", "furlong", "is not a unit known here"),
        ("salt_land", "", "The unit is missing"),
    ],
)
def test_a_unit_of_another_kind_is_refused(
    desk: Client, indicator: str, unit: str, said: str
) -> None:
    page = hand_in(desk, a_table({**ROW, "indicator": indicator, "unit": unit}))

    assert counts(page) == [0, 0, 0, 1]
    assert said in reasons(page)["unit"]


@pytest.mark.parametrize("written", ["25.914", "25,914"])
def test_a_number_that_half_of_our_people_read_otherwise_is_refused(
    desk: Client, written: str
) -> None:
    page = hand_in(desk, a_table({**ROW, "indicator": "salt_land", "value": written, "unit": "ha"}))

    assert f"“{written}” may be 25914 or 25.914" in reasons(page)["value"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("value", "many", "is no number"),
        ("value", "-3", "cannot be less than nothing"),
        ("value", "9" * 30, "is no number"),
        ("low", "30", "The least lies above the value"),
        ("high", "3", "The most lies below the value"),
        ("year", "2025-Q1", "is part of a year"),
        ("year", "soon", "cannot be read as a date"),
        ("indicator", "povrty_rate", "Do you mean Poverty rate (poverty_rate)?"),
        ("indicator", "joy", "No indicator is called"),
        ("region", "Jiangxy", "Do you mean Jiangxi (CN-JX)?"),
        ("region", "Atlantis", "No region is called"),
        ("address", "ftp://x", "is not a web address"),
        ("published", "yesterday", "cannot be read as a date"),
        ("country", "Atlantis", "is not a country"),
    ],
)
def test_a_wrong_cell_is_named_with_its_column(
    desk: Client, column: str, value: str, said: str
) -> None:
    wrong = {**ROW, "indicator": "population", "unit": "people", column: value}

    page = hand_in(desk, a_table(ROW, wrong))

    assert counts(page) == [1, 0, 0, 1]
    assert said in reasons(page)[column]
    assert page.context["refused"][0].row.number == 3


def test_a_figure_needs_a_source(desk: Client) -> None:
    bare = {key: value for key, value in ROW.items() if key not in ("publisher", "address")}

    assert "needs its source" in reasons(hand_in(desk, a_table(bare)))["publisher"]
    page = hand_in(desk, a_table(bare), publisher="BPS", address="https://bps.go.id/x")
    assert counts(page) == [1, 0, 0, 0]
    assert page.context["adding"][0].source.publisher == "BPS"


def test_a_source_that_only_the_region_reads_cannot_stand_behind_a_figure(desk: Client) -> None:
    a_source(address=ROW["address"], audience="own")

    assert "publish it first" in reasons(hand_in(desk, a_table(ROW)))["address"]


def test_a_source_that_is_closed_later_takes_its_figures_along(desk: Client) -> None:
    load(desk, ROW)
    Source.objects.update(audience="own")

    text = Client().get("/regions/ID-NT/").content.decode()

    assert "BPS Provinsi NTT" not in text
    assert queries.newest_figures(["poverty_rate"]) == []
    assert "BPS" not in Client().get("/regions/ID-NT/figures/").content.decode()


# Codes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "country", "code"),
    [
        ("ID-NT", "", "ID-NT"),
        ("id-nt", "", "ID-NT"),
        ("ID.18", "", "ID-NT"),
        ("CN.03", "", "CN-JX"),
        ("53", "ID", "ID-NT"),
        ("530000", "CN", "CN-YN"),
        ("360000", "China", "CN-JX"),
        ("36", "Tiongkok", "CN-JX"),
        ("Nusa Tenggara Timur", "", "ID-NT"),
        ("江西", "", "CN-JX"),
        ("East Nusa Tenggara", "", "ID-NT"),
    ],
)
def test_a_region_is_known_by_its_code_in_every_list(
    desk: Client, written: str, country: str, code: str
) -> None:
    row = {**ROW, "region": written, "country": country}

    page = hand_in(desk, a_table(row))

    assert [wish.region.code for wish in page.context["adding"]] == [code]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        # 53 is NTT for BPS and Yunnan in GB/T 2260; 36 Banten and Jiangxi.
        ("53", "(CN-YN)"),
        ("36", "(CN-JX)"),
        # Since 2022 the ministry and the statistics office number Papua differently.
        ("94", "(ID-PT)"),
        ("99", "No list of codes has the number"),
    ],
)
def test_a_number_that_means_two_regions_is_refused(desk: Client, number: str, said: str) -> None:
    assert said in reasons(hand_in(desk, a_table({**ROW, "region": number})))["region"]


def test_whose_numbers_they_are_can_be_said_beside_the_file(client: Client) -> None:
    client.force_login(a_person(Role.MINISTRY, "ID"))

    found = {
        name: hand_in(client, a_table({**ROW, "region": "94"}), code_list=name)
        .context["adding"][0]
        .region.code
        for name in ("bps", "kemendagri")
    }

    assert found == {"bps": "ID-PA", "kemendagri": "ID-PT"}


# Whose figures ------------------------------------------------------------------------------


def test_a_desk_brings_in_its_own_region_and_regions_abroad_only(desk: Client) -> None:
    own, abroad, other = ROW, {**ROW, "region": "CN-JX"}, {**ROW, "region": "ID-BA"}

    page = hand_in(desk, a_table(own, abroad, other))

    assert counts(page) == [2, 0, 0, 1]
    assert "You bring in figures for ID-NT" in reasons(page)["region"]
    desk.post(page.request["PATH_INFO"])
    assert set(Figure.objects.values_list("owner_code", flat=True)) == {"ID-NT"}


def test_a_ministry_brings_in_figures_of_every_region_of_its_country(client: Client) -> None:
    client.force_login(a_person(Role.MINISTRY, "ID"))

    page = load(client, ROW, {**ROW, "region": "ID-BA"})

    assert page.status_code == 200
    assert set(Figure.objects.values_list("region_id", flat=True)) == {"ID-NT", "ID-BA"}


def test_what_one_desk_says_of_abroad_another_cannot_take_off(client: Client) -> None:
    client.force_login(a_person(Role.DESK))
    load(client, {**ROW, "region": "CN-JX"})
    address = f"/regions/figures/{Figure.objects.get().pk}/withdraw/"
    client.force_login(a_person(Role.DESK, "ID-BA"))

    assert client.post(address, {"reason": "no"}).status_code == 403
    assert Figure.objects.standing().exists()


def test_what_one_desk_says_of_abroad_another_cannot_overwrite(client: Client) -> None:
    client.force_login(a_person(Role.DESK))
    row = {**ROW, "region": "CN-JX"}
    load(client, row)
    client.force_login(a_person(Role.DESK, "ID-BA"))

    page = hand_in(client, a_table({**row, "value": "20"}))
    assert "18.6 %" in page.content.decode()
    assert counts(load(client, {**row, "value": "20"})) == [0, 0, 1, 0]

    stored = Figure.objects.order_by("pk").values_list("owner_code", "value", "version")
    assert list(stored) == [("ID-NT", Decimal("18.6"), 1), ("ID-BA", Decimal("20"), 1)]


def test_what_another_desk_brought_in_alike_is_not_kept_twice(client: Client) -> None:
    client.force_login(a_person(Role.DESK))
    row = {**ROW, "region": "CN-JX"}
    load(client, row)
    client.force_login(a_person(Role.DESK, "ID-BA"))

    assert counts(hand_in(client, a_table(row))) == [0, 0, 1, 0]


def test_a_figure_taken_off_stays_on_the_record_with_the_reason(desk: Client) -> None:
    load(desk, ROW)
    address = f"/regions/figures/{Figure.objects.get().pk}/withdraw/"

    assert desk.post(address, {"reason": ""}).status_code == 422
    desk.post(address, {"reason": "Typed from the wrong line", "version": 1})

    assert queries.newest_figures(["poverty_rate"]) == []
    text = desk.get("/regions/ID-NT/figures/").content.decode()
    assert "Typed from the wrong line" in text
    assert counts(hand_in(desk, a_table(ROW))) == [1, 0, 0, 0]


# Loading --------------------------------------------------------------------------------------


def test_what_changed_since_one_looked_is_shown_again_and_not_done(desk: Client) -> None:
    first = hand_in(desk, a_table(ROW))
    load(desk, {**ROW, "value": "20"})

    page = desk.post(first.request["PATH_INFO"], follow=True)

    assert "changed since you looked" in page.content.decode()
    assert Figure.objects.get().value == 20


def test_a_correction_of_a_number_that_was_not_shown_is_not_made(desk: Client) -> None:
    load(desk, ROW)
    second = hand_in(desk, a_table({**ROW, "value": "21"}))
    load(desk, {**ROW, "value": "20"})

    page = desk.post(second.request["PATH_INFO"], follow=True)

    assert "changed since you looked" in page.content.decode()
    assert Figure.objects.get().value == 20


def test_what_is_refused_comes_back_with_the_reasons(desk: Client) -> None:
    page = hand_in(desk, a_table(ROW, {**ROW, "value": "many"}))

    answer = desk.get(page.request["PATH_INFO"] + "refused/?format=csv")

    (row,) = tables.read_table(answer.content, name="r.csv").rows
    assert row.cells["value"] == "many"
    assert "is no number" in row.cells["why refused"]


def test_nobody_else_sees_what_was_handed_in(desk: Client) -> None:
    page = hand_in(desk, a_table(ROW))
    desk.force_login(a_person(Role.DESK))

    assert desk.get(page.request["PATH_INFO"]).status_code == 404


def test_the_template_has_the_columns_and_no_row(desk: Client) -> None:
    data = desk.get("/regions/figures/import/template/").content

    table = tables.read_table(data, name="t.xlsx")
    assert (table.header, table.rows) == (tuple(COLUMNS), ())


def test_the_example_holds_a_dozen_figures_each_with_its_source(desk: Client) -> None:
    data = desk.get("/regions/figures/import/example/?format=csv").content

    page = hand_in(desk, data)

    assert counts(page) == [13, 0, 0, 0]
    assert all(wish.source.address for wish in page.context["adding"])
    assert all(set(wish.values["note"]) == {"id", "zh", "en"} for wish in page.context["adding"])
    shipped = tables.read_table((DATA / "figures.csv").read_bytes(), name="figures.csv")
    assert len(shipped.rows) == 13


def test_an_indicator_can_be_added_and_counted(desk: Client) -> None:
    given = {"code": "pearl_production", "name_en": "Pearls", "name_id": "Mutiara", "unit": "kg"}

    assert desk.post("/regions/indicators/new/", given).status_code == 302
    assert desk.post("/regions/indicators/new/", given).status_code == 422
    load(desk, {**ROW, "indicator": "Mutiara", "value": "12", "unit": "kg"})

    assert Figure.objects.get().indicator == Indicator.objects.get(code="pearl_production")


# What a study gets ----------------------------------------------------------------------------


def test_a_study_gets_the_newest_figures_that_the_page_of_the_region_shows(desk: Client) -> None:
    load(
        desk,
        {**ROW, "year": "2024", "value": "19"},
        {**ROW, "year": "2025", "value": "18.8"},
        ROW,
        {**ROW, "value": "19.9", "address": "https://poskota.co.id/1"},
        {**ROW, "region": "CN-JX", "value": "1"},
        {**ROW, "indicator": "mineral_kinds", "value": "81", "unit": "number"},
    )

    asked = Inputs(among=("ID",), indicators=("poverty_rate",))
    figures = known_for(Region.objects.get(code="CN-YN"), asked).figures

    assert [(each.region, each.value, each.year) for each in figures] == [
        ("ID-NT", 18.6, 2025), ("ID-NT", 19.9, 2025)
    ]  # fmt: skip
    shown = desk.get("/regions/ID-NT/").content.decode()
    assert "18.6 %" in shown
    assert "18.8 %" not in shown


def test_lists_take_the_same_number_of_queries_however_long(
    desk: Client, count_queries: Any
) -> None:
    load(desk, ROW)
    desk.get("/regions/ID-NT/")
    spent = []
    for more in range(2):
        with count_queries() as queries_:
            desk.get("/regions/ID-NT/")
            desk.get("/regions/ID-NT/figures/")
        spent.append(len(queries_))
        if not more:
            years = [{**ROW, "year": str(year), "address": f"https://bps.go.id/{year}"}
                     for year in range(2000, 2024)]  # fmt: skip
            load(desk, *years)

    assert spent[0] == spent[1]


def test_reasons_are_told_in_the_readers_language(client: Client) -> None:
    person = a_person(Role.DESK)
    client.force_login(person)
    with translation.override("zh-hans"):
        client.cookies["django_language"] = "zh-hans"
        page = hand_in(client, a_table({**ROW, "value": ""}))

    assert list(reasons(page)) == ["value"]


SAMPLES = Path(__file__).parents[2] / "engines" / "sdmx"


@pytest.mark.parametrize(
    "name", ["generic.xml", "specific-series.xml", "flat.csv", "data.json", "data-2.0.json"]
)
def test_figures_come_in_from_every_form_of_sdmx(desk: Client, name: str) -> None:
    data = (SAMPLES / name).read_bytes()

    page = hand_in(desk, data, name=name, publisher="BPS", address="https://bps.go.id/sdmx")

    assert reasons(page) == {}
    found = {
        (wish.region.code, str(wish.period)): (wish.values["value"], wish.values["unit"])
        for wish in page.context["adding"]
    }
    assert found == {
        ("ID-NT", "2023"): (Decimal(5569000), "people"),
        ("ID-NT", "2024"): (Decimal(5656000), "people"),
        ("CN-JX", "2024"): (Decimal(45020000), "people"),
    }


def test_a_file_by_sex_and_age_is_refused_whole(desk: Client) -> None:
    data = (SAMPLES / "flat.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{line},{value}" for line, value in zip(data, ("SEX", "F", "M", "F"), strict=True)]

    page = hand_in(desk, "\n".join(lines).encode(), publisher="BPS")

    assert page.status_code == 422
    assert "tells observations apart by SEX" in page.content.decode()

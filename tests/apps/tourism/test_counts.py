"""Tables of arrivals, seats and limits: looked at first, and never added up twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.ledger.models import Source
from kembar.apps.tourism.comparing import later
from kembar.apps.tourism.counts import read_month, read_origin, read_whole
from kembar.apps.tourism.models import Arrival, Limit, Seats, TourismImport
from tests.apps.ties.things import a_region
from tests.apps.tourism.things import FLIGHTS, ROW, a_site, a_table, counts, hand_in, load, reasons
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _regions(db: Any) -> None:
    for code in ("ID-NT", "ID-BA", "CN-JX", "SG-01"):
        a_region(code)


@pytest.fixture
def desk(client: Client, english: None) -> Client:
    client.force_login(a_person(Role.DESK))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def agency(client: Client, english: None) -> Client:
    client.force_login(a_person(Role.AGENCY))
    client.cookies["django_language"] = "en"
    return client


def test_looking_changes_nothing(agency: Client) -> None:
    page = hand_in(agency, ROW)

    assert counts(page) == [1, 0, 0, 0]
    assert not Arrival.objects.exists()
    assert not Source.objects.exists()


def test_loading_brings_the_count_in_with_its_source_and_its_history(desk: Client) -> None:
    load(desk, {**ROW, "published": "2025-05", "note": "preliminary"})

    arrival = Arrival.objects.select_related("source").get()
    assert (arrival.region_id, arrival.origin, arrival.people) == ("ID-NT", "CN", 120)
    assert (str(arrival.month), arrival.note) == ("2025-03-01", "preliminary")
    assert (arrival.source.publisher, arrival.source.audience) == ("Kantor Statistik", "published")
    assert [e.action for e in Entry.objects.order_by("pk")][-2:] == [
        "ledger.source_added",
        "tourism.arrival_added",
    ]


def test_what_an_agency_brings_in_is_for_its_own_region_until_the_desk_decides(
    agency: Client,
) -> None:
    load(agency, ROW)

    assert Source.objects.get().audience == "own"
    assert "Kantor Statistik" not in Client().get("/tourism/ID-NT/").content.decode()


def test_the_same_table_twice_changes_nothing_the_second_time(desk: Client) -> None:
    load(desk, ROW)

    page = hand_in(desk, ROW)

    assert counts(page) == [0, 0, 1, 0]
    assert Arrival.objects.count() == 1


def test_another_number_from_the_same_source_corrects_it(desk: Client) -> None:
    load(desk, ROW)

    load(desk, {**ROW, "people": "125"})

    arrival = Arrival.objects.get()
    assert (arrival.people, arrival.version) == (125, 2)
    change = Entry.objects.order_by("pk").last()
    assert change and change.action == "tourism.arrival_corrected"
    assert change.changes == [{"field": "people", "old": 120, "new": 125}]


def test_what_another_source_says_stands_beside_it_and_is_not_added(desk: Client) -> None:
    load(desk, ROW)
    other = {**ROW, "people": "150", "publisher": "Dinas", "address": "https://dinas.example/2"}

    page = hand_in(desk, other)

    assert page.context["adding"][0].contradicts == ["Kantor Statistik: 120"]
    desk.post(page.request["PATH_INFO"])
    assert Arrival.objects.count() == 2
    view = desk.get("/tourism/ID-NT/").context["view"]
    # Not 270: the source that was brought in last counts, and the other is told.
    assert view.total.people == 150
    assert [number for _source, number in view.counts.differing[0].said] == [120, 150]


def test_a_row_twice_in_one_table_counts_once_and_two_numbers_are_refused(desk: Client) -> None:
    page = hand_in(desk, ROW, ROW, {**ROW, "people": "7"})

    assert counts(page) == [1, 0, 1, 1]
    assert "Row 2" in reasons(page)["people"]


def test_columns_in_another_order_are_read_alike(desk: Client) -> None:
    page = hand_in(desk, dict(reversed(ROW.items())))

    assert counts(page) == [1, 0, 0, 0]


def test_region_kind_and_source_may_be_said_beside_the_table(desk: Client) -> None:
    bare = {"origin": "Tiongkok", "month": "Maret 2025", "people": "1.240"}

    load(desk, bare, region="ID-NT", counted="border", publisher="BPS")

    arrival = Arrival.objects.select_related("source").get()
    assert (arrival.region_id, arrival.counted, arrival.people) == ("ID-NT", "border", 1240)
    assert arrival.source.publisher == "BPS"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("people", "12.5", "whole number"),
        ("people", "many", "whole number"),
        ("people", "-3", "whole number"),
        ("people", "99999999999", "more than there are people"),
        ("people", "", "needed"),
        ("origin", "Total", "added up here"),
        ("origin", "Atlantis", "not a country"),
        ("month", "2025", "not a month"),
        ("month", "17/03/2025", "not a month"),
        ("month", "soon", "soon"),
        ("counted", "heads", "none of these"),
        ("region", "ID-BA", "not for"),
        ("site", "Nowhere", "add it first"),
        ("address", "ftp://stat.example", "not a web address"),
        ("published", "some day", "some day"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_reason(
    desk: Client, column: str, value: str, reason: str
) -> None:
    page = hand_in(desk, {**ROW, column: value}, {**ROW, "month": "2025-04"})

    assert counts(page) == [1, 0, 0, 1]
    assert reason in reasons(page)[column]


def test_a_count_without_a_source_is_refused(desk: Client) -> None:
    page = hand_in(desk, {**ROW, "publisher": "", "address": ""})

    assert "needs its source" in reasons(page)["publisher"]


def test_a_month_that_has_not_begun_is_refused(desk: Client) -> None:
    coming = later(timezone.localdate().replace(day=1), 1)

    page = hand_in(desk, {**ROW, "month": f"{coming:%Y-%m}"})

    assert "not begun" in reasons(page)["month"]


def test_what_is_refused_comes_back_as_a_table_with_reasons(desk: Client) -> None:
    page = hand_in(desk, {**ROW, "people": "some"})

    table = desk.get(page.request["PATH_INFO"] + "refused/?format=csv").content.decode("utf-8-sig")

    assert "why refused" in table
    assert "some" in table


def test_a_file_without_a_needed_column_is_told_so(desk: Client) -> None:
    file = SimpleUploadedFile("counts.csv", a_table({"origin": "CN", "month": "2025-03"}))

    page = desk.post("/tourism/import/arrivals/", {"file": file, "audience": "own"})

    assert page.status_code == 422
    assert "people" in str(page.context["form"].errors["file"])


def test_what_the_page_gives_out_can_be_brought_in_again_and_changes_nothing(desk: Client) -> None:
    site = a_site()
    load(desk, ROW, {**ROW, "origin": "other", "people": "9", "site": str(site.name["id"])})

    table = desk.get("/tourism/ID-NT/arrivals/table/?format=csv").content
    file = SimpleUploadedFile("counts.csv", table)
    page = desk.post("/tourism/import/arrivals/", {"file": file, "audience": "own"}, follow=True)

    assert counts(page) == [0, 0, 2, 0]


def test_seats_belong_to_the_region_of_the_airport_they_land_at(desk: Client) -> None:
    load(desk, FLIGHTS, kind="seats")

    seats = Seats.objects.get()
    assert (seats.region_id, seats.origin, seats.seats) == ("ID-NT", "SG", 1620)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("to", "SIN", "another airport"),
        ("to", "DPS", "not for"),
        ("from", "XQZ", "no airport"),
        ("flights", "nine", "whole number"),
        ("state", "cancelled", "none of these"),
    ],
)
def test_a_wrong_cell_of_seats_is_refused(
    desk: Client, column: str, value: str, reason: str
) -> None:
    page = hand_in(desk, {**FLIGHTS, column: value}, kind="seats")

    assert reason in reasons(page)[column]


def test_planned_seats_may_lie_ahead_and_flown_ones_may_not(desk: Client) -> None:
    month = f"{later(timezone.localdate().replace(day=1), 3):%Y-%m}"
    planned = {**FLIGHTS, "month": month, "state": "planned"}

    page = hand_in(desk, planned, {**planned, "state": "flown"}, kind="seats")

    assert counts(page) == [1, 0, 0, 1]


def test_limits_come_in_as_a_table_with_their_source(desk: Client) -> None:
    a_site("Pulau Contoh")
    row = {"site": "pulau contoh", "people": "500", "per": "day", "since": "2025"}

    load(desk, row, kind="limits", publisher="Balai")

    limit = Limit.objects.select_related("source").get()
    assert (limit.people, limit.per, limit.source.publisher) == (500, "day", "Balai")


def test_a_limit_of_nobody_is_refused(desk: Client) -> None:
    a_site("Pulau Contoh")
    row = {"site": "Pulau Contoh", "people": "0", "per": "day", "since": "2025"}

    page = hand_in(desk, row, kind="limits", publisher="Balai")

    assert "one person" in reasons(page)["people"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HEAD, Role.PARTNER, Role.MINISTRY])
def test_others_bring_nothing_in(client: Client, role: Role) -> None:
    client.force_login(a_person(role))

    for kind in ("arrivals", "seats", "limits"):
        assert client.get(f"/tourism/import/{kind}/").status_code == 403
        assert client.get(f"/tourism/import/{kind}/template/").status_code == 403


def test_nobody_finds_the_table_of_somebody_else(desk: Client) -> None:
    page = hand_in(desk, ROW)
    other = Client()
    other.force_login(a_person(Role.DESK))

    assert other.get(page.request["PATH_INFO"]).status_code == 404


def test_a_table_is_loaded_only_as_it_was_shown(desk: Client) -> None:
    page = hand_in(desk, ROW)
    second = Client()
    second.force_login(a_person(Role.DESK))
    load(second, {**ROW, "people": "121"})

    again = desk.post(page.request["PATH_INFO"], follow=True)

    # It would now correct what the other brought in: shown again, not done.
    assert counts(again) == [0, 1, 0, 0]
    assert Arrival.objects.get().people == 121
    assert TourismImport.objects.filter(applied_at=None).count() == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("1240", 1240), ("1.240", 1240), ("1,240", 1240), ("1 240", 1240), ("1240.0", 1240),
     ("1'240'000", 1_240_000), ("１２", 12)],
)  # fmt: skip
def test_whole_numbers_are_read_in_every_style(text: str, number: int) -> None:
    assert read_whole(text) == number


@pytest.mark.parametrize(
    "text", ["1.5", "1,24", "1.240,5", "1.2400", "12a", "", "1 2", "1.240,000"]
)
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_whole(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("China", "CN"), ("Tiongkok", "CN"), ("中国", "CN"), ("RRT", "CN"), ("chn", "CN"),
     ("Korea", "KR"), ("lainnya", "ZZ"), ("其他", "ZZ")],
)  # fmt: skip
def test_countries_are_read_as_tables_call_them(text: str, code: str) -> None:
    assert read_origin(text) == code


@pytest.mark.parametrize("text", ["2025-03", "2025-M03", "2025-03-01", "Maret 2025", "2025年3月"])
def test_months_are_read_as_tables_write_them(text: str) -> None:
    assert str(read_month(text)) == "2025-03-01"

"""Tables of ties: looked at first, loaded as shown, and the same table twice changes nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from typer.testing import CliRunner, Result

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit import tables
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.regions.models import Region
from kembar.apps.search.models import Document
from kembar.apps.ties.models import Conflict, Event, Import, Kind, Sector, State, Tie
from kembar.cli.main import app
from tests.apps.ties.things import a_region, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db

SMALL = {"home": "Nusa Tenggara Timur", "partner": "江西省", "kind": "sister_province"}
OTHER = {"home": "ID-NT", "partner": "CN-ZJ", "kind": "friendly"}


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def at_work(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


@pytest.fixture(autouse=True)
def regions(db: Any) -> None:
    for code in ("ID-NT", "ID-BA", "CN-JX", "CN-ZJ"):
        a_region(code)


def a_table(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(column for row in rows for column in row))
    return tables.write_csv(header, [[row.get(column, "") for column in header] for row in rows])


def hand_in(client: Client, *rows: dict[str, str]) -> Any:
    """Hand a table in, and return the page of what it would do."""
    file = SimpleUploadedFile("ties.csv", a_table(*rows))
    return client.post("/ties/import/", {"file": file}, follow=True)


def newest() -> Import:
    found = Import.objects.order_by("pk").last()
    assert found
    return found


def load(client: Client, *rows: dict[str, str]) -> Any:
    hand_in(client, *rows)
    return client.post(f"/ties/import/{newest().pk}/", follow=True)


def counts(page: Any) -> list[int]:
    """Return how many rows to add, to bring up to date, as they are, refused."""
    return list(page.context["counts"].values())


def reasons(page: Any) -> dict[str, str]:
    """Return why the rows were refused, by column."""
    return {
        problem.column: problem.reason
        for wish in page.context["refused"]
        for problem in wish.problems
    }


def everything() -> list[int]:
    tables_ = (Tie, Event, Region, Source, Entry, Document)
    return [model._default_manager.count() for model in tables_]


def test_looking_changes_nothing(at_work: Client) -> None:
    before = everything()

    page = hand_in(at_work, {**SMALL, "loi": "2025-11", "source_url": "https://example.org/1"})

    assert counts(page) == [1, 0, 0, 0]
    assert everything() == before


def test_loading_adds_the_tie_with_its_dates_as_far_as_they_are_known(at_work: Client) -> None:
    load(
        at_work,
        {
            **SMALL,
            "state": "exploring",
            "sectors": "salt; tourism",
            "target": "2027",
            "first_contact": "2017",
            "loi": "Nov 2025",
            "mou": "2025-11-22",
            "source_url": "https://example.org/1",
            "note": "From the archive",
        },
    )

    tie = Tie.objects.get()
    dates = {event.milestone: str(event.on) for event in tie.events.all()}
    assert (tie.home_id, tie.partner_id, tie.state) == ("ID-NT", "CN-JX", "exploring")
    assert dates == {"first_contact": "2017", "loi": "2025-11", "mou": "2025-11-22"}
    assert (str(tie.target), tie.sectors) == ("2027", ["salt", "tourism"])
    assert str(tie.last_contact) == "2025-11-22"
    assert tie.note == {"en": "From the archive"}
    assert [source.address for source in tie.sources.all()] == ["https://example.org/1"]
    assert Entry.objects.filter(action="ties.imported").count() == 1


def test_a_date_to_come_in_a_table_is_the_next_event(at_work: Client) -> None:
    load(at_work, {**SMALL, "mou": "2999-01-01", "council": "2998-05-01"})

    tie = Tie.objects.get()
    assert (str(tie.next_event), tie.last_contact) == ("2998-05-01", None)


def test_the_same_table_a_second_time_changes_nothing(at_work: Client) -> None:
    rows = (
        {**SMALL, "loi": "2025-11", "note": "N", "source_url": "https://example.org/1"},
        {**OTHER, "mou": "2020"},
    )
    load(at_work, *rows)
    before = everything()

    page = hand_in(at_work, *rows)

    assert counts(page) == [0, 0, 2, 0]
    at_work.post(f"/ties/import/{newest().pk}/")
    assert everything() == before


def test_rows_are_added_brought_up_to_date_left_and_refused_side_by_side(at_work: Client) -> None:
    load(at_work, SMALL, OTHER)

    page = load(
        at_work,
        {**SMALL, "state": "active"},
        OTHER,
        {**SMALL, "cycle": "2"},
        {**OTHER, "partner": "Atlantis"},
    )

    tie = Tie.objects.get(partner="CN-JX", cycle=1)
    assert "1 added, 1 brought up to date, 1 as they were, 1 refused." in page.content.decode()
    assert tie.state == "active"
    assert Tie.objects.count() == 3


def test_each_wrong_cell_of_a_refused_row_has_its_reason(at_work: Client) -> None:
    page = hand_in(
        at_work,
        {
            "home": "",
            "partner": "Jianxgi",
            "kind": "brotherhood",
            "state": "wild",
            "cycle": "0",
            "sectors": "salt; gold",
            "loi": "30 Feb 2025",
            "source_url": "javascript:alert(1)",
        },
    )

    assert counts(page) == [0, 0, 0, 1]
    found = reasons(page)
    assert set(found) == {
        *("home", "partner", "kind", "state", "cycle", "sectors", "loi", "source_url")
    }
    assert "Do you mean Jiangxi (CN-JX)?" in found["partner"]
    assert "“gold” is not a sector" in found["sectors"]


def test_one_refused_row_does_not_hinder_the_others(at_work: Client) -> None:
    load(at_work, {**SMALL, "loi": "never"}, OTHER)

    assert [tie.partner_id for tie in Tie.objects.all()] == ["CN-ZJ"]


def test_a_row_of_another_region_is_refused(at_work: Client) -> None:
    page = load(at_work, {**SMALL, "home": "Bali"})

    assert reasons(page) == {"home": "You write for ID-NT only."}
    assert not Tie.objects.exists()


def test_a_row_twice_in_a_table_is_refused_the_second_time(at_work: Client) -> None:
    page = hand_in(at_work, SMALL, {**SMALL, "state": "active"})

    assert counts(page) == [1, 0, 0, 1]
    assert reasons(page) == {"partner": "Row 2 is about the same tie."}


def test_a_new_tie_needs_its_kind(at_work: Client) -> None:
    page = hand_in(at_work, {**SMALL, "kind": ""})

    assert reasons(page) == {"kind": "A new tie needs its kind."}


def test_a_region_has_no_tie_with_itself(at_work: Client) -> None:
    page = hand_in(at_work, {**SMALL, "partner": "ID-NT"})

    assert reasons(page) == {"partner": "A region cannot have a tie with itself."}


def test_an_empty_cell_changes_nothing(at_work: Client) -> None:
    full = {**SMALL, "state": "active", "sectors": "salt", "target": "2027", "note": "N"}
    load(at_work, {**full, "loi": "2025"})

    page = load(at_work, {**dict.fromkeys(full, ""), **SMALL, "kind": "", "loi": ""})

    tie = Tie.objects.get()
    assert counts(page) == [0, 0, 1, 0]
    assert (tie.state, tie.sectors, str(tie.target)) == ("active", ["salt"], "2027")
    assert tie.events.count() == 1


def test_a_note_in_another_language_stays(at_work: Client) -> None:
    a_tie(note=Text(id="Dari arsip", en="Old"))

    load(at_work, {**SMALL, "note": "New"})

    assert Tie.objects.get().note == {"id": "Dari arsip", "en": "New"}


def test_a_source_alone_is_added_to_a_tie_that_is_there(at_work: Client) -> None:
    tie = a_tie()

    page = hand_in(at_work, {**SMALL, "source_url": "https://example.org/9"})
    at_work.post(f"/ties/import/{newest().pk}/")

    assert counts(page) == [0, 1, 0, 0]
    assert "https://example.org/9" in page.content.decode()
    assert [source.address for source in tie.sources.all()] == ["https://example.org/9"]


def test_a_city_that_is_new_here_is_added_with_its_country(at_work: Client) -> None:
    row = {
        **OTHER,
        "partner": "Gotham",
        "kind": "sister_city",
        "partner_country": "Amerika Serikat",
    }

    page = load(at_work, row, {**row, "cycle": "2"})

    city = Region.objects.get(code="US.gotham")
    assert counts(page) == [0, 0, 2, 0]
    assert (city.country, city.level, city.name) == ("US", "city", {"en": "Gotham"})
    assert Tie.objects.filter(partner=city).count() == 2


def cities(*names: str) -> list[dict[str, str]]:
    row = {"home": "ID-NT", "kind": "sister_city", "partner_country": "CN"}
    return [{**row, "partner": name} for name in names]


def codes() -> dict[str, str]:
    """Return the codes of the cities that tables brought, by name."""
    added = Region.objects.filter(level="city", parent=None, country="CN")
    return {str(region): region.code for region in added}


def test_cities_that_are_called_nearly_like_others_are_places_of_their_own(at_work: Client) -> None:
    a_region("CN.fuzhou")
    a_region("CN.nanjing")
    a_region("IN-AN", name=Text(en="Andaman"))
    names = ["Xuzhou", "Changzhou", "Huzhou", "Hangzhou", "Nanning", "Nanping", "Jinan", "Ji'an"]

    page = load(at_work, *cities(*names, "Fuzhou"))

    assert counts(page) == [0, 0, 9, 0], reasons(page)
    assert codes() == {
        "Fuzhou": "CN.fuzhou",
        "Nanjing": "CN.nanjing",
        **{name: f"CN.{name.lower().replace(chr(39), '')}" for name in names},
    }


def test_the_look_says_which_stored_place_of_the_country_is_called_nearly_so(
    at_work: Client,
) -> None:
    a_region("CN.fuzhou")
    a_region("JP.huzhou")

    page = hand_in(at_work, *cities("Xuzhou", "Huzhou", "Suzhou")).content.decode()

    assert page.count("Like Fuzhou (CN.fuzhou), which is there; taken as another place.") == 3
    assert "Like Huzhou" not in page


@pytest.mark.parametrize("change", [{"partner_country": ""}, {"kind": "friendly"}])
def test_without_country_or_as_no_city_a_name_that_is_near_is_refused(
    at_work: Client, change: dict[str, str]
) -> None:
    a_region("CN.fuzhou")

    page = hand_in(at_work, {**cities("Xuzhou")[0], **change})

    assert reasons(page)["partner"].endswith("Do you mean Fuzhou (CN.fuzhou)?")


def test_a_city_in_other_letters_gets_a_code_too(at_work: Client) -> None:
    rows = cities("新余", "ⵜⵉⵏⴷⵓⴼ")
    load(at_work, *rows)

    assert counts(hand_in(at_work, *rows)) == [0, 0, 2, 0]
    found = codes()
    assert set(found) == {"新余", "ⵜⵉⵏⴷⵓⴼ"}
    assert all(re.fullmatch(r"CN\.[0-9a-f]{12}", code) for code in found.values())
    assert at_work.get(f"/regions/{found['新余']}/").status_code == 200


def test_long_names_that_begin_alike_are_places_of_their_own(at_work: Client) -> None:
    start = "Abcdefghij Klmnopqrst Uvwxyzabcd Efghijk"
    rows = cities(f"{start} One", f"{start} Twelfth", start[:-3] + "a" * 250)
    load(at_work, *rows)

    assert counts(hand_in(at_work, *rows)) == [0, 0, 3, 0]
    assert {str(tie.partner) for tie in Tie.objects.all()} == {row["partner"] for row in rows}
    assert max(map(len, codes().values())) <= 40


def test_no_name_gets_a_code_that_another_has(at_work: Client) -> None:
    a_region("CN.xinyu", name=Text(en="Xinyu County"))

    load(at_work, *cities("Xinyu 新余", "Xinyu (仙女湖)"))

    assert len(set(codes().values())) == 3
    assert str(Region.objects.get(code="CN.xinyu")) == "Xinyu County"


@pytest.mark.parametrize("name", ["?!", "—", "x" * 301])
def test_what_is_no_name_is_refused(at_work: Client, name: str) -> None:
    page = load(at_work, *cities(name))

    assert set(reasons(page)) == {"partner"}
    assert not codes()


@pytest.mark.parametrize("change", [{"partner_country": ""}, {"kind": "sister_province"}])
def test_a_city_without_its_country_or_a_new_province_is_refused(
    at_work: Client, change: dict[str, str]
) -> None:
    row = {**OTHER, "partner": "Gotham", "kind": "sister_city", "partner_country": "US"}

    page = hand_in(at_work, {**row, **change})

    assert "No region is called “Gotham”" in reasons(page)["partner"]


def test_a_city_that_a_table_brings_stands_in_the_history(at_work: Client) -> None:
    row = {**OTHER, "partner": "Gotham", "kind": "sister_city", "partner_country": "US"}

    load(at_work, row, {**row, "cycle": "2"})

    page = at_work.get("/history/?action=ties.region_added").content.decode()
    assert page.count("added the region “Gotham” with a table") == 1
    assert Entry.objects.get(action="ties.region_added").region_code == "ID-NT"


@pytest.mark.parametrize("country", ["ßß", "ZZ", "ﬃa", "UK", "Atlantis"])
def test_a_country_that_is_none_is_refused(at_work: Client, country: str) -> None:
    row = {**OTHER, "partner": "Gotham", "kind": "sister_city", "partner_country": country}

    page = load(at_work, row)

    assert counts(page) == [0, 0, 0, 1]
    assert f"“{country}” is not a country" in reasons(page)["partner_country"]
    assert not Region.objects.filter(code__endswith="gotham").exists()


@pytest.mark.parametrize("country", ["us", "US", "USA", "United States", "Amerika Serikat", "美国"])
def test_a_country_is_known_by_its_codes_and_names(at_work: Client, country: str) -> None:
    row = {**OTHER, "partner": "Gotham", "kind": "sister_city", "partner_country": country}

    load(at_work, row)

    assert Region.objects.filter(code="US.gotham").exists()


def test_a_note_that_would_have_to_be_cut_is_refused(at_work: Client) -> None:
    page = hand_in(at_work, {**OTHER, "note": "n" * 5001})

    assert "longer than 5,000 signs" in reasons(page)["note"]


def test_the_longest_note_is_kept_whole(at_work: Client) -> None:
    load(at_work, {**OTHER, "note": "n" * 5000})

    assert Tie.objects.get().note == {"en": "n" * 5000}


def test_a_milestone_that_somebody_wrote_down_otherwise_is_kept_beside_and_contested(
    at_work: Client,
) -> None:
    tie = a_tie()
    an_event(tie, "MoU in Nanchang", on="2025-11-20", milestone="mou", kind="signing")

    load(at_work, {**SMALL, "mou": "2025-11-22"})

    dates = sorted(str(event.on) for event in tie.events.all())
    conflict = Conflict.objects.get()
    assert dates == ["2025-11-20", "2025-11-22"]
    assert conflict.events.count() == 2


def test_a_milestone_of_an_earlier_table_is_moved(at_work: Client) -> None:
    load(at_work, {**SMALL, "mou": "2025"})

    page = load(at_work, {**SMALL, "mou": "2025-11-22"})

    assert [str(event.on) for event in Event.objects.all()] == ["2025-11-22"]
    assert not Conflict.objects.exists()
    assert str(Tie.objects.get().last_contact) == "2025-11-22"
    assert counts(page) == [0, 0, 1, 0]


def test_an_old_table_does_not_undo_a_date_that_somebody_corrected(at_work: Client) -> None:
    load(at_work, {**SMALL, "mou": "2025-11-20"})
    event = Event.objects.get()
    given = {"title_en": "MoU signed", "on": "2025-11-22", "kind": "signing", "milestone": "mou"}
    rest = {"confidence": "O", "audience": "own", "version": event.version}
    at_work.post(f"/ties/events/{event.pk}/change/", {**given, **rest})

    load(at_work, {**SMALL, "mou": "2025-11-20"})

    event.refresh_from_db()
    assert str(event.on) == "2025-11-22"
    assert sorted(str(each.on) for each in Event.objects.all()) == ["2025-11-20", "2025-11-22"]
    assert set(Conflict.objects.get().events.all()) == set(Event.objects.all())
    assert counts(hand_in(at_work, {**SMALL, "mou": "2025-11-20"})) == [0, 0, 1, 0]


def test_an_old_table_does_not_bring_back_what_was_withdrawn(at_work: Client) -> None:
    load(at_work, {**SMALL, "mou": "2025-11-20"})
    event = Event.objects.get()
    given = {"reason": "Nothing was signed", "version": event.version}
    at_work.post(f"/ties/events/{event.pk}/withdraw/", given)

    page = load(at_work, {**SMALL, "mou": "2025-11-20"})

    assert counts(page) == [0, 0, 1, 0]
    assert not Event.objects.standing().exists()


def test_what_a_table_brings_reads_in_words_before_and_in_the_history(at_work: Client) -> None:
    load(at_work, {**SMALL, "state": "exploring", "mou": "2025"})
    row = {
        **SMALL,
        "state": "loi_only",
        "sectors": "salt; energy",
        "target": "2026-12-01",
        "loi": "2024-11",
        "mou": "2025-11-22",
        "source_url": "https://example.org/1",
    }

    review = hand_in(at_work, row).content.decode()
    at_work.post(f"/ties/import/{newest().pk}/")

    history = at_work.get(f"/ties/{Tie.objects.get().pk}/history/").content.decode()
    for line in (
        "changed state from “Exploration” to “Letter of intent, no MoU”",
        "set focus sectors to “Salt, Energy”",
        "set target date of signing to “1 December 2026”",
        "set Letter of intent signed to “November 2024”",
        "changed MoU signed from “2025” to “22 November 2025”",
        "set source to “https://example.org/1”",
    ):
        assert line in review
        assert line in history


def test_if_the_ties_changed_since_the_look_it_is_shown_again_and_not_loaded(
    at_work: Client,
) -> None:
    hand_in(at_work, {**SMALL, "state": "active"})
    tie = a_tie(state="dormant")

    page = at_work.post(f"/ties/import/{newest().pk}/", follow=True)

    tie.refresh_from_db()
    assert "What is on record changed since you looked" in page.content.decode()
    assert counts(page) == [0, 1, 0, 0]
    assert tie.state == "dormant"
    assert newest().applied_at is None


def test_a_table_is_loaded_once(at_work: Client) -> None:
    load(at_work, {**SMALL, "state": "active"})
    Tie.objects.update(state="ended")

    page = at_work.post(f"/ties/import/{newest().pk}/", follow=True)

    assert Tie.objects.get().state == "ended"
    assert "This file has been loaded already." in page.content.decode()


def test_what_was_refused_is_downloaded_mended_and_loaded(at_work: Client) -> None:
    hand_in(at_work, {**SMALL, "loi": "someday"}, OTHER)
    path = f"/ties/import/{newest().pk}/refused/?format=csv"
    text = at_work.get(path).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["why refused"].startswith("loi: ")

    page = load(at_work, {**row, "loi": "2025-11"})

    assert counts(page) == [0, 0, 1, 0]
    assert [str(event.on) for event in Event.objects.all()] == ["2025-11"]


def test_the_excel_file_of_what_was_refused_can_be_handed_in_again(at_work: Client) -> None:
    hand_in(at_work, {**SMALL, "loi": "someday"})
    data = at_work.get(f"/ties/import/{newest().pk}/refused/").content

    file = SimpleUploadedFile("kembar-refused.xlsx", data)
    page = at_work.post("/ties/import/", {"file": file}, follow=True)

    assert counts(page) == [0, 0, 0, 1]
    assert set(reasons(page)) == {"loi"}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_as_it_is_changes_nothing_and_says_that_it_has_no_rows(
    at_work: Client, kind: str
) -> None:
    tie = a_tie(state="active", sectors=["salt", "energy"])
    data = at_work.get(f"/ties/import/template/?format={kind}").content

    file = SimpleUploadedFile(f"template.{kind}", data)
    response = at_work.post("/ties/import/", {"file": file})

    assert response.status_code == 422
    assert f"template.{kind} has no rows below its header" in response.content.decode()
    assert not Import.objects.exists()
    assert list(Tie.objects.all()) == [tie]


def test_the_template_has_every_column_that_is_read(at_work: Client) -> None:
    data = at_work.get("/ties/import/template/?format=csv").content

    row = {**OTHER, "partner": "Gotham", "kind": "sister_city", "partner_country": "US"}
    header = next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    table = tables.write_csv(header, [[row.get(column, "") for column in header]])
    file = SimpleUploadedFile("ties.csv", table)
    page = at_work.post("/ties/import/", {"file": file}, follow=True)

    assert counts(page) == [1, 0, 0, 0]
    assert page.context["plan"].unknown_columns == []


@pytest.mark.parametrize("language", ["id", "zh-hans", "en"])
@pytest.mark.parametrize("spoken", ["id", "zh-hans", "en"])
def test_words_of_all_three_languages_are_read_whatever_language_is_spoken(
    at_work: Client, language: str, spoken: str
) -> None:
    with translation.override(language):
        kind, state, sector = map(
            str, (Kind.FRIENDLY.label, State.LOI_ONLY.label, Sector.SALT.label)
        )
    table = a_table({**OTHER, "kind": kind, "state": state, "sectors": f"{sector}；tourism"})

    file = SimpleUploadedFile("ties.csv", table)
    headers = {"accept-language": spoken}
    at_work.post("/ties/import/", {"file": file}, headers=headers)
    at_work.post(f"/ties/import/{newest().pk}/", headers=headers)

    tie = Tie.objects.get()
    assert (tie.kind, tie.state, tie.sectors) == ("friendly", "loi_only", ["salt", "tourism"])


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_was_exported_can_be_handed_in_and_changes_nothing(at_work: Client, kind: str) -> None:
    load(
        at_work,
        {**SMALL, "loi": "2017-11~", "source_url": "https://example.org/1", "note": "=1+1"},
        {**OTHER, "sectors": "salt; tourism", "target": "2027-05", "cycle": "2"},
    )
    data = at_work.get(f"/ties/export/?format={kind}").content

    file = SimpleUploadedFile(f"ties.{kind}", data)
    page = at_work.post("/ties/import/", {"file": file}, follow=True)

    assert counts(page) == [0, 0, 2, 0], reasons(page)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("way", ["browser", "table"])
def test_a_note_of_two_lines_goes_out_and_in_and_is_the_same(
    at_work: Client, way: str, kind: str
) -> None:
    note = "From the archive\r\nof the bureau"
    if way == "browser":
        rest = {"kind": "sister_province", "state": "active", "version": 1}
        at_work.post(f"/ties/{a_tie().pk}/change/", {**rest, "note_en": note})
    else:
        load(at_work, {**SMALL, "note": note})
    data = at_work.get(f"/ties/export/?format={kind}").content

    file = SimpleUploadedFile(f"ties.{kind}", data)
    page = at_work.post("/ties/import/", {"file": file}, follow=True)

    assert Tie.objects.get().note == {"en": "From the archive\nof the bureau"}
    assert counts(page) == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ties.csv", b"name;place\n1;2\n"),
        ("ties.xlsx", b"PK\x03\x04 not a workbook"),
        ("ties.csv", b"\xff\xfe\x00"),
        ("ties.pdf", b"%PDF-1.7\n"),
        ("ties.csv", b""),
        ("ties.csv", b"home,partner,kind\n"),
    ],
)
def test_what_is_no_table_of_ties_is_refused_with_a_sentence(
    at_work: Client, name: str, data: bytes
) -> None:
    response = at_work.post("/ties/import/", {"file": SimpleUploadedFile(name, data)})

    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not Import.objects.exists()


def test_nobody_looks_into_the_table_of_somebody_else(at_work: Client) -> None:
    hand_in(at_work, SMALL)
    at_work.force_login(a_person(Role.DESK))

    assert at_work.get(f"/ties/import/{newest().pk}/").status_code == 404
    assert at_work.get(f"/ties/import/{newest().pk}/refused/").status_code == 404


# The command line


@pytest.fixture
def register_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The four regions above do; loading five thousand takes a second each time."""
    monkeypatch.setattr("kembar.apps.regions.register.load", lambda: 0)


def run(folder: Path, *rows: dict[str, str], options: tuple[str, ...] = ()) -> Result:
    file = folder / "ties.csv"
    file.write_bytes(a_table(*rows))
    return CliRunner().invoke(app, ["import", str(file), "--json", *options])


@pytest.mark.usefixtures("register_is_there")
def test_the_command_looks_first_and_exits_with_0(tmp_path: Path) -> None:
    result = run(tmp_path, SMALL)

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "applied": False,
        "add": 1,
        "update": 0,
        "same": 0,
        "refused": 0,
        "refused_rows": [],
    }
    assert not Tie.objects.exists()


@pytest.mark.usefixtures("register_is_there")
def test_the_command_loads_when_told_to(tmp_path: Path) -> None:
    result = run(tmp_path, SMALL, options=("--apply",))

    assert result.exit_code == 0
    assert json.loads(result.stdout)["applied"] is True
    assert Tie.objects.count() == 1


@pytest.mark.usefixtures("register_is_there")
def test_the_command_exits_with_3_if_rows_are_refused_and_writes_them_down(tmp_path: Path) -> None:
    options = ("--apply", "--refused", str(tmp_path / "refused.csv"))

    result = run(tmp_path, {**SMALL, "loi": "someday"}, OTHER, options=options)

    outcome = json.loads(result.stdout)
    assert result.exit_code == 3
    assert (outcome["add"], outcome["refused"]) == (1, 1)
    assert [row["row"] for row in outcome["refused_rows"]] == [2]
    assert "someday" in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("register_is_there")
def test_the_command_exits_with_1_if_the_file_is_no_table_of_ties(tmp_path: Path) -> None:
    result = run(tmp_path, {"name": "x"})

    assert result.exit_code == 1
    assert result.stdout == ""


@pytest.mark.usefixtures("register_is_there")
def test_the_command_exits_with_1_if_the_table_has_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("home,partner,kind\n")

    result = CliRunner().invoke(app, ["import", str(file), "--apply"])

    assert result.exit_code == 1
    assert "ties.csv has no rows below its header" in " ".join(result.stderr.split())


@pytest.mark.usefixtures("register_is_there")
def test_the_command_names_the_places_that_are_new_and_what_they_are_like(tmp_path: Path) -> None:
    a_region("CN.fuzhou")
    file = tmp_path / "ties.csv"
    file.write_bytes(a_table(*cities("Xuzhou", "Gotham")))

    said = CliRunner().invoke(app, ["import", str(file)]).stderr

    assert "New place: Xuzhou (CN.xuzhou); like Fuzhou (CN.fuzhou)\n" in said
    assert "New place: Gotham (CN.gotham)\n" in said

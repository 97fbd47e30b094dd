"""What people of a governor's office do, in a real browser, on an installation of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """An installation as `make run` leaves it: its address, and the example people's password."""
    home = tmp_path_factory.mktemp("house")
    environment = {**os.environ, "KEMBAR_HOME": str(home), "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "kembar.site.settings"
    kembar = [sys.executable, "-c", "from kembar.cli.main import main; main()"]
    subprocess.run([*kembar, "example"], env=environment, check=True, capture_output=True)
    port = _free_port()
    log = (home / "server.log").open("w")
    server = subprocess.Popen(
        [*kembar, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, Path(log.name))
        yield address, (home / "example-password.txt").read_text().strip()
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def _wait_for(address: str, log: Path) -> None:
    for _attempt in range(150):
        try:
            urllib.request.urlopen(address, timeout=2)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, house: tuple[str, str]) -> Iterator[Visit]:
    """Open the installation as somebody, with a language and a width."""
    address, password = house
    contexts: list[BrowserContext] = []

    def open_as(person: str | None, *, locale: str = "id", width: int = 1280) -> Page:
        context = chromium.new_context(
            base_url=address, locale=locale, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        if person:
            page.goto("/account/login/")
            page.fill("input[name=login]", f"{person}@kembar.example")
            page.fill("input[name=password]", password)
            page.click("main button[type=submit], main form button")
            page.wait_for_url(lambda url: "/account/login" not in url)
        return page

    yield open_as
    for context in contexts:
        context.close()


def test_a_visitor_reads_the_founding_tie_in_the_language_of_his_browser(visit: Visit) -> None:
    page = visit(None, locale="zh-CN")

    page.goto("/")

    assert "江西省" in page.inner_text("main")
    assert page.get_attribute("html", "lang") == "zh-Hans"


def test_the_desk_adds_tomorrows_meeting_and_finds_it(visit: Visit) -> None:
    page = visit("desk")
    page.goto("/ties/1/")
    page.click("a[href$='/events/new/']")

    page.fill("#id_title", "Rapat persiapan dengan konsulat")
    page.fill("#id_on", (date.today() + timedelta(days=1)).isoformat())
    page.fill("#id_partner_people", "Zhang Zhisheng – konsul jenderal")
    page.click("main form.form .buttons button")

    page.wait_for_url("**/ties/1/")
    assert "Rapat persiapan dengan konsulat" in page.inner_text(".events")
    page.goto("/search/?q=konsulat")
    assert "Rapat persiapan dengan konsulat" in page.inner_text("main")


def test_what_was_typed_is_offered_again_when_the_page_was_left(visit: Visit) -> None:
    page = visit("desk")
    page.goto("/ties/1/events/new/")
    page.fill("#id_title", "Setengah jadi")
    page.dispatch_event("#id_title", "input")

    page.goto("/ties/")
    page.goto("/ties/1/events/new/")
    page.click("[data-keep-restore]")

    assert page.input_value("#id_title") == "Setengah jadi"


def test_the_partners_officer_sees_the_shared_side_only_and_in_chinese(visit: Visit) -> None:
    page = visit("partner", locale="zh-CN")

    page.goto("/ties/1/")

    assert "江西省" in page.inner_text("main")
    assert page.query_selector(".next") is None
    assert page.goto("/ties/1/history/").status == 403  # type: ignore[union-attr]


def test_the_auditor_sees_who_changed_what(visit: Visit) -> None:
    page = visit("auditor")

    page.goto("/ties/1/history/")

    assert "Kembar" in page.inner_text("main")


def test_the_desk_moves_a_slider_by_keyboard_saves_it_and_decides(visit: Visit) -> None:
    page = visit("desk", locale="en")
    page.goto("/scouting/1/")
    first = page.inner_text(".ranking tbody tr:first-child th a")
    chance = page.inner_text(".ranking tbody tr:first-child .number >> nth=1")

    page.focus("#w_climate")
    page.keyboard.press("End")
    page.wait_for_selector(".moved")

    assert "w.climate=100" in page.url
    assert page.inner_text(".ranking tbody tr:first-child th a") == first
    assert page.inner_text(".ranking tbody tr:first-child .number >> nth=1") != chance
    # Once the slider rests, the page asks how other ways of reckoning compare.
    page.wait_for_selector("#answer table.cards", state="attached")
    page.click(".moved button")
    page.wait_for_url("**/scouting/1/")
    assert page.input_value("#w_climate") == "100"

    page.click("a[href$='/decide/']")
    page.select_option("#id_chosen", "CN-HI")
    page.fill("#id_reasons", "Iklim dan pantainya seperti di sini.")
    page.click("main form.form .buttons button")
    page.wait_for_url("**/scouting/decisions/1/")
    with page.expect_download() as download:
        page.click("a[href$='record.json']")
    assert download.value.suggested_filename == "kembar-decision-1.json"
    page.click("a[href$='/again/']")
    page.wait_for_url("**/again/")
    page.wait_for_selector(".answer__lead")


def test_a_partner_is_ranked_again_without_a_script(
    chromium: Browser, house: tuple[str, str]
) -> None:
    address, password = house
    context = chromium.new_context(base_url=address, locale="id", java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/login/?next=/scouting/1/")
    page.fill("input[name=login]", "head@kembar.example")
    page.fill("input[name=password]", password)
    page.click("main form button")

    page.check("input[name=how][value=free]")
    page.click("form.weights button")

    # The address is there before the page is read.
    page.wait_for_selector(".ranking tbody tr")
    assert "how=free" in page.url
    context.close()


SMALL = ("/", "/ties/1/", "/ties/1/claims/", "/ties/", "/today/", "/ledger/sources/")
SMALL += ("/scouting/", "/scouting/1/", "/scouting/1/candidates/CN-JX/", "/scouting/1/change/")
SMALL += ("/cases/", "/cases/1/", "/commitments/", "/commitments/tie/1/", "/programmes/", "/rates/")
SMALL += (
    "/programmes/1/",
    "/investment/leads/",
    "/investment/offers/",
    "/investment/offers/1/",
    "/investment/leads/1/",
    "/tourism/",
)
SMALL += ("/boards/", "/boards/office/", "/boards/tie/1/")


@pytest.mark.parametrize("path", SMALL)
@pytest.mark.parametrize("locale", ["id", "zh-CN", "en"])
def test_no_page_is_wider_than_a_small_telephone(visit: Visit, path: str, locale: str) -> None:
    page = visit("desk", locale=locale, width=360)
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)

    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults == []


def test_the_desk_brings_in_a_figure_and_a_visitor_reads_it_beside_the_partners(
    visit: Visit, tmp_path: Path
) -> None:
    table = tmp_path / "angka.csv"
    table.write_text(
        "region,indicator,year,value,unit,publisher\n"
        "ID-NT,rice_production,2024,700000,t,BPS Provinsi NTT\n"
        "ID-BA,rice_production,2024,600000,t,BPS Provinsi Bali\n",
        encoding="utf-8",
    )
    page = visit("desk")
    page.goto("/regions/")
    page.fill("#q", "NTT")
    page.click("main form.filters button")
    page.click("main a[href='/regions/ID-NT/']")
    page.click("a[href='/regions/figures/import/']")

    page.set_input_files("#id_file", str(table))
    page.click("main form.form .buttons button")
    page.wait_for_url("**/regions/figures/import/*/")
    assert "Bali" in page.inner_text("main")
    page.click("main form .buttons button")

    page.wait_for_load_state()
    reader = visit(None, width=360)
    reader.goto("/regions/compare/?one=ID-NT&two=CN-JX")
    assert "700.000 t" in reader.inner_text("main")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not reader.evaluate(wide)


def test_the_desk_answers_what_a_rule_asks_and_records_a_step_with_its_paper(
    visit: Visit, tmp_path: Path
) -> None:
    paper = tmp_path / "catatan.pdf"
    paper.write_bytes(b"%PDF-1.7\n%%EOF\n")
    page = visit("desk", width=360)
    page.goto("/cases/1/")
    page.click("main a[href$='/acts/id-eligibility/'] >> nth=0")
    page.click("a[href$='/record/done/']")
    form = page.url

    for question in ("relations", "own-competence"):
        page.click(f".notice a[href$='/questions/{question}/']")
        page.check("input[name=value][value=yes]")
        page.click("main form.form .buttons button")
        page.wait_for_load_state()
        page.goto(form)
    page.set_input_files("main input[type=file] >> nth=0", paper)
    page.click("main form.form .buttons button")

    page.wait_for_url("**/acts/id-eligibility/")
    assert "Selesai" in page.inner_text("main h2 >> nth=0")
    assert "catatan.pdf" in page.inner_text("main")
    page.goto("/cases/1/")
    assert "1 dari 29 langkah" in page.inner_text("main")


def test_a_visitor_sees_where_the_founding_case_stands_but_not_its_log(visit: Visit) -> None:
    page = visit(None, locale="zh-CN")

    page.goto("/cases/1/")

    assert "接触考察" in page.inner_text("main")
    assert page.goto("/cases/entries/1/").status in (403, 404)  # type: ignore[union-attr]


def test_a_promise_is_written_down_kept_and_counted_on_the_heads_page(visit: Visit) -> None:
    page = visit("desk")
    page.goto("/commitments/tie/1/new/")
    page.fill("#id_what", "Mengirim dua penyuluh garam ke Nagekeo")
    page.select_option("#id_made_by", "home")
    page.select_option("#id_firmness", "promise")
    page.select_option("#id_way", "meeting")
    page.fill("#id_due", (date.today() + timedelta(days=20)).isoformat())
    page.select_option("#id_owner", index=1)
    page.click("main form.form .buttons button")
    page.wait_for_url(lambda url: "/new/" not in url)
    page.goto("/commitments/tie/1/")
    page.click("text=Mengirim dua penyuluh garam ke Nagekeo")

    page.click("a[href$='/became/kept/']")
    page.fill("#id_on", date.today().isoformat())
    page.fill("#id_reason", "Keduanya telah bertugas.")
    page.click("main form.form .buttons button")
    page.wait_for_url(lambda url: "/became/" not in url)

    head = visit("head")
    head.goto("/boards/tie/1/")
    assert "1 dipenuhi" in head.inner_text("main")

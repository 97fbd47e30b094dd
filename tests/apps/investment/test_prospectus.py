"""A prospectus as page and file: the same for all, in two languages, nothing invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.investment.prospectus import lacking_languages, prospectus_of
from kembar.apps.kit.text import Text
from kembar.engines.prospectus import Both
from tests.apps.investment.offer_things import TODAY, a_paper, an_offer
from tests.apps.ties.things import a_source
from tests.people import a_person

pytestmark = pytest.mark.django_db
TITLE = Text(zh="东海岸盐田", en="Salt ponds of the east coast")


def page(path: str, browser: Client | None = None) -> str:
    return unescape((browser or Client()).get(path).content.decode())


def pdf_text(path: str) -> str:
    response = Client().get(path)
    assert response["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(BytesIO(response.content)).pages
    return "\n".join(each.extract_text() for each in pages)


def answers_of(offer: Any) -> dict[str, Both]:
    sheet = prospectus_of(offer, TODAY)
    facts = [fact for part in sheet.parts for fact in part.facts]
    return {fact.label.en: fact.value for fact in facts}


def test_page_and_file_say_the_same_in_both_languages_to_every_reader() -> None:
    offer = an_offer(TITLE, audience="published", area_ha=Decimal(216), contact=Text(en="Desk"))
    path = f"/investment/offers/{offer.pk}/prospectus"

    shown, printed = page(f"{path}/"), pdf_text(f"{path}.pdf")

    for said in ("东海岸盐田", "Salt ponds of the east coast", "216 ha", "3,240 亩", "Desk"):
        assert said in shown, said
        assert said in printed, said


def test_what_nobody_knows_is_said_to_be_not_known_and_never_nought() -> None:
    offer = an_offer(TITLE)

    answers = answers_of(offer)

    for label in ("Where", "Area", "Land status", "Electricity", "Value sought", "Return"):
        assert answers[label].en == "Not known", label


def test_nought_is_not_the_same_as_not_known() -> None:
    offer = an_offer(TITLE, secured=Decimal(0), sought=Decimal(5), currency="CNY")

    assert answers_of(offer)["Of it secured already"].en == "CNY 0"


@pytest.mark.parametrize(
    ("amount", "chinese"),
    [
        ("9999", "IDR 9,999"),
        ("12500000000", "IDR 12,500,000,000（125亿）"),
        ("3000000", "IDR 3,000,000（300万）"),
        ("1234567", "IDR 1,234,567（约123.46万）"),
        ("2000000000000", "IDR 2,000,000,000,000（2万亿）"),
    ],
)
def test_chinese_counts_in_tens_of_thousands(amount: str, chinese: str) -> None:
    offer = an_offer(TITLE, sought=Decimal(amount), currency="IDR")

    assert answers_of(offer)["Value sought"].zh == chinese


def test_a_text_that_lacks_chinese_is_told_in_another_and_marked() -> None:
    offer = an_offer(TITLE, water=Text(id="Sumur bor"))

    water = answers_of(offer)["Water"]

    assert (water.zh, water.zh_tag, water.en_tag) == ("Sumur bor", "id", "id")
    assert len(lacking_languages(offer)) == 1


def test_a_figure_names_its_source_and_a_closed_source_is_only_said_to_be_there() -> None:
    study = a_source("Closed study", audience="own")
    press = a_source("Kompas", audience="published", dated="2025-11")
    offer = an_offer(
        TITLE, audience="published", irr_percent=Decimal(14), return_source=study, sources=[press]
    )

    sheet = prospectus_of(offer, TODAY)

    assert sheet.references[0].text == "Kompas, November 2025"
    assert "Closed study" not in page(f"/investment/offers/{offer.pk}/prospectus/")
    (irr,) = [f for part in sheet.parts for f in part.facts if f.label.en.startswith("Internal")]
    assert (irr.value.en, tuple(irr.references)) == ("14", (2,))


def test_to_its_own_region_a_closed_source_is_named() -> None:
    study = a_source("Closed study", audience="own")
    offer = an_offer(TITLE, irr_percent=Decimal(14), return_source=study)
    desk = Client()
    desk.force_login(a_person(Role.DESK))

    assert "Closed study" in page(f"/investment/offers/{offer.pk}/prospectus/", desk)


def test_papers_are_told_as_on_file_run_out_or_lacking() -> None:
    offer = an_offer(TITLE, land="titled")
    a_paper(offer, "map", on="2026-05")
    a_paper(offer, "land-title", valid_until=date(2030, 1, 1))
    a_paper(offer, "no-dispute", valid_until=date(2026, 1, 1))

    told = {paper.name.en: paper for paper in prospectus_of(offer, TODAY).papers}

    states = {name.split()[0]: (paper.state.en, paper.is_there) for name, paper in told.items()}
    assert states["Map"] == ("On file, dated May 2026", True)
    assert states["Proof"] == ("On file, valid until 1 January 2030", True)
    assert states["Statement"] == ("Ran out on 1 January 2026", False)
    assert states["Conformity"] == ("Not on file", False)


def test_a_withdrawn_paper_is_not_on_file() -> None:
    offer = an_offer(TITLE)
    paper = a_paper(offer)
    type(paper).objects.update(withdrawn="A forgery")

    first = prospectus_of(offer, TODAY).papers[0]

    assert (first.state.en, first.is_there) == ("Not on file", False)


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"state": "taken"}, "This offer is taken."),
        ({"state": "suspended"}, "This offer is suspended."),
        ({"land": "contested"}, "The land is contested."),
        ({}, None),
    ],
)
def test_what_an_investor_must_know_first_stands_first(
    fields: dict[str, str], warning: str | None
) -> None:
    sheet = prospectus_of(an_offer(TITLE, **fields), TODAY)

    assert [each.en for each in sheet.warnings] == ([warning] if warning else [])


def test_it_says_that_the_list_of_papers_is_not_checked_against_the_law() -> None:
    assert "not checked against the law" in prospectus_of(an_offer(TITLE), TODAY).papers_note.en

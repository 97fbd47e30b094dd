"""Offers and leads meet, with the reasons, on the pages of both; and over a tie."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.investment import offers
from kembar.apps.investment.models import Lead, Yield
from kembar.apps.kit.text import Text
from tests.apps.investment.offer_things import an_offer
from tests.apps.investment.things import a_company, a_lead
from tests.apps.ties.things import a_tie
from tests.people import a_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def desk(officer: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(officer)
    return browser


def page(browser: Client, path: str) -> str:
    return unescape(browser.get(path).content.decode())


def titles(found: list[offers.Fitting]) -> list[str]:
    return [str(fit.thing.title) for fit in found]


def test_an_offer_shows_the_leads_that_fit_with_the_reasons(desk: Client) -> None:
    offer = an_offer()
    a_lead(a_company("Jiangxi Salt"), sector="salt", likelihood=Lead.Likelihood.HIGH)
    a_lead(a_company("Jiangxi Tours"), sector="tourism")

    shown = page(desk, f"/investment/offers/{offer.pk}/")

    assert "Jiangxi Salt" in shown
    assert "Both are in the same sector." in shown
    assert "The lead is judged highly likely." in shown
    assert "No paper or register shows yet that the company exists." in shown
    assert "Jiangxi Tours" not in shown


def test_a_lead_shows_the_offers_that_fit_with_the_reasons(desk: Client) -> None:
    an_offer("Salt ponds")
    an_offer("Whales", sector="tourism")
    lead = a_lead(sector="salt")

    shown = page(desk, f"/investment/leads/{lead.pk}/")

    assert "Salt ponds" in shown
    assert "Both are in the same sector." in shown
    assert "Whales" not in shown


def test_the_sectors_of_a_company_bring_it_to_an_offer(officer: User) -> None:
    offer = an_offer()
    lead = a_lead(a_company(sectors=["salt", "energy"]))

    assert [fit.thing for fit in offers.leads_for(offer, officer)] == [lead]
    assert [fit.thing for fit in offers.offers_for(lead, officer)] == [offer]


def test_money_that_a_company_spoke_of_is_compared_with_what_is_still_sought(
    officer: User,
) -> None:
    offer = an_offer(sought=Decimal(500), secured=Decimal(100), currency="CNY")
    lead = a_lead(sector="salt")
    spoken = Yield(lead=lead, firmness="promised", money=Decimal(100), currency="CNY")
    spoken.on = date(2026, 6, 1)
    spoken.save()

    (fit,) = offers.leads_for(offer, officer)

    # A hundred of the four hundred that are left.
    assert "What the company speaks of covers 25% of what is sought." in [
        reason.text for reason in fit.reasons
    ]


@pytest.mark.parametrize("state", ["taken", "suspended"])
def test_what_is_not_open_is_offered_to_nobody(officer: User, state: str) -> None:
    offer = an_offer(state=state)
    lead = a_lead(sector="salt")

    assert offers.leads_for(offer, officer) == []
    assert offers.offers_for(lead, officer) == []


def test_leads_and_offers_of_other_regions_do_not_meet(officer: User) -> None:
    offer = an_offer()
    a_lead(of="ID-BA", sector="salt")

    assert offers.leads_for(offer, officer) == []


def test_an_ended_lead_fits_nothing_any_more(officer: User) -> None:
    offer = an_offer()
    lead = a_lead(sector="salt")
    Lead.objects.filter(pk=lead.pk).update(ending="lost", ended_on=date(2026, 6, 1))

    assert offers.leads_for(offer, officer) == []


def test_a_lead_about_the_offer_stands_beside_it_and_not_among_the_fitting(desk: Client) -> None:
    offer = an_offer()
    a_lead(a_company("Jiangxi Salt"), sector="salt", offer=offer)

    shown = page(desk, f"/investment/offers/{offer.pk}/")

    assert shown.count("Jiangxi Salt") == 1
    assert "The lead is about this offer." in shown


def test_who_reads_a_published_offer_learns_of_no_lead() -> None:
    offer = an_offer(audience="published")
    a_lead(a_company("Jiangxi Salt"), sector="salt", offer=offer)
    a_lead(a_company("Zhejiang Salt"), sector="salt")

    shown = page(Client(), f"/investment/offers/{offer.pk}/")

    assert "Jiangxi Salt" not in shown
    assert "Zhejiang Salt" not in shown


def test_the_tab_of_a_tie_shows_what_is_offered_over_it(desk: Client) -> None:
    tie = a_tie(audience="published")
    an_offer(Text(en="Salt ponds"), tie=tie, audience="published")
    an_offer(Text(en="Kept back"), tie=tie)

    path = f"/investment/ties/{tie.pk}/"

    assert "Kept back" in page(desk, path)
    assert "Salt ponds" in page(Client(), path)
    assert "Kept back" not in page(Client(), path)


def test_a_lead_begun_at_an_offer_knows_what_it_is_about(desk: Client) -> None:
    tie = a_tie()
    offer = an_offer(Text(en="Salt ponds"), tie=tie)

    shown = page(desk, f"/investment/offers/{offer.pk}/")
    form = desk.get(f"/investment/leads/new/?offer={offer.pk}").context["form"]

    assert f'href="/investment/leads/new/?offer={offer.pk}"' in shown
    assert [form[name].value() for name in ("offer", "tie", "sector")] == [
        *(offer.pk, tie.pk, offer.sector)
    ]


def test_nobody_begins_a_lead_at_an_offer_of_another_region() -> None:
    kept, published = an_offer(), an_offer(audience="published")
    stranger = Client()
    stranger.force_login(a_person(Role.DESK, "ID-BA"))

    answers = [
        stranger.get(f"/investment/leads/new/?offer={each.pk}").status_code
        for each in (kept, published)
    ]

    assert answers == [404, 403]


def test_offers_and_leads_lead_to_each_other_for_those_who_read_leads(desk: Client) -> None:
    an_offer(audience="published")

    assert 'href="/investment/leads/"' in page(desk, "/investment/offers/")
    assert 'href="/investment/offers/"' in page(desk, "/investment/leads/")
    assert 'href="/investment/leads/"' not in page(Client(), "/investment/offers/")

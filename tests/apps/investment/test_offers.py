"""Offers: who reads and who writes them, how far each is, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.inheritance import inherited_with
from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.investment import offers
from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.ties.models import Tie
from tests.apps.investment.offer_things import a_paper, an_offer
from tests.apps.ties.things import a_region, a_source, a_tie
from tests.people import a_person, a_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECRET = "Secret salt ponds"
PDF = b"%PDF-1.7\n%%EOF\n"


def browser_of(person: User) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


@pytest.fixture
def desk(db: Any) -> Client:
    return browser_of(a_person(Role.DESK))


@pytest.fixture
def agency(db: Any) -> Client:
    return browser_of(a_person(Role.AGENCY))


@pytest.fixture
def stranger(db: Any) -> Client:
    return browser_of(a_person(Role.DESK, "ID-BA"))


@pytest.fixture
def partner(db: Any) -> Client:
    return browser_of(a_person(Role.PARTNER, "CN-JX"))


@pytest.fixture
def auditor(db: Any) -> Client:
    return browser_of(a_person(Role.AUDITOR))


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie()


def page(browser: Client, path: str) -> str:
    return unescape(browser.get(path).content.decode())


def form(**given: Any) -> dict[str, Any]:
    return {"title_en": "Salt ponds", "sector": "salt", "version": 1, **given}


# Writing


def test_a_title_and_a_sector_are_enough(desk: Client) -> None:
    a_region("ID-NT")

    response = desk.post("/investment/offers/new/", form())

    offer = Offer.objects.get()
    assert response.status_code == 302
    assert (offer.home_id, offer.sought, offer.currency) == ("ID-NT", None, "")
    assert (offer.readiness, offer.audience, offer.state) == (0, "own", "open")
    assert Entry.objects.get(action="investment.offer_opened").region_code == "ID-NT"


@pytest.mark.parametrize("typed", ["12.500.000.000", "12,500,000,000", "Rp 12,5 miliar"])
def test_value_is_read_in_three_styles(desk: Client, typed: str) -> None:
    a_region("ID-NT")

    desk.post("/investment/offers/new/", form(sought=typed, currency="IDR"))

    assert Offer.objects.get().sought == Decimal(12_500_000_000)


def test_an_unknown_currency_is_refused_and_what_was_typed_is_kept(desk: Client) -> None:
    a_region("ID-NT")

    response = desk.post("/investment/offers/new/", form(sought="12", currency="XYZ"))

    shown = unescape(response.content.decode())
    assert response.status_code == 422
    assert "“XYZ” is no currency" in shown
    assert 'value="Salt ponds"' in shown
    assert not Offer.objects.exists()


def test_an_amount_without_a_currency_is_refused(desk: Client) -> None:
    a_region("ID-NT")

    response = desk.post("/investment/offers/new/", form(sought="12"))

    assert response.status_code == 422
    assert "Say in which currency the amount is." in unescape(response.content.decode())


def test_a_return_without_a_source_is_refused(desk: Client) -> None:
    a_region("ID-NT")

    response = desk.post("/investment/offers/new/", form(irr_percent="14.5"))

    assert response.status_code == 422
    assert "Name the source of the return" in unescape(response.content.decode())


def test_a_source_written_down_beside_a_return_is_the_source_of_the_return(desk: Client) -> None:
    a_region("ID-NT")

    desk.post(
        "/investment/offers/new/",
        form(irr_percent="14.5", new_address="https://example.org/study", new_language="en"),
    )

    offer = Offer.objects.get()
    assert offer.return_source == Source.objects.get(address="https://example.org/study")
    assert list(offer.sources.all()) == [offer.return_source]
    assert Entry.objects.filter(action="ledger.source_added").count() == 1


def test_the_tie_of_another_region_is_no_choice(desk: Client) -> None:
    a_region("ID-NT")
    other = a_tie(between=("ID-BA", "CN-ZJ"))

    response = desk.post("/investment/offers/new/", form(tie=other.pk))

    assert response.status_code == 422
    assert not Offer.objects.exists()


def test_from_the_page_of_a_tie_an_offer_is_made_over_it(desk: Client, tie: Tie) -> None:
    shown = page(desk, f"/investment/offers/new/?tie={tie.pk}")

    assert f'<option value="{tie.pk}" selected>' in shown


def test_two_people_at_once_and_nothing_is_lost(desk: Client) -> None:
    offer = an_offer()
    first = desk.post(f"/investment/offers/{offer.pk}/change/", form(title_en="Theirs"))

    second = desk.post(f"/investment/offers/{offer.pk}/change/", form(title_en="Ours"))

    shown = unescape(second.content.decode())
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Theirs" in shown
    assert 'value="Ours"' in shown
    offer.refresh_from_db()
    assert str(offer.title) == "Theirs"


def test_filling_in_what_was_lacking_raises_the_level(desk: Client) -> None:
    offer = an_offer(place=Text(en="East coast"), area_ha=Decimal(216))
    a_paper(offer)

    desk.post(
        f"/investment/offers/{offer.pk}/change/",
        form(place_en="East coast", area_ha="216", land="sea"),
    )

    offer.refresh_from_db()
    assert offer.readiness == 1


# States


def test_why_it_is_suspended_must_be_said(desk: Client) -> None:
    offer = an_offer()
    path = f"/investment/offers/{offer.pk}/state/"

    response = desk.post(path, {"state": "suspended", "version": 1})

    assert response.status_code == 422
    assert "Say why" in unescape(response.content.decode())


def test_a_reason_for_a_state_is_read_by_the_own_region_only(desk: Client) -> None:
    offer = an_offer(audience="published")
    path = f"/investment/offers/{offer.pk}/state/"

    desk.post(path, {"state": "taken", "reason_en": "By a firm of Zhejiang", "version": 1})

    offer.refresh_from_db()
    assert offer.state == "taken"
    assert "By a firm of Zhejiang" in page(desk, f"/investment/offers/{offer.pk}/")
    assert "By a firm of Zhejiang" not in page(Client(), f"/investment/offers/{offer.pk}/")


@pytest.mark.parametrize("version", ["9" * 500, "x", "", "-1"])
def test_a_forged_version_is_answered_as_if_somebody_had_been_faster(
    desk: Client, version: str
) -> None:
    path = f"{an_offer().get_absolute_url()}state/"
    given = {"state": "suspended", "reason_en": "The land is sold.", "version": version}

    response = desk.post(path, given)

    assert response.status_code == 409
    assert "The land is sold." in response.text
    assert Offer.objects.get().state == "open"


def test_the_second_to_set_a_state_is_told_of_the_first(desk: Client) -> None:
    offer = an_offer()
    path = f"/investment/offers/{offer.pk}/state/"
    desk.post(path, {"state": "taken", "reason_en": "By A", "version": 1})

    response = desk.post(path, {"state": "suspended", "reason_en": "Rains", "version": 1})

    shown = unescape(response.content.decode())
    assert response.status_code == 409
    assert "it is now “Taken”" in shown
    assert "Rains" in shown


# Papers


def test_a_paper_is_filed_with_its_file_and_raises_the_level(agency: Client) -> None:
    offer = an_offer(place=Text(en="East"), area_ha=Decimal(2), land="sea")
    path = f"/investment/offers/{offer.pk}/papers/new/"

    response = agency.post(
        path, {"code": "map", "on": "2026", "attached": SimpleUploadedFile("map.pdf", PDF)}
    )

    paper = OfferPaper.objects.get()
    offer.refresh_from_db()
    assert response.status_code == 302
    assert (paper.name, offer.readiness) == ("map.pdf", 1)
    assert agency.get(f"/investment/offers/papers/{paper.pk}/").status_code == 200


def test_a_paper_that_nothing_shows_is_refused(agency: Client) -> None:
    offer = an_offer()

    response = agency.post(f"/investment/offers/{offer.pk}/papers/new/", {"code": "map"})

    assert response.status_code == 422
    assert "Attach the file, or name a source that shows it." in unescape(response.content.decode())


def test_the_page_says_what_is_missing_what_it_is_and_who_issues_it(desk: Client) -> None:
    offer = an_offer(land="titled")

    shown = page(desk, f"/investment/offers/{offer.pk}/")

    assert "What is missing for level 1" in shown
    assert "Proof of the right to the land (certificate)" in shown
    assert "Land office of the regency or city" in shown
    assert "our list, not checked" in shown


def test_a_withdrawn_paper_counts_no_more_and_its_reason_stays(desk: Client) -> None:
    offer = an_offer(place=Text(en="East"), area_ha=Decimal(2), land="sea")
    paper = a_paper(offer)
    path = f"/investment/offers/papers/{paper.pk}/withdraw/"

    desk.post(path, {"reason": "A forgery"})
    again = desk.post(path, {"reason": "Other"})

    offer.refresh_from_db()
    assert offer.readiness == 0
    assert again.status_code == 409
    assert "A forgery" in unescape(again.content.decode())
    assert "A forgery" in page(desk, f"/investment/offers/{offer.pk}/")


def test_the_list_notices_that_a_paper_ran_out(desk: Client) -> None:
    today = timezone.localdate()
    offer = an_offer(place=Text(en="East"), area_ha=Decimal(2), land="sea", today=today)
    a_paper(offer, today=today, valid_until=today)
    assert Offer.objects.get().ready_until == today
    Offer.objects.update(ready_until=today - timedelta(days=1))
    OfferPaper.objects.update(valid_until=today - timedelta(days=1))

    desk.get("/investment/offers/")

    offer.refresh_from_db()
    assert (offer.readiness, offer.ready_until) == (0, None)


# Who reads


def test_a_stranger_does_not_learn_that_the_offer_exists(stranger: Client) -> None:
    offer = an_offer(SECRET)
    paper = a_paper(offer)
    paths = ["", "change/", "share/", "state/", "papers/new/", "prospectus/", "prospectus.pdf"]

    answers = [stranger.get(f"/investment/offers/{offer.pk}/{path}").status_code for path in paths]

    assert answers == [404] * len(paths)
    assert stranger.get(f"/investment/offers/papers/{paper.pk}/").status_code == 404
    assert SECRET not in page(stranger, "/investment/offers/")
    assert SECRET not in page(stranger, "/search/?q=Secret")


def test_an_auditor_reads_and_is_refused_to_write(auditor: Client) -> None:
    offer = an_offer()
    paths = ["change/", "share/", "state/", "papers/new/"]

    assert auditor.get(f"/investment/offers/{offer.pk}/").status_code == 200
    answers = [auditor.post(f"/investment/offers/{offer.pk}/{path}").status_code for path in paths]
    assert answers == [403] * len(paths)
    assert auditor.get("/investment/offers/new/").status_code == 403


def test_an_agency_writes_but_does_not_publish(agency: Client) -> None:
    offer = an_offer()

    assert agency.get(f"/investment/offers/{offer.pk}/change/").status_code == 200
    assert agency.get(f"/investment/offers/{offer.pk}/share/").status_code == 403


def test_a_partner_reads_what_is_shared_with_him(desk: Client, partner: Client, tie: Tie) -> None:
    offer = an_offer(SECRET, tie=tie)
    path = f"/investment/offers/{offer.pk}/"
    before = partner.get(path).status_code

    desk.post(f"{path}share/", {"audience": "shared", "version": 1})

    assert before == 404
    assert partner.get(path).status_code == 200
    assert partner.get(f"{path}prospectus.pdf").status_code == 200
    assert SECRET in page(partner, "/search/?q=Secret")
    assert Client().get(path).status_code == 404


def test_an_offer_to_everybody_has_no_partner_to_be_shared_with(desk: Client) -> None:
    offer = an_offer()

    response = desk.post(
        f"/investment/offers/{offer.pk}/share/", {"audience": "shared", "version": 1}
    )

    assert response.status_code == 422
    assert "Nobody is its partner" in unescape(response.content.decode())


def test_others_read_which_papers_there_are_but_not_the_papers(
    desk: Client, partner: Client, tie: Tie
) -> None:
    offer = an_offer(tie=tie, audience="published")
    desk.post(
        f"/investment/offers/{offer.pk}/papers/new/",
        {"code": "map", "attached": SimpleUploadedFile("map.pdf", PDF), "note_en": "Our note"},
    )
    paper = OfferPaper.objects.get()

    shown = page(partner, f"/investment/offers/{offer.pk}/")

    assert "Map of the site with coordinates" in shown
    assert "Our note" not in shown
    assert "map.pdf" not in shown
    assert partner.get(f"/investment/offers/papers/{paper.pk}/").status_code == 403
    assert Client().get(f"/investment/offers/papers/{paper.pk}/").status_code == 302


def test_a_shared_source_is_read_through_a_shared_offer(partner: Client, tie: Tie) -> None:
    study = a_source("Study", audience="shared")
    other = a_source("Other", audience="shared")
    an_offer(tie=tie, audience="shared", sources=[study])

    assert partner.get(f"/ledger/sources/{study.pk}/").status_code == 200
    assert partner.get(f"/ledger/sources/{other.pk}/").status_code == 404


# Lists


@pytest.mark.parametrize("page", ["", "prospectus/"])
@pytest.mark.parametrize("audience", ["shared", "published"])
def test_an_offer_does_not_tell_of_a_tie_that_is_kept_from_its_reader(
    desk: Client, partner: Client, tie: Tie, audience: str, page: str
) -> None:
    path = f"{an_offer(tie=tie, audience=audience).get_absolute_url()}{page}"

    shown = partner.get(path).text

    assert f"/ties/{tie.pk}/" not in shown
    assert str(tie) not in shown
    if not page:
        assert f"/ties/{tie.pk}/" in desk.get(path).text


def test_the_list_asks_as_often_for_many_as_for_one(
    desk: Client, tie: Tie, count_queries: Callable[[], Any]
) -> None:
    an_offer(tie=tie)
    desk.get("/investment/offers/")
    with count_queries() as one:
        desk.get("/investment/offers/")
    for number in range(30):
        a_paper(an_offer(f"Offer {number}", tie=tie if number % 2 else None))

    with count_queries() as many:
        desk.get("/investment/offers/")

    assert len(many) == len(one)


def test_the_list_is_narrowed(desk: Client) -> None:
    an_offer("Salt of Sabu", place=Text(en="Sabu Raijua"))
    an_offer("Whales", sector="tourism", state="suspended")

    assert "Whales" not in page(desk, "/investment/offers/?sector=salt")
    assert "Salt of Sabu" in page(desk, "/investment/offers/?q=raijua")
    assert "Salt of Sabu" not in page(desk, "/investment/offers/?state=suspended")
    assert "Salt of Sabu" not in page(desk, "/investment/offers/?level=1")
    assert "Salt of Sabu" in page(desk, "/investment/offers/?level=9&state=x&page=0")


def test_the_readiest_stands_first(desk: Client) -> None:
    ready = an_offer("Ready", place=Text(en="East"), area_ha=Decimal(2), land="sea")
    a_paper(ready)
    an_offer("Whales")

    shown = page(desk, "/investment/offers/")

    assert shown.index("Ready") < shown.index("Whales")


def test_an_empty_list_says_what_to_do(desk: Client) -> None:
    assert "a title and a sector are enough to begin" in page(desk, "/investment/offers/")


def test_the_offers_of_a_tie_are_those_that_the_reader_may_read(tie: Tie) -> None:
    an_offer(SECRET, tie=tie)
    shared = an_offer("Shared", tie=tie, audience="shared")
    an_offer("Elsewhere")
    reader = a_person(Role.PARTNER, "CN-JX")

    assert offers.offers_of_tie(tie, reader) == [shared]


def test_who_takes_over_a_post_takes_over_its_offers() -> None:
    post, head = a_post(), a_person(Role.HEAD)
    Holding.objects.create(post=post, person=a_person(Role.AGENCY), since=timezone.localdate())
    an_offer("Salt ponds", owner=post, land="titled")
    an_offer("Given away", owner=post, state="taken")

    found = [each for each in inherited_with(post, head) if "alt" in each.label]

    assert [(each.label, each.detail) for each in found] == [("Salt ponds", "8 papers are missing")]
    assert [each.label for each in inherited_with(post, head)] == ["Salt ponds"]


def test_the_history_tells_it_in_the_readers_words(desk: Client) -> None:
    offer = an_offer("Salt ponds")
    a_paper(offer)
    desk.post(
        f"/investment/offers/{offer.pk}/state/",
        {"state": "suspended", "reason_en": "Rains", "version": 1},
    )

    shown = page(desk, "/history/")

    assert "put the offer “" in shown
    assert "filed a paper of an offer: “" in shown
    assert "Map of the site with coordinates" in shown
    assert "Suspended" in shown

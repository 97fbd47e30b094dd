"""Pages about tourism: who reads what, what warns, and what is never said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from kembar.apps.accounts.inheritance import inherited_with
from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.ties import actions as ties
from kembar.apps.ties.models import Tie
from kembar.apps.tourism.models import Arrival, Campaign, Limit, Site
from tests.apps.ties.things import a_region, a_source, a_tie
from tests.apps.tourism.things import (
    FLIGHTS,
    ROW,
    a_campaign,
    a_limit,
    a_site,
    load,
    months_of,
)
from tests.people import a_person, a_post

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
CAVEAT = (
    "This divides what was spent by everybody who came, also by those who would have come anyway."
    " It does not show that the campaign brought anybody: flights, holidays, prices, visas and"
    " weather move arrivals too, and people decide months before they travel."
)
FILLED = {
    "title_en": "Spring on Xiaohongshu",
    "market": "CN",
    "channels": ["xiaohongshu", "fair"],
    "starts": "10/03/2025",
    "ends": "20/04/2025",
    "audience": "own",
    "version": "1",
    "new_language": "en",
}


@pytest.fixture(autouse=True)
def _regions(db: Any, english: None) -> None:
    for code in ("ID-NT", "ID-BA", "CN-JX", "SG-01"):
        a_region(code)


@pytest.fixture
def tie() -> Tie:
    return a_tie(audience="shared")


def a_client(
    role: Role | None = None, region_code: str = "ID-NT", user: User | None = None
) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    if role or user:
        client.force_login(user or a_person(role or Role.DESK, region_code))
    return client


@pytest.fixture
def desk() -> Client:
    return a_client(Role.DESK)


def text_of(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def two_years(client: Client) -> None:
    """China doubled from spring to spring, the others too: 300 of 600, then 600 of 1,200."""
    load(
        client,
        *months_of("CN", {"2024-03": 100, "2024-04": 200, "2025-03": 250, "2025-04": 350}),
        *months_of("AU", {"2024-03": 150, "2024-04": 150, "2025-03": 300, "2025-04": 300}),
    )


# Reading ------------------------------------------------------------------------------------


def test_the_market_stands_beside_the_others_month_by_month(desk: Client, tie: Tie) -> None:
    two_years(desk)

    view = desk.get("/tourism/ID-NT/").context["view"]

    assert [(row.code, row.people) for row in view.origins] == [("AU", 600), ("CN", 600)]
    row = view.market_row
    assert (row.share, row.pair.before, row.pair.after, row.pair.months) == (0.5, 300, 600, 2)
    text = text_of(desk, "/tourism/ID-NT/")
    assert "600 after 300, +100 %" in text
    assert text.count('<svg class="chart') == 3


def test_a_year_may_be_chosen_and_an_odd_one_means_the_last_twelve_months(desk: Client) -> None:
    two_years(desk)

    assert desk.get("/tourism/ID-NT/?year=2024").context["view"].total.people == 600
    assert desk.get("/tourism/ID-NT/?year=2024x").context["view"].total.people == 1200


def test_counts_of_two_kinds_are_never_added(desk: Client) -> None:
    load(desk, ROW, {**ROW, "counted": "guests", "people": "80"})

    context = desk.get("/tourism/ID-NT/").context

    assert [series.counted for series in context["series"]] == ["visitors", "guests"]
    assert context["view"].total.people == 120


def test_everybody_reads_what_is_published_and_nobody_else_what_is_not(desk: Client) -> None:
    load(desk, ROW, audience="published")
    load(desk, {**ROW, "people": "77", "address": "https://own.example/"}, audience="own")

    assert desk.get("/tourism/ID-NT/").context["view"].total.people == 77
    for reader in (a_client(), a_client(Role.DESK, "ID-BA"), a_client(Role.PARTNER, "CN-JX")):
        assert reader.get("/tourism/ID-NT/").context["view"].total.people == 120
        assert "own.example" not in text_of(reader, "/tourism/ID-NT/arrivals/")


def test_counts_at_a_site_that_is_not_open_are_not_open_either(desk: Client) -> None:
    site = a_site(audience="own")
    load(desk, {**ROW, "site": "Pulau Contoh"})

    assert desk.get(f"/tourism/sites/{site.pk}/").status_code == 200
    assert a_client().get(f"/tourism/sites/{site.pk}/").status_code == 404
    assert a_client().get("/tourism/ID-NT/").context["view"] is None


def test_the_empty_page_says_what_to_do(desk: Client, tie: Tie) -> None:
    assert "Bring it in with its source" in text_of(desk, "/tourism/ID-NT/")
    assert "Write one down" in text_of(desk, f"/tourism/ties/{tie.pk}/")
    assert a_client(Role.AUDITOR).get(f"/tourism/ties/{tie.pk}/").status_code == 200


def test_a_stranger_does_not_learn_that_the_tie_or_its_campaign_exists(tie: Tie) -> None:
    tie.audience = "own"
    tie.save()
    campaign = a_campaign(tie)
    stranger = a_client(Role.DESK, "ID-BA")

    for address in (
        f"/tourism/ties/{tie.pk}/",
        f"/tourism/campaigns/{campaign.pk}/",
        f"/tourism/campaigns/{campaign.pk}/change/",
        f"/tourism/ties/{tie.pk}/campaigns/new/",
    ):
        assert stranger.get(address).status_code == 404
    assert "Xiaohongshu" not in text_of(stranger, "/tourism/")


def test_a_partner_reads_a_campaign_that_is_shared_with_its_source_and_no_other(tie: Tie) -> None:
    source = a_source(audience="shared")
    shown = a_campaign(tie, audience="shared", source=source)
    hidden = a_campaign(tie)
    partner = a_client(Role.PARTNER, "CN-JX")

    text = text_of(partner, f"/tourism/campaigns/{shown.pk}/")
    assert str(source) in text.replace("&#x27;", "'")
    assert partner.get(f"/ledger/sources/{source.pk}/").status_code == 200
    assert partner.get(f"/tourism/campaigns/{hidden.pk}/").status_code == 404
    assert partner.get(f"/tourism/campaigns/{shown.pk}/change/").status_code == 403


def test_lists_ask_as_much_for_many_rows_as_for_one(
    desk: Client, tie: Tie, count_queries: Callable[[], CaptureQueriesContext]
) -> None:
    def asked(address: str) -> int:
        desk.get(address)
        with count_queries() as queries:
            desk.get(address)
        return len(queries)

    source = a_source()
    addresses = ["/tourism/", f"/tourism/ties/{tie.pk}/", "/tourism/ID-NT/"]
    addresses += ["/tourism/ID-NT/arrivals/", "/tourism/ID-NT/seats/"]
    a_limit(a_site(), 10, "day", source=source)
    a_campaign(tie)
    load(desk, ROW)
    load(desk, FLIGHTS, kind="seats")
    one = [asked(address) for address in addresses]

    for number in range(2, 9):
        a_limit(a_site(f"Site {number}"), 10, "day", source=source)
        a_campaign(tie)
        load(desk, {**ROW, "month": f"2025-{number:02}", "address": f"https://s.example/{number}"})
        load(
            desk, {**FLIGHTS, "month": f"2025-{number:02}", "publisher": f"P{number}"}, kind="seats"
        )

    assert [asked(address) for address in addresses] == one


# Limits -------------------------------------------------------------------------------------


def test_a_limit_that_is_reached_warns_wherever_the_site_is_named(desk: Client, tie: Tie) -> None:
    site = a_site()
    a_limit(site, 1_000, "day", source=a_source())
    # 31 days of October: 31,000 people are 1,000 a day.
    load(desk, {**ROW, "site": "Pulau Contoh", "month": "2025-10", "people": "31000"})

    for address in (f"/tourism/sites/{site.pk}/", "/tourism/ID-NT/", f"/tourism/ties/{tie.pk}/"):
        text = text_of(desk, address)
        assert "limit reached" in text
        assert "October 2025: 1,000 people a day on average, of 1,000 at most." in text


def test_of_two_limits_the_later_one_is_in_force(desk: Client) -> None:
    site = a_site()
    a_limit(site, 10, "month", source=a_source(), since="2024")
    a_limit(site, 1_000, "month", source=a_source(), since="2025")
    load(desk, {**ROW, "site": "Pulau Contoh", "month": "2025-10", "people": "500"})

    [watched] = [desk.get(f"/tourism/sites/{site.pk}/").context["watched"]]

    assert [state.limit.people for state in watched.limits] == [1_000]
    assert not watched.is_warning


def test_a_site_without_a_limit_says_how_to_add_one(desk: Client) -> None:
    site = a_site()

    text = text_of(desk, f"/tourism/sites/{site.pk}/")

    assert "No limit of this site is on file" in text
    assert f"/tourism/sites/{site.pk}/limits/new/" in text


def test_an_agency_writes_down_a_site_and_its_limit_with_a_source() -> None:
    agency = a_client(Role.AGENCY)

    agency.post("/tourism/sites/new/", {"name_en": "Pulau Contoh", "region": "ID-NT"})
    site = Site.objects.get()
    given = {"people": "1.500", "per": "day", "since": "2025", "new_language": "id"}
    refused = agency.post(f"/tourism/sites/{site.pk}/limits/new/", given)
    done = agency.post(
        f"/tourism/sites/{site.pk}/limits/new/", {**given, "new_address": "https://b.example/1"}
    )

    assert (site.owner_code, site.audience) == ("ID-NT", "own")
    assert refused.status_code == 422
    assert done.status_code == 302
    limit = Limit.objects.select_related("source").get()
    assert (limit.people, limit.source.address) == (1_500, "https://b.example/1")
    assert Entry.objects.order_by("pk").last().action == "tourism.limit_added"  # type: ignore[union-attr]


def test_nobody_adds_a_site_to_another_region() -> None:
    answer = a_client(Role.AGENCY).post(
        "/tourism/sites/new/", {"name_en": "X", "region": "ID-BA", "audience": "own"}
    )

    assert answer.status_code == 422
    assert not Site.objects.exists()


# Campaigns ----------------------------------------------------------------------------------


def test_an_agency_writes_down_a_campaign_with_an_amount_in_its_own_style(tie: Tie) -> None:
    agency = a_client(Role.AGENCY)
    money = {"spend": "250.000.000", "currency": "Rp", "spent_on": "20/04/2025"}

    answer = agency.post(
        f"/tourism/ties/{tie.pk}/campaigns/new/",
        {**FILLED, **money, "reach": "1.200.000", "reach_counts": "views"},
    )

    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.spend, campaign.currency) == (Decimal(250_000_000), "IDR")
    assert (campaign.reach, campaign.channels) == (1_200_000, ["xiaohongshu", "fair"])
    assert campaign.audience == "own"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"spend": "100"}, "currency"),
        ({"spend": "100", "currency": "IDR"}, "spent_on"),
        ({"spend": "100", "currency": "XXX", "spent_on": "20/04/2025"}, "currency"),
        ({"spend": "much", "currency": "IDR", "spent_on": "20/04/2025"}, "spend"),
        ({"reach": "900"}, "reach_counts"),
        ({"reach": "9.5", "reach_counts": "views"}, "reach"),
        ({"ends": "01/01/2025"}, "__all__"),
        ({"market": "QQ"}, "market"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    desk: Client, tie: Tie, given: dict[str, str], field: str
) -> None:
    answer = desk.post(f"/tourism/ties/{tie.pk}/campaigns/new/", {**FILLED, **given})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Spring on Xiaohongshu" in answer.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.HEAD, Role.MINISTRY])
def test_readers_write_no_campaign(tie: Tie, role: Role) -> None:
    client = a_client(role)

    assert client.get(f"/tourism/ties/{tie.pk}/campaigns/new/").status_code == 403


def test_two_who_change_a_campaign_at_once_are_told(desk: Client, tie: Tie) -> None:
    campaign = a_campaign(tie, spend=None, currency="", spent_on=None)
    address = f"/tourism/campaigns/{campaign.pk}/change/"

    first = desk.post(address, {**FILLED, "title_en": "Summer"})
    second = a_client(Role.AGENCY).post(address, {**FILLED, "title_en": "Autumn"})

    assert (first.status_code, second.status_code) == (302, 409)
    text = second.content.decode()
    assert "Somebody else changed this" in text
    assert "Autumn" in text
    assert str(Campaign.objects.get().title) == "Summer"


def test_a_campaign_that_is_withdrawn_leaves_the_lists_and_stays_in_the_history(
    desk: Client, tie: Tie
) -> None:
    campaign = a_campaign(tie)

    desk.post(
        f"/tourism/campaigns/{campaign.pk}/withdraw/", {"reason": "Written twice", "version": "1"}
    )

    assert "Xiaohongshu" not in text_of(desk, f"/tourism/ties/{tie.pk}/")
    entry = Entry.objects.order_by("pk").last()
    assert entry and entry.action == "tourism.campaign_withdrawn"
    assert "took the campaign" in text_of(desk, f"/ties/{tie.pk}/history/")


def test_what_each_arrival_cost_stands_beside_the_year_before_and_the_others(
    desk: Client, tie: Tie
) -> None:
    two_years(desk)
    campaign = a_campaign(tie)

    answer = desk.get(f"/tourism/campaigns/{campaign.pk}/?after=0")

    outcome = answer.context["outcome"]
    # 90,000 yuan over 250 + 350 arrivals of March and April.
    assert outcome.per_arrival == Decimal("150.00")
    market, others, *_named = outcome.rows
    assert (market.pair.before, market.pair.after) == (300, 600)
    assert (others.pair.before, others.pair.after) == (300, 600)
    text = answer.content.decode()
    assert "does not show that the campaign brought anybody" in text
    assert "CNY 150" in text


@pytest.mark.parametrize("language", ["en", "id", "zh-hans"])
def test_no_page_says_that_a_campaign_brought_people(desk: Client, tie: Tie, language: str) -> None:
    two_years(desk)
    campaign = a_campaign(tie)
    desk.cookies["django_language"] = language

    text = desk.get(f"/tourism/campaigns/{campaign.pk}/").content.decode().lower()
    # The caveat itself says that none of this is shown.
    with translation.override(language):
        text = text.replace(gettext(CAVEAT).lower(), "")

    for causal in ("thanks to", "because of the campaign", "effect of", "brought by", "generated",
                   "berkat", "akibat kampanye", "dampak kampanye", "带来了", "得益于"):  # fmt: skip
        assert causal not in text


def test_without_an_amount_there_is_no_cost_and_without_arrivals_no_comparison(
    desk: Client, tie: Tie
) -> None:
    campaign = a_campaign(tie, spend=None, currency="", spent_on=None)

    assert "nothing can be set beside" in text_of(desk, f"/tourism/campaigns/{campaign.pk}/")
    two_years(desk)
    assert "What was spent is not known" in text_of(desk, f"/tourism/campaigns/{campaign.pk}/")


def test_what_has_no_rate_is_named_and_not_added(desk: Client, tie: Tie) -> None:
    a_campaign(tie)
    a_campaign(tie, spend=Decimal(5), currency="USD")
    a_campaign(tie, spend=Decimal(10_000))

    text = text_of(desk, f"/tourism/ties/{tie.pk}/")

    assert "CNY 100,000 together" in text
    assert "USD 5 of 20 April 2025 is not in it" in text


def test_a_successor_takes_the_campaigns_over(tie: Tie) -> None:
    post = a_post(Role.AGENCY)
    a_campaign(tie, owner=post)

    [campaign] = [
        one for one in inherited_with(post, a_person(Role.DESK)) if "campaigns" in one.path
    ]

    assert campaign.label == "Spring on Xiaohongshu"


def test_the_search_finds_campaigns_and_sites_for_their_own_region_only(tie: Tie) -> None:
    a_campaign(tie, audience="shared")
    a_site("Pulau Contoh", audience="own")

    assert "Spring on Xiaohongshu" in text_of(a_client(Role.DESK), "/search/?q=xiaohongshu")
    assert "Pulau Contoh" in text_of(a_client(Role.DESK), "/search/?q=contoh")
    stranger = a_client(Role.DESK, "ID-BA")
    assert "/tourism/campaigns/" not in text_of(stranger, "/search/?q=xiaohongshu")
    assert "/tourism/sites/" not in text_of(stranger, "/search/?q=contoh")


def test_the_search_shows_a_campaign_no_wider_than_its_tie(tie: Tie) -> None:
    a_campaign(tie, audience="shared")
    partner = a_client(Role.PARTNER, "CN-JX")
    assert "Spring on Xiaohongshu" in text_of(partner, "/search/?q=xiaohongshu")

    ties.share_tie(tie, audience="own", seen=tie.version, by=None)

    assert "Spring on Xiaohongshu" not in text_of(partner, "/search/?q=xiaohongshu")
    assert "Spring on Xiaohongshu" in text_of(a_client(Role.DESK), "/search/?q=xiaohongshu")


def test_who_brought_counts_in_is_named_in_the_language_of_the_reader() -> None:
    desk = a_person(Role.DESK, name="Yosef")
    title = Text(id="Analis", zh="科员", en="Analyst")
    Post.objects.filter(holdings__person=desk).update(title=title)
    client = a_client(user=desk)
    load(client, ROW)

    read = text_of(client, "/tourism/ID-NT/arrivals/")
    client.cookies["django_language"] = "zh-hans"
    read_in_chinese = text_of(client, "/tourism/ID-NT/arrivals/")

    assert "Yosef (Analyst)" in read
    assert "Yosef (科员)" in read_in_chinese


# Taking back --------------------------------------------------------------------------------


def test_a_count_that_was_wrong_is_taken_off_by_its_own_region_only(desk: Client) -> None:
    load(desk, ROW)
    address = f"/tourism/arrivals/{Arrival.objects.get().pk}/withdraw/"
    given = {"reason": "Wrong month", "version": "1"}

    assert a_client(Role.DESK, "ID-BA").post(address, given).status_code == 403
    assert a_client(Role.AUDITOR).post(address, given).status_code == 403
    assert desk.post(address, given).status_code == 302
    assert Arrival.objects.get().withdrawn == "Wrong month"
    assert desk.get("/tourism/ID-NT/").context["view"] is None
    # What is off the pages may come in again.
    load(desk, ROW)
    assert Arrival.objects.standing().count() == 1


def test_a_source_that_is_closed_takes_its_counts_along(desk: Client) -> None:
    load(desk, ROW)
    Source.objects.update(audience="own")

    assert a_client().get("/tourism/ID-NT/").context["view"] is None

"""One page of a tie, of an office and of a portfolio: who gets in, and what the sums say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kembar.apps.accounts.models import Holding, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.boards import queries
from kembar.apps.ties.models import Tie
from tests.apps.cases.things import a_case
from tests.apps.commitments.things import a_commitment, it_became
from tests.apps.investment.offer_things import an_offer
from tests.apps.investment.things import a_company, a_lead, days_ago, figures
from tests.apps.programmes.things import a_programme, a_rate, an_activity
from tests.apps.ties.things import a_tie
from tests.people import a_person, a_post

pytestmark = pytest.mark.django_db

PORTFOLIO = "/boards/"
OFFICE = "/boards/office/"
TODAY_PAGE = "/today/"


def page(person: User | None, path: str, status: int = 200, **asked: Any) -> Any:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    response = browser.get(path, asked)
    assert response.status_code == status
    return response


def of_tie(tie: Tie) -> str:
    return reverse("boards:of_tie", args=[tie.pk])


def seat_of(person: User) -> Post:
    return Holding.objects.get(person=person).post


@pytest.fixture
def tie() -> Tie:
    return a_tie(audience="published")


@pytest.fixture
def head() -> User:
    return a_person(Role.HEAD)


# Who gets in ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.HEAD, "ID-NT", 200),
        (Role.DESK, "ID-NT", 200),
        (Role.AGENCY, "ID-NT", 200),
        (Role.MINISTRY, "ID", 200),
        (Role.AUDITOR, "", 200),
        (Role.DESK, "ID-BA", 404),
        (Role.PARTNER, "CN-JX", 403),
        (Role.ADMINISTRATOR, "", 403),
    ],
)
def test_only_readers_of_the_whole_file_see_the_page_of_a_tie(
    tie: Tie, role: Role, region: str, status: int
) -> None:
    page(a_person(role, region), of_tie(tie), status)


def test_a_partner_and_a_visitor_see_no_board(tie: Tie) -> None:
    for path in (PORTFOLIO, OFFICE, of_tie(tie)):
        page(a_person(Role.PARTNER, "CN-JX"), path, 403)
        assert "/account/login/" in page(None, path, 302)["Location"]


def test_a_partner_and_a_visitor_are_offered_no_board(tie: Tie) -> None:
    for person in (None, a_person(Role.PARTNER, "CN-JX")):
        assert of_tie(tie) not in page(person, tie.get_absolute_url()).text


def test_the_portfolio_holds_ties_of_the_own_region_and_below_only(tie: Tie, head: User) -> None:
    a_tie(between=("ID-BA", "CN-JX"), audience="published")

    rows = page(head, PORTFOLIO).context["view"].rows

    assert [row.tie for row in rows] == [tie]


# What a head sees ----------------------------------------------------------------------


def test_an_empty_tie_says_what_is_missing_and_no_number(tie: Tie, head: User) -> None:
    text = page(head, of_tie(tie)).text

    for said in (
        "No post owns this tie.",
        "No next step is written down.",
        "No target date is set.",
        "No promise is written down.",
        "No company is on record as interested",
    ):
        assert said in text


def test_a_head_meets_promises_that_nobody_owns_wherever_he_begins(tie: Tie, head: User) -> None:
    a_commitment(tie, "Build a salt works")

    for path in (PORTFOLIO, TODAY_PAGE):
        assert "Promises that nobody owns" in page(head, path).text
    assert "1 without an owner" in page(head, of_tie(tie)).text


def test_more_ownerless_promises_than_fit_lead_to_just_these(tie: Tie, head: User) -> None:
    for number in range(7):
        a_commitment(tie, f"Promise {number}")
    a_commitment(tie, "Somebody keeps this", owner=a_post())

    for path in (PORTFOLIO, TODAY_PAGE):
        assert 'href="/commitments/?owner=none"' in page(head, path).text
    listed = page(head, "/commitments/", owner="none").context["view"].lines
    assert "Somebody keeps this" not in [str(line.commitment) for line in listed]


def test_every_promise_is_in_one_part_of_the_bar(tie: Tie, head: User) -> None:
    today = timezone.localdate()
    a_commitment(tie, due=str(today - timedelta(days=1)))
    a_commitment(tie, due=str(today + timedelta(days=3)))
    a_commitment(tie)
    it_became(a_commitment(tie), "kept")
    it_became(a_commitment(tie), "broken")

    text = page(head, of_tie(tie)).text

    assert [word in text for word in ("1 kept", "1 overdue", "1 broken")] == [True] * 3
    # Of two that lie ahead one is due within a month.
    assert "2 not due yet (1 due soon)" in " ".join(text.split())


# Money and jobs ------------------------------------------------------------------------


def purse(person: User, tie: Tie, **asked: Any) -> Any:
    view = page(person, of_tie(tie), **asked).context["view"]
    return next(each for each in view.purses if each.firmness == "committed")


def test_sums_of_two_currencies_are_added_by_the_rate_of_their_day(tie: Tie, head: User) -> None:
    figures(a_lead(tie=tie), money="5000000", currency="CNY", new_jobs=40)
    figures(a_lead(tie=tie), money="2200000000", currency="IDR")
    a_rate("CNY", "IDR", days_ago(3), "2200")

    found = purse(head, tie, **{"in": "CNY"})

    # 2,200,000,000 IDR at 2,200 to the yuan are a million.
    assert round(found.total.amount) == 6_000_000
    assert (found.is_converted, found.left, found.new_jobs) == (True, [], 40)


def test_what_has_no_rate_is_said_and_never_added(tie: Tie, head: User) -> None:
    figures(a_lead(tie=tie), money="5000000", currency="CNY")
    figures(a_lead(tie=tie), money="5000001", currency="CNY")
    figures(a_lead(tie=tie), money="2200000000", currency="IDR")

    found = purse(head, tie)

    assert (found.total.currency, found.total.amount) == ("CNY", 10_000_001)
    assert found.left == [("IDR", 2_200_000_000)]
    assert "no rate on file" in page(head, of_tie(tie)).text


def test_sums_without_any_rate_do_not_read_as_nought(tie: Tie, head: User) -> None:
    figures(a_lead(tie=tie), money="2200000000", currency="IDR")
    figures(a_lead(tie=tie), "promised", money="7", currency="CNY")
    figures(a_lead(tie=tie), "promised", money="8", currency="CNY")

    found = purse(head, tie)

    assert found.total.currency == "CNY"
    assert not found.is_converted
    assert "CNY 0" not in page(head, of_tie(tie)).text.replace("\xa0", " ")


def test_jobs_that_nobody_numbered_are_not_nought(tie: Tie, head: User) -> None:
    figures(a_lead(tie=tie), safeguarded_jobs=12)

    found = purse(head, tie)

    assert (found.new_jobs, found.safeguarded_jobs) == (None, 12)


def test_interest_without_figures_is_no_table_of_dashes(tie: Tie, head: User) -> None:
    a_lead(tie=tie)

    text = page(head, of_tie(tie)).text

    assert "No amount and no jobs have been named yet." in text
    assert "1 lead is worked on." in text


# An office and a morning ---------------------------------------------------------------


def test_an_office_sees_what_its_posts_have_in_hand(tie: Tie) -> None:
    agency = a_person(Role.AGENCY)
    post = seat_of(agency)
    a_commitment(tie, "Train salt farmers", owner=post)
    a_commitment(tie, "Somebody else's", owner=a_post())
    an_activity(a_programme(tie, owner=post), "Sow rice")
    a_lead(a_company("Jiangxi Salt"), tie=tie, owner=post)

    text = page(agency, OFFICE).text

    for said in ("Train salt farmers", "Sow rice", "Jiangxi Salt"):
        assert said in text
    assert "Somebody else" not in text


def test_an_office_of_another_region_is_not_shown(tie: Tie, head: User) -> None:
    other = a_post(Role.DESK, "ID-BA")

    view = page(head, OFFICE, office=other.office_id).context["view"]

    assert view.office == seat_of(head).office


def test_a_morning_names_late_promises_and_silent_companies_of_the_own_post(tie: Tie) -> None:
    desk = a_person(Role.DESK)
    post = seat_of(desk)
    a_commitment(tie, "Answer the letter", owner=post, due=str(days_ago(2)))
    a_commitment(tie, "Not mine", owner=a_post(), due=str(days_ago(2)))
    a_lead(a_company("Silent Salt"), owner=post, opened_on=days_ago(90))
    a_lead(a_company("Fresh Fish"), owner=post)
    a_lead(a_company("Not my company"), owner=a_post(), opened_on=days_ago(90))

    mine = page(desk, TODAY_PAGE).context["mine"]

    assert [(str(x.commitment), x.late_days) for x in mine.due] == [("Answer the letter", 2)]
    assert [str(line.lead.company) for line in mine.leads] == ["Silent Salt"]


def test_an_office_is_told_that_more_is_in_its_hands_than_is_shown(
    tie: Tie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "OWNED_SHOWN", 2)
    agency = a_person(Role.AGENCY)
    post = seat_of(agency)
    fill_hands(tie, post, 2)
    assert "are shown" not in page(agency, OFFICE).text

    fill_hands(tie, post, 1)
    shown = page(agency, OFFICE)

    view = shown.context["view"]
    for rows in (view.due, view.duties, view.leads, view.offers):
        assert (len(rows.rows), rows.has_more) == (2, True)
    assert shown.text.count("The 2 most urgent are shown.") == 3
    assert "The 2 that are readiest are shown." in shown.text
    for path in (f"/commitments/?owner={post.pk}", "/investment/leads/", "/investment/offers/"):
        assert f'href="{path}"' in shown.text


def fill_hands(tie: Tie, post: Post, times: int) -> None:
    for _again in range(times):
        a_commitment(tie, owner=post)
        an_activity(a_programme(tie, owner=post))
        a_lead(tie=tie, owner=post)
        an_offer(owner=post)


# A fixed number of statements ----------------------------------------------------------


def fill(tie: Tie, post: Post) -> None:
    today = timezone.localdate()
    for day in (today - timedelta(days=9), today + timedelta(days=9)):
        a_commitment(tie, due=str(day), owner=post)
        a_commitment(tie, due=str(day))
    an_activity(a_programme(tie, owner=post))
    figures(a_lead(tie=tie, owner=post, opened_on=days_ago(60)))
    figures(a_lead(tie=tie, owner=post, opened_on=days_ago(60)), money="100", currency="IDR")


@pytest.mark.parametrize("path", [PORTFOLIO, OFFICE, TODAY_PAGE])
def test_a_board_of_many_asks_no_more_than_a_board_of_one(
    path: str, tie: Tie, count_queries: Callable[[], Any]
) -> None:
    desk = a_person(Role.DESK)
    a_case(tie)
    fill(tie, seat_of(desk))
    page(desk, path)
    with count_queries() as one:
        page(desk, path)
    for partner in ("CN-ZJ", "CN-FJ", "CN-HN"):
        other = a_tie(between=("ID-NT", partner))
        a_case(other)
        fill(other, seat_of(desk))
    with count_queries() as many:
        page(desk, path)

    assert len(many) == len(one), many.captured_queries


def test_the_page_of_a_full_tie_asks_no_more_than_of_one_with_a_single_entry(
    tie: Tie, head: User, count_queries: Callable[[], Any]
) -> None:
    post = a_post()
    a_case(tie)
    fill(tie, post)
    page(head, of_tie(tie))
    with count_queries() as one:
        page(head, of_tie(tie))
    for _again in range(4):
        fill(tie, post)
    with count_queries() as many:
        page(head, of_tie(tie))

    assert len(many) == len(one), many.captured_queries

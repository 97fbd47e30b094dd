"""The boards tell what is known, and never write nought for what is not."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.investment.models import Stage
from kembar.apps.rates.models import Rate
from kembar.apps.ties.models import Tie
from tests.apps.commitments.things import a_commitment
from tests.apps.investment.things import a_lead, a_lead_of, a_seat, days_ago, figures
from tests.apps.ties.things import a_source, a_tie
from tests.people import a_person, a_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def tie() -> Tie:
    return a_tie()


@pytest.fixture
def head() -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(a_person(Role.HEAD))
    return browser


def purse(browser: Client, path: str, firmness: str) -> list[str]:
    """Return what the cells of one firmness say on the page of a tie."""
    text = browser.get(path).text.split('class="cards purses"')[1].split("</table>")[0]
    row = next(row for row in text.split("<tr>") if f">{firmness}</th>" in row)
    cells = re.findall("<td.*?</td>", row, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells]


def a_rate(base: str, quote: str, value: str) -> Rate:
    source = a_source(audience="published")
    return Rate.objects.create(base=base, quote=quote, on=days_ago(1), value=value, source=source)


def test_jobs_of_which_nobody_says_anything_are_a_dash_and_not_nought(
    head: Client, tie: Tie
) -> None:
    figures(a_lead(tie=tie), "promised", money="5000000")
    figures(a_lead(tie=tie), "promised", money=None, new_jobs=40)

    cells = purse(head, f"/boards/tie/{tie.pk}/", "Promised")

    assert cells == ["CNY 5,000,000 1 record names no amount", "40", "–"]


def test_nought_that_somebody_said_is_nought(head: Client, tie: Tie) -> None:
    figures(a_lead(tie=tie), "promised", money="0", new_jobs=0, safeguarded_jobs=0)

    assert purse(head, f"/boards/tie/{tie.pk}/", "Promised") == ["CNY 0", "0", "0"]


@pytest.mark.parametrize("path", ["/boards/tie/{}/?in=USD", "/boards/?in=USD"])
def test_a_sum_without_a_rate_is_told_as_it_was_written_and_never_as_nought(
    head: Client, tie: Tie, path: str
) -> None:
    figures(a_lead(tie=tie), "promised", money="5000000")
    a_rate("USD", "EUR", "0.9")

    shown = head.get(path.format(tie.pk)).text

    assert "USD 0" not in shown
    assert "CNY 5,000,000" in shown
    assert "no rate" in shown


def test_sums_of_two_currencies_are_added_by_the_rate_of_their_day_only(
    head: Client, tie: Tie
) -> None:
    a_rate("CNY", "IDR", "2000")
    figures(a_lead(tie=tie), "promised", money="1000", currency="CNY")
    figures(a_lead(tie=tie), "promised", money="500", currency="IDR")
    figures(a_lead(tie=tie), "promised", money="7", currency="USD")

    money, _new, _safeguarded = purse(head, f"/boards/tie/{tie.pk}/?in=IDR", "Promised")

    assert money == "IDR 2,000,500 + USD 7 (no rate on file)"


def test_what_a_delayed_lead_promised_is_told_though_nobody_works_on_it(
    head: Client, tie: Tie
) -> None:
    lead = a_lead_of(a_post(), Stage.ACTIVE, tie=tie)
    figures(lead, "promised", money=None, new_jobs=12)
    browser = Client()
    browser.force_login(a_person(Role.DESK))
    given = {
        "ending": "delayed",
        "on": str(days_ago(0)),
        "reason": "Rain",
        "again_on": "2099-01-01",
    }
    browser.post(f"{lead.get_absolute_url()}end/", {**given, "version": lead.version})

    assert purse(head, f"/boards/tie/{tie.pk}/", "Promised")[1] == "12"


def test_the_way_to_promises_that_nobody_owns_leads_to_those_only(head: Client, tie: Tie) -> None:
    a_commitment(tie, "Send salt experts")
    a_commitment(tie, "Build a school", owner=a_seat())
    [address] = re.findall(
        r'href="([^"]+)">All promises without an owner', head.get("/boards/").text
    )

    shown = head.get(address).text

    assert "Send salt experts" in shown
    assert "Build a school" not in shown


@pytest.mark.parametrize("typed", ["ID-NT", "id-nt", "tenggara", "TENGGARA", "江西"])
def test_a_region_is_found_by_its_code_and_by_its_name_in_any_letters(
    head: Client, tie: Tie, typed: str
) -> None:
    a_tie(between=("ID-NT", "CN-ZJ"))

    shown = head.get("/boards/", {"region": typed}).text

    assert f'href="/boards/tie/{tie.pk}/"' in shown


def test_a_region_that_nobody_knows_finds_no_tie(head: Client, tie: Tie) -> None:
    assert "No tie is found here" in head.get("/boards/", {"region": "Atlantis"}).text


def test_a_tie_of_which_nothing_is_known_says_so_and_writes_no_nought(
    head: Client, tie: Tie
) -> None:
    shown = head.get(f"/boards/tie/{tie.pk}/").text

    assert "No company is on record as interested" in shown
    assert "IDR 0" not in shown
    assert "CNY 0" not in shown

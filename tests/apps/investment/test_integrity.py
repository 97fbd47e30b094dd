"""Nobody judges his own work, nor a company that he is close to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.investment import integrity
from kembar.apps.investment.actions import change_lead
from kembar.apps.investment.models import Company, Gift, Interest, Lead, Stage, Verification
from kembar.apps.investment.stages import proofs_of
from kembar.apps.kit.text import Text
from tests.apps.investment.things import (
    PDF,
    a_company,
    a_contact,
    a_lead,
    a_lead_of,
    a_seat,
    confirmed,
    days_ago,
    figures,
    take,
    verified,
)
from tests.apps.ties.things import a_region
from tests.people import a_person, a_post

pytestmark = pytest.mark.django_db


def at_work(person: User | None) -> Client:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    return browser


def verifying(person: User, lead: Lead, finding: str = "holds") -> Any:
    shown = proofs_of(lead).figures
    values = {
        "version": lead.version,
        "about": shown.pk if shown else "",
        "on": str(timezone.localdate()),
        "finding": finding,
        "method_en": "Read the contract.",
    }
    return at_work(person).post(f"{lead.get_absolute_url()}verify/", values)


def a_gift(person: User, lead: Lead, on: date, way: str = Gift.Way.RECEIVED) -> Gift:
    return Gift.objects.create(
        owner_code="ID-NT", way=way, on=on, company=lead.company, person=person,
        what=Text(en="A vase"),
    )  # fmt: skip


def an_interest(person: User, lead: Lead, until: date | None = None) -> Interest:
    return Interest.objects.create(
        person=person, company=lead.company, what=Text(en="Shares"), since=days_ago(400),
        until=until,
    )  # fmt: skip


def confirming(person: User, interest: Interest, **changed: Any) -> Any:
    """Confirm, as this person, that an interest has ended."""
    given = {"version": Interest.objects.get().version, **changed}
    return at_work(person).post(f"/investment/interests/{interest.pk}/ended/", given)


def as_owner(person: User, lead: Lead) -> None:
    Holding.objects.create(post=lead.owner, person=person, since=days_ago(30))


def as_former_owner(person: User, lead: Lead) -> None:
    Holding.objects.create(
        post=lead.owner, person=person, since=days_ago(30), until=timezone.localdate()
    )


def as_who_asked(person: User, lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(verify_asked_by=person)


def as_who_talked(person: User, lead: Lead) -> None:
    a_contact(lead, by=person)


def as_shareholder(person: User, lead: Lead) -> None:
    an_interest(person, lead)


def as_who_ended_his_interest_himself(person: User, lead: Lead) -> None:
    an_interest(person, lead, until=days_ago(1))


def as_who_will_have_an_interest(person: User, lead: Lead) -> None:
    interest = an_interest(person, lead)
    Interest.objects.filter(pk=interest.pk).update(since=days_ago(-30))


def as_who_got_a_gift(person: User, lead: Lead) -> None:
    a_gift(person, lead, days_ago(365))


@pytest.mark.parametrize(
    ("close", "said"),
    [
        (as_owner, "You hold or held the post"),
        (as_former_owner, "You hold or held the post"),
        (as_who_asked, "You asked for the verification yourself"),
        (as_who_talked, "You talked with the company"),
        (as_shareholder, "You declared an interest"),
        (as_who_will_have_an_interest, "You declared an interest"),
        (as_who_ended_his_interest_himself, "nobody else has confirmed that it ended"),
        (as_who_got_a_gift, "You received a gift"),
    ],
)
def test_who_had_a_part_in_it_or_is_close_to_the_company_does_not_verify(
    close: Callable[[User, Lead], None], said: str, english: None
) -> None:
    head = a_person(Role.HEAD)
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    close(head, lead)
    lead.refresh_from_db()

    response = verifying(head, lead)

    assert response.status_code == 422
    assert said in response.text
    assert said in at_work(head).get(lead.get_absolute_url()).text
    assert not Verification.objects.exists()


def test_who_holds_two_posts_does_not_verify_what_he_wrote_down_under_the_other(
    english: None,
) -> None:
    head, lead = a_person(Role.HEAD), a_lead_of(a_seat())
    Holding.objects.create(post=a_seat(), person=head, since=days_ago(30))
    given = {"firmness": "committed", "on": str(timezone.localdate()), "new_jobs": "12"}
    proof = SimpleUploadedFile("contract.pdf", PDF)
    at_work(head).post(f"{lead.get_absolute_url()}figures/new/", {**given, "attached": proof})
    take(lead, Stage.VERIFYING, by=a_person(Role.DESK))

    response = verifying(head, lead)

    assert response.status_code == 422
    assert "You worked on this lead yourself" in response.text


def test_an_owner_who_gave_the_lead_away_does_not_verify_it(english: None) -> None:
    head = a_person(Role.HEAD)
    lead = a_lead_of(head.current_holdings[0].post, Stage.VERIFYING)
    old, lead.owner = lead.owner, a_seat()
    change_lead(
        lead, seen=lead.version, fields=["owner"], old={"owner": old}, by=a_person(Role.DESK)
    )

    response = verifying(head, lead)

    assert response.status_code == 422
    assert "You hold or held the post" in response.text


def test_an_interest_that_ends_before_it_began_is_refused_and_kept_as_typed(english: None) -> None:
    given = {"what_en": "Shares", "since": "2025-05-05", "until": "2025-01-01"}
    given["company"] = str(a_company().pk)

    response = at_work(a_person(Role.HEAD)).post("/investment/interests/new/", given)

    assert response.status_code == 422
    assert "It cannot end before it began." in response.text
    assert not Interest.objects.exists()


def long_ago(person: User, lead: Lead) -> None:
    a_gift(person, lead, days_ago(366))


def refused(person: User, lead: Lead) -> None:
    a_gift(person, lead, days_ago(3), Gift.Way.REFUSED)


def over(person: User, lead: Lead) -> None:
    interest = an_interest(person, lead, until=days_ago(1))
    assert confirming(a_person(Role.HEAD), interest).status_code == 302


def nothing(person: User, lead: Lead) -> None:
    pass


@pytest.mark.parametrize("past", [nothing, long_ago, refused, over])
def test_who_had_no_part_in_it_verifies(past: Callable[[User, Lead], None]) -> None:
    head = a_person(Role.HEAD)
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    past(head, lead)

    assert verifying(head, lead).status_code == 302
    assert Verification.objects.get().about == lead.yields.get()


def test_a_finding_is_kept_of_no_other_figures_than_those_that_were_shown(english: None) -> None:
    head, lead = at_work(a_person(Role.HEAD)), a_lead_of(a_seat(), Stage.VERIFYING)
    path = f"{lead.get_absolute_url()}verify/"
    form = head.get(path).context["form"]
    said = {"on": str(timezone.localdate()), "finding": "holds", "method_en": "Read it."}
    asked = {name: form[name].value() for name in ("version", "about")}
    newer = figures(lead, money="90000000")

    response = head.post(path, {**asked, **said})

    assert response.status_code == 422
    assert "Other figures count now" in response.text
    assert "90,000,000" in response.text
    assert not Verification.objects.exists()
    shown = response.context["form"]
    head.post(path, {**said, **{name: shown[name].value() for name in ("version", "about")}})
    assert Verification.objects.get().about == newer


def test_the_ministry_verifies_for_the_regions_below_it_and_a_head_for_his_own() -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)

    assert verifying(a_person(Role.HEAD, "ID-BA"), lead).status_code == 404
    assert verifying(a_person(Role.DESK), lead).status_code == 403
    assert verifying(a_person(Role.MINISTRY, "ID"), lead).status_code == 302


def test_only_what_is_to_be_verified_is_verified() -> None:
    lead = a_lead_of(a_seat(), Stage.ACTIVE)

    assert verifying(a_person(Role.HEAD), lead).status_code == 422


@pytest.mark.parametrize(
    "close", [as_shareholder, as_who_ended_his_interest_himself, as_who_got_a_gift]
)
def test_who_is_close_to_the_company_neither_wins_nor_ends_its_leads(
    close: Callable[[User, Lead], None], english: None
) -> None:
    desk = a_person(Role.DESK)
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    verified(lead)
    confirmed(lead)
    close(desk, lead)
    path = lead.get_absolute_url()

    won = at_work(desk).post(f"{path}stage/", {"stage": "won", "version": lead.version})
    ended = at_work(desk).post(
        f"{path}end/",
        {
            "ending": "abandoned",
            "on": str(timezone.localdate()),
            "reason": "Silent",
            "version": lead.version,
        },
    )

    lead.refresh_from_db()
    assert (won.status_code, ended.status_code) == (422, 422)
    assert "somebody else has to decide" in won.text
    assert (lead.stage, lead.ending) == (Stage.VERIFYING, "")


def test_one_declares_for_oneself_and_changes_only_that(english: None) -> None:
    desk, other = a_person(Role.DESK), a_person(Role.AGENCY)
    company = a_company("Salt Works")
    values = {"company": company.pk, "what_en": "A cousin works there", "since": "1/1/2025"}

    done = at_work(desk).post("/investment/interests/new/", {**values, "person": other.pk})

    interest = Interest.objects.get()
    path = f"/investment/interests/{interest.pk}/change/"
    given = {**values, "until": "1/1/2026", "version": 1}
    assert (done.status_code, interest.person) == (302, desk)
    assert at_work(other).post(path, given).status_code == 403
    assert at_work(desk).post(path, {**given, "until": "1/1/2024"}).status_code == 422
    assert at_work(desk).post(path, given).status_code == 302
    assert (
        "A cousin works there" in at_work(a_person(Role.AUDITOR)).get("/investment/interests/").text
    )


def test_the_end_of_an_interest_is_confirmed_by_somebody_else_who_verifies(english: None) -> None:
    declared_by, head = a_person(Role.HEAD), a_person(Role.HEAD, name="Ibu Ratna")
    interest = an_interest(declared_by, a_lead(), until=days_ago(1))
    path = "/investment/interests/"

    assert f"{path}{interest.pk}/ended/" not in at_work(declared_by).get(path).text
    assert confirming(declared_by, interest).status_code == 403
    assert confirming(a_person(Role.DESK), interest).status_code == 403
    assert confirming(a_person(Role.HEAD, "ID-BA"), interest).status_code == 404
    shown = at_work(head).get(f"{path}{interest.pk}/ended/")
    assert "Shares" in shown.text
    done, again = confirming(head, interest), confirming(head, interest)

    assert (done.status_code, again.status_code) == (302, 409)
    assert "end confirmed by Ibu Ratna" in at_work(head).get(path).text


def test_who_is_close_to_the_company_himself_confirms_no_end(english: None) -> None:
    head, lead = a_person(Role.HEAD), a_lead()
    interest = an_interest(a_person(Role.DESK), lead, until=days_ago(1))
    a_gift(head, lead, days_ago(3))

    response = confirming(head, interest)

    assert response.status_code == 422
    assert "You received a gift" in response.text


@pytest.mark.parametrize("until", [None, 0])
def test_the_end_of_an_interest_that_lasts_is_not_confirmed(
    until: int | None, english: None
) -> None:
    day = None if until is None else days_ago(until)
    interest = an_interest(a_person(Role.DESK), a_lead(), until=day)

    response = confirming(a_person(Role.HEAD), interest)

    assert response.status_code == 422
    assert "This interest has not ended." in response.text


def test_an_end_that_is_changed_after_it_was_confirmed_is_to_be_confirmed_anew() -> None:
    desk, lead = a_person(Role.DESK), a_lead()
    interest = an_interest(desk, lead, until=days_ago(9))
    confirming(a_person(Role.HEAD), interest)
    today = timezone.localdate()
    assert integrity.closeness(desk, lead.company, today) == []
    other = a_company("Another")
    given = {"what_en": "Shares", "since": "1/1/2025", "until": str(days_ago(3)), "version": 2}

    at_work(desk).post(
        f"/investment/interests/{interest.pk}/change/", {**given, "company": other.pk}
    )

    interest.refresh_from_db()
    assert interest.company == lead.company
    assert integrity.closeness(desk, lead.company, today) == [integrity.END_NOT_SEEN]


def test_who_verifies_sees_which_interests_people_declared_in_the_company(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    head = at_work(a_person(Role.HEAD))
    path = f"{lead.get_absolute_url()}verify/"
    assert "Nobody declared an interest." in head.get(path).text
    an_interest(a_person(Role.DESK, name="Pak Yosef"), lead)

    shown = head.get(path).text

    assert "Pak Yosef: Shares" in " ".join(shown.split())


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PARTNER])
@pytest.mark.parametrize("path", ["interests/new/", "gifts/new/"])
def test_who_does_not_work_on_investment_enters_nothing(role: Role, path: str) -> None:
    person = a_person(role, "CN-JX" if role == Role.PARTNER else "ID-NT")

    assert at_work(person).post(f"/investment/{path}", {}).status_code == 403


def test_a_gift_is_entered_and_what_became_of_it_added(english: None) -> None:
    desk = a_person(Role.DESK)
    values = {
        "way": "received",
        "on": "17/11/2025",
        "what_en": "A vase",
        "other_party": "A guest",
        "person": desk.pk,
        "value": "Rp 1.500.000",
        "currency": "",
    }

    done = at_work(desk).post("/investment/gifts/new/", values)

    gift = Gift.objects.get()
    assert done.status_code == 302
    assert (gift.value, gift.currency, gift.owner_code) == (1500000, "IDR", "ID-NT")
    path = f"/investment/gifts/{gift.pk}/change/"
    given = {**values, "became_en": "In the show-case of the bureau", "version": 1}
    first = at_work(desk).post(path, given)
    second = at_work(desk).post(path, {**given, "became_en": "Sold"})
    assert (first.status_code, second.status_code) == (302, 409)
    seen = at_work(a_person(Role.AUDITOR)).get("/investment/gifts/").text
    assert "In the show-case of the bureau" in seen
    assert "IDR 1,500,000" in seen
    assert "A vase" not in at_work(a_person(Role.DESK, "ID-BA")).get("/investment/gifts/").text


COMPANIES, GIFTS = "/investment/companies/new/", "/investment/gifts/new/"
A_COMPANY = {"name_en": "Salt Works", "country": "CN"}
A_GIFT = {"way": "refused", "on": "17/11/2025", "what_en": "A vase", "other_party": "A guest"}


@pytest.mark.parametrize(
    ("path", "given", "model"), [(COMPANIES, A_COMPANY, Company), (GIFTS, A_GIFT, Gift)]
)
def test_who_writes_for_several_regions_says_for_which_one(
    path: str, given: dict[str, str], model: Any, english: None
) -> None:
    desk = a_person(Role.DESK)
    for code in ("ID-NT", "ID-BA"):
        a_region(code)
    Holding.objects.create(post=a_post(Role.DESK, "ID-BA"), person=desk, since=days_ago(30))
    browser = at_work(desk)

    asked = browser.get(path)
    unasked = browser.post(path, given)
    done = browser.post(f"{path}?home=ID-NT", given)

    assert asked.text.count("<option") == 3
    assert "For which one is this?" in unasked.text
    assert (done.status_code, model.objects.get().owner_code) == (302, "ID-NT")
    assert "For which one is this?" not in at_work(a_person(Role.DESK)).get(path).text


@pytest.mark.parametrize(
    "path", [COMPANIES, GIFTS, "/investment/leads/new/", "/investment/offers/new/"]
)
def test_nobody_writes_for_a_region_that_is_not_his(path: str) -> None:
    assert at_work(a_person(Role.DESK)).post(f"{path}?home=ID-BA", {}).status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"other_party": ""}, "Say from or to whom"),
        ({"person": ""}, "Say who received it"),
        ({"on": "1/1/2999"}, "not here yet"),
        ({"value": "5", "currency": ""}, "Say in which currency"),
    ],
)
def test_half_an_entry_in_the_register_of_gifts_is_refused(
    english: None, given: dict[str, str], said: str
) -> None:
    desk = a_person(Role.DESK)
    values: dict[str, Any] = {
        "way": "received",
        "on": "17/11/2025",
        "what_en": "A vase",
        "other_party": "A guest",
        "person": desk.pk,
        **given,
    }

    response = at_work(desk).post("/investment/gifts/new/", values)

    assert response.status_code == 422
    assert said in response.text


def test_a_gift_bars_for_as_long_as_the_rule_says() -> None:
    head = a_person(Role.HEAD)
    lead = a_lead()
    gift = a_gift(head, lead, date(2026, 1, 31))
    last = gift.on + timedelta(days=365)

    assert integrity.closeness(head, lead.company, last) == [integrity.GIFT]
    assert integrity.closeness(head, lead.company, last + timedelta(days=1)) == []

"""A lead from the first call to the win, and what it needs on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.inheritance import inherited_with
from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.investment import stages
from kembar.apps.investment.models import Company, Ending, Lead, Stage, Yield
from kembar.apps.kit.text import Text
from tests.apps.investment.things import (
    PDF,
    a_company,
    a_contact,
    a_lead,
    a_lead_of,
    a_link,
    a_seat,
    confirmed,
    days_ago,
    figures,
    verified,
)
from tests.apps.ties.things import a_region, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


def at_work(person: User | None) -> Client:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    return browser


def page(person: User | None, path: str, status: int = 200, **asked: Any) -> str:
    response = at_work(person).get(path, asked)
    assert response.status_code == status
    return response.text


# Who reads, who writes


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.DESK, "ID-NT", 200),
        (Role.AGENCY, "ID-NT", 200),
        (Role.HEAD, "ID-NT", 200),
        (Role.AUDITOR, "ID-NT", 200),
        (Role.MINISTRY, "ID", 200),
        (Role.DESK, "ID-BA", 404),
        (Role.PARTNER, "CN-JX", 404),
        (None, "", 404),
    ],
)
def test_only_its_own_region_learns_of_a_lead_and_its_company(
    role: Role | None, region: str, status: int
) -> None:
    lead = a_lead(tie=a_tie(audience="published"))
    person = a_person(role, region) if role else None

    for path in (lead.get_absolute_url(), lead.company.get_absolute_url()):
        assert at_work(person).get(path).status_code == status


@pytest.mark.parametrize(
    "path",
    ["change/", "contacts/new/", "end/", "figures/new/", "investor/", "back/", "again/"],
)
def test_an_auditor_reads_a_lead_and_writes_nothing_on_it(path: str) -> None:
    lead = a_lead()

    response = at_work(a_person(Role.AUDITOR)).post(f"{lead.get_absolute_url()}{path}")

    assert response.status_code == 403
    assert (
        at_work(a_person(Role.DESK, "ID-BA")).get(f"{lead.get_absolute_url()}{path}").status_code
        == 404
    )


def test_the_search_finds_leads_and_companies_for_their_own_region_only(english: None) -> None:
    a_lead(a_company("Jiangxi Brine Works"))

    own = page(a_person(Role.DESK), "/search/", q="brine")
    others = [
        page(a_person(Role.DESK, "ID-BA"), "/search/", q="brine"),
        page(a_person(Role.PARTNER, "CN-JX"), "/search/", q="brine"),
        page(None, "/search/", q="brine"),
    ]

    assert own.count("Jiangxi Brine Works") >= 2
    assert all("Brine Works" not in text for text in others)


# Opening


def test_a_lead_and_its_company_are_opened_in_one_form() -> None:
    desk = a_person(Role.DESK)
    a_region()

    response = at_work(desk).post(
        "/investment/leads/new/",
        {
            "new_name_zh": "江西盐业",
            "new_country": "cn",
            "title_en": "A refinery",
            "way": "visit",
            "opened_on": "17/11/2025",
        },
    )

    lead = Lead.objects.get()
    assert response.status_code == 302
    assert (lead.company.name, lead.company.country) == ({"zh": "江西盐业"}, "CN")
    assert (lead.stage, str(lead.quiet_since)) == (Stage.PROSPECT, "2025-11-17")
    assert [each.action for each in Entry.objects.order_by("pk")][-2:] == [
        "investment.company_added",
        "investment.lead_opened",
    ]


@pytest.mark.parametrize("given", [{}, {"new_name_en": "One"}, {"new_country": "CHN"}])
def test_a_lead_without_a_company_is_not_opened(given: dict[str, str]) -> None:
    a_region()
    values = {"title_en": "A refinery", "way": "visit", "opened_on": "17/11/2025", **given}

    response = at_work(a_person(Role.DESK)).post("/investment/leads/new/", values)

    assert response.status_code == 422
    assert "A refinery" in response.text
    assert not Lead.objects.exists()
    assert not Company.objects.exists()


def test_a_lead_keeps_to_the_companies_of_its_region() -> None:
    foreign = a_company(of="ID-BA")
    lead = a_lead()
    values = {
        "company": foreign.pk,
        "title_en": "A",
        "way": "visit",
        "version": 1,
    }

    response = at_work(a_person(Role.DESK)).post(f"{lead.get_absolute_url()}change/", values)

    assert response.status_code == 422


def test_a_registration_number_stands_in_the_list_once() -> None:
    a_company(registration="91360000X")
    values = {"name_en": "Twin", "country": "CN", "registration": "91360000X"}

    response = at_work(a_person(Role.DESK)).post("/investment/companies/new/", values)

    assert response.status_code == 422
    assert "is here already" in response.text


def test_a_company_is_shown_to_exist_by_a_paper(english: None) -> None:
    company = a_company()
    values = {
        "name_en": "Salt",
        "country": "CN",
        "registration": "9136",
        "version": 1,
        "attached": SimpleUploadedFile("licence.pdf", PDF),
    }

    response = at_work(a_person(Role.DESK)).post(f"{company.get_absolute_url()}change/", values)

    company.refresh_from_db()
    assert response.status_code == 302
    assert company.is_proved
    browser = at_work(a_person(Role.AUDITOR))
    assert browser.get(f"{company.get_absolute_url()}proof/").status_code == 200


# Stages


def moving(person: User, lead: Lead, stage: str, **given: Any) -> Any:
    values = {"stage": stage, "version": lead.version, **given}
    return at_work(person).post(f"{lead.get_absolute_url()}stage/", values)


def test_the_page_says_what_the_next_stage_still_needs(english: None) -> None:
    lead = a_lead()

    seen = page(a_person(Role.DESK), lead.get_absolute_url())

    assert "To the stage “Assigned”" in seen
    assert "Owner post</a>" in seen
    assert "Sector</a>" in seen
    assert "likelihood</a>" not in seen.lower()


def test_a_stage_is_refused_with_everything_that_is_missing(english: None) -> None:
    lead = a_lead()

    response = moving(a_person(Role.DESK), lead, "active")

    lead.refresh_from_db()
    assert (response.status_code, lead.stage) == (422, Stage.PROSPECT)
    for thing in ("owner post", "sector", "likelihood", "a contact with the company"):
        assert f"Before the stage “In talks” this is missing: {thing}." in response.text


def test_a_lead_goes_on_when_nothing_is_missing(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.PROSPECT)

    response = moving(a_person(Role.DESK), lead, "assigned")

    lead.refresh_from_db()
    assert (response.status_code, lead.stage) == (302, Stage.ASSIGNED)
    assert Entry.objects.filter(action="investment.stage_moved").exists()


def test_a_lead_goes_back_with_a_reason_only(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.ACTIVE)
    desk = a_person(Role.DESK)

    refused = moving(desk, lead, "prospect")
    done = moving(desk, lead, "prospect", reason="They fell silent.")

    lead.refresh_from_db()
    assert (refused.status_code, done.status_code) == (422, 302)
    assert lead.stage == Stage.PROSPECT
    assert "They fell silent." in page(desk, lead.get_absolute_url())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[required]\nowners = "active"', 'a lead has no "owners"'),
        ('[required]\nowner = "later"', 'names the stage "later"'),
    ],
)
def test_a_slip_in_the_table_of_stages_is_named(text: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        stages.read(text)


def test_every_stage_asks_for_something_and_keeps_what_came_before() -> None:
    assert set(stages.required().values()) == set(Stage)


# A win


def test_a_win_without_proof_is_refused_and_says_what_is_missing(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.ACTIVE)
    figures(lead, proof=False)

    response = moving(a_person(Role.DESK), lead, "won")

    lead.refresh_from_db()
    assert (response.status_code, lead.stage) == (422, Stage.ACTIVE)
    for thing in (
        "money or jobs, committed or realised, with proof",
        "the verification of these figures",
        "confirmation of these figures",
    ):
        assert thing in response.text


def test_what_is_only_promised_is_no_win() -> None:
    lead = a_lead_of(a_seat(), Stage.ACTIVE)
    figures(lead, Yield.Firmness.PROMISED)

    assert moving(a_person(Role.DESK), lead, "verifying").status_code == 422


@pytest.mark.parametrize("lacks", ["verification", "confirmation"])
def test_a_win_needs_the_verification_and_the_investor(lacks: str) -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    if lacks == "verification":
        verified(lead, "holds_not")
        confirmed(lead)
    else:
        verified(lead)
        confirmed(lead, agrees=False)

    assert moving(a_person(Role.DESK), lead, "won").status_code == 422


def test_a_lead_is_won_with_proof_verification_and_confirmation(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    verified(lead)
    confirmed(lead)

    response = moving(a_person(Role.DESK), lead, "won")

    lead.refresh_from_db()
    assert (response.status_code, lead.stage) == (302, Stage.WON)
    assert Entry.objects.filter(action="investment.lead_won").count() == 1


def test_a_verification_speaks_of_the_figures_that_were_looked_at() -> None:
    """Figures that replace them are to be verified and confirmed anew."""
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    verified(lead)
    confirmed(lead)
    figures(lead, Yield.Firmness.REALISED, money="90000000")

    assert moving(a_person(Role.DESK), lead, "won").status_code == 422


def test_figures_of_a_win_are_not_withdrawn(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.WON)
    record = lead.yields.get()
    path = f"/investment/figures/{record.pk}/withdraw/"

    response = at_work(a_person(Role.DESK)).post(path, {"reason": "Wrong", "version": 1})

    record.refresh_from_db()
    assert response.status_code == 422
    assert not record.withdrawn


def test_amounts_are_read_in_three_styles_and_unknown_is_not_nought(english: None) -> None:
    desk = a_person(Role.DESK)
    values = {"firmness": "promised", "on": "17/11/2025", "currency": "RMB"}
    leads = [a_lead() for _ in range(3)]

    for lead, typed in zip(leads, ("1.234.567,5", "1,234,567.50", "1 234 567,50"), strict=True):
        at_work(desk).post(f"{lead.get_absolute_url()}figures/new/", {**values, "money": typed})

    assert {str(each.money) for each in Yield.objects.all()} == {"1234567.500"}
    assert "new: cannot say" in page(desk, leads[0].get_absolute_url())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"money": "5 juta", "currency": "doubloons"}, "is no currency"),
        ({"money": "5 juta"}, "Say in which currency the amount is."),
        ({}, "Fill in money or jobs."),
        ({"new_jobs": "5", "wage_low": "Rp 3 juta", "wage_high": "2 juta"}, "lower wage"),
        ({"new_jobs": "5", "on": "1/1/2999"}, "not here yet"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    english: None, given: dict[str, str], said: str
) -> None:
    lead = a_lead()
    values = {"firmness": "promised", "on": "17/11/2025", **given}

    response = at_work(a_person(Role.DESK)).post(f"{lead.get_absolute_url()}figures/new/", values)

    assert response.status_code == 422
    assert said in response.text
    assert not Yield.objects.exists()


# Endings


def ending(person: User, lead: Lead, **given: Any) -> Any:
    values = {
        "version": lead.version,
        "on": str(timezone.localdate()),
        "reason": "Cheaper land elsewhere",
        **given,
    }
    return at_work(person).post(f"{lead.get_absolute_url()}end/", values)


def test_a_lost_lead_says_to_which_place(english: None) -> None:
    lead = a_lead()
    desk = a_person(Role.DESK)

    refused = ending(desk, lead, ending="lost")
    done = ending(desk, lead, ending="lost", lost_to="West Nusa Tenggara")

    lead.refresh_from_db()
    assert (refused.status_code, done.status_code) == (422, 302)
    assert (lead.ending, lead.lost_to) == (Ending.LOST, "West Nusa Tenggara")
    assert "West Nusa Tenggara (1)" in page(desk, "/investment/leads/")


def test_a_delayed_lead_is_taken_up_again_where_it_was(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.ACTIVE)
    desk = a_person(Role.DESK)

    no_day = ending(desk, lead, ending="delayed")
    done = ending(desk, lead, ending="delayed", again_on="1/1/2999")
    lead.refresh_from_db()
    again = at_work(desk).post(
        f"{lead.get_absolute_url()}again/", {"version": lead.version, "reason": "They are back."}
    )

    lead.refresh_from_db()
    assert [no_day.status_code, done.status_code, again.status_code] == [422, 302, 302]
    assert (lead.ending, lead.stage) == ("", Stage.ACTIVE)
    assert [move.new for move in lead.moves.order_by("pk")][-2:] == ["delayed", "active"]


def test_a_lead_that_has_ended_does_not_move() -> None:
    lead = a_lead_of(a_seat(), Stage.PROSPECT)
    desk = a_person(Role.DESK)
    ending(desk, lead, ending="abandoned")
    lead.refresh_from_db()

    assert moving(desk, lead, "assigned").status_code == 422


def test_who_ends_it_second_is_told_what_the_first_did(english: None) -> None:
    lead = a_lead()
    seen = lead.version
    ending(a_person(Role.DESK, name="Ani"), lead, ending="lost", lost_to="Bali")
    lead.version = seen

    response = ending(a_person(Role.DESK), lead, ending="abandoned", reason="Silent for a year")

    assert response.status_code == 409
    assert "Ani" in response.text
    assert "Cheaper land elsewhere" in response.text
    assert "Silent for a year" in response.text
    assert Lead.objects.get().lost_to == "Bali"


# Quiet ones


def test_a_lead_without_contact_for_thirty_days_is_quiet(english: None) -> None:
    desk = a_person(Role.DESK)
    quiet = a_lead(a_company("Silent Works"), opened_on=days_ago(30))
    a_lead(a_company("Lively Works"), opened_on=days_ago(29))
    called = a_lead(a_company("Called Works"), opened_on=days_ago(90))
    a_contact(called, days_ago(3))

    seen = page(desk, "/investment/leads/", shown="quiet")

    assert "Silent Works" in seen
    assert "quiet for 30 days" in page(desk, quiet.get_absolute_url())
    assert "Lively Works" not in seen
    assert "Called Works" not in seen


def test_an_office_sets_after_how_many_days_a_lead_is_quiet(settings: Any, english: None) -> None:
    settings.LEAD_QUIET_DAYS = 7
    a_lead(a_company("Silent Works"), opened_on=days_ago(8))

    assert "Silent Works" in page(a_person(Role.DESK), "/investment/leads/", shown="quiet")


def test_an_older_contact_does_not_make_the_last_one_older() -> None:
    lead = a_lead(opened_on=days_ago(90))
    a_contact(lead, days_ago(3))
    a_contact(lead, days_ago(30))

    lead.refresh_from_db()
    assert lead.last_contact == lead.quiet_since == days_ago(3)


# Lists


def test_leads_are_filtered_by_stage_sector_name_and_post(english: None) -> None:
    desk = a_person(Role.DESK)
    mine = a_lead_of(desk.current_holdings[0].post, Stage.ACTIVE)
    a_lead(a_company("Solar Works"), sector="energy")

    def found(**asked: str) -> set[str]:
        text = page(desk, "/investment/leads/", **asked)
        names = (str(mine.company.name), "Solar Works")
        return {name for name in names if name in text}

    assert found() == {str(mine.company.name), "Solar Works"}
    assert found(shown="active") == found(sector="salt") == found(mine="1")
    assert found(sector="salt") == {str(mine.company.name)}
    assert found(q="solar w") == {"Solar Works"}
    assert found(shown="lost") == set()


def test_a_list_asks_the_same_number_of_questions_for_one_lead_and_for_many(
    count_queries: Callable[[], Any],
) -> None:
    browser = at_work(a_person(Role.DESK))
    tie = a_tie()
    paths = ["/investment/leads/", "/investment/companies/", f"/investment/ties/{tie.pk}/"]

    def asked() -> list[int]:
        counts = []
        for path in paths:
            with count_queries() as queries:
                assert browser.get(path).status_code == 200
            counts.append(len(queries))
        return counts

    a_lead(tie=tie)
    asked()
    one = asked()
    for _ in range(12):
        figures(a_lead(tie=tie))

    assert asked() == one


def test_a_tie_shows_its_leads_to_its_own_region_only(english: None) -> None:
    tie = a_tie(audience="published")
    lead = a_lead(a_company("Silent Works"), tie=tie)

    own = page(a_person(Role.DESK), f"/investment/ties/{tie.pk}/")
    others = page(None, f"/investment/ties/{tie.pk}/")

    assert str(lead.company) in own
    assert "Silent Works" not in others
    assert "Investment" in others


def test_a_successor_takes_over_the_leads_of_a_post(english: None) -> None:
    post = a_seat()
    desk = a_person(Role.DESK)
    Holding.objects.create(post=post, person=desk)
    lead = a_lead_of(post, Stage.ACTIVE)

    told = [each for each in inherited_with(post, desk) if each.path == lead.get_absolute_url()]
    to_others = inherited_with(post, a_person(Role.DESK, "ID-BA"))

    assert [each.detail for each in told] == ["Send the map"]
    assert str(lead.company) not in " ".join(each.label for each in to_others)


def test_the_history_of_a_lead_is_read_in_words(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.WON)

    seen = page(a_person(Role.AUDITOR), f"{lead.get_absolute_url()}history/")

    assert "closed the lead" in seen
    assert "changed stage from “Win to be verified” to “Won”" in seen
    assert "kept the investor" in seen


def test_a_lead_is_changed_by_one_of_two_and_the_other_sees_both(english: None) -> None:
    lead = a_lead()
    values = {"company": lead.company_id, "title_en": "Mine", "way": "asked", "version": 1}
    desk = a_person(Role.DESK)
    path = f"{lead.get_absolute_url()}change/"
    at_work(desk).post(path, {**values, "title_en": "First"})

    response = at_work(desk).post(path, values)

    assert response.status_code == 409
    assert "First" in response.text
    assert "Mine" in response.text


def test_a_link_is_shown_once(english: None) -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    browser = at_work(a_person(Role.DESK))

    browser.post(f"{lead.get_absolute_url()}investor/", {"language": "en"})
    first = browser.get(lead.get_absolute_url())
    second = browser.get(lead.get_absolute_url())

    assert "/investment/confirm/" in first.text
    assert "no-store" in first["Cache-Control"]
    assert "/investment/confirm/" not in second.text
    assert "A link is under way" in second.text
    assert a_link(lead) not in second.text


def test_a_link_is_not_lost_by_looking_at_another_lead_first() -> None:
    lead, browser = a_lead_of(a_seat(), Stage.VERIFYING), at_work(a_person(Role.DESK))
    browser.post(f"{lead.get_absolute_url()}investor/", {"language": "zh-hans"})
    browser.get(a_lead().get_absolute_url())

    assert "/investment/confirm/" in browser.get(lead.get_absolute_url()).text


def test_texts_of_a_lead_keep_their_languages() -> None:
    lead = a_lead(drivers=Text(zh="靠海的土地", en="Land by the sea"))

    assert Lead.objects.get(pk=lead.pk).drivers == {"zh": "靠海的土地", "en": "Land by the sea"}


def test_what_is_written_down_today_need_not_say_so() -> None:
    lead = a_lead()
    desk = at_work(a_person(Role.DESK))
    pages = ["new/", f"{lead.pk}/contacts/new/", f"{lead.pk}/figures/new/"]

    forms = [desk.get(f"/investment/leads/{each}").context["form"] for each in pages]

    days = [
        str(form[name].value()) for form, name in zip(forms, ("opened_on", "on", "on"), strict=True)
    ]
    assert days == [str(timezone.localdate())] * 3

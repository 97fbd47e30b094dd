"""Rulebooks as pages, limits with a source, another version for a running case, the sheet."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry as Deed
from kembar.apps.cases.actions import migrate_case
from kembar.apps.cases.models import BookChange, Case, LimitSetting
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Tie
from tests.apps.cases.test_books import without_exploration
from tests.apps.cases.things import a_case, tell, to_the_draft, to_the_letter
from tests.apps.ties.things import a_source, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db

LIMIT = "/cases/limits/ID/dprd_days/"


def at_work(person: User | None) -> Client:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    return browser


# Rulebooks


def test_everybody_reads_the_rulebooks(english: None) -> None:
    browser = at_work(None)

    listed = browser.get("/cases/rulebooks/").text
    book = browser.get("/cases/rulebooks/id-ksdpl/2026.1/").text

    assert "/cases/rulebooks/cn-youhao/2026.1/" in listed
    for words in ("Permendagri", "text seen", "unverified", "source needed", "R-11"):
        assert words in book


@pytest.mark.parametrize("language", ["id", "zh-hans", "en"])
@pytest.mark.parametrize(
    "code", ["id-ksdpl", "id-ksdpl-kabkota", "cn-youhao", "jp-shimai", "eu-twinning"]
)
def test_a_rulebook_is_read_in_every_language(code: str, language: str) -> None:
    browser = Client(headers={"accept-language": language})

    seen = browser.get(f"/cases/rulebooks/{code}/2026.1/")

    assert seen.status_code == 200
    assert 'class="fallback"' not in seen.text


def test_a_rulebook_that_nobody_knows_is_not_there() -> None:
    for path in ("id-ksdpl/1999.1", "nowhere/2026.1"):
        assert at_work(None).get(f"/cases/rulebooks/{path}/").status_code == 404


def test_what_a_case_pins_is_read_as_it_was_pinned() -> None:
    without_exploration()

    seen = at_work(None).get("/cases/rulebooks/id-ksdpl/2026.2/")

    assert seen.status_code == 200
    assert 'id="id-exploration"' not in seen.text
    assert 'id="id-initiative"' in seen.text


# Limits


def filled(source: Any, **given: Any) -> dict[str, Any]:
    return {"days": 30, "count": "working", "source": source.pk, "version": 1, **given}


def test_every_limit_without_a_source_is_listed_for_everybody(english: None) -> None:
    seen = at_work(None).get("/cases/limits/").text

    for key in ("dprd_days", "full_powers_days", "cn_cpaffc_days"):
        assert f'id="ID-{key}"' in seen or f'id="CN-{key}"' in seen
    assert "source needed" in seen
    assert "/cases/limits/ID/dprd_days/" not in seen


def test_a_ministry_fills_in_a_limit_with_its_source(english: None) -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))
    source = a_source(audience="published")

    response = browser.post(LIMIT, filled(source))

    assert response.status_code == 302
    setting = LimitSetting.objects.get()
    assert (setting.country, setting.key, setting.days) == ("ID", "dprd_days", 30)
    seen = browser.get("/cases/limits/").text
    assert "30 working days from when it is handed in" in seen
    assert source.get_absolute_url() in seen


def test_a_limit_counts_on_the_page_of_its_act(english: None) -> None:
    case = a_case(a_tie())
    source = a_source(audience="published")
    at_work(a_person(Role.MINISTRY, "ID")).post(LIMIT, filled(source))

    seen = at_work(a_person(Role.DESK)).get(f"/cases/{case.pk}/acts/id-dprd/").text

    assert "30 working days from when it is handed in" in seen


def test_a_limit_without_a_source_is_refused(english: None) -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))

    response = browser.post(LIMIT, {"days": 30, "count": "working", "version": 1})

    assert response.status_code == 422
    assert not LimitSetting.objects.exists()


@pytest.mark.parametrize("count", ["working", "calendar"])
def test_a_limit_of_thirty_years_breaks_no_page(english: None, count: str) -> None:
    ministry, source = a_person(Role.MINISTRY, "ID"), a_source(audience="published")
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:2])
    given = {"days": 11_000, "count": count, "source": source.pk}

    assert at_work(ministry).post("/cases/limits/ID/dprd_days/", given).status_code == 302

    for path in (f"/cases/{case.pk}/", f"/cases/{case.pk}/acts/id-dprd/", "/cases/waiting/"):
        assert at_work(ministry).get(path).status_code == 200


def test_a_limit_rests_on_no_source_of_one_region_alone() -> None:
    own = a_source()
    browser = at_work(a_person(Role.MINISTRY, "ID"))

    response = browser.post(LIMIT, filled(own))

    assert response.status_code == 422
    assert not LimitSetting.objects.exists()


def test_a_limit_keeps_its_history_and_can_be_taken_back(english: None) -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))
    source = a_source(audience="published")
    browser.post(LIMIT, filled(source))

    browser.post(LIMIT, filled(source, days=45))
    history = browser.get(LIMIT).text
    without_reason = browser.post(f"{LIMIT}back/", {"version": 2})
    taken_back = browser.post(f"{LIMIT}back/", {"version": 2, "text": "Superseded."})

    assert "30" in history
    assert "45" in history
    assert without_reason.status_code == 422
    assert taken_back.status_code == 302
    assert not LimitSetting.objects.exists()
    assert "source needed" in browser.get("/cases/limits/").text
    assert Deed.objects.latest("pk").action == "cases.limit_dropped"


def test_two_who_change_a_limit_at_once_are_told(english: None) -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))
    source = a_source(audience="published")
    browser.post(LIMIT, filled(source))
    browser.post(LIMIT, filled(source, days=45))

    late = browser.post(LIMIT, filled(source, days=60))
    back = browser.post(f"{LIMIT}back/", {"version": 1, "text": "Old page."})

    assert late.status_code == 409
    assert back.status_code == 302
    assert LimitSetting.objects.get().days == 45


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.MINISTRY, "ID", 200),
        (Role.ADMINISTRATOR, "", 200),
        (Role.ADMINISTRATOR, "ID", 200),
        (Role.ADMINISTRATOR, "ID-NT", 403),
        (Role.DESK, "ID-NT", 403),
        (Role.HEAD, "ID-NT", 403),
        (Role.AUDITOR, "ID-NT", 403),
        (Role.PARTNER, "CN-JX", 403),
    ],
)
def test_who_may_fill_in_a_limit(role: Role, region: str, status: int) -> None:
    browser = at_work(a_person(role, region))

    assert browser.get(LIMIT).status_code == status
    # Whoever looks after a country here looks after what its ties need of other countries' law.
    assert browser.get("/cases/limits/CN/cn_cpaffc_days/").status_code == status


def test_a_limit_that_no_rulebook_has_is_not_there() -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))

    assert browser.get("/cases/limits/ID/nothing/").status_code == 404
    assert browser.get("/cases/limits/FR/dprd_days/").status_code == 404


# Another version


def a_case_under_way() -> Case:
    case = a_case(a_tie())
    tell(case, *to_the_letter())
    return case


def test_a_desk_sees_first_what_another_version_would_do(english: None) -> None:
    case = a_case_under_way()
    other = without_exploration()

    seen = (
        at_work(a_person(Role.DESK)).get(f"/cases/{case.pk}/rulebook/", {"home": other.sha256}).text
    )

    assert "Nothing was changed yet" in seen
    assert "dropped" in seen
    assert "is gone" in seen
    assert "not there any more; its entries are kept" in seen
    case.refresh_from_db()
    assert case.home_book.version == "2026.1"
    assert not BookChange.objects.exists()


def test_a_case_goes_to_another_version_with_a_reason_and_back(english: None) -> None:
    case = a_case_under_way()
    other = without_exploration()
    browser = at_work(a_person(Role.DESK))
    path = f"/cases/{case.pk}/rulebook/"
    assert case.partner_book
    wish = {
        "home": other.sha256,
        "partner": case.partner_book.sha256,
        "version": case.version,
    }

    no_reason = browser.post(path, wish)
    gone = browser.post(path, {**wish, "text": "In force since May."})
    seen = browser.get(path).text
    change = BookChange.objects.get()
    case.refresh_from_db()
    home = case.home_book.version
    back = browser.post(
        f"/cases/rulebook-changes/{change.pk}/undo/", {"version": case.version, "text": "Too early"}
    )

    assert no_reason.status_code == 422
    assert gone.status_code == back.status_code == 302
    assert home == "2026.2"
    assert "Entries whose step this version does not have" in seen
    assert "In force since May." in seen
    case.refresh_from_db()
    assert case.home_book.version == "2026.1"
    assert case.entries.count() == 8
    undone = browser.get(path).text
    assert "Too early" in undone
    assert "Entries whose step this version does not have" not in undone


def test_entries_of_a_step_that_is_gone_stay_on_the_page_of_the_case(english: None) -> None:
    case = a_case_under_way()
    browser = at_work(a_person(Role.DESK))
    path, gone = f"/cases/{case.pk}/", "Entries whose step this version does not have"
    before = browser.get(path).text
    wish = {"home": without_exploration().sha256, "version": case.version, "text": "In force."}
    assert case.partner_book
    browser.post(f"{path}rulebook/", {**wish, "partner": case.partner_book.sha256})
    Case.objects.update(audience="published")
    Tie.objects.update(audience="published")

    own, public = browser.get(path).text, at_work(None).get(path).text

    assert gone not in before
    assert gone in own
    assert gone not in public


def test_an_entry_whose_step_is_gone_leads_to_its_case() -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())
    entry = case.entries.get(step="id-exploration")
    migrate_case(
        case,
        home=without_exploration(),
        partner=case.partner_book,
        reason=Text(en="A new law."),
        seen=case.version,
        by=None,
    )

    response = at_work(a_person(Role.DESK)).get(f"/cases/entries/{entry.pk}/", follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == [(f"/cases/{case.pk}/", 302)]


def test_a_change_on_an_old_page_is_told_and_changes_nothing(english: None) -> None:
    case = a_case_under_way()
    other = without_exploration()

    response = at_work(a_person(Role.DESK)).post(
        f"/cases/{case.pk}/rulebook/", {"home": other.sha256, "version": 1, "text": "New law"}
    )

    assert response.status_code == 409
    assert "New law" in response.text
    assert not BookChange.objects.exists()


def test_the_newest_version_is_said_to_be_that(english: None) -> None:
    case = a_case_under_way()

    seen = at_work(a_person(Role.DESK)).get(f"/cases/{case.pk}/rulebook/").text

    assert "newest versions" in seen
    assert "Change to these versions" not in seen


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.HEAD, "ID-NT", 403),
        (Role.AGENCY, "ID-NT", 403),
        (Role.MINISTRY, "ID", 403),
        (Role.PARTNER, "CN-JX", 403),
        (Role.DESK, "ID-BA", 404),
    ],
)
def test_only_its_desk_takes_a_case_to_another_version(
    role: Role, region: str, status: int
) -> None:
    case = a_case_under_way()

    response = at_work(a_person(role, region)).post(
        f"/cases/{case.pk}/rulebook/", {"version": case.version, "text": "x"}
    )

    assert response.status_code == status
    assert not BookChange.objects.exists()


# On paper


def test_the_sheet_holds_what_an_office_files(english: None) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:2])

    seen = at_work(a_person(Role.DESK)).get(f"/cases/{case.pk}/print/").text

    for words in ("<svg", "Next actions", "Gates", "Passed on purpose", "text seen", "R-11"):
        assert words in seen


def test_the_sheet_of_a_foreign_case_is_not_there() -> None:
    case = a_case(a_tie())

    assert at_work(a_person(Role.DESK, "ID-BA")).get(f"/cases/{case.pk}/print/").status_code == 404
    assert at_work(None).get(f"/cases/{case.pk}/print/").status_code == 404

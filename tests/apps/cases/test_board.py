"""The desk over many cases, on whom they wait, and what a reviewer says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.cases import actions
from kembar.apps.cases.models import Case
from kembar.apps.kit.text import Text
from tests.apps.cases.things import TODAY, a_case, tell, to_the_draft, to_the_letter, told
from tests.apps.ties.things import a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


def at_work(person: User | None) -> Client:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    return browser


def page(person: User | None, path: str = "/cases/", **asked: Any) -> str:
    response = at_work(person).get(path, asked)
    assert response.status_code == 200
    return response.text


def a_case_of(home: str, partner: str = "CN-JX", **fields: Any) -> Case:
    return a_case(a_tie(between=(home, partner)), **fields)


def to_the_council(case: Case) -> None:
    tell(case, *to_the_letter(), *to_the_draft()[:2])


# The desk


def test_a_desk_sees_the_cases_of_its_region_and_no_others(english: None) -> None:
    a_case_of("ID-NT")
    a_case_of("ID-BA")

    seen = page(a_person(Role.DESK))

    assert "East Nusa Tenggara" in seen
    assert "Bali" not in seen


def test_a_ministry_sees_all_regions_and_filters_by_one(english: None) -> None:
    a_case_of("ID-NT")
    a_case_of("ID-BA")
    ministry = a_person(Role.MINISTRY, "ID")

    both, one = page(ministry), page(ministry, region="ID-BA")

    assert both.count('scope="row"') == 2
    assert one.count('scope="row"') == 1
    assert "Bali</span> –" in one


@pytest.mark.parametrize("role", [Role.PARTNER, None])
def test_a_case_that_is_not_shared_is_not_on_the_board(role: Role | None) -> None:
    case = a_case_of("ID-NT")
    reader = a_person(role, "CN-JX") if role else None

    assert 'scope="row"' not in page(reader)
    assert 'scope="row"' not in page(reader, "/cases/waiting/")
    assert f"/cases/{case.pk}/" not in page(reader, "/cases/waiting/", on="id-ksdpl:id-dprd")


def test_a_shared_case_is_on_the_partners_board(english: None) -> None:
    tie = a_tie(audience="shared")
    a_case(tie, audience="shared")

    assert 'scope="row"' in page(a_person(Role.PARTNER, "CN-JX"))


def test_what_misses_most_comes_first(english: None) -> None:
    less = a_case_of("ID-NT")
    more = a_case_of("ID-BA")
    tell(less, *to_the_letter(), *to_the_draft()[:3])
    assert less.missing < more.missing

    seen = page(a_person(Role.MINISTRY, "ID"))

    assert seen.index("Bali</span> –") < seen.index("East Nusa Tenggara</span> –")


def test_cases_are_filtered_by_state_office_and_procedure(english: None) -> None:
    case = a_case_of("ID-NT")
    to_the_council(case)
    idle = a_case_of("ID-BA")
    ministry = a_person(Role.MINISTRY, "ID")

    def found(**asked: str) -> set[str]:
        text = page(ministry, **asked)
        return {
            name
            for name, each in (("waiting", case), ("idle", idle))
            if f'href="/cases/{each.pk}/"' in text
        }

    assert found(state="waiting") == {"waiting"}
    assert found(state="idle") == {"idle"}
    assert found(on="id-ksdpl:id-dprd") == {"waiting"}
    assert found(on="cn-youhao:id-dprd") == set()
    assert found(complete="yes") == set()
    assert found(complete="no") == {"waiting", "idle"}
    assert found(sub="travel") == set()
    assert found(state="signed") == set()
    actions.close_case(
        idle, closed="stopped", on=idle.opened_on, reason=Text(en="No"), seen=1, by=None
    )
    assert found(state="closed") == {"idle"}
    assert found() == {"waiting"}


def test_what_no_filter_knows_is_no_filter(english: None) -> None:
    a_case_of("ID-NT")

    seen = page(a_person(Role.DESK), state="'", complete="x", order="z", sub="y", page="-1")

    assert 'scope="row"' in seen


def test_a_ministry_finds_what_waits_on_its_own_office(english: None) -> None:
    mine, other = a_case_of("ID-NT"), a_case_of("ID-BA")
    tell(mine, *to_the_letter(), *to_the_draft()[:4])
    to_the_council(other)

    seen = page(a_person(Role.MINISTRY, "ID"), mine="1")

    assert f'href="/cases/{mine.pk}/"' in seen
    assert f'href="/cases/{other.pk}/"' not in seen


def test_the_board_asks_as_much_for_many_cases_as_for_few(
    count_queries: Callable[[], Any],
) -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))
    to_the_council(a_case_of("ID-NT"))
    browser.get("/cases/")

    with count_queries() as few:
        browser.get("/cases/")
    for home in ("ID-BA", "ID-JI", "ID-JB", "ID-YO"):
        to_the_council(a_case_of(home))
    with count_queries() as many:
        browser.get("/cases/")

    assert len(many) == len(few) <= 12


# On whom it waits


def test_days_are_counted_from_the_handing_in_to_today(english: None) -> None:
    case = a_case_of("ID-NT")
    to_the_council(case)
    since = case.waiting_since
    assert since is not None

    seen = page(a_person(Role.DESK), "/cases/waiting/")

    days = (timezone.localdate() - since).days
    assert f"{days} days" in seen
    assert "working days" in seen
    assert "12 February 2026" in seen


def test_an_office_of_many_regions_stands_once_and_leads_to_its_cases(english: None) -> None:
    for home in ("ID-NT", "ID-BA"):
        to_the_council(a_case_of(home))
    ministry = a_person(Role.MINISTRY, "ID")

    nation = page(ministry, "/cases/waiting/")
    one = page(ministry, "/cases/waiting/", region="ID-BA", on="id-ksdpl:id-dprd")

    assert "in 2 regions" in nation
    assert "Bali</span> –" in one
    assert "East Nusa Tenggara</span> –" not in one


def test_what_could_begin_and_has_not_is_shown_on_request(english: None) -> None:
    a_case_of("ID-NT")
    desk = a_person(Role.DESK)

    usual, asked = page(desk, "/cases/waiting/"), page(desk, "/cases/waiting/", idle="1")

    assert "idle=1" in usual
    assert "from the beginning" not in usual
    assert "from the beginning" in asked


def test_returns_are_counted_by_reason_for_those_who_read_the_log(english: None) -> None:
    tie = a_tie(audience="shared")
    case = a_case(tie, audience="shared")
    reviewer = a_person(Role.MINISTRY, "ID")
    tell(case, *to_the_letter(), *to_the_draft()[:4])
    back = told("returned", "id-verification", "2026-04-06", reason="incomplete")
    tell(case, back, by=reviewer)

    own = page(reviewer, "/cases/waiting/")
    partner = page(a_person(Role.PARTNER, "CN-JX"), "/cases/waiting/")

    assert "Papers are missing" in own
    assert "1 came back" in own
    assert "Papers are missing" not in partner


def test_what_came_back_waits_on_whoever_has_to_mend_it(english: None) -> None:
    case = a_case_of("ID-NT")
    reviewer = a_person(Role.MINISTRY, "ID")
    tell(case, *to_the_letter(), *to_the_draft()[:4])
    assert (case.waiting_on, str(case.waiting_since)) == ("home:id-home-ministry", "2026-03-16")
    back = told("returned", "id-verification", "2026-04-06", reason="incomplete")

    tell(case, back, by=reviewer)

    # The ministry's time ends with its answer; the governor's begins.
    assert (case.waiting_on, str(case.waiting_since)) == ("home:id-governor", "2026-04-06")
    assert page(reviewer, on="id-ksdpl:id-governor").count('scope="row"') == 1
    assert 'scope="row"' not in page(reviewer, on="id-ksdpl:id-home-ministry")
    assert 'scope="row"' not in page(reviewer, mine="1")
    assert page(reviewer, state="waiting").count('scope="row"') == 1
    assert 'scope="row"' not in page(reviewer, state="idle")
    assert "record/done" not in page(reviewer, f"/cases/{case.pk}/review/")


def test_what_came_back_is_found_without_what_could_begin(
    english: None, count_queries: Callable[[], Any]
) -> None:
    case = a_case_of("ID-NT")
    tell(case, *to_the_letter(), *to_the_draft()[:4])
    tell(case, told("returned", "id-verification", "2026-04-06", reason="incomplete"))
    browser = at_work(a_person(Role.MINISTRY, "ID"))

    with count_queries() as asked:
        seen = browser.get("/cases/waiting/", {"on": "id-ksdpl:id-governor"}).text

    assert f"/cases/{case.pk}/acts/id-verification/" in seen
    assert not [each for each in asked if '$."next"' in each["sql"]]


def test_the_waiting_of_one_tie_is_for_those_who_read_it(english: None) -> None:
    case = a_case_of("ID-NT")
    to_the_council(case)
    path = f"/cases/waiting/?tie={case.tie_id}"

    assert "What lies where" in page(a_person(Role.DESK), path)
    assert at_work(a_person(Role.DESK, "ID-BA")).get(path).status_code == 404
    assert at_work(None).get("/cases/waiting/?tie=999999").status_code == 404


def test_waiting_asks_as_much_for_many_cases_as_for_few(
    count_queries: Callable[[], Any],
) -> None:
    browser = at_work(a_person(Role.MINISTRY, "ID"))
    to_the_council(a_case_of("ID-NT"))
    browser.get("/cases/waiting/?on=id-ksdpl:id-dprd")

    with count_queries() as few:
        browser.get("/cases/waiting/?on=id-ksdpl:id-dprd")
    for home in ("ID-BA", "ID-JI"):
        to_the_council(a_case_of(home))
    with count_queries() as many:
        browser.get("/cases/waiting/?on=id-ksdpl:id-dprd")

    assert len(many) == len(few)


# Looking through


def test_a_reviewer_is_led_to_approve_or_ask_back(english: None) -> None:
    case = a_case_of("ID-NT")
    tell(case, *to_the_letter(), *to_the_draft()[:4], by=a_person(Role.DESK))

    seen = page(a_person(Role.MINISTRY, "ID"), f"/cases/{case.pk}/review/")

    assert f"/cases/{case.pk}/acts/id-verification/record/done/" in seen
    assert f"/cases/{case.pk}/acts/id-verification/record/returned/" in seen


def test_a_remark_of_the_ministry_stands_in_the_log(english: None) -> None:
    case = a_case_of("ID-NT")
    browser = at_work(a_person(Role.MINISTRY, "ID"))
    path = f"/cases/{case.pk}/review/"

    response = browser.post(path, {"text": "Where is the budget?", "version": case.version})

    assert response.status_code == 302
    entry = case.entries.get()
    assert (entry.kind, entry.step, str(entry.text)) == ("noted", "", "Where is the budget?")
    assert "Where is the budget?" in browser.get(path).text


def test_a_closed_case_takes_no_remark() -> None:
    ministry, desk = a_person(Role.MINISTRY, "ID"), a_person(Role.DESK)
    case = a_case(a_tie())
    actions.close_case(
        case, closed="stopped", on=TODAY, reason=Text(en="Over"), seen=case.version, by=desk
    )

    response = at_work(ministry).get(f"/cases/{case.pk}/review/")

    assert response.headers["Location"] == f"/cases/{case.pk}/"


def test_a_remark_on_an_old_page_is_kept_and_told(english: None) -> None:
    case = a_case_of("ID-NT")
    tell(case, told("asked", "id-exploration", "2026-01-20"))
    browser = at_work(a_person(Role.MINISTRY, "ID"))

    response = browser.post(f"/cases/{case.pk}/review/", {"text": "Why?", "version": 1})

    assert response.status_code == 409
    assert "Why?" in response.text
    assert f'value="{case.version}"' in response.text
    assert case.entries.count() == 1


@pytest.mark.parametrize("role", [Role.DESK, Role.AGENCY, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_does_not_review_does_not_remark(role: Role) -> None:
    case = a_case_of("ID-NT")

    response = at_work(a_person(role)).post(
        f"/cases/{case.pk}/review/", {"text": "x", "version": 1}
    )

    assert response.status_code == 403
    assert not case.entries.exists()


def test_a_head_of_another_region_does_not_learn_that_the_case_exists() -> None:
    case = a_case_of("ID-NT")

    response = at_work(a_person(Role.HEAD, "ID-BA")).get(f"/cases/{case.pk}/review/")

    assert response.status_code == 404

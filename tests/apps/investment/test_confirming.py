"""What an investor says by his private link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.investment import actions
from kembar.apps.investment.models import Confirmation, Lead, Stage
from tests.apps.investment.things import a_lead_of, a_link, a_seat
from tests.people import a_person

pytestmark = pytest.mark.django_db

ANSWER = {"agrees": "yes", "name": "Chen Yu, deputy manager", "helped": "4", "remark": ""}


def a_lead_to_confirm() -> Lead:
    return a_lead_of(a_seat(), Stage.VERIFYING)


def path_of(token: str) -> str:
    return f"/investment/confirm/{token}/"


def visitor(language: str = "en") -> Client:
    return Client(headers={"accept-language": language})


def test_an_investor_answers_without_an_account() -> None:
    lead = a_lead_to_confirm()
    path = path_of(a_link(lead))
    browser = visitor()

    shown = browser.get(path)
    done = browser.post(path, ANSWER)
    after = browser.get(path)

    answer = Confirmation.objects.get()
    assert str(lead.company) in shown.text
    assert "CNY 5,000,000" in shown.text
    assert done.status_code == 302
    assert (answer.agrees, answer.name, answer.helped) == (True, "Chen Yu, deputy manager", 4)
    assert "Thank you" in after.text
    entry = Entry.objects.get(action="investment.investor_answered")
    assert entry.actor is None


def test_the_page_tells_nothing_else_of_the_lead() -> None:
    lead = a_lead_to_confirm()

    shown = visitor().get(path_of(a_link(lead))).text

    assert str(lead.title) not in shown
    assert str(lead.drivers) not in shown
    assert lead.get_absolute_url() not in shown


def test_a_link_is_answered_once() -> None:
    path = path_of(a_link(a_lead_to_confirm()))
    visitor().post(path, ANSWER)

    visitor().post(path, {**ANSWER, "agrees": "no", "remark": "It is less."})

    assert Confirmation.objects.get().agrees is True


def test_who_says_no_says_what_is_not_right() -> None:
    path = path_of(a_link(a_lead_to_confirm()))

    refused = visitor().post(path, {**ANSWER, "agrees": "no"})
    done = visitor().post(path, {**ANSWER, "agrees": "no", "remark": "It is half of that."})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert Confirmation.objects.get().agrees is False


@pytest.mark.parametrize(
    "given",
    [{"agrees": ""}, {"agrees": "perhaps"}, {"name": ""}, {"helped": "6"}, {"remark": "x" * 2001}],
)
def test_half_an_answer_is_refused_and_kept_on_the_page(given: dict[str, str]) -> None:
    path = path_of(a_link(a_lead_to_confirm()))

    response = visitor().post(path, {**ANSWER, **given})

    assert response.status_code == 422
    assert Confirmation.objects.get().answered_at is None


def test_a_link_that_nobody_made_opens_nothing() -> None:
    a_link(a_lead_to_confirm())

    assert visitor().get(path_of("x" * 43)).status_code == 404
    assert visitor().post(path_of("x" * 43), ANSWER).status_code == 404


def test_a_link_ends_after_its_days() -> None:
    path = path_of(a_link(a_lead_to_confirm()))
    Confirmation.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    response = visitor().post(path, ANSWER)

    assert response.status_code == 410
    assert "This link has ended" in response.text
    assert Confirmation.objects.get().answered_at is None


def test_a_new_link_ends_the_one_before() -> None:
    lead = a_lead_to_confirm()
    first = a_link(lead)
    second = a_link(lead)

    assert visitor().get(path_of(first)).status_code == 410
    assert visitor().get(path_of(second)).status_code == 200


def test_the_desk_withdraws_a_link() -> None:
    lead = a_lead_to_confirm()
    path = path_of(a_link(lead))
    desk = Client()
    desk.force_login(a_person(Role.DESK))
    withdraw = f"/investment/links/{Confirmation.objects.get().pk}/withdraw/"

    auditor = Client()
    auditor.force_login(a_person(Role.AUDITOR))
    assert auditor.post(withdraw).status_code == 403
    assert desk.post(withdraw).status_code == 302
    assert visitor().post(path, ANSWER).status_code == 410


def test_withdrawn_figures_are_not_confirmed_any_more() -> None:
    lead = a_lead_to_confirm()
    path = path_of(a_link(lead))
    record = lead.yields.get()

    actions.withdraw_yield(record, reason="Read again", seen=1, by=a_person(Role.DESK))

    assert visitor().post(path, ANSWER).status_code == 410


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", 'lang="zh-Hans"'),
        ("id", 'lang="id"'),
        ("en", 'lang="en"'),
    ],
)
def test_the_page_opens_in_the_language_in_which_he_is_asked(language: str, said: str) -> None:
    path = path_of(a_link(a_lead_to_confirm(), language))

    shown = visitor("fr").get(path).text

    assert f"<html {said}>" in shown


def test_an_investor_chooses_another_language() -> None:
    path = path_of(a_link(a_lead_to_confirm(), "zh-hans"))
    browser = visitor("zh-hans")
    browser.cookies["django_language"] = "en"

    assert '<html lang="en">' in browser.get(path).text


def test_the_secret_is_kept_nowhere() -> None:
    lead = a_lead_to_confirm()
    token = a_link(lead)

    kept = Confirmation.objects.values().get()
    told = Entry.objects.values_list("changes", "subject_label")

    assert token not in str(kept)
    assert token not in str(list(told))
    assert kept["token_hash"] not in str(list(told))


def test_the_page_stays_out_of_caches_and_indexes() -> None:
    response = visitor().get(path_of(a_link(a_lead_to_confirm())))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_a_link_that_is_tried_too_often_waits() -> None:
    path = path_of(a_link(a_lead_to_confirm()))
    wrong: dict[str, Any] = {**ANSWER, "name": ""}

    statuses = [visitor().post(path, wrong).status_code for _ in range(21)]

    assert statuses == [422] * 20 + [429]
    assert visitor().get(path).status_code == 200

"""A button that is pressed twice does its deed once, and nothing typed is lost by that."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import Sent
from kembar.apps.accounts.rights import Role
from kembar.apps.ledger.models import Claim, Evidence, Source, Verdict
from kembar.apps.scouting import queries
from kembar.apps.scouting.models import Decision, Study
from kembar.apps.scouting.models import Remark as StudyRemark
from kembar.apps.ties.models import Attachment, Conflict, Event, Import, Remark, Tie
from tests.apps.scouting.things import a_study
from tests.apps.ties.things import a_claim, a_region, a_tie, an_event
from tests.at_once import at_once
from tests.people import a_person

EVENT = {"on": "2025-11-17", "kind": "meeting", "confidence": "O", "audience": "own"}
EVENT |= {"title_en": "Meeting in Kupang"}
SOURCE = {"publisher": "Kompas", "kind": "press", "language": "id", "reliability": "fair"}
SOURCE |= {"audience": "own"}


def signed_in(role: Role = Role.DESK, region_code: str = "ID-NT") -> Client:
    browser = Client()
    browser.force_login(a_person(role, region_code))
    return browser


def shown(browser: Client, path: str) -> str:
    """Open a page, and return the token that its forms bear."""
    tokens = re.findall(
        r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(path).content.decode()
    )
    assert len(set(tokens)) == 1
    return str(tokens[0])


def the_tie() -> str:
    return f"/ties/{a_tie().pk}/"


def contested() -> tuple[str, dict[str, Any]]:
    tie = a_tie()
    events = [an_event(tie, title).pk for title in ("Signed", "Not signed")]
    return f"/ties/{tie.pk}/conflicts/new/", {"question_en": "Which?", "events": events}


def no_tie() -> str:
    for code in ("ID-NT", "CN-JX"):
        a_region(code)
    return "/ties/new/"


def to_decide() -> str:
    study = a_study()
    DECISION["shown"] = queries.hash_of(queries.ask(study, {}))
    return f"/scouting/{study.pk}/decide/"


DECISION = {"chosen": "CN-HI", "reasons_en": "It fits.", "version": "1"}
SWITCHES = {f"on_{code}": "on" for code in ("own_country", "relations", "level", "ties", "no_go")}
NEW_TIE = {"home": "ID-NT", "partner": "CN-JX", "kind": "friendly", "state": "active", "cycle": 1}
FORMS: dict[str, tuple[type[models.Model], Callable[[], str], dict[str, Any], Role]] = {
    "tie": (Tie, no_tie, NEW_TIE, Role.DESK),
    "event": (Event, lambda: f"{the_tie()}events/new/", EVENT, Role.DESK),
    "claim": (
        Claim,
        lambda: f"{the_tie()}claims/new/",
        {"statement_en": "Signed.", "language": "en", "audience": "own"},
        Role.DESK,
    ),
    "source without address": (Source, lambda: "/ledger/sources/new/", SOURCE, Role.DESK),
    "remark": (
        Remark,
        lambda: f"{the_tie()}remarks/",
        {"text": "Is there a budget?"},
        Role.MINISTRY,
    ),
    "evidence": (
        Evidence,
        lambda: f"/ledger/claims/{a_claim(a_tie()).pk}/evidence/",
        {"new_publisher": "Kompas", "bearing": "supports"},
        Role.DESK,
    ),
    "study": (
        Study,
        lambda: a_region("ID-NT") and "/scouting/new/",
        {"title_en": "Which?", "among": "CN", "draws": "50", "seed": "0"} | SWITCHES,
        Role.DESK,
    ),
    "decision": (Decision, to_decide, DECISION, Role.HEAD),
    "remark on a study": (
        StudyRemark,
        lambda: f"/scouting/{a_study().pk}/remark/",
        {"text": "Is there a budget?"},
        Role.HEAD,
    ),
    "verdict": (
        Verdict,
        lambda: f"/ledger/claims/{a_claim(a_tie()).pk}/judge/",
        {"judgement": "open", "reasoning_en": "Not seen."},
        Role.DESK,
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_twice_is_done_once(name: str) -> None:
    kind, page, given, role = FORMS[name]
    path = page()
    browser = signed_in(role, "ID" if role == Role.MINISTRY else "ID-NT")
    given = {**given, "csrfmiddlewaretoken": "as the page was shown"}

    first, second = (browser.post(path, given) for _ in range(2))

    assert first.status_code == 302, first.content.decode()
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert kind._default_manager.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_in_one_moment_adds_one_event() -> None:
    tie = a_tie()
    path = f"/ties/{tie.pk}/events/new/"
    browser, again = signed_in(), Client()
    given = {**EVENT, "csrfmiddlewaretoken": shown(browser, path)}
    again.cookies = browser.cookies

    statuses = at_once(lambda: browser.post(path, given), lambda: again.post(path, given))

    assert statuses == [302, 302]
    assert tie.events.count() == 1


@pytest.mark.django_db
def test_the_second_answer_says_what_the_first_said() -> None:
    path = f"/ties/{a_tie().pk}/events/new/"
    browser = signed_in()
    given = {**EVENT, "csrfmiddlewaretoken": "x"}
    browser.post(path, given, follow=True)

    page = browser.post(path, given, follow=True).content.decode()

    assert page.count("It is on the timeline.") == 1


@pytest.mark.django_db
def test_a_page_bears_another_token_whenever_it_is_shown() -> None:
    path = f"/ties/{a_tie().pk}/events/new/"
    browser = signed_in()

    assert shown(browser, path) != shown(browser, path)


@pytest.mark.django_db
def test_the_same_may_happen_twice_if_somebody_writes_it_down_twice() -> None:
    tie = a_tie()
    path = f"/ties/{tie.pk}/events/new/"
    browser = signed_in()

    for _ in range(2):
        browser.post(path, {**EVENT, "csrfmiddlewaretoken": shown(browser, path)})

    assert tie.events.count() == 2


@pytest.mark.django_db
def test_what_was_typed_after_going_back_is_kept_too() -> None:
    tie = a_tie()
    path = f"/ties/{tie.pk}/events/new/"
    browser = signed_in()
    token = {"csrfmiddlewaretoken": shown(browser, path)}
    paper = [SimpleUploadedFile("minutes.txt", text) for text in (b"Minutes", b"Changed")]

    browser.post(path, {**EVENT, **token})
    browser.post(path, {**EVENT, **token, "title_en": "Another"})
    for file in paper:
        browser.post(path, {**EVENT, **token, "attached": file})

    assert tie.events.count() == 4
    assert Attachment.objects.count() == 2


@pytest.mark.django_db
def test_a_form_that_was_refused_may_be_sent_again() -> None:
    path = no_tie()
    browser = signed_in()
    tie = a_tie()
    given = {**NEW_TIE, "csrfmiddlewaretoken": shown(browser, path)}
    assert browser.post(path, given).status_code == 422
    Tie.objects.filter(pk=tie.pk).update(cycle=7)

    answer = browser.post(path, given)

    assert answer.status_code == 302
    assert Tie.objects.count() == 2


@pytest.mark.django_db
def test_another_person_is_another_form() -> None:
    tie = a_tie()

    for browser in (signed_in(), signed_in()):
        browser.post(f"/ties/{tie.pk}/events/new/", {**EVENT, "csrfmiddlewaretoken": "x"})

    assert tie.events.count() == 2


@pytest.mark.django_db
def test_a_change_sent_twice_is_no_change_by_somebody_else() -> None:
    event = an_event(a_tie())
    given = {**EVENT, "title_en": "Corrected", "version": 1, "csrfmiddlewaretoken": "x"}
    path, browser = f"/ties/events/{event.pk}/change/", signed_in()

    answers = [browser.post(path, given).status_code for _ in range(2)]

    assert answers == [302, 302]
    event.refresh_from_db()
    assert (str(event), event.version) == ("Corrected", 2)


@pytest.mark.django_db
def test_a_contradiction_named_twice_is_one() -> None:
    path, given = contested()
    browser = signed_in()

    for _ in range(2):
        browser.post(path, {**given, "csrfmiddlewaretoken": "x"})

    assert Conflict.objects.count() == 1


@pytest.mark.django_db
def test_a_table_handed_in_twice_is_reviewed_once() -> None:
    no_tie()
    browser = signed_in()

    for _ in range(2):
        file = SimpleUploadedFile("t.csv", b"home,partner,kind\nID-NT,CN-JX,friendly\n")
        browser.post("/ties/import/", {"file": file, "csrfmiddlewaretoken": "x"})

    assert Import.objects.count() == 1


@pytest.mark.django_db
def test_forms_are_forgotten_after_a_day() -> None:
    tie = a_tie()
    Sent.objects.create(key="old", at=timezone.now() - timedelta(hours=25))
    Sent.objects.create(key="new", at=timezone.now() - timedelta(hours=23))

    path = f"/ties/{tie.pk}/events/new/"
    signed_in().post(path, {**EVENT, "csrfmiddlewaretoken": "x"})

    assert not Sent.objects.filter(key="old").exists()
    assert Sent.objects.count() == 2

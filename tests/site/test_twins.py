"""Two people write down the same thing in the same moment: the second one is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.ledger.models import Source
from kembar.apps.ties.models import Kind, Tie
from tests.apps.ties.things import a_region, a_source
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)


def posted_while(save: Callable[[], models.Model], path: str, given: dict[str, Any]) -> Any:
    """Return the answer to a form that is sent while its twin is being saved."""
    browser, answers = Client(), []
    browser.force_login(a_person(Role.DESK))

    def send() -> None:
        try:
            answers.append(browser.post(path, given))
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    with transaction.atomic():
        save()
        thread.start()
        # Long enough to be looked at and found right, for nobody sees the twin yet.
        time.sleep(1)
    thread.join()
    return answers[0]


def test_the_same_tie_is_opened_once() -> None:
    home, partner = a_region("ID-NT"), a_region("CN-JX")

    answer = posted_while(
        lambda: Tie.objects.create(home=home, partner=partner, kind=Kind.FRIENDLY),
        "/ties/new/",
        {"home": "ID-NT", "partner": "CN-JX", "kind": "friendly", "state": "active", "cycle": 1},
    )

    assert answer.status_code == 422
    assert "This tie is in the list already." in answer.content.decode()
    assert Tie.objects.count() == 1


SOURCE = {"publisher": "Kompas", "kind": "press", "language": "id", "reliability": "fair"}
SOURCE |= {"audience": "own", "address": "https://example.org/garam", "version": "1"}


def the_same_source() -> Source:
    return Source.objects.create(owner_code="ID-NT", address=SOURCE["address"], publisher="K")


def test_the_same_address_is_kept_once() -> None:
    answer = posted_while(the_same_source, "/ledger/sources/new/", SOURCE)

    assert answer.status_code == 422
    assert "This address is in the list of sources already." in answer.content.decode()
    assert Source.objects.count() == 1


def test_an_address_is_not_changed_into_one_that_is_kept_already() -> None:
    source = a_source("Kompas")

    answer = posted_while(the_same_source, f"/ledger/sources/{source.pk}/change/", SOURCE)

    assert answer.status_code == 422
    assert "This address is in the list of sources already." in answer.content.decode()

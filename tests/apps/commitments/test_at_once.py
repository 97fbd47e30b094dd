"""Two people at the register in the same moment: no number twice, no word lost unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.commitments.models import Commitment
from kembar.apps.kit import tables
from tests.apps.commitments.things import a_commitment
from tests.apps.ties.things import a_tie
from tests.at_once import at_once
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"what_en": "Send teachers", "made_by": "partner", "firmness": "intent", "way": "letter"}


def at_work() -> Client:
    browser = Client(headers={"accept-language": "en"})
    person = a_person(Role.DESK)
    person.language = "en"
    person.save()
    browser.force_login(person)
    return browser


def posting(path: str, **given: Any) -> Callable[[], Any]:
    browser = at_work()
    return lambda: browser.post(path, given)


def test_promises_written_down_at_once_get_each_a_number() -> None:
    tie = a_tie()
    path = f"/commitments/tie/{tie.pk}/new/"

    statuses = at_once(*(posting(path, **NEW, audience="own") for _ in range(3)))

    assert statuses == [302, 302, 302]
    assert sorted(Commitment.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert check_chain() == []


def test_one_of_two_says_what_became_of_it() -> None:
    promise = a_commitment(a_tie())
    path = f"/commitments/{promise.pk}/became/"
    said = {"on": "2026-01-05", "reason": "As the minutes say.", "version": "1"}

    statuses = at_once(posting(f"{path}kept/", **said), posting(f"{path}broken/", **said))

    promise.refresh_from_db()
    assert sorted(statuses) in ([302, 409], [302, 422])
    assert promise.state == ("kept", "broken")[statuses.index(302)]
    assert promise.turns.count() == 1


def test_a_table_and_a_form_that_meet_lose_no_word_unseen() -> None:
    tie = a_tie()
    promise = a_commitment(tie)
    browser = at_work()
    header = ["home_code", "partner_code", "number", "version", "made_to", "due"]
    row = ["ID-NT", "CN-JX", "1", "1", "The governor", "2027"]
    upload = SimpleUploadedFile("p.csv", tables.write_csv(header, [row]), "text/csv")
    address = browser.post("/commitments/import/", {"file": upload}).url
    form = {**NEW, "what_en": "Send salt experts", "firmness": "promise", "way": "visit"}

    at_once(
        lambda: browser.post(address),
        posting(f"/commitments/{promise.pk}/change/", **form, due="2030", version="1"),
    )

    promise.refresh_from_db()
    written = Entry.objects.filter(action__in=["commitments.imported", "commitments.changed"])
    # One of the two won; the other was told, and wrote nothing over it.
    assert written.count() == 1
    assert (str(promise.due), str(promise.made_to)) in (("2027", "The governor"), ("2030", ""))
    assert promise.version == 2

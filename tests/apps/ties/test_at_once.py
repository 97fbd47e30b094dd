"""Two people press the button in the same moment: one deed is done, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.ties.actions import remark_on
from kembar.apps.ties.models import Conflict, Event, Import, Tie
from tests.apps.ties.things import a_region, a_tie, an_event
from tests.at_once import at_once
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)

ROW = b"home,partner,kind,mou\nID-NT,CN-JX,sister_province,2025-11-22\n"


def at_work() -> Client:
    browser = Client()
    browser.force_login(a_person(Role.DESK))
    return browser


def remembered(action: str) -> int:
    return Entry.objects.filter(action=action).count()


def posting(path: str, **given: Any) -> Callable[[], Any]:
    browser = at_work()
    return lambda: browser.post(path, given)


def test_one_of_two_settles_a_contradiction() -> None:
    tie = a_tie()
    an_event(tie, "Nothing was signed", contradicts=[an_event(tie, "Signed in Nanchang")])
    path = f"/ties/conflicts/{Conflict.objects.get().pk}/settle/"
    deeds = [posting(path, settlement_en=text) for text in ("Hers holds.", "His holds.")]

    statuses = at_once(*deeds)

    won = ("Hers holds.", "His holds.")[statuses.index(302)]
    assert sorted(statuses) == [302, 409]
    assert Conflict.objects.get().settlement == {"en": won}
    assert remembered("ties.conflict_settled") == 1


def test_whoever_comes_while_another_settles_is_told() -> None:
    """Between asking what is open and asking what contradicts, it may be settled."""
    tie = a_tie()
    first = an_event(tie, "Signed in Nanchang")
    for number in range(12):
        an_event(tie, f"Nothing was signed, says {number}", contradicts=[first])
    paths = [
        f"/ties/conflicts/{pk}/settle/" for pk in Conflict.objects.values_list("pk", flat=True)
    ]
    browsers = [at_work() for _ in range(4)]

    def settling(browser: Client, path: str) -> Callable[[], Any]:
        return lambda: browser.post(path, {"settlement_en": "Seen."})

    statuses = [at_once(*(settling(each, path) for each in browsers)) for path in paths]

    assert [sorted(each) for each in statuses] == [[302, 409, 409, 409]] * 12


def test_one_of_two_answers_a_remark() -> None:
    tie = a_tie()
    remark = remark_on(tie, "Is there a budget?", by=a_person(Role.MINISTRY, "ID"))
    path = f"/ties/remarks/{remark.pk}/answer/"

    statuses = at_once(*(posting(path, answer=text) for text in ("Yes.", "No.")))

    remark.refresh_from_db()
    assert sorted(statuses) == [302, 409]
    assert remark.answer == ("Yes.", "No.")[statuses.index(302)]
    assert remembered("ties.remark_answered") == 1


def test_one_of_two_corrects_an_event() -> None:
    event = an_event(a_tie(), "Before")
    given = {"on": "2025", "kind": "meeting", "confidence": "O", "audience": "own", "version": 1}
    path = f"/ties/events/{event.pk}/change/"
    deeds = [posting(path, **given, title_en=name, partner_people=name) for name in ("Ani", "Bob")]

    statuses = at_once(*deeds)

    event.refresh_from_db()
    won = ("Ani", "Bob")[statuses.index(302)]
    assert sorted(statuses) == [302, 409]
    assert (str(event), event.version) == (won, 2)
    assert [person.name for person in event.participants.all()] == [won]
    assert remembered("ties.event_changed") == 1


def hand_in(browser: Client) -> str:
    """Hand a table in, and return the address of what it would do."""
    response = browser.post("/ties/import/", {"file": SimpleUploadedFile("ties.csv", ROW)})
    return str(response["Location"])


def test_a_table_is_loaded_once_though_its_button_is_pressed_twice() -> None:
    tie = a_tie()
    browser = at_work()
    path = hand_in(browser)
    again = Client()
    again.cookies = browser.cookies

    at_once(lambda: browser.post(path), lambda: again.post(path))

    assert [str(event.on) for event in tie.events.all()] == ["2025-11-22"]
    assert remembered("ties.imported") == 1
    assert Import.objects.get().applied_at


@pytest.mark.parametrize("is_new", [True, False])
def test_the_same_table_of_two_people_is_loaded_once(is_new: bool) -> None:
    for code in ("ID-NT", "CN-JX"):
        a_region(code)
    if not is_new:
        a_tie()
    browsers = [at_work(), at_work()]
    paths = [hand_in(browser) for browser in browsers]

    statuses = at_once(
        lambda: browsers[0].post(paths[0]),
        lambda: browsers[1].post(paths[1]),
    )

    assert statuses == [302, 302]
    assert (Tie.objects.count(), Event.objects.count()) == (1, 1)
    assert remembered("ties.imported") == 1
    assert check_chain() == []

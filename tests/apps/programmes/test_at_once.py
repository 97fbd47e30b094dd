"""Two people press the button in the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.programmes.models import Programme
from tests.apps.programmes.things import a_programme, an_activity
from tests.apps.ties.things import a_tie
from tests.at_once import at_once
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)


def posting(path: str, **given: Any) -> Callable[[], Any]:
    browser = Client()
    browser.force_login(a_person(Role.AGENCY))
    return lambda: browser.post(path, given)


def recording(activity_key: int, count: int) -> Callable[[], Any]:
    given = {
        "people-TOTAL_FORMS": 1,
        "people-INITIAL_FORMS": 0,
        "people-0-count": count,
        "began": "1/5/2026",
        "version": 1,
    }
    return posting(f"/programmes/activities/{activity_key}/did/", **given)


def test_one_of_two_records_an_activity() -> None:
    activity = an_activity(a_programme(a_tie()))

    statuses = at_once(recording(activity.pk, 5), recording(activity.pk, 9))

    activity.refresh_from_db()
    won = (5, 9)[statuses.index(302)]
    assert sorted(statuses) == [302, 409]
    assert (activity.people, activity.attendance.get().count) == (won, won)
    assert activity.programme.people == won


def test_two_activities_recorded_in_one_moment_both_count() -> None:
    programme = a_programme(a_tie())
    first, second = an_activity(programme, "One"), an_activity(programme, "Two")

    statuses = at_once(recording(first.pk, 5), recording(second.pk, 9))

    programme.refresh_from_db()
    assert statuses == [302, 302]
    assert (programme.people, programme.begun_on) == (14, date(2026, 5, 1))
    assert check_chain() == []


def test_one_of_two_stops_a_programme() -> None:
    programme = a_programme(a_tie())
    path = f"/programmes/{programme.pk}/stop/"

    statuses = at_once(
        *(posting(path, on="1/6/2026", why=why, version=1) for why in ("Hers", "His"))
    )

    won = ("Hers", "His")[statuses.index(302)]
    assert sorted(statuses) == [302, 409]
    assert won in Programme.objects.get().stopped_reason.values()
    assert Entry.objects.filter(action="programmes.stopped").count() == 1

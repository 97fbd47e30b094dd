"""What was planned for a day that has come has happened: without anybody saving anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kembar.apps.accounts.rights import Role
from kembar.apps.ties.middleware import DayOfThePulses
from kembar.apps.ties.pulses import follow_the_calendar, overtaken
from kembar.apps.ties.queries import day_of, overview
from tests.apps.ties.things import a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db


def test_a_planned_meeting_becomes_the_last_contact_when_its_day_has_come() -> None:
    tie = a_tie()
    an_event(tie, "Met in Kupang", on="2025-11-17")
    an_event(tie, "To meet in Nanchang", on="2998-05-01")
    an_event(tie, "To meet again", on="2998-09-01")

    follow_the_calendar(date(2998, 5, 1))

    tie.refresh_from_db()
    assert str(tie.last_contact) == "2998-05-01"
    assert tie.next_event == date(2998, 9, 1)


@pytest.mark.parametrize("on", ["2998-05", "2998-05~", "2998"])
def test_so_does_one_planned_for_a_month_or_a_year(on: str) -> None:
    tie = a_tie()
    an_event(tie, "Met in Kupang", on="2997-12-31")
    an_event(tie, "To meet in Nanchang", on=on)

    follow_the_calendar(date(2998, 5, 1))

    tie.refresh_from_db()
    assert str(tie.last_contact) == on


def test_a_note_that_comes_is_no_contact_but_is_coming_no_more() -> None:
    tie = a_tie()
    an_event(tie, "Met in Kupang", on="2025-11-17")
    an_event(tie, "The budget is read", on="2998-05-01", kind="note")

    follow_the_calendar(date(2998, 5, 2))

    tie.refresh_from_db()
    assert (str(tie.last_contact), tie.next_event) == ("2025-11-17", None)


def test_what_was_followed_once_is_not_written_again(
    count_queries: Callable[[], CaptureQueriesContext],
) -> None:
    tie = a_tie()
    an_event(tie, "Met in Kupang", on="2997-11")
    an_event(tie, "To meet in Nanchang", on="2998-05-01")
    day = date(2998, 5, 1)

    follow_the_calendar(day)

    assert not overtaken(day).exists()
    with count_queries() as queries:
        follow_the_calendar(day)
    assert len(queries) == 1


def test_the_first_page_of_a_day_follows_the_calendar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tie = a_tie()
    tomorrow = timezone.localdate() + timedelta(days=1)
    an_event(tie, "To meet in Nanchang", on=tomorrow.isoformat())
    client = Client(headers={"accept-language": "en"})
    client.force_login(a_person(Role.DESK))
    assert "none on record" in _overview(client, tie)

    monkeypatch.setattr(timezone, "localdate", lambda *_args: tomorrow)

    assert "none on record" not in _overview(client, tie)
    assert DayOfThePulses.followed == tomorrow


def _overview(client: Client, tie: Any) -> str:
    return client.get(f"/ties/{tie.pk}/").content.decode()


def _in_next_month(day: date) -> date:
    return day.replace(day=1) + timedelta(days=31)


def test_about_this_month_is_behind_us_on_every_page_as_it_is_in_the_pulse() -> None:
    tie, officer = a_tie(), a_person(Role.DESK)
    today = timezone.localdate()
    this_month, next_month = (f"{day:%Y-%m}~" for day in (today, _in_next_month(today)))
    an_event(tie, "Letters went back and forth", on=this_month)
    an_event(tie, "To meet in Nanchang", on=next_month)
    follow_the_calendar(today)
    tie.refresh_from_db()

    seen = overview(tie, officer, today)

    assert str(seen.last_contact) == this_month
    assert [str(event) for event in seen.recent] == ["Letters went back and forth"]
    assert [str(event) for event in seen.coming] == ["To meet in Nanchang"]
    assert [str(event) for event in day_of(officer, today).coming] == ["To meet in Nanchang"]

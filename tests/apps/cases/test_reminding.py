"""Calendars of posts, and the mail that reminds people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry as Deed
from kembar.apps.cases import actions, agenda, reminding
from kembar.apps.cases.models import Case, Feed, LimitSetting, Reminder
from kembar.apps.kit.text import Text
from tests.apps.cases.things import TODAY, a_case, tell, to_the_draft, to_the_letter, told
from tests.apps.ties.things import a_source, a_tie
from tests.people import SINCE, a_person, a_post

pytestmark = pytest.mark.django_db


def at_work(person: User | None) -> Client:
    browser = Client(headers={"accept-language": "en"})
    if person:
        browser.force_login(person)
    return browser


def seat(person: User) -> Holding:
    return person.current_holdings[0]


def make(person: User, holding: Holding | None = None) -> str:
    """Make a calendar as its holder does, and return its path."""
    browser = at_work(person)
    response = browser.post(f"/cases/feeds/{(holding or seat(person)).pk}/make/", follow=True)
    assert response.status_code == 200
    _before, _mark, rest = response.text.partition("http://testserver/cases/feed/")
    return f"/cases/feed/{rest.partition('<')[0]}"


def events(path: str) -> list[Any]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def told_in(path: str) -> str:
    return " | ".join(str(event["SUMMARY"]) for event in events(path))


def with_the_council(tie: Any = None, **fields: Any) -> Case:
    """Return a case that waits on the council since 12 February 2026."""
    case = a_case(tie or a_tie(), **fields)
    tell(case, *to_the_letter(), *to_the_draft()[:2])
    return case


def with_the_ministry(**between: Any) -> Case:
    case = a_case(a_tie(**between))
    tell(case, *to_the_letter(), *to_the_draft()[:4])
    return case


def limit(key: str, days: int) -> None:
    setting = LimitSetting(country="ID", key=key, days=days, source=a_source(audience="published"))
    actions.set_limit(setting, seen=None, old={}, by=None)


def aim(case: Case, day: date) -> None:
    today = timezone.localdate()
    actions.set_day(
        case, moment="target", day=day, on=today, seen=case.version, today=today, by=None
    )


# The calendar


def test_a_calendar_shows_what_the_post_waits_for_and_the_target(english: None) -> None:
    case = with_the_council()
    limit("dprd_days", 30)
    aim(case, date(2027, 3, 1))
    desk = a_person(Role.DESK)
    desk.language = "en"
    desk.save()

    found = {str(event["SUMMARY"]): event for event in events(make(desk))}

    awaited = next(each for name, each in found.items() if name.startswith("Answer awaited"))
    # 30 working days after 12 February 2026: Imlek (16 and 17 Feb), Nyepi (18 and 19 Mar), Idul
    # Fitri with its joint leave (20, 23 and 24 Mar) and Good Friday (3 Apr) do not count.
    assert awaited.decoded("DTSTART") == date(2026, 4, 7)
    assert f"/cases/{case.pk}/acts/id-dprd/" in str(awaited["URL"])
    target = next(each for name, each in found.items() if name.startswith("target date"))
    assert target.decoded("DTSTART") == date(2027, 3, 1)


def test_a_calendar_keeps_the_names_of_its_events(english: None) -> None:
    case = with_the_council()
    aim(case, date(2027, 3, 1))
    path = make(a_person(Role.DESK))

    first, second = ({str(e["UID"]) for e in events(path)} for _time in range(2))

    assert first == second == {f"case-{case.pk}-target@kembar"}


def test_a_calendar_holds_nothing_that_the_post_may_not_read(english: None) -> None:
    aim(with_the_council(), date(2027, 3, 1))
    elsewhere, auditor = a_person(Role.DESK, "ID-BA"), a_person(Role.AUDITOR)
    partner = a_person(Role.PARTNER, "CN-JX")

    for person in (elsewhere, auditor, partner):
        assert events(make(person)) == []


def test_a_calendar_is_of_one_post_and_not_of_the_others_of_its_holder(english: None) -> None:
    aim(with_the_council(), date(2027, 3, 1))
    person = a_person(Role.DESK, "ID-BA")
    also = Holding.objects.create(post=a_post(Role.DESK), person=person, since=SINCE)

    assert events(make(person)) == []
    assert len(events(make(person, also))) == 1


def test_the_secret_is_shown_once_and_kept_as_a_hash_only(english: None) -> None:
    desk = a_person(Role.DESK)
    browser = at_work(desk)

    path = make(desk)
    token = path.removeprefix("/cases/feed/").removesuffix(".ics")

    assert len(token) > 40
    assert token not in Feed.objects.get().sha256
    assert token not in browser.get("/cases/feeds/").text
    assert not any(token in str(deed.changes) for deed in Deed.objects.all())


def test_a_withdrawn_calendar_answers_no_more() -> None:
    desk = a_person(Role.DESK)
    path = make(desk)

    at_work(desk).post(f"/cases/feeds/{seat(desk).pk}/withdraw/")

    assert Client().get(path).status_code == 404
    actions_ = list(Deed.objects.order_by("pk").values_list("action", flat=True))
    assert actions_[-2:] == ["cases.feed_made", "cases.feed_withdrawn"]


def test_a_calendar_made_anew_ends_the_old_one() -> None:
    desk = a_person(Role.DESK)

    old, new = make(desk), make(desk)

    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_a_calendar_ends_when_its_holder_leaves_the_post_or_loses_access() -> None:
    left, closed = a_person(Role.DESK), a_person(Role.DESK)
    paths = make(left), make(closed)

    Holding.objects.filter(person=left).update(until=timezone.localdate())
    User.objects.filter(pk=closed.pk).update(is_active=False)

    assert [Client().get(path).status_code for path in paths] == [404, 404]


def test_nobody_makes_or_withdraws_a_calendar_of_somebody_elses_post() -> None:
    desk, other = a_person(Role.DESK), a_person(Role.DESK)
    make(desk)
    pk = seat(desk).pk

    for name in ("make_feed", "withdraw_feed"):
        assert at_work(other).post(reverse(f"cases:{name}", args=[pk])).status_code == 404
        assert at_work(None).post(reverse(f"cases:{name}", args=[pk])).status_code == 302
    assert Feed.objects.standing().count() == 1


def test_a_guessed_secret_opens_nothing() -> None:
    make(a_person(Role.DESK))

    assert Client().get(f"/cases/feed/{'A' * 43}.ics").status_code == 404


# The mail


def remind(today: date | None = None, *, horizon: int = 7, escalate: int = 14) -> list[Any]:
    today = today or timezone.localdate()
    found = reminding.digests(today, horizon_days=horizon, escalate_after=escalate)
    return [reminding.send(digest, today) for digest in found]


def letters() -> dict[str, str]:
    return {each.to[0]: f"{each.subject}\n{each.body}" for each in mail.outbox}


def test_the_desk_is_told_what_it_waits_for_in_its_language() -> None:
    case = with_the_council()
    desk, zh = a_person(Role.DESK), a_person(Role.DESK)
    User.objects.filter(pk=desk.pk).update(language="en")
    User.objects.filter(pk=zh.pk).update(language="zh-hans")

    remind()

    assert set(letters()) == {desk.email, zh.email}
    told_ = letters()[desk.email]
    assert "YOU WAIT FOR" in told_
    assert f"/cases/{case.pk}/acts/id-dprd/" in told_
    assert "Regional House of Representatives" in told_ or "DPRD" in told_
    assert "12 February 2026" in told_
    assert "2026年2月12日" in letters()[zh.email]


def test_the_owner_is_told_and_not_the_whole_desk() -> None:
    owner, other = a_person(Role.DESK), a_person(Role.DESK)
    with_the_council(owner=seat(owner).post)

    remind()

    assert set(letters()) == {owner.email}
    assert other.email not in letters()


def test_a_ministry_is_told_what_was_handed_in_to_it() -> None:
    case = with_the_ministry()
    with_the_council(a_tie(between=("ID-BA", "CN-ZJ")))
    ministry = a_person(Role.MINISTRY, "ID")
    User.objects.filter(pk=ministry.pk).update(language="en")

    remind()

    told_ = letters()[ministry.email]
    assert "FOR YOU TO DO" in told_
    assert told_.count("/acts/") == 1
    assert f"/cases/{case.pk}/acts/id-verification/" in told_


def test_nobody_is_told_of_other_regions() -> None:
    with_the_council()
    a_person(Role.DESK, "ID-BA")
    a_person(Role.HEAD, "ID-BA")
    a_person(Role.PARTNER, "CN-JX")
    a_person(Role.AUDITOR)
    a_person(Role.ADMINISTRATOR)

    assert remind() == []
    assert mail.outbox == []


def test_a_partner_is_told_of_his_side_in_what_is_shared() -> None:
    case = a_case(a_tie(audience="shared"), audience="shared")
    tell(case, *to_the_letter()[:3])
    tell(case, told("asked", "cn-sounding", "2026-01-10"))
    partner = a_person(Role.PARTNER, "CN-JX")

    remind()

    assert f"/cases/{case.pk}/acts/cn-sounding/" in letters()[partner.email]


def test_a_partner_owes_nothing_in_what_others_published() -> None:
    partner = a_person(Role.PARTNER, "CN-JX")
    a_case(a_tie(between=("ID-BA", "CN-ZJ"), audience="published"), audience="published")

    assert (
        agenda.matters_of(seat(partner), agenda.dated(agenda.cases_of(seat(partner)), TODAY)) == []
    )


def test_what_is_late_is_said_to_be_late_and_told_to_the_head_after_some_days() -> None:
    case = with_the_council()
    desk, head = a_person(Role.DESK), a_person(Role.HEAD)
    User.objects.update(language="en")
    limit("dprd_days", 30)

    remind(date(2026, 4, 10))
    soon = letters()
    mail.outbox.clear()
    remind(date(2026, 6, 10))
    later = letters()

    assert set(soon) == {desk.email}
    assert "was due on 7 April 2026 (3 days late)" in soon[desk.email]
    assert "TOLD TO YOU AS HEAD" in later[head.email]
    assert f"/cases/{case.pk}/acts/id-dprd/" in later[head.email]


def test_what_is_due_later_is_left_for_a_later_mail() -> None:
    case = a_case(a_tie())
    desk = a_person(Role.DESK)
    today = timezone.localdate()
    aim(case, today + timedelta(days=5))

    assert remind(horizon=1) == []
    assert remind(horizon=7) == [True]
    assert str(case.get_absolute_url()) in letters()[desk.email]


def test_a_departure_that_passed_is_late_until_they_have_left() -> None:
    trip = a_case(a_tie(), sub="travel")
    desk = a_person(Role.DESK)
    User.objects.filter(pk=desk.pk).update(language="en")
    tell(trip, told("dated", key="departure", value="2026-03-02"))

    remind(date(2026, 3, 9))

    assert "was due on 2 March 2026 (7 days late)" in letters()[desk.email]


def test_what_came_back_is_to_be_mended() -> None:
    case = with_the_ministry()
    desk = a_person(Role.DESK)
    User.objects.filter(pk=desk.pk).update(language="en")
    tell(case, told("returned", "id-verification", "2026-04-06", reason="incomplete"))

    remind()

    assert "Mend and hand in again" in letters()[desk.email]


def test_a_second_run_on_one_day_sends_nothing_more() -> None:
    with_the_council()
    desk = a_person(Role.DESK)
    today = timezone.localdate()

    assert remind(today) == [True]
    assert remind(today) == [False]
    assert remind(today + timedelta(days=1)) == [True]

    assert len(mail.outbox) == 2
    assert list(Reminder.objects.values_list("person", "matters")) == [(desk.pk, 1)] * 2


def test_a_mail_that_cannot_be_sent_is_tried_again(settings: Any) -> None:
    with_the_council()
    desk = a_person(Role.DESK)
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    (failure,) = remind()
    settings.EMAIL_BACKEND = works

    assert failure.to == desk.email
    assert not Reminder.objects.exists()
    assert remind() == [True]


@pytest.mark.parametrize("address", ["", "desk@example.org\nBcc: all@example.org"])
def test_an_address_that_takes_no_mail_keeps_nobody_elses_back(address: str) -> None:
    with_the_ministry()
    desk, ministry = a_person(Role.DESK), a_person(Role.MINISTRY, "ID")
    User.objects.filter(pk=desk.pk).update(email=address)

    outcomes = remind()

    assert sorted(isinstance(each, reminding.Failure) for each in outcomes) == [False, True]
    assert Reminder.objects.get().person == ministry


def test_who_has_two_posts_gets_one_mail_that_tells_each_matter_once() -> None:
    case = with_the_ministry()
    person = a_person(Role.MINISTRY, "ID")
    Holding.objects.create(post=a_post(Role.DESK), person=person, since=SINCE)

    remind()

    (told_,) = letters().values()
    assert told_.count(f"/cases/{case.pk}/acts/id-verification/") == 1


def test_a_closed_case_reminds_nobody() -> None:
    case = with_the_council()
    a_person(Role.DESK)
    actions.close_case(
        case,
        closed="stopped",
        on=date(2026, 5, 1),
        reason=Text(en="No"),
        seen=case.version,
        by=None,
    )

    assert remind() == []

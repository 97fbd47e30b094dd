"""A calendar of what a post owes and waits for, read by any calendar program."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import Holding, User
from kembar.apps.audit.actions import Deed
from kembar.apps.audit.actions import record as remember
from kembar.apps.cases import agenda, telling, words
from kembar.apps.cases.agenda import Matter
from kembar.apps.cases.models import Feed
from kembar.apps.cases.standing import procedure_of

# How often programs should look again; many look once a day whatever it says.
REFRESH = timedelta(hours=12)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_feed(holding: Holding, *, by: User) -> str:
    """Return a new secret for the calendar of a post; one made before ends.

    The secret is shown once and kept nowhere: it is as good as a password for what it shows.
    """
    # Of two clicks at once the second waits, and ends what the first one made.
    Holding.objects.select_for_update().get(pk=holding.pk)
    now = timezone.now()
    Feed.objects.standing().filter(holding=holding).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(holding=holding, sha256=_hash(token), made_at=now)
    remember(Deed("cases.feed_made", feed, holding.post.office.region_code), by=by)
    return token


@transaction.atomic
def withdraw_feed(feed: Feed, *, by: User) -> None:
    """End a calendar: its address answers no more."""
    feed.withdrawn_at = timezone.now()
    feed.save(update_fields=["withdrawn_at"])
    region = feed.holding.post.office.region_code
    remember(Deed("cases.feed_withdrawn", feed, region), by=by)


def holding_of(token: str) -> Holding | None:
    """Return whose calendar a secret opens; None when he has left the post, or has no access."""
    feeds = Feed.objects.standing().filter(
        sha256=_hash(token), holding__until=None, holding__person__is_active=True
    )
    feed = feeds.select_related("holding__person", "holding__post__office").first()
    return feed.holding if feed else None


def calendar_of(holding: Holding, today: date, link: Callable[[str], str]) -> bytes:
    """Return the calendar of a post as iCalendar text, in the language that is active.

    Parameters
    ----------
    link
        Gives the whole address of a path.

    References
    ----------
    RFC 5545, and RFC 7986 for NAME and REFRESH-INTERVAL.
    """
    # Only this page needs it, and it takes 30 ms to load.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Kembar//cases//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = f"Kembar: {holding.post}"
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    cases = agenda.dated(agenda.cases_of(holding), today)
    _fill(calendar, agenda.matters_of(holding, cases), timezone.now(), link)
    text: bytes = calendar.to_ical()
    return text


def _fill(
    calendar: object, matters: Iterable[Matter], now: datetime, link: Callable[[str], str]
) -> None:
    from icalendar import Event

    for matter in matters:
        if matter.day is None:
            continue
        event = Event()
        event.add("uid", f"case-{matter.case.pk}-{matter.key}@kembar")
        event.add("dtstamp", now)
        # A whole day: an event without an end lasts that day (RFC 5545, 3.6.1).
        event.add("dtstart", matter.day)
        event.add("summary", summary(matter))
        event.add("description", "\n".join(details(matter)))
        event.add("url", link(path_of(matter)))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)  # type: ignore[attr-defined]  # of icalendar


def path_of(matter: Matter) -> str:
    """Return the page that tells more of a matter."""
    from kembar.apps.cases.queries import act_path

    return act_path(matter.case, matter.act) if matter.act else matter.case.get_absolute_url()


def summary(matter: Matter) -> str:
    """Return what a matter is, in one line."""
    if matter.what == "day":
        facts = {"moment": words.MOMENTS[matter.deed], "tie": matter.case.tie}
        return _("%(moment)s: %(tie)s") % facts
    act = procedure_of(matter.case).steps[matter.act]
    if matter.deed == "finish":
        told = _("Under way: %(step)s") % {"step": matter.name}
    elif matter.what == "waiting":
        told = _("Answer awaited: %(step)s") % {"step": matter.name}
    else:
        told = telling.duty(matter.deed, act)
    return f"{told} ({matter.case.tie})"


def details(matter: Matter) -> list[str]:
    """Return who has to move, since when, and how late it is."""
    told = []
    if matter.who:
        told.append(_("It is up to: %(who)s") % {"who": matter.who})
    if matter.since:
        told.append(_("Since %(day)s") % {"day": words.day(matter.since)})
    if matter.late_days:
        told.append(_("It is late."))
    return told

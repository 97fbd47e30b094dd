"""The digest that reminds people by mail: one each, of what is due, late or waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.cases import agenda
from kembar.apps.cases.agenda import Dated, Matter
from kembar.apps.cases.feed import details, path_of, summary
from kembar.apps.cases.models import Reminder

# Auditors and administrators have nothing to do in a case.
REMINDED = (Role.DESK, Role.AGENCY, Role.HEAD, Role.MINISTRY, Role.PARTNER)
# What is told even without a day: it came back, was handed in, or was begun.
UNDER_WAY = ("mend", "decide", "finish")
# The most matters a mail lists under one heading; it says how many more there are.
MOST = 25


@dataclass(frozen=True)
class Line:
    """A matter as a mail tells it."""

    summary: str
    details: Sequence[str]
    day: date | None
    late_days: int
    address: str


@dataclass
class Digest:
    """What one person is reminded of.

    Attributes
    ----------
    late, due, waiting
        What his posts do themselves, and is late; what is due soon, came back or was handed in to
        them; what they wait for.
    escalated
        What is late by too many days in his region, though others do it: for heads.
    """

    person: User
    late: list[Matter] = field(default_factory=list)
    due: list[Matter] = field(default_factory=list)
    waiting: list[Matter] = field(default_factory=list)
    escalated: list[Matter] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.late) + len(self.due) + len(self.waiting) + len(self.escalated)


def digests(today: date, *, horizon_days: int, escalate_after: int) -> list[Digest]:
    """Return who has to be reminded of what; nobody who has nothing.

    Parameters
    ----------
    horizon_days
        What is due by so many days from today.
    escalate_after
        What is late by more days than this is told to the head of the region too.
    """
    holdings = Holding.objects.current().filter(person__is_active=True, post__role__in=REMINDED)
    seats = holdings.select_related("person", "post__office").order_by("person", "pk")
    wanted = {seat: list(agenda.cases_of(seat)) for seat in seats}
    # Each case is worked out once, however many people it concerns.
    several = {case.pk: case for cases in wanted.values() for case in cases}
    plans = {each.case.pk: each for each in agenda.dated(several.values(), today)}
    found: dict[int, Digest] = {}
    for holding, concerned in wanted.items():
        cases = [plans[case.pk] for case in concerned if case.pk in plans]
        digest = found.setdefault(holding.person_id, Digest(holding.person))
        _add(digest, agenda.matters_of(holding, cases), today + timedelta(days=horizon_days))
        if holding.post.role == Role.HEAD:
            digest.escalated += _too_late(holding, cases, escalate_after, digest)
    return [digest for digest in found.values() if digest.count]


def _add(digest: Digest, matters: Iterable[Matter], until: date) -> None:
    known = {(each.case.pk, each.key) for part in _parts(digest) for each in part}
    for matter in matters:
        # Who holds two posts is told once of what both of them owe.
        if (matter.case.pk, matter.key) in known:
            continue
        if matter.what == "waiting":
            digest.waiting.append(matter)
        elif matter.late_days:
            digest.late.append(matter)
        elif (matter.day and matter.day <= until) or matter.deed in UNDER_WAY:
            digest.due.append(matter)


def _parts(digest: Digest) -> tuple[list[Matter], ...]:
    return (digest.late, digest.due, digest.waiting, digest.escalated)


def _too_late(
    holding: Holding, cases: Iterable[Dated], escalate_after: int, digest: Digest
) -> Iterator[Matter]:
    known = {(each.case.pk, each.key) for part in _parts(digest) for each in part}
    for each in cases:
        if not agenda.is_head_of(holding, each.case):
            continue
        for matter in agenda.all_matters(each):
            if matter.late_days > escalate_after and (each.case.pk, matter.key) not in known:
                yield matter


# Sending --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mail:
    """A digest in words."""

    to: str
    subject: str
    text: str


def mail_of(digest: Digest, today: date) -> Mail:
    """Return a digest as a mail in the person's own language."""
    with override(digest.person.language or settings.LANGUAGE_CODE):
        context = {
            "person": digest.person,
            "today": today,
            "count": digest.count,
            "parts": {
                name: ([_line(each) for each in part[:MOST]], max(len(part) - MOST, 0))
                for name, part in (
                    ("late", digest.late),
                    ("due", digest.due),
                    ("waiting", digest.waiting),
                    ("escalated", digest.escalated),
                )
            },
            "address": f"{settings.ADDRESS}/cases/",
            "feeds": f"{settings.ADDRESS}/cases/feeds/",
        }
        subject = " ".join(render_to_string("cases/email/digest_subject.txt", context).split())
        text = render_to_string("cases/email/digest_message.txt", context).strip() + "\n"
    return Mail(digest.person.email, subject, text)


def _line(matter: Matter) -> Line:
    return Line(
        summary(matter),
        details(matter),
        matter.day,
        matter.late_days,
        f"{settings.ADDRESS}{path_of(matter)}",
    )


@dataclass(frozen=True)
class Failure:
    """A mail that could not be sent, and why; it is tried again the next time."""

    to: str
    reason: str


def send(digest: Digest, today: date) -> Failure | bool:
    """Send a digest unless the person was reminded today; return whether it was sent.

    What is written down goes with the mail: if it cannot be sent, nothing is, and the next run
    tries again. Of two runs at once the second waits for the first, and finds it done.
    """
    mail = mail_of(digest, today)
    try:
        with transaction.atomic():
            _reminder, is_new = Reminder.objects.get_or_create(
                person=digest.person,
                on=today,
                defaults={"matters": digest.count, "at": timezone.now()},
            )
            if not is_new:
                return False
            if not EmailMessage(mail.subject, mail.text, to=[mail.to]).send():
                raise SMTPException("there is no address")
    # An address that no mail can carry is a ValueError; the others get theirs all the same.
    except (SMTPException, OSError, ValueError) as error:
        return Failure(mail.to or str(digest.person), str(error) or type(error).__name__)
    return True

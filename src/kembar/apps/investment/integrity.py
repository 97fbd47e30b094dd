"""Who may not decide on a lead: nobody judges his own work, nor a company that he is close to.

The rules are few and plain, so that everybody can know them:

- whoever holds or held a post that looks or looked after it, since it was opened, has worked on
  it;
- whoever asked that the win be verified, talked with the company for us, or wrote down anything
  else of it, has worked on it too;
- whoever declared an interest in the company is close to it from then on, until it has ended and
  somebody else who verifies has confirmed the end;
- whoever received a gift of the company is close to it for twelve months.

The first two may not verify; the last two may neither verify, nor win or end a lead.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Holding, User
from kembar.apps.audit.actions import key_of
from kembar.apps.audit.models import Entry
from kembar.apps.investment.models import Company, Gift, Lead

# A year: gifts come with the seasons, and a thank-you may come with the next one.
GIFT_DAYS = 365

OWNER = _("You hold or held the post that looks after this lead; somebody else has to look.")
ASKED = _("You asked for the verification yourself; somebody else has to look.")
WROTE = _("You worked on this lead yourself; somebody else has to look.")
TALKED = _("You talked with the company for us; somebody else has to look.")
INTEREST = _("You declared an interest in this company; somebody else has to decide.")
END_NOT_SEEN = _(
    "You declared an interest in this company, and nobody else has confirmed that it ended;"
    " somebody else has to decide."
)
GIFT = _(
    "You received a gift of this company within the last twelve months; somebody else has to"
    " decide."
)


def closeness(person: User, company: Company, today: date) -> list[Promise | str]:
    """Return why a person is too close to a company to decide on its leads; empty if he is not."""
    found: list[Promise | str] = []
    ends = company.interests.barring(today).filter(person=person).values_list("until", flat=True)
    if ends:
        has_ended = all(until is not None and until < today for until in ends)
        found.append(END_NOT_SEEN if has_ended else INTEREST)
    since = today - timedelta(days=GIFT_DAYS)
    received = company.gifts.filter(person=person, way=Gift.Way.RECEIVED)
    if received.filter(on__gte=since, on__lte=today).exists():
        found.append(GIFT)
    return found


def part_in(person: User, lead: Lead) -> list[Promise | str]:
    """Return what part a person had in the work on a lead; empty if he had none."""
    found: list[Promise | str] = []
    during = Q(until=None) | Q(until__gte=lead.opened_on)
    owners = [*lead.former_owners, *([lead.owner_id] if lead.owner_id else [])]
    if Holding.objects.filter(during, post__in=owners, person=person).exists():
        found.append(OWNER)
    if lead.verify_asked_by_id == person.pk:
        found.append(ASKED)
    if lead.contact_notes.filter(by=person).exists():
        found.append(TALKED)
    deeds = Entry.objects.filter(context=key_of(lead), actor=person)
    if not found and deeds.exclude(action="investment.win_verified").exists():
        found.append(WROTE)
    return found


def bars_deciding(person: User, lead: Lead, today: date) -> list[Promise | str]:
    """Return why a person may not win or end a lead."""
    return closeness(person, lead.company, today)


def bars_verifying(person: User, lead: Lead, today: date) -> list[Promise | str]:
    """Return why a person may not verify a win."""
    return [*part_in(person, lead), *closeness(person, lead.company, today)]

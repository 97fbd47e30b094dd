"""Is a tie alive? Seven plain facts, each with the reason why it matters.

The reasons come from studies of Indonesian ties that fell asleep, and of the few that
did not; each names the source by its key in the example (`site/data/founding.toml`).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

# A tie may be silent for twice its own usual gap, but nobody is called asleep within a
# quarter; without three contacts it has no rhythm of its own, and a year is allowed.
# These three numbers are our choice, not law: docs/explanation/tie-health.md.
TIMES_ITS_RHYTHM = 2
SHORTEST_ALLOWANCE = 90
WITHOUT_RHYTHM = 365


class Status(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    MISSING = "missing"
    NOT_YET = "not_yet"


class Factor(StrEnum):
    OWNER = "owner"
    CONTACT = "contact"
    NEXT_EVENT = "next_event"
    FUNDING = "funding"
    DOING_BODY = "doing_body"
    THEME = "theme"
    RENEWAL = "renewal"


class Sleep(StrEnum):
    AWAKE = "awake"
    DROWSY = "drowsy"
    ASLEEP = "asleep"
    OVER = "over"


@dataclass(frozen=True)
class Pulse:
    """What the contacts of a tie say: the last, its usual gap in days, when silence is too long."""

    last: date | None
    rhythm_days: int | None
    silent_from: date | None


@dataclass(frozen=True)
class Facts:
    """What health is judged by. Days are days of the calendar."""

    has_owner: bool
    owner_is_held: bool
    pulse: Pulse
    next_event: date | None
    has_funding: bool
    has_doing_body: bool
    has_theme: bool
    sector_count: int
    is_signed: bool
    renewal: date | None
    is_over: bool
    is_said_to_sleep: bool


@dataclass(frozen=True)
class Health:
    """The state of each factor, how many of those asked for are good, and the word for it."""

    factors: dict[Factor, Status]
    sleep: Sleep
    silent_days: int | None

    @property
    def good(self) -> int:
        return sum(status == Status.GOOD for status in self.factors.values())

    @property
    def asked(self) -> int:
        return sum(status != Status.NOT_YET for status in self.factors.values())


def pulse(contacts: Sequence[date], today: date) -> Pulse:
    """Return the pulse of the contacts up to today; several on one day count once.

    >>> pulse([date(2026, 1, 1), date(2026, 3, 2), date(2026, 5, 1)], date(2026, 6, 1))
    Pulse(last=datetime.date(2026, 5, 1), rhythm_days=60, silent_from=datetime.date(2026, 8, 29))
    """
    days = sorted({day for day in contacts if day <= today})
    if not days:
        return Pulse(None, None, None)
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    rhythm = round(statistics.median(gaps[-10:])) if len(gaps) >= 2 else None
    allowed = max(SHORTEST_ALLOWANCE, TIMES_ITS_RHYTHM * rhythm) if rhythm else WITHOUT_RHYTHM
    return Pulse(days[-1], rhythm, days[-1] + timedelta(days=allowed))


def examine(facts: Facts, today: date) -> Health:
    """Return the health of a tie on a day."""
    factors = {
        Factor.OWNER: _owner(facts),
        Factor.CONTACT: _contact(facts.pulse, today),
        Factor.NEXT_EVENT: _next_event(facts, today),
        Factor.FUNDING: Status.GOOD if facts.has_funding else Status.MISSING,
        Factor.DOING_BODY: Status.GOOD if facts.has_doing_body else Status.MISSING,
        Factor.THEME: _theme(facts),
        Factor.RENEWAL: _renewal(facts, today),
    }
    last = facts.pulse.last
    health = Health(factors, Sleep.AWAKE, (today - last).days if last else None)
    return Health(factors, _sleep(health, facts, today), health.silent_days)


def _owner(facts: Facts) -> Status:
    if facts.owner_is_held:
        return Status.GOOD
    return Status.WEAK if facts.has_owner else Status.MISSING


def _contact(pulse_: Pulse, today: date) -> Status:
    if pulse_.silent_from is None:
        return Status.MISSING
    return Status.GOOD if today < pulse_.silent_from else Status.WEAK


def _next_event(facts: Facts, today: date) -> Status:
    planned = facts.next_event is not None and facts.next_event >= today
    return Status.GOOD if planned else Status.MISSING


def _theme(facts: Facts) -> Status:
    if facts.has_theme or facts.sector_count in (1, 2):
        return Status.GOOD
    return Status.WEAK if facts.sector_count else Status.MISSING


def _renewal(facts: Facts, today: date) -> Status:
    if not facts.is_signed:
        return Status.NOT_YET
    if facts.renewal is None:
        return Status.MISSING
    return Status.GOOD if facts.renewal >= today else Status.WEAK


def _sleep(health: Health, facts: Facts, today: date) -> Sleep:
    if facts.is_over:
        return Sleep.OVER
    silent = facts.pulse.silent_from is not None and facts.pulse.silent_from <= today
    if silent or facts.is_said_to_sleep:
        return Sleep.ASLEEP
    return Sleep.AWAKE if 2 * health.good > health.asked else Sleep.DROWSY

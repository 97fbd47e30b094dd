"""On whom cases wait: days pending by authority, over a tie, a region or the nation.

Days are counted when the page is read, from the day since which something lies with somebody: no
night passes over a table of days.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Count, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kembar.apps.accounts.rights import within
from kembar.apps.cases import words
from kembar.apps.cases.models import Case, CaseQuerySet, LimitSetting, PinnedRulebook, Returned
from kembar.apps.cases.standing import book_of, joined, party_told
from kembar.apps.kit.bulk import uncollected
from kembar.apps.kit.text import Text
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Tie
from kembar.engines import calendars, charts
from kembar.engines.errors import KembarError
from kembar.engines.procedure.dating import nth_after
from kembar.engines.procedure.joining import Act, Party, Procedure
from kembar.engines.procedure.model import Limit

# Authorities in the picture: the longest waits; the table has them all.
DRAWN_AUTHORITIES = 12
RETURNED = frozenset(Returned.values)
# Cases of one authority on a page.
MOST = 100
# As ISO 3166 writes a country and what lies in it: ID, ID-NT, ID-NT.kota-kupang.
CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3}(\..+)?)?")


@dataclass(frozen=True)
class Scope:
    """Over what is counted: one tie, a region by code or name, or all that one may read.

    With `idle` also what could begin and has not, which is longer to read.
    """

    region: str = ""
    tie: int | None = None
    idle: bool = False


class Wait(NamedTuple):
    """An act of a case that lies with an office.

    Attributes
    ----------
    case
        Its key.
    home
        The code of its home region.
    state
        "waiting", "returned" or "open".
    since
        None for what could have begun on the first day of the case.
    days
        Of the calendar, from `since` to today.
    working_days
        Of the office's country, where the limit counts those; else None.
    due, late_days
        By the limit that runs from the handing in, if its days are known.
    """

    case: int
    home: str
    authority: str
    lane: str
    procedure: Procedure
    act: Act
    party: Party
    state: str
    since: date | None
    days: int
    working_days: int | None = None
    due: date | None = None
    late_days: int = 0

    @property
    def step(self) -> Text:
        return words.act_name(self.act)

    @property
    def office(self) -> Text:
        return words.party_name(self.procedure, self.party)

    @property
    def state_name(self) -> str:
        return str(words.STATES[self.state])


@dataclass(frozen=True)
class Authority:
    """An office, or offices of one kind in several regions, and what lies with it.

    Attributes
    ----------
    waits
        The longest first.
    """

    key: str
    name: Text
    lane: str
    waits: Sequence[Wait]

    @property
    def cases(self) -> int:
        return len({wait.case for wait in self.waits})

    @cached_property
    def regions(self) -> int:
        return len({wait.home for wait in self.waits})

    @property
    def longest(self) -> Wait:
        return self.waits[0]

    @cached_property
    def late(self) -> int:
        return sum(wait.late_days > 0 for wait in self.waits)

    @cached_property
    def returned(self) -> int:
        return sum(wait.state == "returned" for wait in self.waits)


@dataclass(frozen=True)
class WaitingPage:
    """Who holds up what, the longest first.

    Attributes
    ----------
    authorities
        With what was handed in to them, and what came back to them.
    idle
        Those who could begin something and have not.
    returns
        How often something came back, by reason, in running cases whose log one reads.
    picture
        None if nothing waits.
    chosen
        The authority whose cases are listed, with the cases by key.
    """

    scope: Scope
    authorities: Sequence[Authority]
    idle: Sequence[Authority]
    returns: Sequence[tuple[str, int]]
    picture: SafeString | None
    tie: Tie | None
    chosen: Authority | None
    listed: Sequence[tuple[Wait, Case]]
    most: int = MOST

    @property
    def is_cut(self) -> bool:
        """Whether more cases wait on the chosen authority than are listed."""
        return self.chosen is not None and len(self.chosen.waits) > MOST


def waiting_page(user: object, scope: Scope, chosen: str, today: date) -> WaitingPage:
    """Return on whom the running cases wait that a person may read."""
    with uncollected():
        found = _waits(user, scope, today)
    waiting = [wait for wait in found if wait.state != "open"]
    authorities = _by_authority(waiting)
    idle = _by_authority([wait for wait in found if wait.state == "open"])
    one = next((each for each in (*authorities, *idle) if each.key == chosen), None)
    tie = None
    if scope.tie is not None:
        tie = Tie.objects.visible_to(user).select_related("home", "partner").get(pk=scope.tie)
    shown = found if tie else [wait for wait in found if wait.authority == chosen]
    return WaitingPage(
        scope=scope,
        authorities=authorities,
        idle=idle,
        returns=_returns(user, scope),
        picture=_picture(authorities) if authorities else None,
        tie=tie,
        chosen=one,
        listed=_with_cases(user, shown),
    )


def of_region(text: str) -> Q:
    """Return the condition that a case's home is called so, or lies in the region of that code."""
    if CODE.fullmatch(text):
        return within("tie__home__code", [text])
    # The codes first: few regions are called so, and there are many cases.
    called = Region.objects.filter(spelt__icontains=text).values_list("code", flat=True)
    return Q(tie__home__in=list(called))


def home_offices(kinds: Iterable[str]) -> set[str]:
    """Return the home offices of some kinds in the rulebooks that cases run by, as `told` does."""
    return {
        f"home:{actor.code}"
        for book in PinnedRulebook.objects.defer("text")
        for actor in book_of(book).actors.values()
        if actor.kind in kinds
    }


def cases_in(user: object, scope: Scope) -> CaseQuerySet:
    """Return the cases of a scope that a person may read."""
    cases = Case.objects.visible_to(user)
    if scope.region:
        cases = cases.filter(of_region(scope.region))
    return cases.filter(tie=scope.tie) if scope.tie is not None else cases


def _waits(user: object, scope: Scope, today: date) -> list[Wait]:
    """Return what lies with whom: three queries."""
    cases = cases_in(user, scope).running()
    parts: list[Cast | KeyTextTransform] = [as_text("pending")]
    if scope.idle:
        parts.append(KeyTextTransform("next", "stands"))
    else:
        cases = cases.filter(waiting_since__isnull=False)
    rows = list(
        cases.order_by().values_list(
            *("pk", "sub", "side", "opened_on", "home_book", "partner_book", "tie__home__code"),
            *parts,
        )
    )
    clock = _Clock(today)
    found: list[Wait] = []
    pending = [_parsed(row[at] for row in rows) for at in range(-len(parts), 0)]
    for row, *acts in zip(rows, *pending, strict=True):
        pk, sub, travels, opened_on, home, partner, code = row[: -len(parts)]
        for act, state, since, parties in chain(*acts):
            for told in parties:
                terms = clock.terms(home, partner, sub, act, told)
                if terms is not None:
                    lane = travels or terms.party.side
                    found.append(clock.wait(pk, code, lane, terms, state, since, opened_on))
    return found


def _returns(user: object, scope: Scope) -> list[tuple[str, int]]:
    """Return how often something came back by reason, in cases whose log one reads: one query."""
    # Thousands of cases say the same, most of them that nothing came back.
    rows = (
        cases_in(user, scope)
        .running()
        .read_whole_by(user)
        .order_by()
        .values_list(as_text("came_back"))
        .annotate(Count("pk"))
    )
    texts, counts = zip(*rows, strict=True) if rows else ((), ())
    returns: dict[str, int] = defaultdict(int)
    for back, cases in zip(_parsed(texts), counts, strict=True):
        for reason, count in back.items():
            returns[reason if reason in RETURNED else Returned.OTHER] += count * cases
    counted = sorted(returns.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(str(Returned(reason).label), count) for reason, count in counted]


def as_text(field: str) -> Cast:
    """Return a field of JSON as the text that the database keeps."""
    return Cast(field, TextField())


def _parsed(texts: Iterable[str | None]) -> list[Any]:
    """Return JSON texts as they read, all at once: one by one takes four times as long."""
    found: list[Any] = json.loads(f"[{','.join(text or '[]' for text in texts)}]")
    return found


class Terms(NamedTuple):
    """A step that lies with an office, and how the days are counted there.

    Attributes
    ----------
    days
        Of a limit that runs from the handing in; None if there is none, or nobody knows.
    calendar
        Of the office's country, where its limit counts working days.
    """

    procedure: Procedure
    act: Act
    party: Party
    authority: str
    days: int | None
    calendar: calendars.Calendar | None


class _Clock:
    """Counts days to one day, with the calendars and the limits filled in."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._books = PinnedRulebook.objects.defer("text").in_bulk()
        self._settings = {
            (one.country, one.key): (one.days, one.count) for one in LimitSetting.objects.all()
        }
        self._calendars: dict[str, calendars.Calendar | None] = {}
        self._known: dict[tuple[int, int | None, str, str, str], Terms | None] = {}

    def terms(self, home: int, partner: int | None, sub: str, code: str, told: str) -> Terms | None:
        """Return what is known of a step at an office; None if the rulebooks have it no more.

        Parameters
        ----------
        home, partner
            Keys of the pinned rulebooks.
        code, told
            Of the act and of the office, as they were drawn.
        """
        # Thousands of waits are of some dozens of offices and steps.
        key = (home, partner, sub, code, told)
        if key not in self._known:
            other = self._books[partner] if partner is not None else None
            procedure = joined(self._books[home], other, sub)
            act = procedure.steps.get(code)
            self._known[key] = self._terms(procedure, act, party_told(told)) if act else None
        return self._known[key]

    def wait(
        self,
        case: int,
        home: str,
        lane: str,
        terms: Terms,
        state: str,
        told_since: str | None,
        opened_on: date,
    ) -> Wait:
        procedure, act, party, authority, limit, calendar = terms
        since = date.fromisoformat(told_since) if told_since else None
        began = since or opened_on
        days = max((self._today - began).days, 0)
        working, due, late = None, None, 0
        # Ties are older than the calendars; what began before them is counted in days only.
        if calendar and began >= calendars.FIRST:
            working = max(calendar.between(began, self._today), 0)
        if limit is not None and state == "waiting" and since:
            due, late = self._due(since, limit, calendar)
        return Wait(
            *(case, home, authority, lane, procedure, act, party, state, since, days),
            *(working, due, late),
        )

    def _terms(self, procedure: Procedure, act: Act, party: Party) -> Terms:
        book = procedure.book(party.side)
        authority = f"{book.code}:{party.actor}"
        limit = _limit_of(act, party)
        if limit is None:
            return Terms(procedure, act, party, authority, None, None)
        days, count = self._settings.get((book.country, limit.setting), (limit.days, limit.count))
        calendar = self._calendar(book.country) if count == "working" else None
        from_asked = days if limit.since == "asked" else None
        return Terms(procedure, act, party, authority, from_asked, calendar)

    def _due(
        self, since: date, days: int, calendar: calendars.Calendar | None
    ) -> tuple[date | None, int]:
        if calendar is None:
            due = since + timedelta(days=days)
            return due, max((self._today - due).days, 0)
        if since < calendars.FIRST:
            return None, 0
        due = nth_after(calendar, since, days) if days else since
        return due, max(calendar.between(due, self._today), 0) if self._today > due else 0

    def _calendar(self, country: str) -> calendars.Calendar | None:
        if country not in self._calendars:
            try:
                self._calendars[country] = calendars.working_days(country)
            except KembarError:
                # No calendar of that country: its days are counted without holidays.
                self._calendars[country] = None
        return self._calendars[country]


def _limit_of(act: Act, party: Party) -> Limit | None:
    for side, part in zip(act.sides, act.parts, strict=True):
        if side == party.side:
            return part.limit
    return None


def _by_authority(waits: Iterable[Wait]) -> list[Authority]:
    grouped: dict[str, list[Wait]] = defaultdict(list)
    for wait in waits:
        grouped[wait.authority].append(wait)
    found = []
    for key, each in grouped.items():
        each.sort(key=lambda wait: -wait.days)
        first = each[0]
        name = words.party_name(first.procedure, first.party)
        found.append(Authority(key, name, first.lane, each))
    return sorted(found, key=lambda authority: (-authority.longest.days, authority.key))


def _picture(authorities: Sequence[Authority]) -> SafeString:
    parts = [
        charts.Part(
            str(each.name), each.longest.days, "partner" if each.lane == "partner" else "home"
        )
        for each in authorities[:DRAWN_AUTHORITIES]
    ]
    svg = charts.contributions(
        parts,
        title=_("The longest wait of each office"),
        description=_("Days of the calendar since the oldest file was handed in, or came back."),
        number=lambda value: f"{value:.0f}",
    )
    return mark_safe(svg)  # noqa: S308  # drawn by our own engine, which escapes every name


def _with_cases(user: object, waits: Sequence[Wait]) -> list[tuple[Wait, Case]]:
    ordered = sorted(waits, key=lambda wait: (wait.state == "open", -wait.days))[:MOST]
    if not ordered:
        return []
    cases: Mapping[int, Any] = (
        Case.objects.visible_to(user).named().in_bulk({wait.case for wait in ordered})
    )
    return [(wait, cases[wait.case]) for wait in ordered if wait.case in cases]

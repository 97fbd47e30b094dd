"""What a post owes and waits for in running cases, and by when: for its calendar and its mail.

A post is reminded of what it does itself, or waits for on others:

- Who keeps a case (its owner, else that of the tie, else the desks of the region): all that the
  home side has to do, and all that was handed in to an office and not answered.
- A ministry, a head: what was handed in to their own office.
- The partner's officer: what his side has to do in cases that are shared with him.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.db.models import Q

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role, covers, shared
from kembar.apps.cases import powers, words
from kembar.apps.cases.models import Case, CaseQuerySet, Entry, LimitSetting
from kembar.apps.cases.standing import calendars_of, goal_of, procedure_of, records_of
from kembar.apps.cases.waiting import as_text, home_offices
from kembar.apps.kit.text import Text
from kembar.engines.errors import KembarError
from kembar.engines.procedure import dating
from kembar.engines.procedure.joining import Party, Procedure
from kembar.engines.procedure.plan import Plan, Todo, plan

What = Literal["owed", "waiting", "day"]


@dataclass(frozen=True)
class Matter:
    """Something a post should think of.

    Attributes
    ----------
    what
        owed: the post's side does it. waiting: others do, and the post waits. day: a day of the
        case itself.
    key
        Tells it from the others of its case, and stays the same while it lasts.
    act
        Its code; empty for a day of the case.
    name, who
        The step and the office; of a day what it is.
    deed
        As the engine calls it: do, hand_in, mend, decide; finish: it is under way with who does it;
        of a day its moment.
    since
        From when it lies with whom it lies with.
    day
        By when, or on which day; None if no limit is known.
    late_days
        Of the calendar from that day to today, whatever the limit counts: so they compare.
    """

    case: Case
    what: What
    key: str
    act: str
    name: Text
    who: Text
    deed: str
    since: date | None
    day: date | None
    late_days: int = 0


@dataclass(frozen=True)
class Dated:
    """A running case, worked out for one day."""

    case: Case
    procedure: Procedure
    plan: Plan


def in_post(holding: Holding) -> User:
    """Return the holder of a post as he reads from this post alone, whatever else he holds."""
    reader = copy(holding.person)
    # `rights` is worked out from these once, and a copy may bring that of all posts along.
    reader.__dict__.pop("rights", None)
    reader.__dict__["current_holdings"] = [holding]
    return reader


def dated(cases: Iterable[Case], today: date) -> list[Dated]:
    """Return cases with their plans: two questions for all of them together.

    A case whose country has no calendar is left out: nobody can say when anything is due there.
    """
    cases = list(cases)
    logs: dict[int, list[Entry]] = defaultdict(list)
    entries = Entry.objects.filter(case__in=[case.pk for case in cases]).order_by("number")
    for entry in entries.defer("title", "person_name"):
        logs[entry.case_id].append(entry)
    settings: dict[str, dict[str, dating.LimitSetting]] = defaultdict(dict)
    for one in LimitSetting.objects.select_related("source"):
        count: dating.Count = "working" if one.count == "working" else "calendar"
        settings[one.country][one.key] = dating.LimitSetting(one.days, count, str(one.source))
    found = []
    for case in cases:
        procedure = procedure_of(case)
        countries = [book.country for book in procedure.books]
        try:
            planned = plan(
                procedure,
                records_of(logs[case.pk]),
                today=today,
                calendars=calendars_of(case, procedure),
                settings={k: v for each in countries for k, v in settings[each].items()},
                opened=case.opened_on,
                goal=goal_of(case, procedure),
            )
        except KembarError:
            continue
        found.append(Dated(case, procedure, planned))
    return found


def cases_of(holding: Holding) -> CaseQuerySet:
    """Return the running cases in which a post may owe or wait for something, and reads it.

    A ministry reads a nation's cases; it is asked about few of them.
    """
    post = holding.post
    region = post.office.region_code
    own = Q(owner=post) | Q(owner=None, tie__owner=post)
    if post.role == Role.DESK:
        own |= Q(owner=None, tie__owner=None, tie__home__code=region)
    elif post.role == Role.HEAD:
        own |= Q(tie__home__code=region)
    elif post.role == Role.PARTNER:
        # A published case of other partners he may read, but he owes nothing there.
        own |= shared(
            in_post(holding).rights,
            owner="tie__home__code",
            partner="tie__partner__code",
            audiences=["audience", "tie__audience"],
        )
    elif kinds := powers.DECIDES.get(Role(post.role)):
        for told in home_offices(kinds):
            own |= Q(lies__contains=f'"{told}"')
    cases = Case.objects.visible_to(in_post(holding)).running().named()
    found = cases.annotate(lies=as_text("pending")).filter(own)
    return found.select_related("tie__owner")


def matters_of(holding: Holding, cases: Iterable[Dated]) -> list[Matter]:
    """Return what a post owes and waits for in cases that it may read, the earliest day first."""
    found = [matter for each in cases for matter in _matters(holding, each)]
    found.sort(key=lambda m: (m.day or date.max, m.case.pk, m.key))
    return found


def _matters(holding: Holding, each: Dated) -> Iterator[Matter]:
    keeps = _keeps(holding, each.case)
    if keeps:
        yield from _days(each)
    for party, todos in each.plan.todo.items():
        actor = each.procedure.actor(party)
        is_home = party.side == "home" and each.case.side != "partner"
        decides = is_home and _decides(holding, each.case, actor.kind)
        partner = not is_home and holding.post.role == Role.PARTNER
        for todo in todos:
            matter = _matter(each, party, todo)
            # What a council or a national body decides, the partner's officer only waits for.
            awaits = partner and actor.kind not in ("bureau", "agency")
            if (decides and matter.deed == "decide") or (partner and not awaits):
                yield matter
            elif (keeps or awaits) and matter.deed == "decide":
                yield replace(matter, what="waiting")
            elif keeps and is_home:
                yield matter


def all_matters(each: Dated) -> Iterator[Matter]:
    """Yield what anybody owes in a case, whoever is asked."""
    for party, todos in each.plan.todo.items():
        for todo in todos:
            matter = _matter(each, party, todo)
            yield replace(matter, what="waiting") if matter.deed == "decide" else matter


def _keeps(holding: Holding, case: Case) -> bool:
    """Return whether a post looks after a case."""
    owner = case.owner_id or case.tie.owner_id
    if owner:
        return owner == holding.post_id
    post = holding.post
    return post.role == Role.DESK and post.office.region_code == case.tie.home_id


def _decides(holding: Holding, case: Case, kind: str) -> bool:
    """Return whether a post decides what is handed in to an office of that kind."""
    role, region = Role(holding.post.role), holding.post.office.region_code
    if kind not in powers.DECIDES.get(role, ()):
        return False
    home = case.tie.home_id
    return region == home if role == Role.HEAD else covers(region, home)


def is_head_of(holding: Holding, case: Case) -> bool:
    """Return whether a post is the head's in the home region of a case."""
    post = holding.post
    return post.role == Role.HEAD and post.office.region_code == case.tie.home_id


def _matter(each: Dated, party: Party, todo: Todo) -> Matter:
    """Return something to do as a matter of whoever does it."""
    act = each.procedure.steps[todo.act]
    # What nobody hands in to somebody else is not answered but finished.
    is_own = all(part.asks in ("", part.actor) for part in act.parts)
    return Matter(
        case=each.case,
        what="owed",
        key=f"{todo.act}-{party.side}-{party.actor}",
        act=todo.act,
        name=words.act_name(act),
        who=words.party_name(each.procedure, party),
        deed="finish" if is_own and todo.deed == "decide" else todo.deed,
        since=each.plan.stand.acts[todo.act].since,
        day=todo.due,
        late_days=max((each.plan.as_of - todo.due).days, 0) if todo.due else 0,
    )


def _days(each: Dated) -> Iterator[Matter]:
    """Yield the days of a case itself that have not passed, or were missed."""
    today, stand = each.plan.as_of, each.plan.stand
    for moment, day in stand.moments.items():
        is_target = moment == each.plan.aim and not stand.acts[each.plan.goal].is_over
        if day >= today or is_target:
            late = (today - day).days if is_target and day < today else 0
            name = Text(en=moment)
            yield Matter(each.case, "day", moment, "", name, Text(), moment, None, day, late)

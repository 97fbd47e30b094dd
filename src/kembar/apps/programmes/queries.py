"""What pages about programmes read. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, rights_of
from kembar.apps.accounts.rights import Rights, shared
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.prepared import Prepared
from kembar.apps.ledger.models import Source
from kembar.apps.programmes.models import (
    Activity,
    Attendance,
    Body,
    BudgetLine,
    Document,
    Milestone,
    Programme,
    Risk,
    Site,
    is_in,
)
from kembar.apps.programmes.plan import (
    Span,
    State,
    activity_late_from,
    activity_state,
    after,
    programme_state,
)
from kembar.apps.rates.queries import Rates, Total
from kembar.apps.rates.queries import Sum as Money
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Tie
from kembar.apps.ties.queries import reads_all_ties
from kembar.engines.dates import PartialDate
from kembar.engines.money import digits_of

# Kinds of activities that are about people and culture.
PEOPLE_KINDS = (
    Activity.Kind.EXCHANGE,
    Activity.Kind.SCHOLARSHIP,
    Activity.Kind.ARTS,
    Activity.Kind.LANGUAGE_CLASS,
    Activity.Kind.TRAINING,
    Activity.Kind.STUDY_VISIT,
)
# Currencies that a page of money offers to convert into.
INTO = ("IDR", "CNY", "USD")
MOST = 20


def day(value: date) -> str:
    """Write a day in the reader's language."""
    return readable(PartialDate.from_date(value))


def days(first: date | None, last: date | None) -> str:
    """Write a span of days, with ? where one is not known; empty if neither is."""
    if first is None and last is None:
        return ""
    if first is None or last is None:
        return f"{day(first) if first else '?'} – {day(last) if last else '?'}"
    return readable(PartialDate.from_date(first), PartialDate.from_date(last))


def month(value: date) -> str:
    """Write a month in the reader's language."""
    return readable(PartialDate(value.year, value.month))


# Finding -------------------------------------------------------------------------------


def programme_of(user: object, pk: int) -> Programme:
    """Return a programme that a person may read.

    Raises
    ------
    Programme.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    visible = Programme.objects.visible_to(user)
    return visible.select_related("tie__home", "tie__partner", "owner__office").get(pk=pk)


def reads_all(user: object, programme: Programme) -> bool:
    """Return whether a person reads money, risks and papers too, not only what is shared."""
    return rights_of(user).may("ties.read_all", programme.tie.home_id)


def state_of(programme: Programme, today: date) -> State:
    """Return the state of a programme on a day."""
    return programme_state(
        today,
        stopped_on=programme.stopped_on,
        late_from=programme.late_from,
        begun_on=programme.begun_on,
        ends=programme.ends,
    )


def span_of(activity: Activity) -> Span:
    """Return the days of an activity."""
    return Span(activity.starts, activity.ends, activity.began, activity.ended, activity.dropped_on)


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the list of programmes by."""

    region: str = ""
    state: str = ""
    sector: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Line:
    """A programme in a list."""

    programme: Programme
    state: State


# What a line shows, or is told from.
LISTED = (
    *("title", "sector", "starts", "ends", "stopped_on", "begun_on", "late_from", "people"),
    *("tie__home__name", "tie__home__code", "tie__partner__name", "tie__partner__code"),
    *("tie__cycle", "owner__title"),
)


def _lines(programmes: Iterable[Programme], today: date) -> list[Line]:
    return [Line(each, state_of(each, today)) for each in programmes]


@dataclass(frozen=True)
class ListPage:
    page: Page[Programme]
    lines: Sequence[Line]


def list_programmes(user: Any, filters: Filters, today: date, number: int) -> ListPage:
    """Return one page of the programmes that a person may read, the newest first."""
    programmes = Programme.objects.visible_to(user)
    if filters.region:
        named: Any = Region.objects.filter(spelt__icontains=filters.region).values("code")
        programmes = programmes.filter(Q(tie__home__in=named) | Q(tie__partner__in=named))
    if filters.state:
        programmes = programmes.in_state(filters.state, today)
    if filters.sector:
        programmes = programmes.filter(sector=filters.sector)
    if filters.mine:
        posts = [held.post_id for held in user.current_holdings]
        doing = Activity.objects.filter(owner__in=posts).values("programme")
        programmes = programmes.filter(Q(owner__in=posts) | Q(pk__in=doing))
    rows = programmes.select_related("tie__home", "tie__partner", "owner").only(*LISTED)
    page = page_of(rows.order_by("-pk"), number, wide=True)
    return ListPage(page, _lines(page.rows, today))


def _as_they_begin(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    rows = programmes.select_related("tie__home", "tie__partner", "owner").only(*LISTED)
    return rows.order_by(F("starts").asc(nulls_last=True), "pk")


_of_ties = Prepared(lambda ties: _as_they_begin(Programme.objects.filter(tie__in=ties)))


def lines_of_tie(user: object, tie: Tie, today: date) -> list[Line]:
    """Return the programmes of a tie that a person may read, as they begin."""
    if rights_of(user).may("ties.read_all", tie.home_id):
        return _lines(_of_ties([tie.pk]), today)
    return _lines(_as_they_begin(Programme.objects.visible_to(user).filter(tie=tie)), today)


# One programme -------------------------------------------------------------------------


@dataclass(frozen=True)
class ActivityRow:
    """An activity with its state, and the one thing to be done with it now."""

    activity: Activity
    state: State
    late_from: date | None

    @property
    def is_late(self) -> bool:
        return self.state == State.LATE

    @property
    def planned_days(self) -> str:
        return days(self.activity.starts, self.activity.ends)

    @property
    def done_days(self) -> str:
        return days(self.activity.began, self.activity.ended)


@dataclass(frozen=True)
class MilestoneRow:
    milestone: Milestone
    is_late: bool


@dataclass(frozen=True)
class Next:
    """What is to be done next, and where."""

    sentence: str
    path: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class ProgrammePage:
    """A programme at a glance; what its own region keeps to itself is empty for others."""

    programme: Programme
    state: State
    is_own: bool
    next: Next
    activities: Sequence[ActivityRow]
    milestones: Sequence[MilestoneRow]
    bodies: Sequence[tuple[str, Sequence[Body]]]
    sites: Sequence[Site]
    sources: Sequence[Source]
    hours: Hours
    risks: Sequence[Risk] = ()
    documents: Sequence[Document] = ()
    sums: Sequence[tuple[str, Sequence[tuple[str, Decimal]]]] = ()


@dataclass(frozen=True)
class Hours:
    """Hours times participants, of the activities of which both are known.

    Attributes
    ----------
    people
        None if nobody counted anywhere.
    missing
        Activities that began, of which hours or participants are not known.
    """

    people: int | None
    person_hours: Decimal
    missing: int


def hours_of(activities: Iterable[Activity]) -> Hours:
    """Return how many took part, and for how many hours together."""
    people, hours, missing = None, Decimal(0), 0
    for activity in activities:
        if activity.people is not None:
            people = (people or 0) + activity.people
        if activity.began is None:
            continue
        if activity.people is None or activity.hours is None:
            missing += 1
        else:
            hours += activity.people * activity.hours
    return Hours(people, hours, missing)


def row_of(activity: Activity, today: date) -> ActivityRow:
    """Return an activity with its state on a day."""
    span = span_of(activity)
    return ActivityRow(activity, activity_state(span, today), activity_late_from(span))


def programme_page(programme: Programme, user: object, today: date) -> ProgrammePage:
    """Return what the page of a programme shows to this reader."""
    is_own = reads_all(user, programme)
    activities = programme.activities.select_related("owner").order_by(
        F("starts").asc(nulls_last=True), "pk"
    )
    rows = [row_of(each, today) for each in activities]
    milestones = [
        MilestoneRow(each, each.reached_on is None and each.due is not None and each.due < today)
        for each in programme.milestones.filter(withdrawn="").order_by(
            F("due").asc(nulls_last=True), "pk"
        )
    ]
    by_side: dict[str, list[Body]] = defaultdict(list)
    for body in programme.bodies.order_by("pk"):
        by_side[body.side].append(body)
    return ProgrammePage(
        programme=programme,
        state=state_of(programme, today),
        is_own=is_own,
        next=next_of(programme, rows, milestones, today),
        activities=rows,
        milestones=milestones,
        bodies=[(side, by_side[side]) for side in Body.Side.values if by_side[side]],
        sites=list(programme.sites.select_related("region").order_by("pk")),
        sources=list(Source.objects.visible_to(user).filter(programmes=programme).order_by("pk")),
        hours=hours_of(row.activity for row in rows),
        risks=risks_of(programme) if is_own else (),
        documents=list(programme.documents.select_related("file", "activity").order_by("pk"))
        if is_own
        else (),
        sums=_sums(programme) if is_own else (),
    )


def risks_of(programme: Programme) -> list[Risk]:
    """Return the open risks, the heaviest first, those not judged yet before them."""
    risks = programme.risks.filter(closed_on=None).select_related("owner").order_by("pk")
    return sorted(risks, key=lambda risk: -(risk.weight or 10))


def _sums(programme: Programme) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    """Return for each kind of amount what stands in which currency; nothing is converted."""
    rows = programme.budget.filter(withdrawn="").values_list("kind", "currency")
    sums: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for kind, currency, amount in rows.annotate(sum=Sum("amount")).order_by("currency"):
        sums[kind].append((currency, amount))
    return [
        (str(BudgetLine.Kind(kind).label), sums[kind])
        for kind in BudgetLine.Kind.values
        if sums[kind]
    ]


def next_of(
    programme: Programme,
    rows: Sequence[ActivityRow],
    milestones: Sequence[MilestoneRow],
    today: date,
) -> Next:
    """Return what comes next: what is late, then what waits for a look, then what is planned."""
    if programme.stopped_on:
        told = {"day": day(programme.stopped_on), "why": programme.stopped_reason}
        return Next(_("Stopped on %(day)s: %(why)s") % told)
    late = [row for row in rows if row.is_late and row.late_from]
    missed = [row.milestone for row in milestones if row.is_late]
    dated: list[tuple[date, Next]] = [
        *((row.late_from or today, _late(row)) for row in late),
        *((after(each.due) or today, _missed(each)) for each in missed),
    ]
    if dated:
        return min(dated, key=lambda pair: pair[0])[1]
    if own := _late_itself(programme, rows, today):
        return own
    for row in rows:
        each = row.activity
        if each.look_from and each.look_from <= today and each.looked_on is None:
            sentence = _("A year has passed since “%(what)s” was finished: what continued?")
            path = reverse("programmes:look", args=[each.pk])
            return Next(sentence % {"what": each}, path)
    return _coming(rows, milestones)


def _late(row: ActivityRow) -> Next:
    activity = row.activity
    path = reverse("programmes:did", args=[activity.pk])
    if activity.began is None:
        sentence = _("“%(what)s” should have begun on %(day)s.")
        planned = activity.starts or activity.ends
    else:
        sentence = _("“%(what)s” should have been finished on %(day)s.")
        planned = activity.ends
    told = {"what": activity, "day": day(planned) if planned else ""}
    return Next(sentence % told, path, is_late=True)


def _missed(milestone: Milestone) -> Next:
    told = {"what": milestone, "day": day(milestone.due) if milestone.due else ""}
    path = reverse("programmes:change_milestone", args=[milestone.pk])
    return Next(_("“%(what)s” was to be reached by %(day)s.") % told, path, is_late=True)


def _late_itself(programme: Programme, rows: Sequence[ActivityRow], today: date) -> Next | None:
    """Say that a programme is late though none of its parts is."""
    if programme.late_from is None or programme.late_from > today:
        return None
    path = reverse("programmes:change", args=[programme.pk])
    if programme.ends and programme.ends < today:
        sentence = _("It was to end on %(day)s, and not everything is recorded as finished.")
        return Next(sentence % {"day": day(programme.ends)}, path, is_late=True)
    starts = programme.starts or today
    sentence = _("It was to begin on %(day)s, and nothing is recorded.")
    if not rows:
        path = reverse("programmes:new_activity", args=[programme.pk])
    return Next(sentence % {"day": day(starts)}, path, is_late=True)


def _coming(rows: Sequence[ActivityRow], milestones: Sequence[MilestoneRow]) -> Next:
    dated: list[tuple[date, Next]] = []
    for row in rows:
        each = row.activity
        path = reverse("programmes:did", args=[each.pk])
        if row.state == State.RUNNING:
            sentence = _("“%(what)s” is running.") % {"what": each}
            dated.append((each.ends or date.max, Next(sentence, path)))
        elif row.state == State.PLANNED and (first := each.starts or each.ends):
            sentence = _("Next: “%(what)s”, on %(day)s.") % {"what": each, "day": day(first)}
            dated.append((first, Next(sentence, path)))
    for mark in milestones:
        if mark.milestone.reached_on is None and mark.milestone.due:
            told = {"what": mark.milestone, "day": day(mark.milestone.due)}
            path = reverse("programmes:change_milestone", args=[mark.milestone.pk])
            sentence = _("Next: “%(what)s”, by %(day)s.") % told
            dated.append((mark.milestone.due, Next(sentence, path)))
    if dated:
        return min(dated, key=lambda pair: pair[0])[1]
    undated = next((row.activity for row in rows if row.state == State.PLANNED), None)
    if undated:
        path = reverse("programmes:change_activity", args=[undated.pk])
        return Next(_("“%(what)s” has no days yet.") % {"what": undated}, path)
    return Next(_("Nothing is open in it."))


# Money ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyRow:
    """A kind of amount or a purse, with what stands in it."""

    name: str
    total: Total


@dataclass(frozen=True)
class PurseRow:
    """A purse, with its sum of each kind of amount; None where there is none."""

    name: str
    totals: Sequence[Total | None]


@dataclass(frozen=True)
class MoneyPage:
    currency: str
    kinds: Sequence[MoneyRow]
    purses: Sequence[PurseRow]
    lines: Sequence[BudgetLine]
    withdrawn: Sequence[BudgetLine]
    without_rate: Sequence[Money]


def money_page(programme: Programme, currency: str) -> MoneyPage:
    """Return the amounts of a programme, added up by kind and by purse, in one currency."""
    lines = list(programme.budget.select_related("activity").order_by("-on", "-pk"))
    standing = [line for line in lines if not line.withdrawn]
    rates = Rates(currency)
    by_kind: dict[str, list[Money]] = defaultdict(list)
    by_both: dict[tuple[str, str], list[Money]] = defaultdict(list)
    for line in standing:
        one = Money(line.amount, line.currency, line.on)
        by_kind[line.kind].append(one)
        by_both[line.purse, line.kind].append(one)
    totals = {kind: _rounded(rates.total(by_kind[kind])) for kind in BudgetLine.Kind.values}
    return MoneyPage(
        currency=currency,
        kinds=[
            MoneyRow(str(BudgetLine.Kind(kind).label), total)
            for kind, total in totals.items()
            if by_kind[kind]
        ],
        purses=[
            PurseRow(
                str(BudgetLine.Purse(purse).label),
                [
                    _rounded(rates.total(by_both[purse, kind])) if by_both[purse, kind] else None
                    for kind in BudgetLine.Kind.values
                ],
            )
            for purse in BudgetLine.Purse.values
            if any(line.purse == purse for line in standing)
        ],
        lines=standing,
        withdrawn=[line for line in lines if line.withdrawn],
        without_rate=list(
            dict.fromkeys(one for total in totals.values() for one in total.without_rate)
        ),
    )


def _rounded(total: Total) -> Total:
    """Return a sum as it is shown: a rate gives more digits than there are coins."""
    coin = Decimal(1).scaleb(-digits_of(total.currency))
    return replace(total, amount=total.amount.quantize(coin))


# People --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """One way to divide the participants, the part that was not noted among it.

    Attributes
    ----------
    key
    name
    parts
        Name and number; they add up to all participants.
    """

    key: str
    name: str
    parts: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class PeoplePage:
    hours: Hours
    activities: Sequence[Activity]
    groups: Sequence[Group]


def people_page(programme: Programme, user: object) -> PeoplePage:
    """Return who took part in a programme, divided in each way by itself.

    Who reads only what is shared sees totals: in small groups somebody might know himself.
    """
    activities = list(
        programme.activities.filter(dropped_on=None).order_by(
            F("starts").asc(nulls_last=True), "pk"
        )
    )
    groups = groups_of(programme) if reads_all(user, programme) else []
    return PeoplePage(hours_of(activities), activities, groups)


def groups_of(programme: Programme) -> list[Group]:
    """Return the participants by sex, age group, disability and place."""
    rows = list(
        Attendance.objects.filter(activity__programme=programme)
        .values_list("sex", "age", "disability", "place")
        .annotate(people=Sum("count"))
        .order_by()
    )
    if not rows:
        return []
    choices: list[tuple[str, Any]] = [
        ("sex", Attendance.Sex),
        ("age", Attendance.Age),
        ("disability", Attendance.Disability),
    ]
    groups = []
    for at, (key, values) in enumerate(choices):
        counts: dict[str, int] = defaultdict(int)
        for row in rows:
            counts[row[at]] += row[-1]
        parts = [(str(values(value).label), counts[value]) for value in values.values if value]
        parts.append((_("Not noted"), counts[""]))
        groups.append(Group(key, _name(key), [part for part in parts if part[1]]))
    places: dict[str, int] = defaultdict(int)
    for *_noted, place, people in rows:
        places[place] += people
    named = sorted(((p, n) for p, n in places.items() if p), key=lambda pair: (-pair[1], pair[0]))
    if places[""]:
        named.append((_("Not noted"), places[""]))
    return [*groups, Group("place", _name("place"), named)]


def _name(key: str) -> str:
    column = Attendance._meta.get_field(key)
    return str(column.verbose_name)  # type: ignore[union-attr]  # a column, no relation


# Culture and people --------------------------------------------------------------------


@dataclass(frozen=True)
class KindRow:
    """All finished activities of one kind.

    Attributes
    ----------
    looked, unlooked
        By what was found a year later, and of how many nobody has looked though it is time.
    """

    name: str
    count: int
    people: int | None
    uncounted: int
    person_hours: Decimal | None
    yes: int
    partly: int
    no: int
    unknown: int
    due: int


@dataclass(frozen=True)
class CulturePage:
    kinds: Sequence[KindRow]
    due: Sequence[Activity]
    has_more_due: bool
    looked: Page[Activity]


def culture_page(user: object, tie: Tie | None, today: date, number: int) -> CulturePage:
    """Return what was done with people, and what continued of it a year later."""
    done = Activity.objects.filter(kind__in=PEOPLE_KINDS, ended__isnull=False)
    if tie is not None:
        done = done.filter(programme__tie=tie)
    sees_all = reads_all_ties(user)
    found = Activity.Continued
    is_due = Q(look_from__lte=today, looked_on=None)
    rows = (
        (done if sees_all else done.visible_to(user))
        .order_by()
        .values("kind")
        .annotate(
            count=Count("pk"),
            total=Sum("people"),
            uncounted=Count("pk", filter=Q(people=None)),
            person_hours=Sum(F("people") * F("hours")),
            yes=Count("pk", filter=Q(continues=found.YES)),
            partly=Count("pk", filter=Q(continues=found.PARTLY)),
            no=Count("pk", filter=Q(continues=found.NO)),
            unknown=Count("pk", filter=Q(continues=found.UNKNOWN)),
            due=Count("pk", filter=is_due),
        )
    )
    by_kind = {row["kind"]: row for row in rows}
    kinds = [
        KindRow(
            name=str(Activity.Kind(kind).label),
            count=row["count"],
            people=row["total"],
            uncounted=row["uncounted"],
            person_hours=row["person_hours"],
            **{name: row[name] for name in ("yes", "partly", "no", "unknown", "due")},
        )
        for kind in PEOPLE_KINDS
        if (row := by_kind.get(kind))
    ]
    if not sees_all:
        # Asked one by one in the order of the list, which ends at its page: it would else sort all.
        seen = Exists(Programme.objects.visible_to(user).filter(pk=OuterRef("programme_id")))
        done = done.filter(seen)
    due = _page_of_activities(done.to_be_looked_at(today).order_by("look_from", "pk"), 1)
    looked = done.filter(looked_on__isnull=False).order_by("-looked_on", "-pk")
    return CulturePage(kinds, due.rows, due.has_next, _page_of_activities(looked, number))


def _page_of_activities(rows: QuerySet[Activity], number: int) -> Page[Activity]:
    """Return one page: its keys in order, then what the lines of these keys show."""
    start = (number - 1) * MOST
    keys = list(rows.values_list("pk", flat=True)[start : start + MOST + 1])
    columns = ("title", "ended", "looked_on", "continues", "continued", "programme__title")
    found = Activity.objects.select_related("programme").only(*columns).in_bulk(keys[:MOST])
    return Page([found[key] for key in keys[:MOST]], number, len(keys) > MOST)


# For boards and hand-overs --------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """The programmes of a tie in numbers. Amounts keep their currency and day."""

    programmes: int = 0
    running: int = 0
    late: int = 0
    done: int = 0
    people: int | None = None
    planned: Sequence[Money] = field(default_factory=tuple)
    committed: Sequence[Money] = field(default_factory=tuple)
    spent: Sequence[Money] = field(default_factory=tuple)


_programmes_of_ties = Prepared(
    lambda ties, today: (
        Programme.objects.filter(tie__in=ties)
        .order_by()
        .values("tie_id")
        .annotate(
            programmes=Count("pk"),
            running=Count("pk", filter=is_in(State.RUNNING, today)),
            late=Count("pk", filter=is_in(State.LATE, today)),
            done=Count("pk", filter=is_in(State.DONE, today)),
            total=Sum("people"),
        )
    ),
    days=1,
)
_amounts_of_ties = Prepared(
    lambda ties: (
        BudgetLine.objects.filter(programme__tie__in=ties, withdrawn="")
        .order_by()
        .values_list("programme__tie_id", "kind", "currency", "on")
        .annotate(sum=Sum("amount"))
    )
)


def tallies(ties: Sequence[int], today: date) -> dict[int, Tally]:
    """Return the programmes of any number of ties in numbers, by two statements.

    A tie without programmes is not in it. It asks for no reader: whoever calls it names ties
    whose whole file he may read.
    """
    sums: dict[tuple[int, str], list[Money]] = defaultdict(list)
    for tie, kind, currency, on, amount in _amounts_of_ties(ties):
        sums[tie, kind].append(Money(amount, currency, on))
    return {
        row["tie_id"]: Tally(
            programmes=row["programmes"],
            running=row["running"],
            late=row["late"],
            done=row["done"],
            people=row["total"],
            **{kind: tuple(sums[row["tie_id"], kind]) for kind in BudgetLine.Kind.values},
        )
        for row in _programmes_of_ties(ties, today)
    }


@dataclass(frozen=True)
class Duty:
    """What a post has to see to in a programme."""

    name: str
    programme: Programme
    path: str
    due: date | None
    is_late: bool


# What has to be seen to: how pressing it is (late first, then by day), and its key. A post of a
# nation has hundreds; their names are read only of those that are shown.
_Pressing = tuple[bool, date, str, int]


def of_posts(posts: Iterable[Post], today: date, limit: int = 1_000) -> list[Duty]:
    """Return what posts have to see to: open activities, milestones and looks, the late first."""
    posts = list(posts)
    first = sorted([*_open_activities(posts, today), *_open_milestones(posts, today)])[:limit]
    named: dict[str, dict[int, Activity | Milestone]] = {
        "activity": {each.pk: each for each in _named_activities(_keys("activity", first))},
        "milestone": {each.pk: each for each in _named_milestones(_keys("milestone", first))},
    }
    return [
        _duty(named[kind][key], None if due == date.max else due, is_late=not on_time)
        for on_time, due, kind, key in first
    ]


def _keys(kind: str, pressing: Iterable[_Pressing]) -> list[int]:
    return [key for _on_time, _due, its_kind, key in pressing if its_kind == kind]


def _duty(part: Activity | Milestone, due: date | None, *, is_late: bool) -> Duty:
    page = "change_milestone" if isinstance(part, Milestone) else "look" if part.ended else "did"
    path = reverse(f"programmes:{page}", args=[part.pk])
    return Duty(str(part), part.programme, path, due, is_late)


def _open_activities(posts: Sequence[Post], today: date) -> Iterator[_Pressing]:
    # By keys: an owner on either of two joined tables makes the database join all programmes.
    theirs = Programme.objects.filter(owner__in=posts).values("pk")
    mine = Q(owner__in=posts) | Q(owner=None, programme__in=theirs)
    is_open = Q(ended=None) | Q(look_from__lte=today, looked_on=None)
    rows = Activity.objects.filter(mine, is_open, programme__stopped_on=None, dropped_on=None)
    for key, starts, ends, began, ended, look_from in rows.values_list(
        "pk", "starts", "ends", "began", "ended", "look_from"
    ):
        late = activity_late_from(Span(starts, ends, began, ended, None))
        due = look_from if ended else (ends if began else starts or ends)
        yield not (late is not None and late <= today), due or date.max, "activity", key


def _open_milestones(posts: Sequence[Post], today: date) -> Iterator[_Pressing]:
    rows = Milestone.objects.filter(
        programme__owner__in=posts, programme__stopped_on=None, reached_on=None, withdrawn=""
    )
    for key, due in rows.values_list("pk", "due"):
        yield not (due is not None and due < today), due or date.max, "milestone", key


_named_activities = Prepared(
    lambda keys: (
        Activity.objects.filter(pk__in=keys)
        .select_related("programme")
        .only("title", "ended", "programme__title")
    )
)
_named_milestones = Prepared(
    lambda keys: (
        Milestone.objects.filter(pk__in=keys)
        .select_related("programme")
        .only("title", "programme__title")
    )
)


def inheritance(post: Post, reader: Any) -> list[Inherited]:
    """Return what the next holder of a post takes over: programmes, activities and risks."""
    named = ("programme__tie__home", "programme__tie__partner")
    running = Programme.objects.filter(owner=post, stopped_on=None)
    programmes = running.select_related("tie__home", "tie__partner").order_by("pk")
    activities = Activity.objects.filter(owner=post, ended=None, dropped_on=None)
    risks = Risk.objects.filter(owner=post, closed_on=None)
    return [
        *(_inherited(each, each, reader, str(each.tie)) for each in programmes),
        *(
            _inherited(part, part.programme, reader, str(part.programme))
            for parts in (activities, risks)
            for part in parts.select_related(*named).order_by("pk")
        ),
    ]


def _inherited(part: Any, programme: Programme, reader: Any, detail: str) -> Inherited:
    if not reads_all(reader, programme):
        return Inherited(str(part))
    return Inherited(str(part), part.get_absolute_url(), detail)


def uses_of_source(rights: Rights) -> list[QuerySet[Any]]:
    """Return what names the source of an outer query and is shared with this partner."""
    programmes = Programme.objects.filter(
        shared(
            rights,
            owner="tie__home__code",
            partner="tie__partner__code",
            audiences=["audience", "tie__audience"],
        )
    )
    activities = Activity.objects.filter(
        shared(
            rights,
            owner="programme__tie__home__code",
            partner="programme__tie__partner__code",
            audiences=["programme__audience", "programme__tie__audience"],
        )
    )
    return [
        programmes.filter(sources=OuterRef("pk")),
        activities.filter(source=OuterRef("pk")),
    ]


def activity_of(user: object, pk: int) -> Activity:
    """Return an activity that a person may read.

    Raises
    ------
    Activity.DoesNotExist
        If there is none, or it is not for this reader.
    """
    seen = Prefetch("source", Source.objects.visible_to(user))
    return (  # type: ignore[no-any-return]  # the QuerySet serves several models
        Activity.objects.visible_to(user)
        .select_related("programme__tie__home", "programme__tie__partner", "owner")
        .prefetch_related(seen)
        .get(pk=pk)
    )

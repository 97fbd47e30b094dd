"""What pages about commitments read. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.fields import BooleanField, CharField
from django.db.models.functions import Cast, Substr
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Holding, Post, User, rights_of
from kembar.apps.accounts.rights import Audience, Rights, shared, within
from kembar.apps.cases.waiting import CODE
from kembar.apps.commitments.models import (
    LIVE,
    Commitment,
    CommitmentQuerySet,
    Firmness,
    State,
    Turn,
)
from kembar.apps.commitments.picture import Picture, draw
from kembar.apps.commitments.turning import offered
from kembar.apps.kit.paging import SIZE, Page
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.prepared import Prepared
from kembar.apps.ledger.models import Claim, Source
from kembar.apps.programmes.models import Programme
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Event, Sector, Tie
from kembar.apps.ties.queries import reads_all_ties

SOON_DAYS = 30
"""What is due within so many days is due soon."""

# So many ties are counted to the last promise; of more it is said only that they are many.
FEW = 200
MANY = 1_000

STATES: dict[str, Promise | str] = {
    "": gettext_lazy("Still to be kept"),
    "overdue": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due soon"),
    "undated": gettext_lazy("Still to be kept, no date"),
    **{str(state): state.label for state in State if state != State.OPEN},
    "all": gettext_lazy("All"),
}
ORDERS: dict[str, Promise | str] = {
    "": gettext_lazy("What is due first"),
    "new": gettext_lazy("Newest entries first"),
    "tie": gettext_lazy("By tie and number"),
}


@dataclass(frozen=True)
class Filters:
    """What a reader wants to see of a register; empty: no matter."""

    region: str = ""
    state: str = ""
    # "none", "mine", or the key of a post.
    owner: str = ""
    firmness: str = ""
    sector: str = ""
    order: str = ""

    @classmethod
    def asked(cls, asked: Mapping[str, str]) -> Filters:
        """Return what an address asks for; what it cannot mean is left aside."""

        def one_of(name: str, allowed: Iterable[str]) -> str:
            return asked[name] if asked.get(name) in set(allowed) else ""

        owner = asked.get("owner", "")
        is_key = owner.isascii() and owner.isdigit() and len(owner) <= 18
        return cls(
            region=asked.get("region", "").replace("\0", "").strip()[:100],
            state=one_of("state", STATES),
            owner=owner if is_key or owner in ("none", "mine") else "",
            firmness=one_of("firmness", Firmness.values),
            sector=one_of("sector", Sector.values),
            order=one_of("order", ORDERS),
        )


@dataclass(frozen=True)
class Line:
    """A commitment in a list, with what its day means today."""

    commitment: Commitment
    # Whether the reader reads the tie's whole file: the owner post is shown to him only.
    is_own: bool
    # Until it is late; below zero if it is; None if no day was named or nothing is due any more.
    days_left: int | None

    @property
    def is_overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def is_soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= SOON_DAYS

    @property
    def late_days(self) -> int:
        return -(self.days_left or 0)

    @property
    def has_no_owner(self) -> bool:
        return self.commitment.is_live and self.commitment.owner_id is None


@dataclass(frozen=True)
class Tally:
    """How many commitments there are of each sort; those withdrawn count nowhere."""

    open: int = 0
    due_soon: int = 0
    overdue: int = 0
    kept: int = 0
    partly: int = 0
    broken: int = 0
    lapsed: int = 0
    without_owner: int = 0

    @property
    def total(self) -> int:
        return self.open + self.kept + self.partly + self.broken + self.lapsed


def _counts(today: date, soon: date) -> dict[str, Any]:
    """Return the counts of a tally; the index `commitment_tally` holds all they ask for."""
    live = Q(state__in=LIVE)
    conditions = {
        "open": live,
        "due_soon": live & Q(due_by__gte=today, due_by__lte=soon),
        "overdue": live & Q(due_by__lt=today),
        "kept": Q(state=State.KEPT),
        "partly": Q(state=State.PARTLY),
        "broken": Q(state=State.BROKEN),
        "lapsed": Q(state=State.LAPSED),
        "without_owner": live & Q(owner=None),
    }
    return {
        f"count_{name}": Count("tie_id", filter=condition) for name, condition in conditions.items()
    }


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(**{k.removeprefix("count_"): v for k, v in row.items() if k.startswith("count_")})


def _soon(today: date) -> date:
    return today + timedelta(days=SOON_DAYS)


_of_ties = Prepared(
    lambda ties, today, soon: (
        Commitment.objects.filter(tie__in=ties)
        .order_by()
        .values("tie_id")
        .annotate(**_counts(today, soon))
    ),
    days=2,
)


def tallies(ties: Sequence[int], today: date) -> dict[int, Tally]:
    """Return the tally of each tie that has commitments, by its key: one statement for all.

    It counts what is shared with nobody too: only for whoever reads the ties' whole files.
    """
    return {row["tie_id"]: _tally(row) for row in _of_ties(ties, today, _soon(today))}


def tally_of(commitments: QuerySet[Commitment], today: date) -> Tally:
    """Return one tally of commitments."""
    return _tally(commitments.order_by().aggregate(**_counts(today, _soon(today))))


# Lists -----------------------------------------------------------------------------------

# What a line shows, or is chosen by.
LISTED = (
    *("number", "what", "made_by", "made_by_words", "made_to", "firmness", "way", "article"),
    *("said_on", "due", "due_by", "state", "sector"),
    *("owner__title", "tie__cycle", "tie__home__name", "tie__home__code"),
    *("tie__partner__name", "tie__partner__code"),
)


def _lines(rows: Iterable[Commitment], user: object, today: date) -> list[Line]:
    rights = rights_of(user)
    return [
        Line(row, rights.may("ties.read_all", row.tie.home_id), row.days_left(today))
        for row in rows
    ]


@dataclass(frozen=True)
class Heads:
    """The numbers at the top of a list. Above `MANY` they are not counted out."""

    open: int
    overdue: int
    due_soon: int
    without_owner: int
    # Of a register that is counted out: what became of the others.
    tally: Tally | None = None

    @property
    def many(self) -> int:
        return MANY


@dataclass(frozen=True)
class Register:
    """One page of a list, the numbers above it, and the picture of its years."""

    page: Page[Commitment]
    lines: Sequence[Line]
    heads: Heads
    picture: Picture | None
    # Whether the reader reads the whole files of all that the list is about.
    is_own: bool


def reads_whole(user: object) -> bool:
    """Return whether a person reads the whole file of some ties."""
    return bool(rights_of(user).regions("ties.read_all"))


def _of_reader(user: object) -> tuple[CommitmentQuerySet, Q]:
    """Return what a reader sees of registers, and which ties his lists are about.

    A region's own people look at their own; a partner's officer at what is shared with him;
    everybody else at what is published.
    """
    commitments = Commitment.objects.all()
    rights = rights_of(user)
    if reach := rights.regions("ties.read_all"):
        return commitments, within("home__code", reach)
    commitments = commitments.exclude(state=State.WITHDRAWN)
    if rights.partnerships:
        wide = (Audience.SHARED, Audience.PUBLISHED)
        let_in = shared(rights, owner="home__code", partner="partner__code", audiences=["audience"])
        return commitments.filter(audience__in=wide), let_in
    return commitments.filter(audience=Audience.PUBLISHED), Q(audience=Audience.PUBLISHED)


def of_region(text: str) -> Q:
    """Return the condition that a region of a tie has this code, lies below it, or is called so."""
    if CODE.fullmatch(text):
        return within("home__code", [text]) | within("partner__code", [text])
    codes = list(Region.objects.filter(spelt__icontains=text).values_list("code", flat=True))
    return Q(home__in=codes) | Q(partner__in=codes)


@dataclass(frozen=True)
class Scope:
    """What the lists of a reader are about: commitments, and the ties on which they stand.

    Few ties are named by their keys. With many the database walks the commitments in their order
    and asks of each whether its tie is among them: it would else sort a hundred thousand. Where
    no tie lies outside, it need not ask.
    """

    commitments: CommitmentQuerySet
    ties: QuerySet[Tie] | None = None
    is_few: bool = True

    def on_ties(self, rows: CommitmentQuerySet) -> CommitmentQuerySet:
        """Return the rows on these ties. Asked last, of what other conditions have left."""
        if self.ties is None:
            return rows
        return rows.filter(Exists(self.ties.filter(pk=OuterRef("tie_id"))))


def scope_of(user: object, region: str = "") -> Scope:
    """Return what the lists of a reader are about."""
    commitments, his = _of_reader(user)
    if region:
        his &= of_region(region)
    ties = Tie.objects.filter(his)
    keys = list(ties.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(keys) <= FEW:
        return Scope(commitments.filter(tie__in=keys))
    has_others = region or not reads_all_ties(user)
    return Scope(commitments, ties if has_others else None, is_few=False)


def chosen(
    commitments: CommitmentQuerySet, filters: Filters, user: object, today: date
) -> CommitmentQuerySet:
    """Return those commitments that the filters leave, in the order they ask for."""
    state = filters.state
    if state == "overdue":
        commitments = commitments.overdue(today)
    elif state == "soon":
        commitments = commitments.due_between(today, _soon(today))
    elif state == "undated":
        commitments = commitments.live().filter(due_by=None)
    elif state == "all":
        # What was taken off the register is asked for by its name.
        commitments = commitments.exclude(state=State.WITHDRAWN)
    elif state:
        commitments = commitments.filter(state=state)
    else:
        commitments = commitments.live()
    if filters.owner == "none":
        commitments = commitments.filter(owner=None)
    elif filters.owner == "mine":
        commitments = commitments.filter(owner__in=_posts_of(user))
    elif filters.owner:
        commitments = commitments.filter(owner=int(filters.owner))
    for name in ("firmness", "sector"):
        if value := getattr(filters, name):
            commitments = commitments.filter(**{name: value})
    orders: dict[str, list[Any]] = {"new": ["-pk"], "tie": ["tie", "number"]}
    return commitments.order_by(
        *orders.get(filters.order, [F("due_by").asc(nulls_last=True), "pk"])
    )


def _posts_of(user: object) -> list[int]:
    return [h.post_id for h in user.current_holdings] if isinstance(user, User) else []


def list_commitments(user: object, filters: Filters, today: date, number: int) -> Register:
    """Return one page of the commitments on a reader's ties, or on those he may read a part of."""
    return _register(scope_of(user, filters.region), filters, (user, today), number)


def register_of(tie: Tie, user: object, filters: Filters, today: date, number: int) -> Register:
    """Return one page of the register of a tie, as far as this reader may see it."""
    commitments = Commitment.objects.filter(tie=tie)
    if not rights_of(user).may("ties.read_all", tie.home_id):
        commitments = commitments.visible_to(user).kept_for(user)
    return _register(Scope(commitments), filters, (user, today), number)


def _register(scope: Scope, filters: Filters, at: tuple[object, date], number: int) -> Register:
    user, today = at
    rows = scope.on_ties(chosen(scope.commitments, filters, user, today))
    page = _page(rows, number, SIZE)
    lines = _lines(page.rows, user, today)
    return Register(
        page,
        lines,
        heads=_heads(scope, today),
        picture=picture_of(scope.commitments, today) if scope.is_few else None,
        is_own=reads_whole(user) and all(line.is_own for line in lines),
    )


_listed = Prepared(
    lambda keys: (
        Commitment.objects.filter(pk__in=keys)
        .select_related("tie__home", "tie__partner", "owner")
        .only(*LISTED)
    )
)


def _page(rows: QuerySet[Commitment], number: int, size: int) -> Page[Commitment]:
    """Return one page of a list: its keys in order, then what the lines of these keys show.

    Two questions: with the conditions of the first beside the keys, the database would look for
    the rows by those once more.
    """
    start = (number - 1) * size
    keys = list(rows.values_list("pk", flat=True)[start : start + size + 1])
    found = {row.pk: row for row in _listed(keys[:size])}
    return Page([found[key] for key in keys[:size]], number, len(keys) > size)


def _heads(scope: Scope, today: date) -> Heads:
    commitments = scope.commitments
    if scope.is_few:
        tally = tally_of(commitments, today)
        return Heads(tally.open, tally.overdue, tally.due_soon, tally.without_owner, tally)
    soon = commitments.due_between(today, _soon(today))
    return Heads(
        open=_up_to_many(scope.on_ties(commitments.live())),
        overdue=_up_to_many(scope.on_ties(commitments.overdue(today))),
        due_soon=_up_to_many(scope.on_ties(soon)),
        without_owner=_up_to_many(scope.on_ties(commitments.without_owner())),
    )


def _up_to_many(rows: QuerySet[Commitment]) -> int:
    """Return how many rows there are, one more than `MANY` if there are more."""
    return rows.order_by()[: MANY + 1].count()


def picture_of(commitments: QuerySet[Commitment], today: date) -> Picture | None:
    """Return the picture of what became of commitments, by the year in which they were due."""
    is_late = Case(
        When(state__in=LIVE, due_by__lt=today, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = (
        commitments.exclude(state=State.WITHDRAWN)
        .order_by()
        .annotate(year=Substr(Cast("due_by", CharField()), 1, 4), late=is_late)
        .values_list("year", "state", "late")
        .annotate(count=Count("tie_id"))
    )
    return draw([(year and int(year), state, late, n) for year, state, late, n in rows], today.year)


def next_due(tie: Tie, user: object, today: date, limit: int) -> list[Line]:
    """Return what is to be kept next on a tie, the longest overdue first."""
    commitments = Commitment.objects.filter(tie=tie)
    if not rights_of(user).may("ties.read_all", tie.home_id):
        commitments = commitments.visible_to(user)
    return _next(commitments.live(), user, today, limit)


def without_owner(user: object, today: date, limit: int) -> list[Line]:
    """Return the promises that nobody keeps, on the ties whose whole file a person reads."""
    if not reads_whole(user):
        return []
    scope = scope_of(user)
    return _next(scope.on_ties(scope.commitments.without_owner()), user, today, limit)


def _next(rows: CommitmentQuerySet, user: object, today: date, limit: int) -> list[Line]:
    ordered = rows.order_by(F("due_by").asc(nulls_last=True), "pk")
    return _lines(_page(ordered, 1, limit).rows, user, today)


def of_posts(posts: Iterable[Post | int], user: object, today: date, limit: int = 50) -> list[Line]:
    """Return what posts have still to keep, the longest overdue first."""
    return _next(Commitment.objects.of_posts(list(posts)), user, today, limit)


def for_a_table(
    user: User, filters: Filters, today: date, tie: Tie | None, limit: int
) -> list[Commitment]:
    """Return whole commitments of ties whose whole file a person reads, for a table.

    A table holds sources and owners that are not shared.
    """
    if tie is None:
        # The right to download goes to the roles that read whole files, so these are his own.
        scope = scope_of(user, filters.region)
    else:
        scope = Scope(Commitment.objects.filter(tie=tie))
    rows = scope.on_ties(chosen(scope.commitments, filters, user, today))
    return list(rows.select_related("tie__home", "tie__partner", "owner__office", "source")[:limit])


# One commitment ---------------------------------------------------------------------------


@dataclass(frozen=True)
class CommitmentPage:
    """A commitment with where it was said, whose it is, and what became of it."""

    line: Line
    source: Source | None
    event: Event | None
    claim: Claim | None
    programme: Programme | None
    holding: Holding | None
    turns: Sequence[Turn]
    offered: Sequence[tuple[str, str]]

    @property
    def commitment(self) -> Commitment:
        return self.line.commitment


def get_commitment(user: object, pk: int) -> Commitment:
    """Return a commitment that a person may read.

    Raises
    ------
    Commitment.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    related = Commitment.objects.visible_to(user).kept_for(user)
    named = ("tie__home", "tie__partner", "tie__owner__office", "owner__office")
    return related.select_related(*named).get(pk=pk)


def commitment_page(commitment: Commitment, user: object, today: date) -> CommitmentPage:
    """Return what the page of a commitment shows: of what it names only what he may read."""
    is_own = rights_of(user).may("ties.read_all", commitment.tie.home_id)
    sources = Source.objects.visible_to(user)
    turns = commitment.turns.prefetch_related(Prefetch("source", sources)).select_related("file")
    return CommitmentPage(
        line=Line(commitment, is_own, commitment.days_left(today)),
        source=_one(sources, commitment.source_id),
        event=_one(Event.objects.visible_to(user).standing(), commitment.event_id),
        claim=_one(Claim.objects.visible_to(user).standing(), commitment.claim_id),
        programme=_one(Programme.objects.visible_to(user), commitment.programme_id),
        holding=_holding(commitment) if is_own else None,
        turns=list(turns.order_by("-pk")),
        offered=[(kind, str(Turn.Kind(kind).label)) for kind in offered(commitment.state)],
    )


def _one(rows: QuerySet[Any], key: int | None) -> Any:
    return rows.filter(pk=key).first() if key else None


def _holding(commitment: Commitment) -> Holding | None:
    if commitment.owner_id is None:
        return None
    held = Holding.objects.filter(post=commitment.owner_id, person__is_active=True).current()
    return held.select_related("person").first()


# What the rooms below ask ------------------------------------------------------------------


def inheritance(post: Post, reader: User) -> list[Inherited]:
    """Return the promises that the next holder of a post has to keep."""
    rows = Commitment.objects.of_posts([post]).select_related("tie__home", "tie__partner")
    found = []
    for each in rows.order_by(F("due_by").asc(nulls_last=True), "pk"):
        if not rights_of(reader).may("ties.read_all", each.tie.home_id):
            found.append(Inherited(str(each)))
            continue
        facts = {"tie": each.tie, "date": readable(each.due)}
        detail = (
            _("A promise on the tie %(tie)s, due %(date)s") % facts
            if each.due
            else _("A promise on the tie %(tie)s, no date") % facts
        )
        found.append(Inherited(str(each), each.get_absolute_url(), detail))
    return found


def uses_of_source(rights: Rights) -> list[QuerySet[Any]]:
    """Return what names the source of an outer query in the registers shared with this partner."""
    condition = shared(
        rights,
        owner="tie__home__code",
        partner="tie__partner__code",
        audiences=["audience", "tie__audience"],
    )
    commitments = Commitment.objects.filter(condition).exclude(state=State.WITHDRAWN)
    turns = Turn.objects.filter(commitment__in=commitments)
    return [commitments.filter(source=OuterRef("pk")), turns.filter(source=OuterRef("pk"))]

"""What pages about ties read. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    When,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Holding, Post, User, rights_of
from kembar.apps.accounts.rights import Rights, shared, within
from kembar.apps.audit.queries import newest_deeds
from kembar.apps.audit.sentences import Sentence
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Claim, Judgement, Source
from kembar.apps.ledger.queries import count_of_evidence
from kembar.apps.regions.models import Region
from kembar.apps.scouting.models import Study
from kembar.apps.scouting.queries import studies_for
from kembar.apps.ties.health import Facts, Health, Pulse, examine
from kembar.apps.ties.models import (
    CONTACT_KINDS,
    OVER,
    Conflict,
    Event,
    Participant,
    Remark,
    State,
    Tie,
)
from kembar.apps.ties.pulses import day_in
from kembar.apps.ties.strip import Beat, Strip, strip
from kembar.engines.dates import PartialDate

SIGNED = (State.ACTIVE, State.RENEWING)
RECENT_EVENTS = 8
COMING_EVENTS = 3
# A picture of more would be a blot.
MOST_DRAWN = 80
# What the overview tells of an event.
DRAWN = ("on", "until", "kind", "title", "place")


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the list of ties by."""

    text: str = ""
    state: str = ""
    kind: str = ""
    country: str = ""
    asleep: bool = False
    order: str = ""


def ties_of(user: object) -> QuerySet[Tie]:
    """Return the ties a person may read, with the names of both regions."""
    return Tie.objects.visible_to(user).select_related("home", "partner")


# So many regions are a name; more are a syllable.
FEW = 100


def _named(text: str) -> Q:
    """Return the condition that one of both regions is called so, or nearly: asked of each once."""
    found = Region.objects.filter(spelt__icontains=text).values_list("code", flat=True)
    codes: Any = list(found[: FEW + 1])
    # A few codes are found by the index of ties; for many the database had better join.
    codes = codes if len(codes) <= FEW else found
    return Q(home__in=codes) | Q(partner__in=codes)


def _whole(user: object) -> Q:
    """Return the condition that a person reads the whole file of a tie, not only what is shared.

    What is drawn from all events of a tie, such as its silence, would tell others of events
    that they may not read.
    """
    return within("home__code", rights_of(user).regions("ties.read_all"))


# What a line of the list shows, or is chosen by; a tie has thirty columns.
NAMED = ("cycle", "home__name", "home__code", "partner__name", "partner__code")
LISTED = ("state", "last_contact", "silent_from", "next_step", *NAMED)


def list_ties(user: object, filters: Filters, today: date, number: int) -> Page[Tie]:
    """Return one page of the ties a person may read."""
    ties = ties_of(user)
    if filters.asleep:
        silent: Any = Tie.objects.filter(_whole(user)).asleep(today)
        ties = ties.filter(Q(pk__in=silent.values("pk")) | Q(state=State.DORMANT))
    for field, value in (
        ("state", filters.state),
        ("kind", filters.kind),
        ("partner__country", filters.country),
    ):
        if value:
            ties = ties.filter(**{field: value})
    if filters.text:
        ties = ties.filter(_named(filters.text))
    orders: dict[str, list[Any]] = {"target": [F("target").asc(nulls_last=True), "pk"]}
    if rights_of(user).may("ties.read_all"):
        whole = _whole(user)
        last_contact = Case(When(whole, then="last_contact"))
        silent_from = Case(When(whole, then="silent_from"))
        orders["contact"] = [last_contact.desc(nulls_last=True), "pk"]
        orders["silent"] = [silent_from.asc(nulls_last=True), "pk"]
    order = orders.get(filters.order, ["home_id", "partner_id", "cycle"])
    page = page_of(ties.order_by(*order).only(*LISTED), number)
    for tie in page.rows:
        tie.is_own = reads_all(user, tie)
        tie.is_silent = tie.is_own and _is_silent(tie, today)
    _show_contacts([tie for tie in page.rows if not tie.is_own], user, today)
    return page


def _is_silent(tie: Tie, today: date) -> bool:
    return tie.silent_from is not None and tie.silent_from <= today and tie.state not in OVER


def _begun(today: date) -> list[str]:
    """Return what stands behind a day as text though it has begun: about this month and year."""
    day = today.isoformat()
    return [f"{day[:7]}~", f"{day[:4]}~"]


def _from(today: date) -> QuerySet[Event]:
    """Return the standing events of a day and of those after it."""
    events = Event.objects.standing().filter(on__gte=today.isoformat())
    return events.exclude(on__in=_begun(today))


def _past_contacts(user: object, today: date) -> QuerySet[Event]:
    """Return the contacts up to a day that a person may see, the earliest first."""
    events = Event.objects.visible_to(user).standing().filter(kind__in=CONTACT_KINDS)
    return (
        events.annotate(day=day_in("on")).filter(day__lte=today.isoformat()).order_by("day", "pk")
    )


def _show_contacts(ties: Sequence[Tie], user: object, today: date) -> None:
    """Put in place of the last contact the last that this reader may see."""
    seen: dict[int, PartialDate | None] = {}
    if ties:
        rows = _past_contacts(user, today).filter(tie__in=ties)
        seen = dict(rows.values_list("tie_id", "on"))
    for tie in ties:
        tie.last_contact = seen.get(tie.pk)


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    path: str
    is_current: bool


@dataclass(frozen=True)
class ClaimTally:
    """How many claims on a tie have which verdict."""

    judgement: str
    label: str
    count: int


@dataclass(frozen=True)
class Overview:
    """A tie at a glance."""

    tie: Tie
    is_own: bool
    last_contact: PartialDate | None
    strip: Strip | None
    is_strip_cut: bool
    recent: Sequence[Event]
    coming: Sequence[Event]
    has_more_events: bool
    claims: Sequence[Claim]
    tallies: Sequence[ClaimTally]
    conflicts: Sequence[Contested]
    remarks: Sequence[Remark]
    health: Health
    owner_holding: Holding | None
    precedents: Sequence[Tie]
    studies: Sequence[Study]


def get_tie(user: object, pk: int) -> Tie:
    """Return a tie that a person may read.

    Raises
    ------
    Tie.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    return ties_of(user).select_related("owner__office").get(pk=pk)


def reads_all(user: object, tie: Tie) -> bool:
    """Return whether a person reads the whole file of a tie, not the shared part only."""
    return rights_of(user).may("ties.read_all", tie.home_id)


def reads_all_ties(user: object) -> bool:
    """Return whether a person reads the whole files of all ties there are, as a ministry does.

    A list need not ask of each of its rows then whether he may read it.
    """
    reach = rights_of(user).regions("ties.read_all")
    return bool(reach) and not Tie.objects.filter(~within("home__code", reach)).exists()


def events_of(tie: Tie, user: object, *, also_withdrawn: bool = False) -> QuerySet[Event]:
    """Return what a person may read of a tie's timeline, newest first."""
    contested = Conflict.objects.open().filter(events=OuterRef("pk"))
    if reads_all(user, tie):
        events = Event.objects.all() if also_withdrawn else Event.objects.standing()
    else:
        events = Event.objects.visible_to(user).standing()
        shown = [contested.conflict.pk for contested in conflicts_of(tie, user)]
        contested = contested.filter(pk__in=shown)
    return (
        events.filter(tie=tie)
        .annotate(is_contested=Exists(contested))
        .prefetch_related(*_named_in_events(user))
        .newest_first()
    )


def _named_in_events(user: object) -> tuple[Prefetch[Any], ...]:
    """Return what a line of a timeline names besides the event."""
    return (
        Prefetch("sources", Source.objects.visible_to(user).order_by("pk")),
        Prefetch("participants", Participant.objects.order_by("pk")),
    )


def withdrawal_of(event: Event, user: object) -> Sentence | None:
    """Return who took an event off the timeline, and when, if the history tells this reader."""
    return newest_deeds([event], "ties.event_withdrawn", user).get(str(event.pk))


def claims_of(tie: Tie, user: object) -> QuerySet[Claim]:
    """Return the claims on a tie that a person may read, each with its newest verdict."""
    return (
        Claim.objects.visible_to(user)
        .standing()
        .filter(ties=tie)
        .with_verdict()
        .annotate(evidence_count=count_of_evidence(user))
        .order_by(F("number").asc(nulls_last=True), "pk")
    )


def count_judged(tie: Tie, user: object, judgement: str) -> int:
    """Return how many claims on a tie, of those a person may read, were last judged so."""
    readable: Any = Claim.objects.visible_to(user).standing().filter(ties=tie)
    return int(readable.with_judgement().filter(judgement=judgement).count())


@dataclass(frozen=True)
class Contested:
    """A conflict with the sides that a reader may see, and who settled it if the history tells."""

    conflict: Conflict
    events: Sequence[Event]
    claims: Sequence[Claim]
    settled_by: str = ""

    @property
    def has_withdrawn_side(self) -> bool:
        """Whether a side was withdrawn: perhaps nothing is contested any more.

        It is not settled by that: a record may be withdrawn as false, or only as written twice,
        and why a question is answered is for a person to say.
        """
        sides: list[Event | Claim] = [*self.events, *self.claims]
        return any(side.withdrawn for side in sides)


def conflicts_of(tie: Tie, user: object, *, settled: bool = False) -> list[Contested]:
    """Return the open or the settled conflicts of which a person may read every side."""
    conflicts: Any = (
        Conflict.objects.filter(tie=tie, settled_at__isnull=not settled)
        .annotate(sides=Count("events", distinct=True) + Count("claims", distinct=True))
        .prefetch_related(
            Prefetch(
                "events",
                Event.objects.visible_to(user)
                .kept_for(user)
                .prefetch_related(
                    Prefetch("sources", Source.objects.visible_to(user).order_by("pk"))
                ),
                to_attr="shown_events",
            ),
            Prefetch(
                "claims",
                Claim.objects.visible_to(user)
                .kept_for(user)
                .prefetch_related(Prefetch("source", Source.objects.visible_to(user))),
                to_attr="shown_claims",
            ),
        )
        .order_by("pk")
    )
    whole = reads_all(user, tie)
    deeds = newest_deeds(conflicts, "ties.conflict_settled", user) if settled else {}
    names = {key: deed.actor for key, deed in deeds.items()}
    return [
        Contested(
            conflict, conflict.shown_events, conflict.shown_claims, names.get(str(conflict.pk), "")
        )
        for conflict in conflicts
        if whole or len(conflict.shown_events) + len(conflict.shown_claims) == conflict.sides
    ]


def owner_holding(tie: Tie) -> Holding | None:
    """Return who holds the post that owns the tie now."""
    if tie.owner_id is None:
        return None
    held = Holding.objects.filter(post=tie.owner_id, person__is_active=True).current()
    return held.select_related("person").first()


def health_of(tie: Tie, today: date, *, is_held: bool) -> Health:
    """Return the health of a tie from what is stored with it."""
    facts = Facts(
        has_owner=tie.owner_id is not None,
        owner_is_held=is_held,
        pulse=Pulse(
            tie.last_contact.first if tie.last_contact else None,
            tie.rhythm_days,
            tie.silent_from,
        ),
        next_event=tie.next_event,
        has_funding=bool(tie.funding),
        has_doing_body=bool(tie.doing_body),
        has_theme=bool(tie.theme),
        sector_count=len(tie.sectors),
        is_signed=tie.state in SIGNED,
        renewal=tie.renewal.last if tie.renewal else None,
        is_over=tie.state in OVER,
        is_said_to_sleep=tie.state == State.DORMANT,
    )
    return examine(facts, today)


def _precedents(tie: Tie, user: object) -> list[Tie]:
    """Return earlier ties of the same home with the same country, or with the same partner."""
    return list(
        ties_of(user)
        .filter(home=tie.home_id, partner__country=tie.partner.country)
        .exclude(pk=tie.pk)
        .only("state", "stands", *NAMED)
        .order_by("partner_id", "cycle")[:6]
    )


def _beats(events: Sequence[Any]) -> list[Beat]:
    """Return what is drawn of the events that `events_of` found."""
    return [
        Beat(
            event.on.first,
            (event.until or event.on).last,
            event.kind in CONTACT_KINDS,
            event.is_contested,
            f"{readable(event.on, event.until)}: {event.title}",
        )
        for event in events
    ]


def overview(tie: Tie, user: object, today: date) -> Overview:
    """Return what the overview of a tie shows to this reader."""
    is_own = reads_all(user, tie)
    events = events_of(tie, user).prefetch_related(None).only(*DRAWN)
    has_begun = Q(on__lte=f"{today}~") | Q(on__in=_begun(today))
    coming = list(events.exclude(has_begun).order_by("on", "pk")[: MOST_DRAWN + 1])
    past = list(events.filter(has_begun)[: MOST_DRAWN + 1])
    drawn = [*reversed(coming), *past]
    coming, recent = coming[:COMING_EVENTS], past[:RECENT_EVENTS]
    prefetch_related_objects([*coming, *recent], *_named_in_events(user))
    claims = list(claims_of(tie, user))
    counts = dict.fromkeys(Judgement.values, 0)
    for claim in claims:
        counts[claim.judgement] += 1  # type: ignore[attr-defined]  # added by with_judgement
    holding = owner_holding(tie) if is_own else None
    if not is_own:
        _show_contacts([tie], user, today)
    last = tie.last_contact
    silent_since = last.first if last and is_own and _is_silent(tie, today) else None
    remarks = list(tie.remarks.order_by("answered_at", "-pk")[:5]) if is_own else []
    return Overview(
        tie=tie,
        is_own=is_own,
        last_contact=last,
        strip=strip(_beats(drawn[:MOST_DRAWN]), today, silent_since=silent_since),
        is_strip_cut=len(drawn) > MOST_DRAWN,
        recent=recent,
        coming=coming,
        has_more_events=len(drawn) > len(coming) + len(recent),
        claims=claims,
        tallies=[
            ClaimTally(key, str(Judgement(key).label), count)
            for key, count in counts.items()
            if count
        ],
        conflicts=conflicts_of(tie, user),
        remarks=remarks,
        health=health_of(tie, today, is_held=holding is not None),
        owner_holding=holding,
        precedents=_precedents(tie, user),
        studies=studies_for(user, tie.home_id, tie.partner),
    )


@dataclass(frozen=True)
class Day:
    """What a desk needs to see in the morning."""

    steps: Sequence[Tie]
    coming: Sequence[Event]
    asleep: Sequence[Tie]
    asleep_count: int
    unowned: Sequence[Tie]
    remarks: Sequence[Remark]
    contested: Sequence[Conflict]
    tie_count: int


def _first(rows: QuerySet[Any], order: Sequence[Any], count: int) -> list[Any]:
    """Return the first rows of many: their keys are sorted, and only these are read whole."""
    keys = list(rows.order_by(*order).values_list("pk", flat=True)[:count])
    found = rows.in_bulk(keys)
    return [found[key] for key in keys]


def _with_a_withdrawn_side() -> Q:
    of_this = {"conflicts": OuterRef("pk")}
    events = Event.objects.filter(**of_this).exclude(withdrawn="")
    claims = Claim.objects.filter(**of_this).exclude(withdrawn="")
    return Exists(events) | Exists(claims)


def day_of(user: User, today: date) -> Day:
    """Return what is due, on whom it waits, and which ties have fallen silent.

    Only of ties whose whole file the person reads: what others publish is not his day's work.
    """
    reach = rights_of(user).regions("ties.read_all")
    own = Tie.objects.filter(within("home__code", reach))
    ties = own.select_related("home", "partner")
    sleeping: Any = ties.asleep(today)
    living = ties.exclude(state__in=OVER)
    named = [f"tie__{column}" for column in NAMED]
    return Day(
        steps=_first(
            living.exclude(next_step={}).only("next_by", "next_step", "waiting_on", *NAMED),
            [F("next_by").asc(nulls_last=True), "pk"],
            8,
        ),
        coming=_first(
            _from(today)
            .filter(within("tie__home__code", reach))
            .select_related("tie__home", "tie__partner")
            .only("on", "until", "title", "tie", *named),
            ["on", "pk"],
            8,
        ),
        asleep=_first(
            sleeping.only("last_contact", *NAMED), [F("silent_from").desc(nulls_last=True), "pk"], 6
        ),
        asleep_count=sleeping.count(),
        unowned=list(living.filter(owner=None).only(*NAMED).order_by("pk")[:6]),
        remarks=list(
            Remark.objects.filter(tie__in=own, answered_at=None)
            .select_related("tie")
            .only("text", "author_name", "tie__id")
            .order_by("pk")[:6]
        ),
        contested=list(
            Conflict.objects.open()
            .filter(tie__in=own)
            .annotate(has_withdrawn_side=_with_a_withdrawn_side())
            .select_related("tie__home", "tie__partner")
            .only("question", "tie", *named)
            .order_by("pk")[:6]
        ),
        tie_count=ties.count(),
    )


def inheritance(post: Post, reader: User, today: date | None = None) -> list[Inherited]:
    """Return what the next holder of a post takes over: its ties, and what waits on each.

    Of what waits a reader learns only where he reads the whole file.
    """
    ties = Tie.objects.filter(owner=post).select_related("home", "partner").order_by("pk")
    waiting = _waiting_on(ties, today or timezone.localdate())
    found = []
    for tie in ties:
        if not reads_all(reader, tie):
            found.append(Inherited(str(tie)))
            continue
        waits = [str(tie.next_step)] if tie.next_step else [_("No next step is written down.")]
        if tie.next_by:
            waits.append(_("by %(date)s") % {"date": readable(tie.next_by)})
        found.append(Inherited(str(tie), tie.get_absolute_url(), " · ".join(waits)))
        found += waiting[tie.pk]
    return found


def _waiting_on(ties: QuerySet[Tie], today: date) -> dict[int, list[Inherited]]:
    """Return what is coming, unanswered and contested, by tie."""
    found: dict[int, list[Inherited]] = defaultdict(list)
    names = {tie.pk: {"tie": tie} for tie in ties}
    for event in _from(today).filter(tie__in=ties).order_by("on", "pk"):
        facts = {**names[event.tie_id], "date": readable(event.on, event.until)}
        detail = _("Coming on the tie %(tie)s: %(date)s") % facts
        found[event.tie_id].append(Inherited(str(event), event.get_absolute_url(), detail))
    for remark in Remark.objects.filter(tie__in=ties, answered_at=None).order_by("pk"):
        detail = _("A remark on the tie %(tie)s waits for an answer") % names[remark.tie_id]
        path = reverse("ties:tie", args=[remark.tie_id])
        found[remark.tie_id].append(Inherited(str(remark), path, detail))
    for conflict in Conflict.objects.open().filter(tie__in=ties).order_by("pk"):
        detail = _("A contradiction on the tie %(tie)s is not settled") % names[conflict.tie_id]
        path = reverse("ties:claims", args=[conflict.tie_id])
        found[conflict.tie_id].append(Inherited(str(conflict), f"{path}#conflicts", detail))
    return found


def uses_of_source(rights: Rights) -> list[QuerySet[Any]]:
    """Return the ties and events that name the source of an outer query and are shared with him."""
    ties = Tie.objects.filter(
        shared(rights, owner="home__code", partner="partner__code", audiences=["audience"])
    )
    audiences = ["audience", "tie__audience"]
    shown = shared(
        rights, owner="tie__home__code", partner="tie__partner__code", audiences=audiences
    )
    events = Event.objects.standing().filter(shown)
    return [ties.filter(sources=OuterRef("pk")), events.filter(sources=OuterRef("pk"))]


def title_of(tie: Tie, key: str) -> str:
    """Return the pair of regions in one language."""
    return f"{Text(tie.home.name).shown(key).text} – {Text(tie.partner.name).shown(key).text}"


def history_contexts(tie: Tie) -> list[str]:
    """Return what gathers the history of a tie: its own deeds and those on its claims."""
    claims = tie.claims.values_list("pk", flat=True)
    return [f"ties.tie:{tie.pk}", *(f"ledger.claim:{pk}" for pk in claims)]

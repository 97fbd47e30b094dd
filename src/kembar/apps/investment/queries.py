"""What pages about leads read. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, User, rights_of
from kembar.apps.investment import integrity, stages
from kembar.apps.investment.models import (
    Company,
    Confirmation,
    Ending,
    Gift,
    Interest,
    Lead,
    LeadContact,
    Stage,
    StageMove,
    Verification,
    Yield,
)
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.prepared import Prepared
from kembar.apps.rates.queries import Sum
from kembar.apps.regions.lookup import folded
from kembar.apps.ties.models import Tie
from kembar.engines.dates import PartialDate

ORDERS = {
    "": gettext_lazy("Next step due first"),
    "quiet": gettext_lazy("Longest without contact"),
    "new": gettext_lazy("Newest first"),
    "region": gettext_lazy("By region"),
}
RUNNING, QUIET, ALL = "", "quiet", "all"
# What the list can be narrowed to: stages and endings stand between these.
SHOWN = {
    RUNNING: gettext_lazy("Running"),
    QUIET: gettext_lazy("Quiet for too long"),
    **dict(Stage.choices),
    **dict(Ending.choices),
    ALL: gettext_lazy("All"),
}
# What a line of the list shows; a lead has thirty columns.
LISTED = (
    *("title", "stage", "ending", "likelihood", "next_step", "next_by", "last_contact"),
    *("quiet_since", "opened_on", "home__name", "home__code", "company__name", "owner__title"),
)
RECENT = 20
MOST = 50


def quiet_days() -> int:
    """Return after how many days without contact a lead is quiet."""
    return int(settings.LEAD_QUIET_DAYS)


# The list ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What a reader narrows the list of leads by; empty: no matter."""

    text: str = ""
    shown: str = RUNNING
    sector: str = ""
    mine: bool = False
    order: str = ""


@dataclass(frozen=True)
class Line:
    """A lead in the list."""

    lead: Lead
    # Days since the last contact, if that is too long; else 0.
    quiet_days: int
    is_late: bool
    # What is still missing for the next stage is on its page: it needs more than the list reads.
    state: str
    state_name: str
    likelihood: str


@dataclass(frozen=True)
class Rate:
    """How many of those leads that came to an end were won."""

    won: int
    ended: int

    @property
    def percent(self) -> int:
        return round(100 * self.won / self.ended) if self.ended else 0


@dataclass(frozen=True)
class Pipeline:
    """One page of leads, and how many there are at which stage."""

    page: Page[Lead]
    lines: Sequence[Line]
    stages: Sequence[tuple[str, str, int]]
    quiet: int
    quiet_after: int
    rate: Rate
    lost_to: Sequence[tuple[str, int]]


def leads_of(user: object) -> QuerySet[Lead]:
    """Return the leads a person may read, with what names them."""
    return Lead.objects.visible_to(user).select_related("home", "company", "owner")


def pipeline(user: object, filters: Filters, today: date, number: int) -> Pipeline:
    """Return one page of the leads that a person may read, and their tally."""
    leads = _chosen(user, filters, today)
    page = page_of(_ordered(leads, filters.order).only(*LISTED), number, wide=True)
    counts = _counts(user, today)
    won, ended = counts[Stage.WON], counts[Ending.LOST] + counts[Ending.ABANDONED]
    return Pipeline(
        page=page,
        lines=[line_of(lead, today) for lead in page.rows],
        stages=[(key, str(Stage(key).label), counts[key]) for key in Stage.values],
        quiet=counts[QUIET],
        quiet_after=quiet_days(),
        rate=Rate(won, won + ended),
        lost_to=_lost_to(user),
    )


def _chosen(user: object, filters: Filters, today: date) -> Any:
    leads: Any = leads_of(user)
    if filters.shown == RUNNING:
        leads = leads.running()
    elif filters.shown == QUIET:
        leads = leads.quiet(today, quiet_days())
    elif filters.shown in Stage.values:
        leads = leads.filter(stage=filters.shown, ending="")
    elif filters.shown in Ending.values:
        leads = leads.filter(ending=filters.shown)
    if filters.sector:
        leads = leads.filter(sector=filters.sector)
    if filters.mine and isinstance(user, User):
        leads = leads.filter(owner__in=[held.post_id for held in user.current_holdings])
    if filters.text:
        # Of the reader's own companies only: the database would look through all of them.
        named = Company.objects.visible_to(user).filter(spelt__contains=folded(filters.text))
        leads = leads.filter(company__in=named.values("pk"))
    return leads


def _ordered(leads: QuerySet[Lead], order: str) -> QuerySet[Lead]:
    if order == "quiet":
        return leads.order_by("quiet_since", "pk")
    if order == "new":
        return leads.order_by("-opened_on", "-pk")
    if order == "region":
        return leads.order_by("home_id", "pk")
    return leads.order_by(F("next_by").asc(nulls_last=True), "pk")


def line_of(lead: Lead, today: date) -> Line:
    running = not lead.ending and lead.stage != Stage.WON
    silent = (today - lead.quiet_since).days
    state = lead.ending or lead.stage
    return Line(
        lead=lead,
        quiet_days=silent if running and silent >= quiet_days() else 0,
        is_late=bool(running and lead.next_by and lead.next_by < today),
        state=state,
        state_name=str((Ending if lead.ending else Stage)(state).label),
        # Django's own makes a table of all labels at every call; lists ask fifty times.
        likelihood=str(Lead.Likelihood(lead.likelihood).label) if lead.likelihood else "",
    )


def _counts(user: object, today: date) -> dict[str, int]:
    """Return how many leads stand at which stage or came to which end, and how many are quiet."""
    found: dict[str, int] = defaultdict(int)
    is_quiet = Q(quiet_since__lte=today - timedelta(days=quiet_days()))
    rows = Lead.objects.visible_to(user).order_by().values_list("stage", "ending")
    counted = rows.annotate(count=Count("pk"), silent=Count("pk", filter=is_quiet))
    for stage, ending, count, silent in counted:
        found[ending or stage] += count
        if not ending and stage != Stage.WON:
            found[QUIET] += silent
    return found


def _lost_to(user: object) -> list[tuple[str, int]]:
    """Return the places to which most leads were lost."""
    lost = Lead.objects.visible_to(user).filter(ending=Ending.LOST).exclude(lost_to="")
    rows = lost.order_by().values_list("lost_to").annotate(count=Count("pk"))
    return list(rows.order_by("-count", "lost_to")[:5])


# One lead ------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeadPage:
    """A lead with its story, what the next stage needs, and who may decide."""

    lead: Lead
    line: Line
    steps: Sequence[tuple[str, str, str]]
    next_stage: Stage | None
    missing: Sequence[stages.Missing]
    proofs: stages.Proofs
    figures: Sequence[Yield]
    withdrawn: Sequence[Yield]
    contacts: Sequence[LeadContact]
    has_more_contacts: bool
    moves: Sequence[StageMove]
    verifications: Sequence[Verification]
    confirmations: Sequence[Confirmation]
    open_link: Confirmation | None
    # Why the reader may not verify, or not decide; empty if he may.
    bars_verifying: Sequence[str]
    bars_deciding: Sequence[str]


def get_lead(user: object, pk: int) -> Lead:
    """Return a lead that a person may read.

    Raises
    ------
    Lead.DoesNotExist
        If there is none, or it is not for this reader; the two look the same to him.
    """
    named = leads_of(user).select_related(
        "tie__home", "tie__partner", "offer", "event", "source", "owner__office",
        "company__region", "company__proof_source",
    )  # fmt: skip
    return named.get(pk=pk)


def lead_page(lead: Lead, user: User, today: date) -> LeadPage:
    proofs = stages.proofs_of(lead)
    following = None if lead.ending else stages.next_stage(lead)
    figures = list(lead.yields.select_related("source", "file").order_by("-on", "-pk"))
    contacts = list(lead.contact_notes.order_by("-on", "-pk")[: RECENT + 1])
    asked = list(lead.confirmations.select_related("about").order_by("-pk"))
    now = timezone.now()
    return LeadPage(
        lead=lead,
        line=line_of(lead, today),
        steps=_steps(lead),
        next_stage=following,
        missing=stages.missing(lead, following, proofs) if following else [],
        proofs=proofs,
        figures=[each for each in figures if not each.withdrawn],
        withdrawn=[each for each in figures if each.withdrawn],
        contacts=contacts[:RECENT],
        has_more_contacts=len(contacts) > RECENT,
        moves=list(lead.moves.order_by("-pk")),
        verifications=list(lead.verifications.select_related("about", "file").order_by("-pk")),
        confirmations=[each for each in asked if each.answered_at],
        open_link=next(
            (e for e in asked if not (e.answered_at or e.withdrawn_at) and e.ends_at > now), None
        ),
        bars_verifying=[str(each) for each in integrity.bars_verifying(user, lead, today)],
        bars_deciding=[str(each) for each in integrity.bars_deciding(user, lead, today)],
    )


def _steps(lead: Lead) -> list[tuple[str, str, str]]:
    """Return key, name and state of each stage: over, now or to come."""
    at = stages.ORDER.index(Stage(lead.stage))
    states = ("over", "now", "later")
    return [
        (stage.value, str(stage.label), states[(number > at) - (number < at) + 1])
        for number, stage in enumerate(stages.ORDER)
    ]


# Companies, interests, gifts -----------------------------------------------------------


def list_companies(user: object, text: str, number: int) -> Page[Company]:
    """Return one page of the companies a person may read, the newest first."""
    companies = Company.objects.visible_to(user).select_related("region")
    if text:
        companies = companies.filter(spelt__contains=folded(text))
    page = page_of(companies.order_by("-pk"), number)
    # Counted for the page alone: a nation has too many to count them all for fifty.
    of_page = Lead.objects.filter(company__in=page.rows).order_by().values_list("company")
    counts = dict(of_page.annotate(count=Count("pk")))
    for company in page.rows:
        company.lead_count = counts.get(company.pk, 0)
    return page


@dataclass(frozen=True)
class CompanyPage:
    company: Company
    lines: Sequence[Line]
    interests: Sequence[Interest]
    gifts: Sequence[Gift]


def get_company(user: object, pk: int) -> Company:
    """Return a company that a person may read, or raise `Company.DoesNotExist`."""
    named = Company.objects.visible_to(user).select_related("region", "proof", "proof_source")
    return named.get(pk=pk)


def company_page(company: Company, user: object, today: date) -> CompanyPage:
    leads = leads_of(user).filter(company=company).order_by("-opened_on", "-pk")
    return CompanyPage(
        company=company,
        lines=[line_of(lead, today) for lead in leads[:MOST]],
        interests=list(company.interests.select_related("person").order_by("-since", "-pk")),
        gifts=list(company.gifts.select_related("person").order_by("-on", "-pk")),
    )


def interests_of(user: object) -> QuerySet[Interest]:
    """Return the interests in companies of the own region, the newest first."""
    companies = Company.objects.visible_to(user)
    rows = Interest.objects.filter(company__in=companies.values("pk"))
    return rows.select_related("person", "company", "end_seen_by").order_by("-since", "-pk")


def interests_in(company: Company, today: date) -> list[Interest]:
    """Return what people declared of a company that bars them from deciding on its leads."""
    rows = company.interests.barring(today).select_related("person")
    return list(rows.order_by("-since", "-pk"))


def gifts_of(user: object) -> QuerySet[Gift]:
    """Return the register of gifts of the own region, the newest first."""
    rows = Gift.objects.visible_to(user).select_related("person", "company")
    return rows.order_by("-on", "-pk")


# On the pages of other rooms -----------------------------------------------------------


@dataclass(frozen=True)
class TieLeads:
    """The leads of a tie, for its tab."""

    lines: Sequence[Line]
    has_more: bool
    tally: Tally


def leads_of_tie(tie: Tie, user: object, today: date) -> TieLeads | None:
    """Return the leads of a tie; None for a reader who is not of its region."""
    if not rights_of(user).may("ties.read_all", tie.home_id):
        return None
    leads = leads_of(user).filter(tie=tie).only(*LISTED)
    rows = list(leads.order_by("ending", F("next_by").asc(nulls_last=True), "pk")[: MOST + 1])
    tally = tallies([tie.pk], today).get(tie.pk, Tally())
    return TieLeads([line_of(lead, today) for lead in rows[:MOST]], len(rows) > MOST, tally)


@dataclass(frozen=True)
class Jobs:
    """Jobs of one firmness, as far as they are known.

    Attributes
    ----------
    new, safeguarded
        None if no record says anything of them, which is not nought.
    unknown
        How many records say nothing of jobs: what they bring is in none of the sums.
    """

    new: int | None = None
    safeguarded: int | None = None
    unknown: int = 0


@dataclass(frozen=True)
class Tally:
    """What the leads of a tie, or of a post, come to.

    Attributes
    ----------
    leads, won, quiet
        Running leads, those that were won, and those running with which nobody had contact.
    sums
        Money by firmness; `rates.queries.Rates.total` adds them up in one currency.
    jobs
        Jobs by firmness.
    without_money
        By firmness, how many records say nothing of money: nought is not what they mean.
    """

    leads: int = 0
    won: int = 0
    quiet: int = 0
    sums: Mapping[str, Sequence[Sum]] = field(default_factory=dict)
    jobs: Mapping[str, Jobs] = field(default_factory=dict)
    without_money: Mapping[str, int] = field(default_factory=dict)


# What a lead promised that was lost or given up is promised no more; what it realised is there.
_NOT_COUNTED = Q(lead__ending__in=[Ending.LOST, Ending.ABANDONED]) & ~Q(
    firmness=Yield.Firmness.REALISED
)
_RUNNING = Q(ending="") & ~Q(stage=Stage.WON)

_counts_of_ties = Prepared(
    lambda ties, quiet_from: (
        Lead.objects.filter(tie__in=ties)
        .order_by()
        .values_list("tie_id")
        .annotate(
            running=Count("pk", filter=_RUNNING),
            won=Count("pk", filter=Q(stage=Stage.WON, ending="")),
            quiet=Count("pk", filter=_RUNNING & Q(quiet_since__lte=quiet_from)),
        )
    ),
    days=1,
)
_figures_of_ties = Prepared(
    lambda ties: (
        Yield.objects.counted()
        .filter(lead__in=Lead.objects.filter(tie__in=ties).values("pk"))
        .exclude(_NOT_COUNTED)
        .order_by("pk")
        .values_list(
            *("lead__tie_id", "firmness", "money", "currency", "on"),
            *("new_jobs", "safeguarded_jobs"),
        )
    )
)


def tallies(ties: Sequence[int], today: date) -> dict[int, Tally]:
    """Return what the leads of each tie come to; a tie without leads is not among them."""
    parts: dict[int, _Parts] = defaultdict(_Parts)
    quiet_from = today - timedelta(days=quiet_days())
    for key, count, won, quiet in _counts_of_ties(ties, quiet_from):
        parts[key].counts = (count, won, quiet)
    for key, *values in _figures_of_ties(ties):
        parts[key].add(*values)
    return {key: each.tally() for key, each in parts.items()}


class _Parts:
    """What is added up to a tally."""

    def __init__(self) -> None:
        self.counts = (0, 0, 0)
        self.sums: dict[str, list[Sum]] = defaultdict(list)
        self.jobs: dict[str, Jobs] = defaultdict(Jobs)
        self.without_money: dict[str, int] = defaultdict(int)

    def add(
        self,
        firmness: str,
        money: Decimal | None,
        currency: str,
        on: date,
        new: int | None,
        safeguarded: int | None,
    ) -> None:
        if money is None:
            self.without_money[firmness] += 1
        else:
            self.sums[firmness].append(Sum(money, currency, on))
        jobs = self.jobs[firmness]
        self.jobs[firmness] = Jobs(
            _together(jobs.new, new),
            _together(jobs.safeguarded, safeguarded),
            jobs.unknown + (new is None and safeguarded is None),
        )

    def tally(self) -> Tally:
        leads, won, quiet = self.counts
        return Tally(leads, won, quiet, dict(self.sums), dict(self.jobs), dict(self.without_money))


def _together(one: int | None, other: int | None) -> int | None:
    """Add two numbers of which either may not be known; None if neither is."""
    return other if one is None else one + (other or 0)


def inheritance(post: Post, reader: User, today: date | None = None) -> list[Inherited]:
    """Return the running leads that the next holder of a post takes over."""
    day = today or timezone.localdate()
    leads = Lead.objects.running().filter(owner=post).select_related("company")
    seen = set(Lead.objects.visible_to(reader).filter(owner=post).values_list("pk", flat=True))
    found = []
    for lead in leads.order_by(F("next_by").asc(nulls_last=True), "pk"):
        if lead.pk not in seen:
            # Who asks about a company is no matter of others: not even its name is told.
            found.append(Inherited(_("A lead of an investor")))
            continue
        waits = [str(lead.next_step) or _("No next step is written down.")]
        if lead.next_by:
            waits.append(_("by %(date)s") % {"date": readable(PartialDate.from_date(lead.next_by))})
        if silent := line_of(lead, day).quiet_days:
            waits.append(_("no contact for %(days)s days") % {"days": silent})
        found.append(Inherited(str(lead), lead.get_absolute_url(), " · ".join(waits)))
    return found

"""What the boards gather from all rooms. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Count, F, Q, QuerySet

from kembar.apps.accounts.models import Office, Post, User, rights_of
from kembar.apps.accounts.rights import within
from kembar.apps.cases import board as cases_board
from kembar.apps.cases import queries as cases
from kembar.apps.cases.models import Case, Sub
from kembar.apps.commitments import queries as commitments
from kembar.apps.commitments.models import LIVE, Commitment
from kembar.apps.investment import queries as investment
from kembar.apps.investment.models import Offer, Yield
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.prepared import Prepared
from kembar.apps.ledger.models import Judgement
from kembar.apps.programmes import queries as plans
from kembar.apps.rates.models import Rate
from kembar.apps.rates.queries import Rates, Sum, Total
from kembar.apps.ties import queries as ties
from kembar.apps.ties.health import Health
from kembar.apps.ties.models import OVER, Conflict, Tie

DUE_SHOWN = 6
OWNED_SHOWN = 30

# Money and jobs -------------------------------------------------------------------------


@dataclass(frozen=True)
class Purse:
    """Money and jobs of one firmness.

    Attributes
    ----------
    total
        In the currency of the board; None where no record says anything of money.
    is_converted
        Whether the total holds any sum: else it would read as nought.
    left
        What could not be converted, as it was written, added up by currency.
    without_money, without_jobs
        How many records say nothing of it: they are in no sum, and never count as nothing.
    share
        Of the largest purse, for the picture, from 0 to 100.
    """

    firmness: str
    label: str
    total: Total | None
    without_money: int
    new_jobs: int | None
    safeguarded_jobs: int | None
    without_jobs: int
    is_converted: bool
    left: Sequence[tuple[str, Decimal]] = ()
    share: int = 0

    @property
    def says_something(self) -> bool:
        return (self.total, self.new_jobs, self.safeguarded_jobs) != (None, None, None)


def purses(tally: investment.Tally, rates: Rates | None) -> list[Purse]:
    """Return what was promised, committed and realised, in one currency as far as rates go."""
    totals = {
        key: rates.total(sums) if rates and sums else None
        for key in Yield.Firmness.values
        for sums in [tally.sums.get(key, ())]
    }
    most = max((total.amount for total in totals.values() if total), default=0)
    found = []
    for key, label in Yield.Firmness.choices:
        jobs, total = tally.jobs.get(key, investment.Jobs()), totals[key]
        found.append(
            Purse(
                firmness=key,
                label=str(label),
                total=total,
                without_money=tally.without_money.get(key, 0),
                new_jobs=jobs.new,
                safeguarded_jobs=jobs.safeguarded,
                without_jobs=jobs.unknown,
                is_converted=total is not None and len(tally.sums[key]) > len(total.without_rate),
                left=_left(total) if total else (),
                share=round(100 * total.amount / most) if total and most else 0,
            )
        )
    return found


def _left(total: Total) -> list[tuple[str, Decimal]]:
    left: dict[str, Decimal] = defaultdict(Decimal)
    for one in total.without_rate:
        left[one.currency] += one.amount
    return list(left.items())


def currencies_of(sums: Iterable[Sum]) -> list[str]:
    """Return the currencies of some sums, the one in which most are written first."""
    return [code for code, _count in Counter(one.currency for one in sums).most_common()]


def _sums(tally: investment.Tally) -> list[Sum]:
    return [one for sums in tally.sums.values() for one in sums]


def currency_for(asked: str, sums: Sequence[Sum]) -> tuple[str, list[str]]:
    """Return the currency of a board and those to choose from.

    It is the one asked for, else the one in which most sums are written: so most are shown as
    they were promised, without any rate.
    """
    written = currencies_of(sums)
    known = set(written)
    for base, quote in Rate.objects.values_list("base", "quote").distinct().order_by():
        known |= {base, quote}
    offered = [*written, *sorted(known - set(written))]
    return (asked if asked in offered else next(iter(written), "")), offered


# One tie --------------------------------------------------------------------------------


@dataclass(frozen=True)
class TieBoard:
    """A tie on one page for the head: where it stands, what was kept, what it brought."""

    tie: Tie
    today: date
    case: cases.CasePage | None
    next_duties: Sequence[cases.Doer]
    promises: commitments.Tally
    due: Sequence[commitments.Line]
    purses: Sequence[Purse]
    leads: investment.Tally
    offers: int
    currency: str
    currencies: Sequence[str]
    programmes: plans.Tally
    programme_lines: Sequence[plans.Line]
    health: Health
    holding: Any
    disputed: int
    contested: int

    @property
    def has_figures(self) -> bool:
        """Whether anybody has named an amount or a number of jobs."""
        return any(purse.says_something for purse in self.purses)


def tie_board(tie: Tie, user: User, today: date, *, currency: str = "") -> TieBoard:
    """Return the page of one tie, for a reader of its whole file."""
    siblings = cases.cases_of(user, tie)
    main = cases.main_of(siblings)
    case = next(iter(_named_cases([main.pk]))) if main else None
    page = cases.case_page(case, siblings, user, today) if case else None
    leads = investment.tallies([tie.pk], today).get(tie.pk, investment.Tally())
    chosen, offered = currency_for(currency, _sums(leads))
    holding = ties.owner_holding(tie)
    return TieBoard(
        tie=tie,
        today=today,
        case=page,
        next_duties=[doer for doer in page.doers if doer.duties][:4] if page else [],
        promises=commitments.tallies([tie.pk], today).get(tie.pk, commitments.Tally()),
        due=commitments.next_due(tie, user, today, DUE_SHOWN),
        purses=purses(leads, Rates(chosen) if chosen else None),
        leads=leads,
        offers=Offer.objects.filter(tie=tie).open().count(),
        currency=chosen,
        currencies=offered,
        programmes=plans.tallies([tie.pk], today).get(tie.pk, plans.Tally()),
        programme_lines=plans.lines_of_tie(user, tie, today)[:DUE_SHOWN],
        health=ties.health_of(tie, today, is_held=holding is not None),
        holding=holding,
        disputed=ties.count_judged(tie, user, Judgement.CONTRADICTED),
        contested=Conflict.objects.filter(tie=tie).open().count(),
    )


# An agency ------------------------------------------------------------------------------


Owned = TypeVar("Owned")


@dataclass(frozen=True)
class First(Generic[Owned]):
    """The first rows of a list, and whether there are more: they are not counted."""

    rows: Sequence[Owned]
    has_more: bool


def _first(rows: Sequence[Owned]) -> First[Owned]:
    """Return as many rows as an office is shown, of a list that may hold one more."""
    return First(rows[:OWNED_SHOWN], len(rows) > OWNED_SHOWN)


@dataclass(frozen=True)
class OfficeBoard:
    """What an office has in hand: its promises, programmes, offers and leads."""

    office: Office | None
    offices: Sequence[Office]
    posts: Sequence[Post]
    due: First[commitments.Line]
    duties: First[plans.Duty]
    leads: First[investment.Line]
    offers: First[Offer]
    ties: First[Tie]

    @property
    def shown(self) -> int:
        return OWNED_SHOWN

    @property
    def is_empty(self) -> bool:
        lists = (self.due, self.duties, self.leads, self.offers, self.ties)
        return not any(each.rows for each in lists)


def offices_of(user: User) -> list[Office]:
    """Return the offices whose work a person reads, his own first."""
    reach = within("region_code", rights_of(user).regions("ties.read_all"))
    own = {held.post.office_id for held in user.current_holdings}
    kinds = (Office.Kind.REGION, Office.Kind.AGENCY)
    found = Office.objects.filter(reach, kind__in=kinds).order_by("region_code", "pk")
    # A nation has thousands; whoever reads all of them chooses by region on the portfolio.
    mine = Office.objects.filter(pk__in=own)
    return [*mine, *[office for office in found[:OFFICES_SHOWN] if office.pk not in own]]


OFFICES_SHOWN = 60
# What a line shows of an offer.
OFFERED = ("title", "state", "readiness")


def office_board(user: User, asked: int | None, today: date) -> OfficeBoard:
    """Return what the posts of one office have in hand."""
    offices = offices_of(user)
    office = next((each for each in offices if each.pk == asked), None) or next(iter(offices), None)
    posts = list(Post.objects.filter(office=office)) if office else []
    leads = investment.leads_of(user).running().filter(owner__in=posts).only(*investment.LISTED)  # type: ignore[attr-defined]  # its QuerySet
    offers = Offer.objects.visible_to(user).filter(owner__in=posts).exclude(state="taken")
    owned = ties.ties_of(user).filter(owner__in=posts).exclude(state__in=OVER).only(*ties.LISTED)
    some = OWNED_SHOWN + 1
    running = leads.order_by(F("next_by").asc(nulls_last=True), "pk")[:some]
    return OfficeBoard(
        office=office,
        offices=offices,
        posts=posts,
        due=_first(commitments.of_posts(posts, user, today, some)),
        duties=_first(plans.of_posts(posts, today, some)),
        leads=_first([investment.line_of(lead, today) for lead in running]),
        offers=_first(list(offers.only(*OFFERED).order_by("-readiness", "pk")[:some])),
        ties=_first(list(owned.order_by(F("next_by").asc(nulls_last=True), "pk")[:some])),
    )


# A person's morning ---------------------------------------------------------------------

CALLED_SHOWN = 6


@dataclass(frozen=True)
class Morning:
    """What the posts of a person have to see to, and what nobody sees to."""

    due: Sequence[commitments.Line]
    has_more_due: bool
    leads: Sequence[investment.Line]
    has_more_leads: bool
    ownerless: Sequence[commitments.Line]
    has_more_ownerless: bool


def morning(user: User, today: date) -> Morning:
    """Return the promises and leads that wait for a person, the most urgent first."""
    posts = [held.post_id for held in user.current_holdings]
    due = commitments.of_posts(posts, user, today, DUE_SHOWN + 1)
    silent = Q(quiet_since__lte=today - timedelta(days=investment.quiet_days()))
    mine: Any = investment.leads_of(user).filter(owner__in=posts)
    leads = list(
        mine.running()
        .only(*investment.LISTED)
        .filter(silent | Q(next_by__lte=today))
        .order_by(F("next_by").asc(nulls_last=True), "quiet_since", "pk")[: CALLED_SHOWN + 1]
    )
    ownerless = commitments.without_owner(user, today, DUE_SHOWN + 1)
    return Morning(
        due=due[:DUE_SHOWN],
        has_more_due=len(due) > DUE_SHOWN,
        leads=[investment.line_of(lead, today) for lead in leads[:CALLED_SHOWN]],
        has_more_leads=len(leads) > CALLED_SHOWN,
        ownerless=ownerless[:DUE_SHOWN],
        has_more_ownerless=len(ownerless) > DUE_SHOWN,
    )


# The portfolio --------------------------------------------------------------------------

# A row tells of five rooms: fifty would be a page that nobody reads to its end.
PAGE = 20
ORDERS = ("", "overdue", "silent")


@dataclass(frozen=True)
class Filters:
    """What a reader wants to see of the portfolio; empty: no matter."""

    region: str = ""
    order: str = ""
    over: bool = False


@dataclass(frozen=True)
class Row:
    """A tie in the portfolio."""

    tie: Tie
    is_silent: bool
    case: cases_board.Line | None
    promises: commitments.Tally
    programmes: plans.Tally
    leads: investment.Tally
    purses: Sequence[Purse]


@dataclass(frozen=True)
class Portfolio:
    page: Page[Tie]
    rows: Sequence[Row]
    currency: str
    currencies: Sequence[str]
    ownerless: Sequence[commitments.Line]
    has_more_ownerless: bool


def portfolio(
    user: User, filters: Filters, today: date, number: int, *, currency: str = ""
) -> Portfolio:
    """Return one page of the ties whose whole file a person reads, with what each brought."""
    page = _page(user, filters, today, number)
    keys = [tie.pk for tie in page.rows]
    promises = commitments.tallies(keys, today)
    done = plans.tallies(keys, today)
    leads = investment.tallies(keys, today)
    running = _cases(keys, user, today)
    sums = [one for tally in leads.values() for one in _sums(tally)]
    chosen, offered = currency_for(currency, sums)
    rates = Rates(chosen) if chosen else None
    ownerless = commitments.without_owner(user, today, DUE_SHOWN + 1)
    return Portfolio(
        page=page,
        rows=[
            Row(
                tie=tie,
                is_silent=tie.silent_from is not None and tie.silent_from <= today,
                case=running.get(tie.pk),
                promises=promises.get(tie.pk, commitments.Tally()),
                programmes=done.get(tie.pk, plans.Tally()),
                leads=leads.get(tie.pk, investment.Tally()),
                purses=purses(leads.get(tie.pk, investment.Tally()), rates),
            )
            for tie in page.rows
        ],
        currency=chosen,
        currencies=offered,
        ownerless=ownerless[:DUE_SHOWN],
        has_more_ownerless=len(ownerless) > DUE_SHOWN,
    )


def _page(user: User, filters: Filters, today: date, number: int) -> Page[Tie]:
    reach = within("home__code", rights_of(user).regions("ties.read_all"))
    chosen = Tie.objects.filter(reach).select_related("home", "partner").only(*ties.LISTED)
    if not filters.over:
        chosen = chosen.exclude(state__in=OVER)
    if filters.region:
        chosen = chosen.filter(commitments.of_region(filters.region))
    if filters.order == "overdue":
        return _most_overdue_first(chosen, today, number)
    if filters.order == "silent":
        return page_of(chosen.order_by(F("silent_from").asc(nulls_last=True), "pk"), number, PAGE)
    return page_of(chosen.order_by("home_id", "partner_id", "cycle"), number, PAGE)


def _most_overdue_first(chosen: QuerySet[Tie], today: date, number: int) -> Page[Tie]:
    """Return one page of the ties that have overdue promises."""
    keys: Any = chosen.order_by().select_related(None).values("pk")
    # By its states, not by `stands`: the index that holds both counts without reading a row.
    late = Commitment.objects.filter(tie__in=keys, state__in=LIVE, due_by__lt=today).order_by()
    counted = late.values_list("tie_id").annotate(count=Count("tie_id"))
    start = (number - 1) * PAGE
    rows = [tie for tie, _n in counted.order_by("-count", "tie_id")[start : start + PAGE + 1]]
    found = chosen.in_bulk(rows[:PAGE])
    return Page([found[key] for key in rows[:PAGE]], number, len(rows) > PAGE)


_named_cases = Prepared(lambda keys: Case.objects.named().filter(pk__in=keys))
_establishments = Prepared(
    lambda ties: (
        Case.objects.filter(tie__in=ties, sub=Sub.ESTABLISH).named().order_by("-closed", "pk")
    )
)


def _cases(keys: Sequence[int], user: User, today: date) -> dict[int, cases_board.Line]:
    """Return the establishment of each tie, the running one before one that ended."""
    found = _establishments(keys)
    return {case.tie_id: cases_board.line_of(case, user, today) for case in found}

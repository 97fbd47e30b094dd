"""What pages about tourism read. The day is an argument; nothing here writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Rights, shared
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.ledger.models import Source
from kembar.apps.rates.queries import Rates, Sum, Total
from kembar.apps.regions.models import Region
from kembar.apps.regions.units import amount
from kembar.apps.ties.models import Tie
from kembar.apps.ties.queries import reads_all
from kembar.apps.tourism.comparing import (
    Fullness,
    Load,
    Pair,
    beside_year_before,
    first_of,
    fullness,
    later,
    months_of,
    per_arrival,
    together,
)
from kembar.apps.tourism.models import (
    OTHER_ORIGINS,
    Arrival,
    Campaign,
    Counted,
    Limit,
    Seats,
    Site,
    TourismImport,
)
from kembar.apps.tourism.places import airport_name, month_words, origin_name, span_words
from kembar.engines.money import digits_of

# How many origins a picture and a table name; the others are one row.
NAMED_ORIGINS = 12
# How long after its end a campaign's market is looked at, where the reader does not say.
AFTER_MONTHS = 3
AFTER_CHOICES = (0, 3, 6, 12)
MONTHS = 12
REGIONS_LISTED = 50
# What a line of a list shows of a campaign and its tie.
LISTED = (
    *("title", "starts", "ends", "spend", "currency", "spent_on"),
    *("channels", "reach", "reach_counts"),
    *("tie__cycle", "tie__home__name", "tie__partner__name"),
)


# Series -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """Counts of one kind in one place: they may be added up over origins, never with others."""

    region_code: str
    counted: str
    site_id: int | None
    site: str
    first: date
    last: date

    @property
    def key(self) -> str:
        return f"{self.counted}-{self.site_id or 0}"

    @property
    def label(self) -> str:
        counted = str(Counted(self.counted).label)
        return f"{counted}: {self.site}" if self.site else counted


def series_of(region_code: str, user: object) -> list[Series]:
    """Return what is counted in a region that this reader may see; those of no site first."""
    rows = (
        Arrival.objects.visible_to(user)
        .standing()
        .filter(region=region_code)
        .values("counted", "site", "site__name")
        .annotate(first=Min("month"), last=Max("month"))
    )
    found = [
        Series(
            region_code,
            row["counted"],
            row["site"],
            str(row["site__name"] or ""),
            row["first"],
            row["last"],
        )
        for row in rows
    ]
    order = Counted.values
    return sorted(found, key=lambda one: (one.site_id or 0, order.index(one.counted)))


def chosen(series: Sequence[Series], asked: str) -> Series | None:
    """Return the series that a reader asked for, else the first."""
    return next((one for one in series if one.key == asked), series[0] if series else None)


@dataclass(frozen=True)
class Differing:
    """A month and an origin of which several sources tell different numbers."""

    month: str
    origin: str
    said: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Counts:
    """The counts of a series by origin and month; of several sources the newest counts."""

    by_origin: Mapping[str, Mapping[date, int]]
    sources: Sequence[Source]
    differing: Sequence[Differing]

    def of(self, origin: str) -> Mapping[date, int]:
        return self.by_origin.get(origin, {})

    def all_origins(self) -> dict[date, int]:
        total: dict[date, int] = defaultdict(int)
        for months in self.by_origin.values():
            for month, people in months.items():
                total[month] += people
        return dict(total)


def counts_of(series: Series, user: object, months: Sequence[date]) -> Counts:
    """Return what is on file of some months and of the same months a year before."""
    wanted = {*months, *(later(month, -12) for month in months)}
    rows = (
        Arrival.objects.visible_to(user)
        .standing()
        .filter(
            region=series.region_code,
            counted=series.counted,
            site=series.site_id,
            month__in=wanted,
        )
        .order_by("pk")
    )
    said: dict[tuple[str, date], dict[int, int]] = defaultdict(dict)
    for origin, month, people, source in rows.values_list("origin", "month", "people", "source"):
        # Put in anew at its end: the source that was brought in last counts.
        said[origin, month].pop(source, None)
        said[origin, month][source] = people
    by_origin: dict[str, dict[date, int]] = defaultdict(dict)
    for (origin, month), told in said.items():
        by_origin[origin][month] = list(told.values())[-1]
    used = {source for told in said.values() for source in told}
    sources = Source.objects.visible_to(user).in_bulk(used) if used else {}
    differing = [
        Differing(
            month_words(month),
            origin_name(origin),
            [(str(sources.get(pk, "–")), people) for pk, people in told.items()],
        )
        for (origin, month), told in sorted(said.items(), key=lambda pair: pair[0][::-1])
        if len(set(told.values())) > 1
    ]
    return Counts(by_origin, sorted(sources.values(), key=lambda one: one.pk), differing)


@dataclass(frozen=True)
class OriginRow:
    code: str
    name: str
    people: int
    share: float | None
    pair: Pair
    is_market: bool


@dataclass(frozen=True)
class Arrivals:
    """Arrivals of a span of months by origin, beside the year before."""

    series: Series
    months: Sequence[date]
    counts: Counts
    origins: Sequence[OriginRow]
    total: OriginRow
    market: str

    @property
    def span(self) -> str:
        return span_words(self.months)

    @property
    def market_row(self) -> OriginRow | None:
        return next((row for row in self.origins if row.is_market), None)

    def market_months(self) -> list[tuple[str, int | None, int | None, int | None]]:
        """Return for each month: its name, the market, the market a year before, all origins."""
        market, everybody = self.counts.of(self.market), self.counts.all_origins()
        return [
            (month_words(m), market.get(m), market.get(later(m, -12)), everybody.get(m))
            for m in self.months
        ]


def last_months(last: date, count: int = MONTHS) -> list[date]:
    return [later(last, at) for at in range(1 - count, 1)]


def arrivals(
    series: Series, user: object, *, market: str, months: Sequence[date] | None = None
) -> Arrivals:
    """Return the arrivals of some months, the last twelve on file if none are named."""
    months = months or last_months(series.last)
    counts = counts_of(series, user, months)
    people = {
        origin: sum(found.get(month, 0) for month in months)
        for origin, found in counts.by_origin.items()
        if any(month in found for month in months)
    }
    whole = sum(people.values())
    rows = [
        OriginRow(
            origin,
            origin_name(origin),
            number,
            number / whole if whole else None,
            beside_year_before(counts.of(origin), months),
            origin == market,
        )
        for origin, number in people.items()
    ]
    rows.sort(key=lambda row: (-row.people, row.name))
    total = OriginRow("", _("All together"), whole, None, together(r.pair for r in rows), False)
    return Arrivals(series, months, counts, rows, total, market)


def markets_of(region_code: str, user: object) -> list[str]:
    """Return the countries of a region's partners, those with the most ties first."""
    ties = Tie.objects.visible_to(user).filter(home=region_code)
    rows = ties.values("partner__country").annotate(many=Count("pk")).order_by("-many")
    return [row["partner__country"] for row in rows if row["partner__country"] != region_code[:2]]


def markets_on_file(view: Arrivals | None, market: str) -> list[tuple[str, str]]:
    """Return the countries that may be looked at: those on file, and the one looked at now."""
    codes = {row.code for row in view.origins} if view else set()
    codes = (codes | {market}) - {OTHER_ORIGINS, ""}
    return sorted(((code, origin_name(code)) for code in codes), key=lambda pair: pair[1])


def years_of(series: Series) -> list[int]:
    return list(range(series.last.year, series.first.year - 1, -1))


# Seats --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
    """Flights and seats of one route over a span of months."""

    departs: str
    lands: str
    origin: str
    origin_code: str
    is_planned: bool
    months: Sequence[date]
    flights: int
    seats: int | None
    sources: Sequence[Source]

    @property
    def name(self) -> str:
        return f"{self.departs} – {self.lands}"

    @property
    def airports(self) -> str:
        return f"{airport_name(self.departs)} – {airport_name(self.lands)}"

    @property
    def span(self) -> str:
        return span_words(self.months)


def seats_query(region_code: str, user: object) -> QuerySet[Seats]:
    rows: QuerySet[Seats] = Seats.objects.visible_to(user).standing().filter(region=region_code)
    return rows


def routes(region_code: str, user: object, *, origin: str = "") -> list[Route]:
    """Return the routes to a region over the twelve months up to the last on file."""
    rows = seats_query(region_code, user)
    if origin:
        rows = rows.filter(origin=origin)
    last = rows.aggregate(last=Max("month"))["last"]
    if last is None:
        return []
    newest: dict[tuple[str, str, str], dict[date, Seats]] = defaultdict(dict)
    for row in rows.filter(month__gt=later(last, -MONTHS)).select_related("source").order_by("pk"):
        newest[row.departs, row.lands, row.state][row.month] = row
    found = [_route(list(months.values())) for months in newest.values()]
    return sorted(found, key=lambda route: (route.is_planned, -(route.seats or 0), route.name))


def _route(rows: Sequence[Seats]) -> Route:
    rows = sorted(rows, key=lambda row: row.month)
    one = rows[0]
    seats = [row.seats for row in rows]
    return Route(
        departs=one.departs,
        lands=one.lands,
        origin=origin_name(one.origin),
        origin_code=one.origin,
        is_planned=one.state == Seats.State.PLANNED,
        months=[row.month for row in rows],
        flights=sum(row.flights for row in rows),
        # Where one month's seats are not told, their sum would pass for all of them.
        seats=None if None in seats else sum(number or 0 for number in seats),
        sources=list({row.source_id: row.source for row in rows}.values()),
    )


def _seats_flown(
    region_code: str, user: object, origin: str, months: Sequence[date]
) -> dict[date, int]:
    """Return the seats flown from a country by month, where all its routes tell them."""
    wanted = {*months, *(later(month, -12) for month in months)}
    rows = seats_query(region_code, user).filter(
        origin=origin, month__in=wanted, state=Seats.State.FLOWN
    )
    newest: dict[tuple[date, str, str], int | None] = {}
    for month, departs, lands, seats in rows.order_by("pk").values_list(
        "month", "departs", "lands", "seats"
    ):
        newest[month, departs, lands] = seats
    by_month: dict[date, list[int | None]] = defaultdict(list)
    for (month, _departs, _lands), seats in newest.items():
        by_month[month].append(seats)
    return {
        month: sum(number or 0 for number in told)
        for month, told in by_month.items()
        if None not in told
    }


# Sites and their limits ---------------------------------------------------------------------


@dataclass(frozen=True)
class LimitState:
    """A limit in force, and how full the site was against it."""

    limit: Limit
    times: Sequence[Fullness]

    @property
    def latest(self) -> Fullness | None:
        return self.times[-1] if self.times else None

    @property
    def fullest(self) -> Fullness | None:
        return max(self.times, key=lambda one: one.share, default=None)

    @property
    def load(self) -> Load:
        return self.fullest.load if self.fullest else Load.UNKNOWN

    @property
    def sentence(self) -> str:
        """Say the fullest time beside the limit."""
        full = self.fullest
        if full is None:
            return _("No visitors are on file since it is in force: nothing can be said.")
        facts = {
            "month": month_words(full.start),
            "year": full.start.year,
            "people": amount(full.people, digits=0),
            "limit": amount(float(full.limit), digits=0),
            "months": full.months,
        }
        if self.limit.per == Limit.Per.DAY:
            return _("%(month)s: %(people)s people a day on average, of %(limit)s at most.") % facts
        if self.limit.per == Limit.Per.MONTH:
            return _("%(month)s: %(people)s people, of %(limit)s at most.") % facts
        return (
            _("%(year)s: %(people)s people in %(months)s months on file, of %(limit)s at most.")
            % facts
        )


@dataclass(frozen=True)
class Watched:
    """A site with its limits and the visitors on file."""

    site: Site
    limits: Sequence[LimitState]
    visitors: Mapping[date, int]

    @property
    def load(self) -> Load:
        order = list(Load)
        return min((one.load for one in self.limits), key=order.index, default=Load.UNKNOWN)

    @property
    def is_warning(self) -> bool:
        return self.load in (Load.REACHED, Load.NEAR)

    @property
    def warning(self) -> str:
        """Say of the limit that is fullest how full it was."""
        return next((one.sentence for one in self.limits if one.load == self.load), "")


def sites_of(region_code: str, user: object) -> QuerySet[Site]:
    return Site.objects.visible_to(user).filter(region=region_code).order_by("pk")


def watch(sites: Iterable[Site], user: object, today: date) -> list[Watched]:
    """Return how full sites were since last January, by two statements for any number."""
    sites = list(sites)
    if not sites:
        return []
    limits: dict[int, dict[str, Limit]] = defaultdict(dict)
    rows = Limit.objects.visible_to(user).standing().filter(site__in=sites)
    for limit in rows.select_related("source").order_by("pk"):
        standing = limits[limit.site_id].get(limit.per)
        # Of two for the same time the later one is in force, once its day has come.
        has_come = limit.first_day <= today
        if has_come and (standing is None or standing.first_day <= limit.first_day):
            limits[limit.site_id][limit.per] = limit
    # Whole years, for limits a year.
    visitors = _visitors(sites, user, date(today.year - 1, 1, 1))
    return [_watched(site, list(limits[site.pk].values()), visitors[site.pk]) for site in sites]


def _watched(site: Site, limits: Sequence[Limit], visitors: Mapping[date, int]) -> Watched:
    states = []
    for limit in limits:
        limit.site = site
        times = fullness(visitors, limit=limit.people, per=limit.per, since=limit.first_day)
        states.append(LimitState(limit, times[-MONTHS:]))
    states.sort(key=lambda one: Limit.Per.values.index(one.limit.per))
    return Watched(site, states, visitors)


def _visitors(sites: Sequence[Site], user: object, since: date) -> dict[int, dict[date, int]]:
    """Return the visitors of sites by month, over all origins; the newest source counts."""
    newest: dict[tuple[int, date, str], int] = {}
    rows = Arrival.objects.visible_to(user).standing()
    rows = rows.filter(site__in=sites, counted=Counted.VISITORS, month__gte=since).order_by("pk")
    for site, month, origin, people in rows.values_list("site", "month", "origin", "people"):
        newest[site, month, origin] = people
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for (site, month, _origin), people in newest.items():
        found[site][month] += people
    return found


# Campaigns ----------------------------------------------------------------------------------


def campaigns_of(user: object) -> QuerySet[Campaign]:
    """Return the standing campaigns that a person may read, with what a line names."""
    return Campaign.objects.visible_to(user).standing().select_related("tie__home", "tie__partner")


@dataclass(frozen=True)
class Measured:
    """One row of what is set beside each other: an origin, or all others, or seats."""

    name: str
    pair: Pair
    is_market: bool = False


@dataclass(frozen=True)
class Outcome:
    """Arrivals in the months of a campaign and after, and what was spent for each.

    `per_arrival` divides what was spent by everybody who came, also by those who would have come
    anyway. Nothing here says that the campaign brought anybody.
    """

    series: Series
    months: Sequence[date]
    on_file: int
    arrivals: int
    per_arrival: Decimal | None
    rows: Sequence[Measured]
    seats: Pair

    @property
    def span(self) -> str:
        return span_words(self.months)


def outcome(
    campaign: Campaign, series: Series, user: object, today: date, *, after: int = AFTER_MONTHS
) -> Outcome | None:
    """Return what is on file of a campaign's months and those after; None before it began."""
    if campaign.starts is None or campaign.starts > today:
        return None
    end = later(first_of(campaign.ends or campaign.starts), after)
    months = months_of(campaign.starts, min(end, first_of(today)))
    counts = counts_of(series, user, months)
    market = counts.of(campaign.market)
    told = [market[month] for month in months if month in market]
    spend = None
    if campaign.spend is not None:
        spend = per_arrival(campaign.spend, sum(told), digits_of(campaign.currency))
    pairs = {
        origin: beside_year_before(found, months)
        for origin, found in counts.by_origin.items()
        if origin != campaign.market
    }
    others = sorted(
        (pair for pair in pairs.items() if pair[1].months), key=lambda pair: -pair[1].after
    )
    rows = [
        Measured(origin_name(campaign.market), beside_year_before(market, months), True),
        Measured(_("All other origins together"), together(pairs.values())),
        *(Measured(origin_name(origin), pair) for origin, pair in others[:5]),
    ]
    flown = _seats_flown(series.region_code, user, campaign.market, months)
    return Outcome(
        series=series,
        months=months,
        on_file=len(told),
        arrivals=sum(told),
        per_arrival=spend,
        rows=rows,
        seats=beside_year_before(flown, months),
    )


def spent_on(campaigns: Iterable[Campaign]) -> Total | None:
    """Add up what campaigns cost, in the currency that most are paid in; None if nothing is known.

    Other currencies are converted by dated rates; what has none is named in the total.
    """
    sums = [
        Sum(one.spend, one.currency, one.spent_on)
        for one in campaigns
        if one.spend is not None and one.spent_on
    ]
    if not sums:
        return None
    [(quote, _many)] = Counter(one.currency for one in sums).most_common(1)
    return Rates(quote).total(sums)


# What boards and others ask -----------------------------------------------------------------


def regions_with_counts(user: object) -> list[Region]:
    """Return the first regions of which this reader may see arrivals, by their codes.

    The database looks up region after region and stops: counting over all arrivals takes a
    nation's size of time. The first arrival is asked for, not whether there is one: of that
    PostgreSQL would make a join with all arrivals.
    """
    there = Arrival.objects.visible_to(user).standing().filter(region=OuterRef("pk"))
    first = Subquery(there.order_by().values("pk")[:1])
    regions = Region.objects.alias(first=first).filter(first__isnull=False).only("code", "name")
    return list(regions.order_by("code")[:REGIONS_LISTED])


def list_campaigns(user: object, number: int) -> Page[Campaign]:
    return page_of(campaigns_of(user).only(*LISTED).order_by("-pk"), number)


def inheritance(post: Post, reader: User) -> list[Inherited]:
    """Return what the next holder of a post takes over: its campaigns."""
    found = []
    rows = (
        Campaign.objects.standing().filter(owner=post).select_related("tie__home", "tie__partner")
    )
    for campaign in rows.order_by("pk"):
        if reads_all(reader, campaign.tie):
            found.append(Inherited(str(campaign), campaign.get_absolute_url(), str(campaign.tie)))
        else:
            found.append(Inherited(str(campaign)))
    return found


def uses_of_source(rights: Rights) -> list[QuerySet[Any]]:
    """Return the campaigns that name the source of an outer query and are shared with him."""
    shown = shared(
        rights,
        owner="tie__home__code",
        partner="tie__partner__code",
        audiences=["audience", "tie__audience"],
    )
    return [Campaign.objects.standing().filter(shown, source=OuterRef("pk"))]


def has_anything(region_code: str, user: object) -> bool:
    """Return whether this reader may see arrivals or sites of a region."""
    arrivals_there = Arrival.objects.visible_to(user).standing().filter(region=region_code)
    return bool(arrivals_there.exists() or sites_of(region_code, user).exists())


def table_rows(region: Region, kind: str, user: object) -> list[list[str]]:
    """Return what this reader may see of a region, as rows that can be brought in again."""
    if kind == TourismImport.Kind.ARRIVALS:
        arrivals_there = Arrival.objects.visible_to(user).standing().filter(region=region)
        return [
            [
                *(region.code, str(row.site or ""), row.counted, row.origin),
                *(f"{row.month:%Y-%m}", str(row.people), *_source_cells(row.source), row.note),
            ]
            for row in arrivals_there.select_related("source", "site").order_by("month", "pk")
        ]
    if kind == TourismImport.Kind.SEATS:
        seats_there = seats_query(region.code, user).select_related("source")
        return [
            [
                *(row.departs, row.lands, f"{row.month:%Y-%m}", str(row.flights)),
                *("" if row.seats is None else str(row.seats), row.state),
                *(*_source_cells(row.source), row.note),
            ]
            for row in seats_there.order_by("month", "pk")
        ]
    limits = Limit.objects.visible_to(user).standing().filter(site__region=region)
    return [
        [
            *(str(row.site), str(row.people), row.per, str(row.since)),
            *(*_source_cells(row.source), str(row.note)),
        ]
        for row in limits.select_related("source", "site").order_by("site", "pk")
    ]


def _source_cells(source: Source) -> tuple[str, str, str, str]:
    return (source.publisher, source.title, source.address, str(source.dated or ""))


def source_for(record: Campaign | Site, user: object) -> Source | None:
    """Return the source of a campaign or a site, if this reader may see it."""
    return Source.objects.visible_to(user).filter(pk=record.source_id or 0).first()

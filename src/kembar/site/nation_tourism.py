"""Tourism of the invented nation: three years of arrivals for each home, and some campaigns.

Nothing of it happened, and every name says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import models
from django.db.models import Max

from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import Source
from kembar.apps.search import index
from kembar.apps.ties.models import Tie
from kembar.apps.tourism.actions import campaign_line, site_line
from kembar.apps.tourism.comparing import first_of, later
from kembar.apps.tourism.models import Arrival, Campaign, Channel, Counted, Limit, Seats, Site
from kembar.engines.dates import PartialDate
from kembar.site.nation import DAY, ORIGIN

MONTHS = 36
ORIGINS = ("CN", "AU", "SG", "DE")
BY = Text(id="Petugas buatan", zh="虚构人员", en="Invented officer")
AT = datetime(DAY.year, DAY.month, DAY.day, 3, tzinfo=UTC)
# One tie in so many has a campaign, and one home a site with a limit.
CAMPAIGN_EVERY, SITE_EVERY = 8, 4


@dataclass
class Season:
    """What is on file of one home and one of its ties, in the order of the foreign keys."""

    sources: list[Source] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    seats: list[Seats] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)

    def rows(self) -> Iterator[list[models.Model]]:
        """Yield the rows of each table, parents first."""
        for part in ("sources", "sites", "limits", "arrivals", "seats", "campaigns"):
            yield getattr(self, part)

    def lines(self) -> Iterator[index.Line]:
        """Give the lines under which search finds the sites and the campaigns."""
        yield from map(site_line, self.sites)
        yield from map(campaign_line, self.campaigns)


class Travel:
    """Makes the tourism of ties in the order of their keys, with the series of each new home."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        last = Source.objects.aggregate(last=Max("pk"))["last"] or 0
        self.source_keys, self.site_keys = count(last + 1), count(1)
        self.homes: dict[str, Source] = {}
        self.ties = 0

    def of(self, ties: Iterable[Tie]) -> Iterator[Season]:
        for tie in ties:
            season = Season()
            if tie.home_id not in self.homes:
                self._home(tie, season)
            self.ties += 1
            if self.ties % CAMPAIGN_EVERY == 0:
                season.campaigns.append(self._campaign(tie))
            yield season

    def _home(self, tie: Tie, season: Season) -> None:
        source = Source(
            pk=next(self.source_keys),
            owner_code=tie.home_id,
            audience="published",
            publisher="Statistik buatan",
            title=f"Kunjungan {tie.home_id} (buatan)",
            kind=Source.Kind.OFFICIAL,
        )
        self.homes[tie.home_id] = source
        season.sources.append(source)
        months = [later(first_of(DAY), -at) for at in range(MONTHS, 0, -1)]
        for origin in ORIGINS:
            level = self.rng.randrange(50, 4_000)
            season.arrivals += [
                self._arrival(tie, source, month, origin, level) for month in months
            ]
        if len(self.homes) % SITE_EVERY == 0:
            self._site(tie, source, months, season)

    def _arrival(
        self,
        tie: Tie,
        source: Source,
        month: date,
        origin: str,
        level: int,
        site: Site | None = None,
    ) -> Arrival:
        return Arrival(
            region=tie.home,
            site=site,
            counted=Counted.VISITORS if site else Counted.BORDER,
            origin=origin,
            month=month,
            people=round(level * self.rng.uniform(0.5, 1.6)),
            source=source,
            owner_code=tie.home_id,
            by_name=BY,
            at=AT,
        )

    def _site(self, tie: Tie, source: Source, months: list[date], season: Season) -> None:
        number = next(self.site_keys)
        site = Site(
            pk=number,
            region=tie.home,
            owner_code=tie.home_id,
            audience="published",
            name=Text(
                id=f"Pulau buatan {number}", zh=f"虚构岛{number}", en=f"Invented Isle {number}"
            ),
            origin=ORIGIN,
        )
        season.sites.append(site)
        season.limits.append(
            Limit(
                site=site,
                people=self.rng.randrange(20, 120),
                per=Limit.Per.DAY,
                since=PartialDate(DAY.year - 2),
                source=source,
                by_name=BY,
                at=AT,
            )
        )
        season.arrivals += [
            self._arrival(tie, source, month, ORIGINS[0], 1_500, site) for month in months
        ]
        season.seats += [
            Seats(
                region=tie.home,
                departs="SIN",
                lands="LBJ",
                origin="SG",
                month=month,
                flights=(flights := self.rng.randrange(4, 40)),
                seats=flights * 180,
                source=source,
                owner_code=tie.home_id,
                by_name=BY,
                at=AT,
            )
            for month in months[-12:]
        ]

    def _campaign(self, tie: Tie) -> Campaign:
        starts = DAY - timedelta(days=self.rng.randrange(60, 700))
        is_paid = self.rng.random() < 0.7
        return Campaign(
            tie=tie,
            title=Text(id="Promosi buatan", zh="虚构推广", en="Invented campaign"),
            market=tie.partner.country,
            channels=self.rng.sample(Channel.values, 2),
            starts=starts,
            ends=starts + timedelta(days=self.rng.randrange(10, 90)),
            spend=Decimal(self.rng.randrange(20, 900) * 1_000_000) if is_paid else None,
            currency="IDR" if is_paid else "",
            spent_on=starts if is_paid else None,
            audience=tie.audience,
            owner_id=tie.owner_id,
            origin=ORIGIN,
        )

"""Offers of the invented nation: sites that do not exist, with papers as far as chance has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random

from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.investment.offers import standing_of
from kembar.apps.investment.readiness import ladder
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Tie
from kembar.engines.dates import PartialDate
from kembar.site.nation import DAY, ORIGIN

OFFERS = 5_000
LANDS = ["", *(str(each) for each in Offer.Land.values if each)]
CURRENCIES = ("IDR", "CNY", "USD")
POWER = Text(
    id="Jaringan listrik 20 kV (buatan)", zh="20千伏电网（虚构）", en="20 kV grid (invented)"
)
WATER = Text(id="Sumur bor (buatan)", zh="机井（虚构）", en="Bored well (invented)")
PORT = Text(id="Dermaga 12 km (buatan)", zh="距码头12公里（虚构）", en="Jetty at 12 km (invented)")


@dataclass
class Offered:
    """One invented offer with its papers, keys given."""

    offer: Offer
    papers: list[OfferPaper] = field(default_factory=list)


class Offering:
    """Makes offers over ties, in the order of their keys; `kit.bulk.insert` writes them.

    Each is read by whom its tie is.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.offer_keys, self.paper_keys = count(1), count(1)

    def over(self, ties: Sequence[Tie], number: int) -> Iterator[Offered]:
        """Yield so many offers, over the ties in turn; ties come with their home region."""
        for at in range(number):
            yield self._offered(ties[at % len(ties)])

    def _offered(self, tie: Tie) -> Offered:
        rng = self.rng
        key = next(self.offer_keys)
        sector = rng.choice(tie.sectors or ["trade"])
        level = rng.choices(range(6), (3, 4, 4, 3, 2, 1))[0]
        is_valued = rng.random() < 0.4
        offer = Offer(
            pk=key,
            home=tie.home,
            tie=tie if rng.random() < 0.8 else None,
            title=Text(
                id=f"Penawaran buatan {key}", zh=f"虚构招商项目{key}", en=f"Invented offer {key}"
            ),
            sector=sector,
            place=Text(id="Lokasi buatan", zh="虚构地点", en="Invented site") if level else Text(),
            area_ha=Decimal(rng.randrange(100, 500_000)) / 100 if level else None,
            land=rng.choice(LANDS[1:]) if level else "",
            power=POWER if level > 2 else Text(),
            water=WATER if level > 2 else Text(),
            port=PORT if level > 2 else Text(),
            sought=Decimal(rng.randrange(1, 9_000)) * 1_000_000 if is_valued else None,
            currency=rng.choice(CURRENCIES) if is_valued else "",
            contact=Text(id="Petugas buatan", zh="虚构人员", en="Invented officer"),
            state=rng.choices(Offer.State.values, (7, 1, 1, 1))[0],
            owner_id=tie.owner_id,
            audience=tie.audience,
            origin=ORIGIN,
        )
        papers = [
            self._paper(offer, kind.code)
            for kind in ladder().papers.values()
            if kind.level <= level and kind.is_asked_of(offer.land)
        ]
        standing = standing_of(offer, papers, DAY)
        offer.readiness, offer.ready_until = standing.level, standing.until
        return Offered(offer, papers)

    def _paper(self, offer: Offer, code: str) -> OfferPaper:
        dated = DAY - timedelta(days=self.rng.randrange(30, 2_000))
        ends = self.rng.random() < 0.2
        return OfferPaper(
            pk=next(self.paper_keys),
            offer=offer,
            code=code,
            on=PartialDate.from_date(dated),
            by=Text(id="Kantor buatan", zh="虚构机构", en="Invented office"),
            valid_until=DAY + timedelta(days=self.rng.randrange(-100, 1_500)) if ends else None,
        )

"""A prospectus as PDF, as its page makes it: read from the database, told twice, typeset.

Bar: 500 ms, warm, for an offer with every field filled in, twelve papers and six sources. Beside it
the same for a letter that our font lacks, for which the fonts of the computer are looked through,
and for one that none of them has. No peer: no program here makes a PDF in two columns out of data,
and an office suite that converts one first has to be given the finished document. Ends with 1 if
the bar is missed.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

BAR_S = 0.5
RUNS = 30
TODAY = date(2026, 11, 30)


def times(task: Callable[[], object], runs: int = RUNS) -> list[float]:
    found = []
    for _run in range(runs):
        started = time.perf_counter()
        task()
        found.append(time.perf_counter() - started)
    return sorted(found)


def show(name: str, found: list[float], bar: float | None = None) -> bool:
    """Print a line, and return whether the bar is missed by one run in twenty."""
    p95 = found[int(len(found) * 0.95) - 1]
    wrong = bar is not None and p95 > bar
    said = f"bar {bar * 1e3:.0f} ms{', missed' if wrong else ''}" if bar else ""
    print(f"{name:44} {statistics.median(found) * 1e3:8.1f} ms  (p95 {p95 * 1e3:.1f})  {said}")
    return wrong


def main() -> int:
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(KEMBAR_HOME=home, DJANGO_SETTINGS_MODULE="kembar.site.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return measure()


def measure() -> int:
    from kembar.apps.investment.models import Offer, OfferPaper
    from kembar.apps.investment.offer_actions import file_paper, open_offer
    from kembar.apps.investment.offers import offer_of
    from kembar.apps.investment.prospectus import prospectus_of
    from kembar.apps.investment.readiness import ladder
    from kembar.apps.kit.text import Text
    from kembar.apps.ledger.actions import add_source
    from kembar.apps.ledger.models import Source
    from kembar.apps.regions import register
    from kembar.apps.regions.models import Region
    from kembar.engines.dates import PartialDate
    from kembar.engines.prospectus import as_pdf

    register.load()
    sources = []
    for number in range(6):
        source = Source(
            publisher=f"Paper {number}",
            title="A headline of the length that headlines have in the newspapers of the province",
            address=f"https://example.org/2026/{number}/a-headline-of-the-usual-length",
            owner_code="ID-NT",
            audience="published",
        )
        add_source(source, by=None)
        sources.append(source)
    long = Text(
        id="Kalimat uji. " * 30, zh="用于测量的一句话。" * 40, en="A sentence to measure. " * 30
    )
    short = Text(id="Jaringan 20 kV", zh="20千伏电网，距离3公里", en="20 kV grid at 3 km")

    def an_offer(title: str) -> Offer:
        offer = Offer(
            home=Region.objects.get(code="ID-NT"),
            title=Text(id="Uji", zh=title, en="Salt ponds of the east coast"),
            sector="salt", summary=long, place=short, area_ha=Decimal(216), land="state",
            land_note=short, power=short, water=short, port=short, sought=Decimal(12_500_000_000),
            secured=Decimal(1_000_000), currency="IDR", irr_percent=Decimal("14.5"),
            payback_years=Decimal(7), return_source=sources[0], contact=short,
            audience="published",
        )  # fmt: skip
        open_offer(offer, sources=sources, today=TODAY, by=None)
        for code in ladder().papers:
            paper = OfferPaper(
                offer=offer, code=code, on=PartialDate.parse("2026-05"), by=short, source=sources[1]
            )
            file_paper(paper, today=TODAY, by=None)
        return offer

    plain, rare, unknown = (
        an_offer("东海岸盐田"),
        an_offer("龦家盐田"),
        an_offer("\U000f1234家盐田"),
    )

    def make(offer: Offer) -> Callable[[], object]:
        return lambda: as_pdf(prospectus_of(offer_of(None, offer.pk), TODAY))

    show("the first of a process", times(make(plain), 1))
    missed = show("warm", times(make(plain)), BAR_S)
    show("… of it without typesetting", times(lambda: prospectus_of(plain, TODAY)))
    show("with a letter of the computer's fonts", times(make(rare), 1) and times(make(rare), 10))
    show("with a letter that no font has", times(make(unknown), 10))
    printed = as_pdf(prospectus_of(unknown, TODAY))
    print(f"{len(printed.pdf) / 1024:.0f} kB; named for want of a shape: {printed.missing}")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())

"""Amounts in another currency, by the rate of their day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from kembar.apps.audit.models import Entry
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.rates.models import Rate
from kembar.engines.errors import KembarError

# A rate serves this many days after its own: central banks publish none on holidays, and an
# office that writes down one a month is not to be left without.
SERVES_DAYS = 45


@dataclass(frozen=True)
class Sum:
    """An amount with its currency, and the day by whose rate it is converted."""

    amount: Decimal
    currency: str
    on: date


@dataclass(frozen=True)
class Total:
    """Sums of several currencies in one, as far as there are rates.

    Attributes
    ----------
    amount
        In `currency`, of all sums that could be converted.
    by_currency
        Every sum as it was written, added up by currency: nothing is left out of these.
    without_rate
        Sums that are not in `amount`, for want of a rate.
    """

    currency: str
    amount: Decimal
    by_currency: Mapping[str, Decimal]
    without_rate: Sequence[Sum] = field(default_factory=tuple)

    @property
    def is_whole(self) -> bool:
        return not self.without_rate

    @property
    def left_out(self) -> dict[str, Decimal]:
        """What is not in the amount, added up by currency."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for one in self.without_rate:
            found[one.currency] += one.amount
        return dict(found)


class Rates:
    """All rates into one currency, read by one question."""

    def __init__(self, quote: str) -> None:
        self.quote = quote
        self._days: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
        rows = Rate.objects.filter(quote=quote) | Rate.objects.filter(base=quote)
        for base, _quote, on, value in rows.order_by("on").values_list(
            "base", "quote", "on", "value"
        ):
            if base == quote:
                # Written the other way round: 1 IDR = 0.00045 CNY says what a CNY is worth too.
                self._days[_quote].append((on, 1 / value))
            else:
                self._days[base].append((on, value))

    def rate(self, base: str, on: date) -> Decimal:
        """Return what one unit was worth on a day, by the newest rate that serves it.

        Raises
        ------
        KembarError
            `rate.missing`
        """
        if base == self.quote:
            return Decimal(1)
        days = self._days.get(base, [])
        at = bisect_right(days, on, key=lambda pair: pair[0]) - 1
        if at < 0 or (on - days[at][0]).days > SERVES_DAYS:
            raise KembarError("rate.missing", base=base, quote=self.quote, day=on, days=SERVES_DAYS)
        return days[at][1]

    def total(self, sums: Iterable[Sum]) -> Total:
        """Add up sums, and say which could not be converted: none is ever left out silently."""
        by_currency: dict[str, Decimal] = defaultdict(Decimal)
        amount, missing = Decimal(0), []
        for one in sums:
            by_currency[one.currency] += one.amount
            try:
                amount += one.amount * self.rate(one.currency, one.on)
            except KembarError:
                missing.append(one)
        return Total(self.quote, amount, dict(by_currency), tuple(missing))


def taken_back(pk: int) -> Entry | None:
    """Return the entry of the history by which a rate was taken back; None if it was not."""
    entries = Entry.objects.filter(subject_type=Rate._meta.label_lower, subject_id=str(pk))
    return entries.filter(action="rates.rate_dropped").order_by("-pk").first()


def newest() -> list[Rate]:
    """Return the newest rate of each pair of currencies, the pairs by name."""
    last = Rate.objects.filter(base=OuterRef("base"), quote=OuterRef("quote")).order_by("-on")
    rows = Rate.objects.filter(pk=Subquery(last.values("pk")[:1])).select_related("source")
    return list(rows.order_by("base", "quote"))


def list_rates(pair: str, number: int) -> Page[Rate]:
    """Return one page of the rates, the newest first; of one pair only, if it is named: CNY-IDR."""
    rates = Rate.objects.select_related("source").order_by("-on", "base", "quote")
    base, _dash, quote = pair.partition("-")
    if base and quote:
        rates = rates.filter(base=base, quote=quote)
    return page_of(rates, number)

"""What people do with exchange rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from kembar.apps.accounts.models import User
from kembar.apps.audit.actions import Deed, differences, first_values, record, record_all
from kembar.apps.kit.concurrency import (
    StaleError,
    one_at_a_time,
    save_if_unchanged,
    twins_refused,
)
from kembar.apps.ledger.actions import in_the_ledger, source_added, source_line
from kembar.apps.ledger.models import Source
from kembar.apps.rates.models import Rate
from kembar.apps.search import index

FIELDS = ["base", "quote", "on", "value", "source"]


@transaction.atomic
def add_rate(rate: Rate, *, by: User | None) -> None:
    """Write down what a currency was worth on a day.

    Raises
    ------
    ValidationError
        If there is one of these two currencies on that day, whichever way round.
    """
    # Race: two people may write one each in the same moment.
    one_at_a_time(Rate._meta.label_lower)
    new = _name_source(rate)
    rate.full_clean(validate_constraints=False)
    _refuse_other_way_round(rate)
    with twins_refused(rate):
        rate.validate_constraints()
        rate.save()
    deed = Deed("rates.rate_added", rate, _owner(rate), changes=first_values(rate))
    _remember(deed, new, by)


@transaction.atomic
def change_rate(rate: Rate, *, seen: int, old: Mapping[str, Any], by: User | None) -> None:
    """Correct a rate. What was reckoned with the old one is reckoned anew at the next look.

    Raises
    ------
    Rate.DoesNotExist
        If somebody took it back meanwhile.
    """
    one_at_a_time(Rate._meta.label_lower)
    new = _name_source(rate)
    rate.full_clean()
    changes = differences(old, {name: getattr(rate, name) for name in FIELDS})
    if not changes:
        return
    _refuse_other_way_round(rate)
    with twins_refused(rate):
        save_if_unchanged(rate, seen, FIELDS)
    _remember(Deed("rates.rate_changed", rate, _owner(rate), changes=changes), new, by)


def _name_source(rate: Rate) -> list[Source]:
    """Have the source of a rate in the ledger; return it if it is new there."""
    (rate.source,), new = in_the_ledger([rate.source])
    return new


def _remember(deed: Deed, new: Sequence[Source], by: User | None) -> None:
    """Put a deed, and the source that is new with it, into the search and the history."""
    index.put([source_line(source) for source in new])
    record_all([*map(source_added, new), deed], by=by)


def _refuse_other_way_round(rate: Rate) -> None:
    """Refuse a rate whose reverse stands for the same day: of the two nobody knew which holds."""
    if Rate.objects.filter(base=rate.quote, quote=rate.base, on=rate.on).exists():
        twice = next(c for c in Rate._meta.constraints if c.name == "rate_once_a_day")
        raise ValidationError(str(twice.violation_error_message))


@transaction.atomic
def drop_rate(rate: Rate, *, seen: int, reason: str, by: User | None) -> None:
    """Take a rate back, with the reason; the history keeps what it said.

    Raises
    ------
    Rate.DoesNotExist
        If somebody else took it back meanwhile.
    """
    was = {each["field"]: each["new"] for each in first_values(rate)}
    key = rate.pk
    gone, _by_model = Rate.objects.filter(pk=key, version=seen).delete()
    if not gone:
        raise StaleError(Rate.objects.get(pk=key))
    changes = differences(was, dict.fromkeys(was)) + differences({}, {"taken_back": reason})
    record(Deed("rates.rate_dropped", rate, _owner(rate), changes=changes), by=by)


def _owner(rate: Rate) -> str:
    """Return the region in whose history it stands: the one that keeps the source."""
    return str(rate.source.owner_code)

"""Pictures of arrivals: month by month, by origin, and a site against its limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import nan

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kembar.apps.regions.pictures import month_names
from kembar.apps.regions.units import amount
from kembar.apps.tourism.comparing import later
from kembar.apps.tourism.places import origin_name, span_words
from kembar.apps.tourism.queries import NAMED_ORIGINS, Arrivals, LimitState
from kembar.engines import charts


def _number(value: float) -> str:
    return amount(value, digits=0)


def _safe(svg: str) -> SafeString:
    # Our own drawing: every name in it was escaped where it was written.
    return mark_safe(svg)  # noqa: S308


def _names(months: Sequence[date]) -> list[str]:
    names = month_names()
    return [names[month.month - 1] for month in months]


def _values(counts: Mapping[date, int], months: Sequence[date], *, by: int = 0) -> list[float]:
    return [float(counts.get(later(month, by), nan)) for month in months]


def by_month(view: Arrivals, origin: str = "") -> SafeString:
    """Draw the months of one origin, or of all, beside the same months a year before."""
    counts = view.counts.of(origin) if origin else view.counts.all_origins()
    name = origin_name(origin) if origin else _("All origins")
    before = [later(month, -12) for month in view.months]
    return _safe(
        charts.columns(
            [
                charts.Series(span_words(before), _values(counts, view.months, by=-12)),
                charts.Series(
                    view.span, _values(counts, view.months), "partner" if origin else "home"
                ),
            ],
            title=_("Month by month: %(origin)s") % {"origin": name},
            description=_("A column for each month; the table below has the numbers."),
            names=_names(view.months),
            head=name,
            number=_number,
        )
    )


def by_origin(view: Arrivals) -> SafeString:
    """Draw the origins with the most arrivals; the market always, wherever it stands."""
    named = [row for at, row in enumerate(view.origins) if at < NAMED_ORIGINS or row.is_market]
    parts = [
        charts.Part(row.name, row.people, "partner" if row.is_market else "other") for row in named
    ]
    return _safe(
        charts.contributions(
            parts,
            title=_("By country they came from"),
            description=_("A bar for each country; the table below has the numbers."),
            role="other",
            number=_number,
        )
    )


def against_limit(state: LimitState) -> SafeString:
    """Draw how full a site was, with its limit as a line across."""
    per = str(state.limit.get_per_display())
    is_yearly = state.limit.per == "year"
    return _safe(
        charts.columns(
            [charts.Series(_("Visitors"), [one.people for one in state.times], "home")],
            title=_("Visitors and the limit: %(site)s") % {"site": state.limit.site},
            description=_("A column for each month or year on file; the limit as a line."),
            names=[
                str(one.start.year) if is_yearly else name
                for one, name in zip(
                    state.times, _names([one.start for one in state.times]), strict=True
                )
            ],
            head=_("People %(per)s") % {"per": per},
            limit=float(state.limit.people),
            limit_name=_("Limit: %(people)s people %(per)s")
            % {"people": _number(state.limit.people), "per": per},
            number=_number,
        )
    )

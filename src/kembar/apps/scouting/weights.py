"""What a person says of the weights on a page, and how the engine reads it.

Four ways to say it: nothing at all, sliders with a tolerance, an order, or a least and a most.
All of them travel in the address of a page, so that what was moved and not saved is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kembar.engines.scouting.preferences import Interval, Order, Preference

FREE, POINTS, ORDER, LIMITS = "free", "points", "order", "limits"
HOWS: Final = (
    (POINTS, _("By sliders")),
    (ORDER, _("By order")),
    (LIMITS, _("By a least and a most")),
    (FREE, _("Leave it open")),
)
TOLERANCES: Final = (
    (0, _("exactly so")),
    (5, _("± 5 points")),
    (10, _("± 10 points")),
    (20, _("± 20 points")),
)
MOST_POINTS: Final = 100
MIDDLE: Final = 50
# The share of which the tolerance is the standard deviation; see `precision`.
_TYPICAL_SHARE: Final = 0.2


@dataclass(frozen=True)
class Weights:
    """What is said of the weights.

    Attributes
    ----------
    how
        `FREE`, `POINTS`, `ORDER` or `LIMITS`: which of the others counts. What was said in
        another way is kept, so that a look at it loses nothing.
    points
        Group to 0–100.
    inner
        Criterion to 0–100, within its group; empty where its group is left open.
    tolerance
        In points of a hundred: how far a weight of 20 % may be off (standard deviation).
    places
        Group to its place, 1 for what weighs most; equal places say nothing of each other.
    limits
        Group to least and most, in per cent of the whole.
    """

    how: str = POINTS
    points: Mapping[str, int] = field(default_factory=dict)
    inner: Mapping[str, int] = field(default_factory=dict)
    tolerance: int = 10
    places: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as data for the inputs of a study."""
        return {
            "how": self.how,
            "points": dict(self.points),
            "inner": dict(self.inner),
            "tolerance": self.tolerance,
            "places": dict(self.places),
            "limits": {group: list(ends) for group, ends in self.limits.items()},
        }

    def as_query(self) -> dict[str, str]:
        """Return it as parameters of an address."""
        query = {"how": self.how, "t": str(self.tolerance)}
        query |= {f"w.{group}": str(n) for group, n in self.points.items()}
        query |= {f"c.{code}": str(n) for code, n in self.inner.items()}
        query |= {f"o.{group}": str(n) for group, n in self.places.items()}
        for group, (least, most) in self.limits.items():
            query |= {f"l.{group}": str(least), f"m.{group}": str(most)}
        return query

    def for_groups(self, members: Mapping[str, Sequence[str]]) -> Weights:
        """Return it for these groups with their criteria: what is new stands in the middle."""
        groups = list(members)
        count = len(groups)
        inner: dict[str, int] = {}
        for codes in members.values():
            if len(codes) > 1 and any(code in self.inner for code in codes):
                inner |= {code: self.inner.get(code, MIDDLE) for code in codes}
        return replace(
            self,
            points={group: self.points.get(group, MIDDLE) for group in groups},
            inner=inner,
            places={group: min(self.places.get(group, count), count) for group in groups},
            limits={group: self.limits.get(group, (0, 100)) for group in groups},
        )

    @property
    def precision(self) -> float | None:
        """How closely draws keep to the sliders; None for exactly.

        A Dirichlet share s has the standard deviation sqrt(s (1 - s) / (precision + 1)).
        """
        if not self.tolerance:
            return None
        return _TYPICAL_SHARE * (1 - _TYPICAL_SHARE) / (self.tolerance / 100) ** 2 - 1

    def preferences(self) -> list[Preference]:
        """Return the order or the limits as the engine takes them."""
        if self.how == ORDER:
            return list(_orders(self.places))
        if self.how == LIMITS:
            return [
                Interval(group, least / 100, most / 100)
                for group, (least, most) in self.limits.items()
                if (least, most) != (0, 100)
            ]
        return []

    def engine_points(self, members: Mapping[str, Sequence[str]]) -> dict[str, float]:
        """Return positions for all groups, or, if some criterion was moved, for all criteria."""
        if self.how != POINTS:
            return {}
        if not self.inner:
            return {group: float(self.points[group]) for group in members}
        points: dict[str, float] = {}
        for group, codes in members.items():
            inner = [self.inner.get(code, MIDDLE) for code in codes]
            # All of a group at nought says nothing of them: they count alike.
            total = sum(inner) or len(codes)
            for code, part in zip(codes, inner if sum(inner) else [1] * len(codes), strict=True):
                points[code] = self.points[group] * part / total
        return points


def _orders(places: Mapping[str, int]) -> Iterable[Order]:
    """Yield that each weighs more than those of the next place."""
    levels: dict[int, list[str]] = {}
    for group, place in sorted(places.items(), key=lambda pair: pair[1]):
        levels.setdefault(place, []).append(group)
    ordered = list(levels.values())
    for above, below in pairwise(ordered):
        for one in above:
            for other in below:
                yield Order((one, other))


def read_json(data: Any) -> Weights:
    """Return what a study keeps of its weights.

    Raises
    ------
    ValidationError
        If it is not what `Weights.as_json` writes.
    """
    try:
        weights = Weights(
            how=str(data["how"]),
            points={str(k): int(v) for k, v in data["points"].items()},
            inner={str(k): int(v) for k, v in data["inner"].items()},
            tolerance=int(data["tolerance"]),
            places={str(k): int(v) for k, v in data["places"].items()},
            limits={str(k): (int(v[0]), int(v[1])) for k, v in data["limits"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ValidationError(_("The weights cannot be read.")) from error
    check(weights)
    return weights


def check(weights: Weights) -> None:
    """Refuse what no page sends."""
    numbers = [*weights.points.values(), *weights.inner.values()]
    ends = [end for pair in weights.limits.values() for end in pair]
    if weights.how not in dict(HOWS) or weights.tolerance not in dict(TOLERANCES):
        raise ValidationError(_("The weights cannot be read."))
    if any(not 0 <= number <= MOST_POINTS for number in [*numbers, *ends]):
        raise ValidationError(_("A weight lies between 0 and 100."))
    if any(least > most for least, most in weights.limits.values()):
        raise ValidationError(_("A least weight is larger than its most."))


def read_query(query: QueryDict, saved: Weights, members: Mapping[str, Sequence[str]]) -> Weights:
    """Return the weights that an address names; what it does not name is as saved.

    Anything that is no number between 0 and 100 counts as not named: an address may have been
    cut off or typed by hand.
    """
    now = saved.for_groups(members)
    groups = list(members)
    hows, tolerances = dict(HOWS), dict(TOLERANCES)
    how = str(query.get("how", ""))
    tolerance = _number(query.get("t"), now.tolerance, 100)
    inner: dict[str, int] = {}
    for codes in members.values():
        given = {code: _number(query.get(f"c.{code}"), -1, MOST_POINTS) for code in codes}
        moved = {code: number for code, number in given.items() if number >= 0}
        # A fold that nobody touched sends every slider in the middle: that is no opinion.
        if len(codes) > 1 and any(number != MIDDLE for number in moved.values()):
            inner |= {code: moved.get(code, MIDDLE) for code in codes}
        elif not moved:
            inner |= {code: now.inner[code] for code in codes if code in now.inner}
    limits = {}
    for group in groups:
        least, most = now.limits[group]
        least = _number(query.get(f"l.{group}"), least, 100)
        most = _number(query.get(f"m.{group}"), most, 100)
        limits[group] = (min(least, most), max(least, most))
    return Weights(
        how=how if how in hows else now.how,
        points={g: _number(query.get(f"w.{g}"), now.points[g], MOST_POINTS) for g in groups},
        inner=inner,
        tolerance=tolerance if tolerance in tolerances else now.tolerance,
        places={g: _number(query.get(f"o.{g}"), now.places[g], len(groups)) or 1 for g in groups},
        limits=limits,
    )


def _number(text: str | None, otherwise: int, most: int) -> int:
    if text and text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= most:
        return int(text)
    return otherwise

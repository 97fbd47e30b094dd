"""Numbers as the reader writes them: shares in per cent, values with their unit."""

from __future__ import annotations

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kembar.apps.scouting.words import unit_name


def per_cent(share: float | None, digits: int = 0) -> str:
    """Return a share in per cent; what is neither nothing nor everything never reads as such."""
    if share is None or not math.isfinite(share):
        return "–"
    points = share * 100
    smallest = 10**-digits
    if points > 0 and round(points, digits) == 0:
        return _("below %(share)s %%") % {"share": plain(smallest, digits)}
    if points < 100 and round(points, digits) == 100:
        return _("above %(share)s %%") % {"share": plain(100 - smallest, digits)}
    return _("%(share)s %%") % {"share": plain(points, digits)}


def plain(value: float | None, digits: int | None = None) -> str:
    """Return a number in the reader's form; without digits named, as many as it needs."""
    if value is None or not math.isfinite(value):
        return "–"
    if digits is None:
        most = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        digits = next(n for n in range(most + 1) if n == most or round(value, n) == value)
    text = number_format(round(value, digits) + 0.0, digits, use_l10n=True, force_grouping=True)
    return text.replace("-", "−")


def with_unit(value: float | None, unit: str) -> str:
    """Return a value as people read it: 144 km, 0.1 %, 3 airports."""
    if value is None:
        return _("not known")
    if unit == "share":
        return per_cent(value, 0 if value in (0, 1) else 1)
    if unit == "documented":
        # 1 is a corroborated claim, 0 a contradicted one.
        return {0.0: _("contradicted"), 1.0: _("corroborated")}.get(value) or per_cent(value)
    if unit == "distance":
        return plain(value)
    name = unit_name(unit)
    return f"{plain(value)} {name}".strip()


def signed(points: float) -> str:
    """Return points with their sign, to one digit."""
    text = plain(points, 1)
    return f"+{text}" if points > 0 and text != plain(0, 1) else text

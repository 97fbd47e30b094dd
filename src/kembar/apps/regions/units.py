"""Units of figures: read as people write them, converted only where they are of one kind."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kembar.apps.regions.register import rows_of_data

ANY_MONEY = "money"
"""The unit of an indicator that each country gives in its own currency: none is converted."""

# What stands before a unit: million kg, juta ton, 1000 t, 万吨, 亿元. The longest first.
_TIMES: tuple[tuple[str, int], ...] = (
    *((word, 12) for word in ("trillion", "triliun", "trn", "万亿")),
    *((word, 9) for word in ("billion", "miliar", "milyar", "bn", "十亿")),
    *((word, 8) for word in ("亿",)),
    *((word, 6) for word in ("million", "juta", "mn", "百万", "1000000", "1,000,000")),
    *((word, 4) for word in ("万",)),
    *((word, 3) for word in ("thousand", "ribu", "千", "1000", "1,000", "1.000", "'000")),
)


@dataclass(frozen=True)
class Unit:
    """A unit and how many of it make the base of its kind.

    Attributes
    ----------
    key
        As figures are kept: km2, t, %, IDR.
    kind
        Units of one kind can be converted into each other.
    factor
        Bases in one of it: 1 ha is 10,000 m².
    """

    key: str
    kind: str
    factor: Decimal


@lru_cache
def _units() -> dict[str, Unit]:
    """Return each unit by every spelling."""
    found: dict[str, Unit] = {}
    for row in rows_of_data("units.csv"):
        unit = Unit(row["unit"], row["dimension"], Decimal(row["factor"]))
        for spelling in [row["unit"], *filter(None, row["spellings"].split("|"))]:
            found[_folded(spelling)] = unit
    return found


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("per ", "/")
    return re.sub(r"\s*/\s*", "/", " ".join(plain.split())).rstrip(".")


def known_units() -> list[str]:
    """Return the keys of all units, in the order of our list."""
    return list(dict.fromkeys(unit.key for unit in _units().values()))


def unit_of(key: str) -> Unit:
    """Return the unit with this key."""
    return _units()[_folded(key)]


def read_unit(text: str) -> Unit | None:
    """Return the unit that a text means, with what stands before it: million kg; None if none."""
    rest, power = _folded(text), 0
    while rest not in _units():
        for word, zeros in _TIMES:
            if rest.startswith(word):
                rest, power = rest.removeprefix(word).strip(), power + zeros
                break
        else:
            return None
        if power > 15:
            return None
    unit = _units()[rest]
    return Unit(unit.key, unit.kind, unit.factor * 10**power)


def convert(value: Decimal, unit: Unit, into: str) -> tuple[Decimal, str] | None:
    """Return a value in another unit, and that unit; None if they are not of one kind.

    Money stays in its currency: rates change daily, and a figure of statistics names none.
    """
    if into == ANY_MONEY:
        if not unit.kind.startswith("money:"):
            return None
        target = unit_of(unit.key)
    else:
        target = unit_of(into)
    if target.kind != unit.kind:
        return None
    return value * unit.factor / target.factor, target.key


_LABELS: dict[str, Promise | str] = {
    "people": gettext_lazy("people"),
    "households": gettext_lazy("households"),
    "head": gettext_lazy("head of livestock"),
    "number": "",
    "index": "",
    "quintal": gettext_lazy("quintals"),
    "mu": gettext_lazy("mu"),
    "people/km2": gettext_lazy("people per km²"),
    "quintal/ha": gettext_lazy("quintals per ha"),
    "kg/mu": gettext_lazy("kg per mu"),
    ANY_MONEY: gettext_lazy("money, in any currency"),
    "km2": "km²",
    "m2": "m²",
}


def unit_label(key: str) -> str:
    """Return a unit as people read it; empty where the name of the indicator says it."""
    return str(_LABELS.get(key, key))


# What unit_label leaves out, for a list of units.
_COUNTED: dict[str, Promise] = {
    "number": gettext_lazy("a count"),
    "index": gettext_lazy("an index"),
}


def unit_word(key: str) -> str:
    """Return a unit by a word where it stands alone."""
    return unit_label(key) or str(_COUNTED.get(key, key))


def amount(value: Decimal | float, key: str = "", *, digits: int | None = None) -> str:
    """Return a number with its unit, as the reader's language writes both."""
    shown = value
    if digits is None:
        exact = Decimal(str(value)).normalize()
        digits = max(0, -int(exact.as_tuple().exponent))
    else:
        # number_format cuts off what is too long; a number is to be rounded.
        shown = round(value, digits) if isinstance(value, Decimal) else round(float(value), digits)
    number = number_format(shown, decimal_pos=digits, use_l10n=True, force_grouping=True)
    label = unit_label(key)
    return f"{number} {label}" if label else str(number)

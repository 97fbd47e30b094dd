"""What people say about weights, whether it can all be true, and if not, which of it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kembar.engines.errors import KembarError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Order:
    """The first weighs more than the second, the second more than the third, and so on."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return " > ".join(self.names)


@dataclass(frozen=True)
class Interval:
    """A weight lies between two shares of the whole, both from 0 to 1."""

    name: str
    low: float = 0.0
    high: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    def __str__(self) -> str:
        return f"{self.low:g} <= {self.name} <= {self.high:g}"


@dataclass(frozen=True)
class Ratio:
    """The first weighs at least so many times as much as the second."""

    name: str
    other: str
    times: float

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.other)

    def __str__(self) -> str:
        return f"{self.name} >= {self.times:g} {self.other}"


Preference = Order | Interval | Ratio

_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_NAME: Final = r"([^<>=;,]*[^<>=;,\s])"
_BETWEEN: Final = re.compile(rf"{_NUMBER}\s*<=\s*{_NAME}\s*<=\s*{_NUMBER}")
_TIMES: Final = re.compile(rf"{_NAME}\s*>=\s*{_NUMBER}\s*[*×]?\s+{_NAME}")
_BOUND: Final = re.compile(rf"{_NAME}\s*(>=|<=)\s*{_NUMBER}")


def read_preferences(text: str) -> list[Preference]:
    """Return the preferences written in a line, parted by semicolons or commas.

    Raises
    ------
    KembarError
        "weights.unreadable", "weights.interval", "weights.itself".

    Examples
    --------
    >>> [str(each) for each in read_preferences("climate>coast>flights; coast >= 2 flights")]
    ['climate > coast > flights', 'coast >= 2 flights']
    >>> read_preferences("0.1 <= coast <= 0.3")
    [Interval(name='coast', low=0.1, high=0.3)]
    """
    return [_read(each.strip()) for each in re.split(r"[;,]", text) if each.strip()]


def _read(text: str) -> Preference:
    if found := _BETWEEN.fullmatch(text):
        return _checked(Interval(found[2].strip(), float(found[1]), float(found[3])))
    if found := _TIMES.fullmatch(text):
        return _checked(Ratio(found[1].strip(), found[3].strip(), float(found[2])))
    if found := _BOUND.fullmatch(text):
        share = float(found[3])
        name = found[1].strip()
        low, high = (share, 1.0) if found[2] == ">=" else (0.0, share)
        return _checked(Interval(name, low, high))
    names = tuple(name.strip() for name in text.split(">"))
    if len(names) < 2 or not all(names) or any(sign in text for sign in "<="):
        raise KembarError("weights.unreadable", preference=text)
    return _checked(Order(names))


def _checked(preference: Preference) -> Preference:
    if isinstance(preference, Interval):
        if not 0 <= preference.low < preference.high <= 1:
            raise KembarError("weights.interval", preference=str(preference))
    elif len(set(preference.names)) < len(preference.names):
        raise KembarError("weights.itself", preference=str(preference))
    elif isinstance(preference, Ratio) and preference.times <= 0:
        raise KembarError("weights.unreadable", preference=str(preference))
    return preference


@dataclass(frozen=True, eq=False)
class Bounds:
    """Preferences as numbers: `low <= w <= high`, and `w[i] >= times * w[j]` for each link.

    Such sets are lattices: with two allowed vectors, their smaller and their larger values are
    allowed too. So there is a least and a greatest one, found by following the links; weights
    that add up to 1 exist just when the least adds up to at most 1 and the greatest to at least
    1, and lie on the line between them. No linear programme is needed.
    """

    low: Floats
    high: Floats
    links: tuple[tuple[int, int, float], ...]

    @classmethod
    def of(cls, names: Sequence[str], preferences: Sequence[Preference]) -> Bounds:
        place = {name: number for number, name in enumerate(names)}
        low, high = np.zeros(len(names)), np.ones(len(names))
        links: list[tuple[int, int, float]] = []
        for each in preferences:
            if isinstance(each, Interval):
                low[place[each.name]] = max(low[place[each.name]], each.low)
                high[place[each.name]] = min(high[place[each.name]], each.high)
            else:
                links += [(place[a], place[b], times) for a, b, times in _links_of(each)]
        return cls(low, high, tuple(dict.fromkeys(links)))

    def inside(self) -> Floats | None:
        """Return weights well inside the bounds, or None if there are none with room about them."""
        room, refused = 0.0, 1.0
        for _halving in range(60):
            middle = (room + refused) / 2
            if self._between(middle) is None:
                refused = middle
            else:
                room = middle
            if room > 0 and refused - room < 1e-3 * room:
                break
        # Less room than this is a face without breadth: a > b and b > a leave only a = b.
        return None if room < 1e-9 else self._between(room / 2)

    def _between(self, room: float) -> Floats | None:
        """Return weights that keep every bound with some room, or None."""
        least, greatest = self.low + room, self.high - room
        for _round in range(len(least) + 1):
            before = least.copy(), greatest.copy()
            for i, j, times in self.links:
                least[i] = max(least[i], times * (1 + room) * least[j])
                greatest[j] = min(greatest[j], greatest[i] / (times * (1 + room)))
            if np.array_equal(before[0], least) and np.array_equal(before[1], greatest):
                break
        else:
            return None
        if (least > greatest).any() or not least.sum() <= 1 <= greatest.sum():
            return None
        breadth = greatest.sum() - least.sum()
        share = (1 - least.sum()) / breadth if breadth > 0 else 0.0
        weights: Floats = least + share * (greatest - least)
        return weights

    def half_spaces(self) -> tuple[Floats, Floats]:
        """Return `rows` and `ends`: the weights allowed are those with rows @ w >= ends."""
        count = len(self.low)
        eye = np.eye(count)
        capped = self.high < 1
        rows = [*eye, *-eye[capped]]
        ends = [*self.low, *-self.high[capped]]
        for i, j, times in self.links:
            rows.append(eye[i] - times * eye[j])
            ends.append(0.0)
        return np.array(rows), np.array(ends)


def _links_of(preference: Order | Ratio) -> Iterator[tuple[str, str, float]]:
    if isinstance(preference, Ratio):
        yield preference.name, preference.other, preference.times
        return
    for better, worse in zip(preference.names, preference.names[1:], strict=False):
        yield better, worse, 1.0


def consistent(names: Sequence[str], preferences: Sequence[Preference]) -> Bounds:
    """Return the bounds that preferences set, or say which of them cannot hold together.

    Parameters
    ----------
    names
        What has weights.
    preferences
        All of them about these names.

    Raises
    ------
    KembarError
        "weights.unknown" for a name that is not there; "weights.contradictory" with the fewest
        preferences that cannot hold together: without any one of them the others can.

    Examples
    --------
    >>> consistent(["a", "b", "c"], read_preferences("a>b; b>c; c>a; a>=0.1"))
    Traceback (most recent call last):
    kembar.engines.errors.KembarError: These preferences cannot hold together: a > b; b > c; c > a. Take one of them back.
    """  # noqa: E501
    for each in preferences:
        for name in each.names:
            if name not in names:
                known = ", ".join(names)
                raise KembarError("weights.unknown", name=name, known=known, preference=str(each))
    bounds = Bounds.of(names, preferences)
    if bounds.inside() is not None:
        return bounds
    at_fault = list(preferences)
    for each in preferences:
        others = [one for one in at_fault if one is not each]
        if Bounds.of(names, others).inside() is None:
            at_fault = others
    raise KembarError("weights.contradictory", preferences="; ".join(map(str, at_fault)))

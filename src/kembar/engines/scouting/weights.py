"""Sets of weights that people might mean, and draws from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kembar.engines.errors import KembarError
from kembar.engines.scouting.preferences import (
    Bounds,
    Interval,
    Order,
    Preference,
    Ratio,
    consistent,
)

Floats = NDArray[np.float64]
Dice = np.random.Generator


class WeightSpace(Protocol):
    """Weights that add up to 1, and how likely each is."""

    @property
    def size(self) -> int:
        """How many weights one draw has."""

    def sample(self, count: int, rng: Dice) -> Floats:
        """Return an array of shape (count, size), every row adding up to 1."""

    @property
    def centre(self) -> Floats:
        """The weights in the middle: their mean, exact where there is a formula."""

    @property
    def corners(self) -> Floats | None:
        """The corners of a simplex on which the weights are uniform, or None if it is none."""

    def half_spaces(self) -> tuple[Floats, Floats]:
        """Return `rows` and `ends`: the weights allowed are those with rows @ w >= ends."""


@dataclass(frozen=True, eq=False)
class Simplex:
    """Weights uniform on a simplex.

    Parameters
    ----------
    vertices : array of shape (v, n)
        Its corners, each a row of weights; n independent ones, or a single one for fixed weights.
    """

    vertices: Floats

    @cached_property
    def _is_whole(self) -> bool:
        return np.array_equal(self.vertices, np.eye(self.size))

    @property
    def size(self) -> int:
        return int(self.vertices.shape[1])

    @property
    def centre(self) -> Floats:
        centre: Floats = self.vertices.mean(axis=0)
        return centre

    @property
    def corners(self) -> Floats:
        return self.vertices

    def sample(self, count: int, rng: Dice) -> Floats:
        shares = rng.standard_exponential((count, len(self.vertices)))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares if self._is_whole else shares @ self.vertices

    def half_spaces(self) -> tuple[Floats, Floats]:
        if len(self.vertices) < self.size:
            # Fixed weights: what else they might have been is any weights.
            return np.eye(self.size), np.zeros(self.size)
        # The share of each corner is not negative.
        shares = np.linalg.inv(self.vertices.T).astype(np.float64)
        return shares, np.zeros(self.size)


def free(size: int) -> Simplex:
    """Return all weights, equally likely: nothing is known about them.

    Examples
    --------
    >>> free(3).centre.round(3)
    array([0.333, 0.333, 0.333])
    """
    return Simplex(np.eye(size))


def fixed(weights: Sequence[float]) -> Simplex:
    """Return one vector of weights, scaled to add up to 1; no doubt about it.

    Raises
    ------
    KembarError
        "weights.points" if one is negative, not finite, or all are 0.
    """
    return Simplex(_shares(weights)[None, :])


def complete_order(order: Sequence[int]) -> Simplex:
    """Return all weights in which the first number weighs most, the second next, and so on.

    They form a simplex too; its corners are the means of the first 1, 2, ... n criteria.

    References
    ----------
    Barron and Barrett (1996), "Decision quality using ranked attribute weights": its centre has
    the rank order centroid weights.

    Examples
    --------
    >>> complete_order([1, 0]).centre
    array([0.25, 0.75])
    """
    count = len(order)
    corners = np.tril(np.ones((count, count))) / np.arange(1, count + 1)[:, None]
    vertices = np.empty_like(corners)
    vertices[:, list(order)] = corners
    return Simplex(vertices)


def at_least(low: Floats) -> Simplex:
    """Return all weights above lower bounds (shares of 1 that leave room), equally likely."""
    vertices: Floats = low[None, :] + (1 - low.sum()) * np.eye(len(low))
    return Simplex(vertices)


@dataclass(frozen=True, eq=False)
class Chains:
    """Weights uniform where, in each of some chains without a common member, they fall.

    Uniform weights in any order can be swapped, so sorting the weights of a chain among its
    members gives exactly the uniform distribution under the order: nothing is rejected.
    """

    bounds: Bounds
    chains: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        return len(self.bounds.low)

    @property
    def corners(self) -> None:
        return None

    @cached_property
    def centre(self) -> Floats:
        # Sorted weights of a chain of c have, in the mean, the rank order centroid of c members.
        centre = np.full(self.size, 1 / self.size)
        for chain in self.chains:
            share = complete_order(range(len(chain))).centre
            centre[list(chain)] = share * len(chain) / self.size
        return centre

    def sample(self, count: int, rng: Dice) -> Floats:
        weights = free(self.size).sample(count, rng)
        for chain in self.chains:
            members = list(chain)
            weights[:, members] = -np.sort(-weights[:, members], axis=1)
        return weights

    def half_spaces(self) -> tuple[Floats, Floats]:
        return self.bounds.half_spaces()


# Rejecting is exact and quick while one draw in fifty is kept; the rest is walked to.
_KEPT_AT_LEAST: Final = 0.02
_TRIED: Final = 20_000
_CENTRE_DRAWS: Final = 8192


@dataclass(frozen=True, eq=False)
class Polytope:
    """Weights uniform inside any consistent bounds: by rejection, else by hit and run.

    References
    ----------
    Smith (1984), "Efficient Monte Carlo procedures for generating points uniformly distributed
    over bounded regions". Here every draw is the end of a walk of its own; half of the walkers
    takes its directions from differences within the other half (Goodman and Weare 2010), so that
    a narrow set does not slow them.
    """

    bounds: Bounds

    @property
    def size(self) -> int:
        return len(self.bounds.low)

    @property
    def corners(self) -> None:
        return None

    @cached_property
    def centre(self) -> Floats:
        # Dice of its own, so that asking for the centre changes no draw.
        centre: Floats = self.sample(_CENTRE_DRAWS, np.random.default_rng(0)).mean(axis=0)
        return centre

    def sample(self, count: int, rng: Dice) -> Floats:
        kept = self._keep(_TRIED, rng)
        if len(kept) < _KEPT_AT_LEAST * _TRIED:
            return self._walk(count, rng)
        pieces, have = [kept], len(kept)
        while have < count:
            pieces.append(self._keep(_TRIED, rng))
            have += len(pieces[-1])
        return np.concatenate(pieces)[:count]

    def half_spaces(self) -> tuple[Floats, Floats]:
        return self.bounds.half_spaces()

    def _keep(self, tries: int, rng: Dice) -> Floats:
        # Lower bounds alone are met by a smaller simplex; only the rest needs rejecting.
        weights = at_least(self.bounds.low).sample(tries, rng)
        rows, ends = self.half_spaces()
        return weights[(weights @ rows.T >= ends).all(axis=1)]

    def _walk(self, count: int, rng: Dice) -> Floats:
        start = self.bounds.inside()
        if start is None:
            raise ValueError("bounds without room; make them with consistent()")
        rows, ends = self.half_spaces()
        walkers = np.repeat(start[None, :], max(2, count), axis=0)
        room = np.maximum(walkers @ rows.T - ends, 0.0)
        halves = np.arange(len(walkers)) < len(walkers) // 2
        for step in range(60 * self.size):
            half = halves if step % 2 else ~halves
            direction = self._direction(walkers[~half], rng, blind=step < 10 or step % 10 == 0)
            change = rows @ direction
            # How far one may go until the nearest end ahead, and back to the nearest behind.
            ahead, behind = change < 0, change > 0
            high = (room[half][:, ahead] / -change[ahead]).min(axis=1)
            low = (room[half][:, behind] / -change[behind]).max(axis=1)
            stride = low + (high - low) * rng.random(len(low))
            walkers[half] += stride[:, None] * direction
            room[half] = np.maximum(room[half] + stride[:, None] * change, 0.0)
        walkers = np.maximum(walkers[:count], 0.0)
        whole: Floats = walkers / walkers.sum(axis=1, keepdims=True)
        return whole

    def _direction(self, others: Floats, rng: Dice, *, blind: bool) -> Floats:
        direction: Floats = rng.standard_normal(self.size)
        if not blind:
            one, two = rng.integers(len(others), size=2)
            if (others[one] != others[two]).any():
                direction = others[one] - others[two]
        direction = direction - direction.mean()
        return direction / max(float(np.linalg.norm(direction)), 1e-300)


@dataclass(frozen=True, eq=False)
class Elicited:
    """Weights spread about shares that somebody set, by a Dirichlet distribution.

    Parameters
    ----------
    shares : array of shape (n,), adding up to 1
    precision
        The larger, the closer: a share s has the standard deviation
        sqrt(s * (1 - s) / (precision + 1)).
    """

    shares: Floats
    precision: float

    @property
    def size(self) -> int:
        return len(self.shares)

    @property
    def corners(self) -> None:
        return None

    @property
    def centre(self) -> Floats:
        return self.shares

    def sample(self, count: int, rng: Dice) -> Floats:
        parts = rng.standard_gamma(self.shares * self.precision, (count, self.size))
        total = parts.sum(axis=1, keepdims=True)
        # With a low precision all parts of a draw can be too small for a number.
        return np.where(total > 0, parts / np.where(total > 0, total, 1.0), self.shares)

    def half_spaces(self) -> tuple[Floats, Floats]:
        return np.eye(self.size), np.zeros(self.size)


def elicited(points: Sequence[float], *, precision: float | None = None) -> WeightSpace:
    """Return weights about the positions of sliders; exactly these if no precision is given.

    Raises
    ------
    KembarError
        "weights.points" if one is negative, not finite, or all are 0; "weights.precision".

    Examples
    --------
    >>> elicited([30, 10]).centre
    array([0.75, 0.25])
    """
    if precision is None:
        return fixed(points)
    if not (np.isfinite(precision) and precision > 0):
        raise KembarError("weights.precision", value=precision)
    return Elicited(_shares(points), precision)


@dataclass(frozen=True, eq=False)
class Grouped:
    """Weights first shared between groups, then within each: no group wins by being long.

    Parameters
    ----------
    between
        Of the groups.
    within
        Of the members of each group.
    members
        For each group, the numbers of its criteria.
    """

    between: WeightSpace
    within: tuple[WeightSpace, ...]
    members: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.members))

    @property
    def corners(self) -> None:
        return None

    @cached_property
    def centre(self) -> Floats:
        centre = np.empty(self.size)
        for share, space, members in zip(
            self.between.centre, self.within, self.members, strict=True
        ):
            centre[list(members)] = share * space.centre
        return centre

    def sample(self, count: int, rng: Dice) -> Floats:
        weights = np.empty((count, self.size))
        shares = self.between.sample(count, rng)
        for number, (space, members) in enumerate(zip(self.within, self.members, strict=True)):
            # A group of one takes no dice.
            inner = space.sample(count, rng) if len(members) > 1 else np.ones((count, 1))
            weights[:, list(members)] = shares[:, [number]] * inner
        return weights

    def half_spaces(self) -> tuple[Floats, Floats]:
        belongs = np.zeros((len(self.members), self.size))
        for number, members in enumerate(self.members):
            belongs[number, list(members)] = 1.0
        rows, ends = self.between.half_spaces()
        all_rows, all_ends = [np.eye(self.size), rows @ belongs], [np.zeros(self.size), ends]
        for number, (space, members) in enumerate(zip(self.within, self.members, strict=True)):
            inner, inner_ends = space.half_spaces()
            spread = np.zeros((len(inner), self.size))
            spread[:, list(members)] = inner
            # Shares of a group are shares of its weight, so their bounds scale with it.
            all_rows.append(spread - inner_ends[:, None] * belongs[number])
            all_ends.append(np.zeros(len(inner)))
        return np.concatenate(all_rows), np.concatenate(all_ends)


def weigh(
    names: Sequence[str],
    groups: Sequence[str] | None = None,
    preferences: Sequence[Preference] = (),
    *,
    points: Mapping[str, float] | None = None,
    precision: float | None = None,
) -> WeightSpace:
    """Return the weights that fit what people said, equally likely where they said nothing.

    Parameters
    ----------
    names
        Of the criteria.
    groups
        The group of each criterion; left out, every criterion stands alone. With groups,
        weights are uniform between groups and then within: twenty single criteria with uniform
        weights would be a strong opinion in disguise.
    preferences
        About groups, or about criteria of one group. A name that is both means the group.
    points
        Positions of sliders, for all groups or for all criteria; then no preferences.
    precision
        Of the sliders; None for exactly their shares.

    Raises
    ------
    KembarError
        As `consistent` and `elicited`, and "weights.across_groups", "weights.points_missing",
        "weights.points_and_preferences".

    Examples
    --------
    >>> space = weigh(["rain", "heat", "coast"], ["climate", "climate", "coast"])
    >>> space.centre
    array([0.25, 0.25, 0.5 ])
    """
    kinds = tuple(dict.fromkeys(groups or names))
    members = _members(names, groups or names, kinds)
    flat = len(kinds) == len(names)
    if points:
        if preferences:
            raise KembarError("weights.points_and_preferences")
        return _by_points(names, kinds, members, points, precision)
    if flat:
        return _space(list(kinds), _renamed(preferences, names, kinds))
    between = [each for each in preferences if all(name in kinds for name in each.names)]
    rest = [each for each in preferences if each not in between]
    within = []
    for number, inside in enumerate(members):
        inner = [names[k] for k in inside]
        about = [each for each in rest if all(name in inner for name in each.names)]
        rest = [each for each in rest if each not in about]
        if len(inside) == 1 and about:
            # A criterion that is its group stands for the group.
            between += _renamed(about, inner, [kinds[number]])
            about = []
        within.append(_space(inner, about))
    for each in rest:
        known = [*kinds, *names]
        if all(name in known for name in each.names):
            raise KembarError("weights.across_groups", preference=str(each))
        consistent(known, [each])
    if len(kinds) == 1:
        return _unshuffled(within[0], members[0])
    return Grouped(_space(list(kinds), between), tuple(within), members)


def _unshuffled(space: WeightSpace, members: tuple[int, ...]) -> WeightSpace:
    # One group only: its members are all criteria, in their order.
    return (
        space if members == tuple(range(len(members))) else Grouped(free(1), (space,), (members,))
    )


def _members(
    names: Sequence[str], groups: Sequence[str], kinds: Sequence[str]
) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(k for k in range(len(names)) if groups[k] == kind) for kind in kinds)


def _renamed(
    preferences: Sequence[Preference], names: Sequence[str], kinds: Sequence[str]
) -> list[Preference]:
    """Return preferences about criteria that are alone in their group, as about the groups."""
    to = dict(zip(names, kinds, strict=True))
    renamed: list[Preference] = []
    for each in preferences:
        if isinstance(each, Interval):
            renamed.append(Interval(to.get(each.name, each.name), each.low, each.high))
        elif isinstance(each, Ratio):
            one, other = (to.get(name, name) for name in each.names)
            renamed.append(Ratio(one, other, each.times))
        else:
            renamed.append(Order(tuple(to.get(name, name) for name in each.names)))
    return renamed


def _by_points(
    names: Sequence[str],
    kinds: Sequence[str],
    members: tuple[tuple[int, ...], ...],
    points: Mapping[str, float],
    precision: float | None,
) -> WeightSpace:
    if set(points) == set(names):
        return elicited([points[name] for name in names], precision=precision)
    if set(points) == set(kinds):
        between = elicited([points[kind] for kind in kinds], precision=precision)
        return Grouped(between, tuple(free(len(each)) for each in members), members)
    known = [*kinds, *names]
    for name in points:
        if name not in known:
            listed = ", ".join(dict.fromkeys(known))
            raise KembarError("weights.points_unknown", name=name, known=listed)
    wanted = kinds if any(kind in points for kind in kinds) else names
    missing = [name for name in wanted if name not in points]
    raise KembarError("weights.points_missing", names=", ".join(missing) or ", ".join(kinds))


def _space(names: Sequence[str], preferences: Sequence[Preference]) -> WeightSpace:
    """Return the simplest space for preferences about these names."""
    if not preferences:
        return free(len(names))
    bounds = consistent(names, preferences)
    only_orders = all(isinstance(each, Order) for each in preferences)
    if not bounds.links and (bounds.high == 1).all():
        return at_least(bounds.low) if bounds.low.any() else free(len(names))
    chains = _chains(bounds) if only_orders else None
    if chains is None:
        return Polytope(bounds)
    if len(chains) == 1 and len(chains[0]) == len(names):
        return complete_order(chains[0])
    return Chains(bounds, chains)


def _chains(bounds: Bounds) -> tuple[tuple[int, ...], ...] | None:
    """Return the links as chains without a common member, or None if they branch."""
    below = {i: j for i, j, _times in bounds.links}
    above = {j for _i, j, _times in bounds.links}
    if len(below) < len(bounds.links) or len(above) < len(bounds.links):
        return None
    chains = []
    for first in below:
        if first not in above:
            chain = [first]
            while chain[-1] in below:
                chain.append(below[chain[-1]])
            chains.append(tuple(chain))
    return tuple(chains)


def _shares(points: Sequence[float]) -> Floats:
    given = np.array(points, dtype=np.float64)
    if not np.isfinite(given).all() or (given < 0).any() or given.sum() == 0:
        raise KembarError("weights.points", points=", ".join(f"{each:g}" for each in points))
    shares: Floats = given / given.sum()
    return shares


def effective_number(weights: Floats, correlation: Floats | None = None) -> float:
    """Return how many equal and unrelated criteria would carry as much as these do.

    Criteria that move together (output, trade, ports) count one thing several times, and so do
    weights that leave most of the whole to a few.

    Parameters
    ----------
    weights : array of shape (n,), adding up to 1
    correlation : array of shape (n, n)
        Between the criteria; left out, they count as unrelated.

    Returns
    -------
    float, from 1 to n
        The participation ratio (sum of eigenvalues)^2 / sum of squared eigenvalues of
        sqrt(w_i) r_ij sqrt(w_j); 1 / sum w^2 if unrelated.

    References
    ----------
    Hill (1973), "Diversity and evenness", number of order 2; Gao et al. (2017) for the
    participation ratio.

    Examples
    --------
    >>> effective_number(np.full(4, 0.25))
    4.0
    >>> effective_number(np.full(4, 0.25), np.ones((4, 4)))
    1.0
    """
    related = np.eye(len(weights)) if correlation is None else correlation
    root = np.sqrt(weights)
    return float(1.0 / ((root[:, None] * related * root[None, :]) ** 2).sum())


def correlation_of(values: Floats) -> Floats:
    """Return the correlation of the columns of an array (m, n); 0 where a column is constant."""
    centred = values - values.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, size, out=np.zeros_like(centred), where=size > 1e-12)
    related: Floats = unit.T @ unit
    np.fill_diagonal(related, 1.0)
    return related

"""Why a candidate stands where it stands, and what would have to be true for it to be first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from kembar.engines.scouting.criteria import Floats, Table, Values
from kembar.engines.scouting.weights import WeightSpace


@dataclass(frozen=True)
class Contribution:
    """What a group of criteria gives a candidate, above or below the mean of all candidates.

    Attributes
    ----------
    group
    points
        On the scale from 0 to 100 of a whole score; the points of all groups add up to the
        candidate's lead over the mean.
    weight
        Of the group, from 0 to 1.
    """

    group: str
    points: float
    weight: float


@dataclass(frozen=True)
class Change:
    """One value that would have to be otherwise.

    Attributes
    ----------
    criterion
    present, needed
        In the unit of the criterion.
    step
        How far that is on the scale from worst (0) to best (1).
    within
        Whether the value needed lies between the anchors.
    """

    criterion: str
    present: float
    needed: float
    step: float
    within: bool


@dataclass(frozen=True, eq=False)
class Explanation:
    """Of one candidate.

    Attributes
    ----------
    weights : array of shape (n,)
        Those it is explained by: its central weights, or the middle ones if it was never first.
    central
        Which of the two.
    contributions
        The largest first.
    nearest_weights : array of shape (n,), or None
        The allowed weights nearest to the middle ones under which it is first; None if there
        are none at all.
    distance
        Largest change of one weight from the middle ones to those, from 0; NaN if there are none.
    change
        The single value whose smallest step on the scale would make it first under the middle
        weights; None if it is first there already, or if no single value would do.
    """

    weights: Floats
    central: bool
    contributions: tuple[Contribution, ...]
    nearest_weights: Floats | None
    distance: float
    change: Change | None


def explain(
    table: Table,
    values: Values,
    space: WeightSpace,
    who: int,
    *,
    central_weights: Floats,
) -> Explanation:
    """Return why a candidate stands where it stands; doubtful cells count with their mean.

    Parameters
    ----------
    table, values
        The candidates, in units and on the scale.
    space
        The weights allowed.
    who
        Number of the candidate.
    central_weights : array of shape (n,)
        Its own, NaN if it was never first.

    Returns
    -------
    Explanation
    """
    centre = space.centre
    central = not bool(np.isnan(central_weights).any())
    weights = central_weights if central else centre
    nearest = nearest_weights(values.mean, space, who)
    distance = float("nan") if nearest is None else float(np.abs(nearest - centre).max())
    return Explanation(
        weights=weights,
        central=central,
        contributions=contributions(table, values, weights, who),
        nearest_weights=nearest,
        distance=distance,
        change=smallest_change(table, values, centre, who),
    )


def contributions(
    table: Table, values: Values, weights: Floats, who: int
) -> tuple[Contribution, ...]:
    """Return what each group gives a candidate above the mean candidate, the largest first."""
    lead = weights * (values.mean[who] - values.mean.mean(axis=0)) * 100
    points: dict[str, float] = {}
    share: dict[str, float] = {}
    for number, group in enumerate(table.groups):
        points[group] = points.get(group, 0.0) + float(lead[number])
        share[group] = share.get(group, 0.0) + float(weights[number])
    ordered = sorted(points, key=lambda group: -points[group])
    return tuple(Contribution(group, points[group], share[group]) for group in ordered)


def smallest_change(table: Table, values: Values, weights: Floats, who: int) -> Change | None:
    """Return the one value whose smallest step would lift a candidate to the first place.

    A score is linear in each value: whoever is behind by a gap needs gap / weight more in one
    criterion. So the criterion with the largest weight needs the smallest step; one that stays
    between the anchors is preferred.
    """
    scores = values.mean @ weights
    gap = float(scores.max() - scores[who])
    if gap <= 0 or not (weights > 0).any():
        return None
    steps = np.divide(gap, weights, out=np.full_like(weights, np.inf), where=weights > 0)
    within = values.mean[who] + steps <= 1 + 1e-12
    # Beyond the end of a capped criterion there is nothing to gain.
    capped = np.array([each.capped for each in table.criteria])
    steps = np.where(capped & ~within, np.inf, steps)
    number = int(np.lexsort((steps, ~within))[0])
    if not np.isfinite(steps[number]):
        return None
    criterion = table.criteria[number]
    present = criterion.worst + criterion.span * values.mean[who, number]
    return Change(
        criterion=criterion.code,
        present=float(present),
        needed=float(present + criterion.span * steps[number]),
        step=float(steps[number]),
        within=bool(within[number]),
    )


def nearest_weights(worth: Floats, space: WeightSpace, who: int) -> Floats | None:
    """Return the allowed weights nearest to the middle ones that put a candidate first.

    Nearest is by least squares, and exact: of all weights with no rival ahead, the one point
    closest to the centre, found by a dual active set; no linear programme, no draws.

    Parameters
    ----------
    worth : array of shape (m, n)
    space
        The weights allowed.
    who
        Number of the candidate.

    Returns
    -------
    array of shape (n,) adding up to 1, or None
        None if no allowed weights put it first, so that only other values could.

    References
    ----------
    Goldfarb and Idnani (1983), "A numerically stable dual method for solving strictly convex
    quadratic programs", Mathematical Programming 27, 1-33.

    Examples
    --------
    >>> from kembar.engines.scouting.weights import free
    >>> worth = np.array([[1.0, 0.0], [0.0, 0.5]])
    >>> nearest_weights(worth, free(2), 1).round(4)
    array([0.3333, 0.6667])
    """
    centre = space.centre
    rows, ends = space.half_spaces()
    rows = np.concatenate([rows, worth[who] - np.delete(worth, who, axis=0)])
    ends = np.concatenate([ends, np.zeros(len(worth) - 1)])
    # Steps that leave the sum of the weights as it is.
    basis = _sums_to_nought(len(centre))
    step = _least_distance(rows @ basis, ends - rows @ centre)
    if step is None:
        return None
    weights = np.maximum(centre + basis @ step, 0.0)
    total: Floats = weights / weights.sum()
    return total


@cache
def _sums_to_nought(size: int) -> Floats:
    """Return orthonormal columns (n, n - 1) that add up to 0 each."""
    full = np.concatenate([np.full((size, 1), size**-0.5), np.eye(size)[:, 1:]], axis=1)
    basis: Floats = np.linalg.qr(full)[0][:, 1:]
    return basis


# Squared, more than weights lie apart. A rival ahead by the same in every criterion leaves a row
# of rounding only, which a step of many millions seems to meet.
_FARTHEST: Final = 2.0


def _least_distance(rows: Floats, ends: Floats) -> Floats | None:
    """Return the shortest x with rows @ x >= ends, or None if there is none among weights.

    The condition broken worst is taken in, x goes along what it adds to those taken in before,
    and one that no longer pushes is let go: Goldfarb and Idnani's dual method. Of a hundred
    thousand rivals only the handful that stand in the way are ever taken in.
    """
    x = np.zeros(rows.shape[1])
    taken: list[int] = []
    met: list[int] = []
    pushes = np.zeros(0)
    while True:
        lack = ends - rows @ x
        lack[taken + met] = -np.inf
        worst = int(lack.argmax())
        # Less than this is no lead: rivals that are equal but for the last digits go in circles.
        if lack[worst] <= 1e-10:
            return x
        row, push = rows[worst], 0.0
        while worst not in taken:
            shares, way = _split(row, rows[taken])
            free = float(way @ way) > 1e-18 * float(row @ row)
            whole = (ends[worst] - row @ x) / (way @ row) if free else np.inf
            until = np.divide(
                pushes, shares, out=np.full_like(pushes, np.inf), where=shares > 1e-12
            )
            stride = min(whole, until.min(initial=np.inf))
            if not np.isfinite(stride):
                # What it lacks is the rounding of those that it is made of, or cannot be met.
                if ends[worst] - row @ x > 1e-12 * (1 + np.abs(shares).sum()):
                    return None
                met.append(worst)
                break
            x = x + stride * way if free else x
            if x @ x > _FARTHEST:
                return None
            pushes, push = pushes - stride * shares, push + stride
            if stride == whole:
                taken, pushes = [*taken, worst], np.append(pushes, push)
            else:
                gone = int(until.argmin())
                taken, pushes = taken[:gone] + taken[gone + 1 :], np.delete(pushes, gone)


def _split(row: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Return a row's shares in others, and what it adds to them: at right angles to all."""
    if not len(others):
        return np.zeros(0), row
    shares = np.asarray(np.linalg.lstsq(others.T, row, rcond=None)[0], dtype=np.float64)
    return shares, row - shares @ others

"""Ways of turning values and weights into one score: weighted sum, TOPSIS, PROMETHEE II, SPOTIS.

All work on values between absolute anchors, and in all but SPOTIS more is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kembar.engines.scouting.criteria import Criterion, Values

Floats = NDArray[np.float64]
Dice = np.random.Generator


class Scorer(Protocol):
    """A method made ready for many weights at once."""

    @property
    def shape(self) -> tuple[int, int]:
        """Alternatives and criteria."""

    @property
    def uncertain(self) -> bool:
        """Whether scores need dice."""

    def scores(self, weights: Floats, rng: Dice) -> Floats:
        """Return scores (draws, m) under weights (draws, n), more being better."""


# Products smaller than this OpenBLAS leaves to one thread; two would wait for each other longer
# than they work, the more so on a busy machine.
ONE_THREAD: Final = 200_000


def _product(weights: Floats, worth: Floats) -> Floats:
    """Return weights (draws, n) times worth (m, n) turned round, a small table piece by piece."""
    rows = ONE_THREAD // worth.size
    scores: Floats = np.empty((len(weights), len(worth)))
    if rows < 64:
        return np.matmul(weights, worth.T, out=scores)
    for start in range(0, len(weights), rows):
        some = slice(start, start + rows)
        np.matmul(weights[some], worth.T, out=scores[some])
    return scores


@dataclass(frozen=True, eq=False)
class Linear:
    """Scores that are sums of weight times worth.

    Parameters
    ----------
    worth : array of shape (m, n)
    doubt
        Values whose noise is added, or None if there is no doubt.
    """

    worth: Floats
    doubt: Values | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self.worth.shape[0], self.worth.shape[1]

    @property
    def uncertain(self) -> bool:
        return self.doubt is not None

    def scores(self, weights: Floats, rng: Dice) -> Floats:
        scores = _product(weights, self.worth)
        return scores if self.doubt is None else scores + self.doubt.noise(weights, rng)


@dataclass(frozen=True, eq=False)
class Closeness:
    """Scores of TOPSIS: squared distances are linear in squared weights, so two products do."""

    to_best: Floats
    to_worst: Floats
    doubt: Values | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self.to_best.shape[0], self.to_best.shape[1]

    @property
    def uncertain(self) -> bool:
        return self.doubt is not None

    def scores(self, weights: Floats, rng: Dice) -> Floats:
        squared = weights**2
        if self.doubt is None:
            above, below = _product(squared, self.to_worst), _product(squared, self.to_best)
        else:
            above, below = self._of_doubt(squared, self.doubt, rng)
        above, below = np.sqrt(above), np.sqrt(below)
        # Who lies at both ends at once has no weight on what tells him apart.
        total = below + above
        closeness: Floats = np.full_like(above, 0.5)
        np.divide(above, total, out=closeness, where=total > 0)
        return closeness

    def _of_doubt(self, squared: Floats, doubt: Values, rng: Dice) -> tuple[Floats, Floats]:
        """Return squared distances (draws, m) from the worst and the best, each cell drawn."""
        above, below = np.empty((2, len(squared), self.shape[0]))
        # A whole table for each draw: as many at a time as fit some megabytes.
        rows = max(1, 1_000_000 // self.to_best.size)
        for start in range(0, len(squared), rows):
            some = slice(start, start + rows)
            tables = np.clip(doubt.sample(len(squared[some]), rng), 0.0, 1.0)
            above[some] = np.einsum("bk,bik->bi", squared[some], tables**2)
            below[some] = np.einsum("bk,bik->bi", squared[some], (1 - tables) ** 2)
        return above, below


def weighted_sum(values: Values) -> Linear:
    """Return the weighted sum of anchored values, with their doubt."""
    return Linear(values.fixed, values if values.uncertain else None)


def topsis(values: Values) -> Closeness:
    """Return TOPSIS with the anchors as ideal and anti-ideal, with the values' doubt.

    References
    ----------
    Hwang and Yoon (1981), "Multiple attribute decision making". They take both ideals from the
    alternatives at hand, so that a further one can reverse the others; anchors cannot. See
    `topsis_of_table` for theirs.
    """
    return topsis_of_mean(values.mean, values if values.uncertain else None)


def topsis_of_mean(mean: Floats, doubt: Values | None = None) -> Closeness:
    """Return the same from an array (m, n) on the anchored scale."""
    inside = np.clip(mean, 0.0, 1.0)
    return Closeness((1 - inside) ** 2, inside**2, doubt)


def topsis_of_table(mean: Floats, criteria: Sequence[Criterion]) -> Closeness:
    """Return TOPSIS as first published: vector normalisation, ideals from the table itself.

    Kept to show where orders reverse.

    Parameters
    ----------
    mean : array of shape (m, n), on the anchored scale
    criteria
        Whose anchors lead back to the units, for this normalisation depends on them.
    """
    span = np.array([each.span for each in criteria])
    raw = np.array([each.worst for each in criteria]) + span * mean
    length = np.sqrt((raw**2).sum(axis=0))
    scaled = np.divide(raw, length, out=np.zeros_like(raw), where=length > 0) * np.sign(span)
    return Closeness((scaled.max(axis=0) - scaled) ** 2, (scaled - scaled.min(axis=0)) ** 2)


@dataclass(frozen=True)
class Shape:
    """How a lead in one criterion becomes a preference between 0 and 1, on the anchored scale.

    Parameters
    ----------
    kind
        "usual": any lead counts 1. "ushape": any lead above `indifference` counts 1. "linear":
        0 up to `indifference`, then in a straight line to 1 at `preference`; with indifference 0
        this is the V-shape. "level": 0, one half above `indifference`, 1 above `preference`.
    """

    kind: Literal["usual", "ushape", "linear", "level"] = "linear"
    indifference: float = 0.05
    preference: float = 0.30


USUAL_SHAPE: Final = Shape()


def promethee(mean: Floats, shapes: Sequence[Shape] | None = None) -> Linear:
    """Return PROMETHEE II: net flows, which are linear in the weights.

    Parameters
    ----------
    mean : array of shape (m, n), on the anchored scale
        Doubtful cells count with their mean.
    shapes
        One for each criterion; left out, `USUAL_SHAPE` for all.

    References
    ----------
    Brans and Vincke (1985); Calders and Van Assche (2018), "PROMETHEE is not quadratic": with
    the values of a criterion sorted, sums over all rivals are differences of running sums, so a
    criterion costs O(m log m).
    """
    count, criteria = mean.shape
    chosen = shapes or [USUAL_SHAPE] * criteria
    flows = np.empty((count, criteria))
    for number, shape in enumerate(chosen):
        column = mean[:, number]
        flows[:, number] = (_leads(column, shape) - _leads(-column, shape)) / max(1, count - 1)
    return Linear(flows)


def _leads(column: Floats, shape: Shape) -> Floats:
    """Return for each alternative the sum of its preferences over all others."""
    ordered = np.sort(column)
    if shape.kind == "usual":
        return _below(ordered, column, 0.0)
    if shape.kind == "ushape":
        return _below(ordered, column, shape.indifference)
    if shape.kind == "level":
        half = _below(ordered, column, shape.indifference)
        return (half + _below(ordered, column, shape.preference)) / 2
    return _ramp(ordered, column, shape.indifference, shape.preference)


def _below(ordered: Floats, column: Floats, lead: float) -> Floats:
    """Return how many values each exceeds by more than a lead."""
    return np.searchsorted(ordered, column - lead, side="left").astype(np.float64)


def _ramp(ordered: Floats, column: Floats, start: float, end: float) -> Floats:
    """Return the sum of ramps from 0 at a lead of `start` to 1 at a lead of `end`."""
    running = np.concatenate(([0.0], np.cumsum(ordered)))
    full = np.searchsorted(ordered, column - end, side="right")
    some = np.maximum(np.searchsorted(ordered, column - start, side="left"), full)
    between = (some - full) * (column - start) - (running[some] - running[full])
    total: Floats = full + between / (end - start)
    return total


def spotis(mean: Floats, weights: Floats, ideal: Floats | None = None) -> Floats:
    """Return the distance of each alternative from an ideal; less is better.

    Parameters
    ----------
    mean : array of shape (m, n), on the anchored scale
        The anchors are SPOTIS's bounds.
    weights : array of shape (n,)
    ideal : array of shape (n,), on the scale
        What is wished for; left out, the best anchors, and then this is 1 minus the weighted sum
        as far as values lie between the anchors.

    Returns
    -------
    array of shape (m,), from 0

    References
    ----------
    Dezert, Tchamova, Han and Tacnet (2020), "The SPOTIS rank reversal free method".
    """
    wished = np.ones(len(weights)) if ideal is None else ideal
    distance: Floats = np.abs(mean - wished) @ weights
    return distance


def scores_once(scorer: Scorer, weights: Floats) -> Floats:
    """Return the scores under one vector of weights; doubtful cells count with their mean."""
    if isinstance(scorer, Linear) and scorer.doubt is not None:
        mean: Floats = scorer.doubt.mean @ weights
        return mean
    if isinstance(scorer, Closeness):
        scorer = Closeness(scorer.to_best, scorer.to_worst)
    scores: Floats = scorer.scores(weights[None, :], np.random.default_rng(0))[0]
    return scores

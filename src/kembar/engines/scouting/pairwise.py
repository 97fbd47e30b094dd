"""How often one alternative beats another: exact where there is a formula, else by draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kembar.engines.scouting import kernels
from kembar.engines.scouting.criteria import Floats
from kembar.engines.scouting.methods import Dice, Linear, Scorer
from kembar.engines.scouting.weights import WeightSpace

# Up to here numpy answers at once, and alike on every machine.
_SMALL: Final = 300


@dataclass(frozen=True, eq=False)
class Winning:
    """Pairwise winning indices.

    Attributes
    ----------
    chance : array of shape (m, m)
        That the alternative of the row scores above that of the column; one half with itself
        and with a twin.
    exact
        Whether from a formula; else from so many draws.
    draws
        0 if exact.
    """

    chance: Floats
    exact: bool
    draws: int

    @property
    def expected_rank(self) -> Floats:
        """1 and the chances to be beaten: exact if they are."""
        rank: Floats = 1 + self.chance.sum(axis=0) - 0.5
        return rank

    @property
    def standard_error(self) -> Floats:
        """Monte-Carlo standard error of each chance; 0 if exact."""
        if self.exact:
            return np.zeros_like(self.chance)
        return np.sqrt(self.chance * (1 - self.chance) / self.draws)


def has_formula(scorer: Scorer, space: WeightSpace) -> bool:
    """Return whether `winning` is exact here, and quick."""
    certain = isinstance(scorer, Linear) and not scorer.uncertain
    return certain and space.corners is not None


def winning(scorer: Scorer, space: WeightSpace, *, draws: int, rng: Dice) -> Winning:
    """Return how likely each alternative beats each other one.

    Exact for a weighted sum or net flows without doubt under weights that are free, completely
    ordered, bounded below, or fixed: each of these sets is a simplex, and sums over a simplex
    have a closed form (see `kernels.race`). Groups, partial orders, intervals and sliders have
    none that is known to us, so there draws decide.

    Parameters
    ----------
    scorer, space
        As for `smaa`.
    draws, rng
        Used only where there is no formula.

    References
    ----------
    Leskinen, Viitanen, Kangas and Kangas (2006) for the indices; Varsi (1973) for the formula.

    Examples
    --------
    >>> from kembar.engines.scouting.weights import free
    >>> two = Linear(np.array([[1.0, 0.0], [0.0, 0.5]]))
    >>> winning(two, free(2), draws=0, rng=np.random.default_rng(0)).chance.round(4)
    array([[0.5   , 0.6667],
           [0.3333, 0.5   ]])
    """
    corners = space.corners
    if isinstance(scorer, Linear) and has_formula(scorer, space) and corners is not None:
        worth = np.ascontiguousarray(scorer.worth @ corners.T)
        count = len(worth)
        kernel = kernels.chosen(count) if count > _SMALL else kernels.Numpy()
        return Winning(kernel.pairs(worth), exact=True, draws=0)
    return _by_draws(scorer, space, draws, rng)


def _by_draws(scorer: Scorer, space: WeightSpace, draws: int, rng: Dice) -> Winning:
    count = scorer.shape[0]
    wins = np.zeros((count, count))
    # So many that comparing one alternative with all others fits the cache.
    step = max(16, min(4096, 4_000_000 // count))
    for start in range(0, draws, step):
        weights = space.sample(min(step, draws - start), rng)
        across = np.ascontiguousarray(scorer.scores(weights, rng).T)
        for one in range(count):
            above = np.count_nonzero(across[one] > across, axis=1)
            equal = np.count_nonzero(across[one] == across, axis=1)
            wins[one] += above + equal / 2
    return Winning(wins / max(1, draws), exact=False, draws=draws)

"""The inner loops of ranking: numpy, and for large tables C where there is a compiler.

Both give the same answers on the same scores. Scores of large tables are float32 taken about the
mean of each criterion, so two alternatives closer than about 1e-8 on the scale may change places;
that is far below the error of any number of draws.
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kembar.engines.scouting import compiled

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]
Ranks = compiled.Ranks
Indices = NDArray[np.int32]

LANES: Final = 32
"""Columns of a table of scores are a multiple of this."""


class Kernel(Protocol):
    """What the loops of `smaa` need; arrays are as their numpy twins below say."""

    @property
    def draws_at_once(self) -> int:
        """How many draws one call should get; 0 if as many as there is memory for."""

    def best(self, table: Scores, weights: Scores, count: int, best: Indices) -> None: ...

    def best_of(self, scores: Scores, count: int, best: Indices) -> None: ...

    def ranks(self, table: Scores, weights: Scores, ranks: Ranks) -> None: ...

    def ranks_of(self, scores: Scores, ranks: Ranks) -> None: ...

    def tally(self, ranks: Ranks, counts: NDArray[np.uint32]) -> None: ...

    def pairs(self, values: Floats) -> Floats: ...


def chosen(alternatives: int) -> Kernel:
    """Return the compiled loops if they can be had and hold so many alternatives."""
    library = compiled.library() if alternatives <= compiled.MOST else None
    return library or Numpy()


def padded(values: Floats) -> Scores:
    """Return values (m, n) as float32 (n, m and some columns of 0), about the mean of each column.

    What all alternatives have in common moves no rank, but it would eat digits.
    """
    count, criteria = values.shape
    table = np.zeros((criteria, -(-count // LANES) * LANES), dtype=np.float32)
    table[:, :count] = (values - values.mean(axis=0)).T
    return table


class Numpy:
    """The loops in numpy."""

    draws_at_once = 0

    def best(self, table: Scores, weights: Scores, count: int, best: Indices) -> None:
        """Fill best (draws, keep) with the best of the first `count` columns, best first.

        Scores are weights (draws, n) times table (n, columns).
        """
        self.best_of(weights @ table, count, best)

    def best_of(self, scores: Scores, count: int, best: Indices) -> None:
        """Fill the same from scores (draws, columns)."""
        scores, keep = scores[:, :count], best.shape[1]
        if keep >= count:
            best[:] = np.argsort(-scores, axis=1, kind="stable")
            return
        found = np.sort(np.argpartition(-scores, keep - 1, axis=1)[:, :keep], axis=1)
        order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1, kind="stable")
        best[:] = np.take_along_axis(found, order, axis=1)

    def ranks(self, table: Scores, weights: Scores, ranks: Ranks) -> None:
        """Fill ranks (draws, m) with the rank of each of the first m columns, 0 for the best."""
        self.ranks_of(weights @ table, ranks)

    def ranks_of(self, scores: Scores, ranks: Ranks) -> None:
        """Fill the same from scores (draws, columns)."""
        count = ranks.shape[1]
        order = np.argsort(-scores[:, :count], axis=1, kind="stable")
        np.put_along_axis(ranks, order, np.arange(count, dtype=ranks.dtype)[None, :], axis=1)

    def tally(self, ranks: Ranks, counts: NDArray[np.uint32]) -> None:
        """Add ranks (draws, m) to counts (m, m) of how often each alternative had each rank."""
        for alternative, row in enumerate(np.ascontiguousarray(ranks.T)):
            counts[alternative] += np.bincount(row, minlength=counts.shape[1]).astype(np.uint32)

    def pairs(self, values: Floats) -> Floats:
        """Return the exact chance that each row scores above each other row.

        Weights are uniform on the simplex with a corner for each column.
        """
        count = len(values)
        chance = np.full((count, count), 0.5)
        rows = max(1, 65_536 // count)
        for start in range(0, count, rows):
            some = slice(start, min(start + rows, count))
            gaps = values[some, None, :] - values[None, start:, :]
            won = race(gaps.reshape(-1, values.shape[1])).reshape(gaps.shape[:2])
            chance[some, start:] = won
            chance[start:, some] = 1 - won.T
        np.fill_diagonal(chance, 0.5)
        return chance


def race(gaps: Floats) -> Floats:
    """Return the chance that sum(w * gap) > 0 for weights uniform on the simplex.

    Parameters
    ----------
    gaps : array of shape (pairs, n)
        How far the one is above the other in each criterion.

    Returns
    -------
    array of shape (pairs,)
        One half where every gap is 0.

    References
    ----------
    Varsi (1973), "The multidimensional content of the frustum of the simplex"; Ali (1973).
    Uniform weights are exponentials divided by their sum, so this is a race between gains and
    losses; exponentials forget, so it is run stage by stage. Sums of positive terms only: stable.

    Examples
    --------
    >>> race(np.array([[1.0, -1, 0], [2, -1, 0], [1, 1, -1]])).round(6)
    array([0.5     , 0.666667, 0.75    ])
    """
    gains = np.sort(np.maximum(gaps, 0.0), axis=1)[:, ::-1].T
    losses = np.sort(np.maximum(-gaps, 0.0), axis=1)[:, ::-1].T
    gaining, losing = (gains > 0).sum(axis=0), (losses > 0).sum(axis=0)
    behind = np.ones((int(losing.max(initial=0)) + 1, len(gaps)))
    behind[0] = 0.0
    for gain in gains[: int(gaining.max(initial=0))]:
        for place, loss in enumerate(losses[: len(behind) - 1], 1):
            step = gain / (gain + loss + 1e-300)
            behind[place] += step * (behind[place - 1] - behind[place])
    lost = behind[losing, np.arange(len(gaps))]
    return np.where(gaining > 0, 1 - lost, np.where(losing > 0, 0.0, 0.5))

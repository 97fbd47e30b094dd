"""Whether methods agree, and whether an order survives when a candidate leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kembar.engines.scouting.criteria import Criterion, Floats, Table, anchored
from kembar.engines.scouting.methods import (
    promethee,
    scores_once,
    spotis,
    topsis_of_mean,
    topsis_of_table,
)

Method = Callable[[Floats, Sequence[Criterion], Floats], Floats]
"""Gives scores (m,), more being better, for values (m, n) on the scale and weights (n,)."""


def _weighted_sum(mean: Floats, _criteria: Sequence[Criterion], weights: Floats) -> Floats:
    scores: Floats = mean @ weights
    return scores


def _topsis(mean: Floats, _criteria: Sequence[Criterion], weights: Floats) -> Floats:
    return scores_once(topsis_of_mean(mean), weights)


def _topsis_of_table(mean: Floats, criteria: Sequence[Criterion], weights: Floats) -> Floats:
    return scores_once(topsis_of_table(mean, criteria), weights)


def _promethee(mean: Floats, _criteria: Sequence[Criterion], weights: Floats) -> Floats:
    return scores_once(promethee(mean), weights)


def _spotis(mean: Floats, _criteria: Sequence[Criterion], weights: Floats) -> Floats:
    return -spotis(mean, weights)


METHODS: Final[dict[str, Method]] = {
    "weighted_sum": _weighted_sum,
    "topsis": _topsis,
    "topsis_of_table": _topsis_of_table,
    "promethee": _promethee,
    "spotis": _spotis,
}

# Here a score depends on one candidate and the anchors alone, so nobody's leaving moves it.
_ALONE: Final = frozenset({"weighted_sum", "topsis", "spotis"})


def places_of(scores: Floats) -> Floats:
    """Return the place of each score, 1 for the largest; equal ones share the mean place.

    Examples
    --------
    >>> places_of(np.array([0.2, 0.9, 0.2]))
    array([2.5, 1. , 2.5])
    """
    ordered = np.sort(scores)
    above = len(scores) - np.searchsorted(ordered, scores, side="right")
    equal = len(scores) - above - np.searchsorted(ordered, scores, side="left")
    places: Floats = above + (equal + 1) / 2
    return places


def kendall_tau(one: Floats, other: Floats) -> float:
    """Return Kendall's tau-b of two lists of scores: 1 for one order, -1 for opposite ones.

    NaN where all scores of a list are equal. Every pair is looked at, so m squared.

    Examples
    --------
    >>> kendall_tau(np.array([3.0, 2, 1]), np.array([30.0, 10, 20])).__round__(4)
    0.3333
    """
    agree = untied_one = untied_other = 0.0
    for place in range(len(one) - 1):
        first = np.sign(one[place + 1 :] - one[place])
        second = np.sign(other[place + 1 :] - other[place])
        agree += float(first @ second)
        untied_one += float(np.abs(first).sum())
        untied_other += float(np.abs(second).sum())
    if not untied_one or not untied_other:
        return float("nan")
    return agree / float(np.sqrt(untied_one * untied_other))


def overlap(one: Floats, other: Floats, *, first: int) -> float:
    """Return the share of the best so many of one list that are among those of the other."""
    count = min(first, len(one))
    mine = set(np.argsort(-one, kind="stable")[:count].tolist())
    theirs = set(np.argsort(-other, kind="stable")[:count].tolist())
    return len(mine & theirs) / count


@dataclass(frozen=True)
class Agreement:
    """How far a method's order is that of the weighted sum, and where its own order gives way.

    Attributes
    ----------
    method
    places : one for each alternative, 1 the best
    tau
        Kendall's tau-b with the weighted sum.
    overlap
        Share of the best five of the weighted sum that are its best five too.
    reversals
        Candidates whose leaving changes the order of the others.
    """

    method: str
    places: Floats
    tau: float
    overlap: float
    reversals: tuple[str, ...]


def agreement(table: Table, weights: Floats, *, probe: bool = True) -> list[Agreement]:
    """Return how the methods compare under one vector of weights; doubtful cells by their mean.

    Parameters
    ----------
    table
    weights : array of shape (n,)
    probe
        Whether to look for rank reversal, which takes each method once for each candidate.

    Returns
    -------
    one Agreement for each of METHODS
    """
    mean = anchored(table).mean
    base = METHODS["weighted_sum"](mean, table.criteria, weights)
    found = []
    for name, method in METHODS.items():
        scores = method(mean, table.criteria, weights)
        gone: tuple[str, ...] = ()
        if probe and name not in _ALONE:
            gone = tuple(table.codes[k] for k in reversals(mean, table.criteria, weights, method))
        tau, same = kendall_tau(base, scores), overlap(base, scores, first=5)
        found.append(Agreement(name, places_of(scores), tau, same, gone))
    return found


def reversals(
    mean: Floats, criteria: Sequence[Criterion], weights: Floats, method: Method
) -> list[int]:
    """Return the numbers of the candidates without whom the others would stand otherwise."""
    everyone = method(mean, criteria, weights)
    changed = []
    for number in range(len(mean) if len(mean) > 2 else 0):
        keep = np.arange(len(mean)) != number
        before, after = everyone[keep], method(mean[keep], criteria, weights)
        order = np.argsort(-before, kind="stable")
        # Scores that were apart, and are now the other way round by more than rounding.
        before, after = before[order], after[order]
        apart = before[:-1] - before[1:] > 1e-9
        turned = np.maximum.accumulate(after[::-1])[::-1][1:] > after[:-1] + 1e-9
        if (apart & turned).any():
            changed.append(number)
    return changed

"""Whether methods agree, and whether an order survives when a candidate leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kembar.engines.scouting.criteria import Floats, Table, anchored
from kembar.engines.scouting.methods import (
    promethee,
    scores_once,
    spotis,
    topsis,
    topsis_of_table,
    weighted_sum,
)

Method = Callable[[Table, Floats], Floats]
"""Gives scores (m,), more being better, for a table and weights (n,)."""


def _weighted_sum(table: Table, weights: Floats) -> Floats:
    return scores_once(weighted_sum(anchored(table)), weights)


def _topsis(table: Table, weights: Floats) -> Floats:
    return scores_once(topsis(anchored(table)), weights)


def _topsis_of_table(table: Table, weights: Floats) -> Floats:
    return scores_once(topsis_of_table(table, anchored(table)), weights)


def _promethee(table: Table, weights: Floats) -> Floats:
    return scores_once(promethee(anchored(table)), weights)


def _spotis(table: Table, weights: Floats) -> Floats:
    return -spotis(anchored(table), weights)


METHODS: dict[str, Method] = {
    "weighted_sum": _weighted_sum,
    "topsis": _topsis,
    "topsis_of_table": _topsis_of_table,
    "promethee": _promethee,
    "spotis": _spotis,
}


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
    base = METHODS["weighted_sum"](table, weights)
    found = []
    for name, method in METHODS.items():
        scores = method(table, weights)
        gone = reversals(table, weights, method) if probe and len(table.codes) > 2 else ()
        tau, same = kendall_tau(base, scores), overlap(base, scores, first=5)
        found.append(Agreement(name, places_of(scores), tau, same, gone))
    return found


def reversals(table: Table, weights: Floats, method: Method) -> tuple[str, ...]:
    """Return the candidates without whom the others would stand in another order."""
    everyone = method(table, weights)
    changed = []
    for number, code in enumerate(table.codes):
        keep = np.arange(len(table.codes)) != number
        before, after = everyone[keep], method(_without(table, number), weights)
        order = np.argsort(-before, kind="stable")
        # Scores that were apart, and are now the other way round by more than rounding.
        before, after = before[order], after[order]
        apart = before[:-1] - before[1:] > 1e-9
        turned = np.maximum.accumulate(after[::-1])[::-1][1:] > after[:-1] + 1e-9
        if (apart & turned).any():
            changed.append(code)
    return tuple(changed)


def _without(table: Table, number: int) -> Table:
    keep = np.arange(len(table.codes)) != number
    rest = Table.__new__(Table)
    # A criterion may well be constant among the rest; that is no mistake of anybody's here.
    codes = (*table.codes[:number], *table.codes[number + 1 :])
    for name, value in (
        ("codes", codes),
        ("criteria", table.criteria),
        ("first", table.first[keep]),
        ("second", table.second[keep]),
        ("law", table.law[keep]),
    ):
        object.__setattr__(rest, name, value)
    return rest

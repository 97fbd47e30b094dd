"""A whole ranking of a table: order, doubt, comparison of methods, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kembar.engines.scouting.agreement import Agreement, agreement
from kembar.engines.scouting.criteria import Floats, Table, Values, anchored
from kembar.engines.scouting.explain import Explanation, explain
from kembar.engines.scouting.methods import Dice, Scorer, promethee, topsis, weighted_sum
from kembar.engines.scouting.pairwise import Winning, has_formula, winning
from kembar.engines.scouting.smaa import FIRST_RANKS, Acceptability, smaa
from kembar.engines.scouting.weights import WeightSpace, correlation_of, effective_number

MethodName = Literal["weighted_sum", "topsis", "promethee"]

# Beyond these numbers a reader is lost, and the work grows with the square.
_PAIRED: Final = 300
_COMPARED: Final = 100
_EXPLAINED: Final = 100


@dataclass(frozen=True, eq=False)
class Ranking:
    """What a study shows.

    Attributes
    ----------
    table, values, space
        What was ranked.
    order : array of m numbers
        Of the alternatives, best first: by expected rank, then by share of first ranks.
    acceptability
        How often each alternative took each rank.
    winning
        Pairwise; None for large tables, and without reasons.
    expected_rank : array of shape (m,), from 1
        Exact if `winning` is, else from the draws.
    explanations
        By number of the alternative: all of a small table, the first hundred of a large one.
    methods
        How methods compare under the middle weights; none for large tables.
    effective_criteria, effective_unrelated
        How many equal, unrelated criteria carry as much; and were they unrelated.
    """

    table: Table
    values: Values
    space: WeightSpace
    order: NDArray[np.intp]
    acceptability: Acceptability
    winning: Winning | None
    expected_rank: Floats
    explanations: dict[int, Explanation]
    methods: tuple[Agreement, ...]
    effective_criteria: float
    effective_unrelated: float


def scorer_of(values: Values, method: MethodName) -> Scorer:
    """Return a method made ready for these values."""
    if method == "topsis":
        return topsis(values)
    return promethee(values.mean) if method == "promethee" else weighted_sum(values)


def rank(
    table: Table,
    space: WeightSpace,
    *,
    draws: int,
    rng: Dice,
    method: MethodName = "weighted_sum",
    ranks: int | None = None,
    reasons: bool = True,
) -> Ranking:
    """Return the ranking of a table by weights that are not agreed on.

    Parameters
    ----------
    table
    space
        Of its criteria, in their order.
    draws
        Of weights, and of doubtful values with them.
    rng
        The dice.
    method
        How values and weights become one score.
    ranks
        How many ranks to count; left out, all of a small table and the first 20 of a large one.
    reasons
        Whether to say who beats whom, why, and what other methods say, and how confident that is;
        without them the order and the shares are the same to the last bit in a tenth of the time,
        as somebody who drags a slider needs.

    Returns
    -------
    Ranking
    """
    values = anchored(table)
    scorer = scorer_of(values, method)
    count = len(table.codes)
    if ranks is None and count > _PAIRED:
        ranks = FIRST_RANKS
    found = smaa(scorer, space, draws=draws, rng=rng, ranks=ranks, confidence=reasons)
    # The formula gives the order too, so a short answer must not do without it.
    paired = count <= _PAIRED and (reasons or has_formula(scorer, space))
    pairs = winning(scorer, space, draws=draws, rng=rng) if paired else None
    expected = pairs.expected_rank if pairs and pairs.exact else found.expected_rank
    order = np.lexsort((-found.acceptability[:, 0], expected))
    centre = space.centre
    small = count <= _COMPARED
    return Ranking(
        table=table,
        values=values,
        space=space,
        order=order,
        acceptability=found,
        winning=pairs,
        expected_rank=expected,
        explanations={
            int(who): explain(
                table, values, space, int(who), central_weights=found.central_weights[who]
            )
            for who in (order[:_EXPLAINED] if reasons else ())
        },
        methods=tuple(agreement(table, centre)) if reasons and small and count > 1 else (),
        effective_criteria=effective_number(centre, correlation_of(values.mean)),
        effective_unrelated=effective_number(centre),
    )

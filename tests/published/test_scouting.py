"""Known answers of scouting from literature and from programs that nobody here wrote."""

from __future__ import annotations

import numpy as np
import pytest

from kembar.engines.scouting.criteria import Criterion, Law, Table, anchored
from kembar.engines.scouting.kernels import race
from kembar.engines.scouting.methods import Linear, weighted_sum
from kembar.engines.scouting.pairwise import winning
from kembar.engines.scouting.smaa import smaa
from kembar.engines.scouting.weights import complete_order, free

# Antidepressant benefit-risk model: Tervonen et al. 2011, "A stochastic multicriteria model for
# evidence-based decision making in drug benefit-risk analysis", Statistics in Medicine 30:1419.
# Inputs and expected values, with their tolerances, as JSMAA asserts them in its test
# SMAA2SimulationTest.testCorrectResultsWithBRModel.
DRUGS = ("fluoxetine", "paroxetine", "sertraline", "venlafaxine")
EFFECTS = ("efficacy", "diarrhoea", "dizziness", "headache", "insomnia", "nausea")
MEAN = np.array(
    [
        [0.0, 0.086, 0.095, 0.113],
        [11.7, 9.2, 15.4, 5.5],
        [7.2, 10.6, 7.5, 15.7],
        [16.6, 21.2, 20.2, 12.8],
        [13.7, 14.3, 15.0, 11.2],
        [18.6, 18.3, 19.5, 31.0],
    ]
).T
SD = np.array(
    [
        [0.0, 0.056, 0.044, 0.048],
        [2.5, 1.86, 2.65, 2.32],
        [1.45, 1.58, 1.48, 4.44],
        [3.27, 5.15, 3.78, 2.45],
        [1.89, 2.93, 3.21, 3.98],
        [1.79, 3.7, 2.6, 1.68],
    ]
).T
RANKS = [
    [0.20, 0.28, 0.30, 0.22],
    [0.25, 0.29, 0.27, 0.19],
    [0.17, 0.25, 0.29, 0.30],
    [0.39, 0.18, 0.15, 0.29],
]
CENTRAL = [
    [0.08, 0.14, 0.23, 0.18, 0.16, 0.22],
    [0.18, 0.17, 0.15, 0.13, 0.15, 0.22],
    [0.21, 0.10, 0.22, 0.13, 0.15, 0.20],
    [0.18, 0.21, 0.12, 0.21, 0.19, 0.09],
]
CONFIDENCE = [0.48, 0.44, 0.34, 0.74]


def drugs() -> Table:
    """The drugs on scales from end to end of the 95 % intervals, efficacy being a log odds ratio."""
    low, high = MEAN - 1.96 * SD, MEAN + 1.96 * SD
    low[:, 0], high[:, 0] = np.exp(low[:, 0]), np.exp(high[:, 0])
    bottom, top = low.min(axis=0), high.max(axis=0)
    criteria = [Criterion("efficacy", worst=bottom[0], best=top[0])]
    criteria += [Criterion(EFFECTS[k], worst=top[k], best=bottom[k], unit="%") for k in range(1, 6)]
    law = np.full(MEAN.shape, Law.NORMAL, dtype=np.int8)
    law[:, 0] = Law.LOGNORMAL
    return Table(DRUGS, tuple(criteria), MEAN, SD, law)


def test_the_antidepressants_come_out_as_published() -> None:
    found = smaa(
        weighted_sum(anchored(drugs())), free(6), draws=200_000, rng=np.random.default_rng(1)
    )

    assert np.abs(found.acceptability - RANKS).max() < 0.02
    assert np.abs(found.central_weights - CENTRAL).max() < 0.02
    assert np.abs(found.confidence - CONFIDENCE).max() < 0.03


@pytest.mark.parametrize(
    ("gaps", "chance"),
    [
        ([1.0, -1.0], 1 / 2),  # w1 > w2
        ([2.0, -1.0], 2 / 3),  # 2 w1 > w2 just when w1 > 1/3
        ([1.0, 1.0, -1.0], 3 / 4),  # w1 + w2 > w3 just when w3 < 1/2
        ([1.0, -1.0, 0.0], 1 / 2),
    ],
)
def test_chances_on_the_simplex_have_their_closed_form(gaps: list[float], chance: float) -> None:
    assert race(np.array([gaps]))[0] == pytest.approx(chance, abs=1e-12)


def test_the_closed_form_reaches_the_pairwise_indices() -> None:
    two = Linear(np.array([[2.0, 0.0], [0.0, 1.0]]))

    found = winning(two, free(2), draws=0, rng=np.random.default_rng(0))

    assert found.exact
    assert found.chance[0, 1] == pytest.approx(2 / 3, abs=1e-12)
    assert found.expected_rank == pytest.approx([4 / 3, 5 / 3], abs=1e-12)


def test_a_complete_order_has_rank_order_centroid_weights() -> None:
    # Barron and Barrett (1996), table 1: the weights for four criteria.
    assert complete_order(range(4)).centre == pytest.approx(
        [0.5208, 0.2708, 0.1458, 0.0625], abs=5e-5
    )


def test_uniform_weights_on_twenty_criteria_are_a_strong_opinion() -> None:
    # Each weight is Beta(1, 19): median 1 - 0.5^(1/19), 5 % and 95 % likewise.
    weights = free(20).sample(200_000, np.random.default_rng(0))[:, 0]

    found = np.quantile(weights, [0.05, 0.5, 0.95])

    assert found == pytest.approx([0.0027, 0.0358, 0.1459], rel=0.02)

"""Methods beside those of other programs: pymcdm 1.4.0 and scikit-criteria 0.9.

Their numbers were computed once in environments of their own by bench/scouting_peer.py, whose
results stand in peers.json; bench/scouting.py computes them again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from kembar.engines.scouting.agreement import (
    METHODS,
    agreement,
    kendall_tau,
    overlap,
    places_of,
    reversals,
)
from kembar.engines.scouting.criteria import Criterion, Floats, Table, Values, anchored
from kembar.engines.scouting.methods import (
    Shape,
    promethee,
    scores_once,
    spotis,
    topsis,
    topsis_of_table,
    weighted_sum,
)
from tests.engines.scouting.made import a_table, some_values

PEERS: dict[str, Any] = json.loads(Path(__file__).with_name("peers.json").read_text())
WEIGHTS = np.array(PEERS["weights"])


def table_between(ends: Floats) -> Table:
    """The peers' table with the lower and upper end of each criterion."""
    criteria = [
        Criterion(f"c{k}", worst=low if kind > 0 else high, best=high if kind > 0 else low)
        for k, ((low, high), kind) in enumerate(zip(ends, PEERS["types"], strict=True))
    ]
    return Table.of([f"a{i}" for i in range(8)], criteria, PEERS["matrix"])


def own_ends() -> Table:
    matrix = np.array(PEERS["matrix"])
    return table_between(np.stack([matrix.min(axis=0), matrix.max(axis=0)], axis=1))


def scaled() -> Values:
    return anchored(own_ends())


def test_the_weighted_sum_is_that_of_scikit_criteria() -> None:
    theirs = PEERS["scikit_criteria"]["weighted_sum"]

    # They negate what is better when small and scale after, which is the same straight line.
    assert scores_once(weighted_sum(scaled()), WEIGHTS) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("theirs", [PEERS["topsis_minmax"], PEERS["scikit_criteria"]["topsis"]])
def test_topsis_is_that_of_both(theirs: list[float]) -> None:
    assert scores_once(topsis(scaled()), WEIGHTS) == pytest.approx(theirs, abs=1e-12)


def test_topsis_by_vector_normalisation_is_that_of_pymcdm() -> None:
    found = scores_once(topsis_of_table(scaled().mean, own_ends().criteria), WEIGHTS)

    assert found == pytest.approx(PEERS["topsis_vector"], abs=1e-12)


def test_spotis_is_that_of_pymcdm() -> None:
    values = anchored(table_between(np.array(PEERS["bounds"])))

    found = spotis(values.mean, WEIGHTS)

    assert found == pytest.approx(PEERS["spotis"], abs=1e-12)
    assert found == pytest.approx(1 - scores_once(weighted_sum(values), WEIGHTS), abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "theirs", "indifference"),
    [
        ("usual", "usual", 0.1),
        ("ushape", "ushape", 0.1),
        ("linear", "vshape", 0.0),
        ("linear", "vshape_2", 0.1),
        ("level", "level", 0.1),
    ],
)
def test_promethee_is_that_of_pymcdm(
    kind: Literal["usual", "ushape", "linear", "level"], theirs: str, indifference: float
) -> None:
    shape = Shape(kind, indifference=indifference, preference=0.4)

    found = scores_once(promethee(scaled().mean, [shape] * 5), WEIGHTS)

    assert found == pytest.approx(PEERS["promethee"][theirs], abs=1e-12)


def test_promethee_is_what_looking_at_every_pair_finds() -> None:
    values = some_values(60, 3)
    leads = values[:, None] - values[None]
    preference = np.clip((leads - 0.05) / 0.25, 0, 1)
    slow = (preference.sum(axis=1) - preference.sum(axis=0)) / 59

    assert promethee(values).worth == pytest.approx(slow, abs=1e-12)


def test_methods_need_not_agree_and_say_so() -> None:
    found = {each.method: each for each in agreement(own_ends(), WEIGHTS)}

    assert found["weighted_sum"].tau == found["spotis"].tau == 1.0
    assert 0 < found["topsis"].tau < 1
    assert found["weighted_sum"].places.tolist() == [3, 7, 5, 2, 6, 1, 4, 8]


def test_anchored_sums_have_no_rank_reversal_and_the_published_topsis_has() -> None:
    dice = np.random.default_rng(0)
    gone: dict[str, int] = dict.fromkeys(METHODS, 0)
    for _table in range(40):
        table = a_table(dice.random((6, 3)) * [1, 0.2, 1])
        weights = dice.dirichlet(np.ones(3))
        for name, method in METHODS.items():
            gone[name] += len(reversals(table.first, table.criteria, weights, method))

    assert gone["weighted_sum"] == gone["spotis"] == gone["topsis"] == 0
    assert gone["topsis_of_table"] > 0
    assert gone["promethee"] > 0


def test_tau_is_that_of_the_definition() -> None:
    # Hand work: of six pairs five agree and one does not; then with a tie in one list.
    assert kendall_tau(np.array([1.0, 2, 3, 4]), np.array([1.0, 2, 4, 3])) == pytest.approx(4 / 6)
    assert kendall_tau(np.array([1.0, 2, 2]), np.array([1.0, 2, 3])) == pytest.approx(2 / 6**0.5)
    assert np.isnan(kendall_tau(np.ones(3), np.arange(3.0)))


def test_places_and_overlap() -> None:
    assert places_of(np.array([5.0, 9, 5, 1])).tolist() == [2.5, 1, 2.5, 4]
    assert overlap(np.array([3.0, 2, 1]), np.array([3.0, 1, 2]), first=2) == 0.5

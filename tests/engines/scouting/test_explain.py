"""Why here, and what would have to be true to be first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.scouting.criteria import Criterion, Table, anchored
from kembar.engines.scouting.explain import (
    contributions,
    explain,
    nearest_weights,
    smallest_change,
)
from kembar.engines.scouting.preferences import read_preferences
from kembar.engines.scouting.weights import WeightSpace, fixed, free, weigh
from tests.engines.scouting.made import a_table, some_values


@given(st.integers(0, 10_000), st.sampled_from(["", "c0>c1", "c1>=0.2;c3<=0.4", "c3>c2>c1>c0"]))
@settings(max_examples=40, deadline=None)
def test_the_nearest_weights_win_and_none_are_nearer(seed: int, text: str) -> None:
    worth = some_values(7, 4, seed)
    space: WeightSpace = weigh(["c0", "c1", "c2", "c3"], None, read_preferences(text))
    drawn = space.sample(4000, np.random.default_rng(seed))
    first = (drawn @ worth.T).argmax(axis=1)
    rows, ends = space.half_spaces()
    for who in range(7):
        found = nearest_weights(worth, space, who)
        if found is None:
            assert not (first == who).any()
            continue
        scores = worth @ found
        assert scores[who] >= scores.max() - 1e-9
        assert found.sum() == pytest.approx(1.0)
        assert (rows @ found >= ends - 1e-9).all()
        away = np.linalg.norm(drawn[first == who] - space.centre, axis=1)
        assert np.linalg.norm(found - space.centre) <= away.min(initial=np.inf) + 1e-9


def test_a_hundred_thousand_rivals_are_no_hindrance() -> None:
    worth = np.random.default_rng(1).random((100_000, 5)).round(5)
    space = free(5)

    for who in np.argsort(-worth @ space.centre)[:5]:
        found = nearest_weights(worth, space, int(who))

        assert found is not None
        assert worth[who] @ found >= (worth @ found).max() - 1e-9


# Measured of regions of the world beside ID-NT; the first can only win where all tie with it.
TIED = np.array(
    [
        [0.687304, 0.815400442735665, 1, 1, 0.9918832000000001, 0.875, 0],
        [0.021627, 0.39262391743941094, 1, 1, 0.7598963999999999, 1, 0.5],
        [0.021627, 0.3807060159079184, 1, 1, 0.7521701333333334, 1, 0],
        [0.021627, 0.40206615836011017, 1, 1, 0.7645856666666667, 1, 0.5],
        [0.5, 0.25913068164346853, 1, 1, 0.986764, 0, 0],
        [0.280287, 0.5807628564357356, 1, 1, 0.8625187333333333, 0.875, 0],
        [0.280287, 0.5524830615265991, 1, 1, 0.8331188666666667, 0.875, 0],
        [0.691349, 0.8469578740816819, 1, 1, 0.7636382, 0.875, 0],
        [0.687304, 0.8389830149398563, 1, 1, 0.9721184666666667, 0.875, 1],
        [0.804871, 0.8577425546585397, 1, 0.9570000000000001, 0.4388038666666667, 0.875, 0],
        [0.687304, 0.8846168854726331, 1, 1, 0.9924031333333333, 0.875, 0],
        [0, 0.24157675452339522, 1, 1, 0.7709805333333334, 0.125, 0.5],
        [0, 0.2799616316914576, 1, 1, 0.7630549333333333, 0.125, 0],
        [0, 0.22795944079315122, 1, 1, 0.8436322, 0.125, 0],
        [0, 0.2525233816863859, 1, 1, 0.8078182, 0.125, 0],
    ]
)


def test_rivals_that_all_tie_do_not_send_it_in_circles(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = []
    solve = np.linalg.lstsq
    monkeypatch.setattr(
        np.linalg, "lstsq", lambda *given, **more: solved.append(1) or solve(*given, **more)
    )
    space = weigh(list("abcdefg"), list("uuvvwxx"), read_preferences(""))

    found = nearest_weights(TIED, space, 0)

    assert found == pytest.approx([0, 0, 0.5, 0.5, 0, 0, 0], abs=1e-8)
    assert len(solved) < 100


def test_a_dominated_candidate_has_no_weights() -> None:
    assert nearest_weights(np.array([[0.5, 0.6], [0.4, 0.5]]), free(2), 1) is None


@pytest.mark.parametrize("step", [0.05, 1 / 3])
def test_who_is_behind_by_the_same_everywhere_has_no_weights(step: float) -> None:
    """What is left of such a rival is the rounding of its numbers, which is no lead."""
    behind = np.random.default_rng(3).integers(0, 101, (200, 8)) / 100

    found = [nearest_weights(np.array([each, each + step]), free(8), 0) for each in behind]

    assert found == [None] * 200


def test_grouped_weights_are_kept_while_searching() -> None:
    groups = ["nature", "nature", "practice"]
    space = weigh(["rain", "heat", "air"], groups, read_preferences("practice>nature; rain>heat"))

    found = nearest_weights(np.array([[0.2, 0.2, 1.0], [1.0, 0.2, 0.3]]), space, 1)

    assert found is None or (found[2] >= 0.5 - 1e-9 and found[0] >= found[1] - 1e-9)


def test_fixed_weights_might_have_been_any() -> None:
    found = nearest_weights(np.array([[1.0, 0.0], [0.0, 1.0]]), fixed([0.8, 0.2]), 1)

    assert found == pytest.approx([0.5, 0.5])


def test_one_value_lifts_a_candidate_just_to_the_first() -> None:
    # Hand work: with weights 3/4 and 1/4 the scores are .45 and .35; .1 / .75 more in the first
    # criterion, which runs from 100 down to 0, is 13.3 units less.
    criteria = [Criterion("days", worst=100, best=0, unit="d"), Criterion("ties", 0, 10)]
    table = Table.of(["a", "b"], criteria, [[50, 3], [70, 5]])
    values = anchored(table)

    found = smallest_change(table, values, np.array([0.75, 0.25]), 1)

    assert found is not None
    assert (found.criterion, found.present, found.within) == ("days", pytest.approx(70), True)
    assert found.step == pytest.approx(0.1 / 0.75)
    assert found.needed == pytest.approx(70 - 100 * 0.1 / 0.75)
    assert smallest_change(table, values, np.array([0.75, 0.25]), 0) is None


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_contributions_add_up_to_the_lead_over_the_mean(seed: int) -> None:
    table = a_table(some_values(6, 4, seed), groups=["x", "y", "x", ""])
    values = anchored(table)
    weights = np.random.default_rng(seed).dirichlet(np.ones(4))

    parts = contributions(table, values, weights, 2)

    scores = values.mean @ weights * 100
    assert sum(each.points for each in parts) == pytest.approx(scores[2] - scores.mean())
    assert sum(each.weight for each in parts) == pytest.approx(1.0)
    assert [each.points for each in parts] == sorted((e.points for e in parts), reverse=True)


def test_who_was_never_first_is_explained_by_the_middle_weights() -> None:
    table = a_table([[0.9, 0.8], [0.5, 0.4]])
    gone = np.full(2, np.nan)

    found = explain(table, anchored(table), free(2), 1, central_weights=gone)

    assert not found.central
    assert found.weights.tolist() == [0.5, 0.5]
    assert found.nearest_weights is None
    assert np.isnan(found.distance)
    assert found.change is not None
    assert not np.isnan(found.change.needed)

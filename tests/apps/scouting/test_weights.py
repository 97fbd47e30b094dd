"""Weights as people say them, as an address carries them, and as the engine reads them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.apps.scouting.inputs import Inputs, read
from kembar.apps.scouting.weights import (
    FREE,
    LIMITS,
    ORDER,
    POINTS,
    Weights,
    read_json,
    read_query,
)
from kembar.engines.scouting.weights import elicited, weigh

MEMBERS = {"climate": ["overlap", "months"], "coast": ["land", "sea"], "contacts": ["contacts"]}
POINTS_OF_100 = st.integers(0, 100)


@st.composite
def some_weights(draw: st.DrawFn) -> Weights:
    # A criterion alone in its group has no slider; all in the middle is no opinion.
    inner: dict[str, int] = {}
    for codes in (MEMBERS["climate"], MEMBERS["coast"]):
        values = draw(st.lists(POINTS_OF_100, min_size=2, max_size=2))
        if any(value != 50 for value in values) and draw(st.booleans()):
            inner |= dict(zip(codes, values, strict=True))
    return Weights(
        how=draw(st.sampled_from([FREE, POINTS, ORDER, LIMITS])),
        points={group: draw(POINTS_OF_100) for group in MEMBERS},
        inner=inner,
        tolerance=draw(st.sampled_from([0, 5, 10, 20])),
        places={group: draw(st.integers(1, 3)) for group in MEMBERS},
        limits={
            group: tuple(sorted(draw(st.tuples(POINTS_OF_100, POINTS_OF_100))))  # type: ignore[misc]
            for group in MEMBERS
        },
    )


def through_address(weights: Weights, saved: Weights | None = None) -> Weights:
    query = QueryDict(mutable=True)
    query.update(weights.as_query())
    return read_query(query, saved or Weights(), MEMBERS)


@given(some_weights())
def test_an_address_loses_nothing_of_the_weights(weights: Weights) -> None:
    assert through_address(weights) == weights


@given(some_weights())
def test_a_study_keeps_weights_to_the_letter(weights: Weights) -> None:
    inputs = Inputs(among=("CN",), weights=weights)

    assert read(inputs.as_json()) == inputs
    assert read_json(weights.as_json()) == weights


@given(st.dictionaries(st.sampled_from(["how", "t", "w.climate", "o.coast", "l.coast"]), st.text()))
def test_an_address_typed_by_hand_never_breaks_the_desk(typed: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(typed)

    found = read_query(query, Weights(), MEMBERS)

    assert read_json(found.as_json()) == found


def test_what_an_address_does_not_name_is_as_saved() -> None:
    saved = Weights(points={"climate": 80}, tolerance=5)

    found = read_query(QueryDict("w.coast=10"), saved, MEMBERS)

    assert found.points == {"climate": 80, "coast": 10, "contacts": 50}
    assert found.tolerance == 5


def test_sliders_of_a_group_share_its_weight() -> None:
    weights = Weights(
        points={"climate": 60, "coast": 20, "contacts": 20}, inner={"overlap": 75, "months": 25}
    ).for_groups(MEMBERS)

    points = weights.engine_points(MEMBERS)

    # 60 × 75/100 and 60 × 25/100; the others share evenly.
    assert points == {"overlap": 45, "months": 15, "land": 10, "sea": 10, "contacts": 20}


def test_a_fold_that_nobody_touched_leaves_its_group_open() -> None:
    query = QueryDict("c.overlap=50&c.months=50&c.land=70&c.sea=50")

    found = read_query(query, Weights(), MEMBERS)

    assert found.inner == {"land": 70, "sea": 50}


def test_a_group_whose_criteria_all_stand_at_nought_counts_them_alike() -> None:
    weights = Weights(inner={"overlap": 0, "months": 0}).for_groups(MEMBERS)

    points = weights.engine_points(MEMBERS)

    assert points["overlap"] == points["months"] == 25


def test_the_tolerance_is_the_standard_deviation_of_a_weight_of_a_fifth() -> None:
    weights = Weights(tolerance=10)

    space = elicited([20, 20, 20, 20, 20], precision=weights.precision)
    drawn = space.sample(200_000, np.random.default_rng(1))[:, 0]

    assert drawn.std() == pytest.approx(0.10, abs=0.002)
    assert Weights(tolerance=0).precision is None


def test_equal_places_say_nothing_of_each_other() -> None:
    weights = Weights(how=ORDER, places={"climate": 1, "coast": 2, "contacts": 2})

    said = [str(each) for each in weights.preferences()]

    assert said == ["climate > coast", "climate > contacts"]


def test_limits_that_allow_everything_are_not_said() -> None:
    limits = {"climate": (0, 100), "coast": (10, 40)}

    said = [str(each) for each in Weights(how=LIMITS, limits=limits).preferences()]

    assert said == ["0.1 <= coast <= 0.4"]


# The space of a partial order is found by drawing, which takes its time on a busy machine.
@settings(deadline=None)
@given(some_weights())
def test_an_order_is_always_one_that_can_hold(weights: Weights) -> None:
    ordered = Weights(how=ORDER, places=weights.places)

    space = weigh(list(MEMBERS), None, ordered.preferences())

    assert math.isclose(space.centre.sum(), 1)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"how": "points"},
        {**Weights().as_json(), "how": "by magic"},
        {**Weights().as_json(), "tolerance": 7},
        {**Weights().as_json(), "points": {"climate": 101}},
        {**Weights().as_json(), "limits": {"climate": [60, 40]}},
        {**Weights().as_json(), "limits": {"climate": [60]}},
    ],
)
def test_weights_that_no_page_sends_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read_json(broken)


@pytest.mark.parametrize(
    "changed",
    [{"among": []}, {"draws": 0}, {"draws": 10**7}, {"seed": -1}, {"among": ["CN"] * 501}],
)
def test_a_document_that_cannot_be_asked_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read({**Inputs(among=("CN",)).as_json(), **changed})

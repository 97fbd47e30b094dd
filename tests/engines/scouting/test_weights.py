"""Weights that people might mean."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.errors import KembarError
from kembar.engines.scouting.preferences import read_preferences
from kembar.engines.scouting.weights import (
    Chains,
    Polytope,
    Simplex,
    WeightSpace,
    effective_number,
    elicited,
    fixed,
    free,
    weigh,
)

NAMES = ["climate", "coast", "industry", "flights"]


def said(text: str, groups: list[str] | None = None) -> WeightSpace:
    return weigh(NAMES, groups, read_preferences(text))


def drawn(space: WeightSpace, count: int = 4000) -> np.ndarray:
    return space.sample(count, np.random.default_rng(5))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Simplex),
        ("climate>coast>industry>flights", Simplex),
        ("climate >= 0.2; coast >= 0.1", Simplex),
        ("climate>coast", Chains),
        ("climate>coast; industry>flights", Chains),
        ("climate>coast; climate>industry", Polytope),
        ("climate >= 2 coast", Polytope),
        ("climate <= 0.3", Polytope),
    ],
)
def test_the_simplest_space_is_taken(text: str, kind: type) -> None:
    assert type(said(text)) is kind


@pytest.mark.parametrize(
    "text",
    [
        "climate>coast>industry>flights",
        "climate>coast; climate>industry; flights<=0.2",
        "climate >= 3 coast; 0.3 <= industry <= 0.31",
        "0.4 <= climate <= 0.41; 0.3 <= coast <= 0.31; industry > flights",
        "climate >= 20 coast; coast >= 20 industry",
    ],
)
def test_every_draw_keeps_what_was_said(text: str) -> None:
    space = said(text)

    weights = drawn(space)

    rows, ends = space.half_spaces()
    assert weights.shape == (4000, 4)
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert (weights @ rows.T >= ends - 1e-9).all()
    assert (space.centre @ rows.T >= ends - 1e-9).all()


def test_walking_finds_the_same_distribution_as_rejecting() -> None:
    space = said("climate>coast; climate>industry; flights <= 0.4")
    assert isinstance(space, Polytope)

    walked = space._walk(20_000, np.random.default_rng(1))
    kept = drawn(space, 20_000)

    for level in (0.1, 0.5, 0.9):
        assert np.quantile(walked, level, axis=0) == pytest.approx(
            np.quantile(kept, level, axis=0), abs=0.012
        )


def test_a_chain_is_the_free_simplex_under_a_condition() -> None:
    weights = free(4).sample(400_000, np.random.default_rng(1))
    kept = weights[weights[:, 0] > weights[:, 1]]

    chain = said("climate>coast")

    assert chain.centre == pytest.approx(kept.mean(axis=0), abs=2e-3)
    assert drawn(chain, 100_000).mean(axis=0) == pytest.approx(kept.mean(axis=0), abs=3e-3)


def test_groups_share_before_their_members_do() -> None:
    groups = ["nature", "nature", "nature", "practice"]

    space = weigh(NAMES, groups)

    assert space.centre == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])
    assert drawn(space, 50_000).mean(axis=0) == pytest.approx(space.centre, abs=5e-3)


def test_preferences_may_speak_of_groups_and_of_members() -> None:
    groups = ["nature", "nature", "nature", "practice"]

    weights = drawn(said("practice>nature; coast>industry", groups))

    assert (weights[:, 3] >= 0.5).all()
    assert (weights[:, 1] >= weights[:, 2]).all()


@pytest.mark.parametrize(
    ("text", "at_fault"),
    [
        ("climate>coast; coast>climate", ["climate > coast", "coast > climate"]),
        (
            "climate>coast; coast>industry; industry>climate; flights>=0.1",
            ["climate > coast", "coast > industry", "industry > climate"],
        ),
        ("climate>=0.6; coast>=0.5", ["0.6 <= climate <= 1", "0.5 <= coast <= 1"]),
        ("climate<=0.2; climate>=2 coast; coast>=0.15", None),
        ("climate<=0.2; coast<=0.2; industry<=0.2; flights<=0.2", None),
        ("climate>=2 coast; coast>=0.6 climate", None),
    ],
)
def test_what_cannot_hold_together_is_named(text: str, at_fault: list[str] | None) -> None:
    with pytest.raises(KembarError) as refused:
        said(text)

    assert refused.value.code == "weights.contradictory"
    named = str(refused.value.facts["preferences"]).split("; ")
    if at_fault is not None:
        assert named == at_fault
    # Without any one of them the others can hold.
    for gone in named:
        rest = [each for each in named if each != gone]
        weigh(NAMES, None, read_preferences(";".join(rest)))


@pytest.mark.parametrize(
    ("text", "groups", "code"),
    [
        ("climate>mountains", None, "weights.unknown"),
        ("climate>climate", None, "weights.itself"),
        ("climate", None, "weights.unreadable"),
        ("climate>", None, "weights.unreadable"),
        ("climate=coast", None, "weights.unreadable"),
        ("0.5 <= climate <= 0.2", None, "weights.interval"),
        ("climate <= 7", None, "weights.interval"),
        ("coast>flights", ["a", "a", "b", "b"], "weights.across_groups"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, groups: list[str] | None, code: str) -> None:
    with pytest.raises(KembarError) as refused:
        said(text, groups)

    assert refused.value.code == code
    assert "%(" not in str(refused.value)


def test_sliders_spread_as_their_precision_says() -> None:
    space = elicited([50, 30, 20], precision=40)

    weights = space.sample(200_000, np.random.default_rng(0))

    assert weights.mean(axis=0) == pytest.approx([0.5, 0.3, 0.2], abs=2e-3)
    assert weights.std(axis=0) == pytest.approx(
        np.sqrt(np.array([0.25, 0.21, 0.16]) / 41), rel=0.02
    )
    assert (elicited([1, 0], precision=5).sample(9, np.random.default_rng(0))[:, 1] == 0).all()


@pytest.mark.parametrize("points", [[0, 0], [-1, 2], [float("nan"), 1]])
def test_points_that_make_no_weights_are_refused(points: list[float]) -> None:
    with pytest.raises(KembarError, match=r"make no weights"):
        elicited(points)


def test_points_for_some_only_are_refused() -> None:
    with pytest.raises(KembarError) as refused:
        weigh(NAMES, None, points={"climate": 3})

    assert refused.value.facts["names"] == "coast, industry, flights"


def test_fixed_weights_never_vary() -> None:
    assert drawn(fixed([3, 1, 0, 0])) == pytest.approx(np.tile([0.75, 0.25, 0, 0], (4000, 1)))


def test_draws_in_pieces_are_the_draws_at_once() -> None:
    whole = free(5).sample(100, np.random.default_rng(3))
    dice = np.random.default_rng(3)

    pieces = np.concatenate([free(5).sample(60, dice), free(5).sample(40, dice)])

    assert np.array_equal(whole, pieces)


@given(st.integers(2, 9), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_effective_number_lies_between_one_and_all(count: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    weights = dice.dirichlet(np.ones(count))
    related = np.corrcoef(dice.standard_normal((count, 50)))

    found = effective_number(weights, related)

    assert 1 - 1e-9 <= found <= effective_number(weights) + 1e-9 <= count + 1e-6

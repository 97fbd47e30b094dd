"""How often each alternative takes each rank."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.scouting import compiled, kernels
from kembar.engines.scouting import smaa as module
from kembar.engines.scouting.criteria import Criterion, Law, Table, anchored
from kembar.engines.scouting.methods import Linear, Scorer, weighted_sum
from kembar.engines.scouting.pairwise import winning
from kembar.engines.scouting.ranking import MethodName, scorer_of
from kembar.engines.scouting.smaa import Acceptability, smaa
from kembar.engines.scouting.weights import complete_order, fixed, free, weigh
from tests.engines.scouting.made import a_table, some_values, tables


def dice(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def run(scorer: Scorer, *, draws: int = 2000, ranks: int | None = None) -> Acceptability:
    return smaa(scorer, free(scorer.shape[1]), draws=draws, rng=dice(), ranks=ranks)


@given(tables(), st.sampled_from(get_args(MethodName)))
@settings(max_examples=40, deadline=None)
def test_every_alternative_takes_one_rank_and_every_rank_is_taken(
    table: Table, method: MethodName
) -> None:
    found = run(scorer_of(anchored(table), method), draws=300)

    assert found.acceptability.sum(axis=0) == pytest.approx(1.0)
    assert found.acceptability.sum(axis=1) == pytest.approx(1.0)
    assert found.expected_rank.sum() == pytest.approx(sum(range(1, len(table.codes) + 1)))


@given(tables(), st.integers(0, 7), st.floats(0.01, 0.4))
@settings(max_examples=40, deadline=None)
def test_who_is_worse_in_everything_is_never_first(table: Table, who: int, less: float) -> None:
    values = table.first.copy()
    number = who % len(values)
    dominated = np.vstack([values, values[number] - less])

    found = run(weighted_sum(anchored(a_table(dominated))), draws=300)

    assert found.acceptability[-1, 0] == 0
    assert found.expected_rank[-1] > found.expected_rank[number]
    # TOPSIS looks no further than the anchors, and PROMETHEE overlooks small leads.
    methods: tuple[MethodName, ...] = ("promethee", "topsis")
    for method in methods:
        found = run(scorer_of(anchored(a_table(dominated)), method), draws=300)
        assert found.expected_rank[-1] >= found.expected_rank[number]


@given(tables(), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_units_do_not_matter(table: Table, seed: int) -> None:
    """Kilometres or miles, degrees Celsius or Fahrenheit: anchors move with the values."""
    factor = dice(seed).uniform(0.1, 50, table.first.shape[1])
    shift = dice(seed).uniform(-30, 30, table.first.shape[1])
    criteria = [
        Criterion(each.code, worst=each.worst * f + s, best=each.best * f + s)
        for each, f, s in zip(table.criteria, factor, shift, strict=True)
    ]
    moved = Table.of(table.codes, criteria, (table.first * factor + shift).tolist())

    before, after = anchored(table), anchored(moved)

    assert after.mean == pytest.approx(before.mean, abs=1e-9)
    assert np.abs(run(weighted_sum(before)).counts.astype(int)
                  - run(weighted_sum(after)).counts).max() <= 2  # fmt: skip


@given(tables(), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_a_further_candidate_reverses_nothing(table: Table, seed: int) -> None:
    more = np.vstack([table.first, dice(seed).uniform(-1, 2, table.first.shape[1])])
    space = free(table.first.shape[1])

    before = winning(weighted_sum(anchored(table)), space, draws=0, rng=dice())
    after = winning(weighted_sum(anchored(a_table(more))), space, draws=0, rng=dice())

    assert after.chance[:-1, :-1] == pytest.approx(before.chance, abs=1e-12)


@given(tables(6), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_exact_chances_are_what_draws_find(table: Table, seed: int) -> None:
    criteria = table.first.shape[1]
    order = dice(seed).permutation(criteria).tolist()
    scorer = weighted_sum(anchored(table))
    for space in (free(criteria), complete_order(order), weigh(range_of(criteria), None, ())):
        exact = winning(scorer, space, draws=0, rng=dice())
        scores = scorer.scores(space.sample(20_000, dice(seed)), dice())
        found = (scores[:, :, None] > scores[:, None, :]).mean(axis=0)

        off = ~np.eye(len(found), dtype=bool)
        error = np.sqrt(exact.chance * (1 - exact.chance) / 20_000)
        assert exact.exact
        assert (np.abs(found - exact.chance) <= 5 * error + 1e-4)[off].all()
        assert exact.chance + exact.chance.T == pytest.approx(1.0, abs=1e-12)


def range_of(count: int) -> list[str]:
    return [f"c{k}" for k in range(count)]


def test_exact_expected_ranks_are_those_of_the_draws() -> None:
    scorer = Linear(some_values(12, 6))

    exact = winning(scorer, free(6), draws=0, rng=dice()).expected_rank
    found = run(scorer, draws=40_000)

    assert found.expected_rank == pytest.approx(exact, abs=0.05)
    assert (np.abs(found.expected_rank - exact) < 5 * found.expected_rank_error + 1e-3).all()


def test_the_same_seed_gives_the_same_answer_bit_for_bit() -> None:
    doubtful = a_table(some_values(6, 4))
    doubtful.first[1, 2] = np.nan
    doubtful.law[1, 2] = Law.MISSING
    scorer = weighted_sum(anchored(doubtful))

    one, other = run(scorer), run(scorer)

    assert np.array_equal(one.counts, other.counts)
    assert np.array_equal(one.central_weights, other.central_weights, equal_nan=True)
    assert np.array_equal(one.confidence, other.confidence, equal_nan=True)
    assert not np.array_equal(one.counts, smaa(scorer, free(4), draws=2000, rng=dice(1)).counts)


def test_large_tables_give_the_same_seed_the_same_answer_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SMALL", 0)
    doubtful = a_table(some_values(200, 4))
    doubtful.first[::3, 2] = np.nan
    doubtful.law[::3, 2] = Law.MISSING
    for scorer in (weighted_sum(anchored(doubtful)), Linear(some_values(300, 5))):
        for ranks in (None, 10):
            one, other = run(scorer, ranks=ranks), run(scorer, ranks=ranks)
            assert np.array_equal(one.counts, other.counts)
            assert np.array_equal(one.central_weights, other.central_weights, equal_nan=True)


def test_twins_share_their_ranks() -> None:
    values = some_values(5, 3)
    values[3] = values[1]

    found = run(Linear(values))
    few = module._many(Linear(values), free(3), 500, dice(), 2)

    assert found.acceptability[1] == pytest.approx(found.acceptability[3])
    assert found.expected_rank[1] == found.expected_rank[3]
    assert few.acceptability[1] == pytest.approx(few.acceptability[3])
    assert found.acceptability.sum(axis=0) == pytest.approx(1.0)
    chance = winning(Linear(values), free(3), draws=0, rng=dice()).chance
    assert chance[1, 3] == chance[3, 1] == 0.5


def test_central_weights_put_their_alternative_first() -> None:
    scorer = Linear(some_values(8, 4))

    found = run(scorer)

    for who in np.flatnonzero(found.counts[:, 0]):
        scores = scorer.scores(found.central_weights[[who]], dice())[0]
        assert scores.argmax() == who
        assert found.confidence[who] == 1.0
    assert np.isnan(found.central_weights[found.counts[:, 0] == 0]).all()


def test_a_missing_value_is_doubt_and_no_nought() -> None:
    table = a_table([[0.4, 0.5], [0.4001, 0.5001]])
    table.first[1, 1], table.law[1, 1] = np.nan, Law.MISSING

    found = run(weighted_sum(anchored(table)), draws=20_000)

    assert found.acceptability[1, 0] == pytest.approx(0.5, abs=0.02)
    assert 0.4 < found.confidence[1] < 0.9


def test_normal_doubt_adds_up_as_if_each_cell_were_drawn() -> None:
    table = a_table(some_values(4, 3))
    table.law[1:3], table.second[1:3] = Law.NORMAL, 0.15
    values = anchored(table)
    weights = free(3).sample(200_000, dice())

    quick = values.noise(weights, dice(1)) + weights @ values.fixed.T
    slow = np.einsum("bk,bik->bi", weights, values.sample(200_000, dice(2)))

    assert quick.mean(axis=0) == pytest.approx(slow.mean(axis=0), abs=2e-3)
    assert quick.std(axis=0) == pytest.approx(slow.std(axis=0), rel=0.01)


def test_fixed_weights_rank_once_and_for_all() -> None:
    values = some_values(6, 3)

    found = smaa(Linear(values), fixed([1, 1, 1]), draws=10, rng=dice())

    assert sorted(found.expected_rank) == pytest.approx(range(1, 7))
    assert (found.rank_quantiles == found.expected_rank[:, None]).all()


def test_one_alternative_is_first() -> None:
    found = run(Linear(np.array([[0.3, 0.4]])), draws=10)

    assert found.acceptability.tolist() == [[1.0]]
    assert found.expected_rank.tolist() == [1.0]


def test_few_and_many_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Linear(some_values(150, 7))
    few = run(scorer, draws=3000)

    monkeypatch.setattr(module, "SMALL", 0)
    many = run(scorer, draws=3000)
    first = run(scorer, draws=3000, ranks=12)

    # float32 may swap two that are closer than it can tell.
    assert np.abs(few.counts.astype(int) - many.counts).sum() <= 20
    assert np.abs(first.counts.astype(int) - many.counts[:, :12]).sum() <= 20
    assert many.expected_rank == pytest.approx(few.expected_rank, abs=0.01)
    assert many.central_weights == pytest.approx(few.central_weights, abs=0.02, nan_ok=True)
    assert np.abs(many.rank_quantiles - few.rank_quantiles).max() <= 1
    assert first.ranked_draws == 1024
    assert np.abs(first.rank_quantiles - few.rank_quantiles).max() <= 12


needs_compiler = pytest.mark.skipif(compiled.library() is None, reason="needs a C compiler")


@needs_compiler
@pytest.mark.parametrize("count", [1, 2, 31, 33, 1000, 3000])
@pytest.mark.parametrize("draws", [1, 12, 31])
def test_c_and_numpy_do_the_same(count: int, draws: int) -> None:
    quick, plain = compiled.library(), kernels.Numpy()
    assert quick is not None
    values = some_values(count, 9)
    table = kernels.padded(values)
    weights = free(9).sample(draws, dice()).astype(np.float32)
    scores = weights @ table
    keep = min(20, count)
    best, plain_best = (np.empty((draws, keep), np.int32) for _ in range(2))
    ranks, plain_ranks = (np.empty((draws, count), np.uint16) for _ in range(2))

    quick.best_of(scores, count, best)
    plain.best_of(scores, count, plain_best)
    quick.ranks_of(scores, ranks)
    plain.ranks_of(scores, plain_ranks)

    assert np.array_equal(best, plain_best)
    assert np.array_equal(ranks, plain_ranks)
    # With scores of their own the last bit may differ, and two neighbours change places.
    quick.best(table, weights, count, best)
    quick.ranks(table, weights, ranks)
    assert (best != plain_best).mean() < 0.01
    assert (ranks != plain_ranks).mean() < 0.01
    counts, plain_counts = (np.zeros((count, count), np.uint32) for _ in range(2))
    quick.tally(plain_ranks, counts)
    plain.tally(plain_ranks, plain_counts)
    assert np.array_equal(counts, plain_counts)
    assert quick.pairs(values) == pytest.approx(plain.pairs(values), abs=1e-12)


@needs_compiler
def test_equal_scores_stand_in_the_order_they_came() -> None:
    quick = compiled.library()
    assert quick is not None
    ranks = np.empty((2, 40), np.uint16)

    quick.ranks_of(np.zeros((2, 64), np.float32), ranks)

    assert (ranks == np.arange(40)).all()


def test_without_a_compiler_numpy_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Linear(some_values(150, 7))
    monkeypatch.setattr(module, "SMALL", 0)
    usual = run(scorer)
    monkeypatch.setattr(compiled, "library", lambda: None)

    plain, first = run(scorer), run(scorer, ranks=5)

    assert np.abs(plain.counts.astype(int) - usual.counts).sum() <= 20
    assert np.abs(first.counts.astype(int) - usual.counts[:, :5]).sum() <= 20


def test_a_cache_that_others_can_write_to_is_not_used(
    tmp_path,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def] # pytest's own
) -> None:
    (tmp_path / "kembar").mkdir()
    (tmp_path / "kembar").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert compiled.library.__wrapped__() is None

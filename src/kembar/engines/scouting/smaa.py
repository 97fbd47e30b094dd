"""How often each alternative takes each rank, over all weights that somebody might mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kembar.engines.scouting import kernels
from kembar.engines.scouting.compiled import MOST, in_parallel
from kembar.engines.scouting.criteria import Floats
from kembar.engines.scouting.methods import ONE_THREAD, Dice, Linear, Scorer
from kembar.engines.scouting.weights import WeightSpace

Counts = NDArray[np.uint32]

LEVELS: Final = (0.05, 0.5, 0.95)
"""Of the rank quantiles."""

# Up to here numpy in double precision takes some tens of milliseconds, and its answer is the same
# on every machine; beyond, float32 and, where there is a compiler, C.
SMALL: Final = 4_000_000
WHOLE_TABLE: Final = 4096
FIRST_RANKS: Final = 20
_CHUNK: Final = 10_240
# A few thousand draws of a small table stay in the cache.
_SMALL_CHUNK: Final = 2048
_BLOCK_SCORES: Final = 1 << 19
_RANKED_SCORES: Final = 1 << 25


@dataclass(frozen=True, eq=False)
class Acceptability:
    """What the draws say.

    Attributes
    ----------
    draws
        How many weights were drawn.
    counts : array of shape (m, ranks)
        How often each alternative took rank 1, 2, ...; all ranks, or the first.
    expected_rank : array of shape (m,), from 1
    expected_rank_error : array of shape (m,)
        Its Monte-Carlo standard error.
    rank_quantiles : array of shape (m, 3), from 1
        At `LEVELS`.
    ranked_draws
        Of how many draws the two before are; all, unless only the first ranks were counted.
    central_weights : array of shape (m, n)
        Mean of the weights that put an alternative first; NaN where none did.
    confidence : array of shape (m,)
        Chance of being first under its central weights, the values being in doubt; NaN where it
        was never first, or too seldom to be worth the time.
    twins
        Groups of alternatives without any difference.
    """

    draws: int
    counts: Counts
    expected_rank: Floats
    expected_rank_error: Floats
    rank_quantiles: NDArray[np.int64]
    ranked_draws: int
    central_weights: Floats
    confidence: Floats
    twins: tuple[NDArray[np.intp], ...]

    @cached_property
    def acceptability(self) -> Floats:
        """Share of draws in which each alternative took each rank; twins share theirs."""
        shares = self.counts / self.draws
        for group in self.twins:
            shares[group] = shares[group].mean(axis=0)
        return shares

    @cached_property
    def standard_error(self) -> Floats:
        """Monte-Carlo standard error of each share, as if each draw were a throw of a coin."""
        return np.sqrt(self.acceptability * (1 - self.acceptability) / self.draws)


def smaa(
    scorer: Scorer,
    space: WeightSpace,
    *,
    draws: int,
    rng: Dice,
    ranks: int | None = None,
    confidence: bool = True,
) -> Acceptability:
    """Return how acceptable each alternative is for each rank (SMAA-2).

    Parameters
    ----------
    scorer
        A method made ready, such as `weighted_sum(values)`.
    space
        Of the same criteria.
    draws
        10,000 give a standard error of at most half a point.
    rng
        The dice; the same seed gives the same answer bit for bit on one machine, and up to
        `SMALL` scores on all machines.
    ranks
        How many ranks to count; left out, all up to 4,096 alternatives, else the first 20.
        With few, memory does not grow with the draws, nor with the square of the alternatives.
    confidence
        Whether to work out the confidence too, which takes longest where values are in doubt;
        all else is the same to the last bit.

    Returns
    -------
    Acceptability

    References
    ----------
    Lahdelma and Salminen (2001), "SMAA-2"; Tervonen and Lahdelma (2007), "Implementing
    stochastic multicriteria acceptability analysis".
    """
    count, criteria = scorer.shape
    if draws < 1 or space.size != criteria:
        raise ValueError(f"{draws} draws of {space.size} weights for {criteria} criteria")
    wanted = ranks or (count if count <= WHOLE_TABLE else FIRST_RANKS)
    if count * draws <= SMALL:
        found = _few(scorer, space, draws, rng)
        found = replace(found, counts=found.counts[:, : min(wanted, count)])
    else:
        found = _many(scorer, space, draws, rng, min(wanted, count))
    return replace(found, confidence=_confidence(scorer, found, rng)) if confidence else found


def _chunks(draws: int, space: WeightSpace, rng: Dice) -> Iterator[tuple[int, Floats]]:
    """Yield weights piece by piece, so that memory does not grow with the draws."""
    for start in range(0, draws, _CHUNK):
        yield start, space.sample(min(_CHUNK, draws - start), rng)


def _few(scorer: Scorer, space: WeightSpace, draws: int, rng: Dice) -> Acceptability:
    """All ranks in double precision."""
    count, criteria = scorer.shape
    counts = np.zeros(count * count, dtype=np.int64)
    sums = _Sums(count, criteria)
    places = np.arange(count)[:, None] * count
    for _start, chunk in _chunks(draws, space, rng):
        for start in range(0, len(chunk), _SMALL_CHUNK):
            weights = chunk[start : start + _SMALL_CHUNK]
            ranks = ranks_of(scorer.scores(weights, rng))
            counts += np.bincount((ranks + places).ravel(), minlength=len(counts))
            sums.add(ranks.argmin(axis=0), weights)
    return _summed(scorer, draws, counts.reshape(count, count).astype(np.uint32), sums)


def ranks_of(scores: Floats) -> NDArray[np.integer[Any]]:
    """Return the rank of each alternative in each draw, 0 for the best.

    Parameters
    ----------
    scores : array of shape (draws, m)

    Returns
    -------
    array of shape (m, draws)
        On equal scores the earlier alternative ranks higher.
    """
    across = np.ascontiguousarray(scores.T)
    count = len(across)
    if count > 64:
        order = np.argsort(-scores, axis=1, kind="stable")
        ranks = np.empty(across.shape, dtype=np.intp)
        np.put_along_axis(ranks, order.T, np.arange(count)[:, None], axis=0)
        return ranks
    # For a few alternatives, comparing each two is quicker than sorting each draw: each is put
    # behind those before it that score as much, and they behind it where they do not.
    small = np.zeros(across.shape, dtype=np.uint8)
    room = np.empty(across.shape, dtype=np.bool_)
    for one in range(count - 1):
        later = slice(one + 1, None)
        behind = np.less_equal(across[later], across[one], out=room[later]).view(np.uint8)
        small[later] += behind
        small[one] += np.uint8(count - 1 - one) - np.add.reduce(behind, axis=0, dtype=np.uint8)
    return small


def _many(scorer: Scorer, space: WeightSpace, draws: int, rng: Dice, wanted: int) -> Acceptability:
    """Block by block in float32 on all processors."""
    count, criteria = scorer.shape
    whole = wanted == count
    at_once = min(draws, _CHUNK if whole else min(1024, _RANKED_SCORES // count))
    blocks = _Blocks(scorer, kernels.chosen(count), at_once)
    sums = _Sums(count, criteria)
    if whole:
        counts = np.zeros((count, count), dtype=np.uint32)
        for _start, weights in _chunks(draws, space, rng):
            ranks = blocks.ranks(weights, rng)
            blocks.kernel.tally(ranks, counts)
            sums.add(ranks.argmin(axis=1), weights)
        return _summed(scorer, draws, counts, sums)
    flat = np.zeros(count * wanted, dtype=np.uint32)
    places = np.arange(wanted)
    for start, weights in _chunks(draws, space, rng):
        best = blocks.best(weights, rng, wanted)
        np.add.at(flat, (best.astype(np.int64) * wanted + places).ravel(), np.uint32(1))
        sums.add(best[:, 0], weights)
        if start == 0:
            ranked = blocks.ranks(weights[:at_once], rng)
    return _summed(scorer, draws, flat.reshape(count, wanted), sums, ranked)


class _Blocks:
    """Weights of a chunk taken some at a time, each block on a processor of its own.

    `room` is for the ranks of as many draws as are ranked at once.
    """

    def __init__(self, scorer: Scorer, kernel: kernels.Kernel, draws: int) -> None:
        self.scorer = scorer
        self.kernel = kernel
        self.count = scorer.shape[0]
        certain = isinstance(scorer, Linear) and not scorer.uncertain
        self.table = kernels.padded(scorer.worth) if isinstance(scorer, Linear) else None
        # Loops that make their own scores keep few of them at a time.
        self.fused = self.table if certain else None
        # The likely winners first, so that the others are seen to be no match at a glance.
        self.order = np.arange(self.count, dtype=np.int32)
        if self.fused is not None and isinstance(scorer, Linear):
            self.order = np.argsort(-scorer.worth.sum(axis=1), kind="stable").astype(np.int32)
            self.ordered = kernels.padded(scorer.worth[self.order])
        kind = np.uint16 if self.count <= MOST else np.uint32
        self.room: kernels.Ranks = np.empty((draws, self.count), dtype=kind)
        few = max(12, _BLOCK_SCORES // self.count // 12 * 12)
        self.size = kernel.draws_at_once if certain and kernel.draws_at_once else few

    def ranks(self, weights: Floats, rng: Dice) -> kernels.Ranks:
        """Return ranks (draws, m), until the next call."""
        ranks = self.room[: len(weights)]

        def part(block: slice, dice: Dice) -> None:
            if self.fused is not None:
                some = weights[block].astype(np.float32)
                self.kernel.ranks(self.fused, some, ranks[block])
            else:
                self.kernel.ranks_of(self._scores(weights[block], dice), ranks[block])

        self._each(part, len(weights), rng)
        return ranks

    def best(self, weights: Floats, rng: Dice, keep: int) -> kernels.Indices:
        """Return the best alternatives (draws, keep)."""
        best = np.empty((len(weights), keep), dtype=np.int32)

        def part(block: slice, dice: Dice) -> None:
            if self.fused is not None:
                some = weights[block].astype(np.float32)
                self.kernel.best(self.ordered, some, self.count, best[block])
                best[block] = self.order[best[block]]
            else:
                self.kernel.best_of(self._scores(weights[block], dice), self.count, best[block])

        self._each(part, len(weights), rng)
        return best

    def _scores(self, weights: Floats, rng: Dice) -> kernels.Scores:
        if self.table is None:
            return self.scorer.scores(weights, rng).astype(np.float32)
        few = weights.astype(np.float32)
        scores = np.empty((len(few), self.table.shape[1]), dtype=np.float32)
        # Blocks run side by side already: threads of BLAS within them would wait for each other.
        rows = max(8, ONE_THREAD // self.table.size)
        for start in range(0, len(few), rows):
            some = slice(start, start + rows)
            np.matmul(few[some], self.table, out=scores[some])
        if isinstance(self.scorer, Linear) and self.scorer.doubt is not None:
            scores[:, : self.count] += self.scorer.doubt.noise(weights, rng)
        return scores

    def _each(self, part: Callable[[slice, Dice], None], draws: int, rng: Dice) -> None:
        starts = range(0, draws, self.size)
        # Dice for each block, so that it does not matter which processor is first.
        dice = rng.spawn(len(starts)) if self.scorer.uncertain else [rng] * len(starts)

        def run(number: int) -> None:
            start = starts[number]
            part(slice(start, min(start + self.size, draws)), dice[number])

        in_parallel(run, range(len(starts)))


class _Sums:
    """Sums of the weights that put each alternative first."""

    def __init__(self, count: int, criteria: int) -> None:
        self.weights = np.zeros((count, criteria))
        self.times = np.zeros(count, dtype=np.int64)

    def add(self, first: NDArray[np.integer[Any]], weights: Floats) -> None:
        times = np.bincount(first, minlength=len(self.times))
        self.times += times
        (who,) = np.nonzero(times)
        criteria = weights.shape[1]
        # The cells of those who were first at all: of many alternatives they are few.
        start = np.zeros(len(times), dtype=np.intp)
        start[who] = np.arange(len(who)) * criteria
        cells = (start[first][:, None] + np.arange(criteria)).ravel()
        sums = np.bincount(cells, weights=weights.ravel(), minlength=len(who) * criteria)
        self.weights[who] += sums.reshape(len(who), criteria)

    def centres(self, twins: tuple[NDArray[np.intp], ...]) -> Floats:
        weights, times = self.weights.copy(), self.times.astype(np.float64)
        for group in twins:
            weights[group], times[group] = weights[group].mean(axis=0), times[group].mean()
        share = times[:, None]
        return np.divide(weights, share, out=np.full_like(weights, np.nan), where=share > 0)


def _summed(
    scorer: Scorer,
    draws: int,
    counts: Counts,
    sums: _Sums,
    ranked: kernels.Ranks | None = None,
) -> Acceptability:
    twins = _twins(scorer)
    if ranked is None:
        mean, spread, quantiles = _of_counts(counts, draws, twins)
    else:
        mean, spread, quantiles = _of_ranks(ranked, twins)
    ranked_draws = draws if ranked is None else len(ranked)
    return Acceptability(
        draws=draws,
        counts=counts,
        expected_rank=mean,
        expected_rank_error=spread / np.sqrt(ranked_draws),
        rank_quantiles=quantiles,
        ranked_draws=ranked_draws,
        central_weights=sums.centres(twins),
        confidence=np.full(len(counts), np.nan),
        twins=twins,
    )


Summary = tuple[Floats, Floats, NDArray[np.int64]]


def _of_counts(counts: Counts, draws: int, twins: tuple[NDArray[np.intp], ...]) -> Summary:
    """Return mean, standard deviation and quantiles of the rank of each alternative."""
    size = len(counts)
    places = np.arange(size, dtype=np.float64)
    moments = np.empty((size, 2))
    quantiles = np.empty((size, len(LEVELS)), dtype=np.int64)
    needed = np.ceil(np.array(LEVELS) * draws)

    def rows(start: int) -> None:
        some = slice(start, start + 256)
        block = counts[some].astype(np.float64)
        moments[some, 0] = np.einsum("ij,j->i", block, places) / draws
        moments[some, 1] = np.einsum("ij,j->i", block, places**2) / draws
        running = np.cumsum(counts[some], axis=1, dtype=np.uint32)
        for number, row in enumerate(running, start):
            quantiles[number] = np.searchsorted(row, needed) + 1

    starts = range(0, size, 256)
    if len(starts) > 1:
        in_parallel(rows, starts)
    else:
        rows(0)
    for group in twins:
        moments[group] = moments[group].mean(axis=0)
        together = counts[group].sum(axis=0, dtype=np.int64).cumsum()
        quantiles[group] = np.searchsorted(together, needed * len(group)) + 1
    spread = np.sqrt(np.maximum(moments[:, 1] - moments[:, 0] ** 2, 0.0))
    return moments[:, 0] + 1, spread, quantiles


def _of_ranks(ranked: kernels.Ranks, twins: tuple[NDArray[np.intp], ...]) -> Summary:
    """Return the same from ranks (draws, m) themselves."""
    draws, size = ranked.shape
    places = np.maximum(np.ceil(np.array(LEVELS) * draws).astype(np.intp) - 1, 0)
    mean, spread = np.empty(size), np.empty(size)
    quantiles = np.empty((size, len(LEVELS)), dtype=np.int64)

    def columns(start: int) -> None:
        some = np.sort(ranked[:, start : start + 512].T, axis=1)
        stop = start + len(some)
        quantiles[start:stop] = some[:, places] + 1
        mean[start:stop], spread[start:stop] = some.mean(axis=1) + 1, some.std(axis=1)

    in_parallel(columns, range(0, size, 512))
    for group in twins:
        together = np.sort(ranked[:, group], axis=None)
        at = np.maximum(np.ceil(np.array(LEVELS) * len(together)).astype(np.intp) - 1, 0)
        quantiles[group] = together[at] + 1
        mean[group], spread[group] = together.mean() + 1, together.std()
    return mean, spread, quantiles


def _twins(scorer: Scorer) -> tuple[NDArray[np.intp], ...]:
    """Return groups of alternatives that no weights can tell apart."""
    if scorer.uncertain:
        return ()
    parts = scorer.worth if isinstance(scorer, Linear) else getattr(scorer, "to_best", None)
    if parts is None or len(parts) < 2:
        return ()
    # Rows alike have the same mark; sorting marks is quicker than sorting rows.
    mark = np.zeros(len(parts))
    for number, column in enumerate(parts.T):
        mark += column * np.cos(1.0 + number)
    order = np.argsort(mark, kind="stable")
    same = (parts[order[1:]] == parts[order[:-1]]).all(axis=1)
    if not same.any():
        return ()
    edges = np.flatnonzero(np.concatenate(([True], ~same)))
    return tuple(np.sort(each) for each in np.split(order, edges[1:]) if len(each) > 1)


_CONFIDENCE_DRAWS: Final = 10_000
_CONFIDENCE_SCORES: Final = 20_000_000


def _confidence(scorer: Scorer, found: Acceptability, rng: Dice) -> Floats:
    """Return the chance of each alternative to be first under its own central weights."""
    confidence = np.full(len(found.counts), np.nan)
    (ever,) = np.nonzero(~np.isnan(found.central_weights[:, 0]))
    if isinstance(scorer, Linear) and not scorer.uncertain:
        # The weights that put it first form a convex set, and their mean lies in it.
        confidence[ever] = 1.0
        return confidence
    # The likeliest first, as many as there is time for.
    ever = ever[np.argsort(-found.counts[ever, 0], kind="stable")][:50]
    per_one = _CONFIDENCE_SCORES // (len(ever) * len(confidence))
    count = max(200, min(_CONFIDENCE_DRAWS, per_one)) if scorer.uncertain else 1
    for one in ever:
        weights = np.repeat(found.central_weights[[one]], count, axis=0)
        if isinstance(scorer, Linear) and scorer.doubt is not None:
            # The weights are the same in every draw: only the doubt has to be drawn.
            scores = scorer.worth @ weights[0] + scorer.doubt.noise(weights, rng)
        else:
            scores = scorer.scores(weights, rng)
        confidence[one] = (scores.argmax(axis=1) == one).mean()
    return confidence

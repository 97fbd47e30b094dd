"""Alternatives and criteria, and how their values become comparable without losing their doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kembar.engines.errors import KembarError

Floats = NDArray[np.float64]
Direction = Literal["more", "less"]


@dataclass(frozen=True)
class Criterion:
    """What alternatives are compared by, on a scale with fixed ends.

    The ends are absolute: they come from the question, not from the alternatives at hand, so
    that one more alternative changes no score and reverses no order.

    Parameters
    ----------
    code
        Short name, unique in a table.
    worst, best
        The values, in `unit`, that count 0 and 1; `best` may be the smaller one.
    group
        Criteria of one group share its weight; empty means a group of its own.
    unit, name, source
        What people read.
    capped
        Whether a value beyond an end counts as that end.
    """

    code: str
    worst: float
    best: float
    group: str = ""
    unit: str = ""
    name: str = ""
    source: str = ""
    capped: bool = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.worst) and np.isfinite(self.best)):
            raise KembarError("scout.anchor_not_finite", criterion=self.code)
        if self.worst == self.best:
            raise KembarError("scout.anchors_equal", criterion=self.code, value=self.worst)

    @property
    def direction(self) -> Direction:
        return "more" if self.best > self.worst else "less"

    @property
    def span(self) -> float:
        """From worst to best, in the unit of the criterion; negative where less is better."""
        return self.best - self.worst


class Law(IntEnum):
    """How sure a cell is. The two numbers of a cell mean:"""

    EXACT = 0  # the value, nothing
    NORMAL = 1  # mean, standard deviation
    BETWEEN = 2  # lowest, highest; all between them equally likely
    LOGNORMAL = 3  # mean and standard deviation of the logarithm
    MISSING = 4  # nothing, nothing; anywhere between worst and best


@dataclass(frozen=True, eq=False)
class Table:
    """Alternatives x criteria, each cell with what is known about it.

    Parameters
    ----------
    codes : m names, each once
    criteria : n criteria, each code once
    first, second : arrays of shape (m, n), in the unit of each criterion
        The two numbers of the cell's law.
    law : array of shape (m, n)
        Of `Law`; left out, NaN is missing and all else exact.
    keep_constant
        Whether a criterion may be the same for all. In a file that is a slip; among chosen
        candidates it is a fact, and leaving it out would change the weights of the others.

    Raises
    ------
    KembarError
        "scout.empty", "scout.alternative_twice", "scout.criterion_twice", "scout.constant",
        "scout.all_missing", "scout.cell_not_finite", "scout.too_far", "scout.spread_negative".
    """

    codes: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    first: Floats
    second: Floats
    law: NDArray[np.int8]
    keep_constant: bool = False

    @classmethod
    def of(
        cls, codes: Sequence[str], criteria: Sequence[Criterion], values: Sequence[Sequence[float]]
    ) -> Table:
        """Return a table of exact values, in which NaN stands for missing."""
        first = np.array(values, dtype=np.float64).reshape(len(codes), len(criteria))
        law = np.where(np.isnan(first), Law.MISSING, Law.EXACT).astype(np.int8)
        return cls(tuple(codes), tuple(criteria), first, np.zeros_like(first), law)

    def __post_init__(self) -> None:
        if not self.codes or not self.criteria:
            raise KembarError("scout.empty")
        if twice := _repeated(self.codes):
            raise KembarError("scout.alternative_twice", alternative=twice)
        if twice := _repeated([each.code for each in self.criteria]):
            raise KembarError("scout.criterion_twice", criterion=twice)
        known = self.law != Law.MISSING
        for number, criterion in enumerate(self.criteria):
            self._look_at(criterion, number, known[:, number])

    def _look_at(self, criterion: Criterion, number: int, known: NDArray[np.bool_]) -> None:
        first, second = self.first[:, number], self.second[:, number]
        if not known.any():
            raise KembarError("scout.all_missing", criterion=criterion.code)
        broken = known & ~(np.isfinite(first) & np.isfinite(second))
        if broken.any():
            alternative = self.codes[int(broken.argmax())]
            raise KembarError(
                "scout.cell_not_finite", criterion=criterion.code, alternative=alternative
            )
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (np.stack([first, second])[:, known] - criterion.worst) / criterion.span
        if not np.isfinite(scaled).all():
            raise KembarError("scout.too_far", criterion=criterion.code)
        law = self.law[:, number]
        wrong = known & (second < np.where(law == Law.BETWEEN, first, 0.0))
        if wrong.any():
            alternative = self.codes[int(wrong.argmax())]
            raise KembarError(
                "scout.spread_negative", criterion=criterion.code, alternative=alternative
            )
        exact = bool((law == Law.EXACT).all()) and not self.keep_constant
        if exact and len(first) > 1 and bool((first == first[0]).all()):
            raise KembarError("scout.constant", criterion=criterion.code, value=float(first[0]))

    @property
    def groups(self) -> tuple[str, ...]:
        """The group of each criterion; one without a group is a group of its own."""
        return tuple(each.group or each.code for each in self.criteria)

    def only(self, keep: NDArray[np.bool_]) -> Table:
        """Return the alternatives that are kept; raise "scout.all_filtered" if none is."""
        if not keep.any():
            raise KembarError("scout.all_filtered", count=len(keep))
        codes = tuple(code for code, kept in zip(self.codes, keep, strict=True) if kept)
        return Table(
            codes,
            self.criteria,
            self.first[keep],
            self.second[keep],
            self.law[keep],
            self.keep_constant,
        )

    def beyond(self) -> list[tuple[str, str]]:
        """Return the exact cells outside their anchors, as pairs of alternative and criterion."""
        score = np.stack(
            [(self.first[:, k] - c.worst) / c.span for k, c in enumerate(self.criteria)], 1
        )
        outside = (self.law == Law.EXACT) & ((score < -1e-12) | (score > 1 + 1e-12))
        return [(self.codes[i], self.criteria[k].code) for i, k in np.argwhere(outside)]


@dataclass(frozen=True, eq=False)
class Values:
    """A table on the scale from 0 (worst anchor) to 1 (best), with its doubt.

    Attributes
    ----------
    mean : array of shape (m, n)
        Expected value of every cell.
    sd : array of shape (m, n)
        Standard deviation of the cells that are normal; 0 elsewhere.
    drawn : array of shape (cells, 2)
        Alternative and criterion of the cells that are drawn one by one.
    """

    table: Table
    mean: Floats
    sd: Floats
    drawn: NDArray[np.intp]

    @property
    def uncertain(self) -> bool:
        return bool(self.sd.any()) or len(self.drawn) > 0

    @cached_property
    def fixed(self) -> Floats:
        """The mean, and 0 where a cell is drawn: what weights multiply once and for all."""
        fixed = self.mean.copy()
        fixed[tuple(self.drawn.T)] = 0.0
        return fixed

    def noise(self, weights: Floats, rng: np.random.Generator) -> Floats:
        """Return what doubt adds to weighted sums of `fixed`, one future for each draw.

        Independent normal cells add up to one normal for each score, so that one is drawn; cells
        of another law are drawn one by one.

        Parameters
        ----------
        weights : array of shape (draws, n)
        rng
            The dice.

        Returns
        -------
        array of shape (draws, m), on the scale from 0 to 1
        """
        noise = np.zeros((len(weights), len(self.mean)))
        (rows,) = np.nonzero(self.sd.any(axis=1))
        if len(rows):
            spread = np.sqrt(weights**2 @ (self.sd[rows] ** 2).T)
            noise[:, rows] = spread * rng.standard_normal(spread.shape)
        for column, law, rows in self._alike:
            drawn = self._draw(column, law, rows, len(weights), rng)
            noise[:, rows] += weights[:, [column]] * drawn
        return noise

    def sample(self, count: int, rng: np.random.Generator) -> Floats:
        """Return whole tables, each cell drawn by its law: an array of shape (count, m, n)."""
        tables = np.broadcast_to(self.mean, (count, *self.mean.shape)).copy()
        for row, column in np.argwhere(self.sd):
            tables[:, row, column] += self.sd[row, column] * rng.standard_normal(count)
        for column, law, rows in self._alike:
            tables[:, rows, column] = self._draw(column, law, rows, count, rng)
        return tables

    @cached_property
    def _alike(self) -> list[tuple[int, Law, NDArray[np.intp]]]:
        """The drawn cells by criterion and law, so that thousands are drawn at once."""
        rows, columns = self.drawn.T
        laws = self.table.law[rows, columns]
        return [
            (int(column), Law(int(law)), rows[(columns == column) & (laws == law)])
            for column, law in np.unique(np.stack([columns, laws]), axis=1).T
        ]

    def _draw(
        self, column: int, law: Law, rows: NDArray[np.intp], count: int, rng: np.random.Generator
    ) -> Floats:
        """Return draws (count, rows) of cells of one criterion and one law, on the scale."""
        shape = (count, len(rows))
        if law == Law.MISSING:
            return rng.random(shape)
        first, second = self.table.first[rows, column], self.table.second[rows, column]
        if law == Law.BETWEEN:
            raw = rng.uniform(first, second, shape)
        elif law == Law.LOGNORMAL:
            raw = rng.lognormal(first, second, shape)
        else:
            raw = rng.normal(first, second, shape)
        return _scaled(self.table.criteria[column], raw)


def anchored(table: Table) -> Values:
    """Return the values of a table on the scale between its anchors.

    A missing cell may lie anywhere between the anchors with equal chance: it is neither 0 nor
    the average of the others, which would make it depend on who else is in the table.

    Parameters
    ----------
    table
        In the units of its criteria.

    Returns
    -------
    Values
        0 for the worst anchor, 1 for the best; beyond them unless the criterion is capped.

    Examples
    --------
    >>> rain = Criterion("rain_mm", worst=0, best=2000)
    >>> anchored(Table.of(["ID-NT", "CN-JX"], [rain], [[1200], [1700]])).mean
    array([[0.6 ],
           [0.85]])
    """
    capped = np.array([each.capped for each in table.criteria])
    mean = _on_scale(table, table.first)
    span = np.array([abs(each.span) for each in table.criteria])
    normal = (table.law == Law.NORMAL) & ~capped & (table.second > 0)
    sd = np.where(normal, table.second / span, 0.0)
    drawn = np.argwhere((table.law != Law.EXACT) & ~normal)
    for row, column in drawn:
        mean[row, column] = _expected(table, row, column)
    return Values(table, mean, sd, drawn)


# Midpoints of 512 equally likely slices, on which the mean of a capped cell is taken.
_QUANTILES: Final = (np.arange(512) + 0.5) / 512


def _expected(table: Table, row: int, column: int) -> float:
    """Return the mean of a doubtful cell, on the scale."""
    criterion = table.criteria[column]
    law, first, second = (a[row, column] for a in (table.law, table.first, table.second))
    if law == Law.MISSING:
        return 0.5
    if law == Law.BETWEEN:
        if not criterion.capped:
            return float(_scaled(criterion, np.array((first + second) / 2)))
        raw = first + (second - first) * _QUANTILES
    elif law == Law.LOGNORMAL and not criterion.capped:
        return float(_scaled(criterion, np.exp(np.array(first + second**2 / 2))))
    else:
        normal = first + second * np.array([NormalDist().inv_cdf(q) for q in _QUANTILES])
        raw = np.exp(normal) if law == Law.LOGNORMAL else normal
    return float(_scaled(criterion, raw).mean())


def _scaled(criterion: Criterion, raw: Floats) -> Floats:
    scaled = (raw - criterion.worst) / criterion.span
    return np.clip(scaled, 0.0, 1.0) if criterion.capped else scaled


def _on_scale(table: Table, raw: Floats) -> Floats:
    """Return exact values on the scale, column by column."""
    columns = [_scaled(each, raw[:, k]) for k, each in enumerate(table.criteria)]
    return np.stack(columns, axis=1)


def _repeated(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None

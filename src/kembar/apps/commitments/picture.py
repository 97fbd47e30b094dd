"""A picture of promises: a column for each year in which some were due, stacked by what became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kembar.apps.commitments.models import LIVE, State

# From the ground up, and as the legend names them.
SORTS: dict[str, Promise | str] = {
    "kept": State.KEPT.label,
    "partly": State.PARTLY.label,
    "open": _("Not due yet"),
    "overdue": _("Overdue"),
    "lapsed": State.LAPSED.label,
    "broken": State.BROKEN.label,
}
MOST_YEARS = 12
# Fewer would be walls, not columns.
LEAST_PLACES = 6
HEIGHT = 96.0
"""Of the highest column, in pixels."""
ABOVE = 24.0
"""Room for the number over it, in pixels."""


@dataclass(frozen=True)
class Block:
    """A part of a column: its upper edge and its height in pixels."""

    sort: str
    count: int
    y: float
    height: float

    @property
    def name(self) -> str:
        return str(SORTS[self.sort])


@dataclass(frozen=True)
class Column:
    """One year, or, without one, what has no date; `left` and `width` as shares of the picture."""

    year: int | None
    left: float
    width: float
    blocks: Sequence[Block]
    is_now: bool

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def total(self) -> int:
        return sum(block.count for block in self.blocks)

    @property
    def label_y(self) -> float:
        """Where the number stands: a little above the highest block."""
        return min((block.y for block in self.blocks), default=ABOVE + HEIGHT) - 5


@dataclass(frozen=True)
class Picture:
    columns: Sequence[Column]
    # Sort, its name and how many of it there are.
    legend: Sequence[tuple[str, str, int]]
    # How many lie before the first year drawn.
    earlier: int


def draw(rows: Iterable[tuple[int | None, str, bool, int]], this_year: int) -> Picture | None:
    """Return the picture of counts by year, state and lateness; None if none has a date.

    Parameters
    ----------
    rows
        The year due (None: no date), the state, whether it is overdue, and how many.
    """
    counts: dict[int | None, Counter[str]] = {}
    for year, state, late, number in rows:
        counts.setdefault(year, Counter())[_sort(state, late=late)] += number
    dated = [year for year in counts if year is not None]
    if not dated:
        return None
    last = max(*dated, this_year)
    first = max(min(dated), last - MOST_YEARS + 1)
    years: list[int | None] = list(range(first, last + 1))
    earlier = sum(sum(counts[year].values()) for year in dated if year < first)
    if None in counts:
        years.append(None)
    most = max(sum(counts.get(year, Counter()).values()) for year in years)
    columns = [
        _column(
            year, counts.get(year, Counter()), (at, max(len(years), LEAST_PLACES)), most, this_year
        )
        for at, year in enumerate(years)
    ]
    sums: Counter[str] = Counter()
    for each in counts.values():
        sums.update(each)
    legend = [(sort, str(name), sums[sort]) for sort, name in SORTS.items() if sums[sort]]
    return Picture(columns, legend, earlier)


def _sort(state: str, *, late: bool) -> str:
    if state in LIVE:
        return "overdue" if late else "open"
    return state


def _column(
    year: int | None, counts: Counter[str], place: tuple[int, int], most: int, this_year: int
) -> Column:
    at, of = place
    blocks, ground = [], ABOVE + HEIGHT
    for sort in SORTS:
        if counts[sort]:
            height = HEIGHT * counts[sort] / most
            ground -= height
            blocks.append(Block(sort, counts[sort], round(ground, 2), round(height, 2)))
    return Column(year, (at + 0.15) / of, 0.7 / of, blocks, is_now=year == this_year)

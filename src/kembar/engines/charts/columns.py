"""Columns over time: counts of months side by side, and a limit that they may reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

from kembar.engines.charts.svg import (
    SMALL,
    WIDTH,
    Number,
    Role,
    box,
    fit,
    key,
    known,
    line,
    numbered,
    picture,
    plain_number,
    text_width,
    ticks,
    write,
)

_PANEL: Final = 118.0
_RIGHT: Final = 6.0


@dataclass(frozen=True)
class Series:
    """Counts of one kind, one a column; NaN where nothing is known, which is not nothing.

    Attributes
    ----------
    name
    values : as many as there are columns
    role
    """

    name: str
    values: Sequence[float]
    role: Role = "other"


def columns(
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    names: Sequence[str],
    head: str = "",
    limit: float = nan,
    limit_name: str = "",
    number: Number = plain_number,
    width: float = WIDTH,
) -> str:
    """Return columns on one scale that begins at nothing.

    Parameters
    ----------
    series
        One to three; the columns of one name stand side by side.
    names
        What stands under each column.
    head
        What is counted.
    limit
        Drawn as a dashed line across, if it is a number.
    limit_name
        What the line means.
    """
    counts = [float(v) for each in series for v in each.values if known(v)]
    scale = ticks(0.0, max([*counts, limit if known(limit) else 0.0, 1.0]), 3)
    left = max(text_width(number(value), SMALL) for value in scale) + 8
    parts, y = key([(each.role, each.name) for each in series], y=12, width=width)
    parts.append(write(0, y + SMALL, fit(head, width, SMALL), "chart-small chart-head"))
    top = y + SMALL + 6

    def height(value: float) -> float:
        return top + _PANEL - (value / scale[-1]) * (_PANEL - 8)

    for value in scale:
        parts.append(line(left, height(value), width - _RIGHT, height(value), "chart-grid"))
        parts.append(write(left - 5, height(value) + 4, number(value), "chart-small", anchor="end"))
    step = (width - left - _RIGHT) / max(len(names), 1)
    wide = step * 0.8 / max(len(series), 1)
    for at, each in enumerate(series):
        for column, count in enumerate(each.values[: len(names)]):
            if known(count):
                x = left + step * column + step * 0.1 + wide * at
                said = f"{each.name}, {names[column]}: {number(count)}"
                high = height(0) - height(count)
                look = f"chart-bar chart-{each.role}"
                parts.append(box(x, height(count), wide * 0.92, high, look, said))
    if known(limit):
        parts.append(line(left, height(limit), width - _RIGHT, height(limit), "chart-now"))
    y = height(0)
    for x, name in numbered(names, start=left + step / 2, step=step):
        parts.append(write(x, y + 15, fit(name, step, SMALL), "chart-small", anchor="middle"))
    y += 22
    if known(limit) and limit_name:
        parts.append(line(0, y + 6, 18, y + 6, "chart-now"))
        parts.append(write(24, y + 10, fit(limit_name, width - 24, SMALL), "chart-small"))
        y += 18
    return picture("columns", parts, width=width, height=y, title=title, description=description)

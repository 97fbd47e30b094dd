"""Bars: shares of a whole, chances of ranks, and what speaks for a candidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kembar.engines.charts.style import FULL, HEAT, PARTS
from kembar.engines.charts.svg import (
    SMALL,
    TEXT,
    WIDTH,
    Number,
    Role,
    box,
    dot,
    fit,
    known,
    line,
    picture,
    plain_number,
    plain_percent,
    text_width,
    write,
)

_ROW: Final = 24.0
_NAMES: Final = 0.36
# A share of less than half a per cent would be written as 0 %.
_LEAST: Final = 0.005


@dataclass(frozen=True)
class Part:
    """A named number: a share from 0 to 1, or points.

    Attributes
    ----------
    name
    value
    role
        Whose it is, where the parts of one picture are not all the same one's.
    """

    name: str
    value: float
    role: Role | None = None


@dataclass(frozen=True)
class Stack:
    """A whole and its parts, the largest first; what the parts leave is left empty."""

    name: str
    parts: Sequence[Part]
    role: Role = "other"


@dataclass(frozen=True)
class Chance:
    """How a candidate may rank.

    Attributes
    ----------
    name
    first : 0 to 1
        Share of the weights that put it first.
    low, middle, high : ranks, from 1
        With 5, 50 (or the mean) and 95 % of the draws.
    role
    """

    name: str
    first: float
    low: float
    middle: float
    high: float
    role: Role = "other"


def shares(
    stacks: Sequence[Stack],
    *,
    title: str,
    description: str,
    percent: Number = plain_percent,
    width: float = WIDTH,
) -> str:
    """Return one bar a whole, cut into its parts; parts too small for a name are named below."""
    parts: list[str] = []
    y = 0.0
    for stack in stacks:
        parts.append(write(0, y + TEXT, fit(stack.name, width), f"chart-name chart-{stack.role}"))
        y += TEXT + 8
        drawn, below = _stack(stack, y, percent, width)
        parts += drawn
        y += 26
        for row in below:
            parts.append(write(0, y + SMALL, row, "chart-small"))
            y += SMALL + 5
        y += 10
    return picture(
        "shares", parts, width=width, height=max(y, 20), title=title, description=description
    )


def _stack(stack: Stack, y: float, percent: Number, width: float) -> tuple[list[str], list[str]]:
    kept = [each for each in stack.parts if known(each.value) and each.value >= _LEAST]
    whole = max(sum(each.value for each in kept), 1.0)
    drawn = [box(0, y, width, 20, "chart-empty")]
    below: list[str] = []
    x = 0.0
    for at, each in enumerate(kept):
        wide = each.value / whole * width
        said = f"{each.name} {percent(each.value)}"
        step = min(at, len(PARTS) - 1)
        # A gap tells neighbours apart where their tones are alike.
        drawn.append(
            box(x, y, max(wide - 1, 0.3), 20, f"chart-part-{step} chart-{stack.role}", said)
        )
        if text_width(said, SMALL) + 8 <= wide:
            drawn.append(write(x + 5, y + 14.5, said, _ink(PARTS[step])))
        else:
            below.append(said)
        x += wide
    return drawn, _wrapped(below, width)


def _wrapped(names: Sequence[str], width: float) -> list[str]:
    """Return names joined into lines that fit."""
    rows: list[str] = []
    for name in names:
        joined = f"{rows[-1]}, {name}" if rows else name
        if rows and text_width(joined, SMALL) <= width:
            rows[-1] = joined
        else:
            rows.append(fit(name, width, SMALL))
    return rows


def ranks(
    chances: Sequence[Chance],
    *,
    title: str,
    description: str,
    count: int,
    first: str = "",
    places: str = "",
    percent: Number = plain_percent,
    number: Number = plain_number,
    width: float = WIDTH,
) -> str:
    """Return for each candidate its chance of the first rank and the range of its ranks.

    Parameters
    ----------
    chances
        From the top down.
    count
        How many ranks there are.
    first, places
        What stands above the bars, and above the ranges.
    """
    names, said = width * _NAMES, 44.0
    bars = (width - names - said) * 0.5
    start = names + bars + said
    wide = width - start - 8
    top = SMALL + 8
    heads = fit(first, bars + said - 4, SMALL), fit(places, wide + 8, SMALL)
    parts = [
        write(names, SMALL, heads[0], "chart-small chart-head"),
        write(start, SMALL, heads[1], "chart-small chart-head"),
    ]
    foot = top + _ROW * len(chances)
    scale = max(count - 1, 1)
    for rank in dict.fromkeys((1, (1 + count) // 2, count)) if chances and count > 0 else ():
        x = start + (rank - 1) / scale * wide
        parts.append(line(x, top, x, foot + 2, "chart-grid"))
        anchor = "start" if rank == 1 else "end" if rank == count else "middle"
        parts.append(write(x, foot + 14, number(rank), "chart-small", anchor=anchor))
    for at, each in enumerate(chances):
        y = top + _ROW * at
        middle = y + _ROW / 2
        lit = f"chart-name chart-{each.role}"
        parts.append(write(0, middle + 4.5, fit(each.name, names - 8), lit))
        parts += _first(each, names, y, bars, percent)
        parts += _range(each, start, middle, wide, scale, number)
    height = foot + 20 if chances else top
    return picture("ranks", parts, width=width, height=height, title=title, description=description)


def _first(each: Chance, x: float, y: float, bars: float, percent: Number) -> Iterator[str]:
    yield box(x, y + 7, bars, 10, "chart-empty")
    if known(each.first):
        wide = min(max(each.first, 0.0), 1.0) * bars
        yield box(x, y + 7, wide, 10, f"chart-bar chart-{each.role}")
        said = fit(percent(each.first), 40, SMALL)
        yield write(x + bars + 5, y + 16.5, said, "chart-small")


def _range(
    each: Chance, start: float, y: float, wide: float, scale: int, number: Number
) -> Iterator[str]:
    if not all(known(v) for v in (each.low, each.middle, each.high)):
        return
    low, middle, high = (
        start + min(max((v - 1) / scale, 0.0), 1.0) * wide
        for v in (each.low, each.middle, each.high)
    )
    note = f"{number(each.low)}–{number(each.high)}"
    yield line(low, y, high, y, f"chart-range chart-{each.role}")
    yield dot(middle, y, 4, f"chart-dot chart-{each.role}", note)


def heat(
    rows: Sequence[tuple[str, Role, Sequence[float]]],
    *,
    title: str,
    description: str,
    heads: Sequence[str],
    percent: Number = plain_percent,
    width: float = WIDTH,
) -> str:
    """Return a table of shares whose cells are the fuller the higher the share.

    Parameters
    ----------
    rows
        Name, role and shares from 0 to 1, as many as there are heads.
    heads
        What stands above each column.
    """
    names = width * _NAMES
    cell = (width - names) / max(len(heads), 1)
    top = SMALL + 8
    parts = [
        write(names + cell * (at + 0.5), SMALL, fit(each, cell, SMALL), "chart-small",
              anchor="middle")
        for at, each in enumerate(heads)
    ]  # fmt: skip
    for row, (name, role, values) in enumerate(rows):
        y = top + _ROW * row
        parts.append(write(0, y + 16, fit(name, names - 8), f"chart-name chart-{role}"))
        for at, value in enumerate(values[: len(heads)]):
            parts += _cell(names + cell * at, y, cell, value, role, percent)
    height = top + _ROW * len(rows)
    return picture("heat", parts, width=width, height=height, title=title, description=description)


def _cell(
    x: float, y: float, wide: float, value: float, role: Role, percent: Number
) -> Iterator[str]:
    if not known(value):
        return
    step = round(min(max(value, 0.0), 1.0) * (len(HEAT) - 1))
    said = percent(value)
    yield box(x + 0.5, y + 1, wide - 1, _ROW - 2, f"chart-heat-{step} chart-{role}", said)
    if value >= _LEAST and text_width(said, SMALL) <= wide - 2:
        yield write(x + wide / 2, y + 16, said, _ink(HEAT[step]), anchor="middle")


def _ink(fullness: float) -> str:
    """Return the class of a text on a shape."""
    return f"chart-small {'chart-on' if fullness >= FULL else 'chart-in'}"


def contributions(
    parts: Sequence[Part],
    *,
    title: str,
    description: str,
    number: Number = plain_number,
    role: Role = "partner",
    width: float = WIDTH,
) -> str:
    """Return a bar for each group: what speaks for a candidate to the right, against to the left.

    Parameters
    ----------
    parts
        Names and points, from the top down.
    role
        Whose they are, where a part does not say it itself.
    """
    numbers = [each.value for each in parts if known(each.value)]
    low, high = min([*numbers, 0.0]), max([*numbers, 0.0])
    # Names of offices are long: they may take half of it, for a name that is cut says little.
    longest = max((text_width(each.name, TEXT) for each in parts), default=0.0) + 8
    names = min(max(width * _NAMES, longest), width / 2)
    said = max((text_width(number(v), SMALL) for v in numbers), default=0.0) + 8
    # Each end needs room for a number only if there is a bar on its side; nought stands right.
    before = said if low < 0 else 0.0
    after = said if any(value >= 0 for value in numbers) else 0.0
    room = max(width - names - before - after, 20.0)
    # Values are divided by this one by one: room / span would be infinite for the smallest.
    span = (high - low) or 1.0
    zero = names + before - low / span * room
    drawn = []
    for row, each in enumerate(parts):
        y = _ROW * row
        drawn.append(write(0, y + 16, fit(each.name, names - 8), "chart-name"))
        if not known(each.value):
            continue
        wide = abs(each.value) / span * room
        left = zero - wide if each.value < 0 else zero
        kind = "chart-against" if each.value < 0 else f"chart-bar chart-{each.role or role}"
        drawn.append(box(left, y + 6, wide, 12, kind))
        ends = (left - 5, "end") if each.value < 0 else (left + wide + 5, "start")
        drawn.append(
            write(ends[0], y + 16, fit(number(each.value), said, SMALL), "chart-small",
                  anchor=ends[1])
        )  # fmt: skip
    foot = max(_ROW * len(parts), 8.0)
    drawn.append(line(zero, 2, zero, foot - 2, "chart-axis"))
    return picture("why", drawn, width=width, height=foot, title=title, description=description)

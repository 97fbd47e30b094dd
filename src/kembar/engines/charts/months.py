"""Twelve months of temperature and rain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kembar.engines.charts.svg import (
    SMALL,
    WIDTH,
    Number,
    Role,
    box,
    curve,
    dot,
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

_LEFT: Final = 36.0
_RIGHT: Final = 8.0
_PANEL: Final = 92.0


@dataclass(frozen=True)
class Year:
    """A region month by month, January first; NaN where nothing is known.

    Attributes
    ----------
    name
    temperature_c : 12 numbers, °C
    rain_mm : 12 numbers, mm a month
    role
    """

    name: str
    temperature_c: Sequence[float]
    rain_mm: Sequence[float]
    role: Role = "other"


def months(
    years: Sequence[Year],
    *,
    title: str,
    description: str,
    months: Sequence[str],
    temperature: str = "°C",
    rain: str = "mm",
    apart: bool = False,
    dry_mm: float = 60.0,
    dry: str = "",
    number: Number = plain_number,
    width: float = WIDTH,
) -> str:
    """Return temperature as lines above, rain as bars below, on scales that all years share.

    Parameters
    ----------
    years
        One to three regions.
    months
        Twelve short names.
    temperature, rain
        What stands above each panel: the name with its unit.
    apart
        Each region in panels of its own, one above the other, instead of all in the same.
    dry_mm : mm a month
        A month with less rain is marked by a ring under its name.
    dry
        What the ring means.
    """
    warmth = [float(v) for year in years for v in year.temperature_c if known(v)]
    wet = [float(v) for year in years for v in year.rain_mm if known(v)]
    degrees = ticks(min([*warmth, 0.0]), max([*warmth, 1.0]), 3)
    drops = ticks(0.0, max([*wet, 10.0]), 3)
    parts: list[str] = []
    y = 0.0
    for group in [[each] for each in years] if apart else [list(years)]:
        shown, y = key([(each.role, each.name) for each in group], y=y + 12, width=width)
        parts += shown
        parts += _panel(y, degrees, temperature, number, width)
        for each in group:
            parts.append(_warmth(each, y + SMALL + 6, degrees, width))
        y += _PANEL + SMALL + 16
        parts += _panel(y, drops, rain, number, width)
        for at, each in enumerate(group):
            parts += _rain(each, at, len(group), y + SMALL + 6, drops, width, number)
        y += _PANEL + SMALL + 6
        step = (width - _LEFT - _RIGHT) / 12
        for x, name in numbered(months, start=_LEFT + step / 2, step=step):
            parts.append(write(x, y + 15, fit(name, step, SMALL), "chart-small", anchor="middle"))
        y += 20
        for each in group:
            rings = list(_dry(each, y + 7, dry_mm, width))
            parts += rings
            y += 10 if rings else 0
        y += 6
    if dry and any(known(v) and v < dry_mm for year in years for v in year.rain_mm):
        parts.append(dot(_LEFT - 8, y + 6, 3, "chart-ring chart-other"))
        parts.append(write(_LEFT, y + 10, fit(dry, width - _LEFT, SMALL), "chart-small"))
        y += 18
    return picture(
        "months", parts, width=width, height=max(y, 20), title=title, description=description
    )


def _panel(
    y: float, scale: Sequence[float], head: str, number: Number, width: float
) -> Iterator[str]:
    yield write(0, y + SMALL, fit(head, width, SMALL), "chart-small chart-head")
    for value in scale:
        height = _height(value, y + SMALL + 6, scale)
        yield line(_LEFT, height, width - _RIGHT, height, "chart-grid")
        said = number(value)
        if text_width(said, SMALL) <= _LEFT - 5:
            yield write(_LEFT - 5, height + 4, said, "chart-small", anchor="end")


def _height(value: float, top: float, scale: Sequence[float]) -> float:
    share = (value - scale[0]) / (scale[-1] - scale[0])
    return top + _PANEL - 6 - share * (_PANEL - 10)


def _middles(width: float) -> list[float]:
    step = (width - _LEFT - _RIGHT) / 12
    return [_LEFT + step * (at + 0.5) for at in range(12)]


def _warmth(year: Year, top: float, scale: Sequence[float], width: float) -> str:
    points = [
        (x, _height(value, top, scale) if known(value) else None)
        for x, value in zip(_middles(width), year.temperature_c, strict=False)
    ]
    return curve(points, f"chart-line chart-{year.role}")


def _rain(
    year: Year, at: int, of: int, top: float, scale: Sequence[float], width: float, number: Number
) -> Iterator[str]:
    step = (width - _LEFT - _RIGHT) / 12
    wide = step * 0.76 / of
    foot = _height(scale[0], top, scale)
    for middle, value in zip(_middles(width), year.rain_mm, strict=False):
        if known(value):
            head = min(_height(max(value, 0.0), top, scale), foot)
            left = middle - step * 0.38 + wide * at
            note = f"{year.name}: {number(value)} mm"
            yield box(left, head, wide * 0.9, foot - head, f"chart-bar chart-{year.role}", note)


def _dry(year: Year, y: float, dry_mm: float, width: float) -> Iterator[str]:
    for middle, value in zip(_middles(width), year.rain_mm, strict=False):
        if known(value) and value < dry_mm:
            yield dot(middle, y, 3, f"chart-ring chart-{year.role}")

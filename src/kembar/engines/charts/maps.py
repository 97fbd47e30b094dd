"""Regions as dots on a map without borders."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kembar.engines.charts.style import TONES
from kembar.engines.charts.svg import (
    ROLES,
    TEXT,
    WIDTH,
    Role,
    dot,
    fit,
    key,
    known,
    length,
    line,
    path,
    picture,
    text_width,
    write,
)

Floats = NDArray[np.float64]

MANY: Final = 400
"""With more dots than this, those without a name share one path a tone and have no note."""
_SMALLEST, _LARGEST = 3.0, 9.0
_SMALLEST_OF_MANY, _LARGEST_OF_MANY = 0.9, 3.4
_EDGE: Final = 6.0
# Either cuts the world where nobody lives: in the Bering Strait, or in the middle Atlantic.
_MIDDLES: Final = (11.0, 150.0)
_WIDE: Final = 150.0


@dataclass(frozen=True)
class Dot:
    """A region on the map.

    Attributes
    ----------
    lat, lon : degrees
    name
    value : 0 to 1
        Sets size and tone; None if not known.
    role
    note
        What shows at the pointer.
    """

    lat: float
    lon: float
    name: str
    value: float | None = None
    role: Role = "other"
    note: str = ""


@dataclass(frozen=True)
class Window:
    """A part of the world, degrees; west may be greater than east across the 180th meridian."""

    south: float
    north: float
    west: float
    east: float

    @property
    def degrees_wide(self) -> float:
        """From west to east, degrees."""
        return (self.east - self.west) % 360 or 360.0


@dataclass(frozen=True, eq=False)
class Outline:
    """A border to draw.

    Attributes
    ----------
    rings : arrays of shape (n, 2), degrees, longitude first
    role
    """

    rings: Sequence[ArrayLike]
    role: Role = "other"


def around(dots: Sequence[Dot], *, margin: float = 0.08) -> Window | None:
    """Return the smallest window that holds all dots, with a margin as share of its size."""
    placed = [each for each in dots if known(each.lat) and known(each.lon)]
    if not placed:
        return None
    lons = np.sort(np.array([each.lon for each in placed]) % 360)
    gaps = np.diff(lons, append=lons[0] + 360)
    widest = int(gaps.argmax())
    west, east = float(lons[(widest + 1) % len(lons)]), float(lons[widest])
    lats = [each.lat for each in placed]
    room = max(margin * max((east - west) % 360, max(lats) - min(lats)), 2.0)
    if (east - west) % 360 + 2 * room >= 360:
        west, east = -180 + room, 180 - room
    return Window(
        max(min(lats) - room, -89.0), min(max(lats) + room, 89.0), _turn(west - room),
        _turn(east + room),
    )  # fmt: skip


def equal_earth(lat: Floats, lon: Floats, *, middle: float = 0.0) -> tuple[Floats, Floats]:
    """Return places on the Equal Earth map, x to the east and y to the north, of a unit sphere.

    References
    ----------
    B. Šavrič, T. Patterson, B. Jenny (2018), The Equal Earth map projection, equation 4.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = np.arcsin(math.sqrt(3) / 2 * np.sin(np.radians(lat)))
    square = theta * theta
    sixth = square * square * square
    east = np.radians((lon - middle + 180) % 360 - 180)
    slope = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
    x = 2 * math.sqrt(3) * east * np.cos(theta) / (3 * slope)
    return x, theta * (a1 + a2 * square + sixth * (a3 + a4 * square))


def azimuthal(lat: Floats, lon: Floats, *, centre: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return places on Lambert's azimuthal equal-area map; NaN near the other end of the globe.

    References
    ----------
    J. P. Snyder (1987), Map projections: a working manual, USGS PP 1395, equations 24-2 to 24-4.
    """
    north, south = np.radians(lat), math.radians(centre[0])
    east = np.radians(lon - centre[1])
    cosine = math.sin(south) * np.sin(north) + math.cos(south) * np.cos(north) * np.cos(east)
    scale = np.sqrt(2 / (1 + np.where(cosine > -0.95, cosine, np.nan)))
    x = scale * np.cos(north) * np.sin(east)
    y = math.cos(south) * np.sin(north) - math.sin(south) * np.cos(north) * np.cos(east)
    return x, scale * y


@dataclass(frozen=True)
class _Plane:
    """Where things of the globe lie in the picture."""

    middle: float
    centre: tuple[float, float] | None
    left: float
    top: float
    scale: float
    width: float
    height: float

    def place(self, lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
        """Return places in the picture; NaN where it does not reach."""
        x, y = _flat(lat, lon, self.middle, self.centre)
        x, y = (x - self.left) * self.scale, (self.top - y) * self.scale
        inside = (x >= 0) & (x <= self.width) & (y >= 0) & (y <= self.height)
        return np.where(inside, x, np.nan), np.where(inside, y, np.nan)

    def run(self, lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
        """Return places without cutting at the frame."""
        x, y = _flat(lat, lon, self.middle, self.centre)
        return (x - self.left) * self.scale, (self.top - y) * self.scale


def _flat(
    lat: ArrayLike, lon: ArrayLike, middle: float, centre: tuple[float, float] | None
) -> tuple[Floats, Floats]:
    north, east = np.asarray(lat, np.float64), np.asarray(lon, np.float64)
    if centre is None:
        return equal_earth(north, east, middle=middle)
    return azimuthal(north, east, centre=centre)


def dot_map(
    dots: Sequence[Dot],
    *,
    title: str,
    description: str,
    width: float = WIDTH,
    window: Window | None = None,
    land: tuple[ArrayLike, ArrayLike] | None = None,
    outlines: Sequence[Outline] = (),
    labels: int = 8,
    meaning: Mapping[Role, str] | None = None,
) -> str:
    """Return a map on which equal areas are equal, with a dot for each region.

    Parameters
    ----------
    dots
        Their order does not matter; a dot without a place is left out.
    title, description
        For those who hear the picture.
    window
        The part of the world to show; None for all of it.
    land : latitudes and longitudes, degrees
        Dots that let continents be recognised; `atlas.land()` gives them.
    outlines
        Borders to draw. None by default: they are disputed.
    labels
        How many names to write at most: home, partner, then the highest values.
    meaning
        What each colour means.
    """
    plane = _plane(window, dots, width)
    x, y = plane.place([each.lat for each in dots], [each.lon for each in dots])
    shown = [
        _Shown(each, float(x[at]), float(y[at]), _size(each, len(dots)))
        for at, each in enumerate(dots)
        if math.isfinite(x[at])
    ]
    shown.sort(key=lambda s: (ROLES[::-1].index(s.dot.role), s.value, s.dot.name))
    parts = [_land(land, plane), *_borders(outlines, plane)]
    parts += _many(shown) if len(shown) > MANY else (_one(each) for each in shown)
    parts += _names(shown, plane, labels)
    entries = [(role, meaning[role]) for role in ROLES if meaning and role in meaning]
    below, height = key(entries, y=plane.height + 18, width=width)
    return picture(
        "map",
        [*parts, *below],
        width=width,
        height=height - 8 if entries else plane.height,
        title=title,
        description=description,
    )


def _plane(window: Window | None, dots: Sequence[Dot], width: float) -> _Plane:
    if window is None or window.degrees_wide > _WIDE:
        home = [each.lon for each in dots if each.role == "home" and known(each.lon)]
        east = home[0] if home else _MIDDLES[0]
        middle = min(_MIDDLES, key=lambda m: abs(_turn(m - east)))
        # Without Antarctica, where there are no regions.
        south, north = (-58.0, 84.0) if window is None else (window.south, window.north)
        edge = np.linspace(-180, 180, 37) + middle
        centre, aspect = None, (0.35, 1.0)
        corner_lat = np.concatenate([np.full(37, south), np.full(37, north), [0.0, 0.0]])
        corner_lon = np.concatenate([edge, edge, [middle - 179.999, middle + 179.999]])
    else:
        middle = _turn(window.west + window.degrees_wide / 2)
        centre, aspect = ((window.south + window.north) / 2, middle), (0.62, 1.0)
        across = np.linspace(0, window.degrees_wide, 19) + window.west
        down = np.linspace(window.south, window.north, 19)
        corner_lat = np.concatenate(
            [np.full(19, window.south), np.full(19, window.north), down, down]
        )
        corner_lon = np.concatenate(
            [across, across, np.full(19, window.west), np.full(19, window.east)]
        )
    x, y = _flat(corner_lat, corner_lon, middle, centre)
    left, right = float(np.nanmin(x)), float(np.nanmax(x))
    bottom, top = float(np.nanmin(y)), float(np.nanmax(y))
    scale = min((width - 2 * _EDGE) / (right - left), width * aspect[1] / (top - bottom))
    height = max((top - bottom) * scale + 2 * _EDGE, width * aspect[0])
    return _Plane(
        middle,
        centre,
        (left + right) / 2 - width / 2 / scale,
        (top + bottom) / 2 + height / 2 / scale,
        scale,
        width,
        height,
    )


@dataclass(frozen=True)
class _Shown:
    dot: Dot
    x: float
    y: float
    radius: float

    @property
    def value(self) -> float:
        return _share(self.dot.value)

    @property
    def box(self) -> tuple[float, float, float, float]:
        r = self.radius
        return self.x - r, self.y - r, self.x + r, self.y + r

    @property
    def tone(self) -> str:
        if self.dot.role != "other":
            return f"chart-dot chart-{self.dot.role}"
        if not known(self.dot.value):
            return "chart-dot chart-other chart-unknown"
        return (
            f"chart-dot chart-other chart-tone-{min(int(self.value * len(TONES)), len(TONES) - 1)}"
        )


def _share(value: float | None) -> float:
    return min(max(value, 0.0), 1.0) if value is not None and known(value) else 0.0


def _size(each: Dot, how_many: int) -> float:
    few = how_many <= MANY
    low, high = (_SMALLEST, _LARGEST) if few else (_SMALLEST_OF_MANY, _LARGEST_OF_MANY)
    least = 4.0 if each.role != "other" else low
    # By area: a value twice as high covers twice as much.
    return max(low + (high - low) * math.sqrt(_share(each.value)), least)


def _one(shown: _Shown) -> str:
    return dot(shown.x, shown.y, shown.radius, shown.tone, shown.dot.note or shown.dot.name)


def _many(shown: Sequence[_Shown]) -> Iterator[str]:
    """Yield one path for all dots of a tone and size; the lit ones by themselves."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in shown:
        if each.dot.role == "other":
            spots = alike.setdefault((each.tone, f"{each.radius * 2:.0f}"), [])
            spots.append(f"M{length(each.x)} {length(each.y)}h0")
    for (tone, thick), spots in alike.items():
        yield f'<path class="chart-spots {tone}" stroke-width="{thick}" d="{"".join(spots)}"/>'
    yield from (_one(each) for each in shown if each.dot.role != "other")


def _land(land: tuple[ArrayLike, ArrayLike] | None, plane: _Plane) -> str:
    if land is None:
        return ""
    lat = np.asarray(land[0], np.float64)
    if not lat.size:
        return ""
    x, y = plane.place(lat, land[1])
    rows = np.diff(np.unique(lat))
    step = float(rows.min()) if rows.size else 1.0
    thick = max(math.radians(step) * plane.scale * 0.5, 0.6)
    kept = np.isfinite(x)
    spots = [
        f"M{length(a)} {length(b)}h0"
        for a, b in zip(x[kept].tolist(), y[kept].tolist(), strict=True)
    ]
    return f'<path class="chart-land" stroke-width="{length(thick)}" d="{"".join(spots)}"/>'


def _borders(outlines: Sequence[Outline], plane: _Plane) -> Iterator[str]:
    for outline in outlines:
        drawn = []
        for ring in outline.rings:
            points = np.asarray(ring, np.float64)
            if len(points) < 3:
                continue
            x, y = plane.run(points[:, 1], points[:, 0])
            spots = list(zip(x.tolist(), y.tolist(), strict=True))
            # One that lies on both ends of the world would be drawn right across it.
            torn = plane.centre is None and np.abs(np.diff(x)).max() > plane.width / 2
            if torn or not np.isfinite(x).all():
                continue
            if kept := _cut(spots, plane.width, plane.height):
                drawn.append("M" + "L".join(f"{length(a)} {length(b)}" for a, b in kept) + "Z")
        yield path("".join(drawn), f"chart-outline chart-{outline.role}")


def _cut(
    spots: list[tuple[float, float]], width: float, height: float
) -> list[tuple[float, float]]:
    """Return the part of a closed line that lies in the frame.

    References
    ----------
    I. Sutherland, G. Hodgman (1974), Reentrant polygon clipping, CACM 17(1).
    """
    for axis, edge, sign in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        kept: list[tuple[float, float]] = []
        for before, spot in zip([*spots[-1:], *spots[:-1]], spots, strict=True):
            one, other = (before[axis] - edge) * sign, (spot[axis] - edge) * sign
            if (one < 0) != (other < 0):
                share = one / (one - other)
                kept.append(
                    (
                        before[0] + share * (spot[0] - before[0]),
                        before[1] + share * (spot[1] - before[1]),
                    )
                )
            if other >= 0:
                kept.append(spot)
        spots = kept
    return spots


@dataclass
class _Taken:
    """Boxes that are in use: left, top, right, bottom."""

    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def free(self, left: float, top: float, right: float, bottom: float) -> bool:
        return not any(
            left < box[2] and right > box[0] and top < box[3] and bottom > box[1]
            for box in self.boxes
        )


def _names(shown: Sequence[_Shown], plane: _Plane, labels: int) -> Iterator[str]:
    """Yield names that touch neither each other nor a lit or named dot, and better no dot."""
    order = sorted(shown, key=lambda s: (ROLES.index(s.dot.role), -s.value, s.dot.name))
    wanted = [each for each in order if each.dot.name][: max(labels, 0)]
    taken = _Taken([each.box for each in wanted])
    others = _Taken([each.box for each in shown] if len(shown) <= MANY else [])
    for each in wanted:
        name = fit(each.dot.name, plane.width * 0.45)
        place = _free_place(each, name, plane, taken, others)
        place = place or _free_place(each, name, plane, taken, _Taken())
        if place is None:
            continue
        x, y, away = place
        wide = text_width(name)
        taken.boxes.append((x, y - TEXT * 0.85, x + wide, y + TEXT * 0.3))
        if away:
            end = min(max(each.x, x), x + wide)
            yield line(each.x, each.y, end, y - TEXT * 0.3, "chart-leader")
        lit = "" if each.dot.role == "other" else f" chart-{each.dot.role}"
        yield write(x, y, name, f"chart-name{lit}")


def _free_place(
    each: _Shown, name: str, plane: _Plane, taken: _Taken, others: _Taken
) -> tuple[float, float, bool] | None:
    wide = text_width(name)
    for away in (4.0, 14.0, 28.0, 46.0):
        r, middle = each.radius + away, each.x - wide / 2
        places = [(each.x + r, 4.0), (each.x - r - wide, 4.0)]
        spots = [(x, each.y + shift) for x, shift in places]
        spots += [(middle, each.y - r), (middle, each.y + r + TEXT * 0.7)]
        spots += [(x, each.y + s * r * 0.8 + 4) for x, _ in places for s in (-1, 1)]
        for x, y in spots:
            box = (x, y - TEXT * 0.85, x + wide, y + TEXT * 0.3)
            within = box[0] >= 1 and box[1] >= 1 and box[2] <= plane.width - 1
            free = taken.free(*box) and others.free(*box)
            if within and free and box[3] <= plane.height - 1:
                return x, y, away > 4
        if each.dot.role == "other":
            break
    return None


def _turn(lon: float) -> float:
    """Return a longitude between −180 and 180."""
    return (lon + 180) % 360 - 180

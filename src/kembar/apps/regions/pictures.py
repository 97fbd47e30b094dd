"""Pictures of regions: where they lie, their climate, their twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kembar.apps.kit.text import reader_language
from kembar.apps.regions.climates import CLASSES
from kembar.apps.regions.units import amount
from kembar.engines import atlas, charts
from kembar.engines.charts import Role

# Shares below this are a sliver that no eye sees; together they are the rest.
_SMALLEST_SHARE = 0.01
_HOME_AND_PARTNER: tuple[Role, ...] = ("home", "partner", "other")


def month_names() -> list[str]:
    """Return twelve short names in the reader's language."""
    if reader_language() == "zh":
        # Django writes 十二月 in full, which no axis has room for.
        return [f"{number}月" for number in range(1, 13)]
    return [str(MONTHS_3[number]).capitalize() for number in range(1, 13)]


def _number(value: float) -> str:
    return amount(value, digits=0)


def percent(share: float) -> str:
    """Write a share as the reader's language does; a tenth where it is small or nearly all."""
    digits = 1 if 0 < share < 0.0995 or 0.995 <= share < 1 else 0
    return _("%(share)s %%") % {"share": amount(share * 100, digits=digits)}


def _safe(svg: str) -> SafeString:
    # Our own drawing: every name in it was escaped where it was written.
    return mark_safe(svg)  # noqa: S308


@lru_cache(maxsize=64)
def _land(south: float, north: float, west: float, east: float, step: float) -> tuple[Any, Any]:
    return atlas.land(step=step, south=south, north=north, west=west, east=east)


def _map(dots: Sequence[charts.Dot], *, title: str, description: str, labels: int) -> SafeString:
    window = charts.around(dots, margin=0.3)
    land = None
    if window:
        high = window.north - window.south
        step = max(0.25, max(high, window.degrees_wide / 2) / 45)
        # Rounded outwards, so that regions of one country share the dots of its land.
        land = _land(window.south, window.north, window.west, window.east, round(step, 2))
    return _safe(
        charts.dot_map(
            dots, title=title, description=description, window=window, land=land, labels=labels
        )
    )


def place_map(code: str, name: str, profile: atlas.Profile, others: atlas.Table) -> SafeString:
    """Draw the regions of a country as dots, one of them lit. There are no borders."""
    dots = [charts.Dot(profile.latitude, profile.longitude, name, role="home")]
    dots += [
        charts.Dot(lat, lon, "")
        for other, lat, lon in zip(
            others.codes, others.latitude.tolist(), others.longitude.tolist(), strict=True
        )
        if other != code and lat == lat
    ]
    return _map(
        dots,
        title=_("Where %(region)s lies") % {"region": name},
        description=_("A dot for each region of the country; no borders are drawn."),
        labels=1,
    )


def pair_map(regions: Sequence[tuple[str, atlas.Profile]]) -> SafeString:
    """Draw two regions as two dots on one map."""
    dots = [
        charts.Dot(profile.latitude, profile.longitude, name, role=role)
        for (name, profile), role in zip(regions, _HOME_AND_PARTNER, strict=False)
    ]
    names = " – ".join(name for name, _profile in regions)
    return _map(dots, title=names, description=_("No borders are drawn."), labels=2)


def likeness_map(home: tuple[str, atlas.Profile], like: Sequence[charts.Dot]) -> SafeString:
    """Draw the regions that are like one, the more the larger."""
    name, profile = home
    dots = [charts.Dot(profile.latitude, profile.longitude, name, role="home"), *like]
    return _map(
        dots,
        title=_("Regions like %(region)s") % {"region": name},
        description=_("The larger the dot, the more alike; no borders are drawn."),
        labels=8,
    )


def months(regions: Sequence[tuple[str, atlas.Profile]]) -> SafeString:
    """Draw temperature and rain of the twelve months."""
    years = [
        charts.Year(name, profile.temperature_c.tolist(), profile.rain_mm.tolist(), role=role)
        for (name, profile), role in zip(regions, _HOME_AND_PARTNER, strict=False)
    ]
    names = " – ".join(name for name, _profile in regions)
    return _safe(
        charts.months(
            years,
            title=_("Month by month: %(regions)s") % {"regions": names},
            description=_("Temperature as a line, rain as bars; the table below has the numbers."),
            months=month_names(),
            temperature=_("Temperature, °C"),
            rain=_("Rain, mm a month"),
            dry=_("less than 60 mm: a dry month"),
            number=_number,
        )
    )


def climate_bar(regions: Sequence[tuple[str, atlas.Profile]]) -> SafeString:
    """Draw the shares of Köppen's classes as bars."""
    stacks = []
    for (name, profile), role in zip(regions, _HOME_AND_PARTNER, strict=False):
        large = {k: v for k, v in profile.climate.items() if v >= _SMALLEST_SHARE}
        parts = [charts.Part(f"{k}: {CLASSES[k]}", share) for k, share in large.items()]
        rest = 1 - sum(large.values())
        if large and rest > _SMALLEST_SHARE / 10:
            parts.append(charts.Part(_("others"), rest))
        stacks.append(charts.Stack(name, parts, role))
    names = " – ".join(name for name, _profile in regions)
    return _safe(
        charts.shares(
            stacks,
            title=_("Climate by Köppen's classes: %(regions)s") % {"regions": names},
            description=_("Shares of the area."),
            percent=percent,
        )
    )


def outline_map(name: str, rings: Sequence[object], before: Sequence[object]) -> SafeString:
    """Draw an outline that was brought in, and thinner the one that the atlas has."""
    points = np.vstack([np.asarray(ring, float) for ring in (*rings, *before)])
    lon, lat = points[:, 0], points[:, 1]
    if np.ptp(lon) > 180:  # on both sides of the 180th meridian
        lon = lon % 360
    corners = [
        charts.Dot(float(lat.min()), float(lon.min()), ""),
        charts.Dot(float(lat.max()), float(lon.max()), ""),
    ]
    outlines = [charts.Outline(list(before)), charts.Outline(list(rings), "home")]  # type: ignore[arg-type]
    return _safe(
        charts.dot_map(
            [],
            title=_("The boundary of %(region)s") % {"region": name},
            description=_("In colour the boundary that was brought in, grey that of the atlas."),
            window=charts.around(corners),
            outlines=[outline for outline in outlines if outline.rings],
            labels=0,
        )
    )

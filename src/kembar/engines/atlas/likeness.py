"""How alike two climates are: by Köppen classes, and month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kembar.engines.atlas.model import Profile

TEMPERATURE_SCALE_C: Final = 10.0
"""Months that are so far apart, °C, count 1. Fixed, so that no candidate moves another."""
RAIN_SCALE: Final = 5.2
"""Months whose square roots of rain are so far apart, √mm, count 1."""
HALF_YEAR: Final = 6
EQUATOR_DEGREES: Final = 10.0
"""So near the equator the half year by which seasons are shifted is arbitrary."""


@dataclass(frozen=True)
class Distance:
    """How far apart two years are.

    Attributes
    ----------
    value
        0 for the same months; 1 if each month differs by 10 °C, or by 5.2 in √mm of rain.
    shift_months
        By how much the second year was shifted to meet the seasons of the first: 0 or 6.
    """

    value: float
    shift_months: int


def climate_overlap(a: Profile, b: Profile) -> float:
    """Return the share of climate that two regions have in common.

    Parameters
    ----------
    a, b
        Two profiles.

    Returns
    -------
    float, 0 to 1
        The sum over Köppen classes of the smaller share. NaN if one is not known. Below 0.02 it
        is border cells and mountain tops, not likeness.

    References
    ----------
    Schoener (1968), Ecology 49, 704–726: proportional similarity.
    """
    return float(np.minimum(a.koppen, b.koppen).sum())


def climate_overlaps(
    koppen: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `climate_overlap` of one region with many.

    Parameters
    ----------
    koppen : array of shape (31,), shares
    others : array of shape (n, 31), shares

    Returns
    -------
    array of shape (n,), 0 to 1
    """
    return np.asarray(np.minimum(koppen, others).sum(axis=1))


def profile_distance(a: Profile, b: Profile, *, shift_months: int | None = None) -> Distance:
    """Return how far apart the years of two regions are, month by month.

    The root of the mean over twelve months of (ΔT / 10 °C)² + (Δ√rain / 5.2 √mm)². Rain counts
    by its square root, so that 20 mm more matter in a dry month and not in a wet one.

    Parameters
    ----------
    a, b
        Two profiles.
    shift_months
        Shift the year of `b` by so much. Otherwise by half a year if one lies north and the
        other south of the equator; if one lies within 10° of it, by what brings them nearer.

    Returns
    -------
    Distance
        NaN if the climate of one is not known.

    References
    ----------
    After the climate analogues of Ramírez-Villegas et al. (2011), CCAFS Working Paper 12,
    equation 1, without weights. The scales are the standard deviations of the months of
    69 provinces of Indonesia and China, rounded: 10.01 °C and 5.18 √mm.
    """
    (value,), (shift,) = profile_distances(
        _year(a),
        _year(b)[None],
        latitude=a.latitude,
        latitudes=np.array([b.latitude]),
        shift_months=shift_months,
    )
    return Distance(float(value), int(shift))


def _year(profile: Profile) -> NDArray[np.float64]:
    return np.stack([profile.temperature_c, profile.rain_mm])


def profile_distances(
    year: NDArray[np.float64],
    years: NDArray[np.float64],
    *,
    latitude: float,
    latitudes: NDArray[np.float64],
    shift_months: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return `profile_distance` of one region from many, with the shift of each.

    Parameters
    ----------
    year : array of shape (2, 12)
        Temperature, °C, and rain, mm a month.
    years : array of shape (n, 2, 12)
    latitude : degrees
    latitudes : array of shape (n,), degrees
    shift_months
        The same for all, if given.

    Returns
    -------
    arrays of shape (n,)
        Distances, and shifts in months.
    """
    if shift_months is not None:
        return _apart(year, years, shift_months), np.full(len(years), shift_months)
    same, half = _apart(year, years, 0), _apart(year, years, HALF_YEAR)
    near = (abs(latitude) <= EQUATOR_DEGREES) | (np.abs(latitudes) <= EQUATOR_DEGREES)
    shifted = np.where(near, half < same, latitude * latitudes < 0)
    return np.where(shifted, half, same), np.where(shifted, HALF_YEAR, 0)


def _apart(
    year: NDArray[np.float64], years: NDArray[np.float64], shift: int
) -> NDArray[np.float64]:
    moved = np.roll(years, shift, axis=2)
    temperature = (moved[:, 0] - year[0]) / TEMPERATURE_SCALE_C
    rain = (np.sqrt(moved[:, 1]) - np.sqrt(year[1])) / RAIN_SCALE
    return np.asarray(np.sqrt((temperature**2 + rain**2).mean(axis=1)))

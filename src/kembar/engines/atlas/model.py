"""What the atlas says of a region: plain frozen things, every number with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Language = Literal["id", "zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("id", "zh", "en")

Basis = Literal["own", "parts", "nearest_place", "places", "none", "imported"]
"""What a profile was measured on; see `BASES`."""
BASES: Final[dict[Basis, str]] = {
    "own": "its own shape in Natural Earth",
    "parts": "the shapes of its parts in Natural Earth, joined",
    "nearest_place": (
        "no shape of its own: shapes that hold it with others, divided by the nearest place of"
        " GeoNames; its area can be wrong by 40 %"
    ),
    "places": "no shape: only where its places of GeoNames lie; its area is not known",
    "none": "neither a shape nor a place: nothing was measured",
    "imported": "a shape that was handed in",
}

KOPPEN: Final = (
    *("Af", "Am", "As", "Aw", "BSh", "BSk", "BWh", "BWk", "Cfa", "Cfb", "Cfc", "Csa", "Csb"),
    *("Csc", "Cwa", "Cwb", "Cwc", "Dfa", "Dfb", "Dfc", "Dfd", "Dsa", "Dsb", "Dsc", "Dsd"),
    *("Dwa", "Dwb", "Dwc", "Dwd", "EF", "ET"),
)
"""The Köppen–Geiger classes, in the order of every array of shares."""

DRY_MM: Final = 60.0
"""A month with less rain, mm, is dry (Köppen's limit for tropical climates)."""

LANDLOCKED_KM: Final = 5.0
"""A region whose nearest land is farther from the sea, km, is landlocked.

The grid of distances has a side of 0.1°; regions with a coast have a cell within about 2 km.
"""


@dataclass(frozen=True, eq=False)
class Profile:
    """What was measured on a shape, or on places where there is no shape.

    A number that is not known is NaN. Climate is that of the years 2000 to 2025 (ERA5).

    Attributes
    ----------
    basis
        What it was measured on.
    area_km2 : km²
        On the ellipsoid, inland water included.
    south, north, west, east : degrees
        The box around it. West may be greater than east across the 180th meridian.
    elevation_m : m
        Mean above sea level, within ±28 m.
    sea_km : km
        From the sea to the nearest land of the region; 0 on the coast.
    land_within_50km, land_within_100km : share, 0 to 1
        Share of its land no farther from the sea.
    koppen : array of shape (31,), shares that sum to 1
        Area in each class of `KOPPEN`.
    temperature_c : array of shape (12,), °C
        Monthly mean at 2 m, January first, mean over the area.
    rain_mm : array of shape (12,), mm a month
        January first, mean over the area. ERA5 rains 10 to 20 % too much in much of Asia.
    """

    basis: Basis
    area_km2: float
    south: float
    north: float
    west: float
    east: float
    elevation_m: float
    sea_km: float
    land_within_50km: float
    land_within_100km: float
    koppen: NDArray[np.float64]
    temperature_c: NDArray[np.float64]
    rain_mm: NDArray[np.float64]

    @property
    def latitude(self) -> float:
        """The middle of its box, degrees north."""
        return (self.south + self.north) / 2

    @property
    def longitude(self) -> float:
        """The middle of its box, degrees east, between −180 and 180."""
        return (self.west + (self.east - self.west) % 360 / 2 + 180) % 360 - 180

    @property
    def mean_temperature_c(self) -> float:
        """The mean of the twelve months, °C."""
        return float(self.temperature_c.mean())

    @property
    def annual_rain_mm(self) -> float:
        """The sum of the twelve months, mm a year."""
        return float(self.rain_mm.sum())

    @property
    def dry_months(self) -> int:
        """How many months have less than 60 mm of rain."""
        return int((self.rain_mm < DRY_MM).sum())

    @property
    def is_landlocked(self) -> bool:
        """Whether all its land is farther from the sea than `LANDLOCKED_KM`."""
        return self.sea_km > LANDLOCKED_KM

    @property
    def climate(self) -> dict[str, float]:
        """Its Köppen classes with their shares, the largest first."""
        shares = sorted(zip(self.koppen.tolist(), KOPPEN, strict=True), reverse=True)
        return {name: share for share, name in shares if share > 0}


@dataclass(frozen=True)
class Place:
    """A populated place of GeoNames: at least 500 people, or a seat.

    Attributes
    ----------
    name
    lat, lon : degrees
    population : people
        As GeoNames has it, often of the town proper; 0 if not known.
    """

    name: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True)
class Airport:
    """An airport with an IATA code.

    Attributes
    ----------
    iata, name
    lat, lon : degrees
    """

    iata: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, eq=False)
class Region:
    """A first-level region of a country and what is known of it.

    Attributes
    ----------
    code
        ISO 3166-2, such as ID-NT.
    country
        ISO 3166-1, such as ID.
    parent
        The unit of ISO 3166-2 that it belongs to (ID-NU, a group of islands), else the country.
    kind
        What ISO calls it: Province, State, Region …
    geonames
        Admin-1 code of GeoNames, such as ID.18; empty if it has none.
    geonames_id
        Its number in GeoNames, 0 if it has none.
    names
        In Indonesian (id), Chinese (zh) and English (en); never empty.
    borrowed
        The languages whose name is not known; there `names` has the English or the local one.
    profile
        What was measured on its shape.
    places
        How many places GeoNames has in it.
    cities
        How many of them have 100,000 people or more.
    towns_population
        People in these places. Towns only: far below the census for rural regions.
    towns_within_50km : share, 0 to 1
        Of these people, those no farther than 50 km from the sea. NaN without places.
    largest_place, seat
        Names; empty if not known.
    airports
        How many airports with an IATA code.
    time_zone
        IANA zone of its seat or largest place. All of China keeps Asia/Shanghai, by law.
    utc_offset_hours : hours
        Standard time, ahead of UTC. NaN if not known.
    summer_offset_hours : hours
        In summer; the same where clocks do not change.
    """

    code: str
    country: str
    parent: str
    kind: str
    geonames: str
    geonames_id: int
    names: dict[Language, str]
    borrowed: frozenset[Language]
    profile: Profile
    places: int
    cities: int
    towns_population: int
    towns_within_50km: float
    largest_place: str
    seat: str
    airports: int
    time_zone: str
    utc_offset_hours: float
    summer_offset_hours: float

    def name(self, language: Language = "en") -> str:
        """Return its name in a language."""
        return self.names[language]


@dataclass(frozen=True, eq=False)
class Shape:
    """The drawn outline of a region, simplified for maps; areas are not taken from it.

    Attributes
    ----------
    code
    basis
    polygons : tuple of polygons, each a tuple of rings
        A ring is an array of shape (n, 2), degrees, longitude first; the first is the outer one.
    """

    code: str
    basis: Basis
    polygons: tuple[tuple[NDArray[np.float64], ...], ...]

    def geojson(self) -> dict[str, Any]:
        """Return it as a MultiPolygon of GeoJSON (RFC 7946)."""
        rings = [[ring.round(3).tolist() for ring in polygon] for polygon in self.polygons]
        return {"type": "MultiPolygon", "coordinates": rings}


@dataclass(frozen=True)
class Source:
    """Where a data file of the atlas comes from, as its sidecar says.

    Attributes
    ----------
    file
        Name of the data file.
    title, method, period, resolution, bias, licence, attribution
        Sentences for people.
    inputs
        Each with package, version, sha256 of what was downloaded, and licence.
    sha256
        Of the data file.
    size_bytes
    """

    file: str
    title: str
    method: str
    period: str
    resolution: str
    bias: str
    licence: str
    attribution: tuple[str, ...]
    inputs: tuple[dict[str, str], ...]
    sha256: str
    size_bytes: int


@dataclass(frozen=True, eq=False)
class Table:
    """All regions as columns, in the order of their codes; row i of each array is `codes[i]`.

    Attributes
    ----------
    codes, countries : tuples of length n
    names : dict from language to tuple of length n
    bases : tuple of length n
        What each was measured on.
    latitude, longitude : arrays of shape (n,), degrees
        The middle of the box of each.
    area_km2 : array of shape (n,), km²
    elevation_m : array of shape (n,), m
    sea_km : array of shape (n,), km
    land_within_50km, land_within_100km : arrays of shape (n,), shares
    koppen : array of shape (n, 31), shares that sum to 1, NaN where nothing was measured
    temperature_c : array of shape (n, 12), °C
    rain_mm : array of shape (n, 12), mm a month
    utc_offset_hours : array of shape (n,), hours
    airports : array of shape (n,)
    """

    codes: tuple[str, ...]
    countries: tuple[str, ...]
    names: dict[Language, tuple[str, ...]]
    bases: tuple[Basis, ...]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    area_km2: NDArray[np.float64]
    elevation_m: NDArray[np.float64]
    sea_km: NDArray[np.float64]
    land_within_50km: NDArray[np.float64]
    land_within_100km: NDArray[np.float64]
    koppen: NDArray[np.float64]
    temperature_c: NDArray[np.float64]
    rain_mm: NDArray[np.float64]
    utc_offset_hours: NDArray[np.float64]
    airports: NDArray[np.int64]

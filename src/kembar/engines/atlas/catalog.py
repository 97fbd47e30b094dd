"""Read the shipped data: lazily, and each file once."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from kembar.engines.atlas.model import (
    LANGUAGES,
    Airport,
    Basis,
    Language,
    Place,
    Profile,
    Region,
    Shape,
    Source,
    Table,
)
from kembar.engines.atlas.survey import Grids
from kembar.engines.errors import KembarError
from kembar.engines.languages import distance, plain

DATA: Final = Path(__file__).parent / "data"

UNIT_COLUMNS: Final = (
    *("code", "country", "parent", "kind", "geonames", "geonames_id"),
    *("name_id", "name_zh", "name_en", "borrowed", "below", "basis"),
    *("places", "cities", "towns_population", "towns_within_50km", "largest_place", "seat"),
    *("airports", "time_zone", "utc_offset_hours", "summer_offset_hours"),
)
"""The columns of units.csv."""

NUMBERS: Final = (
    *("area_km2", "south", "north", "west", "east", "elevation_m", "sea_km"),
    *("land_within_50km", "land_within_100km"),
)
"""The columns of `numbers` in profiles.npz, as `Profile` names them."""

_NEAREST_OFFERED: Final = 3


@lru_cache
def _units() -> dict[str, tuple[int, dict[str, str]]]:
    """Return each row of units.csv with its number, by code."""
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (number, row) for number, row in enumerate(csv.DictReader(file))}


@lru_cache
def _profiles() -> dict[str, NDArray[np.float64]]:
    with np.load(DATA / "profiles.npz") as archive:
        return {name: archive[name] for name in archive.files}


@lru_cache
def grids() -> Grids:
    """Return the shipped world grids; nothing is read before it is asked for."""
    return Grids.in_folder(DATA)


def region(code: str) -> Region:
    """Return a first-level region of the world.

    Parameters
    ----------
    code
        ISO 3166-2, such as "ID-NT"; small letters do.

    Raises
    ------
    KembarError
        `atlas.unknown`, `atlas.unknown_near` or `atlas.second_level`, if there is none.

    Examples
    --------
    >>> region("CN-JX").names["en"]
    'Jiangxi'
    """
    return _region(_known(code))


def regions(*, country: str | None = None) -> tuple[Region, ...]:
    """Return all first-level regions in the order of their codes.

    Parameters
    ----------
    country
        Only those of this country, ISO 3166-1 such as "CN".

    Raises
    ------
    KembarError
        `atlas.country`, if no country has that code.
    """
    return tuple(_region(code) for code in codes(country=country))


def codes(*, country: str | None = None) -> tuple[str, ...]:
    """Return the codes of all regions, or of a country's, in alphabetical order."""
    if country is None:
        return tuple(_units())
    wanted = country.strip().upper()
    found = tuple(code for code in _units() if code.startswith(f"{wanted}-"))
    if not found:
        raise KembarError("atlas.country", code=country)
    return found


def _known(code: str) -> str:
    wanted = code.strip().upper()
    if wanted in _units():
        return wanted
    for unit, (_number, row) in _units().items():
        if wanted in row["below"].split():
            raise KembarError("atlas.second_level", code=wanted, first=f"{row['name_en']} ({unit})")
    if near := _nearest(code):
        raise KembarError("atlas.unknown_near", code=code, near=", ".join(near))
    raise KembarError("atlas.unknown", code=code)


def _nearest(text: str) -> list[str]:
    """Return the regions that a wrong code or a name may mean."""
    wanted = plain(text.strip())
    if not wanted:
        return []
    measured = []
    for code, (_number, row) in _units().items():
        names = {plain(row[f"name_{language}"]) for language in LANGUAGES}
        by_name = min(distance(wanted, each, 3) for each in names)
        by_code = 1 if distance(wanted, code.lower(), 1) <= 1 else 9
        # Half a code, a name with its kind (Jiangxi Province), or part of one.
        holds = any(len(each) > 3 and (each in wanted or wanted in each) for each in names)
        best = min(by_name, by_code, 1 if holds and len(wanted) > 3 else 9)
        if best <= min(3, max(1, len(wanted) // 4)):
            measured.append((best, code[:2] != wanted[:2].upper(), code))
    measured.sort()
    return [f"{_units()[code][1]['name_en']} ({code})" for *_, code in measured[:_NEAREST_OFFERED]]


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _region(code: str) -> Region:
    number, row = _units()[code]
    arrays = _profiles()
    numbers = dict(zip(NUMBERS, arrays["numbers"][number].tolist(), strict=True))
    return Region(
        code=code,
        country=row["country"],
        parent=row["parent"],
        kind=row["kind"],
        geonames=row["geonames"],
        geonames_id=int(row["geonames_id"] or 0),
        names={language: row[f"name_{language}"] for language in LANGUAGES},
        borrowed=frozenset(cast("list[Language]", row["borrowed"].split())),
        profile=Profile(
            basis=cast("Basis", row["basis"]),
            **numbers,
            koppen=_whole(arrays["koppen"][number]),
            temperature_c=arrays["temperature_c"][number],
            rain_mm=arrays["rain_mm"][number],
        ),
        places=int(row["places"]),
        cities=int(row["cities"]),
        towns_population=int(row["towns_population"]),
        towns_within_50km=_number(row["towns_within_50km"]),
        largest_place=row["largest_place"],
        seat=row["seat"],
        airports=int(row["airports"]),
        time_zone=row["time_zone"],
        utc_offset_hours=_number(row["utc_offset_hours"]),
        summer_offset_hours=_number(row["summer_offset_hours"]),
    )


def _whole(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make rounded shares sum to 1 again."""
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def table(*, country: str | None = None) -> Table:
    """Return all regions, or a country's, as columns: for ranking many at once."""
    chosen = codes(country=country)
    rows = [_units()[code] for code in chosen]
    at = np.array([number for number, _row in rows])
    arrays = {name: array[at] for name, array in _profiles().items()}
    column = {name: arrays["numbers"][:, i] for i, name in enumerate(NUMBERS)}
    return Table(
        codes=chosen,
        countries=tuple(row["country"] for _number, row in rows),
        names={
            language: tuple(row[f"name_{language}"] for _number, row in rows)
            for language in LANGUAGES
        },
        bases=tuple(cast("Basis", row["basis"]) for _number, row in rows),
        latitude=(column["south"] + column["north"]) / 2,
        longitude=_middle(column["west"], column["east"]),
        area_km2=column["area_km2"],
        elevation_m=column["elevation_m"],
        sea_km=column["sea_km"],
        land_within_50km=column["land_within_50km"],
        land_within_100km=column["land_within_100km"],
        koppen=_whole(arrays["koppen"]),
        temperature_c=arrays["temperature_c"],
        rain_mm=arrays["rain_mm"],
        utc_offset_hours=np.array([_number(row["utc_offset_hours"]) for _n, row in rows]),
        airports=np.array([int(row["airports"]) for _n, row in rows]),
    )


def _middle(west: NDArray[np.float64], east: NDArray[np.float64]) -> NDArray[np.float64]:
    return (west + (east - west) % 360 / 2 + 180) % 360 - 180


@lru_cache
def land(
    *,
    step: float = 2.0,
    south: float = -58.0,
    north: float = 84.0,
    west: float = -180.0,
    east: float = 180.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return dots that cover the land of a box evenly, so that a map needs no borders.

    Parameters
    ----------
    step : degrees
        Between rows; along a row the same distance on the ground.
    south, north, west, east : degrees
        West may be greater than east across the 180th meridian.

    Returns
    -------
    latitudes and longitudes, arrays of shape (n,), degrees
    """
    lats, lons = [], []
    wide = (east - west) % 360 or 360.0
    for row, lat in enumerate(np.arange(south + step / 2, north, step)):
        apart = step / max(np.cos(np.radians(lat)), 0.05)
        # Every second row by half a step, as in brickwork: rows then do not look like lines.
        found = np.arange(west + apart * (0.5 if row % 2 else 0.25), west + wide, apart)
        lons.append((found + 180) % 360 - 180)
        lats.append(np.full(len(found), lat))
    lat, lon = np.concatenate(lats), np.concatenate(lons)
    dry = grids().sea.at(lat, lon)[0] > 0
    return lat[dry], lon[dry]


@lru_cache
def countries() -> dict[str, dict[Language, str]]:
    """Return the names of each country of ISO 3166-1, by its code."""
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: {language: row[f"name_{language}"] for language in LANGUAGES}
            for row in csv.DictReader(file)
        }


def _member(name: str, country: str) -> dict[str, NDArray[Any]]:
    with np.load(DATA / name) as archive:
        start = f"{country}."
        return {
            each.removeprefix(start): archive[each]
            for each in archive.files
            if each.startswith(start)
        }


def _lines(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode().split("\n")


def shape(code: str) -> Shape | None:
    """Return the outline of a region for a map, or None if there is none.

    Raises
    ------
    KembarError
        As `region`.
    """
    known = _known(code)
    member = _shapes(known[:2])
    if not member or known not in member["codes"]:
        return None
    unit = member["codes"].index(known)
    polygons: dict[int, list[NDArray[np.float64]]] = {}
    for polygon, start, end in _rings(member["rings"], unit):
        ring = np.cumsum(member["points"][start:end], axis=0) / 1000
        polygons.setdefault(polygon, []).append(ring)
    basis = cast("Basis", _units()[known][1]["basis"])
    return Shape(known, basis, tuple(tuple(rings) for rings in polygons.values()))


@lru_cache(maxsize=8)
def _shapes(country: str) -> dict[str, Any]:
    member: dict[str, Any] = dict(_member("shapes.npz", country))
    if member:
        member["codes"] = _lines(member["codes"])
    return member


def _rings(rings: NDArray[np.int32], unit: int) -> Iterator[tuple[int, int, int]]:
    ends = np.cumsum(rings[:, 2])
    for at in np.flatnonzero(rings[:, 0] == unit):
        yield int(rings[at, 1]), int(ends[at] - rings[at, 2]), int(ends[at])


def places(code: str) -> tuple[Place, ...]:
    """Return the populated places of a region, the largest first.

    Raises
    ------
    KembarError
        As `region`.
    """
    known = _known(code)
    member = _member("places.npz", known[:2])
    listed = _lines(member["codes"]) if member else []
    if known not in listed:
        return ()
    ends = np.cumsum(member["counts"])
    at = listed.index(known)
    end = int(ends[at])
    start = end - int(member["counts"][at])
    names = _lines(member["names"])[start:end]
    lat, lon, people = member["numbers"][:, start:end].tolist()
    return tuple(
        Place(name, south / 1000, east / 1000, count)
        for name, south, east, count in zip(names, lat, lon, people, strict=True)
    )


def airports(code: str) -> tuple[Airport, ...]:
    """Return the airports of a region that have an IATA code.

    Raises
    ------
    KembarError
        As `region`.
    """
    known = _known(code)
    with (DATA / "airports.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Airport(row["iata"], row["name"], float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(file)
            if row["region"] == known
        )


def airports_called(iata: str) -> tuple[tuple[str, Airport], ...]:
    """Return the airports that bear a code of IATA, each with the code of its region.

    Nearly always one; a few codes are borne by two, and an unknown code by none.
    """
    return _airports_by_code().get(iata.strip().upper(), ())


@lru_cache
def _airports_by_code() -> dict[str, tuple[tuple[str, Airport], ...]]:
    found: dict[str, tuple[tuple[str, Airport], ...]] = {}
    with (DATA / "airports.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            airport = Airport(row["iata"], row["name"], float(row["lat"]), float(row["lon"]))
            found[row["iata"]] = (*found.get(row["iata"], ()), (row["region"], airport))
    return found


def sources() -> tuple[Source, ...]:
    """Return where each data file comes from, in the order of their names."""
    found = []
    for path in sorted(DATA.glob("*.toml")):
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        facts["attribution"] = tuple(facts["attribution"])
        facts["inputs"] = tuple(facts["inputs"])
        found.append(Source(**facts))
    return tuple(found)

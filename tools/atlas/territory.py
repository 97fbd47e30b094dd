"""Which land belongs to which unit: Natural Earth, joined and divided where its level differs.

1. A feature whose ISO code is a unit's is that unit's own shape; so is one whose number in
   GeoNames is the unit's. Where the two disagree, the places inside decide: Natural Earth has
   stale or exchanged codes in Iran, Russia, Ecuador, Guyana, Eritrea, Afghanistan and Morocco.
2. A feature whose ISO code lies below a unit (FR-29 in FR-BRE) is a part of it.
3. A unit that is also a country of its own in ISO 3166-1 (CN-HK, FR-NC, NL-AW, US-GU) has what
   Natural Earth draws for that country. Both codes stand, as ISO has both.
4. What is left goes by places: a feature of which one unit has nearly all places is a part of
   that unit; any other is divided, each spot to the unit of the nearest place. So is a feature
   that holds most places of a unit without a shape of its own (Kalimantan Utara, Papua, Kenya).

Features that ISO gives no unit for (Kosovo, Hong Kong's districts, the Paracel Islands CN-X01~)
belong to nobody here.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from fetch import Package
from shapely.geometry.base import BaseGeometry
from units import World, folded

# A unit is looked for in a feature that holds this share of its places.
HELD = 0.2
# A feature is a part of a unit that has this share of its places.
NEARLY_ALL = 0.85
# So few places prove nothing: one of them may lie across the border.
FEW = 3
# Units that ISO 3166-1 lists as countries too. By name: ID-PE has nothing to do with Peru.
ALSO_COUNTRIES = {
    **{f"CN-{country}": country for country in ("HK", "MO", "TW")},
    **{f"FR-{country}": country for country in ("BL", "MF", "NC", "PF", "PM", "TF", "WF")},
    "FR-971": "GP",
    "FR-972": "MQ",
    "FR-973": "GF",
    "FR-974": "RE",
    "FR-976": "YT",
    **{f"NL-{country}": country for country in ("AW", "CW", "SX")},
    **{f"US-{country}": country for country in ("AS", "GU", "MP", "PR", "UM", "VI")},
    "FI-01": "AX",
    "NO-21": "SJ",
}


@dataclass
class Feature:
    """A unit of Natural Earth."""

    properties: dict[str, Any]
    shape: BaseGeometry
    unit: str = ""
    how: str = ""
    places: list[int] = field(default_factory=list)
    is_mislabelled: bool = False

    @property
    def country(self) -> str:
        return str(self.properties.get("iso_a2") or "")


@dataclass
class Territory:
    """Shapes of units, what each rests on, and the names that Natural Earth has for them."""

    shapes: dict[str, BaseGeometry]
    basis: dict[str, str]
    natural: dict[str, dict[str, Any]]


def divide(world: World, package: Package) -> Territory:
    features = _features(package)
    _place(world, features)
    _assign_by_code(world, features)
    _assign_countries(world, features)
    pieces = _divide_by_places(world, features)
    shapes, basis = {}, {}
    for code, parts in sorted(pieces.items()):
        shapes[code] = shapely.union_all([shape for shape, _how in parts], grid_size=1e-6)
        hows = {how for _shape, how in parts}
        rank = ("nearest_place", "parts", "own")
        basis[code] = next(each for each in rank if each in hows)
    natural: dict[str, dict[str, Any]] = {}
    for feature in features:
        sure = basis.get(feature.unit) == "own" and not feature.is_mislabelled
        if feature.how == "own" and (sure or _is_named_as(world, feature)):
            natural.setdefault(feature.unit, feature.properties)
    return Territory(shapes, basis, natural)


def _is_named_as(world: World, feature: Feature) -> bool:
    """Whether a feature of another code, or of other borders, has a name of the unit at least."""
    unit = world.units[feature.unit]
    known = {folded(name) for name in (unit.local_name, *unit.aliases)}
    names = (feature.properties.get(key) or "" for key in ("name", "name_en", "woe_name"))
    return not known.isdisjoint(map(folded, names))


def _features(package: Package) -> list[Feature]:
    table = json.loads(package.read("package/data/states/admin1.json"))
    found = []
    for item in table["features"]:
        shape = shapely.geometry.shape(item["geometry"])
        if not shape.is_valid:
            shape = shapely.make_valid(shape, method="structure")
        found.append(Feature(item["properties"], shape))
    return found


def _assign_by_code(world: World, features: list[Feature]) -> None:
    total = Counter(place.unit for place in world.places)
    codes = Counter(str(feature.properties.get("iso_3166_2") or "") for feature in features)
    for feature in features:
        code = str(feature.properties.get("iso_3166_2") or "")
        number = int(feature.properties.get("gn_id") or 0)
        by_code = world.unit_of.get(code, "")
        by_number = world.by_geonames.get(number, "")
        if by_number[:2] != code[:2]:
            by_number = ""
        held = _held(world, feature)
        most, count = held.most_common(1)[0] if held else (by_number, 0)
        # A unit with neither a place nor a second feature is dissolved or a city: it keeps its own.
        may_move = total[by_code] > 0 or codes[code] > 1
        agree = most == by_number or sum(held.values()) < FEW
        if by_code and by_number not in ("", by_code) and agree and may_move:
            # Iran's codes were dealt anew in 2020; Moscow and its region, Napo and Tungurahua and
            # others are exchanged. The number in GeoNames and the places inside agree.
            own = world.units[by_number].geonames_id == number
            feature.unit, feature.how = by_number, "own" if own else "parts"
            feature.is_mislabelled = True
        elif (
            by_code not in ("", by_number)
            and not held[by_code]
            and total[by_code]
            and count > sum(held.values()) / 2
        ):
            # Morocco's codes were dealt anew with other borders: places must tell.
            feature.is_mislabelled = True
        elif by_code:
            feature.unit, feature.how = by_code, "own" if code == by_code else "parts"
        elif by_number:
            own = world.units[by_number].geonames_id == number
            feature.unit, feature.how = by_number, "own" if own else "parts"

    _undo_broken_chains(world, features)


def _undo_broken_chains(world: World, features: list[Feature]) -> None:
    """Trust the codes of a country after all if moving features left a unit without one."""
    left = {feature.unit for feature in features}
    for feature in features:
        code = world.unit_of.get(str(feature.properties.get("iso_3166_2") or ""), "")
        if feature.is_mislabelled and feature.unit and code not in left:
            for other in features:
                label = str(other.properties.get("iso_3166_2") or "")
                if other.is_mislabelled and label[:2] == code[:2]:
                    other.unit, other.how = world.unit_of[label], "own"
                    other.is_mislabelled = False


def _held(world: World, feature: Feature) -> Counter[str]:
    """Return how many places of each unit of its country lie in a feature."""
    country = str(feature.properties.get("iso_3166_2") or "")[:2]
    units = (world.places[each].unit for each in feature.places)
    return Counter(unit for unit in units if unit[:2] == country)


def _assign_countries(world: World, features: list[Feature]) -> None:
    of_country = defaultdict(list)
    for feature in features:
        of_country[feature.country].append(feature)
        if (code := str(feature.properties.get("iso_3166_2") or "")).startswith("FR-"):
            of_country[code[3:]].append(feature)
    taken = {feature.unit for feature in features}
    for code, country in ALSO_COUNTRIES.items():
        if code in world.units and code not in taken:
            # Copies: each feature may be a unit of that country as well.
            features += [
                Feature(feature.properties, feature.shape, code, "parts")
                for feature in of_country[country]
            ]


def _place(world: World, features: list[Feature]) -> None:
    """Note which places lie in each feature."""
    tree = shapely.STRtree([feature.shape for feature in features])
    points = shapely.points([(place.lon, place.lat) for place in world.places])
    place, feature = tree.query(points, predicate="intersects")
    for one, other in zip(place.tolist(), feature.tolist(), strict=True):
        features[other].places.append(one)


def _divide_by_places(
    world: World, features: list[Feature]
) -> dict[str, list[tuple[BaseGeometry, str]]]:
    total = Counter(place.unit for place in world.places)
    shaped = {feature.unit for feature in features if feature.unit}
    pieces: dict[str, list[tuple[BaseGeometry, str]]] = defaultdict(list)
    for feature in features:
        country = str(feature.properties.get("iso_3166_2") or "")[:2]
        held = _held(world, feature)
        if feature.unit:
            lacking = [
                unit
                for unit, count in held.items()
                if unit not in shaped and count >= HELD * total[unit]
            ]
            if not lacking or feature.unit[:2] != country:
                pieces[feature.unit].append((feature.shape, feature.how))
                continue
            claimants = {feature.unit, *lacking} if held[feature.unit] else set(held)
        else:
            if not held:
                continue
            unit, count = held.most_common(1)[0]
            if count >= NEARLY_ALL * sum(held.values()):
                pieces[unit].append((feature.shape, "parts"))
                continue
            claimants = set(held)
        for unit, shape in _nearest_place(world, feature, claimants).items():
            pieces[unit].append((shape, "nearest_place"))
    return pieces


def _nearest_place(world: World, feature: Feature, claimants: set[str]) -> dict[str, BaseGeometry]:
    """Divide a feature among units, each spot to the unit of the nearest place in it."""
    listed = [world.places[each] for each in feature.places]
    listed = [place for place in listed if place.unit in claimants]
    unit_at = {(place.lon, place.lat): place.unit for place in listed}
    if len(set(unit_at.values())) == 1:
        return {listed[0].unit: feature.shape}
    # Degrees of longitude are shorter than those of latitude.
    shrink = float(np.cos(np.radians(feature.shape.centroid.y)))
    points = np.array(sorted(unit_at))
    flat = shapely.MultiPoint(points * [shrink, 1])
    reach = shapely.transform(feature.shape, lambda xy: xy * [shrink, 1])
    cells = shapely.voronoi_polygons(flat, extend_to=reach.envelope).geoms
    tree = shapely.STRtree(list(flat.geoms))
    owned: dict[str, list[BaseGeometry]] = defaultdict(list)
    for cell in cells:
        inside = int(tree.query(cell, predicate="contains")[0])
        owned[unit_at[tuple(points[inside])]].append(cell)
    found = {}
    for unit, parts in owned.items():
        area = shapely.transform(shapely.union_all(parts), lambda xy: xy / [shrink, 1])
        piece = shapely.intersection(area, feature.shape)
        if not piece.is_empty:
            found[unit] = piece
    return found

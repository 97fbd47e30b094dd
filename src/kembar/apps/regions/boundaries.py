"""Official boundaries out of a GeoJSON file: looked at and measured first, then taken over.

One file may hold one region or many. A region is known by the code or the name among the
properties of its feature; where they mean no region, or two, the feature is refused.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience
from kembar.apps.audit.actions import Deed, differences, name_of, record_all
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.tables import Row
from kembar.apps.kit.wishes import Fate, Fates, TableWish
from kembar.apps.ledger.actions import add_source
from kembar.apps.ledger.models import Source, StoredFile
from kembar.apps.regions.codes import UnmatchedError, find_region
from kembar.apps.regions.lookup import Gazetteer
from kembar.apps.regions.models import Boundary, BoundaryImport, Region
from kembar.apps.regions.rights import BRING_IN, owner_for
from kembar.engines import atlas
from kembar.engines.atlas.measuring import read_polygons
from kembar.engines.errors import KembarError

MAX_FEATURES = 600
# A map is drawn from so many points at most; what is measured is the whole file.
MOST_DRAWN = 1500
_RADIUS_KM = 6371.0
# So far may an official boundary lie outside the box that the atlas has, degrees.
_MARGIN = 0.5
# What the property of a feature is called that names its region, in small letters.
_CODES = (
    *("iso_3166_2", "iso3166_2", "iso3166-2", "iso_code", "iso", "shapeiso", "code", "region"),
    *("kode", "kode_prov", "kodeprov", "kdprov", "kdppum", "kdbbps", "kdcpum", "prov_code"),
    *("bps", "adcode", "gb", "gb2260", "geonames"),
)
_NAMES = (
    *("name", "nama", "nama_prov", "namobj", "wadmpr", "provinsi", "propinsi", "province"),
    *("prov", "name_1", "name_en", "name_id", "name_zh", "shapename", "nl_name_1"),
)


@dataclass(slots=True)
class Wish(TableWish):
    """One region's boundary as it was understood."""

    region: Region | None = None
    owner_code: str = ""
    profile: atlas.Profile | None = None
    shape: list[Any] = field(default_factory=list)

    @property
    def label(self) -> str:
        if self.region:
            return f"{self.region} ({self.region.code})"
        return " · ".join(list(self.row.cells.values())[:3])[:120]


@dataclass
class Plan(Fates[Wish]):
    """What a file would do, region by region."""

    wishes: list[Wish]
    file: StoredFile | None = None

    @property
    def digest(self) -> str:
        """A hash of all that would be done: loading does only what was shown."""
        doing = [
            [w.fate, w.region and w.region.code, w.shape, w.profile and profile_json(w.profile)]
            for w in self.wishes
        ]
        return hashlib.sha256(json.dumps(doing, default=str).encode()).hexdigest()


# A profile in a column ---------------------------------------------------------------------


def profile_json(profile: atlas.Profile) -> dict[str, Any]:
    """Return a profile as JSON holds it; what is not known is null."""
    plain: dict[str, Any] = {}
    for name, value in vars(profile).items():
        if isinstance(value, np.ndarray):
            plain[name] = [None if math.isnan(each) else round(each, 5) for each in value.tolist()]
        elif isinstance(value, float):
            plain[name] = None if math.isnan(value) else round(value, 5)
        else:
            plain[name] = value
    return plain


def profile_from(plain: Mapping[str, Any]) -> atlas.Profile:
    """Return the profile that `profile_json` wrote."""
    nan = float("nan")
    values: dict[str, Any] = {}
    for name, value in plain.items():
        if isinstance(value, list):
            values[name] = np.array([nan if each is None else each for each in value])
        else:
            values[name] = nan if value is None else value
    return atlas.Profile(**values)


# Reading a file ------------------------------------------------------------------------------


def read_geojson(data: bytes, *, name: str) -> dict[str, Any]:
    """Return what a GeoJSON file holds.

    Raises
    ------
    KembarError
        `boundary.file` if it is none, or lies too deep in itself to be one.
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise KembarError("boundary.file", name=name) from error
    if not isinstance(content, dict):
        raise KembarError("boundary.file", name=name)
    return content


def _features(content: Mapping[str, Any], *, name: str) -> list[Mapping[str, Any]]:
    if content.get("type") != "FeatureCollection":
        return [content]
    features = content.get("features")
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise KembarError("boundary.file", name=name)
    if len(features) > MAX_FEATURES:
        raise KembarError("boundary.features", name=name, limit=MAX_FEATURES)
    return features


def plan(content: Mapping[str, Any], *, by: User | None, region: Region | None, name: str) -> Plan:
    """Work out what a file of boundaries would do. Nothing is written.

    Parameters
    ----------
    by
        Who hands it in. None is the installation itself.
    region
        The one that the whole file is of; else each feature names its own.

    Raises
    ------
    KembarError
        `boundary.file` or `boundary.features`, if nothing of the file can be read.
    """
    features = _features(content, name=name)
    if region is not None:
        wishes = [_measured(Wish(Row(1, {}), region=region), features, content, by)]
    else:
        wishes = _of_many(features, content, by)
    _compare(wishes)
    return Plan(wishes)


def _of_many(
    features: Sequence[Mapping[str, Any]], content: Mapping[str, Any], by: User | None
) -> list[Wish]:
    gazetteer = Gazetteer.of(Region.objects.all())
    wishes: list[Wish] = []
    parts: dict[str, list[Mapping[str, Any]]] = {}
    first: dict[str, Wish] = {}
    for number, feature in enumerate(features, 1):
        given = feature.get("properties")
        cells = {
            str(key): str(value)
            for key, value in (given if isinstance(given, dict) else {}).items()
            if value is not None and not isinstance(value, dict | list)
        }
        wish = Wish(Row(number, cells))
        try:
            wish.region = _region_of(cells, gazetteer)
        except UnmatchedError as error:
            wish.refuse(_("region"), str(error))
            wishes.append(wish)
            continue
        # Islands of a region may come as features of their own.
        parts.setdefault(wish.region.code, []).append(feature)
        if wish.region.code not in first:
            first[wish.region.code] = wish
            wishes.append(wish)
    for code, wish in first.items():
        _measured(wish, parts[code], content, by)
    return wishes


def _region_of(cells: Mapping[str, str], gazetteer: Gazetteer) -> Region:
    """Return the region that a feature's properties mean; all that mean one must agree."""
    small = {key.lower(): value for key, value in cells.items()}
    named = [small[key] for key in (*_CODES, *_NAMES) if small.get(key)]
    if not named:
        raise UnmatchedError(
            _(
                "Nothing among the properties names the region; give one called code, or choose"
                " the region that the whole file is of."
            )
        )
    found: dict[str, Region] = {}
    why = ""
    for text in named:
        try:
            region = find_region(text, gazetteer)
        except UnmatchedError as error:
            why = why or str(error)
        else:
            found[region.code] = region
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        message = _("The properties mean different regions: %(regions)s.")
        names = ", ".join(f"{region} ({code})" for code, region in found.items())
        raise UnmatchedError(message % {"regions": names})
    raise UnmatchedError(why)


def _measured(
    wish: Wish,
    features: Sequence[Mapping[str, Any]],
    content: Mapping[str, Any],
    by: User | None,
) -> Wish:
    """Measure what was drawn for a region, or say what is wrong with it."""
    region = wish.region
    assert region is not None  # noqa: S101  # for the type checker
    owner = owner_for(by, region)
    if owner is None:
        mine = ", ".join(sorted(by.rights.regions(BRING_IN))) if by else ""
        message = _(
            "You bring in boundaries for %(regions)s and for regions abroad, not for another"
            " region of your country."
        )
        wish.refuse(_("region"), message % {"regions": mine})
        return wish
    wish.owner_code = owner
    drawn = {"type": "FeatureCollection", "features": list(features), "crs": content.get("crs")}
    if len(features) == 1 and features[0] is content:
        drawn = dict(content)
    try:
        wish.profile = atlas.measure(drawn)
        wish.shape = _outline(read_polygons(drawn))
    except RecursionError:
        wish.refuse(_("shape"), sentence(KembarError("boundary.not_geojson")))
    except KembarError as error:
        wish.refuse(_("shape"), sentence(error))
    else:
        _check_place(wish, region, wish.profile)
    return wish


def _check_place(wish: Wish, region: Region, profile: atlas.Profile) -> None:
    """Refuse a boundary that lies nowhere near the region as the atlas knows it."""
    try:
        known = atlas.region(region.code.partition(".")[0]).profile
    except KembarError:
        return  # a place whose province the atlas does not know: nothing to hold it against
    if known.basis == "none" or math.isnan(known.south):
        return
    # Where the atlas had to guess, a boundary may well lie beyond the guess.
    margin = _MARGIN if known.basis in ("own", "parts") else 4 * _MARGIN
    if not _boxes_meet(profile, known, margin):
        apart = _km_between(profile, known)
        message = _(
            "This lies %(km)s km from where %(region)s lies; see whether it is the right region,"
            " and whether longitude stands before latitude."
        )
        wish.refuse(_("shape"), message % {"km": round(apart), "region": region})


def _boxes_meet(one: atlas.Profile, two: atlas.Profile, margin: float) -> bool:
    """Return whether two boxes come nearer to each other than a margin, in degrees."""
    if max(one.south, two.south) - min(one.north, two.north) > margin:
        return False
    wide = [(each.east - each.west) % 360 for each in (one, two)]
    turn = abs((one.longitude - two.longitude + 180) % 360 - 180)
    return turn - sum(wide) / 2 <= margin


def _km_between(one: atlas.Profile, two: atlas.Profile) -> float:
    """Return how far the middles of two boxes lie apart on the sphere."""
    a, b = math.radians(one.latitude), math.radians(two.latitude)
    turn = math.radians(two.longitude - one.longitude)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * _RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def _outline(polygons: Sequence[Sequence[Any]]) -> list[Any]:
    """Return polygons with few enough points for a map, as the coordinates of a MultiPolygon."""
    every = np.vstack([ring for polygon in polygons for ring in polygon])
    size = float(np.ptp(every, axis=0).max())
    step, kept = 0.0, [[ring.round(5).tolist() for ring in polygon] for polygon in polygons]
    while sum(len(ring) for polygon in kept for ring in polygon) > MOST_DRAWN:
        step = step * 1.5 or size / 2000
        thinned = [[_thinned(ring, step) for ring in polygon] for polygon in polygons]
        # A ring of which too little is left is an islet smaller than the pen.
        kept = [[ring for ring in polygon if len(ring) > 3] for polygon in thinned]
        kept = [polygon for polygon in kept if polygon]
        if step > size:
            break
    return kept


def _thinned(ring: Any, step: float) -> list[list[float]]:
    """Return the points of a ring that lie a step or more from the last one kept."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if max(abs(point - kept[-1])) >= step:
            kept.append(point)
    return [[round(x, 4), round(y, 4)] for x, y in [*kept, ring[0]]]


def newest(codes: Iterable[str]) -> dict[str, Boundary]:
    """Return the boundary that stands for each region: one query."""
    rows = Boundary.objects.filter(region__in=list(codes), withdrawn="").order_by("pk")
    rows = rows.defer("shape").select_related("source")
    return {boundary.region_id: boundary for boundary in rows}


def _compare(wishes: Sequence[Wish]) -> None:
    standing = newest(wish.region.code for wish in wishes if wish.region)
    for wish in wishes:
        if wish.problems or wish.region is None:
            continue
        there = standing.get(wish.region.code)
        if there is None:
            wish.fate = Fate.ADD
        else:
            same = wish.profile is not None and there.profile == profile_json(wish.profile)
            wish.fate = Fate.SAME if same else Fate.UPDATE


# Doing it -----------------------------------------------------------------------------------


@transaction.atomic
def load(plan_: Plan, handed_in: BoundaryImport, *, by: User | None) -> dict[str, int]:
    """Take over the boundaries of a plan, and return how many had which fate.

    The ones before them stay on the record and can be taken up again.
    """
    name = name_of(by)
    sources: dict[str, Source] = {}
    deeds = []
    for wish in [*plan_.of(Fate.ADD), *plan_.of(Fate.UPDATE)]:
        if wish.region is None or wish.profile is None:
            continue
        if wish.owner_code not in sources:
            sources[wish.owner_code] = _source(handed_in, wish.owner_code, by=by)
        boundary = Boundary.objects.create(
            region=wish.region,
            shape=wish.shape,
            profile=profile_json(wish.profile),
            source=sources[wish.owner_code],
            file=handed_in.file,
            file_name=handed_in.name,
            owner_code=wish.owner_code,
            by_name=name,
        )
        told = {"source": boundary.source.in_a_list(), "area": f"{wish.profile.area_km2:,.0f} km²"}
        changes = differences({}, told)
        deeds.append(Deed("regions.boundary_added", boundary, boundary.owner_code, changes=changes))
    record_all(deeds, by=by)
    return plan_.counts()


def _source(handed_in: BoundaryImport, owner_code: str, *, by: User | None) -> Source:
    published = Source.objects.filter(owner_code=owner_code, audience=Audience.PUBLISHED)
    known = published.filter(address=handed_in.address, publisher=handed_in.publisher)
    if found := known.first():
        return found
    source = Source(
        owner_code=owner_code,
        audience=Audience.PUBLISHED,
        publisher=handed_in.publisher,
        address=handed_in.address,
        dated=handed_in.published,
        kind=Source.Kind.OFFICIAL,
    )
    add_source(source, by=by)
    return source

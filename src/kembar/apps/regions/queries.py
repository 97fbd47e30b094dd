"""What pages about regions read. Nothing here writes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kembar.apps.kit.paging import Page, page_of
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import LANGUAGES, NAMES, reader_language
from kembar.apps.ledger.models import Source
from kembar.apps.regions import pictures
from kembar.apps.regions.boundaries import newest, profile_from
from kembar.apps.regions.climates import CLASSES
from kembar.apps.regions.lookup import named_codes
from kembar.apps.regions.models import Boundary, Figure, Indicator, Region
from kembar.apps.regions.register import country_name
from kembar.apps.regions.units import amount
from kembar.engines import atlas
from kembar.engines.charts import Dot

LIKE_SIZE = 20
# Overlaps below this are border cells and mountain tops.
NO_OVERLAP = 0.02
TOWNS = 8


# Finding a region -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    regions: int


@lru_cache(maxsize=8)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = [(country_name(code, language), code) for code in atlas.countries()]
    return tuple((code, name) for name, code in sorted(names))


def countries() -> list[Country]:
    """Return the countries that have regions here, by name: one query."""
    counted = Region.objects.values_list("country").annotate(n=Count("pk")).order_by()
    many = dict(counted)
    return [
        Country(code, name, many[code])
        for code, name in _countries(reader_language())
        if many.get(code)
    ]


def find_regions(text: str, country: str, number: int) -> Page[Region]:
    """Return one page of the regions that a text may mean, those of a country, or all."""
    found: QuerySet[Region] = Region.objects.select_related("parent")
    if country:
        found = found.filter(country=country)
    if text:
        found = found.filter(spelt__icontains=text)
    # Provinces first, and of a name that many bear the one that bears nothing else.
    return page_of(found.order_by("country", "code"), number)


def nearly(text: str, country: str) -> list[Region]:
    """Return regions that are called so but for punctuation and accents, or nearly so."""
    named = named_codes(text, country)
    codes = named.found or named.near
    found = Region.objects.in_bulk(codes)
    return [found[code] for code in codes]


# A region and what is known of it ------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """A source at the foot of a page, with the number that leads to it."""

    number: int
    label: str
    path: str


class Notes:
    """Numbers sources as a page names them."""

    def __init__(self) -> None:
        self._found: dict[str, Note] = {}

    def of(self, key: str, label: str, path: str) -> Note:
        if key not in self._found:
            self._found[key] = Note(len(self._found) + 1, label, path)
        return self._found[key]

    def of_file(self, file: str) -> Note:
        """Return the note of a data file of the atlas."""
        path = f"{reverse('regions:sources')}#{file.partition('.')[0]}"
        return self.of(file, _(_titles()[file]), path)

    def of_boundary(self, boundary: Boundary) -> Note:
        label = _("The boundary of %(region)s") % {"region": boundary.region_id}
        return self.of(f"boundary {boundary.pk}", label, boundary.get_absolute_url())

    def of_source(self, source: Source) -> Note:
        return self.of(f"source {source.pk}", source.in_a_list(), source.get_absolute_url())

    def __iter__(self) -> Any:
        return iter(self._found.values())


@lru_cache(maxsize=1)
def sources() -> tuple[atlas.Source, ...]:
    """Return where each data file of the atlas comes from."""
    return atlas.sources()


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    return {source.file: source.title for source in sources()}


@dataclass(frozen=True)
class Fact:
    """A line of a profile.

    Attributes
    ----------
    official
        Says that an office stands behind the value: its year; empty if the atlas measured it.
    beside
        What the atlas measured, where an official figure stands in front of it.
    contested
        Whether sources of the same year differ.
    """

    label: str
    value: str
    notes: tuple[Note, ...] = ()
    official: str = ""
    beside: str = ""
    contested: bool = False


def figure_text(figure: Figure) -> str:
    """Return the value of a figure with what the source says of its span."""
    text = amount(figure.value, figure.unit)
    low, high = figure.low, figure.high
    if low is not None and high is not None:
        span = {"low": amount(low), "high": amount(high), "value": text}
        return _("%(value)s (%(low)s to %(high)s)") % span
    if low is not None:
        if low == figure.value:
            return _("at least %(value)s") % {"value": text}
        return _("%(value)s, at least %(low)s") % {"value": text, "low": amount(low)}
    if high is not None:
        if high == figure.value:
            return _("at most %(value)s") % {"value": text}
        return _("%(value)s, at most %(high)s") % {"value": text, "high": amount(high)}
    return text


@dataclass
class Official:
    """What is said of an indicator in its newest year, source by source."""

    indicator: Indicator
    period: str
    figures: tuple[Figure, ...]
    # Numbered where the page names them first, so that the numbers run down the page.
    notes: tuple[Note, ...] = ()

    def numbered(self, notes: Notes) -> tuple[Note, ...]:
        self.notes = tuple(notes.of_source(figure.source) for figure in self.figures)
        return self.notes

    @property
    def is_contested(self) -> bool:
        return len({(figure.value, figure.unit) for figure in self.figures}) > 1

    @property
    def rows(self) -> list[tuple[Figure, str, Note]]:
        return [
            (figure, figure_text(figure), note)
            for figure, note in zip(self.figures, self.notes, strict=True)
        ]

    @property
    def value(self) -> str:
        """The values, one after the other where sources differ."""
        return " / ".join(dict.fromkeys(figure_text(figure) for figure in self.figures))


@dataclass(frozen=True)
class Known:
    """What the atlas and the offices know of a region.

    Attributes
    ----------
    of
        The region that was measured: for a place without a boundary of its own, its province.
    unit
        What the atlas says of it; None if it does not know it.
    profile
        None if nothing was measured.
    boundary
        The official boundary that it was measured on, if there is one.
    """

    of: Region
    unit: atlas.Region | None
    profile: atlas.Profile | None
    boundary: Boundary | None


@lru_cache(maxsize=1)
def _atlas_codes() -> frozenset[str]:
    return frozenset(atlas.codes())


@lru_cache(maxsize=512)
def _unit(code: str) -> atlas.Region | None:
    # Asked for a code that it does not know, the atlas looks for near ones, which takes long.
    return atlas.region(code) if code in _atlas_codes() else None


@lru_cache(maxsize=128)
def _atlas_places(code: str) -> tuple[atlas.Place, ...]:
    return atlas.places(code)[:TOWNS]


@lru_cache(maxsize=128)
def _atlas_airports(code: str) -> tuple[atlas.Airport, ...]:
    return atlas.airports(code)


@lru_cache(maxsize=32)
def atlas_table(country: str = "") -> atlas.Table:
    """Return the atlas as columns, of a country or of the world."""
    return atlas.table(country=country or None)


def known_of(*regions: Region) -> list[Known]:
    """Return what is known of regions: one query for all."""
    asked = {code for region in regions for code in (region.pk, region.parent_id) if code}
    standing = newest(asked)
    return [_known(region, standing) for region in regions]


def _known(region: Region, standing: dict[str, Boundary]) -> Known:
    unit = _unit(region.code)
    own = standing.get(region.code)
    if own is not None:
        return Known(region, unit, profile_from(own.profile), own)
    if unit is None and region.parent is not None:
        return _known(region.parent, standing)
    profile = unit.profile if unit and unit.profile.basis != "none" else None
    return Known(region, unit, profile, None)


# Official figures -----------------------------------------------------------------------------


def _with_sources(figures: QuerySet[Figure]) -> QuerySet[Figure]:
    return figures.select_related("indicator", "source")


def _newest(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures of the last year, or month of it: as text they sort as in time."""
    last = max(str(figure.period) for figure in figures)
    return [figure for figure in figures if str(figure.period) == last]


def officials(region: Region) -> list[Official]:
    """Return the newest figures of each indicator of a region: one query."""
    rows = _with_sources(Figure.objects.standing().readable().filter(region=region))
    found: dict[str, list[Figure]] = defaultdict(list)
    for figure in rows.order_by("indicator", "pk"):
        found[figure.indicator_id].append(figure)
    result = []
    for figures in found.values():
        newest_ = tuple(_newest(figures))
        result.append(
            Official(
                indicator=figures[0].indicator,
                period=readable(newest_[0].period),
                figures=newest_,
            )
        )
    return sorted(result, key=lambda official: str(official.indicator))


def newest_figures(
    indicators: Iterable[str], countries: Iterable[str] | None = None
) -> list[Figure]:
    """Return the newest figures of each region and indicator, for a study: one query.

    They are those that the page of the region shows; where sources differ there are several.

    Parameters
    ----------
    indicators
        Of these only.
    countries
        Of regions in these countries only.
    """
    figures = Figure.objects.standing().readable().filter(indicator__in=list(indicators))
    if countries is not None:
        figures = figures.filter(region__country__in=list(countries))
    found: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures.select_related("source").order_by("pk"):
        found[figure.region_id, figure.indicator_id].append(figure)
    return [figure for group in found.values() for figure in _newest(group)]


def list_figures(region: Region, number: int) -> Page[Figure]:
    """Return one page of all figures of a region, the newest of each indicator first."""
    rows = _with_sources(Figure.objects.readable().filter(region=region))
    return page_of(rows.order_by("indicator", "-period", "pk"), number)


# The profile ---------------------------------------------------------------------------------


@dataclass
class Profile:
    """The page of a region, ready to be shown."""

    known: Known
    is_of_parent: bool
    facts: list[Fact] = field(default_factory=list)
    life: list[Fact] = field(default_factory=list)
    officials: list[Official] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    climate_note: tuple[Note, ...] = ()
    months_note: tuple[Note, ...] = ()
    map: SafeString | str = ""
    climate: SafeString | str = ""
    months: SafeString | str = ""
    table: list[tuple[str, str, str]] = field(default_factory=list)
    classes: list[tuple[str, str, str]] = field(default_factory=list)
    basis: str = ""
    limits: list[str] = field(default_factory=list)
    # The languages in which the region has no name of its own.
    lacking: str = ""

    @property
    def month_heads(self) -> list[str]:
        return ["°C", "mm"]


def profile_of(region: Region) -> Profile:
    """Return the page of a region: two queries."""
    (known,) = known_of(region)
    notes = Notes()
    page = Profile(known, is_of_parent=known.of.pk != region.pk)
    page.lacking = ", ".join(NAMES[key] for key in LANGUAGES if not region.name.get(key))
    page.officials = officials(region)
    if known.profile is not None:
        _add_measured(page, known, known.profile, notes)
    for official in page.officials:
        official.numbered(notes)
    if known.unit is not None:
        page.life = _life(known.unit, notes)
    page.limits = _limits(known)
    page.notes = list(notes)
    return page


def _add_measured(page: Profile, known: Known, profile: atlas.Profile, notes: Notes) -> None:
    name = str(known.of)
    official = {o.indicator.measures: o for o in page.officials if o.indicator.measures}
    page.facts = _facts(known, profile, notes, {} if page.is_of_parent else official)
    page.map = pictures.place_map(known.of.code, name, profile, atlas_table(known.of.country))
    page.basis = _basis(known, profile)
    if not math.isnan(profile.annual_rain_mm):
        page.months = pictures.months([(name, profile)])
        page.months_note = (notes.of_file("climate.npz"),)
        page.table = month_table(profile)
    if profile.climate and not math.isnan(float(profile.koppen.sum())):
        page.climate = pictures.climate_bar([(name, profile)])
        page.climate_note = (notes.of_file("koppen.npz"),)
        page.classes = [
            (code, str(CLASSES[code]), pictures.percent(share))
            for code, share in profile.climate.items()
            if share >= 0.001
        ]


def month_table(*profiles: atlas.Profile) -> list[Any]:
    """Return the twelve months as rows: name, then °C and mm of each region."""
    return [
        (
            month,
            *(
                text
                for profile in profiles
                for text in (
                    amount(float(profile.temperature_c[at]), digits=1),
                    amount(float(profile.rain_mm[at]), digits=0),
                )
            ),
        )
        for at, month in enumerate(pictures.month_names())
    ]


def _basis(known: Known, profile: atlas.Profile) -> str:
    if known.boundary is not None:
        return _("an official boundary that was brought in")
    return _(atlas.BASES[profile.basis])


def _facts(
    known: Known, profile: atlas.Profile, notes: Notes, official: dict[str, Official]
) -> list[Fact]:
    shapes = notes.of_boundary(known.boundary) if known.boundary else notes.of_file("shapes.npz")
    warmth, rain = profile.mean_temperature_c, profile.annual_rain_mm
    measured: list[tuple[str, str, float, str, int, str | Note]] = [
        ("area_km2", _("Area"), profile.area_km2, "km2", 0, shapes),
        ("elevation_m", _("Mean height"), profile.elevation_m, "m", 0, "altitude.npz"),
        ("", _("Nearest land to the sea"), profile.sea_km, "km", 0, "sea.npz"),
        ("mean_temperature_c", _("Mean temperature"), warmth, "°C", 1, "climate.npz"),
        ("annual_rain_mm", _("Rain in a year"), rain, "mm", 0, "climate.npz"),
    ]
    facts = [
        _fact(name, label, value, unit, digits, source, notes, official)
        for name, label, value, unit, digits, source in measured
    ]
    facts.insert(3, _coast(profile, notes))
    if not math.isnan(profile.annual_rain_mm):
        dry = Fact(
            _("Months under 60 mm of rain"),
            str(profile.dry_months),
            (notes.of_file("climate.npz"),),
        )
        facts.append(dry)
    return facts


def _fact(
    name: str,
    label: str,
    value: float,
    unit: str,
    digits: int,
    source: str | Note,
    notes: Notes,
    official: dict[str, Official],
) -> Fact:
    known = not math.isnan(value)
    text = amount(value, unit, digits=digits) if known else _("not known")
    said = official.get(name)
    if said is None:
        note = source if isinstance(source, Note) else notes.of_file(source)
        return Fact(label, text, (note,) if known else ())
    return Fact(
        label,
        said.value,
        said.numbered(notes),
        official=said.period,
        beside=_("The atlas measures %(value)s.") % {"value": text} if known else "",
        contested=said.is_contested,
    )


def _coast(profile: atlas.Profile, notes: Notes) -> Fact:
    if math.isnan(profile.sea_km):
        return Fact(_("Coast"), _("not known"))
    note = (notes.of_file("sea.npz"),)
    if profile.is_landlocked:
        return Fact(_("Coast"), _("none: landlocked"), note)
    facts = {
        "near": pictures.percent(profile.land_within_50km),
        "far": pictures.percent(profile.land_within_100km),
    }
    text = _("%(near)s of the land within 50 km of the sea, %(far)s within 100 km") % facts
    return Fact(_("Coast"), text, note)


def _life(unit: atlas.Region, notes: Notes) -> list[Fact]:
    """Return towns, airports and clock."""
    units, places = notes.of_file("units.csv"), notes.of_file("places.npz")
    facts = []
    if unit.seat:
        facts.append(Fact(_("Seat of government"), unit.seat, (units,)))
    if unit.largest_place:
        facts.append(Fact(_("Largest place"), unit.largest_place, (units,)))
    if unit.places:
        said = {
            "places": amount(unit.places),
            "cities": amount(unit.cities),
            "people": amount(unit.towns_population),
        }
        text = _("%(places)s, %(cities)s of them with 100,000 people or more") % said
        facts.append(Fact(_("Towns and villages"), text, (places,)))
        text = _("%(people)s in towns: no census, and far below one") % said
        facts.append(Fact(_("People"), text, (places,)))
        names = ", ".join(place.name for place in _atlas_places(unit.code))
        facts.append(Fact(_("Largest towns"), names, (places,)))
    airports = _atlas_airports(unit.code)
    names = ", ".join(f"{each.name} ({each.iata})" for each in airports[:TOWNS])
    if len(airports) > TOWNS:
        names += " …"
    count = f"{len(airports)}: {names}" if airports else _("none with an IATA code")
    facts.append(Fact(_("Airports"), count, (notes.of_file("airports.csv"),)))
    if unit.time_zone:
        facts.append(Fact(_("Clock"), clock(unit), (units,)))
    return facts


def clock(unit: atlas.Region) -> str:
    """Return a region's time zone in words."""
    facts = {"zone": unit.time_zone, "hours": f"UTC{unit.utc_offset_hours:+g}"}
    if unit.summer_offset_hours != unit.utc_offset_hours:
        facts["summer"] = f"UTC{unit.summer_offset_hours:+g}"
        return _("%(zone)s, %(hours)s, in summer %(summer)s") % facts
    return f"{facts['zone']}, {facts['hours']}"


def _limits(known: Known) -> list[str]:
    """Return what the numbers of a profile cannot say."""
    if known.profile is None:
        return [_("Nothing was measured here: the atlas has neither a shape nor a place for it.")]
    said = []
    if known.profile.basis == "nearest_place":
        said.append(
            _(
                "The shape is a guess, so area and coast are rough. Bring in the official"
                " boundary, and everything is measured again on it."
            )
        )
    if known.profile.basis == "places":
        said.append(_("It was measured at its towns only: mountains and empty coast do not count."))
    said.append(
        _(
            "Rain is a model's (ERA5) and 10 to 20 % too high in much of Asia: good for season and"
            " rank, not for millimetres. Cells of 28 km blur islands and mountains."
        )
    )
    return said


# Two side by side -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two regions side by side, ready to be shown."""

    one: Region
    two: Region
    rows: list[tuple[Fact, Fact]]
    indicators: list[tuple[Indicator, Official | None, Official | None]]
    map: SafeString | str
    months: SafeString | str
    climate: SafeString | str
    table: list[Any]
    overlap: str
    overlap_is_none: bool
    distance: str
    shift: int
    hours: str
    notes: list[Note]
    limits: list[str]

    @property
    def month_heads(self) -> list[str]:
        return [f"{region}, {unit}" for region in (self.one, self.two) for unit in ("°C", "mm")]


def compare(one: Region, two: Region) -> Pair:
    """Return two regions side by side: three queries."""
    known = known_of(one, two)
    notes = Notes()
    official = [officials(each) for each in (one, two)]
    measures = [
        {o.indicator.measures: o for o in said if o.indicator.measures} for said in official
    ]
    profiles = [each.profile for each in known]
    named = [
        (str(region), profile)
        for region, profile in zip((one, two), profiles, strict=True)
        if profile is not None
    ]
    rows: list[tuple[Fact, Fact]] = []
    if len(named) == 2:
        left, right = (
            _facts(each, profile, notes, said)
            for each, (_name, profile), said in zip(known, named, measures, strict=True)
        )
        rows = list(zip(left, right, strict=False))
    if known[0].unit and known[1].unit:
        units = notes.of_file("units.csv")
        clocks = [clock(each.unit) if each.unit.time_zone else "" for each in known if each.unit]
        label = _("Clock")
        rows.append((Fact(label, clocks[0], (units,)), Fact(label, clocks[1], (units,))))
    for said in (*official[0], *official[1]):
        said.numbered(notes)
    return Pair(
        one=one,
        two=two,
        rows=rows,
        indicators=_of_both(*official),
        **_likeness(named, notes),
        hours=_hours(known),
        notes=list(notes),
        limits=_pair_limits(one, two, known),
    )


def _of_both(
    left: Sequence[Official], right: Sequence[Official]
) -> list[tuple[Indicator, Official | None, Official | None]]:
    ours = {o.indicator.code: o for o in left}
    theirs = {o.indicator.code: o for o in right}
    every = {o.indicator.code: o.indicator for o in (*left, *right)}
    return [
        (indicator, ours.get(code), theirs.get(code))
        for code, indicator in sorted(every.items(), key=lambda pair: str(pair[1]))
    ]


def _likeness(named: Sequence[tuple[str, atlas.Profile]], notes: Notes) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        **dict.fromkeys(("map", "months", "climate", "overlap", "distance"), ""),
        "table": [],
        "overlap_is_none": False,
        "shift": 0,
    }
    if len(named) < 2:
        return nothing
    one, two = (profile for _name, profile in named)
    found = {**nothing, "map": pictures.pair_map(named)}
    overlap = atlas.climate_overlap(one, two)
    if not math.isnan(overlap):
        notes.of_file("koppen.npz")
        found |= {
            "climate": pictures.climate_bar(named),
            "overlap": pictures.percent(overlap),
            "overlap_is_none": overlap < NO_OVERLAP,
        }
    distance = atlas.profile_distance(one, two)
    if not math.isnan(distance.value):
        notes.of_file("climate.npz")
        found |= {
            "months": pictures.months(named),
            "table": month_table(one, two),
            "distance": amount(distance.value, digits=2),
            "shift": distance.shift_months,
        }
    return found


def _hours(known: Sequence[Known]) -> str:
    units = [each.unit for each in known if each.unit]
    if len(units) < 2:
        return ""
    hours = units[1].utc_offset_hours - units[0].utc_offset_hours
    if math.isnan(hours):
        return ""
    facts = {"one": str(known[0].of), "two": str(known[1].of), "hours": f"{abs(hours):g}"}
    if hours == 0:
        return _("The clocks of both show the same.")
    if hours > 0:
        return _("%(two)s is %(hours)s h ahead of %(one)s.") % facts
    return _("%(two)s is %(hours)s h behind %(one)s.") % facts


def _pair_limits(one: Region, two: Region, known: Sequence[Known]) -> list[str]:
    said = []
    for region, each in zip((one, two), known, strict=True):
        if each.of.pk != region.pk:
            facts = {"place": str(region), "region": str(each.of)}
            said.append(_("What is said of %(place)s was measured on %(region)s.") % facts)
        elif each.profile is not None and each.profile.basis not in ("own", "imported"):
            facts = {"region": str(region), "basis": _basis(each, each.profile)}
            said.append(_("%(region)s was measured on %(basis)s.") % facts)
        elif each.profile is None:
            said.append(_("Nothing was measured on %(region)s.") % {"region": region})
    return said


# Who is like us? ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alike:
    """A region that is like one, and how much."""

    rank: int
    code: str
    name: str
    country: str
    overlap: str
    distance: str
    shift: int
    sea: str
    note: str


@dataclass(frozen=True)
class Likeness:
    """One page of the regions that are like one."""

    known: Known
    rows: list[Alike]
    number: int
    has_next: bool
    count: int
    map: SafeString | str
    previous_number: int
    next_number: int


def like(region: Region, *, country: str, by: str, number: int) -> Likeness | None:
    """Return the regions that are like one, the nearest first; None if nothing was measured.

    Parameters
    ----------
    country
        Only those of this country; empty for the world.
    by
        "months": the distance of the twelve months. "climate": the shared Köppen classes.
    """
    (known,) = known_of(region)
    profile = known.profile
    if profile is None or math.isnan(profile.annual_rain_mm):
        return None
    table = atlas_table(country)
    years, koppen, latitude = _columns(table)
    year = np.stack([profile.temperature_c, profile.rain_mm])
    apart, shift = atlas.profile_distances(
        year, years, latitude=profile.latitude, latitudes=latitude
    )
    shared = atlas.climate_overlaps(profile.koppen, koppen)
    itself = np.array([code == known.of.code for code in table.codes])
    key = np.where(itself | np.isnan(apart) | np.isnan(shared), np.inf, apart)
    if by == "climate":
        # What shares nothing is ordered by its months: a long tail of zeros says nothing.
        key = np.where(np.isinf(key), np.inf, np.round(1 - shared, 3) * 1000 + np.minimum(apart, 9))
    order = np.argsort(key, kind="stable")
    count = int(np.isfinite(key).sum())
    start = (number - 1) * LIKE_SIZE
    chosen = order[start : min(start + LIKE_SIZE, count)].tolist()
    names = {r.code: r for r in Region.objects.filter(code__in=[table.codes[at] for at in chosen])}
    rows = []
    for rank, at in enumerate(chosen, start + 1):
        code = table.codes[at]
        rows.append(
            Alike(
                rank=rank,
                code=code,
                name=str(names[code]) if code in names else table.names["en"][at],
                country=country_name(table.countries[at], reader_language()),
                overlap=pictures.percent(float(shared[at])),
                distance=amount(float(apart[at]), digits=2),
                shift=int(shift[at]),
                sea=_sea(float(table.sea_km[at])),
                note="" if table.bases[at] == "own" else _(atlas.BASES[table.bases[at]]),
            )
        )
    dots = [
        Dot(
            float(table.latitude[at]),
            float(table.longitude[at]),
            row.name,
            value=max(0.0, min(1.0, float(shared[at]) if by == "climate" else 1 - apart[at] / 2)),
        )
        for row, at in zip(rows, chosen, strict=True)
    ]
    return Likeness(
        known,
        rows,
        number,
        has_next=start + LIKE_SIZE < count,
        count=count,
        map=pictures.likeness_map((str(known.of), profile), dots) if rows else "",
        previous_number=number - 1,
        next_number=number + 1,
    )


def _columns(table: atlas.Table) -> tuple[Any, Any, Any]:
    """Return months, classes and latitudes, with what was measured on official boundaries."""
    years = np.stack([table.temperature_c, table.rain_mm], axis=1)
    koppen, latitude = table.koppen, table.latitude
    place = {code: at for at, code in enumerate(table.codes)}
    standing = [b for b in newest_boundaries() if b.region_id in place]
    if standing:
        years, koppen, latitude = years.copy(), koppen.copy(), latitude.copy()
    for boundary in standing:
        at, profile = place[boundary.region_id], profile_from(boundary.profile)
        years[at] = np.stack([profile.temperature_c, profile.rain_mm])
        koppen[at], latitude[at] = profile.koppen, profile.latitude
    return years, koppen, latitude


def newest_boundaries() -> list[Boundary]:
    """Return the boundary that stands for each region that has one: one query."""
    rows = Boundary.objects.filter(withdrawn="").defer("shape").order_by("pk")
    return list({boundary.region_id: boundary for boundary in rows}.values())


def _sea(km: float) -> str:
    if math.isnan(km):
        return _("not known")
    return _("on the coast") if km <= atlas.LANDLOCKED_KM else amount(km, "km", digits=0)


# Boundaries and sources -------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """An official boundary beside what the atlas drew."""

    boundary: Boundary
    map: SafeString | str
    area: str


def _rings(shape: Sequence[Any]) -> list[Any]:
    return [ring for polygon in shape for ring in polygon]


def _atlas_rings(code: str) -> list[Any]:
    shape = atlas.shape(code) if code in _atlas_codes() else None
    return _rings(shape.polygons) if shape else []


def drawn(boundary: Boundary, region: Region) -> Drawn:
    """Return a boundary with its picture."""
    rings = _rings(boundary.shape)
    area = boundary.profile["area_km2"]
    return Drawn(
        boundary,
        pictures.outline_map(str(region), rings, _atlas_rings(region.code)) if rings else "",
        amount(area, "km2", digits=0),
    )


@dataclass(frozen=True)
class Change:
    """What a boundary would change in the profile of its region."""

    label: str
    fate: str
    map: SafeString | str
    rows: list[tuple[str, str, str]]


def change_of(wish: Any) -> Change:
    """Return what the boundary of a wish looks like and what it changes."""
    region, profile = wish.region, wish.profile
    (known,) = known_of(region)
    before = known.profile if known.of.pk == region.pk else None
    rings = _rings(wish.shape)
    old = {fact.label: fact.value for fact in _plain_facts(before)} if before else {}
    return Change(
        label=wish.label,
        fate=wish.fate,
        map=pictures.outline_map(str(region), rings, _atlas_rings(region.code)) if rings else "",
        rows=[(fact.label, old.get(fact.label, "–"), fact.value) for fact in _plain_facts(profile)],
    )


def _plain_facts(profile: atlas.Profile) -> list[Fact]:
    known = Known(Region(), None, profile, None)
    facts = _facts(known, profile, Notes(), {})
    top = ", ".join(
        f"{code} {pictures.percent(share)}" for code, share in list(profile.climate.items())[:3]
    )
    return [*facts, Fact(_("Climate (Köppen)"), top)]


@dataclass(frozen=True)
class ToldSource:
    """A data file of the atlas as its page tells it."""

    anchor: str
    title: str
    bias: str
    period: str
    resolution: str
    method: str
    source: atlas.Source


def told_sources() -> list[ToldSource]:
    """Return where the atlas has its numbers from, told in the reader's language where it can."""
    return [
        ToldSource(
            source.file.partition(".")[0], _(source.title), _(source.bias) if source.bias else "",
            _(source.period), _(source.resolution), _(source.method), source,
        )
        for source in sources()
    ]  # fmt: skip

"""How the values of criteria come about: one home region against many candidates at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting.catalog import Definition
from kembar.engines.scouting.criteria import Floats, Law
from kembar.engines.scouting.question import Claim, Figure, Known, Question
from kembar.engines.scouting.said import Said


@dataclass(frozen=True)
class Evidence:
    """Where a value comes from, and of which year; several things said stay apart."""

    source: str | tuple[str | Said, ...]
    year: int | None = None


@dataclass(frozen=True, eq=False)
class Column:
    """The values of one criterion.

    Attributes
    ----------
    first, second : arrays of shape (m,), in the unit of the criterion
    law : array of shape (m,)
        As in `Table`.
    evidence
        By row, where it is not the source of the criterion itself.
    notices
        What should be said about it.
    """

    first: Floats
    second: Floats
    law: NDArray[np.int8]
    evidence: Mapping[int, Evidence] = field(default_factory=dict)
    notices: tuple[KembarError, ...] = ()

    @property
    def known(self) -> NDArray[np.bool_]:
        """Of whom anything is known."""
        return np.asarray(self.law != Law.MISSING)


@dataclass(frozen=True, eq=False)
class Setting:
    """What measures look at.

    Attributes
    ----------
    home
    world
        All regions of the atlas.
    at : array of shape (m,)
        Rows of `world` that are candidates.
    codes
        Their codes.
    known, question
    """

    home: atlas.Region
    world: atlas.Table
    at: NDArray[np.intp]
    codes: tuple[str, ...]
    known: Known
    question: Question

    def of(self, column: NDArray[np.float64]) -> Floats:
        """Return the candidates' rows of a column of the atlas."""
        return column[self.at]


def exact(values: Floats) -> Column:
    """Return a column of exact values, in which NaN is missing."""
    law = np.where(np.isnan(values), Law.MISSING, Law.EXACT).astype(np.int8)
    return Column(values, np.zeros_like(values), law)


def overlaps(setting: Setting) -> Floats:
    """Return the share of climate in common with each candidate, 0 to 1; NaN if not known."""
    return atlas.climate_overlaps(setting.home.profile.koppen, setting.of(setting.world.koppen))


def _climate_overlap(_definition: Definition, setting: Setting) -> Column:
    return exact(overlaps(setting))


def _climate_months(_definition: Definition, setting: Setting) -> Column:
    profile, world = setting.home.profile, setting.world
    distances, _shifts = atlas.profile_distances(
        np.stack([profile.temperature_c, profile.rain_mm]),
        np.stack([setting.of(world.temperature_c), setting.of(world.rain_mm)], axis=1),
        latitude=profile.latitude,
        latitudes=setting.of(world.latitude),
    )
    return exact(distances)


def _coast_land(_definition: Definition, setting: Setting) -> Column:
    there = setting.of(setting.world.land_within_50km)
    return exact(np.abs(there - setting.home.profile.land_within_50km))


def _sea_distance(_definition: Definition, setting: Setting) -> Column:
    return exact(np.abs(setting.of(setting.world.sea_km) - setting.home.profile.sea_km))


def _elevation(_definition: Definition, setting: Setting) -> Column:
    there = setting.of(setting.world.elevation_m)
    return exact(np.abs(there - setting.home.profile.elevation_m))


def hours_between(one: float | Floats, other: Floats) -> Floats:
    """Return the hours between clocks, the shorter way round the day.

    Examples
    --------
    >>> hours_between(8.0, np.array([8.0, -5.0, -10.0]))
    array([ 0., 11.,  6.])
    """
    apart = np.abs(other - one)
    return np.minimum(apart, 24.0 - apart)


def _hours_between(_definition: Definition, setting: Setting) -> Column:
    there = setting.of(setting.world.utc_offset_hours)
    return exact(hours_between(setting.home.utc_offset_hours, there))


def _airports(_definition: Definition, setting: Setting) -> Column:
    count = setting.world.airports[setting.at].astype(np.float64)
    # Airports were counted inside shapes and near places: without either, 0 means nothing.
    nowhere = np.array([setting.world.bases[row] == "none" for row in setting.at])
    return exact(np.where(nowhere, np.nan, count))


def _contacts(_definition: Definition, setting: Setting) -> Column:
    if not setting.known.contacts:
        return exact(np.full(len(setting.codes), np.nan))
    count: Counter[str] = Counter()
    for each in setting.known.contacts:
        count[each.region] += each.count
    return exact(np.array([float(count[code]) for code in setting.codes]))


# Corroborated, contradicted; an open claim says no more than none.
_WORTH: Final = {"corroborated": 1.0, "contradicted": 0.0, "open": np.nan}


def needs(setting: Setting) -> frozenset[str]:
    """Return the sectors that home seeks: those of the question, else its documented needs."""
    if setting.question.sectors:
        return frozenset(setting.question.sectors)
    return frozenset(
        each.sector
        for each in setting.known.claims
        if each.region == setting.home.code and each.role == "need"
        and each.verdict != "contradicted"
    )  # fmt: skip


def _strength(definition: Definition, setting: Setting) -> Column:
    values = np.full(len(setting.codes), np.nan)
    said: dict[str, list[Claim]] = {}
    for claim in setting.known.claims:
        if claim.sector == definition.sector and claim.role == "strength":
            said.setdefault(claim.region, []).append(claim)
    column, evidence = exact(values), {}
    for row, code in enumerate(setting.codes):
        if code not in said:
            continue
        claims = said[code]
        worth = {_WORTH[each.verdict] for each in claims if each.verdict != "open"}
        # Verdicts for and against leave it open.
        if len(worth) == 1:
            column.first[row], column.law[row] = worth.pop(), Law.EXACT
        else:
            column.first[row], column.second[row] = sorted((definition.worst, definition.best))
            column.law[row] = Law.BETWEEN
        evidence[row] = Evidence(_together(each.source for each in claims))
    return Column(column.first, column.second, column.law, evidence)


def _together(sources: Iterable[str | Said]) -> str | tuple[str | Said, ...]:
    """Return several sources, each once: as one text if they are texts."""
    once = tuple(dict.fromkeys(sources))
    texts = [each for each in once if isinstance(each, str)]
    return "; ".join(texts) if len(texts) == len(once) else once


def _figure(definition: Definition, setting: Setting) -> Column:
    latest, odd = _latest(definition, setting)
    column, evidence = exact(np.full(len(setting.codes), np.nan)), {}
    disagree = []
    for row, code in enumerate(setting.codes):
        if code not in latest:
            continue
        found = latest[code]
        column.first[row], column.second[row], column.law[row] = _cell(found, definition)
        sources = "; ".join(dict.fromkeys(each.source for each in found))
        evidence[row] = Evidence(sources, found[0].year)
        if len({each.value for each in found}) > 1:
            disagree.append(code)
    notices = [
        KembarError(
            "scout.figure_unit", indicator=definition.indicator, codes=such_as(codes), unit=unit,
            criterion=definition.code, wanted=definition.unit,
        )
        for unit, codes in odd.items()
    ]  # fmt: skip
    if disagree:
        notices.append(
            KembarError(
                "scout.figures_disagree", indicator=definition.indicator, codes=such_as(disagree)
            )
        )
    return Column(column.first, column.second, column.law, evidence, tuple(notices))


def _latest(
    definition: Definition, setting: Setting
) -> tuple[dict[str, list[Figure]], dict[str, list[str]]]:
    """Return the figures of the latest year by region, and regions whose unit is another, by it.

    One odd figure must not stop a whole question, so it is left out and told.
    """
    latest: dict[str, list[Figure]] = {}
    odd: dict[str, list[str]] = {}
    for figure in setting.known.figures:
        if figure.indicator != definition.indicator:
            continue
        if figure.unit != definition.unit:
            odd.setdefault(figure.unit, []).append(figure.region)
            continue
        there = latest.setdefault(figure.region, [])
        if there and (figure.year or 0) > (there[0].year or 0):
            there.clear()
        if not there or (figure.year or 0) == (there[0].year or 0):
            there.append(figure)
    return latest, odd


def such_as(codes: Iterable[str], *, most: int = 5) -> str:
    """Return codes as a list for people, the first few of many."""
    once = list(dict.fromkeys(codes))
    return ", ".join(once[:most]) + (", …" if len(once) > most else "")


def _cell(figures: list[Figure], definition: Definition) -> tuple[float, float, int]:
    """Return the two numbers and the law of what sources say of one year."""
    if len({each.value for each in figures}) > 1:
        ends = [end for each in figures for end in (each.low, each.value, each.high)]
        given = [end for end in ends if end is not None]
        return min(given), max(given), Law.BETWEEN
    one = figures[0]
    if one.low is not None or one.high is not None:
        # “At least” leaves the other end to the scale.
        low = min(definition.worst, definition.best, one.value) if one.low is None else one.low
        high = max(definition.worst, definition.best, one.value) if one.high is None else one.high
        return low, high, Law.BETWEEN
    if one.sd:
        return one.value, one.sd, Law.NORMAL
    return one.value, 0.0, Law.EXACT


Measure = Callable[[Definition, Setting], Column]
_MEASURES: Final[dict[str, Measure]] = {
    "climate_overlap": _climate_overlap,
    "climate_months": _climate_months,
    "coast_land": _coast_land,
    "sea_distance": _sea_distance,
    "elevation": _elevation,
    "hours_between": _hours_between,
    "airports": _airports,
    "contacts": _contacts,
    "strength": _strength,
    "figure": _figure,
}


def measured(definition: Definition, setting: Setting) -> Column:
    """Return the values of a criterion for all candidates."""
    return _MEASURES[definition.measure](definition, setting)

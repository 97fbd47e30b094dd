"""Claims that the atlas can test: similar climate, a coast, the same time.

A check says what was computed, where the line was drawn and why, and what it does not say. Its
answer is evidence for a verdict, never the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting.filters import passed
from kembar.engines.scouting.measures import hours_between
from kembar.engines.scouting.partners import among
from kembar.engines.scouting.question import Known, Question, Verdict

SENTENCES: Final[dict[str, str]] = {
    "similar_climate": "The climate of the two regions is similar.",
    "similar_climate.corroborated": (
        "%(region)s and %(home)s have %(overlap)s %% of their climate in common."
    ),
    "similar_climate.contradicted": (
        "%(region)s and %(home)s have %(overlap)s %% of their climate in common, and their months"
        " are %(distance)s apart: place %(place)s of %(count)s regions of that country."
    ),
    "similar_climate.open": (
        "%(region)s and %(home)s have %(overlap)s %% of their climate in common, and their months"
        " are %(distance)s apart; that is neither alike nor unlike."
    ),
    "similar_climate.threshold": (
        "Alike from 50 % of the climate in common; unlike below 2 % if the months are 1 or more"
        " apart."
    ),
    "similar_climate.reason": (
        "Half is most of the land. Below 2 % it is border cells and mountain tops, and at 1 every"
        " month differs by 10 °C or as much in rain."
    ),
    "tropical": "It lies in the tropical climate.",
    "tropical.corroborated": "%(share)s %% of %(region)s has a tropical climate (Köppen A).",
    "tropical.contradicted": "%(share)s %% of %(region)s has a tropical climate (Köppen A).",
    "tropical.open": "%(share)s %% of %(region)s has a tropical climate (Köppen A): a part of it.",
    "tropical.threshold": "Tropical from 50 % of the land; not tropical below 2 %.",
    "tropical.reason": (
        "Half is most of the land; below 2 % it is border cells. In Köppen's class A every month"
        " has 18 °C or more."
    ),
    "has_coast": "It has a coast.",
    "has_coast.corroborated": "%(region)s reaches the sea.",
    "has_coast.contradicted": (
        "%(region)s is landlocked: its nearest land is %(sea_km)s km from the sea."
    ),
    "has_coast.open": "Whether %(region)s reaches the sea was not measured well enough.",
    "has_coast.threshold": "Landlocked if the nearest land is more than 5 km from the sea.",
    "has_coast.reason": (
        "The grid of distances has cells of 0.1°, so that land on the coast shows about 2 km."
    ),
    "marine_experience": "It can have experience with the sea on a coast of its own.",
    "marine_experience.corroborated": (
        "%(region)s has a coast, so experience with the sea is possible; whether there is any, a"
        " document must show."
    ),
    "marine_experience.contradicted": (
        "%(region)s has no coast of its own: its nearest land is %(sea_km)s km from the sea."
    ),
    "marine_experience.open": (
        "Whether %(region)s has a coast of its own was not measured well enough."
    ),
    "marine_experience.threshold": (
        "Possible with a coast; not on a coast of its own if the nearest land is more than 5 km"
        " from the sea."
    ),
    "marine_experience.reason": (
        "Farming in the sea, fishing at sea and ponds of sea water need sea water at hand."
    ),
    "same_time": "The clocks of the two regions show nearly the same.",
    "same_time.corroborated": "The clocks are %(hours)s h apart.",
    "same_time.contradicted": "The clocks are %(hours)s h apart.",
    "same_time.open": "The clocks are %(hours)s h apart.",
    "same_time.threshold": "Nearly the same up to 1 hour; not so from 4 hours on.",
    "same_time.reason": (
        "Of eight office hours seven are shared at 1 hour, and half or fewer from 4 hours on."
    ),
    "same_dry_season": "The dry season falls in the same months.",
    "same_dry_season.corroborated": (
        "Dry months of %(home)s: %(months_home)s; of %(region)s: %(months_region)s; in common:"
        " %(common)s."
    ),
    "same_dry_season.contradicted": (
        "Dry months of %(home)s: %(months_home)s; of %(region)s: %(months_region)s; in common:"
        " %(common)s."
    ),
    "same_dry_season.open": (
        "Dry months of %(home)s: %(months_home)s; of %(region)s: %(months_region)s; in common:"
        " %(common)s. The answer hangs on the error of the rain, or only part of the season fits."
    ),
    "same_dry_season.threshold": (
        "The same if at least half of all months that are dry here or there are dry in both; not"
        " the same if none is. It must hold with 20 % more and less rain."
    ),
    "same_dry_season.reason": (
        "A month under 60 mm is dry (Köppen's limit for the tropics), and the rain of ERA5 is"
        " sure to about 20 %."
    ),
    "similar_height": "The two regions lie about as high.",
    "similar_height.corroborated": "Their mean heights are %(apart_m)s m apart.",
    "similar_height.contradicted": "Their mean heights are %(apart_m)s m apart.",
    "similar_height.open": "Their mean heights are %(apart_m)s m apart.",
    "similar_height.threshold": "Alike up to 300 m; unlike from 1,000 m on.",
    "similar_height.reason": (
        "In the standard atmosphere 300 m make 2 °C, and 1,000 m make 6.5 °C."
    ),
    "not_known": "The atlas knows too little of %(region)s to say.",
    "limit.inland_aquaculture": (
        "It says nothing against farming fish inland, in ponds, lakes and rivers."
    ),
    "limit.salt_refining": "It says nothing against refining salt, which needs no coast.",
    "limit.processing": "It says nothing against processing, cooling and selling fish.",
    "limit.people": (
        "People, firms and universities may have learnt elsewhere what their land does not teach."
    ),
    "limit.possible_is_not_done": (
        "A coast makes it possible; it does not show that anybody there can do it."
    ),
    "limit.farming": (
        "It says nothing of varieties, soil, irrigation, or what is grown in another season."
    ),
    "limit.means": "Means over a whole region hide its mountains, valleys and dry sides.",
    "limit.era5": "ERA5 rains 10 to 20 % too much in much of Asia.",
    "limit.standard_time": "Opening hours, holidays and the way there are not looked at.",
    "limit.rough": "One of the regions was not measured on a shape of its own.",
    "limit.not_the_reason": (
        "It tests the sentence, not the motive: a partner may be chosen well for other reasons."
    ),
}
"""The English sentences: of claims, results, thresholds, reasons and limits."""


@dataclass(frozen=True)
class Check:
    """A claim that can be tested.

    Attributes
    ----------
    code
        Key of its sentence.
    about_two
        Whether a home region is needed.
    limits
        Keys of what it does not say.
    """

    code: str
    about_two: bool
    limits: tuple[str, ...]


@dataclass(frozen=True)
class Amount:
    """A number that a verdict rests on; `region` is "" if it is of both."""

    name: str
    value: float
    unit: str
    region: str
    source: str


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes
    ----------
    check, region, home
        `home` is "" where one region is enough.
    verdict
    code
        Key of the sentence of the result, with its `facts`.
    facts
    amounts
        The numbers, each with unit and source.
    threshold, reason
        Keys of where the line was drawn, and why there.
    limits
        Keys of what this does not say.
    """

    check: str
    region: str
    home: str
    verdict: Verdict
    code: str
    facts: Mapping[str, object]
    amounts: tuple[Amount, ...]
    threshold: str
    reason: str
    limits: tuple[str, ...]

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.facts

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it, English sentences included."""
        said = {
            "text": str(self),
            "claim_text": SENTENCES[self.check],
            "threshold_text": SENTENCES[self.threshold],
            "reason_text": SENTENCES[self.reason],
            "limit_texts": [SENTENCES[each] for each in self.limits],
        }
        return asdict(self) | {"facts": dict(self.facts), "limits": list(self.limits)} | said


CHECKS: Final[dict[str, Check]] = {
    each.code: each
    for each in (
        Check(
            "similar_climate",
            True,
            ("limit.farming", "limit.means", "limit.era5", "limit.not_the_reason"),
        ),
        Check("tropical", False, ("limit.farming", "limit.means")),
        Check(
            "has_coast",
            False,
            ("limit.inland_aquaculture", "limit.salt_refining", "limit.processing"),
        ),
        Check(
            "marine_experience",
            False,
            (
                *("limit.inland_aquaculture", "limit.salt_refining", "limit.processing"),
                *("limit.people", "limit.possible_is_not_done"),
            ),
        ),
        Check("same_time", True, ("limit.standard_time",)),
        Check("same_dry_season", True, ("limit.era5", "limit.means", "limit.farming")),
        Check("similar_height", True, ("limit.means", "limit.farming")),
    )
}

_KOPPEN: Final = "Köppen–Geiger map, Rubel and others, 1986–2010"
_ERA5: Final = "ERA5 monthly means, 2000–2025, Copernicus"
_SEA: Final = "GSHHG coastline on a 0.1° grid (landmetrics)"
_TERRAIN: Final = "Tilezen terrain, 5 arc minutes (pvlib)"
_ZONES: Final = "IANA time zones; Beijing time for all of China, by law"

ALIKE, NONE = 0.5, 0.02
FAR: Final = 1.0
NEAR_HOURS, FAR_HOURS = 1.0, 4.0
LEVEL_M, STEEP_M = 300.0, 1000.0
# Beyond this, km, even places and neighbours' shapes leave no doubt.
SURELY_INLAND_KM: Final = 50.0
RAIN_ERROR: Final = 0.2

_Result = tuple[Verdict, dict[str, object], list[Amount]]


def examine(check: str, region: str, *, home: str | None = None) -> Finding:
    """Return whether the atlas bears out a claim about a region, and what that does not say.

    Parameters
    ----------
    check
        One of `CHECKS`.
    region
        Whom the claim is about, ISO 3166-2.
    home
        The other one, where two are compared.

    Returns
    -------
    Finding
        "open" if too little is known, or if the numbers lie between the lines.

    Raises
    ------
    KembarError
        "scout.check_unknown", "scout.check_needs_home", "scout.itself", those of `atlas.region`.

    Examples
    --------
    >>> found = examine("has_coast", "CN-JX")
    >>> found.verdict, str(found)
    ('contradicted', 'CN-JX is landlocked: its nearest land is 144 km from the sea.')
    """
    if check not in CHECKS:
        raise KembarError("scout.check_unknown", check=check, known=", ".join(CHECKS))
    rule = CHECKS[check]
    one = atlas.region(region)
    if rule.about_two and not home:
        raise KembarError("scout.check_needs_home", check=check)
    other = atlas.region(home) if home and rule.about_two else one
    if rule.about_two and other.code == one.code:
        raise KembarError("scout.itself", home=one.code)
    verdict, facts, amounts = _TESTS[check](one, other)
    facts |= {"region": one.code, "home": other.code}
    unknown = not amounts or any(np.isnan(each.value) for each in amounts)
    if unknown:
        verdict = "open"
    rough = any(each.profile.basis in ("nearest_place", "places", "none") for each in (one, other))
    return Finding(
        check=check,
        region=one.code,
        home=other.code if rule.about_two else "",
        verdict=verdict,
        code="not_known" if unknown else f"{check}.{verdict}",
        facts=facts,
        amounts=() if unknown else tuple(amounts),
        threshold=f"{check}.threshold",
        reason=f"{check}.reason",
        limits=(*rule.limits, *(("limit.rough",) if rough else ())),
    )


def _similar_climate(region: atlas.Region, home: atlas.Region) -> _Result:
    overlap = atlas.climate_overlap(home.profile, region.profile)
    distance = atlas.profile_distance(home.profile, region.profile).value
    verdict: Verdict = "open"
    if overlap >= ALIKE:
        verdict = "corroborated"
    elif overlap < NONE and distance >= FAR:
        verdict = "contradicted"
    place, count = _place_by_months(region, home)
    facts: dict[str, object] = {
        "overlap": _plain(100 * overlap, 1), "distance": _plain(distance, 2),
        "place": place, "count": count,
    }  # fmt: skip
    return (
        verdict,
        facts,
        [
            Amount("climate_overlap", overlap, "share", "", _KOPPEN),
            Amount("climate_months", distance, "distance", "", _ERA5),
        ],
    )


def _place_by_months(region: atlas.Region, home: atlas.Region) -> tuple[int, int]:
    """Return the place of a region among those of its country that a tie may be made with."""
    country = among([region.country])
    through = passed(country, Question(home.code, country, without=("own_country",)), Known()).codes
    profiles = [atlas.region(code).profile for code in {*through, region.code} - {home.code}]
    distances = [atlas.profile_distance(home.profile, each).value for each in profiles]
    own = atlas.profile_distance(home.profile, region.profile).value
    return 1 + sum(each < own for each in distances), len(distances)


def _tropical(region: atlas.Region, _home: atlas.Region) -> _Result:
    named = zip(atlas.KOPPEN, region.profile.koppen, strict=True)
    share = float(sum(part for name, part in named if name.startswith("A")))
    verdict: Verdict = "open"
    if share >= ALIKE:
        verdict = "corroborated"
    elif share < NONE:
        verdict = "contradicted"
    amounts = [Amount("tropical_share", share, "share", region.code, _KOPPEN)]
    return verdict, {"share": _plain(100 * share, 1)}, amounts


def _has_coast(region: atlas.Region, _home: atlas.Region) -> _Result:
    profile = region.profile
    verdict: Verdict = "contradicted" if profile.is_landlocked else "corroborated"
    rough = profile.basis in ("nearest_place", "places")
    if rough and atlas.LANDLOCKED_KM < profile.sea_km <= SURELY_INLAND_KM:
        verdict = "open"
    amounts = [
        Amount("sea_km", profile.sea_km, "km", region.code, _SEA),
        Amount("land_within_50km", profile.land_within_50km, "share", region.code, _SEA),
    ]
    return verdict, {"sea_km": _plain(profile.sea_km, 0)}, amounts


def _same_time(region: atlas.Region, home: atlas.Region) -> _Result:
    ours = (home.utc_offset_hours, home.summer_offset_hours)
    theirs = np.array([region.utc_offset_hours, region.summer_offset_hours])
    apart = np.concatenate([hours_between(hour, theirs) for hour in ours])
    verdict: Verdict = "open"
    if apart.max() <= NEAR_HOURS:
        verdict = "corroborated"
    elif apart.min() >= FAR_HOURS:
        verdict = "contradicted"
    least, most = (_plain(float(end), 2) for end in (apart.min(), apart.max()))
    amounts = [
        Amount("hours_between", float(apart[0]), "h", "", _ZONES),
        Amount("hours_between_least", float(apart.min()), "h", "", _ZONES),
        Amount("hours_between_most", float(apart.max()), "h", "", _ZONES),
    ]
    return verdict, {"hours": least if least == most else f"{least}–{most}"}, amounts


def _same_dry_season(region: atlas.Region, home: atlas.Region) -> _Result:
    verdicts = {
        _seasons(region, home, limit=atlas.DRY_MM * factor)
        for factor in (1 - RAIN_ERROR, 1.0, 1 + RAIN_ERROR)
    }
    verdict = verdicts.pop() if len(verdicts) == 1 else "open"
    dry, ours = (each.profile.rain_mm < atlas.DRY_MM for each in (region, home))
    facts: dict[str, object] = {
        "months_region": _months(dry), "months_home": _months(ours), "common": _months(dry & ours),
    }  # fmt: skip
    amounts = [
        Amount("dry_months", _count(each), "months", each.code, _ERA5) for each in (region, home)
    ]
    return verdict, facts, amounts


def _seasons(region: atlas.Region, home: atlas.Region, *, limit: float) -> Verdict:
    dry, ours = (each.profile.rain_mm < limit for each in (region, home))
    either, both = int((dry | ours).sum()), int((dry & ours).sum())
    if not either:
        return "open"
    if not both:
        return "contradicted"
    return "corroborated" if both >= either / 2 else "open"


def _count(region: atlas.Region) -> float:
    known = not np.isnan(region.profile.annual_rain_mm)
    return float(region.profile.dry_months) if known else float("nan")


def _months(chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
    """Return months by their numbers, which need no translation."""
    return ", ".join(str(number + 1) for number in np.flatnonzero(chosen)) or "–"


def _similar_height(region: atlas.Region, home: atlas.Region) -> _Result:
    apart = abs(region.profile.elevation_m - home.profile.elevation_m)
    verdict: Verdict = "open"
    if apart <= LEVEL_M:
        verdict = "corroborated"
    elif apart >= STEEP_M:
        verdict = "contradicted"
    amounts = [
        Amount("elevation_m", each.profile.elevation_m, "m", each.code, _TERRAIN)
        for each in (region, home)
    ]
    return verdict, {"apart_m": _plain(apart, 0)}, amounts


def _plain(value: float, digits: int) -> float | int:
    """Return a rounded number, whole where it is."""
    if np.isnan(value):
        return value
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded


_TESTS: Final[dict[str, Callable[[atlas.Region, atlas.Region], _Result]]] = {
    "similar_climate": _similar_climate,
    "tropical": _tropical,
    "has_coast": _has_coast,
    "marine_experience": _has_coast,
    "same_time": _same_time,
    "same_dry_season": _same_dry_season,
    "similar_height": _similar_height,
}

"""Read the shipped criteria, filters and relations, and criteria files of others."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from kembar.engines.errors import KembarError
from kembar.engines.scouting.criteria import Criterion
from kembar.engines.scouting.question import Relation
from kembar.engines.scouting.reading import Brief, checked, read_brief
from kembar.engines.scouting.said import Said

DATA: Final = Path(__file__).parent / "data"

Kind = Literal["likeness", "complement", "practice"]
KINDS: Final[tuple[Kind, ...]] = ("likeness", "complement", "practice")
Seen = Literal["text", "secondary", "unverified"]
LANGUAGES: Final = ("id", "zh", "en")

MEASURES: Final = (
    *("climate_overlap", "climate_months", "coast_land", "sea_distance", "elevation"),
    *("hours_between", "airports", "contacts", "strength", "figure"),
)
"""How a value can come about; docs/reference/region-criteria.md says what each is."""


@dataclass(frozen=True)
class Definition:
    """What regions are compared by, as the criteria file says it.

    Attributes
    ----------
    code, kind, group
    measure
        One of `MEASURES`.
    unit, worst, best, capped
        As in `Criterion`.
    source
    name, sentence, anchors
        By language (id, zh, en): what it is called, what it is, why these ends.
    sector
        Of the measure "strength", and of a "figure" that belongs to one.
    indicator
        Of the measure "figure".
    """

    code: str
    kind: Kind
    group: str
    measure: str
    unit: str
    worst: float
    best: float
    name: Mapping[str, str]
    sentence: Mapping[str, str]
    anchors: Mapping[str, str]
    source: str = ""
    sector: str = ""
    indicator: str = ""
    capped: bool = False

    def criterion(self) -> Criterion:
        """Return it as the ranking takes it."""
        return Criterion(
            self.code, self.worst, self.best, self.group, self.unit, self.name["en"],
            self.source, self.capped,
        )  # fmt: skip

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it, without what is empty."""
        data = {
            key: value for key, value in asdict(self).items() if value != "" and value is not False
        }
        return data | {key: dict(data[key]) for key in ("name", "sentence", "anchors")}


@dataclass(frozen=True)
class Basis:
    """The rule behind a filter, how it was seen, and where."""

    text: str
    seen: Seen
    source: str | Said


@dataclass(frozen=True)
class Filter:
    """A condition that comes before all ranking.

    Attributes
    ----------
    code
    name
        By language.
    basis
        By country, "*" for all others.
    optional
        Whether it is off unless asked for.
    """

    code: str
    name: Mapping[str, str]
    basis: Mapping[str, Basis]
    optional: bool

    def basis_for(self, country: str) -> Basis:
        """Return the rule that holds for a home region of this country."""
        return self.basis.get(country) or self.basis["*"]


@dataclass(frozen=True)
class Level:
    """Which kinds of ISO 3166-2 are no province: in which countries they are, and who is apart."""

    local: frozenset[str]
    but_not_in: frozenset[str]
    apart: Mapping[str, Basis]


@dataclass(frozen=True)
class Competence:
    """Sectors that a region may deal with, and those that are the state's alone."""

    within: tuple[str, ...]
    basis: Basis
    outside: Mapping[str, Basis]


@lru_cache
def _filters() -> dict[str, Any]:
    return tomllib.loads((DATA / "filters.toml").read_text(encoding="utf-8"))


def _basis(row: Mapping[str, str]) -> Basis:
    return Basis(row["text"], row["seen"], row["source"])  # type: ignore[arg-type] # tested


@lru_cache
def filters() -> dict[str, Filter]:
    """Return the filters, in the order in which they are applied."""
    return {
        row["code"]: Filter(
            row["code"],
            row["name"],
            {one["country"]: _basis(one) for one in row["basis"]},
            row.get("optional", False),
        )
        for row in _filters()["filters"]
    }


@lru_cache
def level() -> Level:
    """Return what counts as the level of a province."""
    row = next(one for one in _filters()["filters"] if one["code"] == "level")
    apart = {one["code"]: _basis(one) for one in row["apart"]}
    return Level(frozenset(row["local"]), frozenset(row["except"]), apart)


@lru_cache
def together() -> tuple[frozenset[str], ...]:
    """Return sets of countries that ISO 3166-2 also lists as parts of one of them."""
    row = next(one for one in _filters()["filters"] if one["code"] == "own_country")
    return tuple(frozenset(one) for one in row["together"])


@lru_cache
def competence() -> Competence:
    """Return what a region may deal with."""
    row = _filters()["competence"]
    outside = {one["sector"]: _basis(one) for one in row["outside"]}
    return Competence(tuple(row["within"]), _basis(row["basis"]), outside)


@lru_cache
def relations() -> tuple[Relation, ...]:
    """Return the shipped list of diplomatic relations that are kept, lacking or not known."""
    with (DATA / "relations.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Relation(**row) for row in csv.DictReader(file))  # type: ignore[arg-type] # tested


# Criteria --------------------------------------------------------------------------------

_NAME_TYPES: Final[dict[str, type]] = dict.fromkeys(LANGUAGES, str)
_TYPES: Final[dict[str, type]] = {
    "code": str, "kind": str, "group": str, "measure": str, "unit": str, "worst": float,
    "best": float, "capped": bool, "source": str, "sector": str, "indicator": str,
    "name": object, "sentence": object, "anchors": object,
}  # fmt: skip
_NEEDED: Final = ("kind", "measure", "unit", "worst", "best")


@lru_cache
def _criteria() -> dict[str, Any]:
    return tomllib.loads((DATA / "criteria.toml").read_text(encoding="utf-8"))


@lru_cache
def shipped() -> tuple[Definition, ...]:
    """Return the shipped criteria, in the order of the file."""
    return read_definitions(_criteria()["criteria"], name="criteria.toml")


def group_name(code: str) -> dict[str, str]:
    """Return what a group is called, by language; its code if nobody named it."""
    return _called("groups", code)


def kind_name(kind: Kind) -> dict[str, str]:
    """Return what a kind of criteria is called, by language."""
    return _called("kinds", kind)


def unit_name(unit: str) -> dict[str, str]:
    """Return how a unit is written, by language; as it is if nobody said otherwise."""
    return _called("units", unit)


def _called(what: str, code: str) -> dict[str, str]:
    return dict(_criteria()[what].get(code) or dict.fromkeys(LANGUAGES, code))


def read_region_brief(data: bytes, *, name: str) -> tuple[Brief, tuple[Definition, ...]]:
    """Return what a criteria file for regions asks for.

    Parameters
    ----------
    data
        TOML, in UTF-8; see docs/reference/region-criteria.md.
    name
        Of the file, for what is said about it.

    Returns
    -------
    Brief
        Its preferences, points and the like; `criteria` and `filters` stay empty.
    tuple of Definition
        Its criteria; the shipped ones if it has none.

    Raises
    ------
    KembarError
        As `read_brief`, and "scout.not_one_of".
    """
    content = read_brief(data, name=name, criteria=False)
    entries = tomllib.loads(data.decode("utf-8-sig")).get("criteria")
    if not entries:
        return content, shipped()
    ours = {each.code: each for each in shipped()}
    return content, read_definitions(entries, name=name, known=ours)


def read_definitions(
    entries: list[Any], *, name: str, known: Mapping[str, Definition] | None = None
) -> tuple[Definition, ...]:
    """Return criteria as a file or a record has them; one whose code is known inherits the rest."""
    found: dict[str, Definition] = {}
    for number, entry in enumerate(entries, 1):
        place = f"{name}, [[criteria]] {number}"
        given = checked(entry, _TYPES, place, needed=("code",))
        base = (known or {}).get(given["code"])
        for key in ("name", "sentence", "anchors"):
            if key in given:
                given[key] = _in_languages(given[key], f"{place}, {key}")
        if base is None:
            checked(entry, _TYPES, place, needed=_NEEDED)
            for key in ("name", "sentence", "anchors"):
                given.setdefault(
                    key, dict.fromkeys(LANGUAGES, given["code"] if key == "name" else "")
                )
            given.setdefault("group", given["code"])
            one = Definition(**given)
        else:
            one = replace(base, **given)
        _look_at(one)
        if one.code in found:
            raise KembarError("scout.criterion_twice", criterion=one.code)
        found[one.code] = one
    return tuple(found.values())


def _in_languages(given: object, place: str) -> dict[str, str]:
    """Return a text in three languages; one in a single language stands for all."""
    if isinstance(given, str):
        return dict.fromkeys(LANGUAGES, given)
    texts = checked(given, _NAME_TYPES, place)
    if not texts:
        raise KembarError("scout.key_missing", place=place, key="en")
    first = texts.get("en") or next(iter(texts.values()))
    return {language: texts.get(language) or first for language in LANGUAGES}


def _look_at(one: Definition) -> None:
    for what, value, known in (("kind", one.kind, KINDS), ("measure", one.measure, MEASURES)):
        if value not in known:
            raise KembarError("scout.not_one_of", what=what, value=value, known=", ".join(known))
    if one.measure == "figure" and not one.indicator:
        raise KembarError("scout.criterion_lacks", criterion=one.code, key="indicator")
    if one.measure == "strength" and not one.sector:
        raise KembarError("scout.criterion_lacks", criterion=one.code, key="sector")
    one.criterion()  # its ends are looked at there

"""What is asked, and what the atlas does not know: handed in, kept, and given back as data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal, get_args

from kembar.engines.errors import KembarError
from kembar.engines.scouting.said import Said, as_data

Verdict = Literal["corroborated", "contradicted", "open"]
Role = Literal["strength", "need"]
RelationState = Literal["kept", "none", "unknown"]
MethodName = Literal["weighted_sum", "topsis", "promethee"]

TIE_STATES: Final = (
    *("exploring", "loi_only", "active", "renewing"),
    *("dormant", "ended", "never_formalised", "unknown"),
)
"""The states of a tie, as the register of ties has them."""


@dataclass(frozen=True)
class Figure:
    """An indicator of a region, from outside the atlas.

    Attributes
    ----------
    region
        ISO 3166-2.
    indicator
        Short name, as the criteria name it.
    value : in `unit`
    year
    source
        Title or address; never empty.
    low, high : in `unit`
        Ends between which it surely lies, if it is not exact.
    sd : in `unit`
        Standard deviation, if that is known instead.
    """

    region: str
    indicator: str
    value: float
    unit: str
    year: int | None
    source: str
    low: float | None = None
    high: float | None = None
    sd: float | None = None


@dataclass(frozen=True)
class Naming:
    """What people call an indicator that no shipped criterion is about."""

    indicator: str
    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Claim:
    """Somebody said that a region is strong in a sector, or needs it.

    Attributes
    ----------
    region, sector
    role
        "strength" or "need".
    verdict
        What became of it: "corroborated", "contradicted", or "open".
    source
        A text, or what was said with where it stands.
    """

    region: str
    sector: str
    role: Role
    verdict: Verdict
    source: str | Said


@dataclass(frozen=True)
class Tie:
    """A tie on record between two regions, in one of `TIE_STATES`."""

    one: str
    other: str
    state: str
    source: str = ""


@dataclass(frozen=True)
class Contacts:
    """How many contacts of the home region with another are documented, and when the last was.

    `latest` is a date of any precision.
    """

    region: str
    count: int
    latest: str = ""
    source: str = ""


@dataclass(frozen=True)
class NoGo:
    """A region or a whole country that a ministry rules out."""

    code: str
    reason: str | Said
    source: str | Said = ""


@dataclass(frozen=True)
class Relation:
    """Whether two countries keep diplomatic relations; `other` may be a region, or "*" for all."""

    one: str
    other: str
    state: RelationState
    as_of: str = ""
    source: str = ""


@dataclass(frozen=True)
class Known:
    """What is known beside the atlas. All of it enters the record.

    Attributes
    ----------
    figures, claims, ties, contacts, no_go, namings
    relations
        They win over the shipped list.

    Raises
    ------
    KembarError
        "scout.figure_not_number", "scout.not_one_of".
    """

    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()
    ties: tuple[Tie, ...] = ()
    contacts: tuple[Contacts, ...] = ()
    no_go: tuple[NoGo, ...] = ()
    relations: tuple[Relation, ...] = ()
    namings: tuple[Naming, ...] = ()

    def __post_init__(self) -> None:
        for figure in self.figures:
            for number in (figure.value, figure.low, figure.high, figure.sd):
                if number is not None and not (
                    isinstance(number, int | float) and math.isfinite(number)
                ):
                    raise KembarError(
                        "scout.figure_not_number",
                        region=figure.region,
                        indicator=figure.indicator,
                        value=number,
                    )
        for claim in self.claims:
            _one_of("verdict", claim.verdict, get_args(Verdict))
            _one_of("role", claim.role, get_args(Role))
        for tie in self.ties:
            _one_of("state", tie.state, TIE_STATES)
        for relation in self.relations:
            _one_of("state", relation.state, get_args(RelationState))

    @property
    def is_said_in_languages(self) -> bool:
        """Whether anything in it is a text in several languages."""
        texts = [each.source for each in self.claims]
        texts += [text for each in self.no_go for text in (each.reason, each.source)]
        return any(isinstance(text, Said) for text in texts)

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it, without what is empty."""
        return {
            each.name: [_short(one) for one in getattr(self, each.name)]
            for each in fields(self)
            if getattr(self, each.name)
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Known:
        """Return what `as_data` gave; raise "scout.record" if it is something else."""
        kinds = {
            "figures": Figure, "claims": Claim, "ties": Tie,
            "contacts": Contacts, "no_go": NoGo, "relations": Relation,
            "namings": Naming,
        }  # fmt: skip
        try:
            return cls(**{
                name: tuple(kinds[name](**_whole(one)) for one in rows)
                for name, rows in data.items()
            })  # fmt: skip
        except (KeyError, TypeError, AttributeError) as error:
            raise KembarError("scout.record", part="known") from error


@dataclass(frozen=True)
class Question:
    """Which partner is sought, for whom, among whom, and what weighs.

    Attributes
    ----------
    home
        ISO 3166-2.
    among
        Codes of regions, codes of countries, or "world".
    criteria
        Codes of those to rank by; empty is all that something is known for.
    sectors
        What home seeks, such as "fisheries"; empty is what its documented needs say.
    indicators
        Of the figures, those to compare by though no criterion is about them; more is better.
    preferences
        Such as "climate > coast"; see `read_preferences`.
    points
        Positions of sliders, of all groups or all criteria; then no preferences.
    precision
        Of the sliders; None for exactly their shares.
    without
        Filters that are turned off.
    strictly
        Filters turned on that are off otherwise ("counterpart").
    grouped
        Whether groups share the weight first.
    method
        How values and weights become one score.
    draws, seed
        Of the dice.
    """

    home: str
    among: tuple[str, ...]
    criteria: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    precision: float | None = None
    without: tuple[str, ...] = ()
    strictly: tuple[str, ...] = ()
    grouped: bool = True
    method: MethodName = "weighted_sum"
    draws: int = 10_000
    seed: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        data = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value
                for key, value in data.items()}  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Question:
        """Return what `as_data` gave; raise "scout.record" if it is something else."""
        # JSON has no tuples.
        given: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        try:
            found = cls(**given)
        except TypeError as error:
            raise KembarError("scout.record", part="question") from error
        if not found._is_sound():
            raise KembarError("scout.record", part="question")
        return found

    def _is_sound(self) -> bool:
        lists = (self.among, self.criteria, self.sectors, self.indicators, self.preferences,
                 self.without, self.strictly)  # fmt: skip
        numbers = [*self.points.values()] if isinstance(self.points, Mapping) else [None]
        numbers += [] if self.precision is None else [self.precision]
        return (
            isinstance(self.home, str)
            and all(isinstance(each, tuple) for each in lists)
            and all(isinstance(one, str) for each in lists for one in each)
            and all(type(each) in (int, float) for each in numbers)
            and type(self.draws) is type(self.seed) is int
            and self.draws > 0
            and self.seed >= 0
            and self.method in get_args(MethodName)
        )


def _short(one: Any) -> dict[str, Any]:  # one of the dataclasses above
    given = {each.name: getattr(one, each.name) for each in fields(one)}
    return {key: as_data(value) for key, value in given.items() if value is not None}


def _whole(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: Said(**value) if isinstance(value, Mapping) else value for key, value in one.items()
    }


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise KembarError("scout.not_one_of", what=what, value=value, known=", ".join(known))

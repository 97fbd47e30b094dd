"""Which partner? From a question about regions to a table that can be ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.languages import plain
from kembar.engines.scouting import catalog
from kembar.engines.scouting.catalog import Definition
from kembar.engines.scouting.criteria import Floats, Law, Table
from kembar.engines.scouting.filters import Warnings, passed
from kembar.engines.scouting.measures import (
    Column,
    Evidence,
    Setting,
    measured,
    needs,
    overlaps,
    such_as,
)
from kembar.engines.scouting.preferences import (
    Order,
    Preference,
    read_preferences,
)
from kembar.engines.scouting.question import Known, Question
from kembar.engines.scouting.ranking import Ranking, rank
from kembar.engines.scouting.reading import Excluded
from kembar.engines.scouting.said import Said
from kembar.engines.scouting.weights import WeightSpace, weigh

# The group of indicators that are compared by though no criterion is about them: one together,
# so that a long file does not drown the climate.
FIGURES: Final = "figures"


@dataclass(frozen=True)
class Cell:
    """One value with all that is known about it.

    Attributes
    ----------
    value, second
        The two numbers of its law, in `unit`; NaN where it is missing.
    law
    unit, source
    year
        Of the figure; None if it is not a figure.
    """

    value: float
    second: float
    law: Law
    unit: str
    source: str | tuple[str | Said, ...]
    year: int | None


@dataclass(frozen=True, eq=False)
class Candidates:
    """Whom a question may be answered with, and what is known of them.

    Attributes
    ----------
    question
        As it was asked.
    known
    home
    table
        Those who passed the filters, by the criteria that something is known for.
    definitions
        Of the criteria of the table, in their order.
    listed
        All criteria that were handed in, or the shipped ones.
    asked
        Those that were asked for, with those made of figures that none is about.
    evidence
        By alternative and criterion, where it is not the source of the criterion itself.
    excluded, warnings, notices
    rows
        All who were looked at, excluded ones too, by code: their row in `world`.
    world
        The regions of the atlas as columns.
    overlap : array, one for each row of `world`; 0 to 1
        Share of climate in common with home.
    """

    question: Question
    known: Known
    home: atlas.Region
    table: Table
    definitions: tuple[Definition, ...]
    listed: tuple[Definition, ...]
    asked: tuple[Definition, ...]
    evidence: Mapping[tuple[str, str], Evidence]
    excluded: tuple[Excluded, ...]
    warnings: Warnings
    notices: tuple[KembarError, ...]
    rows: Mapping[str, int]
    world: atlas.Table
    overlap: Floats

    def cell(self, code: str, criterion: str) -> Cell:
        """Return a value of the table with its unit and source."""
        row = self.table.codes.index(code)
        column = [each.code for each in self.definitions].index(criterion)
        definition = self.definitions[column]
        found = self.evidence.get((code, criterion), Evidence(definition.source))
        return Cell(
            float(self.table.first[row, column]),
            float(self.table.second[row, column]),
            Law(int(self.table.law[row, column])),
            definition.unit,
            found.source,
            found.year,
        )


def among(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of the regions that are meant, each once.

    Parameters
    ----------
    tokens
        Codes of regions, codes or names of countries, or "world".

    Raises
    ------
    KembarError
        "scout.nobody", "scout.among_unknown", and those of `atlas.region`.

    Examples
    --------
    >>> among(["CN-JX", "AU"])[:3]
    ('CN-JX', 'AU-ACT', 'AU-NSW')
    """
    found: dict[str, None] = {}
    for token in tokens:
        found |= dict.fromkeys(_meant(token.strip()))
    if not found:
        raise KembarError("scout.nobody")
    return tuple(found)


def _meant(token: str) -> tuple[str, ...]:
    if not token:
        return ()
    if token.lower() == "world":
        return atlas.codes()
    if country := _countries_by_name().get(plain(token)):
        return atlas.codes(country=country)
    if len(token) == 2:
        try:
            return atlas.codes(country=token)
        except KembarError as error:
            raise KembarError("scout.among_unknown", value=token) from error
    return (atlas.region(token).code,)


@lru_cache
def _countries_by_name() -> dict[str, str]:
    """Return the code of each country by its names; a name that two share is none."""
    found: dict[str, str] = {}
    shared = set()
    for code, names in atlas.countries().items():
        for name in {plain(each) for each in names.values()}:
            shared |= {name} if name in found else set()
            found[name] = code
    having = {code[:2] for code in atlas.codes()}
    return {name: code for name, code in found.items() if name not in shared and code in having}


def prepare(
    question: Question,
    known: Known | None = None,
    *,
    criteria: Sequence[Definition] | None = None,
) -> Candidates:
    """Return who may be ranked, by what, and who was filtered out and why.

    Parameters
    ----------
    question
    known
        What the atlas does not know.
    criteria
        Those to compare by; left out, the shipped ones.

    Raises
    ------
    KembarError
        "scout.itself", "scout.all_filtered_by", "scout.no_criteria_left",
        "scout.criterion_unknown", "scout.sector_unknown", "scout.sectors_outside", and those of
        `among` and `atlas.region`.

    Examples
    --------
    >>> found = prepare(Question("ID-NT", ("CN-HI", "CN-JX", "ID-BA")))
    >>> [round(found.cell(code, "climate_overlap").value, 3) for code in found.table.codes]
    [0.922, 0.001]
    >>> [(each.code, each.filter) for each in found.excluded]
    [('ID-BA', 'own_country')]
    """
    known = known or Known()
    home = atlas.region(question.home)
    question = replace(question, home=home.code)
    candidates = among(question.among)
    if candidates == (home.code,):
        raise KembarError("scout.itself", home=home.code)
    listed = tuple(criteria or catalog.shipped())
    asked = _asked(question, (*listed, *(adrift := _of_figures(question, known, listed))))
    inside, outside = _competent(question)
    through = passed(candidates, question, known)
    world = atlas.table()
    place = {code: row for row, code in enumerate(world.codes)}
    at = np.array([place[code] for code in through.codes])
    setting = Setting(home, world, at, through.codes, known, inside)
    sought, not_sought = _sought(asked, setting)
    columns = {each.code: measured(each, setting) for each in sought}
    kept, left_out = _useful(sought, columns)
    if not kept:
        raise KembarError("scout.no_criteria_left")
    everyone = replace(setting, at=np.arange(len(world.codes)), codes=world.codes)
    return Candidates(
        question=question,
        known=known,
        home=home,
        table=_table(through.codes, kept, columns),
        definitions=kept,
        listed=listed,
        asked=asked,
        evidence={
            (through.codes[row], each.code): evidence
            for each in kept
            for row, evidence in columns[each.code].evidence.items()
        },
        excluded=through.excluded,
        warnings=through.warnings,
        notices=(
            *_about_home(home), *outside, *through.notices, *not_sought, *left_out,
            *(notice for each in columns.values() for notice in each.notices),
            *_doubts(setting, kept, columns), *_adrift(kept, adrift), *_unused(question, asked),
        ),
        rows={code: place[code] for code in candidates},
        world=world,
        overlap=overlaps(everyone),
    )  # fmt: skip


def _asked(question: Question, known: tuple[Definition, ...]) -> tuple[Definition, ...]:
    listed = {each.code: each for each in known}
    for code in question.criteria:
        if code not in listed:
            raise KembarError("scout.criterion_unknown", criterion=code, known=", ".join(listed))
    wanted = (*question.criteria, *question.indicators) if question.criteria else tuple(listed)
    return tuple(listed[code] for code in listed if code in wanted)


def _of_figures(
    question: Question, known: Known, listed: tuple[Definition, ...]
) -> tuple[Definition, ...]:
    """Return a criterion for each indicator that the question names and that none is about.

    Its ends come from all figures handed in, not from those of the candidates, so that one more
    candidate changes nothing.
    """
    about = {each.indicator for each in listed} | {each.code for each in listed}
    called = {each.indicator: each for each in known.namings}
    found = []
    for indicator in dict.fromkeys(question.indicators):
        figures = [each for each in known.figures if each.indicator == indicator]
        values = [each.value for each in figures]
        if indicator in about or len({each.unit for each in figures}) != 1:
            continue
        if min(values) == max(values):
            continue
        found.append(
            Definition(
                code=indicator,
                kind="complement",
                group=FIGURES,
                measure="figure",
                indicator=indicator,
                unit=figures[0].unit,
                worst=min(values),
                best=max(values),
                name={
                    key: getattr(called.get(indicator), key, indicator) for key in catalog.LANGUAGES
                },
                sentence=dict.fromkeys(catalog.LANGUAGES, ""),
                anchors=dict.fromkeys(catalog.LANGUAGES, ""),
            )
        )
    return tuple(found)


def _adrift(kept: tuple[Definition, ...], adrift: tuple[Definition, ...]) -> list[KembarError]:
    if codes := [each.code for each in adrift if each in kept]:
        return [KembarError("scout.anchors_from_figures", indicators=", ".join(codes))]
    return []


def _competent(question: Question) -> tuple[Question, list[KembarError]]:
    """Return the question without sectors that are the state's alone, and what is said of those."""
    rule = catalog.competence()
    inside, notices = [], []
    for sector in question.sectors:
        if sector in rule.outside:
            basis = rule.outside[sector]
            told = "scout.sector_outside" + "_unverified" * (basis.seen == "unverified")
            notices.append(KembarError(told, sector=sector, basis=basis.text))
        elif sector in rule.within:
            inside.append(sector)
        else:
            listed = ", ".join(rule.within)
            raise KembarError("scout.sector_unknown", sector=sector, known=listed)
    if question.sectors and not inside:
        raise KembarError(
            "scout.sectors_outside", sectors=", ".join(question.sectors), basis=rule.basis.text,
            known=", ".join(rule.within[:3]),
        )  # fmt: skip
    return replace(question, sectors=tuple(inside)), notices


def _sought(
    asked: tuple[Definition, ...], setting: Setting
) -> tuple[tuple[Definition, ...], list[KembarError]]:
    """Return the criteria without those of sectors that home does not seek, and which these are.

    Told are only those that something was handed in for.
    """
    sought = needs(setting)
    kept = tuple(each for each in asked if not each.sector or each.sector in sought)
    known = setting.known
    claimed = {each.sector for each in known.claims if each.role == "strength"}
    figured = {each.indicator for each in known.figures}
    lost = [
        each
        for each in asked
        if each not in kept
        and (each.indicator in figured if each.indicator else each.sector in claimed)
    ]
    if not lost:
        nothing = not sought and len(kept) < len(asked)
        return kept, [KembarError("scout.nothing_sought")] if nothing else []
    sectors = ", ".join(dict.fromkeys(each.sector for each in lost))
    codes = ", ".join(each.code for each in lost)
    return kept, [KembarError("scout.not_sought", sectors=sectors, criteria=codes)]


def _useful(
    asked: tuple[Definition, ...], columns: Mapping[str, Column]
) -> tuple[tuple[Definition, ...], list[KembarError]]:
    """Return the criteria that something is known for, and what is said of them and the others.

    One that is the same for all stays: it moves nobody, and without it the weights of the others
    would hang on who is a candidate.
    """
    kept: list[Definition] = []
    unknown: list[Definition] = []
    notices = []
    apart = False
    for each in asked:
        column = columns[each.code]
        values = column.first
        if not column.known.any():
            unknown.append(each)
            continue
        kept.append(each)
        if len(values) > 1 and (column.law == Law.EXACT).all() and (values == values[0]).all():
            value = f"{values[0]:g}"
            notices.append(KembarError("scout.same_for_all", criterion=each.code, value=value))
        else:
            apart = True
    if unknown:
        notices.append(
            KembarError("scout.nothing_known", criteria=", ".join(_brief(unknown, kept)))
        )
    return (tuple(kept) if apart else ()), notices


def _brief(unknown: list[Definition], kept: list[Definition]) -> list[str]:
    """Return the groups that nothing is known of, and single criteria of the others."""
    known = {each.group for each in kept}
    return list(dict.fromkeys(each.code if each.group in known else each.group for each in unknown))


def _table(
    codes: tuple[str, ...], kept: tuple[Definition, ...], columns: Mapping[str, Column]
) -> Table:
    chosen = [columns[each.code] for each in kept]
    return Table(
        codes,
        tuple(each.criterion() for each in kept),
        np.stack([each.first for each in chosen], axis=1),
        np.stack([each.second for each in chosen], axis=1),
        np.stack([each.law for each in chosen], axis=1).astype(np.int8),
        keep_constant=True,
    )


def _about_home(home: atlas.Region) -> list[KembarError]:
    if home.profile.basis == "none":
        return [KembarError("scout.home_not_measured", home=home.code)]
    if home.profile.basis in ("nearest_place", "places"):
        return [KembarError("scout.home_measured_otherwise", home=home.code)]
    return []


def _doubts(
    setting: Setting, kept: tuple[Definition, ...], columns: Mapping[str, Column]
) -> list[KembarError]:
    notices: list[KembarError] = []
    count = len(setting.codes)
    for each in kept:
        known = int(columns[each.code].known.sum())
        if known < count:
            notices.append(
                KembarError("scout.known_of_some", criterion=each.code, known=known, count=count)
            )
    rough = [
        code
        for code, row in zip(setting.codes, setting.at, strict=True)
        if setting.world.bases[row] in ("nearest_place", "places", "none")
    ]
    if rough:
        notices.append(
            KembarError("scout.measured_otherwise", count=len(rough), codes=such_as(rough, most=3))
        )
    return notices


def _unused(question: Question, asked: tuple[Definition, ...]) -> list[KembarError]:
    about = {each.indicator for each in asked}
    unused = [each for each in question.indicators if each not in about]
    return [KembarError("scout.figures_unused", indicators=", ".join(unused))] if unused else []


# Weights ---------------------------------------------------------------------------------


def weights_of(
    candidates: Candidates, question: Question | None = None
) -> tuple[WeightSpace, tuple[KembarError, ...]]:
    """Return the weights that a question allows, and what had to be left out of it.

    Preferences and points may name criteria that nothing is known for: these are left out and
    told, so that the same question can be asked before and after figures come in.

    Parameters
    ----------
    candidates
    question
        Left out, the one they were prepared for; another one may have other preferences or
        points, as when somebody drags a slider.

    Raises
    ------
    KembarError
        As `weigh` and `read_preferences`.
    """
    question = question or candidates.question
    names = [each.code for each in candidates.definitions]
    groups = list(candidates.table.groups) if question.grouped else None
    here = {*names, *(groups or ())}
    absent = {each.code for each in candidates.asked} | {each.group for each in candidates.asked}
    absent |= {each.code for each in catalog.shipped()} | {each.group for each in catalog.shipped()}
    absent -= here
    said, notices = _reduced(question.preferences, absent)
    points = {name: value for name, value in question.points.items() if name not in absent}
    if lost := [name for name in question.points if name in absent]:
        notices.append(KembarError("scout.points_dropped", names=", ".join(lost)))
    space = weigh(names, groups, said, points=points, precision=question.precision)
    return space, tuple(notices)


def _reduced(texts: Sequence[str], absent: set[str]) -> tuple[list[Preference], list[KembarError]]:
    kept: list[Preference] = []
    notices = []
    for each in (one for text in texts for one in read_preferences(text)):
        lost = [name for name in each.names if name in absent]
        rest = tuple(name for name in each.names if name not in absent)
        if not lost:
            kept.append(each)
            continue
        names, preference = ", ".join(lost), str(each)
        if isinstance(each, Order) and len(rest) > 1:
            kept.append(Order(rest))
            notices.append(
                KembarError(
                    "scout.preference_reduced", names=names, preference=preference,
                    counts=str(Order(rest)),
                )
            )  # fmt: skip
        else:
            notices.append(
                KembarError("scout.preference_dropped", names=names, preference=preference)
            )
    return kept, notices


def ranking_of(
    candidates: Candidates, question: Question | None = None, *, reasons: bool = True
) -> tuple[Ranking, tuple[KembarError, ...]]:
    """Return the ranking of candidates, and what had to be left out of the weights.

    Parameters
    ----------
    candidates
    question
        As in `weights_of`; its method, draws and seed count too.
    reasons
        As in `rank`: without them it answers while somebody drags a slider.
    """
    question = question or candidates.question
    space, notices = weights_of(candidates, question)
    rng = np.random.default_rng(question.seed)
    ranking = rank(
        candidates.table,
        space,
        draws=question.draws,
        rng=rng,
        method=question.method,
        reasons=reasons,
    )
    return ranking, notices


def facts(candidates: Candidates, code: str) -> dict[str, object]:
    """Return what the atlas says of one candidate, as JSON has it."""
    row, world = candidates.rows[code], candidates.world
    sea = float(world.sea_km[row])
    overlap = float(candidates.overlap[row])
    unknown = np.isnan(sea)
    return {
        "country": code[:2],
        "names": {language: world.names[language][row] for language in atlas.LANGUAGES},
        "basis": world.bases[row],
        "climate_overlap": None if np.isnan(overlap) else round(overlap, 4),
        "landlocked": None if unknown else sea > atlas.LANDLOCKED_KM,
        "coast_km": None if unknown else round(sea, 1),
    }

"""Conditions that come before all ranking, each with the rule behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting import catalog
from kembar.engines.scouting.catalog import Basis
from kembar.engines.scouting.question import Known, Question, Relation, Tie
from kembar.engines.scouting.reading import Excluded

# A tie in one of these states stands in the way of a second one; the others are only told.
STANDING: Final = ("active", "renewing", "dormant", "loi_only", "unknown")
# The others leave nothing that a counterpart could object to.
_COUNTS: Final = ("active", "renewing", "loi_only")

Warnings = Mapping[str, tuple[KembarError, ...]]


@dataclass(frozen=True)
class Passed:
    """Who may be ranked.

    Attributes
    ----------
    codes
        Of the candidates that passed all filters.
    excluded
        The others, each by the first filter that took it out.
    warnings
        By code: what is no bar but should be known.
    notices
        About the filters themselves.
    """

    codes: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    warnings: Warnings
    notices: tuple[KembarError, ...]


@dataclass(frozen=True)
class _Case:
    """What filters look at."""

    home: str
    country: str
    known: Known
    ties: Mapping[str, tuple[Tie, ...]]


# Why a candidate is out, and the basis if it is another than the filter's own.
_Verdict = tuple[KembarError, Basis | None] | None


def used(question: Question) -> tuple[str, ...]:
    """Return the filters that are on, in the order in which they are applied.

    Raises
    ------
    KembarError
        "scout.filter_not_known".
    """
    every = catalog.filters()
    switches = [code for code in every if code != "itself"]
    for code in (*question.without, *question.strictly):
        if code not in switches:
            raise KembarError("scout.filter_not_known", filter=code, known=", ".join(switches))
    return tuple(
        code
        for code, each in every.items()
        if code not in question.without and (not each.optional or code in question.strictly)
    )


def passed(candidates: tuple[str, ...], question: Question, known: Known) -> Passed:
    """Return which candidates pass the filters, and why the others do not.

    Parameters
    ----------
    candidates
        Codes of regions of the atlas, each once.
    question, known

    Raises
    ------
    KembarError
        "scout.filter_not_known", "scout.all_filtered_by".
    """
    chosen = used(question)
    home = question.home
    case = _Case(home, home[:2], known, _ties_of(known, home))
    kept, excluded = [], []
    for code in candidates:
        for name in chosen:
            if verdict := _TESTS[name](code, case):
                why, own = verdict
                basis = own or catalog.filters()[name].basis_for(case.country)
                excluded.append(
                    Excluded(code, str(why), basis.text, name, basis.seen, basis.source, why)
                )
                break
        else:
            kept.append(code)
    if not kept:
        counts = {name: sum(each.filter == name for each in excluded) for name in chosen}
        told = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
        raise KembarError("scout.all_filtered_by", count=len(candidates), filters=told)
    warnings = {code: found for code in kept if (found := _warnings(code, case))}
    return Passed(tuple(kept), tuple(excluded), warnings, _notices(kept, case, chosen))


def relation(one: str, other: str, known: Known) -> Relation:
    """Return whether two countries keep diplomatic relations, as far as it is recorded.

    Parameters
    ----------
    one
        ISO 3166-1.
    other
        A region, ISO 3166-2.
    known
        Its relations win over the shipped list; what is nearer to the region wins within each.
    """
    for listed in (known.relations, catalog.relations()):
        for wanted in (other, other[:2], "*"):
            for each in listed:
                if (each.one, each.other) == (one, wanted) or (
                    wanted != "*" and (each.other, each.one) == (one, wanted)
                ):
                    return each
    return Relation(one, other[:2], "unknown")


def _itself(code: str, case: _Case) -> _Verdict:
    return (KembarError("filter.itself"), None) if code == case.home else None


def _own_country(code: str, case: _Case) -> _Verdict:
    same = code[:2] == case.country or any(
        {code[:2], case.country} <= each for each in catalog.together()
    )
    return (KembarError("filter.own_country"), None) if same else None


def _relations(code: str, case: _Case) -> _Verdict:
    found = relation(case.country, code, case.known)
    if found.state != "none":
        return None
    own = catalog.filters()["relations"].basis_for(case.country)
    basis = Basis(own.text, own.seen, found.source or own.source)
    as_of = found.as_of or "–"
    if "-" in found.other:
        # Diplomatic relations are kept with states; of a part of one that would say it is one.
        return KembarError("filter.relations_of_region", as_of=as_of), basis
    return KembarError("filter.relations", country=found.other, as_of=as_of), basis


def _level(code: str, _case: _Case) -> _Verdict:
    level = catalog.level()
    if code in level.apart:
        return KembarError("filter.apart"), level.apart[code]
    kind = _kind(code)
    if kind in level.local and code[:2] not in level.but_not_in:
        return KembarError("filter.level", kind=kind), None
    return None


def _kind(code: str) -> str:
    return atlas.region(code).kind


def _tie(code: str, case: _Case) -> _Verdict:
    for each in case.ties.get(code, ()):
        if each.state in STANDING:
            own = catalog.filters()["ties"].basis_for(case.country)
            basis = Basis(own.text, own.seen, each.source)
            return KembarError(f"filter.ties_{each.state}"), basis
    return None


def _counterpart(code: str, case: _Case) -> _Verdict:
    codes = _others(code, case)
    return (KembarError("filter.counterpart", codes=", ".join(codes)), None) if codes else None


def _no_go(code: str, case: _Case) -> _Verdict:
    for each in case.known.no_go:
        if each.code in (code, code[:2]):
            basis = catalog.filters()["no_go"].basis_for(case.country)
            own = Basis(basis.text, basis.seen, each.source)
            return KembarError("filter.no_go", reason=each.reason), own
    return None


_TESTS: Final[dict[str, Callable[[str, _Case], _Verdict]]] = {
    "itself": _itself,
    "own_country": _own_country,
    "relations": _relations,
    "level": _level,
    "ties": _tie,
    "counterpart": _counterpart,
    "no_go": _no_go,
}


def _ties_of(known: Known, code: str) -> dict[str, tuple[Tie, ...]]:
    """Return the ties of a region, by the code of the other side."""
    found: dict[str, tuple[Tie, ...]] = {}
    for each in known.ties:
        if code in (each.one, each.other):
            other = each.other if each.one == code else each.one
            found[other] = (*found.get(other, ()), each)
    return found


def _others(code: str, case: _Case) -> list[str]:
    """Return other regions of home's country that a candidate has a tie with."""
    return sorted(
        other
        for other, ties in _ties_of(case.known, code).items()
        if other[:2] == case.country and other != case.home
        and any(each.state in _COUNTS for each in ties)
    )  # fmt: skip


def _warnings(code: str, case: _Case) -> tuple[KembarError, ...]:
    found = [
        KembarError(f"warn.tie_{each.state}")
        for each in case.ties.get(code, ())
        if each.state not in STANDING
    ]
    if others := _others(code, case):
        found.append(KembarError("warn.counterpart", codes=", ".join(others)))
    return tuple(found)


def _notices(kept: list[str], case: _Case, chosen: tuple[str, ...]) -> tuple[KembarError, ...]:
    countries = sorted({code[:2] for code in kept} - {case.country})
    notices = []
    if "relations" in chosen:
        unknown = [
            country
            for country in countries
            if relation(case.country, country, case.known).state == "unknown"
        ]
        if unknown:
            listed = ", ".join(unknown)
            notices.append(KembarError("scout.relations_unknown", countries=listed))
    for country in countries:
        # Those of towns and regencies are another level.
        ours = sorted(code for code in case.ties if code[:2] == country and "." not in code)
        if ours:
            listed = ", ".join(ours)
            notices.append(KembarError("scout.home_ties", country=country, codes=listed))
    return tuple(notices)

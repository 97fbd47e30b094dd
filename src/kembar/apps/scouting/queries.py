"""What the pages of studies read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Post, User, rights_of
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.paging import Page, page_of
from kembar.apps.ledger.models import Claim
from kembar.apps.regions.models import Region
from kembar.apps.scouting import asking
from kembar.apps.scouting import inputs as asked
from kembar.apps.scouting.answers import (
    Answer,
    CandidateAnswer,
    Methods,
    Names,
    Out,
    answer_of,
    candidate_of,
    kept_agreements,
    methods_of,
    out_of,
    told,
)
from kembar.apps.scouting.figures import signed
from kembar.apps.scouting.inputs import Inputs
from kembar.apps.scouting.models import Check, Closed, Decision, SectorClaim, Study, seal_of
from kembar.apps.scouting.weights import HOWS, MIDDLE, TOLERANCES, Weights, read_query
from kembar.apps.scouting.words import group_name, in_reader
from kembar.engines import atlas, charts
from kembar.engines.errors import KembarError
from kembar.engines.scouting.decision import replay
from kembar.engines.scouting.partners import Candidates

MOST = 50


def studies_of(user: object) -> QuerySet[Study]:
    """Return the studies a person may read, each with its newest decision first."""
    return (
        Study.objects.visible_to(user)
        .select_related("home", "owner")
        .prefetch_related(
            Prefetch(
                "decisions",
                # Each record is a hundred kilobytes, or megabytes among all regions of the world.
                Decision.objects.defer("record").select_related("chosen").order_by("-pk"),
            )
        )
    )


def list_studies(user: object, number: int) -> Page[Study]:
    """Return one page of the studies a person may read, the last changed first."""
    return page_of(studies_of(user).order_by("-changed_at", "-pk"), number)


def list_decisions(user: object, number: int) -> Page[Decision]:
    """Return one page of the decisions that a visitor may read, newest first."""
    found = Decision.objects.visible_to(user).defer("record")
    found = found.select_related("chosen", "study__home")
    return page_of(found.order_by("-pk"), number)


def get_study(user: object, pk: int) -> Study:
    """Return a study that this reader may see.

    Raises
    ------
    Study.DoesNotExist
    """
    return studies_of(user).get(pk=pk)


def get_decision(user: object, pk: int) -> Decision:
    """Return a decision that this reader may see.

    Raises
    ------
    Decision.DoesNotExist
    """
    found = Decision.objects.visible_to(user).select_related("chosen", "study__home")
    return found.get(pk=pk)


def reads_all(user: object, study: Study) -> bool:
    """Return whether a person reads the whole file: its history and remarks too."""
    return rights_of(user).may("ties.read_all", study.owner_code)


# The desk -------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionSlider:
    code: str
    name: str
    sentence: str
    value: int


@dataclass(frozen=True)
class GroupSlider:
    """A group on the desk, with all four ways to weigh it."""

    code: str
    name: str
    value: int
    place: int
    least: int
    most: int
    criteria: Sequence[CriterionSlider]
    is_moved: bool


@dataclass(frozen=True)
class Desk:
    """What the scout desk shows: the sliders, and the answer or why there is none."""

    study: Study
    inputs: Inputs
    weights: Weights
    sliders: Sequence[GroupSlider]
    places: range
    answer: Answer | None
    # None while a slider moves: the page asks for it once the slider rests.
    methods: Methods | None
    dots: SafeString
    problem: str
    is_moved: bool
    query: Mapping[str, str]

    @property
    def hows(self) -> Sequence[tuple[str, Any]]:
        return HOWS

    @property
    def tolerances(self) -> Sequence[tuple[int, Any]]:
        return TOLERANCES


@dataclass(frozen=True, eq=False)
class Asked:
    """A study with its candidates made ready, and the weights that the page names."""

    study: Study
    inputs: Inputs
    saved: Weights
    weights: Weights
    candidates: Candidates
    record: Mapping[str, Any]

    @property
    def is_moved(self) -> bool:
        return self.weights != self.saved


def weights_of(study: Study, query: Any) -> tuple[Inputs, Candidates, Weights, Weights]:
    """Return the inputs, the candidates, the weights saved and the weights that a page names.

    Raises
    ------
    KembarError
        If nobody is left to rank, or nothing is known to rank by.
    """
    inputs = asked.read(study.inputs)
    candidates = asking.candidates_for(study.home, inputs)
    members = asking.members_of(candidates)
    saved = inputs.weights.for_groups(members)
    return inputs, candidates, saved, read_query(query, inputs.weights, members)


def ask(study: Study, query: Any) -> Asked:
    """Return a study with its answer.

    Raises
    ------
    KembarError
        If it has none: nobody left, nothing known, or weights that cannot be.
    """
    inputs, candidates, saved, weights = weights_of(study, query)
    record = asking.answer(candidates, inputs, weights)
    return Asked(study, inputs, saved, weights, candidates, record)


def desk(study: Study, query: Any, *, is_moving: bool = False) -> Desk:
    """Return what the desk of a study shows for the weights that an address names."""
    try:
        inputs, candidates, saved, weights = weights_of(study, query)
    except KembarError as error:
        return _no_answer(study, asked.read(study.inputs), error)
    answer, methods, dots, problem = None, None, mark_safe(""), ""
    try:
        record = asking.brief_answer(candidates, inputs, weights)
    except KembarError as error:
        problem = sentence(error)
    else:
        names = Names.of(record)
        answer = answer_of(record, names, partners_of(candidates))
        dots = dot_map(answer, study.home)
        methods = None if is_moving else _methods(candidates, inputs, weights, names)
    return Desk(
        study=study,
        inputs=inputs,
        weights=weights,
        sliders=_sliders(candidates, weights),
        places=range(1, len(asking.members_of(candidates)) + 1),
        answer=answer,
        methods=methods,
        dots=dots,
        problem=problem,
        is_moved=weights != saved,
        query=weights.as_query(),
    )


def _no_answer(study: Study, inputs: Inputs, error: KembarError) -> Desk:
    return Desk(study, inputs, inputs.weights, [], range(0), None, None, mark_safe(""),
                sentence(error), False, {})  # fmt: skip


def _methods(candidates: Candidates, inputs: Inputs, weights: Weights, names: Names) -> Methods:
    compared = asking.agreement_of(candidates, inputs, weights)
    return methods_of(compared or [], candidates.table.codes, names)


def methods_for(study: Study, query: Any) -> Methods | None:
    """Return how other ways of reckoning compare; None if there is no ranking."""
    try:
        inputs, candidates, _saved, weights = weights_of(study, query)
        codes = candidates.table.codes
        names = Names(Region.objects.in_bulk(codes), {}, {})
        return _methods(candidates, inputs, weights, names)
    except KembarError:
        return None


def _sliders(candidates: Candidates, weights: Weights) -> list[GroupSlider]:
    by_group: dict[str, list[CriterionSlider]] = {}
    for group, each in zip(candidates.table.groups, candidates.definitions, strict=True):
        by_group.setdefault(group, []).append(
            CriterionSlider(
                each.code,
                in_reader(dict(each.name)),
                in_reader(dict(each.sentence)),
                weights.inner.get(each.code, MIDDLE),
            )
        )
    return [
        GroupSlider(
            code=group,
            name=group_name(group),
            value=weights.points[group],
            place=weights.places[group],
            least=weights.limits[group][0],
            most=weights.limits[group][1],
            criteria=criteria,
            is_moved=any(each.code in weights.inner for each in criteria),
        )
        for group, criteria in by_group.items()
    ]


def partners_of(candidates: Candidates) -> frozenset[str]:
    """Return the regions with which home has a tie on record, in whatever state."""
    home = candidates.home.code
    return frozenset(
        tie.other if tie.one == home else tie.one
        for tie in candidates.known.ties
        if home in (tie.one, tie.other)
    )


def dot_map(answer: Answer, home: Region) -> SafeString:
    """Draw the candidates where they lie, without borders; a dot grows with its first ranks."""
    dots = [dot for row in answer.rows if (dot := _dot(row.code, row.name, row)) is not None]
    if at_home := _dot(home.code, str(home), None):
        dots.append(at_home)
    if not dots:
        return mark_safe("")
    svg = charts.dot_map(
        dots,
        title=gettext("Where the candidates lie"),
        description=gettext(
            "A dot for each candidate, the larger the more often it is first. No borders drawn."
        ),
        window=charts.around(dots),
        land=atlas.land(),
        width=400,
    )
    return mark_safe(svg)  # noqa: S308  # drawn by our own engine, which escapes every name


def _dot(code: str, name: str, row: Any) -> charts.Dot | None:
    try:
        profile = atlas.region(code).profile
    except KembarError:
        return None
    if profile.latitude != profile.latitude:
        return None
    if row is None:
        return charts.Dot(profile.latitude, profile.longitude, name, role="home")
    role: charts.Role = "partner" if row.is_partner or row.place == 1 else "other"
    note = gettext("place %(place)s, first in %(share)s") % {
        "place": row.place, "share": row.first_percent
    }  # fmt: skip
    return charts.Dot(profile.latitude, profile.longitude, name, row.first, role, note)


# One candidate --------------------------------------------------------------------------


@dataclass(frozen=True)
class CandidatePage:
    """A candidate of a study: why here, and what would have to be true for it to be first.

    Of whom a filter took out there is no answer, but `out` says why.
    """

    study: Study
    region: Region
    answer: CandidateAnswer | None
    out: Out | None
    chart: SafeString
    warnings: Sequence[str]
    query: Mapping[str, str]
    is_moved: bool


def candidate_page(study: Study, code: str, query: Any) -> CandidatePage | None:
    """Return what is said of one candidate; None if it is not among those looked at.

    Raises
    ------
    KembarError
        If there is no ranking.
    """
    found = ask(study, query)
    rows = {row["code"]: row for row in found.record["rows"]}
    region = Region.objects.filter(code=code).first()
    if code not in rows or region is None:
        return None
    best = found.record["rows"][0]["code"]
    names = Names.of(found.record, [code, best])
    answer = candidate_of(found.record, code, names, partners_of(found.candidates))
    return CandidatePage(
        study=study,
        region=region,
        answer=answer,
        out=None if answer else out_of(rows[code], names),
        chart=_contributions(answer) if answer else mark_safe(""),
        warnings=[told(each, names) for each in rows[code].get("warnings", [])],
        query=found.weights.as_query(),
        is_moved=found.is_moved,
    )


def _contributions(answer: CandidateAnswer) -> SafeString:
    if not answer.reasons:
        return mark_safe("")
    svg = charts.contributions(
        [charts.Part(each.name, each.points) for each in answer.reasons],
        title=gettext("What each group gives %(name)s") % {"name": answer.row.name},
        description=gettext("Points of a hundred, above or below the mean of all candidates."),
        number=signed,
    )
    return mark_safe(svg)  # noqa: S308  # the same


# Decisions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class DecisionPage:
    """A frozen decision, read from what was kept and from nothing else."""

    decision: Decision
    kept: Mapping[str, Any]
    answer: Answer
    methods: Methods
    chosen: CandidateAnswer | None
    is_whole: bool
    may_read_study: bool


def decision_page(decision: Decision, user: object) -> DecisionPage:
    """Return what the page of a decision shows."""
    kept = decision.kept()
    record = kept["answer"]
    names = Names.of(record)
    partners = frozenset(kept["study"]["partners"])
    return DecisionPage(
        decision=decision,
        kept=kept,
        answer=answer_of(record, names, partners),
        methods=methods_of(*kept_agreements(record), names),
        chosen=candidate_of(record, decision.chosen_id, names, partners),
        is_whole=decision.is_whole(),
        may_read_study=Study.objects.visible_to(user).filter(pk=decision.study_id).exists(),
    )


def frozen_of(found: Asked) -> dict[str, Any]:
    """Return everything a decision is kept with: the study's own words and the whole answer."""
    study = found.study
    return {
        "form": 1,
        "study": {
            "home": study.home_id,
            "title": dict(study.title),
            "purpose": dict(study.purpose),
            "inputs": found.inputs.with_weights(found.weights).as_json(),
            "version": study.version,
            "partners": sorted(partners_of(found.candidates)),
        },
        "answer": found.record,
    }


def hash_of(found: Asked) -> str:
    """Return a hash of what was asked, of what is known and of the values that were ranked."""
    text = f"{found.record['inputs']['sha256']} {found.record['data_sha256']}"
    return hashlib.sha256(text.encode()).hexdigest()


# Lists, checks and what a post hands over -------------------------------------------------


def closed_for(user: object) -> QuerySet[Closed]:
    """Return the entries of the lists that a person may read: his own country's, and all of his."""
    regions = rights_of(user).regions("ties.read_all")
    codes = regions | {code.split("-", maxsplit=1)[0] for code in regions}
    found = Closed.objects.select_related("region").order_by("lifted", "region__country", "pk")
    return found if "" in codes else found.filter(keeper_code__in=[*codes, ""])


def checks_of(claim: Claim) -> list[Check]:
    """Return the computed tests of a claim, newest first."""
    return list(claim.checks.select_related("region", "home", "evidence").order_by("-pk"))


def sectors_of(claim: Claim) -> list[SectorClaim]:
    """Return what a claim was noted to say of sectors."""
    return list(claim.sectors.select_related("region").order_by("pk"))


def studies_for(user: object, home: str, partner: Region) -> list[Study]:
    """Return the studies of a home region among whose candidates a region is."""
    found = Study.objects.visible_to(user).filter(home_id=home).looking_at(partner)
    return list(found.order_by("-changed_at", "-pk")[:MOST])


def inheritance(post: Post, reader: User) -> list[Inherited]:
    """Return the studies that the next holder of a post takes over."""
    found = []
    decided = Prefetch("decisions", Decision.objects.defer("record"))
    for study in Study.objects.filter(owner=post).prefetch_related(decided).order_by("pk"):
        if not reads_all(reader, study):
            found.append(Inherited(str(study)))
            continue
        waits = (
            gettext("decided")
            if study.decisions.all()
            else gettext("This study is not decided yet.")
        )
        found.append(Inherited(str(study), study.get_absolute_url(), waits))
    return found


def shown_of(found: Asked) -> Answer:
    """Return the answer of a study as people read it."""
    names = Names.of(found.record)
    return answer_of(found.record, names, partners_of(found.candidates))


@dataclass(frozen=True)
class Again:
    """What became of running a decision again."""

    is_same: bool
    differences: Sequence[str]
    moved: Sequence[tuple[str, str, str]]
    other_versions: Sequence[str]


_PARTS = {
    "rows": _("the ranking itself"),
    "criteria": _("the criteria"),
    "groups": _("the groups of criteria"),
    "methods": _("the comparison of the methods"),
    "notices": _("what is said beside the ranking"),
    "inputs": _("what was handed in"),
    "data_sha256": _("the values that were ranked"),
    "home": _("what the atlas says of the home region"),
}


@dataclass(frozen=True)
class Rerun:
    """What is left of a decision that was run again: a few places, not the whole answer."""

    is_same: bool
    differences: tuple[str, ...]
    moved: tuple[tuple[str, str, str], ...]
    names: Mapping[str, Mapping[str, str]]
    other_versions: tuple[str, ...]


def again_of(decision: Decision) -> Again:
    """Return in words what differs when a decision is run again, and who moved.

    Raises
    ------
    KembarError
        As `replay` does.
    """
    found = _run_again(decision.pk, seal_of(decision.record))
    regions = Region.objects.in_bulk([code for code, _before, _now in found.moved])
    names = Names(regions, found.names, {})
    return Again(
        is_same=found.is_same,
        differences=[_part(name) for name in found.differences],
        moved=[(names.name(code), before, now) for code, before, now in found.moved],
        other_versions=found.other_versions,
    )


# Anybody may ask that a published decision be run again, and one of all the world's regions takes
# seconds. The same record and the same program give the same answer. Record and answer are tens
# of megabytes then: neither is kept, and the seal tells records apart.
@lru_cache(maxsize=256)
def _run_again(pk: int, _seal: str) -> Rerun:
    old = Decision.objects.get(pk=pk).kept()["answer"]
    replayed = replay(old)
    before, now = _places(old), _places(replayed.record)
    moved = [
        (code, str(before.get(code) or "–"), str(now.get(code) or "–"))
        for code in before | now
        if before.get(code) != now.get(code)
    ][:MOST]
    codes = {code for code, _before, _now in moved}
    names = {row["code"]: row["names"] for row in old["rows"] if row["code"] in codes}
    others = [
        f"{name} {old['versions'].get(name, '–')} → {replayed.record['versions'][name]}"
        for name in replayed.other_versions
    ]
    return Rerun(replayed.same, replayed.differences, tuple(moved), names, tuple(others))


def _places(record: Mapping[str, Any]) -> dict[str, int | None]:
    return {row["code"]: row["rank"] for row in record["rows"]}


def _part(name: str) -> str:
    if name.startswith("data."):
        return gettext("the shipped file %(file)s of the atlas or the rules") % {
            "file": name.removeprefix("data.")
        }
    return str(_PARTS.get(name, name))

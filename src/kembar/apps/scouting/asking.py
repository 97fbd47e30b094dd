"""From a study to the engine's question: what is known is gathered, candidates are kept ready."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from kembar.apps.accounts.rights import Audience, within
from kembar.apps.kit.text import LANGUAGES, Text
from kembar.apps.ledger.models import Claim, Judgement
from kembar.apps.regions.models import Indicator, Region
from kembar.apps.regions.queries import newest_figures
from kembar.apps.scouting.inputs import WORLD, Inputs
from kembar.apps.scouting.models import Closed, SectorClaim
from kembar.apps.scouting.weights import POINTS, Weights
from kembar.engines import atlas
from kembar.engines.scouting import catalog
from kembar.engines.scouting.agreement import Agreement, agreement
from kembar.engines.scouting.decision import region_record
from kembar.engines.scouting.partners import Candidates, prepare, ranking_of, weights_of
from kembar.engines.scouting.question import Claim as SaidOfSector
from kembar.engines.scouting.question import Figure, Known, Naming, NoGo, Question
from kembar.engines.scouting.reading import Excluded
from kembar.engines.scouting.record import facts_of
from kembar.engines.scouting.said import Said, as_data

# Of a home region, and of the countries asked about; None is the whole world.
Facts = Callable[[Region, frozenset[str] | None], Known]
Members = Mapping[str, Sequence[str]]

# A desk asks one study again and again while a slider moves. The largest, with all regions of
# the world, takes some ten megabytes.
_KEPT: Final = 12
# The work of comparing methods grows with the square; a whole ranking ends there too.
_COMPARED: Final = 100
_ready: OrderedDict[Any, Candidates] = OrderedDict()
_lock = Lock()


def known_for(home: Region, inputs: Inputs) -> Known:
    """Return what is known beside the atlas, as far as the home region may lean on it.

    It does not depend on who reads: the same study has the same answer for all its readers. A
    decision keeps all of it and may be published, so nothing of regions that the study does not
    ask about is among it; of ties those in the countries asked about, which a notice names.
    """
    countries = None if inputs.among == (WORLD,) else frozenset(each[:2] for each in inputs.among)
    asks = _asked_about(inputs)
    figures = _figures(countries, {*_counted(), *inputs.indicators})
    parts = [
        Known(
            claims=_claims(home),
            no_go=_closed(home),
            figures=figures,
            namings=_namings(inputs.indicators),
        )
    ]
    for path in settings.SCOUTING_FACTS:
        tell: Facts = import_string(path)
        parts.append(tell(home, countries))
    return Known(
        figures=tuple(each for part in parts for each in part.figures),
        claims=tuple(
            each
            for part in parts
            for each in part.claims
            if each.region == home.code or asks(each.region)
        ),
        ties=tuple(each for part in parts for each in part.ties),
        contacts=tuple(each for part in parts for each in part.contacts if asks(each.region)),
        no_go=tuple(each for part in parts for each in part.no_go if asks(each.code)),
        relations=tuple(each for part in parts for each in part.relations),
        namings=tuple(each for part in parts for each in part.namings),
    )


def _asked_about(inputs: Inputs) -> Callable[[str], bool]:
    """Return what tells whether a region, or a whole country, is among those asked about."""
    if inputs.among == (WORLD,):
        return lambda _code: True
    asked = frozenset(inputs.among)
    countries = {each[:2] for each in asked}
    return lambda code: code in asked or code[:2] in asked or code in countries


def _counted() -> set[str]:
    """Return the indicators that shipped criteria are about."""
    return {each.indicator for each in catalog.shipped() if each.indicator}


def _namings(indicators: Sequence[str]) -> tuple[Naming, ...]:
    """Return what people call the official figures that a study compares by."""
    if not indicators:
        return ()
    rows = Indicator.objects.filter(pk__in=indicators).order_by("pk")
    return tuple(
        Naming(row.code, **{key: row.name.shown(key).text for key in LANGUAGES}) for row in rows
    )


def _figures(countries: frozenset[str] | None, indicators: set[str]) -> tuple[Figure, ...]:
    """Return the official figures of candidates; everyone may read them."""
    return tuple(
        Figure(
            region=row.region_id,
            indicator=row.indicator_id,
            value=float(row.value),
            unit=row.unit,
            year=row.period.first.year if row.period else None,
            source=str(row.source),
            low=None if row.low is None else float(row.low),
            high=None if row.high is None else float(row.high),
        )
        for row in newest_figures(indicators, countries)
    )


def _claims(home: Region) -> tuple[SaidOfSector, ...]:
    """Return what claims of this region, or claims that everyone may read, say of sectors."""
    open_to_all = Q(audience=Audience.PUBLISHED, at_most=Audience.PUBLISHED)
    claims = Claim.objects.standing().filter(within("owner_code", [home.code]) | open_to_all)
    judged = {claim.pk: claim for claim in claims.filter(sectors__isnull=False)
              .with_judgement().select_related("source").distinct()}  # fmt: skip
    found = []
    for row in SectorClaim.objects.filter(claim__in=list(judged)).order_by("pk"):
        claim: Any = judged[row.claim_id]
        verdict = claim.judgement if claim.judgement in _DECIDED else Judgement.OPEN.value
        source = Said(**claim.statement)
        if claim.source:
            source = replace(source, where=str(claim.source), language=claim.source.language)
        found.append(SaidOfSector(row.region_id, row.sector, row.role, verdict, source))  # type: ignore[arg-type]  # its choices
    return tuple(found)


_DECIDED = (Judgement.CORROBORATED.value, Judgement.CONTRADICTED.value)


def _closed(home: Region) -> tuple[NoGo, ...]:
    rows = Closed.objects.binding_for(home.code).order_by("pk")
    return tuple(
        NoGo(row.region_id, Said(**Text(row.reason)), Said(**Text(row.basis))) for row in rows
    )


def question_of(home: Region, inputs: Inputs) -> Question:
    """Return what a study asks, without what it says of weights."""
    return Question(
        home=home.code,
        among=inputs.among,
        criteria=inputs.criteria,
        indicators=inputs.indicators,
        sectors=inputs.sectors,
        without=tuple(sorted(inputs.filters_off)),
        strictly=tuple(sorted(inputs.filters_on)),
        draws=inputs.draws,
        seed=inputs.seed,
    )


def candidates_for(home: Region, inputs: Inputs) -> Candidates:
    """Return whom a study can be answered with; the last few asked for are kept ready.

    What is known is asked of the database every time, so a new figure, tie or verdict counts
    with the next slider that moves.

    Raises
    ------
    KembarError
        As the engine's `prepare`.
    """
    question, known = question_of(home, inputs), known_for(home, inputs)
    key = (
        home.code,
        inputs.among,
        inputs.criteria,
        inputs.indicators,
        inputs.sectors,
        question.without,
        question.strictly,
        known,
    )
    with _lock:
        if key in _ready:
            _ready.move_to_end(key)
            return _ready[key]
    found = prepare(question, known)
    with _lock:
        _ready[key] = found
        while len(_ready) > _KEPT:
            _ready.popitem(last=False)
    return found


def members_of(candidates: Candidates) -> dict[str, list[str]]:
    """Return the groups with their criteria, of what something is known for."""
    members: dict[str, list[str]] = {}
    for group, each in zip(candidates.table.groups, candidates.definitions, strict=True):
        members.setdefault(group, []).append(each.code)
    return members


def asked_with(candidates: Candidates, inputs: Inputs, weights: Weights) -> Question:
    """Return the whole question, with the weights as the engine reads them."""
    members = members_of(candidates)
    said = weights.for_groups(members)
    return replace(
        candidates.question,
        preferences=tuple(str(each) for each in said.preferences()),
        points=said.engine_points(members),
        precision=said.precision if said.how == POINTS else None,
        draws=inputs.draws,
        seed=inputs.seed,
    )


def answer(candidates: Candidates, inputs: Inputs, weights: Weights) -> dict[str, Any]:
    """Return the ranking as a record, with its reasons and all it was made of.

    Raises
    ------
    KembarError
        "weights.contradictory", "weights.points".
    """
    question = asked_with(candidates, inputs, weights)
    ranking, notices = ranking_of(candidates, question)
    return region_record(candidates, ranking, question=question, notices=notices)


def brief_answer(candidates: Candidates, inputs: Inputs, weights: Weights) -> dict[str, Any]:
    """Return what a desk shows while a slider moves: some keys of the record, in a tenth the time.

    The order and the shares are those of the whole record to the last bit.

    Raises
    ------
    KembarError
        As `answer`.
    """
    question = asked_with(candidates, inputs, weights)
    ranking, notices = ranking_of(candidates, question, reasons=False)
    found, table = ranking.acceptability, candidates.table
    rows = [
        {
            "code": table.codes[who],
            "rank": place,
            "filtered": None,
            "first_rank_acceptability": float(found.acceptability[who, 0]),
            "expected_rank": float(ranking.expected_rank[who]),
            "rank_quantiles": dict(
                zip(("0.05", "0.5", "0.95"), map(int, found.rank_quantiles[who]), strict=True)
            ),
        }
        for place, who in enumerate(ranking.order, 1)
    ]
    named = {key: candidates.world.names[key] for key in atlas.LANGUAGES}
    rows += [{"code": each.code, "rank": None, "filtered": _filtered(each)}
             for each in candidates.excluded]  # fmt: skip
    for row in rows:
        at = candidates.rows[row["code"]]
        row["names"] = {key: named[key][at] for key in named}
    told = [*candidates.notices, *notices]
    centre = ranking.space.centre
    return {
        "rows": rows,
        "criteria": [
            {
                "code": each.code,
                "names": dict(each.name),
                "group": group,
                "mean_weight": float(weight),
            }
            for each, group, weight in zip(
                candidates.definitions, table.groups, centre, strict=True
            )
        ],
        "preferences": list(question.preferences),
        "inputs": {"question": {"points": dict(question.points)}},
        "draws": found.draws,
        "monte_carlo_error": float(found.standard_error.max()),
        "effective_criteria": ranking.effective_criteria,
        "notices": [
            {"code": each.code, "text": str(each), "facts": dict(each.facts)} for each in told
        ],
    }


def _filtered(each: Excluded) -> dict[str, Any]:
    told = {"code": each.why.code, "facts": facts_of(each.why)} if each.why else {}
    return told | {"filter": each.filter, "reason": each.reason, "basis": each.basis,
                   "seen": each.seen, "source": as_data(each.source)}  # fmt: skip


def agreement_of(
    candidates: Candidates, inputs: Inputs, weights: Weights
) -> list[Agreement] | None:
    """Return how the methods compare under the weights in the middle; None if there are too many.

    Raises
    ------
    KembarError
        As `answer`.
    """
    if not 1 < len(candidates.table.codes) <= _COMPARED:
        return None
    space, _notices = weights_of(candidates, asked_with(candidates, inputs, weights))
    return agreement(candidates.table, space.centre)

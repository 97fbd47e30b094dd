"""A ranking as plain data: what the command prints, and what a decision keeps."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from kembar.engines.errors import KembarError
from kembar.engines.scouting.criteria import Floats, Law, Table
from kembar.engines.scouting.explain import Explanation
from kembar.engines.scouting.ranking import Ranking
from kembar.engines.scouting.reading import Excluded
from kembar.engines.scouting.said import as_data

_LAWS = {law.value: law.name.lower() for law in Law}


def record(
    ranking: Ranking,
    *,
    seed: int,
    excluded: Sequence[Excluded] = (),
    notices: Sequence[KembarError] = (),
    preferences: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a ranking as data for JSON: the same inputs give the same text.

    Parameters
    ----------
    ranking
    seed
        Of the dice it was made with.
    excluded
        Whom filters took out; they stand at the end of `rows`, with their reason.
    notices, preferences
        What is shown with it.

    Returns
    -------
    dict
        Its keys are described in docs/reference/scout-json.md. Shares are from 0 to 1, values in
        the unit of their criterion; what is not known is None.
    """
    table, found = ranking.table, ranking.acceptability
    rows = [_row(ranking, place, int(who)) for place, who in enumerate(ranking.order, 1)]
    # Null rather than absent: every row can be asked for its rank and its share.
    out = [
        {
            "code": each.code, "rank": None, "filtered": _filtered(each),
            "first_rank_acceptability": None,
        }
        for each in excluded
    ]  # fmt: skip
    centre = ranking.space.centre
    return {
        "rows": rows + out,
        "criteria": [
            {
                "code": each.code, "name": each.name, "group": group, "unit": each.unit,
                "direction": each.direction, "worst": each.worst, "best": each.best,
                "capped": each.capped, "source": each.source, "mean_weight": number(weight),
            }
            for each, group, weight in zip(table.criteria, table.groups, centre, strict=True)
        ],
        "draws": found.draws,
        "seed": seed,
        "preferences": list(preferences),
        "monte_carlo_error": number(float(found.standard_error.max())),
        "expected_rank_exact": bool(ranking.winning and ranking.winning.exact),
        "effective_criteria": number(ranking.effective_criteria),
        "effective_criteria_if_unrelated": number(ranking.effective_unrelated),
        "methods": [
            {
                "method": each.method, "kendall_tau": number(each.tau),
                "overlap_of_first_five": number(each.overlap),
                "order_changes_without": list(each.reversals),
            }
            for each in ranking.methods
        ],
        "notices": [
            {"code": each.code, "text": str(each), "facts": dict(each.facts)} for each in notices
        ],
        "data_sha256": fingerprint(table),
    }  # fmt: skip


def fingerprint(table: Table) -> str:
    """Return a hash of everything in a table that a ranking depends on."""
    criteria = [(c.code, c.worst, c.best, c.group, c.capped) for c in table.criteria]
    text = json.dumps([table.codes, criteria], ensure_ascii=False)
    seal = hashlib.sha256(text.encode())
    for array in (table.first, table.second):
        seal.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    seal.update(np.ascontiguousarray(table.law).tobytes())
    return seal.hexdigest()


def _filtered(excluded: Excluded) -> dict[str, Any]:
    told: dict[str, Any] = {"reason": excluded.reason, "basis": excluded.basis}
    if excluded.why is not None:
        told |= {
            "filter": excluded.filter, "seen": excluded.seen, "source": as_data(excluded.source),
            "code": excluded.why.code, "facts": facts_of(excluded.why),
        }  # fmt: skip
    return told


def facts_of(error: KembarError) -> dict[str, Any]:
    """Return the facts of an error as JSON has them."""
    return {name: as_data(fact) for name, fact in error.facts.items()}


def _row(ranking: Ranking, place: int, who: int) -> dict[str, Any]:
    table, found = ranking.table, ranking.acceptability
    codes = [each.code for each in table.criteria]
    central = found.central_weights[who]
    low, middle, high = (int(each) for each in found.rank_quantiles[who])
    row: dict[str, Any] = {
        "code": table.codes[who],
        "rank": place,
        "filtered": None,
        "first_rank_acceptability": number(found.acceptability[who, 0]),
        "first_rank_error": number(found.standard_error[who, 0]),
        "expected_rank": number(ranking.expected_rank[who]),
        "rank_quantiles": {"0.05": low, "0.5": middle, "0.95": high},
        "rank_acceptability": numbers(found.acceptability[who]),
        "central_weights": None if np.isnan(central[0]) else _named(codes, central),
        "confidence": number(found.confidence[who]),
        "values": {code: _value(table, ranking, who, place) for place, code in enumerate(codes)},
    }
    if ranking.winning:
        chances = ranking.winning.chance[who]
        row["wins_against"] = {
            other: number(chances[rival]) for rival, other in enumerate(table.codes) if rival != who
        }
    if who in ranking.explanations:
        row |= _reasons(ranking.explanations[who], codes)
    if ranking.methods:
        row["places"] = {each.method: number(each.places[who]) for each in ranking.methods}
    return row


def _value(table: Table, ranking: Ranking, who: int, column: int) -> dict[str, Any]:
    law = _LAWS[int(table.law[who, column])]
    first, second = table.first[who, column], table.second[who, column]
    value: dict[str, Any] = {"value": number(first), "law": law}
    if law in ("normal", "between", "lognormal"):
        value["second"] = number(second)
    value["on_scale"] = number(ranking.values.mean[who, column])
    return value


def _reasons(explanation: Explanation, codes: Sequence[str]) -> dict[str, Any]:
    nearest, change = explanation.nearest_weights, explanation.change
    return {
        "why": [
            {"group": each.group, "points": number(each.points), "weight": number(each.weight)}
            for each in explanation.contributions
        ],
        "why_by_central_weights": explanation.central,
        "to_be_first": {
            "weights": None if nearest is None else _named(codes, nearest),
            "largest_change_of_a_weight": number(explanation.distance),
            "value": None
            if change is None
            else {
                "criterion": change.criterion, "now": number(change.present),
                "needed": number(change.needed), "step_on_scale": number(change.step),
                "within_anchors": change.within,
            },
        },
    }  # fmt: skip


def _named(codes: Sequence[str], weights: Floats) -> dict[str, float | None]:
    # The last bits of a weight that is none are noise.
    return dict(zip(codes, numbers(np.where(weights < 1e-12, 0.0, weights)), strict=True))


def numbers(array: Floats) -> list[float | None]:
    return [number(each) for each in array]


def number(value: float) -> float | None:
    """Return a number of ten digits, so that the last bits of a processor do not show."""
    value = float(value)
    if not math.isfinite(value):
        return None
    return float(f"{value:.10g}") + 0.0

"""Records and decisions for the tests of the report."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from kembar.engines.report import Decision
from kembar.engines.scouting.decision import answer
from kembar.engines.scouting.question import Claim, Known, Question, Tie

SOURCE = "Statistical yearbook, 2024"


@lru_cache
def of_regions() -> dict[str, Any]:
    """A ranking of some provinces of China for Nusa Tenggara Timur."""
    among = ("CN-HI", "CN-JX", "CN-GD", "CN-FJ", "CN-YN", "CN-ZJ", "CN-HK", "CN-TW")
    known = Known(
        ties=(Tie("ID-BA", "CN-JX", "active", "https://example.org/tie"),),
        claims=(
            Claim("CN-JX", "agriculture", "strength", "open", SOURCE),
            Claim("CN-HI", "agriculture", "strength", "corroborated", SOURCE),
            Claim("ID-NT", "agriculture", "need", "corroborated", SOURCE),
        ),
    )
    return answer(Question("ID-NT", among, preferences=("climate > coast",), draws=500), known)


def of_table(name: str = "Haikou", criterion: str = "coast_km") -> dict[str, Any]:
    """A ranking of a table of alternatives, as small as it can be."""
    value = {"value": 3.5, "law": "exact", "on_scale": 0.4}
    doubtful = {"value": 2.0, "law": "between", "second": 4.0, "on_scale": 0.3}
    return {
        "rows": [
            {
                "code": name, "rank": 1, "filtered": None, "first_rank_acceptability": 0.7,
                "first_rank_error": 0.01, "expected_rank": 1.3,
                "rank_quantiles": {"0.05": 1, "0.5": 1, "0.95": 2},
                "rank_acceptability": [0.7, 0.3], "values": {criterion: value},
                "why": [{"group": criterion, "points": 4.0, "weight": 1.0}],
                "to_be_first": {
                    "weights": {criterion: 1.0}, "largest_change_of_a_weight": 0.0, "value": None,
                },
            },
            {
                "code": "B", "rank": 2, "filtered": None, "first_rank_acceptability": 0.3,
                "first_rank_error": 0.01, "expected_rank": 1.7,
                "rank_quantiles": {"0.05": 1, "0.5": 2, "0.95": 2},
                "rank_acceptability": [0.3, 0.7], "values": {criterion: doubtful},
                "why": [{"group": criterion, "points": -4.0, "weight": 1.0}],
                "to_be_first": {
                    "weights": None, "largest_change_of_a_weight": None,
                    "value": {
                        "criterion": criterion, "now": 3.0, "needed": 3.6,
                        "step_on_scale": 0.1, "within_anchors": True,
                    },
                },
            },
            {"code": "C", "rank": None, "filtered": {"reason": "too small", "basis": "our rule"}},
        ],
        "criteria": [
            {
                "code": criterion, "name": criterion, "group": criterion, "unit": "km",
                "direction": "more", "worst": 0.0, "best": 10.0, "capped": False,
                "source": SOURCE, "mean_weight": 1.0,
            },
        ],
        "draws": 500, "seed": 0, "preferences": [], "monte_carlo_error": 0.01,
        "expected_rank_exact": True, "effective_criteria": 1.0,
        "effective_criteria_if_unrelated": 1.0,
        "methods": [
            {
                "method": "topsis", "kendall_tau": 1.0, "overlap_of_first_five": 1.0,
                "order_changes_without": ["B"],
            },
        ],
        "notices": [{"code": "scout.missing", "text": "", "facts": {"count": 1}}],
        "data_sha256": "0" * 64,
    }  # fmt: skip


def a_decision(chosen: str = "CN-JX", **change: Any) -> Decision:
    facts: dict[str, Any] = {
        "study": "A partner in China", "chosen": chosen, "by": "E. M. Laka", "post": "Governor",
        "office": "Nusa Tenggara Timur", "on": date(2026, 11, 24),
        "reasons": "Processing and freshwater fish; not the climate.",
        "offices": ["Agriculture", "Fisheries"],
    }  # fmt: skip
    return Decision(**{**facts, **change})

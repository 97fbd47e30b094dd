"""The answer to a question about regions, with all that is needed to give it again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from kembar import __version__
from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting import catalog
from kembar.engines.scouting.catalog import Definition, group_name, read_definitions
from kembar.engines.scouting.criteria import Law
from kembar.engines.scouting.measures import Evidence
from kembar.engines.scouting.partners import Candidates, facts, prepare, ranking_of
from kembar.engines.scouting.question import Known, Question
from kembar.engines.scouting.ranking import Ranking
from kembar.engines.scouting.record import number, record
from kembar.engines.scouting.said import as_data

FORM: Final = 2
"""Of the record; raised when an older one could be misread.

Since 2 what was said in several languages is kept in all of them. Where nothing was, the record
is still of form 1 to the letter, so that older decisions come out the same when run again.
"""

_MISSING: Final = Law.MISSING.name.lower()

# What a ranking of regions reads of the atlas.
_READ: Final = ("profiles.npz", "units.csv")


def answer(
    question: Question,
    known: Known | None = None,
    *,
    criteria: Sequence[Definition] | None = None,
) -> dict[str, Any]:
    """Return the answer to a question as data for JSON.

    Parameters
    ----------
    question, known, criteria
        As in `prepare`.

    Returns
    -------
    dict
        Its keys are described in docs/reference/scout-json.md.

    Raises
    ------
    KembarError
        As `prepare` and `weights_of`.
    """
    candidates = prepare(question, known, criteria=criteria)
    ranking, notices = ranking_of(candidates)
    return region_record(candidates, ranking, notices=notices)


def region_record(
    candidates: Candidates,
    ranking: Ranking,
    *,
    question: Question | None = None,
    notices: Sequence[KembarError] = (),
) -> dict[str, Any]:
    """Return a ranking of regions as data: what `record` says, and where it all comes from.

    Parameters
    ----------
    candidates, ranking
    question
        If it is another than the one the candidates were prepared for.
    notices
        Of `ranking_of`.
    """
    question = question or candidates.question
    told = [*candidates.notices, *notices]
    found = record(
        ranking, seed=question.seed, excluded=candidates.excluded, notices=told,
        preferences=question.preferences,
    )  # fmt: skip
    for row in found["rows"]:
        _tell_row(row, candidates)
    by_code = {each.code: each for each in candidates.definitions}
    for entry in found["criteria"]:
        _tell_criterion(entry, by_code[entry["code"]])
    home = candidates.home
    return {
        "form": FORM if candidates.known.is_said_in_languages else 1,
        "home": {
            "code": home.code, "country": home.country, "names": dict(home.names),
            "basis": home.profile.basis,
            "landlocked": None if np.isnan(home.profile.sea_km) else home.profile.is_landlocked,
            "coast_km": number(round(home.profile.sea_km, 1)),
        },
        "groups": _groups(candidates, ranking),
        **found,
        "inputs": inputs(candidates, question),
        "data": shipped_data(),
        "versions": {
            "kembar": __version__, "numpy": np.__version__, "python": platform.python_version()
        },
    }  # fmt: skip


def inputs(candidates: Candidates, question: Question) -> dict[str, Any]:
    """Return everything that was handed in, as data, with its hash."""
    given = {
        "question": question.as_data(),
        "known": candidates.known.as_data(),
        "criteria": [each.as_data() for each in candidates.listed],
    }
    return given | {"sha256": _seal(given)}


def _seal(data: object) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache
def shipped_data() -> dict[str, str]:
    """Return the hashes of the shipped files that a ranking of regions depends on."""
    ours = {name: (catalog.DATA / name).read_bytes() for name in ("filters.toml", "relations.csv")}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in ours.items()}
    return hashes | {each.file: each.sha256 for each in atlas.sources() if each.file in _READ}


def _tell_row(row: dict[str, Any], candidates: Candidates) -> None:
    code = row["code"]
    row |= facts(candidates, code)
    row["warnings"] = [_told(each) for each in candidates.warnings.get(code, ())]
    for definition in candidates.definitions if "values" in row else ():
        value = row["values"][definition.code]
        missing = value["law"] == _MISSING
        evidence = candidates.evidence.get((code, definition.code))
        known = evidence or Evidence("" if missing else definition.source)
        source = known.source
        told = source if isinstance(source, str) else [as_data(each) for each in source]
        value |= {"unit": definition.unit, "source": told, "year": known.year}


def _told(error: KembarError) -> dict[str, Any]:
    return {"code": error.code, "text": str(error), "facts": dict(error.facts)}


def _tell_criterion(entry: dict[str, Any], definition: Definition) -> None:
    entry |= {
        "kind": definition.kind,
        "measure": definition.measure,
        "names": dict(definition.name),
        "sentences": dict(definition.sentence),
        "anchors": dict(definition.anchors),
        "sector": definition.sector or None,
        "indicator": definition.indicator or None,
    }


def _groups(candidates: Candidates, ranking: Ranking) -> list[dict[str, Any]]:
    weights: dict[str, float] = {}
    kinds: dict[str, str] = {}
    for group, weight, each in zip(
        candidates.table.groups, ranking.space.centre, candidates.definitions, strict=True
    ):
        weights[group] = weights.get(group, 0.0) + float(weight)
        kinds.setdefault(group, each.kind)
    return [
        {
            "code": code, "kind": kinds[code], "names": group_name(code),
            "mean_weight": number(weight),
        }
        for code, weight in weights.items()
    ]  # fmt: skip


# Again -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Replay:
    """What became of asking again.

    Attributes
    ----------
    record
        The new answer.
    same
        Whether it is the old one to the last bit.
    differences
        Keys of the record that differ, such as "rows", or "data.units.csv" for a shipped file.
    other_versions
        Parts of the program that are others now, such as "numpy"; no difference by themselves.
    """

    record: dict[str, Any]
    same: bool
    differences: tuple[str, ...]
    other_versions: tuple[str, ...]


def replay(old: Mapping[str, Any]) -> Replay:
    """Return the answer that the inputs of a record give today, compared with the record.

    Up to four million scores (candidates times draws) the same inputs give the same bits on
    every machine; beyond, on one machine and one version of numpy.

    Parameters
    ----------
    old
        A record as `answer` gave it, perhaps through JSON.

    Raises
    ------
    KembarError
        "scout.record", if it has no inputs as Kembar writes them.
    """
    try:
        given = old["inputs"]
        question = Question.from_data(given["question"])
        known = Known.from_data(given["known"])
        criteria = read_definitions(given["criteria"], name="record.json")
    except (KeyError, TypeError) as error:
        raise KembarError("scout.record", part="inputs") from error
    new = json.loads(json.dumps(answer(question, known, criteria=criteria), ensure_ascii=False))
    differences = [
        key for key in sorted({*old, *new} - {"versions", "data"}) if old.get(key) != new.get(key)
    ]
    before, now = old.get("data", {}), new["data"]
    differences += [
        f"data.{name}" for name in sorted({*before, *now}) if before.get(name) != now.get(name)
    ]
    versions = old.get("versions", {})
    others = tuple(name for name, one in new["versions"].items() if versions.get(name) != one)
    return Replay(new, not differences, tuple(differences), others)

"""The record of an answer: all that is needed to give it again."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.scouting.decision import answer, replay
from kembar.engines.scouting.question import Claim, Figure, Known, NoGo, Question, Tie
from kembar.engines.scouting.said import Said

QUESTION = Question(
    "ID-NT",
    ("CN",),
    preferences=("climate > coast",),
    sectors=("industry",),
    indicators=("fish_t",),
    draws=2000,
    seed=7,
)
KNOWN = Known(
    figures=(
        Figure("CN-JX", "fish_t", 3.0, "t", 2023, "yearbook", low=2.5, high=3.5),
        Figure("CN-HI", "fish_t", 2.0, "t", 2023, "yearbook"),
    ),
    claims=(Claim("CN-JX", "industry", "strength", "corroborated", "Koran NTT, 23 Nov 2025"),),
    ties=(Tie("ID-BA", "CN-JX", "active", "https://example.org"),),
    no_go=(NoGo("CN-XZ", "letter"),),
)


@cache
def kept() -> str:
    return json.dumps(answer(QUESTION, KNOWN), ensure_ascii=False)


def record() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(kept())
    return read


def row_of(code: str) -> dict[str, Any]:
    (row,) = [row for row in record()["rows"] if row["code"] == code]
    return row


def test_a_row_says_who_where_and_from_what_source() -> None:
    jiangxi = row_of("CN-JX")

    assert jiangxi["names"] == {"id": "Jiangxi", "zh": "江西省", "en": "Jiangxi"}
    assert jiangxi["landlocked"] is True
    assert jiangxi["coast_km"] == pytest.approx(144, abs=2)
    assert jiangxi["climate_overlap"] == pytest.approx(0.001, abs=0.001)
    assert [each["code"] for each in jiangxi["warnings"]] == ["warn.counterpart"]
    for value in jiangxi["values"].values():
        assert value["unit"]
        assert value["source"]
    assert jiangxi["values"]["fish_t"]["year"] == 2023
    # Nothing is known of its fish, and nobody said so.
    assert row_of("CN-GS")["values"]["fish_t"] == {
        "value": None, "law": "missing", "on_scale": 0.5, "unit": "t", "source": "", "year": None,
    }  # fmt: skip


def test_whom_a_filter_took_out_stands_at_the_end_with_the_rule() -> None:
    last = record()["rows"][-4:]

    assert {row["code"]: row["filtered"]["filter"] for row in last} == {
        "CN-HK": "level", "CN-MO": "level", "CN-TW": "relations", "CN-XZ": "no_go",
    }  # fmt: skip
    for row in last:
        assert row["rank"] is None
        assert row["names"]["zh"]
        assert row["filtered"]["code"] in SENTENCES
        assert row["filtered"]["basis"]
        assert row["filtered"]["seen"] in ("text", "secondary", "unverified")


def test_ranks_are_whole_and_each_row_has_the_same_keys() -> None:
    ranked = [row for row in record()["rows"] if not row["filtered"]]

    assert [row["rank"] for row in ranked] == list(range(1, 31))
    assert len({tuple(sorted(row)) for row in ranked}) == 1


def test_groups_and_criteria_are_named_in_three_languages() -> None:
    found = record()

    assert sum(each["mean_weight"] for each in found["groups"]) == pytest.approx(1)
    for each in (*found["groups"], *found["criteria"]):
        assert set(each["names"]) == {"id", "zh", "en"}
    assert {each["kind"] for each in found["groups"]} == {"likeness", "complement", "practice"}


def test_the_same_inputs_give_the_same_record_to_the_last_bit() -> None:
    again = replay(record())

    assert again.same
    assert again.differences == ()
    assert json.dumps(again.record, ensure_ascii=False) == kept()


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (lambda r: r["rows"][0].update(rank=2), "rows"),
        (lambda r: r.update(seed=8), "seed"),
        (lambda r: r["data"].update({"profiles.npz": "0" * 64}), "data.profiles.npz"),
        (lambda r: r["data"].pop("relations.csv"), "data.relations.csv"),
    ],
)
def test_a_record_that_was_changed_is_found_out(change: Any, differs: str) -> None:
    changed = record()
    change(changed)

    again = replay(changed)

    assert not again.same
    assert differs in again.differences


def test_other_inputs_give_another_hash() -> None:
    other = answer(Question("ID-NT", ("CN",), draws=2000, seed=7))

    assert other["inputs"]["sha256"] != record()["inputs"]["sha256"]
    assert other["data_sha256"] != record()["data_sha256"]


def test_another_version_of_the_program_is_told_and_no_difference() -> None:
    old = record()
    old["versions"]["numpy"] = "1.0"

    again = replay(old)

    assert again.same
    assert again.other_versions == ("numpy",)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r.pop("inputs"),
        lambda r: r["inputs"].pop("question"),
        lambda r: r["inputs"]["question"].update(colour="red"),
        lambda r: r["inputs"]["question"].update(draws="many"),
        lambda r: r["inputs"]["question"].update(draws=0),
        lambda r: r["inputs"]["question"].update(among="CN"),
        lambda r: r["inputs"]["question"].update(points={"climate": "much"}),
        lambda r: r["inputs"]["question"].update(method="astrology"),
        lambda r: r["inputs"]["known"].update(figures=[{"region": "CN-JX"}]),
        lambda r: r["inputs"]["known"].update(wishes=[]),
        lambda r: r["inputs"]["known"]["ties"][0].update(colour="red"),
    ],
)
def test_a_record_that_is_none_is_refused(spoil: Any) -> None:
    spoiled = record()
    spoil(spoiled)

    with pytest.raises(KembarError) as refused:
        replay(spoiled)

    assert refused.value.code == "scout.record"


def test_what_would_have_to_be_true_is_never_beyond_what_can_be() -> None:
    criteria = {each["code"]: each for each in record()["criteria"]}
    for row in record()["rows"]:
        change = row.get("to_be_first", {}).get("value")
        if change and criteria[change["criterion"]]["capped"]:
            assert change["within_anchors"]


SAID = Said(id="Kuat di laut", en="Strong at sea", where="新华社：渔业", language="zh")
RULED_OUT = NoGo("CN-GD", Said(en="Under review", zh="正在审查"), Said(id="Surat 12/2026"))


def said_in_languages() -> Known:
    claims = (
        Claim("CN-HI", "fisheries", "strength", "corroborated", SAID),
        Claim("CN-HI", "fisheries", "strength", "corroborated", "Yearbook"),
        Claim("CN-FJ", "fisheries", "strength", "open", "Yearbook"),
    )
    return Known(claims=claims, no_go=(RULED_OUT,))


def test_what_was_said_in_several_languages_is_kept_in_all_of_them() -> None:
    asked = Question("ID-NT", ("CN-HI", "CN-FJ", "CN-GD"), sectors=("fisheries",), draws=50)

    found = answer(asked, said_in_languages())

    rows = {row["code"]: row for row in found["rows"]}
    spoken = {
        "id": "Kuat di laut",
        "en": "Strong at sea",
        "where": "新华社：渔业",
        "language": "zh",
    }
    assert found["form"] == 2
    assert rows["CN-HI"]["values"]["fisheries_strength"]["source"] == [spoken, "Yearbook"]
    assert rows["CN-FJ"]["values"]["fisheries_strength"]["source"] == "Yearbook"
    out = rows["CN-GD"]["filtered"]
    assert out["facts"] == {"reason": {"zh": "正在审查", "en": "Under review"}}
    assert out["reason"] == "A ministry rules it out: Under review"
    assert out["source"] == {"id": "Surat 12/2026"}


def test_what_was_said_in_several_languages_comes_out_the_same_when_run_again() -> None:
    asked = Question("ID-NT", ("CN-HI", "CN-FJ", "CN-GD"), sectors=("fisheries",), draws=50)
    old = json.loads(json.dumps(answer(asked, said_in_languages())))

    assert replay(old).same
    assert Known.from_data(old["inputs"]["known"]) == said_in_languages()


def test_a_record_of_form_1_is_run_again_to_the_letter() -> None:
    # As decisions before form 2 kept it: each source and each reason is one text.
    old = record()

    assert old["form"] == 1
    assert old["inputs"]["known"]["claims"][0]["source"] == "Koran NTT, 23 Nov 2025"
    assert old["inputs"]["known"]["no_go"] == [{"code": "CN-XZ", "reason": "letter", "source": ""}]
    assert row_of("CN-JX")["values"]["industry_strength"]["source"] == "Koran NTT, 23 Nov 2025"
    assert replay(old).same


@pytest.mark.parametrize("said", [{"fr": "Fort"}, {"en": 3}, {"en": None}])
def test_a_text_in_no_language_of_ours_is_no_record(said: dict[str, Any]) -> None:
    data = {"no_go": [{"code": "CN-GD", "reason": said}]}

    with pytest.raises(KembarError, match="known"):
        Known.from_data(data)

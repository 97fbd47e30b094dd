"""Claims that the atlas can test: verdict, numbers, threshold, and what it does not say."""

from __future__ import annotations

import json

import pytest

from kembar.engines import atlas
from kembar.engines.errors import KembarError
from kembar.engines.scouting.checks import CHECKS, SENTENCES, examine


def test_the_reason_given_for_jiangxi_does_not_hold() -> None:
    """The article's reason: similar geography in farming and fisheries."""
    climate = examine("similar_climate", "CN-JX", home="ID-NT")
    sea = examine("marine_experience", "CN-JX")

    assert (climate.verdict, sea.verdict) == ("contradicted", "contradicted")
    assert climate.facts["overlap"] == 0.1
    # Place by the months among the 31: 10th or 11th, whatever the source.
    assert climate.facts["place"] in (10, 11)
    assert climate.facts["count"] == 31
    assert sea.facts["sea_km"] == 144
    assert "limit.inland_aquaculture" in sea.limits
    assert "limit.salt_refining" in sea.limits
    assert "limit.processing" in sea.limits


def test_hainan_is_alike_and_has_a_coast() -> None:
    climate = examine("similar_climate", "CN-HI", home="ID-NT")

    assert climate.verdict == "corroborated"
    assert climate.facts["overlap"] == pytest.approx(92, abs=1)
    assert examine("has_coast", "CN-HI").verdict == "corroborated"


def test_a_coast_makes_experience_possible_and_proves_none() -> None:
    found = examine("marine_experience", "CN-ZJ")

    assert found.verdict == "corroborated"
    assert "possible" in str(found)
    assert "limit.possible_is_not_done" in found.limits


@pytest.mark.parametrize(
    ("check", "region", "verdict"),
    [
        ("tropical", "CN-HI", "corroborated"),
        ("tropical", "CN-JX", "contradicted"),
        ("tropical", "AU-NT", "open"),
        ("same_time", "CN-JX", "corroborated"),
        ("same_time", "GB-SCT", "contradicted"),
        ("same_time", "AU-NT", "open"),
        ("same_dry_season", "AU-NT", "corroborated"),
        ("same_dry_season", "CN-HI", "contradicted"),
        ("similar_height", "CN-JX", "corroborated"),
        ("similar_height", "CN-XZ", "contradicted"),
        ("similar_climate", "AU-NT", "open"),
    ],
)
def test_verdicts(check: str, region: str, verdict: str) -> None:
    assert examine(check, region, home="ID-NT").verdict == verdict


def test_a_verdict_that_hangs_on_the_error_of_the_rain_is_open() -> None:
    """Jiangxi's dry months are October and December; with a fifth less rain September too."""
    found = examine("same_dry_season", "CN-JX", home="ID-NT")

    assert found.verdict == "open"
    assert found.facts["common"] == "–"


def test_summer_time_is_told() -> None:
    assert examine("same_time", "GB-SCT", home="ID-NT").facts["hours"] == "7–8"


@pytest.mark.parametrize("check", CHECKS)
def test_of_who_was_not_measured_nothing_is_said(check: str) -> None:
    (unmeasured, *_others) = [
        code for code in atlas.codes() if atlas.region(code).profile.basis == "none"
    ]

    found = examine(check, unmeasured, home="ID-NT")

    assert found.verdict == "open"
    assert "knows too little" in str(found)
    assert "limit.rough" in found.limits


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("region", ["CN-JX", "CN-HI", "AU-NT", "GB-SCT", "ID-KU"])
def test_every_finding_says_its_numbers_its_line_and_its_limits(check: str, region: str) -> None:
    found = examine(check, region, home="ID-NT")

    told = json.loads(json.dumps(found.as_data()))
    assert "%(" not in told["text"]
    assert told["amounts"]
    assert all(each["unit"] and each["source"] for each in told["amounts"])
    for text in (told["claim_text"], told["threshold_text"], told["reason_text"]):
        assert text
    assert len(told["limit_texts"]) >= 1


def test_every_check_has_all_its_sentences() -> None:
    for code in CHECKS:
        for ending in ("corroborated", "contradicted", "open", "threshold", "reason"):
            assert f"{code}.{ending}" in SENTENCES
        assert all(each in SENTENCES for each in CHECKS[code].limits)


@pytest.mark.parametrize(
    ("check", "region", "home", "code"),
    [
        ("beauty", "CN-JX", None, "scout.check_unknown"),
        ("same_time", "CN-JX", None, "scout.check_needs_home"),
        ("same_time", "CN-JX", "CN-JX", "scout.itself"),
        ("has_coast", "CN-JXX", None, "atlas.unknown_near"),
    ],
)
def test_what_cannot_be_tested_is_one_sentence(
    check: str, region: str, home: str | None, code: str
) -> None:
    with pytest.raises(KembarError) as refused:
        examine(check, region, home=home)

    assert refused.value.code == code

"""What the rules say of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kembar.engines.procedure.joining import join
from kembar.engines.procedure.model import Record, Rule
from kembar.engines.procedure.rules import Finding, findings
from kembar.engines.procedure.standing import stand

from .small_books import a_book, a_rule, a_step, all_the_way, both, log

STEPS = [a_step("a"), a_step("b"), a_step("c"), a_step("log")]


def found(rule: Rule, *entries: Any) -> Finding:
    procedure = join(a_book("h", STEPS, rules=[rule]), None, "establish")
    (finding,) = findings(procedure, stand(procedure, log(*entries)))
    return finding


def answer(key: str, value: str) -> dict[str, str]:
    return {"kind": "answered", "key": key, "value": value}


def moment(key: str, value: str) -> dict[str, str]:
    return {"kind": "dated", "key": key, "value": value}


DAY_1, DAY_2 = date(2026, 1, 6), date(2026, 1, 7)


@pytest.mark.parametrize(
    ("entries", "state", "acts"),
    [
        ([], "open", ("a", "b", "c")),
        ([("done", "a")], "open", ("b", "c")),
        ([("done", "a"), ("done", "b"), ("done", "c")], "held", None),
        ([("done", "b")], "broken", ("a",)),
        ([("done", "c"), ("done", "a")], "broken", ("b",)),
        ([("done", "a", DAY_2), ("done", "b", DAY_1), ("done", "c", DAY_2)], "broken", ("a",)),
        ([("skipped", "a"), ("done", "b"), ("done", "c")], "held", None),
        ([("overridden", "a"), ("done", "b")], "open", ("c",)),
        ([("asked", "b")], "open", ("a", "b", "c")),
    ],
)
def test_an_order_is_kept_or_broken(
    entries: list[Any], state: str, acts: tuple[str, ...] | None
) -> None:
    finding = found(a_rule("R", "order", steps=("a", "b", "c")), *entries)

    assert (finding.state, finding.facts.get("acts")) == (state, acts)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], "open"),
        ([("noted", "log", DAY_1, "x", "y")], "held"),
        ([("done", "a", DAY_1, "x")], "broken"),
        ([("done", "a", DAY_1, "x"), ("noted", "log", DAY_2, "y")], "held"),
    ],
)
def test_papers_are_those_of_the_whole_case(entries: list[Any], state: str) -> None:
    assert found(a_rule("R", "papers", at="a", papers=("x", "y")), *entries).state == state


@pytest.mark.parametrize(
    ("entries", "state", "count"),
    [
        ([], "open", 0),
        ([("noted", "log"), ("noted", "log")], "held", 2),
        ([("noted", "log"), ("done", "a")], "held", 1),
        ([("done", "a")], "broken", 0),
        ([("noted", "log", DAY_2), ("done", "a", DAY_1)], "broken", 1),
    ],
)
def test_something_was_recorded_before(entries: list[Any], state: str, count: int) -> None:
    finding = found(a_rule("R", "before", at="a", steps=("log",)), *entries)

    assert (finding.state, finding.facts["count"]) == (state, count)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], "open"),
        ([answer("q", "yes")], "held"),
        ([answer("q", "no")], "broken"),
        ([answer("q", "no"), answer("q", "yes")], "held"),
        ([("done", "a")], "broken"),
    ],
)
def test_a_question_has_the_answer_that_the_law_wants(entries: list[Any], state: str) -> None:
    assert found(a_rule("R", "answer", at="a", ask="q", want="yes"), *entries).state == state


def test_a_question_may_only_have_to_be_asked() -> None:
    assert found(a_rule("R", "answer", at="a", ask="q"), answer("q", "no")).state == "held"


@pytest.mark.parametrize(
    ("entries", "state", "facts"),
    [
        ([], "open", {"ask": "heads"}),
        ([answer("heads", "6")], "open", {"ask": "heads", "number": 6}),
        ([answer("kind", "mission")], "open", {"ask": "heads", "cap": 5}),
        (
            [answer("kind", "mission"), answer("heads", "5")],
            "held",
            {"ask": "heads", "number": 5, "cap": 5},
        ),
        (
            [answer("kind", "mission"), answer("heads", "6")],
            "broken",
            {"ask": "heads", "number": 6, "cap": 5},
        ),
        (
            [answer("kind", "training"), answer("heads", "6")],
            "held",
            {"ask": "heads", "number": 6, "cap": 10},
        ),
        ([answer("heads", "6"), ("done", "a")], "broken", {"ask": "heads", "number": 6}),
        # No cap was seen for a signing, so there is none to break.
        (
            [answer("kind", "signing"), answer("heads", "60"), ("done", "a")],
            "held",
            {"ask": "heads", "number": 60},
        ),
    ],
)
def test_a_number_stays_below_the_cap_of_its_kind(
    entries: list[Any], state: str, facts: dict[str, object]
) -> None:
    # The circular of the State Secretary of 23 December 2024: a mission 5, a training 10.
    caps = {"mission": 5, "training": 10}

    finding = found(a_rule("R", "most", at="a", ask="heads", by="kind", caps=caps), *entries)

    assert (finding.state, finding.facts) == (state, facts)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ([], "open"),
        ([moment("departure", "2026-11-13")], "open"),
        ([moment("departure", "2026-11-13"), moment("return", "2026-11-17")], "held"),
        ([moment("departure", "2026-11-13"), moment("return", "2026-11-18")], "broken"),
    ],
)
def test_a_trip_counts_both_its_days(entries: list[Any], state: str) -> None:
    # Five days for one country, both border days counted.
    assert found(a_rule("R", "span", caps={"": 5}), *entries).state == state


def test_a_note_is_only_shown() -> None:
    assert found(a_rule("R", "note", at="a"), ("done", "a")).state == "shown"


def test_an_override_leaves_the_finding_and_says_that_it_was_passed() -> None:
    rule = a_rule("R", "answer", at="a", ask="q", want="yes")

    finding = found(rule, {"kind": "overridden", "step": "a", "key": "R"}, ("done", "a"))

    assert (finding.state, finding.passed) == ("broken", True)


def test_findings_come_in_the_order_of_the_rulebooks() -> None:
    records: list[Record] = all_the_way()

    result = findings(both(), stand(both(), records))

    assert [(each.key, each.side, each.state) for each in result] == [
        ("R-08", "home", "held"),
        ("R-01", "home", "held"),
        ("R-06", "home", "held"),
        ("R-33", "partner", "held"),
    ]

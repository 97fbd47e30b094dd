"""What may be recorded, what stands against it, and the way out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kembar.engines.errors import SENTENCES
from kembar.engines.procedure.deciding import Problem, Trial, may
from kembar.engines.procedure.joining import Procedure, join
from kembar.engines.procedure.model import Record
from kembar.engines.procedure.standing import stand

from .small_books import (
    LONG_AGO,
    TODAY,
    a_book,
    a_record,
    a_rule,
    a_step,
    all_the_way,
    alone,
    both,
    log,
)

DAY = timedelta(days=1)


def problems(
    records: list[Record], kind: str, step: str = "", *, of: Procedure | None = None, **more: Any
) -> list[tuple[str, str]]:
    number = records[-1].number + 1 if records else 1
    found = may(of or both(), records, a_record(number, kind, step, **more), today=TODAY)
    for each in found:
        assert SENTENCES[each.code] % each.told() == str(each)
    return [(each.severity, each.code) for each in found]


def test_the_lawful_way_meets_nothing() -> None:
    accepted: list[Record] = []
    for record in all_the_way():
        assert may(both(), accepted, record, today=TODAY) == ()
        accepted.append(record)


def test_a_trial_says_where_the_case_stands_with_the_record() -> None:
    accepted: list[Record] = []
    for record in all_the_way():
        trial = Trial(both(), reversed(accepted), record)
        accepted.append(record)
        assert trial.problems(TODAY) == ()
        assert trial.after == stand(both(), accepted)


def test_an_act_is_not_done_before_its_predecessors_and_each_can_be_overridden() -> None:
    found = may(both(), [], a_record(1, "done", "exchange"), today=TODAY)

    assert [(each.code, each.severity) for each in found] == [("case.predecessor", "block")]
    assert (found[0].act, found[0].key) == ("loi", "")
    way_out = a_record(1, "overridden", "loi", reason="lost", papers=("x",))
    assert may(both(), [way_out], a_record(2, "done", "exchange"), today=TODAY) == ()


def test_an_act_may_be_handed_in_early_unless_a_rule_of_order_blocks_it() -> None:
    assert problems([], "asked", "exchange") == [("warn", "case.asked_early")]
    assert problems(log(("done", "loi")), "asked", "council") == [
        ("block", "case.rule_order"),
        ("warn", "case.asked_early"),
        ("warn", "case.rule_papers"),
        ("warn", "case.needs_missing"),
    ]


def test_signing_is_blocked_by_each_gate_and_the_block_says_what_passes_it() -> None:
    records = all_the_way()[:-2]  # no reply

    found = may(both(), records, a_record(20, "done", "signing"), today=TODAY)

    assert [(each.code, each.act, each.key) for each in found] == [
        ("case.predecessor", "reply", ""),
        ("case.gate_closed", "signing", "partner-gate"),
    ]
    assert found[1].facts["acts"] == ("reply",)


def test_a_gate_is_closed_while_a_paper_is_missing() -> None:
    records = [*all_the_way()[:-2], a_record(11, "done", "reply")]

    found = may(both(), records, a_record(12, "done", "signing"), today=TODAY)

    assert [each.code for each in found] == ["case.gate_papers"]
    assert found[0].facts["papers"] == ("reply-paper",)
    noted = a_record(12, "noted", "reply", papers=("reply-paper",))
    assert may(both(), [*records, noted], a_record(13, "done", "signing"), today=TODAY) == ()


def test_a_gate_is_passed_by_an_override_with_reason_and_paper() -> None:
    records = [*all_the_way()[:-2], a_record(11, "done", "reply")]
    override = {"key": "partner-gate", "reason": "law", "papers": ("opinion",)}

    assert problems(records, "overridden", "signing", **override) == []
    assert problems(records, "overridden", "signing", **{**override, "reason": " "}) == [
        ("error", "case.reason_needed")
    ]
    assert problems(records, "overridden", "signing", **{**override, "papers": ()}) == [
        ("error", "case.document_needed")
    ]
    passed = [*records, a_record(12, "overridden", "signing", **override)]
    assert problems(passed, "done", "signing") == []


@pytest.mark.parametrize("key", ["home-gate", "R-08", "R-06", "R-99"])
def test_what_does_not_stand_in_the_way_cannot_be_overridden(key: str) -> None:
    records = all_the_way()[:-1]

    assert problems(records, "overridden", "signing", key=key, reason="x", papers=("y",)) == [
        ("error", "case.nothing_to_override")
    ]


def test_a_rule_that_blocks_is_passed_by_an_override_where_it_blocks() -> None:
    before = log(("done", "idea"), ("done", "sounding"))

    assert problems(before, "done", "loi", papers=("loi-paper",)) == [("block", "case.rule_broken")]
    override = a_record(3, "overridden", "loi", key="R-01", reason="law", papers=("x",))
    assert may(both(), before, override, today=TODAY) == ()
    assert problems([*before, override], "done", "loi", papers=("loi-paper",)) == []


def test_the_wrong_answer_blocks_as_no_answer_does() -> None:
    said_no = log(
        ("done", "idea"),
        ("done", "sounding"),
        {"kind": "answered", "key": "relations", "value": "no"},
    )

    assert problems(said_no, "done", "loi", papers=("loi-paper",)) == [
        ("block", "case.rule_broken")
    ]


def test_papers_that_an_act_yields_are_not_asked_for_while_it_is_handed_in() -> None:
    book = a_book(
        "h",
        [a_step("a", yields=("out",), needs=("in",))],
        rules=[a_rule("R", "papers", at="a", papers=("out", "in"))],
    )
    procedure = join(book, None, "establish")

    asked = may(procedure, [], a_record(1, "asked", "a"), today=TODAY)
    done = may(procedure, [], a_record(1, "done", "a"), today=TODAY)

    assert [each.facts["papers"] for each in asked if each.code == "case.rule_papers"] == [("in",)]
    assert [each.facts["papers"] for each in done if each.code == "case.rule_papers"] == [
        ("out", "in")
    ]
    assert problems([], "done", "a", of=procedure, papers=("out", "in")) == []


def test_missing_papers_are_told_and_do_not_stop() -> None:
    records = all_the_way()[:4]

    found = may(both(), records, a_record(5, "done", "plan"), today=TODAY)

    assert [(each.code, each.stops) for each in found] == [("case.papers_missing", False)]


def test_a_day_before_its_predecessors_is_refused() -> None:
    records = [
        *log(("done", "idea"), ("done", "sounding", LONG_AGO + 5 * DAY)),
    ]
    answered = a_record(3, "answered", key="relations", value="yes", on=LONG_AGO)

    found = problems([*records, answered], "done", "loi", papers=("loi-paper",))

    assert found == [("error", "case.before_predecessor")]
    assert (
        problems([*records, answered], "done", "loi", papers=("loi-paper",), on=LONG_AGO + 5 * DAY)
        == []
    )


def test_the_day_of_a_predecessor_that_was_left_out_is_in_nobodys_way() -> None:
    overridden = a_record(1, "overridden", "loi", on=TODAY, reason="lost", papers=("x",))

    assert problems([overridden], "done", "exchange", on=LONG_AGO) == []


def test_what_a_gate_waited_for_lies_before_the_act() -> None:
    records = all_the_way()[:-2]
    reply = a_record(11, "done", "reply", on=LONG_AGO + 3 * DAY, papers=("reply-paper",))

    assert problems([*records, reply], "done", "signing", on=LONG_AGO + 2 * DAY) == [
        ("error", "case.before_predecessor")
    ]


def test_an_answer_does_not_lie_before_the_question() -> None:
    asked = log(("done", "loi"), ("asked", "exchange", LONG_AGO + DAY))

    assert problems(asked, "returned", "exchange", reason="x", on=LONG_AGO) == [
        ("error", "case.before_itself")
    ]


def test_what_came_back_is_not_answered_silently_before_it_is_handed_in_again() -> None:
    back = log(("asked", "idea"), ("returned", "idea"))

    assert problems(back, "done", "idea") == [("warn", "case.not_mended")]
    assert problems(back, "asked", "idea") == []
    assert problems([*back, a_record(3, "asked", "idea")], "done", "idea") == []


def test_nothing_is_recorded_before_it_happened() -> None:
    assert problems([], "done", "idea", on=TODAY) == []
    assert problems([], "done", "idea", on=TODAY + DAY) == [("error", "case.future")]
    assert problems([], "noted", on=date(1026, 1, 1)) == [("error", "case.too_early")]


@pytest.mark.parametrize(
    ("before", "record", "code"),
    [
        ([("done", "idea")], {"kind": "done", "step": "idea"}, "case.done_already"),
        ([("done", "idea")], {"kind": "asked", "step": "idea"}, "case.done_already"),
        ([("asked", "idea")], {"kind": "asked", "step": "idea"}, "case.asked_already"),
        ([("skipped", "idea")], {"kind": "asked", "step": "idea"}, "case.left_out"),
        ([("skipped", "idea")], {"kind": "skipped", "step": "idea", "reason": "x"}, "case.over_already"),
        ([], {"kind": "skipped", "step": "idea"}, "case.reason_needed"),
        ([], {"kind": "skipped", "step": "plan", "reason": "x"}, "case.not_optional"),
        ([], {"kind": "returned", "step": "idea", "reason": "x"}, "case.not_asked"),
        ([("asked", "idea")], {"kind": "returned", "step": "idea"}, "case.reason_needed"),
        ([], {"kind": "done", "step": "moon"}, "case.step_unknown"),
        ([], {"kind": "noted", "step": "moon"}, "case.step_unknown"),
        ([], {"kind": "done"}, "case.step_needed"),
        ([], {"kind": "dreamt"}, "case.kind_unknown"),
        ([], {"kind": "answered", "key": "moon", "value": "yes"}, "case.question_unknown"),
        ([], {"kind": "answered", "key": "relations", "value": "si"}, "case.answer_not_yes_no"),
        ([], {"kind": "dated", "key": "moon", "value": "2026-12-01"}, "case.moment_unknown"),
        ([], {"kind": "dated", "key": "target", "value": "soon"}, "case.day_unreadable"),
        ([], {"kind": "dated", "key": "target", "value": "2099-01-01"}, "case.day_out_of_range"),
        ([], {"kind": "annulled", "key": "7", "reason": "x"}, "case.record_unknown"),
        ([("done", "idea")], {"kind": "annulled", "key": "1"}, "case.reason_needed"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    before: list[tuple[str, str]], record: dict[str, Any], code: str
) -> None:
    assert problems(log(*before), **record) == [("error", code)]


def test_the_same_number_twice_is_refused() -> None:
    found = may(both(), log(("done", "idea")), a_record(1, "done", "sounding"), today=TODAY)

    assert [each.code for each in found] == ["case.number_taken"]


def test_a_return_lies_after_the_departure() -> None:
    trip = join(a_book("h", [a_step("go", sub="travel")]), None, "travel")
    departure = a_record(1, "dated", key="departure", value="2026-11-13")

    assert problems([departure], "dated", of=trip, key="return", value="2026-11-12") == [
        ("error", "case.return_before_departure")
    ]
    assert problems([departure], "dated", of=trip, key="return", value="2026-11-19") == []


@pytest.mark.parametrize("moment", ["departure", "return"])
def test_only_a_trip_has_a_day_of_departure_or_return(moment: str) -> None:
    assert problems([], "dated", key=moment, value="2026-11-13") == [
        ("error", "case.moment_of_trips")
    ]


def test_numbers_are_asked_for_where_they_are_counted() -> None:
    book = a_book(
        "h",
        [a_step("go")],
        rules=[
            a_rule(
                "R-29", "most", at="go", ask="heads", by="kind", caps={"mission": 5, "visit": 10}
            )
        ],
    )
    procedure = join(book, None, "establish")

    def answer(key: str, value: str) -> list[tuple[str, str]]:
        return problems([], "answered", of=procedure, key=key, value=value)

    assert answer("heads", "six") == [("error", "case.answer_not_number")]
    assert answer("heads", "9" * 5_000) == [("error", "case.answer_not_number")]
    assert answer("heads", "6") == []
    assert answer("kind", "party") == [("error", "case.answer_not_listed")]
    assert answer("kind", "visit") == []


def test_what_was_left_out_may_still_be_done() -> None:
    assert problems(log(("skipped", "idea")), "done", "idea") == []


def test_a_record_is_annulled_only_if_nothing_rests_on_it() -> None:
    records = all_the_way()

    found = may(both(), records, a_record(13, "annulled", key="4", reason="slip"), today=TODAY)

    assert [each.code for each in found] == ["case.others_rest"]
    assert found[0].facts == {"number": "4", "later": 5}
    assert problems(records, "annulled", key="12", reason="slip") == []
    assert problems(records, "annulled", key="12", reason="slip", on=LONG_AGO - DAY) == [
        ("error", "case.annulled_before")
    ]


def test_a_paper_that_a_later_act_needed_cannot_be_taken_away() -> None:
    records = [
        *log(("done", "loi"), ("done", "plan")),
        a_record(3, "noted", "plan", papers=("plan-paper", "link-to-plans")),
        a_record(4, "done", "council", papers=("decision",)),
    ]

    assert problems(records, "annulled", key="3", reason="slip") == [("error", "case.others_rest")]


def test_an_annulment_is_not_annulled() -> None:
    records = [*log(("done", "idea")), a_record(2, "annulled", key="1", reason="slip")]

    assert problems(records, "annulled", key="2", reason="x") == [("error", "case.record_unknown")]
    assert problems(records, "annulled", key="1", reason="x") == [
        ("error", "case.annulled_already")
    ]
    assert problems(records, "done", "idea") == []


def test_a_problem_is_told_with_the_names_and_days_that_the_reader_knows() -> None:
    problem = Problem(
        "case.before_predecessor",
        "error",
        {"act": "b", "acts": ("a",), "day": date(2026, 3, 1), "predecessor_day": date(2026, 3, 2)},
    )

    told = problem.told(lambda kind, code: f"{kind}-{code}", lambda day: f"{day.day}/{day.month}")

    assert told == {"act": "act-b", "acts": "acts-a", "day": "1/3", "predecessor_day": "2/3"}


def test_a_lone_home_has_its_own_gate_only() -> None:
    records = [each for each in all_the_way() if each.step not in ("sounding", "exchange", "reply")]

    assert problems(records[:-1], "done", "signing", of=alone()) == []

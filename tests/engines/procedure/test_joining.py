"""Two rulebooks become one procedure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.procedure.joining import Party, join

from .small_books import HOME, PARTNER, a_book, a_gate, a_rule, a_step, alone, both


def test_a_joint_act_follows_what_either_side_follows_and_has_the_gates_of_both() -> None:
    signing = both().steps["signing"]

    assert signing.side == "both"
    assert [part.code for part in signing.parts] == ["h-signing", "p-signing"]
    assert signing.after == ("ministry", "reply")
    assert signing.gates == ("home-gate", "partner-gate")
    assert signing.gate == ("council", "ministry", "reply")
    assert signing.actors == (Party("home", "governor"), Party("partner", "fao"))


def test_every_act_comes_after_what_it_waits_for() -> None:
    procedure = both()
    order = list(procedure.steps)

    for code, act in procedure.steps.items():
        assert all(order.index(before) < order.index(code) for before in act.before)
    assert len(order) == 7 + 6 - 2


def test_a_joint_name_that_one_side_has_alone_is_its_own_act_and_keeps_its_name() -> None:
    procedure = alone()

    assert procedure.steps["signing"].side == "home"
    assert procedure.act("signing") is procedure.act("h-signing")


def test_an_act_is_found_by_its_name_and_by_the_steps_of_both_sides() -> None:
    procedure = both()

    assert {procedure.act(code).code for code in ("loi", "h-loi", "p-loi")} == {"loi"}  # type: ignore[union-attr]
    assert procedure.act("moon") is None


def test_an_act_is_handed_in_by_whoever_asks_and_else_begun_by_the_actor() -> None:
    council, plan = both().steps["council"], both().steps["plan"]

    assert council.askers == (Party("home", "governor"),)
    assert council.actors == (Party("home", "council"),)
    assert plan.askers == plan.actors == (Party("home", "bureau"),)


def test_a_joint_act_is_optional_only_if_both_sides_say_so() -> None:
    home = a_book("h", [a_step("h-x", joint="x", optional=True)])
    must = a_book("p", [a_step("p-x", joint="x")])
    may = a_book("p", [a_step("p-x", joint="x", optional=True)])

    assert not join(home, must, "establish").steps["x"].optional
    assert join(home, may, "establish").steps["x"].optional


def test_a_trip_runs_by_the_travellers_rulebook_alone() -> None:
    home = a_book("h", [a_step("permit", sub="travel")])
    partner = a_book("p", [a_step("outbound", sub="travel")])

    assert list(join(home, partner, "travel").steps) == ["permit"]


def test_only_steps_gates_and_rules_of_the_asked_procedure_come_in() -> None:
    home = a_book(
        "h",
        [
            a_step("sign", joint="signing"),
            a_step("look", sub="renewal"),
            a_step("sign-again", joint="signing", sub="renewal", after=("look",)),
        ],
        gates=[a_gate("of-renewal", "signing", "look")],
        rules=[a_rule("R-1", "note", sub="renewal")],
    )

    first, renewal = join(home, None, "establish"), join(home, None, "renewal")

    assert (list(first.steps), list(first.gates), list(first.rules)) == (["signing"], [], [])
    assert list(renewal.steps) == ["look", "signing"]
    assert list(renewal.gates) == ["of-renewal"]
    assert list(renewal.rules) == ["R-1"]


def test_a_code_that_both_sides_give_a_rule_is_told_apart_on_both() -> None:
    partner = replace(PARTNER, rules={"R-01": a_rule("R-01", "answer", at="reply", ask="x")})

    rules = join(HOME, partner, "establish").rules

    assert set(rules) == {"home-book:R-01", "partner-book:R-01", "R-06", "R-08"}
    assert rules["partner-book:R-01"].at == "reply"


def test_what_gates_and_rules_name_is_turned_into_acts() -> None:
    procedure = both()

    assert procedure.gates["partner-gate"].opens == "signing"
    assert procedure.rules_at["signing"] == ("R-08",)
    assert procedure.rules_at["loi"] == ("R-01",), "nothing comes before the first of an order"


@pytest.mark.parametrize(
    ("home", "partner", "code", "facts"),
    [
        (
            a_book("h", [a_step("a")]),
            a_book("p", [a_step("a")]),
            "case.code_twice",
            {"home": "h", "partner": "p", "code": "a"},
        ),
        (
            a_book("h", [a_step("a", joint="x")]),
            a_book("p", [a_step("x")]),
            "case.code_twice",
            {"home": "h", "partner": "p", "code": "x"},
        ),
        (
            a_book("h", [a_step("a", joint="x")]),
            a_book("p", [a_step("x", joint="y")]),
            "case.code_twice",
            {"home": "h", "partner": "p", "code": "x"},
        ),
        (
            a_book("h", [a_step("a", joint="x"), a_step("b", joint="x")]),
            None,
            "case.joint_twice",
            {"rulebook": "h", "joint": "x", "steps": "a, b"},
        ),
        (
            a_book("h", [a_step("a", after=("b",))]),
            None,
            "case.step_missing",
            {"rulebook": "h", "where": "a", "step": "b"},
        ),
        (
            a_book("h", [a_step("a")], gates=[a_gate("g", "a", "b")]),
            None,
            "case.step_missing",
            {"rulebook": "h", "where": "g", "step": "b"},
        ),
        (
            a_book("h", [a_step("a")], rules=[a_rule("r", "note", at="b")]),
            None,
            "case.step_missing",
            {"rulebook": "h", "where": "r", "step": "b"},
        ),
        (
            a_book("h", [a_step("a", sub="travel")]),
            None,
            "case.no_steps",
            {"rulebook": "h", "sub": "establish"},
        ),
        (
            # Home has x before y, the partner y before x: neither has a cycle of its own.
            a_book("h", [a_step("hx", joint="x"), a_step("hy", joint="y", after=("hx",))]),
            a_book("p", [a_step("py", joint="y"), a_step("px", joint="x", after=("py",))]),
            "case.cycle",
            {"acts": "x → y → x"},
        ),
        (
            a_book("h", [a_step("a"), a_step("b", after=("a",))], gates=[a_gate("g", "a", "b")]),
            None,
            "case.cycle",
            {"acts": "a → b → a"},
        ),
    ],
)
def test_what_cannot_be_one_procedure_is_refused(home, partner, code, facts) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KembarError) as refused:
        join(home, partner, "establish")

    assert (refused.value.code, refused.value.facts) == (code, facts)
    assert SENTENCES[code] % facts == str(refused.value)

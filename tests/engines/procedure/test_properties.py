"""Whatever is tried in whatever order, nobody signs without the papers or an override."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.calendars import working_days
from kembar.engines.procedure import catalog
from kembar.engines.procedure.deciding import may
from kembar.engines.procedure.joining import Procedure, join
from kembar.engines.procedure.model import Record
from kembar.engines.procedure.plan import plan
from kembar.engines.procedure.rules import findings
from kembar.engines.procedure.standing import in_force, stand

from .small_books import a_book, a_record, a_rule, a_step, both

FIRST = date(2026, 1, 5)
TODAY = date(2026, 9, 30)
CALENDARS = {country: working_days(country) for country in ("ID", "CN")}
SMALL = both()
REAL = join(catalog.rulebook("id-ksdpl"), catalog.rulebook("cn-youhao"), "establish")
# So much may be skipped that what lies behind it matters.
LOOSE = join(
    a_book(
        "loose",
        [
            a_step(code, after=after, optional=code not in "ag")
            for code, after in [
                ("a", ()),
                *(("b", ("a",)), ("c", ("a",)), ("d", ("b", "c")), ("e", ("d",)), ("f", ("c",))),
                ("g", ("e", "f")),
            ]
        ],
        rules=[a_rule("R-01", "answer", severity="info", at="g", ask="sure", want="yes")],
    ),
    None,
    "establish",
)
PROCEDURES = [pytest.param(SMALL, id="small"), pytest.param(REAL, id="Indonesia and China")]


def attempts(procedure: Procedure, *, annul: bool = True) -> st.SearchStrategy[list[Record]]:
    """Return lists of anything that people may try to record; half of it in a sensible order."""
    codes = list(procedure.steps)
    keys = ["", *procedure.gates, *procedure.rules]
    asks = sorted({rule.ask for rule in procedure.rules.values() if rule.ask})
    days = st.integers(0, 20).map(lambda each: FIRST + timedelta(days=each))

    def on_act(kinds: list[str]) -> st.SearchStrategy[Record]:
        def made(kind: str, code: str, whole: bool, on: date, key: str) -> Record:
            act = procedure.steps[code]
            papers = act.yields if whole else ()
            if kind == "overridden":
                papers = ("opinion",)
            return a_record(
                0, kind, code, on=on, papers=papers, reason="why",
                key=key if kind == "overridden" else "",
            )  # fmt: skip

        return st.builds(
            made,
            st.sampled_from(kinds),
            st.sampled_from(codes),
            st.sampled_from([True, True, True, False]),
            days,
            st.sampled_from(keys),
        )

    answers = st.builds(
        lambda key, value, on: a_record(0, "answered", key=key, value=value, on=on),
        st.sampled_from(asks),
        st.sampled_from(["yes", "no"]),
        days,
    )
    annulments = st.builds(
        lambda number, on: a_record(0, "annulled", key=str(number), reason="slip", on=on),
        st.integers(1, 40),
        days,
    )
    anything = [
        on_act(["done", "done", "asked", "noted"]),
        on_act(["returned", "skipped", "overridden"]),
        answers,
    ]
    # What is done in the procedure's order gets far, so that the end is reached too.
    in_order = st.builds(
        lambda holes: [
            a_record(0, "done", code, papers=act.yields)
            for at, (code, act) in enumerate(procedure.steps.items())
            if at not in holes
        ],
        st.sets(st.integers(0, len(codes)), max_size=3),
    )
    yes = [record for record in the_way(procedure) if record.kind == "answered"]
    some = st.lists(st.one_of(*anything, *([annulments] if annul else [])), max_size=12)
    return st.builds(
        lambda before, way, after: [*before, *way, *after],
        some,
        in_order.map(lambda way: [*yes, *way]) | st.just([]),
        some,
    )


def accepted(procedure: Procedure, tried: Sequence[Record]) -> list[Record]:
    kept: list[Record] = []
    for record in tried:
        numbered = replace(record, number=len(kept) + 1)
        if not any(each.stops for each in may(procedure, kept, numbered, today=TODAY)):
            kept.append(numbered)
    return kept


def papers_of(records: Sequence[Record], procedure: Procedure, code: str) -> set[str]:
    return {p for r in records if procedure.act(r.step) is procedure.steps[code] for p in r.papers}


@pytest.mark.parametrize("procedure", PROCEDURES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_order_of_records_reaches_a_signature_without_papers_or_override(
    procedure: Procedure, data: st.DataObject
) -> None:
    records = in_force(accepted(procedure, data.draw(attempts(procedure))))

    for at, signed in enumerate(records):
        if signed.kind != "done" or procedure.act(signed.step) is not procedure.steps["signing"]:
            continue
        before = records[:at]
        for key in procedure.steps["signing"].gates:
            if any(r.kind == "overridden" and r.key == key and r.step == "signing" for r in before):
                continue
            for code in procedure.gates[key].waits:
                act = procedure.steps[code]
                assert any(r.kind == "done" and procedure.act(r.step) is act for r in before)
                assert papers_of(before, procedure, code) >= set(act.yields)


def required(procedure: Procedure, code: str, before: Sequence[Record]) -> set[str]:
    """Return what had to be done before an act; behind what was skipped, what that follows."""
    found = set()
    for each in procedure.steps[code].after:
        act = procedure.steps[each]
        own = [
            r for r in before if procedure.act(r.step) is act and not (r.key or r.kind == "noted")
        ]
        left_out = [r.kind for r in own if r.kind in ("done", "skipped", "overridden")]
        if left_out and left_out[-1] == "skipped":
            found |= required(procedure, each, before)
        elif not left_out or left_out[-1] == "done":
            found.add(each)
    return found


@pytest.mark.parametrize("procedure", [*PROCEDURES, pytest.param(LOOSE, id="loose")])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_nothing_is_done_before_what_it_follows_whatever_is_skipped(
    procedure: Procedure, data: st.DataObject
) -> None:
    records = in_force(accepted(procedure, data.draw(attempts(procedure))))

    for at, done in enumerate(records):
        if done.kind != "done":
            continue
        act = procedure.act(done.step)
        assert act is not None
        for code in required(procedure, act.code, records[:at]):
            days = [
                r.on
                for r in records[:at]
                if r.kind == "done" and procedure.act(r.step) is procedure.steps[code]
            ]
            assert days and days[-1] <= done.on


def the_way(procedure: Procedure) -> list[Record]:
    """Return all answers that rules want, and each act done with its papers."""
    yes = [
        a_record(0, "answered", key=rule.ask, value=rule.want)
        for rule in procedure.rules.values()
        if rule.check == "answer"
    ]
    return [*yes, *(a_record(0, "done", c, papers=a.yields) for c, a in procedure.steps.items())]


def is_signed(procedure: Procedure, tried: Sequence[Record]) -> bool:
    return stand(procedure, accepted(procedure, tried)).day_of("signing") is not None


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_way_to_the_signature_needs_each_act_and_paper_of_the_gates(
    procedure: Procedure,
) -> None:
    way = the_way(procedure)

    assert is_signed(procedure, way)
    for gated in procedure.steps["signing"].gate:
        assert not is_signed(procedure, [r for r in way if r.step != gated])
        for paper in procedure.steps[gated].yields:
            fewer = [replace(r, papers=tuple(p for p in r.papers if p != paper)) for r in way]
            assert not is_signed(procedure, fewer), paper


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_nothing_that_a_signature_rests_on_is_annulled(procedure: Procedure) -> None:
    kept = accepted(procedure, the_way(procedure))
    number = len(kept) + 1
    resting = set()

    for record in kept:
        annulment = a_record(number, "annulled", key=str(record.number), reason="slip")
        problems = may(procedure, kept, annulment, today=TODAY)
        if [each.code for each in problems] == ["case.others_rest"]:
            resting.add(record.step)
        else:
            assert problems == ()

    before = set(procedure.steps["signing"].before)
    assert before <= resting, "what the signing waits for stays"
    assert "signing" in resting, "what comes after it rests on it"


@pytest.mark.parametrize("procedure", PROCEDURES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_accepted_records_played_again_are_accepted_and_give_the_same_stand(
    procedure: Procedure, data: st.DataObject
) -> None:
    kept = accepted(procedure, data.draw(attempts(procedure)))

    again = accepted(procedure, kept)

    assert again == kept
    assert stand(procedure, again) == stand(procedure, kept)
    assert stand(procedure, in_force(kept)) == stand(procedure, kept)


@pytest.mark.parametrize("procedure", PROCEDURES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_annulling_the_last_record_restores_the_former_stand(
    procedure: Procedure, data: st.DataObject
) -> None:
    kept = accepted(procedure, data.draw(attempts(procedure, annul=False)))
    if not kept:
        return
    last = kept[-1]
    annulment = a_record(
        last.number + 1, "annulled", key=str(last.number), reason="slip", on=last.on
    )

    assert may(procedure, kept, annulment, today=TODAY) == ()
    assert stand(procedure, [*kept, annulment]) == stand(procedure, kept[:-1])


def independent(procedure: Procedure, one: Record, other: Record) -> bool:
    """Whether two records on one day say nothing of each other."""
    same_key = one.kind == other.kind and one.key == other.key and not one.step
    return one.on == other.on and not same_key and (
        not one.step or procedure.act(one.step) is not procedure.act(other.step)
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(attempts(SMALL, annul=False), st.data())
def test_the_order_of_independent_records_of_one_day_does_not_matter(
    tried: list[Record], data: st.DataObject
) -> None:
    kept = accepted(SMALL, tried)
    swapped = list(kept)
    for at in data.draw(st.lists(st.integers(0, max(len(kept) - 2, 0)), max_size=10)):
        pair = swapped[at : at + 2]
        if len(pair) == 2 and independent(SMALL, *pair):
            swapped[at : at + 2] = reversed(pair)
    renumbered = [replace(record, number=at) for at, record in enumerate(swapped, 1)]

    assert stand(SMALL, renumbered) == stand(SMALL, kept)


@pytest.mark.parametrize("procedure", PROCEDURES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_was_accepted_can_be_planned(procedure: Procedure, data: st.DataObject) -> None:
    kept = accepted(procedure, data.draw(attempts(procedure)))

    found = plan(procedure, kept, today=TODAY, calendars=CALENDARS, settings={})

    assert len(findings(procedure, found.stand)) == len(procedure.rules)
    assert all(party in procedure.steps[todo.act].actors + procedure.steps[todo.act].askers
               for party, todos in found.todo.items() for todo in todos)  # fmt: skip
    for code, dated in found.acts.items():
        own = found.stand.acts[code]
        assert dated.start <= dated.finish
        assert dated.late_days >= 0
        assert own.is_over or dated.finish >= TODAY
        assert dated.slack_days is None or (dated.slack_days >= 0 and not own.is_over)
        for before in own.waits_for:
            assert found.acts[before].finish <= dated.finish
            assert own.is_over or own.state == "waiting" or found.acts[before].finish <= dated.start
    assert not found.critical or found.critical[-1] == found.end
    for one, other in zip(found.critical, found.critical[1:], strict=False):
        assert found.acts[one].finish <= found.acts[other].finish

"""Due days, earliest dates, the critical chain. How the days are counted by hand stands in
docs/explanation/procedure-dates.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.calendars import FIRST, LAST, Calendar, working_days
from kembar.engines.errors import KembarError
from kembar.engines.procedure.dating import LimitSetting, nth_after
from kembar.engines.procedure.joining import Party, Procedure, join
from kembar.engines.procedure.model import Limit, Record, Step
from kembar.engines.procedure.plan import Plan, Todo, plan

from .small_books import HOME, PARTNER, a_book, a_record, a_step, all_the_way, both, log

DAY = timedelta(days=1)
BOTH = {"ID": working_days("ID"), "CN": working_days("CN")}
# A land where offices never close, so that days add up.
EVERY_DAY = Calendar("XX", b"\1" * ((LAST - FIRST).days + 1), {}, LAST)
NO_REST = {"ID": EVERY_DAY, "CN": EVERY_DAY}


def planned(
    procedure: Procedure,
    records: Sequence[Record] = (),
    *,
    today: date,
    calendars: Any = BOTH,
    **more: Any,
) -> Plan:
    more.setdefault("settings", {})
    return plan(procedure, records, today=today, calendars=calendars, **more)


def one_act(limit: Limit | None, country: str = "ID", **more: Any) -> Procedure:
    book = a_book(
        "h", [a_step("act", actor="office", asks="bureau", limit=limit, **more)], country=country
    )
    return join(book, None, "establish")


@pytest.mark.parametrize(
    ("country", "asked", "days", "due"),
    [
        # Nyepi and Idul Fitri 2026: Tue 17 March, then Wed 25 and Thu 26.
        ("ID", date(2026, 3, 16), 3, date(2026, 3, 26)),
        # Nyepi and Idul Fitri 2025: nothing counts before Tue 8 April.
        ("ID", date(2025, 3, 27), 7, date(2025, 4, 16)),
        # Chinese New Year 2026: Sat 14 February is made up, Sat 28 too.
        ("CN", date(2026, 2, 13), 5, date(2026, 2, 27)),
        ("CN", date(2026, 2, 13), 6, date(2026, 2, 28)),
        # Golden Week 2026: Sun 20 September is made up, Fri 25 and 1 to 7 October are free.
        ("CN", date(2026, 9, 18), 10, date(2026, 10, 9)),
        ("CN", date(2026, 9, 18), 11, date(2026, 10, 10)),
    ],
)
def test_a_working_day_clock_runs_by_the_actors_calendar(
    country: str, asked: date, days: int, due: date
) -> None:
    found = planned(one_act(Limit(days), country), log(("asked", "act", asked)), today=asked)

    assert found.acts["act"].due[0].day == due
    assert found.acts["act"].finish == due
    assert found.acts["act"].late_days == 0


def test_late_days_are_counted_as_the_limit_is() -> None:
    # 10 working days from Mon 2 March 2026 end on Mon 16; then 17, 25 and 26 March are worked.
    asked = log(("asked", "act", date(2026, 3, 2)))

    on_time = planned(one_act(Limit(10)), asked, today=date(2026, 3, 16)).acts["act"]
    late = planned(one_act(Limit(10)), asked, today=date(2026, 3, 26)).acts["act"]
    by_calendar = planned(one_act(Limit(14, "calendar")), asked, today=date(2026, 3, 26))

    assert (on_time.due[0].day, on_time.late_days) == (date(2026, 3, 16), 0)
    assert late.late_days == 3
    assert by_calendar.acts["act"].late_days == 10
    assert late.finish == date(2026, 3, 26), "what is late ends today at the earliest"
    assert not late.sure, "a limit that has run out says nothing of how long it will take"


def test_the_clock_of_an_office_stops_when_it_sends_something_back() -> None:
    asked, back = date(2026, 3, 2), date(2026, 3, 5)
    records = [
        a_record(1, "asked", "act", on=asked),
        a_record(2, "returned", "act", on=back, reason="incomplete"),
    ]
    again = a_record(3, "asked", "act", on=date(2026, 3, 26))

    act = planned(one_act(Limit(10)), records, today=date(2026, 3, 26)).acts["act"]
    resubmitted = planned(one_act(Limit(10)), [*records, again], today=date(2026, 3, 27))

    assert (act.due[0].began, act.due[0].day, act.late_days) == (None, None, 0)
    assert resubmitted.acts["act"].due[0].day == date(2026, 4, 10)


def test_what_is_done_keeps_how_late_it_was() -> None:
    records = log(("asked", "act", date(2026, 3, 2)), ("done", "act", date(2026, 3, 26)))

    act = planned(one_act(Limit(10)), records, today=date(2026, 9, 1)).acts["act"]

    assert (act.start, act.finish) == (date(2026, 3, 2), date(2026, 3, 26))
    assert act.late_days == 3


def test_a_trip_counts_back_from_its_departure_and_on_from_its_return() -> None:
    trip = a_book(
        "h",
        [
            a_step("permit", sub="travel", limit=Limit(10, "calendar", since="departure", before=True)),
            a_step("leave", sub="travel", limit=Limit(10, "working", since="departure", before=True)),
            a_step("report", sub="travel", after=("permit",), limit=Limit(14, "calendar", since="return")),
        ],
    )  # fmt: skip
    procedure = join(trip, None, "travel")
    days = log(
        {"kind": "dated", "key": "departure", "value": "2026-11-13"},
        {"kind": "dated", "key": "return", "value": "2026-11-19"},
        on=date(2026, 9, 1),
    )

    unknown = planned(procedure, today=date(2026, 9, 1))
    found = planned(procedure, days, today=date(2026, 9, 1))

    assert [each.due[0].day for each in unknown.acts.values()] == [None, None, None]
    assert found.acts["permit"].due[0].day == date(2026, 11, 3)
    assert found.acts["leave"].due[0].day == date(2026, 10, 30)
    assert found.acts["report"].due[0].day == date(2026, 12, 3)
    assert found.acts["report"].finish == date(2026, 12, 3)
    assert planned(procedure, days, today=date(2026, 11, 5)).acts["permit"].late_days == 2


@pytest.mark.parametrize(("left", "spare"), [("2026-09-21", 6), ("2026-09-14", -1)])
def test_a_trip_is_measured_against_its_departure(left: str, spare: int) -> None:
    permit = a_step("permit", sub="travel", limit=Limit(14, "calendar"))
    book = a_book("h", [permit, a_step("leave", sub="travel", after=("permit",))])
    days = log(
        ("asked", "permit"),
        {"kind": "dated", "key": "target", "value": "2026-12-24"},
        {"kind": "dated", "key": "departure", "value": left},
        on=date(2026, 9, 1),
    )

    found = planned(join(book, None, "travel"), days, today=date(2026, 9, 1), goal="leave")

    # Fourteen days from Tue 1 September.
    assert found.earliest == date(2026, 9, 15)
    assert (found.aim, found.target) == ("departure", date.fromisoformat(left))
    assert (found.spare_days, found.meets_target) == (spare, spare >= 0)


def test_a_limit_may_run_from_another_step_or_from_the_day_an_act_became_open() -> None:
    procedure = join(
        a_book(
            "h",
            [
                a_step("sign"),
                a_step("hand-over", after=("sign",), limit=Limit(7, since="open")),
                a_step("copy", after=("hand-over",), limit=Limit(3, since="sign")),
            ],
        ),
        None,
        "establish",
    )
    # 7 working days from Mon 1 June 2026 (a holiday itself): 2, 3, 4, 5, 8, 9, 10 June.
    found = planned(procedure, log(("done", "sign", date(2026, 6, 1))), today=date(2026, 6, 3))
    before = planned(procedure, today=date(2026, 6, 3))

    assert found.acts["hand-over"].due[0].day == date(2026, 6, 10)
    assert found.acts["copy"].due[0].day == date(2026, 6, 4)
    assert found.acts["copy"].finish == date(2026, 6, 10), "it follows the hand-over"
    assert before.acts["hand-over"].due[0].day is None, "no clock runs before it has begun"


def test_a_joint_act_is_on_a_day_on_which_both_work() -> None:
    home = a_book("h", [a_step("h-sign", joint="signing")])
    partner = a_book("p", [a_step("p-sign", joint="signing")], country="CN")
    procedure = join(home, partner, "establish")

    # Sat 14 February 2026: China works, Indonesia does not; then joint leave and Chinese New Year.
    assert planned(procedure, today=date(2026, 2, 13)).earliest == date(2026, 2, 13)
    assert planned(procedure, today=date(2026, 2, 14)).earliest == date(2026, 2, 24)


def test_an_unknown_length_counts_nothing_and_makes_what_follows_not_before() -> None:
    found = planned(both(), all_the_way()[:4], today=date(2026, 6, 3))

    assert found.earliest == date(2026, 6, 18), (
        "the ministry's 10 working days are all that is known"
    )
    assert not found.sure
    assert found.acts["plan"].start_sure
    assert not found.acts["plan"].sure
    assert found.unknown == ("plan", "council", "exchange", "reply")


def test_a_setting_fills_an_unknown_limit_and_replaces_a_known_one() -> None:
    procedure = one_act(Limit(None, setting="dprd_days"))
    asked = log(("asked", "act", date(2026, 6, 2)))
    filled = {"dprd_days": LimitSetting(14, "calendar", "council rules 2024, article 9")}

    unknown = planned(procedure, asked, today=date(2026, 6, 2)).acts["act"]
    known = planned(procedure, asked, today=date(2026, 6, 2), settings=filled).acts["act"]
    other = one_act(Limit(3, setting="dprd_days"))
    replaced = planned(other, asked, today=date(2026, 6, 2), settings=filled).acts["act"]

    assert (unknown.due[0].day, unknown.sure) == (None, False)
    assert (known.due[0].day, known.sure) == (date(2026, 6, 16), True)
    assert known.due[0].setting == filled["dprd_days"]
    assert replaced.due[0].day == date(2026, 6, 16)


def test_days_beyond_the_published_calendars_are_said_to_be_estimates() -> None:
    beyond = max(each.published_until for each in BOTH.values()) + 40 * DAY
    asked = log(("asked", "act", date(2026, 6, 2)))

    near = planned(one_act(Limit(10)), asked, today=date(2026, 6, 2))
    far = planned(one_act(Limit(10)), log(("asked", "act", beyond)), today=beyond)

    assert (near.estimate, near.acts["act"].due[0].estimate) == (False, False)
    assert (far.estimate, far.acts["act"].due[0].estimate) == (True, True)


def test_the_target_is_met_or_missed_by_days_of_the_calendar() -> None:
    target = {"kind": "dated", "key": "target", "on": date(2026, 1, 5)}
    records = all_the_way()[:4]

    early = planned(
        both(), [*records, a_record(5, **target, value="2026-06-17")], today=date(2026, 6, 3)
    )
    late = planned(
        both(), [*records, a_record(5, **target, value="2026-07-01")], today=date(2026, 6, 3)
    )

    assert (early.meets_target, early.spare_days) == (False, -1)
    assert (late.meets_target, late.spare_days) == (True, 13)
    assert planned(both(), records, today=date(2026, 6, 3)).meets_target is None


def test_a_signed_tie_is_measured_by_its_day() -> None:
    found = planned(both(), all_the_way(), today=date(2026, 6, 3))

    assert found.goal == "signing"
    assert (found.earliest, found.sure) == (date(2026, 1, 5), True)
    assert found.end == "register"
    assert found.critical == ("register",)


def test_a_gate_without_its_paper_keeps_the_date_unsure() -> None:
    records = [*all_the_way()[:-2], a_record(11, "done", "reply")]

    found = planned(both(), records, today=date(2026, 6, 3))

    assert found.earliest == date(2026, 6, 3)
    assert not found.sure


def test_each_actor_is_told_what_to_do_next() -> None:
    records = [
        *all_the_way()[:5],
        a_record(6, "asked", "council", on=date(2026, 3, 2)),
        a_record(7, "returned", "council", on=date(2026, 3, 9), reason="incomplete"),
    ]
    returned = planned(both(), records, today=date(2026, 6, 3)).todo
    again = planned(
        both(), [*records, a_record(8, "asked", "council", on=date(2026, 3, 10))],
        today=date(2026, 6, 3),
    ).todo  # fmt: skip
    decided = planned(both(), all_the_way()[:7], today=date(2026, 6, 3)).todo

    assert returned[Party("home", "governor")] == (Todo("council", "mend", None, 0),)
    assert returned[Party("partner", "fao")] == (Todo("exchange", "do", None, 0),)
    assert again[Party("home", "council")] == (Todo("council", "decide", None, 0),)
    assert Party("home", "governor") not in again
    assert decided[Party("home", "governor")] == (Todo("ministry", "hand_in", None, 0),)


def test_the_most_urgent_comes_first() -> None:
    steps = [
        a_step("later", limit=Limit(9, "calendar", since="open")),
        a_step("sooner", limit=Limit(2, "calendar", since="open")),
        a_step("whenever"),
    ]
    procedure = join(a_book("h", steps), None, "establish")

    found = planned(procedure, today=date(2026, 6, 5), opened=date(2026, 6, 2))

    assert [
        (each.act, each.due, each.late_days) for each in found.todo[Party("home", "bureau")]
    ] == [
        ("sooner", date(2026, 6, 4), 1),
        ("later", date(2026, 6, 11), 0),
        ("whenever", None, 0),
    ]


def test_what_blocks_what() -> None:
    found = planned(both(), all_the_way()[:5], today=date(2026, 6, 3))

    assert found.blocks["council"] == ("ministry", "signing")
    assert found.blocks["signing"] == ("deposit", "register")
    assert "loi" not in found.blocks, "what is over blocks nothing"


def test_an_override_of_a_gate_frees_the_date_from_what_the_gate_waited_for() -> None:
    gated = replace(HOME, steps={**HOME.steps, "h-signing": a_step("h-signing", joint="signing")})
    procedure = join(gated, None, "establish")
    override = a_record(1, "overridden", "signing", key="home-gate", reason="x", papers=("y",))

    assert planned(procedure, today=date(2026, 6, 3)).earliest > date(2026, 6, 3)
    assert planned(procedure, [override], today=date(2026, 6, 3)).earliest == date(2026, 6, 3)


def test_a_deed_older_than_the_calendars_has_no_due_day() -> None:
    records = log(("asked", "act", date(1986, 2, 3)), ("done", "act", date(1986, 9, 1)))

    act = planned(one_act(Limit(10)), records, today=date(2026, 6, 3)).acts["act"]

    assert (act.due[0].day, act.late_days, act.finish) == (None, 0, date(1986, 9, 1))


def test_what_was_handed_in_before_the_calendars_begin_can_be_planned() -> None:
    records = log(("asked", "act", date(1986, 2, 3)))

    act = planned(one_act(Limit(10)), records, today=date(2026, 6, 3)).acts["act"]

    assert (act.start, act.finish, act.sure) == (date(1986, 2, 3), date(2026, 6, 3), False)


@pytest.mark.parametrize("count", ["working", "calendar"])
@pytest.mark.parametrize("days", [9_000, 32_767])
def test_a_limit_may_end_after_the_calendars(count: str, days: int) -> None:
    book = a_book(
        "long",
        [a_step("runs", limit=Limit(days, count)), a_step("report", after=("runs",))],  # type: ignore[arg-type]
    )

    found = planned(join(book, None, "establish"), today=date(2026, 6, 3))

    assert found.acts["report"].start >= found.acts["runs"].finish > date(2050, 12, 31)
    assert found.acts["report"].start.weekday() < 5
    assert found.estimate


def test_a_clock_runs_on_by_weekdays_where_a_calendar_ends() -> None:
    # Friday 30 December 2050 is the last working day that the calendar has.
    assert nth_after(BOTH["ID"], date(2050, 12, 29), 1) == date(2050, 12, 30)
    assert nth_after(BOTH["ID"], date(2050, 12, 29), 2) == date(2051, 1, 2)
    assert nth_after(BOTH["ID"], date(2050, 12, 31), 0) == date(2051, 1, 2)
    assert nth_after(BOTH["ID"], date(2051, 1, 7), 5) == date(2051, 1, 13)
    assert nth_after(BOTH["ID"], date(1986, 2, 1), 3) == date(1986, 2, 5)
    assert nth_after(BOTH["ID"], date(2000, 1, 3), -1) == date(1999, 12, 31)


def test_a_calendar_that_was_not_given_is_asked_for() -> None:
    with pytest.raises(KembarError) as refused:
        planned(both(), today=date(2026, 6, 3), calendars={"ID": BOTH["ID"]})

    assert (refused.value.code, refused.value.facts) == ("calendar.missing", {"country": "CN"})


def test_what_was_handed_in_early_decides_by_its_own_limit_until_then() -> None:
    procedure = join(
        a_book(
            "h",
            [
                a_step("first", limit=Limit(2, "calendar")),
                a_step("second", after=("first",), limit=Limit(30, "calendar")),
            ],
        ),
        None,
        "establish",
    )
    early = log(("asked", "second", date(2026, 6, 1)))

    found = planned(procedure, early, today=date(2026, 6, 2), calendars=NO_REST)

    assert found.acts["second"].finish == date(2026, 7, 1)
    assert found.critical == ("second",)
    assert found.acts["first"].slack_days == 27


# --- networks made by chance -----------------------------------------------------------------


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[int | None], list[tuple[int, int]]]:
    size = draw(st.integers(1, 12))
    lengths = draw(st.lists(st.integers(0, 30), min_size=size, max_size=size))
    pairs = [(i, j) for j in range(size) for i in range(j)]
    arrows = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return lengths, arrows


def procedure_of(lengths: Sequence[int | None], arrows: Sequence[tuple[int, int]]) -> Procedure:
    def one(number: int, side: str) -> Step:
        length = lengths[number]
        limit = None if length is None else Limit(length, "calendar")
        after = tuple(f"a{i}" for i, j in arrows if j == number)
        return a_step(f"a{number}", after=after, limit=limit)

    steps = [one(number, "home") for number in range(len(lengths))]
    last = a_step("end", joint="signing", after=tuple(step.code for step in steps))
    return join(a_book("h", [*steps, last]), None, "establish")


@given(networks())
def test_the_critical_chain_is_as_long_as_the_longest_path_of_networkx(
    network: tuple[list[int], list[tuple[int, int]]],
) -> None:
    lengths, arrows = network
    graph = nx.DiGraph()
    for number, length in enumerate(lengths):
        graph.add_edge(f"a{number}", "signing", weight=length)
    for i, j in arrows:
        graph.add_edge(f"a{i}", f"a{j}", weight=lengths[i])
    longest = nx.dag_longest_path_length(graph)
    today = date(2026, 6, 3)

    found = planned(procedure_of(lengths, arrows), today=today, calendars=NO_REST)

    assert (found.earliest - today).days == longest
    assert nx.path_weight(graph, found.critical, "weight") == longest
    assert found.critical[-1] == "signing"
    assert all(found.acts[code].slack_days == 0 for code in found.critical)


@given(networks(), st.data())
def test_slack_is_what_an_act_may_take_longer_and_not_a_day_more(
    network: tuple[list[int], list[tuple[int, int]]], data: st.DataObject
) -> None:
    lengths, arrows = network
    number = data.draw(st.integers(0, len(lengths) - 1))
    today = date(2026, 2, 2)
    before = planned(procedure_of(lengths, arrows), today=today)
    act = before.acts[f"a{number}"]
    slack = act.slack_days
    assert slack is not None
    # From its start on, which a working day is, calendar days of its limit shift its end by one each.
    base = (act.finish - act.start).days

    def earliest(length: int) -> date:
        longer = [*lengths[:number], length, *lengths[number + 1 :]]
        return planned(procedure_of(longer, arrows), today=today).earliest

    assert earliest(base + slack) == before.earliest
    assert earliest(base + slack + 1) > before.earliest


@given(
    networks(),
    st.lists(st.sampled_from([None, 3, 8]), max_size=12),
    st.dates(date(2026, 1, 1), date(2027, 3, 1)),
)
def test_no_act_starts_before_what_it_waits_for_has_ended(
    network: tuple[list[int], list[tuple[int, int]]], unknown: list[int | None], today: date
) -> None:
    lengths, arrows = network
    procedure = procedure_of([*unknown, *lengths][: len(lengths)], arrows)

    found = planned(procedure, today=today)

    for code, act in procedure.steps.items():
        dated = found.acts[code]
        assert dated.start <= dated.finish
        for before in act.before:
            assert found.acts[before].finish <= dated.start
            assert found.acts[before].sure or not dated.start_sure
    if all(length is not None for length in [*unknown, *lengths][: len(lengths)]):
        assert found.sure


@settings(max_examples=60)
@given(st.dates(date(2026, 1, 5), date(2028, 6, 1)), st.integers(0, 12))
def test_late_days_are_never_negative_and_grow_with_time(today: date, count: int) -> None:
    records = all_the_way()[:count]

    now = planned(both(), records, today=today)
    later = planned(both(), records, today=today + 9 * DAY)

    for code, act in now.acts.items():
        assert 0 <= act.late_days <= later.acts[code].late_days
        assert act.finish <= later.acts[code].finish
    assert later.earliest >= now.earliest


def test_the_same_record_gives_the_same_plan() -> None:
    records = all_the_way()[:6]

    one = planned(both(), records, today=date(2026, 6, 3))
    other = planned(
        join(HOME, PARTNER, "establish"), list(reversed(records)), today=date(2026, 6, 3)
    )

    assert one == other

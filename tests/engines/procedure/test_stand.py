"""Where a case stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kembar.engines.procedure.deciding import may
from kembar.engines.procedure.joining import Party, join
from kembar.engines.procedure.standing import Lack, Override, Return, stand

from .small_books import LONG_AGO, TODAY, a_book, a_record, a_step, all_the_way, alone, both, log

DAY = timedelta(days=1)


def states(*entries: object) -> dict[str, str]:
    found = stand(both(), log(*entries))  # type: ignore[arg-type]
    return {code: act.state for code, act in found.acts.items()}


def test_at_the_beginning_each_side_has_its_first_act_open() -> None:
    now = stand(both(), [])

    assert now.next == ("idea", "sounding")
    assert now.acts["idea"].since is None
    assert now.acts["idea"].on == (Party("home", "bureau"),)
    assert now.acts["loi"].state == "not_yet"
    assert now.acts["loi"].waits_for == ("idea", "sounding")
    assert now.acts["loi"].on == ()


def test_a_joint_act_is_open_when_what_either_side_waits_for_is_over() -> None:
    assert states(("done", "idea"))["loi"] == "not_yet"
    assert states(("done", "idea"), ("done", "sounding"))["loi"] == "open"
    assert states(("skipped", "idea"), ("done", "sounding"))["loi"] == "open"


def test_an_act_is_open_since_the_last_of_its_predecessors() -> None:
    now = stand(both(), log(("done", "idea", LONG_AGO + 9 * DAY), ("done", "sounding", LONG_AGO)))

    assert now.acts["loi"].since == LONG_AGO + 9 * DAY
    assert now.acts["loi"].on == (Party("home", "governor"), Party("partner", "fao"))


def test_a_joint_act_is_recorded_once_for_both_under_any_of_its_names() -> None:
    for name in ("loi", "h-loi", "p-loi"):
        assert states(("done", name))["loi"] == "done"


def test_what_was_handed_in_waits_for_the_actor() -> None:
    council = stand(both(), log(("asked", "council", date(2026, 3, 2)))).acts["council"]

    assert (council.state, council.since) == ("waiting", date(2026, 3, 2))
    assert council.on == (Party("home", "council"),)


def test_what_was_returned_waits_for_whoever_handed_it_in_and_again_is_a_resubmission() -> None:
    records = log(
        ("asked", "council", LONG_AGO),
        {"kind": "returned", "step": "council", "on": LONG_AGO + DAY, "reason": "incomplete"},
    )

    returned = stand(both(), records).acts["council"]
    again = stand(both(), [*records, a_record(3, "asked", "council", on=LONG_AGO + 2 * DAY)])

    assert (returned.state, returned.since) == ("returned", LONG_AGO + DAY)
    assert returned.on == (Party("home", "governor"),)
    assert returned.returns == (Return(LONG_AGO + DAY, "incomplete"),)
    assert again.acts["council"].state == "waiting"
    assert again.acts["council"].asks == 2
    assert again.acts["council"].returns == returned.returns


def test_signing_waits_until_each_gate_has_its_acts_and_their_papers() -> None:
    before = all_the_way()[:-1]

    now = stand(both(), before)
    without_reply = stand(both(), before[:-1])
    without_paper = stand(both(), [*before[:-1], a_record(11, "done", "reply")])

    assert now.acts["signing"].state == "open"
    assert now.lacking == {}
    assert without_reply.lacking == {"partner-gate": (Lack("reply", False, ("reply-paper",)),)}
    assert without_paper.lacking == {"partner-gate": (Lack("reply", True, ("reply-paper",)),)}
    assert without_paper.acts["signing"].state == "not_yet"
    assert without_paper.acts["signing"].waits_for == ("reply",)


def test_a_paper_may_come_in_later_with_a_remark_and_opens_the_gate_on_that_day() -> None:
    later = LONG_AGO + 20 * DAY
    records = [
        *all_the_way()[:-2],
        a_record(11, "done", "reply"),
        a_record(12, "noted", "reply", on=later, papers=("reply-paper",)),
        a_record(13, "noted", "reply", on=later + DAY),
    ]

    signing = stand(both(), records).acts["signing"]

    assert (signing.state, signing.since) == ("open", later)


def test_a_paper_of_another_act_does_not_open_a_gate() -> None:
    records = [
        *all_the_way()[:-2],
        a_record(11, "done", "reply"),
        a_record(12, "noted", "exchange", papers=("reply-paper",)),
    ]

    now = stand(both(), records)

    assert "partner-gate" in now.lacking
    assert "reply-paper" in now.papers


def test_leaving_an_act_out_on_purpose_opens_what_follows_but_no_gate() -> None:
    records = [
        *all_the_way()[:5],
        a_record(6, "overridden", "council", reason="law", papers=("letter",)),
        a_record(7, "done", "ministry", papers=("approval",)),
    ]

    now = stand(alone(), records)

    assert now.acts["council"].state == "overridden"
    assert now.acts["ministry"].state == "done"
    assert now.lacking == {"home-gate": (Lack("council", False, ("decision",)),)}
    assert now.overrides == (Override("", "council", LONG_AGO, "law", ("letter",), 6),)


def test_an_overridden_gate_lets_the_act_be_and_stays_in_sight_after_it_is_done() -> None:
    records = [
        *all_the_way()[:-2],
        a_record(11, "done", "reply"),
        a_record(12, "overridden", "signing", key="partner-gate", reason="law", papers=("x",)),
    ]

    now = stand(both(), records)
    signed = stand(both(), [*records, a_record(13, "done", "signing")])

    assert now.acts["signing"].state == "open"
    assert signed.acts["signing"].state == "done"
    assert [each.key for each in signed.overrides] == ["partner-gate"]
    assert signed.is_passed("partner-gate", "signing")


def test_an_annulled_record_has_no_effect_and_an_annulment_none_of_its_own() -> None:
    records = log(("done", "idea"), ("done", "sounding"), {"kind": "annulled", "key": "1"})

    assert stand(both(), records) == stand(both(), [a_record(2, "done", "sounding")])


def test_the_last_answer_and_the_last_day_count() -> None:
    now = stand(
        both(),
        log(
            {"kind": "answered", "key": "relations", "value": "no"},
            {"kind": "answered", "key": "relations", "value": "yes"},
            {"kind": "dated", "key": "target", "value": "2026-12-01"},
            {"kind": "dated", "key": "target", "value": "2027-03-01"},
        ),
    )

    assert now.answers == {"relations": "yes"}
    assert now.moments == {"target": date(2027, 3, 1)}


def test_the_numbers_tell_the_order_not_the_list() -> None:
    records = all_the_way()

    assert stand(both(), reversed(records)) == stand(both(), records)


def test_a_record_on_a_step_that_is_no_longer_there_does_no_harm() -> None:
    records = all_the_way()

    with_stray = [*records, a_record(13, "done", "a-step-of-the-old-rulebook")]

    assert stand(both(), with_stray) == stand(both(), records)


def test_who_signs_is_found_by_the_name_of_the_act() -> None:
    now = stand(both(), all_the_way())

    assert now.day_of("signing") == LONG_AGO
    assert now.day_of("deposit") is None
    assert now.day_of("moon") is None
    assert now.next == ("deposit", "register")


@pytest.mark.parametrize("kind", ["noted", "answered", "dated"])
def test_what_only_tells_something_moves_no_act(kind: str) -> None:
    record = a_record(1, kind, "idea", key="target", value="2027-01-01")

    now = stand(both(), [record])

    assert now.acts["idea"].state == "open"
    assert now.acts["idea"].records == 1


# An optional act between two others: whoever skips it has not done the first.
CHAIN = join(
    a_book(
        "chain",
        [
            a_step("first"),
            a_step("maybe", after=("first",), optional=True),
            a_step("perhaps", after=("maybe",), optional=True),
            a_step("last", after=("perhaps",)),
        ],
    ),
    None,
    "establish",
)


def test_skipping_an_optional_act_does_not_leave_out_what_comes_before_it() -> None:
    skipped = [
        a_record(1, "skipped", "maybe", reason="not needed"),
        a_record(2, "skipped", "perhaps", reason="not needed"),
    ]
    later = LONG_AGO + 9 * DAY

    now = stand(CHAIN, skipped)
    then = stand(CHAIN, [*skipped, a_record(3, "done", "first", on=later)])

    assert (now.acts["last"].state, now.acts["last"].waits_for) == ("not_yet", ("first",))
    assert now.next == ("first",)
    assert (then.acts["last"].state, then.acts["last"].since) == ("open", later)


def test_behind_a_skipped_act_the_order_of_the_others_holds() -> None:
    skipped = [
        a_record(1, "skipped", "maybe", reason="not needed"),
        a_record(2, "skipped", "perhaps", reason="not needed"),
    ]
    later = LONG_AGO + 9 * DAY
    done = a_record(3, "done", "first", on=later)

    early = may(CHAIN, skipped, a_record(3, "done", "last"), today=TODAY)
    before = may(CHAIN, [*skipped, done], a_record(4, "done", "last"), today=TODAY)

    assert [(each.code, each.act) for each in early] == [("case.predecessor", "first")]
    assert [each.code for each in before] == ["case.before_predecessor"]
    assert may(CHAIN, [*skipped, done], a_record(4, "done", "last", on=later), today=TODAY) == ()

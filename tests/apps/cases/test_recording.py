"""What is recorded on a case, what stands against it, and that the log tells where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry as Deed
from kembar.apps.audit.queries import check_chain
from kembar.apps.audit.sentences import describe
from kembar.apps.cases import actions
from kembar.apps.cases.models import Case, CasePaper, Entry, Sub
from kembar.apps.cases.standing import DRAWN, goal_of, log_of, procedure_of, records_of, summary
from kembar.apps.kit.concurrency import StaleError
from kembar.apps.kit.text import Text
from kembar.engines.procedure.standing import stand
from tests.apps.cases.things import (
    TODAY,
    a_case,
    a_paper,
    answers,
    tell,
    to_the_draft,
    to_the_letter,
    told,
)
from tests.apps.ties.things import a_tie
from tests.people import SINCE, a_person, a_post

pytestmark = pytest.mark.django_db


def replayed(case: Case) -> dict[str, Any]:
    """Return where a case stands by its log alone, as it lies in the database."""
    fresh = Case.objects.named().get(pk=case.pk)
    procedure = procedure_of(fresh)
    return summary(procedure, stand(procedure, records_of(log_of(fresh))))


def kept(case: Case) -> dict[str, Any]:
    stands: dict[str, Any] = Case.objects.values_list("stands", flat=True).get(pk=case.pk)
    return stands


def refused(case: Case, entry: actions.Told, **given_: Any) -> str:
    with pytest.raises(ValidationError) as error:
        tell(case, entry, **given_)
    return " ".join(error.value.messages)


# Opening


def test_a_new_case_can_begin_on_both_sides() -> None:
    case = a_case(a_tie())

    nexts = [act for act, _state, _since, _on in case.stands["next"]]
    assert nexts == ["id-eligibility", "cn-eligibility"]
    assert case.next_act == "id-eligibility"
    assert (case.waiting_on, case.waiting_since, case.signed_on) == ("", None, None)
    assert case.stands == replayed(case)


def test_a_tie_is_established_by_one_running_case(english: None) -> None:
    tie = a_tie()
    first = a_case(tie)

    with pytest.raises(ValidationError, match="has a running case"):
        a_case(tie)

    actions.close_case(
        first, closed="stopped", on=TODAY, reason=Text(en="No budget."), seen=1, by=None
    )
    assert a_case(tie).pk != first.pk


@pytest.mark.parametrize(
    ("side", "book", "goal"),
    [
        ("home", "id-ksdpl", "id-travel-departure"),
        ("partner", "cn-youhao", "cn-outbound-departure"),
    ],
)
def test_a_trip_leads_to_the_departure_of_whoever_travels(side: str, book: str, goal: str) -> None:
    trip = a_case(a_tie(), sub=Sub.TRAVEL, side=side, home_book=actions.pin_shipped(book))

    assert goal_of(trip, procedure_of(trip)) == goal


def test_a_trip_stands_beside_the_case_and_says_who_travels(english: None) -> None:
    tie = a_tie()
    a_case(tie)

    trip = a_case(tie, sub=Sub.TRAVEL)
    with pytest.raises(ValidationError, match="Say who travels"):
        a_case(tie, sub=Sub.TRAVEL, side="")

    assert trip.next_act == "id-travel-invite"


def test_the_same_rulebook_is_pinned_once() -> None:
    one, two = a_case(a_tie()), a_case(a_tie(between=("ID-BA", "CN-ZJ")))

    assert one.home_book_id == two.home_book_id


# Recording


def test_a_step_takes_six_statements_with_its_history(
    count_queries: Callable[[], Any],
) -> None:
    case = a_case(a_tie())
    desk = a_person(Role.DESK)
    assert desk.current_holdings  # as the request that carries the form has read them
    tell(case, *answers(("relations", "yes"), ("own-competence", "yes")), by=desk)

    with count_queries() as queries:
        actions.record(
            case,
            told("done", "id-eligibility", "2026-01-07"),
            seen=case.version,
            today=TODAY,
            by=desk,
        )

    statements = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
    assert len(statements) <= 6, "\n".join(statements)
    assert check_chain() == []


def test_what_is_recorded_shows_in_the_case_and_in_the_log() -> None:
    case = a_case(a_tie())
    desk = a_person(Role.DESK)

    tell(case, *to_the_letter(), told("done", "id-workplan", "2026-02-10", papers=["rks"]))
    tell(case, told("asked", "id-dprd", "2026-02-12", papers=["letter-to-council"]), by=desk)

    case.refresh_from_db()
    assert (case.waiting_on, case.waiting_since) == ("home:id-dprd", date(2026, 2, 12))
    entry = case.entries.get(number=10)
    assert (entry.kind, entry.papers, entry.person) == ("asked", ["letter-to-council"], desk)
    assert entry.title["id"] == "Persetujuan DPRD"
    assert CasePaper.objects.filter(entry=entry).count() == 1
    assert kept(case) == replayed(case)


def test_history_tells_what_was_recorded_and_where(english: None) -> None:
    case = a_case(a_tie())
    desk = a_person(Role.DESK, name="Ani")

    tell(case, told("asked", "id-exploration", "2026-01-20", text="Letter sent"), by=desk)

    deed = Deed.objects.latest("pk")
    assert deed.context == f"ties.tie:{case.tie_id}"
    assert deed.region_code == "ID-NT"
    text = describe(deed).text
    assert text.startswith("Ani")
    assert "Handed in" in text


def test_an_old_page_does_not_record_over_a_newer_entry() -> None:
    case = a_case(a_tie())
    old = Case.objects.named().get(pk=case.pk)
    tell(case, told("asked", "id-exploration", "2026-01-20"))

    with pytest.raises(StaleError):
        actions.record(
            old, told("asked", "id-exploration", "2026-01-21"), seen=1, today=TODAY, by=None
        )

    assert case.entries.count() == 1


def test_what_stands_against_an_entry_is_said_with_the_way_out(english: None) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())

    twice = refused(case, told("done", "loi", "2026-02-01"))
    early = refused(case, told("done", "id-workplan", "2026-01-02"))
    future = refused(case, told("noted", "loi", "2027-01-01"))
    gate = refused(case, told("done", "signing", "2026-02-02"))

    assert "was done on 30 January 2026" in twice
    assert "30 January 2026" in early
    assert "not here yet" in future
    assert "R-11" in gate
    assert "override" in gate
    assert case.entries.count() == 8


def test_what_only_warns_is_recorded_and_told() -> None:
    case = a_case(a_tie())

    recorded = tell(case, told("asked", "id-exploration", "2026-01-20"))

    assert [problem.code for problem in recorded.warnings] == ["case.asked_early"]
    assert case.entries.count() == 1


def test_a_closed_case_takes_no_entries(english: None) -> None:
    case = a_case(a_tie())
    actions.close_case(case, closed="stopped", on=TODAY, reason=Text(en="R"), seen=1, by=None)

    assert "closed" in refused(case, told("noted", "loi", "2026-02-02"))


# Nobody approves what he wrote


def to_the_ministry(case: Case, *, by: Any) -> None:
    steps = to_the_draft()[:4]
    tell(case, *to_the_letter(), *steps, by=by)


def test_who_handed_in_to_the_ministry_does_not_record_its_answer(english: None) -> None:
    case = a_case(a_tie())
    desk, reviewer = a_person(Role.DESK), a_person(Role.MINISTRY, "ID")
    to_the_ministry(case, by=desk)
    done = told("done", "id-verification", "2026-04-06", papers=["verification-result"])
    back = told("returned", "id-verification", "2026-04-06", reason="incomplete")

    assert "nobody approves what he wrote" in refused(case, done, by=desk)
    assert "nobody approves what he wrote" in refused(case, back, by=desk)
    tell(case, back, by=reviewer)

    assert case.came_back == {"incomplete": 1}


def test_what_was_not_handed_in_only_the_ministry_decides(english: None) -> None:
    case = a_case(a_tie())
    desk, reviewer = a_person(Role.DESK), a_person(Role.MINISTRY, "ID")
    tell(case, *to_the_letter(), *to_the_draft()[:3], by=desk)
    done = told("done", "id-verification", "2026-04-06", papers=["verification-result"])

    assert "Record that first" in refused(case, done, by=desk)
    tell(case, done, by=reviewer)

    assert case.entries.filter(step="id-verification", kind="done").exists()


def test_what_the_ministry_sent_back_is_handed_in_again_before_its_answer_is_written_down(
    english: None,
) -> None:
    case = a_case(a_tie())
    desk, other = a_person(Role.DESK), a_person(Role.AGENCY)
    to_the_ministry(case, by=desk)
    back = told("returned", "id-verification", "2026-04-06", reason="incomplete")
    tell(case, back, by=a_person(Role.MINISTRY, "ID"))
    done = told("done", "id-verification", "2026-04-20", papers=["verification-result"])

    assert "handed in again" in refused(case, done, by=other)
    tell(case, told("asked", "id-verification", "2026-04-08"), by=desk)
    tell(case, done, by=other)

    assert case.pending == []


def test_the_ministry_may_decide_on_what_it_sent_back_and_is_told(english: None) -> None:
    case = a_case(a_tie())
    reviewer = a_person(Role.MINISTRY, "ID")
    to_the_ministry(case, by=a_person(Role.DESK))
    tell(case, told("returned", "id-verification", "2026-04-06", reason="form"), by=reviewer)

    done = told("done", "id-verification", "2026-04-20", papers=["verification-result"])

    assert "case.not_mended" in [each.code for each in tell(case, done, by=reviewer).warnings]


def test_who_is_also_the_head_overrides_from_that_post() -> None:
    case = a_case(a_tie())
    person = a_person(Role.DESK)
    head = a_post(Role.HEAD)
    Holding.objects.create(post=head, person=person, since=SINCE)
    tell(case, *to_the_letter(), *to_the_draft())
    person = User.objects.get(pk=person.pk)

    assert an_override(case, by=person).entry.post == head


def test_what_a_council_decides_the_desk_may_write_down() -> None:
    case = a_case(a_tie())
    desk = a_person(Role.DESK)

    tell(case, *to_the_letter(), *to_the_draft()[:3], by=desk)

    assert "id-dprd" not in [act for act, *_ in case.pending]


def test_an_annulled_handing_in_bars_nobody() -> None:
    case = a_case(a_tie())
    desk, other = a_person(Role.DESK), a_person(Role.AGENCY)
    to_the_ministry(case, by=desk)
    wrong = case.entries.get(kind="asked", step="id-verification")
    actions.annul(
        case,
        wrong,
        reason=Text(en="Typed twice"),
        on=TODAY,
        seen=case.version,
        today=TODAY,
        by=desk,
    )
    tell(case, told("asked", "id-verification", "2026-03-17"), by=other)

    recorded = tell(case, told("done", "id-verification", "2026-04-06"), by=desk)

    assert recorded.entry.kind == "done"


# Overrides


def an_override(case: Case, **given_: Any) -> actions.Recorded:
    values = {
        "step": "signing",
        "key": "R-11",
        "on": date(2026, 6, 1),
        "decided_by": "Governor",
        "reason": Text(en="Perpres 1/2026 Pasal 2"),
        "papers": [a_paper("basis-of-override")],
        "seen": case.version,
        "today": TODAY,
        "by": None,
        **given_,
    }
    return actions.override(case, **values)


def test_a_gate_is_passed_only_by_an_override_with_person_reason_and_paper(english: None) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft())

    for left_out in ({"decided_by": " "}, {"reason": Text()}, {"papers": []}):
        with pytest.raises(ValidationError):
            an_override(case, **left_out)
    an_override(case)

    assert case.stands["overrides"] == [["signing", "R-11", "2026-06-01"]]
    assert list(case.stands["missing"]) == ["R-32"]
    assert kept(case) == replayed(case)


def test_what_stands_in_nobodys_way_is_not_overridden(english: None) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())

    with pytest.raises(ValidationError, match="nothing to override"):
        an_override(case, step="loi", key="R-01")


# Annulling


def test_an_annulled_entry_stays_and_counts_no_more() -> None:
    case = a_case(a_tie())
    tell(case, told("asked", "id-exploration", "2026-01-20"))
    entry = case.entries.get()

    actions.annul(
        case, entry, reason=Text(en="Wrong"), on=TODAY, seen=case.version, today=TODAY, by=None
    )

    assert case.entries.count() == 2
    assert case.pending == []
    assert kept(case) == replayed(case)


def test_an_entry_that_others_rest_on_is_not_annulled(english: None) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter())
    letter = case.entries.get(step="id-eligibility")

    with pytest.raises(ValidationError, match="annul the later one first"):
        actions.annul(
            case, letter, reason=Text(en="W"), on=TODAY, seen=case.version, today=TODAY, by=None
        )


# The log stays


@pytest.mark.parametrize("table", ["cases_entry", "cases_casepaper"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_log(table: str, deed: str) -> None:
    case = a_case(a_tie())
    tell(case, told("noted", "loi", "2026-01-20", papers=["loi"]))

    with (
        pytest.raises(DatabaseError, match="cannot be"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(deed.format(table))


def test_the_log_cannot_be_changed_through_its_table() -> None:
    case = a_case(a_tie())
    entry = tell(case, told("noted", "loi", "2026-01-20")).entry

    with pytest.raises(TypeError):
        Entry.objects.update(kind="done")
    with pytest.raises(TypeError):
        Entry.objects.all().delete()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()


# Replay


KINDS = ["asked", "returned", "done", "skipped", "noted", "annulled"]
STEPS = ["id-eligibility", "id-exploration", "cn-eligibility", "cn-sounding", "loi", "signing"]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.sampled_from(STEPS), st.integers(0, 60)), max_size=10
    )
)
def test_whatever_was_recorded_the_log_gives_the_same_stand(
    deeds: list[tuple[str, str, int]],
) -> None:
    with transaction.atomic():
        case = a_case(a_tie())
        for kind, step, days in deeds:
            on = date.fromordinal(date(2026, 1, 5).toordinal() + days)
            key = str(days % 6) if kind == "annulled" else ""
            entry = told(kind, step, on, reason="other" if kind == "returned" else "", key=key)
            try:
                tell(case, entry)
            except ValidationError:
                case = Case.objects.named().get(pk=case.pk)

            assert kept(case) == replayed(case)
        assert "signing" not in [e.step for e in log_of(case) if e.kind == "done"]
        transaction.set_rollback(True)


def test_cases_drawn_before_say_on_whom_waits_what_came_back() -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:4])
    tell(case, told("returned", "id-verification", "2026-04-06", reason="incomplete"))
    drawn = Case.objects.filter(pk=case.pk).values(*DRAWN).get()
    migration = import_module("kembar.apps.cases.migrations.0005_came_back_waits")

    migration.backwards(apps, None)

    before = Case.objects.get()
    assert (before.waiting_on, before.waiting_since) == ("", None)
    assert before.stands["waiting"] == []
    assert before.stands["returns"] == {"incomplete": 1}
    assert before.stands["next"][-1][:2] == ["id-verification", "returned"]

    migration.forwards(apps, None)

    assert Case.objects.filter(pk=case.pk).values(*DRAWN).get() == drawn

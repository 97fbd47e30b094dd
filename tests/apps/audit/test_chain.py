from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kembar.apps.accounts.models import Office
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.actions import Deed, plain, record, record_all
from kembar.apps.audit.chain import Fault, seal_of
from kembar.apps.audit.models import GENESIS, ChainHead, Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.kit.text import Text
from tests.forgetting import _MIGRATIONS
from tests.people import a_person, an_office

pytestmark = pytest.mark.django_db


def remember(count: int = 1, **given: Any) -> None:
    office = an_office()
    record_all([Deed("posts.office_added", office, "ID-NT", **given)] * count, by=None)


def tamper(sql: str, *values: Any) -> None:
    """Change the table as somebody would who owns the database: the guards are taken off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
            cursor.execute(sql, values)
            return
        for name in ("no_update", "no_delete", "no_replace"):
            cursor.execute(f"DROP TRIGGER IF EXISTS audit_entry_{name}")
        cursor.execute(sql, values)


def faults() -> list[tuple[int | None, Fault]]:
    return [(broken.pk, broken.fault) for broken in check_chain()]


def keys() -> list[int]:
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


# Whole


def test_an_empty_history_is_whole() -> None:
    assert check_chain() == []


def test_a_history_is_whole_after_one_deed_and_after_many() -> None:
    remember()
    remember(1200)
    remember()

    assert check_chain() == []
    assert ChainHead.objects.get().count == 1202


def test_the_check_tells_how_far_it_is() -> None:
    remember(2500)
    told: list[tuple[int, int]] = []

    check_chain(lambda done, total: told.append((done, total)))

    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_a_deed_that_is_undone_leaves_no_trace() -> None:
    remember()
    with transaction.atomic():
        remember()
        transaction.set_rollback(True)

    remember()

    assert check_chain() == []
    assert Entry.objects.count() == 2


# Odd values come back as they were sealed


@pytest.mark.parametrize(
    "value",
    [
        1e22,
        1e16,
        -0.0,
        0.1,
        float("nan"),
        float("inf"),
        10**30,
        Decimal("1.10"),
        True,
        None,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC),
        {10: "ten", 9: "nine"},
        {"b": 1, "a": {"d": 1.5, "c": [1.0]}},
        ("a", "b"),
        pytest.param({"b", "a", "c"}, id="a set"),
        "中文 🌊 \u2028",
        "a\0b",
        "half \ud83d",
        Role.DESK,
        Text(zh="信"),
    ],
    ids=repr,
)
def test_every_value_keeps_its_seal_through_the_database(value: Any) -> None:
    remember(changes=[{"field": "x", "old": None, "new": value}])

    assert check_chain() == []


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


@given(json_like)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_plain_value_survives_json(value: Any) -> None:
    kept = plain(value)

    assert json.loads(json.dumps(kept)) == kept
    assert plain(kept) == kept


def test_a_name_is_cut_to_what_the_table_holds() -> None:
    office = an_office()
    office.name = Text(en="🌊" * 400)
    person = a_person(Role.DESK, name="N" * 150)
    for _more in range(3):
        person.holdings.create(
            post=person.current_holdings[0].post, since=date(2020, 1, 1), until=date(2020, 1, 2)
        )

    record(Deed("posts.office_added", office, "ID-NT"), by=person)

    assert len(Entry.objects.get().subject_label) == 300
    assert check_chain() == []


# Not whole


def test_a_changed_word_is_found() -> None:
    remember(5)
    third = keys()[2]

    tamper("UPDATE audit_entry SET actor_name = 'Somebody else' WHERE id = %s", third)

    assert faults() == [(third, Fault.CHANGED)]


def test_a_changed_name_in_another_language_is_found() -> None:
    office = an_office()
    office.name = Text(id="Biro", zh="局")
    record_all([Deed("posts.office_added", office, "ID-NT")] * 2, by=None)
    first = keys()[0]

    tamper("UPDATE audit_entry SET names = NULL WHERE id = %s", first)

    assert faults() == [(first, Fault.CHANGED)]


def test_an_entry_from_before_names_were_kept_holds_its_seal() -> None:
    entry = Entry(
        at=datetime(2026, 11, 24, 8, 22, tzinfo=UTC),
        actor_name="Kembar",
        action="ties.tie_created",
        subject_type="ties.tie",
        subject_id="1",
        subject_label="NTT – 江西省",
        context="ties.tie:1",
        region_code="ID-NT",
        previous=GENESIS,
    )

    # As the code of 59bb6af worked it out, which knew no other names.
    old = "73469b0e7befedf4c484d4523aa992c4f0a0f49fd8d2ca075adc595a841db135"
    assert seal_of(entry) == old


def test_a_changed_value_is_found() -> None:
    remember(3, changes=[{"field": "state", "old": "a", "new": "b"}])
    first = keys()[0]

    tamper(
        "UPDATE audit_entry SET changes = %s WHERE id = %s",
        json.dumps([{"field": "state", "old": "a", "new": "c"}]),
        first,
    )

    assert faults() == [(first, Fault.CHANGED)]


def test_a_changed_moment_is_found() -> None:
    remember(2)
    first = keys()[0]

    tamper("UPDATE audit_entry SET at = '2020-01-01 00:00:00+00' WHERE id = %s", first)

    assert faults() == [(first, Fault.CHANGED)]


def test_an_entry_that_was_taken_out_is_found() -> None:
    remember(5)
    third, fourth = keys()[2:4]

    tamper("DELETE FROM audit_entry WHERE id = %s", third)

    assert faults() == [(fourth, Fault.LINK), (None, Fault.END)]


def test_entries_taken_from_the_end_are_found() -> None:
    remember(5)

    tamper("DELETE FROM audit_entry WHERE id = %s", keys()[-1])

    assert faults() == [(None, Fault.END)]


def test_a_history_that_was_emptied_is_found() -> None:
    remember(5)

    tamper("DELETE FROM audit_entry")

    assert faults() == [(None, Fault.END)]


def test_an_entry_with_a_right_seal_that_nobody_recorded_is_found() -> None:
    remember(2)
    last = Entry.objects.order_by("pk").last()
    assert last
    forged = Entry(at=last.at, action="ties.tie_shared", previous=last.seal, changes=[])
    forged.seal = seal_of(forged)
    Entry.objects.bulk_create([forged])

    assert faults() == [(None, Fault.END)]


# The guards


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(sql)
    except DatabaseError as error:
        return "History cannot be" in str(error)
    return False


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET actor_name = 'Somebody else'",
        "DELETE FROM audit_entry",
    ],
)
def test_the_database_refuses_to_change_history(sql: str) -> None:
    remember()

    assert refused(sql)


def test_the_database_refuses_to_put_another_entry_in_the_place_of_one() -> None:
    remember()
    columns = [column.column for column in Entry._meta.concrete_fields]
    names = ", ".join(columns)
    changed = ", ".join("'x'" if name == "actor_name" else name for name in columns)
    if connection.vendor == "postgresql":
        assert refused("TRUNCATE audit_entry")
        return

    assert refused(
        f"INSERT OR REPLACE INTO audit_entry ({names}) SELECT {changed} FROM audit_entry"
    )


def test_the_code_refuses_too() -> None:
    remember()
    entry = Entry.objects.get()

    for deed in (
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(actor_name="x"),
    ):
        with pytest.raises(TypeError, match="History cannot be"):
            deed()  # type: ignore[operator]
    entry.actor_name = "x"
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()


def test_there_is_a_guard_for_every_way() -> None:
    # Two of the history, and one each of decisions on partners, logs of cases, turns of promises.
    assert len(_MIGRATIONS) == 5


# Many at once


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_make_one_chain() -> None:
    office = an_office()
    person = a_person(Role.DESK)
    errors: list[Exception] = []

    def work() -> None:
        try:
            for _turn in range(10):
                with transaction.atomic():
                    Office.objects.filter(pk=office.pk).update(kind=F("kind"))
                    record(Deed("posts.office_changed", office, "ID-NT"), by=person)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert Entry.objects.count() == 80
    assert check_chain() == []


@pytest.mark.django_db(transaction=True)
def test_the_very_first_deeds_may_come_at_once() -> None:
    office = an_office()
    start = threading.Barrier(6)
    errors: list[Exception] = []

    def work() -> None:
        try:
            start.wait()
            record(Deed("posts.office_added", office, "ID-NT"), by=None)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert check_chain() == []

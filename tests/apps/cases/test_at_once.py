"""Two people record in the same moment: one entry is kept, the other person is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry as Deed
from kembar.apps.audit.queries import check_chain
from kembar.apps.cases.models import Case, Entry, Feed
from kembar.apps.cases.standing import log_of, procedure_of, records_of, summary
from kembar.engines.procedure.standing import stand
from tests.apps.cases.things import a_case, tell, told
from tests.apps.ties.things import a_tie
from tests.at_once import at_once
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)


def posting(path: str, **given: Any) -> Callable[[], Any]:
    browser = Client()
    browser.force_login(a_person(Role.DESK))
    return lambda: browser.post(path, given)


def test_one_of_two_records_a_step() -> None:
    case = a_case(a_tie())
    path = f"/cases/{case.pk}/acts/id-exploration/record/asked/"
    deeds = [
        posting(path, version=1, on="7/1/2026", text=text) for text in ("Hers", "His", "Theirs")
    ]

    statuses = at_once(*deeds)

    assert sorted(statuses) == [302, 409, 409]
    assert str(Entry.objects.get().text) == ("Hers", "His", "Theirs")[statuses.index(302)]
    assert Deed.objects.filter(action="cases.recorded").count() == 1
    assert check_chain() == []
    kept = Case.objects.named().get(pk=case.pk)
    procedure = procedure_of(kept)
    assert kept.stands == summary(procedure, stand(procedure, records_of(log_of(kept))))


def test_of_calendars_made_at_once_one_stands() -> None:
    desk = a_person(Role.DESK)
    path = f"/cases/feeds/{desk.current_holdings[0].pk}/make/"
    browsers = [Client(), Client(), Client()]
    for browser in browsers:
        browser.force_login(desk)

    statuses = at_once(*(partial(browser.post, path) for browser in browsers))

    assert statuses == [302, 302, 302]
    assert Feed.objects.standing().count() == 1


@pytest.mark.postgres
def test_the_log_cannot_be_emptied_at_once() -> None:
    tell(a_case(a_tie()), told("noted", "loi", "2026-01-20"))

    for table in ("cases_entry", "cases_casepaper"):
        with (
            pytest.raises(DatabaseError, match="cannot be"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {table} CASCADE")

    assert Entry.objects.count() == 1


def test_the_log_cannot_be_replaced() -> None:
    entry = tell(a_case(a_tie()), told("noted", "loi", "2026-01-20")).entry
    columns = [str(field.column) for field in Entry._meta.concrete_fields]
    rest = ", ".join(connection.ops.quote_name(name) for name in columns if name != "id")
    rewrite = {
        "sqlite": "REPLACE INTO cases_entry (id, {0}) SELECT {1}, {0} FROM cases_entry",
        "postgresql": "INSERT INTO cases_entry (id, {0}) SELECT {1}, {0} FROM cases_entry"
        " ON CONFLICT (case_id, number) DO UPDATE SET kind = 'done'",
    }[connection.vendor]

    # By its own key, and by its number in the case.
    for pk in (entry.pk, entry.pk + 1):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(rewrite.format(rest, pk))

    assert Entry.objects.get() == entry
    assert Entry.objects.get().kind == "noted"

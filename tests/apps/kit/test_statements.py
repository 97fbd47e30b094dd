"""One row at a time, by statements whose text is made once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kembar.apps.kit.concurrency import StaleError, save_if_unchanged
from kembar.apps.kit.statements import insert_one, rows_of, update_one
from kembar.apps.kit.text import Text
from kembar.apps.ties.models import Event, Tie
from kembar.engines.dates import PartialDate
from tests.apps.ties.things import a_tie


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie()


def test_a_row_comes_back_as_it_was_written(tie: Tie) -> None:
    event = Event(tie=tie, kind="letter", title=Text(zh="信函", en="A letter"))
    event.on = PartialDate(2025, 11, about=True)

    insert_one(event)

    found = Event.objects.get(pk=event.pk)
    assert (found.title, found.on, found.tie_id) == (event.title, event.on, tie.pk)
    assert not event._state.adding


def test_fields_of_many_kinds_are_read_as_their_fields_have_them(tie: Tie) -> None:
    for number, day in ((1, 3), (2, 1)):
        insert_one(
            Event(tie=tie, kind="note", title=Text(en=f"{number}"), on=PartialDate(2026, 5, day))
        )

    rows = rows_of(Event, ("title", "on", "tie"), where="tie", equals=tie.pk, order="on")

    mine = [row for row in rows if row[1].year == 2026]
    assert mine == [
        (Text(en="2"), PartialDate(2026, 5, 1), tie.pk),
        (Text(en="1"), PartialDate(2026, 5, 3), tie.pk),
    ]
    assert all(isinstance(title, Text) for title, _on, _tie in mine)


def test_nothing_is_read_of_a_parent_without_rows(db: Any) -> None:
    assert rows_of(Event, ("title", "on"), where="tie", equals=0, order="on") == []


def test_only_the_version_that_was_seen_is_overwritten(tie: Tie) -> None:
    seen = tie.version
    tie.sectors, tie.as_of = ["salt"], date(2026, 2, 19)

    assert update_one(tie, ["sectors", "as_of"], version=seen)
    assert not update_one(tie, ["sectors"], version=seen)

    found = Tie.objects.get(pk=tie.pk)
    assert (found.sectors, found.as_of, found.version) == (["salt"], date(2026, 2, 19), seen + 1)


def test_who_comes_second_gets_the_record_as_it_is_now(tie: Tie) -> None:
    save_if_unchanged(tie, tie.version, ["sectors"])

    with pytest.raises(StaleError) as told:
        save_if_unchanged(tie, tie.version - 1, ["sectors"])

    assert told.value.current == tie


def test_a_relation_is_written_by_its_key(tie: Tie) -> None:
    tie.owner = None

    assert update_one(tie, ["owner"], version=tie.version)
    assert Tie.objects.get(pk=tie.pk).owner_id is None


def test_the_database_still_refuses_what_its_rules_refuse(tie: Tie) -> None:

    twin = Tie(home=tie.home, partner=tie.partner, cycle=tie.cycle)

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_one(twin)

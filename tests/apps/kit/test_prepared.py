"""Questions whose text is made once answer as those that are worded anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Count, Q

from kembar.apps.kit.prepared import SIZES, Prepared
from kembar.apps.ties.models import Tie
from tests.apps.ties.things import a_tie, an_event

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def counted(ties: Sequence[int], first: date, last: date) -> Any:
    """Ask with each value twice, on both sides of a join."""
    near = Q(next_event__gte=first, next_event__lte=last, pk__in=ties)
    return (
        Tie.objects.filter(pk__in=ties)
        .order_by("pk")
        .values("pk")
        .annotate(
            near=Count("pk", filter=near), events=Count("events", filter=Q(events__tie__in=ties))
        )
    )


def named(ties: Sequence[int]) -> Any:
    return Tie.objects.filter(pk__in=ties).select_related("home").only("home__name").order_by("-pk")


@pytest.fixture
def ties() -> list[Tie]:
    found = []
    for number in range(SIZES[-1] + 2):
        tie = a_tie(cycle=number + 1)
        if not number:
            an_event(tie)
        Tie.objects.filter(pk=tie.pk).update(next_event=TODAY + timedelta(days=number))
        found.append(tie)
    return found


@pytest.mark.parametrize("size", [1, 2, SIZES[1], SIZES[1] + 1, SIZES[-1] + 1])
def test_it_answers_as_a_question_worded_anew(ties, size):
    prepared = Prepared(counted, days=2)
    # The first asks make the text; what comes after must not be answered with their values.
    list(prepared([ties[-1].pk], date(2020, 1, 1), date(2020, 1, 2)))
    list(prepared([tie.pk for tie in ties[: SIZES[1]]], date(2020, 1, 1), date(2020, 1, 2)))
    keys = [tie.pk for tie in ties[:size]]

    found = list(prepared(keys, TODAY, TODAY + timedelta(days=9)))

    assert found == list(counted(keys, TODAY, TODAY + timedelta(days=9)))
    assert sum(row["near"] for row in found) == min(size, 10)
    assert sum(row["events"] for row in found) == 1


def test_it_gives_records_with_their_relations(ties, count_queries):
    prepared = Prepared(named)
    keys = [tie.pk for tie in ties[:3]]

    list(prepared(keys[:2]))
    with count_queries() as queries:
        found = [(tie.pk, str(tie.home.name)) for tie in prepared(keys)]

    assert found == [(tie.pk, str(tie.home.name)) for tie in reversed(ties[:3])]
    assert len(queries) == 1


def test_its_text_is_made_once(ties):
    asked = []

    def ask(keys: Sequence[int]) -> Any:
        asked.append(keys)
        return named(keys)

    prepared = Prepared(ask)
    for tie in ties[:4]:
        assert [each.pk for each in prepared([tie.pk])] == [tie.pk]

    assert len(asked) == 1


def test_no_keys_ask_nothing(count_queries):
    with count_queries() as queries:
        assert list(Prepared(named)([])) == []

    assert len(queries) == 0

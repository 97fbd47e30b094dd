"""The one programme that the sources tell of: whole in three languages, and nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from kembar.apps.kit.text import LANGUAGES
from kembar.apps.programmes.models import Activity, Programme
from kembar.site import example, founding_programmes


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        assert example.load() is True
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("_loaded", "db")


def test_it_is_one_programme_with_nothing_that_no_source_gives() -> None:
    programme = Programme.objects.get()

    assert (str(programme.title.get("en")), str(programme.starts)) == (
        "Mandarin learning centre at Undana",
        "2025-01-10",
    )
    assert programme.people is None
    assert programme.owner is None
    assert not programme.budget.exists()
    assert not programme.risks.exists()
    assert {each.hours for each in programme.activities.all()} == {None}
    assert {str(body.name["en"]) for body in programme.bodies.all()} == {
        "Universitas Nusa Cendana (Undana)",
        "Jiangxi Science and Technology Normal University (JXSTNU)",
    }


def test_every_activity_names_its_source_and_speaks_three_languages() -> None:
    for activity in Activity.objects.all():
        assert activity.source is not None
        assert set(activity.title) == set(LANGUAGES)


def test_everybody_reads_it_and_what_is_not_known_says_so() -> None:
    programme = Programme.objects.get()
    visitor = Client(headers={"accept-language": "en"})

    page = visitor.get(f"/programmes/{programme.pk}/").content.decode()
    people = visitor.get(f"/programmes/{programme.pk}/people/").content.decode()

    assert "participants not counted" in page
    assert "Nobody has counted the participants yet." in people
    assert "JXSTNU" in visitor.get("/programmes/culture/").content.decode()


def test_a_second_loading_changes_nothing() -> None:
    Programme.objects.update(title={"en": "Renamed"})

    founding_programmes.load({}, {}, {}, {})

    assert str(Programme.objects.get().title) == "Renamed"

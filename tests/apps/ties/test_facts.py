"""What a study of partners learns from ties."""

from __future__ import annotations

import pytest

from kembar.apps.regions.models import Region
from kembar.apps.ties.facts import known_of_partners
from kembar.apps.ties.models import Event
from kembar.engines.scouting.question import Contacts
from tests.apps.ties.things import a_tie, an_event

pytestmark = pytest.mark.django_db


def contacts_of(code: str = "ID-NT") -> tuple[Contacts, ...]:
    home = Region.objects.get(code=code)
    return known_of_partners(home, frozenset({"CN"})).contacts


def test_past_contacts_count_and_the_last_is_named() -> None:
    tie = a_tie()
    an_event(tie, on="2025-11-17")
    an_event(tie, on="2026-02~")
    an_event(tie, on="2998-01-01")
    an_event(tie, on="2026-05-01", kind="note")

    assert contacts_of() == (Contacts("CN-JX", 2, "2026-02"),)


def test_what_was_withdrawn_or_is_anothers_does_not_count() -> None:
    an_event(a_tie(), on="2025-11-17")
    Event.objects.update(withdrawn="It was another tie")
    other = a_tie(between=("ID-BA", "CN-HI"), audience="published")
    an_event(other, on="2025-11-17", audience="published")

    assert contacts_of() == ()

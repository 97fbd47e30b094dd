"""The one lead of the founding example says no more than its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from kembar.apps.investment.models import Company, Lead, LeadContact, Stage, Yield
from kembar.apps.kit.text import LANGUAGES
from kembar.site import example, founding_leads


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        example.load()
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("_loaded", "db")


def test_the_salt_group_is_a_prospect_with_its_source_and_the_visit() -> None:
    lead = Lead.objects.get()

    assert (lead.stage, lead.ending, str(lead.opened_on)) == (Stage.PROSPECT, "", "2025-11-17")
    assert lead.source is not None
    assert "koranntt.com" in lead.source.address
    assert lead.event is not None
    assert str(lead.event.on) == "2025-11-17"
    assert str(lead.last_contact) == "2025-11-17"


def test_nothing_is_made_up_of_money_jobs_people_or_the_register() -> None:
    lead = Lead.objects.select_related("company").get()

    assert not Yield.objects.exists()
    assert (lead.company.registration, lead.likelihood, lead.next_by) == ("", "", None)
    assert (lead.contacts, lead.next_step, lead.place) == ({}, {}, {})


def test_its_texts_are_in_three_languages() -> None:
    lead, company, contact = Lead.objects.get(), Company.objects.get(), LeadContact.objects.get()

    for text in (lead.title, lead.drivers, company.name, company.note, contact.note):
        assert set(text) == set(LANGUAGES)


def test_it_is_loaded_once() -> None:
    founding_leads.load({}, {}, {}, {})

    assert Lead.objects.count() == 1

"""The offers of the founding example say what published sources say, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from kembar.apps.investment.models import Offer
from kembar.apps.kit.text import LANGUAGES
from kembar.apps.ties.models import Tie
from kembar.site import example, founding_offers


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the example once for all tests below; each still undoes what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert example.load() is True
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("_loaded", "db")


def test_nothing_is_filled_in_that_no_source_gives() -> None:
    unknown = ("land", "currency", "power", "water", "port", "contact")

    for offer in Offer.objects.all():
        assert [name for name in unknown if getattr(offer, name)] == []
        assert (offer.area_ha, offer.sought, offer.irr_percent, offer.readiness) == (None,) * 3 + (
            0,
        )


def test_each_offer_names_its_sources_and_the_day_of_the_record() -> None:
    for offer in Offer.objects.all():
        assert offer.sources.count() >= 1
        assert offer.as_of == offer.tie.as_of


def test_each_is_read_by_whom_its_tie_is() -> None:
    tie = Tie.objects.get(home="ID-NT", partner="CN-JX")

    assert {offer.audience for offer in Offer.objects.all()} == {tie.audience}
    assert {offer.owner_id for offer in Offer.objects.all()} == {tie.owner_id}


def test_title_and_summary_stand_in_three_languages() -> None:
    for offer in Offer.objects.all():
        assert set(offer.title) == set(offer.summary) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        ("id", ["15,79 juta kg", "2,16 juta m²", "25.914 ha"]),
        ("zh-hans", ["1579万公斤", "216万平方米", "25914公顷"]),
        ("en", ["15.79 million kg", "2.16 million m²", "25,914 ha"]),
    ],
)
def test_the_salt_offer_tells_the_figures_of_its_source(language: str, figures: list[str]) -> None:
    offer = Offer.objects.get(sector="salt")

    answer = Client(headers={"accept-language": language}).get(offer.get_absolute_url())

    shown = unescape(answer.content.decode())
    assert [figure for figure in figures if figure not in shown] == []


def test_loading_it_twice_changes_nothing() -> None:
    before = list(Offer.objects.values_list("pk", "version"))

    founding_offers.load({}, {}, {}, {})

    assert list(Offer.objects.values_list("pk", "version")) == before

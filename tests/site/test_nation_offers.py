"""Offers of the invented nation: the same each time, and as the rules have them."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.investment.offers import put_readiness
from kembar.apps.kit.bulk import insert
from kembar.site.nation import DAY, ORIGIN
from kembar.site.nation_offers import Offered, Offering
from tests.apps.ties.things import a_tie

pytestmark = pytest.mark.django_db


def made(number: int = 300) -> list[Offered]:
    tie = a_tie(sectors=["salt", "tourism"], audience="shared")
    rows = list(Offering(Random(5)).over([tie], number))
    insert([row.offer for row in rows])
    insert([paper for row in rows for paper in row.papers])
    return rows


def test_they_are_written_and_marked_as_invented() -> None:
    made()

    assert Offer.objects.filter(origin=ORIGIN).count() == 300
    assert OfferPaper.objects.exists()
    assert all("Invented" in offer.title["en"] for offer in Offer.objects.all())


def test_their_levels_are_those_that_follow_from_their_papers() -> None:
    made()

    for offer in Offer.objects.all():
        kept = (offer.readiness, offer.ready_until)
        put_readiness(offer, DAY)
        assert (offer.readiness, offer.ready_until) == kept


def test_all_kinds_are_among_them() -> None:
    made()

    levels = Counter(Offer.objects.values_list("readiness", flat=True))
    assert {0, 1, 2, 3, 4} <= set(levels)
    assert set(Offer.objects.values_list("state", flat=True)) == set(Offer.State.values)


def test_they_keep_the_constraints_of_the_table() -> None:
    made(60)

    for offer in Offer.objects.all():
        offer.full_clean()


def test_the_same_dice_give_the_same_rows() -> None:
    tie = a_tie(sectors=["salt"])

    one, two = (list(Offering(Random(5)).over([tie], 20)) for _time in range(2))

    assert [row.offer.title for row in one] == [row.offer.title for row in two]
    assert [len(row.papers) for row in one] == [len(row.papers) for row in two]

"""Which lead may take which offer, and why: hand-worked pairs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.investment.matching import (
    POINTS,
    LeadSide,
    OfferSide,
    best_leads,
    best_offers,
    match,
)

SALT = OfferSide(1, "salt", readiness=3)


def codes(offer: OfferSide, lead: LeadSide) -> list[str]:
    found = match(offer, lead)
    return [reason.code for reason in found.reasons] if found else []


def test_without_a_common_sector_nothing_brings_them_together() -> None:
    assert match(SALT, LeadSide(2, "tourism", frozenset({"trade"}))) is None


def test_the_sector_of_the_lead_counts_more_than_one_of_its_company() -> None:
    same, of_company = LeadSide(2, "salt"), LeadSide(3, "trade", frozenset({"salt"}))

    assert codes(SALT, same)[0] == "same_sector"
    assert codes(SALT, of_company)[0] == "company_sector"
    assert [each.lead for each in best_leads(SALT, [of_company, same])] == [2, 3]


def test_a_lead_about_another_offer_is_left_alone() -> None:
    assert match(SALT, LeadSide(2, "salt", offer=9)) is None
    assert codes(SALT, LeadSide(2, "tourism", offer=1))[0] == "same_offer"


@pytest.mark.parametrize(
    ("money", "currency", "reason", "percent"),
    [
        (Decimal(200), "CNY", "money_enough", None),
        (Decimal(50), "CNY", "money_part", 50),
        (Decimal(500), "IDR", "money_other_currency", None),
        (None, "", "value_unknown", None),
    ],
)
def test_money_is_compared_in_one_currency_only(
    money: Decimal | None, currency: str, reason: str, percent: int | None
) -> None:
    offer = OfferSide(1, "salt", sought=Decimal(100), currency="CNY")
    found = match(offer, LeadSide(2, "salt", money=money, currency=currency))

    assert found is not None
    assert [(r.code, r.percent) for r in found.reasons if r.code == reason] == [(reason, percent)]


def test_what_speaks_against_a_pair_is_said_and_puts_it_last() -> None:
    good = OfferSide(1, "salt", readiness=4)
    bad = OfferSide(2, "salt", readiness=0, is_contested=True, in_negotiation=True)
    lead = LeadSide(3, "salt", is_proved=False)

    found = best_offers(lead, [bad, good])

    assert [each.offer for each in found] == [1, 2]
    against = [r.code for r in found[1].reasons if r.speaks == "against"]
    assert against == ["not_ready", "in_negotiation", "land_contested"]
    # 5 (sector) - 1 - 2 - 3
    assert found[1].points == -1


def test_an_offer_over_another_tie_is_told_from_one_over_the_same() -> None:
    over = OfferSide(1, "salt", tie=7)

    assert "same_tie" in codes(over, LeadSide(2, "salt", tie=7))
    assert "other_tie" in codes(over, LeadSide(2, "salt", tie=8))
    assert not {"same_tie", "other_tie"} & set(codes(over, LeadSide(2, "salt")))


sectors = st.sampled_from(["salt", "tourism", "energy"])
amounts = st.none() | st.decimals(0, 10**12, places=2)
keys = st.none() | st.integers(1, 3)
offer_sides: Any = st.builds(
    OfferSide,
    key=st.integers(1, 50),
    sector=sectors,
    readiness=st.integers(0, 5),
    tie=keys,
    sought=amounts,
    currency=st.sampled_from(["IDR", "CNY"]),
    is_contested=st.booleans(),
    in_negotiation=st.booleans(),
)
lead_sides: Any = st.builds(
    LeadSide,
    key=st.integers(1, 50),
    sector=st.just("") | sectors,
    company_sectors=st.frozensets(sectors),
    offer=keys,
    tie=keys,
    money=amounts,
    currency=st.sampled_from(["IDR", "CNY"]),
    is_likely=st.booleans(),
    is_proved=st.booleans(),
)


@given(offer_sides, lead_sides)
def test_points_are_what_the_reasons_say(offer: OfferSide, lead: LeadSide) -> None:
    found = match(offer, lead)

    if found is not None:
        assert found.points == sum(POINTS[reason.code] for reason in found.reasons)
        assert any(reason.speaks == "for" for reason in found.reasons)
        assert len({reason.code for reason in found.reasons}) == len(found.reasons)


@given(st.lists(offer_sides, max_size=6), st.lists(lead_sides, max_size=6))
def test_both_directions_find_the_same_pairs(
    offers: list[OfferSide], leads: list[LeadSide]
) -> None:
    from_offers = {m for offer in offers for m in best_leads(offer, leads, 99)}
    from_leads = {m for lead in leads for m in best_offers(lead, offers, 99)}

    assert from_offers == from_leads

"""Amounts as people of three countries write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kembar.engines.errors import KembarError
from kembar.engines.money import (
    CURRENCIES,
    digits_of,
    named_currency,
    read_amount,
    read_currency,
)

cents = st.integers(0, 10**19 - 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", "0"),
        ("1234", "1234"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1 234 567,89", "1234567.89"),
        ("1\u202f234\u202f567,89", "1234567.89"),
        ("1'234'567.89", "1234567.89"),
        ("1’234’567.89", "1234567.89"),
        ("0,5", "0.5"),
        ("12,5", "12.5"),
        ("12.50", "12.5"),
        ("１２３４", "1234"),
        ("Rp 5.000,-", "5000"),
        ("Rp. 5.000.000,--", "5000000"),
        ("Rp12,5 miliar", "12500000000"),
        ("12,5 milyar rupiah", "12500000000"),
        ("1,5 triliun", "1500000000000"),
        ("3 juta", "3000000"),
        ("750 ribu", "750000"),
        ("2.5 million", "2500000"),
        ("300万元", "3000000"),
        ("1.2亿", "120000000"),
        ("3千万", "30000000"),
        ("US$ 1,000", "1000"),
        ("CNY 5", "5"),
        ("5 BND", "5"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    assert read_amount(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "currency", "code"),
    [
        ("", "", "money.unreadable"),
        ("none", "", "money.unreadable"),
        ("1.23.456", "", "money.unreadable"),
        ("1,2.3,4", "", "money.unreadable"),
        ("12 34", "", "money.unreadable"),
        ("1.234 567", "", "money.unreadable"),
        ("1..234", "", "money.unreadable"),
        ("1.250 miliar", "", "money.ambiguous"),
        ("1.234", "KWD", "money.ambiguous"),
        ("12.345,678", "IDR", "money.decimals"),
        ("1,5", "JPY", "money.decimals"),
        ("1,23456", "", "money.decimals"),
        ("-5", "", "money.range"),
        ("1" + "0" * 17, "", "money.range"),
        ("1." + "0" * 30 + "1", "", "money.range"),
        ("5 doubloons", "", "money.currency"),
        ("$5", "", "money.currency"),
        ("Rp 5", "CNY", "money.two_currencies"),
        ("Rp 5 USD", "", "money.two_currencies"),
    ],
)
def test_what_may_mean_something_else_is_refused(typed: str, currency: str, code: str) -> None:
    with pytest.raises(KembarError) as refusal:
        read_amount(typed, currency)

    assert refusal.value.code == code


@given(cents, st.sampled_from([(".", ","), (",", "."), (" ", ","), ("\u00a0", "."), ("'", ".")]))
def test_the_style_of_a_number_does_not_change_its_amount(
    amount: int, marks: tuple[str, str]
) -> None:
    thousands, point = marks
    whole, rest = divmod(amount, 100)
    text = f"{whole:,}".replace(",", thousands) + f"{point}{rest:02d}"

    assert read_amount(text) == Decimal(amount) / 100


@given(st.text(max_size=40), st.sampled_from(["", *sorted(CURRENCIES)]))
def test_any_text_is_an_amount_that_its_currency_has_or_is_refused(
    text: str, currency: str
) -> None:
    try:
        value = read_amount(text, currency)
    except KembarError:
        return
    assert 0 <= value < Decimal(10) ** 17
    # Not one digit more than a column of the database holds.
    assert value == round(value, digits_of(currency) if currency else 3)


@pytest.mark.parametrize("typed", ["IDR", "idr", " Rp. ", "Rupiah", "印尼盾"])
def test_a_currency_is_known_by_its_code_and_by_its_names(typed: str) -> None:
    assert read_currency(typed) == "IDR"


def test_a_currency_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(KembarError, match="“doubloon” is no currency"):
        read_currency("doubloon")


def test_an_amount_tells_which_currency_it_names() -> None:
    assert (named_currency("300万元"), named_currency("300万")) == ("CNY", "")

"""What people type for money, and what they see of it again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from kembar.apps.rates.amounts import written
from kembar.apps.rates.forms import AmountFormField, CurrencyFormField
from kembar.apps.rates.models import AmountField, CurrencyField
from kembar.engines.money import read_amount


class Budget(forms.Form):
    planned = AmountFormField(required=False)
    spent = AmountFormField(required=False)
    currency = CurrencyFormField(required=False)


def typed(**values: str) -> Budget:
    return Budget(values)


@pytest.mark.parametrize("text", ["1.234.567,89", "1,234,567.89", "1 234 567,89"])
def test_three_styles_are_one_amount(text: str) -> None:
    form = typed(planned=text, currency="Rp")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["planned"] == Decimal("1234567.89")
    assert form.cleaned_data["currency"] == "IDR"


def test_nothing_typed_is_not_known_and_not_nought() -> None:
    form = typed(planned="", currency="")

    assert form.is_valid()
    assert form.cleaned_data == {"planned": None, "spent": None, "currency": ""}


def test_the_currency_beside_it_says_how_many_decimals_there_are() -> None:
    form = typed(planned="1,5", currency="yen")

    assert not form.is_valid()
    assert "decimals" in str(form.errors["planned"])


def test_a_currency_left_empty_is_taken_from_the_amount() -> None:
    form = typed(planned="Rp 12,5 miliar", spent="3 juta", currency="")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["currency"] == "IDR"


def test_amounts_in_two_currencies_need_to_be_written_in_one() -> None:
    form = typed(planned="Rp 5", spent="5元", currency="")

    assert "CNY, IDR" in str(form.errors["currency"])


def test_an_unknown_currency_is_refused_and_what_was_typed_stays() -> None:
    form = typed(planned="12,5 miliar", currency="doubloons")

    assert "“doubloons” is no currency" in str(form.errors["currency"])
    assert 'value="12,5 miliar"' in str(form["planned"])
    assert 'value="doubloons"' in str(form["currency"])


@pytest.mark.parametrize(
    ("language", "shown"),
    [("id", "1.234.567,50"), ("en", "1,234,567.50"), ("zh-hans", "1,234,567.50")],
)
def test_a_known_amount_is_shown_in_the_style_of_the_reader(language: str, shown: str) -> None:
    form = Budget(initial={"planned": Decimal("1234567.500")})

    with override(language):
        assert f'value="{shown}"' in str(form["planned"])


@given(st.integers(0, 10**19 - 1), st.sampled_from([("IDR", 2), ("KWD", 3), ("JPY", 0)]))
@example(1_000_000, ("KWD", 3))
@pytest.mark.parametrize("language", ["id", "zh-hans", "en"])
def test_what_is_shown_is_read_as_the_same_amount(
    language: str, number: int, currency: tuple[str, int]
) -> None:
    code, digits = currency
    value = Decimal(number).scaleb(-digits) if digits else Decimal(number // 1000)

    form = Budget(initial={"planned": value, "currency": code})
    with override(language):
        text = written(value, code)
        typed = str(form["planned"].value())

    assert read_amount(text, code) == value
    assert read_amount(typed, code) == value


def test_an_amount_written_in_another_style_has_not_changed() -> None:
    initial: dict[str, Any] = {"planned": Decimal("1500.000"), "currency": "IDR"}

    assert not Budget({"planned": "1,500.00", "currency": "IDR"}, initial=initial).has_changed()
    assert Budget({"planned": "1,501", "currency": "IDR"}, initial=initial).has_changed()


def test_columns_of_money_ask_by_these_fields() -> None:
    amount = AmountField(currency="wage_currency", blank=True).formfield()

    assert isinstance(amount, AmountFormField)
    assert amount.currency_field == "wage_currency"
    assert isinstance(CurrencyField(blank=True).formfield(), CurrencyFormField)

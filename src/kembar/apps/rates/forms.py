"""Form fields of money: an amount in any of three number styles, and its currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.errors import sentence
from kembar.apps.kit.text import PlainField
from kembar.apps.rates.amounts import written
from kembar.engines.errors import KembarError
from kembar.engines.money import CURRENCIES, named_currency, read_amount, read_currency

# Those that most readers need come first in the list to pick from.
_FIRST = {
    "IDR": _("Indonesian rupiah"),
    "CNY": _("Chinese yuan"),
    "USD": _("US dollar"),
    "EUR": _("euro"),
    "JPY": _("Japanese yen"),
}


class _FieldBeside(PlainField):
    """A field that looks at others of its form: each form has a copy of its own."""

    _form: forms.BaseForm | None = None

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        self._form = form
        return super().get_bound_field(form, field_name)

    def _typed_in(self, name: str) -> str:
        """Return what was typed in another field, empty if the form has none of this name."""
        form = self._form
        if form is None or name not in form.fields:
            return ""
        return str(form[name].data or "").strip()


class AmountFormField(_FieldBeside):
    """Reads “1.234.567,89”, “1,234,567.89”, “1 234 567,89”, “Rp 12,5 miliar” or “300万”.

    What cannot be read stays as it was typed; an amount that is known is shown in the reader's
    own style.

    Parameters
    ----------
    currency_field
        Name of the field of the same form that holds the currency.
    """

    def __init__(self, *, currency_field: str = "currency", **kwargs: Any) -> None:
        self.currency_field = currency_field
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        try:
            return read_amount(text, self._currency())
        except KembarError as error:
            raise ValidationError(sentence(error), code=error.code) from error

    def _currency(self) -> str:
        try:
            return read_currency(self._typed_in(self.currency_field))
        except KembarError:
            # The field beside it says so itself, if anything was typed there.
            return ""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        form, name = self._form, self.currency_field
        code = "" if form is None or name not in form.fields else str(form[name].value() or "")
        return written(value, code).removeprefix(f"{code} ")

    def has_changed(self, initial: Any, data: Any) -> bool:
        typed = str(data or "").strip()
        if initial in (None, "") or not typed:
            return bool(typed) != (initial not in (None, ""))
        try:
            return bool(read_amount(typed, self._currency()) != initial)
        except KembarError:
            return True


class CurrencyInput(forms.TextInput):
    """A code typed as people write it, with all codes to pick from."""

    template_name = "rates/currency_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        others = sorted(CURRENCIES - _FIRST.keys())
        context["widget"]["currencies"] = [*_FIRST.items(), *((code, "") for code in others)]
        context["widget"]["attrs"].update(
            {"list": f"{name}_currencies", "placeholder": "IDR", "autocomplete": "off"}
        )
        return context


class CurrencyFormField(_FieldBeside):
    """Reads “IDR”, “Rp”, “元” or “US$”; left empty, it takes what an amount beside it names."""

    widget = CurrencyInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = str(value or "").strip()
        text = str(super().clean(typed or self._named_beside()))
        if not text:
            return ""
        try:
            return read_currency(text)
        except KembarError as error:
            raise ValidationError(sentence(error), code=error.code) from error

    def _named_beside(self) -> str:
        """Return the currency that the amounts of this field name, empty if they name none."""
        form = self._form
        if form is None:
            return ""
        own = next(name for name, field in form.fields.items() if field is self)
        named = set()
        for name, field in form.fields.items():
            if not isinstance(field, AmountFormField) or field.currency_field != own:
                continue
            try:
                named.add(named_currency(self._typed_in(name)))
            except KembarError:
                # The amount says itself what is wrong with it.
                continue
        named.discard("")
        if len(named) > 1:
            message = _("The amounts name several currencies: %(names)s. Write them in one.")
            params = {"names": ", ".join(sorted(named))}
            raise ValidationError(message, code="several", params=params)
        return named.pop() if named else ""

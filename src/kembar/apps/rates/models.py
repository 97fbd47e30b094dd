"""What one currency was worth in another on a day, and who says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.concurrency import Versioned
from kembar.apps.ledger.models import Source
from kembar.apps.rates.forms import AmountFormField, CurrencyFormField
from kembar.engines.money import CURRENCIES


def currency_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(CURRENCIES)]


class CurrencyField(models.CharField):  # type: ignore[type-arg]  # at run time not generic
    """A code of ISO 4217, empty where no amount is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        # Longer than a code: people write “rupiah”.
        return models.Field.formfield(self, form_class=CurrencyFormField, **kwargs)


class AmountField(models.DecimalField):  # type: ignore[type-arg]  # at run time not generic
    """An amount of money, exact; None where it is not known, which is never nothing.

    Parameters
    ----------
    currency
        Name of the field of the same record that holds its currency.
    """

    def __init__(self, *args: Any, currency: str = "currency", **kwargs: Any) -> None:
        self.currency = currency
        kwargs.update(max_digits=20, decimal_places=3)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        # Not Django's own: it reads “1.234” as one and a bit.
        return models.Field.formfield(
            self, form_class=AmountFormField, currency_field=self.currency, **kwargs
        )


class Rate(Versioned):
    """How many units of one currency another was worth on a day."""

    base = CurrencyField(_("one unit of"))
    quote = CurrencyField(_("is worth in"))
    on = models.DateField(_("on"))
    value = models.DecimalField(
        _("so many"),
        max_digits=22,
        decimal_places=10,
        validators=[MinValueValidator(Decimal("0.0000000001"))],
    )
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="+", verbose_name=Source._meta.verbose_name
    )

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quote", "on"],
                name="rate_once_a_day",
                violation_error_message=_(
                    "There is a rate of these two currencies on this day; change it instead."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(base=F("quote")),
                name="rate_between_two",
                violation_error_message=_("A currency has no rate with itself."),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="rate_above_nothing",
                violation_error_message=_("A rate is more than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.value.normalize():f} {self.quote} ({self.on})"

    def get_absolute_url(self) -> str:
        return reverse("rates:rate", args=[self.pk])

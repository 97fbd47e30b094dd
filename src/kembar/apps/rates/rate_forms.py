"""What people fill in about exchange rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.forms import DayField, VersionedForm, VersionField
from kembar.apps.kit.text import PlainField
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.ledger.models import Source
from kembar.apps.rates.models import Rate
from kembar.engines.errors import KembarError
from kembar.engines.money import read_rate


class RateValueField(forms.CharField):
    """A rate as people write it: 2.280,55 or 2,280.55 or 0.00045."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return read_rate(text)
        except KembarError as error:
            raise ValidationError(sentence(error), code=error.code) from error

    def run_validators(self, value: Any) -> None:
        super().run_validators(str(value) if value else value)

    def prepare_value(self, value: Any) -> Any:
        # Without marks between thousands: those are what a reader may take for another.
        return number_format(value.normalize()) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(str(self.prepare_value(initial) or "") != str(data or "").strip())


class RateForm(NamesSource, VersionedForm):
    value = RateValueField(
        label=_("Is worth"),
        max_length=40,
        help_text=_(
            "Such as 2280.55 for one yuan in rupiah. Write all digits of thousands together."
        ),
    )

    on = DayField(label=_("Of which day?"))

    class Meta:
        model = Rate
        fields = ["base", "value", "quote", "on", "source"]
        # Read one below the other they are a sentence.
        labels: ClassVar = {"base": _("One unit of"), "quote": _("In the currency")}

    field_order = ("base", "value", "quote", "on", "source", *NamesSource.NEW_SOURCE)

    def __init__(self, *args: Any, owner_code: str, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].widget.attrs["placeholder"] = "CNY"
        self.offer_sources("source", owner_code)
        source: Any = self.fields["source"]
        # Everybody reads a rate, and with it its source.
        source.queryset = source.queryset.filter(audience=Audience.PUBLISHED)
        source.help_text = _(
            "Everybody sees what a rate rests on, so only sources that everyone may read"
            " are offered. A desk adds and publishes them under “Sources”."
        )
        if user.may("ties.share", owner_code):
            source.required = False
            self.fields["new_address"].help_text = _(
                "For a source that is not in the list yet. Everybody will be able to read it."
            )
        else:
            # A new source would be published with the rate, which others decide on.
            for name in NamesSource.NEW_SOURCE:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        new = self.new_source()
        if new is not None and new.audience != Audience.PUBLISHED:
            message = _("This source is in the list, but not everyone may read it yet.")
            self.add_error("new_address", message)
        elif new is None and not data.get("source") and "source" not in self.errors:
            message = _("Choose a source, or give the address or publisher of a new one.")
            self.add_error("source", message)
        return data

    def new_source(self) -> Source | None:
        source = super().new_source()
        if source is not None and source.pk is None:
            source.audience = Audience.PUBLISHED
        return source

    def rate(self) -> Rate:
        """Return the rate as it was typed, with its source, which may be new; not saved yet."""
        rate: Rate = self.save(commit=False)
        if new := self.new_source():
            rate.source = new
        return rate

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError(_("This day has not come yet: a rate is known afterwards."))
        return on


class DropForm(forms.Form):
    """Why a rate is taken back."""

    reason = PlainField(label=_("Why it is taken back"), max_length=300)
    version = VersionField()

    def look_again(self, rate: Rate) -> None:
        """Take the rate as it is now; what was typed stays."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["version"] = str(rate.version)
        self.data = data

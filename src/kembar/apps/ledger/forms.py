"""What people fill in about sources, evidence and verdicts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlparse

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.forms import keep_audience
from kembar.apps.accounts.models import User
from kembar.apps.kit.forms import DayInput, KeptFileField, VersionedForm
from kembar.apps.kit.partial_dates import PartialDateFormField
from kembar.apps.kit.text import reader_language
from kembar.apps.ledger.models import CONTENT_LANGUAGES, Evidence, Source, Verdict
from kembar.apps.ledger.queries import sources_of


class SourceForm(VersionedForm):
    """Where something was said, and how far that can be relied on."""

    attached = KeptFileField(
        label=_("Archived copy"),
        required=False,
        help_text=_("Pages disappear: keep a PDF or a picture of this one."),
    )

    class Meta:
        model = Source
        fields = [
            "publisher",
            "title",
            "address",
            "dated",
            "kind",
            "language",
            "reliability",
            "reason",
            "audience",
        ]
        widgets = {"dated": DayInput}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_audience(self, user, self.instance.owner_code)


class NamesSource(forms.Form):
    """A form that names sources. One that is not in the list yet is written down with it.

    Its address is enough to find it again; the rest can wait. It folds away: most sources are
    in the list.
    """

    NEW_SOURCE = ("new_address", "new_publisher", "new_dated", "new_language")

    new_address = forms.URLField(
        label=_("New source: address"),
        required=False,
        max_length=800,
        assume_scheme="https",
        help_text=_("For a source that is not in the list yet."),
    )
    new_publisher = forms.CharField(
        label=_("New source: publisher"), required=False, max_length=200
    )
    new_dated = PartialDateFormField(label=_("New source: date"), required=False, widget=DayInput)
    new_language = forms.ChoiceField(
        label=_("New source: language"),
        required=False,
        choices=CONTENT_LANGUAGES,
        initial=reader_language,
    )

    # For kit/form.html.
    folded: tuple[str, ...] = NEW_SOURCE
    folded_title = _("Write down a new source")

    def folded_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.folded]

    def folded_is_open(self) -> bool:
        """Something in it was typed or is wrong; the language alone says nothing."""
        return any(field.errors for field in self.folded_fields()) or any(
            field.value() for field in self.folded_fields() if field.name != "new_language"
        )

    def offer_sources(self, name: str, owner_code: str) -> None:
        """Offer the sources of a region in a field, each told apart from the others."""
        self.owner_code = owner_code
        choice: Any = self.fields[name]
        choice.queryset = sources_of(owner_code)
        choice.label_from_instance = Source.in_a_list

    def clean_new_dated(self) -> Any:
        dated = self.cleaned_data.get("new_dated")
        given = self.cleaned_data
        if dated and not (given.get("new_address") or given.get("new_publisher")):
            raise ValidationError(_("Give the address or the publisher of the new source too."))
        return dated

    def new_source(self) -> Source | None:
        """Return the source that was written down here: not saved yet, unless it is known."""
        address = self.cleaned_data.get("new_address", "")
        publisher = self.cleaned_data.get("new_publisher", "")
        if not (address or publisher):
            return None
        known = Source.objects.filter(owner_code=self.owner_code, address=address)
        host = (urlparse(address).hostname or "").removeprefix("www.")[:200]
        return known.exclude(address="").first() or Source(
            owner_code=self.owner_code,
            address=address,
            publisher=publisher or host,
            dated=self.cleaned_data.get("new_dated"),
            language=self.cleaned_data.get("new_language") or reader_language(),
        )


class EvidenceForm(NamesSource, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Evidence
        fields = ["source", "bearing", "note"]

    field_order = ("source", *NamesSource.NEW_SOURCE, "bearing", "note")

    def __init__(self, *args: Any, owner_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_sources("source", owner_code)
        self.fields["source"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("source") and not self.new_source() and not self.errors:
            message = _("Choose a source, or give the address or publisher of a new one.")
            self.add_error("source", message)
        return data


class VerdictForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Verdict
        fields = ["judgement", "reasoning"]

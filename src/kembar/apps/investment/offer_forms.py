"""What people fill in about offers and their papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Audience
from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.investment.readiness import ladder
from kembar.apps.kit.forms import DayInput, KeptFileField, ManyField, VersionedForm, VersionField
from kembar.apps.kit.text import PlainField, TextFormField
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.ledger.models import Source
from kembar.apps.ledger.queries import sources_of
from kembar.apps.ties.models import Tie


class OfferForm(NamesSource, VersionedForm):
    """What is offered, where, what is known of it, and who answers for it.

    Everything but the title and the sector may wait: what is not known stays empty.
    """

    sources = ManyField(label=_("Sources"), queryset=Source.objects.none(), required=False)

    class Meta:
        model = Offer
        fields = [
            *("title", "sector", "tie", "summary"),
            *("place", "area_ha", "land", "land_note", "power", "water", "port"),
            *("sought", "secured", "currency", "irr_percent", "payback_years", "return_source"),
            *("owner", "contact", "as_of"),
        ]
        widgets = {"as_of": DayInput}
        help_texts = {
            "tie": _("Leave it empty for an offer to everybody."),
            "sought": _("Leave it empty if it is not known: it is never nothing."),
            "return_source": _("A study or a letter; a return without a source is not kept."),
        }

    # As the page puts them, each under its heading.
    WHAT = ("home", "title", "sector", "tie", "summary")
    SITE = ("place", "area_ha", "land", "land_note", "power", "water", "port")
    MONEY = (
        *("sought", "secured", "currency", "irr_percent", "payback_years", "return_source"),
        *("sources", *NamesSource.NEW_SOURCE),
    )
    WHO = ("owner", "contact", "as_of")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = self.instance.home_id
        ties: Any = self.fields["tie"]
        ties.queryset = Tie.objects.filter(home=home).select_related("home", "partner")
        posts: Any = self.fields["owner"]
        posts.queryset = Post.objects.filter(office__region_code=home).select_related("office")
        self.offer_sources("return_source", home)
        self.offer_sources("sources", home)
        self.fields["sources"].widget.attrs["size"] = 6
        if self.instance.pk:
            self.initial["sources"] = [each.pk for each in self.instance.sources.all()]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        headings = (
            (_("What is offered"), self.WHAT),
            (_("The site"), self.SITE),
            (_("Value and return"), self.MONEY),
            (_("Who answers"), self.WHO),
        )
        return [
            (heading, [self[name] for name in names if name in self.fields])
            for heading, names in headings
        ]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the source of the return to the action while a new one is written down here."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # no stub
        return {*excluded, "return_source"} if self.new_source() else excluded

    def values_of(self, record: Any) -> dict[str, Any]:
        return {**super().values_of(record), "sources": record.sources.all()}


class ShareOfferForm(forms.Form):
    audience = forms.ChoiceField(
        label=_("Who may read this offer"), choices=Audience.choices, widget=forms.RadioSelect
    )
    version = VersionField()


class StateForm(forms.Form):
    """How an offer stands, and why."""

    state = forms.ChoiceField(
        label=_("State"), choices=Offer.State.choices, widget=forms.RadioSelect
    )
    reason = TextFormField(
        rows=2,
        label=_("Why, and with whom"),
        required=False,
        help_text=_("Only the own region reads it."),
    )
    version = VersionField()


class PaperForm(NamesSource, forms.ModelForm):  # type: ignore[type-arg]
    """A paper or a check of an offer; the file itself, its source, or both."""

    code = forms.ChoiceField(label=_("Paper or check"))
    attached = KeptFileField(
        label=_("File"), required=False, help_text=_("Only the own region can open it.")
    )

    class Meta:
        model = OfferPaper
        fields = ["code", "on", "by", "note", "valid_until", "source"]
        widgets = {"on": DayInput, "valid_until": DayInput}

    field_order = (
        *("code", "on", "by", "valid_until", "attached", "note", "source"),
        *NamesSource.NEW_SOURCE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["code"]
        kinds.choices = [
            (kind.code, f"{kind.level} · {kind.name}") for kind in ladder().papers.values()
        ]
        home = self.instance.offer.home_id
        self.offer_sources("source", home)
        choice: Any = self.fields["source"]
        choice.queryset = sources_of(home)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        named = data.get("source") or data.get("attached") or self.new_source()
        if not named and not self.errors:
            message = _("Attach the file, or name a source that shows it.")
            self.add_error("attached", message)
        return data


class WithdrawPaperForm(forms.Form):
    reason = PlainField(
        label=_("Why is it withdrawn?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

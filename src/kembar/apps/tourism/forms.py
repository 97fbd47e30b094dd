"""What people fill in about tourism."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.forms import keep_audience
from kembar.apps.accounts.models import Post, User
from kembar.apps.kit.forms import DayField, DayInput, VersionedForm, VersionField
from kembar.apps.kit.text import PlainField
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.ledger.models import Source
from kembar.apps.regions.lookup import RegionField
from kembar.apps.ties.models import Tie
from kembar.apps.tourism.counts import read_whole
from kembar.apps.tourism.models import Campaign, Channel, Counted, Limit, Site, TourismImport
from kembar.apps.tourism.places import market_choices
from kembar.apps.tourism.rights import WRITE, owner_for


class WholeField(PlainField):
    """Reads a number of people as they write it: 12500, 12.500 or 12,500."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_whole(str(text))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial if initial is not None else "") != str(data or "").strip()


class NamesOneSource(NamesSource, forms.ModelForm):  # type: ignore[type-arg]  # as VersionedForm
    """A form with one source, chosen or written down here."""

    source_is_needed = True

    def offer(self, owner_code: str) -> None:
        self.offer_sources("source", owner_code)
        self.fields["source"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and self.source_is_needed and self.source() is None:
            message = _("Choose a source, or give the address or publisher of a new one.")
            self.add_error("source", message)
        return data

    def source(self) -> Source | None:
        """Return the source that was written down here, else the one chosen."""
        chosen: Source | None = self.cleaned_data.get("source")
        return self.new_source() or chosen


class SiteForm(NamesOneSource, VersionedForm):
    """A place that people travel to."""

    source_is_needed = False

    region = RegionField(label=_("Region"))

    class Meta:
        model = Site
        fields = ["name", "region", "about", "source", "audience"]

    field_order = ("name", "region", "about", "source", *NamesSource.NEW_SOURCE, "audience")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if self.instance.pk:
            # Its visitors were counted there.
            self.fields["region"].disabled = True
            self.initial["region"] = self.instance.region
        own = sorted(user.rights.regions(WRITE))
        owner = self.instance.owner_code or (own[0] if own else "")
        self.offer(owner)
        keep_audience(self, user, owner)

    def clean_region(self) -> Any:
        region = self.cleaned_data["region"]
        owner = self.instance.owner_code or owner_for(self.user, region.code)
        if owner is None:
            raise ValidationError(
                _("You write for %(regions)s, not for %(other)s."),
                params={
                    "regions": ", ".join(sorted(self.user.rights.regions(WRITE))),
                    "other": region,
                },
            )
        self.instance.owner_code = owner
        return region


class LimitForm(NamesOneSource):
    """How many people a site bears, and who says so."""

    people = WholeField(label=_("People at most"))

    class Meta:
        model = Limit
        fields = ["people", "per", "since", "source", "note"]
        widgets = {"since": DayInput}

    field_order = ("people", "per", "since", "source", *NamesSource.NEW_SOURCE, "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].required = True
        self.offer(self.instance.site.owner_code)


class CampaignForm(NamesOneSource, VersionedForm):
    """A campaign: what, where, when; then what it cost and whom it reached."""

    source_is_needed = False

    market = forms.ChoiceField(
        label=_("Market"), help_text=_("The country whose people are to hear of the region.")
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Channel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = DayField(label=_("Begins"), required=False)
    ends = DayField(label=_("Ends"), required=False)
    spent_on = DayField(
        label=_("Spent on"),
        required=False,
        help_text=_("By the rate of this day the amount is converted; the last day of many."),
    )
    reach = WholeField(
        label=_("Reach"),
        required=False,
        help_text=_("As the source counts it. A view is not a person, a person not a guest."),
    )

    class Meta:
        model = Campaign
        fields = [
            "title",
            "market",
            "channels",
            "starts",
            "ends",
            "about",
            "owner",
            "spend",
            "currency",
            "spent_on",
            "reach",
            "reach_counts",
            "source",
            "audience",
        ]
        help_texts = {
            "spend": _("What was paid, such as 250.000.000. Leave it empty if it is not known."),
        }

    field_order = (
        *("title", "market", "channels", "starts", "ends", "about", "owner"),
        *("spend", "currency", "spent_on", "reach", "reach_counts"),
        *("source", *NamesSource.NEW_SOURCE, "audience"),
    )

    def __init__(self, *args: Any, tie: Tie, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.tie = tie
        market: Any = self.fields["market"]
        market.choices = market_choices()
        if not self.instance.pk:
            self.initial["market"] = tie.partner.country
        owner: Any = self.fields["owner"]
        posts = Post.objects.filter(office__region_code=tie.home_id)
        owner.queryset = posts.select_related("office")
        self.offer(tie.home_id)
        keep_audience(self, user, tie.home_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        # Said at the field that is empty, not of the record as a whole.
        if data.get("spend") is not None:
            for name, message in (
                ("currency", _("Say in which currency.")),
                ("spent_on", _("Say on which day, for the rate.")),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, message)
        if data.get("reach") is not None and not data.get("reach_counts"):
            self.add_error("reach_counts", _("Say what the number of reach counts."))
        return data


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300)
    version = VersionField()


class ImportForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time not generic
    """A table, and what is said beside it for the rows that do not say it themselves."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8) or Excel (.xlsx), at most 20,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
    region = RegionField(label=_("Region"), required=False, help_text=_("For rows that name none."))
    counted = forms.ChoiceField(
        label=_("What is counted"),
        required=False,
        choices=[("", _("the table says it")), *Counted.choices],
        help_text=_("Counts of two kinds are never added up."),
    )

    field_order = (
        *("file", "region", "counted", "publisher", "title", "address", "published"),
        "audience",
    )

    class Meta:
        model = TourismImport
        fields = ["region", "counted", "publisher", "title", "address", "published", "audience"]
        widgets = {"published": DayInput}
        help_texts = {
            "publisher": _("Source of the rows that name none, such as BPS Provinsi NTT."),
            "audience": _("Of sources that are new. Official statistics may be for everyone."),
        }

    def __init__(self, *args: Any, user: User, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = sorted(user.rights.regions(WRITE))
        keep_audience(self, user, own[0] if own else "")
        if kind != TourismImport.Kind.ARRIVALS:
            del self.fields["region"], self.fields["counted"]
        elif len(own) == 1 and not self.is_bound:
            self.initial["region"] = own[0]

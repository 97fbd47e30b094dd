"""What people fill in about companies, leads, interests and gifts."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Post, User
from kembar.apps.investment.actions import Answer, End, File
from kembar.apps.investment.models import (
    Company,
    Ending,
    Gift,
    Interest,
    Lead,
    LeadContact,
    Offer,
    Stage,
    Verification,
    Yield,
)
from kembar.apps.kit.forms import DayField, KeptFileField, VersionedForm, VersionField
from kembar.apps.kit.text import PlainField, Text, TextFormField, reader_language
from kembar.apps.ledger.forms import NamesSource
from kembar.apps.regions.lookup import RegionField
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import Event, Sector, Tie

LONG = forms.Textarea(attrs={"rows": 3})
PROOF_HELP = _("A contract, a permit, a register's page: PDF, Word, Excel, a picture.")


def text_of(typed: str) -> Text:
    """Return what was typed as a text in the reader's language."""
    return Text({reader_language(): typed}) if typed else Text()


def not_to_come(day: date | None) -> date | None:
    """Return a day, refused if it is still to come."""
    if day is not None and day > timezone.localdate():
        raise ValidationError(_("This day is not here yet."), code="future")
    return day


class _WithFile(forms.Form):
    attached = KeptFileField(label=_("File"), required=False, help_text=PROOF_HELP)

    def file(self) -> File | None:
        found = self.cleaned_data.get("attached")
        return File(*found) if found else None


class CompanyForm(_WithFile, NamesSource, VersionedForm):
    """Who a company is, and what shows that it exists."""

    region = RegionField(label=_("Region"), required=False)
    sectors = forms.MultipleChoiceField(
        label=_("Sectors"),
        choices=Sector.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Company
        fields = [
            "name",
            "country",
            "region",
            "registration",
            "proof_source",
            "sectors",
            "website",
            "note",
        ]

    field_order = (
        *("name", "country", "region", "registration", "attached"),
        *("proof_source", *NamesSource.NEW_SOURCE, "sectors", "website", "note"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_sources("proof_source", self.instance.owner_code)
        self.fields["attached"].label = _("Proof of registration")

    def clean_country(self) -> str:
        return a_country(self.cleaned_data["country"])


def a_country(typed: str) -> str:
    code = typed.strip().upper()
    if not re.fullmatch("[A-Z]{2}", code):
        raise ValidationError(_("Write the two letters of the country, such as CN."), code="code")
    return code


class LeadForm(NamesSource, VersionedForm):
    """What is known of a lead. Nearly all of it may wait until its stage asks for it."""

    next_by = DayField(label=_("To be done by"), required=False)
    started_on = DayField(label=_("Works since"), required=False)

    class Meta:
        model = Lead
        fields = [
            "company",
            "title",
            "way",
            "owner",
            "sector",
            "contacts",
            "drivers",
            "likelihood",
            "next_step",
            "next_by",
            "tie",
            "offer",
            "event",
            "place",
            "started_on",
            "source",
        ]

    field_order = (*Meta.fields, *NamesSource.NEW_SOURCE)

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_sources("source", home)
        rows: dict[str, Any] = {
            "company": Company.objects.filter(owner_code=home).order_by("spelt", "pk"),
            "owner": Post.objects.filter(office__region_code=home).select_related("office"),
            "tie": Tie.objects.filter(home=home).select_related("home", "partner"),
            "offer": Offer.objects.filter(home=home).order_by("pk"),
            "event": Event.objects.standing().filter(tie=self.instance.tie_id).newest_first(),
        }
        for name in rows.keys() & self.fields.keys():
            self.fields[name].queryset = rows[name]  # type: ignore[attr-defined]  # a choice


class NewLeadForm(LeadForm):
    """A lead in a minute: which company, what it wants, how it came."""

    # It may wait.
    started_on = None  # type: ignore[assignment]  # so Django takes a field away
    opened_on = DayField(label=_("Since when"))
    new_name = TextFormField(
        label=_("New company: name"),
        required=False,
        help_text=_("For a company that is not in the list yet."),
    )
    new_country = forms.CharField(
        label=_("New company: country"),
        required=False,
        max_length=2,
        help_text=_("Two letters of ISO 3166, such as CN or ID."),
    )

    class Meta(LeadForm.Meta):
        fields = [
            *("company", "title", "way", "opened_on", "owner", "next_step", "next_by"),
            *("sector", "tie", "offer", "source"),
        ]

    field_order = (
        *("company", "new_name", "new_country"),
        *(*Meta.fields[1:], *NamesSource.NEW_SOURCE),
    )

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, home=home, **kwargs)
        self.home = home
        self.fields["company"].required = False
        # The empty instance says None.
        self.initial["opened_on"] = self.initial.get("opened_on") or timezone.localdate()

    def clean_opened_on(self) -> date | None:
        return not_to_come(self.cleaned_data["opened_on"])

    def clean_new_country(self) -> str:
        typed = self.cleaned_data["new_country"]
        return a_country(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        is_new = bool(data.get("new_name"))
        if not is_new and not data.get("company") and "company" not in self.errors:
            self.add_error("company", _("Choose a company, or write down a new one."))
        if is_new and data.get("company"):
            self.add_error("company", _("Choose a company or write down a new one, not both."))
        if is_new and not data.get("new_country") and "new_country" not in self.errors:
            self.add_error("new_country", _("Say from which country the company is."))
        return data

    def new_company(self) -> Company | None:
        """Return the company that was written down here, not saved yet."""
        data = self.cleaned_data
        if not data.get("new_name"):
            return None
        return Company(owner_code=self.home, name=data["new_name"], country=data["new_country"])

    def _get_validation_exclusions(self) -> set[str]:
        # A new company has no key yet: the action gives it one.
        return {*super()._get_validation_exclusions(), "company"}  # type: ignore[misc]  # no stub


class HomeForm(forms.Form):
    """Of which of several regions something is."""

    home = forms.ModelChoiceField(label=_("Home region"), queryset=Region.objects.none())

    def __init__(self, *args: Any, codes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["home"]
        choice.queryset = Region.objects.filter(code__in=codes).order_by("code")


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """A call or a meeting with the company, in a minute."""

    on = DayField(label=_("Date"))

    class Meta:
        model = LeadContact
        fields = ["on", "kind", "with_whom", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["on"] = self.initial.get("on") or timezone.localdate()

    def clean_on(self) -> date | None:
        return not_to_come(self.cleaned_data["on"])


class _OnALead(forms.Form):
    """A form about a lead remembers which version of it was looked at."""

    version = VersionField()

    def look_again(self, lead: Lead) -> None:
        """Take the lead as it is now; what was typed stays."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["version"] = str(lead.version)
        self.data = data


class StageForm(_OnALead):
    """To which stage, and for a way back why."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    reason = PlainField(
        label=_("Why does it go back?"), max_length=2000, required=False, widget=LONG
    )


class EndForm(_OnALead):
    """What became of a lead that is not won."""

    ending = forms.ChoiceField(
        label=_("What became of it?"), choices=Ending.choices, widget=forms.RadioSelect
    )
    on = DayField(label=_("On which day?"))
    reason = PlainField(label=_("Why?"), max_length=2000, widget=LONG)
    lost_to = PlainField(
        label=_("Lost to which place?"),
        max_length=200,
        required=False,
        help_text=_("A region or a country; only for a lead that was lost."),
    )
    again_on = DayField(
        label=_("To be taken up again on"),
        required=False,
        help_text=_("Only for a lead that is delayed."),
    )

    def end(self) -> End:
        data = self.cleaned_data
        ending = Ending(data["ending"])
        return End(
            ending,
            data["on"],
            text_of(data["reason"]),
            data["lost_to"] if ending == Ending.LOST else "",
            data["again_on"] if ending == Ending.DELAYED else None,
        )


class ResumeForm(_OnALead):
    reason = PlainField(label=_("Why is it taken up again?"), max_length=2000, widget=LONG)


class YieldForm(_WithFile, NamesSource, forms.ModelForm):  # type: ignore[type-arg]
    """Money and jobs: what is left empty is not known, and nowhere counted as nought."""

    on = DayField(label=_("Date"))

    class Meta:
        model = Yield
        fields = [
            *("firmness", "on", "money", "currency", "foreign_share_percent"),
            *("new_jobs", "safeguarded_jobs", "local_percent"),
            *("wage_low", "wage_high", "wage_currency", "source", "note"),
        ]

    field_order = (*Meta.fields[:-2], "attached", "source", *NamesSource.NEW_SOURCE, "note")

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_sources("source", home)
        self.fields["attached"].label = _("Proof")
        self.fields["money"].help_text = _(
            "In any style: 1.234.567,89, 1,234,567.89, 12,5 miliar, 300万. Empty if nobody can say."
        )

    def clean_on(self) -> date | None:
        return not_to_come(self.cleaned_data["on"])


class WithdrawForm(forms.Form):
    reason = PlainField(label=_("Why is it withdrawn?"), max_length=300, widget=LONG)
    version = VersionField()


class VerifyForm(_WithFile, _OnALead, forms.ModelForm):  # type: ignore[type-arg]
    """What somebody who had no part in it found."""

    # The figures that are shown beside it; the finding speaks of no others.
    about = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    on = DayField(label=_("Date"))

    class Meta:
        model = Verification
        fields = ["on", "finding", "method"]

    field_order = ("version", "about", "on", "finding", "method", "attached")

    def look_at(self, figures: Yield | None) -> None:
        """Take other figures for those that are shown; what was typed stays."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["about"] = str(figures.pk) if figures else ""
        self.data = data

    def clean_on(self) -> date | None:
        return not_to_come(self.cleaned_data["on"])


class AskForm(forms.Form):
    """In which language the investor reads what he is asked."""

    language = forms.ChoiceField(
        label=_("Language of the page"),
        choices=settings.LANGUAGES,
        initial="zh-hans",
        help_text=_("The investor may choose another on the page itself."),
    )


class AnswerForm(forms.Form):
    """What the investor says: nothing else is asked of him."""

    agrees = forms.TypedChoiceField(
        label=_("Are these figures right?"),
        choices=[("yes", _("Yes, they are right")), ("no", _("No, something is not right"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    name = PlainField(label=_("Your name and post"), max_length=200)
    remark = PlainField(
        label=_("What is not right, or what you want to say"),
        max_length=2000,
        required=False,
        widget=LONG,
    )
    helped = forms.TypedChoiceField(
        label=_("How much did our help matter, from 1 (not at all) to 5 (it decided)?"),
        choices=[("", _("I cannot say")), *((str(n), str(n)) for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("agrees") is False and not data.get("remark"):
            self.add_error("remark", _("Say what is not right."))
        return data

    def said(self) -> Answer:
        data = self.cleaned_data
        return Answer(data["agrees"], data["name"], data["remark"], data["helped"])


class InterestForm(VersionedForm):
    """How one is close to a company: shares, family, a job, a debt."""

    since = DayField(label=_("Since"))
    until = DayField(label=_("Until"), required=False)

    class Meta:
        model = Interest
        fields = ["company", "what", "since", "until"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.queryset = Company.objects.visible_to(user).order_by("spelt", "pk")
        # Of another company it would be another interest.
        company.disabled = self.instance.pk is not None


class EndSeenForm(forms.Form):
    """Nothing is asked but which version of the interest was looked at."""

    version = VersionField()


class GiftForm(VersionedForm):
    """What was received, given or refused, and what became of it."""

    on = DayField(label=_("Date"))
    reported_on = DayField(label=_("Reported to the anti-corruption body on"), required=False)

    class Meta:
        model = Gift
        fields = [
            *("way", "on", "what", "company", "other_party", "person", "value", "currency"),
            *("became", "reported_on"),
        ]

    def __init__(self, *args: Any, home: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.queryset = Company.objects.filter(owner_code=home).order_by("spelt", "pk")
        person: Any = self.fields["person"]
        seats = User.objects.filter(holdings__post__office__region_code=home)
        person.queryset = seats.distinct().order_by("name", "pk")

    def clean_on(self) -> date | None:
        return not_to_come(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("company") and not data.get("other_party") and not self.errors:
            self.add_error(
                "other_party", _("Say from or to whom: a company of the list, or a name.")
            )
        if data.get("way") == Gift.Way.RECEIVED and not data.get("person") and not self.errors:
            self.add_error("person", _("Say who received it: he does not decide on the company."))
        return data

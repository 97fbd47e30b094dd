"""What administrators fill in about offices, posts and people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Office, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.forms import VersionedForm
from kembar.apps.kit.text import PlainField, reader_language
from kembar.apps.posts.actions import MANAGE, Somebody
from kembar.apps.posts.queries import successors
from kembar.apps.regions.lookup import RegionField
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import country_name
from kembar.engines import atlas


class OfficeRegionField(RegionField):
    """Asks for a region or a country, and gives its code."""

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if text.upper() in atlas.countries():
            return text.upper()
        region = super().to_python(text)
        return region.code if region else ""

    def prepare_value(self, value: Any) -> Any:
        return value

    def validate(self, value: Any) -> None:
        """Empty means everywhere; the action asks who may make such an office."""


class OfficeForm(VersionedForm):
    region_code = OfficeRegionField(
        label=_("Region"),
        required=False,
        help_text=_(
            "Name or code: ID-NT or Nusa Tenggara Timur for a province, ID for a national"
            " ministry, CN-JX or 江西省 for a partner. Empty for an office that reaches everywhere."
        ),
    )

    home = forms.ChoiceField(
        label=_("Home region"),
        required=False,
        help_text=_("Only for a partner's office: which of your regions lets it in."),
    )

    class Meta:
        model = Office
        fields = ["name", "kind", "region_code"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = user.rights.regions(MANAGE)
        if len(mine) < 2:
            del self.fields["home"]
            return
        # An office may lie with a region below his own; it stays there unless he moves it.
        is_partner = self.instance.kind == Office.Kind.PARTNER
        codes = sorted(mine | {self.instance.home_code} if is_partner else mine)
        names = Region.objects.in_bulk(codes)
        home: Any = self.fields["home"]
        home.choices = [(code, _home_name(code, names.get(code))) for code in codes]
        # Of a new one: rather one region than everywhere.
        home.initial = self.instance.home_code if is_partner else next(filter(None, codes))

    def home_code(self) -> str | None:
        """Return which region is to let a partner in; None if that was not asked."""
        return self.cleaned_data.get("home")


def _home_name(code: str, region: Region | None) -> str:
    if not code:
        return gettext("Everywhere")
    return f"{region or country_name(code, reader_language())} ({code})"


class PostForm(VersionedForm):
    class Meta:
        model = Post
        fields = ["title", "office", "role"]
        labels = {"office": _("Office")}
        help_texts = {
            "role": _(
                "The role decides what the holder may do, the office's region where he may do it."
            )
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Office.objects.looked_after_from(user.rights.regions(MANAGE))
        self.fields["office"].queryset = offices.order_by("region_code", "pk")  # type: ignore[attr-defined]  # a model choice


class SomebodyForm(forms.Form):
    """Who gets a post: somebody who is known, or the name and e-mail of a new person."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Person"),
        required=False,
        empty_label=_("A new person, written below"),
    )
    name = forms.CharField(label=_("Name of the new person"), required=False, max_length=150)
    email = forms.EmailField(
        label=_("E-mail of the new person"),
        required=False,
        help_text=_("If this e-mail is known already, the post goes to the person who has it."),
    )
    on = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = PlainField(
        label=_("Note"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The new holder reads it on his own page: what waits, whom to call."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = successors(user)  # type: ignore[attr-defined]  # a model choice
        self.fields["on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        person, email, name = given.get("person"), given.get("email"), given.get("name")
        if person and (email or name):
            message = _("Choose a person, or write down a new one; not both.")
            raise ValidationError(message)
        if not person and not email and "email" not in self.errors:
            message = _("Choose a person, or write down the name and e-mail of a new one.")
            raise ValidationError(message)
        known = email and User.objects.filter(email=email.lower()).exists()
        if email and not name and not known:
            self.add_error("name", _("Write down the name of the new person."))
        return given

    def somebody(self) -> Somebody:
        given = self.cleaned_data
        return Somebody(given["person"], given["name"], given["email"])


class VacateForm(forms.Form):
    on = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate


class PersonForm(VersionedForm):
    class Meta:
        model = User
        fields = ["name", "email"]


class SeekForm(forms.Form):
    """Which posts to list."""

    q = forms.CharField(label=_("Name or title"), required=False, max_length=100)
    region = forms.CharField(label=_("Region"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices]
    )

"""What an auditor may ask of the history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import User
from kembar.apps.audit.queries import Asked, actions, people

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AskForm(forms.Form):
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Who"), required=False, empty_label=_("Everyone")
    )
    action = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("Until"), required=False, widget=DAY)
    region = forms.CharField(label=_("Region code"), required=False, max_length=40)

    def __init__(self, *args: Any, reader: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people(reader)  # type: ignore[attr-defined]  # a model choice
        self.fields["action"].choices = [("", _("Everything")), *actions()]  # type: ignore[attr-defined]  # a choice
        self.fields["region"].widget.attrs["placeholder"] = "ID-NT"

    def asked(self) -> Asked:
        """Return what is asked; a field that cannot be read asks for nothing."""
        self.is_valid()
        given = self.cleaned_data
        person = given.get("person")
        return Asked(
            person=person.pk if person else None,
            action=given.get("action") or "",
            since=given.get("since"),
            until=given.get("until"),
            region_code=(given.get("region") or "").strip(),
        )

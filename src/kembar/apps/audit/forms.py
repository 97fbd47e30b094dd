"""What an auditor may ask of the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from kembar.apps.audit.queries import Asked, actions, people

# People whose deeds are read together.
MOST = 20
# A day before or after, in some time zone, must be a day that Python knows.
YEARS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AskForm(forms.Form):
    who = forms.CharField(label=_("Who"), required=False, max_length=150)
    action = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DAY, validators=YEARS)
    until = forms.DateField(label=_("Until"), required=False, widget=DAY, validators=YEARS)
    region = forms.CharField(label=_("Region code"), required=False, max_length=40)

    def __init__(self, *args: Any, reader: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        self.fields["who"].widget.attrs["placeholder"] = _("Name or e-mail")
        self.fields["action"].choices = [("", _("Everything")), *actions()]  # type: ignore[attr-defined]  # a choice
        self.fields["region"].widget.attrs["placeholder"] = "ID-NT"

    def clean_who(self) -> list[int | None]:
        text = self.cleaned_data["who"].strip()
        if not text:
            return []
        found = people(self.reader, text, MOST)
        if found is None:
            raise ValidationError(_("Many are called so; write more of the name, or the e-mail."))
        if not found:
            raise ValidationError(_("Nobody whose history you may read is called so."))
        return found

    def asked(self) -> Asked | None:
        """Return what is asked, or None if a field cannot be read: then nothing is shown.

        A table of everything, taken for that of one person, would be worse than none.
        """
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return Asked(
            people=given.get("who") or (),
            action=given.get("action") or "",
            since=given.get("since"),
            until=given.get("until"),
            region_code=(given.get("region") or "").strip(),
        )

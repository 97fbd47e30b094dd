"""What people fill in who look after many cases: remarks, limits, another rulebook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.rights import Audience
from kembar.apps.cases.models import Case, LimitSetting
from kembar.apps.kit.forms import VersionedForm, VersionField
from kembar.apps.kit.text import PlainField, Text, reader_language
from kembar.apps.ledger.models import Source

# Longer than any paper holds; what every database keeps.
MOST_DAYS = 30_000


class RemarkForm(forms.Form):
    """A remark on a case as a whole."""

    version = VersionField()
    text = PlainField(
        label=_("Remark or question to the desk"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def told_text(self) -> Text:
        return Text({reader_language(): self.cleaned_data["text"]})

    def look_again(self, case: Case) -> None:
        """Say that somebody was faster; what was typed stays, and can be saved now."""
        self.add_error(
            None, _("Somebody recorded something on this case just now: look again, then save.")
        )
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["version"] = str(case.version)
        self.data = data


class LimitForm(VersionedForm):
    """How long a step may take, and which source says so."""

    class Meta:
        model = LimitSetting
        fields = ["days", "count", "source", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: Any = self.fields["days"]
        days.validators.append(MaxValueValidator(MOST_DAYS))
        source: Any = self.fields["source"]
        # A limit counts for every region here, and with it its source is shown to all of them.
        source.queryset = Source.objects.filter(audience=Audience.PUBLISHED).order_by("-pk")
        source.help_text = _(
            "Everybody here sees what a limit rests on, so only sources that everyone may read"
            " are offered. A desk adds and publishes them under “Sources”."
        )


class WhyForm(forms.Form):
    """Why something is taken back."""

    version = VersionField()
    text = PlainField(label=_("Why?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def told_text(self) -> Text:
        return Text({reader_language(): self.cleaned_data["text"]})

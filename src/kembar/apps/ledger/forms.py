"""What people fill in about sources, evidence and verdicts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.forms import keep_audience
from kembar.apps.accounts.models import User
from kembar.apps.kit.forms import DayInput, KeptFileField, VersionedForm
from kembar.apps.ledger.models import Evidence, Source, Verdict


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


class EvidenceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Evidence
        fields = ["source", "bearing", "note"]

    def __init__(self, *args: Any, sources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["source"]
        choice.queryset = sources


class VerdictForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Verdict
        fields = ["judgement", "reasoning"]

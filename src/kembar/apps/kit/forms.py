"""Form parts that several rooms use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.files import Kept, keep_upload


class DayInput(forms.TextInput):
    """A date typed as people write it, with today and tomorrow to pick."""

    template_name = "kit/day_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        today = timezone.localdate()
        context["widget"]["days"] = [
            (today.isoformat(), _("today")),
            ((today + timedelta(days=1)).isoformat(), _("tomorrow")),
            ((today - timedelta(days=1)).isoformat(), _("yesterday")),
        ]
        context["widget"]["attrs"].update(
            {"list": f"{name}_days", "placeholder": "17/11/2026", "autocomplete": "off"}
        )
        return context


class MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; each is checked by its content and kept."""

    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> list[tuple[Kept, str]]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        kept, errors = [], []
        for upload in uploads:
            try:
                super().clean(upload, initial)
                kept.append((keep_upload(upload), upload.name))
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)
        return kept


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # each subclass names its model
    """Remembers which version of the record was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = getattr(self.instance, "version", 1)

    def seen(self) -> int:
        return self.cleaned_data.get("version") or 0

    def values_of(self, record: Any) -> dict[str, Any]:
        """Return what a record holds in the fields of this form."""
        return {name: getattr(record, name) for name in self._meta.fields or []}

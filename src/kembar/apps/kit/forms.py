"""Form parts that several rooms use."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.files import Kept, file_name, keep_upload
from kembar.apps.kit.partial_dates import PartialDateFormField
from kembar.engines.dates import PartialDate


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


class DayField(PartialDateFormField):
    """Reads a day as people write it; a month alone is not enough for the law's clocks."""

    widget = DayInput
    default_error_messages = {"required": _("Give the day.")}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date):
            return value
        found = super().to_python(value)
        if found is None:
            return None
        if not found.day or found.about:
            raise ValidationError(_("Give the exact day, such as 17/11/2026."), code="day")
        return found.first

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date):
            return str(PartialDate.from_date(value))
        return super().prepare_value(value)


class KeptFileField(forms.FileField):
    """One file, checked by its content and kept; what comes of it is where it lies and its name."""

    def clean(self, data: Any, initial: Any = None) -> tuple[Kept, str] | None:
        upload = super().clean(data, initial)
        return (keep_upload(upload), file_name(upload)) if upload else None


class FilesInput(forms.FileInput):
    """Chooses any number of files; those that came before are there to be kept or left out."""

    allow_multiple_selected = True
    template_name = "kit/files_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        context["widget"]["kept"] = value
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return [*files.getlist(name), *data.getlist(f"{name}_kept")]


class FilesField(forms.FileField):
    """Any number of files; each is checked by its content and kept.

    A browser does not send a file again when something else in the form was wrong. For the
    person whose key is put into `person`, its signed name stands in for it.
    """

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person: int | None = None
        self.kept: list[tuple[Kept, str]] = []

    def clean(self, data: Any, initial: Any = None) -> list[tuple[Kept, str]]:
        self.kept, errors = [], []
        self._refuse_too_much([part for part in data if not isinstance(part, str)])
        for part in data:
            try:
                file = self._again(part) if isinstance(part, str) else self._checked(part)
            except ValidationError as error:
                errors.append(error)
                continue
            if file not in self.kept:
                self.kept.append(file)
        if errors:
            raise ValidationError(errors)
        return self.kept

    def bound_data(self, data: Any, initial: Any) -> list[tuple[str, str]]:
        """Return a signed name and the name of each file that is kept."""
        if self.person is None:
            return []
        return [
            (signing.dumps([*astuple(file), name], salt=self._salt), name)
            for file, name in self.kept
        ]

    @property
    def _salt(self) -> str:
        return f"kembar.kit.files:{self.person}"

    def _refuse_too_much(self, uploads: list[Any]) -> None:
        if sum(upload.size for upload in uploads) > settings.UPLOAD_MAX_BYTES:
            message = _("The files are larger than %(limit)s together; hand in some of them later.")
            params = {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
            raise ValidationError(message, code="size", params=params)

    def _checked(self, upload: Any) -> tuple[Kept, str]:
        super().clean(upload)
        return keep_upload(upload), file_name(upload)

    def _again(self, signed: str) -> tuple[Kept, str]:
        try:
            *file, name = signing.loads(
                signed, salt=self._salt, max_age=settings.SESSION_COOKIE_AGE
            )
        except signing.BadSignature as error:
            raise ValidationError(_("Choose the files again.")) from error
        return Kept(*file), name


class ManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # at run time not generic
    """Any number of records; SQLite breaks at a key that is none of its numbers."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            message = self.error_messages["invalid_choice"]
            params = {"value": ", ".join(map(str, value))[:60]}
            raise ValidationError(message, code="invalid_choice", params=params) from error


class VersionField(forms.IntegerField):
    """The version of a record that was looked at, which the page brings back.

    What cannot be one is 0, which no record has: whoever sends it is told how the record stands
    now, as if somebody had been faster. An error here would stand beside a field nobody sees.
    """

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        # More than a database counts.
        super().__init__(min_value=1, max_value=2**31 - 1, **kwargs)

    def clean(self, value: Any) -> int:
        try:
            return super().clean(value) or 0
        except ValidationError:
            return 0


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # each subclass names its model
    """Remembers which version of the record was opened."""

    is_stale = False
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = getattr(self.instance, "version", 1)

    def seen(self) -> int:
        return int(self.cleaned_data["version"])

    def values_of(self, record: Any) -> dict[str, Any]:
        """Return what a record holds in the fields of this form."""
        return {name: getattr(record, name) for name in self._meta.fields or []}

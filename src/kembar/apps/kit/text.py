"""Content in several languages: one column, three languages, the fallback shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("id", "zh", "en")
NAMES = {"id": "Bahasa Indonesia", "zh": "中文", "en": "English"}
# What BCP 47 calls them, for the lang attribute of HTML.
TAGS = {"id": "id", "zh": "zh-Hans", "en": "en"}


_LINE_END = re.compile("\r\n?")
# Signs that nobody sees and no workbook holds. The null is not among them: it is refused.
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def plain(text: str) -> str:
    """Return a text with one sign a line end, whatever a browser sends, and none unseen."""
    return _UNSEEN.sub("", _LINE_END.sub("\n", text))


class PlainField(forms.CharField):
    """Asks for a text as it reads in every program."""

    def to_python(self, value: Any) -> str:
        return plain(str(super().to_python(value)))


def longest(rows: int) -> int:
    """Return how many characters a text may have in each language: a line of it, or a page."""
    return 300 if rows == 1 else 10_000


def reader_language() -> str:
    """Return the key, id, zh or en, of the language the reader has chosen."""
    return (get_language() or "id").split("-")[0]


def listed(names: Iterable[str]) -> str:
    """Return names one after the other, parted as the reader's language parts them."""
    return ("、" if reader_language() == "zh" else ", ").join(names)


@dataclass(frozen=True)
class Shown:
    """A text as a reader gets it: in his language, or in another with a mark."""

    text: str
    language: str
    is_fallback: bool

    @property
    def tag(self) -> str:
        return TAGS[self.language]

    @property
    def language_name(self) -> str:
        return NAMES[self.language]


class Text(dict[str, str]):
    """One text in some of our languages. `str()` gives the reader's, or a fallback."""

    def __init__(self, value: Mapping[str, str] | None = None, **texts: str) -> None:
        given = {**(value or {}), **texts}
        super().__init__({k: given[k] for k in LANGUAGES if given.get(k)} if given else {})

    def shown(self, language: str | None = None) -> Shown:
        wanted = language or reader_language()
        for candidate in (wanted, "en", "id", "zh"):
            if text := self.get(candidate):
                return Shown(text, candidate, candidate != wanted)
        return Shown("", wanted, False)

    def __str__(self) -> str:
        return self.shown().text


class TextInput(forms.MultiWidget):
    """Three inputs, the reader's language first; the others fold away."""

    template_name = "kit/text_input.html"

    def __init__(self, *, rows: int = 1, attrs: dict[str, Any] | None = None) -> None:
        self.rows = rows
        one: type[forms.Widget] = forms.Textarea if rows > 1 else forms.TextInput
        size = {"rows": rows} if rows > 1 else {}
        super().__init__({key: one(attrs={**size, "lang": TAGS[key]}) for key in LANGUAGES}, attrs)

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(key, "") for key in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        first = reader_language()
        inputs = dict(zip(LANGUAGES, context["widget"]["subwidgets"], strict=True))
        for key, widget in inputs.items():
            widget["language_name"] = NAMES[key]
            if key != first:
                widget["attrs"].pop("required", None)
        # The label of the field points at `id_name`: that is the reader's own language.
        inputs[first]["attrs"]["id"] = attrs.get("id", f"id_{name}") if attrs else f"id_{name}"
        context["widget"]["first"] = inputs[first]
        context["widget"]["others"] = [w for k, w in inputs.items() if k != first]
        context["widget"]["others_filled"] = any(w["value"] for w in context["widget"]["others"])
        return context

    def id_for_label(self, id_: str) -> str:
        return id_


class TextFormField(forms.MultiValueField):
    """Asks for a text in one language at least."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        fields = [PlainField(required=False, max_length=longest(rows)) for _key in LANGUAGES]
        kwargs.setdefault("widget", TextInput(rows=rows))
        for unused in ("encoder", "decoder"):
            kwargs.pop(unused, None)
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> Text:
        return Text(dict(zip(LANGUAGES, data_list or [], strict=False)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return Text(initial or {}) != self.compress(data or [])


class TranslatedField(models.JSONField):
    """A `Text` in one JSON column.

    Search it by key (``purpose__zh__icontains``): a search over the whole JSON column
    misses Chinese on SQLite, where it is stored escaped.
    """

    description = _("Text in several languages")

    def __init__(self, *args: Any, rows: int = 1, **kwargs: Any) -> None:
        self.rows = rows
        kwargs.setdefault("default", Text)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.rows != 1:
            kwargs["rows"] = self.rows
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        loaded = super().from_db_value(value, expression, connection)
        return Text(loaded) if isinstance(loaded, dict) else loaded

    def to_python(self, value: Any) -> Any:
        return Text(value) if isinstance(value, dict) else super().to_python(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if not self.blank and not value:
            raise ValidationError(_("Write this in one language at least."), code="blank")
        for text in value.values():
            MaxLengthValidator(longest(self.rows))(text)

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("rows", self.rows)
        kwargs["show_hidden_initial"] = False
        kwargs["form_class"] = TextFormField
        kwargs.pop("choices_form_class", None)
        return models.Field.formfield(self, **kwargs)

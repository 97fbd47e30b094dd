"""A deed in words for ordinary people, in the reader's language at the time of reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from kembar.apps.audit.models import Entry
from kembar.apps.audit.vocabulary import vocabulary
from kembar.apps.kit.partial_dates import PartialDateField
from kembar.apps.kit.text import Text
from kembar.apps.kit.values import in_words, texts_that_differ

LONGEST_VALUE = 160  # characters of an old or a new value that a line still carries


@dataclass(frozen=True)
class Sentence:
    """One entry as it reads: who did what, to what, and each change as a line."""

    pk: int
    at: datetime
    actor: str
    text: str
    html: SafeString
    changes: tuple[str, ...]


def describe(entry: Entry, *, may_open: bool = False) -> Sentence:
    """Return an entry in the reader's language. It asks nothing of the database.

    The record is linked only if the reader may open it.
    """
    template = str(
        vocabulary().sentences.get(entry.action, _("%(actor)s: %(action)s, %(subject)s"))
    )
    actor = _named(entry, "actor", entry.actor_name)
    subject = _named(entry, "subject", entry.subject_label)
    facts = {"actor": actor, "subject": subject, "action": entry.action}
    path = _path_of(entry) if may_open else ""
    marked = {
        "actor": format_html("<b>{}</b>", actor),
        "subject": format_html('<a href="{}">{}</a>' if path else "{1}", path, subject),
        "action": conditional_escape(entry.action),
    }
    return Sentence(
        pk=entry.pk,
        at=entry.at,
        actor=actor,
        text=template % facts,
        # The sentence is our own or a translator's, and every fact put into it is escaped.
        html=mark_safe(conditional_escape(template) % marked),  # noqa: S308
        changes=tuple(_lines(entry)),
    )


def _named(entry: Entry, part: str, label: str) -> str:
    """Return a name as it was then in the reader's language, or the one that there is."""
    return str(Text((entry.names or {}).get(part))) or label


def _path_of(entry: Entry) -> str:
    try:
        model = apps.get_model(entry.subject_type)
    except LookupError:
        return ""
    # Built from the key alone: a list of fifty deeds must not load fifty records.
    address = getattr(model(pk=entry.subject_id), "get_absolute_url", None)
    try:
        return str(address()) if address else ""
    except NoReverseMatch:
        return ""


def _lines(entry: Entry) -> Iterator[str]:
    model = vocabulary().records.get(entry.action)
    try:
        return lines_of(entry.changes, model or apps.get_model(entry.subject_type))
    except LookupError:
        return lines_of(entry.changes, None)


def lines_of(
    changes: Iterable[Mapping[str, Any]], model: type[models.Model] | None
) -> Iterator[str]:
    """Give each change of a record as a line, as `differences` finds them."""
    for change in changes:
        column = _column(model, change["field"])
        name = _field_name(column, change["field"])
        old, new = change.get("old"), change.get("new")
        if isinstance(old, dict) or isinstance(new, dict):
            for label, was, is_ in texts_that_differ(name, old or {}, new or {}):
                yield _line(label, was, is_)
        else:
            labels = vocabulary().labels.get(change["field"])
            yield _line(name, in_words(old, column, labels), in_words(new, column, labels))


def _line(name: str, old: str, new: str) -> str:
    facts = {"field": name, "old": _short(old), "new": _short(new)}
    if not old:
        return _("set %(field)s to “%(new)s”") % facts
    if not new:
        return _("emptied %(field)s, which was “%(old)s”") % facts
    return _("changed %(field)s from “%(old)s” to “%(new)s”") % facts


def _column(model: type[models.Model] | None, name: str) -> Any:
    """Return the column or relation that a change names, None if no model has it any more."""
    if name in vocabulary().dates:
        return PartialDateField()
    try:
        return model and model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _field_name(column: Any, name: str) -> str:
    if name in vocabulary().fields:
        return str(vocabulary().fields[name])
    if isinstance(column, models.Field):
        return str(column.verbose_name)
    if column is not None:
        return str(column.related_model._meta.verbose_name_plural)
    return name


def _short(value: str) -> str:
    return Truncator(value).chars(LONGEST_VALUE)

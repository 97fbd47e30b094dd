"""How deeds read in each room's words. A room's own are in its `history.py`, which may hold:

`SENTENCES`
    action → sentence with `%(actor)s` and `%(subject)s`; every action has one.
`RECORDS`
    action → model whose fields its changes name, where that is not the subject's model.
`FIELDS`
    field → what people call it, where no model says so.
`LABELS`
    field → choices whose labels its values have, or the labels by key, where the column does
    not say so.
`DATES`
    fields that hold dates, where no model says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise


@dataclass(frozen=True)
class Vocabulary:
    """The words of all rooms together."""

    sentences: dict[str, Promise | str] = field(default_factory=dict)
    records: dict[str, type[models.Model]] = field(default_factory=dict)
    fields: dict[str, Promise | str] = field(default_factory=dict)
    labels: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    dates: set[str] = field(default_factory=set)


@cache
def vocabulary() -> Vocabulary:
    """Return the words of every installed room that has a `history.py` of its own."""
    words = Vocabulary()
    for config in apps.get_app_configs():
        name = f"{config.name}.history"
        if not config.name.startswith("kembar.") or find_spec(name) is None:
            continue
        module = import_module(name)
        words.sentences.update(module.SENTENCES)
        words.records.update(getattr(module, "RECORDS", {}))
        words.fields.update(getattr(module, "FIELDS", {}))
        words.dates.update(getattr(module, "DATES", ()))
        for column, choices in getattr(module, "LABELS", {}).items():
            words.labels[column] = dict(getattr(choices, "choices", choices))
    return words

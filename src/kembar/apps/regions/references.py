"""What refers to a region, in whatever room: a place that anything refers to stays."""

from __future__ import annotations

from collections import Counter

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from kembar.apps.ledger.models import HandedIn
from kembar.apps.regions.models import Region

# Columns that name a region by its code without a foreign key.
CODES = {"owner_code", "partner_code", "region_code", "home_code", "keeper_code", "about_region"}
# The history stays true of what is gone, and the search follows what it is of.
APART = {"audit", "search"}


def referring(region: Region) -> list[tuple[str, int]]:
    """Return the kinds of records that refer to a region, each with how many there are."""
    found: Counter[str] = Counter()
    for model in apps.get_models():
        if model._meta.app_label in APART:
            continue
        for field in model._meta.concrete_fields:
            if field.related_model is Region or field.name in CODES:
                found[_kind(model)] += model._base_manager.filter(**{field.name: region.pk}).count()
    return [(kind, count) for kind, count in found.items() if count]


def _kind(model: type[models.Model]) -> str:
    if issubclass(model, HandedIn):
        return _("files brought in")
    return str(model._meta.verbose_name_plural)

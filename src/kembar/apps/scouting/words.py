"""What people call the codes of the engine: groups, sectors, filters, methods, units."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.kit.text import Text, reader_language
from kembar.engines.scouting import catalog

SECTORS: Final[dict[str, Promise | str]] = {
    "agriculture": _("Agriculture"),
    "fisheries": _("Fisheries and marine"),
    "industry": _("Industry"),
    "tourism": _("Tourism"),
    "energy": _("Energy"),
    "education": _("Education"),
    "trade": _("Trade and investment"),
    "culture": _("Culture and arts"),
    "health": _("Health"),
    "environment": _("Environment"),
    "technology": _("Science and technology"),
}
METHODS: Final[dict[str, Promise | str]] = {
    "weighted_sum": _("Weighted sum"),
    "topsis": _("TOPSIS, fixed scales"),
    "topsis_of_table": _("TOPSIS, scales of the table"),
    "promethee": "PROMETHEE II",
    "spotis": "SPOTIS",
}
SEEN: Final[dict[str, Promise | str]] = {
    "text": _("text seen"),
    "secondary": _("second-hand"),
    "unverified": _("unverified, source needed"),
}


def group_name(code: str) -> str:
    """Return what a group of criteria is called."""
    return in_reader(catalog.group_name(code))


def unit_name(code: str) -> str:
    return in_reader(catalog.unit_name(code))


def in_reader(texts: dict[str, str] | Text) -> str:
    """Return a text of the engine's data in the reader's language."""
    return Text(texts).shown(reader_language()).text


def known_text(text: str) -> str:
    """Return a source or a rule of the engine's data in the reader's language; others stay."""
    return gettext(text) if text else ""


def filter_name(code: str) -> str:
    found = catalog.filters().get(code)
    return in_reader(dict(found.name)) if found else code

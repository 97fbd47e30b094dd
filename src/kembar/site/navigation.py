"""The main navigation, and what every page needs to know of its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.kit.text import TAGS, reader_language

SHORT = {"id": "Indonesia", "zh-hans": "中文", "en": "English"}

Room = tuple[Promise | str, str, str]
# Label, name of the address, permission it needs (empty: everyone). First where people go daily.
ROOMS: list[Room] = [
    (_("Today"), "today", "ties.read_all"),
    (_("Portfolio"), "boards:portfolio", "ties.read_all"),
    (_("Ties"), "ties:ties", ""),
    (_("Procedures"), "cases:cases", ""),
    (_("Promises"), "commitments:commitments", ""),
    (_("Programmes"), "programmes:programmes", ""),
    (_("Investment"), "investment:offers", ""),
    (_("Tourism"), "tourism:tourism", ""),
]
# What they look up now and then folds away.
MORE: list[Room] = [
    (_("Partners"), "scouting:studies", ""),
    (_("Regions"), "regions:regions", ""),
    (_("Claims"), "ledger:claims", ""),
    (_("Sources"), "ledger:sources", "ties.read_all"),
    (_("Exchange rates"), "rates:rates", ""),
    (_("Import"), "ties:import", "ties.import"),
    (_("Posts"), "posts:posts", "posts.read"),
    (_("History"), "audit:history", "history.read"),
]


@dataclass(frozen=True)
class Item:
    label: str
    path: str
    is_current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the context that the base template needs."""
    rights = rights_of(getattr(request, "user", None))

    def allowed(rooms: list[Room]) -> list[tuple[str, str]]:
        return [
            (str(label), reverse(name))
            for label, name, permission in rooms
            if not permission or rights.may(permission)
        ]

    daily, more = allowed(ROOMS), allowed(MORE)
    # The import lies below the ties: the longest address that leads here is the room we are in.
    above = [path for _label, path in (*daily, *more) if request.path.startswith(path)]
    here = max(above, key=len, default="")
    if here == "/" != request.path:
        here = ""
    return {
        "navigation": [Item(label, path, path == here) for label, path in daily],
        "more_rooms": [Item(label, path, path == here) for label, path in more],
        "more_is_current": here in [path for _label, path in more],
        "languages": [
            (code, name, SHORT[code], TAGS[code.split("-")[0]]) for code, name in settings.LANGUAGES
        ],
        "language_tag": TAGS[reader_language()],
    }

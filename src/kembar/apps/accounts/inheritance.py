"""What a post's next holder takes over. Rooms above tell it; `settings.INHERITANCES` names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from kembar.apps.accounts.models import Post, User


@dataclass(frozen=True)
class Inherited:
    """One thing that goes with a post: what it is, where it is found, what waits to be done.

    For a reader whom it is not open to, only what it is.
    """

    label: str
    path: str = ""
    detail: str = ""


def inherited_with(post: Post, reader: User) -> list[Inherited]:
    """Return everything that goes with a post, in the order of `settings.INHERITANCES`."""
    found: list[Inherited] = []
    for name in settings.INHERITANCES:
        tell: Callable[[Post, User], list[Inherited]] = import_string(name)
        found += tell(post, reader)
    return found

"""Every address names who may come in. Who really gets in is tried out in test_access.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from kembar.apps.accounts.rights import PERMISSIONS
from kembar.apps.kit.access import ANYONE, SIGNED_IN, permission_of


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "/"
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield each address as its pattern, its name with the name of its room, and its view."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            room = f"{entry.namespace}:" if entry.namespace else ""
            for inner, name, view in addresses(entry.url_patterns, path):
                yield inner, room + name, view
        else:
            yield path, entry.name or "", entry.callback


def test_every_address_names_a_permission() -> None:
    unnamed = [path for path, _name, view in addresses() if permission_of(view) is None]

    assert unnamed == [], "add @allow(…) to their views"


def test_every_permission_named_is_in_the_table_of_rights() -> None:
    known = {ANYONE, SIGNED_IN, *PERMISSIONS}

    wrong = {path: permission_of(view) for path, _name, view in addresses()}
    wrong = {path: named for path, named in wrong.items() if named not in known}

    assert wrong == {}


def test_every_permission_of_the_table_is_held_by_somebody() -> None:
    assert [name for name, roles in PERMISSIONS.items() if not roles] == []


def test_every_address_of_ours_has_a_name_and_no_two_share_one() -> None:
    ours = [
        (path, name) for path, name, view in addresses() if view.__module__.startswith("kembar.")
    ]
    names = [name for _path, name in ours]

    assert [path for path, name in ours if not name] == []
    assert sorted(names) == sorted(set(names))

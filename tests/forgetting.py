"""History, decisions and logs refuse to be deleted; a test that commits must be cleaned up after."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

_MIGRATIONS = [
    import_module(f"kembar.apps.{name}")
    for name in (
        "audit.migrations.0002_append_only",
        "audit.migrations.0003_no_way_around",
        "scouting.migrations.0002_decisions_stay",
        "cases.migrations.0002_log_stays",
        "commitments.migrations.0002_turns_stay",
    )
]
_clean_up = TransactionTestCase._fixture_teardown


def _forget_and_clean_up(self: Any) -> None:
    with connection.schema_editor() as editor:
        for migration in reversed(_MIGRATIONS):
            migration.permit(None, editor)
    try:
        _clean_up(self)
    finally:
        with connection.schema_editor() as editor:
            for migration in _MIGRATIONS:
                migration.forbid(None, editor)


def let_tests_forget() -> None:
    """Take the guards off what stays while a test that committed is cleaned up after."""
    TransactionTestCase._fixture_teardown = _forget_and_clean_up

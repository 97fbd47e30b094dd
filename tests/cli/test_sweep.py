"""Files of a form that was refused do not fill the disk for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from typer.testing import CliRunner

from kembar.apps.accounts.rights import Role
from kembar.cli.main import app
from tests.apps.ties.things import a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(client: Client) -> Client:
    client.force_login(a_person(Role.DESK))
    return client


def hand_in(client: Client, text: str, **given: Any) -> None:
    event = {"title_en": "Letter", "on": "2025", "kind": "letter", "confidence": "O"}
    event |= {"audience": "own", "attached": SimpleUploadedFile("a.txt", text.encode())}
    client.post(f"/ties/{a_tie(cycle=len(text)).pk}/events/new/", {**event, **given})


def let_two_days_pass(settings: Any) -> None:
    then = time.time() - 2 * 24 * 60 * 60
    for path in Path(settings.FILES_ROOT).rglob("*"):
        os.utime(path, (then, then))


def texts(settings: Any) -> set[str]:
    return {path.read_text() for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()}


def sweep(*options: str) -> str:
    done = CliRunner().invoke(app, ["sweep", *options])
    assert done.exit_code == 0
    return done.stderr


def test_files_that_no_record_names_are_deleted_after_a_day(at_work: Client, settings: Any) -> None:
    hand_in(at_work, "kept")
    hand_in(at_work, "refused", on="")
    (Path(settings.FILES_ROOT) / "tmp0815").write_text("broken off")
    let_two_days_pass(settings)
    hand_in(at_work, "just refused", on="")

    said = sweep("--apply")

    assert texts(settings) == {"kept", "just refused"}
    assert "no record names: 2 " in said


def test_it_only_looks_until_it_is_told(at_work: Client, settings: Any) -> None:
    hand_in(at_work, "refused", on="")
    let_two_days_pass(settings)

    said = sweep()

    assert texts(settings) == {"refused"}
    assert "no record names: 1 " in said


def test_where_nothing_was_handed_in_there_is_nothing_to_sweep() -> None:
    assert "no record names: 0 " in sweep("--apply")

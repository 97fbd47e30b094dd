"""Several files that are handed in with one form."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.ledger.models import StoredFile
from tests.apps.ties.things import a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_work(client: Client, settings: Any) -> Client:
    settings.UPLOAD_MAX_BYTES = 2**20
    client.force_login(a_person(Role.DESK))
    return client


def hand_in(client: Client, *sizes: int) -> Any:
    files = [SimpleUploadedFile(f"{n}.txt", f"{n}".encode() * n) for n in sizes]
    given = {"title_en": "Letters", "on": "2025", "kind": "letter", "confidence": "O"}
    given |= {"audience": "own"}
    return client.post(f"/ties/{a_tie().pk}/events/new/", {**given, "attached": files})


def test_several_files_are_kept(at_work: Client) -> None:
    assert hand_in(at_work, 10, 20).status_code == 302
    assert StoredFile.objects.count() == 2


def test_the_files_of_one_form_are_bounded_together(at_work: Client) -> None:
    response = hand_in(at_work, 100_000, 150_000)  # a number of six signs, so often

    assert response.status_code == 422
    assert "larger than 1.0 MB together" in response.content.decode().replace("\xa0", " ")
    assert not StoredFile.objects.exists()

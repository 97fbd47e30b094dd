"""A file of which the record is here, but not the bytes: a clear page, and a line in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.kit.files import path_of
from kembar.apps.ledger.models import Source, StoredFile
from kembar.apps.ties.models import Attachment, Import
from tests.apps.ties.things import a_source, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(a_person(Role.DESK))
    return client


def lose_the_file() -> str:
    sha256 = StoredFile.objects.get().sha256
    path_of(sha256).unlink()
    return sha256


def assert_told(response: Any, sha256: str, log: str) -> None:
    assert response.status_code == 404
    assert "no longer on the disk of this server" in response.content.decode()
    assert sha256 in log


def test_of_an_attachment(desk: Client, caplog: Any) -> None:
    given = {"title_en": "Letter", "on": "2025", "kind": "letter", "confidence": "O"}
    given |= {"audience": "own"}
    letter = SimpleUploadedFile("letter.pdf", PDF)
    desk.post(f"/ties/{a_tie().pk}/events/new/", {**given, "attached": letter})
    gone = lose_the_file()

    response = desk.get(f"/ties/files/{Attachment.objects.get().pk}/")

    assert_told(response, gone, caplog.text)


def test_of_an_archived_copy(desk: Client, caplog: Any) -> None:
    source = a_source("Kompas")
    given = {"publisher": "K", "kind": "press", "language": "id", "reliability": "fair"}
    given |= {"audience": "own", "version": "1"}
    copy = SimpleUploadedFile("k.pdf", PDF)
    desk.post(f"/ledger/sources/{source.pk}/change/", {**given, "attached": copy})
    gone = lose_the_file()

    response = desk.get(f"/ledger/sources/{Source.objects.get().pk}/file/")

    assert_told(response, gone, caplog.text)


@pytest.mark.parametrize("page", ["", "refused/"])
def test_of_a_table_that_was_handed_in(desk: Client, caplog: Any, page: str) -> None:
    table = SimpleUploadedFile("ties.csv", b"home,partner,kind\nID-NT,nowhere,friendly\n")
    desk.post("/ties/import/", {"file": table})
    gone = lose_the_file()

    response = desk.get(f"/ties/import/{Import.objects.get().pk}/{page}")

    assert_told(response, gone, caplog.text)

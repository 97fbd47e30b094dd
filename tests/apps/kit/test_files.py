"""What offices hand in is kept as it is; what is too large is refused before it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.kit.files import path_of
from kembar.apps.ties.models import Import
from tests.apps.ties.things import a_region
from tests.people import a_person

pytestmark = pytest.mark.django_db

TABLE = "home\tpartner\tkind\r\nID-NT\t江西省\tsister_province\r\n"


@pytest.fixture
def at_work(client: Client) -> Client:
    a_region("ID-NT")
    a_region("CN-JX")
    client.force_login(a_person(Role.DESK))
    return client


def hand_in(client: Client, data: bytes, name: str = "ties.txt") -> Any:
    return client.post("/ties/import/", {"file": SimpleUploadedFile(name, data)}, follow=True)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_the_unicode_text_of_excel_is_read_and_kept_as_it_is(
    at_work: Client, encoding: str
) -> None:
    data = f"\ufeff{TABLE}".encode(encoding)

    page = hand_in(at_work, data)

    assert list(page.context["counts"].values()) == [1, 0, 0, 0]
    assert path_of(Import.objects.get().file.sha256).read_bytes() == data


def test_a_character_at_the_end_of_what_is_looked_at_does_not_matter(at_work: Client) -> None:
    # Signs of four bytes, moved by two: one lies on the 8,192nd byte, where the look ends.
    data = f"\ufeff{TABLE}ID-NT\t{'𠮷' * 4000}\t".encode("utf-16-le")

    page = hand_in(at_work, data)

    assert list(page.context["counts"].values()) == [1, 0, 0, 1]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x00\x00\x00", b"\xff\xfe\x00\xd8\x00\xd8"])
def test_what_only_begins_like_unicode_text_is_not_kept(at_work: Client, data: bytes) -> None:
    given = {"publisher": "K", "kind": "press", "language": "id", "reliability": "fair"}
    file = SimpleUploadedFile("salt.txt", data)

    response = at_work.post("/ledger/sources/new/", {**given, "audience": "own", "attached": file})

    assert response.status_code == 422
    assert "is not a file that can be kept here" in response.content.decode()


def test_a_table_that_is_too_large_is_refused_before_it_is_read(
    at_work: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024

    response = hand_in(at_work, b"not a table" * 100)

    assert response.status_code == 422
    assert "ties.txt is larger than 1.0\xa0KB." in response.content.decode()

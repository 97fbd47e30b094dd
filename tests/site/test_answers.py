"""What stands in the head of every answer: who may keep it, and what may run in it."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kembar.apps.accounts.rights import Role
from kembar.apps.ties.models import Attachment
from tests.apps.ties.things import a_tie
from tests.cli.conftest import environment_of
from tests.people import a_person

pytestmark = pytest.mark.django_db

PRIVATE = "no-store, private"


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(a_person(Role.DESK))
    return client


@pytest.mark.parametrize(
    "path", ["/today/", "/posts/me/", "/history/table.csv", "/ties/export/", "/ties/9999/"]
)
def test_nobody_keeps_a_page_of_somebody_who_signed_in(officer: Client, path: str) -> None:
    assert officer.get(path)["Cache-Control"] == PRIVATE


def test_nobody_keeps_a_file_that_was_handed_in(officer: Client) -> None:
    tie = a_tie()
    letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7\n%%EOF\n")
    event = {"title_en": "Letter", "on": "2025", "kind": "letter", "confidence": "O"}
    event |= {"audience": "own"}
    officer.post(f"/ties/{tie.pk}/events/new/", {**event, "attached": letter})

    response = officer.get(f"/ties/files/{Attachment.objects.get().pk}/")

    assert response.status_code == 200
    assert response["Cache-Control"] == PRIVATE


def test_a_page_for_everybody_may_be_kept(client: Client) -> None:
    assert "Cache-Control" not in client.get("/")


def test_styles_may_be_kept_by_those_who_signed_in_too(officer: Client) -> None:
    assert "no-store" not in officer.get("/static/kit/tokens.css")["Cache-Control"]


def test_styles_are_for_our_own_pages_and_run_nothing(client: Client) -> None:
    response = client.get("/static/kit/tokens.css")

    assert "Access-Control-Allow-Origin" not in response
    assert "script-src 'self'" in response["Content-Security-Policy"]


ASK_FOR_ENGLISH = """
import django
django.setup()
from django.test import Client
response = Client().post("/language/", {"language": "en"}, secure=True, HTTP_HOST="localhost")
print(response.status_code, response.cookies["django_language"].OutputString())
"""


@pytest.mark.parametrize(("https", "is_secure"), [("true", True), ("false", False)])
def test_the_chosen_language_goes_over_https_only_where_there_is_https(
    tmp_path: Path, https: str, is_secure: bool
) -> None:
    settings: dict[str, Any] = {"KEMBAR_HTTPS": https}
    settings["DJANGO_SETTINGS_MODULE"] = "kembar.site.settings"

    done = subprocess.run(
        [sys.executable, "-c", ASK_FOR_ENGLISH],
        env=environment_of(tmp_path, **settings),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("302 django_language=en")
    assert ("Secure" in done.stdout) is is_secure


def test_what_is_too_large_is_refused_unread_in_the_language_of_the_reader(
    client: Client, settings: Any
) -> None:
    unread = io.BytesIO(b"x" * 100)
    announced = {"CONTENT_LENGTH": str(settings.REQUEST_MAX_BYTES), "wsgi.input": unread}

    response = client.generic("POST", "/account/login/", HTTP_ACCEPT_LANGUAGE="id", **announced)

    assert response.status_code == 413
    assert response["Content-Language"] == "id"
    assert unread.tell() == 0
    assert "20,0\xa0MB" in response.content.decode()


def test_what_is_a_byte_smaller_is_read(client: Client, settings: Any) -> None:
    settings.REQUEST_MAX_BYTES = 200

    assert client.post("/language/", {"language": "i" * 10}).status_code == 302

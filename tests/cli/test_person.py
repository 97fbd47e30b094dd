"""`kembar person` leaves the same traces as an administrator's page."""

from __future__ import annotations

import pytest
from django.test import Client
from typer.testing import CliRunner

from kembar.apps.accounts.rights import Role
from kembar.cli.main import app
from tests.people import a_person

pytestmark = pytest.mark.django_db


def test_office_post_and_person_stand_in_the_history(client: Client) -> None:
    given = ["--name", "Siti", "--role", "desk", "--region", "ID-NT", "--office", "Biro"]
    client.force_login(a_person(Role.AUDITOR))

    done = CliRunner().invoke(app, ["person", "siti@example.org", *given])

    assert done.exit_code == 0
    assert [each.text for each in client.get("/history/").context["entries"].sentences] == [
        "Kembar put a person into the vacant post “Cooperation desk”",
        "Kembar added Siti with a post",
        "Kembar added the post “Cooperation desk”",
        "Kembar added the office “Biro”",
    ]

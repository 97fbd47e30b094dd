from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text
from kembar.apps.regions.models import Region
from tests.people import a_person


@pytest.fixture
def admin(db: Any) -> User:
    return a_person(Role.ADMINISTRATOR, name="Maria Dua", email="admin@ntt.go.id")


@pytest.fixture
def at_work(client: Client, admin: User) -> Client:
    """A browser in which the administrator of ID-NT has signed in."""
    client.force_login(admin)
    return client


@pytest.fixture(autouse=True)
def regions(db: Any) -> None:
    for code, name in (("ID-NT", "Nusa Tenggara Timur"), ("ID-BA", "Bali"), ("CN-JX", "Jiangxi")):
        Region.objects.create(
            code=code, country=code[:2], level=Region.Level.FIRST, name=Text(en=name)
        )

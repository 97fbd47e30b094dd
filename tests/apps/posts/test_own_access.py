"""What people do with their own password and second factor stands in the history too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kembar.apps.accounts.invitations import link_for
from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from tests.apps.accounts.test_sign_in import code_of
from tests.apps.accounts.test_sign_in_service import come_from, service
from tests.people import PASSWORD, a_person

pytestmark = pytest.mark.django_db
__all__ = ["service"]

NEW = {"password1": "flores-lembata-77", "password2": "flores-lembata-77"}


@pytest.fixture
def person(db: Any) -> User:
    return a_person(Role.DESK, name="Ani Bere", email="ani@ntt.go.id")


@pytest.fixture
def at_home(client: Client, person: User) -> Client:
    """A browser in which the person has just signed in with his password."""
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def told(client: Client) -> str:
    """Return the newest sentence of the history as the auditor reads it."""
    auditor = Client()
    auditor.force_login(a_person(Role.AUDITOR))
    return str(auditor.get("/history/").context["entries"].sentences[0].text)


def test_a_new_password(at_home: Client) -> None:
    at_home.post("/account/password/change/", {"oldpassword": PASSWORD, **NEW})

    assert told(at_home) == "Ani Bere (Desk) set a new password for Ani Bere"


def test_a_password_that_was_not_changed_is_not_told(at_home: Client) -> None:
    at_home.post("/account/password/change/", {"oldpassword": "wrong", **NEW})

    assert not Entry.objects.exists()


def test_a_password_set_by_a_link(client: Client, person: User, rf: Any) -> None:
    path = link_for(person, rf.get("/")).removeprefix("http://testserver")
    page = client.get(path, follow=True)

    client.post(page.redirect_chain[-1][0], NEW)

    assert told(client) == "Ani Bere (Desk) set a new password for Ani Bere"


@pytest.mark.django_db(transaction=True)
def test_a_second_factor_that_comes_and_goes(at_home: Client) -> None:
    at_home.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = at_home.get("/account/2fa/totp/activate/").context["form"].secret

    at_home.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    set_up = told(at_home)
    at_home.post("/account/2fa/recovery-codes/generate/")
    made = told(at_home)
    at_home.post("/account/2fa/totp/deactivate/")

    assert set_up == "Ani Bere (Desk) set up a second factor for Ani Bere"
    assert made == "Ani Bere (Desk) made new recovery codes for Ani Bere"
    assert told(at_home) == "Ani Bere (Desk) gave up the second factor of Ani Bere"


def test_the_first_time_that_the_sign_in_service_vouches_for_somebody(
    client: Client, person: User, service: Any
) -> None:
    come_from(service, client)
    come_from(service, Client())

    assert told(client) == "Ani Bere (Desk) linked the sign-in service with Ani Bere"
    assert Entry.objects.count() == 1

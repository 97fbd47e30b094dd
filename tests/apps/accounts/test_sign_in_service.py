"""Signing in by OpenID Connect, with a service that the test plays itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from tests.people import PASSWORD, a_person

pytestmark = pytest.mark.django_db

LOGIN = "/account/oidc/oidc/login/"


class Service:
    """What the service says of whoever signs in there."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        service = self

        class Answers(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def answer(self) -> None:
                path = urlparse(self.path).path
                body = json.dumps(service.answers()[path]).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer  # noqa: N815  # as http.server calls them

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answers(self) -> dict[str, Any]:
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/token": {"access_token": "token", "token_type": "bearer"},
            "/userinfo": self.claims,
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    playing = Service()
    app = {
        "provider_id": "oidc",
        "name": "NTT SSO",
        "client_id": "kembar",
        "secret": "secret",
        "settings": {"server_url": playing.url},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield playing
    playing.close()


def come_from(service: Service, client: Client, query: str = "", **claims: Any) -> Any:
    service.claims = {"sub": "s-1", "email": "ani@ntt.go.id", "email_verified": True, **claims}
    away = client.post(LOGIN + query)
    state = parse_qs(urlparse(away["Location"]).query)["state"][0]
    return client.get(f"{LOGIN}callback/", {"code": "code", "state": state}, follow=True)


def signed_in_as(client: Client) -> str:
    response = client.get("/posts/me/")
    return response.context["user"].email if response.status_code == 200 else ""


def test_the_button_is_there_only_where_a_service_is_set_up(
    client: Client, service: Service, settings: Any
) -> None:
    assert "Sign in with NTT SSO" in client.get("/account/login/").content.decode()

    settings.SOCIALACCOUNT_PROVIDERS = {}

    assert "Sign in with" not in client.get("/account/login/").content.decode()
    assert client.post(LOGIN).status_code == 404


def test_somebody_known_by_a_verified_e_mail_comes_in_and_keeps_his_password(
    client: Client, service: Service
) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    come_from(service, client, email="Ani@NTT.go.id")

    assert signed_in_as(client) == "ani@ntt.go.id"
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("verified", [False, "false", None, "no"])
def test_an_e_mail_that_the_service_has_not_verified_opens_nothing(
    client: Client, service: Service, verified: Any
) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    response = come_from(service, client, email_verified=verified)

    assert signed_in_as(client) == ""
    assert "The administrator of your office" in response.content.decode()


def test_somebody_whom_no_administrator_knows_stays_outside(
    client: Client, service: Service
) -> None:
    response = come_from(service, client, email="stranger@example.org")

    assert signed_in_as(client) == ""
    assert "The administrator of your office" in response.content.decode()
    assert not User.objects.exists()


def test_somebody_whose_access_was_taken_away_stays_outside(
    client: Client, service: Service
) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")
    come_from(service, client)
    User.objects.update(is_active=False)

    come_from(service, Client())

    assert signed_in_as(client) == ""


def test_nobody_ties_the_identity_of_another_to_himself(client: Client, service: Service) -> None:
    thief = a_person(Role.DESK, email="thief@ntt.go.id")
    client.force_login(thief)

    come_from(service, client, "?process=connect", sub="boss")

    assert not thief.socialaccount_set.exists()


def test_a_service_that_is_down_is_told_in_words(client: Client, service: Service) -> None:
    service.close()

    response = client.post(LOGIN)

    assert response.status_code == 503
    assert "did not answer" in response.content.decode()


def settings_say(expression: str, **environment: str) -> str:
    """Return what Kembar's settings hold in an installation set up like this."""
    code = f"from kembar.site import settings; print({expression})"
    with tempfile.TemporaryDirectory() as home:
        given = {**os.environ, "KEMBAR_HOME": home, **environment}
        done = subprocess.run(
            [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False
        )
    return (done.stdout or done.stderr).strip()


FORM_ACTION = "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
SERVICE = {
    "KEMBAR_OIDC_URL": "https://sso.ntt.go.id/realms/ntt",
    "KEMBAR_OIDC_CLIENT_ID": "kembar",
    "KEMBAR_OIDC_SECRET": "secret",
}


def test_the_browser_may_follow_the_form_to_the_service_and_nowhere_else() -> None:
    assert settings_say(FORM_ACTION) == "[\"'self'\"]"
    assert settings_say(FORM_ACTION, **SERVICE) == "[\"'self'\", 'https://sso.ntt.go.id']"


def test_a_service_that_is_set_up_by_half_is_refused_at_the_start() -> None:
    said = settings_say("1", KEMBAR_OIDC_URL="https://sso.ntt.go.id/")

    assert said.endswith(
        "Sign-in by OpenID Connect also needs KEMBAR_OIDC_CLIENT_ID, KEMBAR_OIDC_SECRET."
    )

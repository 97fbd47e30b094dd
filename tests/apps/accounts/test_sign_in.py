from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.db import connection
from django.test import Client

from kembar.apps.accounts.invitations import link_for
from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import TAGS
from tests.apps.ties.things import a_tie
from tests.people import PASSWORD, a_person, nobody_yet

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(f"{LOGIN}?next=/posts/me/", {"login": email, "password": password})


def signed_in(client: Client) -> bool:
    return client.get("/posts/me/").status_code == 200


def with_app(person: User) -> str:
    """Give a person an authenticator app, and return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


# With a password


def test_a_person_signs_in_with_e_mail_and_password(client: Client) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    response = sign_in(client, "ani@ntt.go.id")

    assert response["Location"] == "/posts/me/"
    assert signed_in(client)


def test_the_case_of_the_e_mail_does_not_matter(client: Client) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    sign_in(client, "Ani@NTT.go.id")

    assert signed_in(client)


@pytest.mark.parametrize("email", ["ani@ntt.go.id", "nobody@ntt.go.id"])
def test_a_wrong_password_and_an_unknown_e_mail_sound_the_same(client: Client, email: str) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    response = sign_in(client, email, "wrong")

    assert "E-mail or password is wrong." in response.content.decode()
    assert not signed_in(client)


def test_somebody_without_access_is_told_so_only_with_the_right_password(client: Client) -> None:
    person = a_person(Role.DESK, email="ani@ntt.go.id")
    User.objects.filter(pk=person.pk).update(is_active=False)

    response = sign_in(client, "ani@ntt.go.id")

    assert response["Location"] == "/account/inactive/"
    assert "has ended" in client.get("/account/inactive/").content.decode()
    assert not signed_in(client)


def test_the_sign_in_page_does_not_lead_to_another_site(client: Client) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    response = client.post(
        f"{LOGIN}?next=https://evil.example/", {"login": "ani@ntt.go.id", "password": PASSWORD}
    )

    assert response["Location"] == "/"


# Signed out in the middle of something


def sent_too_late(client: Client, referer: str) -> Any:
    """Send a remark, signed out, from a page, and return where that leads to."""
    a_person(Role.MINISTRY, "ID", email="rina@kemlu.go.id")
    path = f"/ties/{a_tie().pk}/remarks/"
    return client.post(path, {"text": "Is there a budget?"}, headers={"Referer": referer})


def test_whoever_sends_too_late_comes_back_to_the_form_and_is_told(client: Client) -> None:
    response = sent_too_late(client, "http://testserver/ties/1/?page=2")
    sign_in_page = client.get(response["Location"]).content.decode()
    given = {"login": "rina@kemlu.go.id", "password": PASSWORD}

    page = client.post(response["Location"], given)

    assert response["Location"] == f"{LOGIN}?next=/ties/1/%3Fpage%3D2"
    assert "nothing was saved. Sign in and send it again." in sign_in_page
    assert page["Location"] == "/ties/1/?page=2"
    assert "please send it again" in client.get("/posts/me/").content.decode()
    assert "please send it again" not in client.get("/posts/me/").content.decode()


def test_whoever_only_reads_is_told_of_nothing_unsent(client: Client) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")
    asked = client.get("/ties/new/", headers={"Referer": "http://testserver/ties/"})

    sign_in(client, "ani@ntt.go.id")

    assert asked["Location"] == f"{LOGIN}?next=/ties/new/"
    assert "send it again" not in client.get("/posts/me/").content.decode()


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/ties/1/", "http://testserver//evil.example/", "http://["]
)
def test_a_form_from_another_site_leads_back_to_none(client: Client, referer: str) -> None:
    response = sent_too_late(client, referer)

    assert response["Location"].startswith(f"{LOGIN}?next=/ties/")
    assert response["Location"].endswith("/remarks/")


@pytest.mark.parametrize("language", ["id", "zh-hans", "en"])
def test_an_address_that_only_takes_forms_says_so_and_leads_away(
    client: Client, language: str
) -> None:
    client.force_login(a_person(Role.MINISTRY, "ID"))

    response = client.get("/ties/1/remarks/", headers={"Accept-Language": language})

    page = response.content.decode()
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert f'lang="{TAGS[language.split("-")[0]]}"' in page
    assert "<title>" in page
    assert '<a class="button" href="/">' in page


# Guessing


def test_after_five_wrong_tries_even_the_right_password_waits(
    client: Client, database_cache: None
) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")
    for _attempt in range(5):
        sign_in(client, "ani@ntt.go.id", "wrong")

    response = sign_in(client, "ani@ntt.go.id")

    assert "Too many wrong tries. Wait five minutes" in response.content.decode()
    assert not signed_in(client)


def test_guessing_at_one_person_does_not_lock_the_next(
    client: Client, database_cache: None
) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")
    a_person(Role.DESK, email="yosef@ntt.go.id")
    for _attempt in range(6):
        sign_in(client, "ani@ntt.go.id", "wrong")

    sign_in(client, "yosef@ntt.go.id")

    assert signed_in(client)


def test_the_table_that_counts_guesses_comes_with_the_database() -> None:
    assert "cache" in connection.introspection.table_names()


# Closed doors


@pytest.mark.parametrize(
    "path",
    ["email/", "confirm-email/", "3rdparty/", "3rdparty/signup/", "login/code/", "2fa/webauthn/"],
)
def test_what_is_not_used_is_not_there(client: Client, path: str) -> None:
    client.force_login(a_person(Role.DESK))

    assert client.get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_registers_himself_and_the_page_says_whom_to_ask(
    client: Client, method: str
) -> None:
    data = {"email": "stranger@example.org", "password1": PASSWORD}

    response = getattr(client, method)("/account/signup/", data)

    assert "The administrator of your office" in response.content.decode()
    assert not User.objects.exists()


def test_without_mail_a_forgotten_password_leads_to_the_administrator(
    client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    response = client.get("/account/password/reset/")

    assert "sends no mail" in response.content.decode()


def test_with_mail_a_forgotten_password_brings_a_link(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    a_person(Role.DESK, email="ani@ntt.go.id")

    client.post("/account/password/reset/", {"email": "ani@ntt.go.id"})

    assert "/account/password/reset/key/" in mail.outbox[0].body
    assert mail.outbox[0].subject == "[Kembar] Set a new password"


@pytest.fixture
def mail_is_down(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_a_mail_server_that_is_down_does_not_tell_who_is_known(
    mail_is_down: None, caplog: Any
) -> None:
    a_person(Role.DESK, email="ani@ntt.go.id")

    known, unknown = (
        Client().post("/account/password/reset/", {"email": email}, follow=True)
        for email in ("ani@ntt.go.id", "nobody@ntt.go.id")
    )

    assert "account/email/password_reset_key could not be sent" in caplog.text
    assert known.redirect_chain == unknown.redirect_chain
    assert main_of(known) == main_of(unknown)


def main_of(page: Any) -> str:
    return str(page.content.decode().split("<main")[1])


def test_an_administrator_is_told_that_the_mail_server_is_down(
    client: Client, mail_is_down: None
) -> None:
    person = a_person(Role.DESK)
    client.force_login(a_person(Role.ADMINISTRATOR))

    page = client.post(f"/posts/people/{person.pk}/invitation/", follow=True)

    assert "could not be sent" in page.content.decode()
    assert "password/reset/key/" in page.content.decode()


# The link of an invitation


def test_the_link_sets_a_password_once(client: Client, rf: Any) -> None:
    person = nobody_yet(email="new@ntt.go.id")
    path = link_for(person, rf.get("/")).removeprefix("http://testserver")
    page = client.get(path, follow=True)
    new = {"password1": "flores-lembata-77", "password2": "flores-lembata-77"}
    client.post(page.redirect_chain[-1][0], new)

    again = Client().get(path, follow=True)
    sign_in(client, "new@ntt.go.id", "flores-lembata-77")

    assert "This link no longer works" in again.content.decode()
    assert signed_in(client)


def test_a_password_that_everybody_knows_is_refused(client: Client, rf: Any) -> None:
    person = nobody_yet()
    path = link_for(person, rf.get("/")).removeprefix("http://testserver")
    form = client.get(path, follow=True).redirect_chain[-1][0]

    response = client.post(form, {"password1": "password123", "password2": "password123"})

    assert "too common" in response.content.decode()


# The second factor


def test_with_an_app_the_password_alone_does_not_open_the_door(client: Client) -> None:
    person = a_person(Role.DESK, email="ani@ntt.go.id")
    secret = with_app(person)

    response = sign_in(client, "ani@ntt.go.id")

    assert response["Location"].startswith("/account/2fa/authenticate/")
    assert not signed_in(client)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert signed_in(client)


def test_where_a_second_factor_is_asked_for_nobody_works_without(
    client: Client, settings: Any
) -> None:
    settings.REQUIRE_MFA = True
    client.force_login(a_person(Role.DESK))

    for path in ("/", "/posts/me/", "/ties/", "/account/../posts/me/", "//posts/me/"):
        response = client.get(path)
        assert response.status_code in (302, 404), path
        assert response.get("Location", "/account/2fa/totp/activate/") == (
            "/account/2fa/totp/activate/"
        )


def test_recovery_codes_without_an_app_are_no_second_factor(client: Client, settings: Any) -> None:
    settings.REQUIRE_MFA = True
    person = a_person(Role.DESK)
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )
    client.force_login(person)

    assert client.get("/posts/me/").status_code == 302


def test_somebody_who_must_set_up_a_second_factor_can(client: Client, settings: Any) -> None:
    settings.REQUIRE_MFA = True
    # As after an invitation: allauth has then noted the e-mail down as not verified.
    person = a_person(Role.DESK, email="ani@ntt.go.id")
    person.emailaddress_set.create(email=person.email, primary=True, verified=False)
    sign_in(client, "ani@ntt.go.id")
    asked = client.get("/account/2fa/totp/activate/", follow=True)
    client.post(asked.redirect_chain[-1][0], {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret

    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})

    assert signed_in(client)


def test_the_picture_for_the_telephone_needs_no_inline_style(client: Client) -> None:
    person = a_person(Role.DESK, email="ani@ntt.go.id")
    sign_in(client, "ani@ntt.go.id")
    asked = client.get("/account/2fa/totp/activate/", follow=True)
    client.post(asked.redirect_chain[-1][0], {"password": PASSWORD})

    page = client.get("/account/2fa/totp/activate/").content.decode()

    assert 'src="data:image/svg+xml;base64,' in page
    assert "style=" not in page
    assert person.email not in page.split("<main")[1]


# Language


def test_the_language_chosen_on_my_page_goes_before_an_older_choice(client: Client) -> None:
    person = a_person(Role.DESK, name="Ani Bere")
    client.force_login(person)
    client.cookies["django_language"] = "en"

    client.post("/posts/me/", {"name": "Ani Bere", "language": "zh-hans", "version": 1})

    assert client.cookies.pop("django_language")["max-age"] == 0  # the browser forgets it
    assert client.get("/posts/me/")["Content-Language"] == "zh-hans"


def test_a_stranger_has_no_page_of_his_own(client: Client) -> None:
    assert client.get("/posts/me/")["Location"] == "/account/login/?next=/posts/me/"

"""A form on a weak net: what was typed stays, and it can be sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.kit.text import Text
from kembar.apps.ties.actions import remark_on
from tests.apps.ties.things import a_claim, a_tie, an_event
from tests.people import PASSWORD, SINCE, a_person, a_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def enter(page: Any, live_server: Any) -> Callable[[User], Any]:
    """Open the browser as somebody who has signed in."""

    def enter_as(person: User) -> Any:
        client = Client()
        client.force_login(person)
        name = django_settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        return page

    return enter_as


def test_after_stop_the_form_can_be_sent_again(enter: Callable[[User], Any]) -> None:
    page = enter(a_person(Role.DESK))
    page.clock.install()
    page.goto(f"/ties/{a_tie().pk}/events/new/")
    page.fill("#id_title", "Visit")
    page.fill("#id_on", "2025")
    page.route("**/events/new/", lambda route: route.abort("aborted"))  # as Stop does
    save = page.locator("form[data-progress] .buttons button")

    save.click(no_wait_after=True)
    page.locator("form[aria-busy=true]").wait_for()
    assert save.is_disabled()
    page.clock.fast_forward(11_000)

    assert save.is_enabled()
    assert page.input_value("#id_title") == "Visit"


def test_files_that_are_too_large_are_not_sent_at_all(
    enter: Callable[[User], Any], settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    page = enter(a_person(Role.DESK))
    page.goto(f"/ties/{a_tie().pk}/events/new/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.fill("#id_title", "Visit")
    page.fill("#id_on", "2025")
    more = page.locator("form details:has(#id_attached) > summary")
    more.click()

    def choose(size: int) -> str:
        file = {"name": "minutes.txt", "mimeType": "text/plain", "buffer": b"a" * size}
        page.set_input_files("#id_attached", file)
        return str(page.locator("#id_attached").evaluate("field => field.validationMessage"))

    assert "larger than" in choose(2000)
    more.click()
    page.click("form[data-progress] .buttons button")
    assert "POST" not in sent
    assert page.locator("#id_attached").is_visible()

    assert choose(10) == ""


def test_an_address_in_a_line_does_not_make_a_page_wider_than_a_telephone(
    enter: Callable[[User], Any],
) -> None:
    page, tie = enter(a_person(Role.DESK)), a_tie()
    address = f"https://zoom.example/{'j' * 90}"
    an_event(tie, "Meeting", place=Text(id=address))
    a_claim(tie, address)
    page.set_viewport_size({"width": 360, "height": 800})

    for path in ("", "timeline/", "claims/"):
        page.goto(f"/ties/{tie.pk}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def put_back(page: Any, path: str, field: str, text: str) -> str:
    """Type something, leave, come back, and ask for it."""
    page.goto(path)
    page.fill(field, text)
    page.goto("/ties/")
    page.goto(path)
    page.click("[data-keep-restore]")
    return str(page.input_value(field))


def test_a_remark_is_kept_until_it_is_sent(enter: Callable[[User], Any]) -> None:
    page = enter(a_person(Role.MINISTRY, "ID"))
    path = f"/ties/{a_tie().pk}/"

    found = put_back(page, path, "#id_text", "Is there a budget?")
    page.click("form[data-keep] > button")
    page.locator("[data-kept]").wait_for()
    page.goto(path)

    assert found == "Is there a budget?"
    assert not page.locator("[data-keep-note]").is_visible()


def test_a_remark_is_kept_when_the_session_has_ended_meanwhile(
    enter: Callable[[User], Any],
) -> None:
    person = a_person(Role.MINISTRY, "ID")
    page = enter(person)
    path = f"/ties/{a_tie().pk}/"
    page.goto(path)
    page.fill("#id_text", "Is there a budget?")
    page.context.clear_cookies(name=django_settings.SESSION_COOKIE_NAME)
    page.click("form[data-keep] > button")
    page.fill("#id_login", person.email)
    page.fill("#id_password", PASSWORD)
    page.click(".sheet form .buttons button")

    page.click("[data-keep-restore]")

    assert page.url.endswith(path)
    assert page.input_value("#id_text") == "Is there a budget?"


def test_a_hand_over_is_kept_until_it_is_done(enter: Callable[[User], Any]) -> None:
    page = enter(a_person(Role.ADMINISTRATOR))
    next_holder = a_person(Role.DESK)
    post = a_post()
    Holding.objects.create(post=post, person=a_person(Role.DESK), since=SINCE)
    path = f"/posts/{post.pk}/hand-over/"

    found = put_back(page, path, "#id_note", "The key is in the drawer.")
    page.select_option("#id_person", str(next_holder.pk))
    page.click("form[data-keep] .buttons button")
    page.locator("[data-kept]").wait_for()
    page.goto(path)

    assert found == "The key is in the drawer."
    assert not page.locator("[data-keep-note]").is_visible()


def test_an_answer_is_kept_until_it_is_given(enter: Callable[[User], Any]) -> None:
    remark = remark_on(a_tie(), "Is there a budget?", by=a_person(Role.MINISTRY, "ID"))
    page = enter(a_person(Role.DESK))

    found = put_back(page, f"/ties/remarks/{remark.pk}/answer/", "#id_answer", "It is asked for.")

    assert found == "It is asked for."

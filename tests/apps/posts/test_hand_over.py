from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.inheritance import Inherited
from kembar.apps.accounts.models import Holding, Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from tests.people import SINCE, a_person, a_post, nobody_yet

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 4)


def post_of(person: User) -> Post:
    return person.current_holdings[0].post


def handing_over(post: Post, **given: Any) -> dict[str, Any]:
    held = post.holdings.get(until=None)
    return {"on": DAY.isoformat(), "seen": held.pk, **given}


def hand_over(client: Client, post: Post, **given: Any) -> Any:
    return client.post(f"/posts/{post.pk}/hand-over/", handing_over(post, **given))


def test_a_post_goes_to_somebody_who_is_known(at_work: Client) -> None:
    old, new = a_person(Role.DESK), a_person(Role.AGENCY)
    post = post_of(old)

    response = hand_over(at_work, post, person=new.pk, note="Call Ibu Wang.")

    assert response["Location"] == f"/posts/{post.pk}/"
    assert post.holdings.get(person=old).until == DAY
    began = post.holdings.get(until=None)
    assert (began.person, began.since, began.note) == (new, DAY, "Call Ibu Wang.")


def test_rights_go_with_the_post_at_once(at_work: Client) -> None:
    old, new = a_person(Role.DESK), a_person(Role.AUDITOR)

    hand_over(at_work, post_of(old), person=new.pk)

    assert not User.objects.get(pk=old.pk).may("ties.write", "ID-NT")
    assert User.objects.get(pk=new.pk).may("ties.write", "ID-NT")


def test_a_new_person_gets_a_link_that_the_administrator_can_pass_on(
    at_work: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    post = post_of(a_person(Role.DESK))

    response = hand_over(at_work, post, name="Ani Bere", email="Ani@ntt.go.id")
    page = at_work.get(response["Location"]).content.decode()

    person = post.holdings.get(until=None).person
    assert (person.name, person.email) == ("Ani Bere", "ani@ntt.go.id")
    assert "http://testserver/account/password/reset/key/" in page
    assert "password/reset/key/" not in at_work.get(response["Location"]).content.decode()


def test_the_link_is_mailed_where_mail_works(at_work: Client) -> None:
    hand_over(at_work, post_of(a_person(Role.DESK)), name="Ani Bere", email="ani@ntt.go.id")

    assert mail.outbox[0].to == ["ani@ntt.go.id"]
    assert "Dear Ani Bere" in mail.outbox[0].body
    assert "http://testserver/account/password/reset/key/" in mail.outbox[0].body


def test_an_e_mail_that_is_known_means_the_person_who_has_it(at_work: Client) -> None:
    known = nobody_yet(name="Ani Bere", email="ani@ntt.go.id")
    post = post_of(a_person(Role.DESK))

    hand_over(at_work, post, name="A. Bere", email="ANI@ntt.go.id")

    assert post.holdings.get(until=None).person == known
    assert User.objects.get(pk=known.pk).name == "Ani Bere"


def test_handing_over_to_the_holder_himself_is_refused(at_work: Client) -> None:
    old = a_person(Role.DESK, name="Yosef Lay")

    response = hand_over(at_work, post_of(old), person=old.pk)

    assert response.status_code == 422
    assert "Yosef Lay holds this post already." in response.content.decode()


def test_a_day_before_the_holder_began_is_refused(at_work: Client) -> None:
    old, new = a_person(Role.DESK, name="Yosef Lay"), a_person(Role.AGENCY)
    day = SINCE - timedelta(days=1)

    response = hand_over(at_work, post_of(old), person=new.pk, on=day.isoformat())

    assert "Yosef Lay holds the post since 6 January 2025" in response.content.decode()
    assert post_of(old).holdings.count() == 1


def test_the_day_the_holder_began_is_allowed(at_work: Client) -> None:
    old, new = a_person(Role.DESK), a_person(Role.AGENCY)

    response = hand_over(at_work, post_of(old), person=new.pk, on=SINCE.isoformat())

    assert response.status_code == 302


def test_a_day_to_come_is_refused_because_rights_change_at_once(at_work: Client) -> None:
    old, new = a_person(Role.DESK), a_person(Role.AGENCY)
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = hand_over(at_work, post_of(old), person=new.pk, on=tomorrow.isoformat())

    assert "choose today or earlier" in response.content.decode()


def test_the_second_of_two_administrators_is_told_who_has_the_post_now(at_work: Client) -> None:
    old, first, second = a_person(Role.DESK), a_person(Role.HEAD, name="Ani Bere"), nobody_yet()
    post = post_of(old)
    seen_before = handing_over(post, email=second.email)
    hand_over(at_work, post, person=first.pk)

    response = at_work.post(f"/posts/{post.pk}/hand-over/", seen_before)

    assert response.status_code == 422
    assert "given this post to Ani Bere while" in response.content.decode()
    assert post.holdings.get(until=None).person == first


def test_nothing_is_left_half_done(at_work: Client) -> None:
    old = a_person(Role.DESK, name="Yosef Lay")
    post = post_of(old)
    tomorrow = timezone.localdate() + timedelta(days=1)

    hand_over(at_work, post, name="Ani", email="ani@ntt.go.id", on=tomorrow.isoformat())

    assert not User.objects.filter(email="ani@ntt.go.id").exists()
    assert post.holdings.get().person == old


def test_both_a_known_and_a_new_person_cannot_be_meant(at_work: Client) -> None:
    old, new = a_person(Role.DESK), a_person(Role.AGENCY)

    response = hand_over(at_work, post_of(old), person=new.pk, email="ani@ntt.go.id")

    assert "not both" in response.content.decode()


def test_what_was_typed_is_still_there_after_an_error(at_work: Client) -> None:
    response = hand_over(at_work, post_of(a_person(Role.DESK)), note="Call Ibu Wang.")

    assert "Call Ibu Wang." in response.content.decode()


def telling(post: Post, reader: User) -> list[Inherited]:
    return [Inherited(f"Tie of {post}", "/ties/7/", "The letter waits for an answer.")]


def test_the_page_shows_what_the_next_holder_takes_over(at_work: Client, settings: Any) -> None:
    settings.INHERITANCES = [f"{__name__}.telling"]
    post = post_of(a_person(Role.DESK))

    page = at_work.get(f"/posts/{post.pk}/hand-over/").content.decode()

    assert 'href="/ties/7/"' in page
    assert "The letter waits for an answer." in page


def test_the_next_holder_reads_the_note_on_his_own_page(at_work: Client) -> None:
    old, new = a_person(Role.DESK), a_person(Role.AGENCY)
    hand_over(at_work, post_of(old), person=new.pk, note="Call Ibu Wang.")
    at_work.force_login(new)

    assert "Call Ibu Wang." in at_work.get("/posts/me/").content.decode()


def test_a_hand_over_is_remembered_once(at_work: Client, admin: User) -> None:
    old, new = a_person(Role.DESK, name="Yosef Lay"), a_person(Role.AGENCY, name="Ani Bere")
    post = post_of(old)

    hand_over(at_work, post, person=new.pk)

    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.region_code) == ("posts.handed_over", admin, "ID-NT")
    assert entry.changes[0] == {"field": "holder", "old": "Yosef Lay", "new": "Ani Bere"}


def test_a_vacant_post_gets_its_first_person(at_work: Client) -> None:
    post = a_post(Role.DESK)

    at_work.post(f"/posts/{post.pk}/fill/", {"name": "Ani", "email": "a@b.id", "on": "2026-01-02"})

    assert post.holdings.get().since == date(2026, 1, 2)


def test_two_cannot_fill_the_same_vacant_post(at_work: Client) -> None:
    post = a_post(Role.DESK)
    given = {"name": "Ani Bere", "email": "ani@ntt.go.id", "on": "2026-01-02"}
    at_work.post(f"/posts/{post.pk}/fill/", given)

    response = at_work.post(f"/posts/{post.pk}/fill/", {**given, "email": "late@ntt.go.id"})

    assert "Ani Bere holds this post since a moment ago" in response.content.decode()
    assert not User.objects.filter(email="late@ntt.go.id").exists()


@pytest.mark.parametrize("page", ["fill", "hand-over"])
def test_a_button_pressed_twice_is_answered_as_once(at_work: Client, page: str) -> None:
    post = a_post(Role.DESK) if page == "fill" else post_of(a_person(Role.DESK))
    given = {"name": "Ani Bere", "email": "ani@ntt.go.id", "on": DAY.isoformat()}
    given |= {} if page == "fill" else {"seen": str(post.holdings.get().pk)}
    given["csrfmiddlewaretoken"] = "of the page"

    answers = [at_work.post(f"/posts/{post.pk}/{page}/", given) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    shown = at_work.get(answers[1]["Location"]).content.decode()
    assert "/account/" in shown
    assert User.objects.filter(email="ani@ntt.go.id").count() == 1


def test_a_post_can_stay_vacant_for_a_while(at_work: Client) -> None:
    old = a_person(Role.DESK)
    post = post_of(old)

    at_work.post(f"/posts/{post.pk}/vacate/", handing_over(post))

    assert not post.holdings.filter(until=None).exists()
    assert "Nobody holds this post." in at_work.get(f"/posts/{post.pk}/").content.decode()


def test_a_vacant_post_is_not_filled_from_before_it_was_vacant(at_work: Client) -> None:
    post = post_of(a_person(Role.DESK))
    at_work.post(f"/posts/{post.pk}/vacate/", handing_over(post))

    given = {"name": "Ani", "email": "ani@ntt.go.id", "on": "2026-01-02"}
    response = at_work.post(f"/posts/{post.pk}/fill/", given)

    assert "was held until 4 March 2026" in response.content.decode()


# Who may


@pytest.mark.parametrize("page", ["hand-over", "fill", "vacate", "change"])
def test_another_region_s_post_does_not_exist_for_an_administrator(
    at_work: Client, page: str
) -> None:
    post = post_of(a_person(Role.DESK, "ID-BA"))

    assert at_work.get(f"/posts/{post.pk}/{page}/").status_code == 404
    assert at_work.post(f"/posts/{post.pk}/{page}/", {}).status_code == 404


@pytest.mark.parametrize("role", [Role.DESK, Role.HEAD, Role.AUDITOR, Role.PARTNER])
def test_only_an_administrator_hands_over(client: Client, role: Role) -> None:
    person = a_person(role)
    client.force_login(person)

    response = hand_over(client, post_of(person), person=person.pk)

    assert response.status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_past(
    at_work: Client, count_queries: Callable[[], Any]
) -> None:
    post = post_of(a_person(Role.DESK))
    at_work.get(f"/posts/{post.pk}/")
    with count_queries() as before:
        at_work.get(f"/posts/{post.pk}/")
    for year in range(2010, 2020):
        Holding.objects.create(
            post=post, person=nobody_yet(), since=date(year, 1, 1), until=date(year, 12, 31)
        )

    with count_queries() as after:
        at_work.get(f"/posts/{post.pk}/")

    assert len(after) == len(before)

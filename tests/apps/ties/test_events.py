"""Writing down what happened: in a minute, in any language, and never over another's words."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.dateformat import format as date_format
from hypothesis import given
from hypothesis import strategies as st

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.kit.text import Text
from kembar.apps.ledger.models import StoredFile
from kembar.apps.ties.actions import contest, settle_conflict
from kembar.apps.ties.forms import PeopleField
from kembar.apps.ties.models import Attachment, Conflict, Event, Tie
from tests.apps.ties.things import a_claim, a_person_there, a_region, a_source, a_tie, an_event
from tests.people import a_person

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"
# What lines about people are made of.
PIECES = [
    "Ana",
    "王伟",
    "S.H.",
    "M.Si",
    "MM",
    "Kepala",
    " ",
    ", ",
    ",",
    "，",
    " – ",
    " - ",
    "–",
    ".",
]


@pytest.fixture
def officer(db: Any) -> User:
    return a_person(Role.DESK)


@pytest.fixture
def at_work(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie()


def event_form(**given: Any) -> dict[str, Any]:
    return {
        "title_en": "Meeting in Kupang",
        "on": "17/11/2025",
        "kind": "meeting",
        "confidence": "O",
        "audience": "own",
        **given,
    }


def add(client: Client, tie: Tie, language: str = "en", **given: Any) -> Any:
    headers = {"accept-language": language}
    return client.post(f"/ties/{tie.pk}/events/new/", event_form(**given), headers=headers)


def correct(client: Client, event: Event, **given: Any) -> Any:
    return client.post(f"/ties/events/{event.pk}/change/", event_form(**given))


def stands_now(response: Any) -> dict[str, str]:
    """Return what a page of a conflict says of the record as it stands now."""
    page = unescape(response.content.decode())
    return dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))


def test_a_meeting_of_tomorrow_is_added_in_one_post(at_work: Client, tie: Tie) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = add(at_work, tie, on=tomorrow.isoformat())

    tie.refresh_from_db()
    assert response.status_code == 302
    assert [str(event.on) for event in tie.events.all()] == [tomorrow.isoformat()]
    assert tie.next_event == tomorrow
    assert tie.last_contact is None


def test_a_meeting_of_today_is_the_last_contact(at_work: Client, tie: Tie) -> None:
    today = timezone.localdate().isoformat()

    add(at_work, tie, on=today)

    tie.refresh_from_db()
    assert str(tie.last_contact) == today


@pytest.mark.parametrize(
    ("language", "typed", "kept"),
    [
        ("id", "November 2025", "2025-11"),
        ("id", "17 Agustus 2025", "2025-08-17"),
        ("id", "sekitar 2014", "2014~"),
        ("zh-hans", "2025年11月", "2025-11"),
        ("zh-hans", "2025年11月17日", "2025-11-17"),
        ("zh-hans", "约2014年", "2014~"),
        ("en", "2025", "2025"),
    ],
)
def test_a_date_is_typed_as_people_write_it(
    at_work: Client, tie: Tie, language: str, typed: str, kept: str
) -> None:
    add(at_work, tie, language, on=typed)

    assert [str(event.on) for event in tie.events.all()] == [kept]


@pytest.mark.parametrize("typed", ["30 Februari 2025", "soon", ""])
def test_what_is_no_date_is_refused_and_what_was_typed_stays(
    at_work: Client, tie: Tie, typed: str
) -> None:
    response = add(at_work, tie, on=typed, title_en="A long title")

    assert response.status_code == 422
    assert "A long title" in response.content.decode()
    assert not tie.events.exists()


def test_an_end_before_the_beginning_is_refused_and_nothing_changes(
    at_work: Client, tie: Tie
) -> None:
    event = an_event(tie, until="2025-11-19")

    added = add(at_work, tie, until="2025-11-16")
    changed = correct(at_work, event, until="2025-11-16", version=event.version)

    event.refresh_from_db()
    assert (added.status_code, changed.status_code) == (422, 422)
    assert "The end lies before the beginning." in added.content.decode()
    assert tie.events.count() == 1
    assert str(event.until) == "2025-11-19"


def test_people_are_read_one_a_line_with_their_posts(at_work: Client, tie: Tie) -> None:
    add(
        at_work,
        tie,
        "zh-hans",
        home_people="Melki Laka Lena, gubernur\nAna – kepala biro",
        partner_people="张志生，总领事\n\n  Wang  ",
    )

    people = [(p.name, dict(p.post), p.side) for p in tie.events.get().participants.order_by("pk")]
    assert people == [
        ("Melki Laka Lena", {"zh": "gubernur"}, "home"),
        ("Ana", {"zh": "kepala biro"}, "home"),
        ("张志生", {"zh": "总领事"}, "partner"),
        ("Wang", {}, "partner"),
    ]


@pytest.mark.parametrize(
    ("line", "name", "post"),
    [
        ("Siti Aminah, S.H., M.Si, Kepala Bagian", "Siti Aminah, S.H., M.Si", "Kepala Bagian"),
        ("Siti Aminah, S.H., M.Si – Kepala Bagian", "Siti Aminah, S.H., M.Si", "Kepala Bagian"),
        ("Dr. Ir. Yosef Lay, MM", "Dr. Ir. Yosef Lay, MM", ""),
        ("Ana, S. Sos, M.I.Kom., kepala biro", "Ana, S. Sos, M.I.Kom.", "kepala biro"),
        ("Ana, S.H. M.Hum, kepala, biro", "Ana, S.H. M.Hum", "kepala, biro"),
        ("John Lie, Ph.D, MSc, Dr., CEO", "John Lie, Ph.D, MSc, Dr.", "CEO"),
        ("王伟，博士，厅长", "王伟，博士", "厅长"),
        ("张志生——总领事", "张志生", "总领事"),
        ("Ana, S.STP - Kepala Bidang - Biro Umum", "Ana, S.STP", "Kepala Bidang - Biro Umum"),
        ("Wang Wei, – wakil, gubernur", "Wang Wei", "wakil, gubernur"),
        ("Bapak Anton, A.n. Kepala Dinas", "Bapak Anton", "A.n. Kepala Dinas"),
    ],
)
def test_a_degree_belongs_to_the_name_and_not_to_the_post(
    at_work: Client, tie: Tie, line: str, name: str, post: str
) -> None:
    add(at_work, tie, home_people=line)

    person = tie.events.get().participants.get()
    assert (person.name, str(person.post)) == (name, post)


@pytest.mark.parametrize("line", [", Kepala", "– Kepala", "，厅长", " , – x", ","])
def test_a_post_without_a_name_is_refused_and_the_line_is_named(
    at_work: Client, tie: Tie, line: str
) -> None:
    response = add(at_work, tie, home_people=f"Ana\n{line}")

    assert response.status_code == 422
    assert f"The name is missing in “{line.strip()}”" in response.content.decode()
    assert not tie.events.exists()


@pytest.mark.parametrize("wrong", ["Ana\0", "x" * 10_001])
def test_what_no_database_keeps_is_refused_among_people_too(
    at_work: Client, tie: Tie, wrong: str
) -> None:
    assert add(at_work, tie, home_people=wrong).status_code == 422


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), max_size=4))
def test_people_who_are_shown_again_are_read_as_the_same_people(lines: list[str]) -> None:
    field = PeopleField("home")
    try:
        people = field.to_python("\n".join(lines))
    except ValidationError:
        return

    again = field.to_python(field.prepare_value(people))

    assert [(p.name, p.post) for p in again] == [(p.name, p.post) for p in people]


def test_a_name_with_a_comma_that_came_from_elsewhere_is_read_again_as_it_is(
    at_work: Client, tie: Tie
) -> None:
    people = [a_person_there("Wang, Wei"), a_person_there("Lie, John", post=Text(en="rector"))]
    event = an_event(tie, people=people)

    page = at_work.get(f"/ties/events/{event.pk}/change/").content.decode()
    typed = re.search(r'name="partner_people"[^>]*>\s*([^<]*)<', page)
    assert typed
    correct(at_work, event, partner_people=typed[1], version=1)

    assert [(p.name, str(p.post)) for p in event.participants.order_by("pk")] == [
        ("Wang, Wei", ""),
        ("Lie, John", "rector"),
    ]


def test_two_people_of_one_name_keep_each_his_own_post(at_work: Client, tie: Tie) -> None:
    posts = [Text(zh="总领事", en="consul general"), Text(zh="翻译", en="interpreter")]
    event = an_event(tie, people=[a_person_there("Wang", post=post) for post in posts])

    typed = "Wang – consul general\nWang – interpreter"
    correct(at_work, event, partner_people=typed, version=1)

    assert [person.post for person in event.participants.order_by("pk")] == posts


def test_a_correction_keeps_the_posts_of_people_in_the_other_languages(
    at_work: Client, tie: Tie
) -> None:
    post = Text(id="konsul jenderal", zh="总领事", en="consul general")
    event = an_event(tie, people=[a_person_there("Zhang Zhisheng", post=post)])

    page = at_work.get(f"/ties/events/{event.pk}/change/").content.decode()
    typed = re.search(r'name="partner_people"[^>]*>\s*([^<]*)<', page)
    assert typed
    correct(at_work, event, partner_people=typed[1], title_en="Another title", version=1)

    person = event.participants.get()
    assert (person.name, person.post) == ("Zhang Zhisheng", post)


def test_a_correction_of_a_post_takes_the_place_of_the_old_one(at_work: Client, tie: Tie) -> None:
    post = Text(zh="总领事", en="consul general")
    event = an_event(tie, people=[a_person_there("Zhang", post=post)])

    correct(at_work, event, partner_people="Zhang – consul", version=1)

    assert event.participants.get().post["en"] == "consul"


# Files


def test_a_file_is_known_by_its_content_and_not_by_its_name(at_work: Client, tie: Tie) -> None:
    response = add(at_work, tie, attached=SimpleUploadedFile("letter.pdf", HTML))

    assert response.status_code == 422
    assert "letter.pdf is really text/plain" in response.content.decode()
    assert not tie.events.exists()
    assert not StoredFile.objects.exists()


def test_a_file_that_can_run_is_refused_whatever_it_is_called(at_work: Client, tie: Tie) -> None:
    for name in ("page.html", "drawing.svg", "tool.exe"):
        assert add(at_work, tie, attached=SimpleUploadedFile(name, HTML)).status_code == 422

    assert not tie.events.exists()


def test_a_file_comes_back_as_it_was_to_be_saved_and_not_shown(at_work: Client, tie: Tie) -> None:
    add(at_work, tie, attached=SimpleUploadedFile("surat 江西.pdf", PDF))

    attachment = Attachment.objects.select_related("file").get()
    response = at_work.get(f"/ties/files/{attachment.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert attachment.file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert response["Content-Disposition"].startswith("attachment;")
    assert "surat%20%E6%B1%9F%E8%A5%BF.pdf" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"


def test_a_file_of_a_hidden_event_is_not_for_the_partner(at_work: Client) -> None:
    tie = a_tie(between=("ID-NT", "CN-ZJ"), audience="shared")
    add(at_work, tie, attached=SimpleUploadedFile("letter.pdf", PDF))
    partner = a_person(Role.PARTNER, "CN-ZJ")
    at_work.force_login(partner)

    assert at_work.get(f"/ties/files/{Attachment.objects.get().pk}/").status_code == 404


def kept_files(response: Any) -> list[str]:
    return re.findall(r'name="attached_kept" value="([^"]+)"', response.content.decode())


def test_a_file_stays_with_the_form_when_something_else_in_it_is_wrong(
    at_work: Client, tie: Tie
) -> None:
    files = [SimpleUploadedFile("surat 江西.pdf", PDF), SimpleUploadedFile("page.html", HTML)]
    response = add(at_work, tie, on="soon", attached=files)
    assert "surat 江西.pdf" in response.content.decode()

    again = add(at_work, tie, on="never", attached_kept=kept_files(response))
    add(at_work, tie, attached_kept=kept_files(again), attached=SimpleUploadedFile("b.txt", b"b"))

    assert again.status_code == 422
    names = [attachment.name for attachment in tie.events.get().attachments.order_by("pk")]
    assert names == ["b.txt", "surat 江西.pdf"]


def test_a_kept_file_that_is_unticked_or_chosen_again_is_not_there_twice(
    at_work: Client, tie: Tie
) -> None:
    upload = SimpleUploadedFile("letter.pdf", PDF)
    kept = kept_files(add(at_work, tie, on="soon", attached=upload))
    upload.seek(0)

    add(at_work, tie, attached_kept=kept, attached=upload)
    add(at_work, tie, attached_kept=[])

    assert [event.attachments.count() for event in tie.events.order_by("pk")] == [1, 0]


def test_a_kept_file_of_somebody_else_or_of_nobody_is_refused(client: Client, tie: Tie) -> None:
    client.force_login(a_person(Role.DESK))
    kept = kept_files(add(client, tie, on="soon", attached=SimpleUploadedFile("letter.pdf", PDF)))
    client.force_login(a_person(Role.DESK))

    answers = [add(client, tie, attached_kept=wrong) for wrong in (kept, ["x"], [""])]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "Choose the files again." in answers[0].content.decode()
    assert not tie.events.exists()


def test_files_stay_with_the_form_when_somebody_else_saved_first(at_work: Client, tie: Tie) -> None:
    event = an_event(tie, "Before")
    correct(at_work, event, title_en="Hers", version=1)
    upload = SimpleUploadedFile("letter.pdf", PDF)
    told = correct(at_work, event, title_en="His", attached=upload, version=1)

    correct(at_work, event, title_en="His", attached_kept=kept_files(told), version=2)

    assert [attachment.name for attachment in event.attachments.all()] == ["letter.pdf"]


def test_a_file_is_taken_off_and_the_history_and_the_store_keep_it(
    at_work: Client, tie: Tie
) -> None:
    files = [SimpleUploadedFile("letter.pdf", PDF), SimpleUploadedFile("b.txt", b"b")]
    add(at_work, tie, attached=files)
    event = tie.events.get()
    letter = event.attachments.get(name="letter.pdf")
    page = at_work.get(f"/ties/events/{event.pk}/change/").content.decode()
    assert "letter.pdf" in page

    correct(at_work, event, taken_off=[letter.pk], version=1)

    sha256 = hashlib.sha256(PDF).hexdigest()
    assert [attachment.name for attachment in event.attachments.all()] == ["b.txt"]
    assert at_work.get(f"/ties/files/{letter.pk}/").status_code == 404
    assert StoredFile.objects.filter(sha256=sha256).exists()
    line = f"emptied attached files, which was “letter.pdf (SHA-256 {sha256})”"
    assert line in history_of(at_work, tie)


def test_a_file_of_another_event_cannot_be_taken_off(at_work: Client, tie: Tie) -> None:
    add(at_work, tie, attached=SimpleUploadedFile("letter.pdf", PDF))
    event = an_event(tie, "Another")

    correct(at_work, event, taken_off=[Attachment.objects.get().pk], version=1)

    assert Attachment.objects.count() == 1


# Contradictions


def test_two_events_that_contradict_each_other_are_both_shown_as_contested(
    at_work: Client, tie: Tie
) -> None:
    first = an_event(tie, "Signed in Nanchang")

    add(at_work, tie, title_en="Nothing was signed", contradicts=[first.pk])

    page = at_work.get(f"/ties/{tie.pk}/timeline/").content.decode()
    assert page.count('class="chip chip--X"') == 2
    assert "Signed in Nanchang" in page
    assert "Nothing was signed" in page


def test_a_settled_contradiction_keeps_both_sides_and_is_contested_no_more(
    at_work: Client, tie: Tie
) -> None:
    an_event(tie, "Nothing was signed", contradicts=[an_event(tie, "Signed in Nanchang")])
    conflict = Conflict.objects.get()

    at_work.post(f"/ties/conflicts/{conflict.pk}/settle/", {"settlement_en": "It was a draft."})

    page = at_work.get(f"/ties/{tie.pk}/timeline/").content.decode()
    conflict.refresh_from_db()
    assert conflict.settlement == {"en": "It was a draft."}
    assert "chip--X" not in page
    assert tie.events.standing().count() == 2


def settle(client: Client, conflict: Conflict, text: str = "It was a draft.") -> Any:
    return client.post(f"/ties/conflicts/{conflict.pk}/settle/", {"settlement_en": text})


LEFT = "What is withdrawn here no longer stands."


def test_who_withdraws_a_side_of_a_contradiction_is_led_to_the_question(
    at_work: Client, tie: Tie
) -> None:
    first = an_event(tie, "Signed in Nanchang")
    an_event(tie, "Nothing was signed", contradicts=[first])
    claims = f"/ties/{tie.pk}/claims/"
    settling = f"/ties/conflicts/{Conflict.objects.get().pk}/settle/"
    before = [at_work.get(path).content.decode() for path in (claims, settling, "/today/")]

    response = withdraw(at_work, first, "Typed for another tie")

    pages = [at_work.get(path).content.decode() for path in (claims, settling, "/today/")]
    assert response.url == f"{claims}#conflicts"
    assert "Is the question answered now?" in pages[0]
    for page in pages[:2]:
        assert LEFT in page
        assert "Typed for another tie" in page
    assert "a side is withdrawn" in pages[2]
    assert all(LEFT not in page and "a side is withdrawn" not in page for page in before)
    assert Conflict.objects.open().exists()


def test_who_withdraws_a_claim_that_is_contested_is_led_to_the_question(
    at_work: Client, tie: Tie
) -> None:
    claim = a_claim(tie, "It is signed.")
    at_work.post(
        f"/ties/{tie.pk}/conflicts/new/",
        {
            "question_en": "Is it?",
            "claims": [claim.pk],
            "events": [an_event(tie, "Nothing was signed").pk],
        },
    )

    given = {"reason": "Said of another tie", "version": claim.version}
    response = at_work.post(f"/ties/claims/{claim.pk}/withdraw/", given)

    assert response.url == f"/ties/{tie.pk}/claims/#conflicts"
    assert LEFT in at_work.get(response.url).content.decode()


def test_who_withdraws_what_nobody_contests_is_led_to_the_timeline(
    at_work: Client, tie: Tie
) -> None:
    event = an_event(tie, "Durian fair")

    assert withdraw(at_work, event).url == f"/ties/{tie.pk}/timeline/"


@pytest.mark.parametrize(("many", "named"), [(6, 6), (7, 5), (60, 5)])
def test_a_line_of_the_timeline_names_the_first_people_and_folds_the_others(
    at_work: Client, tie: Tie, many: int, named: int
) -> None:
    an_event(tie, "Forum", people=[a_person_there(f"Guest {n:02}") for n in range(many)])

    line = at_work.get(f"/ties/{tie.pk}/timeline/").content.decode().split("<main")[1]

    shown, _, folded = line.partition("<summary>")
    assert shown.count("Guest ") == named
    assert folded.count("Guest ") == many - named
    assert (f"and {many - named} others</summary>" in folded) == (many > named)


def test_a_settled_contradiction_stays_to_be_read_with_who_settled_it_and_how(
    client: Client, tie: Tie
) -> None:
    first = an_event(tie, "Signed in Nanchang")
    second = an_event(tie, "Nothing was signed", contradicts=[first])
    client.force_login(a_person(Role.DESK, name="Ani Bere"))
    settle(client, Conflict.objects.get())
    withdraw(client, first)

    pages = [
        unescape(client.get(path).content.decode()).split("<main")[1]
        for path in (f"/ties/{tie.pk}/claims/", second.get_absolute_url())
    ]

    day = date_format(timezone.localdate(), "j F Y")
    for page in pages:
        assert "Which holds: “Nothing was signed” or “Signed in Nanchang”?" in page
        assert "It was a draft." in page
        assert f"Ani Bere (Desk) · {day}" in page
        assert "Signed in Nanchang</a>" in page
        assert "Settle it" not in page


def test_who_settles_second_is_told_how_it_was_settled_and_keeps_his_text(
    at_work: Client, tie: Tie
) -> None:
    an_event(tie, "Nothing was signed", contradicts=[an_event(tie, "Signed in Nanchang")])
    conflict = Conflict.objects.get()
    settle(at_work, conflict, "Hers holds.")

    response = settle(at_work, conflict, "His holds.")

    conflict.refresh_from_db()
    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert "It was settled like this: “Hers holds.”" in page
    assert "His holds." in page
    assert conflict.settlement == {"en": "Hers holds."}
    path = f"/ties/conflicts/{conflict.pk}/settle/"
    assert at_work.get(path)["Location"] == f"/ties/{tie.pk}/claims/"


def test_a_settled_contradiction_tells_others_only_what_they_may_read(
    client: Client, officer: User
) -> None:
    tie = a_tie(audience="published")
    seen = an_event(tie, "Signed in May", audience="published")
    an_event(tie, "Signed in June", audience="published", contradicts=[seen])
    an_event(tie, "Never signed", contradicts=[seen])
    for conflict in Conflict.objects.all():
        settle_conflict(conflict, settlement=Text(en=f"Settled {conflict.pk}"), by=officer)
    shown, hidden = Conflict.objects.order_by("pk")

    page = client.get(f"/ties/{tie.pk}/claims/").content.decode()

    assert f"Settled {shown.pk}" in page
    assert f"Settled {hidden.pk}" not in page
    assert officer.name not in page


def test_a_contradiction_that_was_settled_can_be_named_again(at_work: Client, tie: Tie) -> None:
    first = an_event(tie, "Signed in Nanchang")
    second = an_event(tie, "Nothing was signed", contradicts=[first])
    settle(at_work, Conflict.objects.get())

    contest(second, first, by=None)
    contest(first, second, by=None)

    assert Conflict.objects.count() == 2
    assert Conflict.objects.open().count() == 1


def test_a_contradiction_is_named_while_an_event_is_corrected(at_work: Client, tie: Tie) -> None:
    first, second = an_event(tie, "Signed in Nanchang"), an_event(tie, "Nothing was signed")
    path = f"/ties/events/{second.pk}/change/"

    correct(at_work, second, title_en="Never signed", contradicts=[first.pk], version=1)
    correct(at_work, second, title_en="Never signed", version=2)

    page = at_work.get(path).content.decode()
    conflict = Conflict.objects.get()
    assert set(conflict.events.all()) == {first, second}
    assert str(conflict) == "Which holds: “Never signed” or “Signed in Nanchang”?"
    assert "Signed in Nanchang" not in page, "what is contested already cannot be chosen again"


def test_two_claims_contradict_each_other(at_work: Client, tie: Tie) -> None:
    claims = [a_claim(tie, "It is signed"), a_claim(tie, "Nothing is signed")]
    event = an_event(tie, "Signed in Nanchang")
    given = {"question_en": "Is it signed?", "explanation_en": "Both papers are of one day."}
    sides = {"claims": [claim.pk for claim in claims], "events": [event.pk]}

    response = at_work.post(f"/ties/{tie.pk}/conflicts/new/", {**given, **sides})

    page = at_work.get(response["Location"]).content.decode()
    assert response.status_code == 302
    assert "Is it signed?" in page
    assert "Both papers are of one day." in page
    assert set(Conflict.objects.get().claims.all()) == set(claims)
    history = history_of(at_work, tie)
    assert "set claims to “It is signed, Nothing is signed”" in history
    assert "set events to “Signed in Nanchang”" in history


def test_one_side_alone_contradicts_nothing(at_work: Client, tie: Tie) -> None:
    claim = a_claim(tie, "It is signed")

    response = at_work.post(
        f"/ties/{tie.pk}/conflicts/new/", {"question_en": "Is it?", "claims": [claim.pk]}
    )

    assert response.status_code == 422
    assert "Choose at least two" in response.content.decode()
    assert not Conflict.objects.exists()


def test_sides_of_another_tie_cannot_be_chosen(at_work: Client, tie: Tie) -> None:
    other = a_tie(between=("ID-NT", "CN-ZJ"))
    sides = {"claims": [a_claim(other).pk], "events": [an_event(other).pk]}

    response = at_work.post(f"/ties/{tie.pk}/conflicts/new/", {"question_en": "Is it?", **sides})

    assert response.status_code == 422
    assert not Conflict.objects.exists()


# Two people at once


def test_who_saves_second_is_told_and_keeps_what_he_typed(at_work: Client, tie: Tie) -> None:
    event = an_event(tie, "Before")
    correct(at_work, event, title_en="Hers", version=1)

    response = correct(
        at_work, event, title_en="His", partner_people="Wang Wei", place_en="Ende", version=1
    )

    page = response.content.decode()
    event.refresh_from_db()
    assert response.status_code == 409
    assert "Somebody else changed this" in page
    for typed in ("His", "Wang Wei", "Ende", "Hers"):
        assert typed in page
    assert event.title == {"en": "Hers"}
    assert not event.participants.exists()


def test_who_saves_second_is_shown_people_and_sources_as_they_stand_now(
    at_work: Client, tie: Tie
) -> None:
    source = a_source("Pos Kupang")
    event = an_event(tie, people=[a_person_there("Wang", post=Text(en="consul"))])
    hers = {"partner_people": "Wang – consul general\nLi, M.Si", "sources": [source.pk]}
    correct(at_work, event, **hers, version=1)

    response = correct(at_work, event, partner_people="Wang – consul", home_people="Ana", version=1)

    facts = stands_now(response)
    assert response.status_code == 409
    assert facts["From the partner's side"] == "Wang – consul general; Li, M.Si"
    assert facts["From our side"] == "–"
    assert facts["Sources"] == "Pos Kupang"


def test_what_stands_now_is_shown_in_words_and_not_as_the_machine_keeps_it(
    at_work: Client, tie: Tie
) -> None:
    event = an_event(tie, "Before")
    hers = {"kind": "signing", "milestone": "mou", "on": "2025-11-18", "title_zh": "签署"}
    correct(at_work, event, title_en="Before", **hers, version=1)

    response = correct(at_work, event, title_en="Before", audience="shared", version=1)

    assert stands_now(response) == {
        "What (中文)": "签署",
        "Date": "18 November 2025",
        "Kind": "Signing",
        "Milestone": "MoU signed",
        "Who may read it": "Own region",
    }


def test_who_was_told_may_save_again_and_the_history_keeps_both(at_work: Client, tie: Tie) -> None:
    event = an_event(tie, "Before")
    correct(at_work, event, title_en="Hers", version=1)
    page = correct(at_work, event, title_en="His", version=1).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version

    response = correct(at_work, event, title_en="His", version=version[1])

    event.refresh_from_db()
    kept = str(list(Entry.objects.order_by("pk").values_list("changes", flat=True)))
    assert response.status_code == 302
    assert event.title == {"en": "His"}
    assert "Before" in kept
    assert "Hers" in kept


def test_who_withdraws_what_was_changed_meanwhile_keeps_his_reason_and_may_try_again(
    at_work: Client, tie: Tie
) -> None:
    event = an_event(tie, "Before")
    correct(at_work, event, title_en="Hers", version=1)

    response = withdraw(at_work, event, "Never was")

    page = response.content.decode()
    event.refresh_from_db()
    assert response.status_code == 409
    assert event.withdrawn == ""
    for shown in ("Never was", "Hers", "Somebody else changed this event", 'value="2"'):
        assert shown in page
    assert withdraw(at_work, event, "Never was").status_code == 302


@pytest.mark.parametrize("version", [1, 2])
def test_who_works_on_an_event_that_was_withdrawn_meanwhile_keeps_what_he_typed(
    at_work: Client, tie: Tie, version: int
) -> None:
    event = an_event(tie, "Durian fair")
    withdraw(at_work, event, "Hers")
    event.version = version

    answers = [
        correct(at_work, event, title_en="Typed", version=version),
        withdraw(at_work, event, "Typed"),
    ]

    event.refresh_from_db()
    assert (str(event), event.withdrawn, event.version) == ("Durian fair", "Hers", 2)
    for answer in answers:
        page = unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "The reason is: “Hers”" in page
        assert "Typed" in page


def test_a_form_without_its_version_overwrites_nothing(at_work: Client, tie: Tie) -> None:
    event = an_event(tie, "Before")

    response = correct(at_work, event, title_en="After")

    event.refresh_from_db()
    assert response.status_code == 409
    assert event.title == {"en": "Before"}


def test_the_source_of_another_region_cannot_be_named(at_work: Client, tie: Tie) -> None:
    foreign = a_source(owner_code="ID-BA")

    assert add(at_work, tie, sources=[foreign.pk]).status_code == 422


# The history


def history_of(client: Client, tie: Tie, language: str = "en") -> str:
    path = f"/ties/{tie.pk}/history/"
    page = client.get(path, headers={"accept-language": language}).content.decode()
    return unescape(page).split("<main")[1]


def test_the_history_holds_all_that_was_entered_of_an_event(at_work: Client, tie: Tie) -> None:
    add(
        at_work,
        tie,
        title_zh="古邦会谈",
        until="18/11/2025",
        milestone="first_contact",
        place_en="Kupang",
        detail_en="About salt",
        home_people="Siti Aminah, S.H. – Kepala Bagian",
        partner_people="Wang – consul\nLi",
        sources=[a_source("Pos Kupang").pk],
        attached=SimpleUploadedFile("letter.pdf", PDF),
    )

    page = history_of(at_work, tie)

    for line in (
        "set kind to “Meeting”",
        "set date to “17 November 2025”",
        "set until to “18 November 2025”",
        "set milestone to “First contact”",
        "set what to “Meeting in Kupang”",
        "set what (中文) to “古邦会谈”",
        "set where to “Kupang”",
        "set more about it to “About salt”",
        "set who may read it to “Own region”",
        "set people of the home side to “Siti Aminah, S.H. – Kepala Bagian”",
        "set people of the partner's side to “Wang – consul, Li”",
        "set sources to “Pos Kupang”",
        "set attached files to “letter.pdf”",
    ):
        assert line in page
    assert "set other people" not in page
    assert "set tie" not in page


def test_a_changed_post_is_in_the_history(at_work: Client, tie: Tie) -> None:
    event = an_event(tie, "Meeting in Kupang", people=[a_person_there("Wang", post=Text(en="x"))])

    correct(at_work, event, partner_people="Wang – consul", version=1)

    line = "changed people of the partner's side from “Wang – x” to “Wang – consul”"
    assert line in history_of(at_work, tie)


def test_the_history_holds_what_a_new_tie_began_with(at_work: Client) -> None:
    for code in ("ID-NT", "CN-ZJ"):
        a_region(code)
    given = {"home": "ID-NT", "partner": "CN-ZJ", "kind": "friendly", "state": "unknown"}

    at_work.post("/ties/new/", {**given, "cycle": 1, "purpose_en": "Salt for tea"})

    page = history_of(at_work, Tie.objects.get())
    for line in (
        "set home region to “East Nusa Tenggara”",
        "set partner region to “Zhejiang”",
        "set kind to “Friendly cooperation”",
        "set state to “Not known”",
        "set purpose to “Salt for tea”",
    ):
        assert line in page


# Withdrawn


def test_a_withdrawn_event_leaves_timeline_and_search_and_stays_in_the_history(
    at_work: Client, tie: Tie
) -> None:
    event = an_event(tie, "Durian fair", people=[a_person_there("Wang Wei")])
    assert "Durian" in at_work.get("/search/?q=durian").content.decode()

    at_work.post(
        f"/ties/events/{event.pk}/withdraw/", {"reason": "It was another year", "version": 1}
    )

    tie.refresh_from_db()
    pages = {
        path: at_work.get(path).content.decode()
        for path in (f"/ties/{tie.pk}/timeline/", f"/ties/{tie.pk}/history/", "/search/?q=wang")
    }
    shown = {path for path, page in pages.items() if "Durian fair" in page}
    assert shown == {f"/ties/{tie.pk}/history/"}
    assert "Wang Wei" not in pages["/search/?q=wang"]
    assert "Nothing is found" in at_work.get("/search/?q=durian").content.decode()
    assert "It was another year" in pages[f"/ties/{tie.pk}/history/"]
    assert tie.last_contact is None


def withdraw(client: Client, event: Event, reason: str = "It was another year") -> Any:
    given = {"reason": reason, "version": event.version}
    return client.post(f"/ties/events/{event.pk}/withdraw/", given)


def test_a_withdrawn_event_is_still_read_by_those_who_read_the_history(
    client: Client, tie: Tie
) -> None:
    client.force_login(a_person(Role.DESK, name="Ani Bere"))
    add(client, tie, attached=SimpleUploadedFile("letter.pdf", PDF), partner_people="Wang Wei")
    event = tie.events.get()
    withdraw(client, event)
    client.force_login(a_person(Role.AUDITOR))
    assert f'<a href="{event.get_absolute_url()}">' in history_of(client, tie)

    page = unescape(client.get(event.get_absolute_url()).content.decode())

    day = date_format(timezone.localdate(), "j F Y")
    assert f"Ani Bere (Desk) took this event off the timeline on {day}, because: It was" in page
    assert "Wang Wei" in page
    assert "Correct it" not in page
    assert client.get(f"/ties/files/{Attachment.objects.get().pk}/").status_code == 200


def test_who_withdrew_and_who_settled_is_named_in_the_reader_s_language(
    client: Client, tie: Tie
) -> None:
    first = an_event(tie, "Signed in Nanchang")
    second = an_event(tie, "Nothing was signed", contradicts=[first])
    desk = a_person(Role.DESK, name="Ani Bere")
    post = desk.current_holdings[0].post
    post.title = Text(zh="合作专员", en="Cooperation officer")
    post.save()
    client.force_login(User.objects.get(pk=desk.pk))
    settle(client, Conflict.objects.get())
    withdraw(client, first)

    for event in (first, second):
        page = client.get(event.get_absolute_url(), headers={"accept-language": "zh-hans"})
        assert "Ani Bere (合作专员)" in page.content.decode()


@pytest.mark.parametrize("part", [Role.PARTNER, None])
def test_a_withdrawn_event_is_not_there_for_partners_and_visitors(
    client: Client, part: Role | None
) -> None:
    tie = a_tie(between=("ID-BA", "CN-JX"), audience="published")
    event = an_event(tie, "Durian fair", audience="published", withdrawn="Never was")
    if part:
        client.force_login(a_person(part, "CN-JX"))

    assert client.get(event.get_absolute_url()).status_code == 404


def test_a_withdrawn_event_is_not_corrected(at_work: Client, tie: Tie) -> None:
    event = an_event(tie, "Durian fair")
    withdraw(at_work, event)

    for deed in ("change", "withdraw"):
        response = at_work.get(f"/ties/events/{event.pk}/{deed}/")
        assert response["Location"] == event.get_absolute_url()


def test_a_withdrawal_needs_a_reason(at_work: Client, tie: Tie) -> None:
    event = an_event(tie)

    response = at_work.post(f"/ties/events/{event.pk}/withdraw/", {"reason": " ", "version": 1})

    event.refresh_from_db()
    assert response.status_code == 422
    assert event.withdrawn == ""

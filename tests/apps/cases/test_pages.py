"""The pages of a case: where it stands, what comes next, and the forms that record it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.cases import actions
from kembar.apps.cases.models import Case, CasePaper, Entry, LimitSetting, Sub
from kembar.apps.cases.standing import procedure_of
from kembar.apps.kit.text import Text
from kembar.engines.procedure import catalog
from tests.apps.cases.things import (
    PDF,
    TODAY,
    a_case,
    a_paper,
    answers,
    tell,
    to_the_draft,
    to_the_letter,
    told,
)
from tests.apps.ties.things import a_claim, a_source, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db


def at_work(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def desk() -> User:
    return a_person(Role.DESK, name="Ani")


def text_of(browser: Client, path: str, status: int = 200) -> str:
    response = browser.get(path)
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def post(browser: Client, path: str, status: int = 302, **given: Any) -> str:
    response = browser.post(path, given)
    assert response.status_code == status, response.content.decode()[:6000]
    return str(response.content.decode())


def trip_steps(trip: Case) -> list[str]:
    return list(procedure_of(trip).steps)


# Reading


def test_the_tab_of_a_tie_leads_to_its_case(desk: User) -> None:
    tie = a_tie()
    browser = at_work(desk)

    assert "Open a case" in text_of(browser, f"/cases/tie/{tie.pk}/")
    a_case(tie)
    page = text_of(browser, f"/cases/tie/{tie.pk}/")

    assert "Eligibility check" in page
    assert f'href="/cases/tie/{tie.pk}/" aria-current="page"' in page


def test_the_page_says_where_it_stands_and_who_does_what_next(desk: User) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:2])

    page = text_of(at_work(desk), f"/cases/{case.pk}/")

    assert "waits on" in page
    assert "12 February 2026" in page
    assert "Answer: Council approval" in page
    assert "7 of 29 steps are over" in page
    assert "<svg" in page


def test_a_closed_gate_names_what_it_lacks(desk: User) -> None:
    case = a_case(a_tie())

    page = text_of(at_work(desk), f"/cases/{case.pk}/")

    assert "R-11" in page
    assert "Full powers" in page
    assert "closed" in page


def test_an_override_is_seen_by_everyone_who_sees_the_case(desk: User) -> None:
    tie = a_tie(audience="published")
    case = a_case(tie, audience="published")
    tell(case, *to_the_letter(), *to_the_draft())
    actions.override(
        case,
        step="signing",
        key="R-11",
        on=TODAY,
        decided_by="The governor",
        reason=Text(en="Perpres 1/2026"),
        papers=[a_paper("basis-of-override")],
        seen=case.version,
        today=TODAY,
        by=None,
    )

    own = text_of(at_work(desk), f"/cases/{case.pk}/")
    public = text_of(Client(), f"/cases/{case.pk}/")

    assert "Passed on purpose" in own
    assert "The governor" in own
    assert "Passed on purpose" in public
    assert "The governor" not in public


def test_the_page_of_an_act_tells_the_law_and_how_it_was_seen(desk: User) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)

    council = text_of(browser, f"/cases/{case.pk}/acts/id-dprd/")
    paper = text_of(browser, f"/cases/{case.pk}/acts/id-treaty-paper/")

    assert "Perda DIY 1/2023" in council
    assert "seen at second hand" in council
    assert "source needed" in council
    assert "Permenlu 4/2023" in paper
    assert "text seen" in paper
    assert "3 working days from when it is handed in" in paper


def test_a_limit_that_was_filled_in_shows_its_source(desk: User) -> None:
    case = a_case(a_tie())
    setting = LimitSetting(key="dprd_days", country="ID", days=30, source=a_source("Tatib DPRD"))
    actions.set_limit(setting, seen=None, old={}, by=None)

    page = text_of(at_work(desk), f"/cases/{case.pk}/acts/id-dprd/")

    assert "30 working days" in page
    assert "Tatib DPRD" in page


def test_what_nobody_knows_is_not_found(desk: User) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)

    text_of(browser, f"/cases/{case.pk}/acts/nothing/", 404)
    text_of(browser, f"/cases/{case.pk}/acts/loi/record/annulled/", 404)
    text_of(browser, f"/cases/{case.pk}/questions/nothing/", 404)
    text_of(browser, f"/cases/{case.pk}/days/nothing/", 404)


def test_a_disputed_claim_stands_at_its_step(desk: User) -> None:
    tie = a_tie()
    case = a_case(tie)
    claim = a_claim(tie, "A letter of intent was signed.", verdict="open")
    browser = at_work(desk)

    post(browser, f"/cases/{case.pk}/acts/loi/claims/", claims=[claim.pk])
    page = text_of(browser, f"/cases/{case.pk}/acts/loi/")

    assert "A letter of intent was signed." in page
    assert "disputed" in text_of(browser, f"/cases/{case.pk}/")


@pytest.mark.parametrize(
    ("verdict", "disputed"), [("contradicted", True), ("open", True), ("corroborated", False)]
)
def test_a_claim_that_holds_is_not_called_disputed(
    desk: User, verdict: str, disputed: bool
) -> None:
    tie = a_tie()
    case = a_case(tie)
    claim = a_claim(tie, "The LoI is signed.", evidence=[a_source()], verdict=verdict)
    actions.link_claim(case, claim, step="loi", by=desk)

    page = text_of(at_work(desk), f"/cases/{case.pk}/")

    assert ('<span class="chip chip--open">disputed</span>' in page) is disputed


def test_a_rule_that_asks_nothing_is_not_called_unanswered(desk: User) -> None:
    case = a_case(a_tie())

    page = text_of(at_work(desk), f"/cases/{case.pk}/acts/id-verification/")

    assert "R-08" in page
    assert "Not met yet" in page
    assert "Not answered yet" not in page


def test_how_long_it_took_elsewhere_is_told_from_cases_one_may_read() -> None:
    ministry = a_person(Role.MINISTRY, "ID")
    here = a_case(a_tie())
    path = f"/cases/{here.pk}/acts/id-dprd/"
    other = a_case(a_tie(between=("ID-BA", "CN-ZJ")))
    assert "elsewhere" not in text_of(at_work(ministry), path)

    tell(other, *to_the_letter(), *to_the_draft()[:3])

    # Handed in on 12 February, decided on 12 March.
    assert ">28<" in text_of(at_work(ministry), path)
    assert "elsewhere" not in text_of(at_work(a_person(Role.DESK)), path)


# Recording


def test_a_desk_records_that_a_step_is_done_with_its_paper(desk: User) -> None:
    case = a_case(a_tie())
    tell(case, *answers(("relations", "yes"), ("own-competence", "yes")))
    browser = at_work(desk)

    post(
        browser,
        f"/cases/{case.pk}/acts/id-eligibility/record/done/",
        version=3,
        on="7/1/2026",
        text="All fits.",
        **{"paper_eligibility-note": SimpleUploadedFile("note.pdf", PDF)},
    )

    entry = Entry.objects.get(kind="done")
    paper = CasePaper.objects.get()
    assert (entry.papers, str(entry.text)) == (["eligibility-note"], "All fits.")
    assert b"".join(browser.get(f"/cases/papers/{paper.pk}/").streaming_content) == PDF  # type: ignore[attr-defined]
    page = text_of(browser, f"/cases/{case.pk}/acts/id-eligibility/")
    assert "note.pdf" in page
    assert "was done on 7 January 2026" in page


def test_what_stands_against_it_is_said_and_what_was_typed_is_kept(desk: User) -> None:
    case = a_case(a_tie())

    page = post(
        at_work(desk),
        f"/cases/{case.pk}/acts/signing/record/done/",
        422,
        version=1,
        on="7/1/2026",
        text="We signed in Nanchang.",
    )

    assert "We signed in Nanchang." in page
    assert "R-11" in page
    assert not Entry.objects.exists()


def test_a_form_leads_to_the_question_that_keeps_it_out(desk: User) -> None:
    case = a_case(a_tie())

    page = at_work(desk).get(f"/cases/{case.pk}/acts/id-eligibility/record/done/")

    assert f'href="/cases/{case.pk}/questions/relations/"' in page.content.decode()


def test_a_file_that_is_not_what_its_name_says_is_refused(desk: User) -> None:
    case = a_case(a_tie())

    page = post(
        at_work(desk),
        f"/cases/{case.pk}/acts/id-exploration/record/noted/",
        422,
        version=1,
        on="7/1/2026",
        **{"paper_exploration-report": SimpleUploadedFile("report.pdf", b"MZ\x00\x01" * 100)},
    )

    assert "report.pdf is not a file that can be kept here" in page


def test_two_people_at_once_the_second_is_told_and_keeps_his_text(desk: User) -> None:
    case = a_case(a_tie())
    path = f"/cases/{case.pk}/acts/id-exploration/record/noted/"
    given = {"version": 1, "on": "7/1/2026"}
    post(at_work(a_person(Role.AGENCY, name="Budi")), path, text="Call", **given)

    page = post(at_work(desk), path, 409, text="My long remark", **given)

    assert "Somebody else changed this case" in page
    assert "Budi" in page
    assert "My long remark" in page
    assert 'name="version" value="2"' in page


def test_a_step_comes_back_with_a_coded_reason(desk: User) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:2])

    post(
        at_work(desk),
        f"/cases/{case.pk}/acts/id-dprd/record/returned/",
        version=case.version,
        on="1/3/2026",
        reason="budget",
        text="Who pays?",
    )

    assert Case.objects.get().came_back == {"budget": 1}
    page = text_of(at_work(desk), f"/cases/{case.pk}/acts/id-dprd/")
    assert "The money is not secured" in page


def test_an_optional_step_is_left_out_with_a_reason_only(desk: User) -> None:
    case = a_case(a_tie())
    path = f"/cases/{case.pk}/acts/cn-peoples-congress/record/skipped/"
    given = {"version": 1, "on": "7/1/2026"}

    post(at_work(desk), path, 422, text="", **given)
    post(at_work(desk), path, text="Jiangxi's office says it is not needed.", **given)

    assert Entry.objects.get().kind == "skipped"


def test_nobody_approves_what_he_wrote(desk: User) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:4], by=desk)
    path = f"/cases/{case.pk}/acts/id-verification/record/done/"
    given = {"version": case.version, "on": "6/4/2026"}

    assert "Nobody approves what he wrote" in text_of(at_work(desk), path)
    assert "nobody approves what he wrote" in post(at_work(desk), path, 422, **given)
    post(at_work(a_person(Role.MINISTRY, "ID")), path, **given)

    assert Entry.objects.filter(step="id-verification", kind="done").exists()


def test_a_ministry_decides_its_own_steps_and_remarks_on_all() -> None:
    case = a_case(a_tie())
    browser = at_work(a_person(Role.MINISTRY, "ID"))

    text_of(browser, f"/cases/{case.pk}/acts/id-verification/record/done/")
    text_of(browser, f"/cases/{case.pk}/acts/loi/record/noted/")
    text_of(browser, f"/cases/{case.pk}/acts/loi/record/done/", 403)
    text_of(browser, f"/cases/{case.pk}/acts/id-verification/record/asked/", 403)


def test_a_head_overrides_a_gate(desk: User) -> None:
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft())
    path = f"/cases/{case.pk}/acts/signing/override/"
    browser = at_work(a_person(Role.HEAD))
    given = {"version": case.version, "on": "1/6/2026", "key": "R-11", "decided_by": "Governor"}

    text_of(at_work(desk), path, 403)
    assert "R-32" in text_of(browser, path)
    post(browser, path, 422, text="Perpres 1/2026", **given)
    paper = SimpleUploadedFile("decree.pdf", PDF)
    post(browser, path, text="Perpres 1/2026", paper=paper, **given)

    assert Case.objects.get().stands["overrides"] == [["signing", "R-11", "2026-06-01"]]
    assert "decree.pdf" in text_of(browser, f"/cases/{case.pk}/")


def test_a_step_itself_is_left_out_only_if_it_is_chosen() -> None:
    case = a_case(a_tie())
    path = f"/cases/{case.pk}/acts/id-initiative/override/"
    browser = at_work(a_person(Role.HEAD))
    given = {"version": 1, "on": "1/6/2026", "decided_by": "Governor", "text": "Perpres 1/2026"}

    def paper() -> SimpleUploadedFile:
        return SimpleUploadedFile("decree.pdf", PDF)

    post(browser, path, 422, paper=paper(), **given)
    post(browser, path, paper=paper(), key="/", **given)

    assert Case.objects.get().stands["overrides"] == [["id-initiative", "", "2026-06-01"]]
    page = text_of(browser, f"/cases/{case.pk}/")
    assert "the step itself was left out" in page


def test_an_entry_is_annulled_with_a_reason(desk: User) -> None:
    case = a_case(a_tie())
    entry = tell(case, told("asked", "id-exploration", "2026-01-20")).entry
    browser = at_work(desk)
    path = f"/cases/entries/{entry.pk}/annul/"

    assert "Exploration" in text_of(browser, path)
    post(browser, path, version=2, text="The other tie was meant.")

    assert Case.objects.get().pending == []
    assert "The other tie was meant." in text_of(browser, f"/cases/{case.pk}/acts/id-exploration/")


def test_what_a_ministry_or_a_head_wrote_the_desk_does_not_take_back(desk: User) -> None:
    ministry, head = a_person(Role.MINISTRY, "ID"), a_person(Role.HEAD)
    case = a_case(a_tie())
    tell(case, *to_the_letter(), *to_the_draft()[:4])
    back = tell(
        case, told("returned", "id-verification", "2026-04-01", reason="law"), by=ministry
    ).entry
    passed = tell(
        case,
        told("overridden", "signing", key="R-11", text="A law.", papers=["basis-of-override"]),
        by=head,
    ).entry

    for entry, writer, other in ((back, ministry, head), (passed, head, ministry)):
        path = f"/cases/entries/{entry.pk}/annul/"
        page = f"/cases/{case.pk}/acts/{entry.step}/"
        for person in (desk, other):
            text_of(at_work(person), path, 403)
            assert path not in text_of(at_work(person), page)
        assert path in text_of(at_work(writer), page)
        version = Case.objects.get().version
        post(at_work(writer), path, version=version, text="Typed at the wrong case.")


def test_a_question_is_answered(desk: User) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)
    path = f"/cases/{case.pk}/questions/relations/"

    assert "diplomatic relations" in text_of(browser, path)
    post(browser, path, 422, version=1)
    post(browser, path, version=1, value="yes")

    assert Entry.objects.get().value == "yes"


def test_the_target_says_whether_it_can_be_met(desk: User) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)

    post(browser, f"/cases/{case.pk}/days/target/", version=1, day="1/2/2026")

    assert "cannot be met" in text_of(browser, f"/cases/{case.pk}/")


def test_a_trip_is_late_against_its_departure(desk: User, english: None) -> None:
    trip = a_case(a_tie(), sub=Sub.TRAVEL)
    browser = at_work(desk)

    post(browser, f"/cases/{trip.pk}/days/departure/", version=1, day="2/3/2026")
    page, board, paper = (
        text_of(browser, path)
        for path in (f"/cases/{trip.pk}/", "/cases/", f"/cases/{trip.pk}/print/")
    )

    assert "The departure on 2 March 2026 cannot be kept" in page
    assert "departure: 2 March 2026" in page
    assert "departure on 2 March 2026" in board
    assert "past" in board
    assert "<dt>Departure</dt>" in paper


def test_who_has_left_is_late_no_more(desk: User, english: None) -> None:
    trip = a_case(a_tie(), sub=Sub.TRAVEL)
    tell(trip, told("dated", key="departure", value="2026-03-02"))
    assert str(trip.target) == "2026-03-02"

    for step in [code for code in trip_steps(trip) if code != "id-travel-report"]:
        tell(trip, told("overridden", step, "2026-03-02", text="-", papers=["basis-of-override"]))

    assert trip.target is None
    assert "departure on" not in text_of(at_work(desk), "/cases/")


def test_the_days_of_a_trip_are_refused_elsewhere(desk: User, english: None) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)
    path = f"/cases/{case.pk}/days/departure/"

    looked = browser.get(path, follow=True)
    saved = post(browser, path, 422, version=1, day="2/3/2026")

    assert looked.redirect_chain == [(f"/cases/{case.pk}/", 302)]
    assert "Only a trip has a day of departure" in looked.text
    assert "Only a trip has a day of departure" in saved
    assert not case.entries.exists()


def test_a_month_is_no_day_for_the_law(desk: User) -> None:
    case = a_case(a_tie())

    page = post(at_work(desk), f"/cases/{case.pk}/days/target/", 422, version=1, day="Feb 2026")

    assert "exact day" in page


@pytest.mark.parametrize("forged", ["", "x", "-1", "0", "7", "9" * 30])
def test_a_version_that_no_page_held_gives_the_page_of_a_conflict(
    desk: User, english: None, forged: str
) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)
    asked = f"/cases/{case.pk}/acts/id-exploration/record/asked/"

    recorded = post(browser, asked, 409, version=forged, on="7/1/2026", text="Said in June")
    closed = post(
        browser, f"/cases/{case.pk}/close/", 409,
        version=forged, closed="stopped", on="7/1/2026", text="Over",
    )  # fmt: skip
    changed = post(browser, f"/cases/{case.pk}/change/", 409, version=forged, title_en="Other")

    for page in (recorded, closed, changed):
        assert "Somebody else changed" in page
        assert 'name="version" value="1"' in page
    assert "Said in June" in recorded
    assert not case.entries.exists()


def test_what_is_prepared_can_be_ticked_and_unticked(desk: User) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)
    path = f"/cases/{case.pk}/acts/id-dprd/"
    page = text_of(browser, path)
    item = unescape(page.split('name="item" value="')[1].split('"')[0])

    post(browser, f"{path}prepared/", item=[item, "made up"])
    ticked = Case.objects.get().prepared
    post(browser, f"{path}prepared/", item=[])

    assert [len(items) for items in ticked.values()] == [1]
    assert Case.objects.get().prepared == {"id-dprd": []}
    assert Case.objects.get().version == 1


# Opening and keeping


def test_a_desk_opens_a_case_and_a_trip_beside_it(desk: User) -> None:
    tie = a_tie()
    browser = at_work(desk)
    path = f"/cases/tie/{tie.pk}/new/"

    post(browser, path, sub="establish", opened_on="5/1/2026")
    assert 'value="establish"' not in text_of(browser, path)
    post(browser, path, 422, sub="travel", opened_on="5/1/2026")
    post(browser, path, sub="travel", side="partner", title_en="To Kupang", opened_on="5/1/2026")

    trip = Case.objects.get(sub=Sub.TRAVEL)
    assert trip.home_book.code == "cn-youhao"
    assert "To Kupang" in text_of(browser, f"/cases/tie/{tie.pk}/")
    assert "act--partner" in text_of(browser, f"/cases/{trip.pk}/")


def test_who_begins_again_after_an_end_is_led_to_a_new_tie(desk: User, english: None) -> None:
    browser = at_work(desk)
    ended, living = a_tie(state="ended"), a_tie(between=("ID-NT", "CN-GD"))

    page = text_of(browser, f"/cases/tie/{ended.pk}/new/")

    assert "make a new tie with the cycle number 2" in page
    assert 'href="/ties/new/"' in page
    assert "cycle number" not in text_of(browser, f"/cases/tie/{living.pk}/new/")


def test_no_case_begins_in_times_to_come(desk: User) -> None:
    tie = a_tie()
    tomorrow = timezone.localdate() + timedelta(days=1)

    page = post(
        at_work(desk), f"/cases/tie/{tie.pk}/new/", 422,
        sub="establish", opened_on=f"{tomorrow:%d/%m/%Y}",
    )  # fmt: skip

    assert "A case begins today or earlier." in page
    assert not Case.objects.exists()


def test_a_kind_of_tie_without_a_rulebook_says_what_to_do(desk: User) -> None:
    tie = a_tie(kind="other")

    page = post(
        at_work(desk), f"/cases/tie/{tie.pk}/new/", 422, sub="establish", opened_on="5/1/2026"
    )

    assert "There is no rulebook for ties of the kind" in page


def test_a_case_is_shared_with_the_partner_without_its_log(desk: User) -> None:
    tie = a_tie(audience="shared")
    case = a_case(tie)
    tell(case, told("noted", "id-exploration", "2026-01-20", text="Between us."))
    partner = a_person(Role.PARTNER, "CN-JX")
    text_of(at_work(partner), f"/cases/{case.pk}/", 404)

    post(at_work(desk), f"/cases/{case.pk}/share/", version=2, audience="shared")

    assert "Exploration" in text_of(at_work(partner), f"/cases/{case.pk}/")
    act = text_of(at_work(partner), f"/cases/{case.pk}/acts/id-exploration/")
    assert "Between us." not in act
    text_of(at_work(partner), f"/cases/{case.pk}/acts/loi/record/noted/", 403)


def test_a_closed_case_offers_nothing_to_record(desk: User) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)

    post(browser, f"/cases/{case.pk}/close/", version=1, closed="stopped", on="6/1/2026", text="R.")
    page = text_of(browser, f"/cases/{case.pk}/acts/loi/")

    assert "Record:" not in page
    assert "Stopped on 6 January 2026." in text_of(browser, f"/cases/{case.pk}/")


def test_a_closed_case_can_only_be_shared_or_hidden(desk: User) -> None:
    case = a_case(a_tie(), by=desk)
    actions.close_case(
        case, closed="stopped", on=TODAY, reason=Text(en="No money."), seen=case.version, by=desk
    )
    browser, base = at_work(desk), f"/cases/{case.pk}/"
    forms = ("change/", "close/", "rulebook/", "days/target/", "questions/relations/")
    of_act = ("record/done/", "record/noted/", "claims/")

    for path in (*forms, *(f"acts/loi/{each}" for each in of_act)):
        assert browser.get(base + path).headers["Location"] == base, path
    browser.post(f"{base}change/", {"version": case.version, "title_0": "New"})
    browser.post(f"{base}acts/id-eligibility/prepared/", {"item": prepared_of("id-eligibility")})
    assert post(browser, f"{base}share/", version=case.version, audience="shared") == ""

    kept = Case.objects.get(pk=case.pk)
    assert not kept.title
    assert kept.prepared == {}
    assert kept.audience == "shared"


def prepared_of(code: str) -> str:
    return str(catalog.rulebook("id-ksdpl").steps[code].prepare[0]["en"])


def test_a_successor_inherits_the_running_cases(desk: User) -> None:
    post_ = desk.current_holdings[0].post
    case = a_case(a_tie(), owner=post_)

    own = text_of(at_work(desk), f"/posts/{post_.pk}/")

    assert str(case.tie) in own
    assert "Eligibility check" in own


# How much it asks of the database


def test_a_case_asks_as_much_with_a_long_log_as_with_a_short_one(
    desk: User, count_queries: Callable[[], Any]
) -> None:
    case = a_case(a_tie())
    browser = at_work(desk)
    path = f"/cases/{case.pk}/"
    act = f"{path}acts/id-exploration/"
    tell(case, told("noted", "id-exploration", "2026-01-20", papers=["exploration-report"]))
    for each in (path, act):
        text_of(browser, each)
    with count_queries() as short:
        text_of(browser, path)
    with count_queries() as short_act:
        text_of(browser, act)

    for number in range(9):
        remark = told(
            "noted", "id-exploration", "2026-01-20", text=f"{number}", papers=["exploration-report"]
        )
        tell(case, remark)
    with count_queries() as long:
        text_of(browser, path)
    with count_queries() as long_act:
        text_of(browser, act)

    assert len(long) == len(short)
    assert len(long_act) == len(short_act)
    assert len(long) <= 14

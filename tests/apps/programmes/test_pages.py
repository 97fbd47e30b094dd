"""What people do with programmes, through the door they use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.models import Post, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.programmes import actions
from kembar.apps.programmes.models import (
    Activity,
    Attendance,
    BudgetLine,
    Document,
    Milestone,
    Programme,
    Risk,
)
from kembar.apps.programmes.queries import inheritance, of_posts, tallies
from kembar.apps.ties.actions import share_tie
from kembar.apps.ties.models import Tie
from tests.apps.programmes.things import (
    a_milestone,
    a_programme,
    a_rate,
    a_risk,
    an_activity,
    an_amount,
    did,
)
from tests.apps.ties.things import a_region, a_source, a_tie
from tests.people import a_person

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)
PDF = b"%PDF-1.7\n%%EOF\n"


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    browser.cookies["django_language"] = "en"
    return browser


@pytest.fixture
def agency(db: Any) -> Client:
    return browser_of(a_person(Role.AGENCY))


@pytest.fixture
def tie(db: Any) -> Tie:
    return a_tie()


def text(response: Any) -> str:
    return str(response.content.decode())


def lines(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return lines of participants as the form sends them."""
    sent: dict[str, Any] = {"people-TOTAL_FORMS": len(rows), "people-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        sent |= {f"people-{number}-{name}": value for name, value in row.items()}
    return sent


# Beginning -----------------------------------------------------------------------------


def test_an_agency_begins_a_programme_from_a_starting_point(agency: Client, tie: Tie) -> None:
    choices = text(agency.get(f"/programmes/tie/{tie.pk}/new/"))
    form = text(agency.get(f"/programmes/tie/{tie.pk}/new/?from=fisheries"))

    response = agency.post(
        f"/programmes/tie/{tie.pk}/new/?from=fisheries",
        {"title_en": "Seaweed in Semau", "sector": "fisheries", "starts": "1 March 2027"},
    )

    programme = Programme.objects.get()
    assert "Fisheries and marine farming" in choices
    assert "Fisheries and marine farming" in form
    assert response.status_code == 302
    assert programme.audience == "own"
    trial = programme.activities.get(kind="trial")
    # Three months after the beginning, for eight months.
    assert (trial.starts, trial.ends) == (date(2027, 6, 1), date(2028, 1, 31))
    assert programme.milestones.count() == 2
    assert programme.risks.get().weight is None
    page = text(agency.get(response["Location"]))
    assert "<svg" in page
    assert "Study visit to the partner&#x27;s farms" in page
    assert Entry.objects.filter(action="programmes.begun").count() == 1


def test_the_eight_kinds_that_are_asked_for_are_offered(agency: Client, tie: Tie) -> None:
    page = text(agency.get(f"/programmes/tie/{tie.pk}/new/"))

    for key in (
        *("dry-land", "fisheries", "processing", "salt", "mandarin"),
        *("vocational", "culture", "tourism", "none"),
    ):
        assert f"?from={key}" in page


def test_bodies_and_sites_are_written_one_a_line(agency: Client, tie: Tie) -> None:
    a_region("ID-NT")
    given = {
        "title_en": "Rice",
        "sector": "agriculture",
        "home_bodies": "Undana – measures the harvest",
        "partner_bodies": "JXSTNU",
        "sites": "Field at Oesao – ID-NT\nPond",
    }

    agency.post(f"/programmes/tie/{tie.pk}/new/?from=none", given)

    programme = Programme.objects.get()
    assert [(str(b.name), str(b.does), b.side) for b in programme.bodies.order_by("pk")] == [
        ("Undana", "measures the harvest", "home"),
        ("JXSTNU", "", "partner"),
    ]
    assert [(str(s.name), s.region_id) for s in programme.sites.order_by("pk")] == [
        ("Field at Oesao", "ID-NT"),
        ("Pond", None),
    ]


def test_a_site_in_no_known_region_is_told_and_nothing_is_lost(agency: Client, tie: Tie) -> None:
    given = {"title_en": "Rice", "sector": "agriculture", "sites": "Field – Atlantis"}

    response = agency.post(f"/programmes/tie/{tie.pk}/new/?from=none", given)

    assert response.status_code == 422
    assert "Field – Atlantis" in text(response)
    assert not Programme.objects.exists()


def test_a_new_source_is_written_down_with_the_programme(agency: Client, tie: Tie) -> None:
    given = {
        "title_en": "Rice",
        "sector": "agriculture",
        "new_address": "https://example.org/rice",
        "new_language": "en",
    }

    agency.post(f"/programmes/tie/{tie.pk}/new/?from=none", given)

    assert [s.address for s in Programme.objects.get().sources.all()] == [
        "https://example.org/rice"
    ]


def test_what_was_not_touched_keeps_its_other_languages(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    name = {"id": "Undana", "zh": "努沙登达纳大学", "en": "Undana"}
    programme.bodies.create(name=name, side="home")
    given = {
        "title_en": "Renamed",
        "sector": "fisheries",
        "home_bodies": "Undana",
        "version": programme.version,
    }

    response = agency.post(f"/programmes/{programme.pk}/change/", given)

    programme.refresh_from_db()
    assert response.status_code == 302
    assert str(programme.title.get("en")) == "Renamed"
    assert programme.bodies.get().name["zh"] == "努沙登达纳大学"


# Rights --------------------------------------------------------------------------------


def of_own(programme: Programme) -> list[str]:
    """Return the addresses of what its own region keeps to itself."""
    return [f"/programmes/{programme.pk}/money/", f"/programmes/{programme.pk}/history/"]


def test_a_stranger_does_not_learn_that_the_programme_exists(tie: Tie) -> None:
    a_region("ID-BA")
    stranger = browser_of(a_person(Role.DESK, "ID-BA"))
    programme = a_programme(tie)
    activity = an_activity(programme)
    line, risk = an_amount(programme), a_risk(programme)
    milestone = a_milestone(programme)
    paths = [
        f"/programmes/{programme.pk}/",
        f"/programmes/{programme.pk}/people/",
        f"/programmes/{programme.pk}/change/",
        f"/programmes/activities/{activity.pk}/",
        f"/programmes/activities/{activity.pk}/did/",
        f"/programmes/milestones/{milestone.pk}/",
        f"/programmes/amounts/{line.pk}/",
        f"/programmes/risks/{risk.pk}/",
        f"/programmes/tie/{tie.pk}/",
        f"/programmes/culture/?tie={tie.pk}",
        *of_own(programme),
    ]

    assert {path: stranger.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    assert "Seaweed" not in text(stranger.get("/programmes/"))


def test_an_auditor_reads_everything_and_writes_nothing(tie: Tie) -> None:
    auditor = browser_of(a_person(Role.AUDITOR))
    programme = a_programme(tie)
    activity = an_activity(programme)
    an_amount(programme, 4711)

    assert "4,711" in text(auditor.get(f"/programmes/{programme.pk}/money/"))
    for path in (
        f"/programmes/tie/{tie.pk}/new/",
        f"/programmes/{programme.pk}/change/",
        f"/programmes/{programme.pk}/stop/",
        f"/programmes/{programme.pk}/money/new/",
        f"/programmes/activities/{activity.pk}/did/",
        f"/programmes/activities/{activity.pk}/look/",
    ):
        assert auditor.get(path).status_code == 403
        assert auditor.post(path, {}).status_code == 403
    page = text(auditor.get(f"/programmes/{programme.pk}/"))
    assert "Plan an activity" not in page


def a_shared_programme() -> Programme:
    tie = a_tie(audience="shared")
    programme = a_programme(tie, audience="shared")
    activity = an_activity(programme, "Course")
    people = [Attendance(count=3, sex="female", disability="yes", place="Oesapa")]
    did(activity, began=MAY, ended=MAY, people=people)
    an_amount(programme, 4711)
    a_risk(programme, "Bribes are asked for")
    return programme


def test_a_partner_reads_the_plan_and_the_total_but_no_money_risks_or_groups() -> None:
    programme = a_shared_programme()
    partner = browser_of(a_person(Role.PARTNER, "CN-JX"))
    pages = [
        f"/programmes/{programme.pk}/",
        f"/programmes/{programme.pk}/people/",
        f"/programmes/activities/{programme.activities.get().pk}/",
        f"/programmes/tie/{programme.tie_id}/",
        "/programmes/",
    ]

    seen = [partner.get(path) for path in pages]

    assert [each.status_code for each in seen] == [200] * len(pages)
    whole = "".join(map(text, seen))
    assert "Course" in whole
    assert "3 participants" in whole
    for kept in ("4,711", "Bribes", "Oesapa", "With a disability", "Women and girls"):
        assert kept not in whole
    assert [partner.get(path).status_code for path in of_own(programme)] == [403, 403]


def test_a_partner_finds_nothing_of_what_is_not_shared() -> None:
    programme = a_shared_programme()
    Programme.objects.update(audience="own")
    partner = browser_of(a_person(Role.PARTNER, "CN-JX"))

    assert partner.get(f"/programmes/{programme.pk}/").status_code == 404
    assert "Seaweed" not in text(partner.get(f"/programmes/tie/{programme.tie_id}/"))


def test_a_programme_is_never_read_more_widely_than_its_tie() -> None:
    programme = a_shared_programme()
    Programme.objects.update(audience="published")

    assert Client().get(f"/programmes/{programme.pk}/").status_code == 404


def test_only_who_may_share_shares(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    path = f"/programmes/{programme.pk}/share/"

    assert agency.post(path, {"audience": "published", "version": 1}).status_code == 403
    desk = browser_of(a_person(Role.DESK))
    assert desk.post(path, {"audience": "shared", "version": 1}).status_code == 302
    programme.refresh_from_db()
    assert programme.audience == "shared"


def test_the_search_finds_a_programme_for_those_who_may_read_it(agency: Client) -> None:
    programme = a_shared_programme()
    partner = browser_of(a_person(Role.PARTNER, "CN-JX"))
    stranger = browser_of(a_person(Role.PARTNER, "CN-ZJ"))

    def found(browser: Client) -> bool:
        return "Seaweed in Semau" in text(browser.get("/search/?q=seaweed"))

    assert (found(agency), found(partner), found(stranger)) == (True, True, False)
    actions.share_programme(programme, audience="own", seen=programme.version, by=None)
    assert (found(agency), found(partner)) == (True, False)
    actions.share_programme(programme, audience="published", seen=programme.version, by=None)
    assert (found(partner), found(stranger)) == (True, False)


def test_the_search_shows_a_programme_no_wider_than_its_tie(agency: Client) -> None:
    tie = a_shared_programme().tie
    partner = browser_of(a_person(Role.PARTNER, "CN-JX"))

    share_tie(tie, audience="own", seen=tie.version, by=None)

    assert "Seaweed in Semau" not in text(partner.get("/search/?q=seaweed"))
    assert "Seaweed in Semau" in text(agency.get("/search/?q=seaweed"))


def test_a_partner_sees_the_source_of_what_is_shared_with_him() -> None:
    source = a_source("Kompas", audience="shared")
    programme = a_shared_programme()
    programme.sources.add(source)
    partner = browser_of(a_person(Role.PARTNER, "CN-JX"))

    assert "Kompas" in text(partner.get(f"/programmes/{programme.pk}/"))
    Programme.objects.update(audience="own")
    assert partner.get(f"/ledger/sources/{source.pk}/").status_code == 404


# Recording -----------------------------------------------------------------------------


def test_an_officer_records_what_was_done_and_by_whom(agency: Client, tie: Tie) -> None:
    activity = an_activity(a_programme(tie), starts=MAY)
    given = {
        "began": "1/5/2026",
        "ended": "3/5/2026",
        "hours": "12",
        "outcome_en": "Forty ropes are set.",
        "version": 1,
        "documents": SimpleUploadedFile("list.pdf", PDF),
        **lines(
            {"count": "12", "sex": "female", "age": "youth", "disability": "no", "place": "Semau"},
            {"count": "5"},
            {"count": ""},
        ),
    }

    response = agency.post(f"/programmes/activities/{activity.pk}/did/", given)

    activity.refresh_from_db()
    assert response.status_code == 302
    # Those of whom nothing was noted count like the others.
    assert (activity.people, activity.programme.people) == (17, 17)
    assert activity.look_from == date(2027, 5, 3)
    assert Document.objects.get().name == "list.pdf"
    page = text(agency.get(f"/programmes/{activity.programme_id}/people/"))
    assert "17 participants" in page
    assert page.count("Not noted") >= 4
    assert Entry.objects.filter(action="programmes.activity_recorded").count() == 1


def test_groups_add_up_to_all_participants(agency: Client, tie: Tie) -> None:
    from kembar.apps.programmes.queries import groups_of

    programme = a_programme(tie)
    first = [Attendance(count=7, sex="male", place="Rote"), Attendance(count=4)]
    second = [Attendance(count=2, age="old", disability="yes"), Attendance(count=0, sex="male")]
    for people in (first, second):
        did(an_activity(programme), began=MAY, people=people)

    groups = {group.key: dict(group.parts) for group in groups_of(programme)}

    programme.refresh_from_db()
    assert programme.people == 13
    assert {sum(parts.values()) for parts in groups.values()} == {13}
    assert groups["place"] == {"Rote": 7, "Not noted": 6}


def test_not_counted_is_not_the_same_as_nobody(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    activity = did(an_activity(programme), began=MAY, ended=MAY)
    page = f"/programmes/{programme.pk}/people/"

    assert "Nobody has counted" in text(agency.get(page))
    did(activity, began=MAY, ended=MAY, people=[Attendance(count=0)])
    assert "0 participants" in text(agency.get(page))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"count": "-3"}, "greater than or equal to 0"),
        ({"count": "9000000"}, "more than a million"),
        ({"sex": "female"}, "Say how many they were."),
        ({"count": "3", "sex": "x"}, "not one of the available choices"),
    ],
)
def test_a_wrong_line_is_told_and_what_was_typed_stays(
    agency: Client, tie: Tie, row: dict[str, str], says: str
) -> None:
    activity = an_activity(a_programme(tie))
    given = {"began": "1/5/2026", "outcome_en": "Typed with care", "version": 1, **lines(row)}

    response = agency.post(f"/programmes/activities/{activity.pk}/did/", given)

    assert response.status_code == 422
    assert says in text(response)
    assert "Typed with care" in text(response)
    assert not Attendance.objects.exists()


def test_what_ended_before_it_began_is_refused(agency: Client, tie: Tie) -> None:
    activity = an_activity(a_programme(tie))
    given = {"began": "3/5/2026", "ended": "1/5/2026", "version": 1, **lines()}

    response = agency.post(f"/programmes/activities/{activity.pk}/did/", given)

    assert response.status_code == 422
    assert "a day of its end that is not earlier" in text(response)


def test_what_was_recorded_is_recorded_again_without_doubling(agency: Client, tie: Tie) -> None:
    activity = an_activity(a_programme(tie))
    path = f"/programmes/activities/{activity.pk}/did/"
    agency.post(path, {"began": "1/5/2026", "version": 1, **lines({"count": "5"})})

    agency.post(path, {"began": "1/5/2026", "version": 2, **lines({"count": "6"})})

    activity.refresh_from_db()
    assert (activity.people, activity.attendance.count()) == (6, 1)


def test_of_two_who_record_the_second_is_told(agency: Client, tie: Tie) -> None:
    activity = an_activity(a_programme(tie))
    path = f"/programmes/activities/{activity.pk}/did/"
    agency.post(path, {"began": "1/5/2026", "version": 1, **lines({"count": "5"})})

    response = agency.post(
        path, {"began": "2/5/2026", "outcome_en": "Mine", "version": 1, **lines({"count": "9"})}
    )

    activity.refresh_from_db()
    assert response.status_code == 409
    assert "Mine" in text(response)
    assert activity.people == 5


def test_an_activity_is_called_off_and_taken_up_again(agency: Client, tie: Tie) -> None:
    activity = an_activity(a_programme(tie), starts=MAY)
    base = f"/programmes/activities/{activity.pk}"
    agency.post(f"{base}/drop/", {"on": "2/5/2026", "why": "No seed", "version": 1})
    activity.programme.refresh_from_db()
    late_when_dropped = activity.programme.late_from

    agency.post(f"{base}/take-up/", {"why": "Seed came", "version": 2})

    activity.refresh_from_db()
    assert late_when_dropped is None
    assert activity.dropped_on is None
    assert activity.programme.late_from == date(2026, 5, 2)


def test_what_is_called_off_cannot_be_done(agency: Client, tie: Tie) -> None:
    activity = an_activity(a_programme(tie))
    base = f"/programmes/activities/{activity.pk}"
    agency.post(f"{base}/drop/", {"on": "2/5/2026", "why": "No seed", "version": 1})

    response = agency.post(f"{base}/did/", {"began": "1/5/2026", "version": 2, **lines()})

    assert response.status_code == 422
    assert "called off cannot be done" in text(response)


def test_a_stopped_programme_takes_nothing_until_somebody_goes_on(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    activity = an_activity(programme)
    base = f"/programmes/{programme.pk}"
    agency.post(f"{base}/stop/", {"on": "1/6/2026", "why": "No budget", "version": 1})
    refused = agency.post(
        f"/programmes/activities/{activity.pk}/did/",
        {"began": "1/5/2026", "version": 1, **lines()},
    )
    said = text(agency.get(f"{base}/"))

    agency.post(f"{base}/resume/", {"why": "Budget came", "version": 2})

    programme.refresh_from_db()
    assert refused.status_code == 422
    assert "Stopped on 1 June 2026: No budget" in said
    assert programme.stopped_on is None


def test_a_milestone_that_is_reached_makes_late_what_was_late_no_more(
    agency: Client, tie: Tie
) -> None:
    programme = a_programme(tie)
    milestone = a_milestone(programme, "Permit", due=MAY)
    page = f"/programmes/{programme.pk}/"
    before = text(agency.get(page))
    given = {"title_en": "Permit", "due": "1/5/2026", "reached_on": "9/5/2026", "version": 1}

    agency.post(f"/programmes/milestones/{milestone.pk}/change/", given)

    assert "“Permit” was to be reached by 1 May 2026." in before
    assert "reached on 9 May 2026" in text(agency.get(page))
    programme.refresh_from_db()
    assert programme.late_from is None


def test_a_milestone_is_withdrawn_with_its_reason(agency: Client, tie: Tie) -> None:
    milestone = a_milestone(a_programme(tie), "Permit", due=MAY)

    agency.post(
        f"/programmes/milestones/{milestone.pk}/withdraw/", {"why": "Not needed", "version": 1}
    )

    assert Milestone.objects.get().withdrawn == "Not needed"
    assert Programme.objects.get().late_from is None


def test_risks_are_judged_and_closed(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    agency.post(f"/programmes/{programme.pk}/risks/new/", {"title_en": "Storm"})
    risk = Risk.objects.get()
    page = f"/programmes/{programme.pk}/"
    unjudged = text(agency.get(page))

    agency.post(
        f"/programmes/risks/{risk.pk}/change/",
        {"title_en": "Storm", "likelihood": 3, "impact": 2, "version": 1},
    )
    judged = text(agency.get(page))
    agency.post(
        f"/programmes/risks/{risk.pk}/close/",
        {"on": "1/6/2026", "why": "Harvested", "version": 2},
    )

    assert "not judged yet" in unjudged
    assert "6 of 9" in judged
    assert "No open risk is written down." in text(agency.get(page))


def test_papers_are_kept_and_taken_off_with_a_reason(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    agency.post(
        f"/programmes/{programme.pk}/papers/new/",
        {"documents": SimpleUploadedFile("plan.pdf", PDF)},
    )
    document = Document.objects.get()
    given = b"".join(agency.get(f"/programmes/papers/{document.pk}/").streaming_content)

    agency.post(f"/programmes/papers/{document.pk}/off/", {"why": "Wrong file", "version": 1})

    assert given == PDF
    assert not Document.objects.exists()
    history = text(agency.get(f"/programmes/{programme.pk}/history/"))
    assert "Wrong file" in history
    assert document.file.sha256[:12] in history


# Money ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1.250.000", "IDR", "1250000"),
        ("1,250,000.50", "USD", "1250000.5"),
        ("1 250 000,50", "EUR", "1250000.5"),
        ("Rp 12,5 miliar", "", "12500000000"),
        ("300万元", "", "3000000"),
    ],
)
def test_an_amount_is_read_in_any_number_style(
    agency: Client, tie: Tie, typed: str, currency: str, amount: str
) -> None:
    programme = a_programme(tie)
    given = {
        "kind": "planned",
        "amount": typed,
        "currency": currency,
        "on": "1/5/2026",
        "purse": "apbd",
        "version": 1,
    }

    response = agency.post(f"/programmes/{programme.pk}/money/new/", given)

    assert response.status_code == 302
    assert BudgetLine.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "currency"), [("12", "XYZ"), ("a lot", "IDR"), ("0", "IDR"), ("-5", "IDR")]
)
def test_an_amount_that_cannot_be_is_told_and_stays(
    agency: Client, tie: Tie, typed: str, currency: str
) -> None:
    programme = a_programme(tie)
    given = {
        "kind": "planned",
        "amount": typed,
        "currency": currency,
        "on": "1/5/2026",
        "purse": "apbd",
        "what_for_en": "Ropes and buoys",
        "version": 1,
    }

    response = agency.post(f"/programmes/{programme.pk}/money/new/", given)

    assert response.status_code == 422
    assert "Ropes and buoys" in text(response)
    assert not BudgetLine.objects.exists()


def test_sums_are_converted_by_the_rate_of_the_day_and_what_has_none_is_said(
    agency: Client, tie: Tie
) -> None:
    programme = a_programme(tie)
    a_rate("CNY", "IDR", date(2026, 4, 20), "2200")
    an_amount(programme, 1_000_000, "IDR")
    an_amount(programme, 1000, "CNY", purse="partner")
    an_amount(programme, 77, "USD")

    page = text(agency.get(f"/programmes/{programme.pk}/money/"))

    # 1,000,000 + 1,000 × 2,200; no rate of the dollar is on file.
    assert "IDR 3,200,000" in page
    assert "USD 77 (1 May 2026)" in page
    assert "some without a rate" in page


def test_an_amount_out_of_the_sums_stays_in_sight(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    line = an_amount(programme, 4711)

    agency.post(f"/programmes/amounts/{line.pk}/withdraw/", {"why": "Twice", "version": 1})

    page = text(agency.get(f"/programmes/{programme.pk}/money/"))
    assert "Out of the sums" in page
    assert "Twice" in page
    assert "Planned, committed, spent" not in page


# What continued ------------------------------------------------------------------------


def test_a_year_later_somebody_is_asked_what_continued(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie, "Mandarin")
    activity = an_activity(programme, "Course", kind="language_class")
    today = timezone.localdate()
    ended = today.replace(year=today.year - 1, day=1)
    did(activity, began=ended, ended=ended, hours=Decimal(40), people=[Attendance(count=20)])
    asked = text(agency.get("/programmes/culture/"))
    on_page = text(agency.get(f"/programmes/{programme.pk}/"))

    agency.post(
        f"/programmes/activities/{activity.pk}/look/",
        {
            "on": today.isoformat(),
            "continues": "partly",
            "continued": "Eight still meet.",
            "version": 2,
        },
    )

    after = text(agency.get(f"/programmes/culture/?tie={tie.pk}"))
    assert "To be looked at now" in asked
    assert "A year has passed since “Course” was finished" in on_page
    assert "To be looked at now" not in after
    assert "Eight still meet." in after
    # Twenty people for forty hours each.
    assert "800" in after


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"on": "1/4/2026", "continues": "no"}, "Look after the activity is finished."),
        ({"on": "1/5/2027", "continues": "yes"}, "Say what continued."),
    ],
)
def test_a_look_that_says_nothing_is_refused(
    agency: Client, tie: Tie, given: dict[str, str], says: str
) -> None:
    activity = did(an_activity(a_programme(tie)), began=MAY, ended=MAY)

    response = agency.post(
        f"/programmes/activities/{activity.pk}/look/", {**given, "version": activity.version}
    )

    assert response.status_code == 422
    assert says in text(response)
    activity.refresh_from_db()
    assert activity.looked_on is None


def test_what_still_runs_is_not_asked_about(agency: Client, tie: Tie) -> None:
    activity = did(an_activity(a_programme(tie), kind="arts"), began=date(2024, 1, 1))

    assert "To be looked at now" not in text(agency.get("/programmes/culture/"))
    path = f"/programmes/activities/{activity.pk}/look/"
    assert agency.post(path, {"on": "1/5/2026", "continues": "no", "version": 2}).status_code == 422


# Lists, boards, hand-over --------------------------------------------------------------


@pytest.mark.parametrize("path", ["/programmes/", "/programmes/culture/", "/programmes/tie/{}/"])
def test_a_page_asks_as_many_questions_for_one_programme_as_for_many(
    agency: Client, tie: Tie, path: str, count_queries: Callable[[], Any]
) -> None:
    def one() -> None:
        programme = a_programme(tie, starts=MAY)
        activity = an_activity(programme, kind="arts")
        ended = date(2024, 5, 1)
        did(activity, began=ended, ended=ended, people=[Attendance(count=2)])

    address = path.format(tie.pk)
    one()
    agency.get(address)
    with count_queries() as few:
        agency.get(address)
    for _number in range(12):
        one()
    with count_queries() as many:
        agency.get(address)

    assert len(few) == len(many)


def test_the_page_of_a_programme_asks_the_same_for_few_and_many_parts(
    agency: Client, tie: Tie, count_queries: Callable[[], Any]
) -> None:
    programme = a_programme(tie, starts=MAY)

    def parts() -> None:
        did(an_activity(programme), began=MAY, people=[Attendance(count=2)])
        a_milestone(programme, due=MAY)
        an_amount(programme)
        a_risk(programme)

    parts()
    agency.get(f"/programmes/{programme.pk}/")
    with count_queries() as few:
        agency.get(f"/programmes/{programme.pk}/")
    for _number in range(8):
        parts()
    with count_queries() as many:
        agency.get(f"/programmes/{programme.pk}/")

    assert len(few) == len(many)


def test_a_list_is_narrowed_by_state_sector_and_post(tie: Tie) -> None:
    person = a_person(Role.AGENCY)
    post = Post.objects.get(holdings__person=person)
    browser = browser_of(person)
    a_programme(tie, "Mine", owner=post)
    a_programme(tie, "Late one", starts=MAY, sector="salt")

    def found(query: str) -> set[str]:
        page = text(browser.get(f"/programmes/?{query}"))
        return {name for name in ("Mine", "Late one") if f">{name}<" in page}

    assert found("") == {"Mine", "Late one"}
    assert found("state=late") == {"Late one"}
    assert found("sector=salt") == {"Late one"}
    assert found("mine=1") == {"Mine"}
    assert found("region=jiangxi") == {"Mine", "Late one"}
    assert found("region=bali") == set()
    assert found("state=nonsense&sector=x&page=0") == {"Mine", "Late one"}


def test_a_board_counts_any_number_of_ties_by_two_statements(
    tie: Tie, count_queries: Callable[[], Any]
) -> None:
    other = a_tie(between=("ID-NT", "CN-ZJ"))
    for each in (tie, other):
        programme = a_programme(each, starts=MAY)
        did(an_activity(programme), began=MAY, ended=MAY, people=[Attendance(count=4)])
        an_amount(programme, 5, "CNY")
        an_amount(programme, 7, "IDR", kind="spent")
    a_programme(tie, "Late", starts=MAY)

    keys = list(Tie.objects.values_list("pk", flat=True))
    with count_queries() as queries:
        found = tallies(keys, date(2026, 6, 1))

    assert len(queries) == 2
    assert (found[tie.pk].programmes, found[tie.pk].running, found[tie.pk].late) == (2, 1, 1)
    assert found[other.pk].people == 4
    assert [(one.amount, one.currency) for one in found[other.pk].planned] == [(5, "CNY")]
    assert [(one.amount, one.currency) for one in found[other.pk].spent] == [(7, "IDR")]


def test_a_post_is_told_what_it_has_to_see_to(tie: Tie) -> None:
    post = Post.objects.get(holdings__person=a_person(Role.AGENCY))
    programme = a_programme(tie, owner=post)
    an_activity(programme, "Late trial", starts=MAY)
    an_activity(programme, "Later", starts=date(2027, 5, 1))
    a_milestone(programme, "Permit", due=date(2026, 12, 1))

    duties = of_posts([post], date(2026, 6, 1))

    assert [(duty.name, duty.is_late) for duty in duties] == [
        ("Late trial", True),
        ("Permit", False),
        ("Later", False),
    ]


def test_a_successor_takes_over_programmes_activities_and_risks(tie: Tie) -> None:
    person = a_person(Role.AGENCY)
    post = Post.objects.get(holdings__person=person)
    programme = a_programme(tie, owner=post)
    an_activity(programme, "Trial", owner=post)
    a_risk(programme, "Storm", owner=post)
    a_region("ID-BA")
    stranger = a_person(Role.DESK, "ID-BA")

    assert [each.label for each in inheritance(post, person)] == [
        "Seaweed in Semau",
        "Trial",
        "Storm",
    ]
    assert {each.path for each in inheritance(post, stranger)} == {""}


def test_the_history_leads_to_every_part(agency: Client, tie: Tie) -> None:
    programme = a_programme(tie)
    did(an_activity(programme), began=MAY)
    a_milestone(programme)
    an_amount(programme)
    a_risk(programme)

    for entry in Entry.objects.filter(action__startswith="programmes."):
        record: Any = {
            "activity": Activity,
            "milestone": Milestone,
            "budgetline": BudgetLine,
            "risk": Risk,
            "programme": Programme,
        }[entry.subject_type.split(".")[1]]
        path = record(pk=entry.subject_id).get_absolute_url()
        assert agency.get(path).status_code in (200, 302)
    assert agency.get("/history/").status_code == 200


def test_a_tie_without_programmes_says_how_to_begin_one(agency: Client, tie: Tie) -> None:
    page = text(agency.get(f"/programmes/tie/{tie.pk}/"))

    assert "Begin a programme" in page
    assert f"/programmes/tie/{tie.pk}/" in text(agency.get(f"/ties/{tie.pk}/"))

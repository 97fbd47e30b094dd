"""The register as a table: out, changed, looked at, in again; what others changed is not lost."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.commitments import imports
from kembar.apps.commitments.models import Commitment, State, Turn
from kembar.apps.commitments.rows import COLUMNS
from kembar.apps.kit import tables
from kembar.apps.kit.text import Text
from kembar.apps.kit.wishes import Fate
from kembar.apps.ties.models import Tie
from tests.apps.commitments.things import TODAY, a_commitment, it_became
from tests.apps.ties.things import a_tie
from tests.people import a_person, a_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

KEY = {"home_code": "ID-NT", "partner_code": "CN-JX"}
NEW = {**KEY, "what": "Send teachers", "made_by": "partner", "firmness": "intent", "way": "letter"}
Rows = list[dict[str, str]]


@pytest.fixture
def tie() -> Tie:
    return a_tie()


@pytest.fixture
def desk(client: Client) -> User:
    person = a_person(Role.DESK, name="Ani Bere")
    person.language = "en"
    person.save()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return person


def downloaded(client: Client, query: str = "format=csv&state=all") -> Rows:
    answer = client.get(reverse("commitments:export") + f"?{query}")
    table = tables.read_table(answer.content, name="promises")
    return [dict(row.cells) for row in table.rows]


def handed_in(client: Client, rows: Rows, header: list[str] | None = None) -> str:
    """Hand a table in, and return the address of what it would do."""
    columns = header or list(dict.fromkeys(column for row in rows for column in row))
    data = tables.write_csv(columns, [[row.get(c, "") for c in columns] for row in rows])
    upload = SimpleUploadedFile("promises.csv", data, "text/csv")
    answer = client.post(reverse("commitments:import"), {"file": upload})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer.url)


def looked_at(client: Client, address: str) -> Mapping[str, Any]:
    context: Mapping[str, Any] = client.get(address).context
    return context


def reasons(context: Mapping[str, Any]) -> dict[str, str]:
    return {p.column: p.reason for wish in context["refused"] for p in wish.problems}


def test_what_is_downloaded_changes_nothing_when_handed_in_again(
    client: Client, tie: Tie, desk: User
) -> None:
    a_commitment(tie, Text(id="Mengirim guru"), due="2027-03~", said_on="2025", owner=a_post())
    it_became(a_commitment(tie, "Build a plant", measure=Text(en="It runs.")), "kept")

    address = handed_in(client, downloaded(client))

    assert looked_at(client, address)["counts"] == {"add": 0, "update": 0, "same": 2, "refused": 0}


def test_a_table_of_somebody_who_reads_another_language_changes_no_text(
    client: Client, tie: Tie, desk: User
) -> None:
    a_commitment(tie, Text(id="Mengirim ahli garam", en="Send salt experts", zh="派遣盐业专家"))
    client.cookies["django_language"] = "zh-hans"
    User.objects.update(language="zh-hans")
    rows = downloaded(client)
    User.objects.update(language="en")

    address = handed_in(client, rows)

    assert rows[0]["what"] == "派遣盐业专家"
    assert looked_at(client, address)["counts"] == {"add": 0, "update": 0, "same": 1, "refused": 0}


def test_a_row_that_is_no_number_is_not_taken(client: Client, tie: Tie, desk: User) -> None:
    address = handed_in(client, [NEW])

    for odd in ("9" * 5000, "-1", "x"):
        assert client.post(address, {"take": odd}).status_code == 302

    assert Commitment.objects.count() == 1


def test_many_are_brought_up_to_date_at_once_and_the_second_time_nothing_changes(
    client: Client, tie: Tie, desk: User
) -> None:
    post = a_post(title="Salt section")
    first, second, third = (a_commitment(tie, f"Promise {n}", due="2026") for n in (1, 2, 3))
    rows = downloaded(client)
    rows[0] |= {
        "owner": "salt SECTION",
        "due": "31/12/2027",
        "source_url": "https://nttprov.go.id/x",
    }
    rows[1] |= {"state": "kept", "became": "They came.", "became_on": "2026-03"}
    rows[2] |= {"due": "-"}
    rows.append({**NEW, "due": "2028"})
    address = handed_in(client, rows)
    assert looked_at(client, address)["counts"] == {"add": 1, "update": 3, "same": 0, "refused": 0}

    client.post(address)

    for each in (first, second, third):
        each.refresh_from_db()
    assert (first.owner, str(first.due), first.version) == (post, "2027-12-31", 2)
    assert first.source is not None
    assert first.source.address == "https://nttprov.go.id/x"
    assert second.state == "kept"
    turn = Turn.objects.get(commitment=second)
    assert (str(turn.on), str(turn.reason)) == ("2026-03", "They came.")
    assert (third.due, third.due_by) == (None, None)
    new = Commitment.objects.get(number=4)
    assert (str(new.what), new.origin, str(new.due_by)) == ("Send teachers", "import", "2028-12-31")
    assert Entry.objects.filter(action="commitments.imported").count() == 4
    assert check_chain() == []

    assert looked_at(client, address)["counts"] == {"add": 0, "update": 0, "same": 4, "refused": 0}
    again = handed_in(client, rows)
    assert looked_at(client, again)["counts"] == {"add": 0, "update": 0, "same": 4, "refused": 0}


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie, due="2026")
    rows = downloaded(client)
    rows[0] |= {"due": "2027", "Kolom saya": "x"}
    header = ["Kolom saya", *reversed(COLUMNS)]

    address = handed_in(client, rows, header)

    context = looked_at(client, address)
    assert context["counts"]["update"] == 1
    assert context["plan"].unknown_columns == ["Kolom saya"]
    client.post(address)
    commitment.refresh_from_db()
    assert str(commitment.due) == "2027"


def changed_by_somebody(commitment: Commitment, **values: Any) -> None:
    """Correct a commitment as somebody else does with the form."""
    from kembar.apps.commitments import actions

    other = a_person(Role.DESK, name="Budi")
    commitment.refresh_from_db()
    old = {name: getattr(commitment, name) for name in values}
    for name, value in values.items():
        setattr(commitment, name, value)
    actions.change_commitment(
        commitment, seen=commitment.version, fields=list(values), old=old, by=other
    )


def test_what_others_changed_meanwhile_in_other_cells_stays(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie, due="2026")
    rows = downloaded(client)
    changed_by_somebody(commitment, article="Article 3")
    rows[0] |= {"due": "2027"}

    address = handed_in(client, rows)

    assert looked_at(client, address)["counts"]["update"] == 1
    client.post(address)
    commitment.refresh_from_db()
    assert (str(commitment.due), commitment.article, commitment.version) == (
        "2027", "Article 3", 3,
    )  # fmt: skip


def test_a_cell_changed_here_and_there_is_shown_and_refused_unless_chosen(
    client: Client, tie: Tie, desk: User
) -> None:
    from kembar.engines.dates import PartialDate

    commitment = a_commitment(tie, due="2026")
    rows = downloaded(client)
    changed_by_somebody(commitment, due=PartialDate(2029))
    rows[0] |= {"due": "2027", "article": "Article 7"}

    address = handed_in(client, rows)

    context = looked_at(client, address)
    (wish,) = context["contested"]
    assert context["counts"] == {"add": 0, "update": 0, "same": 0, "refused": 1}
    assert [(c.column, c.then, c.now, c.mine) for c in wish.conflicts] == [
        ("due", "2026", "2029", "2027")
    ]
    page = client.get(address).text
    assert "Somebody changed it from “2026” to “2029”; your table says “2027”." in page
    table = client.get(
        reverse("commitments:import_refused", args=[address.split("/")[-2]]) + "?format=csv"
    )
    assert "your table says" in table.content.decode()

    client.post(handed_in(client, rows))
    commitment.refresh_from_db()
    assert (str(commitment.due), commitment.article) == ("2029", "")

    client.post(address, {"take": [str(wish.row.number), "9999", "x"]})
    commitment.refresh_from_db()
    assert (str(commitment.due), commitment.article) == ("2027", "Article 7")


def test_a_state_that_somebody_else_recorded_is_a_conflict_too(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie)
    rows = downloaded(client)
    it_became(commitment, "partly")
    rows[0] |= {"state": "kept", "became": "All of it."}

    address = handed_in(client, rows)
    client.post(address, {"take": ["2"]})

    commitment.refresh_from_db()
    assert commitment.state == "kept"
    assert [turn.kind for turn in commitment.turns.order_by("pk")] == ["partly", "kept"]


def test_a_row_without_its_version_is_never_taken_unseen(
    client: Client, tie: Tie, desk: User
) -> None:
    a_commitment(tie, due="2026")

    address = handed_in(client, [{**KEY, "number": "1", "due": "2027"}])

    assert "It is “2026” now, your table says “2027”." in client.get(address).text


def test_what_changed_since_it_was_looked_at_is_shown_again_before_it_is_loaded(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie, due="2026")
    rows = downloaded(client)
    rows[0] |= {"due": "2027"}
    address = handed_in(client, rows)
    changed_by_somebody(commitment, article="Article 3")

    answer = client.post(address, follow=True)

    assert "this is what it would do now" in answer.text
    commitment.refresh_from_db()
    assert str(commitment.due) == "2026"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ({"home_code": "ID-BA"}, "partner_code", "You keep no tie"),
        ({"home_code": ""}, "home_code", "missing"),
        ({"number": "77"}, "number", "has no number 77"),
        ({"number": "one"}, "number", "not a whole number"),
        ({"number": "1", "version": "9"}, "version", "newer than what is stored"),
        ({"due": "soon"}, "due", "soon"),
        ({"made_by": "them"}, "made_by", "home, partner, both"),
        ({"firmness": ""}, "firmness", "A new promise needs this"),
        ({"what": "-"}, "what", "cannot be left empty"),
        ({"owner": "Nobody I know"}, "owner", "No post of East Nusa Tenggara"),
        ({"state": "kept"}, "became", "Say what was done"),
        ({"state": "broken"}, "became", "Give the reason"),
        ({"state": "kept", "became": "x", "became_on": "2999"}, "became_on", "not come yet"),
        ({"source_url": "koran"}, "source_url", "not a web address"),
        ({"what": "x" * 10_001}, "what", "longer than 10000"),
        ({"article": "x" * 101}, "article", "at most 100"),
        ({"what": "Send salt experts"}, "number", "in the register as number 1"),
    ],
)
def test_a_wrong_cell_refuses_its_row_with_a_reason(
    client: Client, tie: Tie, desk: User, row: dict[str, str], column: str, reason: str
) -> None:
    a_commitment(tie, made_by_words=Text(en="Jiangxi"))
    good = {**NEW, "what": "Another promise"}

    address = handed_in(client, [{**NEW, **row}, good])

    context = looked_at(client, address)
    assert reason in reasons(context)[column]
    client.post(address)
    assert Commitment.objects.filter(number=2, what__en="Another promise").exists()


def test_the_same_promise_twice_in_a_table_is_refused_once(
    client: Client, tie: Tie, desk: User
) -> None:
    address = handed_in(client, [NEW, NEW])

    assert "Row 2 is about the same promise." in reasons(looked_at(client, address))["what"]


def test_a_table_without_a_column_for_the_tie_says_so(client: Client, desk: User) -> None:
    upload = SimpleUploadedFile("x.csv", b"what,due\nSalt,2027\n", "text/csv")

    answer = client.post(reverse("commitments:import"), {"file": upload})

    assert answer.status_code == 422
    assert "home_code" in str(answer.context["form"].errors)


def test_new_terms_come_with_a_table_and_keep_the_old_ones(
    client: Client, tie: Tie, desk: User
) -> None:
    commitment = a_commitment(tie, due="2026")
    rows = downloaded(client)
    rows[0] |= {"state": "renegotiated", "due": "2028", "became": "By letter of 3 May."}

    client.post(handed_in(client, rows))

    turn = Turn.objects.get()
    assert (str(turn.old_due), str(turn.new_due)) == ("2026", "2028")
    commitment.refresh_from_db()
    assert (commitment.state, str(commitment.due_by)) == ("renegotiated", "2028-12-31")


def test_posts_of_one_title_are_told_apart_by_their_office(
    client: Client, tie: Tie, desk: User
) -> None:
    desk_post, agency = a_post(title="Head"), a_post(Role.AGENCY, title="Head")
    commitment = a_commitment(tie, owner=agency)
    rows = downloaded(client)
    assert looked_at(client, handed_in(client, rows))["counts"]["same"] == 1
    short = [{**rows[0], "owner": "Head"}]
    assert "may be one of these" in reasons(looked_at(client, handed_in(client, short)))["owner"]
    rows[0]["owner"] = f"Head – {desk_post.office}"

    client.post(handed_in(client, rows))

    commitment.refresh_from_db()
    assert commitment.owner == desk_post


def test_only_whoever_reads_the_whole_file_may_download_it(client: Client, tie: Tie) -> None:
    a_commitment(tie, audience="published")
    client.force_login(a_person(Role.AUDITOR, "ID-BA"))

    assert downloaded_or_empty(client) == []


def downloaded_or_empty(client: Client) -> Rows:
    answer = client.get(reverse("commitments:export") + "?format=csv&state=all")
    lines = answer.content.decode("utf-8-sig").strip().splitlines()
    return downloaded(client) if len(lines) > 1 else []


def test_the_template_as_a_workbook_is_empty_and_explains_its_columns(
    client: Client, desk: User
) -> None:
    import openpyxl

    answer = client.get(reverse("commitments:import_template"))

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert "number" in str(sheet["F1"].comment.text).lower()
    assert sheet.max_row == 1


def test_two_tables_are_planned_with_as_many_questions_for_many_rows_as_for_one(
    tie: Tie, count_queries: Callable[[], Any]
) -> None:
    def asked(count: int) -> int:
        rows = [[*("ID-NT", "", "CN-JX", ""), "", "", "", f"Promise {n}", "home", "", "", "wish",
                 "visit"] for n in range(count)]  # fmt: skip
        table = tables.read_table(tables.write_csv(list(COLUMNS)[:13], rows), name="x")
        with count_queries() as queries:
            plan = imports.plan(table, by=None, language="en", today=TODAY)
        assert len(plan.of(Fate.ADD)) == count
        return len(queries)

    assert asked(1) == asked(40)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "2026", "2027"]), st.sampled_from(["", "2026", "2028"])),
        min_size=1,
        max_size=4,
    )
)
def test_nothing_that_somebody_else_wrote_is_ever_lost_unseen(
    pairs: list[tuple[str, str]],
) -> None:
    """Whatever both sides write into the date: theirs stands unless the table alone wrote."""
    from django.utils import translation

    from kembar.engines.dates import PartialDate

    with translation.override("en"):
        tie = Tie.objects.filter(home="ID-NT", partner="CN-JX").first() or a_tie()
        made = [a_commitment(tie, f"P {Commitment.objects.count()} {n}", due="2026")
                for n in range(len(pairs))]  # fmt: skip
        rows = list(imports.export_rows(made, "en"))
        due = list(COLUMNS).index("due")
        for commitment, row, (mine, theirs) in zip(made, rows, pairs, strict=True):
            row[due] = mine
            if theirs:
                changed_by_somebody(commitment, due=PartialDate.parse(theirs))
        table = tables.read_table(tables.write_csv(list(COLUMNS), rows), name="x")

        plan = imports.plan(table, by=None, language="en", today=timezone.localdate())
        imports.load(plan, by=None)

        for commitment, (mine, theirs) in zip(made, pairs, strict=True):
            commitment.refresh_from_db()
            mine_changed = mine not in ("", "2026")
            theirs_changed = theirs not in ("", "2026")
            expected = theirs if theirs_changed else mine if mine_changed else "2026"
            assert str(commitment.due) == expected
            assert commitment.state == State.OPEN

"""What a search shows first, and that it stops reading there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kembar.apps.accounts.rights import Rights
from kembar.apps.kit.text import Text
from kembar.apps.search import index
from kembar.apps.search.index import Line

pytestmark = pytest.mark.django_db
EVERYWHERE = Rights(frozenset({("ministry", "")}))
MINISTRY = Rights(frozenset({("ministry", "ID")}))


def a_line(
    subject: str, title: str, body: str = "", *, kind: str = "event", also: str = ""
) -> Line:
    return Line(
        subject=subject,
        kind=kind,
        path=f"/{subject}/",
        title=Text(id=title),
        body=Text(id=body),
        also=also,
        owner_code="ID-NT",
    )


def found(query: str, rights: Rights = MINISTRY, *, kind: str = "", limit: int = 40) -> list[str]:
    return [line.subject for line in index.find(query, rights, kind=kind, limit=limit).documents]


def test_a_tie_stands_before_what_happened_on_it() -> None:
    index.put([a_line("tie", "NTT – Jiangxi", kind="tie")])
    index.put([a_line("new", "Kunjungan ke Jiangxi")])

    assert found("jiangxi") == ["tie", "new"]


def test_a_title_stands_before_a_text_and_the_typed_form_before_others() -> None:
    index.put(
        [
            a_line("typed", "Kunjungan gubernur"),
            a_line("other", "Gubernur mengunjungi tambak"),
            a_line("text", "Catatan", "kunjungan gubernur"),
        ]
    )

    assert found("kunjungan gubernur") == ["typed", "other", "text"]


def test_words_may_stand_partly_in_the_title_and_partly_in_the_text() -> None:
    index.put([a_line("split", "Surat gubernur", "tentang garam")])

    assert found("garam gubernur") == ["split"]


def test_the_newest_of_a_rank_stands_first() -> None:
    index.put([a_line(f"n{number}", "Rapat") for number in range(5)])

    assert found("rapat") == ["n4", "n3", "n2", "n1", "n0"]


def test_other_names_count_as_much_as_the_title() -> None:
    index.put([a_line("tie", "Nusa Tenggara Timur – Jiangxi", kind="tie", also="NTT")])
    index.put([a_line("new", "Kunjungan ke NTT")])

    assert found("NTT") == ["tie", "new"]


def test_one_kind_is_found_however_many_others_there_are() -> None:
    index.put([a_line("claim", "Rapat garam", kind="claim")])
    index.put([a_line(f"n{number}", "Rapat") for number in range(60)])

    assert found("rapat", kind="claim") == ["claim"]
    assert found("rapat", kind="tie") == []


def test_no_line_is_found_twice() -> None:
    index.put([a_line("one", "Kunjungan kerja", "kunjungan kerja", kind="tie")])

    assert found("kunjungan") == ["one"]


def test_the_limit_holds_over_all_ranks() -> None:
    index.put([a_line(f"t{n}", "Rapat") for n in range(3)])
    index.put([a_line(f"b{n}", "Catatan", "rapat") for n in range(3)])

    assert found("rapat", limit=4) == ["t2", "t1", "t0", "b2"]


def test_lines_out_of_the_newest_drawers_are_found_after_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "DRAWER", 2)
    index.put([a_line(f"n{number}", "Rapat") for number in range(9)])

    assert found("rapat") == [f"n{number}" for number in range(8, -1, -1)]


def test_the_last_word_may_be_unfinished_from_three_letters_on() -> None:
    index.put([a_line("one", "Perikanan"), a_line("two", "Pe")])

    assert found("per") == ["one"]
    assert found("pe") == ["two"]


def test_an_unfinished_word_finds_other_forms_too() -> None:
    index.put([a_line("one", "Gubernur mengunjungi tambak")])

    assert found("kunju") == ["one"]


def test_who_reads_for_everywhere_finds_everything() -> None:
    index.put([a_line("one", "Rapat")])

    assert found("rapat", EVERYWHERE) == ["one"]
    assert found("rapat", Rights()) == []


def test_a_line_put_again_has_only_its_new_words() -> None:
    index.put([a_line("one", "Rapat")])

    index.put([a_line("one", "Kunjungan")])

    assert found("rapat") == []
    assert found("kunjungan") == ["one"]


def test_a_search_makes_a_few_queries_whatever_it_finds() -> None:
    index.put([a_line(f"n{number}", f"Rapat {number}") for number in range(50)])

    for query in ("rapat", "rapat 7", "nihilum"):
        with CaptureQueriesContext(connection) as queries:
            found(query)
        assert len(queries) <= 6

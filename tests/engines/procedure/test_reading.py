"""A rulebook is read whole or refused with place, reason and the way out."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kembar.engines.errors import SENTENCES, KembarError
from kembar.engines.procedure.catalog import codes, text
from kembar.engines.procedure.model import Rulebook
from kembar.engines.procedure.reading import as_data, read_rulebook

BOOK = """\
code = "xx-test"
version = "2026.1"
country = "XX"
language = "ja"
kinds = ["sister_province"]
as_of = 2026-11-30
name = { id = "i", zh = "z", en = "e", ja = "j" }
about = { id = "i", zh = "z", en = "e" }

[[provisions]]
code = "law"
instrument = "Law 1/2000"
article = "Art. 1"
address = "https://example.org/1"
seen = "text"

[[provisions]]
code = "rumour"
instrument = "Law 2/2000"
seen = "unverified"

[[actors]]
code = "bureau"
kind = "bureau"
name = { id = "i", zh = "z", en = "e", ja = "j" }

[[papers]]
code = "letter"
name = { id = "i", zh = "z", en = "e" }
lasting = true

[[steps]]
code = "begin"
name = { id = "i", zh = "z", en = "e", ja = "j" }
actor = "bureau"
yields = ["letter"]
what = { id = "i", zh = "z", en = "e" }
basis = ["law"]
prepare = [
  { id = "i", zh = "z", en = "e" },
]

[[steps]]
code = "ask"
name = { id = "i", zh = "z", en = "e", ja = "j" }
actor = "bureau"
after = ["begin"]
what = { id = "i", zh = "z", en = "e" }
basis = ["rumour"]
[steps.limit]
days = 3
since = "asked"
basis = ["law"]

[[steps]]
code = "sign"
joint = "signing"
name = { id = "i", zh = "z", en = "e", ja = "j" }
actor = "bureau"
asks = "bureau"
after = ["begin"]
needs = ["letter"]
optional = true
what = { id = "i", zh = "z", en = "e" }
basis = ["law", "rumour"]
limit = { setting = "sign_days" }

[[steps]]
code = "go"
sub = "travel"
name = { id = "i", zh = "z", en = "e", ja = "j" }
actor = "bureau"
what = { id = "i", zh = "z", en = "e" }
basis = ["law"]

[[gates]]
code = "G-1"
name = { id = "i", zh = "z", en = "e" }
opens = "signing"
waits = ["ask"]
basis = ["law"]

[[rules]]
code = "R-1"
severity = "block"
check = "answer"
at = "signing"
ask = "ready"
want = "yes"
question = { id = "i", zh = "z", en = "e" }
sentence = { id = "i", zh = "z", en = "e" }
basis = ["law"]

[[rules]]
code = "R-2"
severity = "warn"
check = "most"
at = "go"
ask = "people"
by = "kind"
caps = { visit = 5 }
choices = { visit = { id = "i", zh = "z", en = "e" }, other = { id = "i", zh = "z", en = "e" } }
which = { id = "i", zh = "z", en = "e" }
question = { id = "i", zh = "z", en = "e" }
sentence = { id = "i", zh = "z", en = "e" }
basis = ["law"]

[[rules]]
code = "R-3"
severity = "info"
check = "note"
sentence = { id = "i", zh = "z", en = "e" }
basis = ["rumour"]
"""


def read(change: str = "", into: str = "") -> Rulebook:
    """Return the book with one passage written otherwise."""
    assert BOOK.count(change) >= 1, change
    return read_rulebook(BOOK.replace(change, into, 1) if change else BOOK, "x.toml")


def refusal(change: str, into: str) -> KembarError:
    with pytest.raises(KembarError) as caught:
        read(change, into)
    error = caught.value
    # The sentence has all its facts: none is missing, none is left over unsaid.
    assert SENTENCES[error.code] % error.facts == str(error)
    return error


def test_a_book_is_read_as_it_is_written() -> None:
    book = read()

    assert (book.code, book.version, book.country, book.as_of) == (
        *("xx-test", "2026.1", "XX"),
        date(2026, 11, 30),
    )
    assert list(book.steps) == ["begin", "ask", "sign", "go"]
    assert book.levels == ("first",)
    assert book.steps["begin"].sub == "establish"
    assert book.papers["letter"].lasting
    limit = book.steps["ask"].limit
    assert limit
    assert (limit.days, limit.count, limit.since, limit.before) == (3, "working", "asked", False)
    assert limit.basis[0].article == "Art. 1"
    assert book.steps["sign"].joint == "signing"
    assert book.steps["sign"].optional
    assert [each.seen for each in book.steps["sign"].basis] == ["text", "unverified"]
    assert book.gates["G-1"].waits == ("ask",)
    assert book.rules["R-1"].sub == "establish"
    assert book.rules["R-2"].sub == "travel", (
        "the procedure is that of the step where it is checked"
    )
    assert book.rules["R-2"].caps == {"visit": 5}
    assert list(book.rules["R-2"].choices) == ["visit", "other"]


def test_a_single_cap_holds_for_all() -> None:
    rows = BOOK.index('by = "kind"'), BOOK.index("question = { id", BOOK.index('code = "R-2"'))

    book = read(BOOK[rows[0] : rows[1]], "cap = 6\n")

    assert book.rules["R-2"].caps == {"": 6}


STEP_2 = BOOK.index('code = "ask"')


@pytest.mark.parametrize(
    ("change", "into", "code", "said"),
    [
        ('code = "xx-test"', "code = ", "toml", "x.toml"),
        ('code = "xx-test"\n', "", "key_missing", "“code”"),
        ('version = "2026.1"', "version = 2026.1", "not_text", "x.toml:2"),
        ('version = "2026.1"', 'version = "newest"', "version_form", "newest"),
        ('country = "XX"', 'country = "Indonesia"', "country_form", "Indonesia"),
        ('language = "ja"', 'language = "jp"', "not_one_of", "ja"),
        ('kinds = ["sister_province"]', 'kinds = ["sister"]', "not_one_of", "sister_province"),
        ('kinds = ["sister_province"]', "kinds = []", "empty", "kinds"),
        ("as_of = 2026-11-30", 'as_of = "2026-11-30"', "not_date", "as_of"),
        ("as_of = 2026-11-30", "as_of = 2026-11-30T10:00:00", "not_date", "as_of"),
        ('about = { id = "i", zh = "z", en = "e" }', 'about = { id = "i", zh = "z" }', "translation", "en"),
        ('en = "e", ja = "j" }', 'en = "e" }', "translation", "ja"),
        ('about = { id = "i"', 'about = { id = " "', "empty", "x.toml:8"),
        ('about = { id = "i"', 'about = { fr = "x", id = "i"', "key_unknown", "fr"),
        ('about = { id = "i", zh = "z", en = "e" }', 'about = "e"', "not_table", "about"),
        ('instrument = "Law 1/2000"', 'instrumant = "Law 1/2000"', "key_unknown_near", "“instrument”"),
        ('seen = "text"', 'seen = "heard"', "not_one_of", "secondary"),
        ('address = "https://example.org/1"\n', "", "address_missing", "[[provisions]] law"),
        ('"https://example.org/1"', '"example.org"', "address_form", "x.toml:14"),
        ('instrument = "Law 2/2000"', 'instrument = "Law 2/2000"\narticle = "Art. 9"', "article_unseen", "Art. 9"),
        ('code = "rumour"', 'code = "law"', "code_twice", "x.toml:11 [[provisions]] law"),
        ('code = "law"', 'code = "the law"', "code_form", "the law"),
        ('kind = "bureau"', 'kind = "buro"', "not_one_of", "bureau"),
        ("lasting = true", 'lasting = "yes"', "not_true", "lasting"),
        ("lasting = true", "lasting = 1", "not_true", "lasting"),
        ('actor = "bureau"', 'actor = "bureua"', "reference_near", "“bureau”"),
        ('asks = "bureau"', 'asks = "council"', "reference", "[[actors]]"),
        ('yields = ["letter"]', 'yields = ["note"]', "reference", "[[papers]]"),
        ('yields = ["letter"]', 'yields = "letter"', "not_list", "yields"),
        ('yields = ["letter"]', "yields = [1]", "not_texts", "yields"),
        ('yields = ["letter"]', 'yields = ["letter", "letter"]', "listed_twice", "letter"),
        ('after = ["begin"]', 'after = ["begun"]', "reference_near", "begin"),
        ('after = ["begin"]', 'after = ["go"]', "other_sub", "travel"),
        ('after = ["begin"]', 'after = ["ask"]', "cycle", "ask → ask"),
        ('yields = ["letter"]', 'after = ["ask"]', "cycle", "begin"),
        ('code = "ask"', 'code = "begin"', "code_twice", "x.toml:33"),
        ('basis = ["law"]\nprepare', 'basis = []\nprepare', "empty", "basis"),
        ('basis = ["law"]\nprepare', 'basis = ["laws"]\nprepare', "reference_near", "[[provisions]]"),
        ('  { id = "i", zh = "z", en = "e" },', '  "letter",', "not_tables", "prepare"),
        ("days = 3", 'days = "3"', "not_number", "days"),
        ("days = 3", "days = true", "not_number", "days"),
        ("days = 3", "days = 0", "number_range", "0"),
        ('basis = ["law"]\n\n[[steps]]\ncode = "sign"', '\n[[steps]]\ncode = "sign"', "limit_source", "3 days"),
        ('since = "asked"\nbasis = ["law"]', 'since = "asked"\nbasis = ["rumour"]', "limit_source", "setting"),
        ('since = "asked"', 'since = "asked"\nbefore = true', "limit_before", "departure"),
        ('since = "asked"', 'since = "go"', "other_sub", "go"),
        ('since = "asked"', 'since = "ask"', "limit_after", "ask"),
        ('since = "asked"', 'count = "banking"', "not_one_of", "calendar"),
        ('limit = { setting = "sign_days" }', 'limit = { since = "open" }', "limit_open", "setting"),
        ('joint = "signing"', 'joint = "begin"', "joint_twice", "begin"),
        ('opens = "signing"', 'opens = "signning"', "reference_near", "signing"),
        ('waits = ["ask"]', 'waits = ["sign"]', "gate_after", "signing"),
        ('waits = ["ask"]', 'waits = ["go"]', "other_sub", "travel"),
        ('opens = "signing"\nwaits = ["ask"]', 'opens = "begin"\nwaits = ["ask"]', "gate_after", "begin"),
        ('code = "R-1"', 'code = "G-1"', "code_twice", "[[gates]] G-1"),
        ('check = "answer"', 'check = "order"', "key_of_check", "steps"),
        ('want = "yes"\n', "", "key_missing", "want"),
        ('want = "yes"', 'want = "maybe"', "not_one_of", "yes, no"),
        ('severity = "block"', 'severity = "BLOCK"', "not_one_of", "block"),
        ('at = "signing"', 'at = "signing"\nsub = "travel"', "other_sub", "travel"),
        ("caps = { visit = 5 }", "caps = { trip = 5 }", "not_one_of", "visit, other"),
        ("caps = { visit = 5 }", "cap = 5", "cap_or_caps", "“by”"),
        ("caps = { visit = 5 }", "caps = {}", "empty", "caps"),
        ('check = "note"', 'check = "note"\nask = "x"', "key_of_check", "note"),
        ('check = "note"', 'check = "order"\nat = "sign"\nsteps = ["begin"]', "order_of_one", "two"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(
    change: str, into: str, code: str, said: str
) -> None:
    error = refusal(change, into)

    assert error.code == f"rulebook.{code}"
    assert str(error).startswith("x.toml")
    assert said in str(error)


def test_gates_that_wait_for_each_other_are_a_ring() -> None:
    second = """
[[gates]]
code = "G-2"
name = { id = "i", zh = "z", en = "e" }
opens = "ask"
waits = ["sign"]
basis = ["law"]

[[rules]]"""

    error = refusal("\n[[rules]]", second)

    assert error.code == "rulebook.cycle"
    assert "sign" in str(error) and "ask" in str(error)


def test_a_ring_is_told_in_the_order_of_the_steps() -> None:
    error = refusal('yields = ["letter"]', 'after = ["sign"]')

    assert error.facts["ring"] in ("begin → sign → begin", "sign → begin → sign")


def test_a_table_that_looks_like_a_heading_inside_a_text_moves_no_line() -> None:
    about = 'about = { id = "i", zh = "z", en = """\n[[steps]]\n[[steps]]\n""" }'

    error = refusal(BOOK[:STEP_2], BOOK[:STEP_2].replace(
        'about = { id = "i", zh = "z", en = "e" }', about
    ).replace('yields = ["letter"]', 'yields = ["lettre"]'))  # fmt: skip

    lines = BOOK[: BOOK.index('yields = ["letter"]')].count("\n") + 1 + 3
    assert str(error).startswith(f"x.toml:{lines} ")


@pytest.mark.parametrize(
    "text_",
    ["", "\x00", "a" * 10, "=", "[[steps]]", "a = " + "[" * 5000, "a = " + "9" * 9000, "\ud800"],
)
def test_what_is_no_rulebook_is_refused(text_: str) -> None:
    with pytest.raises(KembarError) as caught:
        read_rulebook(text_, "x.toml")

    assert str(caught.value).startswith("x.toml")


def test_a_file_beyond_all_measure_is_refused() -> None:
    with pytest.raises(KembarError) as caught:
        read_rulebook("#" * 2_000_001, "x.toml")

    assert caught.value.code == "rulebook.size"


def test_a_long_chain_of_steps_is_no_trouble() -> None:
    step = (
        '[[steps]]\ncode = "s{n}"\nafter = ["s{p}"]\nactor = "bureau"\nbasis = ["law"]\n'
        'name = {{ id = "i", zh = "z", en = "e", ja = "j" }}\n'
        'what = {{ id = "i", zh = "z", en = "e" }}\n'
    )
    chain = "".join(step.format(n=n, p=n - 1) for n in range(1, 3000))
    chain = step.format(n=0, p=0).replace('after = ["s0"]\n', "") + chain

    book = read_rulebook(BOOK.replace("[[gates]]", f"{chain}\n[[gates]]", 1), "x.toml")

    assert len(book.steps) == 3004


def test_json_holds_every_provision_where_it_is_cited() -> None:
    data = json.loads(json.dumps(as_data(read())))

    assert data["as_of"] == "2026-11-30"
    assert data["steps"]["ask"]["limit"]["basis"][0]["instrument"] == "Law 1/2000"
    assert data["rules"]["R-2"]["caps"] == {"visit": 5}


def whole_or_refused(text_: str) -> bool:
    """Whether a file is read, or refused in a sentence that has all its facts."""
    try:
        return bool(read_rulebook(text_, "x.toml").steps)
    except KembarError as error:
        return SENTENCES[error.code] % error.facts == str(error)


# Any book, changed anywhere ----------------------------------------------------------------

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**6), st.floats(), st.text(max_size=8),
    st.just("signing"), st.just("begin"), st.just([]), st.just({}), st.lists(st.text(max_size=3)),
    st.just(date(2026, 1, 1)), st.dictionaries(st.sampled_from(["id", "zh", "en", "x"]), st.text()),
)  # fmt: skip


def written(value: Any) -> str:
    """TOML by our own small writer, so that a changed book can be read as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items())
        return "{ " + inner + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [path, *(each for key, value in inner for each in places(value, (*path, key)))]


def changed(data: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    if value is None:
        del data[path[-1]]
    else:
        data[path[-1]] = value


@settings(max_examples=300, deadline=None)
@given(data=st.data(), how_many=st.integers(1, 3))
def test_any_change_of_a_book_is_read_or_refused(data: st.DataObject, how_many: int) -> None:
    content = tomllib.loads(BOOK)
    for _ in range(how_many):
        path = data.draw(st.sampled_from(places(content)[1:] or [()]))
        if path:
            changed(content, path, data.draw(VALUES))
    text_ = "\n".join(f"{json.dumps(k)} = {written(v)}" for k, v in content.items())

    assert whole_or_refused(text_)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_letter_of_a_file_may_be_wrong(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(BOOK) - 1))
    length = data.draw(st.integers(0, 40))
    text_ = BOOK[:at] + data.draw(st.text(max_size=5)) + BOOK[at + length :]

    assert whole_or_refused(text_)


@pytest.mark.parametrize("code", codes())
def test_every_shipped_book_loses_no_line_of_its_places(code: str) -> None:
    """Each step's place is the line on which it stands."""
    wrong = text(code).replace("actor = ", "actors = ", 1)

    with pytest.raises(KembarError) as caught:
        read_rulebook(wrong, "x.toml")

    line = wrong[: wrong.index("actors = ")].count("\n") + 1
    assert str(caught.value).startswith(f"x.toml:{line} [[steps]]")

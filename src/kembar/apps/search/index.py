"""The index: words made by `engines.languages`, kept by SQLite's FTS5 or PostgreSQL's tsvector.

Both databases get the same words, so both find the same things, in the same order. Who may see
a line is part of the match: each line carries its regions and its kind as words of their own,
which no typed word can equal.

What stands first is told by where the words stand, not by how rare they are: every line found
holds them all, and a statistic of rarity reads each line that does. At a nation's size (200,000
lines) SQLite's bm25 took seconds over that; `_ranks` stops at the lines that are shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from kembar.apps.accounts.rights import Audience, Rights
from kembar.apps.kit.bulk import insert
from kembar.apps.kit.text import Text
from kembar.apps.search import spelling
from kembar.apps.search.models import Document, Misspelling, Word
from kembar.engines import languages

KINDS = (
    *("tie", "event", "person", "claim", "source", "region", "study", "case"),
    *("commitment", "programme", "offer", "lead", "company", "site", "campaign"),
)
EXTRACT_LENGTH = 240
# What of a document is written anew when its line is.
RENEWED = ("kind", "path", "title", "extract", "owner_code", "partner_code", "audience")
# From so many letters on the last word of a query may be unfinished. With fewer, half of all
# words begin like it.
SHORTEST_BEGINNING = 3


@dataclass(frozen=True)
class Line:
    """A thing to be found: what is shown of it, and every word it is found by."""

    subject: str
    kind: str
    path: str
    title: Text
    body: Text = field(default_factory=Text)
    also: str = ""  # other names to find it by, not shown
    owner_code: str = ""
    partner_code: str = ""
    audience: str = Audience.OWN


@dataclass(frozen=True)
class Found:
    """The documents found, best first, and what was not typed as it was meant."""

    documents: list[Document]
    # Words that were taken for others, since nothing was found as typed.
    corrected: dict[str, str] = field(default_factory=dict)
    # What to ask for instead, though something was found.
    suggestion: str = ""


def _mark(kind: str, code: str) -> str:
    return kind + hashlib.sha256(code.encode()).hexdigest()[:12]


def _codes_above(code: str) -> list[str]:
    """ID-NT.kota-kupang lies in ID-NT, and that in ID."""
    parts = [""]
    for at, letter in enumerate(code):
        if letter in "-." and (letter == "." or "." not in code[:at]):
            parts.append(code[:at])
    return [*parts, code] if code else parts


def _marks(line: Line) -> list[str]:
    """Return the words for who may see a line, and for its kind."""
    scope = [_mark("o", code) for code in _codes_above(line.owner_code)]
    if line.audience in (Audience.SHARED, Audience.PUBLISHED) and line.partner_code:
        # A partner's office always has a region: nobody asks for the one above all countries.
        scope += [
            _mark("p", f"{partner} {home}")
            for partner in _codes_above(line.partner_code)[1:]
            for home in _codes_above(line.owner_code)
        ]
    if line.audience == Audience.PUBLISHED:
        scope.append(_mark("e", "everyone"))
    return [*scope, _mark("k", line.kind)]


def _wanted_scope(rights: Rights) -> list[str]:
    regions = rights.regions("ties.read_all")
    return [
        *(_mark("o", code) for code in sorted(regions)),
        *(_mark("p", f"{partner} {home}") for partner, home in sorted(rights.partnerships)),
        _mark("e", "everyone"),
    ]


def _all_tokens(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(token for text in texts for token in languages.tokens(text)))


def _document(line: Line) -> Document:
    return Document(
        subject=line.subject,
        kind=line.kind,
        path=line.path,
        title=line.title,
        extract=Text({k: v[:EXTRACT_LENGTH] for k, v in line.body.items()}),
        owner_code=line.owner_code,
        partner_code=line.partner_code,
        audience=line.audience,
    )


@transaction.atomic
def put(lines: Sequence[Line]) -> None:
    """Add lines to the index, or renew them."""
    lines = list({line.subject: line for line in lines}.values())
    if not lines:
        return
    documents = [_document(line) for line in lines]
    subjects = [line.subject for line in lines]
    known = dict(Document.objects.filter(subject__in=subjects).values_list("subject", "pk"))
    for document in documents:
        document.pk = known.get(document.subject)
    old = [document for document in documents if document.pk]
    Document.objects.bulk_update(old, RENEWED, batch_size=100)
    insert([document for document in documents if not document.pk])
    rows = []
    for line, document in zip(lines, documents, strict=True):
        title = _all_tokens([*line.title.values(), line.also])
        body = _all_tokens(line.body.values())
        rows.append((document.pk, title, body, _marks(line)))
    _write_rows(rows)
    _learn_words(text for line in lines for text in (*line.title.values(), line.also))


def _write_rows(rows: Sequence[tuple[int, list[str], list[str], list[str]]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "INSERT INTO search_index (id, words) VALUES (%s, %s::tsvector)"
                " ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words",
                [(pk, _vector(pk, title, body, marks)) for pk, title, body, marks in rows],
            )
            return
        cursor.executemany("DELETE FROM search_index WHERE rowid = %s", [(r[0],) for r in rows])
        cursor.executemany(
            "INSERT INTO search_index (rowid, title, body, scope) VALUES (%s, %s, %s, %s)",
            [(pk, " ".join(t), " ".join(b), " ".join(s)) for pk, t, b, s in rows],
        )


def _vector(pk: int, title: list[str], body: list[str], marks: list[str]) -> str:
    # Typed words are lower-case: none can equal a mark, or a word marked as standing in a title.
    heads = [f"{TITLE}{word}" for word in title]
    return " ".join([*heads, *title, *body, *(mark.upper() for mark in marks), _drawer(pk)])


def _drawer(pk: int) -> str:
    return f"R{pk // DRAWER}"


def _learn_words(texts: Iterable[str]) -> None:
    words = {word for text in texts for word in languages.words(text) if 4 <= len(word) <= 40}
    new = words - set(Word.objects.filter(text__in=words).values_list("text", flat=True))
    # Race: somebody may be writing the same word. We wait for him, each in the order of the
    # alphabet, and then find his word with its misspellings.
    rows = [Word(text=word) for word in sorted(new)]
    Word.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    spelt = Misspelling.objects.filter(word=OuterRef("pk"))
    own = Word.objects.filter(~Exists(spelt), text__in=new)
    # Some thirty rows a word: written without making an object of each.
    table = Misspelling._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (key, word_id) VALUES (%s, %s)",
            [(key[:40], word.pk) for word in own for key in sorted(languages.deletes(word.text))],
        )


@transaction.atomic
def forget(subjects: Iterable[str]) -> None:
    """Take lines out of the index."""
    gone = list(Document.objects.filter(subject__in=list(subjects)))
    with connection.cursor() as cursor:
        column = "id" if connection.vendor == "postgresql" else "rowid"
        cursor.executemany(
            f"DELETE FROM search_index WHERE {column} = %s",
            [(document.pk,) for document in gone],
        )
    Document.objects.filter(pk__in=[document.pk for document in gone]).delete()


def find(query: str, rights: Rights, *, kind: str = "", limit: int = 40) -> Found:
    """Return what a person may see of the lines that hold every word of the query.

    The last word may be unfinished. Words that no title holds are taken for the nearest ones
    that some title does: at once if nothing is found, else as a suggestion.
    """
    groups = languages.query_tokens(query)[:12]
    if not groups:
        return Found([])
    newest = _newest()
    documents = _matching(groups, rights, kind, limit, newest)

    titles = [text for document in documents for text in document.title.values()]
    # A word of a title that this person may not see must not come to light as a correction.
    meant = spelling.meant(
        query,
        titles,
        sees=lambda words: _sees(words, rights, newest),
        names=lambda words: _names_of_ties(words, rights, newest),
    )
    better = spelling.corrected(query, meant)
    better_groups = languages.query_tokens(better)[:12]
    if not meant or better_groups == groups:
        return Found(documents)
    if documents:
        is_better = bool(_keys(better_groups, rights, kind, 1, newest))
        return Found(documents, suggestion=better if is_better else "")
    documents = _matching(better_groups, rights, kind, limit, newest)
    return Found(documents, meant if documents else {})


# PostgreSQL's index of words knows no columns: a title's word stands there a second time.
TITLE = "T"
# Nor can it give the newest lines first, so it looks into the newest drawers before the others.
DRAWER = 8192

# What a line must hold, and what it must not, in the database's own writing.
Rank = tuple[list[str], list[str]]


def _newest() -> int:
    """Return the number of the newest line, which only PostgreSQL has to be told."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM search_index")
        return cursor.fetchone()[0] or 0


def _matching(
    groups: Sequence[tuple[str, ...]], rights: Rights, kind: str, limit: int, newest: int
) -> list[Document]:
    """Return the lines that match, best first, each person of a tie once."""
    documents: list[Document] = []
    # Somebody who was at forty meetings would fill the list: if he does, more are read.
    for many in (limit, 10 * limit):
        keys = _keys(groups, rights, kind, many, newest)
        known = Document.objects.in_bulk(keys)
        documents = _each_once(known[key] for key in keys if key in known)
        if 2 * len(documents) >= limit or len(keys) < many:
            break
    return documents[:limit]


def _each_once(documents: Iterable[Document]) -> list[Document]:
    """Keep the newest line of each person on a tie; there is one for each event he was at."""
    kept: dict[tuple[str, ...], Document] = {}
    for line in documents:
        person = (line.owner_code, line.partner_code, *line.title.values())
        kept.setdefault(person if line.kind == "person" else (line.subject,), line)
    return list(kept.values())


def _keys(
    groups: Sequence[tuple[str, ...]],
    rights: Rights,
    kind: str,
    limit: int,
    newest: int,
) -> list[int]:
    scope = _wanted_scope(rights)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            matches = _postgres_matches(groups, scope, kind, newest)
            cursor.execute(_postgres_statement(len(matches)), [*matches, limit])
        else:
            matches = _sqlite_matches(groups, scope, kind)
            cursor.execute(_sqlite_statement(len(matches)), [*matches, limit])
        return [key for (key,) in cursor.fetchall()]


def _names_of_ties(words: Sequence[str], rights: Rights, newest: int) -> set[str]:
    """Return which of these words stand in the name of a tie that a person may see."""
    keys = _keys([tuple(words)], rights, "tie", 40, newest)
    titles = Document.objects.filter(pk__in=keys).values_list("title", flat=True)
    return {
        word for title in titles for text in title.values() for word in languages.words(text)
    }.intersection(words)


def _sees(words: Sequence[str], rights: Rights, newest: int) -> bool:
    """Whether a person may see a line that holds all these words as they are."""
    scope = _wanted_scope(rights)
    if connection.vendor == "postgresql":
        matches = [" & ".join([*words, part]) for part in _postgres_parts(scope, newest)]
        statement = _postgres_statement(len(matches))
    else:
        every = " AND ".join(f'"{word}"' for word in words)
        matches = [f"({{title body}} : ({every})) AND ({{scope}} : ({' OR '.join(scope)}))"]
        statement = _sqlite_statement(len(matches))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*matches, 1])
        return cursor.fetchone() is not None


def _ranks(*, title: str, typed: str, anywhere: str, tie: str, own: list[str]) -> list[Rank]:
    """Return who stands first: no line is in two ranks, so reading may stop at any line.

    Ties by the names of their regions; then titles with the words as typed, with other forms of
    them; then the rest. `own` names the one kind that is asked for, if one is.
    """
    ranks: list[Rank] = [([title, *own], [typed]), ([anywhere, *own], [title])]
    if typed == title:
        ranks = ranks[1:]
    ranks.insert(0, ([typed, *own], []))
    if own:
        return ranks
    others = [(wanted, [*unwanted, tie]) for wanted, unwanted in ranks[:-1]]
    return [([title, tie], []), *others, ranks[-1]]


def _unfinished(group: tuple[str, ...], token: str, *, is_last: bool) -> bool:
    typed = group[0]
    goes_on = is_last and typed.isascii() and len(typed) >= SHORTEST_BEGINNING
    return goes_on and token in (typed, languages.ROOT_MARK + typed)


def _sqlite_matches(
    groups: Sequence[tuple[str, ...]], scope: Sequence[str], kind: str
) -> list[str]:
    def words(columns: str, *, as_typed: bool = False) -> str:
        every = []
        for at, group in enumerate(groups, 1):
            either = (
                f'"{token}"{"*" * _unfinished(group, token, is_last=at == len(groups))}'
                for token in (group[:1] if as_typed else group)
            )
            every.append(f"({' OR '.join(either)})")
        return f"({{{columns}}} : ({' AND '.join(every)}))"

    def marked(*marks: str) -> str:
        return f"({{scope}} : ({' OR '.join(marks)}))"

    ranks = _ranks(
        title=words("title"),
        typed=words("title", as_typed=True),
        anywhere=words("title body"),
        tie=marked(_mark("k", "tie")),
        own=[marked(_mark("k", kind))] if kind else [],
    )
    return [
        f"({' AND '.join([*wanted, marked(*scope)])})"
        + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")
        for wanted, unwanted in ranks
    ]


def _sqlite_statement(count: int) -> str:
    """Return a statement that reads rank after rank, the newest first, and stops at the limit."""
    parts = [
        f"SELECT id, {place} AS place FROM (SELECT rowid AS id FROM search_index"
        " WHERE search_index MATCH %s ORDER BY rowid DESC)"
        for place in range(count)
    ]
    return f"SELECT id FROM ({' UNION ALL '.join(parts)} LIMIT %s) ORDER BY place, id DESC"


def _postgres_matches(
    groups: Sequence[tuple[str, ...]], scope: Sequence[str], kind: str, newest: int
) -> list[str]:
    def words(head: str, *, as_typed: bool = False) -> str:
        every = []
        for at, group in enumerate(groups, 1):
            either = (
                f"{head}{token}{':*' * _unfinished(group, token, is_last=at == len(groups))}"
                for token in (group[:1] if as_typed else group)
            )
            every.append(f"({' | '.join(either)})")
        return f"({' & '.join(every)})"

    ranks = _ranks(
        title=words(TITLE),
        typed=words(TITLE, as_typed=True),
        anywhere=words(""),
        tie=_mark("k", "tie").upper(),
        own=[_mark("k", kind).upper()] if kind else [],
    )
    return [
        " & ".join([*wanted, part, *(f"!{one}" for one in unwanted)])
        for wanted, unwanted in ranks
        for part in _postgres_parts(scope, newest)
    ]


def _postgres_parts(scope: Sequence[str], newest: int) -> list[str]:
    """Return what matches the lines that may be read: of the newest drawers, then of the others."""
    readable = f"({' | '.join(mark.upper() for mark in scope)})"
    on_top = f"({_drawer(newest)} | {_drawer(max(0, newest - DRAWER))})"
    return [f"{readable} & {on_top}", f"{readable} & !{on_top}"]


def _postgres_statement(count: int) -> str:
    """Return a statement that reads match after match and stops at the limit.

    `MATERIALIZED` keeps the planner to the index of words. It knows nothing of how rare an
    unfinished word is, and left alone reads all lines backwards for the newest that hold it.
    """
    named = [
        f"rank{place} AS MATERIALIZED (SELECT id FROM search_index WHERE words @@ %s::tsquery)"
        for place in range(count)
    ]
    parts = [
        f"(SELECT id, {place} AS place FROM rank{place} ORDER BY id DESC)" for place in range(count)
    ]
    return (
        f"WITH {', '.join(named)} SELECT id FROM"
        f" ({' UNION ALL '.join(parts)} LIMIT %s) AS found ORDER BY place, id DESC"
    )

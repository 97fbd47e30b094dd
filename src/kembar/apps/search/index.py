"""The index: words made by `engines.languages`, kept by SQLite's FTS5 or PostgreSQL's tsvector.

Both databases get the same words, so both find the same things, in the same order. Who may see
a line is part of the match: each line carries its regions and its kind as words of their own,
which no typed word can equal.

What stands first is told by where the words stand (`RANKS`), not by how rare they are: every
line found holds them all, and a statistic of rarity has to read each line that does. At a
nation's size (200,000 lines) that took SQLite's bm25 seconds, and this takes milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection, transaction

from kembar.apps.accounts.rights import Audience, Rights
from kembar.apps.kit.text import Text
from kembar.apps.search.models import Document, Misspelling, Word
from kembar.engines import languages

KINDS = ("tie", "event", "person", "claim", "source", "region")
EXTRACT_LENGTH = 240
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
    also: str = ""  # other words to find it by, not shown
    owner_code: str = ""
    partner_code: str = ""
    audience: str = Audience.OWN


@dataclass(frozen=True)
class Found:
    """The documents found, best first, and words that were taken for misspelt ones."""

    documents: list[Document]
    corrected: dict[str, str]


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
        scope += [_mark("p", code) for code in _codes_above(line.partner_code)]
    if line.audience == Audience.PUBLISHED:
        scope.append(_mark("e", "everyone"))
    return [*scope, _mark("k", line.kind)]


def _wanted_scope(rights: Rights) -> list[str]:
    regions = rights.regions("ties.read_all")
    return [
        *(_mark("o", code) for code in sorted(regions)),
        *(_mark("p", code) for code in sorted(rights.partner_codes)),
        _mark("e", "everyone"),
    ]


def _all_tokens(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(token for text in texts for token in languages.tokens(text)))


@transaction.atomic
def put(lines: Sequence[Line]) -> None:
    """Add lines to the index, or renew them."""
    lines = list({line.subject: line for line in lines}.values())
    if not lines:
        return
    documents = Document.objects.bulk_create(
        [
            Document(
                subject=line.subject,
                kind=line.kind,
                path=line.path,
                title=line.title,
                extract=Text({k: v[:EXTRACT_LENGTH] for k, v in line.body.items()}),
                owner_code=line.owner_code,
                partner_code=line.partner_code,
                audience=line.audience,
            )
            for line in lines
        ],
        update_conflicts=True,
        unique_fields=["subject"],
        update_fields=[
            "kind",
            "path",
            "title",
            "extract",
            "owner_code",
            "partner_code",
            "audience",
        ],
        batch_size=500,
    )
    rows = []
    for line, document in zip(lines, documents, strict=True):
        title = _all_tokens(line.title.values())
        body = _all_tokens([*line.body.values(), line.also])
        rows.append((document.pk, title, body, _marks(line)))
    _write_rows(rows)
    _learn_words(text for line in lines for text in (*line.title.values(), line.also))


def _write_rows(rows: Sequence[tuple[int, list[str], list[str], list[str]]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "INSERT INTO search_index (id, words) VALUES (%s, %s::tsvector)"
                " ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words",
                [(pk, _vector(title, body, scope)) for pk, title, body, scope in rows],
            )
            return
        cursor.executemany("DELETE FROM search_index WHERE rowid = %s", [(r[0],) for r in rows])
        cursor.executemany(
            "INSERT INTO search_index (rowid, title, body, scope) VALUES (%s, %s, %s, %s)",
            [(pk, " ".join(t), " ".join(b), " ".join(s)) for pk, t, b, s in rows],
        )


def _vector(title: list[str], body: list[str], marks: list[str]) -> str:
    # Typed words are lower-case, so none can equal a mark or a word that is marked as a title's.
    heads = [f"{TITLE}{word}" for word in title]
    return " ".join([*heads, *title, *body, *(mark.upper() for mark in marks)])


def _learn_words(texts: Iterable[str]) -> None:
    words = {word for text in texts for word in languages.words(text) if 4 <= len(word) <= 40}
    known = set(Word.objects.filter(text__in=words).values_list("text", flat=True))
    new = Word.objects.bulk_create([Word(text=w) for w in sorted(words - known)], batch_size=500)
    # Some thirty rows a word: written without making an object of each.
    table = Misspelling._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (key, word_id) VALUES (%s, %s)",
            [(key[:40], word.pk) for word in new for key in sorted(languages.deletes(word.text))],
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

    The last word may be unfinished. If nothing holds them all, words that no title knows
    are taken for the nearest ones that some title does.
    """
    groups = languages.query_tokens(query)[:12]
    if not groups:
        return Found([], {})
    documents = _matching(groups, rights, kind, limit)
    if documents:
        return Found(documents, {})
    corrected = _corrections(query)
    if not corrected:
        return Found([], {})
    better = " ".join(corrected.get(word, word) for word in languages.words(query))
    rest = "".join(letter for letter in query if not letter.isascii())
    groups = languages.query_tokens(f"{better} {rest}")
    return Found(_matching(groups, rights, kind, limit), corrected)


def _corrections(query: str) -> dict[str, str]:
    """Return the nearest known word for each unknown one: two statements, whatever the length."""
    words = [word for word in languages.words(query) if 4 <= len(word) <= 40]
    known = set(Word.objects.filter(text__in=words).values_list("text", flat=True))
    unknown = [word for word in words if word not in known]
    keys = {word: languages.deletes(word) for word in unknown}
    near = Misspelling.objects.filter(key__in=set().union(*keys.values()) if keys else [])
    candidates = list(near.values_list("key", "word__text"))
    corrected = {}
    for word in unknown:
        meant = languages.nearest(word, {text for key, text in candidates if key in keys[word]})
        if meant:
            corrected[word] = meant[0]
    return corrected


@dataclass(frozen=True)
class _Rank:
    """One way in which a line may hold the words of a query."""

    in_title: bool
    as_typed: bool = False
    kind: str = ""


# A line stands where the first of these puts it; within one, the newest first.
RANKS = (
    _Rank(in_title=True, kind="tie"),
    _Rank(in_title=True, as_typed=True),
    _Rank(in_title=True),
    _Rank(in_title=False, kind="tie"),
    _Rank(in_title=False),
)
# PostgreSQL has no columns in an index of words: a title's word stands there a second time.
TITLE = "T"


def _ranks(kind: str) -> list[_Rank]:
    if not kind:
        return list(RANKS)
    return [replace(rank, kind=kind) for rank in RANKS if not rank.kind]


def _matching(
    groups: Sequence[tuple[str, ...]], rights: Rights, kind: str, limit: int
) -> list[Document]:
    on_postgres = connection.vendor == "postgresql"
    match = _postgres_match if on_postgres else _sqlite_match
    scope = _wanted_scope(rights)
    # Two ranks are one where the words have no other forms.
    matches = list(dict.fromkeys(match(groups, rank, scope) for rank in _ranks(kind)))
    parameters = [value for one in matches for value in (one, limit)]
    with connection.cursor() as cursor:
        cursor.execute(_ranked(len(matches), on_postgres=on_postgres), [*parameters, limit])
        order = {pk: place for place, (pk,) in enumerate(cursor.fetchall())}
    documents = Document.objects.filter(pk__in=list(order))
    return sorted(documents, key=lambda document: order[document.pk])


def _ranked(count: int, *, on_postgres: bool) -> str:
    """Return a statement that takes so many matches, each with its limit, then one for all.

    Each match reads its newest lines and stops at the limit, so a word that stands in half of
    all lines costs no more than a rare one.
    """
    key, holds = (
        ("id", "words @@ %s::tsquery") if on_postgres else ("rowid", "search_index MATCH %s")
    )
    parts = [
        f"SELECT id, {place} AS place FROM (SELECT {key} AS id FROM search_index"
        f" WHERE {holds} ORDER BY {key} DESC LIMIT %s) AS newest{place}"
        for place in range(count)
    ]
    return (
        f"SELECT id FROM ({' UNION ALL '.join(parts)}) AS found"
        " GROUP BY id ORDER BY min(place), id DESC LIMIT %s"
    )


def _forms(group: tuple[str, ...], rank: _Rank) -> tuple[str, ...]:
    return group[:1] if rank.as_typed else group


def _may_go_on(token: str, *, is_last: bool) -> bool:
    return is_last and token.isascii() and len(token) >= SHORTEST_BEGINNING


def _sqlite_match(groups: Sequence[tuple[str, ...]], rank: _Rank, scope: Sequence[str]) -> str:
    def either(group: tuple[str, ...], is_last: bool) -> str:
        words = (f'"{t}"{"*" * _may_go_on(t, is_last=is_last)}' for t in _forms(group, rank))
        return f"({' OR '.join(words)})"

    wanted = " AND ".join(either(g, at == len(groups) - 1) for at, g in enumerate(groups))
    columns = "title" if rank.in_title else "title body"
    kind = f" AND ({{scope}} : {_mark('k', rank.kind)})" if rank.kind else ""
    return f"({{{columns}}} : ({wanted})) AND ({{scope}} : ({' OR '.join(scope)})){kind}"


def _postgres_match(groups: Sequence[tuple[str, ...]], rank: _Rank, scope: Sequence[str]) -> str:
    head = TITLE if rank.in_title else ""

    def either(group: tuple[str, ...], is_last: bool) -> str:
        words = (f"{head}{t}{':*' * _may_go_on(t, is_last=is_last)}" for t in _forms(group, rank))
        return f"({' | '.join(words)})"

    wanted = " & ".join(either(g, at == len(groups) - 1) for at, g in enumerate(groups))
    kind = f" & {_mark('k', rank.kind).upper()}" if rank.kind else ""
    return f"{wanted} & ({' | '.join(mark.upper() for mark in scope)}){kind}"

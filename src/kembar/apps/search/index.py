"""The index: words made by `engines.languages`, kept by SQLite's FTS5 or PostgreSQL's tsvector.

Both databases get the same words, so both find the same things. Who may see a line is part
of the match: each line carries its regions as words of its own, which no typed word can equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from kembar.apps.accounts.rights import Audience, Rights
from kembar.apps.kit.text import Text
from kembar.apps.search.models import Document, Misspelling, Word
from kembar.engines import languages

KINDS = ("tie", "event", "person", "claim", "source", "region")
EXTRACT_LENGTH = 240


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


def _scope(line: Line) -> list[str]:
    scope = [_mark("o", code) for code in _codes_above(line.owner_code)]
    if line.audience in (Audience.SHARED, Audience.PUBLISHED) and line.partner_code:
        scope += [_mark("p", code) for code in _codes_above(line.partner_code)]
    if line.audience == Audience.PUBLISHED:
        scope.append(_mark("e", "everyone"))
    return scope


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
        rows.append((document.pk, title, body, _scope(line)))
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


def _vector(title: list[str], body: list[str], scope: list[str]) -> str:
    # Upper-case marks: typed words are lower-case, so none can equal a mark of scope.
    marks = [f"{mark.upper()}:1D" for mark in scope]
    heavy = [f"{word}:1A" for word in title]
    light = [f"{word}:1B" for word in body if word not in set(title)]
    return " ".join([*heavy, *light, *marks])


def _learn_words(texts: Iterable[str]) -> None:
    words = {word for text in texts for word in languages.words(text) if 4 <= len(word) <= 40}
    known = set(Word.objects.filter(text__in=words).values_list("text", flat=True))
    new = Word.objects.bulk_create([Word(text=w) for w in sorted(words - known)], batch_size=500)
    Misspelling.objects.bulk_create(
        [
            Misspelling(key=key[:40], word=word)
            for word in new
            for key in sorted(languages.deletes(word.text))
        ],
        batch_size=1000,
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


def _matching(
    groups: Sequence[tuple[str, ...]], rights: Rights, kind: str, limit: int
) -> list[Document]:
    if connection.vendor == "postgresql":
        sql, parameters = _postgres_query(groups, rights)
    else:
        sql, parameters = _sqlite_query(groups, rights)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, limit if not kind else limit * 10])
        order = {pk: place for place, (pk,) in enumerate(cursor.fetchall())}
    documents = Document.objects.filter(pk__in=list(order))
    if kind:
        documents = documents.filter(kind=kind)
    return sorted(documents, key=lambda document: order[document.pk])[:limit]


# A word that stands in half of all lines says nothing: rank only the newest of its lines.
RANKED_AT_MOST = 3000


def _sqlite_query(groups: Sequence[tuple[str, ...]], rights: Rights) -> tuple[str, list[Any]]:
    def either(tokens: tuple[str, ...], unfinished: bool) -> str:
        ends = "*" if unfinished else ""
        return "(" + " OR ".join(f'"{t}"{ends if t.isascii() else ""}' for t in tokens) + ")"

    words = " AND ".join(either(g, at == len(groups) - 1) for at, g in enumerate(groups))
    scope = " OR ".join(_wanted_scope(rights))
    match = f"({{title body}} : ({words})) AND ({{scope}} : ({scope}))"
    # Only a number of ours goes into the text; everything typed goes in as a parameter.
    sql = (
        "SELECT rowid FROM search_index WHERE search_index MATCH %s AND rowid IN"
        f" (SELECT rowid FROM search_index WHERE search_index MATCH %s"
        f" ORDER BY rowid DESC LIMIT {RANKED_AT_MOST})"
        " ORDER BY bm25(search_index, 8.0, 1.0, 0.0) LIMIT %s"
    )
    return sql, [match, match]


def _postgres_query(groups: Sequence[tuple[str, ...]], rights: Rights) -> tuple[str, list[Any]]:
    def either(tokens: tuple[str, ...], unfinished: bool) -> str:
        ends = ":*" if unfinished else ""
        return "(" + " | ".join(f"{t}{ends if t.isascii() else ''}" for t in tokens) + ")"

    words = " & ".join(either(g, at == len(groups) - 1) for at, g in enumerate(groups))
    scope = " | ".join(mark.upper() for mark in _wanted_scope(rights))
    sql = (
        "SELECT id FROM (SELECT id, words FROM search_index WHERE words @@ %s::tsquery"
        f" ORDER BY id DESC LIMIT {RANKED_AT_MOST}) AS newest"
        " ORDER BY ts_rank(words, %s::tsquery) DESC, id DESC LIMIT %s"
    )
    return sql, [f"({words}) & ({scope})", words]

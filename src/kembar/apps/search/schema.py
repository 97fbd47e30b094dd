"""The table of the index, which Django's models cannot describe."""

from __future__ import annotations

from typing import Any


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TABLE search_index (id bigint PRIMARY KEY, words tsvector NOT NULL)"
        )
        schema_editor.execute("CREATE INDEX search_index_words ON search_index USING gin (words)")
        return
    schema_editor.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5"
        " (title, body, scope, tokenize = 'unicode61 remove_diacritics 0', detail = 'column')"
    )


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE search_index")

"""Write history: every action calls `record` once, in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import override

from kembar.apps.accounts.models import User
from kembar.apps.audit.chain import seal_of
from kembar.apps.audit.models import SYSTEM, ChainHead, Entry
from kembar.apps.kit.bulk import insert
from kembar.apps.kit.statements import insert_one
from kembar.apps.kit.text import Text


@dataclass(frozen=True)
class Deed:
    """What is to be remembered of one action."""

    action: str
    subject: models.Model
    region_code: str
    context: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)


def in_each_language(say: Callable[[], str]) -> Text:
    """Return what is said in each of our languages, cut to what the history holds."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code.split("-")[0]] = say()[:300]
    return Text(said)


def titles_of(user: User) -> Text:
    """Return the titles of the posts that a person holds, in each language.

    Said once a request: `current_holdings` stays with the person as long.
    """
    if "titles" not in user.__dict__:
        titles = in_each_language(lambda: ", ".join(str(h.post) for h in user.current_holdings))
        user.__dict__["titles"] = titles
    said: Text = user.__dict__["titles"]
    return said


def name_of(user: User | None) -> str:
    """Return the person's name with the post he acts from, for readers of every language."""
    if user is None:
        return SYSTEM
    titles = " / ".join(dict.fromkeys(titles_of(user).values()))
    return f"{user} ({titles})"[:300] if titles else str(user)


def names_of(user: User | None) -> Text:
    """Return the same in each language by itself."""
    if user is None:
        return Text()
    return Text({key: f"{user} ({title})"[:300] for key, title in titles_of(user).items()})


def plain(value: Any) -> Any:
    """Return a value as every database gives it back to the letter; records by their name.

    A number with a point becomes text: PostgreSQL may write it in another way than it came.
    """
    if type(value) is str and value.isascii() and "\0" not in value:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, models.Model):
        # A name in three languages stays in three, for readers of three.
        names = [getattr(value, column, None) for column in ("name", "title")]
        return next((dict(name) for name in names if isinstance(name, Text)), str(value))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted(str(plain(part)) for part in value)
    # No database keeps a NUL, nor half of a character that takes two units in UTF-16.
    text = str(value.value if isinstance(value, Enum) else value).replace("\0", "")
    return text.encode("utf-8", "replace").decode()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return field, old and new value of everything that differs."""
    plains = ((name, plain(old.get(name)), plain(value)) for name, value in new.items())
    return [{"field": name, "old": was, "new": is_} for name, was, is_ in plains if was != is_]


def first_values(record: models.Model, *, without: str = "", **beside: Any) -> list[dict[str, Any]]:
    """Return what was filled in of a new record and beside it, as changes from nothing."""
    columns = (c for c in record._meta.concrete_fields if c.editable and not c.primary_key)
    values = {c.name: getattr(record, c.name) for c in columns if c.name != without} | beside
    return differences({}, {name: value for name, value in values.items() if value})


def record(deed: Deed, *, by: User | None) -> None:
    """Add one deed to the history."""
    record_all([deed], by=by)


# Without a savepoint of its own: an action whose history cannot be written is undone as a whole.
@transaction.atomic(savepoint=False)
def record_all(deeds: Iterable[Deed], *, by: User | None) -> None:
    """Add deeds to the history, in order.

    Call it last in an action: from here to the end of the transaction nobody else can write
    history, and an action that waits for another row meanwhile may wait for one who waits for it.
    """
    deeds = list(deeds)
    last = _take_hold(len(deeds))
    now, name, names = timezone.now(), name_of(by), names_of(by)
    entries = []
    for deed, label in zip(deeds, _labels([deed.subject for deed in deeds]), strict=True):
        entry = Entry(
            at=now,
            actor=by,
            actor_name=plain(name),
            action=deed.action,
            subject_type=deed.subject._meta.label_lower,
            subject_id=str(deed.subject.pk),
            subject_label=plain(str(deed.subject)[:300]),
            names=_differing(actor=names, subject=label),
            context=deed.context or key_of(deed.subject),
            region_code=deed.region_code,
            changes=[plain(change) for change in deed.changes],
            previous=last,
        )
        last = entry.seal = seal_of(entry)
        entries.append(entry)
    if len(entries) == 1:
        # `insert` asks for keys first; one row gets its own while it is written.
        insert_one(entries[0])
    else:
        insert(entries)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_chainhead SET last_seal = %s WHERE id = 1", [last])


def _take_hold(more: int) -> str:
    """Keep others from writing history until this transaction ends; return the last seal."""
    count = "UPDATE audit_chainhead SET count = count + %s WHERE id = 1 RETURNING last_seal"
    with connection.cursor() as cursor:
        cursor.execute(count, [more])
        if found := cursor.fetchone():
            return str(found[0])
    # The first deed of all.
    ChainHead.objects.get_or_create(pk=1)
    return _take_hold(more)


def _labels(records: Sequence[models.Model]) -> list[Text]:
    """Return the name of each record in each of our languages.

    A language is taken up once for all: that takes longer than to say one name.
    """
    keys, said = [], []
    for code, _name in settings.LANGUAGES:
        with override(code):
            keys.append(code.split("-")[0])
            said.append([str(record)[:300] for record in records])
    return [Text(dict(zip(keys, names, strict=True))) for names in zip(*said, strict=True)]


def _differing(**names: Text) -> dict[str, Any] | None:
    """Return the names that are not the same in every language, None if all are."""
    return {part: plain(name) for part, name in names.items() if len({*name.values()}) > 1} or None


def key_of(subject: models.Model) -> str:
    """Return what gathers the history of a record: "ties.tie:12"."""
    return f"{subject._meta.label_lower}:{subject.pk}"

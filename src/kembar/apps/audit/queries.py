"""What the pages about history read: always a handful of queries, never a count."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import Holding, User, rights_of
from kembar.apps.accounts.rights import within
from kembar.apps.audit.chain import Broken, Fault, broken_links
from kembar.apps.audit.models import GENESIS, SYSTEM, ChainHead, Entry
from kembar.apps.audit.sentences import Sentence, describe
from kembar.apps.audit.vocabulary import vocabulary
from kembar.apps.kit.tables import csv_cell

SIZE = 40
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Entries:
    """Deeds, newest first, with the keys under which the older and newer ones are found."""

    sentences: Sequence[Sentence]
    older: int | None = None
    newer: int | None = None


@dataclass(frozen=True)
class Asked:
    """Which deeds a reader asks for; empty: all that he may see. None in `people` is Kembar."""

    people: Sequence[int | None] = ()
    action: str = ""
    since: date | None = None
    until: date | None = None
    region_code: str = ""


def entries_about(
    contexts: str | Sequence[str], user: object, before: int | None = None
) -> Entries:
    """Return what happened to a record, such as "ties.tie:12", newest first."""
    wanted = [contexts] if isinstance(contexts, str) else list(contexts)
    entries = Entry.objects.visible_to(user).filter(context__in=wanted)
    return _page(entries, user, before=before)


def newest_deeds(
    subjects: Sequence[models.Model], action: str, user: object
) -> dict[str, Sentence]:
    """Return the newest deed of one kind on each record, by the record's key."""
    entries = Entry.objects.visible_to(user).filter(
        action=action,
        subject_type__in={subject._meta.label_lower for subject in subjects},
        subject_id__in=[str(subject.pk) for subject in subjects],
    )
    return {entry.subject_id: describe(entry) for entry in entries.order_by("pk")}


def list_history(
    user: object, asked: Asked, *, before: int | None = None, after: int | None = None
) -> Entries:
    """Return one page of the deeds that a reader asks for, newest first."""
    in_time = bool(asked.since or asked.until)
    return _page(_asked(user, asked), user, before=before, after=after, in_time=in_time)


def _asked(user: object, asked: Asked) -> QuerySet[Entry]:
    entries = Entry.objects.visible_to(user)
    if asked.people:
        theirs = Q(actor__in=[key for key in asked.people if key is not None])
        entries = entries.filter(theirs | Q(actor=None) if None in asked.people else theirs)
    if asked.action:
        entries = entries.filter(action=asked.action)
    if asked.region_code:
        entries = entries.filter(within("region_code", [asked.region_code]))
    if asked.since:
        entries = entries.filter(at__gte=_midnight(asked.since))
    if asked.until:
        entries = entries.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    return entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _page(
    entries: QuerySet[Entry],
    user: object,
    *,
    before: int | None = None,
    after: int | None = None,
    in_time: bool = False,
) -> Entries:
    """Return fifty deeds; `in_time` those between two days, which the index of moments finds."""
    newest = ["-at", "-pk"] if in_time else ["-pk"]
    if after is not None:
        later = entries.filter(_beyond(after, "gt", in_time)).order_by(*newest).reverse()
        found = list(later[: SIZE + 1])
        more_newer, more_older = len(found) > SIZE, True
        rows = found[:SIZE][::-1]
    else:
        if before is not None:
            entries = entries.filter(_beyond(before, "lt", in_time))
        found = list(entries.order_by(*newest)[: SIZE + 1])
        more_newer, more_older = before is not None, len(found) > SIZE
        rows = found[:SIZE]
    if not rows:
        return Entries([])
    opened = _openable(rows, user)
    return Entries(
        [describe(e, may_open=(e.subject_type, e.subject_id) in opened) for e in rows],
        older=rows[-1].pk if more_older else None,
        newer=rows[0].pk if more_newer else None,
    )


def _beyond(key: int, side: str, in_time: bool) -> Q:
    """Return the condition that a deed stands before (lt) or after (gt) another."""
    further = Q(**{f"pk__{side}": key})
    if not in_time:
        return further
    # A clock may have been set back, so keys alone don't tell the order of moments.
    at = Entry.objects.filter(pk=key).values_list("at", flat=True).first()
    if at is None:
        return Q(pk__in=[])
    return Q(**{f"at__{side}e": at}) & (Q(**{f"at__{side}": at}) | further)


def _openable(entries: Sequence[Entry], user: object) -> set[tuple[str, str]]:
    """Return type and key of the records that a reader may open: one query a type.

    A table that does not say who may read it opens to nobody.
    """
    keys: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        keys[entry.subject_type].add(entry.subject_id)
    found: set[tuple[str, str]] = set()
    for kind, wanted in keys.items():
        try:
            records: Any = apps.get_model(kind)._default_manager
        except LookupError:
            continue
        if hasattr(records, "visible_to"):
            rows = records.visible_to(user).filter(pk__in=wanted)
            # What was withdrawn opens to those who read the history of its region.
            rows = rows.kept_for(user) if hasattr(rows, "kept_for") else rows
            found |= {(kind, str(pk)) for pk in rows.values_list("pk", flat=True)}
    return found


def actions() -> list[tuple[str, Promise | str]]:
    """Return every action with its sentence, for a reader to choose from."""
    blank = {"actor": "…", "subject": "…"}
    named = [(action, str(text) % blank) for action, text in vocabulary().sentences.items()]
    return sorted(named, key=lambda pair: pair[1])


def people(user: object, text: str, most: int) -> list[int | None] | None:
    """Return the keys of the people so called whose deeds a reader may see.

    Those with a post in his regions, and others who did something there, such as a ministry's
    reviewer. A key of None is Kembar itself: what commands and the example did. None in place
    of a list if more than `most` are called so.
    """
    called = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    held = Holding.objects.looked_after_from(rights_of(user).regions("history.read"))
    at_home = Exists(held.filter(person=OuterRef("pk")))
    # One look through all people: those at home first.
    keys = called.annotate(at_home=at_home).order_by("-at_home", "pk").values_list("pk", "at_home")
    rows = list(keys[: 2 * (most + 1)])
    found = [key for key, is_at_home in rows if is_at_home]
    others = [key for key, is_at_home in rows if not is_at_home]
    if len(others) <= most:
        deeds = Entry.objects.visible_to(user).filter(actor=OuterRef("pk"))
        found += User.objects.filter(Exists(deeds), pk__in=others).values_list("pk", flat=True)
    elif not found:
        return None
    if len(found) > most:
        return None
    is_kembar = text.casefold() == SYSTEM.casefold()
    return [*found, None] if is_kembar else [*found]


# A table to take away ------------------------------------------------------------------


class _Echo:
    """A file that gives back what is written to it: one row at a time goes to the browser."""

    def write(self, row: str) -> str:
        return row


def table(user: object, asked: Asked) -> Iterator[str]:
    """Give the deeds asked for as CSV, row by row, `MOST_ROWS` at most."""
    language = get_language() or "id"
    writer = csv.writer(_Echo())
    # Excel reads UTF-8 only when the file begins with this mark.
    yield "\ufeff"
    header = [_("Number"), _("When"), _("Who"), _("What"), _("Changes"), _("Region"), _("Seal")]
    yield str(writer.writerow(header))
    entries = _asked(user, asked).order_by("-pk")[:MOST_ROWS]
    for entry in entries.iterator(chunk_size=1000):
        # The answer streams when the request is over, so its language is not set any more.
        with override(language):
            sentence = describe(entry)
        row = [
            str(entry.pk),
            timezone.localtime(entry.at).isoformat(timespec="seconds"),
            sentence.actor,
            sentence.text,
            "; ".join(sentence.changes),
            entry.region_code,
            entry.seal,
        ]
        yield str(writer.writerow(map(csv_cell, row)))


# Is it whole? --------------------------------------------------------------------------


def check_chain(progress: Callable[[int, int], None] | None = None) -> list[Broken]:
    """Return every place where the history does not hold; empty if it is whole.

    Parameters
    ----------
    progress
        Told now and then how many entries are checked, and of how many.
    """
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    done, seal_at_head = 0, GENESIS

    def watched() -> Iterator[Entry]:
        nonlocal done, seal_at_head
        for entry in Entry.objects.order_by("pk").iterator(chunk_size=2000):
            yield entry
            done += 1
            if done == head.count:
                seal_at_head = entry.seal
            if progress and (done % 1000 == 0 or done == head.count):
                progress(done, max(head.count, done))

    broken = list(broken_links(watched()))
    # Others may write while this runs, so the end is compared as it was before and is after.
    now = ChainHead.objects.filter(pk=1).first() or ChainHead()
    if not head.count <= done <= now.count or seal_at_head != head.last_seal:
        broken.append(Broken(None, None, Fault.END))
    return broken

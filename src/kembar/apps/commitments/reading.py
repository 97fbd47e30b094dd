"""Rows of a table of commitments, understood for whoever hands it in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from kembar.apps.accounts.models import Post
from kembar.apps.commitments.rows import (
    CHOICES,
    COLUMN_OF,
    DATES,
    EMPTIES,
    FIELDS,
    NEEDED,
    TEXTS,
    Wish,
)
from kembar.apps.kit.errors import sentence
from kembar.apps.kit.tables import Row
from kembar.apps.kit.text import LANGUAGES, Text, listed, longest
from kembar.apps.kit.text import plain as plain_text
from kembar.apps.regions.lookup import folded
from kembar.apps.ties.models import Tie
from kembar.engines.dates import PartialDate
from kembar.engines.errors import KembarError


def _choice(choices: type[models.TextChoices]) -> Callable[[str], str]:
    """Return what reads a choice: by its key, or by its name in any language."""
    known = {folded(str(value)): str(value) for value in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {folded(str(choice.label)): str(choice.value) for choice in choices}

    def read(text: str) -> str:
        if found := known.get(folded(text)):
            return found
        message = _("“%(text)s” is not known here; write one of: %(allowed)s.")
        allowed = ", ".join(str(value) for value in choices.values)
        raise ValueError(message % {"text": text[:60], "allowed": allowed})

    return read


def _date(text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except KembarError as error:
        raise ValueError(sentence(error)) from error


def _short(text: str) -> str:
    if len(text) > 100:
        raise ValueError(_("An article is named with at most 100 signs."))
    return text


_is_web_address = URLValidator(schemes=["http", "https"])


def _address(text: str) -> str:
    try:
        _is_web_address(text)
    except ValidationError as error:
        message = _("“%(text)s” is not a web address; it begins with http:// or https://.")
        raise ValueError(message % {"text": text[:60]}) from error
    if len(text) > 800:
        raise ValueError(_("The address is longer than 800 signs."))
    return text


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text[:60]})


def _names_of(name: Mapping[str, str]) -> set[str]:
    return {folded(text) for text in name.values()}


@dataclass
class Reader:
    """Understands rows: knows the ties and posts for which a person writes."""

    ties: list[Tie]
    language: str
    file_name: str
    posts: dict[str, dict[str, list[Post]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code = {(t.home_id, t.partner_id, t.cycle): t for t in self.ties}
        self.by_name: defaultdict[tuple[str, str, int], list[Tie]] = defaultdict(list)
        for tie in self.ties:
            homes = {folded(tie.home_id), *_names_of(tie.home.name)}
            for partner in {folded(tie.partner_id), *_names_of(tie.partner.name)}:
                for home in homes:
                    self.by_name[home, partner, tie.cycle].append(tie)
        self.readers: dict[str, Callable[[str], Any]] = {
            **{name: _choice(choices) for name, choices in CHOICES.items()},
            **dict.fromkeys(DATES, _date),
            "article": _short,
            "source": _address,
        }
        self.posts = posts_by_name({tie.home_id for tie in self.ties})

    def read(self, row: Row) -> Wish:
        wish = Wish(row)
        wish.refuse_broken_cells(self.file_name)
        self._keys(wish)
        for name in FIELDS:
            column = COLUMN_OF.get(name, name)
            text = plain_text(row.cells.get(column, "")).strip()
            if not text or column in row.problems:
                continue
            try:
                wish.values[name] = self._value(wish, name, text)
            except ValueError as error:
                wish.refuse(column, str(error))
        return wish

    def _keys(self, wish: Wish) -> None:
        cells = wish.row.cells
        numbers: dict[str, int | None] = {}
        for name in ("cycle", "number", "version"):
            text = cells.get(name, "").strip()
            try:
                numbers[name] = _whole(text) if text and name not in wish.row.problems else None
            except ValueError as error:
                wish.refuse(name, str(error))
        wish.number, wish.version = numbers.get("number"), numbers.get("version")
        wish.tie = self._tie(wish, numbers.get("cycle") or 1)
        wish.became = plain_text(cells.get("became", "")).strip()
        if len(wish.became) > longest(rows=3):
            wish.refuse("became", _("This is longer than %(limit)s signs.") % {"limit": 10_000})
        if on := cells.get("became_on", "").strip():
            try:
                wish.became_on = _date(on)
            except ValueError as error:
                wish.refuse("became_on", str(error))

    def _tie(self, wish: Wish, cycle: int) -> Tie | None:
        cells = wish.row.cells
        written = [
            cells.get(f"{side}_code", "").strip() or cells.get(side, "").strip()
            for side in ("home", "partner")
        ]
        for side, text in zip(("home", "partner"), written, strict=True):
            if not text:
                wish.refuse(f"{side}_code", _("The name or code of the region is missing."))
        if not all(written):
            return None
        home, partner = written
        if tie := self.by_code.get((home, partner, cycle)):
            return tie
        found = self.by_name[folded(home), folded(partner), cycle]
        if len(found) == 1:
            return found[0]
        message = _(
            "You keep no tie of “%(home)s” with “%(partner)s” in cycle %(cycle)s; write the codes,"
            " such as ID-NT and CN-JX."
        )
        facts = {"home": home[:60], "partner": partner[:60], "cycle": cycle}
        wish.refuse("partner_code", message % facts)
        return None

    def _value(self, wish: Wish, name: str, text: str) -> Any:
        if text in EMPTIES:
            if name in NEEDED or name == "state":
                raise ValueError(_("This cannot be left empty."))
            return "" if name in TEXTS else None if name in (*DATES, "owner", "source") else ""
        if name in TEXTS:
            limit = longest(rows=2 if name in ("what", "measure") else 1)
            if len(text) > limit:
                raise ValueError(_("This is longer than %(limit)s signs.") % {"limit": limit})
            return text
        if name == "owner":
            return self._post(wish, text)
        return self.readers[name](text)

    def _post(self, wish: Wish, text: str) -> Post | None:
        if wish.tie is None:
            return None
        found = self.posts.get(wish.tie.home_id, {}).get(folded(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            choices = listed(f"{post} – {post.office} #{post.pk}" for post in found)
            message = _("“%(text)s” may be one of these: %(choices)s.")
            raise ValueError(message % {"text": text[:60], "choices": choices})
        message = _("No post of %(home)s is called “%(text)s”; see the list of posts.")
        raise ValueError(message % {"home": wish.tie.home, "text": text[:60]})


def posts_by_name(homes: set[str]) -> dict[str, dict[str, list[Post]]]:
    """Return the posts of regions by what they may be called: title, or title and office.

    Two seats of one title in one office are told apart by their keys.
    """
    found: dict[str, dict[str, list[Post]]] = {}
    rows = Post.objects.filter(office__region_code__in=homes).select_related("office")
    for post in rows.order_by("pk"):
        names = found.setdefault(post.office.region_code, {})
        called = {Text(post.title).shown(key).text for key in LANGUAGES}
        called |= {name_of_post(post, key) for key in LANGUAGES}
        called |= {f"{name_of_post(post, key)} #{post.pk}" for key in LANGUAGES}
        for name in {folded(each) for each in called}:
            names.setdefault(name, []).append(post)
    return found


def name_of_post(post: Post, language: str) -> str:
    return (
        f"{Text(post.title).shown(language).text} – {Text(post.office.name).shown(language).text}"
    )

"""What stands in a prospectus, whatever it is shown as: plain text, each in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

from kembar.engines.charts import legible

Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Both:
    """One text in Chinese and in English.

    Attributes
    ----------
    zh, en
        Empty where there is none.
    zh_tag, en_tag
        In which language each is really written, if it had to be taken from another: BCP 47.
    """

    zh: str = ""
    en: str = ""
    zh_tag: str = "zh-Hans"
    en_tag: str = "en"

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@dataclass(frozen=True)
class Fact:
    """A thing that an investor asks about, and the answer.

    Attributes
    ----------
    label
    value
        What is known; where nothing is, the words that say so.
    is_known
    references : numbers from 1
        Of the sources that say it.
    """

    label: Both
    value: Both
    is_known: bool = True
    references: Sequence[int] = ()


@dataclass(frozen=True)
class Part:
    """Facts under one heading."""

    title: Both
    facts: Sequence[Fact]


@dataclass(frozen=True)
class Rung:
    """A level of readiness, and whether the offer has reached it."""

    level: int
    name: Both
    is_reached: bool


@dataclass(frozen=True)
class Paper:
    """A paper or check that a level of readiness asks for.

    Attributes
    ----------
    name
    by
        Who issued it, or would.
    state
        “On file, 12 May 2026”, or that it is missing.
    is_there
    references : numbers from 1
    """

    name: Both
    by: Both
    state: Both
    is_there: bool
    references: Sequence[int] = ()


@dataclass(frozen=True)
class Reference:
    """A source as an investor finds it: publisher and headline, day, address."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole prospectus.

    Attributes
    ----------
    title, kicker
        What is offered; who offers it and in which sector.
    day
        The day on which it was drawn up.
    warnings
        What an investor must read before anything else: that it is taken, or the land contested.
    lead
        The offer in a few sentences.
    figures
        At most four facts that stand large.
    parts
    rungs
        All levels of readiness from 0, and `ladder` what the level reached means.
    papers, papers_title, papers_note
    contact
    references, references_title
    small
        What is said in small print.
    page
        “Page %(page)s of %(pages)s”.
    missing_letters
        “No font here has these letters; their numbers in Unicode stand for them: %(letters)s”.
    """

    title: Both
    kicker: Both
    day: date
    lead: Both
    figures: Sequence[Fact]
    parts: Sequence[Part]
    ladder_title: Both
    ladder: Both
    rungs: Sequence[Rung]
    papers_title: Both
    papers_note: Both
    papers: Sequence[Paper]
    contact: Fact
    references_title: Both
    small: Both
    page: Both
    missing_letters: Both
    warnings: Sequence[Both] = ()
    references: Sequence[Reference] = ()


def readable(piece: Piece) -> Piece:
    """Return a prospectus, or a part of one, without the signs that no file may hold.

    � stands for each.
    """
    done: Any = piece
    if isinstance(piece, str):
        done = legible(piece)
    elif is_dataclass(piece) and not isinstance(piece, type):
        changed = {each.name: readable(getattr(piece, each.name)) for each in fields(piece)}
        done = replace(piece, **changed)
    elif isinstance(piece, list | tuple):
        done = tuple(readable(each) for each in piece)
    return done  # type: ignore[no-any-return]  # the same kind as came in

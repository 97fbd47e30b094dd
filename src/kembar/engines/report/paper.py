"""What a report is made of, whatever file it becomes: plain text in plain blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from kembar.engines.charts import legible

Align = Literal["start", "end"]


@dataclass(frozen=True)
class Decision:
    """What a decision adds to a ranking; empty where it is not known.

    Attributes
    ----------
    study
        What the study is called.
    question
        What was asked, in a sentence.
    chosen : code
        Of the region that was chosen.
    reasons
        In the words of those who decided.
    by, post, office
        Who decided, holding which post, in which office.
    on
        The day of the decision.
    offices
        Who else was heard.
    """

    study: str = ""
    question: str = ""
    chosen: str = ""
    reasons: str = ""
    by: str = ""
    post: str = ""
    office: str = ""
    on: date | None = None
    offices: Sequence[str] = ()


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 has a number."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Words:
    """A paragraph: the one that says it all, one of the text, or a remark in small print."""

    text: str
    kind: Literal["lead", "body", "note"] = "body"


@dataclass(frozen=True)
class Listing:
    """Points, each a sentence or two."""

    points: Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of a table; `share` is its part of the width."""

    head: str
    share: float
    align: Align = "start"


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    caption
    columns
    rows
        Texts, as many as there are columns.
    lit
        Numbers of the rows that are the partner's.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    lit: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes
    ----------
    svg
        As `engines.charts` draws it.
    caption
        What stands below it.
    spoken
        What it shows, for those who do not see it.
    share
        Of the width of the text.
    """

    svg: str
    caption: str
    spoken: str
    share: float = 1.0


Block = Heading | Words | Listing | Grid | Picture


@dataclass(frozen=True)
class Paper:
    """A whole report.

    Attributes
    ----------
    title, subtitle
    tag
        Its language, such as zh-CN.
    day
        The day it is of; None if the record has none.
    running
        What stands on every page, above and below.
    page
        “Page %(page)s of %(pages)s” in its language.
    blocks
    """

    title: str
    subtitle: str
    tag: str
    day: date | None
    running: tuple[str, str]
    page: str
    blocks: Sequence[Block] = field(default_factory=tuple)


def readable(paper: Paper) -> Paper:
    """Return a paper without the signs that no file may hold; � stands for each."""
    blocks: list[Block] = []
    for block in paper.blocks:
        match block:
            case Heading() | Words():
                blocks.append(replace(block, text=legible(block.text)))
            case Listing(points):
                blocks.append(Listing([legible(each) for each in points]))
            case Grid(caption, columns, rows, lit):
                heads = [replace(each, head=legible(each.head)) for each in columns]
                texts = [[legible(each) for each in row] for row in rows]
                blocks.append(Grid(legible(caption), heads, texts, lit))
            case Picture(caption=caption, spoken=spoken):
                blocks.append(replace(block, caption=legible(caption), spoken=legible(spoken)))
    return replace(
        paper,
        title=legible(paper.title),
        subtitle=legible(paper.subtitle),
        running=(legible(paper.running[0]), legible(paper.running[1])),
        blocks=blocks,
    )

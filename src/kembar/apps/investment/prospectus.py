"""From an offer to its prospectus: the same for whoever may read it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.rights import Audience
from kembar.apps.investment.models import Offer, OfferPaper
from kembar.apps.investment.offers import standing_of
from kembar.apps.investment.readiness import CONTESTED, Asked, Standing, ladder
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import Text, reader_language
from kembar.apps.ledger.models import Source
from kembar.apps.rates.amounts import written
from kembar.apps.regions.register import country_name
from kembar.engines.dates import PartialDate
from kembar.engines.prospectus import (
    Both,
    Fact,
    Paper,
    Part,
    Reference,
    Rung,
    Sheet,
)

# The languages of the two columns, as the settings name them.
CHINESE: Final = next(code for code, _name in settings.LANGUAGES if code.startswith("zh"))
ENGLISH: Final = "en"
# 15 mu make a hectare: Chinese State Council, decree on legal units of measurement, 1984.
MU_IN_HECTARE: Final = 15
_WIDE_AUDIENCES: Final = list(Audience.values)


def both(say: Callable[[], Any]) -> Both:
    """Return what is said in both languages."""
    with override(CHINESE):
        zh = str(say())
    with override(ENGLISH):
        return Both(zh, str(say()))


def text_in_both(text: Text) -> Both:
    """Return a text in both languages; one that is lacking is told in another, which is marked."""
    zh, en = Text(text).shown("zh"), Text(text).shown("en")
    return Both(zh.text, en.text, zh.tag, en.tag)


class _Notes:
    """The sources named so far, each once, by number."""

    def __init__(self, offer: Offer) -> None:
        self.audience = offer.audience
        self.sources: list[Source] = []

    def of(self, source: Source | None) -> tuple[int, ...]:
        if source is None:
            return ()
        if source not in self.sources:
            self.sources.append(source)
        return (self.sources.index(source) + 1,)

    def references(self) -> list[Reference]:
        return [self._reference(source) for source in self.sources]

    def _reference(self, source: Source) -> Reference:
        # A prospectus goes to others: what is kept from them is not told by its headline.
        if _WIDE_AUDIENCES.index(source.audience) < _WIDE_AUDIENCES.index(self.audience):
            hidden = both(lambda: gettext("On file with the province; not published"))
            return Reference(f"{hidden.zh} · {hidden.en}")
        with override(ENGLISH):
            dated = f", {readable(source.dated)}" if source.dated else ""
        return Reference(f"{source}{dated}", source.address)


def prospectus_of(offer: Offer, today: date) -> Sheet:
    """Return the prospectus of an offer, as it stands today.

    Whatever is not known is said to be not known. A source that fewer people may read than the
    offer is named as being on file.
    """
    papers = list(offer.papers.filter(withdrawn="").select_related("source").order_by("-pk"))
    standing = standing_of(offer, papers, today)
    notes = _Notes(offer)
    for source in offer.sources.order_by("publisher", "pk"):
        notes.of(source)
    return Sheet(
        title=text_in_both(offer.title),
        kicker=both(lambda: _kicker(offer)),
        day=today,
        warnings=list(_warnings(offer)),
        lead=text_in_both(offer.summary),
        figures=_figures(offer, standing, notes),
        parts=_parts(offer, notes),
        ladder_title=both(lambda: gettext("How far it is")),
        ladder=_ladder(standing),
        rungs=[
            Rung(rung.level.level, text_in_both(rung.level.name), rung.is_reached)
            for rung in standing.rungs
        ],
        papers_title=both(lambda: gettext("Papers and checks")),
        papers_note=both(lambda: _papers_note(offer)),
        papers=_papers(standing, papers, today, notes),
        contact=Fact(
            both(lambda: gettext("Whom to ask")), *_or_unknown(text_in_both(offer.contact))
        ),
        references=notes.references(),
        references_title=both(lambda: gettext("Sources")),
        small=both(lambda: _small(offer, today)),
        page=both(lambda: gettext("Page %(page)s of %(pages)s")),
        missing_letters=both(
            lambda: gettext(
                "No font here has these letters; their numbers in Unicode stand for them:"
                " %(letters)s."
            )
        ),
    )


def _kicker(offer: Offer) -> str:
    """Return what kind of paper this is, of which country and province, in which sector."""
    country = country_name(offer.home.country, reader_language())
    parts = (gettext("Prospectus"), country, offer.home.name, offer.get_sector_display())
    return " · ".join(map(str, parts))


def _unknown() -> Both:
    return both(lambda: gettext("Not known"))


def _or_unknown(value: Both) -> tuple[Both, bool]:
    return (value, True) if value else (_unknown(), False)


def _fact(label: Any, value: Both, references: Sequence[int] = ()) -> Fact:
    shown, is_known = _or_unknown(value)
    return Fact(both(lambda: label), shown, is_known, references if is_known else ())


def _label(name: str) -> Any:
    label = Offer._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # a column
    return str(label)[:1].upper() + str(label)[1:]


def _column(offer: Offer, name: str) -> Fact:
    label = both(lambda: _label(name))
    shown, is_known = _or_unknown(text_in_both(getattr(offer, name)))
    return Fact(label, shown, is_known)


def _warnings(offer: Offer) -> Iterable[Both]:
    if offer.state == Offer.State.TAKEN:
        yield both(lambda: gettext("This offer is taken."))
    elif offer.state == Offer.State.SUSPENDED:
        yield both(lambda: gettext("This offer is suspended."))
    elif offer.state == Offer.State.NEGOTIATING:
        yield both(lambda: gettext("The province is in negotiation on this offer already."))
    if offer.land == CONTESTED:
        yield both(lambda: gettext("The land is contested."))


def _figures(offer: Offer, standing: Standing, notes: _Notes) -> list[Fact]:
    source = notes.of(offer.return_source)
    level = standing.reached.level
    return [
        Fact(both(lambda: gettext("Area")), *_or_unknown(_area(offer.area_ha))),
        _money_fact("sought", offer, source),
        _fact(_("Return"), _return(offer), source),
        Fact(
            both(lambda: gettext("Readiness level")),
            both(lambda: f"{level.level} / {len(standing.rungs) - 1}"),
        ),
    ]


def _area(area_ha: Decimal | None) -> Both:
    if area_ha is None:
        return Both()
    shown = f"{area_ha.normalize():,f}"
    mu = f"{(area_ha * MU_IN_HECTARE).normalize():,f}"
    # Land is counted in mu in China.
    return Both(f"{shown} 公顷（{mu} 亩）", f"{shown} ha")


def _money(value: Decimal | None, currency: str) -> Both:
    if value is None:
        return Both()
    exact = both(lambda: written(value, currency))
    large = _in_chinese_tens(value)
    return Both(f"{exact.zh}（{large}）" if large else exact.zh, exact.en)


def _in_chinese_tens(value: Decimal) -> str:
    """Return an amount in 万 or 亿, exact to four digits; empty where it is small."""
    for zeros, word in ((12, "万亿"), (8, "亿"), (4, "万")):
        size = Decimal(10) ** zeros
        if value >= size:
            part = value / size
            short = part.quantize(Decimal("0.01"))
            about = "" if short == part else "约"
            return f"{about}{short.normalize():f}{word}"
    return ""


def _money_fact(name: str, offer: Offer, source: Sequence[int]) -> Fact:
    shown, is_known = _or_unknown(_money(getattr(offer, name), offer.currency))
    return Fact(both(lambda: _label(name)), shown, is_known, source if is_known else ())


def _return(offer: Offer) -> Both:
    """Return the rate of return and the payback in words, as far as they are known."""

    def say() -> str:
        parts = []
        if offer.irr_percent is not None:
            irr = number_format(offer.irr_percent.normalize())
            parts.append(gettext("IRR %(percent)s%%") % {"percent": irr})
        if offer.payback_years is not None:
            years = number_format(offer.payback_years.normalize())
            parts.append(gettext("payback %(years)s years") % {"years": years})
        return " · ".join(parts)

    return both(say)


def _parts(offer: Offer, notes: _Notes) -> list[Part]:
    source = notes.of(offer.return_source)
    status = both(offer.get_land_display) if offer.land else Both()
    note = text_in_both(offer.land_note)
    site = [
        _column(offer, "place"),
        Fact(both(lambda: gettext("Area")), *_or_unknown(_area(offer.area_ha))),
        Fact(both(lambda: _label("land")), *_or_unknown(status)),
        *([Fact(both(lambda: _label("land_note")), note)] if note else []),
        *(_column(offer, name) for name in ("power", "water", "port")),
    ]
    # What is known of the return stands by itself; where nothing is, one line says so.
    figures = [
        _number_fact(name, offer, source)
        for name in ("irr_percent", "payback_years")
        if getattr(offer, name) is not None
    ]
    money = [
        _money_fact("sought", offer, source),
        *([_money_fact("secured", offer, source)] if offer.secured is not None else []),
        *(figures or [_fact(_("Return"), Both())]),
    ]
    return [
        Part(both(lambda: gettext("The site")), site),
        Part(both(lambda: gettext("Value and return")), money),
    ]


def _number_fact(name: str, offer: Offer, source: Sequence[int]) -> Fact:
    value = getattr(offer, name)
    shown = Both() if value is None else both(lambda: number_format(value.normalize()))
    shown, is_known = _or_unknown(shown)
    return Fact(both(lambda: _label(name)), shown, is_known, source if is_known else ())


def _ladder(standing: Standing) -> Both:
    meaning = text_in_both(standing.reached.level.meaning)
    if standing.until is None:
        return meaning
    day = PartialDate.from_date(standing.until)
    until = both(lambda: gettext("The papers hold until %(day)s.") % {"day": readable(day)})
    return Both(f"{meaning.zh}{until.zh}", f"{meaning.en} {until.en}")


def _papers(
    standing: Standing, papers: Sequence[OfferPaper], today: date, notes: _Notes
) -> list[Paper]:
    """Return the papers of all levels, those on file with what they are."""
    newest: dict[str, OfferPaper] = {}
    for paper in papers:
        known = newest.get(paper.code)
        if known is None or (_is_valid(paper, today) and not _is_valid(known, today)):
            newest[paper.code] = paper
    asked_of = [asked for rung in standing.rungs for asked in rung.papers]
    rows = [_paper(asked, newest.get(asked.kind.code), notes) for asked in asked_of]
    asked_for = {asked.kind.code for asked in asked_of}
    for code, paper in newest.items():
        kind = ladder().papers.get(code)
        if code not in asked_for and kind is not None:
            rows.append(_paper(Asked(kind, _is_valid(paper, today)), paper, notes))
    return rows


def _is_valid(paper: OfferPaper, today: date) -> bool:
    return not paper.valid_until or paper.valid_until >= today


def _paper(asked: Asked, paper: OfferPaper | None, notes: _Notes) -> Paper:
    issuer = text_in_both(asked.kind.issuer)
    if paper is not None and paper.by:
        issuer = text_in_both(paper.by)
    return Paper(
        name=text_in_both(asked.kind.name),
        by=issuer,
        state=both(lambda: _paper_state(asked, paper)),
        is_there=asked.is_there,
        references=notes.of(paper.source) if paper is not None else (),
    )


def _paper_state(asked: Asked, paper: OfferPaper | None) -> str:
    if paper is None:
        return gettext("Not on file")
    if not asked.is_there and paper.valid_until:
        day = readable(PartialDate.from_date(paper.valid_until))
        return gettext("Ran out on %(day)s") % {"day": day}
    if paper.valid_until:
        day = readable(PartialDate.from_date(paper.valid_until))
        return gettext("On file, valid until %(day)s") % {"day": day}
    if paper.on:
        return gettext("On file, dated %(day)s") % {"day": readable(paper.on)}
    return gettext("On file")


def _papers_note(offer: Offer) -> str:
    parts = []
    if any(kind.seen == "ours" for kind in ladder().papers.values()):
        parts.append(
            gettext(
                "Which papers are asked for is the province's own list, not checked against the"
                " law."
            )
        )
    if not offer.land:
        parts.append(
            gettext(
                "Which papers on the land are needed depends on its status, which is not known."
            )
        )
    return _sentences(*parts)


def _sentences(*said: str) -> str:
    """Return sentences one after the other; Chinese leaves no space between them."""
    return ("" if reader_language() == "zh" else " ").join(said)


def _small(offer: Offer, today: date) -> str:
    drawn = gettext(
        "Drawn from the record of the province on %(day)s. It is information, no contract and no"
        " promise; every figure holds as its source gives it."
    ) % {"day": readable(PartialDate.from_date(today))}
    if offer.as_of:
        day = readable(PartialDate.from_date(offer.as_of))
        return _sentences(drawn, gettext("The record is as of %(day)s.") % {"day": day})
    return drawn


def lacking_languages(offer: Offer) -> list[str]:
    """Return the fields that are filled in, but lack Chinese or English, by name.

    A prospectus tells them in another language; an office that publishes it wants to know.
    """
    names = ("title", "summary", "place", "land_note", "power", "water", "port", "contact")
    lacking = []
    for name in names:
        text = getattr(offer, name)
        if text and not (text.get("zh") and text.get("en")):
            lacking.append(str(_label(name)))
    return lacking

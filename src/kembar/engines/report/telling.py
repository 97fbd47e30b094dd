"""What a record names, in the reader's words: criteria, regions, units, notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from kembar.engines import atlas
from kembar.engines.report.figures import Cast, Row
from kembar.engines.report.words import Speech
from kembar.engines.scouting.catalog import Kind, group_name, kind_name, unit_name
from kembar.engines.scouting.said import said_in

_EXPLAINED: Final = 3
_NAMED: Final = 12
_CODE: Final = re.compile(r"[^\W\d]\w*")


@lru_cache
def _regions() -> frozenset[str]:
    return frozenset(atlas.codes())


@dataclass
class Telling:
    """A record, who is who in it, and the language it is told in."""

    record: Mapping[str, Any]
    cast: Cast
    speech: Speech

    @property
    def explained(self) -> list[Row]:
        """The first three, and the chosen one."""
        found = self.cast.ranked[:_EXPLAINED]
        lit = self.cast.lit_row()
        if lit is not None and lit["rank"] is not None and lit not in found:
            found.append(lit)
        return found

    def joined(self, sentences: Iterable[str]) -> str:
        """Return sentences as one paragraph; Chinese has no space between them."""
        return ("" if self.speech.language == "zh" else " ").join(s for s in sentences if s)

    @cached_property
    def criteria_named(self) -> dict[str, Mapping[str, str]]:
        """Names of the criteria by code, of those that were asked for and left out too."""
        asked = (self.record.get("inputs") or {}).get("criteria") or ()
        names: dict[str, Mapping[str, str]] = {each["code"]: each["name"] for each in asked}
        for each in self.record["criteria"]:
            names[each["code"]] = each.get("names") or {"en": each["name"] or each["code"]}
        return names

    @cached_property
    def groups_named(self) -> dict[str, Mapping[str, str]]:
        asked = (self.record.get("inputs") or {}).get("criteria") or ()
        names: dict[str, Mapping[str, str]] = {
            each["group"]: group_name(each["group"]) for each in asked
        }
        return names | {each["code"]: each["names"] for each in self.record.get("groups", ())}

    def criterion(self, code: str) -> str:
        return self.speech.name(self.criteria_named.get(code) or {}, code)

    def group(self, code: str) -> str:
        return self.speech.name(self.groups_named.get(code) or {}, code)

    def told(self, notice: Mapping[str, Any]) -> str:
        """Return what a notice says, with names where its facts are codes."""
        facts = {key: self.named(value) for key, value in (notice.get("facts") or {}).items()}
        return self.speech.told({**notice, "facts": facts})

    def named(self, fact: object) -> object:
        """Return the names of regions, countries, criteria or groups; anything else as it is."""
        if isinstance(fact, Mapping):
            return said_in(fact, self.speech.language)
        if not isinstance(fact, str):
            return fact
        if ">" in fact or "<" in fact:
            return self.preference(fact)
        names = [self.known_name(code) for code in fact.split(", ")]
        return self.speech.listed([str(each) for each in names]) if all(names) else fact

    def known_name(self, code: str) -> str | None:
        if code in self.criteria_named:
            return self.criterion(code)
        if code in self.groups_named:
            return self.group(code)
        if code in atlas.countries():
            return atlas.countries()[code][self.speech.language]
        if code in _regions():
            return atlas.region(code).name(self.speech.language)
        return None

    def preference(self, preference: str) -> str:
        """Return a preference with the names of criteria and groups instead of their codes."""

        def name(found: re.Match[str]) -> str:
            code = found[0]
            return self.group(code) if code in self.groups_named else self.criterion(code)

        return _CODE.sub(name, preference)

    def kind(self, kind: Kind) -> str:
        return self.speech.name(kind_name(kind), kind)

    def value(self, value: Mapping[str, Any], criterion: Mapping[str, Any]) -> str:
        say = self.speech
        law, number = value.get("law", "missing"), value.get("value")
        if law == "missing" or number is None:
            return "–"
        unit = self.unit(criterion.get("unit", ""))
        second = value.get("second")
        if law == "between":
            text = f"({say.number(number)}–{say.number(second)})"
        elif law in ("normal", "lognormal"):
            text = f"({say.number(number)} ± {say.number(second)})"
        elif criterion.get("unit") == "share":
            return say.percent(number, 1)
        else:
            text = say.number(number)
        year = value.get("year")
        return f"{text}{unit}" + (f", {year}" if year else "")

    def end(self, value: float | None, criterion: Mapping[str, Any]) -> str:
        if criterion.get("unit") == "share":
            return self.speech.percent(value)
        return self.speech.number(value) + self.unit(criterion.get("unit", ""))

    def unit(self, unit: str) -> str:
        """Return a unit to stand behind a number; those that the criterion names are left out."""
        if unit in ("share", "distance", "documented", "airports", "contacts", ""):
            return ""
        return f"\u00a0{self.speech.name(unit_name(unit), unit)}"

    def some(self, names: Sequence[str]) -> str:
        _ = self.speech.gettext
        shown = self.speech.listed(names[:_NAMED])
        if len(names) <= _NAMED:
            return shown
        more = self.speech.number(len(names) - _NAMED, 0)
        return _("%(names)s and %(more)s more") % {"names": shown, "more": more}

    def basis(self, basis: str, seen: str, source: str) -> str:
        _ = self.speech.gettext
        how = {
            "text": _("text seen"),
            "secondary": _("seen at second hand"),
            "unverified": _("not verified"),
        }.get(seen, "")
        parts = [self.source(basis), how, source]
        return ("；" if self.speech.language == "zh" else "; ").join(p for p in parts if p) or "–"

    def source(self, text: str | Mapping[str, str] | Sequence[Any]) -> str:
        """Return a source or a rule of our own data in the reader's language; others stay.

        What was said in several languages is told in the reader's.
        """
        if not isinstance(text, str):
            return said_in(text, self.speech.language)
        return self.speech.gettext(text) if text else ""

    def points(self, named: Iterable[tuple[str, float]]) -> str:
        opened, closed = ("（", "）") if self.speech.language == "zh" else (" (", ")")
        return self.speech.listed(
            [f"{name}{opened}{self.speech.signed(points)}{closed}" for name, points in named]
        )

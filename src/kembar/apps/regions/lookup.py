"""Find a region by what people write: its code, its name in any language, or another spelling."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kembar.apps.regions.models import Region
from kembar.engines.languages import nearest


def folded(name: str) -> str:
    """Return a name as it is compared: no case, no accents, no punctuation."""
    text = name.lower() if name.isascii() else unicodedata.normalize("NFKD", name).casefold()
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


# What a region is, which people say or leave out: Jiangxi Province, Provinsi Jiangxi, 江西省.
_BEFORE = (
    "provinsi|propinsi|province of|prefektur|negara bagian|state of|oblast|wilayah"
    "|daerah istimewa|di|daerah khusus ibu ?kota|daerah khusus|dki|special region of"
    "|kabupaten|kab|kotamadya|kota|city of"
)
_BEHIND = (
    "province|prefecture|state|oblast|region|governorate|special administrative region"
    "|autonomous region|regency|county|municipality|city"
)
_BEHIND_HAN = (
    "(?:壮族|回族|维吾尔)?自治区|特别行政区|首都特区|特区|特别市|广域市|大区|省|市|县|府|州|道"
)
_LEVELS = re.compile(
    rf"^(?:{_BEFORE})\b[. ]+(?=\w)|(?<=\w) +(?:{_BEHIND})$|(?<=[^ -~]{{2}})(?:{_BEHIND_HAN})$",
    re.IGNORECASE,
)


def bare(name: str) -> str:
    """Return a name without what it says of the region's level: Jiangxi, 江西."""
    return _LEVELS.sub("", name.strip())


def spellings(region: Region) -> frozenset[str]:
    """Return every spelling of a region, folded, with its level and without."""
    return _ways("\n".join([region.code, *region.name.values(), region.aliases]))


@lru_cache(maxsize=10_000)
def _ways(spelt: str) -> frozenset[str]:
    """Return the spellings of names, one a line: the same ones come at every question."""
    names = filter(str.strip, spelt.split("\n"))
    return frozenset(way for name in names for way in (folded(name), folded(bare(name))))


@dataclass
class Gazetteer:
    """All regions by every spelling: one query for a whole table of names."""

    by_code: dict[str, Region] = field(default_factory=dict)
    by_name: dict[str, list[Region]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, regions: Iterable[Region]) -> Gazetteer:
        gazetteer = cls()
        for region in regions:
            gazetteer.add(region)
        return gazetteer

    def add(self, region: Region) -> None:
        self.by_code[region.code] = region
        for spelling in spellings(region):
            self.by_name[spelling].append(region)

    def find(self, name: str, country: str = "") -> list[Region]:
        """Return the regions that a name may mean, in a country if one is given."""
        if region := self.by_code.get(name.strip()):
            return [region]
        found = self.by_name.get(folded(name)) or self.by_name.get(folded(bare(name)), [])
        return [region for region in found if not country or region.country == country]

    def like(self, name: str, country: str = "") -> list[Region]:
        """Return at most three regions whose spelling is near a name that is not known."""
        there = {
            spelling: [region for region in regions if country in ("", region.country)]
            for spelling, regions in self.by_name.items()
        }
        near = nearest(folded(name), (spelling for spelling, regions in there.items() if regions))
        found = {region.code: region for spelling in near for region in there[spelling]}
        return list(found.values())[:3]


@dataclass(frozen=True)
class Named:
    """The codes of regions that are called by a name; if none is, of those called nearly so."""

    found: list[str]
    near: list[str]


def named_codes(name: str, country: str = "") -> Named:
    """Return which regions a name may mean, in a country if one is given.

    As `Gazetteer.find` and `like`, for a page that asks for one name: no region is read whole.
    """
    ways = {code: _ways(spelt) for code, spelt in Region.objects.values_list("code", "spelt")}
    for spelling in (folded(name), folded(bare(name))):
        if called := [code for code, spelt in ways.items() if spelling in spelt]:
            break
    if found := [code for code in called if country in ("", code[:2])]:
        return Named(found, [])
    near = nearest(folded(name), set[str]().union(*ways.values()))[:3]
    codes = (code for spelling in near for code in ways if spelling in ways[code])
    return Named([], list(dict.fromkeys(codes))[:3])


class RegionField(forms.CharField):
    """Asks for a region by name or code; names the nearest when it knows none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Name or code, such as Jiangxi, 江西省 or CN-JX."))
        super().__init__(max_length=120, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        # No longer text and no null: PostgreSQL breaks at one.
        super().run_validators(text)
        region = Region.objects.filter(code=text).first()
        if region:
            return region
        named = named_codes(text)
        regions = Region.objects.in_bulk([*named.found[:5], *named.near])
        if len(named.found) == 1:
            return regions[named.found[0]]
        choices = ", ".join(f"{region} ({region.code})" for region in regions.values())
        if named.found:
            raise ValidationError(
                _("“%(name)s” may be one of these; write the code: %(choices)s."),
                params={"name": text, "choices": choices},
            )
        if named.near:
            raise ValidationError(
                _("No region is called “%(name)s”. Do you mean %(near)s?"),
                params={"name": text, "near": choices},
            )
        raise ValidationError(
            _("No region is called “%(name)s”. Write its ISO 3166-2 code, such as CN-JX."),
            params={"name": text},
        )

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Region) else value

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """A region that was found is right."""

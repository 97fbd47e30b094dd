"""Which region a code or a name means, in whatever list of codes it stands. Nothing is guessed.

The same number is another region in another list: 53 is Nusa Tenggara Timur for the statistics
office of Indonesia and, as 530000, Yunnan in GB/T 2260; since 2022 the home ministry and the
statistics office number the provinces of Papua each in its own way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kembar.apps.regions.lookup import Gazetteer
from kembar.apps.regions.models import Region
from kembar.apps.regions.register import rows_of_data
from kembar.engines import atlas

# Lists of numbers, and how they are called.
LISTS: dict[str, Promise | str] = {
    "bps": gettext_lazy("Statistics Indonesia (BPS)"),
    "kemendagri": gettext_lazy("Home ministry of Indonesia (Kemendagri)"),
    "gbt2260": gettext_lazy("GB/T 2260 of China"),
}
_COUNTRY = {"bps": "ID", "kemendagri": "ID", "gbt2260": "CN"}


class UnmatchedError(Exception):
    """No region, or more than one; the message says which are near."""


@lru_cache
def _by_number() -> dict[str, dict[str, str]]:
    """Return the region of each number, by the list that it stands in."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows_of_data("codes.csv"):
        for name in LISTS:
            if number := row[name]:
                found[name][number] = row["code"]
                # 53, 5300 and 530000 are the same province, and so are 36 and 360000.
                found[name][number[:2]] = found[name][f"{number[:2]}00"] = row["code"]
                found[name][f"{number[:2]}0000"] = row["code"]
    return found


@lru_cache
def _by_geonames() -> dict[str, str]:
    return {unit.geonames: unit.code for unit in atlas.regions() if unit.geonames}


def find_region(
    text: str, gazetteer: Gazetteer, *, country: str = "", code_list: str = ""
) -> Region:
    """Return the region that a text means: a code of one of the lists, or a name.

    Parameters
    ----------
    country
        Only of this country, such as CN.
    code_list
        A number is a code of this list: bps, kemendagri or gbt2260.

    Raises
    ------
    UnmatchedError
        If there is none, or more than one.
    """
    wanted = text.strip()
    if region := gazetteer.by_code.get(wanted) or gazetteer.by_code.get(wanted.upper()):
        return region
    if wanted.upper() in _by_geonames():
        return _one(wanted, {_by_geonames()[wanted.upper()]}, gazetteer)
    if wanted.isascii() and wanted.isdigit():
        lists = [code_list] if code_list else list(LISTS)
        codes = {
            code
            for name in lists
            if not country or _COUNTRY[name] == country
            for code in filter(None, [_by_number()[name].get(wanted)])
        }
        return _one(wanted, codes, gazetteer)
    found = gazetteer.find(wanted, country)
    if len(found) == 1:
        return found[0]
    if found:
        raise UnmatchedError(_several(wanted, found))
    near = ", ".join(f"{region} ({region.code})" for region in gazetteer.like(wanted))
    if near:
        message = _("No region is called “%(name)s”. Do you mean %(near)s?")
        raise UnmatchedError(message % {"name": wanted[:60], "near": near})
    message = _("No region is called “%(name)s”. Write its ISO 3166-2 code, such as CN-JX.")
    raise UnmatchedError(message % {"name": wanted[:60]})


def _one(wanted: str, codes: Iterable[str], gazetteer: Gazetteer) -> Region:
    found = [gazetteer.by_code[code] for code in sorted(codes) if code in gazetteer.by_code]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnmatchedError(_several(wanted, found))
    message = _("No list of codes has the number “%(number)s” for a first-level region.")
    raise UnmatchedError(message % {"number": wanted[:60]})


def _several(wanted: str, found: Iterable[Region]) -> str:
    choices = ", ".join(f"{region} ({region.code})" for region in list(found)[:5])
    message = _("“%(name)s” may be one of these; write the code: %(choices)s.")
    return message % {"name": wanted[:60], "choices": choices}

"""The shipped rulebooks: lazily, and each file once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from kembar.engines.errors import KembarError
from kembar.engines.languages import nearest
from kembar.engines.procedure.model import Rulebook
from kembar.engines.procedure.reading import read_rulebook

FOLDER: Final = Path(__file__).parent / "rulebooks"

EUROPE: Final = frozenset({
    *("AD", "AL", "AM", "AT", "AZ", "BA", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES"),
    *("FI", "FR", "GB", "GE", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC"),
    *("MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "TR"),
    "UA",
})  # fmt: skip
"""Whose towns may follow the custom of CEMR: the members of the Council of Europe, which is our
reading; CEMR's own list was not seen."""


@lru_cache
def _versions() -> dict[str, tuple[str, ...]]:
    """Return the versions of each code, the oldest first, by the names of the files."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        code, _, version = path.stem.rpartition("-")
        found.setdefault(code, []).append(version)
    return {code: tuple(sorted(each, key=_age)) for code, each in found.items()}


def _age(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def codes() -> tuple[str, ...]:
    """Return the codes of all shipped rulebooks, in alphabetical order."""
    return tuple(_versions())


def versions(code: str) -> tuple[str, ...]:
    """Return the versions of a rulebook, the oldest first.

    Raises
    ------
    KembarError
        "rulebook.unknown", or "rulebook.unknown_near" if another one may be meant.
    """
    if found := _versions().get(code):
        return found
    if near := next(iter(nearest(code, codes())), ""):
        raise KembarError("rulebook.unknown_near", code=code, nearest=near)
    raise KembarError("rulebook.unknown", code=code, known=", ".join(codes()))


@lru_cache
def text(code: str, version: str | None = None) -> str:
    """Return a rulebook as it is written, which a case pins.

    Parameters
    ----------
    code
        Such as "id-ksdpl".
    version
        Such as "2026.1"; the newest for None.

    Raises
    ------
    KembarError
        As `versions`, and "rulebook.version_unknown".
    """
    known = versions(code)
    wanted = known[-1] if version is None else version
    if wanted not in known:
        raise KembarError(
            "rulebook.version_unknown", code=code, version=wanted, known=", ".join(known)
        )
    return (FOLDER / f"{code}-{wanted}.toml").read_text(encoding="utf-8")


@lru_cache
def rulebook(code: str, version: str | None = None) -> Rulebook:
    """Return a rulebook; `text` says what the arguments are.

    Raises
    ------
    KembarError
        As `text`.

    Examples
    --------
    >>> rulebook("id-ksdpl").name["en"]
    'Regional cooperation with a local government abroad (Indonesia)'
    """
    wanted = version or versions(code)[-1]
    return read_rulebook(text(code, version), f"{code}-{wanted}.toml")


def for_tie(country: str, kind: str, level: str) -> str | None:
    """Return the code of the rulebook that one side of a tie follows, None if there is none.

    Parameters
    ----------
    country
        Of that side, ISO 3166-1.
    kind
        Of the tie: "sister_province", "sister_city", "friendly" or "other".
    level
        Of that side's region: "first" or "below".
    """
    for code in codes():
        book = rulebook(code)
        theirs = EUROPE if code == "eu-twinning" else {book.country}
        if country in theirs and kind in book.kinds and level in book.levels:
            return code
    return None

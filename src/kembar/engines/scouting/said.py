"""What somebody said, kept in every language in which it is on record, and told to a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any, Final

NAMES: Final = {"id": "Bahasa Indonesia", "zh": "中文", "en": "English"}


@dataclass(frozen=True)
class Said:
    """A text in one language or several, and where it stands.

    Attributes
    ----------
    id, zh, en
        Empty where there is none.
    where
        Such as publisher and headline, in their own words; may be empty.
    language
        Of `where`: id, zh or en.
    """

    id: str = ""
    zh: str = ""
    en: str = ""
    where: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        if not all(isinstance(each, str) for each in astuple(self)):
            raise TypeError

    def __str__(self) -> str:
        return said_in(self.as_data(), "en")

    def as_data(self) -> dict[str, str]:
        """Return it as JSON has it, without what is empty."""
        return {key: text for key, text in asdict(self).items() if text}


def as_data(value: Any) -> Any:
    """Return what was said as JSON has it; anything else as it is."""
    return value.as_data() if isinstance(value, Said) else value


def said_in(value: str | Mapping[str, str] | Sequence[Any], language: str) -> str:
    """Return what a record keeps as said, for a reader of a language.

    What there is in another language only, and where it stands, is marked with its language.

    Examples
    --------
    >>> said_in({"id": "Kuat di laut", "where": "新华社", "language": "zh"}, "en")
    'Kuat di laut [Bahasa Indonesia] (新华社 [中文])'
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return "; ".join(said_in(each, language) for each in value)
    spoken = next((each for each in (language, "en", "id", "zh") if value.get(each)), "")
    text = _marked(value[spoken], spoken, language) if spoken else ""
    where = _marked(value.get("where", ""), value.get("language", ""), language)
    if text and where:
        return f"{text}（{where}）" if language == "zh" else f"{text} ({where})"
    return text or where


def _marked(text: str, spoken: str, language: str) -> str:
    if not text or spoken == language or spoken not in NAMES:
        return text
    return f"{text} [{NAMES[spoken]}]"

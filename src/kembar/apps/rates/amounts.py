"""Amounts of money as the reader's language writes them."""

from __future__ import annotations

from decimal import Decimal

from kembar.apps.kit.text import reader_language
from kembar.engines.money import digits_of

# Between thousands, and before the decimals. A language not named here writes as English does.
_MARKS = {"id": (".", ",")}


def written(value: Decimal | None, currency: str = "") -> str:
    """Return an amount with its currency; empty if it is not known, for that is not nothing.

    What it returns is read again as the same amount.
    """
    if value is None:
        return ""
    thousands, point = _MARKS.get(reader_language(), (",", "."))
    whole, _sign, decimals = f"{value.normalize():f}".partition(".")
    if len(decimals) == 1:
        decimals += "0"
    elif len(decimals) == 3 and len(whole) < 4:
        # “1,234” dinars would be read as a thousand and more.
        decimals += "0"
    elif not decimals and 4 <= len(whole) <= 6 and digits_of(currency) == 3:
        # “1,000” dinars might be one.
        decimals = "00"
    text = f"{int(whole):,}".replace(",", thousands)
    text = f"{text}{point}{decimals}" if decimals else text
    return f"{currency} {text}" if currency else text

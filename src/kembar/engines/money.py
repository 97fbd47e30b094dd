"""Amounts of money as people write them in three countries, and the currencies there are."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from kembar.engines.errors import KembarError

# ISO 4217: the codes in use, and those that have not two digits behind the point.
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS: Final = dict.fromkeys(_NO_DIGITS.split(), 0) | dict.fromkeys(_THREE_DIGITS.split(), 3)
_CODES: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())
# How people write a currency who do not write its code.
_SIGNS: Final = {
    "rp": "IDR",
    "rupiah": "IDR",
    "rmb": "CNY",
    "yuan": "CNY",
    "元": "CNY",
    "人民币": "CNY",
    "¥": "CNY",
    "us$": "USD",
    "usd$": "USD",
    "美元": "USD",
    "dolar as": "USD",
    "印尼盾": "IDR",
    "€": "EUR",
    "欧元": "EUR",
    "日元": "JPY",
    "yen": "JPY",
}
# What multiplies the number before it. Indonesian, Chinese, English; the longest first.
_TIMES: Final = (
    *((word, 12) for word in ("trillion", "triliun", "trn", "万亿")),
    *((word, 9) for word in ("billion", "miliar", "milyar", "bn", "十亿")),
    *((word, 8) for word in ("亿",)),
    *((word, 7) for word in ("千万",)),
    *((word, 6) for word in ("million", "juta", "jt", "mn", "百万")),
    *((word, 4) for word in ("万",)),
    *((word, 3) for word in ("thousand", "ribu", "rb", "千")),
)
_NUMBER: Final = re.compile(r"-?\d[\d.,' \u00a0\u2009\u202f]*")
# More than the product of the world in any currency: a slip of the pen.
_MOST: Final = Decimal(10) ** 17


def read_currency(text: str) -> str:
    """Return the ISO 4217 code that a text means.

    Raises
    ------
    KembarError
        `money.currency` if there is no such currency.

    Examples
    --------
    >>> read_currency("Rp"), read_currency("cny"), read_currency("美元")
    ('IDR', 'CNY', 'USD')
    """
    plain = unicodedata.normalize("NFKC", text).strip().rstrip(".")
    code = _SIGNS.get(plain.casefold(), plain.upper())
    if code not in CURRENCIES:
        raise KembarError("money.currency", value=text.strip()[:40])
    return code


def digits_of(currency: str) -> int:
    """Return how many digits stand behind the point: 2 in CNY, 0 in JPY."""
    return _DIGITS.get(currency, 2)


def read_amount(text: str, currency: str = "") -> Decimal:
    """Return an amount of money, in units of its currency, as an exact number.

    Marks between thousands may be points, commas, spaces or apostrophes, and the sign before the
    decimals a point or a comma; no currency has more than three digits behind it, so that
    “1.234” is a thousand and more, unless the currency has three.

    Parameters
    ----------
    text
        Such as “1.234.567,89”, “1,234,567.89”, “1 234 567,89”, “12,5 miliar” or “300万”.
    currency
        ISO 4217 code, where it is known: it decides how many decimals there may be.

    Raises
    ------
    KembarError
        `money.unreadable` if it is no number, `money.ambiguous` if it may mean two,
        `money.decimals` if it has more decimals than the currency,
        `money.range` if it is less than nothing or larger than any sum of money.

    Examples
    --------
    >>> read_amount("1.234.567,89") == read_amount("1,234,567.89") == Decimal("1234567.89")
    True
    >>> read_amount("Rp 12,5 miliar"), read_amount("300万元")
    (Decimal('12500000000'), Decimal('3000000'))
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.search(plain)
    if not found:
        raise KembarError("money.unreadable", value=plain[:40])
    before, after = plain[: found.start()].strip(), plain[found.end() :].strip()
    power, rest = _power(after)
    for word in (before, rest):
        if word and (named := read_currency(word)):
            if currency and named != currency:
                raise KembarError("money.two_currencies", value=plain[:40], currency=currency)
            currency = named
    number = _number(found.group(), plain, currency, is_multiplied=power > 0)
    value: Decimal = (number * Decimal(10) ** power).normalize()
    value = value.quantize(Decimal(1)) if value == value.to_integral() else value
    if not 0 <= value < _MOST:
        raise KembarError("money.range", value=plain[:40])
    places = max(0, -int(value.as_tuple().exponent))
    if places > (digits_of(currency) if currency else 3):
        raise KembarError("money.decimals", value=plain[:40], currency=currency or "–")
    return value


def read_rate(text: str) -> Decimal:
    """Return how many units of a currency one of another is worth, more than nothing.

    Raises
    ------
    KembarError
        `money.unreadable`, `money.ambiguous` (“2.280” is two thousand or little more than two),
        `money.range`.

    Examples
    --------
    >>> read_rate("2.280,55"), read_rate("0,00045")
    (Decimal('2280.55'), Decimal('0.00045'))
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _NUMBER.fullmatch(plain):
        raise KembarError("money.unreadable", value=plain[:40])
    value = _number(plain, plain, "", is_multiplied=True)
    if not 0 < value < _MOST:
        raise KembarError("money.range", value=plain[:40])
    return value


def _power(after: str) -> tuple[int, str]:
    """Return the zeros that the words behind a number add, and what follows them."""
    folded = after.casefold()
    for word, zeros in _TIMES:
        if folded.startswith(word):
            return zeros, after[len(word) :].strip()
    return 0, after


def _number(text: str, whole: str, currency: str, *, is_multiplied: bool) -> Decimal:
    """Return a number in whichever of three styles it is written."""
    bare = re.sub(r"[' \u00a0\u2009\u202f]", "", text).rstrip(".,")
    marks = [sign for sign in bare if sign in ".,"]
    if not marks:
        return Decimal(bare)
    last = marks[-1]
    groups = re.split(r"[.,]", bare)
    tail = groups[-1]
    if len(set(marks)) == 2:
        # Two signs: the last one parts the decimals, and stands once.
        if marks.count(last) > 1:
            raise KembarError("money.unreadable", value=whole[:40])
        _thousands(groups[:-1], whole)
        return Decimal("".join(groups[:-1]) + "." + tail)
    if len(marks) > 1:
        _thousands(groups, whole)
        return Decimal("".join(groups))
    if len(tail) == 3 and groups[0].lstrip("-") != "0":
        # “1.234”: thousands, for two decimals is the most; “1.234 million” may be either.
        if is_multiplied or digits_of(currency) == 3:
            raise KembarError("money.ambiguous", value=whole[:40])
        _thousands(groups, whole)
        return Decimal("".join(groups))
    return Decimal(".".join(groups))


def _thousands(groups: list[str], whole: str) -> None:
    """Refuse groups of digits that are no thousands."""
    first = groups[0].lstrip("-")
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups[1:]):
        raise KembarError("money.unreadable", value=whole[:40])

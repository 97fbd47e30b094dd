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
_NUMBER: Final = re.compile(r"-?\d[\d.,'’ \u00a0\u2009\u202f]*")
_SPACES: Final = re.compile(r"['’ \u00a0\u2009\u202f]")
# “Rp 5.000,-” and “Rp 5.000,--”: no cents.
_NO_CENTS: Final = re.compile(r"(?<=\d),[-–—]+")
# More than the product of the world in any currency: a slip of the pen.
_MOST: Final = Decimal(10) ** 17
# As many digits Python calculates with; more would be rounded without a word.
_MOST_DIGITS: Final = 28


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
    plain, digits, power, words = _parts(text)
    for word in words:
        named = read_currency(word)
        if currency and named != currency:
            raise KembarError("money.two_currencies", value=plain[:40], currency=currency)
        currency = named
    if sum(sign.isdigit() for sign in digits) > _MOST_DIGITS:
        raise KembarError("money.range", value=plain[:40])
    number = _number(digits, plain, currency, is_multiplied=power > 0)
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


def named_currency(text: str) -> str:
    """Return the ISO 4217 code of the currency that an amount names, empty if it names none.

    Raises
    ------
    KembarError
        `money.unreadable` if it is no number, `money.currency` if it names what is no currency.

    Examples
    --------
    >>> named_currency("Rp 12,5 miliar"), named_currency("12,5")
    ('IDR', '')
    """
    words = _parts(text)[3]
    return read_currency(words[0]) if words else ""


def _parts(text: str) -> tuple[str, str, int, list[str]]:
    """Return a text made plain, its number, the zeros that follow, and the other words."""
    plain = _NO_CENTS.sub("", unicodedata.normalize("NFKC", text).strip())
    found = _NUMBER.search(plain)
    if not found:
        raise KembarError("money.unreadable", value=plain[:40])
    power, rest = _power(plain[found.end() :].strip())
    words = [word for word in (plain[: found.start()].strip(), rest) if word]
    return plain, found.group().strip(), power, words


def _power(after: str) -> tuple[int, str]:
    """Return the zeros that the words behind a number add, and what follows them."""
    folded = after.casefold()
    for word, zeros in _TIMES:
        rest = after[len(word) :]
        # “5 BND” are dollars of Brunei, not five billion.
        if folded.startswith(word) and not (word.isascii() and rest[:1].isalpha()):
            return zeros, rest.strip()
    return 0, after


def _number(text: str, whole: str, currency: str, *, is_multiplied: bool) -> Decimal:
    """Return a number in whichever of three styles it is written."""
    *spaced, last = _SPACES.split(text)
    if spaced:
        _thousands([*spaced, re.split(r"[.,]", last)[0]], whole)
    bare = ("".join(spaced) + last).rstrip(".,")
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
    first, *others = groups[0].lstrip("-"), *groups[1:]
    lengths_fit = 1 <= len(first) <= 3 and all(len(group) == 3 for group in others)
    if not lengths_fit or not all(group.isdigit() for group in (first, *others)):
        raise KembarError("money.unreadable", value=whole[:40])

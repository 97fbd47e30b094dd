"""Words to search for, made here so that SQLite and PostgreSQL find the same things.

A Latin word becomes itself and the roots it may come from, marked with `qz` so that a root
can be told from a word that stands in the text. Chinese has no spaces: a run becomes its
characters and its pairs of neighbours.

The Indonesian roots come from the affixes alone, without a dictionary, in the tradition of
Tala (2003). Where the letters allow two readings (menari: tari or nari), both are kept: two
forms of a word then meet in the right one, and the wrong one is seldom another word.

References
----------
F. Z. Tala (2003), A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia.
J. Asian, H. E. Williams, S. M. M. Tahaghoghi (2005), Stemming Indonesian (the rules of
Nazief and Adriani).
W. Garbe (2012), SymSpell: 1000x faster spelling correction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Final

LANGUAGES: Final = ("id", "zh", "en")
"""Languages of the texts, ISO 639-1, the home side's first."""

ROOT_MARK: Final = "qz"
"""What a root's token begins with; no Indonesian, English or pinyin word does."""

LONGEST_TOKEN: Final = 64
"""Letters kept of a Latin word; PostgreSQL takes 2046 bytes, the speller fewer."""

_HAN: Final = (
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"  # 々, 〇 and the ideographs
)
_RUNS: Final = re.compile(f"[a-z0-9]+|[{_HAN}]+")
_JOINING_APOSTROPHE: Final = re.compile(r"(?<=[^\W_])'(?=[^\W_])")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼʻʹ′＇`´", "'"))
# Accents, and signs without width such as the soft hyphen.
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]+"
)
# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
)
_CACHED_LENGTH: Final = 40

_SHORTEST_CORRECTED: Final = 4
_LONG_WORD: Final = 8

_SHORTEST_ROOT: Final = 4
_MOST_PREFIXES: Final = 3
_ROOT_START: Final = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxyz]|ny|sy|kh|[bcdfgkpst][lr]|s[kptw]|s[kpt]r)?[aiueo]"
)

# prefix, what follows it, the first letters of the root that the prefix has swallowed.
_NASAL: Final = (
    ("ng", r"(?=[aiueo])", ("k", "")),
    ("ng", r"(?=[ghkq])", ("",)),
    ("ny", r"(?=[aiueo])", ("s",)),
    ("m", r"(?=[aiueo])", ("p", "m")),
    ("m", r"(?=[bfpv])", ("",)),
    ("n", r"(?=[aiueo])", ("t", "n")),
    ("n", r"(?=[cdjstz])", ("",)),
)
_PREFIXES: Final = tuple(
    (re.compile(prefix), starts, family)
    for prefix, starts, family in (
        *(("me" + nasal + then, starts, "verb") for nasal, then, starts in _NASAL),
        (r"me(?=[lrwy])", ("",), "verb"),
        (r"di", ("",), "verb"),
        (r"(?:ber|ter)(?=[aiueo])", ("", "r"), "either"),
        (r"ber|ter", ("",), "either"),
        (r"bel(?=ajar)", ("",), "either"),
        (r"be(?=[bcdfghjkmnpstw]er[bcdfghjklmnpstw])", ("",), "either"),
        (r"per(?=[aiueo])", ("", "r"), "noun"),
        (r"per", ("",), "noun"),
        (r"pel(?=ajar)", ("",), "noun"),
        *(("pe" + nasal + then, starts, "noun") for nasal, then, starts in _NASAL),
        (r"pe(?=[bcdfghjklpstwy][aiueo])", ("",), "noun"),
        (r"ke", ("",), "noun"),
        (r"se", ("",), "either"),
    )
)
# Five letters before the rarer ones: masalah is not masa, langkah not lang.
_CLITICS: Final = re.compile(r"(?<=.{4})nya$|(?<=.{5})(?:lah|kah|ku|mu)$")

# Everyday words whose letters mislead, with their root.
_ROOT_OF: Final = {
    word: root
    for root, words in {
        "air": "perairan pengairan",
        "beri": "berikan",
        "nyata": "menyatakan",
        "nyanyi": "menyanyi penyanyi menyanyikan",
        "sah": "pengesahan mengesahkan disahkan",
    }.items()
    for word in words.split()
}
# Words that only look as if they had an affix, and would meet a stranger without it: kepala
# (head) pala (nutmeg), menteri (minister) teri (a fish), masalah (matter) masa (time).
_MISLEADING: Final = """
beras berat berita dinas direktur jumlah kabupaten kelapa kepala kerja kertas masalah menteri
pangan peran percaya periksa perintah perlu pesawat sejarah sekolah sekretaris selatan selat
semarang serikat tangan tangerang terima

dalian dili diqing hainan kalimantan maluku sichuan taiwan yunnan

different digest dilate direct director discover district diversion perfect perform period
permanent permission permit person personal percent secretary section sector secure security
select seminar senate senior separate series service seven seventh term terminal territory
"""
_WHOLE_WORDS: Final = frozenset(_MISLEADING.split())
# Two words that are also written as one.
_COMPOUNDS: Final = {
    a + b: (a, b)
    for a, b in (
        ("kerja", "sama"),
        ("tanda", "tangan"),
        ("tanggung", "jawab"),
        ("tindak", "lanjut"),
        ("tata", "kelola"),
        ("sumber", "daya"),
        ("suka", "rela"),
        ("serah", "terima"),
    )
}


def plain(text: str) -> str:
    """Return a text as it is compared: compatible forms, small letters, no accents.

    An apostrophe inside a word is dropped: Jing'gangshan becomes jinggangshan.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
        text = _MARKS.sub("", text).translate(_PLAIN_LETTERS)
    return _JOINING_APOSTROPHE.sub("", text.lower())


def words(text: str) -> list[str]:
    """Return the Latin words and the numbers of a text in order, in small plain letters."""
    return [run[:LONGEST_TOKEN] for run in _RUNS.findall(plain(text)) if run.isascii()]


def tokens(text: str) -> list[str]:
    """Return what a text is found by, in its order, with repetitions.

    Parameters
    ----------
    text
        Any text in any mixture of languages. Letters other than Latin and Han are left out.

    Returns
    -------
    list of str
        For each Latin word the word and each other root with `ROOT_MARK` before it; for each
        run of Han characters each of them and each pair of neighbours. Only a-z, 0-9 and Han
        characters: safe unquoted in FTS5 and in a tsvector.

    Examples
    --------
    >>> tokens("Perjanjian dengan 江西省")
    ['perjanjian', 'qzjanji', 'dengan', 'qzdeng', '江', '江西', '西', '西省', '省']
    """
    found: list[str] = []
    for piece in text.split():
        found += _piece_tokens(piece) if len(piece) <= _CACHED_LENGTH else _make_tokens(piece)
    return found


def query_tokens(text: str) -> list[tuple[str, ...]]:
    """Return what to look for: all of the list, and of each tuple any one.

    Parameters
    ----------
    text
        What a person typed.

    Returns
    -------
    list of tuple of str
        For each Latin word its forms, the typed one first; for each run of Han characters its
        pairs of neighbours, or the character if it stands alone. A compound counts as its two
        words, joined or not: kerjasama, kerja sama. A text that holds the typed words holds
        one token of each tuple.

    Examples
    --------
    >>> query_tokens("kunjungan 江西省")
    [('kunjungan', 'qzkunjungan', 'kunjung', 'qzkunjung'), ('江西',), ('西省',)]
    """
    wanted: list[tuple[str, ...]] = []
    for piece in text.split():
        for run in _RUNS.findall(plain(piece)):
            wanted += _latin_query(run[:LONGEST_TOKEN]) if run.isascii() else _han_query(run)
    return wanted


def _make_tokens(piece: str) -> list[str]:
    found: list[str] = []
    for run in _RUNS.findall(plain(piece)):
        found += _latin_tokens(run[:LONGEST_TOKEN]) if run.isascii() else _han_tokens(run)
    return found


@lru_cache(maxsize=65_536)
def _piece_tokens(piece: str) -> tuple[str, ...]:
    return tuple(_make_tokens(piece))


def _han_tokens(run: str) -> Iterator[str]:
    for character, following in pairwise(run):
        yield character
        yield character + following
    yield run[-1]


def _han_query(run: str) -> list[tuple[str, ...]]:
    return [(a + b,) for a, b in pairwise(run)] or [(run,)]


def _latin_tokens(word: str) -> list[str]:
    found = roots(word)
    parts = [part for form in (word, *found) for part in _COMPOUNDS.get(form, ())]
    return [word, *(ROOT_MARK + root for root in dict.fromkeys([*found, *parts]) if root != word)]


def _latin_query(word: str) -> list[tuple[str, ...]]:
    found = roots(word)
    for form in (word, *found):
        if form in _COMPOUNDS:
            return [(part, ROOT_MARK + part) for part in _COMPOUNDS[form]]
    return [tuple(form for root in (word, *found) for form in (root, ROOT_MARK + root))]


@lru_cache(maxsize=65_536)
def roots(word: str) -> tuple[str, ...]:
    """Return the roots that a word may come from, in alphabetical order.

    Parameters
    ----------
    word
        A Latin word as `words` gives it.

    Returns
    -------
    tuple of str
        Roots of at least 4 letters, after each prefix taken off, up to 3; empty if the word
        has no affix that can be told by its letters.

    References
    ----------
    Affixes and nasal rules: Asian et al. (2005), tables 1 and 2; particles first, then
    possessives, prefixes and suffixes: Tala (2003), section 4.

    Examples
    --------
    >>> roots("pemberdayaan")
    ('berdaya', 'daya')
    >>> roots("mengunjungi")
    ('kunjung', 'kunjungi', 'unjung', 'unjungi')
    """
    if not word.isalpha() or len(word) <= _SHORTEST_ROOT:
        return ()
    found = set(_singular(word))
    if word not in _WHOLE_WORDS and found.isdisjoint(_WHOLE_WORDS):
        for form in _without_clitic(word):
            found |= _without_affixes(form)
    return tuple(sorted(found - {word}))


def _without_clitic(word: str) -> list[str]:
    bare = _CLITICS.sub("", word)
    return [word] if bare == word else [word, bare]


def _without_affixes(word: str) -> set[str]:
    if word in _ROOT_OF:
        return {_ROOT_OF[word]}
    return _without_prefix(word, _MOST_PREFIXES) or set(_without_suffix(word, "none"))


def _without_prefix(word: str, depth: int) -> set[str]:
    if not depth or word in _WHOLE_WORDS:
        return set()
    for prefix, starts, family in _PREFIXES:
        match = prefix.match(word)
        if match is None:
            continue
        rest = word[match.end() :]
        found = {
            root
            for start in starts
            for root in _without_suffix(start + rest, family)
            if len(root) >= _SHORTEST_ROOT and _ROOT_START.match(root)
        }
        for root in tuple(found):
            found |= _without_prefix(root, depth - 1)
        if found:
            return found
    return set()


def _without_suffix(word: str, family: str) -> list[str]:
    """Return the readings of a word's end, each with a root that is long enough."""
    if word in _COMPOUNDS or word in _WHOLE_WORDS:
        return [word]
    if family == "verb" and word.endswith("kan"):
        readings = [word[:-3]]
    elif family == "verb" and word.endswith("i"):
        readings = [word, word[:-1]]
    elif family == "noun" and word.endswith("an"):
        readings = [word[:-2]]
    elif family in ("none", "either") and word.endswith("kan"):
        # Before a consonant the k is the suffix's: tingkat-kan; else masuk-an or laku-kan.
        readings = [word[:-3]] if word[-4:-3] not in "aiueo" else [word[:-2], word[:-3]]
    elif family in ("none", "either") and word.endswith("an"):
        readings = [word[:-2]]
    else:
        readings = [word]
    return [reading for reading in readings if len(reading) >= _SHORTEST_ROOT] or [word]


@lru_cache(maxsize=65_536)
def deletes(word: str) -> frozenset[str]:
    """Return a word and what is left of it when letters are taken out, the SymSpell keys.

    Parameters
    ----------
    word
        A word in plain letters.

    Returns
    -------
    frozenset of str
        From 4 letters on each string with one letter fewer; from 8 letters on, those of its
        first 8 letters with up to two fewer (37 at most), besides the word. Two words within
        the distance that `nearest` allows share at least one.

    References
    ----------
    Garbe (2012); the first letters suffice, since each edit costs each side one letter at most.
    """
    if len(word) < _SHORTEST_CORRECTED:
        return frozenset((word,))
    start = word[:_LONG_WORD]
    shorter = {
        "".join(kept)
        for fewer in range(_allowed(word) + 1)
        for kept in combinations(start, len(start) - fewer)
    }
    return frozenset(shorter | {word})


def distance(a: str, b: str, limit: int) -> int:
    """Return how many letters must be put in, left out, changed or swapped to make b of a.

    Parameters
    ----------
    a, b
        Words.
    limit
        Distances above it are not told apart.

    Returns
    -------
    int
        The optimal string alignment distance, at most `limit + 1`. Neighbours that are
        swapped count once, and no letter between them can be put in afterwards: "ca" and
        "abc" are 3 apart.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    above: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        two_above, above, row = above, row, [i]
        for j, other in enumerate(b, 1):
            best = min(above[j - 1] + (letter != other), above[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == b[j - 2] and other == a[i - 2]:
                best = min(best, two_above[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def nearest(word: str, candidates: Iterable[str]) -> list[str]:
    """Return the words that may be meant, the nearest first, then by the alphabet.

    Parameters
    ----------
    word
        What was typed; one mistake is forgiven from 4 letters on, two from 8.
    candidates
        Known words, such as those that share one of `deletes`.
    """
    allowed = _allowed(word)
    # A mistake touches two neighbouring parts at most, so one of these is spelt alike in both.
    parts = _parts(word, 2 * allowed + 1)
    close = {
        each
        for each in candidates
        # A difference in length is one in letters.
        if abs(len(each) - len(word)) <= allowed and any(part in each for part in parts)
    }
    measured = ((distance(word, candidate, allowed), candidate) for candidate in close)
    return [candidate for apart, candidate in sorted(measured) if apart <= allowed]


def cuts(word: str) -> list[tuple[str, ...]]:
    """Return the ways to write one word as two or three of at least two letters, two first.

    Parameters
    ----------
    word
        A word in plain letters, such as a name that was typed without its spaces.

    Examples
    --------
    >>> cuts("xijin")
    [('xi', 'jin'), ('xij', 'in')]
    """
    ends = range(2, len(word) - 1)
    two = [(word[:end], word[end:]) for end in ends]
    three = [(word[:a], word[a:b], word[b:]) for a, b in combinations(ends, 2) if b - a > 1]
    return [*two, *three]


def _parts(word: str, many: int) -> list[str]:
    """Return a word cut into about equal parts."""
    ends = [round(len(word) * number / many) for number in range(many + 1)]
    return [word[start:end] for start, end in pairwise(ends)]


def _allowed(word: str) -> int:
    if len(word) < _SHORTEST_CORRECTED:
        return 0
    return 1 if len(word) < _LONG_WORD else 2


def _singular(word: str) -> list[str]:
    if word.endswith("ies") and len(word) > 5:
        return [word[:-3] + "y"]
    if word.endswith(("sses", "shes", "ches", "xes")):
        return [word[:-2]]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return [word[:-1]]
    return []

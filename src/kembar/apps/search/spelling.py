"""What a person may have meant by words that no title holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from kembar.apps.search.models import Misspelling, Word
from kembar.engines import languages

# Shorter words are not learnt, and none longer is taken apart.
SHORTEST, LONGEST = 4, 30
# How many of the words that may be meant are looked for.
MOST_TRIED = 4

# Of how many equally near words the names of ties are told apart.
MOST_NEAR = 20

Sees = Callable[[Sequence[str]], bool]
Names = Callable[[Sequence[str]], set[str]]


def meant(query: str, titles: Iterable[str], sees: Sees, names: Names) -> dict[str, str]:
    """Return what each word that is not known may mean, and two that are known as one.

    Parameters
    ----------
    titles
        What was found: the words in there are known.
    sees
        Whether the reader sees a line with these words, each whole. A word that stands only
        where he may not look is to him as unknown as one that is nowhere, or what is offered
        for it and what is not would tell him that it is there.
    names
        Which of some words stand in the name of a tie that the reader sees: of words that are
        equally near, such a one is meant.
    """
    typed = languages.words(query)[:12]
    found = {word for title in titles for word in languages.words(title)}
    strange = [word for word in typed if SHORTEST <= len(word) <= LONGEST and word not in found]
    joined = {f"{a} {b}": a + b for a, b in pairwise(typed) if len(a + b) >= SHORTEST}
    known = _known({*strange, *joined.values()})
    answers = {two: one for two, one in joined.items() if one in known - found and sees([one])}
    parts = {word for two in answers for word in two.split()}
    strange = [
        word for word in strange if word not in parts and not (word in known and sees([word]))
    ]
    near, pieces = _near(strange), _known({part for word in strange for part in _parts(word)})
    for word in strange:
        nearest = _names_first(word, near[word], names)[:MOST_TRIED]
        tries: list[tuple[str, ...]] = [(each,) for each in nearest]
        tries += [cut for cut in languages.cuts(word) if _is_known(cut, pieces)][:MOST_TRIED]
        if seen := next((words for words in tries if sees(words)), None):
            answers[word] = " ".join(seen)
    return answers


def corrected(query: str, answers: dict[str, str]) -> str:
    """Return a query with what was meant in the place of what was typed."""
    better = f" {' '.join(languages.words(query))} "
    for typed, right in answers.items():
        better = better.replace(f" {typed} ", f" {right} ")
    rest = "".join(letter for letter in query if not letter.isascii())
    return f"{better.strip()} {rest}".strip()


def _known(words: Iterable[str]) -> set[str]:
    return set(Word.objects.filter(text__in=words).values_list("text", flat=True))


def _near(words: Sequence[str]) -> dict[str, list[str]]:
    """Return the known words near each of these, the nearest first."""
    keys = {word: languages.deletes(word) for word in words}
    rows = Misspelling.objects.filter(key__in=set().union(*keys.values()))
    candidates = list(rows.values_list("key", "word__text"))
    return {
        word: languages.nearest(word, {text for key, text in candidates if key in keys[word]})
        for word in words
    }


def _names_first(word: str, near: Sequence[str], names: Names) -> Sequence[str]:
    """Return known words, the nearest first; of equally near ones those that name a tie."""
    if len(near) < 2:
        return near
    named = names(near[:MOST_NEAR])
    return sorted(near, key=lambda each: (languages.distance(word, each, 2), each not in named))


def _parts(word: str) -> set[str]:
    return {part for cut in languages.cuts(word) for part in cut if len(part) >= SHORTEST}


def _is_known(cut: Sequence[str], known: set[str]) -> bool:
    """Whether all words of a cut are known, but for those too short to be."""
    long = [part for part in cut if len(part) >= SHORTEST]
    return bool(long) and known.issuperset(long)

"""Every sentence of a page is there in three languages, and says the same in each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest

from tools import messages

SOURCE = messages.ROOT / "src"
LANGUAGES = list(messages.LANGUAGES)

PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|%[sdr]|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
HAN = re.compile(r"[\u3400-\u9fff]")
# Three words of Latin letters in a row are a sentence that nobody translated. Two may be a
# name, such as "CSV UTF-8".
LATIN = re.compile(r"[A-Za-z]{2,}(?:[ ,;:’'-]+[A-Za-z]{2,}){2,}")
# Words that are the same in all languages.
SAME_IN_ALL = {"Kembar", "OpenID Connect", "CSV", "Excel", "PDF", "ID", "E-mail", "Email"}


def forms(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    """Yield what was written and its translation; a plural counts as one of its own."""
    if entry.msgid_plural:
        yield entry.msgid_plural, entry.msgstr_plural.get(0, "")
    else:
        yield entry.msgid, entry.msgstr


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural


def visible(text: str) -> str:
    return TAG.sub(" ", PLACEHOLDER.sub(" ", text))


def is_name(words: str, meant: str) -> bool:
    """Whether Latin words are a name that was kept, such as Nusa Tenggara Timur."""
    return words in meant and all(word[0].isupper() for word in re.findall(r"[A-Za-z]+", words))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, polib.POFile]:
    if not messages.can_extract():
        pytest.skip("needs xgettext: apt install gettext")
    return messages.extract(SOURCE, tmp_path_factory.mktemp("messages"))


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> polib.POFile:
    path = SOURCE / messages.path_of(request.param)
    assert path.exists(), f"{path.relative_to(messages.ROOT)} is missing; run: make messages"
    return polib.pofile(str(path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_the_sentences_of_the_source_and_no_others(
    extracted: dict[str, polib.POFile], language: str
) -> None:
    path = SOURCE / messages.path_of(language)
    written = {key(entry) for entry in extracted[language]}
    kept = {key(entry) for entry in polib.pofile(str(path))} if path.exists() else set()

    assert sorted(written - kept) == [], "not taken up yet; run: make messages"
    assert sorted(kept - written) == [], "no longer in the source; run: make messages"


def test_sentences_of_engines_are_taken_up(extracted: dict[str, polib.POFile]) -> None:
    from kembar.engines.errors import SENTENCES

    taken_up = {entry.msgid for entry in extracted["id"]}

    assert set(SENTENCES.values()) <= taken_up


def test_sentences_are_marked_by_names_that_the_extraction_knows() -> None:
    """`gettext_lazy as lazy` marks nothing: xgettext goes by the name in the source."""
    renamed = re.compile(r"\bimport .*\b(\w*gettext\w*) as (?!_\b)(\w+)")
    wrong = [
        f"{file.relative_to(SOURCE)}: {found[0]}"
        for file in sorted(SOURCE.rglob("*.py"))
        if (found := renamed.search(file.read_text(encoding="utf-8")))
    ]

    assert wrong == [], "import it under its own name, or as _"


def test_no_sentence_is_empty(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if not all(said for _m, said in forms(entry))] == []


def test_no_sentence_is_a_guess(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


def test_no_sentence_is_left_over(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if entry.obsolete] == []


def test_a_translation_names_the_same_facts(catalogue: polib.POFile) -> None:
    wrong = [
        said
        for entry in catalogue
        for meant, said in forms(entry)
        if said and set(PLACEHOLDER.findall(meant)) != set(PLACEHOLDER.findall(said))
    ]

    assert wrong == []


def test_a_translation_has_the_same_markup(catalogue: polib.POFile) -> None:
    wrong = [
        said
        for entry in catalogue
        for meant, said in forms(entry)
        if said and Counter(TAG.findall(meant)) != Counter(TAG.findall(said))
    ]

    assert wrong == []


def test_a_translation_begins_and_ends_its_lines_alike(catalogue: polib.POFile) -> None:
    """msgfmt refuses a file in which one of the two begins or ends with a line break."""
    wrong = [
        said
        for entry in catalogue
        for meant, said in forms(entry)
        if said and (meant[:1] == "\n", meant[-1:] == "\n") != (said[:1] == "\n", said[-1:] == "\n")
    ]

    assert wrong == []


def test_chinese_is_chinese(catalogue: polib.POFile) -> None:
    if catalogue.metadata["Language"] != "zh_Hans":
        return
    wrong = []
    for entry in catalogue:
        for meant, said in forms(entry):
            has_words = re.search(r"[A-Za-z]{2}", visible(meant)) and meant not in SAME_IN_ALL
            lacks_words = has_words and not HAN.search(said)
            left = [words for words in LATIN.findall(visible(said)) if not is_name(words, meant)]
            if said and (lacks_words or left):
                wrong.append(said)

    assert wrong == []


def test_indonesian_is_not_english(catalogue: polib.POFile) -> None:
    if catalogue.metadata["Language"] != "id":
        return
    wrong = [
        said
        for entry in catalogue
        for meant, said in forms(entry)
        if said == meant and len(re.findall(r"[A-Za-z]{2,}", visible(meant))) >= 3
    ]

    assert wrong == []


def test_what_is_compiled_is_what_is_written(catalogue: polib.POFile) -> None:
    path = SOURCE / messages.path_of(catalogue.metadata["Language"]).with_suffix(".mo")

    assert path.read_bytes() == messages.compiled(catalogue), "run: make messages"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "package", ["allauth", "django.conf", "django.contrib.auth", "django.contrib.humanize"]
)
def test_sentences_of_other_packages_are_translated_there_or_here(
    package: str, language: str
) -> None:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    locale = Path(spec.origin).parent / "locale"
    theirs = polib.mofile(str(locale / language / "LC_MESSAGES/django.mo"))
    told = {key(entry) for entry in theirs if entry.msgstr or entry.msgstr_plural}
    listed = {forms_of[0] for forms_of in messages.foreign_msgids()}

    lacking = [
        entry.msgid
        for entry in polib.pofile(str(locale / "en/LC_MESSAGES/django.po"))
        if key(entry) not in told and entry.msgid not in listed
    ]

    assert lacking == [], f"add them to {messages.FOREIGN.name}"

"""Take up every sentence for translation into the .po files, and compile them to .mo.

    python tools/messages.py            # extract, merge, compile
    python tools/messages.py --compile  # compile only

The .po files are sorted by msgid and name files without line numbers, so that a commit shows
the sentences that changed and nothing else. Needs xgettext (apt install gettext) to extract.
"""

from __future__ import annotations

import argparse
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = Path("kembar/locale")
LANGUAGES = ("id", "zh_Hans")
PLURALS = {
    "id": "nplurals=1; plural=0;",
    "zh_Hans": "nplurals=1; plural=0;",
}
# Where engines, which know no Django, keep their sentences: module and name of the dict.
SENTENCES = [
    ("kembar.engines.errors", "SENTENCES"),
    ("kembar.engines.atlas.model", "BASES"),
    ("kembar.engines.scouting.checks", "SENTENCES"),
]
# Sentences of Django and allauth that our pages show, for the languages they lack them in.
FOREIGN = Path(__file__).resolve().parent / "foreign_messages.txt"


def foreign_msgids() -> list[tuple[str, ...]]:
    """Return the listed sentences of other packages, each alone or with its plural."""
    lines = FOREIGN.read_text(encoding="utf-8").splitlines()
    return [
        tuple(form.replace("\\n", "\n") for form in line.split(" | "))
        for line in lines
        if line and not line.startswith("#")
    ]


def _has_words(text: str) -> bool:
    """Return whether there is something to translate: not in 1986–2010, nor in an address."""
    return not text.startswith("http") and any(word.isalpha() for word in text.split())


def _values(tree: Any, key: str) -> Iterator[str]:
    """Yield every text that stands under a key, however deep."""
    if isinstance(tree, list):
        for each in tree:
            yield from _values(each, key)
    elif isinstance(tree, dict):
        for name, each in tree.items():
            if name == key and isinstance(each, str):
                yield each
            else:
                yield from _values(each, key)


def _marked(sentences: list[tuple[str, ...]]) -> str:
    """Return Python code in which xgettext finds the sentences."""
    calls = [
        f"gettext_noop({forms[0]!r})"
        if len(forms) == 1
        else f"ngettext({forms[0]!r}, {forms[1]!r}, 1)"
        for forms in sentences
    ]
    return "\n".join([*calls, ""])


def can_extract() -> bool:
    """Return whether GNU gettext is there; compiling needs none."""
    return all(shutil.which(program) for program in ("xgettext", "msgmerge", "msguniq"))


def extract(source: Path, work: Path) -> dict[str, polib.POFile]:
    """Return a merged catalogue for each language, without touching `source`.

    Parameters
    ----------
    source
        The folder that holds `kembar`.
    work
        An empty folder to copy it to; makemessages writes there.
    """
    shutil.copytree(
        source / "kembar", work / "kembar", ignore=shutil.ignore_patterns("__pycache__", "*.mo")
    )
    for module, name in SENTENCES:
        file = work.joinpath(*module.split(".")).with_suffix(".py")
        sentences = runpy.run_path(str(file), run_name=module)[name]
        # Beside the module, so that the .po names the place where the sentence is found.
        file.with_name(f"{file.stem}_sentences.py").write_text(
            _marked([(each,) for each in sentences.values()]), encoding="utf-8"
        )
    data = work / "kembar" / "engines" / "atlas" / "data"
    told = [tomllib.loads(each.read_text(encoding="utf-8")) for each in sorted(data.glob("*.toml"))]
    names = ("title", "method", "period", "resolution", "bias")
    data.with_name("sidecars_sentences.py").write_text(
        _marked([(side[name],) for side in told for name in names if _has_words(side[name])]),
        encoding="utf-8",
    )
    data = work / "kembar" / "engines" / "scouting" / "data"
    asked = [
        tomllib.loads(each.read_text(encoding="utf-8")) for each in sorted(data.glob("*.toml"))
    ]
    # What criteria rest on, and the rules behind filters; the rest of it is in three languages.
    texts = [*_values(asked, "source"), *_values(asked, "text")]
    data.with_name("data_sentences.py").write_text(
        _marked([(text,) for text in texts if _has_words(text)]), encoding="utf-8"
    )
    (work / "kembar" / "other_packages.py").write_text(_marked(foreign_msgids()), encoding="utf-8")
    for language in LANGUAGES:
        (work / LOCALE / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "--add-location=file"]
    command += ["--no-wrap", "--no-obsolete", "--ignore=static/*"]
    command += [f"--locale={language}" for language in LANGUAGES]
    # makemessages asks for settings only to find LOCALE_PATHS; the locale folder is enough.
    environment = {**os.environ, "PYTHONPATH": "", "LC_ALL": "C.UTF-8"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        command, cwd=work / "kembar", env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return {
        language: _tidy(polib.pofile(str(work / path_of(language))), language)
        for language in LANGUAGES
    }


def path_of(language: str) -> Path:
    """Return where the catalogue of a language lies below the source folder."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _tidy(catalogue: polib.POFile, language: str) -> polib.POFile:
    """Sort it, and drop dates and tools from its header."""
    catalogue.metadata = {
        "Project-Id-Version": "Kembar",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    catalogue.metadata_is_fuzzy = False
    catalogue.header = "Kembar: sentences of the pages. Taken up by tools/messages.py."
    for entry in catalogue:
        places = {name.replace("_sentences.py", ".py") for name, _line in entry.occurrences}
        entry.occurrences = [(name, "") for name in sorted(places)]
        if entry.msgid_plural:
            # Neither language bends a noun after a number, so there is one form to fill in.
            entry.msgstr_plural = {0: entry.msgstr_plural.get(0, "")}
        # Flags such as python-format differ between versions of xgettext only in order.
        entry.flags = sorted(set(entry.flags))
    catalogue.sort(key=lambda entry: (entry.obsolete, entry.msgid, entry.msgctxt or ""))
    return catalogue


def compiled(catalogue: polib.POFile) -> bytes:
    """Return the .mo of a catalogue; the same sentences give the same bytes."""
    whole = polib.POFile()
    whole.metadata = catalogue.metadata
    whole.extend(entry for entry in catalogue if entry.translated() and not entry.fuzzy)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "django.mo"
        whole.save_as_mofile(str(file))
        return file.read_bytes()


def main() -> None:
    """Bring the catalogues of the working tree up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compile", action="store_true", help="compile only, extract nothing")
    only_compile = parser.parse_args().compile
    source = ROOT / "src"
    if only_compile:
        catalogues = {each: polib.pofile(str(source / path_of(each))) for each in LANGUAGES}
    else:
        if not can_extract():
            sys.exit("xgettext is missing: apt install gettext (Debian), brew install gettext.")
        with tempfile.TemporaryDirectory() as work:
            catalogues = extract(source, Path(work))
    for language, catalogue in catalogues.items():
        file = source / path_of(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        catalogue.wrapwidth = 0
        if not only_compile:
            catalogue.save(str(file))
        file.with_suffix(".mo").write_bytes(compiled(catalogue))
        empty = len(catalogue.untranslated_entries())
        fuzzy = len(catalogue.fuzzy_entries())
        print(f"{language}: {len(catalogue)} sentences, {empty} empty, {fuzzy} fuzzy")


if __name__ == "__main__":
    main()

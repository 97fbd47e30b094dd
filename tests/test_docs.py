"""What the manual says is there, is there; and what is there, the manual says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from packaging.requirements import Requirement

from kembar.apps.accounts.rights import PERMISSIONS, Role
from kembar.apps.ties.health import Factor
from kembar.cli.main import app
from kembar.site import environment

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PAGES += sorted(DOCS.rglob("*.md"))

HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
# These stay open, or ask; everything else is run.
NOT_RUN = {"serve"}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def headings(path: Path) -> list[str]:
    """Return the headings of a page, without the marks of code."""
    return [each.replace("`", "") for each in HEADING.findall(FENCE.sub("", read(path)))]


def anchor(heading: str) -> str:
    """Return the anchor that is made of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def commands() -> Iterator[tuple[str, Any]]:
    def walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield name, command
        for word, below in sorted(getattr(command, "commands", {}).items()):
            yield from walk(f"{name} {word}", below)

    yield from walk("kembar", typer.main.get_command(app))


def console_lines(path: Path) -> list[str]:
    return [
        line[2:]
        for language, block in FENCE.findall(read(path))
        if language == "console"
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


def test_every_setting_has_a_heading_and_every_heading_is_a_setting() -> None:
    named = [h for h in headings(DOCS / "reference/settings.md") if re.fullmatch(r"[A-Z_]+", h)]

    assert sorted(named) == sorted(environment.SETTINGS)


@pytest.mark.parametrize("name", environment.SETTINGS)
def test_a_setting_is_told_with_its_default(name: str) -> None:
    text = read(DOCS / "reference/settings.md")
    (section,) = re.findall(rf"^## `{name}`\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    default, _meaning = environment.SETTINGS[name]

    assert f"Default: `{default}`" in section if default else "Default: empty" in section


def test_every_command_has_a_heading_and_every_heading_is_a_command() -> None:
    named = [h for h in headings(DOCS / "reference/cli.md") if h.startswith("kembar")]

    assert sorted(named) == sorted(name for name, _command in commands())


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=lambda value: str(value)[:20])
def test_a_command_is_told_with_its_options(name: str, command: Any) -> None:
    text = read(DOCS / "reference/cli.md")
    (section,) = re.findall(rf"^## `{name}`\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    there = {
        option
        for param in command.params
        if param.param_type_name == "option"
        for option in param.opts
        if option.startswith("--") and option != "--help"
    }
    told = set(re.findall(r"`(--[a-z-]+)", section))

    assert told == there


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    wrong = []
    for target in LINK.findall(FENCE.sub("", read(path))):
        if re.match(r"https?://|mailto:", target):
            continue
        file, _, fragment = target.partition("#")
        page = (path.parent / file).resolve() if file else path
        if not page.exists() or (fragment and fragment not in map(anchor, headings(page))):
            wrong.append(target)

    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pictures_are_there(path: Path) -> None:
    missing = [each for each in PICTURE.findall(read(path)) if not (path.parent / each).exists()]

    assert missing == []


def test_every_page_can_be_reached_from_the_first() -> None:
    seen, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve()
            for target in LINK.findall(read(page))
            if not re.match(r"https?://|mailto:|#", target)
        ]

    assert sorted(set(DOCS.rglob("*.md")) - seen) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_only_targets_of_the_makefile_are_named(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|\$ )(?:[A-Z_]+=\S+ )*make ([a-z]+)", read(path), re.MULTILINE))

    assert named <= targets


def test_every_part_has_its_reason() -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"]["postgres"]
    needs = {Requirement(each).name.lower() for each in [*project["dependencies"], *extras]}
    (text,) = re.findall(
        r"^## The parts\n(.*?)^## ",
        read(DOCS / "explanation/decisions.md"),
        re.MULTILINE | re.DOTALL,
    )
    told = {each.lower() for each in re.findall(r"^\| `([A-Za-z0-9_.-]+)`", text, re.MULTILINE)}

    assert sorted(needs - told) == []
    assert sorted(told - needs) == [], "no longer needed; take them out of the table"


def test_every_role_and_permission_is_told_as_it_stands_in_the_table_of_rights() -> None:
    text = read(DOCS / "reference/roles.md")
    rows = dict(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \| (.+?) \|", text, re.MULTILINE))
    told = {name: set(re.findall(r"`([a-z]+)`", cell)) for name, cell in rows.items()}

    assert told == {name: {role.value for role in roles} for name, roles in PERMISSIONS.items()}
    for role in Role:
        assert f"`{role.value}`" in text


def test_every_factor_of_health_is_told() -> None:
    text = read(DOCS / "explanation/tie-health.md")

    assert [factor.value for factor in Factor if f"`{factor.value}`" not in text] == []


def test_the_glossary_has_three_languages() -> None:
    rows = re.findall(r"^\| (.+) \|$", read(DOCS / "reference/glossary.md"), re.MULTILINE)
    wrong = [row for row in rows if row.count(" | ") < 3 or "|  |" in row]

    assert len(rows) > 40
    assert wrong == []


def test_every_file_of_data_says_where_it_comes_from() -> None:
    package = ROOT / "src" / "kembar"
    there = {
        str(path.relative_to(package))
        for path in package.rglob("data/*")
        # A sidecar is told with its file: climate.npz.toml beside climate.npz.
        if path.is_file() and path.suffix != ".py" and not path.with_suffix("").is_file()
    }
    told = set(re.findall(r"^\| `([^`]+)` \|", read(DOCS / "reference/sources.md"), re.MULTILINE))

    assert there == told


# The style guide in CONTRIBUTING is a list of short rules, several to a line.
PROSE = [path for path in PAGES if path.name != "CONTRIBUTING.md"]


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_a_line_of_prose_holds_one_sentence(path: Path) -> None:
    """So that a change shows the sentence that changed."""
    wrong = []
    for line in FENCE.sub("", read(path)).splitlines():
        prose = re.sub(r"^ *\d+\. |`[^`]*`|\([^)]*\)|“[^”]*”|\"[^\"]*\"", "", line)
        if line.startswith(("|", "#", "<")):
            continue
        if re.search(r"[a-z\d)]{2}[.!?] +[A-Z]", prose):
            wrong.append(line)

    assert wrong == []


def test_the_manual_names_no_folder_of_somebodys_machine() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in [*PAGES, ROOT / "Makefile", *(ROOT / "tools").iterdir()]
        if path.is_file()
        for found in re.findall(r"/(?:work|root|home/\w+|Users/\w+)/\S*", read(path))
    ]

    assert wrong == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the founding example, as the tutorial leaves it."""
    folder = tmp_path_factory.mktemp("docs")
    done = run("kembar example", folder)
    assert done.returncode == 0, done.stderr
    return folder


def run(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(line)
    environment_ = {k: v for k, v in os.environ.items() if k not in environment.SETTINGS}
    environment_.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=home,
        env={**environment_, "KEMBAR_HOME": str(home / "kembar")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


WITH_COMMANDS = [path for path in PAGES if any("kembar " in each for each in console_lines(path))]


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=lambda path: path.stem)
def test_commands_of_the_manual_do_what_it_says(path: Path, home: Path) -> None:
    """In the order of the page; files that one line writes, the next may read."""
    for line in console_lines(path):
        words = shlex.split(line, comments=True)
        if words[0] != "kembar" or (len(words) > 1 and words[1] in NOT_RUN):
            continue

        done = run(shlex.join(words), home)

        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        if "--json" in words:
            json.loads(done.stdout)


def test_some_commands_of_the_manual_are_run() -> None:
    assert sum(len(console_lines(path)) for path in PAGES) > 5

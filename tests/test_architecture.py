"""The house keeps its shape: the ladder, and the same words in every room."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "kembar"
ROOMS = sorted(path.parent for path in (PACKAGE / "apps").glob("*/apps.py"))
OUR_MODELS = [model for model in apps.get_models() if model.__module__.startswith("kembar.")]

# A file is named for what it is about, never for being a help to something.
NO_WORDS = {
    *("utils", "helpers", "helper", "services", "service", "managers", "manager", "common"),
    *("misc", "base", "core", "signals", "receivers", "handlers", "admin", "tests", "constants"),
}


def ladder() -> list[set[str]]:
    """Return the layers of pyproject.toml, the lowest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    return [{name.strip() for name in layer.split("|")} for layer in reversed(layers)]


def step_of(module: str) -> tuple[int, str]:
    """Return how high a module stands, and the name of its room."""
    for height, rooms in enumerate(ladder()):
        for room in rooms:
            if module == room or module.startswith(f"{room}."):
                return height, room
    msg = f"{module} stands on no step of the ladder in pyproject.toml."
    raise AssertionError(msg)


def relations() -> Iterator[tuple[type[models.Model], models.Field, type[models.Model]]]:
    for model in OUR_MODELS:
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if field.is_relation and field.related_model:
                yield model, field, field.related_model


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


def decorator_names(node: ast.AST) -> set[str]:
    found = set()
    for decorator in getattr(node, "decorator_list", []):
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        found.add(target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", ""))
    return found


def test_every_room_imports_only_what_stands_below_it() -> None:
    # In a process of its own: it silences the loggers of the one it runs in.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_on_the_ladder() -> None:
    for room in ROOMS:
        step_of(f"kembar.apps.{room.name}")


def test_every_relation_between_tables_points_down() -> None:
    wrong = []
    for model, field, other in relations():
        if not other.__module__.startswith("kembar."):
            continue
        height, room = step_of(model.__module__)
        other_height, other_room = step_of(other.__module__)
        if room != other_room and other_height >= height:
            wrong.append(f"{model._meta.label}.{field.name} -> {other._meta.label}")

    assert wrong == []


def test_only_a_part_of_its_parent_goes_with_it() -> None:
    """A row of another room is protected: nobody deletes a region and loses its ties."""
    wrong = [
        f"{model._meta.label}.{field.name} -> {other._meta.label}"
        for model, field, other in relations()
        if getattr(field.remote_field, "on_delete", None) is models.CASCADE
        and other.__module__.startswith("kembar.")
        and step_of(model.__module__)[1] != step_of(other.__module__)[1]
    ]

    assert wrong == []


def test_nothing_acts_at_a_distance() -> None:
    """No signals: the line that does it stands in the action."""
    wrong = []
    for path, tree in sources():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if any("signals" in name or name.startswith("django.dispatch") for name in names):
                wrong.append(f"{path}:{node.lineno}")

    assert wrong == []


def test_no_table_saves_in_its_own_way() -> None:
    wrong = [
        f"{model._meta.label}.{word}"
        for model in OUR_MODELS
        for word in ("save", "save_base", "bulk_create")
        if any(word in vars(kind) for kind in model.__mro__ if "kembar" in kind.__module__)
    ]

    assert wrong == []


def test_a_table_may_refuse_to_be_deleted_but_does_nothing_else_then() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        if path.name == "models.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name == "delete"
        and not isinstance(node.body[-1], ast.Raise)
    ]

    assert wrong == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_uses_the_same_words(room: Path) -> None:
    words = {path.stem for path in room.glob("*.py")}

    assert words.isdisjoint(NO_WORDS), f"name these for what they are about: {words & NO_WORDS}"
    assert ("views" in words) <= ("urls" in words), "views that no address leads to"
    assert ("migrations" in {path.name for path in room.iterdir()}) <= ("models" in words)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_in_a_room_each_thing_stands_in_the_file_of_its_name(room: Path) -> None:
    wrong = []
    for path in sorted(room.rglob("*.py")):
        if room.name == "kit" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            bases = {
                base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                for base in getattr(node, "bases", [])
            }
            if "Model" in bases and not path.stem.endswith("models"):
                wrong.append(f"{path.name}:{node.lineno}: a table stands in models.py")
            if bases & {"Form", "ModelForm"} and not path.stem.endswith("forms"):
                wrong.append(f"{path.name}:{node.lineno}: a form stands in forms.py")
            if "allow" in decorator_names(node) and not path.stem.endswith("views"):
                wrong.append(f"{path.name}:{node.lineno}: a view stands in views.py")

    assert wrong == []


def test_engines_read_no_clock_and_throw_no_global_dice() -> None:
    wrong = []
    for path, tree in sources():
        if path.parts[0] != "engines":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
                wrong.append(f"{path}:{node.lineno} reads the clock")
            if isinstance(node, ast.Import) and any(a.name == "random" for a in node.names):
                wrong.append(f"{path}:{node.lineno} throws global dice")

    assert wrong == []

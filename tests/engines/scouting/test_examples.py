"""The examples in the docstrings of scouting run."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

from kembar.engines import scouting

MODULES = [each.name for each in pkgutil.iter_modules(scouting.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    found = doctest.testmod(import_module(f"kembar.engines.scouting.{name}"))

    assert found.failed == 0


def test_there_are_examples() -> None:
    assert len(MODULES) > 8

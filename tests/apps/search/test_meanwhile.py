"""Two lines with the same new word, written in the same moment."""

from __future__ import annotations

from functools import partial

import pytest

from kembar.apps.kit.text import Text
from kembar.apps.search import index
from kembar.apps.search.models import Misspelling, Word
from tests.at_once import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_may_write_the_same_new_word() -> None:
    lines = [
        index.Line(subject=f"line:{number}", kind="tie", path="/", title=Text(en="Xylophone"))
        for number in (1, 2)
    ]

    meanwhile(*(partial(index.put, [line]) for line in lines))

    word = Word.objects.get(text="xylophone")
    keys = list(Misspelling.objects.filter(word=word).values_list("key", flat=True))
    assert len(keys) == len(set(keys)) > 1

"""An engine's error as a sentence in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from kembar.engines.errors import SENTENCES, KembarError


def sentence(error: KembarError) -> str:
    """Return what is wrong, where, and how to mend it."""
    return gettext(SENTENCES[error.code]) % error.facts

"""One line for each thing that can be found. The index beside it is in `index.py`."""

from __future__ import annotations

from django.db import models

from kembar.apps.accounts.rights import Audience
from kembar.apps.kit.text import TranslatedField


class Document(models.Model):
    """What a search shows of a tie, event, person, source or claim, and where it leads."""

    # A thing is named by its table and row, "ties.event:77"; a person by the event he was at.
    subject = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    title = TranslatedField()
    extract = TranslatedField()
    owner_code = models.CharField(max_length=40)
    partner_code = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=10, choices=Audience)


class Word(models.Model):
    """A word that stands in a title: what a misspelt one may be meant to be."""

    text = models.CharField(max_length=40, unique=True)


class Misspelling(models.Model):
    """A word with letters left out (SymSpell): equal keys are near words."""

    key = models.CharField(max_length=40, db_index=True)
    word = models.ForeignKey(Word, models.CASCADE, related_name="+")

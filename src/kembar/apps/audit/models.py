"""Who did what, when. Entries are only ever added, each sealed by the one before."""

from __future__ import annotations

from typing import Any, Never, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import rights_of
from kembar.apps.accounts.rights import within

GENESIS = "0" * 64
"""What the first entry names as the seal before it."""
OF_PEOPLE = "posts."
"""How actions begin whose entries tell of people only, not of ties and claims."""
# Who did what nobody signed in for: commands and the example.
SYSTEM = "Kembar"


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: object) -> Self:
        """Whoever reads no ties, as an administrator, reads of people only."""
        rights = rights_of(user)
        whole = within("region_code", rights.regions("ties.read_all"))
        of_people = within("region_code", rights.regions("history.read"))
        return self.filter(whole | of_people & Q(action__startswith=OF_PEOPLE))

    def about(self, context: str) -> Self:
        return self.filter(context=context)

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("History cannot be changed.")

    def delete(self) -> Never:
        raise TypeError("History cannot be deleted.")


class Entry(models.Model):
    """One deed. The database itself refuses to change or delete it (see migration 0002)."""

    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(_("who"), max_length=300)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=300)
    # The same two for readers of other languages: {"actor": {"id": …}, "subject": {"id": …}},
    # each only if the languages differ. Without a default, so that SQLite does not make the
    # table anew and lose its triggers.
    names = models.JSONField(null=True)
    # What a page asks for: "ties.tie:12" gathers the deeds on a tie, its events and claims.
    context = models.CharField(max_length=60)
    region_code = models.CharField(max_length=40)
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        indexes = [
            models.Index(fields=["context", "-id"], name="entry_context"),
            models.Index(fields=["region_code", "-id"], name="entry_region"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="entry_subject"),
            models.Index(fields=["actor", "-id"], name="entry_actor"),
            models.Index(fields=["action", "-id"], name="entry_action"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("History cannot be deleted.")


class ChainHead(models.Model):
    """The last seal. Its row is locked while entries are added, so the chain never forks."""

    last_seal = models.CharField(max_length=64, default=GENESIS)
    count = models.BigIntegerField(default=0)

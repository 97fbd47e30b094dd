"""How deeds on cases read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.cases.models import BookChange

SENTENCES = {
    "cases.opened": _("%(actor)s opened the case “%(subject)s”"),
    "cases.changed": _("%(actor)s changed the case “%(subject)s”"),
    "cases.shared": _("%(actor)s changed who may read the case “%(subject)s”"),
    "cases.closed": _("%(actor)s closed the case “%(subject)s”"),
    "cases.prepared": _("%(actor)s ticked what is prepared in the case “%(subject)s”"),
    "cases.claim_linked": _("%(actor)s put the claim “%(subject)s” beside a step"),
    "cases.recorded": _("%(actor)s recorded “%(subject)s”"),
    "cases.overridden": _("%(actor)s recorded an override: “%(subject)s”"),
    "cases.annulled": _("%(actor)s annulled an entry: “%(subject)s”"),
    "cases.limit_set": _("%(actor)s filled in the limit “%(subject)s”"),
    "cases.limit_changed": _("%(actor)s changed the limit “%(subject)s”"),
    "cases.limit_dropped": _("%(actor)s took off the limit “%(subject)s”"),
    "cases.migrated": _("%(actor)s took a case to other rulebooks: %(subject)s"),
    "cases.feed_made": _("%(actor)s made a calendar feed for the post “%(subject)s”"),
    "cases.feed_withdrawn": _("%(actor)s withdrew the calendar feed of the post “%(subject)s”"),
    "cases.migration_undone": _("%(actor)s took a case back to its rulebooks: %(subject)s"),
}
RECORDS = {"cases.migrated": BookChange, "cases.migration_undone": BookChange}
FIELDS = {
    "files": _("attached files"),
    "taken_back": _("why it is taken back"),
}

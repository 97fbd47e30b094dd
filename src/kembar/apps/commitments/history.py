"""How deeds on commitments read."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "commitments.added": _("%(actor)s put the promise “%(subject)s” into the register"),
    "commitments.changed": _("%(actor)s corrected the promise “%(subject)s”"),
    "commitments.assigned": _("%(actor)s said who keeps the promise “%(subject)s”"),
    "commitments.shared": _("%(actor)s changed who may read the promise “%(subject)s”"),
    "commitments.imported": _("%(actor)s loaded what a table says of the promise “%(subject)s”"),
    "commitments.turned": _("%(actor)s recorded what became of the promise “%(subject)s”"),
}
FIELDS = {
    "turn_on": _("day on which it happened"),
    "turn_reason": _("reason, or what was done"),
    "evidence": _("evidence"),
    "evidence_file": _("evidence, a file"),
}
DATES = ("turn_on",)

"""How deeds on sources and claims read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.ledger.models import Evidence, Verdict

SENTENCES = {
    "ledger.source_added": _("%(actor)s added the source “%(subject)s”"),
    "ledger.source_changed": _("%(actor)s changed what is known of the source “%(subject)s”"),
    "ledger.claim_added": _("%(actor)s wrote down the claim “%(subject)s”"),
    "ledger.claim_changed": _("%(actor)s corrected the claim “%(subject)s”"),
    "ledger.claim_withdrawn": _("%(actor)s withdrew the claim “%(subject)s”"),
    "ledger.evidence_added": _("%(actor)s added evidence on the claim “%(subject)s”"),
    "ledger.claim_judged": _("%(actor)s gave a verdict on the claim “%(subject)s”"),
}
RECORDS = {"ledger.evidence_added": Evidence, "ledger.claim_judged": Verdict}
FIELDS = {"archived": _("archived copy")}

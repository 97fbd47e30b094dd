"""How deeds on offers read; `history.py` of the room takes them up."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.investment.readiness import ladder

SENTENCES = {
    "investment.offer_opened": _("%(actor)s put the offer “%(subject)s” on the list"),
    "investment.offer_changed": _("%(actor)s changed the offer “%(subject)s”"),
    "investment.offer_shared": _("%(actor)s changed who may read the offer “%(subject)s”"),
    "investment.offer_state_set": _("%(actor)s said how the offer “%(subject)s” stands"),
    "investment.paper_filed": _("%(actor)s filed a paper of an offer: “%(subject)s”"),
    "investment.paper_withdrawn": _("%(actor)s withdrew a paper of an offer: “%(subject)s”"),
}
# What a code of a paper is called, in the reader's language.
LABELS = {"code": {code: kind.name for code, kind in ladder().papers.items()}}

"""How deeds on investment read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.investment import offer_history
from kembar.apps.investment.models import (
    Confirmation,
    Ending,
    LeadContact,
    Stage,
    Verification,
    Yield,
)
from kembar.apps.ties.models import Sector

SENTENCES = {
    **offer_history.SENTENCES,
    "investment.company_added": _("%(actor)s wrote down the company “%(subject)s”"),
    "investment.company_changed": _("%(actor)s changed what is known of the company “%(subject)s”"),
    "investment.lead_opened": _("%(actor)s opened the lead “%(subject)s”"),
    "investment.lead_changed": _("%(actor)s changed the lead “%(subject)s”"),
    "investment.contact_noted": _("%(actor)s wrote down a contact on the lead “%(subject)s”"),
    "investment.stage_moved": _("%(actor)s took the lead “%(subject)s” to another stage"),
    "investment.lead_won": _("%(actor)s closed the lead “%(subject)s” as won"),
    "investment.lead_ended": _("%(actor)s ended the lead “%(subject)s”"),
    "investment.lead_resumed": _("%(actor)s took up the lead “%(subject)s” again"),
    "investment.yield_added": _("%(actor)s wrote down money and jobs of the lead “%(subject)s”"),
    "investment.yield_withdrawn": _(
        "%(actor)s withdrew figures of money and jobs of the lead “%(subject)s”"
    ),
    "investment.win_verified": _("%(actor)s looked whether the lead “%(subject)s” is won"),
    "investment.investor_asked": _("%(actor)s asked the investor of the lead “%(subject)s”"),
    "investment.investor_answered": _(
        "%(actor)s kept the investor's own answer on the lead “%(subject)s”"
    ),
    "investment.link_withdrawn": _(
        "%(actor)s withdrew the link to the investor of the lead “%(subject)s”"
    ),
    "investment.interest_declared": _("%(actor)s declared an interest in “%(subject)s”"),
    "investment.interest_changed": _("%(actor)s changed a declared interest in “%(subject)s”"),
    "investment.interest_end_confirmed": _(
        "%(actor)s confirmed that a declared interest in “%(subject)s” has ended"
    ),
    "investment.gift_noted": _("%(actor)s entered the gift “%(subject)s” in the register"),
    "investment.gift_changed": _("%(actor)s changed the gift “%(subject)s” in the register"),
}
RECORDS = {
    "investment.contact_noted": LeadContact,
    "investment.yield_added": Yield,
    "investment.yield_withdrawn": Yield,
    "investment.win_verified": Verification,
    "investment.investor_asked": Confirmation,
    "investment.investor_answered": Confirmation,
}
FIELDS = {
    "attached": _("attached files"),
    "figures": _("money and jobs"),
    "lead_stage": _("stage"),
}
LABELS = {
    **offer_history.LABELS,
    "sectors": Sector,
    "lead_stage": [*Stage.choices, *Ending.choices],
}

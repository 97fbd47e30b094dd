"""How deeds on programmes read."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "programmes.begun": _("%(actor)s began the programme “%(subject)s”"),
    "programmes.changed": _("%(actor)s changed what is known of the programme “%(subject)s”"),
    "programmes.shared": _("%(actor)s changed who may read the programme “%(subject)s”"),
    "programmes.stopped": _("%(actor)s stopped the programme “%(subject)s”"),
    "programmes.resumed": _("%(actor)s went on with the programme “%(subject)s”"),
    "programmes.activity_added": _("%(actor)s added the activity “%(subject)s”"),
    "programmes.activity_changed": _("%(actor)s changed the plan of “%(subject)s”"),
    "programmes.activity_recorded": _("%(actor)s recorded what was done in “%(subject)s”"),
    "programmes.activity_dropped": _("%(actor)s called off “%(subject)s”"),
    "programmes.activity_taken_up": _("%(actor)s took up “%(subject)s” again"),
    "programmes.activity_looked_at": _("%(actor)s wrote down what continued of “%(subject)s”"),
    "programmes.milestone_added": _("%(actor)s set the milestone “%(subject)s”"),
    "programmes.milestone_changed": _("%(actor)s changed the milestone “%(subject)s”"),
    "programmes.milestone_withdrawn": _("%(actor)s took off the milestone “%(subject)s”"),
    "programmes.amount_added": _("%(actor)s wrote down the amount %(subject)s"),
    "programmes.amount_changed": _("%(actor)s corrected the amount %(subject)s"),
    "programmes.amount_withdrawn": _("%(actor)s took the amount %(subject)s out of the sums"),
    "programmes.risk_added": _("%(actor)s wrote down the risk “%(subject)s”"),
    "programmes.risk_changed": _("%(actor)s judged the risk “%(subject)s” anew"),
    "programmes.risk_closed": _("%(actor)s closed the risk “%(subject)s”"),
    "programmes.papers_added": _("%(actor)s put papers to the programme “%(subject)s”"),
    "programmes.paper_taken_off": _("%(actor)s took a paper off the programme “%(subject)s”"),
}
FIELDS = {
    "bodies": _("partner bodies"),
    "sites": _("sites"),
    "documents": _("papers"),
    "attendance": _("participants by group"),
    "why": _("why"),
}

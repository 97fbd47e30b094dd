"""How deeds on studies read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.scouting.models import Decision, SectorClaim
from kembar.apps.scouting.words import SECTORS

SENTENCES = {
    "scouting.study_begun": _("%(actor)s began the study “%(subject)s”"),
    "scouting.study_changed": _("%(actor)s changed what the study “%(subject)s” asks"),
    "scouting.weights_saved": _("%(actor)s saved the weights of the study “%(subject)s”"),
    "scouting.study_shared": _("%(actor)s changed who may read the study “%(subject)s”"),
    "scouting.decided": _("%(actor)s decided the study “%(subject)s”"),
    "scouting.remark_made": _("%(actor)s remarked on a study: “%(subject)s”"),
    "scouting.region_closed": _("%(actor)s closed the region %(subject)s for new ties"),
    "scouting.region_opened": _("%(actor)s opened the region %(subject)s for new ties again"),
    "scouting.sector_noted": _("%(actor)s noted what the claim “%(subject)s” says of a sector"),
    "scouting.sector_dropped": _(
        "%(actor)s took back what the claim “%(subject)s” was noted to say of a sector"
    ),
}
RECORDS = {
    "scouting.sector_noted": SectorClaim,
    "scouting.sector_dropped": SectorClaim,
    "scouting.decided": Decision,
}
FIELDS = {
    "study": _("study"),
    "among": _("candidates"),
    "sought": _("sectors sought"),
    "criteria": _("criteria"),
    "indicators": _("official figures"),
    "weights": _("weights"),
    "filters": _("filters"),
    "draws": _("weightings tried"),
    "seed": _("seed of the dice"),
    "sha256": _("seal (SHA-256)"),
    "taken_back": _("why it is taken back"),
}
LABELS = {"sought": SECTORS, "sector": SECTORS}

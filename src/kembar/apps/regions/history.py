"""How deeds on regions read."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "regions.indicator_added": _("%(actor)s added the indicator “%(subject)s”"),
    "regions.figure_added": _("%(actor)s brought in the figure “%(subject)s”"),
    "regions.figure_corrected": _("%(actor)s corrected the figure “%(subject)s” with a file"),
    "regions.figure_withdrawn": _("%(actor)s took the figure “%(subject)s” off the pages"),
    "regions.boundary_added": _("%(actor)s brought in the boundary of %(subject)s"),
    "regions.boundary_withdrawn": _("%(actor)s took back the boundary of %(subject)s"),
    "regions.region_removed": _("%(actor)s removed the place “%(subject)s”"),
}
FIELDS = {"why_removed": _("reason"), "area": _("area")}

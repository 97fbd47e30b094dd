"""How deeds on tourism read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.tourism.models import Channel

SENTENCES = {
    "tourism.arrival_added": _("%(actor)s brought in a count of arrivals: %(subject)s"),
    "tourism.arrival_corrected": _("%(actor)s corrected a count of arrivals: %(subject)s"),
    "tourism.arrival_withdrawn": _("%(actor)s took a count of arrivals off the pages: %(subject)s"),
    "tourism.seats_added": _("%(actor)s brought in seats: %(subject)s"),
    "tourism.seats_corrected": _("%(actor)s corrected seats: %(subject)s"),
    "tourism.seats_withdrawn": _("%(actor)s took seats off the pages: %(subject)s"),
    "tourism.site_added": _("%(actor)s added the site “%(subject)s”"),
    "tourism.site_changed": _("%(actor)s changed the site “%(subject)s”"),
    "tourism.limit_added": _("%(actor)s put a limit of a site on file: %(subject)s"),
    "tourism.limit_corrected": _("%(actor)s corrected a limit of a site: %(subject)s"),
    "tourism.limit_withdrawn": _("%(actor)s took a limit of a site off the pages: %(subject)s"),
    "tourism.campaign_added": _("%(actor)s wrote down the campaign “%(subject)s”"),
    "tourism.campaign_changed": _("%(actor)s changed the campaign “%(subject)s”"),
    "tourism.campaign_withdrawn": _("%(actor)s took the campaign “%(subject)s” off the lists"),
}
LABELS = {"channels": Channel}

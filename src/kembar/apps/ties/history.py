"""How deeds on ties read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.ties.models import Event, Sector

SENTENCES = {
    "ties.tie_created": _("%(actor)s opened the file of the tie %(subject)s"),
    "ties.tie_changed": _("%(actor)s changed what is known of the tie %(subject)s"),
    "ties.tie_shared": _("%(actor)s changed who may read the tie %(subject)s"),
    "ties.event_added": _("%(actor)s added the event “%(subject)s”"),
    "ties.event_changed": _("%(actor)s corrected the event “%(subject)s”"),
    "ties.event_withdrawn": _("%(actor)s took the event “%(subject)s” off the timeline"),
    "ties.conflict_named": _("%(actor)s named a contradiction: %(subject)s"),
    "ties.conflict_settled": _("%(actor)s settled a contradiction: %(subject)s"),
    "ties.remark_made": _("%(actor)s asked the desk: “%(subject)s”"),
    "ties.remark_answered": _("%(actor)s answered the remark “%(subject)s”"),
    "ties.region_added": _("%(actor)s added the region “%(subject)s” with a table"),
    "ties.imported": _("%(actor)s loaded what a table says of the tie %(subject)s"),
}
FIELDS = {
    "participants": _("participants"),
    "home_people": _("people of the home side"),
    "partner_people": _("people of the partner's side"),
    "other_people": _("other people"),
    "sources": _("sources"),
    "attachments": _("attached files"),
    "events": _("events"),
    "claims": _("claims"),
    # What a table brings with a tie.
    **dict(Event.Milestone.choices),
    "source_url": _("source"),
}
LABELS = {"sectors": Sector}
DATES = Event.Milestone.values

"""How deeds on posts, offices and people read."""

from django.utils.translation import gettext_lazy as _

from kembar.apps.accounts.models import Holding

SENTENCES = {
    "posts.office_added": _("%(actor)s added the office “%(subject)s”"),
    "posts.office_changed": _("%(actor)s changed the office “%(subject)s”"),
    "posts.post_added": _("%(actor)s added the post “%(subject)s”"),
    "posts.post_changed": _("%(actor)s changed the post “%(subject)s”"),
    "posts.filled": _("%(actor)s put a person into the vacant post “%(subject)s”"),
    "posts.handed_over": _("%(actor)s handed over the post “%(subject)s”"),
    "posts.vacated": _("%(actor)s made the post “%(subject)s” vacant"),
    "posts.person_added": _("%(actor)s added %(subject)s with a post"),
    "posts.person_changed": _("%(actor)s corrected what is known of %(subject)s"),
    "posts.person_invited": _("%(actor)s made a link for %(subject)s to set a password"),
    "posts.person_deactivated": _("%(actor)s took away the access of %(subject)s"),
    "posts.person_activated": _("%(actor)s gave %(subject)s access again"),
    "posts.second_factor_removed": _("%(actor)s removed the second factor of %(subject)s"),
    "posts.password_set": _("%(actor)s set a new password for %(subject)s"),
    "posts.second_factor_set_up": _("%(actor)s set up a second factor for %(subject)s"),
    "posts.second_factor_given_up": _("%(actor)s gave up the second factor of %(subject)s"),
    "posts.recovery_codes_made": _("%(actor)s made new recovery codes for %(subject)s"),
    "posts.service_linked": _("%(actor)s linked the sign-in service with %(subject)s"),
}
RECORDS = {
    "posts.filled": Holding,
    "posts.handed_over": Holding,
    "posts.vacated": Holding,
}
FIELDS = {"holder": _("holder"), "office": _("office")}

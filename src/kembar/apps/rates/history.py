"""How deeds on exchange rates read."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "rates.rate_added": _("%(actor)s wrote down the exchange rate “%(subject)s”"),
    "rates.rate_changed": _("%(actor)s corrected the exchange rate “%(subject)s”"),
    "rates.rate_dropped": _("%(actor)s took back the exchange rate “%(subject)s”"),
}
FIELDS = {"taken_back": _("why it is taken back")}

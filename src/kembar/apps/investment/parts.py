"""What this room shows on pages of the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kembar.apps.ties.models import Tie


def tab_of_tie(_tie: Tie, _user: object) -> tuple[str, str, str]:
    """Return the key, the label and the address of the tab that a tie gets here."""
    return ("investment", _("Investment"), "investment:of_tie")

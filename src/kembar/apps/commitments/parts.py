"""What this room shows on pages of the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext as _


def tab_of_tie() -> tuple[str, str, str]:
    """Return the key, the label and the address of the tab that a tie gets here."""
    return ("commitments", _("Promises"), "commitments:of_tie")

"""What this room shows on pages of the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kembar.apps.ties.models import Tie
from kembar.apps.ties.queries import reads_all


def tab_of_tie(tie: Tie, user: object) -> tuple[str, str, str] | None:
    """Return the key, the label and the address of the tab that a tie gets here.

    It tells what is shared with nobody, so only those who read the whole file have it.
    """
    if not reads_all(user, tie):
        return None
    return ("board", _("One page"), "boards:of_tie")

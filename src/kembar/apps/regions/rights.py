"""Who may bring in official figures and boundaries, and for which region.

A desk writes for its own region, a ministry for every region of its country. Regions abroad
belong to nobody here, and a partner is weighed before there is a tie with it: whoever may bring
in anything may bring in what he knows of them. Each keeps its source and who brought it in, and
none takes the place of what somebody else brought in.
"""

from __future__ import annotations

from typing import Any

from kembar.apps.accounts.models import User
from kembar.apps.regions.models import Region

BRING_IN = "regions.import"
# A place is of nobody: its administrator, or that of the installation, removes a mistaken one.
REMOVE = "regions.remove"


def owner_for(user: User | None, region: Region) -> str | None:
    """Return for which region somebody brings in what is known of one; None if he may not.

    None as the person is the installation itself.
    """
    if user is None or user.may(BRING_IN, region.code):
        return region.code
    own = sorted(user.rights.regions(BRING_IN))
    abroad = [code for code in own if code and code[:2] != region.country]
    return abroad[0] if abroad and len(abroad) == len(own) else None


def may_bring_in(user: Any, region: Region) -> bool:
    """Return whether a reader of a page may bring in what he knows of its region."""
    return bool(user.is_authenticated) and owner_for(user, region) is not None


def may_take_back(user: User, *, owner_code: str, region: Region) -> bool:
    """Return whether somebody may take back what was brought in."""
    return user.may(BRING_IN, owner_code) or user.may(BRING_IN, region.code)

"""Who keeps what is known of tourism, and for which region.

An agency writes for its own region and for the places in it: a province counts who lands in one
of its towns. Nobody writes for another province.
"""

from __future__ import annotations

from kembar.apps.accounts.models import User, rights_of

WRITE = "tourism.write"


def owner_for(user: User | None, code: str) -> str | None:
    """Return for which region somebody writes down what is known of one; None if he may not.

    None as the person is the installation itself.
    """
    if user is None:
        return code.partition(".")[0]
    own = rights_of(user).regions(WRITE)
    above = code.partition(".")[0]
    return code if code in own else above if above in own else None


def may_write(user: object, code: str) -> bool:
    """Return whether a reader of a page may write down what he knows of its region."""
    own = rights_of(user).regions(WRITE)
    return bool(own) and (code in own or code.partition(".")[0] in own)

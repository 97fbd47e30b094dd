"""kembar reindex: the index of the search, written anew."""

from __future__ import annotations

from kembar.cli.house import open_house
from kembar.cli.speech import say


def reindex() -> None:
    """Write the index of the search anew from the records.

    It is needed after an update that lets the search find more; it does no harm otherwise.

    Example: kembar reindex
    """
    open_house()
    from kembar.site import reindexing

    with say.status("Writing the index anew …") as status:
        count = reindexing.reindex(lambda done: status.update(f"Writing the index anew: {done} …"))
    say.print(f"The search finds {count} things.")

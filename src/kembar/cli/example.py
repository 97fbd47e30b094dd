"""kembar example: load the founding example."""

from __future__ import annotations

from kembar.cli.house import open_house
from kembar.cli.speech import say


def example() -> None:
    """Load the founding tie, NTT and Jiangxi, with its sources and the national register.

    It is loaded once; what you have changed since stays as it is. After an update of Kembar a
    second run brings the parts that your example does not have yet.

    Example: kembar example
    """
    open_house()
    from kembar.site import example as founding

    was_there = founding.is_loaded()
    with say.status("Loading the founding example …") as status:
        new = founding.load(lambda step: status.update(f"Loading the founding example: {step} …"))
    if not new:
        say.print("The founding example is loaded already; nothing was changed.")
        return
    if was_there:
        say.print("The founding example has got what came with a later Kembar; the rest stays.")
        return
    say.print("The founding example is loaded: NTT–Jiangxi, three ties beside it, the register.")

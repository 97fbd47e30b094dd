"""kembar example: load the founding example."""

from __future__ import annotations

from kembar.cli.house import open_house
from kembar.cli.speech import say


def example() -> None:
    """Load the founding tie, NTT and Jiangxi, with its sources and the national register.

    It is loaded once; what you have changed since stays as it is.

    Example: kembar example
    """
    open_house()
    from kembar.site import example as founding

    with say.status("Loading the founding example …") as status:
        new = founding.load(lambda step: status.update(f"Loading the founding example: {step} …"))
    if not new:
        say.print("The founding example is loaded already; nothing was changed.")
        return
    say.print("The founding example is loaded: NTT–Jiangxi, three ties beside it, the register.")

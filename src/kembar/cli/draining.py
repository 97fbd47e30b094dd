"""How `kembar serve` takes what is too large: to its end, and without keeping any of it."""

from __future__ import annotations

from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge


class DrainingParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Reads a request that is too large for nothing, so that our own page can answer it.

    waitress answers such a request at once, in plain English, and hangs up while the browser is
    still sending: most people then see that the connection broke, and none of it in their
    language. With a higher limit it would first write the whole of it to the disk, from
    everybody at once. So the bytes are let go as they come, and the application is asked with an
    empty body and the length that was announced: `kit.middleware.only_so_large` answers.

    A body in chunks announces no length; no browser sends one, and waitress answers it.
    """

    error: object

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.to_drain = 0

    def received(self, data: bytes) -> int:
        """Take bytes of a request; return how many of them belong to it."""
        if self.to_drain:
            taken = min(len(data), self.to_drain)
            self.to_drain -= taken
            self.completed = not self.to_drain
            return taken
        taken = int(super().received(data))
        if isinstance(self.error, RequestEntityTooLarge) and not self.chunked:
            self.to_drain = self.content_length
            self.error, self.completed = None, False
        return taken

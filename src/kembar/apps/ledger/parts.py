"""What rooms above show on the page of a claim: named in settings, so no arrow turns round."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from kembar.apps.ledger.models import Claim

Part = Callable[[Claim, HttpRequest], SafeString]


def parts_of(claim: Claim, request: HttpRequest) -> list[SafeString]:
    """Return the parts of a claim's page, drawn for this reader."""
    parts: list[Part] = [import_string(path) for path in settings.CLAIM_PARTS]
    return [part(claim, request) for part in parts]

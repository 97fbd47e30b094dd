"""What rooms above show on the page of a region: named in settings, so no arrow turns round."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from kembar.apps.regions.models import Region

Part = Callable[[Region, HttpRequest], SafeString]


def parts_of(region: Region, request: HttpRequest) -> list[SafeString]:
    """Return the parts of a region's page, drawn for this reader."""
    parts: list[Part] = [import_string(path) for path in settings.REGION_PARTS]
    return [part(region, request) for part in parts]

"""Web addresses: typed without a scheme, they are taken for https."""

from __future__ import annotations

from typing import Any

from django.db import models


class AddressField(models.URLField):  # type: ignore[type-arg]  # no subscript at run time
    """A web address; to the database and its migrations an ordinary one."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(assume_scheme="https", **kwargs)

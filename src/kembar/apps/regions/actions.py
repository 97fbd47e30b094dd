"""What people do with figures and boundaries beside bringing them in. Each deed is remembered."""

from __future__ import annotations

from django.db import transaction

from kembar.apps.accounts.models import User
from kembar.apps.audit.actions import Deed, differences, first_values, record
from kembar.apps.audit.models import Entry
from kembar.apps.kit.concurrency import StaleError, save_if_unchanged, twins_refused
from kembar.apps.regions.models import Boundary, Figure, Indicator, Region
from kembar.apps.regions.references import referring


@transaction.atomic
def add_indicator(indicator: Indicator, *, owner_code: str, by: User | None) -> None:
    """Let figures of a new kind come in."""
    indicator.full_clean()
    with twins_refused(indicator):
        indicator.save(force_insert=True)
    changes = first_values(indicator)
    record(Deed("regions.indicator_added", indicator, owner_code, changes=changes), by=by)


@transaction.atomic
def withdraw_figure(figure: Figure, *, reason: str, seen: int, by: User) -> None:
    """Take a figure off every page, with the reason; the record stays in the history."""
    figure.withdrawn = reason
    save_if_unchanged(figure, seen, ["withdrawn"])
    changes = differences({}, {"withdrawn": reason})
    record(Deed("regions.figure_withdrawn", figure, figure.owner_code, changes=changes), by=by)


@transaction.atomic
def withdraw_boundary(boundary: Boundary, *, reason: str, by: User) -> None:
    """Take a boundary back: the one before it stands again, or the atlas."""
    if not Boundary.objects.filter(pk=boundary.pk, withdrawn="").update(withdrawn=reason):
        raise StaleError(boundary)
    boundary.withdrawn = reason
    changes = differences({}, {"withdrawn": reason})
    record(
        Deed("regions.boundary_withdrawn", boundary, boundary.owner_code, changes=changes), by=by
    )


@transaction.atomic
def remove_region(region: Region, *, reason: str, by: User) -> None:
    """Remove a place that a table brought in by mistake; nothing may refer to it.

    Raises
    ------
    StaleError
        If something refers to it meanwhile, or somebody has removed it.
    """
    # Race: whoever begins a tie with it in this moment waits, and then finds it gone.
    held = Region.objects.select_for_update().filter(pk=region.pk).first()
    if held is None or referring(held):
        raise StaleError(region)
    changes = differences({}, {"why_removed": reason})
    record(Deed("regions.region_removed", held, _brought_in_by(held), changes=changes), by=by)
    held.delete()


def _brought_in_by(region: Region) -> str:
    """Return in whose history a region was added: a place abroad in that of the home, not its own.

    Whoever read there that it was added reads there that it is removed.
    """
    about = Entry.objects.filter(subject_type=region._meta.label_lower, subject_id=region.code)
    newest = about.order_by("pk").last()
    return newest.region_code if newest else region.code

"""What people do about tourism beside bringing in tables. Each deed is atomic and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import narrower
from kembar.apps.audit.actions import Deed, differences, first_values, key_of, names_of, record_all
from kembar.apps.kit.concurrency import StaleError, hold, save_if_unchanged, twins_refused
from kembar.apps.ledger.actions import in_the_ledger, source_added, source_line
from kembar.apps.ledger.models import Source
from kembar.apps.search import index
from kembar.apps.ties.models import Tie
from kembar.apps.tourism.models import Arrival, Campaign, Limit, Seats, Site


def site_line(site: Site) -> index.Line:
    return index.Line(
        subject=key_of(site),
        kind="site",
        path=site.get_absolute_url(),
        title=site.name,
        body=site.about,
        owner_code=site.owner_code,
        audience=site.audience,
    )


def campaign_line(campaign: Campaign) -> index.Line:
    return index.Line(
        subject=key_of(campaign),
        kind="campaign",
        path=campaign.get_absolute_url(),
        title=campaign.title,
        body=campaign.about,
        owner_code=campaign.tie.home_id,
        partner_code=campaign.tie.partner_id,
        audience=narrower(campaign.audience, campaign.tie.audience),
    )


def lines_of_ties(ties: Sequence[Tie]) -> list[index.Line]:
    """Return the lines of all standing campaigns of these ties."""
    campaigns = Campaign.objects.standing().filter(tie__in=ties).select_related("tie")
    return [campaign_line(campaign) for campaign in campaigns]


def _remember(
    lines: Sequence[index.Line], new: Sequence[Source], deeds: Sequence[Deed], by: User | None
) -> None:
    """Put deeds, and the sources that are new with them, into the search and the history."""
    index.put([*map(source_line, new), *lines])
    record_all([*map(source_added, new), *deeds], by=by)


def _name_source(record: Site | Campaign) -> list[Source]:
    """Have the source of a record in the ledger; return it if it is new there."""
    if record.source is None:
        return []
    (record.source,), new = in_the_ledger([record.source])
    return new


# Sites and limits ---------------------------------------------------------------------------


@transaction.atomic
def add_site(site: Site, *, by: User | None) -> None:
    """Put a site on file, so that its visitors and limits can be."""
    new = _name_source(site)
    site.full_clean()
    site.save()
    deed = Deed("tourism.site_added", site, site.owner_code, changes=first_values(site))
    _remember([site_line(site)], new, [deed], by)


@transaction.atomic
def change_site(
    site: Site, *, seen: int, fields: list[str], old: dict[str, Any], by: User | None
) -> None:
    """Change what is known of a site, unless somebody else did since it was opened."""
    new = _name_source(site)
    site.full_clean()
    changes = differences(old, {name: getattr(site, name) for name in fields})
    if not changes:
        return
    save_if_unchanged(site, seen, fields)
    deed = Deed("tourism.site_changed", site, site.owner_code, changes=changes)
    _remember([site_line(site)], new, [deed], by)


@transaction.atomic
def add_limit(limit: Limit, *, by: User | None) -> None:
    """Write down how many people a site bears, as its source says."""
    (limit.source,), new = in_the_ledger([limit.source])
    limit.by_name = names_of(by)
    limit.full_clean()
    with twins_refused(limit):
        limit.save()
    changes = first_values(limit, without="site")
    owner = limit.site.owner_code
    _remember([], new, [Deed("tourism.limit_added", limit, owner, key_of(limit.site), changes)], by)


@transaction.atomic
def withdraw_limit(limit: Limit, *, reason: str, seen: int, by: User | None) -> None:
    """Take a limit off every page, with the reason; the record stays in the history."""
    changes = _withdraw(limit, reason, seen)
    owner = limit.site.owner_code
    deed = Deed("tourism.limit_withdrawn", limit, owner, key_of(limit.site), changes)
    record_all([deed], by=by)


# Counts -------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_count(count: Arrival | Seats, *, reason: str, seen: int, by: User | None) -> None:
    """Take a count off every page, with the reason; the record stays in the history."""
    changes = _withdraw(count, reason, seen)
    if isinstance(count, Arrival):
        deed = Deed("tourism.arrival_withdrawn", count, count.owner_code, changes=changes)
    else:
        deed = Deed("tourism.seats_withdrawn", count, count.owner_code, changes=changes)
    record_all([deed], by=by)


def _withdraw(
    record: Arrival | Seats | Limit | Campaign, reason: str, seen: int
) -> list[dict[str, Any]]:
    if record.withdrawn:
        raise StaleError(record)
    record.withdrawn = reason
    save_if_unchanged(record, seen, ["withdrawn"])
    return differences({}, {"withdrawn": reason})


# Campaigns ----------------------------------------------------------------------------------


@transaction.atomic
def add_campaign(campaign: Campaign, *, by: User | None) -> None:
    """Write down what is done so that people of a market hear of the region."""
    hold(campaign.tie, "audience")
    new = _name_source(campaign)
    campaign.full_clean()
    campaign.save()
    tie = campaign.tie
    changes = first_values(campaign, without="tie")
    deed = Deed("tourism.campaign_added", campaign, tie.home_id, key_of(tie), changes)
    _remember([campaign_line(campaign)], new, [deed], by)


@transaction.atomic
def change_campaign(
    campaign: Campaign, *, seen: int, fields: list[str], old: dict[str, Any], by: User | None
) -> None:
    """Change a campaign, unless somebody else did, or withdrew it, since it was opened."""
    hold(campaign.tie, "audience")
    hold(campaign, "withdrawn")
    if campaign.withdrawn:
        # What was typed stands in this one; the page is to tell what stands on file.
        raise StaleError(Campaign.objects.get(pk=campaign.pk))
    new = _name_source(campaign)
    campaign.full_clean()
    changes = differences(old, {name: getattr(campaign, name) for name in fields})
    if not changes:
        return
    # What somebody wrote himself is no longer what came with the example.
    campaign.origin = ""
    save_if_unchanged(campaign, seen, [*fields, "origin"])
    tie = campaign.tie
    deed = Deed("tourism.campaign_changed", campaign, tie.home_id, key_of(tie), changes)
    _remember([campaign_line(campaign)], new, [deed], by)


@transaction.atomic
def withdraw_campaign(campaign: Campaign, *, reason: str, seen: int, by: User | None) -> None:
    """Take a campaign off every list, with the reason; the record stays in the history."""
    changes = _withdraw(campaign, reason, seen)
    index.forget([key_of(campaign)])
    tie = campaign.tie
    deed = Deed("tourism.campaign_withdrawn", campaign, tie.home_id, key_of(tie), changes)
    record_all([deed], by=by)

"""Who may do what: one table from permission to roles, and regions that it reaches.

A post belongs to an office, an office to a region. Rights follow the region: whoever
reads for a province reads also for its cities and regencies, but writes only for the
province itself. An office without a region reaches the whole installation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DESK = "desk", _("Cooperation desk")
    AGENCY = "agency", _("Agency")
    HEAD = "head", _("Head")
    MINISTRY = "ministry", _("Ministry reviewer")
    PARTNER = "partner", _("Partner's officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Audience(models.TextChoices):
    """Who may read a record."""

    OWN = "own", _("Own region")
    SHARED = "shared", _("Own region and partner")
    PUBLISHED = "published", _("Everyone")


def narrower(one: str, other: str) -> str:
    """Return the audience that both allow."""
    order = Audience.values
    return min(one, other, key=order.index)


READERS = frozenset({Role.DESK, Role.AGENCY, Role.HEAD, Role.MINISTRY, Role.AUDITOR})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "ties.read_all": READERS,
    "ties.write": frozenset({Role.DESK}),
    "ties.share": frozenset({Role.DESK, Role.HEAD}),
    "ties.import": frozenset({Role.DESK}),
    "ties.export": READERS,
    "ties.remark": frozenset({Role.MINISTRY, Role.HEAD}),
    "regions.import": frozenset({Role.DESK, Role.MINISTRY}),
    "regions.remove": frozenset({Role.ADMINISTRATOR}),
    "events.write": frozenset({Role.DESK, Role.AGENCY}),
    "ledger.write": frozenset({Role.DESK, Role.AGENCY}),
    "ledger.judge": frozenset({Role.DESK, Role.MINISTRY}),
    "scouting.write": frozenset({Role.DESK}),
    "scouting.decide": frozenset({Role.DESK, Role.HEAD}),
    "scouting.remark": frozenset({Role.DESK, Role.HEAD, Role.MINISTRY}),
    "scouting.keep_list": frozenset({Role.MINISTRY}),
    "cases.write": frozenset({Role.DESK}),
    "cases.record": frozenset({Role.DESK, Role.AGENCY}),
    "cases.review": frozenset({Role.MINISTRY, Role.HEAD}),
    "cases.override": frozenset({Role.HEAD}),
    "cases.set_limits": frozenset({Role.MINISTRY, Role.ADMINISTRATOR}),
    "rates.write": frozenset({Role.DESK, Role.AGENCY, Role.MINISTRY}),
    "commitments.write": frozenset({Role.DESK, Role.AGENCY}),
    "programmes.write": frozenset({Role.DESK, Role.AGENCY}),
    "tourism.write": frozenset({Role.DESK, Role.AGENCY}),
    "investment.write": frozenset({Role.DESK, Role.AGENCY}),
    "investment.publish": frozenset({Role.DESK, Role.HEAD}),
    "investment.verify": frozenset({Role.HEAD, Role.MINISTRY}),
    "history.read": READERS | {Role.ADMINISTRATOR},
    "posts.read": READERS | {Role.ADMINISTRATOR},
    "posts.manage": frozenset({Role.ADMINISTRATOR}),
}

# Who reaches the regions below his own: reading, and looking after people; and the ministry
# judges what they say, reviews their cases and brings in figures on them. A desk writes for its
# own region only.
REACHING_DOWN: dict[str, frozenset[Role]] = {
    name: PERMISSIONS[name]
    for name in (
        *("ties.read_all", "ties.export", "ties.remark", "scouting.remark"),
        *("history.read", "posts.read", "posts.manage", "regions.remove"),
    )
} | {
    name: frozenset({Role.MINISTRY})
    for name in ("ledger.judge", "regions.import", "cases.review", "investment.verify")
}


def covers(region_code: str, code: str) -> bool:
    """Return whether a code takes in another: ID takes in ID-NT, that ID-NT.kota-kupang."""
    return region_code in ("", code) or code.startswith((f"{region_code}-", f"{region_code}."))


def within(column: str, region_codes: Iterable[str]) -> Q:
    """Return the condition that a column's region code is one of these or below one of them."""
    condition = Q(pk__in=[])
    for code in region_codes:
        if code == "":
            # Not the empty Q(): Django drops it from `Q() | other`, which then means `other`.
            return ~Q(pk__in=[])
        condition |= Q(**{column: code})
        condition |= Q(**{f"{column}__startswith": f"{code}-"})
        condition |= Q(**{f"{column}__startswith": f"{code}."})
    return condition


@dataclass(frozen=True)
class Rights:
    """The roles a person holds now, each with the region code it is held for."""

    held: frozenset[tuple[str, str]] = frozenset()
    # Of a partner's officer: his own region, and the home region that let him in ("": all do).
    partnerships: frozenset[tuple[str, str]] = frozenset()

    def regions(self, permission: str) -> frozenset[str]:
        """Return the region codes for which the permission is held."""
        roles = PERMISSIONS[permission]
        return frozenset(code for role, code in self.held if role in roles)

    def may(self, permission: str, code: str | None = None) -> bool:
        """Return whether the permission is held: for this region, or for any if none is named."""
        if code is None:
            return bool(self.regions(permission))
        below = REACHING_DOWN.get(permission, frozenset())
        return any(
            region == code or (role in below and covers(region, code))
            for role, region in self.held
            if role in PERMISSIONS[permission]
        )

    def has(self, role: Role) -> bool:
        return any(held == role for held, _code in self.held)


NO_RIGHTS = Rights()


def shared(rights: Rights, *, owner: str, partner: str, audiences: Iterable[str]) -> Q:
    """Return the condition that a record is shared with the partner whose officer this is.

    His office was let in by a home region: of what others share with the same partner he reads
    nothing. Every audience on the way must be at least shared.
    """
    wide_enough = [Audience.SHARED, Audience.PUBLISHED]
    condition = Q(pk__in=[])
    for region, home in rights.partnerships:
        condition |= within(partner, [region]) & within(owner, [home])
    return condition & Q(**{f"{name}__in": wide_enough for name in audiences})


def visible(rights: Rights, *, owner: str, partner: str, audiences: Iterable[str]) -> Q:
    """Return the condition that a record may be read.

    Its own region reads it whatever its audience; the partner's office that this region let in
    if it is shared; everyone if every audience is published.
    """
    audiences = list(audiences)
    own = within(owner, rights.regions("ties.read_all"))
    published = Q(**dict.fromkeys(audiences, Audience.PUBLISHED))
    return own | shared(rights, owner=owner, partner=partner, audiences=audiences) | published

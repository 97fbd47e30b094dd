"""What ties know of possible partners: a study counts it beside the atlas."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Max, Q
from django.utils import timezone

from kembar.apps.accounts.rights import Audience, within
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import CONTACT_KINDS, Event, Tie
from kembar.apps.ties.pulses import day_in
from kembar.engines.scouting.question import Contacts, Known
from kembar.engines.scouting.question import Tie as KnownTie


def known_of_partners(home: Region, countries: frozenset[str] | None) -> Known:
    """Return the ties and contacts with some countries that a study of a home may lean on.

    Its own and those of the places in it; of others only what they have published, for whoever
    reads the study must not learn through it what they keep to themselves.
    """
    own = within("home__code", [home.code])
    others = Q(audience=Audience.PUBLISHED) & Q(home__country=home.country)
    ties = Tie.objects.filter(own | others)
    if countries is not None:
        ties = ties.filter(partner__country__in=countries)
    columns = ties.order_by("pk").values_list("home_id", "partner_id", "state")
    return Known(
        ties=tuple(KnownTie(one, other, state) for one, other, state in columns),
        contacts=_contacts(home),
    )


def _contacts(home: Region) -> tuple[Contacts, ...]:
    partners = dict(
        Tie.objects.filter(within("home__code", [home.code])).values_list("pk", "partner_id")
    )
    # By the keys of these ties: a nation's events are a hundred thousand.
    events = Event.objects.standing().filter(tie__in=list(partners), kind__in=CONTACT_KINDS)
    # What is planned is no contact yet.
    past = events.annotate(day=day_in("on")).filter(day__lte=timezone.localdate().isoformat())
    rows = past.order_by().values_list("tie_id").annotate(Count("pk"), Max("day"))
    count: Counter[str] = Counter()
    latest: dict[str, str] = {}
    for tie, found, on in rows:
        # A contact with a city is one with its province, which is what a study ranks.
        province = partners[tie].partition(".")[0]
        count[province] += found
        latest[province] = max(on, latest.get(province, ""))
    return tuple(Contacts(code, count[code], latest[code]) for code in sorted(count))

"""What ties know of possible partners: a study counts it beside the atlas."""

from __future__ import annotations

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from kembar.apps.accounts.rights import Audience, within
from kembar.apps.regions.models import Region
from kembar.apps.ties.models import CONTACT_KINDS, Event, Tie
from kembar.engines.scouting.question import Contact, Known
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


def _contacts(home: Region) -> tuple[Contact, ...]:
    partners = dict(
        Tie.objects.filter(within("home__code", [home.code])).values_list("pk", "partner_id")
    )
    # By the keys of these ties: a nation's events are a hundred thousand.
    events = Event.objects.standing().filter(tie__in=list(partners), kind__in=CONTACT_KINDS)
    # As text: nothing is reckoned with these days, and each would be read as a partial date.
    rows = events.order_by("on", "pk").values_list("tie_id", Cast("on", CharField()), "kind")
    # A contact with a city is one with its province, which is what a study ranks.
    provinces = {tie: partner.partition(".")[0] for tie, partner in partners.items()}
    return tuple(Contact(provinces[tie], on, kind) for tie, on, kind in rows)

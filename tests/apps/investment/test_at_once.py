"""Two people close one lead in the same moment: one deed is done, the other person is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.rights import Role
from kembar.apps.audit.models import Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.investment.models import Company, Confirmation, Lead, Stage
from tests.apps.investment.things import a_lead, a_lead_of, a_link, a_seat, confirmed, verified
from tests.apps.ties.things import a_region
from tests.at_once import at_once
from tests.people import a_person

pytestmark = pytest.mark.django_db(transaction=True)


def posting(path: str, **given: Any) -> Callable[[], Any]:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(a_person(Role.DESK))
    return lambda: browser.post(path, given)


def ending(lead: Lead, ending: str, **given: Any) -> Callable[[], Any]:
    values = {"ending": ending, "on": str(timezone.localdate()), "version": lead.version, **given}
    return posting(f"{lead.get_absolute_url()}end/", **values)


def remembered(action: str) -> int:
    return Entry.objects.filter(action=action).count()


def test_one_of_two_ends_a_lead() -> None:
    lead = a_lead()

    statuses = at_once(
        ending(lead, "lost", reason="Hers", lost_to="Bali"),
        ending(lead, "abandoned", reason="His"),
    )

    lead.refresh_from_db()
    assert sorted(statuses) == [302, 409]
    assert lead.ending == ("lost", "abandoned")[statuses.index(302)]
    assert lead.moves.count() == remembered("investment.lead_ended") == 1
    assert check_chain() == []


def test_a_lead_is_not_won_and_lost_at_once() -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    verified(lead)
    confirmed(lead)
    path = f"{lead.get_absolute_url()}stage/"

    statuses = at_once(
        posting(path, stage="won", version=lead.version),
        ending(lead, "lost", reason="Too late", lost_to="Bali"),
    )

    lead.refresh_from_db()
    assert sorted(statuses) == [302, 409]
    assert (lead.stage == Stage.WON) != (lead.ending == "lost")


def test_a_lead_is_not_won_on_figures_that_are_withdrawn_in_this_moment() -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    verified(lead)
    confirmed(lead)
    figures = lead.yields.get()

    at_once(
        posting(f"{lead.get_absolute_url()}stage/", stage="won", version=lead.version),
        posting(f"/investment/figures/{figures.pk}/withdraw/", reason="Wrong", version=1),
    )

    lead.refresh_from_db()
    figures.refresh_from_db()
    assert (lead.stage == Stage.WON) != bool(figures.withdrawn)


def test_of_two_answers_over_one_link_one_is_kept() -> None:
    lead = a_lead_of(a_seat(), Stage.VERIFYING)
    path = f"/investment/confirm/{a_link(lead)}/"

    def answering(name: str) -> Callable[[], Any]:
        browser = Client(headers={"accept-language": "en"})
        return lambda: browser.post(path, {"agrees": "yes", "name": name})

    at_once(answering("Chen Yu"), answering("Li Na"))

    assert Confirmation.objects.get().name in ("Chen Yu", "Li Na")
    assert remembered("investment.investor_answered") == 1


def test_one_company_is_written_down_by_one_of_two() -> None:
    a_region()
    given = {"name_en": "Salt Works", "country": "CN", "registration": "9136"}

    statuses = at_once(*(posting("/investment/companies/new/", **given) for _ in range(2)))

    assert sorted(statuses) == [302, 422]
    assert Company.objects.count() == remembered("investment.company_added") == 1

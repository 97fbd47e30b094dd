"""Exchange rates: written down with a source, and never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from kembar.apps.accounts.rights import Role
from kembar.apps.ledger.models import Source
from kembar.apps.rates.models import Rate
from kembar.apps.rates.queries import SERVES_DAYS, Rates, Sum
from kembar.engines.errors import KembarError
from tests.people import a_person

pytestmark = pytest.mark.django_db


def a_source(owner_code: str = "ID-NT", audience: str = "published") -> Source:
    return Source.objects.create(
        owner_code=owner_code, publisher="Bank Indonesia", kind="official", audience=audience
    )


def a_rate(on: date, value: str, base: str = "CNY", quote: str = "IDR") -> Rate:
    return Rate.objects.create(
        base=base, quote=quote, on=on, value=Decimal(value), source=a_source()
    )


def signed_in(role: Role, region_code: str = "ID-NT") -> Client:
    client = Client()
    client.force_login(a_person(role, region_code))
    client.cookies["django_language"] = "en"
    return client


def typed(source: Source, **changed: str) -> dict[str, str]:
    return {
        "base": "CNY", "value": "2280.55", "quote": "IDR", "on": "17/11/2025",
        "source": str(source.pk), "version": "1", **changed,
    }  # fmt: skip


def test_the_newest_rate_that_is_not_too_old_serves() -> None:
    a_rate(date(2025, 10, 1), "2200")
    a_rate(date(2025, 11, 3), "2280")

    rates = Rates("IDR")

    assert rates.rate("CNY", date(2025, 11, 17)) == 2280
    assert rates.rate("CNY", date(2025, 11, 2)) == 2200
    assert rates.rate("IDR", date(1999, 1, 1)) == 1


@pytest.mark.parametrize("on", [date(2025, 9, 30), date(2026, 3, 1)])
def test_a_day_without_a_rate_is_refused(on: date) -> None:
    a_rate(date(2025, 10, 1), "2200")

    with pytest.raises(KembarError) as refused:
        Rates("IDR").rate("CNY", on)

    assert refused.value.code == "rate.missing"
    assert refused.value.facts["days"] == SERVES_DAYS


def test_a_rate_serves_the_other_way_round_too() -> None:
    a_rate(date(2025, 11, 3), "0.0005", base="IDR", quote="CNY")

    assert Rates("IDR").rate("CNY", date(2025, 11, 3)) == 2000


def test_a_sum_says_what_it_leaves_out() -> None:
    a_rate(date(2025, 11, 3), "2000")
    day = date(2025, 11, 17)
    sums = [Sum(Decimal(5), "CNY", day), Sum(Decimal(7), "IDR", day), Sum(Decimal(1), "USD", day)]

    total = Rates("IDR").total(sums)

    assert total.amount == 10_007
    assert total.by_currency == {"CNY": 5, "IDR": 7, "USD": 1}
    assert [one.currency for one in total.without_rate] == ["USD"]
    assert not total.is_whole


def test_an_officer_writes_down_a_rate() -> None:
    client, source = signed_in(Role.DESK), a_source()

    answer = client.post("/rates/new/", typed(source, value="2.280,55"))

    assert answer.status_code == 302, answer.content.decode()
    rate = Rate.objects.get()
    assert (rate.value, rate.on) == (Decimal("2280.55"), date(2025, 11, 17))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("value", "2.280", "may mean two amounts"),
        ("value", "0", "less than nothing"),
        ("value", "about 2000", "cannot be read"),
        ("base", "XXX", "no currency"),
        ("quote", "CNY", "no rate with itself"),
        ("on", "17/11/2999", "not come yet"),
    ],
)
def test_what_is_no_rate_is_refused_with_a_sentence(field: str, value: str, said: str) -> None:
    client, source = signed_in(Role.DESK), a_source()

    answer = client.post("/rates/new/", typed(source, **{field: value}))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Rate.objects.exists()


def test_a_second_rate_of_a_day_is_refused() -> None:
    a_rate(date(2025, 11, 17), "2200")
    client, source = signed_in(Role.DESK), a_source()

    answer = client.post("/rates/new/", typed(source))

    assert answer.status_code == 422
    assert "change it instead" in answer.content.decode()


def test_a_rate_rests_only_on_what_everybody_may_read() -> None:
    client, source = signed_in(Role.DESK), a_source(audience="own")

    answer = client.post("/rates/new/", typed(source))

    assert answer.status_code == 422


def test_two_who_correct_one_rate_are_told() -> None:
    rate = a_rate(date(2025, 11, 17), "2200")
    client = signed_in(Role.DESK)
    assert client.post(f"/rates/{rate.pk}/", typed(rate.source, value="2210")).status_code == 302

    late = client.post(f"/rates/{rate.pk}/", typed(rate.source, value="2220"))

    rate.refresh_from_db()
    assert late.status_code == 409
    assert rate.value == 2210


def test_a_rate_is_taken_back_with_a_reason() -> None:
    rate = a_rate(date(2025, 11, 17), "2200")
    client = signed_in(Role.DESK)

    answer = client.post(f"/rates/{rate.pk}/back/", {"reason": "Misread", "version": "1"})

    assert answer.status_code == 302
    assert not Rate.objects.exists()
    assert "took back the exchange rate" in client.get("/history/").content.decode()


def take_back(rate: Rate, by: Client) -> None:
    given = {"reason": "Misread", "version": "1"}
    assert by.post(f"/rates/{rate.pk}/back/", given).status_code == 302


def test_who_corrects_a_rate_that_is_taken_back_is_told_and_keeps_what_he_typed() -> None:
    rate = a_rate(date(2025, 11, 17), "2200")
    client = signed_in(Role.DESK)
    take_back(rate, signed_in(Role.AGENCY))

    late = client.post(f"/rates/{rate.pk}/", typed(rate.source, value="2210.5"))

    assert late.status_code == 409
    for said in ("took back the exchange rate", "Misread", 'value="2210.5"'):
        assert said in late.text
    assert 'action="/rates/new/"' in late.text
    assert client.post("/rates/new/", typed(rate.source, value="2210.5")).status_code == 302
    assert Rate.objects.get().value == Decimal("2210.5")


@pytest.mark.parametrize("path", ["/rates/{}/", "/rates/{}/back/"])
def test_the_page_of_a_rate_that_is_taken_back_says_so(path: str) -> None:
    rate = a_rate(date(2025, 11, 17), "2200")
    client = signed_in(Role.DESK)
    take_back(rate, client)

    told = client.get(path.format(rate.pk), follow=True)

    assert "took back the exchange rate" in told.text
    assert "Misread" in told.text
    again = client.post(f"/rates/{rate.pk}/back/", {"reason": "Twice", "version": "1"}, follow=True)
    assert "Misread" in again.text
    assert signed_in(Role.DESK, "ID-BA").get(path.format(rate.pk)).status_code == 403
    assert client.get(path.format(999_999)).status_code == 404


def test_a_rate_brings_its_source_along_for_everybody() -> None:
    client, given = signed_in(Role.DESK), {"new_address": "https://www.bi.go.id/kurs"}

    answer = client.post("/rates/new/", {**typed(a_source()), "source": "", **given})

    assert answer.status_code == 302, answer.text
    source = Rate.objects.get().source
    assert (source.publisher, source.audience) == ("bi.go.id", "published")
    assert "bi.go.id" in Client().get("/rates/").text
    history = client.get("/history/").text
    assert "https://www.bi.go.id/kurs" in client.get("/search/?q=bi.go.id").text
    assert "wrote down the exchange rate" in history


def test_a_source_that_is_not_for_everybody_is_not_published_by_a_rate() -> None:
    source = a_source(audience="own")
    Source.objects.filter(pk=source.pk).update(address="https://www.bi.go.id/kurs")
    given = {"new_address": "https://www.bi.go.id/kurs"}

    answer = signed_in(Role.DESK).post("/rates/new/", {**typed(source), "source": "", **given})

    assert answer.status_code == 422
    assert "not everyone may read it yet" in answer.text
    assert not Rate.objects.exists()


def test_who_may_not_publish_names_a_source_that_is_published() -> None:
    client, given = signed_in(Role.AGENCY), {"new_address": "https://www.bi.go.id/kurs"}

    answer = client.post("/rates/new/", {**typed(a_source()), "source": "", **given})

    assert answer.status_code == 422
    assert "new_address" not in client.get("/rates/new/").text


def test_a_rate_without_a_source_is_refused() -> None:
    answer = signed_in(Role.DESK).post("/rates/new/", {**typed(a_source()), "source": ""})

    assert answer.status_code == 422
    assert "Choose a source" in answer.text


def test_a_rate_that_was_corrected_meanwhile_is_not_taken_back_unseen() -> None:
    rate = a_rate(date(2025, 11, 17), "2200")
    client = signed_in(Role.DESK)
    client.post(f"/rates/{rate.pk}/", typed(rate.source, value="2210"))

    late = client.post(f"/rates/{rate.pk}/back/", {"reason": "Misread", "version": "1"})

    assert late.status_code == 409
    assert "2210" in late.text
    assert "Misread" in late.text
    assert Rate.objects.exists()


@pytest.mark.parametrize("path", ["/rates/new/", "/rates/{}/"])
def test_a_day_has_one_rate_of_two_currencies_whichever_way_round(path: str) -> None:
    rate = a_rate(date(2025, 11, 17), "2200")
    other = a_rate(date(2025, 11, 16), "0.00044", base="IDR", quote="CNY")
    turned = typed(rate.source, base="IDR", quote="CNY", value="0.00045", on="2025-11-17")

    answer = signed_in(Role.DESK).post(path.format(other.pk), turned)

    assert answer.status_code == 422
    assert "There is a rate of these two currencies on this day" in answer.text


def test_everybody_reads_the_rates_and_only_their_region_corrects_them() -> None:
    rate = a_rate(date(2025, 11, 17), "2200")

    assert "1 CNY = 2200 IDR" in Client().get("/rates/").content.decode()
    assert signed_in(Role.DESK, "ID-BA").get(f"/rates/{rate.pk}/").status_code == 403
    assert signed_in(Role.AUDITOR).get(f"/rates/{rate.pk}/").status_code == 403
    assert timezone.localdate() > rate.on

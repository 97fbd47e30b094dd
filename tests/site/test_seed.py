"""The invented nation: as large as promised, the same at every run, and whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from kembar.apps.accounts.models import Holding, User
from kembar.apps.accounts.rights import Role
from kembar.apps.audit.chain import broken_links
from kembar.apps.audit.models import ChainHead, Entry
from kembar.apps.audit.queries import check_chain
from kembar.apps.cases.models import Case
from kembar.apps.cases.standing import log_of, procedure_of, records_of, summary
from kembar.apps.ledger.models import Claim
from kembar.apps.regions.models import Region
from kembar.apps.search import index
from kembar.apps.search.models import Document
from kembar.apps.ties.models import Event, Participant, Tie
from kembar.apps.ties.pulses import COLUMNS, take_pulses
from kembar.engines.procedure.deciding import may
from kembar.engines.procedure.standing import stand
from kembar.site.nation import DAY, RARE_NAME, Keys, spread
from kembar.site.seed import Counts, SeedRefusedError, seed_national
from tests.people import a_person

SCALE = 0.002


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def seeded() -> Counts:
    return seed_national(SCALE, progress=quiet)


def all_rows() -> Iterator[tuple[Any, ...]]:
    """Give every row that the seed wrote, of every table, in the order of its key."""
    for model in apps.get_models():
        if model._meta.app_label in {
            "ties",
            "ledger",
            "accounts",
            "audit",
            "regions",
            "search",
            "programmes",
        }:
            for row in model._base_manager.order_by("pk").values_list():
                yield (model._meta.label, *row)


def digest() -> str:
    seal = hashlib.sha256()
    for row in all_rows():
        seal.update(repr(row).encode())
    return seal.hexdigest()


@pytest.fixture
def counts(db: None) -> Counts:
    return seeded()


def test_there_are_as_many_rows_as_promised(counts: Counts) -> None:
    assert (counts.ties, counts.events, counts.claims) == (10, 200, 20)
    assert (counts.sources, counts.entries) == (6, 2000)
    assert Tie.objects.count() == counts.ties
    assert Event.objects.count() == counts.events
    assert Claim.objects.count() == counts.claims
    assert Entry.objects.count() == ChainHead.objects.get().count == counts.entries
    assert Document.objects.count() == counts.lines


def _count_from_one() -> None:
    """Let the keys begin anew: PostgreSQL's counters do not go back with a transaction."""
    if connection.vendor != "postgresql":
        return
    models = apps.get_models(include_auto_created=True)
    tables = [m._meta.db_table for m in models if m._meta.pk.get_internal_type() == "BigAutoField"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), "
                f'(SELECT coalesce(max(id), 0) + 1 FROM "{table}"), false)',
                [table],
            )


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_same_nation_comes_out_at_every_run() -> None:
    digests = set()

    # One savepoint each, since history cannot be deleted.
    for _run in range(2):
        _count_from_one()
        with transaction.atomic():
            # How many regions the register has depends on what other tests left there.
            seeded()
            digests.add(digest())
            transaction.set_rollback(True)

    assert len(digests) == 1


def test_every_seal_of_the_history_holds(counts: Counts) -> None:
    assert list(broken_links(Entry.objects.order_by("pk"))) == []
    assert check_chain() == []


def test_the_history_goes_on_from_where_it_was(db: None) -> None:
    from kembar.apps.audit.actions import Deed, record
    from kembar.apps.kit.text import Text

    region = Region.objects.create(code="XX-1", country="XX", level="first", name=Text(en="X"))
    record(Deed("regions.added", region, "XX-1"), by=None)

    seeded()
    record(Deed("regions.added", region, "XX-1"), by=None)

    assert check_chain() == []


def test_nothing_hangs_in_the_air(counts: Counts) -> None:
    connection.check_constraints()

    events = {f"ties.event:{pk}" for pk in Event.objects.standing().values_list("pk", flat=True)}
    lines = Document.objects.filter(kind="event").values_list("subject", flat=True)
    assert set(lines) == events
    subjects = set(Entry.objects.values_list("subject_type", "subject_id").distinct())
    for type_, pk in subjects:
        assert apps.get_model(type_)._base_manager.filter(pk=pk).exists(), (type_, pk)


def test_rows_written_later_get_keys_of_their_own(counts: Counts) -> None:
    event = Event.objects.latest("pk")

    event.pk = None
    event.save()

    assert event.pk == counts.events + 1


def test_each_pulse_is_the_one_that_the_room_itself_would_take(counts: Counts) -> None:
    drawn = list(Tie.objects.order_by("pk").values_list("pk", *COLUMNS))

    take_pulses(Tie.objects.all(), DAY)

    assert list(Tie.objects.order_by("pk").values_list("pk", *COLUMNS)) == drawn


def test_every_row_is_one_that_a_form_would_take(counts: Counts) -> None:
    for model in (Tie, Event, Participant, Claim, Holding, User):
        for row in model._base_manager.all():
            # A password that nothing equals is none that a person could have chosen.
            row.full_clean(validate_unique=False)


def test_where_each_case_stands_is_what_its_log_says(counts: Counts) -> None:
    cases = list(Case.objects.named())

    assert len(cases) == counts.cases == counts.ties
    for case in cases:
        stands = stand(procedure_of(case), records_of(log_of(case)))
        assert case.stands == summary(procedure_of(case), stands)


def test_nothing_stands_against_what_was_recorded(counts: Counts) -> None:
    for case in Case.objects.named():
        procedure, records = procedure_of(case), records_of(log_of(case))
        for number, told in enumerate(records):
            problems = may(procedure, records[:number], told, today=DAY)
            assert not [problem for problem in problems if problem.stops], (told, problems)


def test_it_says_that_it_is_made_up(counts: Counts) -> None:
    assert all("rekaan" in tie.stands["id"] for tie in Tie.objects.all())
    below = Region.objects.filter(code__contains="-uji-")
    assert {"Uji", "试验", "Test"} == {
        next(word for word in ("Uji", "试验", "Test") if word in region.name[key])
        for region in below
        for key in ("id", "zh", "en")
    }


def test_the_rare_name_is_found_by_the_ministry(counts: Counts) -> None:
    ministry = User.objects.get(email=counts.ministry)

    found = index.find(RARE_NAME, ministry.rights)

    assert [document.title["id"] for document in found.documents] == [RARE_NAME]


def test_nobody_of_the_nation_can_sign_in_without_a_password_given(counts: Counts) -> None:
    assert not any(person.has_usable_password() for person in User.objects.all())


def test_only_the_three_of_the_benches_get_the_password_given(db: None) -> None:
    counts = seed_national(SCALE, progress=quiet, password="rahasia sekali")

    able = {p.email for p in User.objects.all() if p.has_usable_password()}

    assert able == {counts.desk, counts.ministry, counts.auditor}
    assert User.objects.get(email=counts.desk).check_password("rahasia sekali")


def test_real_ties_are_not_mixed_with_invented_ones(db: None) -> None:
    from kembar.apps.regions import register

    register.load()
    Tie.objects.create(home_id="ID-NT", partner_id="CN-JX", kind="other")

    with pytest.raises(SeedRefusedError, match="KEMBAR_HOME"):
        seeded()

    assert Tie.objects.count() == 1


def test_a_second_run_is_refused(counts: Counts) -> None:
    with pytest.raises(SeedRefusedError, match="already"):
        seeded()


def test_people_who_are_there_already_stay(db: None) -> None:
    admin = a_person(Role.ADMINISTRATOR, "")

    counts = seeded()

    assert User.objects.count() == counts.people + 1
    assert User.objects.get(pk=admin.pk).email == admin.email


def test_shares_add_up_and_fall(db: None) -> None:
    shares = spread(100, 7)

    assert sum(shares) == 100
    assert shares == sorted(shares, reverse=True)


def test_keys_go_on_after_the_highest_one(db: None) -> None:
    Region.objects.create(code="XX-1", country="XX", level="first")
    person = User.objects.create(email="x@example.org")

    assert Keys().next(User) == person.pk + 1


def test_progress_is_told_to_its_end(db: None) -> None:
    told: dict[str, tuple[int, int]] = {}

    seed_national(SCALE, progress=lambda what, done, total: told.update({what: (done, total)}))

    assert {what for what, (done, total) in told.items() if done == total} == set(told)
    rooms = {"cases", "programmes", "tourism", "offers", "leads", "promises"}
    assert set(told) == {"people", "sources", "ties", "history"} | rooms

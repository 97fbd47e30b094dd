"""What the benches do inside an installation: seed it, sign people in, count queries.

Run by `common.inside` in a process of its own; the last line it prints is its answer, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, Q  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.encoding import iri_to_uri  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import Progress  # noqa: E402

from kembar.apps.accounts.models import User  # noqa: E402
from kembar.apps.audit.models import Entry  # noqa: E402
from kembar.apps.cases.models import Case  # noqa: E402
from kembar.apps.commitments.models import Commitment  # noqa: E402
from kembar.apps.investment.models import Company, Lead, Offer  # noqa: E402
from kembar.apps.kit.text import Text  # noqa: E402
from kembar.apps.ledger.models import Claim, Source  # noqa: E402
from kembar.apps.programmes.models import Activity, Programme  # noqa: E402
from kembar.apps.regions.models import Region  # noqa: E402
from kembar.apps.scouting.actions import begin_study  # noqa: E402
from kembar.apps.scouting.inputs import Inputs  # noqa: E402
from kembar.apps.scouting.models import Study  # noqa: E402
from kembar.apps.ties.models import Event, Tie  # noqa: E402
from kembar.apps.ties.queries import Filters, list_ties  # noqa: E402
from kembar.apps.tourism.models import Arrival, Campaign, Site  # noqa: E402
from kembar.site.nation import RARE_NAME  # noqa: E402
from kembar.site.seed import seed_national  # noqa: E402

VISITOR = "visitor"


@dataclass
class Page:
    """An address to measure, and as whom."""

    name: str
    who: str
    address: str
    queries: int = 0
    # The two statements that took longest, in milliseconds, to look into.
    slowest: list[tuple[float, str]] | None = None


def seed(scale: float) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)

        return asdict(seed_national(scale, progress=progress))


def people() -> dict[str, User]:
    """Return the desk of the first region, a reviewer of the ministry, and an auditor."""
    begins = {"desk": "desk.", "ministry": "ministry.", "auditor": "auditor.id."}
    held = User.objects.filter(holdings__until=None, holdings__isnull=False).order_by("pk")
    return {who: held.filter(email__startswith=start)[0] for who, start in begins.items()}


def sessions() -> dict[str, str]:
    """Sign people in as the sign-in page does; return the cookie of each."""
    cookies = {VISITOR: ""}
    for who, person in people().items():
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        cookies[who] = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    return cookies


class Pages:
    """Every list and overview that is measured. Those whose address is not there are told."""

    def __init__(self) -> None:
        self.found: list[Page] = []
        self.missing: list[str] = []

    def add(self, what: str, view: str, whos: str, *args: object, query: str = "") -> None:
        try:
            address = reverse(view, args=args) + (f"?{query}" if query else "")
        except NoReverseMatch:
            self.missing.append(what)
            return
        self.found += [Page(what, who, iri_to_uri(address)) for who in whos.split()]


def pages() -> Pages:
    """Return the pages, with the records that make them heaviest."""
    made = Pages()
    made.add("front", "front", "visitor")
    made.add("today", "today", "desk ministry auditor")
    _add_ties(made)
    _add_cases(made)
    _add_boards(made)
    _add_promises(made)
    _add_programmes(made)
    _add_offers(made)
    _add_leads(made)
    _add_tourism(made)
    made.add("rates", "rates:rates", "visitor ministry")
    _add_ledger(made)
    _add_studies(made)
    _add_searches(made)
    _add_regions(made)
    made.add("posts", "posts:posts", "desk ministry auditor")
    _add_history(made)
    return made


def _add_regions(made: Pages) -> None:
    made.add("region", "regions:region", "visitor desk ministry", _busiest_region())
    # Of the country with the most regions that are known: the largest map of dots.
    made.add("region, large country", "regions:region", "visitor", "RU-SA")
    made.add("regions of a country", "regions:regions", "visitor", query="country=ID")
    made.add("regions by name", "regions:regions", "visitor", query="q=jiang")
    made.add("regions by misspelt name", "regions:regions", "visitor", query="q=Jiangxy")
    made.add("two regions", "regions:compare", "visitor", query="one=ID-NT&two=CN-JX")
    made.add("who is like it, world", "regions:like", "visitor", "ID-NT")
    made.add("who is like it, country", "regions:like", "visitor", "ID-NT", query="country=CN")
    made.add("sources of the atlas", "regions:sources", "visitor")
    made.add("indicators", "regions:indicators", "visitor")


def _busiest_region() -> str:
    counted = Tie.objects.values("home_id").annotate(n=Count("pk")).order_by("-n", "home_id")
    return str(counted[0]["home_id"])


def _add_ties(made: Pages) -> None:
    made.add("ties", "ties:ties", "visitor desk ministry auditor")
    made.add("ties, last pages", "ties:ties", "ministry", query=f"page={_page_of(Tie, 50)}")
    made.add("ties asleep", "ties:ties", "visitor desk ministry", query="asleep=1")
    made.add("ties by state", "ties:ties", "visitor ministry", query="state=dormant")
    made.add("ties by name", "ties:ties", "visitor ministry", query="q=jiangxi")
    made.add("ties by Chinese name", "ties:ties", "ministry", query="q=江西")
    made.add("ties by contact", "ties:ties", "visitor desk ministry", query="order=contact")
    longest, usual = _ties()
    for what, tie in (("", usual), (", longest", longest)):
        made.add(f"tie{what}", "ties:tie", "ministry", tie.pk)
        made.add(f"timeline{what}", "ties:timeline", "ministry", tie.pk)
        made.add(f"claims on a tie{what}", "ties:claims", "ministry", tie.pk)
        made.add(f"history of a tie{what}", "ties:history", "ministry", tie.pk)
    published = Tie.objects.filter(audience="published").order_by("pk")[0]
    made.add("tie, published", "ties:tie", "visitor", published.pk)
    made.add("timeline, published", "ties:timeline", "visitor", published.pk)
    with_people = Event.objects.standing().filter(participants__isnull=False)
    event = with_people.exclude(sources=None).order_by("pk")[0]
    made.add("event", "ties:event", "ministry", event.pk)


def _add_boards(made: Pages) -> None:
    made.add("board, portfolio", "boards:portfolio", "desk ministry auditor")
    for order in ("overdue", "silent"):
        query = f"order={order}"
        made.add(f"board, portfolio, {order}", "boards:portfolio", "desk ministry", query=query)
    last = f"page={_page_of(Tie, 100)}"
    made.add("board, portfolio, last pages", "boards:portfolio", "ministry", query=last)
    made.add("board, portfolio of a region", "boards:portfolio", "ministry", query="region=jiangxi")
    made.add("board of an office", "boards:office", "desk ministry auditor")
    _longest, usual = _ties()
    made.add("board of a tie", "boards:of_tie", "ministry auditor", usual.pk)
    made.add("board of a tie, most leads", "boards:of_tie", "ministry", _most(Tie, "leads"))


def _add_promises(made: Pages) -> None:
    lists = "commitments:commitments"
    made.add("promises", lists, "visitor desk ministry auditor")
    last = f"state=all&page={_page_of(Commitment, 500)}"
    made.add("promises, last pages", lists, "visitor ministry", query=last)
    asked = {
        "overdue": "state=overdue",
        "due soon": "state=soon",
        "without a date": "state=undated",
        "broken": "state=broken",
        "of nobody": "owner=none",
        "mine": "owner=mine",
        "by firmness and sector": "firmness=promise&sector=tourism",
        "newest": "state=all&order=new",
        "by tie": "order=tie",
        "of a region": "region=jiangxi",
    }
    for what, query in asked.items():
        made.add(f"promises, {what}", lists, "visitor desk ministry", query=query)
    one = _most(Commitment, "turns")
    tie = Commitment.objects.get(pk=one).tie_id
    made.add("promises of a tie", "commitments:of_tie", "ministry", tie)
    made.add("one of promises", "commitments:commitment", "ministry", one)


def _add_offers(made: Pages) -> None:
    lists = "investment:offers"
    made.add("offers", lists, "visitor desk ministry auditor")
    last = f"page={_page_of(Offer, 90)}"
    made.add("offers, last pages", lists, "visitor ministry", query=last)
    asked = {
        "of a sector": "sector=tourism",
        "ready": "level=3",
        "open ones": "state=open",
        "by words": "q=hotel",
    }
    for what, query in asked.items():
        made.add(f"offers, {what}", lists, "visitor ministry", query=query)
    one = Offer.objects.get(pk=_most(Offer, "papers"))
    made.add("one of offers", "investment:offer", "ministry", one.pk)
    made.add("one of offers, prospectus", "investment:prospectus", "ministry", one.pk)
    made.add("investment of a tie", "investment:of_tie", "ministry", _most(Tie, "leads"))


def _add_leads(made: Pages) -> None:
    lists = "investment:leads"
    made.add("leads", lists, "desk ministry auditor")
    asked = {
        "quiet": "shown=quiet&order=quiet",
        "last pages": f"shown=all&order=new&page={_page_of(Lead, 390)}",
        "won": "shown=won",
        "of a sector": "sector=tourism",
        "by name": "q=jiangxi",
        "by region": "order=region",
    }
    for what, query in asked.items():
        made.add(f"leads, {what}", lists, "desk ministry", query=query)
    made.add("one of leads", "investment:lead", "ministry", _most(Lead, "contact_notes"))
    made.add("companies", "investment:companies", "desk ministry")
    made.add("companies by name", "investment:companies", "ministry", query="q=jiangxi")
    made.add("one of companies", "investment:company", "ministry", _most(Company, "leads"))
    made.add("interests", "investment:interests", "ministry")
    made.add("gifts", "investment:gifts", "ministry")


def _add_tourism(made: Pages) -> None:
    made.add("tourism", "tourism:tourism", "visitor desk ministry auditor")
    last = f"page={_page_of(Campaign, 20)}"
    made.add("tourism, last pages", "tourism:tourism", "ministry", query=last)
    counted = Arrival.objects.values("region_id").annotate(n=Count("pk")).order_by("-n")
    code = counted[0]["region_id"]
    made.add("tourism of a region", "tourism:region", "visitor desk ministry", code)
    made.add("arrivals in a region", "tourism:arrivals", "visitor ministry", code)
    made.add("seats to a region", "tourism:seats", "visitor ministry", code)
    campaign = Campaign.objects.filter(tie__home=code).order_by("pk").first()
    campaign = campaign or Campaign.objects.order_by("pk")[0]
    made.add("tourism of a tie", "tourism:of_tie", "ministry", campaign.tie_id)
    made.add("campaign", "tourism:campaign", "ministry", campaign.pk)
    site = Site.objects.order_by("pk").first()
    if site:
        made.add("site", "tourism:site", "visitor ministry", site.pk)


def _add_programmes(made: Pages) -> None:
    made.add("programmes", "programmes:programmes", "desk ministry auditor")
    last = f"page={_page_of(Programme, 50)}"
    made.add("programmes, last pages", "programmes:programmes", "ministry", query=last)
    made.add("programmes, late", "programmes:programmes", "desk ministry", query="state=late")
    kind = Programme.objects.exclude(sector="").values_list("sector", flat=True)[0]
    query = f"sector={kind}"
    made.add("programmes of a sector", "programmes:programmes", "visitor ministry", query=query)
    made.add("culture and people", "programmes:culture", "desk ministry auditor")
    one = Programme.objects.order_by("pk")[0]
    made.add("programmes of a tie", "programmes:of_tie", "ministry", one.tie_id)
    for name in ("programme", "money", "people"):
        made.add(f"one of programmes, {name}", f"programmes:{name}", "ministry", one.pk)
    done = Activity.objects.order_by("pk")[0]
    made.add("activity of one of programmes", "programmes:activity", "ministry", done.pk)


def _add_cases(made: Pages) -> None:
    made.add("cases", "cases:cases", "desk ministry auditor")
    made.add("cases, last pages", "cases:cases", "ministry", query=f"page={_page_of(Case, 50)}")
    made.add("cases, on whom they wait", "cases:waiting", "desk ministry auditor")
    made.add("cases, which could begin", "cases:waiting", "ministry", query="idle=1")
    long = Case.objects.annotate(n=Count("entries")).order_by("-n", "pk")[0]
    made.add("one of cases, longest", "cases:case", "ministry", long.pk)
    made.add("one of cases, longest, on paper", "cases:on_paper", "ministry", long.pk)
    made.add("step of one of cases", "cases:act", "ministry", long.pk, "signing")
    made.add("rules of one of cases", "cases:rules", "ministry", long.pk)
    made.add("cases, on my office", "cases:cases", "desk ministry", query="mine=1")
    made.add("limits of cases", "cases:limits", "ministry")
    made.add("rulebook of cases", "cases:rulebook", "ministry", "id-ksdpl", "2026.1")


def _page_of(model: Any, wanted: int) -> int:
    """Return the page asked for, or the last whole one of a smaller table."""
    return max(1, min(wanted, model.objects.count() // 50))


def _ties() -> tuple[Tie, Tie]:
    """Return the tie with the most events, and one with as many as most."""
    standing = Q(events__withdrawn="")
    ranked = Tie.objects.annotate(n=Count("events", filter=standing)).order_by("-n", "pk")
    # A tie with claims, a conflict and remarks, so that no part of the page is empty.
    full = ranked.exclude(claims=None).exclude(owner=None)
    return ranked[0], full[full.count() // 2]


def _add_ledger(made: Pages) -> None:
    made.add("claims", "ledger:claims", "visitor desk ministry")
    made.add("claims, last pages", "ledger:claims", "ministry", query=f"page={_page_of(Claim, 50)}")
    made.add("claims by verdict", "ledger:claims", "ministry", query="verdict=contradicted")
    made.add("claims by words", "ledger:claims", "ministry", query="q=kopi")
    made.add("claim", "ledger:claim", "ministry", _most(Claim, "evidence"))
    made.add("sources", "ledger:sources", "desk ministry")
    made.add("sources by words", "ledger:sources", "ministry", query="q=kopi")
    made.add("source", "ledger:source", "ministry", _most(Source, "claims"))


def _add_studies(made: Pages) -> None:
    """Add the scout desk of the busiest region among China's provinces, which is begun for it."""
    study = a_study()
    made.add("studies", "scouting:studies", "visitor desk ministry")
    made.add("scout desk", "scouting:study", "ministry", study.pk)
    best = "CN-HI"
    made.add("candidate", "scouting:candidate", "ministry", study.pk, best)
    made.add("closed regions", "scouting:closed", "desk ministry")


def a_study() -> Study:
    """Return a study of the busiest region among China's provinces, begun if there is none."""
    home = Region.objects.get(code=_busiest_region())
    found = Study.objects.filter(home=home, among=",CN,").first()
    if found:
        return found
    study = Study(home=home, title=Text(en="Among the provinces of China"))
    begin_study(study, Inputs(among=("CN",)), by=None)
    return study


def _most(model: Any, of: str) -> int:
    return int(model.objects.annotate(n=Count(of)).order_by("-n", "pk").values_list("pk")[0][0])


SEARCHES = {
    "common word": "q=kunjungan",
    "three common words": "q=kunjungan+kerja+gubernur",
    "rare name": f"q={RARE_NAME.replace(' ', '+')}",
    "two characters": "q=江西",
    "Chinese word": "q=联合工作组",
    "misspelt name": "q=Hironimos+Kabosulangy",
    "beginning": "q=per",
    "one letter": "q=k",
    "of one kind": "q=kunjungan&kind=event",
    "nothing": "q=xyzzyqwv",
}


def _add_searches(made: Pages) -> None:
    for what, query in SEARCHES.items():
        whos = "visitor desk ministry" if what in ("common word", "beginning") else "ministry"
        made.add(f"search, {what}", "search:search", whos, query=query)


def _add_history(made: Pages) -> None:
    made.add("history", "audit:history", "desk ministry auditor")
    keys = list(Entry.objects.order_by("pk").values_list("pk", flat=True)[:100])
    made.add("history, far back", "audit:history", "desk auditor", query=f"before={keys[-1]}")
    busiest = people()["desk"].email
    made.add("history of a person", "audit:history", "auditor", query=f"who={busiest}")
    year = "since=2019-03-01&until=2019-03-31"
    made.add("history of a month", "audit:history", "auditor", query=year)


def count_queries(page: Page, cookie: str) -> None:
    """Fill in how many queries a page makes once everything that is kept is kept."""
    client = Client(headers={"host": "localhost"})
    if cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
    response = client.get(page.address)
    if response.status_code != 200:
        raise SystemExit(f"{page.name} as {page.who}: {page.address} gives {response.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(page.address)
    page.queries = len(queries)
    page.slowest = _slowest(queries.captured_queries)


def _slowest(queries: list[dict[str, str]]) -> list[tuple[float, str]]:
    timed = sorted(((float(q["time"]) * 1000, q["sql"]) for q in queries), reverse=True)
    return [(round(ms, 1), sql[:3000]) for ms, sql in timed[:2] if ms >= 5]


def inspect(_scale: float) -> dict[str, Any]:
    """Return cookies, pages with their queries, and what the database holds."""
    started = time.perf_counter()
    cookies = sessions()
    made = pages()
    for page in made.found:
        count_queries(page, cookies[page.who])
    return {
        "cookies": cookies,
        "pages": [asdict(page) for page in made.found],
        "missing": made.missing,
        "rows": {"ties": Tie.objects.count(), "events": Event.objects.count()},
        "seconds": round(time.perf_counter() - started, 1),
    }


def list_times(requests: float) -> dict[str, list[float]]:
    """Return the milliseconds in which a page of the list of ties is read, without HTTP or HTML."""
    ministry = people()["ministry"]
    asked = {"first": (Filters(), 1), "page 50": (Filters(), 50)}
    asked["by name"] = (Filters(text="jiangxi"), 1)
    today = timezone.localdate()
    times: dict[str, list[float]] = {}
    for name, (filters, page) in asked.items():
        for number in range(int(requests) + 5):
            started = time.perf_counter()
            # A person read anew: his rights are part of each request.
            reader = User.objects.get(pk=ministry.pk)
            for tie in list_ties(reader, filters, today, page).rows:
                (str(tie), tie.get_state_display(), tie.last_contact, str(tie.next_step))
            if number >= 5:
                times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    return times


def slider_times(requests: float) -> dict[str, list[float]]:
    """Return the milliseconds in which the server answers a slider that moves: 31 provinces,
    10,000 weightings, through all of Kembar, without a net."""
    study = a_study()
    reader = User.objects.get(pk=people()["ministry"].pk)
    client = Client(headers={"host": "localhost", "hx-request": "true"})
    client.force_login(reader)
    address, times = reverse("scouting:study", args=[study.pk]), []
    for number in range(int(requests) + 5):
        started = time.perf_counter()
        response = client.get(address, {"w.climate": str(number * 7 % 101)})
        if number >= 5:
            times.append((time.perf_counter() - started) * 1000)
        if response.status_code != 200 or b'id="answer"' not in response.content:
            raise SystemExit(f"{address} does not answer a slider")
    return {"slider": times}


def session(_size: float) -> dict[str, str]:
    return sessions()


def grow(count: float) -> dict[str, int]:
    """Add ties between the same regions, of later cycles, until there are so many."""
    ties = list(Tie.objects.order_by("pk"))
    have, cycle = len(ties), 0
    while have < count:
        cycle += 100
        lot = ties[: int(count) - have]
        for tie in lot:
            tie.pk, tie.cycle = None, tie.cycle % 100 + cycle
        have += len(Tie.objects.bulk_create(lot, batch_size=200))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ties_tie")
    return {"ties": Tie.objects.count()}


TASKS: dict[str, Callable[[float], Any]] = {
    "seed": seed,
    "inspect": inspect,
    "list": list_times,
    "slider": slider_times,
    "session": session,
    "grow": grow,
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](float(sys.argv[2]))))

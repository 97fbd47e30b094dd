"""The peer's side of `tryton.py`; runs in Tryton's own environment and prints JSON.

tryton_peer.py fill COUNT      make so many parties, each with a project
tryton_peer.py list REQUESTS   time the list of 50 inside the process
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from trytond import config

CONFIG, DATABASE = sys.argv[1], sys.argv[2]
config.update_etc(CONFIG)

from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402

ROOT = 0
LOT = 1000
# What our list of ties shows: two names, a state, a date, a text. Only stored columns of the
# peer: those it would have to work out are left out, to its advantage.
FIELDS = ["name", "party.rec_name", "status.rec_name", "type", "number", "comment",
          "effort_duration", "progress"]  # fmt: skip
ORDER = [("party.name", "ASC"), ("id", "ASC")]
WHERES: dict[str, tuple[list[Any], int]] = {
    "first": ([("type", "=", "project")], 0),
    "page 50": ([("type", "=", "project")], 2450),
    "by name": ([("type", "=", "project"), ("party.name", "ilike", "%uji 17%")], 0),
}


def company_of() -> int:
    """Return the company that projects need, made if there is none."""
    pool = Pool()
    Party, Currency = pool.get("party.party"), pool.get("currency.currency")
    Company = pool.get("company.company")
    if companies := Company.search([], limit=1):
        return int(companies[0].id)
    (currency,) = Currency.create(
        [{"name": "Rupiah", "symbol": "Rp", "code": "IDR", "rounding": 1, "digits": 0}]
    )
    (party,) = Party.create([{"name": "Pemerintah Uji"}])
    (company,) = Company.create([{"party": party.id, "currency": currency.id}])
    User = pool.get("res.user")
    User.write(User.search([("login", "=", "admin")]),
               {"companies": [("add", [company.id])], "company": company.id})  # fmt: skip
    return int(company.id)


def administrator() -> int:
    return int(Pool().get("res.user").search([("login", "=", "admin")])[0].id)


def fill(count: int) -> dict[str, Any]:
    started = time.perf_counter()
    with Transaction().start(DATABASE, ROOT) as transaction:
        company = company_of()
        transaction.commit()
    with Transaction().start(DATABASE, ROOT, context={"company": company}) as transaction:
        pool = Pool()
        Party, Work = pool.get("party.party"), pool.get("project.work")
        status = pool.get("project.work.status").search([("types", "in", "project")], limit=1)[0]
        have = Work.search([("type", "=", "project")], count=True)
        for first in range(have, count, LOT):
            numbers = range(first, min(first + LOT, count))
            parties = Party.create([{"name": f"Kota Uji {n} – Jiangxi {n}"} for n in numbers])
            Work.create(
                [_work(n, p.id, company, status.id) for n, p in zip(numbers, parties, strict=True)]
            )
            transaction.commit()
        total = Work.search([("type", "=", "project")], count=True)
    return {"made": total - have, "total": total, "seconds": time.perf_counter() - started}


def _work(number: int, party: int, company: int, status: int) -> dict[str, Any]:
    return {
        "name": f"Kerja sama budidaya padi lahan kering {number}",
        "type": "project",
        "party": party,
        "company": company,
        "status": status,
        "progress": (number % 100) / 100,
        "comment": "Mengirim rancangan rencana kerja kepada mitra sebelum rapat berikutnya.",
    }


def time_list(requests: int) -> dict[str, list[float]]:
    """Return the milliseconds of each request, a transaction each as the server has."""
    with Transaction().start(DATABASE, ROOT):
        company, user = company_of(), administrator()
    return {name: _times(where, company, user, requests) for name, where in WHERES.items()}


def _times(where: tuple[list[Any], int], company: int, user: int, requests: int) -> list[float]:
    times = []
    for number in range(requests + 5):
        started = time.perf_counter()
        context = {"company": company, "_check_access": True}
        with Transaction().start(DATABASE, user, readonly=True, context=context):
            Work = Pool().get("project.work")
            domain, offset = where
            rows = Work.search_read(domain, offset, 50, ORDER, FIELDS)
        if number >= 5:
            times.append((time.perf_counter() - started) * 1000)
    if len(rows) != 50:
        raise SystemExit(f"The list gave {len(rows)} rows.")
    return times


def asked(_count: int) -> dict[str, Any]:
    return {"wheres": WHERES, "order": ORDER, "fields": FIELDS}


if __name__ == "__main__":
    Pool.start()
    Pool(DATABASE).init()
    work = {"fill": fill, "list": time_list, "asked": asked}[sys.argv[3]]
    print(json.dumps(work(int(sys.argv[4]))))

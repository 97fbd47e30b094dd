"""Two people in the same moment, and one while the deed of another is not kept yet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Do the first deed; start the second before the first is kept; return what comes of it.

    The first is kept when the second waits for it, or is done without waiting.
    """
    answers: list[Any] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            answers.append(second())
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        first()
        thread.start()
        until = time.monotonic() + 5
        while thread.is_alive() and time.monotonic() < until:
            # SQLite does not tell who waits: there everybody who writes does, from his start.
            if connection.vendor == "sqlite" or _somebody_waits():
                time.sleep(0.3)
                break
            time.sleep(0.01)
    thread.join()
    if errors:
        raise errors[0]
    return answers[0]


def at_once(*deeds: Callable[[], Any]) -> list[int]:
    """Do all deeds in the same moment, and return the status of each answer."""
    start, answers, errors = threading.Barrier(len(deeds)), {}, []

    def work(number: int, deed: Callable[[], Any]) -> None:
        try:
            start.wait()
            answers[number] = deed().status_code
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return [answers[number] for number in range(len(deeds))]

"""Once a day, before the first page: what was planned for a day that has come has happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kembar.apps.ties.pulses import follow_the_calendar

Handler = Callable[[HttpRequest], HttpResponse]


class DayOfThePulses:
    """Let the pulses of ties follow the calendar. Each process does it for itself: it is cheap."""

    # The day that was followed last; of the class, for a process may make several.
    followed: date | None = None

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        # What others see of a tie is drawn from its events each time.
        if DayOfThePulses.followed != today and request.user.is_authenticated:
            follow_the_calendar(today)
            DayOfThePulses.followed = today
        return self.get_response(request)

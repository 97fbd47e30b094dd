"""When: due days, the earliest dates, the critical chain, and what each actor has to do now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from kembar.engines.calendars import Calendar
from kembar.engines.procedure.dating import Clocks, Due, LimitSetting, is_moment
from kembar.engines.procedure.joining import Act, Party, Procedure
from kembar.engines.procedure.model import Limit, Moment, Record
from kembar.engines.procedure.standing import ActStand, Stand, in_force, stand

Deed = Literal["do", "hand_in", "mend", "decide"]
"""do: begin and end it. hand_in: bring it to the actor. mend: it was returned; hand it in again.
decide: it was handed in, the answer is awaited."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dated:
    """When one act is.

    Attributes
    ----------
    act
    start, finish
        Of what is over, the days on which it was handed in and done. Else the earliest ones, if
        whoever has a limit takes all of it, and acts of unknown length take no time.
    start_sure, sure
        Whether no act of unknown length comes before the start, the finish. If one does, the day
        is to be read as “not before”.
    estimate
        Whether they rest on days whose joint leave or make-up days nobody has published yet.
    due
        A limit a part, where the rulebook has one.
    late_days
        Of the limit that was missed most; 0 if none was.
    slack_days
        By how many days of the calendar it may end later without putting off `Plan.end`. Least on
        the critical chain: 0, or the days on which the next office is closed anyway. None for
        what is over, and for what `Plan.end` does not wait for.
    """

    act: str
    start: date
    finish: date
    start_sure: bool
    sure: bool
    estimate: bool
    due: tuple[Due, ...]
    late_days: int
    slack_days: int | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """What one actor has to do now.

    Attributes
    ----------
    act
    deed
    due
        The first of its due days; None if no limit runs.
    late_days
    """

    act: str
    deed: Deed
    due: date | None
    late_days: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A case in time.

    Attributes
    ----------
    stand
    as_of
        The day that it was made for: “today” then.
    acts
        By code, in the procedure's order.
    goal
        The act that a target is meant for: the signing, of a trip the departure, or else the
        last one.
    end
        What the critical chain and the slack lead to: the goal, and after it the last act left.
    earliest, sure, estimate
        Of the goal: its day, or the first on which it may be; whether all lengths before it are
        known, or it is “not before”; whether it rests on estimated calendars.
    aim, target
        What the goal is measured against, and its day: of a trip the departure, else the day by
        which somebody wants it. The day is None if nobody said.
    spare_days
        Days of the calendar from `earliest` to the target; negative if it comes too early.
    meets_target
        Whether the goal can be reached by the target, as far as lengths are known; None without
        one.
    critical
        The acts that are not over and decide on the day of `end`, first to last.
    unknown
        The acts before the goal, not over, whose length nobody knows.
    todo
        By actor, what waits on him, the most urgent first. The first is his next action.
    blocks
        By act that is not over, the acts that wait for it directly.
    """

    stand: Stand
    as_of: date
    acts: Mapping[str, Dated]
    goal: str
    end: str
    earliest: date
    sure: bool
    estimate: bool
    aim: Moment
    target: date | None
    spare_days: int | None
    meets_target: bool | None
    critical: tuple[str, ...]
    unknown: tuple[str, ...]
    todo: Mapping[Party, tuple[Todo, ...]]
    blocks: Mapping[str, tuple[str, ...]]


def plan(
    procedure: Procedure,
    records: Iterable[Record],
    *,
    today: date,
    calendars: Mapping[str, Calendar],
    settings: Mapping[str, LimitSetting],
    opened: date | None = None,
    goal: str = "signing",
) -> Plan:
    """Return a case in time.

    - An act starts on the first day that is a working day of all who act, when all that it waits
      for is over, and not before today. What was handed in started on that day.
    - It ends when its longest limit does; what is late by now ends today at the earliest.
    - An act without a limit that anybody knows takes no time, so what follows is “not before”.
    - A limit that says how long before a moment something must be done gives a due day and no
      length.

    Parameters
    ----------
    procedure, records
    today
    calendars
        By the country of each rulebook, the working days of that side.
    settings
        By `Limit.setting`, what the installation filled in.
    opened
        When the case began: what waits for nothing is open from then on. Left out, the day of the
        first record.
    goal

    Raises
    ------
    KembarError
        "calendar.missing".

    References
    ----------
    Kelley and Walker (1959), "Critical-path planning and scheduling": the two passes. Slack is
    found by trying later days, since with two calendars no subtraction gives it.
    """
    kept = in_force(records)
    now = stand(procedure, kept)
    if opened is None:
        opened = min((record.on for record in kept), default=today)
    dating = _Dating(procedure, now, today, opened, Clocks(procedure, calendars, settings))
    acts = dating.forward()
    left = [code for code, act in now.acts.items() if not act.is_over]
    last = _last(left, acts)
    if goal not in acts:
        goal = last or _last(list(acts), acts) or goal
    end = goal if goal in left or last is None else last
    if end in left:
        for code, days in dating.slack(end).items():
            acts[code] = replace(acts[code], slack_days=days)

    earliest = acts[goal].finish
    has_limit = any(limit for _side, limit in procedure.steps[goal].limits)
    way = dating.on_the_way(goal)
    aim: Moment = "departure" if procedure.sub == "travel" else "target"
    target = now.moments.get(aim)
    return Plan(
        stand=now,
        as_of=today,
        acts=acts,
        goal=goal,
        end=end,
        earliest=earliest,
        # A signing has no limit and takes a moment, so only what comes before it can be unsure.
        sure=acts[goal].sure if has_limit else acts[goal].start_sure,
        estimate=acts[goal].estimate,
        aim=aim,
        target=target,
        spare_days=None if target is None else (target - earliest).days,
        meets_target=None if target is None else earliest <= target,
        critical=dating.critical(end) if end in left else (),
        unknown=tuple(c for c in left if c != goal and c in way and not dating.is_known(c)),
        todo=_todo(procedure, now, acts),
        blocks={
            code: tuple(c for c, act in now.acts.items() if code in act.waits_for) for code in left
        },
    )


def _last(codes: list[str], acts: Mapping[str, Dated]) -> str | None:
    """Return the act that ends last; of several, the one that the procedure has last."""
    return max(reversed(codes), key=lambda code: acts[code].finish, default=None)


class _Dating:
    """The dates of one case while they are worked out."""

    def __init__(
        self, procedure: Procedure, now: Stand, today: date, opened: date, clocks: Clocks
    ) -> None:
        self._procedure = procedure
        self._now = now
        self._today = today
        self._opened = opened
        self._clocks = clocks
        self._acts: dict[str, Dated] = {}
        self._place = {code: place for place, code in enumerate(procedure.steps)}
        # What an act still waits for; an overridden gate keeps nothing any more.
        self._before: dict[str, tuple[str, ...]] = {
            code: act.waits_for for code, act in now.acts.items()
        }

    def forward(self) -> dict[str, Dated]:
        """Return when each act is at the earliest."""
        for code, act in self._procedure.steps.items():
            own = self._now.acts[code]
            self._acts[code] = self._over(act, own) if own.is_over else self._to_come(act, own)
        return self._acts

    def slack(self, end: str) -> dict[str, int]:
        """Return by how many days each act on the way to `end` may end later."""
        way = self.on_the_way(end)
        latest = {end: self._acts[end].finish}
        for code in reversed(tuple(self._procedure.steps)):
            if code not in way or self._now.acts[code].is_over:
                continue
            bounds = [
                self._latest(follower, code, latest[follower])
                for follower in way
                if follower in latest and code in self._waited_for(follower)
            ]
            if bounds:
                latest[code] = min(bounds)
        return {code: (day - self._acts[code].finish).days for code, day in latest.items()}

    def critical(self, end: str) -> tuple[str, ...]:
        """Return the acts that decide on the day of `end`.

        Of two that end on the same day, the one with more acts of unknown length behind it
        decides: it has more that may still grow.
        """
        unknown: dict[str, int] = {}
        driver: dict[str, str | None] = {}
        for code, own in self._now.acts.items():
            if own.is_over:
                continue
            finish = self._acts[code].finish
            room = {
                before: (self._latest(code, before, finish) - self._acts[before].finish).days
                for before in self._waited_for(code)
                if before in unknown
            }
            # What was handed in early may end by its own limit, whatever it still waits for.
            if own.state == "waiting":
                room = {before: days for before, days in room.items() if not days}
            least = min(room, key=lambda each: (room[each], -unknown[each]), default=None)
            driver[code] = least
            unknown[code] = (unknown[least] if least else 0) + (not self.is_known(code))
        chain: list[str] = []
        at: str | None = end
        while at is not None:
            chain.append(at)
            at = driver[at]
        return tuple(reversed(chain))

    def on_the_way(self, end: str) -> dict[str, None]:
        """Return `end` and all that it waits for, directly or not, in the procedure's order."""
        found = {end}
        waiting = [end]
        while waiting:
            for before in self._waited_for(waiting.pop()):
                if before not in found:
                    found.add(before)
                    waiting.append(before)
        return dict.fromkeys(code for code in self._procedure.steps if code in found)

    def is_known(self, code: str) -> bool:
        """Return whether it is known how long every part of an act may take from now on."""
        own = self._now.acts[code]
        for side, limit in self._procedure.steps[code].limits:
            length = self._clocks.length(side, limit)
            if limit is None or length is None or limit.before:
                return False
            began = self._began(code, limit, self._acts[code].start, self._ready(code))
            if began is None:
                return False
            # A limit that has run out no longer says how long it will take.
            if own.state != "not_yet" and self._clocks.end(side, began, length) < self._today:
                return False
        return True

    def _waited_for(self, code: str) -> tuple[str, ...]:
        """Return what an act waits for: what keeps it, and what its limits are counted from."""
        found = dict.fromkeys(self._before[code])
        if not self._now.acts[code].is_over:
            for side, limit in self._procedure.steps[code].limits:
                if limit is None or limit.before or self._clocks.length(side, limit) is None:
                    continue
                since = self._since(code, limit)
                if since is not None and not self._now.acts[since].is_over:
                    found[since] = None
        return tuple(found)

    def _since(self, code: str, limit: Limit) -> str | None:
        """Return the act whose day a limit is counted from, if it is one that comes earlier."""
        act = self._procedure.act(limit.since)
        if act is None or self._place[act.code] >= self._place[code]:
            return None
        return act.code

    def _over(self, act: Act, own: ActStand) -> Dated:
        finish = own.since or self._opened
        start = min(own.asked_on or finish, finish)
        counts = own.state == "done"
        due = self._due(act, own, until=finish, counts=counts)
        late = max((each.late_days for each in due), default=0)
        return Dated(act.code, start, finish, True, True, False, due, late)

    def _to_come(self, act: Act, own: ActStand) -> Dated:
        code = act.code
        ready = self._ready(code)
        start, finish = self._span(code, ready)
        before = [self._acts[each] for each in self._before[code]]
        # Who is over and yet waited for left out a paper, or was left out before a gate.
        ready_sure = all(each.sure and not self._now.acts[each.act].is_over for each in before)
        start_sure = own.state == "waiting" or ready_sure
        due = self._due(act, own, until=self._today, counts=True)
        self._acts[code] = Dated(
            act=code,
            start=start,
            finish=finish,
            start_sure=start_sure,
            sure=True,
            estimate=any(each.estimate for each in before)
            or self._clocks.is_estimate(act.sides, finish),
            due=due,
            late_days=max((each.late_days for each in due), default=0),
        )
        return replace(self._acts[code], sure=ready_sure and self.is_known(code))

    def _ready(self, code: str) -> date:
        """Return the day from which nothing keeps an act any more."""
        before = self._before[code]
        if before:
            return max(self._acts[each].finish for each in before)
        return self._now.acts[code].opened_on or self._opened

    def _span(
        self, code: str, ready: date, moved: tuple[str, date] | None = None
    ) -> tuple[date, date]:
        """Return the earliest start and finish of an act that is not over.

        Parameters
        ----------
        ready
            The day from which nothing keeps it.
        moved
            An act that a limit may be counted from, and another day for it.
        """
        act = self._procedure.steps[code]
        own = self._now.acts[code]
        if own.state == "waiting" and own.asked_on is not None:
            start = own.asked_on
        else:
            start = self._clocks.working(act, max(ready, self._today))
        finish = max(start, ready, self._today)
        for side, limit in act.limits:
            length = self._clocks.length(side, limit)
            if limit is None or length is None or limit.before:
                continue
            began = self._began(code, limit, start, ready, moved)
            if began is not None:
                finish = max(finish, self._clocks.end(side, began, length))
        return start, finish

    def _began(
        self,
        code: str,
        limit: Limit,
        start: date,
        ready: date,
        moved: tuple[str, date] | None = None,
    ) -> date | None:
        """Return the day that a limit is counted from, at the earliest; None if nobody knows it."""
        if limit.since == "asked":
            return start
        if limit.since == "open":
            return ready
        if is_moment(limit.since):
            return self._now.moments.get(limit.since)
        since = self._since(code, limit)
        if since is None:
            return None
        return moved[1] if moved is not None and moved[0] == since else self._acts[since].finish

    def _latest(self, follower: str, code: str, bound: date) -> date:
        """Return the last day on which `code` may end so that `follower` ends by `bound`."""
        keeps = code in self._before[follower]
        ready = self._ready(follower)

        def fits(day: date) -> bool:
            moved = (code, day)
            return self._span(follower, max(ready, day) if keeps else ready, moved)[1] <= bound

        low = self._acts[code].finish
        high = bound
        while low < high:
            middle = low + ((high - low).days + 1) // 2 * _DAY
            if fits(middle):
                low = middle
            else:
                high = middle - _DAY
        return low

    def _due(self, act: Act, own: ActStand, *, until: date, counts: bool) -> tuple[Due, ...]:
        return tuple(
            self._clocks.due(
                side, limit, self._running(act.code, own, limit), until=until, counts=counts
            )
            for side, limit in act.limits
            if limit is not None
        )

    def _running(self, code: str, own: ActStand, limit: Limit) -> date | None:
        """Return the day from which a limit runs, if that day has come."""
        if limit.since == "asked":
            # Who sent it back has answered; his time begins anew when it is handed in again.
            return None if own.state == "returned" else own.asked_on
        if limit.since == "open":
            return None if own.waits_for else own.opened_on or self._opened
        if is_moment(limit.since):
            return self._now.moments.get(limit.since)
        since = self._since(code, limit)
        return self._now.day_of(since) if since is not None else None


def _todo(
    procedure: Procedure, now: Stand, acts: Mapping[str, Dated]
) -> dict[Party, tuple[Todo, ...]]:
    found: dict[Party, list[Todo]] = {}
    for code, own in now.acts.items():
        act = procedure.steps[code]
        days = [each.day for each in acts[code].due if each.day is not None]
        due = min(days, default=None)
        # Nobody is named for what is not to be done now; else a party a part.
        for party, part in zip(own.on, act.parts, strict=False):
            if own.state == "waiting":
                deed: Deed = "decide"
            elif own.state == "returned":
                deed = "mend"
            else:
                deed = "hand_in" if part.asks else "do"
            found.setdefault(party, []).append(Todo(code, deed, due, acts[code].late_days))
    order = list(procedure.steps)
    return {
        party: tuple(sorted(each, key=lambda one: (one.due or date.max, order.index(one.act))))
        for party, each in found.items()
    }

"""A programme, or the programmes of a tie, as a plan in time; and who took part, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kembar.apps.kit.text import listed
from kembar.apps.programmes.models import Programme
from kembar.apps.programmes.plan import State, after
from kembar.apps.programmes.queries import ActivityRow, Group, Line, MilestoneRow, day, month
from kembar.apps.regions.pictures import percent
from kembar.apps.regions.units import amount
from kembar.engines.charts import Part, Stack, Task, gantt, shares

# More rows would be a wall; the table beneath has them all.
MOST_ROWS = 40


def plan_of(
    programme: Programme,
    rows: Sequence[ActivityRow],
    milestones: Sequence[MilestoneRow],
    today: date,
) -> SafeString:
    """Draw the activities and milestones of a programme."""
    tasks = [
        Task(
            name=str(row.activity),
            note=str(row.state.label),
            planned=(row.activity.starts, row.activity.ends),
            actual=(row.activity.began, row.activity.ended),
            late_from=row.late_from if programme.stopped_on is None else None,
        )
        for row in rows
        if row.state != State.STOPPED
    ]
    tasks += [
        Task(
            name=str(each.milestone),
            note=_reached(each),
            planned=(each.milestone.due, each.milestone.due),
            actual=(each.milestone.reached_on, each.milestone.reached_on),
            late_from=after(each.milestone.due) if each.is_late else None,
            is_point=True,
        )
        for each in milestones
    ]
    tasks.sort(key=lambda task: min(task.days, default=date.max))
    return _drawn(tasks, str(programme), today)


def _reached(row: MilestoneRow) -> str:
    if row.milestone.reached_on:
        return _("reached")
    return _("late") if row.is_late else _("milestone")


def plan_of_tie(name: str, lines: Sequence[Line], today: date) -> SafeString:
    """Draw the programmes of a tie."""
    tasks = []
    for line in lines:
        each = line.programme
        ended = each.stopped_on or (each.ends if line.state == State.DONE else None)
        tasks.append(
            Task(
                name=str(each),
                note=str(line.state.label),
                planned=(each.starts, each.ends),
                # A programme may be stopped before its first activity began.
                actual=(each.begun_on, max(ended, each.begun_on) if ended else None)
                if each.begun_on
                else (None, None),
                late_from=each.late_from if line.state == State.LATE else None,
            )
        )
    return _drawn(tasks, name, today)


def _drawn(tasks: Sequence[Task], title: str, today: date) -> SafeString:
    told = _(
        "Hollow bars are what is planned, full ones what was done; a line beneath is delay."
        " Today is %(day)s. Rows, from the top: %(rows)s."
    ) % {
        "day": day(today),
        "rows": listed(f"{task.name} ({task.note})" for task in tasks[:MOST_ROWS]),
    }
    svg = gantt(
        tasks[:MOST_ROWS],
        today=today,
        title=title,
        description=told,
        month=month,
        now=_("today"),
        width=560.0,
    )
    return mark_safe(svg)  # noqa: S308  # drawn by our own engine, which escapes every name


def people_of(groups: Sequence[Group]) -> SafeString | str:
    """Draw the participants by sex, age group and disability, each in one bar."""
    stacks = []
    for group in groups:
        total = sum(count for _name, count in group.parts)
        if group.key == "place" or not total:
            continue
        parts = [Part(f"{name}: {amount(count)}", count / total) for name, count in group.parts]
        stacks.append(Stack(capfirst(group.name), parts, "home"))
    if not stacks:
        return ""
    svg = shares(
        stacks,
        title=_("Participants by group"),
        description=_("The numbers stand in the table beneath."),
        percent=lambda share: f"({percent(share)})",
    )
    return mark_safe(svg)  # noqa: S308  # drawn by our own engine, which escapes every name

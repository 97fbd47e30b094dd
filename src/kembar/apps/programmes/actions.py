"""What people do with programmes. Each deed is atomic, remembered, and drawn into its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from kembar.apps.accounts.models import User
from kembar.apps.accounts.rights import Audience, narrower
from kembar.apps.audit.actions import (
    Deed,
    differences,
    first_values,
    key_of,
    record,
    record_all,
)
from kembar.apps.kit.concurrency import StaleError, Versioned, hold, save_if_unchanged
from kembar.apps.kit.files import Kept
from kembar.apps.kit.text import Text
from kembar.apps.ledger.actions import in_the_ledger, source_added, source_line, stored
from kembar.apps.ledger.models import Source
from kembar.apps.programmes.models import (
    Activity,
    Attendance,
    Body,
    BudgetLine,
    Document,
    Milestone,
    Programme,
    Risk,
    Site,
)
from kembar.apps.programmes.plan import Point, Span, a_year_after, drawn
from kembar.apps.programmes.starting import StartingPoint, parts_for
from kembar.apps.search import index
from kembar.apps.ties.models import Tie

Part = TypeVar("Part", Activity, Milestone, BudgetLine, Risk)


@dataclass
class Around:
    """Who takes part in a programme and where it works, and the sources that tell of it."""

    bodies: Sequence[Body] = ()
    sites: Sequence[Site] = ()
    sources: Sequence[Source] = ()


@dataclass
class Did:
    """What was done in an activity, and by how many of whom."""

    attendance: Sequence[Attendance] = ()
    files: Sequence[tuple[Kept, str]] = field(default_factory=tuple)


def programme_line(programme: Programme) -> index.Line:
    """Return the line under which search finds a programme, never read more widely than its tie."""
    tie = programme.tie
    return index.Line(
        subject=key_of(programme),
        kind="programme",
        path=programme.get_absolute_url(),
        title=programme.title,
        body=programme.purpose,
        owner_code=tie.home_id,
        partner_code=tie.partner_id,
        audience=narrower(programme.audience, tie.audience),
    )


def lines_of_ties(ties: Sequence[Tie]) -> list[index.Line]:
    """Return the lines of all programmes of these ties."""
    programmes = Programme.objects.filter(tie__in=ties).select_related("tie")
    return [programme_line(programme) for programme in programmes]


# Programmes ----------------------------------------------------------------------------


@transaction.atomic
def begin_programme(
    programme: Programme, around: Around, *, point: StartingPoint | None = None, by: User | None
) -> None:
    """Begin a programme on a tie; from a starting point with the parts that it suggests."""
    # Race: the tie may be shared, or taken back, in this moment.
    hold(programme.tie, "audience")
    programme.full_clean()
    programme.save()
    sources, new = in_the_ledger(around.sources)
    _put_around(programme, around, sources)
    if point is not None:
        parts = parts_for(point, programme)
        for part in (*parts.activities, *parts.milestones, *parts.risks):
            part.full_clean()
            part.save()
    _redraw(programme)
    index.put([*map(source_line, new), programme_line(programme)])
    changes = first_values(programme, without="tie", **_named(around, sources))
    deed = Deed("programmes.begun", programme, *_of(programme), changes)
    record_all([*map(source_added, new), deed], by=by)


def _of(programme: Programme) -> tuple[str, str]:
    """Return the region whose history it is, and what gathers the history of a programme."""
    return programme.tie.home_id, key_of(programme)


def _named(around: Around, sources: Sequence[Source]) -> dict[str, list[str]]:
    """Return bodies, sites and sources as the history keeps them."""
    return {
        "bodies": [
            f"{body.name} – {body.does}" if body.does else str(body) for body in around.bodies
        ],
        "sites": [
            f"{site.name} ({site.region_id})" if site.region_id else str(site)
            for site in around.sites
        ],
        "sources": sorted(map(str, sources)),
    }


def _put_around(programme: Programme, around: Around, sources: Sequence[Source]) -> None:
    for relation, rows in (("bodies", around.bodies), ("sites", around.sites)):
        getattr(programme, relation).all().delete()
        for row in rows:
            row.pk, row.programme = None, programme
            row.clean_fields(exclude=["programme"])
            row.save()
    programme.sources.set(sources)


@transaction.atomic
def change_programme(
    programme: Programme,
    around: Around,
    *,
    seen: int,
    fields: list[str],
    old: Mapping[str, Any],
    by: User | None,
) -> None:
    """Change what is known of a programme, unless somebody else did since it was opened."""
    programme.full_clean(validate_unique=False)
    hold(programme.tie, "audience")
    hold(programme, "stopped_on")
    before = Around(
        list(programme.bodies.order_by("pk")),
        list(programme.sites.order_by("pk")),
        list(programme.sources.all()),
    )
    sources, new = in_the_ledger(around.sources)
    now = {name: getattr(programme, name) for name in fields} | _named(around, sources)
    changes = differences({**old, **_named(before, before.sources)}, now)
    if not changes and not new:
        return
    save_if_unchanged(programme, seen, fields)
    _put_around(programme, around, sources)
    _redraw(programme)
    index.put([*map(source_line, new), programme_line(programme)])
    deed = Deed("programmes.changed", programme, *_of(programme), changes)
    record_all([*map(source_added, new), deed], by=by)


@transaction.atomic
def share_programme(programme: Programme, *, audience: str, seen: int, by: User | None) -> None:
    """Let the partner, or everyone, read a programme; or take that back."""
    old, programme.audience = programme.audience, Audience(audience)
    changes = differences({"audience": old}, {"audience": programme.audience})
    if not changes:
        return
    hold(programme.tie, "audience")
    save_if_unchanged(programme, seen, ["audience"])
    index.put([programme_line(programme)])
    record(Deed("programmes.shared", programme, *_of(programme), changes), by=by)


@transaction.atomic
def stop_programme(
    programme: Programme, *, on: date, reason: Text, seen: int, by: User | None
) -> None:
    """Say that nobody goes on with a programme, and why. What was recorded stays."""
    if programme.stopped_on:
        raise StaleError(programme)
    programme.stopped_on, programme.stopped_reason = on, reason
    fields = ["stopped_on", "stopped_reason"]
    save_if_unchanged(programme, seen, fields)
    changes = differences({}, {name: getattr(programme, name) for name in fields})
    record(Deed("programmes.stopped", programme, *_of(programme), changes), by=by)


@transaction.atomic
def resume_programme(programme: Programme, *, reason: Text, seen: int, by: User | None) -> None:
    """Go on with a programme that was stopped."""
    old = {"stopped_on": programme.stopped_on, "stopped_reason": programme.stopped_reason}
    if not programme.stopped_on:
        raise StaleError(programme)
    programme.stopped_on, programme.stopped_reason = None, Text()
    save_if_unchanged(programme, seen, list(old))
    changes = differences(old, {"stopped_on": None}) + differences({}, {"why": reason})
    record(Deed("programmes.resumed", programme, *_of(programme), changes), by=by)


def _redraw(programme: Programme) -> None:
    """Draw anew from when a programme runs, is late, and how many took part.

    Call it while the programme is held: of two who record at once the second counts both.
    """
    spans, people = [], None
    rows = Activity.objects.filter(programme=programme).values_list(
        "starts", "ends", "began", "ended", "dropped_on", "people"
    )
    for starts, ends, began, ended, dropped_on, count in rows:
        spans.append(Span(starts, ends, began, ended, dropped_on))
        people = people if count is None else (people or 0) + count
    points = Milestone.objects.filter(programme=programme, withdrawn="")
    found = drawn(
        programme.starts,
        programme.ends,
        spans,
        [Point(*days) for days in points.values_list("due", "reached_on")],
    )
    programme.begun_on, programme.late_from, programme.people = *_days(found), people
    # Not a new version: whoever writes on the programme itself is not stale by it.
    Programme.objects.filter(pk=programme.pk).update(
        begun_on=found.begun_on, late_from=found.late_from, people=people
    )


def _days(found: Any) -> tuple[date | None, date | None]:
    return found.begun_on, found.late_from


def _refuse_stopped(programme: Programme) -> None:
    if programme.stopped_on:
        raise ValidationError(
            gettext("This programme is stopped; go on with it first, then record this.")
        )


# Its parts -----------------------------------------------------------------------------


def _add(part: Part, deed: Deed, *, new: Sequence[Source] = (), by: User | None) -> None:
    programme = part.programme
    hold(programme, "stopped_on")
    _refuse_stopped(programme)
    part.full_clean()
    part.save()
    _redraw(programme)
    if new:
        index.put([source_line(source) for source in new])
    told = replace(deed, changes=first_values(part, without="programme"))
    record_all([*map(source_added, new), told], by=by)


def _change(
    part: Part,
    deed: Deed,
    *,
    seen: int,
    fields: list[str],
    old: Mapping[str, Any],
    new: Sequence[Source] = (),
    beside: Sequence[dict[str, Any]] = (),
    by: User | None,
) -> None:
    """Save what is new of a part, unless somebody else did, and draw its programme anew."""
    programme = part.programme
    hold(programme, "stopped_on")
    _refuse_stopped(programme)
    part.full_clean(validate_unique=False)
    changes = [*differences(old, {name: getattr(part, name) for name in fields}), *beside]
    if not changes:
        return
    save_if_unchanged(part, seen, fields)
    _redraw(programme)
    if new:
        index.put([source_line(source) for source in new])
    record_all([*map(source_added, new), replace(deed, changes=changes)], by=by)


def _values(record_: Versioned, fields: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(record_, name) for name in fields}


def _sourced(activity: Activity) -> list[Source]:
    """Write down the source of an activity if it is new; return it then."""
    if activity.source is None:
        return []
    (activity.source,), new = in_the_ledger([activity.source])
    return new


@transaction.atomic
def add_activity(activity: Activity, *, by: User | None) -> None:
    """Plan an activity, or write down one that was done."""
    activity.look_from = a_year_after(activity.ended)
    _add(
        activity,
        Deed("programmes.activity_added", activity, *_of(activity.programme)),
        new=_sourced(activity),
        by=by,
    )


@transaction.atomic
def change_activity(
    activity: Activity, *, seen: int, fields: list[str], old: Mapping[str, Any], by: User | None
) -> None:
    """Change the plan of an activity, unless somebody else did since it was opened."""
    _change(
        activity,
        Deed("programmes.activity_changed", activity, *_of(activity.programme)),
        seen=seen,
        fields=fields,
        old=old,
        new=_sourced(activity),
        by=by,
    )


DONE = ("began", "ended", "hours", "outcome")


@transaction.atomic
def record_activity(
    activity: Activity, did: Did, *, seen: int, old: Mapping[str, Any], by: User | None
) -> None:
    """Write down what was done in an activity, with how many of whom took part."""
    if activity.dropped_on:
        raise ValidationError(gettext("What is called off cannot be done; take that back first."))
    hold(activity.programme, "stopped_on")
    before = list(activity.attendance.order_by("pk"))
    beside = differences({"attendance": told_of(before)}, {"attendance": told_of(did.attendance)})
    beside += _files_put(did.files)
    counts = [line.count for line in did.attendance]
    activity.people = sum(counts) if counts else None
    activity.look_from = a_year_after(activity.ended)
    if activity.ended is None and activity.looked_on is not None:
        message = gettext("Somebody has said already what continued; it needs the day of the end.")
        raise ValidationError({"ended": message})
    if beside:
        activity.attendance.all().delete()
        for line in did.attendance:
            line.pk, line.activity = None, activity
            line.clean_fields(exclude=["activity"])
            line.save()
        _keep(activity.programme, did.files, activity)
    fields = [*DONE, "people", "look_from"]
    told = {**old, "people": activity.people, "look_from": activity.look_from}
    _change(
        activity,
        Deed("programmes.activity_recorded", activity, *_of(activity.programme)),
        seen=seen,
        fields=fields,
        old=told,
        beside=beside,
        by=by,
    )


def told_of(lines: Sequence[Attendance]) -> list[str]:
    """Return lines of participants as the history keeps them."""
    told = []
    for line in lines:
        groups = [
            line.sex,
            line.age,
            line.disability and f"disability: {line.disability}",
            line.place,
        ]
        told.append(" · ".join([str(line.count), *filter(None, groups)]))
    return sorted(told)


@transaction.atomic
def drop_activity(
    activity: Activity, *, on: date, reason: Text, seen: int, by: User | None
) -> None:
    """Call an activity off, and say why."""
    fields = ["dropped_on", "dropped_reason"]
    old = _values(activity, fields)
    activity.dropped_on, activity.dropped_reason = on, reason
    _change(
        activity,
        Deed("programmes.activity_dropped", activity, *_of(activity.programme)),
        seen=seen,
        fields=fields,
        old=old,
        by=by,
    )


@transaction.atomic
def take_up_activity(activity: Activity, *, reason: Text, seen: int, by: User | None) -> None:
    """Take up again an activity that was called off."""
    fields = ["dropped_on", "dropped_reason"]
    old = _values(activity, fields)
    activity.dropped_on, activity.dropped_reason = None, Text()
    beside = differences({}, {"why": reason})
    _change(
        activity,
        Deed("programmes.activity_taken_up", activity, *_of(activity.programme)),
        seen=seen,
        fields=fields,
        old=old,
        beside=beside,
        by=by,
    )


@transaction.atomic
def look_after(
    activity: Activity, *, on: date, continues: str, continued: Text, seen: int, by: User | None
) -> None:
    """Say what continued of an activity after it was over."""
    if activity.ended is None or on < activity.ended:
        raise ValidationError(gettext("Look after the activity is finished."))
    if continues in (Activity.Continued.YES, Activity.Continued.PARTLY) and not continued:
        raise ValidationError({"continued": gettext("Say what continued.")})
    fields = ["looked_on", "continues", "continued"]
    old = _values(activity, fields)
    activity.looked_on, activity.continues, activity.continued = on, continues, continued
    _change(
        activity,
        Deed("programmes.activity_looked_at", activity, *_of(activity.programme)),
        seen=seen,
        fields=fields,
        old=old,
        by=by,
    )


@transaction.atomic
def add_milestone(milestone: Milestone, *, by: User | None) -> None:
    """Say what a programme wants to reach by when."""
    _add(milestone, Deed("programmes.milestone_added", milestone, *_of(milestone.programme)), by=by)


@transaction.atomic
def change_milestone(
    milestone: Milestone, *, seen: int, fields: list[str], old: Mapping[str, Any], by: User | None
) -> None:
    """Change a milestone, or say that it is reached."""
    _change(
        milestone,
        Deed("programmes.milestone_changed", milestone, *_of(milestone.programme)),
        seen=seen,
        fields=fields,
        old=old,
        by=by,
    )


@transaction.atomic
def withdraw_milestone(milestone: Milestone, *, reason: str, seen: int, by: User | None) -> None:
    """Aim at a milestone no more, and say why."""
    milestone.withdrawn = reason
    _change(
        milestone,
        Deed("programmes.milestone_withdrawn", milestone, *_of(milestone.programme)),
        seen=seen,
        fields=["withdrawn"],
        old={"withdrawn": ""},
        by=by,
    )


@transaction.atomic
def add_amount(amount: BudgetLine, *, by: User | None) -> None:
    """Write down an amount that is planned, committed or spent."""
    _add(amount, Deed("programmes.amount_added", amount, *_of(amount.programme)), by=by)


@transaction.atomic
def change_amount(
    amount: BudgetLine, *, seen: int, fields: list[str], old: Mapping[str, Any], by: User | None
) -> None:
    """Correct an amount, unless somebody else did since it was opened."""
    _change(
        amount,
        Deed("programmes.amount_changed", amount, *_of(amount.programme)),
        seen=seen,
        fields=fields,
        old=old,
        by=by,
    )


@transaction.atomic
def withdraw_amount(amount: BudgetLine, *, reason: str, seen: int, by: User | None) -> None:
    """Take an amount out of the sums, and say why; the record stays."""
    amount.withdrawn = reason
    _change(
        amount,
        Deed("programmes.amount_withdrawn", amount, *_of(amount.programme)),
        seen=seen,
        fields=["withdrawn"],
        old={"withdrawn": ""},
        by=by,
    )


@transaction.atomic
def add_risk(risk: Risk, *, by: User | None) -> None:
    """Write down what could go wrong, and what is done about it."""
    _add(risk, Deed("programmes.risk_added", risk, *_of(risk.programme)), by=by)


@transaction.atomic
def change_risk(
    risk: Risk, *, seen: int, fields: list[str], old: Mapping[str, Any], by: User | None
) -> None:
    """Judge a risk anew, or change what is done about it."""
    _change(
        risk,
        Deed("programmes.risk_changed", risk, *_of(risk.programme)),
        seen=seen,
        fields=fields,
        old=old,
        by=by,
    )


@transaction.atomic
def close_risk(risk: Risk, *, on: date, reason: Text, seen: int, by: User | None) -> None:
    """Close a risk that is no more, and say why."""
    fields = ["closed_on", "closed_reason"]
    old = _values(risk, fields)
    risk.closed_on, risk.closed_reason = on, reason
    _change(
        risk,
        Deed("programmes.risk_closed", risk, *_of(risk.programme)),
        seen=seen,
        fields=fields,
        old=old,
        by=by,
    )


# Papers --------------------------------------------------------------------------------


def _files_put(files: Sequence[tuple[Kept, str]]) -> list[dict[str, Any]]:
    return [{"field": "documents", "old": None, "new": name} for _kept, name in files]


def _keep(
    programme: Programme, files: Sequence[tuple[Kept, str]], activity: Activity | None = None
) -> None:
    for kept, name in files:
        Document.objects.create(
            programme=programme, activity=activity, file=stored(kept), name=name
        )


@transaction.atomic
def add_papers(programme: Programme, files: Sequence[tuple[Kept, str]], *, by: User | None) -> None:
    """Put papers to a programme."""
    hold(programme, "stopped_on")
    _keep(programme, files)
    record(Deed("programmes.papers_added", programme, *_of(programme), _files_put(files)), by=by)


@transaction.atomic
def take_off_paper(document: Document, *, reason: str, by: User | None) -> None:
    """Take a paper off a programme, and say why; it is found again by its SHA-256."""
    programme = document.programme
    hold(programme, "stopped_on")
    gone, _by_model = Document.objects.filter(pk=document.pk).delete()
    if not gone:
        raise StaleError(programme)
    name = f"{document.name} (SHA-256 {document.file.sha256})"
    changes = [{"field": "documents", "old": name, "new": None}]
    changes += differences({}, {"why": reason})
    record(Deed("programmes.paper_taken_off", programme, *_of(programme), changes), by=by)

"""Where a case and its steps stand, in whole sentences of the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kembar.apps.cases import words
from kembar.apps.cases.models import Case, Closed
from kembar.apps.kit.text import listed
from kembar.engines.procedure.joining import Act, Party, Procedure
from kembar.engines.procedure.model import Limit
from kembar.engines.procedure.plan import Dated, Plan
from kembar.engines.procedure.rules import Finding
from kembar.engines.procedure.standing import ActStand

SEVERITIES = {
    "block": gettext_lazy("blocks"),
    "warn": gettext_lazy("warns"),
    "info": gettext_lazy("informs"),
}
FINDINGS = {
    "broken": gettext_lazy("Broken"),
    "open": gettext_lazy("Not answered yet"),
    "held": gettext_lazy("Kept"),
    "shown": gettext_lazy("To know"),
}
# How many steps a short note names that another one waits for.
MOST_NAMED = 2


def state_name(state: str) -> str:
    return str(words.STATES[state])


def severity_name(severity: str) -> str:
    return str(SEVERITIES[severity])


def finding_name(found: Finding) -> str:
    unanswered = found.rule.ask and "answer" not in found.facts and "number" not in found.facts
    if found.state == "broken" and unanswered:
        return _("Was not answered")
    if found.state == "open" and not found.rule.ask:
        # Nothing is asked: it depends on steps and papers that are still to come.
        return _("Not met yet")
    return str(FINDINGS[found.state])


def _parties(procedure: Procedure, parties: tuple[Party, ...]) -> str:
    names = dict.fromkeys(str(words.party_name(procedure, party)) for party in parties)
    return listed(names)


def where_it_stands(case: Case, procedure: Procedure, plan: Plan) -> str:
    """Return in one sentence where a case stands: closed, signed, waiting, or who can begin."""
    stand = plan.stand
    if case.closed and case.closed_on:
        facts = {"state": Closed(case.closed).label, "day": words.day(case.closed_on)}
        return _("%(state)s on %(day)s.") % facts
    under_way = [*stand.waiting, *stand.next]
    if under_way:
        code = min(under_way, key=lambda each: _pressing(each, procedure, plan))
    elif all(act.is_over for act in stand.acts.values()):
        return _("All steps are over.")
    else:
        return _("Nothing can begin now: every step waits for another one.")
    told = where_it_is(procedure, procedure.steps[code], stand.acts[code])
    others = len(under_way) - 1
    if not others:
        return told
    more = ngettext(
        "%(count)s other step is under way or can begin.",
        "%(count)s other steps are under way or can begin.",
        others,
    )
    return f"{told} {more % {'count': others}}"


def _pressing(code: str, procedure: Procedure, plan: Plan) -> tuple[bool, int, date]:
    """Return what an act is sorted by: the late ones first, then on whom others wait."""
    own = plan.stand.acts[code]
    order = 2 if own.state == "open" else 1
    if (own.state == "waiting" and has_asker(procedure.steps[code])) or own.state == "returned":
        order = 0
    return (not plan.acts[code].late_days, order, own.since or date.max)


def where_it_is(procedure: Procedure, act: Act, own: ActStand) -> str:
    """Return in one sentence where an act stands, since when, and on whom."""
    facts = {
        "step": words.act_name(act),
        "who": _parties(procedure, own.on),
        "day": words.day(own.since) if own.since else "",
    }
    if own.state == "waiting":
        if has_asker(act):
            return _("“%(step)s” waits on %(who)s since %(day)s.") % facts
        return _("“%(step)s” is under way with %(who)s since %(day)s.") % facts
    if own.state == "returned":
        return _("“%(step)s” came back on %(day)s; it is up to %(who)s to mend it.") % facts
    if own.state == "open":
        return _("“%(step)s” can begin; it is up to %(who)s.") % facts
    if own.state == "done":
        return _("“%(step)s” was done on %(day)s.") % facts
    if own.state == "skipped":
        return _("“%(step)s” was left out on %(day)s.") % facts
    if own.state == "overridden":
        return _("“%(step)s” was left out by an override on %(day)s.") % facts
    return _("“%(step)s” cannot be done yet.") % facts


def has_asker(act: Act) -> bool:
    """Return whether one office hands an act in to another, instead of beginning it itself."""
    return any(part.asks and part.asks != part.actor for part in act.parts)


def duty(deed: str, act: Act) -> str:
    """Return what somebody has to do now."""
    facts = {"step": words.act_name(act)}
    if deed == "hand_in":
        return _("Hand in: %(step)s") % facts
    if deed == "mend":
        return _("Mend and hand in again: %(step)s") % facts
    if deed == "decide" and has_asker(act):
        return _("Answer: %(step)s") % facts
    if deed == "decide":
        return _("Finish: %(step)s") % facts
    return str(facts["step"])


def late(dated: Dated) -> str:
    """Return by how much a limit is missed; empty if it is not."""
    if not dated.late_days:
        return ""
    worst = max(dated.due, key=lambda each: each.late_days)
    if worst.count == "working":
        told = ngettext(
            "%(count)s working day late", "%(count)s working days late", dated.late_days
        )
    else:
        told = ngettext("%(count)s day late", "%(count)s days late", dated.late_days)
    return told % {"count": dated.late_days}


def note(procedure: Procedure, act: Act, own: ActStand, dated: Dated) -> str:
    """Return in a few words when an act was, since when it waits on whom, or when it may be."""
    if own.is_over and own.since:
        return words.day(own.since)
    facts = {"who": _parties(procedure, own.on), "day": words.day(own.since) if own.since else ""}
    if own.state in ("waiting", "returned"):
        return _("%(who)s, since %(day)s") % facts
    if own.state == "open":
        return str(facts["who"])
    if dated.sure:
        return words.day(dated.finish)
    names = [f"“{words.act_name(procedure.steps[code])}”" for code in own.waits_for]
    more = ["…"] if len(names) > MOST_NAMED else []
    return _("after %(steps)s") % {"steps": listed([*names[:MOST_NAMED], *more])}


def when(procedure: Procedure, act: Act, own: ActStand, dated: Dated) -> list[str]:
    """Return the days of an act: when it is due, and when it may be over."""
    told = []
    if not own.is_over:
        days = [due.day for due in dated.due if due.day]
        told += [_("Due on %(day)s.") % {"day": words.day(day)} for day in days]
        facts = {"day": words.day(dated.finish)}
        told.append(
            _("It can be over on %(day)s, if every limit is used to the full.") % facts
            if dated.sure
            else _("It is over not before %(day)s: how long it takes is not known.") % facts
        )
        if dated.estimate:
            told.append(estimate())
        if dated.slack_days is not None:
            told.append(
                _("It lies on the critical chain: each day here puts off the end.")
                if dated.slack_days == 0
                else ngettext(
                    "It may take %(count)s day longer without putting off the end.",
                    "It may take %(count)s days longer without putting off the end.",
                    dated.slack_days,
                )
                % {"count": dated.slack_days}
            )
    return told


def estimate() -> str:
    return _("This counts days whose holidays are not published yet: it is an estimate.")


def forecast(case: Case, procedure: Procedure, plan: Plan) -> list[str]:
    """Return when the goal may be reached, and whether the target can be met."""
    goal = procedure.steps[plan.goal]
    own = plan.stand.acts[plan.goal]
    facts = {"step": words.act_name(goal), "day": words.day(plan.earliest)}
    if own.is_over or case.closed:
        return []
    if plan.sure:
        told = [_("“%(step)s” can be on %(day)s at the earliest.") % facts]
    else:
        sentence = ngettext(
            "“%(step)s” comes not before %(day)s: how long %(count)s step before it takes, nobody"
            " has shown yet.",
            "“%(step)s” comes not before %(day)s: how long %(count)s steps before it take, nobody"
            " has shown yet.",
            len(plan.unknown),
        )
        told = [sentence % {**facts, "count": len(plan.unknown)}]
    if plan.estimate:
        told.append(estimate())
    if plan.target is not None:
        told.append(_measured(plan, plan.target))
    return told


def _measured(plan: Plan, target: date) -> str:
    """Return whether the goal can be reached by the target, or by the departure of a trip."""
    days = abs(plan.spare_days or 0)
    if plan.aim == "departure":
        if not plan.meets_target:
            sentence = ngettext(
                "The departure on %(target)s cannot be kept: it comes %(count)s day too early.",
                "The departure on %(target)s cannot be kept: it comes %(count)s days too early.",
                days,
            )
        elif plan.sure:
            sentence = ngettext(
                "The departure on %(target)s can be kept, with %(count)s day to spare.",
                "The departure on %(target)s can be kept, with %(count)s days to spare.",
                days,
            )
        else:
            sentence = ngettext(
                "Until the departure on %(target)s, the unknown steps may take %(count)s day"
                " together.",
                "Until the departure on %(target)s, the unknown steps may take %(count)s days"
                " together.",
                days,
            )
    elif not plan.meets_target:
        sentence = ngettext(
            "The target, %(target)s, cannot be met: it comes %(count)s day too early.",
            "The target, %(target)s, cannot be met: it comes %(count)s days too early.",
            days,
        )
    elif plan.sure:
        sentence = ngettext(
            "The target, %(target)s, can be met, with %(count)s day to spare.",
            "The target, %(target)s, can be met, with %(count)s days to spare.",
            days,
        )
    else:
        sentence = ngettext(
            "For the target, %(target)s, the unknown steps may take %(count)s day together.",
            "For the target, %(target)s, the unknown steps may take %(count)s days together.",
            days,
        )
    return sentence % {"target": words.day(target), "count": days}


def limit(days: int | None, count: str, limit: Limit, procedure: Procedure, country: str) -> str:
    """Return how long a step may take, and from when that is counted."""
    if days is None:
        return _("No text that was seen gives a time limit.")
    length = (
        ngettext("%(days)s working day", "%(days)s working days", days)
        if count == "working"
        else ngettext("%(days)s day", "%(days)s days", days)
    ) % {"days": days}
    act = procedure.act(limit.since)
    since = str(words.MOMENTS.get(limit.since, "")) or (f"“{words.act_name(act)}”" if act else "")
    facts = {"length": length, "since": since}
    if limit.before:
        return _("At least %(length)s before this day: %(since)s") % facts
    if limit.since == "asked":
        return _("%(length)s from when it is handed in") % facts
    if limit.since == "open":
        return _("%(length)s from when it can begin") % facts
    return _("%(length)s from: %(since)s") % facts


def button(kind: str, *, asks: bool) -> str:
    """Return what the button says that leads to a form."""
    return {
        "asked": _("Record: handed in") if asks else _("Record: under way"),
        "returned": _("Record: came back"),
        "done": _("Record: done"),
        "skipped": _("Leave it out"),
        "noted": _("Add a note or a paper"),
        "overridden": _("Override"),
    }[kind]

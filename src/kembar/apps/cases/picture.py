"""A case as a picture: two lanes, what is done, due and waited for."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kembar.apps.cases import telling, words
from kembar.apps.cases.models import Case
from kembar.engines.procedure.drawing import Box, Labels, lanes
from kembar.engines.procedure.joining import Procedure
from kembar.engines.procedure.plan import Plan


def boxes_of(case: Case, procedure: Procedure, plan: Plan) -> tuple[Box, ...]:
    """Return the acts of a case as the drawing takes them."""
    critical = frozenset(plan.critical)
    found = []
    for code, act in procedure.steps.items():
        own = plan.stand.acts[code]
        closed = any(key in plan.stand.lacking for key in act.gates)
        found.append(
            Box(
                code=code,
                label=str(words.act_name(act)),
                side="partner" if case.side == "partner" else act.side,
                after=act.after,
                state=own.state,
                note=telling.note(procedure, act, own, plan.acts[code])
                if own.state != "not_yet"
                else "",
                critical=code in critical,
                gate=("closed" if closed else "open") if act.gates else "",
                waits=act.gate,
            )
        )
    return tuple(found)


def labels_of(case: Case, plan: Plan) -> tuple[str, ...]:
    """Return the words of the picture: sides, present, target."""
    home, partner = str(case.tie.home), str(case.tie.partner)
    if plan.target is None:
        return (home, partner, _("now"), _("goal"))
    target = _("departure: %(day)s") if plan.aim == "departure" else _("target: %(day)s")
    return (home, partner, _("now"), target % {"day": words.day(plan.target)})


def picture_of(case: Case, procedure: Procedure, plan: Plan) -> SafeString:
    """Draw a case in the reader's language."""
    title = str(case)
    description = telling.where_it_stands(case, procedure, plan)
    svg = _drawn(
        boxes_of(case, procedure, plan),
        labels_of(case, plan),
        tuple((state, str(name)) for state, name in words.STATES.items()),
        (_("on the critical chain"), _("gate")),
        plan.goal,
        (title, description),
    )
    return mark_safe(svg)  # noqa: S308  # drawn by our own engine, which escapes every name


# The same case is looked at again and again between two deeds.
@lru_cache(maxsize=256)
def _drawn(
    boxes: tuple[Box, ...],
    sides: tuple[str, ...],
    states: tuple[tuple[str, str], ...],
    key: tuple[str, str],
    goal: str,
    said: tuple[str, str],
) -> str:
    home, partner, present, target = sides
    labels = Labels(
        home=home,
        partner=partner,
        present=present,
        target=target,
        states=dict(states),  # type: ignore[arg-type]  # the engine's own words
        critical=key[0],
        gate=key[1],
    )
    return lanes(boxes, labels=labels, title=said[0], description=said[1], target=goal)

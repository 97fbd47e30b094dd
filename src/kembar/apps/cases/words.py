"""Names of steps, papers, gates and actors in the reader's language, and what stands against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kembar.apps.audit.actions import in_each_language
from kembar.apps.kit.partial_dates import readable
from kembar.apps.kit.text import Text, listed
from kembar.engines.dates import PartialDate
from kembar.engines.errors import SENTENCES
from kembar.engines.procedure.deciding import Problem
from kembar.engines.procedure.joining import Act, Party, Procedure
from kembar.engines.procedure.model import Words

MOMENTS = {
    "target": _("target date"),
    "departure": _("departure"),
    "return": _("return"),
    "expiry": _("expiry of the text"),
}
STATES = {
    "not_yet": _("Not yet"),
    "open": _("Can begin"),
    "waiting": _("Waiting"),
    "returned": _("Came back"),
    "done": _("Done"),
    "skipped": _("Left out"),
    "overridden": _("Left out by an override"),
}
# The paper that an override rests on; no rulebook names it.
BASIS_OF_OVERRIDE = "basis-of-override"


def text(words: Words) -> Text:
    """Return words of a rulebook as a text that pages show."""
    return Text(words)


def act_name(act: Act) -> Text:
    """Return the name of an act; of a joint one, as the home side calls it."""
    return text(act.parts[0].name)


def paper_name(procedure: Procedure, code: str) -> Text:
    if code == BASIS_OF_OVERRIDE:
        return in_each_language(lambda: gettext("Paper that the override rests on"))
    paper = procedure.paper(code)
    return text(paper.name) if paper else Text(en=code)


def party_name(procedure: Procedure, party: Party) -> Text:
    return text(procedure.actor(party).name)


def check_name(procedure: Procedure, key: str) -> Text:
    """Return how a gate or a rule is named: a gate by its name, a rule by what it says."""
    if key in procedure.gates:
        return text(procedure.gates[key].name)
    if key in procedure.rules:
        return text(procedure.rules[key].sentence)
    return Text(en=key)


def question(procedure: Procedure, key: str) -> Text:
    """Return what a rule asks, by the key of its question."""
    for rule in procedure.rules.values():
        if rule.ask == key:
            return text(rule.question)
        if rule.by == key:
            return text(rule.which)
    return Text(en=key)


def name(procedure: Procedure, fact: str, code: str) -> str:
    """Return the name of what a problem's fact gives by code."""
    if fact in ("act", "acts"):
        act = procedure.act(code)
        return f"“{act_name(act)}”" if act else code
    if fact == "papers":
        return str(paper_name(procedure, code))
    if fact == "gate":
        return f"{code} (“{check_name(procedure, code)}”)"
    if fact == "rule":
        return f"{code} (“{check_name(procedure, code)}”)"
    if fact == "ask":
        return f"“{question(procedure, code)}”"
    if fact == "moment":
        return str(MOMENTS.get(code, code))
    return code


def day(value: date) -> str:
    return readable(PartialDate.from_date(value))


def sentence(problem: Problem, procedure: Procedure) -> str:
    """Return what stands against a record, and the way out, in the reader's language."""
    facts = problem.told(lambda fact, code: name(procedure, fact, code), day)
    return gettext(SENTENCES[problem.code]) % facts


def papers_listed(procedure: Procedure, codes: Iterable[str]) -> str:
    return listed(str(paper_name(procedure, code)) for code in codes)


def answer_label(procedure: Procedure, key: str, value: str) -> str:
    """Return an answer as people read it."""
    known: Mapping[str, object] = {"yes": gettext("yes"), "no": gettext("no")}
    for rule in procedure.rules.values():
        if rule.by == key and value in rule.choices:
            return str(text(rule.choices[value]))
    return str(known.get(value, value))


def title_of(procedure: Procedure, kind: str, step: str, key: str) -> Text:
    """Return what an entry is about, in every language, as the rulebooks name it now."""
    if kind == "answered":
        return question(procedure, key)
    if kind == "overridden" and key:
        return check_name(procedure, key)
    act = procedure.act(step)
    return act_name(act) if act else Text()

"""The twelve-step process in viewflow or SpiffWorkflow, run by `cases.py` in their environment.

    python cases_peer.py viewflow|handle|spiff DATABASE_FILE CASES

All are asked for their lightest way. viewflow: a task of a person, assigned, started and done
without forms, rights or a lock, in one transaction. handle: the same with steps that a program
reports, of which viewflow does not keep who did them. SpiffWorkflow: its state as JSON in one row
a case, written after each step, as its own guide does. All on SQLite with a write-ahead log, as
ours. The last line is JSON: steps, seconds, statements of one step where they can be counted.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

STEPS = (
    *("initiative", "exploration", "intent", "plan"),
    *("council", "verification", "powers", "national_body"),
    *("talks", "paper", "signing", "deposit"),
)
FIRST, TOGETHER, LAST = STEPS[:4], STEPS[4:8], STEPS[8:]
DOING = ("SELECT", "INSERT", "UPDATE")
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"


def viewflow(database: str, cases: int, *, of_person: bool = True) -> dict[str, Any]:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": database,
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": PRAGMAS},
            }
        },
        INSTALLED_APPS=[
            *("django.contrib.auth", "django.contrib.contenttypes", "viewflow"),
            "viewflow.workflow",
        ],
        USE_TZ=True,
    )
    django.setup()

    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext
    from viewflow import this
    from viewflow.workflow import flow
    from viewflow.workflow import models as home
    from viewflow.workflow.models import Process, Task

    def begin(_flow: Any, activation: Any) -> Any:
        return activation.process

    def node(following: Any) -> Any:
        if of_person:
            return flow.View(lambda request, **kwargs: None).Next(following)
        return flow.Handle(this.begin).Next(following)

    parts: dict[str, Any] = {
        "process_class": Process,
        "begin": begin,
    }
    parts["start"] = flow.StartHandle(this.begin).Next(getattr(this, STEPS[0]))
    for step, following in zip(FIRST, (*FIRST[1:], "split"), strict=True):
        parts[step] = node(getattr(this, following))
    split = flow.Split()
    for step in TOGETHER:
        split = split.Next(getattr(this, step))
        parts[step] = node(this.join)
    parts["split"] = split
    parts["join"] = flow.Join().Next(getattr(this, LAST[0]))
    for step, following in zip(LAST, (*LAST[1:], "end"), strict=True):
        parts[step] = node(getattr(this, following))
    parts["end"] = flow.End()
    parts["__module__"] = home.__name__
    Tie = type(flow.Flow)("Tie", (flow.Flow,), parts)
    # Where its rows name it, by a path to be imported.
    home.Tie = Tie
    call_command("migrate", verbosity=0)

    person = User.objects.create_user("officer")
    seconds = {"reading": 0.0, "stepping": 0.0}

    def advance(process: Any, step: str) -> None:
        at = getattr(Tie.instance, step)
        begun = time.perf_counter()
        task = Task.objects.get(process=process, flow_task=at, status="NEW")
        read = time.perf_counter()
        with transaction.atomic():
            if of_person:
                activation = at.activation_class(task)
                activation.assign(person)
                activation.start(None)
                activation.execute()
            else:
                at.run(task)
        seconds["reading"] += read - begun
        seconds["stepping"] += time.perf_counter() - read

    started_with = []
    for _case in range(cases):
        with transaction.atomic():
            started_with.append(Tie.start.run())
    with CaptureQueriesContext(connection) as queries:
        advance(started_with[0], STEPS[0])
    seconds.update(reading=0.0, stepping=0.0)
    for number, process in enumerate(started_with):
        for step in STEPS[1 if number == 0 else 0 :]:
            advance(process, step)
    done = Process.objects.filter(status="DONE").count()
    assert done == cases, f"{done} of {cases} processes are at their end"
    return {
        "steps": cases * len(STEPS) - 1,
        "seconds": seconds["stepping"],
        "seconds_read_anew": sum(seconds.values()),
        # Without the reading of the task, and the begin and the end of the transaction.
        "statements": len([each for each in queries if each["sql"].split()[0] in DOING]) - 1,
    }


def diagram() -> str:
    """Return the process as BPMN."""
    flows: list[tuple[str, str]] = [("begin", STEPS[0])]
    flows += list(zip(FIRST, (*FIRST[1:], "split"), strict=True))
    for step in TOGETHER:
        flows += [("split", step), (step, "join")]
    flows += [("join", LAST[0]), *zip(LAST, (*LAST[1:], "finish"), strict=True)]
    arrows = [
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{one}" targetRef="{other}"/>'
        for number, (one, other) in enumerate(flows)
    ]

    def node(kind: str, name: str) -> str:
        ins = [f"<bpmn:incoming>f{n}</bpmn:incoming>" for n, f in enumerate(flows) if f[1] == name]
        outs = [f"<bpmn:outgoing>f{n}</bpmn:outgoing>" for n, f in enumerate(flows) if f[0] == name]
        return f'<bpmn:{kind} id="{name}" name="{name}">{"".join(ins + outs)}</bpmn:{kind}>'

    nodes = [node("startEvent", "begin"), node("endEvent", "finish")]
    nodes += [node("parallelGateway", "split"), node("parallelGateway", "join")]
    nodes += [node("manualTask", step) for step in STEPS]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' id="d" targetNamespace="kembar">'
        f'<bpmn:process id="tie" isExecutable="true">{"".join(nodes + arrows)}</bpmn:process>'
        "</bpmn:definitions>"
    )


def spiff(database: str, cases: int) -> dict[str, Any]:
    from SpiffWorkflow import TaskState
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

    file = Path(database).with_suffix(".bpmn")
    file.write_text(diagram())
    parser = BpmnParser()
    parser.add_bpmn_file(str(file))
    specification = parser.get_spec("tie")
    serializer = BpmnWorkflowSerializer()

    store = sqlite3.connect(database, isolation_level=None)
    store.executescript(PRAGMAS)
    store.execute("CREATE TABLE state (id INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def save(number: int, workflow: Any) -> None:
        store.execute("BEGIN IMMEDIATE")
        store.execute(
            "INSERT INTO state VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
            (number, serializer.serialize_json(workflow)),
        )
        store.execute("COMMIT")

    def advance(workflow: Any, step: str) -> None:
        (task,) = workflow.get_tasks(state=TaskState.READY, spec_name=step)
        task.run()
        workflow.do_engine_steps()

    begun_ones = []
    for number in range(cases):
        workflow = BpmnWorkflow(specification)
        workflow.do_engine_steps()
        save(number, workflow)
        begun_ones.append(workflow)
    # In memory all the while: read anew for each step, as a server would, it is slower still.
    begun = time.perf_counter()
    for number, workflow in enumerate(begun_ones):
        for step in STEPS:
            advance(workflow, step)
            save(number, workflow)
    seconds = time.perf_counter() - begun
    assert all(workflow.completed for workflow in begun_ones)

    again = time.perf_counter()
    for number in range(min(cases, 20)):
        workflow = BpmnWorkflow(specification)
        workflow.do_engine_steps()
        save(number, workflow)
        for step in STEPS:
            ((text,),) = store.execute("SELECT state FROM state WHERE id = ?", (number,))
            workflow = serializer.deserialize_json(text)
            advance(workflow, step)
            save(number, workflow)
    read_anew = (time.perf_counter() - again) * cases / min(cases, 20)
    return {"steps": cases * len(STEPS), "seconds": seconds, "seconds_read_anew": read_anew}


if __name__ == "__main__":
    who, where, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    ways = {"viewflow": viewflow, "handle": partial(viewflow, of_person=False), "spiff": spiff}
    print(json.dumps(ways[who](where, count)))

"""Graphs of tasks of the fake control plane: what waits for what, what comes after, remembered steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fake_routes import Answer, page, route
from fake_store import FakeTask, Refusal, now

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


def task_of(fake: FakeDevos, task_id: str) -> FakeTask:
    if task_id not in fake.tasks:
        raise Refusal(404, "task_not_found", "There is no such task.")
    return fake.tasks[task_id]


@route("POST", "/api/tasks/([^/]+)/cancel")
def cancel(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    task = task_of(fake, task_id)
    task.cancel_requested_at, task.cancel_reason = now(), seen.body.get("reason")
    if task.state == "pending":
        task.state = "cancelled"
    return 200, task.as_json()


@route("POST", "/api/tasks/([^/]+)/successor")
def successor(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    task, body = task_of(fake, task_id), seen.body
    if "lease_token" in body:
        fake.held(task_id, body["lease_token"])
    known = task.successors.get(body.get("key"))
    if known is None:
        said = {"title": body["title"], "priority": body.get("priority", task.priority)}
        known = fake.add_task(body["kind"], body.get("input"), **said, waits_for=[task_id])
        task.successors[body.get("key") or known.id] = known
    return 201, known.as_json()


@route("POST", "/api/tasks/([^/]+)/dependencies")
def add_dependencies(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    task = task_of(fake, task_id)
    task.waits_for += [
        waited if isinstance(waited, str) else waited["task_id"] for waited in seen.body["depends_on"]
    ]
    return 200, task.as_json()


@route("DELETE", "/api/tasks/([^/]+)/dependencies/([^/]+)")
def remove_dependency(fake: FakeDevos, seen: Seen, task_id: str, other: str) -> Answer:
    task_of(fake, task_id).waits_for.remove(other)
    return 204, None


@route("GET", "/api/tasks/([^/]+)/dependencies")
def list_dependencies(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    found = [("predecessor", fake.tasks[other]) for other in task_of(fake, task_id).waits_for]
    found += [("dependent", other) for other in fake.tasks.values() if task_id in other.waits_for]
    rows = [
        {**facts(task), "task_id": task.id, "relation": relation, "on_failure": "fail", "settled_at": None}
        for relation, task in found
    ]
    return page(rows, seen)


@route("GET", "/api/tasks/([^/]+)/lineage")
def lineage(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    found = [("self", 0, None, task_of(fake, task_id))]
    found += [("predecessor", 1, task_id, fake.tasks[other]) for other in fake.tasks[task_id].waits_for]
    for depth, via, task in following(fake, task_id, 1):
        found.append(("successor", depth, via, task))
    tasks = [
        {
            **facts(task),
            "id": task.id,
            "relation": relation,
            "depth": depth,
            "via_id": via,
            "open_dependencies": 0,
        }
        for relation, depth, via, task in found
    ]
    return 200, {"tasks": tasks, "complete": True}


def following(fake: FakeDevos, task_id: str, depth: int) -> list[tuple[int, str, FakeTask]]:
    found: list[tuple[int, str, FakeTask]] = []
    for task in fake.tasks.values():
        if task_id in task.waits_for:
            found += [(depth, task_id, task), *following(fake, task.id, depth + 1)]
    return found


def facts(task: FakeTask) -> dict[str, Any]:
    return {"kind": task.kind, "title": task.title, "state": task.state}


@route("POST", "/api/tasks/([^/]+)/steps")
def save_step(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    task, body = fake.held(task_id, seen.body["lease_token"]), seen.body
    if len(json.dumps(body["output"])) > 262144:
        raise Refusal(413, "step_too_large", "A step answers 256 kB at the most.")
    step = {"name": body["name"], "output": body["output"], "attempt": task.attempt, "created_at": now()}
    if task.steps.setdefault(body["name"], step) is step:
        fake.emit("task.step_done", task.id, attempt=task.attempt, name=body["name"])
    return 200, {"cancel_requested": task.cancel_requested_at is not None}


@route("GET", "/api/tasks/([^/]+)/steps")
def list_steps(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    return page([*task_of(fake, task_id).steps.values()], seen)

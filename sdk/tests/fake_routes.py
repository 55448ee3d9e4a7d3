"""The routes of the fake control plane, agents' and people's."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fake_store import FakeTask, Refusal, now

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen

Answer = tuple[int, Any]
ROUTES: list[tuple[str, str, Callable[..., Answer]]] = []


def route(method: str, pattern: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    def register(fn: Callable[..., Answer]) -> Callable[..., Answer]:
        ROUTES.append((method, pattern, fn))
        return fn

    return register


def page(items: list[Any], seen: Seen) -> Answer:
    """A page after a cursor that is a position."""
    start = int(seen.query.get("cursor") or seen.query.get("after") or 0)
    size = int(seen.query.get("limit") or 50)
    following = str(start + size) if start + size < len(items) else None
    return 200, {"items": items[start : start + size], "next_cursor": following}


@route("POST", "/api/agents/exchange")
def exchange(fake: FakeDevos, seen: Seen) -> Answer:
    body, results = seen.body, []
    fake.reap()
    for verb in ("completions", "failures", "releases"):
        for item in body[verb]:
            if "\\u0000" in json.dumps(item):
                raise Refusal(422, "invalid_text", "Text holds a NUL.")
            results.append(fake.finish(verb, item))
    found: list[Any] = []

    def ready() -> bool:
        fake.reap()
        found.extend(fake.claim(body["kinds"], body["wanted"], body["lease_seconds"]))
        return bool(found)

    if body["wanted"] and not ready():
        fake.wait_for(seen, ready, body["wait_seconds"])
    return 200, {"results": results, "tasks": found}


@route("GET", "/api/queue")
def read_queue(fake: FakeDevos, seen: Seen) -> Answer:
    kind = {"kind": "greet", "due": 3, "failed": 1}
    told = {"due": 3, "failed": 1, "oldest_due_seconds": 61.4, "blocked_by": {}, "kinds": [kind]}
    table = {"name": "tasks", "rows": 4, "dead_rows": 1, "bytes": 8192}
    outbox = {"waiting": 2, "oldest_seconds": 5}
    return 200, {"at": now(), "exact": False, **told, "stuck": 1, "outbox": outbox, "tables": [table]}


@route("POST", "/api/tasks/renew")
def renew(fake: FakeDevos, seen: Seen) -> Answer:
    results = []
    for lease in seen.body["leases"]:
        try:
            task = fake.held(lease["task_id"], lease["lease_token"])
        except Refusal:
            results.append({"task_id": lease["task_id"], "outcome": "lease_lost", "cancel_requested": False})
            continue
        left, wanted = task.lease_ends - time.monotonic(), seen.body["lease_seconds"]
        if left < fake.renewed_below * wanted:
            left = wanted
            task.lease_ends = time.monotonic() + left
        told = {"cancel_requested": task.cancel_requested_at is not None, "lease_left_seconds": left}
        results.append({"task_id": task.id, "outcome": "extended", **told})
    return 200, {"results": results}


@route("POST", "/api/tasks/dispatch")
def dispatch(fake: FakeDevos, seen: Seen) -> Answer:
    fake.held(seen.body["task_id"], seen.body["lease_token"])
    asked = fake.services[seen.body["service_id"]]
    amount = Decimal(seen.body.get("estimated_amount", "0.000001"))
    used = next((s for s in chain(fake, asked) if has_room(s, amount)), None)
    reason = None if used else "budget_exhausted"
    answer = {"allowed": used is not None, "reason": reason, "service_asked": ref(asked)}
    return 200, {**answer, "service_used": ref(used) if used else None}


@route("POST", "/api/tasks/([^/]+)/(progress|checkpoint|logs)")
def report(fake: FakeDevos, seen: Seen, task_id: str, verb: str) -> Answer:
    task = fake.held(task_id, seen.body["lease_token"])
    if verb == "logs":
        lines = enumerate(seen.body["lines"], start=len(task.logs) + 1)
        task.logs += [{**line, "id": nr, "attempt": task.attempt, "at": now()} for nr, line in lines]
        asked = task.cancel_requested_at is not None
        return 200, {"stored": len(seen.body["lines"]), "dropped": 0, "cancel_requested": asked}
    if verb == "progress":
        task.progress, task.progress_note = seen.body["progress"], seen.body.get("note")
    else:
        if len(json.dumps(seen.body["checkpoint"])) > 65536:
            raise Refusal(422, "tasks_checkpoint_size", "A checkpoint holds 64 kB.")
        task.checkpoint, task.checkpoints = seen.body["checkpoint"], task.checkpoints + 1
        fake.emit("task.checkpointed", task.id, attempt=task.attempt)
    return 200, {"cancel_requested": task.cancel_requested_at is not None}


@route("POST", "/api/services/([^/]+)/charge")
def charge(fake: FakeDevos, seen: Seen, service_id: str) -> Answer:
    task, body = fake.held(seen.body["task_id"], seen.body["lease_token"]), seen.body
    asked, amount, suspended = fake.services[service_id], Decimal(seen.body["amount"]), False
    for past in task.charges:
        if (past["attempt"], past["key"]) == (task.attempt, body["key"]):
            return 201, past["answer"]
    for service in chain(fake, asked):
        if has_room(service, amount):
            return 201, book(fake, task, asked, service, body, suspended)
        suspended = suspended or service["state"] == "ACTIVE"
        if service["state"] == "ACTIVE":
            service["state"] = "SUSPENDED"
            fake.emit("service.suspended", service["id"], name=service["name"], spent=str(service["spent"]))
    raise Refusal(402, "budget_exhausted", "No service has room for this charge.", suspended_now=suspended)


def book(
    fake: FakeDevos, task: FakeTask, asked: Any, service: Any, body: dict[str, Any], suspended: bool
) -> Any:
    amount = Decimal(body["amount"])
    service["spent"] += amount
    delegated = asked is not service
    answer = {
        "charged": True,
        "reason": None,
        "service_used": ref(service),
        "delegated_from": ref(asked) if delegated else None,
        "suspended_now": suspended,
        "remaining": service["limit"] - service["spent"],
        "charge_id": str(uuid.uuid4()),
    }
    line = {"id": answer["charge_id"], "service_id": service["id"], "asked_service_id": asked["id"]}
    scope = {"task_id": task.id, "attempt": task.attempt, "key": body["key"], "note": body.get("note")}
    task.charges.append({**line, **scope, "amount": amount, "at": now(), "answer": answer})
    data = {"name": service["name"], "amount": str(amount), "task_id": task.id, "key": body["key"]}
    fake.emit("service.charged", service["id"], **data, delegated_from=asked["name"] if delegated else None)
    return answer


def chain(fake: FakeDevos, service: Any) -> list[Any]:
    found = [service]
    while found[-1]["substitute_id"]:
        found.append(fake.services[found[-1]["substitute_id"]])
    return found


def has_room(service: Any, amount: Decimal) -> bool:
    return service["state"] == "ACTIVE" and service["spent"] + amount <= service["limit"]


def ref(service: Any) -> dict[str, str]:
    return {"id": service["id"], "name": service["name"]}


@route("POST", "/api/integrations/github/pr-feedback")
def feedback(fake: FakeDevos, seen: Seen) -> Answer:
    task = fake.held(seen.body["task_id"], seen.body["lease_token"])
    known = fake.feedback.get((task.id, seen.body["key"]))
    if known is None:
        known = {"id": str(uuid.uuid4()), "kind": seen.body["kind"], "state": "queued", "asked": seen.body}
        fake.feedback[task.id, seen.body["key"]] = known
        fake.emit("feedback.queued", known["id"], kind=known["kind"], task_id=task.id)
        if fake.post_to_github is not None:
            fake.post_to_github(seen.body)
            fake.emit("feedback.sent", known["id"], kind=known["kind"], task_id=task.id)
    return 202, known


@route("POST", "/api/webhooks/github")
def webhook(fake: FakeDevos, seen: Seen) -> Answer:
    wanted = "sha256=" + hmac.new(fake.webhook_secret, seen.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, seen.headers.get("x-hub-signature-256", "")):
        raise Refusal(401, "bad_signature", "The signature does not fit.")
    delivery = seen.headers["x-github-delivery"]
    digest = hashlib.sha256(seen.body).digest()
    if {delivery, digest} & fake.deliveries:
        return 202, {"outcome": "duplicate", "delivery_id": delivery}
    fake.deliveries |= {delivery, digest}
    payload = json.loads(seen.body)
    pull = payload["pull_request"]
    repository = next(r for r in fake.repositories if r["external_id"] == str(payload["repository"]["id"]))
    fake.emit("webhook.received", delivery, delivery_id=delivery, event=seen.headers["x-github-event"])
    input_ = {
        "repository": repository["full_name"],
        "number": pull["number"],
        "title": pull["title"],
        "head_sha": pull["head"]["sha"],
        "head_ref": pull["head"]["ref"],
        "base_sha": pull["base"]["sha"],
        "base_ref": pull["base"]["ref"],
        "author": pull["user"]["login"],
        "author_association": pull["author_association"],
        "clone_url": repository["clone_url"],
        "url": pull["html_url"],
    }
    if not any(task.input["head_sha"] == input_["head_sha"] for task in fake.tasks.values()):
        fake.add_task("code_review", input_, title=f"Review PR {pull['number']}", priority="CRITICAL")
    fake.emit("webhook.processed", delivery, delivery_id=delivery)
    return 202, {"outcome": "accepted", "delivery_id": delivery}


@route("POST", "/api/repositories")
def create_repository(fake: FakeDevos, seen: Seen) -> Answer:
    fake.repositories.append({"id": str(uuid.uuid4()), **seen.body})
    return 201, fake.repositories[-1]


@route("POST", "/api/services")
def create_service(fake: FakeDevos, seen: Seen) -> Answer:
    service = {
        "id": str(uuid.uuid4()),
        "state": "ACTIVE",
        "substitute_id": None,
        **seen.body,
        "limit": Decimal(seen.body["limit"]),
        "spent": Decimal(0),
    }
    fake.services[service["id"]] = service
    return 201, service


@route("POST", "/api/services/([^/]+)/increase-budget")
def increase_budget(fake: FakeDevos, seen: Seen, service_id: str) -> Answer:
    service = fake.services[service_id]
    service["limit"] += Decimal(seen.body["amount"])
    service["state"] = "ACTIVE"
    return 200, service


@route("GET", "/api/services")
def list_services(fake: FakeDevos, seen: Seen) -> Answer:
    return page([*fake.services.values()], seen)


@route("POST", "/api/tasks")
def create_task(fake: FakeDevos, seen: Seen) -> Answer:
    wanted = seen.body if isinstance(seen.body, list) else [seen.body]
    if not all(item["title"] for item in wanted):
        raise Refusal(422, "invalid_title", "A title has 1 to 500 characters.")
    _take_room(fake, [item["project_id"] for item in wanted])
    made = [
        fake.add_task(
            item["kind"],
            item.get("input"),
            **{k: v for k, v in item.items() if k in ("title", "priority", "max_retries")},
        ).as_json()
        for item in wanted
    ]
    return 201, made if isinstance(seen.body, list) else made[0]


def _take_room(fake: FakeDevos, projects: list[str]) -> None:
    for project in fake.faults.room_for.keys() & set(projects):
        left = fake.faults.room_for[project] - projects.count(project)
        if left < 0:
            fake.faults.room_for[project] += len(projects) == 1
            raise Refusal(429, "creation_rate_exceeded", "The project takes no more.")
        fake.faults.room_for[project] = left


@route("GET", "/api/tasks")
def list_tasks(fake: FakeDevos, seen: Seen) -> Answer:
    return page([task.as_json() for task in fake.tasks.values()], seen)


@route("GET", "/api/tasks/(?!counts)([^/]+)")
def get_task(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    fake.reap()
    if task_id not in fake.tasks:
        raise Refusal(404, "task_not_found", "There is no such task.")
    return 200, fake.tasks[task_id].as_json()


@route("GET", "/api/tasks/([^/]+)/(attempts|charges)")
def task_lines(fake: FakeDevos, seen: Seen, task_id: str, what: str) -> Answer:
    return page(getattr(fake.tasks[task_id], what), seen)


@route("GET", "/api/workflow/events")
def list_events(fake: FakeDevos, seen: Seen) -> Answer:
    fake.reap()
    status, body = page(fake.events, seen)
    last = body["items"][-1]["cursor"] if body["items"] else seen.query.get("after", "0")
    return status, {**body, "next_cursor": last}

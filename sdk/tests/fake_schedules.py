"""The routes of the fake control plane about schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_people import add, edited
from fake_routes import Answer, page, route
from fake_store import Refusal, now

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


@route("GET|POST", "/api/schedules")
def schedules(fake: FakeDevos, seen: Seen) -> Answer:
    if seen.method == "GET":
        return page(fake.rows["schedules"], seen)
    return 201, add(fake, "schedules", {"time_zone": "UTC", **seen.body})


@route("GET", "/api/schedules/preview")
def preview(fake: FakeDevos, seen: Seen) -> Answer:
    told = {"cron": seen.query["cron"], "time_zone": seen.query.get("time_zone", "UTC")}
    return 200, {**told, "next_runs": ["2030-03-31T03:00:00+02:00"]}


@route("GET|PUT|DELETE", "/api/schedules/([^/]+)")
def schedule(fake: FakeDevos, seen: Seen, id_: str) -> Answer:
    rows = [row for row in fake.rows["schedules"] if row["id"] == id_]
    if not rows:
        raise Refusal(404, "schedule_not_found", "There is no such schedule.")
    if seen.method == "DELETE":
        fake.rows["schedules"].remove(rows[0])
        return 204, None
    return edited(rows[0], seen) if seen.method == "PUT" else (200, rows[0])


@route("POST", "/api/schedules/([^/]+)/(pause|resume)")
def pause(fake: FakeDevos, seen: Seen, id_: str, verb: str) -> Answer:
    (row,) = [row for row in fake.rows["schedules"] if row["id"] == id_]
    row["is_paused"] = verb == "pause"
    return 200, row


@route("POST", "/api/schedules/([^/]+)/run-now")
def run_now(fake: FakeDevos, seen: Seen, id_: str) -> Answer:
    task = {"schedule_id": id_, "task_id": fake.add("work").id}
    run = {"scheduled_for": now(), "outcome": "created", "is_manual": True}
    return 201, add(fake, "runs", {**task, **run})


@route("GET", "/api/schedules/([^/]+)/runs")
def runs(fake: FakeDevos, seen: Seen, id_: str) -> Answer:
    return page(fake.rows["runs"], seen)


@route("GET", "/api/tasks/([^/]+)/schedule")
def of_task(fake: FakeDevos, seen: Seen, id_: str) -> Answer:
    for run in fake.rows["runs"]:
        if run["task_id"] == id_:
            return 200, run
    raise Refusal(404, "task_not_scheduled", "No schedule made this task.")

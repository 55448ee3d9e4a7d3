"""Reading logs from the fake control plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_routes import Answer, route

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen

LEVELS = ("debug", "info", "warning", "error")


@route("GET", "/api/tasks/([^/]+)/logs")
def list_task_logs(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    asked, size = seen.query, int(seen.query.get("limit", 100))
    least = LEVELS.index(asked.get("level", "debug"))
    after = max(int(asked.get("after", 0)), int(asked.get("cursor", 0)))
    found = [
        line
        for line in fake.tasks[task_id].logs
        if line["id"] > after
        and LEVELS.index(line["level"]) >= least
        and asked.get("search", "").lower() in line["message"].lower()
    ]
    if asked.get("order") == "desc":
        found.reverse()
    cursor = str(found[size - 1]["id"]) if len(found) > size else None
    return 200, {"items": found[:size], "next_cursor": cursor}


@route("GET", "/api/logs")
def list_logs(fake: FakeDevos, seen: Seen) -> Answer:
    lines = [{**line, "task_id": task.id} for task in fake.tasks.values() for line in task.logs]
    return 200, {"items": lines[::-1], "next_cursor": None}

"""The routes of the fake control plane about limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_people import add, edited
from fake_routes import Answer, page, route
from fake_store import Refusal

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


@route("GET|POST", "/api/limits")
def limits(fake: FakeDevos, seen: Seen) -> Answer:
    if seen.method == "GET":
        return page(fake.rows["limits"], seen)
    return 201, add(fake, "limits", {**seen.body})


@route("GET|PUT|DELETE", "/api/limits/([^/]+)")
def limit(fake: FakeDevos, seen: Seen, id_: str) -> Answer:
    rows = [row for row in fake.rows["limits"] if row["id"] == id_]
    if not rows:
        raise Refusal(404, "limit_not_found", "There is no such limit.")
    if seen.method == "DELETE":
        fake.rows["limits"].remove(rows[0])
        return 204, None
    return edited(rows[0], seen) if seen.method == "PUT" else (200, rows[0])


@route("GET", "/api/tasks/([^/]+)/waits")
def waits(fake: FakeDevos, seen: Seen, id_: str) -> Answer:
    return 200, {"items": fake.rows["waits"]}

"""Schedules over HTTP: what is taken, what is refused, and what is answered before the worker has planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.api import problem
from tests.support.world import World

GREET = {"input_schema": {"required": ["name"], "properties": {"name": {"type": "string"}}}}


@pytest.fixture
def new(world: World) -> dict[str, Any]:
    task = {"kind": "greet", "title": "Greet Ada", "priority": "HIGH", "input": {"name": "Ada"}}
    return {"project_id": str(world.project), "name": "morning", "cron": "30 6 * * MON-FRI", "task": task}


async def kept(supervisor: httpx.AsyncClient, new: dict[str, Any], **changes: Any) -> Any:
    answer = await supervisor.post("/api/schedules", json={**new, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_schedule_answers_what_was_said_and_its_next_run(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    made = await supervisor.post("/api/schedules", json={**new, "time_zone": "Europe/Berlin"})
    told = made.json()
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert {**new, "time_zone": "Europe/Berlin"}.items() <= told.items()
    # The worker has not been here.
    preview = await supervisor.get(
        "/api/schedules/preview", params={"cron": new["cron"], "time_zone": "Europe/Berlin", "count": 2}
    )
    first, second = map(datetime.fromisoformat, preview.json()["next_runs"])
    assert datetime.fromisoformat(told["next_run_at"]) == first
    assert (first.hour, first.minute, first.second) == (6, 30, 0)
    assert first.utcoffset() in {timedelta(hours=1), timedelta(hours=2)}
    assert second > first
    url = f"/api/schedules/{told['id']}"
    assert (await supervisor.get(url)).json() == told
    assert (await supervisor.get("/api/schedules")).json()["items"] == [told]


async def test_a_schedule_is_changed_paused_resumed_run_and_deleted(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    url = f"/api/schedules/{(await kept(supervisor, new))['id']}"
    changed = await supervisor.put(url, json={"overlap": "queue"}, headers={"If-Match": '"1"'})
    assert (changed.json()["overlap"], changed.headers["etag"]) == ("queue", '"2"')
    stale = await supervisor.put(url, json={"overlap": "skip"}, headers={"If-Match": '"1"'})
    problem(stale, 412, "version_changed")
    paused = (await supervisor.post(f"{url}/pause")).json()
    assert (paused["is_paused"], paused["next_run_at"]) == (True, None)
    run = (await supervisor.post(f"{url}/run-now")).json()
    task = (await supervisor.get(f"/api/tasks/{run['task_id']}")).json()
    assert (task["title"], task["priority"], task["input"]) == ("Greet Ada", "HIGH", {"name": "Ada"})
    resumed = (await supervisor.post(f"{url}/resume")).json()
    assert resumed["next_run_at"] > resumed["planned_from"]
    (listed,) = (await supervisor.get(f"{url}/runs")).json()["items"]
    assert listed == {**run, "task_state": "pending"}
    assert (await supervisor.get(f"/api/tasks/{run['task_id']}/schedule")).json() == run
    assert (await supervisor.delete(url)).status_code == 204
    problem(await supervisor.get(url), 404, "schedule_not_found")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cron": "61 * * * *"}, "invalid_cron"),
        ({"cron": "0 0 30 2 *"}, "invalid_cron"),
        ({"cron": "*/10 * * * * *"}, "invalid_cron"),
        ({"time_zone": "Mars/Olympus"}, "invalid_time_zone"),
        ({"missed_runs": "sometimes"}, "invalid_request"),
        ({"task": {"kind": "greet", "title": "x", "run_at": "2026-01-01T00:00:00Z"}}, "invalid_request"),
        ({"next_run_at": "2026-01-01T00:00:00Z"}, "invalid_request"),
    ],
)
async def test_what_means_nothing_is_refused(
    supervisor: httpx.AsyncClient, new: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    url = f"/api/schedules/{(await kept(supervisor, new))['id']}"
    problem(await supervisor.post("/api/schedules", json={**new, "name": "x", **changes}), 422, code)
    problem(await supervisor.put(url, json=changes), 422, code)
    problem(await supervisor.put(url, json={"name": None}), 422, "invalid_request")
    problem(await supervisor.post("/api/schedules", json=new), 409, "name_taken")


async def test_an_input_fits_its_kind_when_it_is_kept_and_when_it_is_run(
    supervisor: httpx.AsyncClient, viewer: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    url = f"/api/schedules/{(await kept(supervisor, new))['id']}"
    kind = {"input_schema": {"required": ["surname"]}}
    assert (await supervisor.put(f"/api/kinds/greet?project_id={world.project}", json=kind)).is_success
    for answer in (
        await supervisor.post("/api/schedules", json={**new, "name": "x"}),
        await supervisor.put(url, json={"task": new["task"]}),
        await supervisor.post(f"{url}/run-now", headers={"Idempotency-Key": "k"}),
    ):
        told = problem(answer, 422, "input_invalid")
        assert "surname" in told["detail"]
    problem(await viewer.post("/api/schedules", json={**new, "name": "x"}), 403, "role_required")
    problem(await viewer.post(f"{url}/run-now"), 403, "role_required")
    assert await world.owner.value("select count(*) from public.tasks") == 0
    task = {**new["task"], "input": {"surname": "Lovelace"}}
    assert (await supervisor.put(url, json={"task": task})).json()["task"]["input"] == task["input"]
    keyed = [await supervisor.post(f"{url}/run-now", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert keyed[0].json() == keyed[1].json()
    assert await world.owner.value("select count(*) from public.tasks") == 1


async def test_a_stranger_learns_nothing_of_a_kind_by_scheduling_it(
    supervisor: httpx.AsyncClient, stranger: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    assert (await supervisor.put(f"/api/kinds/greet?project_id={world.project}", json=GREET)).is_success
    for value in ({}, {"name": "Ada"}):
        for project in (str(world.project), str(uuid4())):
            sent = {**new, "project_id": project, "task": {**new["task"], "input": value}}
            problem(await stranger.post("/api/schedules", json=sent), 404, "project_not_found")


async def test_what_was_written_past_the_api_is_shown_as_it_is(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    made = await kept(supervisor, new)
    await world.owner.fetch(
        """update public.schedules set cron = 'often, please', task = '{"kind": 7, "title": 8}'"""
    )
    told = (await supervisor.get(f"/api/schedules/{made['id']}")).json()
    assert (told["cron"], told["next_run_at"], told["task"]["kind"]) == ("often, please", None, 7)

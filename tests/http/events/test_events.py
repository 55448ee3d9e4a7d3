"""The event log: what happened, in commit order, to be read on from where one stopped."""

from __future__ import annotations

from uuid import uuid4

import httpx

from tests.support.api import problem
from tests.support.world import World


async def test_a_person_follows_every_step(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    service = await world.service(limit="0.10")
    task = await world.claimed()
    lease = {"task_id": task["id"], "lease_token": task["lease_token"]}
    for amount in ("0.10", "0.01"):
        charge = {**lease, "amount": amount, "key": amount}
        await agent.post(f"/api/services/{service['id']}/charge", json=charge)
    await agent.post("/api/tasks/complete", json={"items": [lease]})
    told = (await supervisor.get(f"/api/workflow/events?project_id={world.project}")).json()
    types = [event["type"] for event in told["items"]]
    steps = (
        "service.created",
        "task.created",
        "task.claimed",
        "service.charged",
        "service.suspended",
        "task.completed",
    )
    assert [event for event in types if event in steps] == [*steps]
    claimed = next(event for event in told["items"] if event["type"] == "task.claimed")
    assert (claimed["subject_id"], claimed["actor_kind"], claimed["actor_id"]) == (
        task["id"],
        "agent",
        str(world.agent.id),
    )


async def test_a_reader_goes_on_where_it_stopped(supervisor: httpx.AsyncClient, world: World) -> None:
    async def read(after: str, limit: int = 100) -> tuple[list[str], str]:
        url = f"/api/workflow/events?project_id={world.project}&after={after}&limit={limit}"
        page = (await supervisor.get(url)).json()
        return [event["cursor"] for event in page["items"]], page["next_cursor"]

    for _ in range(7):
        await world.task()
    everything, end = await read("0")
    assert len(everything) == len({*everything}) > 7
    assert end == everything[-1]
    seen, cursor = [], "0"
    while (page := await read(cursor, 3))[0]:
        seen += page[0]
        cursor = page[1]
    assert seen == everything
    assert await read(end) == ([], end)
    await world.task()
    later, _ = await read(end)
    assert len(later) == 1


async def test_an_event_of_a_running_transaction_is_not_skipped(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    """Ids are given before commit: a reader that saw a later one must still see the earlier one."""
    url = f"/api/workflow/events?project_id={world.project}&after="
    cursor = (await supervisor.get(url + "0")).json()["next_cursor"]
    slow = await world.database.connect()
    await slow.execute("begin")
    await slow.execute(
        "insert into public.events (type, project_id, actor_kind) values ('task.slow', $1, 'system')",
        world.project,
    )
    await world.task()
    early = (await supervisor.get(url + cursor)).json()
    assert early["items"] == []
    await slow.execute("commit")
    late = (await supervisor.get(url + early["next_cursor"])).json()["items"]
    assert [event["type"] for event in late] == ["task.slow", "task.created"]


async def test_events_of_a_foreign_project_are_not_there(stranger: httpx.AsyncClient, world: World) -> None:
    await world.task()
    for project in (world.project, uuid4()):
        told = (await stranger.get(f"/api/workflow/events?project_id={project}")).json()
        assert told == {"items": [], "next_cursor": "0"}


async def test_events_are_for_people_and_name_their_project(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World
) -> None:
    problem(await agent.get(f"/api/workflow/events?project_id={world.project}"), 403, "forbidden")
    told = problem(await supervisor.get("/api/workflow/events"), 422, "invalid_request")
    assert "project_id" in told["detail"]
    for cursor in ("", "1.", ".1", "1.2.3", "-1", "1e3", "9" * 19, "0\n"):
        url = f"/api/workflow/events?project_id={world.project}"
        answer = await supervisor.get(url, params={"project_id": str(world.project), "after": cursor})
        assert answer.status_code in {200, 422}, cursor
        assert answer.status_code == 422 or cursor == "0\n"

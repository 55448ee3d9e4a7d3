"""Who follows sees what it may see at that moment, and follows no longer than its credential holds."""

from __future__ import annotations

from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import httpx

from tests.http.events.following import Message, bearer, ended, following, heard, looked
from tests.support.api import give_password, sign_in
from tests.support.scene import add_api_token
from tests.support.world import Actor, World


def item(project: UUID | str, title: str = "Review") -> dict[str, str]:
    return {"project_id": str(project), "kind": "code_review", "title": title}


async def test_a_stranger_follows_its_own_projects_alone(
    web: httpx.AsyncClient, world: World, as_stranger: Actor
) -> None:
    for after in ("0", None):
        own = await as_stranger.call("create_tasks", items=[item(world.stranger_project)])
        async with following(web, await bearer(as_stranger), after) as messages:
            await world.task()
            await world.service(f"model-{after}".lower())
            await as_stranger.call("cancel_task", task_id=UUID(own["id"]))
            told = await heard(messages, "task.cancelled")
        assert {message["data"]["project_id"] for message in told} == {str(world.stranger_project)}


async def test_what_is_no_projects_is_told_to_its_team_and_to_admins(
    web: httpx.AsyncClient, world: World, as_supervisor: Actor, as_admin: Actor, as_viewer: Actor
) -> None:
    ours = ["team.created", "team.updated"]
    everything = ["team.created", "user.role_changed", "team.updated"]
    seen = [(as_supervisor, ours), (as_admin, everything), (as_viewer, [])]
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(following(web, await bearer(person))) for person, _ in seen
        ]
        team = await as_supervisor.call("create_team", name="core")
        await as_admin.call("set_role", user_id=world.stranger.id, role="viewer")
        await as_supervisor.call("update_team", team_id=UUID(team["id"]), name="Core")
        await world.claimed()
        for (person, types), messages in zip(seen, streams, strict=True):
            assert of_no_project(await heard(messages, "task.claimed")) == types
            async with following(web, await bearer(person), "0") as again:
                assert of_no_project(await heard(again, "task.claimed")) == types


def of_no_project(told: list[Message]) -> list[str]:
    return [message["event"] for message in told if message["data"]["project_id"] is None]


async def test_who_joins_a_project_follows_it_from_then_on(
    web: httpx.AsyncClient, world: World, as_stranger: Actor
) -> None:
    async with following(web, await bearer(as_stranger)) as messages:
        made = await as_stranger.call("create_project", name="new")
        assert (await heard(messages, "project.created"))[-1]["data"]["project_id"] == made["id"]
        await world.task(title="before")
        await world.admin.call("add_project_member", project_id=world.project, user_id=as_stranger.id)
        await world.task(title="after")
        told = await heard(messages, "task.created")
        if (
            told[-1]["data"]["data"]["title"] == "before"
        ):  # read together with the joining: its history is theirs too
            told = await heard(messages, "task.created")
    assert told[-1]["data"]["data"]["title"] == "after"


async def test_who_is_taken_out_sees_nothing_that_was_committed_after_that(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    """Not even what comes earlier in commit order: a transaction that began before, and ended after."""
    mine = await world.supervisor.call("create_project", name="mine")
    await world.supervisor.call("add_project_member", project_id=UUID(mine["id"]), user_id=as_viewer.id)
    async with following(web, await bearer(as_viewer)) as messages:
        await world.task(title="seen")
        await heard(messages, "task.created")
        early, late = [await began(world) for _ in range(2)]
        await world.supervisor.call("remove_project_member", project_id=world.project, user_id=as_viewer.id)
        # Its event comes now; that it was taken out is held back in the order until the other one ends.
        await early.execute("commit")
        await world.supervisor.call("create_tasks", items=[item(mine["id"], "in between")])
        await looked(world)
        await late.execute("commit")
        await world.task(title="unseen")
        await world.supervisor.call("create_tasks", items=[item(mine["id"], "last")])
        told = await heard(messages, "task.created")
        told += await heard(messages, "task.created")
    assert [message["data"]["data"].get("title") for message in told] == ["in between", "last"]


async def began(world: World) -> asyncpg.Connection:
    """A transaction that has written an event of the project and not ended."""
    connection = await world.database.connect()
    await connection.execute("begin")
    await connection.execute(
        "insert into public.events (type, project_id, actor_kind) values ('task.slow', $1, 'system')",
        world.project,
    )
    return connection


async def test_a_stream_ends_with_what_it_was_opened_with(web: httpx.AsyncClient, world: World) -> None:
    """All at once, for each is looked at every few seconds alone."""
    session = await sign_in(web, await give_password(world.supervisor, world.owner))
    own, token = await add_api_token(world.viewer, "events:read")
    expiring, soon = await add_api_token(world.admin, "events:read")
    texts = {"session": session, "token": token, "expired": soon}
    streams = {name: following(web, {"Authorization": f"Bearer {text}"}, "0") for name, text in texts.items()}
    opened = {name: await stream.__aenter__() for name, stream in streams.items()}
    other = following(web, await bearer(world.stranger))
    messages = await other.__aenter__()

    await web.post("/auth/v1/logout", headers={"Authorization": f"Bearer {session}"})
    await world.viewer.call("revoke_api_token", token_id=UUID(own))
    await world.owner.fetch("update public.api_tokens set expires_at = now() where id = $1", UUID(expiring))
    for name, stream in opened.items():
        assert await ended(stream) == "not_signed_in", name
    await world.stranger.call("create_tasks", items=[item(world.stranger_project)])
    assert await heard(messages, "task.created")
    for stream in [*streams.values(), other]:
        await stream.__aexit__(None, None, None)


async def test_who_is_let_out_is_told_nothing_more(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    async with following(web, await bearer(as_viewer)) as messages:
        await world.admin.call("set_activation", user_id=as_viewer.id, is_active=False)
        await world.task()
        told = await heard(messages, "end")
    assert [message["data"] for message in told] == [{"code": "not_signed_in"}]


async def test_a_stream_of_one_project_ends_for_whom_it_is_gone(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    task = await world.task()
    for asked, code in (
        ({"project_id": str(world.project)}, "project_not_found"),
        ({"task_id": task["id"]}, "task_not_found"),
    ):
        async with following(web, await bearer(as_viewer), **asked) as messages:
            member = {"project_id": world.project, "user_id": as_viewer.id}
            await world.supervisor.call("remove_project_member", **member)
            assert await ended(messages) == code
            await world.admin.call("add_project_member", **member)

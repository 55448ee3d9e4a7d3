"""The event stream: in commit order, from where one stopped, and what one asked for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID, uuid4

import httpx
import pytest

from tests.http.events.following import Message, bearer, cursors, following, heard, looked, parsed
from tests.support.api import problem
from tests.support.scene import add_api_token, add_project_token
from tests.support.world import Actor, World, new_person


def item(project: UUID, title: str = "Review") -> dict[str, str]:
    return {"project_id": str(project), "kind": "code_review", "title": title}


async def direct(person: Actor) -> list[str]:
    """The cursors of all events that the policies show a person, in order."""
    rows = await person.fetch("select xid || '.' || id from public.events order by xid, id")
    return [row[0] for row in rows]


async def test_what_happens_is_told_in_order_and_as_a_direct_read_tells_it(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    headers = await bearer(as_viewer)
    async with following(web, headers) as messages:
        for _ in range(20):
            await world.task()
        await world.claimed(kind="last")
        told = await heard(messages, "task.claimed")
    page = await web.get(
        "/api/workflow/events", params={"project_id": str(world.project), "limit": 1000}, headers=headers
    )
    assert [message["data"] for message in told] == page.json()["items"][-22:]
    assert [message["id"] for message in told[:-1]] == cursors(told)[:-1]
    assert [message["event"] for message in told] == [message["data"]["type"] for message in told]


async def test_a_follower_comes_back_and_has_missed_nothing(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    headers = await bearer(as_viewer)
    async with following(web, headers) as messages:
        await world.task()
        last = (await heard(messages, "task.created"))[-1]["id"]
    missed = [(await world.task())["id"] for _ in range(3)]
    async with following(web, headers, last) as messages:
        await world.claimed(kind="last")
        told = await heard(messages, "task.claimed")
    created = [message["data"]["subject_id"] for message in told if message["event"] == "task.created"]
    assert created[:3] == missed
    assert len({*cursors(told)}) == len(told) == 5


async def test_everything_that_is_kept_is_told_from_0_on_and_then_what_happens(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    """More than the pages in which it is read."""
    many = [item(world.project) for _ in range(700)]
    for _ in range(2):
        await world.supervisor.call("create_tasks", items=many)
    async with following(web, await bearer(as_viewer), "0") as messages:
        await world.claimed(kind="last")
        told = await heard(messages, "task.claimed")
    assert cursors(told) == await direct(as_viewer)
    assert len(told) > 1400


async def test_a_transaction_that_commits_late_is_told_in_its_place(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    slow = await world.supervisor.twin().connection()
    assert world.supervisor.caller is not None
    await world.task(title="the first of its lane, whose birth others would wait for")
    async with following(web, await bearer(as_viewer)) as messages:
        await slow.execute(world.supervisor.caller.begin)
        await slow.execute("select count(*) from public.create_tasks($1)", [item(world.project, "slow")])
        await world.task(title="quick")
        await looked(world)
        await slow.execute("commit")
        await world.claimed(kind="last")
        told = await heard(messages, "task.claimed")
    titles = [message["data"]["data"].get("title") for message in told]
    assert titles[:2] == ["slow", "quick"]


async def test_the_stream_is_what_the_policies_show_whoever_writes_meanwhile(
    web: httpx.AsyncClient, world: World
) -> None:
    """Several people, several writers, transactions that commit late or never."""
    people = [world.viewer, world.supervisor, world.stranger, world.admin]
    before = [await direct(person) for person in people]
    done = asyncio.Event()

    async def follow(person: Actor) -> list[str]:
        found: list[str] = []
        async with following(web, await bearer(person)) as messages:
            ready.release()
            while not found or not done.is_set() or found[-1] != (await direct(person))[-1]:
                found += cursors([await anext(messages)])
        return found

    async def write(person: Actor, project: UUID, number: int) -> None:
        connection = await person.twin().connection()
        assert person.caller is not None
        for turn in range(15):
            await connection.execute(person.caller.begin)
            await connection.execute("select count(*) from public.create_tasks($1)", [item(project)] * 3)
            # Not a wait for anything: how long a transaction takes.
            await asyncio.sleep(0.01 * ((turn * number) % 5))
            await connection.execute("rollback" if turn % 5 == 4 else "commit")
            if turn % 6 == number:
                await person.twin().call("create_team", name=f"team {number} {turn}")

    ready = asyncio.Semaphore(0)
    await world.task()
    await world.stranger.call("create_tasks", items=[item(world.stranger_project)])
    followers = [asyncio.create_task(follow(person)) for person in people]
    for _ in followers:
        await ready.acquire()
    begun = [await direct(person) for person in people]
    writers = [(world.supervisor, world.project), (world.stranger, world.stranger_project)] * 3
    async with asyncio.timeout(60):
        await asyncio.gather(*(write(*writer, number) for number, writer in enumerate(writers)))
        await world.task(title="the last")
        await world.stranger.call("create_tasks", items=[item(world.stranger_project, "the last")])
        done.set()
        told = await asyncio.gather(*followers)
    for person, seen, at_first, at_begin in zip(people, told, before, begun, strict=True):
        now = await direct(person)
        assert seen == [*dict.fromkeys(seen)]
        # Making a token for the follower is told to admins, and may fall before or after its beginning.
        assert seen[-len(now[len(at_begin) :]) :] == now[len(at_begin) :]
        assert {*seen} <= {*now} - {*at_first}
        assert len(now) - len(at_begin) > 30


@pytest.mark.parametrize("filtered", ["project", "task", "types"])
async def test_one_may_ask_for_a_part(
    web: httpx.AsyncClient, world: World, as_admin: Actor, filtered: str
) -> None:
    headers = await bearer(as_admin)
    asked: dict[str, Message] = {
        "project": {"project_id": str(world.project)},
        "task": {"task_id": (await world.task(kind="asked"))["id"]},
        "types": {"types": ["task.claimed", "service"]},
    }
    for after in (None, "0"):
        async with following(web, headers, after, **asked[filtered]) as messages:
            await world.task()
            await world.stranger.call("create_tasks", items=[item(world.stranger_project)])
            await world.service(f"model-{after}".lower())
            (claimed,) = await world.agent.call("claim_tasks", kinds=["asked"], limit=1)
            told = await heard(messages, "task.claimed")
            lease = {"task_id": claimed["id"], "lease_token": claimed["lease_token"]}
            await world.agent.call("release_tasks", items=[lease])
        events = [message["data"] for message in told]
        if filtered == "project":
            assert {event["project_id"] for event in events} == {str(world.project)}
        elif filtered == "task":
            assert {event["subject_id"] for event in events} == {claimed["id"]}
        else:
            assert {event["type"] for event in events} == {"service.created", "task.claimed"}


async def test_what_one_may_not_see_is_not_there_to_be_followed(
    web: httpx.AsyncClient, world: World, as_stranger: Actor
) -> None:
    headers = await bearer(as_stranger)
    task = await world.task()
    for project in (str(world.project), str(uuid4())):
        answer = await web.get("/api/stream", params={"project_id": project}, headers=headers)
        problem(answer, 404, "project_not_found")
    for foreign in (task["id"], str(uuid4())):
        answer = await web.get("/api/stream", params={"task_id": foreign}, headers=headers)
        problem(answer, 404, "task_not_found")


async def test_a_stream_is_for_people_and_tokens_that_may_read_events(
    web: httpx.AsyncClient, world: World
) -> None:
    problem(await web.get("/api/stream"), 401, "not_signed_in")
    _, other = await add_api_token(world.supervisor, "tasks:read")
    _, ci = await add_project_token(world.supervisor, world.project)
    for text, code in (
        (world.agent_key, "forbidden"),
        (other, "insufficient_scope"),
        (ci, "insufficient_scope"),
    ):
        problem(await web.get("/api/stream", headers={"Authorization": f"Bearer {text}"}), 403, code)


async def test_a_cursor_that_is_none_is_refused(web: httpx.AsyncClient, as_viewer: Actor) -> None:
    headers = await bearer(as_viewer)
    for cursor in ("x", "1.2.3", "-1", "1; drop table", "9" * 19):
        answer = await web.get("/api/stream", headers={**headers, "Last-Event-ID": cursor})
        problem(answer, 422, "invalid_request")


async def test_whoever_comes_too_late_is_told_that_events_are_gone(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    headers = await bearer(as_viewer)
    for _ in range(3):
        await world.task()
    kept = (await direct(as_viewer))[-1]
    old = (await direct(as_viewer))[0]
    # As retention does it: the oldest go first, past the trigger that refuses everybody else.
    xid, _, number = kept.partition(".")
    owner = await world.owner.connection()
    await owner.execute("set session_replication_role = replica")
    await owner.execute("delete from public.events where (xid, id) < ($1::text::xid8, $2)", xid, int(number))
    for after, is_reset in ((old, True), ("9" * 18, True), (kept, False), ("0", False)):
        async with following(web, headers, after) as messages:
            await world.task()
            told = await heard(messages, "task.created")
        resets = [message["data"] for message in told if message["event"] == "reset"]
        assert resets == ([{"code": "cursor_not_kept"}] if is_reset else []), after


async def test_two_hundred_follow_at_once(web: httpx.AsyncClient, world: World) -> None:
    people = [await bearer(await new_person(world.owner, "admin")) for _ in range(10)]

    async def follow(headers: dict[str, str]) -> list[str]:
        async with web.stream("GET", "/api/stream", headers=headers) as answer:
            messages = parsed(answer)
            await anext(messages)
            begun.release()
            return cursors(await heard(messages, "task.claimed"))

    begun = asyncio.Semaphore(0)
    followers = [asyncio.create_task(follow(people[n % 10])) for n in range(200)]
    count = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(40):
            for _ in followers:
                await begun.acquire()
                count += 1
    assert count == 200
    await world.claimed()
    told = await asyncio.gather(*followers)
    assert told == [told[0]] * 200
    assert len(told[0]) == 2

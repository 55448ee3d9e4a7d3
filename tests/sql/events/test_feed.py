"""What the event stream reads: once for a process, and for each caller what the policies show."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.test_plans import measured
from tests.support.world import Actor, World, refused

FOREIGN = 20_000


async def followed(person: Actor, after: str = "0.0", **asked: object) -> list[Any]:
    """What a person is told up to now."""
    until = await Actor(person.database, "devos_login").call("private.feed_position")
    (after_xid, after_id), (until_xid, until_id) = [map(int, place.split(".")) for place in (after, until)]
    told = await person.call(
        "follow_events",
        after_xid=after_xid,
        after_id=after_id,
        until_xid=until_xid,
        until_id=until_id,
        **{"limit": 1000, **asked},
    )
    return told if isinstance(told, list) else [told]


async def direct(person: Actor, where: str = "true") -> list[str]:
    rows = await person.fetch(f"select xid || '.' || id from public.events where {where} order by xid, id")
    return [row[0] for row in rows]


async def test_a_follower_is_told_what_a_direct_read_shows(world: World) -> None:
    task = await world.claimed()
    await world.supervisor.call("create_team", name="core")
    item = {"project_id": str(world.stranger_project), "kind": "x", "title": "theirs"}
    await world.stranger.call("create_tasks", items=[item])
    for person in (world.viewer, world.supervisor, world.stranger, world.admin):
        assert [event["cursor"] for event in await followed(person)] == await direct(person)
        for name, id_ in (("project_id", world.project), ("subject_id", UUID(task["id"]))):
            told = [event["cursor"] for event in await followed(person, "0.0", **{name: id_})]
            assert told == await direct(person, f"{name} = '{id_}'")


async def test_pages_of_what_was_missed_leave_nothing_out(world: World, as_admin: Actor) -> None:
    for _ in range(5):
        await world.claimed()
        await world.supervisor.call("create_team", name="core")
    told: list[str] = []
    while page := await followed(as_admin, told[-1] if told else "0.0", limit=3):
        told += [event["cursor"] for event in page]
    assert told == await direct(as_admin)


async def test_what_may_be_seen_is_what_the_policies_say(world: World) -> None:
    team = await world.supervisor.call("create_team", name="core")
    seen = {
        "viewer": await world.viewer.call("event_visibility"),
        "supervisor": await world.supervisor.call("event_visibility"),
        "admin": await world.admin.call("event_visibility"),
    }
    assert seen["viewer"] == {"project_ids": [str(world.project)], "team_ids": [], "is_admin": False}
    assert seen["supervisor"] == seen["viewer"] | {"team_ids": [team["id"]]}
    assert {*seen["admin"]["project_ids"]} == {str(world.project), str(world.stranger_project)}
    assert seen["admin"]["is_admin"] is True


async def test_what_a_stranger_asks_to_follow_is_not_there(world: World, as_stranger: Actor) -> None:
    task = await world.task()
    for project in (world.project, uuid4()):
        with refused("PT404", "project_not_found"):
            await as_stranger.call("event_visibility", project_id=project)
    for foreign in (UUID(task["id"]), uuid4()):
        with refused("PT404", "task_not_found"):
            await as_stranger.call("event_visibility", task_id=foreign)


async def test_a_change_of_access_is_known_while_another_transaction_holds_the_order_back(
    world: World,
) -> None:
    start = await world.login.call("private.feed_position")
    xid, number = map(int, start.split("."))
    slow = await world.database.connect()
    await slow.execute("begin")
    await slow.execute("insert into public.events (type, actor_kind) values ('task.slow', 'system')")
    await world.supervisor.call("remove_project_member", project_id=world.project, user_id=world.viewer.id)
    fresh = await world.login.call("private.read_feed", after_xid=xid, after_id=number, limit=100)
    assert (fresh["events"], len(fresh["access"])) == ([], 1)
    await slow.execute("commit")
    fresh = await world.login.call("private.read_feed", after_xid=xid, after_id=number, limit=100)
    assert [event["type"] for event in fresh["events"]] == ["task.slow", "project.member_removed"]
    assert len(fresh["access"]) == 1


@pytest.fixture
async def crowd(world: World) -> World:
    """20,000 events of strangers after everything else."""
    await world.task()
    owner = await world.owner.connection()
    await owner.execute(
        "insert into public.events (type, project_id, actor_kind)"
        " select 'task.created', $1, 'system' from generate_series(1, $2)",
        world.stranger_project,
        FOREIGN,
    )
    await owner.execute("vacuum analyze public.events")
    return world


async def test_what_others_did_is_not_waded_through(crowd: World, as_viewer: Actor) -> None:
    until = await crowd.login.call("private.feed_position")
    xid, number = map(int, until.split("."))
    places = {"after_xid": 0, "after_id": 0, "until_xid": xid, "until_id": number}
    async with measured(as_viewer) as (viewer, work):
        told = await viewer.call("follow_events", **places)
    assert 0 < len(told) < 50
    assert work.scans["events"] == 0, "the table was read from end to end"
    assert work.rows["events_project_id_idx"] < 100
    assert work.rows["events_pkey"] < 100


async def test_the_feed_reads_one_page_however_much_there_is(crowd: World) -> None:
    async with measured(crowd.login) as (login, work):
        fresh = await login.call("private.read_feed", after_xid=0, after_id=0, limit=100)
        await login.call("private.feed_position")
        await login.call("private.knows_cursor", xid=1, id=1)
    assert len(fresh["events"]) == 100
    assert work.scans["events"] == 0
    assert work.rows["events_pkey"] < 300
    assert work.rows["events_access_idx"] < 100

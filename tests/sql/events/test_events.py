"""Events: appended by the product alone, seen by members, and read by a cursor that misses none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from control_plane.db.caller import Caller
from tests.sql.acting import events, promptly
from tests.support.world import Actor, World, refused


async def after(person: Actor, project: UUID, cursor: str = "0.0", limit: int = 100) -> list[Any]:
    xid, _, number = cursor.partition(".")
    told = await person.call(
        "list_events", project_id=project, after_xid=int(xid), after_id=int(number), limit=limit
    )
    return told if isinstance(told, list) else [told]


async def test_an_event_says_what_happened_to_what_by_whom(
    world: World, as_viewer: Actor, as_agent: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    created, claimed = (await after(as_viewer, world.project))[-2:]
    assert (created["type"], created["actor_kind"], created["actor_id"]) == (
        "task.created",
        "person",
        str(as_supervisor.id),
    )
    assert (claimed["type"], claimed["actor_kind"], claimed["actor_id"]) == (
        "task.claimed",
        "agent",
        str(as_agent.id),
    )
    assert (claimed["subject_id"], claimed["project_id"]) == (task["id"], str(world.project))
    assert claimed["data"] == {"attempt": 1}


async def test_a_reader_that_goes_on_from_its_cursor_sees_each_event_once(
    world: World, as_viewer: Actor
) -> None:
    for _ in range(7):
        await world.task()
    whole = await after(as_viewer, world.project)
    pages: list[Any] = []
    while page := await after(as_viewer, world.project, pages[-1]["cursor"] if pages else "0.0", limit=3):
        pages += page
    assert pages == whole
    assert await after(as_viewer, world.project, whole[-1]["cursor"]) == []


async def test_the_cursor_never_passes_over_a_transaction_that_commits_late(
    world: World, as_supervisor: Actor, as_viewer: Actor
) -> None:
    await world.task(title="whose lane the others share")
    start = (await after(as_viewer, world.project))[-1]["cursor"]
    slow = await as_supervisor.twin().connection()
    assert as_supervisor.caller is not None
    async with slow.transaction():
        await slow.execute(as_supervisor.caller.begin.removeprefix("begin; "))
        item = {"project_id": str(world.project), "kind": "code_review", "title": "slow"}
        late = await slow.fetchval("select id from public.create_tasks($1)", [item])
        fast = await promptly(world.task(title="fast"))
        # The later transaction has committed first, and waits for the earlier one.
        assert await events(world, fast["id"]) == ["task.created"]
        assert await after(as_viewer, world.project, start) == []
    told = await after(as_viewer, world.project, start)
    assert [event["subject_id"] for event in told] == [str(late), fast["id"]]


async def test_a_transaction_that_went_back_leaves_no_event(
    world: World, as_supervisor: Actor, as_viewer: Actor
) -> None:
    before = await after(as_viewer, world.project)
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review"}
    with refused("PT404", "project_not_found"):
        await as_supervisor.call(
            "create_tasks", items=[item, item | {"project_id": str(world.stranger_project)}]
        )
    assert await after(as_viewer, world.project) == before


async def test_a_stranger_sees_no_event_of_the_project(world: World, as_stranger: Actor) -> None:
    await world.claimed()
    assert await after(as_stranger, world.project) == []
    theirs = await after(as_stranger, world.stranger_project)
    assert {event["project_id"] for event in theirs} == {str(world.stranger_project)}


async def test_events_are_for_people(world: World) -> None:
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await after(actor, world.project)


async def test_nobody_forges_an_event_or_an_audit_row(world: World) -> None:
    calls = [
        "select private.emit('task.completed', null, null)",
        "select private.emit_each(array['x'], array[null]::uuid[], array[null]::uuid[], null)",
        "select private.enqueue('tasks.ready', array['{}']::jsonb[])",
        "select private.audit('x', null, null)",
        "insert into public.events (type, actor_kind) values ('x', 'person')",
        "insert into public.audit_log (action, actor_kind) values ('x', 'person')",
        "insert into private.outbox (topic, payload) values ('x', '{}')",
    ]
    for actor in (world.admin, world.agent, world.anon, world.webhook, world.login, world.worker):
        for call in calls:
            with refused("42501"):
                await actor.fetch(call)
    owner = await world.owner.connection()
    await owner.execute("set role devos_api")
    for call in calls[4:]:
        with refused("42501"):
            await owner.execute(call)
    await owner.execute("reset role")


async def test_the_actor_is_the_one_of_the_request(world: World) -> None:
    owner = await world.owner.connection()
    somebody = str(world.project)
    claims = [
        ("", {"kind": "system"}),
        ('{"role":"anon"}', {"kind": "system"}),
        ('{"role":"integration"}', {"kind": "integration"}),
        (f'{{"role":"authenticated","sub":"{somebody}"}}', {"kind": "person", "id": somebody}),
        (f'{{"role":"agent","agent_id":"{somebody}"}}', {"kind": "agent", "id": somebody}),
    ]
    for text, actor in claims:
        await owner.execute("select set_config('request.jwt.claims', $1, false)", text)
        assert await owner.fetchval("select private.actor()") == actor


async def test_the_audit_log_is_for_supervisors_of_the_project(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor, as_admin: Actor
) -> None:
    seen = "select count(*) from public.audit_log where project_id = $1"
    people = [as_supervisor, as_admin, as_viewer, as_stranger]
    assert [await person.value(seen, world.project) > 0 for person in people] == [True, True, False, False]


async def test_the_audit_log_names_the_api_token_that_acted(world: World, as_supervisor: Actor) -> None:
    made = await world.owner.value(
        """insert into public.api_tokens (id, user_id, name, scopes)
           values (gen_random_uuid(), $1, 'ci', '{projects:write}') returning id""",
        as_supervisor.id,
    )
    by_token = Actor(
        world.database, "devos_login", Caller("authenticated", user_id=as_supervisor.id, token_id=made)
    )
    for actor, named in ((as_supervisor, None), (by_token, str(made))):
        project = await actor.call("create_project", name="new")
        row = await world.owner.value(
            "select to_jsonb(a) from public.audit_log a where subject_id = $1", UUID(project["id"])
        )
        assert (row["actor_id"], row["data"].get("api_token_id")) == (str(as_supervisor.id), named)

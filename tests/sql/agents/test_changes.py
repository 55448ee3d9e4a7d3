"""What may be changed about an agent, by whom, and what follows for its work."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import KIND, attempts, audited, complete, events, lease, outcomes, stored_task
from tests.sql.agents.registering import HASH, lanes_of
from tests.support.world import Actor, World, refused


async def update(person: Actor, agent: UUID | None, **fields: Any) -> Any:
    arguments: dict[str, Any] = {"name": "agent", "capabilities": ["code-review"], "labels": {}} | fields
    return await person.call("update_agent", agent_id=agent, **arguments)


@pytest.fixture
async def shared(world: World) -> UUID:
    """An agent of both projects."""
    told = await world.admin.call(
        "register_agent",
        name="shared",
        project_ids=[world.project, world.stranger_project],
        capabilities=[],
        key_id="shared",
        key_hash=HASH,
    )
    return UUID(told["id"])


async def test_an_edit_changes_the_agent_and_counts(world: World, as_agent: Actor) -> None:
    told = await update(
        world.supervisor, as_agent.id, name="new", capabilities=["b", "a", "b"], labels={"region": "eu"}
    )
    assert (told["name"], told["capabilities"], told["labels"]) == ("new", ["a", "b"], {"region": "eu"})
    assert told["version"] == 2
    assert (await audited(world, as_agent.id))[1:] == ["agent.update"]
    assert (await events(world, as_agent.id))[1:] == ["agent.updated"]


async def test_an_edit_of_another_version_is_refused(world: World, as_agent: Actor) -> None:
    await update(world.supervisor, as_agent.id, name="first", version=1)
    with refused("PT412", "version_changed"):
        await update(world.supervisor, as_agent.id, name="second", version=1)
    assert (await update(world.supervisor, as_agent.id, name="third"))["version"] == 3


async def test_the_lanes_of_an_agent_follow_its_capabilities(world: World, as_agent: Actor) -> None:
    for capabilities in ([], ["code-review"], ["cobol"]):
        await world.task(required_capabilities=capabilities)
    assert await lanes_of(world, as_agent.id) == [("code_review", ""), ("code_review", "code-review")]
    await update(world.supervisor, as_agent.id, capabilities=["cobol"])
    assert await lanes_of(world, as_agent.id) == [("code_review", ""), ("code_review", "cobol")]
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=10)
    assert len(claimed) == 2


async def test_labels_are_words_by_keys(world: World, as_agent: Actor) -> None:
    for labels in ({"a": 1}, {"a": None}, {"a": {}}, {"a": ["x"]}, [], "x", None):
        with refused("PT422", "invalid_labels"):
            await update(world.supervisor, as_agent.id, labels=labels)
    with pytest.raises(Exception, match="agents_labels_are_object"):
        await update(world.supervisor, as_agent.id, labels={"a": "x" * 9000})


async def test_an_agent_is_changed_by_a_supervisor_of_all_its_projects(
    world: World, as_agent: Actor, shared: UUID, as_supervisor: Actor, as_viewer: Actor, as_admin: Actor
) -> None:
    changes: list[tuple[str, dict[str, Any]]] = [
        ("update_agent", {"name": "x", "capabilities": [], "labels": {}}),
        ("set_agent_activation", {"is_active": False}),
        ("rotate_agent_key", {"overlap_seconds": 0, "key_id": "k", "key_hash": HASH}),
        ("revoke_agent_key", {"key_id": "shared"}),
    ]
    for function, fields in changes:
        with refused("PT403", "role_required"):
            await as_viewer.call(function, agent_id=as_agent.id, **fields)
        with refused("PT403", "agent_shared"):
            await as_supervisor.call(function, agent_id=shared, **fields)
        for absent in (world.stranger_agent.id, uuid4()):
            with refused("PT404", "agent_not_found"):
                await as_supervisor.call(function, agent_id=absent, **fields)
        await as_admin.call(function, agent_id=shared, **fields)
    for function, fields in changes[:2]:
        for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
            with refused("42501"):
                await actor.call(function, agent_id=as_agent.id, **fields)


async def test_a_deactivated_agent_is_refused_at_once_and_its_leases_pass(
    world: World, as_agent: Actor
) -> None:
    held = await world.claimed()
    told = await world.supervisor.call("set_agent_activation", agent_id=as_agent.id, is_active=False)
    assert (told["state"], told["is_active"]) == ("deactivated", False)
    with refused("PT403", "agent_required"):
        await complete(as_agent, held)
    with refused("PT403", "agent_required"):
        await as_agent.call("claim_tasks", kinds=KIND)
    assert await world.worker.call("reap_expired_leases") == 1
    assert await attempts(world, held) == ["lease_expired"]
    (again,) = await world.other_agent.call("claim_tasks", kinds=KIND)
    assert again["id"] == held["id"]


async def test_what_was_leased_before_stays_lost_when_an_agent_is_activated_again(
    world: World, as_agent: Actor
) -> None:
    held = await world.claimed()
    for is_active in (False, True, True):
        await world.supervisor.call("set_agent_activation", agent_id=as_agent.id, is_active=is_active)
    assert await complete(as_agent, held) == ["lease_lost"]
    renewed = await as_agent.call("extend_leases", leases=[lease(held)])
    assert outcomes(renewed) == ["lease_lost"]
    assert (await audited(world, as_agent.id))[1:] == ["agent.deactivate", "agent.activate"]
    assert (await events(world, as_agent.id))[1:] == ["agent.deactivated", "agent.activated"]


async def test_an_agent_joins_a_further_project_and_works_there(
    world: World, as_agent: Actor, as_admin: Actor
) -> None:
    item = {"project_id": str(world.stranger_project), "kind": "code_review", "title": "Theirs"}
    theirs = await world.stranger.call("create_tasks", items=[item])
    join = {"project_id": world.stranger_project, "agent_id": as_agent.id}
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    for _ in range(2):
        await as_admin.call("add_agent_to_project", **join)
    (claimed,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert claimed["id"] == theirs["id"]
    ours = await world.claimed(kind="lint")
    await as_admin.call("remove_agent_from_project", **join)
    assert await complete(as_agent, claimed) == ["lease_lost"]
    assert await complete(as_agent, ours) == ["completed"]
    assert await world.worker.call("reap_expired_leases") == 1
    assert (await stored_task(world, theirs))["state"] == "pending"
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    assert (await audited(world, as_agent.id))[1:] == ["agent.join", "agent.leave"]


async def test_projects_of_agents_are_the_business_of_supervisors_who_see_both(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_agent: Actor, shared: UUID
) -> None:
    for function in ("add_agent_to_project", "remove_agent_from_project"):
        with refused("PT403", "role_required"):
            await as_viewer.call(function, project_id=world.project, agent_id=as_agent.id)
        for project in (world.stranger_project, uuid4(), None):
            with refused("PT404", "project_not_found"):
                await as_supervisor.call(function, project_id=project, agent_id=as_agent.id)
        for agent in (world.stranger_agent.id, uuid4(), None):
            with refused("PT404", "agent_not_found"):
                await as_supervisor.call(function, project_id=world.project, agent_id=agent)
        for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
            with refused("42501"):
                await actor.call(function, project_id=world.project, agent_id=as_agent.id)
    # A shared agent leaves one's own project without a word of the others.
    await as_supervisor.call("remove_agent_from_project", project_id=world.project, agent_id=shared)
    assert await world.stranger.call("read_agent", agent_id=shared) is not None
    with refused("PT404", "agent_not_found"):
        await as_supervisor.call("read_agent", agent_id=shared)


async def test_an_agent_keeps_one_project(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    with refused("PT409", "agent_needs_project"):
        await as_supervisor.call("remove_agent_from_project", project_id=world.project, agent_id=as_agent.id)

"""What has ended leaves the indexes that claims and leases go by."""

from __future__ import annotations

from tests.support.world import World

ROUNDS, EACH = 5, 10_000
HOT = ("tasks_claim_idx", "tasks_lease_idx", "tasks_agent_idx", "tasks_waiting_idx")
_CREATE = """
insert into public.tasks (id, project_id, lane_id, kind, title)
select gen_random_uuid(), project_id, id, kind, 't' from public.lanes, generate_series(1, $1)
"""
# As claims and completions change the rows.
_CLAIM = """
update public.tasks set state = 'running', lease_token = nextval('private.lease_tokens'),
       lease_expires_at = now() + interval '1 minute', agent_id = $1 where state = 'pending'
"""
_COMPLETE = """
update public.tasks set state = 'completed', lease_token = null, lease_expires_at = null, agent_id = null
 where state = 'running'
"""


async def test_fifty_thousand_finished_tasks_leave_the_hot_indexes_as_they_were(world: World) -> None:
    owner = await world.owner.connection()
    await world.task()
    sizes: list[dict[str, int]] = []
    for _ in range(ROUNDS):
        await owner.execute(_CREATE, EACH)
        await owner.execute(_CLAIM, world.agent.id)
        await owner.execute(_COMPLETE)
        await owner.execute("vacuum public.tasks")
        rows = await owner.fetch(
            "select relname, pg_relation_size(oid) as size from pg_class where relname = any ($1)", HOT
        )
        sizes.append({row["relname"]: row["size"] for row in rows})
    assert {*sizes[0]} == {*HOT}
    # Pages that a vacuum has emptied are used again after the next one.
    for name in HOT:
        assert sizes[-1][name] <= 1.3 * sizes[1][name], f"{name} grew with what has ended"

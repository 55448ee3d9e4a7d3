"""Which lanes an agent listens to at the broker: not every one that it may claim from."""

from __future__ import annotations

from tests.support.broker import make_fleet
from tests.support.world import World

_LANES = """
with born as (
    insert into public.lanes (project_id, kind, concurrency_key) select $1, 'k' || nr, $3 from generate_series(1, 300) nr
    returning id, kind
)
insert into public.agent_lanes (agent_id, lane_id, kind, project_id) select $2, b.id, b.kind, $1 from born b
"""  # noqa: E501


async def test_an_agent_listens_to_so_many_lanes_and_to_none_of_a_key(world: World) -> None:
    # Those of keys come first: they must not use up the room of the others.
    for key in ("a", None):
        await world.owner.fetch(_LANES, world.project, world.agent.id, key)
    await make_fleet(world, world.agent)
    (told,) = [await world.worker.call("private.list_broker_users")]
    plain = await world.owner.fetch("select id from public.lanes where concurrency_key is null order by id")
    assert told["lanes"] == [lane[0] for lane in plain][:200]

"""Artifacts: fenced by the lease before and after their bytes, replaced whole, swept when orphaned."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import KIND, complete, events
from tests.support.world import Actor, World, refused

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def held(task: Any) -> dict[str, Any]:
    return {"task_id": UUID(task["id"]), "lease_token": task["lease_token"]}


async def begin(agent: Actor, task: Any, name: str = "a.txt", **more: Any) -> UUID:
    return UUID(await agent.call("begin_artifact", **held(task), name=name, **more))


async def store(
    agent: Actor, task: Any, name: str = "a.txt", *, blob: UUID | None = None, size: int = 5, **more: Any
) -> Any:
    """Begin, and end as if the bytes had come meanwhile; the artifact."""
    blob = blob or await begin(agent, task, name)
    facts = {"media_type": "text/plain", "size_bytes": size, "sha256": EMPTY, **more}
    return await agent.call("store_artifact", **held(task), blob_id=blob, name=name, **facts)


async def age(world: World, hours: float) -> None:
    await world.owner.fetch(
        "update private.artifact_blobs set created_at = created_at - $1 * interval '1 hour'", hours
    )


async def orphans(world: World) -> list[UUID]:
    told = await world.worker.fetch("select private.list_orphan_blobs(100) as id")
    return [row["id"] for row in told]


@pytest.fixture
async def task(world: World) -> Any:
    return await world.claimed()


async def test_an_artifact_is_listed_read_and_told(
    world: World, as_agent: Actor, as_viewer: Actor, task: Any
) -> None:
    made = await store(as_agent, task, "logs/build.txt")
    assert (made["attempt"], made["agent_id"], made["size_bytes"]) == (1, str(as_agent.id), 5)
    assert await as_viewer.call("list_task_artifacts", task_id=UUID(task["id"])) == made
    assert await as_viewer.call("read_artifact", artifact_id=UUID(made["id"])) == made
    assert "task.artifact_stored" in await events(world, task["id"])
    await complete(as_agent, task)
    assert await as_viewer.call("read_artifact", artifact_id=UUID(made["id"])) == made


async def test_a_lease_that_was_lost_leaves_no_row(
    world: World, as_agent: Actor, as_other_agent: Actor, task: Any
) -> None:
    blob = await begin(as_agent, task)
    await world.expire(task["id"])
    for late in (begin(as_agent, task), store(as_agent, task, blob=blob)):
        with refused("PT409", "lease_lost"):
            await late
    await world.worker.call("reap_expired_leases")
    (again,) = await as_other_agent.call("claim_tasks", kinds=KIND)
    with refused("PT409", "lease_lost"):
        await store(as_agent, task, blob=blob)
    # The bytes of one lease are not the next one's to claim.
    with refused("PT409", "upload_too_slow"):
        await store(as_other_agent, again, blob=blob)
    assert await world.owner.value("select count(*) from public.task_artifacts") == 0


async def test_a_stranger_cannot_tell_that_the_task_exists(
    world: World, as_other_agent: Actor, as_stranger_agent: Actor, as_stranger: Actor, task: Any
) -> None:
    made = await store(world.agent, task)
    for agent in (as_other_agent, as_stranger_agent):
        for call in (begin(agent, task), store(agent, task, blob=uuid4())):
            with refused("PT404", "task_not_found"):
                await call
        with refused("PT404", "artifact_not_found"):
            await agent.call("read_artifact", artifact_id=UUID(made["id"]))
    for asked in (made["id"], str(uuid4())):
        for function in ("read_artifact", "delete_artifact"):
            with refused("PT404", "artifact_not_found"):
                await as_stranger.call(function, artifact_id=UUID(asked))
    with refused("PT404", "task_not_found"):
        await as_stranger.call("list_task_artifacts", task_id=UUID(task["id"]))


async def test_the_same_name_again_takes_the_place(
    world: World, as_agent: Actor, as_viewer: Actor, task: Any
) -> None:
    first, second = await store(as_agent, task), await store(as_agent, task, size=7)
    assert (second["id"], second["size_bytes"]) == (first["id"], 7)
    assert await as_viewer.call("list_task_artifacts", task_id=UUID(task["id"])) == second
    await age(world, 3)
    assert await orphans(world) == [UUID(first["blob_id"])]


async def test_a_task_has_a_quota_of_bytes_and_of_files(world: World, as_agent: Actor, task: Any) -> None:
    small: dict[str, Any] = {"quota_bytes": 10, "quota_files": 2}
    await store(as_agent, task, "a", size=6, **small)
    with refused("PT409", "artifact_quota"):
        await begin(as_agent, task, "b", size_bytes=5, **small)
    blob = await begin(as_agent, task, "b", **small)
    with refused("PT409", "artifact_quota"):
        await store(as_agent, task, "b", blob=blob, size=5, **small)
    # What it takes the place of counts no more.
    await store(as_agent, task, "a", size=9, **small)
    await store(as_agent, task, "b", size=1, **small)
    with refused("PT409", "artifact_quota"):
        await begin(as_agent, task, "c", **small)
    other = await world.claimed()
    await store(as_agent, other, "c", size=10, **small)


async def test_what_was_replaced_counts_until_it_is_swept(world: World, as_agent: Actor, task: Any) -> None:
    small: dict[str, Any] = {"quota_bytes": 10, "quota_files": 50}
    await store(as_agent, task, "a", size=9, **small)
    # All that a task may have is replaced once.
    await store(as_agent, task, "a", size=9, **small)
    blob = await begin(as_agent, task, "a", **small)
    with refused("PT409", "artifact_quota"):
        await store(as_agent, task, "a", blob=blob, size=9, **small)
    with refused("PT409", "artifact_quota"):
        await begin(as_agent, task, "a", size_bytes=9, **small)
    await age(world, 3)
    await world.worker.call("private.forget_blobs", ids=await orphans(world))
    await store(as_agent, task, "a", size=9, **small)


async def test_what_is_begun_and_not_finished_counts_as_a_file(as_agent: Actor, task: Any) -> None:
    small: dict[str, Any] = {"quota_bytes": 10, "quota_files": 2}
    for _ in range(4):
        await begin(as_agent, task, **small)
    with refused("PT409", "artifact_quota"):
        await begin(as_agent, task, **small)


@pytest.mark.parametrize(
    "name", ["", "x" * 256, "a\nb", "\x1b[31m", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/."]
)
async def test_a_name_that_could_lead_astray_is_refused(as_agent: Actor, task: Any, name: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="task_artifacts_name_format"):
        await store(as_agent, task, name)


@pytest.mark.parametrize("name", ["a", ".hidden", "a..b", "...", "logs/ä 💥.txt", "x" * 255, "a\\b"])
async def test_a_name_is_plain_text(as_agent: Actor, task: Any, name: str) -> None:
    assert (await store(as_agent, task, name))["name"] == name


@pytest.mark.parametrize(
    "media_type", ["", "html", "text/html\r\nX-Evil: 1", "text/html; ä", "a/" + "b" * 101]
)
async def test_a_media_type_that_is_none_is_refused(as_agent: Actor, task: Any, media_type: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="task_artifacts_media_type_format"):
        await store(as_agent, task, media_type=media_type)


async def test_bytes_that_no_artifact_has_are_swept_when_nobody_can_write_them_any_more(
    world: World, as_agent: Actor, as_supervisor: Actor, task: Any
) -> None:
    kept, gone = await store(as_agent, task, "kept"), await store(as_agent, task, "gone")
    unfinished = await begin(as_agent, task, "unfinished")
    await as_supervisor.call("delete_artifact", artifact_id=UUID(gone["id"]))
    assert await orphans(world) == []
    await age(world, 1.1)
    assert await orphans(world) == []
    with refused("PT409", "upload_too_slow"):
        await store(as_agent, task, "unfinished", blob=unfinished)
    await age(world, 1)
    found = await orphans(world)
    assert {*found} == {unfinished, UUID(gone["blob_id"])}
    assert await world.worker.call("private.forget_blobs", ids=[*found, UUID(kept["blob_id"])]) == 2
    assert await orphans(world) == []


async def test_bytes_of_an_artifact_that_is_there_are_never_swept(
    world: World, as_agent: Actor, task: Any
) -> None:
    await store(as_agent, task)
    await age(world, 3)
    assert await orphans(world) == []


async def test_bytes_that_were_replaced_just_now_may_still_be_read(
    world: World, as_agent: Actor, task: Any
) -> None:
    first = await store(as_agent, task)
    await world.owner.fetch("update public.task_artifacts set created_at = created_at - interval '3 hours'")
    await store(as_agent, task)
    await age(world, 1.9)
    assert await orphans(world) == []
    await age(world, 0.2)
    assert await orphans(world) == [UUID(first["blob_id"])]


async def test_the_sweep_looks_at_what_no_artifact_has_and_at_nothing_else(world: World) -> None:
    """However many files there are."""
    await world.owner.fetch(
        "insert into public.task_artifacts"
        " (id, project_id, task_id, attempt, agent_id, name, media_type, size_bytes, sha256, blob_id)"
        " select gen_random_uuid(), $1, $2, 1, $3, nr::text, 'text/plain', 5, $4, gen_random_uuid()"
        "   from generate_series(1, 2000) nr",
        world.project,
        UUID((await world.claimed())["id"]),
        world.agent.id,
        EMPTY,
    )
    await world.owner.fetch("delete from public.task_artifacts where name::integer <= 3")
    await age(world, 3)
    superuser = Actor(world.database, "postgres", None, None)
    connection = await superuser.connection()
    reads = """select sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid))
                 from pg_class c where c.relname ~ '^(task_artifacts|artifact_blobs)'"""
    async with connection.transaction():
        before = await connection.fetchval(reads)
        assert len(await connection.fetch("select private.list_orphan_blobs(100)")) == 3
        assert await connection.fetchval(reads) - before <= 12


async def test_bytes_of_one_artifact_are_not_lent_to_another(as_agent: Actor, task: Any) -> None:
    made = await store(as_agent, task)
    with refused("PT409", "upload_too_slow"):
        await store(as_agent, task, "b.txt", blob=UUID(made["blob_id"]))


async def test_only_a_supervisor_removes_an_artifact(
    world: World, as_agent: Actor, as_viewer: Actor, as_supervisor: Actor, task: Any
) -> None:
    made = await store(as_agent, task)
    with refused("PT403", "role_required"):
        await as_viewer.call("delete_artifact", artifact_id=UUID(made["id"]))
    await as_supervisor.call("delete_artifact", artifact_id=UUID(made["id"]))
    assert "task.artifact_deleted" in await events(world, task["id"])
    with refused("PT404", "artifact_not_found"):
        await as_supervisor.call("read_artifact", artifact_id=UUID(made["id"]))


async def test_a_project_that_is_deleted_takes_its_artifacts_along(
    world: World, as_agent: Actor, task: Any
) -> None:
    made = await store(as_agent, task)
    await world.owner.fetch("delete from public.tasks where id = $1", UUID(task["id"]))
    await age(world, 3)
    assert await orphans(world) == [UUID(made["blob_id"])]

"""Every move of a state machine that is not written here is refused, whoever asks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.support.world import World


@dataclass(frozen=True)
class Machine:
    """The moves of a state machine as the design has them, and the table that lives by them."""

    table: str
    initial: set[str]
    moves: dict[str, set[str]]

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        return ((before, after) for before in self.moves for after in self.moves if before != after)


# By hand, from the design; not read from state_transitions, which is what is tested.
MACHINES = {
    "task": Machine(
        "public.tasks",
        {"pending"},
        {
            "pending": {"running", "cancelled", "failed", "blocked"},
            "running": {"completed", "needs_qa", "pending", "failed", "blocked", "cancelled"},
            "needs_qa": {"completed", "failed", "pending", "blocked", "cancelled"},
            "blocked": {"pending", "cancelled", "failed", "needs_qa", "completed"},
            "failed": {"pending"},
            "completed": set(),
            "cancelled": set(),
        },
    ),
    "service": Machine(
        "public.service_registry", {"ACTIVE"}, {"ACTIVE": {"SUSPENDED"}, "SUSPENDED": {"ACTIVE"}}
    ),
    "webhook_delivery": Machine(
        "public.webhook_deliveries",
        {"received", "ignored", "unmapped"},
        {
            "received": {"processed", "ignored", "failed"},
            "ignored": set(),
            "unmapped": set(),
            "processed": set(),
            "failed": set(),
        },
    ),
    "feedback": Machine(
        "public.pull_request_feedback",
        {"queued"},
        {"queued": {"sent", "failed"}, "sent": set(), "failed": {"queued"}},
    ),
}
each_machine = pytest.mark.parametrize("name", MACHINES)

# The columns that a row of this state has, by its constraints.
_TASK = """state = '{state}', blocked_reason = {reason}, lease_token = {token}, agent_id = {agent},
           lease_expires_at = {expires}"""


def columns(name: str, state: str) -> str:
    if name != "task":
        return f"state = '{state}'"
    running, blocked = state == "running", state == "blocked"
    return _TASK.format(
        state=state,
        reason="'ci'" if blocked else "null",
        token="nextval('private.lease_tokens')" if running else "null",
        agent="gen_random_uuid()" if running else "null",
        expires="now() + interval '1 hour'" if running else "null",
    )


async def make_row(world: World, name: str) -> UUID:
    if name == "task":
        return UUID((await world.task())["id"])
    if name == "service":
        return UUID((await world.service())["id"])
    owner = await world.owner.connection()
    if name == "webhook_delivery":
        return await owner.fetchval(
            """insert into public.webhook_deliveries (id, forge, delivery_id, event, body_sha256, body, state)
               values (gen_random_uuid(), 'github', '1', 'push', '', '', 'received') returning id"""
        )
    return await owner.fetchval(
        """with r as (
               insert into public.repositories (id, project_id, forge, external_id, full_name, clone_url)
               values (gen_random_uuid(), $1, 'github', '1', 'a/b', 'https://x/y') returning id)
           insert into public.pull_request_feedback
               (id, project_id, repository_id, task_id, key, number, kind, content)
           select gen_random_uuid(), $1, r.id, $2, 'k', 1, 'comment', '{"body": "b"}' from r returning id""",
        world.project,
        uuid4(),
    )


@asynccontextmanager
async def undone(connection: asyncpg.Connection) -> AsyncGenerator[None]:
    """What the block does goes back."""
    plot = connection.transaction()
    await plot.start()
    try:
        yield
    finally:
        await plot.rollback()


async def outcome_of(connection: asyncpg.Connection, sql: str, *arguments: object) -> str:
    """`moved`, or the machine code of the refusal."""
    try:
        tag = await connection.execute(sql, *arguments)
    except asyncpg.PostgresError as exc:
        return str(getattr(exc, "detail", None)) if exc.sqlstate == "PT409" else f"{exc.sqlstate} {exc}"
    return "moved" if tag.endswith(" 1") else tag


@each_machine
@pytest.mark.parametrize("asker", ["postgres", "devos_migrator"])
async def test_every_move_that_is_not_written_here_is_refused(world: World, name: str, asker: str) -> None:
    machine, row = MACHINES[name], await make_row(world, name)
    owner = await world.owner.connection()
    wrong: list[str] = []
    for before, after in machine.pairs:
        async with undone(owner):
            # Past the trigger: also rows that no allowed move leads to.
            await owner.execute("set local session_replication_role = replica")
            await owner.execute(f"update {machine.table} set {columns(name, before)} where id = $1", row)
            await owner.execute("set local session_replication_role = origin")
            await owner.execute(
                f"grant usage on sequence private.lease_tokens to devos_migrator; set local role {asker}"
            )
            told = await outcome_of(
                owner, f"update {machine.table} set {columns(name, after)} where id = $1", row
            )
        if told != ("moved" if after in machine.moves[before] else "illegal_transition"):
            wrong.append(f"{before} -> {after}: {told}")
    assert wrong == []


@each_machine
async def test_a_row_starts_in_an_initial_state(world: World, name: str) -> None:
    machine, row = MACHINES[name], await make_row(world, name)
    owner = await world.owner.connection()
    wrong: list[str] = []
    for state in machine.moves:
        async with undone(owner):
            await owner.execute(
                f"create temp table copied on commit drop as select * from {machine.table} where id = '{row}'"
            )
            await owner.execute(f"update copied set {columns(name, state)}")
            await owner.execute("set local session_replication_role = replica")
            await owner.execute(f"delete from {machine.table}")
            await owner.execute("set local session_replication_role = origin")
            told = await outcome_of(owner, f"insert into {machine.table} select * from copied")
        if told != ("moved" if state in machine.initial else "illegal_transition"):
            wrong.append(f"{state}: {told}")
    assert wrong == []


@each_machine
async def test_staying_in_a_state_is_no_move(world: World, name: str) -> None:
    row = await make_row(world, name)
    owner = await world.owner.connection()
    assert (
        await outcome_of(owner, f"update {MACHINES[name].table} set state = state where id = $1", row)
        == "moved"
    )


async def test_every_machine_is_written_here(world: World) -> None:
    machines = await world.owner.fetch("select distinct machine from public.state_transitions")
    assert {row[0] for row in machines} == MACHINES.keys()


async def test_the_refusal_names_the_states_that_are_allowed_from_here(world: World) -> None:
    task = await make_row(world, "task")
    with pytest.raises(asyncpg.PostgresError) as caught:
        await world.owner.fetch("update public.tasks set state = 'completed' where id = $1", task)
    assert str(caught.value).startswith("A task cannot go from pending to completed.")
    assert getattr(caught.value, "hint", "") == "Allowed from here: blocked, cancelled, failed, running."

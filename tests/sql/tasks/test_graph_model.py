"""Random graphs under random ends, against a model in Python that knows only the rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.sql.acting import complete, fail
from tests.sql.tasks.graphs import claim, consistent, id_of, item, states
from tests.support.world import World, refused

ENDED = {"completed", "failed", "cancelled"}
POLICIES = ["fail", "block", "ignore"]
# Seeds that once failed stay with the test.
SEEDS = DirectoryBasedExampleDatabase(Path(__file__).parent / "graph_seeds")


@dataclass
class Model:
    """What each task waits for, and how it must be."""

    edges: dict[tuple[int, int], str] = field(default_factory=dict)
    settled: set[tuple[int, int]] = field(default_factory=set)
    state: dict[int, str] = field(default_factory=dict)

    def open(self, task: int) -> list[int]:
        return [p for (t, p) in self.edges if t == task and (t, p) not in self.settled]

    def ready(self) -> list[int]:
        return [task for task, state in self.state.items() if state == "pending" and not self.open(task)]

    def add(self, task: int, predecessor: int, policy: str) -> None:
        if (task, predecessor) not in self.edges:
            self.edges[task, predecessor] = policy
            self.look(task, predecessor)

    def remove(self, task: int, predecessor: int) -> None:
        del self.edges[task, predecessor]
        if (task, predecessor) in self.settled:
            self.settled.discard((task, predecessor))
        else:
            self.resume(task)

    def end(self, task: int, state: str) -> None:
        self.state[task] = state
        for dependent, predecessor in [*self.edges]:
            if predecessor == task and (dependent, task) not in self.settled:
                self.look(dependent, task)

    def look(self, task: int, predecessor: int) -> None:
        state, policy = self.state[predecessor], self.edges[task, predecessor]
        if state == "completed" or (state in ENDED and policy == "ignore"):
            self.settled.add((task, predecessor))
            self.resume(task)
        elif state in ENDED and policy == "fail" and self.state[task] in ("pending", "blocked"):
            self.end(task, "failed")
        elif state in ENDED and policy == "block" and self.state[task] == "pending":
            self.state[task] = "blocked"

    def resume(self, task: int) -> None:
        if self.state[task] == "blocked" and not self.open(task):
            self.state[task] = "pending"

    def before(self, task: int) -> set[int]:
        found: set[int] = set()
        look = [task]
        while look:
            at = look.pop()
            more = {p for (t, p) in self.edges if t == at} - found
            found |= more
            look += more
        return found


@dataclass
class Play:
    """The model and the database, which do the same."""

    world: World
    model: Model = field(default_factory=Model)
    made: list[Any] = field(default_factory=list)

    def of(self, number: int) -> int:
        return number % len(self.made)

    async def create(self, waits: list[tuple[int, str]]) -> None:
        number = len(self.made)
        waits = [(self.of(before), policy) for before, policy in waits] if self.made else []
        edges = [{"task_id": self.made[before]["id"], "on_failure": policy} for before, policy in waits]
        title = f"{number}"
        made = await self.world.supervisor.call("create_tasks", items=[item(self.world, title, *edges)])
        self.made.append(made)
        self.model.state[number] = "pending"
        # Together: a task that fails at once has all its edges.
        for before, policy in waits:
            self.model.edges.setdefault((number, before), policy)
        for before in dict(waits):
            self.model.look(number, before)

    async def add(self, task: int, before: int, policy: str) -> None:
        task, before = self.of(task), self.of(before)
        edge = [{"task_id": self.made[before]["id"], "on_failure": policy}]

        async def call() -> None:
            await self.world.supervisor.call(
                "add_task_dependencies", task_id=id_of(self.made[task]), depends_on=edge
            )

        if self.model.state[task] not in ("pending", "blocked"):
            await _refused(call, "PT409", "task_not_editable")
        elif task == before:
            await _refused(call, "23514", None)
        elif task in self.model.before(before):
            await _refused(call, "PT409", "dependency_cycle")
        else:
            await call()
            self.model.add(task, before, policy)

    async def remove(self, task: int, before: int) -> None:
        task, before = self.of(task), self.of(before)
        ids = {"task_id": id_of(self.made[task]), "depends_on_id": id_of(self.made[before])}
        if self.model.state[task] not in ("pending", "blocked", "failed"):
            with refused("PT409", "task_not_editable"):
                await self.world.supervisor.call("remove_task_dependency", **ids)
        elif (task, before) not in self.model.edges:
            with refused("PT404", "dependency_not_found"):
                await self.world.supervisor.call("remove_task_dependency", **ids)
        else:
            await self.world.supervisor.call("remove_task_dependency", **ids)
            self.model.remove(task, before)

    async def finish(self, well: bool) -> None:
        claimed = await claim(self.world.agent, 1)
        ready = self.model.ready()
        assert bool(claimed) == bool(ready)
        for name, task in claimed.items():
            assert int(name) in ready
            if well:
                await complete(self.world.agent, task)
            else:
                await fail(self.world.agent, task, retryable=False)
            self.model.end(int(name), "completed" if well else "failed")

    async def cancel(self, task: int) -> None:
        task = self.of(task)
        if self.model.state[task] in ("pending", "blocked"):
            await self.world.supervisor.call("cancel_task", task_id=id_of(self.made[task]))
            self.model.end(task, "cancelled")

    async def requeue(self, task: int) -> None:
        task = self.of(task)
        ids = [id_of(self.made[task])]
        if self.model.state[task] not in ("failed", "blocked"):
            return
        if any(self.model.state[before] == "cancelled" for before in self.model.open(task)):
            with refused("PT409", "predecessor_cancelled"):
                await self.world.supervisor.call("requeue_tasks", task_ids=ids)
        else:
            await self.world.supervisor.call("requeue_tasks", task_ids=ids)
            self.model.state[task] = "pending"

    async def agree(self) -> None:
        found = await states(self.world)
        assert {int(name): state for name, state in found.items()} == self.model.state
        await consistent(self.world)


async def _refused(call: Callable[[], Awaitable[None]], sqlstate: str, code: str | None) -> None:
    with refused(sqlstate, code):
        await call()


numbers = st.integers(0, 30)
policies = st.sampled_from(POLICIES)
moves = st.one_of(
    st.tuples(st.just("create"), st.lists(st.tuples(numbers, policies), max_size=4)),
    st.tuples(st.just("create"), st.lists(st.tuples(numbers, policies), min_size=1, max_size=3)),
    st.tuples(st.just("add"), numbers, numbers, policies),
    st.tuples(st.just("remove"), numbers, numbers),
    st.tuples(st.just("finish"), st.booleans()),
    st.tuples(st.just("finish"), st.just(True)),
    st.tuples(st.just("cancel"), numbers),
    st.tuples(st.just("requeue"), numbers),
)


@settings(
    max_examples=60,
    deadline=None,
    database=SEEDS,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(run=st.lists(moves, max_size=25))
async def test_a_graph_is_as_its_rule_says_whatever_happens(world: World, run: list[tuple[Any, ...]]) -> None:
    await world.owner.fetch("delete from public.tasks")
    play = Play(world)
    await play.create([])
    for name, *arguments in run:
        await getattr(play, name)(*arguments)
        await play.agree()

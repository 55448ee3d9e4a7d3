"""Random work on one queue: each rule is a call of the product, held against the model and the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from tests.property.model import ENDINGS, LIFECYCLE, Lease, Model, Task
from tests.property.stage import KINDS, Stage
from tests.support.world import Actor

# Longer than any example takes: only the test lets time pass.
_HOUR = 3600
_ROWS = """
    select t.id::text, t.state::text, t.attempt, t.retry_count, t.max_retries, t.priority, t.version,
           t.agent_id, t.lease_token, t.lease_expires_at, t.blocked_reason, t.finished_at,
           t.cancel_requested_at is not null as cancelling,
           array(select row(a.attempt, a.outcome::text, a.lease_token, a.agent_id)
                   from public.task_attempts a where a.task_id = t.id order by a.attempt) as attempts,
           array(select e.type from public.events e where e.subject_id = t.id order by e.xid, e.id) as events
      from public.tasks t
"""


agent_numbers = st.sampled_from([0, 0, 1, 1, 2])
kinds = st.sampled_from([("alpha",), ("beta",), KINDS, KINDS])
endings = st.sampled_from([*ENDINGS])
new_tasks = st.tuples(
    st.sampled_from(KINDS), st.integers(1, 4), st.integers(0, 2), st.sampled_from([False, False, True])
)


class Queue(RuleBasedStateMachine):
    """The tasks of one project, two of its agents, and a third that has no business there."""

    tasks: Bundle[Any] = Bundle("tasks")
    leases: Bundle[Any] = Bundle("leases")

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.world = stage.world
        self.model = Model()

    @initialize(target=tasks, items=st.lists(new_tasks, min_size=2, max_size=6))
    def begin(self, items: Sequence[tuple[str, int, int, bool]]) -> Any:
        self.stage.run(self.world.owner.fetch("delete from public.tasks"))
        # Projects and lanes draw lots for their turn: the same ones when an example is played again.
        lots = "select setseed(0.5), set_config('devos.served', '', false)"
        self.stage.run(self.world.login.fetch(lots))
        return self.create(items)

    @rule(target=tasks, items=st.lists(new_tasks, min_size=1, max_size=4))
    def create(self, items: Sequence[tuple[str, int, int, bool]]) -> Any:
        self.model.step += 1
        sent = [
            {
                "project_id": str(self.world.project),
                "title": "t",
                "kind": kind,
                "priority": priority,
                "max_retries": max_retries,
                "retry_base_seconds": _HOUR,
                "retry_cap_seconds": _HOUR,
                **({"run_at": "2199-01-01T00:00:00Z"} if delayed else {}),
            }
            for kind, priority, max_retries, delayed in items
        ]
        rows = self._listed(self._call(self.world.supervisor, "create_tasks", items=sent))
        assert len(rows) == len(items)
        made = []
        for nr, (row, (kind, priority, max_retries, delayed)) in enumerate(zip(rows, items, strict=True)):
            due = None if delayed else (self.model.step, nr)
            made.append(Task(row["id"], kind, priority, max_retries, due))
            self.model.tasks[row["id"]] = made[-1]
        return multiple(*made)

    @rule(target=leases, agent=agent_numbers, kinds=kinds, wanted=st.integers(1, 4))
    def claim(self, agent: int, kinds: Sequence[str], wanted: int) -> Any:
        return self._exchange(agent, [], kinds, wanted)

    @rule(
        target=leases,
        lease=leases,
        ending=endings,
        more=st.lists(st.tuples(leases, endings), max_size=3),
        wanted=st.integers(0, 2),
    )
    def finish(self, lease: Lease, ending: str, more: Sequence[tuple[Lease, str]], wanted: int) -> Any:
        """An agent says what it has done, often more than it still holds, and wants more."""
        return self._exchange(lease.agent, [(lease, ending), *more], KINDS, wanted)

    @rule(target=leases, lease=leases, ending=endings)
    def finish_one(self, lease: Lease, ending: str) -> Any:
        return self._exchange(lease.agent, [(lease, ending)], KINDS, 1)

    @rule(agent=agent_numbers, lease=leases, ending=endings)
    def finish_for_another(self, agent: int, lease: Lease, ending: str) -> None:
        self._exchange(agent, [(lease, ending)], (), 0)

    def _exchange(
        self, agent: int, ended: Sequence[tuple[Lease, str]], kinds: Sequence[str], wanted: int
    ) -> Any:
        self.model.step += 1
        items = [
            {
                "task_id": lease.task.id,
                "lease_token": lease.token,
                "error": {"code": "boom", "message": "It broke."},
                **ENDINGS[ending],
            }
            for lease, ending in ended
        ]
        key = self.stage.keys[agent]
        answer = self._call(
            self.world.login,
            "agent_exchange",
            key_id=key.split("_")[1],
            key_hash=hashlib.sha256(key.encode()).digest(),
            items=items,
            kinds=list(kinds),
            wanted=wanted,
            lease_seconds=_HOUR,
        )
        expected = [self.model.finish(agent, lease, ending) for lease, ending in ended]
        assert [result["outcome"] for result in answer["results"] or []] == expected
        if wanted and not (agent < 2 and self.model.claimable(kinds)):
            # Who finds nothing takes back what others hold in silence, and looks again.
            self.model.reap()
        told = [task["id"] for task in answer["tasks"]]
        takes = self.model.taken(told, kinds, wanted) if agent < 2 else []
        assert len(told) == len(takes)
        assert [task["attempt"] for task in answer["tasks"]] == [task.attempt + 1 for task in takes]
        tokens = [task["lease_token"] for task in answer["tasks"]]
        assert all(token > lease.token for token in tokens for lease in self.model.leases)
        return multiple(
            *(self.model.claim(task, token, agent) for task, token in zip(takes, tokens, strict=True))
        )

    @rule(agent=agent_numbers, lease=leases, more=st.lists(leases, max_size=3))
    def renew(self, agent: int, lease: Lease, more: Sequence[Lease]) -> None:
        held = [lease, *more]
        sent = [{"task_id": lease.task.id, "lease_token": lease.token} for lease in held]
        answers = self._call(self.stage.agents[agent], "extend_leases", leases=sent, lease_seconds=_HOUR)
        kept = [lease.lives and lease.agent == agent for lease in held]
        assert [answer["outcome"] for answer in answers] == [
            "extended" if lives else "lease_lost" for lives in kept
        ]
        assert [answer["cancel_requested"] for answer in answers] == [
            lives and lease.task.cancelling for lease, lives in zip(held, kept, strict=True)
        ]

    @rule(agent=agent_numbers, lease=leases, what=st.sampled_from(["progress", "checkpoint", "log"]))
    def write(self, agent: int, lease: Lease, what: str) -> None:
        function, content = {
            "progress": ("write_progress", {"progress": 0.5}),
            "checkpoint": ("save_checkpoint", {"checkpoint": {"page": 1}}),
            "log": ("write_task_logs", {"lines": [{"level": "info", "message": "hello"}]}),
        }[what]
        task = {"task_id": UUID(lease.task.id), "lease_token": lease.token}
        actor = self.stage.agents[agent]
        self._decide(self.model.write(agent, lease), actor, function, **task, **content)

    @rule(lease=leases)
    def fall_silent(self, lease: Lease) -> None:
        """The lease runs out, and nobody has noticed yet."""
        if lease.lives:
            self.stage.run(self.world.expire(lease.task.id))
            lease.passed = True

    @precondition(lambda self: any(lease.lives for lease in self.model.leases))
    @rule(agent=st.sampled_from([0, 1]))
    def switch_off_and_on(self, agent: int) -> None:
        """A supervisor stops an agent: its leases pass at once."""
        for is_active in (False, True):
            self._call(
                self.world.supervisor,
                "set_agent_activation",
                agent_id=self.stage.agents[agent].id,
                is_active=is_active,
            )
        for lease in self.model.leases:
            lease.passed |= lease.task.lease is lease and lease.agent == agent

    @precondition(lambda self: any(lease.passed and not lease.outcome for lease in self.model.leases))
    @rule()
    def reap(self) -> None:
        self.model.step += 1
        assert self._call(self.world.worker, "reap_expired_leases") == self.model.reap()

    @precondition(lambda self: any(task.due is None for task in self.model.tasks.values()))
    @rule()
    def let_time_pass(self) -> None:
        self.model.step += 1
        over = "update public.tasks set run_at = now() where state = 'pending' and run_at > now()"
        self.stage.run(self.world.owner.fetch(over))
        self.model.pass_time()

    @rule(
        task=tasks,
        what=st.sampled_from(["requeue", "edit", "requeue", "edit", "cancel", "delete"]),
        priority=st.integers(1, 4),
    )
    def decide(self, task: Task, what: str, priority: int) -> None:
        """What a supervisor does to one task; all in one rule, so that work is more frequent than its end."""
        self.model.step += 1
        model, named = self.model, {"task_id": UUID(task.id)}
        edit = {**named, "changes": {"priority": priority}, "version": task.version}
        code, function, arguments = {
            "requeue": lambda: (model.requeue([task]), "requeue_tasks", {"task_ids": [UUID(task.id)]}),
            "edit": lambda: (model.edit(task, priority, task.version), "update_task", edit),
            "cancel": lambda: (model.cancel(task), "cancel_task", named),
            "delete": lambda: (model.delete(task), "delete_task", named),
        }[what]()
        self._decide(code, self.world.supervisor, function, **arguments)

    @rule(task=tasks, more=st.lists(tasks, min_size=1, max_size=3))
    def requeue_many(self, task: Task, more: Sequence[Task]) -> None:
        self.model.step += 1
        ids = [UUID(chosen.id) for chosen in (task, *more)]
        self._decide(self.model.requeue([task, *more]), self.world.supervisor, "requeue_tasks", task_ids=ids)

    @invariant()
    def the_rows_are_as_they_should_be(self) -> None:
        rows = self.stage.run(self.world.owner.fetch(_ROWS))
        assert {row["id"] for row in rows} == {*self.model.tasks}, "a task was lost, or came from nowhere"
        for row in rows:
            self._holds_together(row)
            self._is_as_predicted(row, self.model.tasks[row["id"]])
        tokens = [attempt[2] for row in rows for attempt in row["attempts"]]
        assert len({*tokens}) == len(tokens), "one lease ended two attempts"

    def _holds_together(self, row: asyncpg.Record) -> None:
        """What is true of every row, whatever has happened."""
        running = row["state"] == "running"
        assert running == (row["lease_token"] is not None) == (row["agent_id"] is not None)
        assert running == (row["lease_expires_at"] is not None)
        assert (row["state"] == "blocked") == (row["blocked_reason"] is not None)
        assert (row["state"] in ("completed", "failed", "cancelled")) == (row["finished_at"] is not None)
        assert row["retry_count"] <= row["max_retries"], "more retries than there were"
        ended = [attempt[0] for attempt in row["attempts"]]
        assert ended == list(range(1, row["attempt"] + 1 - running)), "attempts have a gap"
        outcomes = [attempt[1] for attempt in row["attempts"]]
        assert outcomes.count("completed") == (row["state"] == "completed"), "completed not exactly once"
        assert row["lease_token"] not in [attempt[2] for attempt in row["attempts"]]

    def _is_as_predicted(self, row: asyncpg.Record, task: Task) -> None:
        lease = task.lease
        assert (row["state"], row["attempt"], row["retry_count"]) == (task.state, task.attempt, task.retries)
        assert (row["priority"], row["version"]) == (task.priority, task.version)
        assert row["cancelling"] == task.cancelling
        assert row["lease_token"] == (lease.token if lease else None)
        assert row["agent_id"] == (self.stage.agents[lease.agent].id if lease else None)
        assert [attempt[1] for attempt in row["attempts"]] == task.outcomes
        assert [event for event in row["events"] if event in LIFECYCLE] == task.events

    def _call(self, actor: Actor, function: str, **arguments: object) -> Any:
        return self.stage.run(actor.call(function, **arguments))

    def _decide(self, code: str | None, actor: Actor, function: str, **arguments: object) -> None:
        """Call, and be refused exactly when the model says so."""
        told = None
        try:
            self._call(actor, function, **arguments)
        except asyncpg.PostgresError as error:
            told = getattr(error, "detail", None) or f"{error.sqlstate} {error}"
        assert told == code, f"{function} answered {told or 'as if it were allowed'}"

    @staticmethod
    def _listed(answer: Any) -> list[Any]:
        return answer if isinstance(answer, list) else [answer]

"""Taking in what fits its kind, and claiming with patience: ask, wait to be woken, ask again.

No connection is held while waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from litestar import Request

from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.tasks import queries
from control_plane.domains.tasks.claim_models import Completion, Completions, Exchange, Failure, Results
from control_plane.domains.tasks.models import CreateTask, TaskError
from control_plane.domains.tasks.ready import ReadyKinds
from control_plane.http.credentials import Token
from control_plane.http.tokens import not_signed_in
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Json

_Answer = TypeVar("_Answer")


class KindChecks(Protocol):
    """What the kinds of projects say of inputs and results."""

    async def check_inputs(self, items: Sequence[tuple[UUID, str, Json]]) -> list[dict[str, object]]:
        """What is wrong with inputs (project, kind, input): {index, pointer, message}."""
        ...

    async def check_outputs(self, key: Token, outputs: Sequence[tuple[UUID, Json]]) -> dict[UUID, str]:
        """What is wrong with results (task, output): a sentence for each bad one."""
        ...


async def create(db: Session, ready: ReadyKinds, kinds: KindChecks, tasks: list[CreateTask]) -> str:
    """Create tasks whose inputs fit their kinds, and wake the agents that wait for such work: JSON text."""
    try:
        await _require_fitting(db, kinds, [(task.project_id, task.kind, task.input) for task in tasks])
    except DomainError:
        # Its kind may have become stricter since: a repeat is answered as the request was.
        known = await db.known_answer()
        if known is None:
            raise
        return known
    made = await queries.create_tasks(db, tasks)
    ready.wake({task.kind for task in tasks})
    return made


async def require_input(
    db: Session, kinds: KindChecks, task_id: UUID, value: Json, *, kind: str | None = None
) -> None:
    """Refuse a new input of a task, or that of one of another kind beside it, if it does not fit."""
    task = await queries.peek_task(db, task_id)
    if task is not None:
        await _require_fitting(db, kinds, [(task.project_id, kind or task.kind, value)])


async def _require_fitting(db: Session, kinds: KindChecks, inputs: Sequence[tuple[UUID, str, Json]]) -> None:
    errors = await kinds.check_inputs(inputs)
    if not errors:
        return
    if db.caller.agent_id is None:
        # Who may not create here learns nothing of what the project's kinds are like.
        await queries.require_creation(db, [project_id for project_id, _, _ in inputs])
    raise DomainError(
        422,
        "input_invalid",
        "; ".join(f"{error['pointer'] or '/'}: {error['message']}" for error in errors[:3]),
        "Read the schema with GET /api/kinds.",
        extra={"errors": errors},
    )


async def require_output(kinds: KindChecks, key: Token, task_id: UUID, output: Json) -> None:
    """Refuse an agent's result that does not fit; its lease goes on."""
    if wrong := await kinds.check_outputs(key, [(task_id, output)]):
        raise DomainError(
            422, "invalid_output", wrong[task_id], "Send what the kind asks for, or fail the task."
        )


async def complete(db: Session, kinds: KindChecks, key: Token, sent: Completions) -> Results:
    """Complete leased tasks; one whose result does not fit its kind has failed."""
    return await queries.complete_tasks(db, await _checked(kinds, key, sent.items))


async def _checked(
    kinds: KindChecks, key: Token, completions: Sequence[Completion]
) -> list[Completion | Failure]:
    """Completions, and in place of those whose result does not fit, failures that nobody tries again."""
    if not completions:
        return []
    wrong = await kinds.check_outputs(key, [(item.task_id, item.output) for item in completions])
    return [
        Failure(
            task_id=item.task_id,
            lease_token=item.lease_token,
            error=TaskError(code="invalid_output", message=wrong[item.task_id][:10_000]),
            retryable=False,
        )
        if item.task_id in wrong
        else item
        for item in completions
    ]


async def exchange(
    database: Database,
    ready: ReadyKinds,
    kinds: KindChecks,
    key: Token,
    sent: Exchange,
    request: Request[Any, Any, Any],
) -> str:
    """Finish what is sent and claim what fits, waiting for work; JSON text. 401 for a wrong key."""
    results = await _checked(kinds, key, sent.completions)

    async def ask() -> str:
        answer = await queries.exchange(database, key, sent, results)
        if answer is None:
            raise not_signed_in("The key is not valid.")
        return answer

    if sent.completions or sent.failures or sent.releases or not sent.wanted:
        # Results are told at once: their sender may be waiting for room to work.
        return await ask()
    return await until(ask, _has_tasks, ready, key.id, sent.kinds, sent.wait_seconds, request)


async def until(
    ask: Callable[[], Awaitable[_Answer]],
    enough: Callable[[_Answer], bool],
    ready: ReadyKinds,
    key_id: str,
    kinds: Iterable[str],
    wait_seconds: int,
    request: Request[Any, Any, Any],
) -> _Answer:
    """Ask until the answer is enough, the time is over or the caller has gone: nothing is claimed for it."""
    if not wait_seconds:
        return await ask()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    gone = asyncio.ensure_future(_gone(request))
    try:
        with ready.waiting(key_id, kinds) as woken:
            while True:
                woken.clear()
                answer = await ask()
                if enough(answer):
                    return answer
                await _first_of(woken.wait(), gone, timeout=max(0.0, deadline - loop.time()))
                if gone.done() or not woken.is_set():
                    return answer
    finally:
        gone.cancel()


def _has_tasks(answer: str) -> bool:
    # It stays undecoded.
    return not answer.startswith('{"tasks" : []')


async def _gone(request: Request[Any, Any, Any]) -> None:
    """Return when the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _first_of(woken: Awaitable[object], gone: asyncio.Future[None], *, timeout: float) -> None:
    waiter = asyncio.ensure_future(woken)
    try:
        await asyncio.wait({waiter, gone}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()

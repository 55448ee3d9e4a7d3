"""Tasks that many create at once through one client: they travel together, and each is answered by itself."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from fake_devos import FakeDevos
from running import until

from devos_sdk import AsyncDevos, Devos, Invalid, RateLimited, Task, Unauthorized


def sizes(devos: FakeDevos) -> list[int]:
    """How many tasks each call brought."""
    bodies = [seen.body for seen in devos.calls("/api/tasks")]
    return [len(body) if isinstance(body, list) else 1 for body in bodies]


async def create(client: AsyncDevos, title: str = "Work", project: str = "project", **fields: Any) -> Task:
    return await client.tasks.create(title, project_id=project, kind="work", **fields)


async def test_what_is_created_at_once_travels_together(devos: FakeDevos) -> None:
    async def producer(client: AsyncDevos, number: int) -> list[str]:
        return [(await create(client, f"{number}.{at}")).title for at in range(5)]

    async with AsyncDevos(devos.url, token="person-token") as client:
        made = await asyncio.gather(*(producer(client, number) for number in range(16)))
    assert made == [[f"{number}.{at}" for at in range(5)] for number in range(16)]
    assert sizes(devos) == [16] * 5


async def test_what_comes_while_a_call_is_under_way_goes_with_the_next_one(devos: FakeDevos) -> None:
    devos.faults.hang_on.add("/api/tasks")
    async with AsyncDevos(devos.url, token="person-token") as client:
        first = asyncio.create_task(create(client, "first"))
        await until(lambda: bool(devos.calls("/api/tasks")))
        rest = [asyncio.create_task(create(client, f"later {at}")) for at in range(3)]
        await asyncio.sleep(0)
        devos.faults.hang_on.clear()
        assert (await first).title == "first"
        assert [(await task).title for task in rest] == ["later 0", "later 1", "later 2"]
    assert sizes(devos) == [1, 3]


async def test_one_after_the_other_each_goes_alone(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="person-token") as client:
        for _ in range(3):
            await create(client)
    assert [type(seen.body) for seen in devos.calls("/api/tasks")] == [dict] * 3


async def test_a_bad_one_fails_alone(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="person-token") as client:
        outcomes = await asyncio.gather(
            *(create(client, "" if at == 5 else f"good {at}") for at in range(9)),
            create(client, input={"not JSON": float("nan")}),
            return_exceptions=True,
        )
    assert [at for at, outcome in enumerate(outcomes) if not isinstance(outcome, Task)] == [5, 9]
    assert [type(outcomes[at]) for at in (5, 9)] == [Invalid, Invalid]
    assert sorted(task.title for task in devos.tasks.values()) == [f"good {at}" for at in range(9) if at != 5]


async def test_what_the_caller_may_not_do_is_asked_once(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="wrong") as client:
        outcomes = await asyncio.gather(*(create(client) for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unauthorized] * 4
    assert sizes(devos) == [4]


async def test_what_a_project_takes_later_is_created_later_in_order(devos: FakeDevos) -> None:
    devos.faults.room_for["slow"] = 3
    async with AsyncDevos(devos.url, token="person-token") as client:
        made = await asyncio.gather(*(create(client, str(at), "slow") for at in range(16)))
    assert [task.title for task in made] == [str(at) for at in range(16)]
    assert [task.title for task in devos.tasks.values()] == [str(at) for at in range(16)]
    # Not all sixteen by themselves: what fits goes together.
    assert sizes(devos)[:4] == [16, 8, 4, 2]


async def test_a_project_that_takes_no_more_keeps_no_other_waiting(devos: FakeDevos) -> None:
    # The refusal says when to come back, which is later than anybody waits here.
    devos.faults.room_for["slow"] = 0
    devos.faults.retry_after = "600"
    async with AsyncDevos(devos.url, token="person-token", patience=timedelta(hours=1)) as client:
        slow = [asyncio.create_task(create(client, str(at), "slow")) for at in range(4)]
        fast = [asyncio.create_task(create(client, str(at), "fast")) for at in range(4)]
        done, _ = await asyncio.wait(fast, timeout=10)
        assert len(done) == 4
        await until(lambda: sizes(devos).count(1) == 1)
        assert not any(task.done() for task in slow)
        assert (await create(client, "later", "fast")).title == "later"
        for task in slow:
            task.cancel()


async def test_one_that_a_project_does_not_take_in_time_is_refused_alone(devos: FakeDevos) -> None:
    devos.faults.room_for["slow"] = 2
    devos.faults.retry_after = "600"
    async with AsyncDevos(devos.url, token="person-token") as client:
        outcomes = await asyncio.gather(
            *(create(client, str(at), "slow") for at in range(4)), return_exceptions=True
        )
    # Room that came meanwhile is used by who comes next.
    assert [type(outcome) for outcome in outcomes] == [Task, Task, RateLimited, Task]


async def test_one_who_leaves_does_the_others_no_harm(devos: FakeDevos) -> None:
    devos.faults.hang_on.add("/api/tasks")
    async with AsyncDevos(devos.url, token="person-token") as client:
        sent = [asyncio.create_task(create(client, f"sent {at}")) for at in range(2)]
        await until(lambda: bool(devos.calls("/api/tasks")))
        waiting = [asyncio.create_task(create(client, f"waiting {at}")) for at in range(2)]
        await asyncio.sleep(0)
        for left in (sent[0], waiting[0]):
            left.cancel()
        devos.faults.hang_on.clear()
        assert [(await sent[1]).title, (await waiting[1]).title] == ["sent 1", "waiting 1"]
        assert (sent[0].cancelled(), waiting[0].cancelled()) == (True, True)
    assert sizes(devos) == [2, 1]


async def test_a_lost_answer_makes_nothing_twice(devos: FakeDevos) -> None:
    devos.faults.lose_answers_to.add("/api/tasks")
    async with AsyncDevos(devos.url, token="person-token") as client:
        made = await asyncio.gather(*(create(client) for _ in range(4)))
    assert sizes(devos) == [4, 4]
    assert {task.id for task in made} == set(devos.tasks)


async def test_a_key_of_the_caller_goes_alone(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="person-token") as client:
        await asyncio.gather(create(client), create(client, idempotency_key="mine"), create(client))
    keys = {seen.headers["idempotency-key"]: seen.body for seen in devos.calls("/api/tasks")}
    assert isinstance(keys.pop("mine"), dict)
    assert sizes(devos).count(2) == 1


async def test_no_call_becomes_larger_than_the_server_takes(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="person-token") as client:
        await asyncio.gather(*(create(client, input={"text": "x" * 250_000}) for _ in range(9)))
        await asyncio.gather(*(create(client) for _ in range(1001)))
    assert sizes(devos) == [4, 4, 1, 1000, 1]


async def test_what_goes_wrong_here_is_told_to_all(devos: FakeDevos) -> None:
    client = AsyncDevos(devos.url, token="person-token")
    await client.close()
    outcomes = await asyncio.gather(create(client), create(client), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RuntimeError, RuntimeError]


def test_threads_share_calls_too(devos: FakeDevos) -> None:
    with Devos(devos.url, token="person-token") as client, ThreadPoolExecutor(8) as threads:
        made = [
            threads.submit(client.tasks.create, f"{at}", project_id="project", kind="work")
            for at in range(80)
        ]
        assert [task.result().title for task in made] == [str(at) for at in range(80)]
    assert len(devos.tasks) == 80

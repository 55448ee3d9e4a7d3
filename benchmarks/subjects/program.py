"""The commands that every subject understands. It runs in the peers' environment too: no imports of ours.

A subject is an object with `prepare()`: the queue exists and is empty; `open()`: connect as a producer;
`put(payload)` and, if it can, `put_many(payloads)`: coroutines, or functions that are called from threads;
`consume(concurrency, job)`: call the job with each payload until the process is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import itertools
import json
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

LIST = 1000
Payload = Mapping[str, Any]


# What a library prints (Celery its banner) must not come between the lines for the harness.
_harness = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def tell(**facts: Any) -> None:
    """One line for the harness."""
    _harness.write(json.dumps(facts) + "\n")
    _harness.flush()


class Tally:
    """The job of every subject, which does nothing. It counts, from whichever thread it is called."""

    def __init__(self, warm: int, jobs: int) -> None:
        self._warm, self._jobs = warm, jobs
        self._numbers = itertools.count(1)
        self._late: list[float] = []

    def __call__(self, payload: Payload) -> None:
        if "at" in payload:
            self._late.append(time.time() - payload["at"])
        number = next(self._numbers)
        if number == self._warm:
            tell(warm=time.perf_counter())
        if number == self._jobs:
            tell(done=time.perf_counter(), late=self._late[self._warm :])


def main(subject: Any) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["prepare", "create", "produce", "consume"])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--warm", type=int, default=0)
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--bulk", action="store_true", help="lists of 1,000, if the subject has them")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two jobs of `produce`")
    given = parser.parse_args()
    if given.command == "prepare":
        answer = subject.prepare()  # outside of a loop: not every library can begin inside one
        asyncio.run(_maybe(answer))
        tell(prepared=True)
    elif given.command == "consume":
        subject.consume(given.concurrency, Tally(given.warm, given.jobs))
    elif given.command == "create":
        asyncio.run(_create(subject, given))
    else:
        asyncio.run(_produce(subject, given.jobs, given.pause))


async def _create(subject: Any, given: argparse.Namespace) -> None:
    await _maybe(subject.open())
    items: list[Any] = [{"n": number} for number in range(given.warm + given.jobs)]
    put: Any = subject.put
    warm = given.warm
    if given.bulk and hasattr(subject, "put_many"):
        items = [items[at : at + LIST] for at in range(0, len(items), LIST)]
        put, warm = subject.put_many, 1
    await _spread(put, items[:warm], given.concurrency)
    tell(warm=time.perf_counter())
    await _spread(put, items[warm:], given.concurrency)
    tell(done=time.perf_counter())


async def _spread(put: Any, items: list[Any], together: int) -> None:
    """Put all items, so many at once."""
    if not inspect.iscoroutinefunction(put):
        with ThreadPoolExecutor(together) as pool:
            for _ in pool.map(put, items):
                pass
        return
    rest = iter(items)

    async def one() -> None:
        for item in rest:
            await put(item)

    await asyncio.gather(*(one() for _ in range(together)))


async def _produce(subject: Any, jobs: int, pause: float) -> None:
    await _maybe(subject.open())
    for number in range(jobs):
        # Not in step with anybody's poll.
        await asyncio.sleep(pause * (0.5 + (number * 0.618) % 1))
        await _maybe(subject.put({"n": number, "at": time.time()}))
    tell(done=time.perf_counter())


async def _maybe(answer: Any) -> None:
    if inspect.isawaitable(answer):
        await answer

"""The bench's own caller against a real API: what it reads is what others read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks import p12_stream
from benchmarks.harness import Bench
from benchmarks.stack import Stack
from benchmarks.wire import Wire


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


def test_a_call_after_the_other_over_one_connection(stack: Stack) -> None:
    async def calls() -> list[int]:
        async with Wire.open(stack.url, stack.token) as wire:
            new = {"project_id": stack.project_id, "kind": "noop", "title": "one", "input": {}}
            made, task = await wire.call("POST", "/api/tasks", new, {"Idempotency-Key": "k"})
            read, same = await wire.call("GET", f"/api/tasks/{task['id']}")
            assert same["title"] == "one"
            refused, problem = await wire.call("GET", "/api/tasks/none")
            assert problem["status"] == refused
            return [made, read, refused]

    assert asyncio.run(calls()) == [201, 200, 404]


def test_every_stream_is_told_of_every_event(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p12_stream, "_PEOPLE", 2)
    monkeypatch.setattr(p12_stream, "_EACH", 2)
    found = p12_stream.measure(Bench(stack, rounds=1, scale=0.01, say=lambda _: None))
    assert 0 < found.figures["told after the commit, p50"][0] < 10_000

"""Kinds: what handlers say of theirs, and how long their tasks may take."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import Terminal
from fake_devos import FakeDevos
from pydantic import BaseModel
from running import at_work, until

from devos_sdk import Agent, Context, Devos

PROJECT = "0198c0de-0000-7000-8000-000000000001"


class Name(BaseModel):
    """Whom to greet."""

    name: str
    times: int = 1


class Card(BaseModel):
    """What it came to."""

    text: str
    cost: Decimal


@pytest.fixture
def person(devos: FakeDevos) -> Iterator[Devos]:
    with Devos(devos.url, token="person-token") as client:
        yield client


def made(devos: FakeDevos) -> list[Any]:
    return [seen.body for seen in devos.requests if seen.method == "PUT"]


def test_an_agent_says_what_its_handlers_take_and_answer(devos: FakeDevos, person: Devos) -> None:
    agent = Agent("greeter")

    @agent.task("greet", timeout=timedelta(minutes=2))
    async def greet(_ctx: Context, name: Name) -> Card:
        return Card(text=name.name, cost=Decimal(0))

    @agent.task("count")
    def count(_ctx: Any, _input: dict[str, Any]) -> list[int]:
        return []

    @agent.task("anything")
    async def anything(_ctx: Context) -> None: ...

    kinds = {kind.name: kind for kind in agent.publish_kinds(person, project_id=PROJECT)}
    taken, answered = kinds["greet"].input_schema, kinds["greet"].output_schema
    assert taken is not None
    assert answered is not None
    assert (taken["required"], {*taken["properties"]}) == (["name"], {"name", "times"})
    # As it is sent: a decimal is text.
    assert answered["properties"]["cost"]["type"] == "string"
    assert kinds["greet"].defaults == {"timeout_seconds": 120}
    assert kinds["count"].output_schema == {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": {"type": "integer"}}},
    }
    assert (kinds["anything"].input_schema, kinds["anything"].output_schema) == (None, None)


def test_what_people_wrote_of_a_kind_stays_and_nothing_is_said_twice(devos: FakeDevos, person: Devos) -> None:
    agent = Agent("greeter")

    @agent.task("greet")
    async def greet(_ctx: Context, name: Name) -> None: ...

    person.kinds.set("greet", project_id=PROJECT, title="Greet", defaults={"max_retries": 0})
    for _ in range(2):
        (kind,) = agent.publish_kinds(person, project_id=PROJECT)
        assert (kind.title, kind.defaults, kind.version) == ("Greet", {"max_retries": 0}, 2)
    assert len(made(devos)) == 2


async def test_the_time_limit_of_a_task_stops_its_handler(devos: FakeDevos) -> None:
    agent = Agent("tester")
    stopped = asyncio.Event()

    @agent.task("slow", timeout=timedelta(hours=1))
    async def slow(_ctx: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = devos.add("slow")
    task.timeout_seconds = 1
    async with at_work(agent, devos):
        await until(stopped.is_set)
        await until(lambda: task.last_error)
    assert task.last_error is not None
    assert (task.last_error["code"], task.last_error["message"]) == (
        "timeout",
        "The handler did not finish within 0:00:01.",
    )


def test_an_example_that_does_not_fit_ends_with_1(devos: FakeDevos, tmp_path: Path) -> None:
    terminal = Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})
    said = terminal.run("kinds", "validate", "greet", "--project", PROJECT, "--input", "{}")
    assert (said.code, said.out) == (1, 'input/: "name" is a required property\n')
    said = terminal.run("kinds", "validate", "greet", "--project", PROJECT, "--input", "{}", "--json")
    assert (said.code, said.json["fits"]) == (1, False)
    (tmp_path / "kind.json").write_text('{"schema": {}}')
    said = terminal.run("kinds", "set", "greet", "--project", PROJECT, "--file", str(tmp_path / "kind.json"))
    assert said.code == 2
    assert "names schema" in said.err

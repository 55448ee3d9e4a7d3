"""Whatever is sent is answered by a sentence: 400 for what cannot be parsed, 422 for what is not valid."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.operations import BY_ID, OPERATIONS, Operation, filled
from tests.support.scene import Scene

WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
MIB = 1024 * 1024
# Of whose bodies everything may be left out.
MAY_BE_EMPTY = {
    "cancelTask",
    "exchange",
    "rotateAgentKey",
    "setKind",
    "updateTask",
    "updateUser",
    "validateKind",
}
# Fields that hold whatever JSON their sender likes.
FREE = {"input", "output", "checkpoint", "data", "input_schema", "output_schema", "resource_requirements"}

Place = tuple[str | int, ...]


@pytest.fixture
def callers(
    nobody: httpx.AsyncClient,
    supervisor: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    agent: httpx.AsyncClient,
) -> dict[str, httpx.AsyncClient]:
    return {"nobody": nobody, "person": supervisor, "admin": admin, "agent": agent}


class Sender:
    """Sends bodies to an operation and hands back the answer."""

    def __init__(self, callers: dict[str, httpx.AsyncClient], scene: Scene) -> None:
        self._callers = callers
        self._scene = scene

    def body(self, operation: Operation) -> Any:
        return filled(operation.body, self._scene)

    async def send(self, operation: Operation, content: bytes) -> httpx.Response:
        url = filled(operation.path, self._scene)
        return await self._callers[operation.who].request(operation.method, url, content=content)

    async def send_json(self, operation: Operation, body: Any) -> httpx.Response:
        return await self.send(operation, json.dumps(body).encode())


@pytest.fixture
def sender(callers: dict[str, httpx.AsyncClient], scene: Scene) -> Sender:
    return Sender(callers, scene)


def places(body: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value inside a body with its place."""
    members = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in members:
        yield (*at, name), value
        yield from places(value, (*at, name))


def at(body: Any, place: Place) -> Any:
    for step in place:
        body = body[step]
    return body


def put(body: Any, place: Place, value: object) -> Any:
    """The body with another value at one place."""
    changed = deepcopy(body)
    at(changed, place[:-1])[place[-1]] = value
    return changed


async def test_what_is_no_json_is_malformed(sender: Sender) -> None:
    contents = [
        b"{",
        b"nul",
        b"\xff\xfe",
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"a": "\x00"}',
        b'{"a": 1} {"a": 1}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ]
    for operation in WITH_BODY:
        for content in contents:
            problem(await sender.send(operation, content), 400, "malformed_json")


async def test_a_body_of_another_shape_is_not_valid(sender: Sender) -> None:
    for operation in WITH_BODY:
        for content in (b"", b"null", b"[]", b"{}", b'"x"', b"7", b"true"):
            if operation.id in {"cancelTask", "requeueTask"} and content in (b"", b"null", b"{}"):
                continue  # these need no word
            if content != b"{}" or operation.id not in {
                "exchange",
                "rotateAgentKey",
                "setKind",
                "updateSchedule",
                "updateLimit",
                "updateTask",
                "updateUser",
                "validateKind",
            }:
                problem(await sender.send(operation, content), 422, "invalid_request")


async def test_a_body_that_is_missing_is_named(supervisor: httpx.AsyncClient) -> None:
    told = problem(await supervisor.post("/api/projects"), 422, "invalid_request")
    assert told["detail"] == "data: it is missing"


async def test_an_unknown_field_is_refused_at_every_level(sender: Sender) -> None:
    for operation in WITH_BODY:
        body = sender.body(operation)
        levels = [place for place, value in places(body) if isinstance(value, dict)]
        for place in [(), *levels]:
            if FREE & {*place}:
                continue
            told = problem(
                await sender.send_json(operation, put(body, (*place, "surprise"), 1)), 422, "invalid_request"
            )
            assert "surprise" in told["detail"], (operation.id, place, told)


async def test_a_nul_is_refused_wherever_a_string_is(sender: Sender) -> None:
    for operation in WITH_BODY:
        body = sender.body(operation)
        for place, value in places(body):
            if isinstance(value, str) and place != ("password",) and not FREE & {*place}:
                answer = await sender.send_json(operation, put(body, place, value + "\0"))
                assert (answer.status_code, operation.id, place) == (422, operation.id, place), answer.text
            # What is only looked at is not stored.
            elif isinstance(value, dict) and place[-1] in FREE and operation.id != "validateKind":
                for free in ({"a": "\0"}, {"\0": 1}, {"a": [{"b": "\0"}]}):
                    problem(await sender.send_json(operation, put(body, place, free)), 422, "invalid_value")


async def test_half_a_surrogate_pair_is_malformed_wherever_a_string_is(sender: Sender) -> None:
    for operation in WITH_BODY:
        body = sender.body(operation)
        for place, value in places(body):
            if isinstance(value, str):
                problem(await sender.send_json(operation, put(body, place, "\ud800")), 400, "malformed_json")


async def test_a_number_out_of_range_is_not_valid(sender: Sender) -> None:
    numbers = (2**31, 2**63, 2**64, 10**30, -(2**63) - 1, 1e300)
    for operation in WITH_BODY:
        body = sender.body(operation)
        for place, value in places(body):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or FREE & {*place}:
                continue
            for number in numbers:
                # A lease token is as wide as a bigint: 2^31 is one that nobody holds.
                if place[-1] != "lease_token" or number != 2**31:
                    answer = await sender.send_json(operation, put(body, place, number))
                    assert (answer.status_code, operation.id, place) == (422, operation.id, place), (
                        answer.text
                    )


async def test_no_value_of_any_type_breaks_a_route(sender: Sender) -> None:
    values: list[Any] = [
        None,
        True,
        -1,
        0,
        0.5,
        "",
        "x",
        "x" * 100_000,
        "é\U0001f600\x1f\x7f",
        "../..",
        "' or 1=1 --",
        "2026-13-45",
        [],
        {},
        [[]],
        {"a": {"b": None}},
        [None],
    ]
    for operation in WITH_BODY:
        body = sender.body(operation)
        for place, _ in places(body):
            for value in values:
                answer = await sender.send_json(operation, put(body, place, value))
                told = f"{operation.id} {place} {str(value)[:20]!r}: {answer.text}"
                assert answer.status_code < 500, told
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json", told


async def test_a_field_that_is_needed_is_missed_by_its_name(
    sender: Sender, nobody: httpx.AsyncClient
) -> None:
    described = (await nobody.get("/api/openapi.json")).json()
    schemas = described["components"]["schemas"]
    missed = 0
    for item in described["paths"].values():
        for route in item.values():
            operation = BY_ID[route["operationId"]]
            if operation.body is None:
                continue
            schema = route["requestBody"]["content"]["application/json"]["schema"]
            names = schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("required", [])
            for name in {*names} - {"root"}:
                body = sender.body(operation)
                del body[name]
                told = problem(await sender.send_json(operation, body), 422, "invalid_request")
                assert name in told["detail"], (operation.id, told)
                missed += 1
    assert missed > 30


async def test_json_of_a_hundred_levels_is_kept_and_deeper_one_refused(
    supervisor: httpx.AsyncClient, scene: Scene
) -> None:
    def nested(levels: int) -> dict[str, Any]:
        value: Any = {}
        for _ in range(levels - 1):
            value = {"a": value}
        return value

    task = filled(BY_ID["createTask"].body, scene)
    answer = await supervisor.post("/api/tasks", json={**task, "input": nested(100)})
    assert answer.status_code == 201
    assert answer.json()["input"] == nested(100)
    for levels in (101, 500, 900):
        told = problem(
            await supervisor.post("/api/tasks", json={**task, "input": nested(levels)}),
            422,
            "invalid_request",
        )
        assert "nested" in told["detail"]


async def test_of_a_key_that_stands_twice_the_last_one_counts(supervisor: httpx.AsyncClient) -> None:
    answer = await supervisor.post("/api/projects", content=b'{"name": "first", "name": "last"}')
    assert (answer.status_code, answer.json()["name"]) == (201, "last")


async def test_a_body_that_is_too_large_is_refused(sender: Sender) -> None:
    for operation in WITH_BODY:
        problem(await sender.send(operation, b" " * (4 * MIB + 1)), 413, "body_too_large")


async def test_a_large_body_without_a_length_is_refused_too(supervisor: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b" " * MIB

    problem(await supervisor.post("/api/projects", content=pieces()), 413, "body_too_large")


async def test_the_type_of_a_body_does_not_matter_and_breaks_nothing(supervisor: httpx.AsyncClient) -> None:
    for number, kind in enumerate(
        ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "???"]
    ):
        answer = await supervisor.post(
            "/api/projects",
            content=json.dumps({"name": f"p{number}"}).encode(),
            headers={"Content-Type": kind},
        )
        assert answer.status_code in {201, 400, 415, 422}, (kind, answer.text)


LISTS = [operation for operation in OPERATIONS if operation.id.startswith("list")]


async def test_a_page_has_1_to_1000_items(supervisor: httpx.AsyncClient, scene: Scene) -> None:
    for operation in LISTS:
        for limit in ("0", "-1", "1001", "x", "", "1.5", str(2**63), "%00", "\u0663"):
            problem(await supervisor.get(asked(operation, scene, limit=limit)), 422, "invalid_request")


async def test_a_cursor_that_was_never_given_is_refused(supervisor: httpx.AsyncClient, scene: Scene) -> None:
    for operation in LISTS:
        name = "after" if operation.id == "listEvents" else "cursor"
        # Kinds are listed by their names, and x is one.
        for cursor in ("x", "-1", "%00", str(2**63), "00000000-0000-0000-0000-00000000000g"):
            if (operation.id, cursor) != ("listKinds", "x"):
                answer = await supervisor.get(asked(operation, scene, **{name: cursor}))
                problem(answer, 422, "invalid_request")


async def test_a_filter_may_hold_anything(supervisor: httpx.AsyncClient) -> None:
    for value in ("%00", "%ff", "a" * 10_000, "%F0%9F%98%80"):
        assert (await supervisor.get(f"/api/tasks?kind={value}")).status_code in {200, 422}
        for name in ("project_id", "state"):
            problem(await supervisor.get(f"/api/tasks?{name}={value}"), 422, "invalid_request")


async def test_a_path_that_leads_nowhere_is_not_found(supervisor: httpx.AsyncClient) -> None:
    for path in ("/%00", "/api/tasks/%00", "/api/tasks/x", "/api/tasks/%2e%2e", "/api/tasks/%ff"):
        problem(await supervisor.get(path), 404, "route_not_found")


def asked(operation: Operation, scene: Scene, **parameters: str) -> str:
    """The URL of a list with further parameters."""
    url = filled(operation.path, scene)
    return (
        url + ("&" if "?" in url else "?") + "&".join(f"{name}={text}" for name, text in parameters.items())
    )

"""Every refusal is a problem document with a request id, whoever refuses."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.world import World


async def test_a_route_that_does_not_exist(nobody: httpx.AsyncClient) -> None:
    for path in ("/", "/nothing", "/api/nothing", "/api/nothing/at/all", "/api/docs-assets/nothing.js"):
        problem(await nobody.get(path), 404, "route_not_found")


async def test_a_method_that_a_route_does_not_have(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.delete("/api/projects")
    problem(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= {*answer.headers["allow"].replace(" ", "").split(",")}


async def test_a_fault_of_ours_is_logged_and_not_told(
    supervisor: httpx.AsyncClient, world: World, logged: list[Any]
) -> None:
    await world.owner.fetch("drop function public.list_projects")
    told = problem(await supervisor.get("/api/projects"), 500, "internal_error")
    assert "list_projects" not in str(told)
    (line,) = [line for line in logged if line["event"] == "unhandled error"]
    assert line["error_type"] == "UndefinedFunctionError"
    logged.clear()


async def test_every_answer_has_an_id_of_its_own(nobody: httpx.AsyncClient) -> None:
    ids = {(await nobody.get(path)).headers["x-request-id"] for path in ("/health/live", "/nothing") * 3}
    assert len(ids) == 6


@pytest.mark.parametrize("path", ["/health/live", "/api/projects", "/nothing"])
async def test_an_id_that_the_caller_sends_is_echoed(path: str, nobody: httpx.AsyncClient) -> None:
    for sent in ("12345678", "a-request-of-mine", "A" * 64):
        answer = await nobody.get(path, headers={"X-Request-ID": sent})
        assert answer.headers["x-request-id"] == sent


async def test_an_id_in_another_form_is_replaced(nobody: httpx.AsyncClient) -> None:
    for sent in (
        "",
        "short",
        "A" * 65,
        "with space",
        "<script>",
        'a"b"c"d"e',
        "ünïcödé-ünïcödé",
        "under_score",
    ):
        answer = await nobody.get("/health/live", headers=[(b"X-Request-ID", sent.encode())])
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"]), sent


async def test_what_is_logged_carries_the_id(
    supervisor: httpx.AsyncClient, world: World, logged: list[Any]
) -> None:
    await world.owner.fetch("drop function public.list_projects")
    await supervisor.get("/api/projects", headers={"X-Request-ID": "a-request-of-mine"})
    (line,) = [line for line in logged if line["event"] == "unhandled error"]
    assert line["request_id"] == "a-request-of-mine"
    logged.clear()

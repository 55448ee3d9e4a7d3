"""Artifacts over HTTP: streamed in and out, checked, fenced, and never shown inline."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.api import client, give_key, problem, running, settings_for
from tests.support.world import World


@pytest.fixture
async def task(world: World) -> Any:
    return await world.claimed()


def digest(content: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"}


async def send(
    agent: httpx.AsyncClient, task: Any, name: str, content: bytes | AsyncIterator[bytes], **headers: str
) -> httpx.Response:
    told = {"X-Lease-Token": str(task["lease_token"]), "Content-Type": "text/plain"}
    told |= {header.replace("_", "-"): value for header, value in headers.items()}
    return await agent.put(f"/api/tasks/{task['id']}/artifacts/{name}", content=content, headers=told)


async def kept(agent: httpx.AsyncClient, task: Any, name: str, content: bytes, **headers: str) -> Any:
    answer = await send(agent, task, name, content, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def fetch(person: httpx.AsyncClient, artifact: Any, **headers: str) -> httpx.Response:
    told = {header.replace("_", "-"): value for header, value in headers.items()}
    return await person.get(f"/api/artifacts/{artifact['id']}/content", headers=told)


async def test_what_an_agent_sent_is_what_people_get(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    content = bytes(range(256)) * 5000
    made = await kept(agent, task, "logs/build.bin", content, **digest(content))
    assert (made["name"], made["size_bytes"]) == ("logs/build.bin", len(content))
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert "blob_id" not in made
    assert (await viewer.get(f"/api/artifacts/{made['id']}")).json() == made
    assert (await viewer.get(f"/api/tasks/{task['id']}/artifacts")).json()["items"] == [made]
    answer = await fetch(viewer, made)
    assert answer.content == content
    assert answer.headers["etag"] == f'"{made["sha256"]}"'
    assert answer.headers["content-length"] == str(len(content))


async def test_nothing_at_all_is_an_artifact_too(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    answer = await fetch(viewer, await kept(agent, task, "empty", b""))
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_file_is_a_download_and_nothing_a_browser_runs(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    name = 'a/Bericht "Ä".html'
    made = await kept(agent, task, name, b"<script>alert(1)</script>", Content_Type="text/html")
    headers = (await fetch(viewer, made)).headers
    assert headers["content-disposition"] == (
        "attachment; filename=\"Bericht ___.html\"; filename*=UTF-8''Bericht%20%22%C3%84%22.html"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-type"] == "application/octet-stream"
    assert made["media_type"] == "text/html"


async def test_a_checksum_that_does_not_fit_keeps_nothing(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    before = await kept(agent, task, "a.txt", b"first")
    for said in (digest(b"other")["Content-Digest"], "sha-256=:AAAA:", "sha-256"):
        problem(await send(agent, task, "a.txt", b"second", Content_Digest=said), 422, "artifact_checksum")
    assert (await fetch(viewer, before)).content == b"first"
    await kept(agent, task, "a.txt", b"second", Content_Digest="md5=:AAAA:")


async def test_the_same_name_again_takes_the_place_at_once(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    first = await kept(agent, task, "a.txt", b"first")
    second = await kept(agent, task, "a.txt", b"second")
    assert first["id"] == second["id"]
    assert (await fetch(viewer, first)).content == b"second"


@pytest.mark.parametrize(
    ("asked", "status", "content", "said"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
async def test_a_part_is_read_by_its_range(
    agent: httpx.AsyncClient,
    viewer: httpx.AsyncClient,
    task: Any,
    asked: str,
    status: int,
    content: bytes,
    said: str | None,
) -> None:
    made = await kept(agent, task, "digits", b"0123456789")
    answer = await fetch(viewer, made, Range=asked)
    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("content-range") == said
    other = await fetch(viewer, made, Range=asked, If_Range='"other"')
    assert (other.status_code, other.content) == (200, b"0123456789")


async def test_a_range_outside_is_refused_with_the_size(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    made = await kept(agent, task, "digits", b"0123456789")
    for asked in ("bytes=10-", "bytes=5-4", "bytes=-0"):
        answer = await fetch(viewer, made, Range=asked)
        problem(answer, 416, "range_not_satisfiable")
        assert answer.headers["content-range"] == "bytes */10"


async def test_who_has_it_already_is_told_so(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    made = await kept(agent, task, "a.txt", b"first")
    tag = f'"{made["sha256"]}"'
    for known in (tag, f'"x", W/{tag}', "*"):
        answer = await fetch(viewer, made, If_None_Match=known)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert (await fetch(viewer, made, If_None_Match='"x"')).status_code == 200


async def test_who_may_not_see_the_task_sees_no_file(
    agent: httpx.AsyncClient,
    other_agent: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    nobody: httpx.AsyncClient,
    task: Any,
) -> None:
    made = await kept(agent, task, "a.txt", b"ours")
    for caller in (stranger, other_agent):
        problem(await fetch(caller, made), 404, "artifact_not_found")
    problem(await fetch(nobody, made), 401, "not_signed_in")
    problem(await send(other_agent, task, "a.txt", b"theirs"), 404, "task_not_found")


async def test_a_zombie_leaves_no_artifact(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, world: World, task: Any
) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"begun while the lease lived"
        await world.expire(task["id"])
        yield b", ended after it"

    problem(await send(agent, task, "a.txt", slow()), 409, "lease_lost")
    problem(await send(agent, task, "b.txt", b"late"), 409, "lease_lost")
    assert (await viewer.get(f"/api/tasks/{task['id']}/artifacts")).json()["items"] == []


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Lease-Token": ""}, "invalid_request"),
        ({"X-Lease-Token": "0"}, "invalid_request"),
        ({"X-Lease-Token": str(2**63)}, "invalid_request"),
        ({"Content-Type": "html"}, "invalid_media_type"),
    ],
)
async def test_a_header_that_is_none_is_refused(
    agent: httpx.AsyncClient, task: Any, headers: dict[str, str], code: str
) -> None:
    told = {"X-Lease-Token": str(task["lease_token"])} | headers
    answer = await agent.put(f"/api/tasks/{task['id']}/artifacts/a", content=b"x", headers=told)
    problem(answer, 422, code)


@pytest.mark.parametrize("name", ["%00", "a%0Ab", "%2e%2e/a", "x" * 256])
async def test_a_name_that_could_lead_astray_is_refused(
    agent: httpx.AsyncClient, task: Any, name: str
) -> None:
    answer = await send(agent, task, name, b"x")
    assert answer.status_code == 422, answer.text


@pytest.fixture
async def small(world: World, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """The agent at an API that keeps little."""
    key = await give_key(world.agent, world.owner)
    limits = {"artifact_limit_bytes": 10, "artifact_quota_bytes": 15, "artifact_quota_files": 2}
    settings = settings_for(world.database, artifact_store=f"file://{tmp_path}/a%20b", **limits)
    async with running(settings) as app, client(app, Authorization=f"Bearer {key}") as agent:
        yield agent


async def test_a_file_that_is_too_large_is_refused_however_it_comes(
    small: httpx.AsyncClient, task: Any, tmp_path: Path
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x"

    await kept(small, task, "fits", b"x" * 10)
    problem(await send(small, task, "a", b"x" * 11), 413, "artifact_too_large")
    problem(await send(small, task, "a", pieces()), 413, "artifact_too_large")
    files = [path for path in (tmp_path / "a b").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in files] == [10], "what was refused left bytes behind"


async def test_a_task_that_has_enough_is_refused_more(small: httpx.AsyncClient, task: Any) -> None:
    await kept(small, task, "a", b"x" * 10)
    problem(await send(small, task, "b", b"x" * 6), 409, "artifact_quota")
    await kept(small, task, "b", b"x" * 5)
    problem(await send(small, task, "c", b""), 409, "artifact_quota")


async def test_bytes_that_are_refused_do_not_stay(
    small: httpx.AsyncClient, task: Any, tmp_path: Path
) -> None:
    await kept(small, task, "a", b"x" * 10)
    problem(await send(small, task, "b", b"x", Content_Digest="sha-256"), 422, "artifact_checksum")

    async def unannounced() -> AsyncIterator[bytes]:
        yield b"x" * 6

    problem(await send(small, task, "b", unannounced()), 409, "artifact_quota")
    assert [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()] == [10]


async def test_no_name_of_a_caller_is_a_path_in_the_store(
    small: httpx.AsyncClient, world: World, task: Any, tmp_path: Path
) -> None:
    await kept(small, task, "evil.sh", b"x")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert UUID(file.name) == await world.owner.value("select blob_id from public.task_artifacts")
    assert file.stat().st_mode & 0o077 == 0 or file.parent.parent.stat().st_mode & 0o077 == 0


async def test_a_supervisor_removes_a_file(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, supervisor: httpx.AsyncClient, task: Any
) -> None:
    made = await kept(agent, task, "a.txt", b"gone")
    url = f"/api/artifacts/{made['id']}"
    problem(await viewer.delete(url), 403, "role_required")
    assert (await supervisor.delete(url)).status_code == 204
    problem(await viewer.get(f"{url}/content"), 404, "artifact_not_found")


async def test_bytes_that_are_gone_are_said_to_be(
    small: httpx.AsyncClient, task: Any, tmp_path: Path
) -> None:
    made = await kept(small, task, "a.txt", b"lost")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.unlink()
    problem(await fetch(small, made), 404, "artifact_content_not_found")

"""The API behind its real server: what is no HTTP, or hardly, harms nobody else."""

from __future__ import annotations

import asyncio

import httpx

from tests.support.api import settings_for, sign_in
from tests.support.folders import enterable_folder
from tests.support.operations import github_headers, pull_request_body
from tests.support.scene import build_scene
from tests.support.servers import api_process
from tests.support.world import World

HOST = b"Host: devos.test\r\n"
RAW = [
    b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET /api/tasks/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/tasks?kind=\xed\xa0\x80 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /health/live HTTP/1.1\r\n" + HOST + b"X-Request-ID: a\x00b\r\n\r\n",
    b"GET /api/projects HTTP/1.1\r\n" + HOST + b"Authorization: Bearer \xff\xfe\xfd\r\n\r\n",
    b"GET /api/projects HTTP/1.1\r\n" + HOST + b"X-API-Key: \xc3\x28\r\n\r\n",
    b"POST /api/webhooks/github HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    b"POST /api/webhooks/github HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    b"POST /api/webhooks/github HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n{}",
    b"POST /api/webhooks/github HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    b"POST /auth/v1/token HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /health/live HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT github.com:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://169.254.169.254/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]


async def status_of(port: int, raw: bytes, *, hang_up: bool = False, patience: float = 1) -> int | None:
    """The status that bytes are answered with; None when the connection is just closed, or nothing comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        await writer.drain()
        if hang_up:
            writer.write_eof()
        async with asyncio.timeout(patience):
            line = await reader.readline()
    except (OSError, TimeoutError):
        return None
    finally:
        writer.close()
    return int(line.split()[1]) if line.startswith(b"HTTP/1") else None


async def test_what_is_hardly_http_is_refused_and_harms_nobody(world: World) -> None:
    scene = await build_scene(world)
    with enterable_folder() as folder, api_process(settings_for(world.database), folder) as (url, api):
        port = int(url.rpartition(":")[2])
        for raw in RAW:
            status = await status_of(port, raw)
            assert status is None or status < 500, (raw[:60], status)
        async with httpx.AsyncClient(base_url=url) as http:
            token = await sign_in(http, scene.email)
            read = await http.get("/api/projects", headers={"Authorization": f"Bearer {token}"})
            assert read.status_code == 200
            body = pull_request_body()
            stored = await http.post("/api/webhooks/github", content=body, headers=github_headers(body))
            assert stored.json()["outcome"] == "accepted"
        assert api.process.poll() is None
        log = (folder / f"api-{port}.log").read_text()
        assert "unhandled" not in log, log
        assert token not in log


async def test_a_body_that_is_cut_off_is_not_taken_for_a_whole_one(world: World) -> None:
    await build_scene(world)
    body = pull_request_body()
    headers = "".join(f"{name}: {text}\r\n" for name, text in github_headers(body).items()).encode()
    start = b"POST /api/webhooks/github HTTP/1.1\r\n" + HOST + headers
    with enterable_folder() as folder, api_process(settings_for(world.database), folder) as (url, _):
        port = int(url.rpartition(":")[2])
        whole = start + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        for cut in (1, len(body) // 2):
            assert await status_of(port, whole + body[:-cut], hang_up=True) != 202
        assert await world.owner.value("select count(*) from public.webhook_deliveries") == 0
        assert await status_of(port, whole + body, patience=15) == 202

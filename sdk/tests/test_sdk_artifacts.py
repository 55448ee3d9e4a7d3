"""Files of tasks: sent by a handler, fetched by the client and at the terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from commands import Terminal
from fake_devos import FakeDevos
from fake_store import FakeTask
from running import at_work, until

from devos_sdk import Agent, Conflict, Context, Devos, DevosError, NotFound, SyncContext

MEGABYTE = 1024 * 1024


async def ends(devos: FakeDevos, handler: Any) -> FakeTask:
    agent = Agent("tester")
    agent.task("work")(handler)
    task = devos.add("work")
    async with at_work(agent, devos):
        await until(lambda: task.state in ("completed", "failed"))
    assert task.state == "completed", task.last_error
    return task


def contents(devos: FakeDevos) -> dict[str, tuple[str, bytes]]:
    return {one["name"]: (one["media_type"], content) for one, content in devos.artifacts.values()}


async def test_a_handler_keeps_bytes_and_files(devos: FakeDevos, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 4096 * 3)

    async def work(ctx: Context) -> None:
        made = await ctx.artifact("report.html", b"<p>fine</p>")
        assert made.size_bytes == 11
        await ctx.artifact("logs/a b\u00e4?.txt", b"", media_type="text/x-log")
        await ctx.artifact("large", large)
        again = await ctx.artifact("report.html", b"<p>better</p>")
        assert again.id == made.id

    await ends(devos, work)
    assert contents(devos) == {
        "report.html": ("text/html", b"<p>better</p>"),
        "logs/a b\u00e4?.txt": ("text/x-log", b""),
        "large": ("application/octet-stream", large.read_bytes()),
    }


async def test_a_sync_handler_keeps_files_too(devos: FakeDevos) -> None:
    def work(ctx: SyncContext) -> None:
        ctx.artifact("a.json", b"{}")

    await ends(devos, work)
    assert contents(devos) == {"a.json": ("application/json", b"{}")}


async def test_a_file_whose_answer_was_lost_is_sent_again_whole(devos: FakeDevos, tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"x" * MEGABYTE)

    async def work(ctx: Context) -> None:
        path = f"/api/tasks/{ctx.task.id}/artifacts/a.bin"
        devos.faults.lose_answers_to.add(path)
        await ctx.artifact("a.bin", file)
        assert len(devos.calls(path)) == 2

    await ends(devos, work)
    assert contents(devos)["a.bin"][1] == file.read_bytes()


async def test_a_lease_that_is_lost_stops_the_handler(devos: FakeDevos) -> None:
    stopped = asyncio.Event()

    async def work(ctx: Context) -> None:
        if ctx.attempt > 1:
            return
        with devos.lock:
            devos.tasks[ctx.task.id].lease_ends = 0.0
            devos.reap()
        with pytest.raises(Conflict, match="lease"):
            await ctx.artifact("late.txt", b"late")
        assert ctx.cancelled
        stopped.set()

    await ends(devos, work)
    assert stopped.is_set()
    assert contents(devos) == {}


@pytest.fixture
async def kept(devos: FakeDevos) -> str:
    """An artifact with a name that would lead out of any folder; its id."""

    async def work(ctx: Context) -> None:
        await ctx.artifact("../../etc/pass\x1bwd", b"content" * 100_000)

    await ends(devos, work)
    return next(iter(devos.artifacts))


async def test_a_download_is_checked_and_written_whole_or_not_at_all(
    devos: FakeDevos, kept: str, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("before")
    with Devos(devos.url, token="person-token") as person:
        artifact = person.artifacts.get(kept)
        assert person.tasks.artifacts(artifact.task_id).items == [artifact]
        devos.artifacts[kept] = (devos.artifacts[kept][0], b"something else")
        with pytest.raises(DevosError, match="not what was stored"):
            person.artifacts.download(kept, to=there)
        assert there.read_text() == "before"
        devos.artifacts[kept] = (devos.artifacts[kept][0], b"content" * 100_000)
        assert person.artifacts.download(kept, to=there).read_bytes() == b"content" * 100_000
        assert person.artifacts.download(kept, to=tmp_path) == tmp_path / "pass_wd"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["pass_wd", "there"]
        person.artifacts.delete(kept)
        with pytest.raises(NotFound):
            person.artifacts.download(kept, to=there)


async def test_files_are_listed_and_fetched_at_the_terminal(
    devos: FakeDevos, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    task = devos.artifacts[kept][0]["task_id"]
    assert "700000" in terminal.run("artifacts", "list", task).out
    assert terminal.run("artifacts", "download", kept, "--json").json == {"path": "pass_wd"}
    refused = terminal.run("artifacts", "download", kept)
    assert (refused.code, "is there already" in refused.err) == (2, True)
    assert terminal.run("artifacts", "download", kept, "--to", "own name").code == 0
    assert Path("own name").read_bytes() == b"content" * 100_000

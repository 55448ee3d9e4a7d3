from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import asyncpg
import pytest

from control_plane.platform import postgres_host
from control_plane.platform.postgres import EmbeddedPostgres, FolderInUseError
from control_plane.platform.postgres_host import PostgresError
from tests.support.processes import eventually, is_gone

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's Postgres runs as another user")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")

# Runs a server in a process of its own, tells its pid, and waits to be killed.
_PARENT = """
import sys, time
from pathlib import Path
from control_plane.platform import postgres
if "--orphan" in sys.argv:
    postgres.die_with_parent = lambda how: None
server = postgres.EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def _killed_parent(folder: Path, *flags: str) -> int:
    """Start a server in another process, SIGKILL that process, and return the server's pid."""
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(folder), *flags], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    postmaster = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    return postmaster


async def _ask(server: EmbeddedPostgres, sql: str, *, database: str = "devos") -> object:
    connection = await asyncpg.connect(server.dsn(database=database))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_server_answers_on_its_socket_only_and_leaves_nothing(folder: Path) -> None:
    server = EmbeddedPostgres(folder, options={"fsync": "off"})
    server.start()
    pid = server.pid
    assert pid is not None
    assert await _ask(server, "show listen_addresses") == ""
    assert await _ask(server, "show fsync") == "off"
    assert await _ask(server, "show server_encoding") == "UTF8"
    assert await _ask(server, "select count(*) from pg_available_extensions where name = 'vector'") == 1
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert is_gone(pid)
    assert list(server.socket_folder.iterdir()) == []


async def test_data_survives_a_restart(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        await _ask(server, "create table kept (n int)")
    with EmbeddedPostgres(folder) as server:
        assert await _ask(server, "select count(*) from kept") == 0


@on_linux
def test_sigkill_of_the_parent_ends_the_server(folder: Path) -> None:
    postmaster = _killed_parent(folder)
    eventually(lambda: is_gone(postmaster))


async def test_a_server_that_outlived_its_parent_is_stopped_first(folder: Path) -> None:
    orphan = _killed_parent(folder, "--orphan")
    assert not is_gone(orphan)
    with EmbeddedPostgres(folder) as server:
        assert is_gone(orphan)
        assert server.pid != orphan
        assert await _ask(server, "select 1") == 1


async def test_a_killed_server_recovers_though_a_client_was_connected(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    client = await asyncpg.connect(server.dsn(database="devos"))
    await client.execute("create table kept as select 1 as n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    client.terminate()
    with EmbeddedPostgres(folder) as again:
        assert await _ask(again, "select n from kept") == 1


async def test_a_stranger_with_the_old_pid_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        marker = server.pgdata / "postmaster.pid"
        text = marker.read_text()
    account = server.account
    stranger = subprocess.Popen(["sleep", "60"], user=account.uid)
    try:
        marker.write_text("\n".join([str(stranger.pid), *text.split("\n")[1:]]))
        with EmbeddedPostgres(folder) as server:
            assert await _ask(server, "select 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_folder_in_use_is_refused_and_its_server_goes_on(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        with pytest.raises(FolderInUseError, match=f"Process {os.getpid()} already runs") as refusal:
            EmbeddedPostgres(folder).start()
        assert "devos down" in refusal.value.hint
        assert await _ask(server, "select 1") == 1


async def test_a_folder_of_another_major_version_is_refused_untouched(folder: Path) -> None:
    pgdata = folder / "pg"
    pgdata.mkdir()
    (pgdata / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match=r"is of Postgres 16; this devos runs Postgres 18") as refusal:
        EmbeddedPostgres(folder).start()
    assert "Dump it" in refusal.value.hint
    assert [path.name for path in pgdata.iterdir()] == ["PG_VERSION"]


@pytest.mark.parametrize("name", ["x" * 100, 'a,b"c'])
async def test_a_path_that_no_socket_can_have_gets_a_short_one(folder: Path, name: str) -> None:
    server = EmbeddedPostgres(folder / name)
    with server:
        assert not server.socket_folder.is_relative_to(folder)
        assert server.socket_folder.stat().st_mode & 0o777 == 0o700
        assert await _ask(server, "select 1") == 1
    assert not server.socket_folder.exists()


def test_a_short_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("x" * 100))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    server.socket_folder.symlink_to(elsewhere)
    try:
        with pytest.raises(PostgresError, match="belongs to somebody else"):
            server.start()
        assert elsewhere.owner() == folder.owner()
        assert elsewhere.stat().st_mode & 0o777 == 0o755
    finally:
        server.socket_folder.unlink()


@as_root
def test_root_below_a_private_folder_is_told_who_may_not_enter(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(PostgresError, match=f"devos, who may not enter {private}") as refusal:
        EmbeddedPostgres(private / "data").start()
    assert "--data" in refusal.value.hint
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_what_root_keeps_beside_the_cluster_stays_roots(folder: Path) -> None:
    with EmbeddedPostgres(folder / "data") as server:
        assert server.pgdata.owner() == "devos"
        assert server.data.owner() == "root"
        assert server.log_file.parent.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_strict_umask_does_not_lock_the_server_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_host, "SYSTEM_FOLDER", folder / "system")
    before = os.umask(0o077)
    try:
        with EmbeddedPostgres(folder / "above" / "data") as server:
            assert server.bin.is_relative_to(folder / "system" / "pg")
            assert server.pid is not None
    finally:
        os.umask(before)


def test_a_start_outside_the_main_thread_is_refused(folder: Path) -> None:
    problems: list[Exception] = []

    def start() -> None:
        try:
            EmbeddedPostgres(folder).start()
        except RuntimeError as exc:
            problems.append(exc)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(problems[0])


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    with pytest.raises(PostgresError, match="no_such_option") as refusal:
        EmbeddedPostgres(folder, options={"no_such_option": "1"}).start()
    assert str(folder / "logs" / "postgres.log") in refusal.value.hint

"""What is measured on: one embedded Postgres for devos and its peers, and devos as real processes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import asyncpg

from control_plane.broker.node import Node
from control_plane.cli.embedded import deploy, with_embedded
from control_plane.domains.identity import admin
from control_plane.platform.postgres import EmbeddedPostgres
from control_plane.platform.postgres_host import SYSTEM_FOLDER, make_folder
from control_plane.platform.process import die_with_parent, end_process
from control_plane.platform.settings import load_settings
from devos_sdk import Devos

REPOSITORY = Path(__file__).parents[1]
KIND = "noop"
PEERS = ("peers", "dbos")
_END = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
_EMPTY = """
set session_replication_role = replica;
truncate public.tasks, public.task_dependencies, public.task_steps, public.task_artifacts,
    public.task_log_counts, public.task_attempts, public.task_logs, public.service_charges, public.events,
    public.schedule_runs,
    private.task_search, private.task_successors, private.outbox, private.idempotency_keys;
"""
_FILL = """
select private.insert_tasks((
    select jsonb_agg(jsonb_build_object(
               'project_id', $1::uuid, 'kind', $2::text, 'title', 'noop', 'input', jsonb_build_object('n', n)
           ))
      from generate_series(1, $3::integer) n))
"""


class Process:
    """A program that tells in JSON lines what it has done."""

    def __init__(self, *command: str, env: Mapping[str, str], log: Path) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("DEVOS_")}
        paths = {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
        self._log = log
        with log.open("ab") as err:
            self.popen = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env={**own, **paths, **env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
            )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def hear(self) -> dict[str, Any]:
        """The next line that it tells."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        if not line:
            tail = self._log.read_text(errors="replace")[-3000:]
            raise RuntimeError(f"{self.popen.args} ended with {self.popen.wait()}: {tail}")
        return json.loads(line)

    def end(self) -> None:
        end_process(self.pid, _END)
        self.popen.wait()
        assert self.popen.stdout is not None
        self.popen.stdout.close()


class Stack:
    """Postgres, one project with one agent, and `devos api` and `devos worker` while they are started."""

    def __init__(self) -> None:
        make_folder(SYSTEM_FOLDER if os.geteuid() == 0 else Path("/tmp"), EmbeddedPostgres(Path()).account)
        self.folder = Path(mkdtemp(prefix="bench-", dir=SYSTEM_FOLDER if os.geteuid() == 0 else None))
        self.folder.chmod(0o711)
        self.postgres = EmbeddedPostgres(self.folder / "data")
        self.processes: dict[str, Process] = {}
        self._broker: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.postgres.start()
        try:
            deploy(self.postgres)
            self._settings = with_embedded(load_settings({"data": str(self.folder / "data")}), self.postgres)
            dsn = self.postgres.dsn("postgres", "devos")
            owner = asyncio.run(admin.ensure_admin(dsn, keep=lambda _: None))
            assert owner is not None
            self.url = self.start("api") or ""
            self.start("worker")
            self.owner = (owner.email, owner.password)
            self._register()
            for database in PEERS:
                self.sql(f"create database {database}")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        for process in self.processes.values():
            process.end()
        self.postgres.stop()
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    def start(self, part: str, name: str | None = None) -> str | None:
        """Start `devos api` or `devos worker`; the address of an API."""
        secrets = {
            "DEVOS_DATABASE_URL": self._settings.database_url,
            "DEVOS_WORKER_DATABASE_URL": self._settings.worker_database_url,
            "DEVOS_ENCRYPTION_KEYS": self._settings.encryption_keys,
            "DEVOS_JWT_PRIVATE_KEY": self._settings.jwt_private_key,
        }
        env = {key: value.get_secret_value() for key, value in secrets.items() if value is not None}
        env |= self._broker
        command = [sys.executable, "-m", "control_plane", part, "--json"]
        command += ["--data", str(self.folder / (name or part))]
        if part == "api":
            command += ["--port", "0"]
        process = Process(*command, env=env, log=self.folder / f"{name or part}.log")
        self.processes[name or part] = process
        return process.hear().get("url")

    def sql(self, query: str, *arguments: object, database: str = "devos") -> list[Any]:
        """Run SQL as the owner of everything."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.dsn("postgres", database))
            try:
                if arguments:
                    return await connection.fetch(query, *arguments)
                return [await connection.execute(query)] if ";" in query else await connection.fetch(query)
            finally:
                await connection.close()

        return asyncio.run(run())

    def empty(self) -> None:
        """No tasks, and nothing that they have left."""
        while True:
            try:
                self.sql(_EMPTY)
            except asyncpg.DeadlockDetectedError:  # with a job of the worker, which holds some of them
                continue
            return

    def fill(self, tasks: int) -> None:
        """Create tasks as the product does, but in SQL."""
        for done in range(0, tasks, 1000):
            self.sql(_FILL, self.project_id, KIND, min(1000, tasks - done))

    @property
    def environment(self) -> dict[str, str]:
        """Where a subject finds what it works with."""
        return {
            "BENCH_DSN": self.postgres.dsn("postgres", PEERS[0]),
            "BENCH_PROJECT": self.project_id,
            "DEVOS_URL": self.url,
            "DEVOS_AGENT_KEY": self.agent_key,
            "DEVOS_TOKEN": self.token,
        }

    @property
    def key(self) -> tuple[str, bytes]:
        """The agent's key as the database knows it."""
        return self.agent_key.split("_")[1], hashlib.sha256(self.agent_key.encode()).digest()

    def use_broker(self, node: Node | None) -> None:
        """Let API and worker use a broker, or none, from now on; the agent is trusted with it."""
        self._broker = (
            {"DEVOS_BROKER_URL": node.url, "DEVOS_BROKER_MANAGEMENT_URL": node.management_url} if node else {}
        )
        for part in ("api", "worker"):
            self.stop(part)
        self.url = self.start("api") or ""
        self.start("worker")
        with Devos(self.url) as devos:
            devos.sign_in(*self.owner)
            devos.agents.allow_broker(self.agent_id)

    def stop(self, name: str) -> None:
        """End a part that `start` has started."""
        self.processes.pop(name).end()

    def reader(self, *, projects: int, sees: int, scopes: Sequence[str] = ("tasks:read",)) -> dict[str, Any]:
        """A person who belongs to some of so many projects: their id, an API token, what they see."""
        email, password = f"reader-{uuid4()}@example.org", str(uuid4())
        with Devos(self.url) as owner, Devos(self.url) as person:
            owner.sign_in(*self.owner)
            missing = projects - len(owner.projects.list(limit=100).items)
            made = [owner.projects.create(f"bench {uuid4()}").id for _ in range(missing)]
            seen = [self.project_id, *made][:sees]
            invited = owner.invitations.create(email, role="viewer", project_id=seen[0])
            session = person.sign_up(email, password, invitation=invited.token)
            assert session is not None
            for project in seen[1:]:
                owner.projects.add_member(project, session.user.id)
            token = person.tokens.create("bench", scopes=scopes).token.get_secret_value()
        return {"user_id": session.user.id, "token": token, "projects": seen}

    def _register(self) -> None:
        with Devos(self.url) as devos:
            devos.sign_in(*self.owner)
            self.project_id = devos.projects.create("bench").id
            registered = devos.agents.register("bench", project_ids=[self.project_id])
            self.agent_id, self.agent_key = registered.agent.id, registered.api_key.get_secret_value()
            token = devos.tokens.create("bench", scopes=["tasks:read", "tasks:write"])
            self.token = token.token.get_secret_value()

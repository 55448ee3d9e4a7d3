"""The worker: what nobody asks for by a request. One copy leads; each job is safe to run twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from control_plane.broker.names import BrokerAddress
from control_plane.broker.publisher import Publisher
from control_plane.broker.relay import HintRelay
from control_plane.broker.topology import Topology
from control_plane.broker.users import FleetUsers
from control_plane.db.pool import Call, Database, read_json
from control_plane.domains.forge.github import GitHubClient, PermanentError
from control_plane.domains.forge.handlers import ForgeHandlers
from control_plane.domains.kinds.service import KindChecks
from control_plane.domains.schedules.handlers import ScheduleHandlers
from control_plane.domains.tasks.ready import CHANNEL
from control_plane.platform.artifact_store import ArtifactStore
from control_plane.platform.errors import DomainError, OperatorError
from control_plane.platform.keyring import Keyring
from control_plane.platform.secrets import open_keyring
from control_plane.platform.settings import Settings

# An arbitrary constant: the lock that the leading worker holds as long as its connection lives.
_LEADER_LOCK = 0x6465766F7701
_BATCH = 50
_READY = "tasks.ready"
# How many lanes one sweep takes.
_LANES = 1000
# How many runs of schedules go in one transaction.
_RUNS = 1000
_PATIENCE_SECONDS = 45
_log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """Something to do again and again; `run` says whether there may be more at once.

    `rests`: at the least so many times as long as it took.
    """

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[bool]]
    rests: float = 0.0


class Worker:
    """Runs the jobs while it leads, and stands by while another copy does."""

    def __init__(
        self,
        database: Database,
        forge: ForgeHandlers,
        schedules: ScheduleHandlers,
        artifact_store: ArtifactStore,
        *,
        log_retention_days: int,
        schedule_run_retention_days: int,
        hints: HintRelay | None = None,
        fleet_users: FleetUsers | None = None,
    ) -> None:
        self._hints = hints
        self._fleet_users = fleet_users
        self._database = database
        self._artifact_store = artifact_store
        self._log_retention_days = log_retention_days
        self._schedule_run_retention_days = schedule_run_retention_days
        self._forge = forge
        self._stop = asyncio.Event()
        self._due = {topic: asyncio.Event() for topic in (_READY, *forge.topics)}
        self._jobs = [
            Job("look into the outbox", 0.1, self._look),
            # It wades through leases that ended, where a snapshot that somebody holds keeps them there.
            Job("reap expired leases", 1.0, self._reap, rests=10),
            Job("fire schedules", 1.0, schedules.fire_due),
            Job("relay hints", 0.0, partial(self._when_due, _READY, self._relay)),
            Job("index tasks", 0.5, self._index),
            Job("age tasks", 5.0, self._age),
            Job("prune idempotency keys", 3600.0, self._prune),
            # A job for each topic: a slow forge keeps no webhook waiting.
            *(
                Job(f"deliver {topic}", 0.0, partial(self._when_due, topic, partial(self._deliver, topic)))
                for topic in forge.topics
            ),
            Job("prune auth", 3600.0, self._prune_auth),
            Job("keep log partitions", 3600.0, self._keep_log_partitions),
            Job("prune schedule runs", 3600.0, self._prune_schedule_runs),
            Job("sweep artifacts", 60.0, self._sweep_artifacts),
            Job("end cancelled leases", 1.0, self._end_cancelled),
            Job("sweep lanes", 60.0, self._sweep_lanes),
        ]
        if hints is not None:
            self._jobs.append(Job("publish hints", 0.1, hints.run_once))
        if fleet_users is not None:
            self._jobs.append(Job("keep users of the broker", 1.0, self._keep_fleet_users))

    async def run(self) -> None:
        """Work until `stop` is called."""
        await self._database.open()
        try:
            while not self._stop.is_set():
                try:
                    await self._lead()
                except DomainError as exc:
                    _log.warning("worker stands by", code=exc.code)
                await self._rest(1.0)
        finally:
            await self._database.close()

    def stop(self) -> None:
        """End after the work at hand."""
        self._stop.set()
        for due in self._due.values():
            due.set()

    async def _lead(self) -> None:
        async with self._database.leading(_LEADER_LOCK) as lost:
            if lost is None:
                return
            _log.info("worker leads")
            jobs = [asyncio.create_task(self._repeat(job)) for job in self._jobs]
            deposed = asyncio.create_task(lost.wait())
            listening = asyncio.create_task(self._listen())
            try:
                # The jobs end when a stop is asked for; a lost lock ends them at once, wherever they wait.
                await asyncio.wait([deposed, asyncio.gather(*jobs)], return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _end({deposed, listening, *jobs})
                await self._leave_broker()

    async def _leave_broker(self) -> None:
        if self._hints is not None:
            await self._hints.close()
        if self._fleet_users is not None:
            await self._fleet_users.close()

    async def _repeat(self, job: Job) -> None:
        while not self._stop.is_set():
            more, took = False, 0.0
            try:
                began = time.monotonic()
                more = await job.run()
                took = time.monotonic() - began
            except DomainError as exc:
                _log.warning("job failed", job=job.name, code=exc.code)
                await self._rest(1.0)
            except Exception:  # noqa: BLE001 - one broken job must not end the others
                _log.exception("job failed", job=job.name)
                await self._rest(1.0)
            if not more:
                await self._rest(max(job.every_seconds, job.rests * took))

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    async def _look(self) -> bool:
        rows = await self._database.call(Call("private.due_topics", topics=[*self._due]))
        for topic in read_json(rows[0]):
            self._due[topic].set()
        return False

    async def _when_due(self, topic: str, work: Callable[[], Awaitable[bool]]) -> bool:
        """Work once there is something of this topic; where that fails, the next look sees it again."""
        due = self._due[topic]
        await due.wait()
        due.clear()
        if not self._stop.is_set() and await work():
            due.set()
        return True

    async def _reap(self) -> bool:
        return await self._number("reap_expired_leases") > 0

    async def _listen(self) -> None:
        if self._hints is not None:
            await self._database.listen(CHANNEL, self._hear)

    def _hear(self, payload: str) -> None:
        """At a broker, too, agents are to be woken as fast as by the copy of the API that took the task."""
        sender, _, kinds = payload.rpartition(":")
        if sender and self._hints is not None:  # what has no sender is from the relay, which tells it here
            self._hints.hear(kinds.split(","))

    async def _relay(self) -> bool:
        kinds = read_json((await self._database.call(Call("private.relay_kinds")))[0])
        if self._hints is not None:
            self._hints.hear(kinds)
        return len(kinds) > 0

    async def _index(self) -> bool:
        # Never at once again: taking in a great many tasks must not slow down those who make them.
        await self._number("private.index_tasks")
        return False

    async def _age(self) -> bool:
        return await self._number("private.age_tasks") > 0

    async def _prune(self) -> bool:
        await self._number("private.prune_idempotency_keys")
        return False

    async def _prune_auth(self) -> bool:
        await self._number("private.prune_auth")
        return False

    async def _end_cancelled(self) -> bool:
        return await self._number("private.end_cancelled_leases") > 0

    async def _keep_fleet_users(self) -> bool:
        assert self._fleet_users is not None
        await self._fleet_users.keep()
        return False

    async def _sweep_lanes(self) -> bool:
        # A full batch is not all there is.
        return await self._number("private.sweep_lanes") == _LANES

    async def _keep_log_partitions(self) -> bool:
        await self._number("private.keep_log_partitions", days=self._log_retention_days)
        return False

    async def _prune_schedule_runs(self) -> bool:
        days = self._schedule_run_retention_days
        return await self._number("private.prune_schedule_runs", days=days, limit=_RUNS) == _RUNS

    async def _sweep_artifacts(self) -> bool:
        rows = await self._database.call(Call("private.list_orphan_blobs", limit=_BATCH))
        keys = [UUID(read_json(row)) for row in rows]
        gone = [key for key in keys if await self._removed(key)]
        await self._database.call(Call("private.forget_blobs", ids=gone))
        return len(gone) == _BATCH

    async def _removed(self, key: UUID) -> bool:
        try:
            await self._artifact_store.remove(key)
        except Exception:  # noqa: BLE001 - one file that stays must not keep all others
            _log.exception("an orphaned artifact stays", key=str(key))
            return False
        return True

    async def _number(self, function: str, **arguments: object) -> int:
        return int((await self._database.call(Call(function, **arguments)))[0])

    async def _deliver(self, topic: str) -> bool:
        rows = await self._database.call(Call("private.take_outbox", topics=[topic], limit=_BATCH))
        await asyncio.gather(*(self._deliver_one(read_json(row)) for row in rows))
        return len(rows) == _BATCH

    async def _deliver_one(self, item: dict[str, Any]) -> None:
        topic, payload = item["topic"], item["payload"]
        try:
            # Well before the row is due again: nothing is delivered by two tries at once.
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._forge.topics[topic](payload)
        except Exception as exc:  # noqa: BLE001 - whatever went wrong, the row is tried again or given up
            if not _is_final(exc):
                await self._try_later(item, exc)
                return
            await self._forge.give_up(topic, payload, str(exc))
        await self._database.call(Call("private.finish_outbox", id=item["id"]))

    async def _try_later(self, item: dict[str, Any], exc: Exception) -> None:
        _log.warning("delivery failed", topic=item["topic"], error_type=type(exc).__name__, error=str(exc))
        # What others answered may hold what Postgres cannot.
        error = f"{type(exc).__name__}: {exc}".replace("\0", "")
        retry = Call("private.retry_outbox", id=item["id"], error=error)
        if (await self._database.call(retry))[0] == "true":
            await self._forge.give_up(item["topic"], item["payload"], error)


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel until all have ended: Python 3.11 loses a cancellation that meets the end of a wait_for."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=0.5)


def _is_final(exc: Exception) -> bool:
    """Whether trying again cannot help: the forge refused for good, or the database did."""
    return isinstance(exc, PermanentError) or (isinstance(exc, DomainError) and exc.status < 500)


def create_worker(settings: Settings) -> Worker:
    """The worker of this installation. Needs `worker_database_url` and `encryption_keys`."""
    if settings.worker_database_url is None:
        raise OperatorError(
            "The worker needs a database.",
            "Set DEVOS_WORKER_DATABASE_URL, or start everything with `devos up`.",
        )
    database = Database(settings.worker_database_url.get_secret_value(), name="devos worker", size=12)
    keyring = open_keyring(settings)
    kinds = KindChecks(database)
    forge = ForgeHandlers(database, GitHubClient(settings), keyring, kinds)
    hints, fleet_users = _broker(settings, database, keyring)
    return Worker(
        database,
        forge,
        ScheduleHandlers(database, kinds),
        ArtifactStore(settings),
        log_retention_days=settings.log_retention_days,
        schedule_run_retention_days=settings.schedule_run_retention_days,
        hints=hints,
        fleet_users=fleet_users,
    )


def _broker(
    settings: Settings, database: Database, keyring: Keyring
) -> tuple[HintRelay | None, FleetUsers | None]:
    if settings.broker_url is None:
        return None, None
    url = settings.broker_url.get_secret_value()
    topology = Topology(url)
    hints = HintRelay(database, Publisher(url, topology), topology)
    if settings.broker_management_url is None:
        return hints, None
    management_url = settings.broker_management_url.get_secret_value()
    return hints, FleetUsers(database, keyring, topology, BrokerAddress.of(url), management_url)

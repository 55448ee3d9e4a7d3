"""Deploy the SQL tree: migrations forward, logic rebuilt, lints satisfied; one transaction or nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from control_plane.db import catalogue, driver
from control_plane.db.driver import Connection
from control_plane.db.dump import dump_schema
from control_plane.db.sql_tree import (
    DEPLOYER,
    MIGRATOR,
    OWNER,
    MigrationError,
    SqlFile,
    SqlTree,
    is_function_file,
    read_tree,
)

__all__ = ["MigrationError", "MigrationReport", "Plan", "dump_schema", "migrate", "plan"]

OLDEST_SERVER = 15
# An arbitrary constant: all deploys of one database queue behind it.
_LOCK_KEY = 0x6465766F73
_LOCK_TIMEOUT = "10s"
_AUTH_KEY = re.compile(r"\breferences\s+auth\.", re.IGNORECASE)


@dataclass(frozen=True)
class MigrationReport:
    """What a deploy did (or would do)."""

    applied: list[str]
    logic_rebuilt: bool


@dataclass(frozen=True)
class Plan:
    """What a deploy of this tree to this database would do."""

    fresh: bool
    pending: list[SqlFile]
    logic_changed: bool

    @property
    def empty(self) -> bool:
        """Whether the database is already what the tree says."""
        return not self.pending and not self.logic_changed


async def plan(dsn: str, *, sql: Path) -> Plan:
    """Compare the tree with the database; reads only, locks nothing."""
    tree = read_tree(sql)
    async with _connected(dsn) as db:
        return await _plan(db, tree)


async def migrate(
    dsn: str, *, sql: Path, dry_run: bool = False, lock_wait_seconds: float = 60.0
) -> MigrationReport:
    """Bring the database to the tree. A dry run does all of it in the transaction and rolls back."""
    tree = read_tree(sql)
    async with _connected(dsn) as db:
        steps = await _plan(db, tree)
        if steps.empty:
            return MigrationReport([], logic_rebuilt=False)
        await _lock(db, lock_wait_seconds)
        # Another deploy may have finished while we waited.
        steps = await _plan(db, tree)
        together = [file for file in steps.pending if file.transactional]
        alone = [file for file in steps.pending if not file.transactional]
        if together or steps.logic_changed:
            await _deploy(db, tree, Plan(steps.fresh, together, steps.logic_changed), dry_run=dry_run)
        for file in alone:
            if not dry_run:
                await _run_alone(db, file)
        rebuilt = steps.logic_changed or bool(together)
        return MigrationReport([file.name for file in steps.pending], logic_rebuilt=rebuilt)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator[Connection]:
    settings = {"application_name": "devos migrate", "client_min_messages": "warning"}
    try:
        db = await driver.connect(dsn, server_settings=settings, timeout=15)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as exc:
        raise MigrationError(
            f"The database cannot be reached: {exc or type(exc).__name__}.",
            "Check DEVOS_ADMIN_DATABASE_URL and that the server runs.",
        ) from exc
    try:
        major = db.get_server_version().major
        if major < OLDEST_SERVER:
            raise MigrationError(
                f"The server is Postgres {major}.", f"devos needs Postgres {OLDEST_SERVER} or newer."
            )
        yield db
    finally:
        await db.close(timeout=5)


async def _plan(db: Connection, tree: SqlTree) -> Plan:
    if not await catalogue.has_ledger(db):
        return Plan(fresh=True, pending=tree.migrations, logic_changed=True)
    landed, digest = await catalogue.read_ledger(db)
    known = {file.name: file for file in tree.migrations}
    unknown = sorted(set(landed) - set(known))
    if unknown:
        raise MigrationError(
            f"The database has the migration {unknown[-1]}, which this version of devos does not know.",
            "Install the newer version of devos that made it, or restore a backup from before it.",
        )
    for name, checksum in landed.items():
        if known[name].sha256 != checksum:
            raise MigrationError(
                f"The migration {name} was edited after it was applied.",
                "Restore the file and put the change into a new migration.",
            )
    pending = [file for file in tree.migrations if file.name not in landed]
    newest = max(landed, default="")
    late = [file.name for file in pending if file.name < newest and file.transactional]
    if late:
        raise MigrationError(
            f"{late[0]} comes before {newest}, which is applied.", "Give it the next free number."
        )
    return Plan(fresh=False, pending=pending, logic_changed=digest != tree.logic_digest)


async def _lock(db: Connection, seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await db.fetchval("select pg_try_advisory_lock($1)", _LOCK_KEY):
        if asyncio.get_running_loop().time() > deadline:
            raise MigrationError(
                "Another deploy of this database is still running.", "Wait for it, then try again."
            )
        await asyncio.sleep(0.2)


async def _deploy(db: Connection, tree: SqlTree, steps: Plan, *, dry_run: bool) -> None:
    transaction = db.transaction()
    await transaction.start()
    try:
        await db.execute(f"set local lock_timeout = '{_LOCK_TIMEOUT}'")
        await db.execute("set local statement_timeout = 0")
        # Logic goes first: a migration may change a column that an old view or policy uses.
        await catalogue.drop_logic(db)
        for file in tree.prelude if steps.fresh else ():
            await _run(db, file)
        for file in steps.pending:
            # A hidden row is an error to the owner; the migrator sees all by policies, which need this on.
            security = "on" if file.role == MIGRATOR else "off"
            await _migrate(db, file, before=f"set local row_security = {security}")
            await db.execute("set local row_security = on")
            await catalogue.record(db, file)
        await catalogue.drop_migrator_policies(db)
        await _build_logic(db, tree)
        await _lint(db, tree.lint)
    except asyncpg.LockNotAvailableError as exc:
        await transaction.rollback()
        raise MigrationError(
            f"A table stayed locked for {_LOCK_TIMEOUT}: {exc}.",
            "Run it again when long transactions have ended.",
        ) from exc
    except BaseException:
        if not db.is_closed():
            await transaction.rollback()
        raise
    await (transaction.rollback() if dry_run else transaction.commit())


async def _migrate(db: Connection, file: SqlFile, *, before: str) -> None:
    """Run one migration; where devos_owner may not refer to auth, the deployer does it and hands over."""
    lent = (
        file.role == OWNER
        and _AUTH_KEY.search(file.text) is not None
        and not await catalogue.owner_may_reference_auth(db)
    )
    await _run(db, replace(file, role=DEPLOYER) if lent else file, before=before)
    if lent:
        await catalogue.hand_over(db)


async def _build_logic(db: Connection, tree: SqlTree) -> None:
    for file in tree.logic:
        # Functions may call functions of later files, so bodies are checked when all of them are there.
        bodies = "off" if is_function_file(file) else "on"
        await _run(db, file, before=f"set local check_function_bodies = {bodies}")
    for name, problem in await catalogue.broken_bodies(db):
        raise MigrationError(
            f"The function {name} does not compile: {problem}", "Correct its file in sql/logic."
        )
    await catalogue.record_logic(db, tree.logic_digest)


async def _run(db: Connection, file: SqlFile, *, before: str = "") -> None:
    try:
        if before:
            await db.execute(before)
        if file.role != DEPLOYER:
            await db.execute(f"set local role {file.role}")
        await db.execute(file.text)
        await db.execute("reset role")
    except asyncpg.LockNotAvailableError:
        raise
    except asyncpg.PostgresError as exc:
        raise _explained(file, exc) from exc
    if not db.is_in_transaction():
        raise MigrationError(
            f"{file.name} ended the transaction of the deploy.", "Remove its COMMIT or ROLLBACK."
        )


async def _run_alone(db: Connection, file: SqlFile) -> None:
    """Run what refuses a transaction, like an index built concurrently; recorded only when it succeeded."""
    try:
        if file.role != DEPLOYER:
            await db.execute(f"set role {file.role}")
        await db.execute(file.text)
        await db.execute("reset role")
    except asyncpg.PostgresError as exc:
        raise _explained(file, exc) from exc
    invalid = await catalogue.invalid_indexes(db)
    if invalid:
        raise MigrationError(
            f"{file.name} left the index {invalid[0]} invalid.", "Drop that index and run it again."
        )
    async with db.transaction():
        await catalogue.record(db, file)


def _explained(file: SqlFile, exc: asyncpg.PostgresError) -> MigrationError:
    facts = driver.facts(exc)
    line = ""
    if facts.get("position"):
        line = f":{file.text.count(chr(10), 0, int(facts['position']) - 1) + 1}"
    told = [facts.get("message") or str(exc), facts.get("detail"), facts.get("context")]
    hint = facts.get("hint") or "Nothing was changed. Correct the file and run it again."
    return MigrationError(f"{file.name}{line}: " + " · ".join(part for part in told if part), hint)


async def _lint(db: Connection, rules: Sequence[SqlFile]) -> None:
    for rule in rules:
        try:
            rows = await db.fetch(rule.text)
        except asyncpg.PostgresError as exc:
            raise _explained(rule, exc) from exc
        if rows:
            shown = [", ".join(f"{key}={value}" for key, value in row.items()) for row in rows[:20]]
            raise MigrationError(
                f"{rule.name} found {len(rows)}: " + "; ".join(shown), "Correct these; nothing was changed."
            )

"""What `devos doctor` says of the queue: leases, the outbox, and transactions that are in the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from control_plane.cli.embedded import connected
from control_plane.cli.state import find_server
from control_plane.db.pool import Call, Database, read_json
from control_plane.platform.settings import Settings

_OUTBOX_SECONDS = 300
_TRANSACTION_SECONDS = 600


def look(settings: Settings) -> tuple[str, str] | None:
    """What is wrong with the queue and what to do; None when there is no database to look at.

    A sound queue has no hint.
    """
    if settings.admin_database_url is None and not (settings.embedded and find_server(settings.data)):
        return None
    url = connected(settings, need="admin_database_url").admin_database_url
    assert url is not None
    return judge(*asyncio.run(_examine(url.get_secret_value())))


async def _examine(dsn: str) -> tuple[Any, Any]:
    database = Database(dsn, name="devos doctor", size=1)
    await database.open()
    try:
        queue = await database.call(Call("private.examine_queue"))
        transaction = await database.call(Call("private.oldest_transaction"))
    finally:
        await database.close()
    return read_json(queue[0]), read_json(transaction[0]) if transaction and transaction[0] else None


def judge(queue: Any, transaction: Any) -> tuple[str, str]:
    """The worst of what is seen, in a sentence, and the next step."""
    outbox, stuck = queue["outbox"], queue["stuck"]
    if stuck:
        return f"{stuck} leases have passed and nobody took the tasks back.", "Does `devos worker` run?"
    if (oldest := outbox["oldest_seconds"]) is not None and oldest > _OUTBOX_SECONDS:
        told = f"{outbox['waiting']} rows wait in the outbox, the oldest for {_span(oldest)}."
        return told, "Does `devos worker` run? Its log says what cannot be delivered."
    if transaction is not None and transaction["seconds"] > _TRANSACTION_SECONDS:
        who = transaction["application"] or "some program"
        told = f"A transaction of {who} has been open for {_span(transaction['seconds'])}."
        return told, "End it: what has died since cannot be vacuumed, and claims become slow."
    if outbox["gave_up"]:
        return f"{outbox['gave_up']} deliveries were given up.", "The worker's log says why."
    return f"no lease is stuck, {outbox['waiting']} rows in the outbox", ""


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))

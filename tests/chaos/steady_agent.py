"""An agent that works a little on each task; the kill test runs several, kills and freezes them."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta

from devos_sdk import Agent, Context
from tests.chaos.plan import LEASE_SECONDS

agent = Agent("steady", concurrency=10, lease=timedelta(seconds=LEASE_SECONDS), drain=timedelta(seconds=2))
# One line in one write for each handler that came to its end, whatever became of its result.
ENDS = os.open(os.environ["STEADY_ENDS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


@agent.task("work")
async def work(ctx: Context) -> dict[str, bool]:
    """Take about a quarter of a second."""
    await asyncio.sleep(random.uniform(0.1, 0.4))
    os.write(ENDS, f"{ctx.task.id}\n".encode())
    return {"done": True}


if __name__ == "__main__":
    agent.run()

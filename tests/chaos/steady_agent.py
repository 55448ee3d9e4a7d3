"""An agent that works a little on each task; the kill test runs several and kills them."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from devos_sdk import Agent, Context

agent = Agent("steady", concurrency=10, lease=timedelta(seconds=2), drain=timedelta(seconds=2))


@agent.task("work")
async def work(_: Context) -> dict[str, bool]:
    """Take about a quarter of a second."""
    await asyncio.sleep(random.uniform(0.1, 0.4))
    return {"done": True}


if __name__ == "__main__":
    agent.run()

"""An agent in a process of its own, for tests of signals. Its argument: seconds it may drain."""

import sys
from datetime import timedelta

from devos_sdk import Agent, Context

agent = Agent(
    "drainer",
    capabilities=["draining"],
    labels={"zone": "test"},
    concurrency=2,
    drain=timedelta(seconds=float(sys.argv[1])),
)


@agent.task("work")
async def work(ctx: Context) -> dict[str, str]:
    """Says that it has started, then waits for an answer that the test holds back."""
    await ctx.checkpoint({"started": True})
    await ctx.progress(0.5)
    return {"done": "in time"}


agent.run()

"""An agent in a process of its own, for tests of signals. Its argument: seconds it may drain."""

import sys
from datetime import timedelta

from devos_sdk import Agent, Context

agent = Agent("drainer", concurrency=2, drain=timedelta(seconds=float(sys.argv[1])))


@agent.task("work")
async def work(ctx: Context) -> dict[str, str]:
    """Works until the test says so in the checkpoint's answer: a step that the server holds back."""
    await ctx.checkpoint({"started": True})
    await ctx.progress(0.5)
    return {"done": "in time"}


agent.run()

"""devos: an agent written with the SDK, and a client of the API with a token. The harness prepares it."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.subjects.program import Payload, Tally, main
from devos_sdk import Agent, AsyncDevos, Context

KIND = "noop"


class Devos:
    def open(self) -> None:
        self._devos = AsyncDevos(os.environ["DEVOS_URL"], token=os.environ["DEVOS_TOKEN"])
        self._project = os.environ["BENCH_PROJECT"]

    async def put(self, payload: Payload) -> None:
        await self._devos.tasks.create("noop", project_id=self._project, kind=KIND, input=payload)

    async def put_many(self, payloads: list[Payload]) -> None:
        await self._devos.tasks.create_many(
            [
                {"title": "noop", "project_id": self._project, "kind": KIND, "input": payload}
                for payload in payloads
            ]
        )

    def consume(self, concurrency: int, job: Tally) -> None:
        agent = Agent("bench", concurrency=concurrency, broker_url=os.environ.get("DEVOS_BROKER_URL"))

        @agent.task(KIND)
        async def noop(ctx: Context, payload: dict[str, Any]) -> None:
            job(payload)

        agent.run(url=os.environ["DEVOS_URL"], api_key=os.environ["DEVOS_AGENT_KEY"])


if __name__ == "__main__":
    main(Devos())

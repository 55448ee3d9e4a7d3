"""How much is killed, and what must be true afterwards: the rows 1 to 3."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEASE_SECONDS = 3
# What the promises of docs/explanation/safety.md say, 1 and 2.
MOST_RUN_TWICE = 0.01
FEWEST_STALE = 20
MOST_SECONDS_TO_CLAIM_AGAIN = 2.0
MOST_SECONDS_WITHOUT_WORKER = 5.0


@dataclass(frozen=True)
class Plan:
    """One round: so many tasks, processes and faults."""

    tasks: int
    agents: int
    zombies: int
    agent_kills: int
    agent_stops: int
    api_kills: int
    worker_kills: int
    worker_stops: int
    postgres_kills: int
    broker_kills: int
    seconds: int

    @property
    def faults(self) -> list[str]:
        """Every fault by name, as often as it happens."""
        return [
            name
            for name, times in (
                ("kill an agent", self.agent_kills),
                ("stop an agent past its lease", self.agent_stops),
                ("kill an API", self.api_kills),
                ("kill a worker", self.worker_kills),
                ("stop the workers", self.worker_stops),
                ("kill Postgres", self.postgres_kills),
                ("kill the broker", self.broker_kills),
            )
            for _ in range(times)
        ]


FULL = Plan(
    tasks=20_000,
    agents=6,
    zombies=6,
    agent_kills=40,
    agent_stops=6,
    api_kills=10,
    worker_kills=8,
    worker_stops=3,
    postgres_kills=5,
    broker_kills=4,
    seconds=600,
)
SMALL = replace(
    FULL,
    tasks=3000,
    zombies=3,
    agent_kills=8,
    agent_stops=1,
    api_kills=2,
    worker_kills=1,
    worker_stops=1,
    postgres_kills=1,
    broker_kills=0,
    seconds=150,
)


_KILLS = (
    "agent_kills",
    "agent_stops",
    "api_kills",
    "worker_kills",
    "worker_stops",
    "postgres_kills",
    "broker_kills",
)


def plan_for(tasks: int) -> Plan:
    """The faults of the full round, for fewer tasks fewer of them."""
    if tasks <= SMALL.tasks:
        return replace(SMALL, tasks=tasks)
    share = min(1.0, tasks / FULL.tasks)
    fewer = {name: max(1, round(getattr(FULL, name) * share)) for name in _KILLS}
    return replace(FULL, tasks=tasks, **fewer)

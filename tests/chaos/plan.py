"""How much is killed, and what must be true afterwards."""

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
    seconds=600,
)
SMALL = replace(
    FULL,
    tasks=2000,
    zombies=3,
    agent_kills=8,
    agent_stops=1,
    api_kills=2,
    worker_kills=1,
    worker_stops=1,
    postgres_kills=1,
    seconds=150,
)


def plan_for(tasks: int) -> Plan:
    """The faults of the full round, for fewer tasks fewer of them."""
    if tasks <= SMALL.tasks:
        return replace(SMALL, tasks=tasks)
    share = min(1.0, tasks / FULL.tasks)
    kills = ("agent_kills", "agent_stops", "api_kills", "worker_kills", "worker_stops", "postgres_kills")
    return replace(FULL, tasks=tasks, **{name: max(1, round(getattr(FULL, name) * share)) for name in kills})


@dataclass(frozen=True)
class Figures:
    """What was seen."""

    tasks: int
    lost: int
    completed_twice: int
    run_twice: int
    begun_again: int
    stale_refused: int
    stale_accepted: int
    claimed_again: int
    seconds_to_claim_again: float
    seconds_without_worker: float
    faults: int
    seconds: float

    def shortcomings(self) -> list[str]:
        """Each goal that was missed, in a sentence."""
        goals = [
            (self.lost == 0, f"{self.lost} tasks were lost"),
            (self.completed_twice == 0, f"{self.completed_twice} tasks were completed twice"),
            (self.run_twice <= MOST_RUN_TWICE * self.tasks, f"{self.run_twice} tasks were run twice"),
            (self.stale_accepted == 0, f"{self.stale_accepted} writes after a lease had an effect"),
            (self.stale_refused >= FEWEST_STALE, "too few stale completions: the round was idle"),
            (self.claimed_again > 0, "no lease ran out: the round was idle"),
            (
                self.seconds_to_claim_again <= MOST_SECONDS_TO_CLAIM_AGAIN,
                f"tasks of silent agents waited {self.seconds_to_claim_again:.1f} s after the lease",
            ),
            (
                self.seconds_without_worker <= MOST_SECONDS_WITHOUT_WORKER,
                f"while no worker ran, one waited {self.seconds_without_worker:.1f} s",
            ),
        ]
        return [sentence for met, sentence in goals if not met]

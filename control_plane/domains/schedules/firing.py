"""What a schedule does at a moment: which of its instants runs, and which comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from control_plane.domains.schedules.cron import Cron

MissedRuns = Literal["skip", "run_once", "run_all"]

# A run that is looked at so long after its time was not missed: a worker starts, a database fails over.
GRACE = timedelta(minutes=1)
# Of those that were missed, so many are made up for at the most, the newest.
MOST_MADE_UP = 100


@dataclass(frozen=True)
class Firing:
    """The instant that runs now and the next one, where there are any. What lies before was missed."""

    scheduled_for: datetime | None
    next_run_at: datetime | None


def decide(cron: Cron, missed_runs: MissedRuns, first: datetime, now: datetime) -> Firing:
    """What to do about a run that was due at `first`, and all that came since."""
    most = MOST_MADE_UP if missed_runs == "run_all" else 1
    due = [first, *cron.latest(first, now, most)][-most:]
    match missed_runs:
        case "run_all":
            # One at a time: the next is due at once.
            return Firing(due[0], due[1] if len(due) > 1 else cron.next(now))
        case "run_once":
            return Firing(due[-1], cron.next(now))
        case "skip":
            return Firing(due[-1] if now - due[-1] <= GRACE else None, cron.next(now))
        case _:
            assert_never(missed_runs)

"""Which columns a list shows of each model."""

from __future__ import annotations

from devos_sdk._identity import (
    ApiToken,
    Invitation,
    Person,
    Project,
    ProjectToken,
    RegistrationToken,
    Secret,
    Team,
)
from devos_sdk._limits import Limit
from devos_sdk._models import (
    AgentInfo,
    AgentKey,
    Artifact,
    Attempt,
    DeadLetter,
    Kind,
    Model,
    Service,
    TaskSummary,
)
from devos_sdk._schedules import Schedule, ScheduleRun

_COLUMNS: dict[type[Model], tuple[str, ...]] = {
    AgentInfo: ("id", "name", "state", "capabilities", "labels"),
    AgentKey: ("id", "created_at", "expires_at", "revoked_at"),
    Artifact: ("id", "name", "size_bytes", "media_type", "created_at"),
    ApiToken: ("id", "name", "scopes", "expires_at", "used_at", "revoked_at"),
    Attempt: ("attempt", "outcome", "error", "started_at", "ended_at"),
    DeadLetter: ("id", "kind", "error", "attempt", "finished_at", "title"),
    Invitation: ("id", "email", "role", "expires_at", "accepted_at", "revoked_at"),
    Kind: ("name", "title", "project_id", "version"),
    Limit: ("id", "name", "scope", "kind", "max_running", "rate", "version"),
    Person: ("id", "email", "role", "is_active"),
    Project: ("id", "name", "team_id"),
    ProjectToken: ("id", "name", "expires_at", "used_at", "revoked_at"),
    RegistrationToken: ("id", "name", "capabilities", "uses", "max_uses", "expires_at", "revoked_at"),
    Schedule: ("id", "name", "cron", "time_zone", "is_paused", "next_run_at", "last_outcome"),
    ScheduleRun: ("scheduled_for", "outcome", "task_id", "task_state", "reason"),
    Secret: ("name", "kind", "version", "changed_at"),
    Service: ("id", "name", "state", "limit", "spent", "remaining"),
    TaskSummary: ("id", "state", "priority", "kind", "title"),
    Team: ("id", "name"),
}


def columns_of(item: Model) -> tuple[str, ...]:
    return _COLUMNS[type(item)]

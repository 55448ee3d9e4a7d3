"""devos for Python: write agents, and speak to the control plane.

agent = Agent("reviewer")

@agent.task("code_review")
async def review(ctx: Context, pr: PullRequest) -> Review: ...

agent.run()
"""

from devos_sdk._agent import Agent
from devos_sdk._client import AsyncDevos, Devos
from devos_sdk._context import Context, SyncContext
from devos_sdk._errors import (
    BudgetExhausted,
    Cancelled,
    Conflict,
    DevosError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    RetryLater,
    Terminal,
    Unauthorized,
    Unavailable,
)
from devos_sdk._handler import Retry
from devos_sdk._identity import (
    ApiToken,
    Invitation,
    NewApiToken,
    NewInvitation,
    NewProjectToken,
    NewRegistrationToken,
    Person,
    Project,
    ProjectConfig,
    ProjectToken,
    RegistrationToken,
    Secret,
    Session,
    Team,
    User,
    Whoami,
)
from devos_sdk._models import (
    AgentInfo,
    AgentKey,
    Attempt,
    Charge,
    ChargeResult,
    ClaimedTask,
    Dispatch,
    Event,
    Feedback,
    LogLine,
    Page,
    Registration,
    Repository,
    Service,
    ServiceRef,
    Task,
)
from devos_sdk._people import SessionStorage
from devos_sdk._queue import QueueStatus
from devos_sdk._version import __version__

__all__ = [
    "Agent",
    "AgentInfo",
    "AgentKey",
    "ApiToken",
    "AsyncDevos",
    "Attempt",
    "BudgetExhausted",
    "Cancelled",
    "Charge",
    "ChargeResult",
    "ClaimedTask",
    "Conflict",
    "Context",
    "Devos",
    "DevosError",
    "Dispatch",
    "Event",
    "Feedback",
    "Forbidden",
    "Invalid",
    "Invitation",
    "LogLine",
    "NewApiToken",
    "NewInvitation",
    "NewProjectToken",
    "NewRegistrationToken",
    "NotFound",
    "Page",
    "Person",
    "Project",
    "ProjectConfig",
    "ProjectToken",
    "QueueStatus",
    "RateLimited",
    "Registration",
    "RegistrationToken",
    "Repository",
    "Retry",
    "RetryLater",
    "Secret",
    "Service",
    "ServiceRef",
    "Session",
    "SessionStorage",
    "SyncContext",
    "Task",
    "Team",
    "Terminal",
    "Unauthorized",
    "Unavailable",
    "User",
    "Whoami",
    "__version__",
]

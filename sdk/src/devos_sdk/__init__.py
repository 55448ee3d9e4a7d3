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
from devos_sdk._models import (
    AgentInfo,
    Attempt,
    Charge,
    ChargeResult,
    ClaimedTask,
    Dispatch,
    Event,
    Feedback,
    LogLine,
    Page,
    Project,
    Registration,
    Repository,
    Service,
    ServiceRef,
    Session,
    Task,
    User,
)
from devos_sdk._version import __version__

__all__ = [
    "Agent",
    "AgentInfo",
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
    "LogLine",
    "NotFound",
    "Page",
    "Project",
    "RateLimited",
    "Registration",
    "Repository",
    "Retry",
    "RetryLater",
    "Service",
    "ServiceRef",
    "Session",
    "SyncContext",
    "Task",
    "Terminal",
    "Unauthorized",
    "Unavailable",
    "User",
    "__version__",
]

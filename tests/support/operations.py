"""Every operation of the API with a caller it is made for and a request that it accepts.

Written by hand: a test compares the list with the routes of the app, so that a new route cannot be forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.support.api import PASSWORD, WEBHOOK_SECRET
from tests.support.scene import REPOSITORY, REPOSITORY_ID, Scene

Who = Literal["nobody", "person", "admin", "agent"]


@dataclass(frozen=True)
class Operation:
    """`path` and the strings of `body` may name members of the scene in braces."""

    id: str
    who: Who
    method: str
    path: str
    status: int = 200
    body: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] | None = None
    answers: str = "application/json"

    @property
    def keyed(self) -> bool:
        """Whether it honours an Idempotency-Key. In an exchange the leases make each result count once."""
        by_somebody = self.path.startswith("/api/") and self.who != "nobody"
        return self.method == "POST" and by_somebody and self.id != "exchange"


_LEASE = {"task_id": "{leased}", "lease_token": "{lease_token}"}
_TASK = {
    "project_id": "{project}",
    "kind": "triage",
    "title": "Review",
    "description": "All of it",
    "priority": "HIGH",
    "required_capabilities": ["code-review"],
    "input": {"number": 7},
    "max_retries": 2,
    "assigned_agent_id": "{agent}",
    "run_at": "2026-01-01T00:00:00Z",
    "tags": ["urgent"],
    "related_task_ids": ["{waiting}"],
    "timeout_seconds": 600,
    "concurrency_key": "acme/shop",
    "resource_requirements": {"memory_mb": 512},
    "expected_artifacts": [{"name": "report.html", "media_type": "text/html", "description": "Findings"}],
    "acceptance": ["Every finding names a line."],
}
_KIND = {
    "title": "Greet somebody",
    "description": "All of it",
    "input_schema": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "output_schema": {"type": "object"},
    "defaults": {
        "priority": "HIGH",
        "max_retries": 2,
        "retry_policy": {"base_seconds": 1, "cap_seconds": 60},
        "timeout_seconds": 600,
        "concurrency_key": "acme/shop",
        "required_capabilities": ["code-review"],
        "resource_requirements": {"memory_mb": 512},
        "expected_artifacts": [{"name": "card.txt", "media_type": "text/plain", "description": "The card"}],
        "acceptance": ["It is polite."],
    },
}
_LIMIT = {
    "project_id": "{project}",
    "name": "ten reviews in each repository",
    "scope": "key",
    "kind": "code_review",
    "max_running": 10,
    "rate": {"count": 100, "seconds": 3600},
}
_LIMIT_CHANGES = {name: value for name, value in _LIMIT.items() if name not in {"project_id", "name"}}
_COMMENT = {
    **_LEASE,
    "key": "summary",
    "repository": REPOSITORY,
    "number": 7,
    "kind": "comment",
    "body": "Looks good",
}

OPERATIONS = [
    Operation(
        "signIn",
        "nobody",
        "POST",
        "/auth/v1/token?grant_type=password",
        body={"email": "{email}", "password": PASSWORD},
    ),
    Operation(
        "signUp",
        "nobody",
        "POST",
        "/auth/v1/signup",
        body={"email": "{new_email}", "password": PASSWORD, "data": {"invitation": "{new_token}"}},
    ),
    Operation(
        "authorize",
        "nobody",
        "GET",
        f"/auth/v1/authorize?provider=github&code_challenge={'x' * 43}&code_challenge_method=s256",
        302,
    ),
    Operation("oauthCallback", "nobody", "GET", "/auth/v1/callback?state=unknown&code=x", 302),
    Operation("readAuthSettings", "nobody", "GET", "/auth/v1/settings"),
    Operation("readJwks", "nobody", "GET", "/auth/v1/.well-known/jwks.json"),
    Operation("readUser", "person", "GET", "/auth/v1/user"),
    Operation("updateUser", "person", "PUT", "/auth/v1/user", body={"data": {"name": "Ada"}}),
    Operation(
        "createInvitation",
        "person",
        "POST",
        "/api/invitations",
        201,
        {"email": "ada@example.test", "role": "viewer", "project_id": "{project}", "expires_in_days": 3},
    ),
    Operation("listInvitations", "person", "GET", "/api/invitations"),
    Operation(
        "acceptInvitation",
        "person",
        "POST",
        "/api/invitations/accept",
        body={"token": "{invitation_token}"},
    ),
    Operation("revokeInvitation", "person", "DELETE", "/api/invitations/{invitation}", 204),
    Operation("listPeople", "person", "GET", "/api/users"),
    Operation("readPerson", "person", "GET", "/api/users/{colleague}"),
    Operation("setRole", "admin", "PUT", "/api/users/{colleague}/role", body={"role": "viewer"}),
    Operation("setActivation", "admin", "PUT", "/api/users/{colleague}/activation", body={"is_active": True}),
    Operation("createTeam", "person", "POST", "/api/teams", 201, {"name": "new"}),
    Operation("listTeams", "person", "GET", "/api/teams"),
    Operation("readTeam", "person", "GET", "/api/teams/{team}"),
    Operation("updateTeam", "person", "PUT", "/api/teams/{team}", body={"name": "renamed"}),
    Operation("listTeamMembers", "person", "GET", "/api/teams/{team}/members"),
    Operation("addTeamMember", "person", "PUT", "/api/teams/{empty_team}/members/{colleague}", 204),
    Operation("removeTeamMember", "person", "DELETE", "/api/teams/{empty_team}/members/{colleague}", 204),
    Operation("deleteTeam", "person", "DELETE", "/api/teams/{empty_team}", 204),
    Operation(
        "createProject",
        "person",
        "POST",
        "/api/projects",
        201,
        {"name": "new", "description": "All of it", "team_id": "{team}"},
    ),
    Operation("listProjects", "person", "GET", "/api/projects"),
    Operation("readProject", "person", "GET", "/api/projects/{project}"),
    Operation(
        "updateProject",
        "person",
        "PUT",
        "/api/projects/{project}",
        body={"name": "ours", "description": "All of it", "team_id": "{team}"},
    ),
    Operation("readProjectConfig", "person", "GET", "/api/projects/{project}/config"),
    Operation(
        "configureProject",
        "person",
        "PUT",
        "/api/projects/{project}/config",
        body={"default_priority": "LOW", "default_max_retries": 5, "unknown_kinds": "allow"},
    ),
    Operation("listProjectMembers", "person", "GET", "/api/projects/{project}/members"),
    Operation("addProjectMember", "person", "PUT", "/api/projects/{empty_project}/members/{colleague}", 204),
    Operation(
        "removeProjectMember", "person", "DELETE", "/api/projects/{empty_project}/members/{colleague}", 204
    ),
    Operation(
        "createRepository",
        "person",
        "POST",
        "/api/repositories",
        201,
        {
            "project_id": "{project}",
            "forge": "github",
            "external_id": "99",
            "full_name": "acme/other",
            "clone_url": "https://github.test/acme/other.git",
        },
    ),
    Operation("listRepositories", "person", "GET", "/api/repositories?project_id={project}"),
    Operation(
        "registerAgent",
        "person",
        "POST",
        "/api/agents/register",
        201,
        {
            "name": "new",
            "project_ids": ["{project}"],
            "capabilities": ["code-review"],
            "labels": {"region": "eu"},
        },
    ),
    Operation("listAgents", "person", "GET", "/api/agents?project_id={project}"),
    Operation("readAgent", "person", "GET", "/api/agents/{agent}"),
    Operation(
        "updateAgent",
        "person",
        "PUT",
        "/api/agents/{agent}",
        body={"name": "agent", "capabilities": ["code-review"], "labels": {"region": "eu"}},
    ),
    Operation("addProjectAgent", "person", "PUT", "/api/projects/{empty_project}/agents/{agent}", 204),
    Operation("removeProjectAgent", "person", "DELETE", "/api/projects/{empty_project}/agents/{agent}", 204),
    Operation("deleteProject", "person", "DELETE", "/api/projects/{empty_project}", 204),
    Operation(
        "setAgentActivation", "person", "PUT", "/api/agents/{agent}/activation", body={"is_active": True}
    ),
    Operation(
        "rotateAgentKey",
        "person",
        "POST",
        "/api/agents/{agent}/rotate-key",
        201,
        {"overlap_seconds": 60},
    ),
    Operation("listAgentKeys", "person", "GET", "/api/agents/{agent}/keys"),
    Operation("revokeAgentKey", "person", "DELETE", "/api/agents/{agent}/keys/{agent_key}", 204),
    Operation(
        "createRegistrationToken",
        "person",
        "POST",
        "/api/registration-tokens",
        201,
        {
            "name": "fleet",
            "project_ids": ["{project}"],
            "capabilities": ["code-review"],
            "max_uses": 2,
            "expires_in_hours": 24,
        },
    ),
    Operation("listRegistrationTokens", "person", "GET", "/api/registration-tokens"),
    Operation(
        "revokeRegistrationToken",
        "person",
        "DELETE",
        "/api/registration-tokens/{registration_token}",
        204,
    ),
    Operation("heartbeat", "agent", "PUT", "/api/agents/heartbeat", 204),
    Operation("createTask", "person", "POST", "/api/tasks", 201, _TASK),
    Operation("listTasks", "person", "GET", "/api/tasks?project_id={project}&state=pending&kind=code_review"),
    Operation("countTasks", "person", "GET", "/api/tasks/counts?project_id={project}"),
    Operation("updateTaskStatus", "person", "PUT", "/api/tasks/{failed}/status", body={"status": "pending"}),
    Operation("readTask", "person", "GET", "/api/tasks/{waiting}"),
    Operation(
        "updateTask", "person", "PUT", "/api/tasks/{waiting}", body={"title": "Review it", "priority": "LOW"}
    ),
    Operation("listDependencies", "person", "GET", "/api/tasks/{waiting}/dependencies"),
    Operation(
        "addDependencies",
        "person",
        "POST",
        "/api/tasks/{waiting}/dependencies",
        body={"depends_on": [{"task_id": "{leased}", "on_failure": "block"}]},
    ),
    Operation("removeDependency", "person", "DELETE", "/api/tasks/{waiting}/dependencies/{leased}", 204),
    Operation(
        "createSuccessor",
        "agent",
        "POST",
        "/api/tasks/{leased}/successor",
        201,
        {
            "lease_token": "{lease_token}",
            "kind": "deploy",
            "title": "Deploy",
            "on_failure": "block",
            "key": "deploy",
        },
    ),
    Operation("readLineage", "person", "GET", "/api/tasks/{waiting}/lineage"),
    Operation(
        "saveStep",
        "agent",
        "POST",
        "/api/tasks/{leased}/steps",
        body={"lease_token": "{lease_token}", "name": "fetch", "output": {"files": 3}},
    ),
    Operation("listSteps", "person", "GET", "/api/tasks/{leased}/steps"),
    Operation(
        "cancelTask",
        "person",
        "POST",
        "/api/tasks/{waiting}/cancel",
        body={"reason": "no longer wanted", "cascade": "descendants"},
    ),
    Operation("listDeadLetters", "person", "GET", "/api/dead-letters?project_id={project}&kind=lint"),
    Operation("requeueTask", "person", "POST", "/api/tasks/{failed}/requeue", body={"cascade": True}),
    Operation("requeueTasks", "person", "POST", "/api/tasks/requeue", body={"task_ids": ["{failed}"]}),
    Operation("deleteTask", "person", "DELETE", "/api/tasks/{waiting}", 204),
    Operation("listKinds", "person", "GET", "/api/kinds?project_id={project}"),
    Operation("readKind", "person", "GET", "/api/kinds/lint?project_id={project}"),
    Operation("setKind", "person", "PUT", "/api/kinds/greet?project_id={project}", body=_KIND),
    Operation(
        "validateKind",
        "person",
        "POST",
        "/api/kinds/lint/validate?project_id={project}",
        body={"input": {"name": "Ada"}, "output": {"ok": True}},
    ),
    Operation("deleteKind", "person", "DELETE", "/api/kinds/lint?project_id={project}", 204),
    Operation("createLimit", "person", "POST", "/api/limits", 201, _LIMIT),
    Operation("listLimits", "person", "GET", "/api/limits?project_id={project}"),
    Operation("readLimit", "person", "GET", "/api/limits/{limit}"),
    Operation("updateLimit", "person", "PUT", "/api/limits/{limit}", body=_LIMIT_CHANGES),
    Operation("deleteLimit", "person", "DELETE", "/api/limits/{other_limit}", 204),
    Operation("readTaskWaits", "person", "GET", "/api/tasks/{leased}/waits"),
    Operation("readQueue", "person", "GET", "/api/queue?project_id={project}"),
    Operation("listAttempts", "person", "GET", "/api/tasks/{leased}/attempts"),
    Operation("listTaskLogs", "person", "GET", "/api/tasks/{leased}/logs"),
    Operation("listLogs", "person", "GET", "/api/logs?project_id={project}"),
    Operation("listTaskCharges", "person", "GET", "/api/tasks/{leased}/charges"),
    Operation(
        "writeTaskLogs",
        "agent",
        "POST",
        "/api/tasks/{leased}/logs",
        body={"lease_token": "{lease_token}", "lines": [{"level": "info", "message": "hello"}]},
    ),
    Operation(
        "storeArtifact",
        "agent",
        "PUT",
        "/api/tasks/{leased}/artifacts/new.txt",
        content=b"hello",
        headers={"X-Lease-Token": "{lease_token}", "Content-Type": "text/plain"},
    ),
    Operation("listTaskArtifacts", "person", "GET", "/api/tasks/{leased}/artifacts"),
    Operation("readArtifact", "person", "GET", "/api/artifacts/{artifact}"),
    Operation("readArtifactContent", "person", "GET", "/api/artifacts/{artifact}/content"),
    Operation("deleteArtifact", "person", "DELETE", "/api/artifacts/{other_artifact}", 204),
    Operation(
        "claimTasks",
        "agent",
        "POST",
        "/api/tasks/claim",
        body={"kinds": ["code_review"], "limit": 1, "wait_seconds": 0, "lease_seconds": 30},
    ),
    Operation(
        "extendLeases", "agent", "POST", "/api/tasks/renew", body={"leases": [_LEASE], "lease_seconds": 60}
    ),
    Operation(
        "writeProgress",
        "agent",
        "POST",
        "/api/tasks/{leased}/progress",
        body={"lease_token": "{lease_token}", "progress": 0.5, "note": "half"},
    ),
    Operation(
        "saveCheckpoint",
        "agent",
        "POST",
        "/api/tasks/{leased}/checkpoint",
        body={"lease_token": "{lease_token}", "checkpoint": {"page": 3}},
    ),
    Operation(
        "dispatch",
        "agent",
        "POST",
        "/api/tasks/dispatch",
        body={**_LEASE, "service_id": "{service}", "estimated_amount": "0.10"},
    ),
    Operation(
        "createService",
        "person",
        "POST",
        "/api/services",
        201,
        {"project_id": "{project}", "name": "new", "limit": "5.00", "substitute_id": "{substitute}"},
    ),
    Operation("listServices", "person", "GET", "/api/services?project_id={project}"),
    Operation("readServiceStatus", "person", "GET", "/api/services/status?project_id={project}"),
    Operation("readService", "person", "GET", "/api/services/{service}"),
    Operation(
        "increaseBudget",
        "person",
        "POST",
        "/api/services/{service}/increase-budget",
        body={"amount": "5.00", "reason": "more to do"},
    ),
    Operation(
        "chargeService",
        "agent",
        "POST",
        "/api/services/{service}/charge",
        201,
        {**_LEASE, "amount": "0.25", "key": "step 1", "note": "tokens"},
    ),
    Operation("receiveGithubWebhook", "nobody", "POST", "/api/webhooks/github", 202),
    Operation("postFeedback", "agent", "POST", "/api/integrations/github/pr-feedback", 202, _COMMENT),
    Operation("listEvents", "person", "GET", "/api/workflow/events?project_id={project}"),
    Operation(
        "streamEvents",
        "person",
        "GET",
        "/api/stream?project_id={project}&task_id={leased}&types=task",
        answers="text/event-stream",
    ),
    Operation(
        "setProjectSecret",
        "person",
        "PUT",
        "/api/projects/{project}/secrets/github",
        body={"kind": "git", "value": "ghp_of-the-project"},
    ),
    Operation("listProjectSecrets", "person", "GET", "/api/projects/{project}/secrets"),
    Operation("deleteProjectSecret", "person", "DELETE", "/api/projects/{project}/secrets/npm", 204),
    Operation(
        "setTeamSecret",
        "person",
        "PUT",
        "/api/teams/{team}/secrets/github",
        body={"kind": "git", "value": "ghp_of-the-team"},
    ),
    Operation("listTeamSecrets", "person", "GET", "/api/teams/{team}/secrets"),
    Operation("deleteTeamSecret", "person", "DELETE", "/api/teams/{team}/secrets/npm", 204),
    Operation("whoami", "person", "GET", "/api/whoami"),
    Operation(
        "createApiToken",
        "person",
        "POST",
        "/api/tokens",
        201,
        {"name": "ci", "scopes": ["tasks:read"], "expires_in_days": 30},
    ),
    Operation("listApiTokens", "person", "GET", "/api/tokens"),
    Operation(
        "createProjectToken",
        "person",
        "POST",
        "/api/projects/{project}/tokens",
        201,
        {"name": "ci", "expires_in_days": 30},
    ),
    Operation("listProjectTokens", "person", "GET", "/api/projects/{project}/tokens"),
    Operation(
        "revokeProjectToken", "person", "DELETE", "/api/projects/{project}/tokens/{project_token}", 204
    ),
    Operation("revokeApiToken", "person", "DELETE", "/api/tokens/{api_token}", 204),
    Operation("healthLive", "nobody", "GET", "/health/live"),
    Operation("healthReady", "nobody", "GET", "/health/ready"),
    # These end the lease or the session.
    Operation(
        "exchange",
        "agent",
        "POST",
        "/api/agents/exchange",
        body={
            "kinds": ["code_review"],
            "wanted": 1,
            "wait_seconds": 0,
            "lease_seconds": 30,
            "completions": [{**_LEASE, "output": {"ok": True}}],
            "failures": [],
            "releases": [],
        },
    ),
    Operation(
        "completeTasks",
        "agent",
        "POST",
        "/api/tasks/complete",
        body={"items": [{**_LEASE, "output": {"ok": True}}]},
    ),
    Operation(
        "failTasks",
        "agent",
        "POST",
        "/api/tasks/fail",
        body={
            "items": [
                {
                    **_LEASE,
                    "error": {"code": "broken", "message": "It broke"},
                    "retryable": True,
                    "retry_after_seconds": 1,
                    "blocked_reason": None,
                }
            ]
        },
    ),
    Operation("releaseTasks", "agent", "POST", "/api/tasks/release", body={"items": [_LEASE]}),
    Operation("signOut", "person", "POST", "/auth/v1/logout", 204),
]

BY_ID = {operation.id: operation for operation in OPERATIONS}


def filled(value: Any, scene: Scene) -> Any:
    """The value with the members of the scene in place of their names."""
    if isinstance(value, str):
        # A lease token is a number, so it stands alone.
        return scene.lease_token if value == "{lease_token}" else value.format_map(vars(scene))
    if isinstance(value, Mapping):
        return {name: filled(member, scene) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(item, scene) for item in value]
    return value


def request_of(operation: Operation, scene: Scene) -> dict[str, Any]:
    """The arguments of httpx for a request that the operation accepts."""
    request: dict[str, Any] = {"method": operation.method, "url": filled(operation.path, scene)}
    if operation.id == "receiveGithubWebhook":
        body = pull_request_body()
        request |= {"content": body, "headers": github_headers(body)}
    elif operation.body is not None:
        request["json"] = filled(operation.body, scene)
    elif operation.content is not None:
        headers = {name: str(value) for name, value in filled(operation.headers, scene).items()}
        request |= {"content": operation.content, "headers": headers}
    return request


def pull_request_body(**changes: Any) -> bytes:
    """A `pull_request` webhook as GitHub sends it, cut to what tests speak of."""
    pull_request = {
        "number": changes.pop("number", 7),
        "title": "Round up to the next cent",
        "html_url": f"https://github.test/{REPOSITORY}/pull/7",
        "draft": changes.pop("draft", False),
        "author_association": "MEMBER",
        "user": {"login": "ada"},
        "head": {"ref": "round-up", "sha": changes.pop("head_sha", "a" * 40)},
        "base": {"ref": "main", "sha": "b" * 40},
    }
    hook = {
        "action": "opened",
        "number": pull_request["number"],
        "pull_request": pull_request,
        "repository": {"id": REPOSITORY_ID, "full_name": REPOSITORY, "clone_url": "https://evil.test/x.git"},
        **changes,
    }
    return json.dumps(hook).encode()


def signature(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    """`X-Hub-Signature-256` as GitHub makes it."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def github_headers(
    body: bytes, *, delivery: str = "d-1", event: str = "pull_request", **changes: str
) -> dict[str, str]:
    """The headers of a delivery that GitHub signed."""
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": signature(body),
        **changes,
    }

"""Repositories, webhooks and feedback. Of what a forge sends only what we use is read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from control_plane.platform.model import Body, LeaseToken, Model

CommitId = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
FullName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[.]{0,2}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,97}$",
        examples=["owner/name"],
    ),
]


class CreateRepository(Body):
    """Which project a repository belongs to, by its id at the forge."""

    project_id: UUID
    forge: Literal["github"] = "github"
    external_id: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
    full_name: FullName
    clone_url: Annotated[str, Field(pattern=r"^(https|file)://[^\s\x00-\x1f]{1,1000}$")]


class Repository(Model):
    """A repository that belongs to a project."""

    id: UUID
    project_id: UUID
    forge: str
    external_id: str
    full_name: str
    clone_url: str
    created_at: datetime


class WebhookOutcome(Model):
    """What happens with a delivery."""

    outcome: Literal["accepted", "duplicate", "unknown_repository", "ignored"]
    delivery_id: str


class PostFeedback(Body):
    """A comment or a status for a pull request; once per (task, key)."""

    task_id: UUID
    lease_token: LeaseToken
    key: Annotated[str, Field(min_length=1, max_length=200)]
    repository: FullName
    number: Annotated[int, Field(ge=1, lt=2**31)]
    kind: Literal["comment", "status"]
    body: Annotated[str | None, Field(min_length=1, max_length=60000)] = None
    sha: CommitId | None = None
    state: Literal["pending", "success", "failure", "error"] | None = None
    context: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    description: Annotated[str | None, Field(max_length=140)] = None

    @model_validator(mode="after")
    def _whole(self) -> PostFeedback:
        if self.kind == "comment" and self.body is None:
            raise ValueError("a comment needs a body")
        if self.kind == "status" and not (self.sha and self.state and self.context):
            raise ValueError("a status needs sha, state and context")
        return self


class Feedback(Model):
    """Feedback and how far it is."""

    id: UUID
    task_id: UUID
    key: str
    number: int
    kind: Literal["comment", "status"]
    state: Literal["queued", "sent", "failed"]
    external_id: str | None
    error: str | None
    created_at: datetime
    sent_at: datetime | None


class QueuedFeedback(Model):
    """Feedback as the worker takes it."""

    id: UUID
    project_id: UUID
    state: str
    number: int
    kind: Literal["comment", "status"]
    content: dict[str, str | None]
    full_name: str


class Delivery(Model):
    """A stored delivery with its repository; the body as base64."""

    id: UUID
    project_id: UUID
    event: str
    state: str
    body: str
    repository: Repository


class HookRepository(Model):
    """The repository a webhook speaks of."""

    id: int


class Hook(Model):
    """What every webhook we can place has."""

    repository: HookRepository


class HookUser(Model):
    """The author of a pull request."""

    login: Annotated[str, Field(max_length=100)]


class HookRef(Model):
    """One end of a pull request."""

    ref: Annotated[str, Field(max_length=255)]
    sha: CommitId


class HookPullRequest(Model):
    """The pull request of a webhook."""

    number: Annotated[int, Field(ge=1, lt=2**31)]
    title: Annotated[str, Field(max_length=1000)]
    html_url: Annotated[str, Field(max_length=1000)] = ""
    draft: bool = False
    author_association: Annotated[str, Field(pattern=r"^[A-Z_]{1,50}$")] = "NONE"
    user: HookUser
    head: HookRef
    base: HookRef


class PullRequestHook(Model):
    """A `pull_request` webhook."""

    action: str
    pull_request: HookPullRequest

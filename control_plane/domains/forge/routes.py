"""Routes of code forges."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, HeaderParameter, JSONBody

from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.forge import queries, service
from control_plane.domains.forge.models import (
    CreateRepository,
    Feedback,
    PostFeedback,
    Repository,
    WebhookOutcome,
)
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, PUBLIC, scope
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings

# GitHub sends at most 25 MB.
_MAX_WEBHOOK_BYTES = 25 * 1024 * 1024


class RepositoryController(Controller):
    """Repositories of projects."""

    path = "/api/repositories"
    tags = ("forges",)

    @post(operation_id="createRepository", opt=scope("repositories:write"))
    async def create_repository(
        self, data: JSONBody[CreateRepository], db: NamedDependency[Session]
    ) -> Repository:
        """Say which project a repository belongs to, by its id at the forge."""
        return await queries.create_repository(db, data)

    @get(operation_id="listRepositories", opt=scope("repositories:read"))
    async def list_repositories(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Repository]:
        """Repositories of the caller's projects."""
        return await queries.list_repositories(db, project_id, limit=limit, cursor=cursor)


class WebhookController(Controller):
    """What forges send."""

    path = "/api/webhooks"
    tags = ("forges",)

    @post(
        "/github",
        operation_id="receiveGithubWebhook",
        status_code=202,
        request_max_body_size=_MAX_WEBHOOK_BYTES,
        security=[],
        opt=PUBLIC,
    )
    async def receive_github_webhook(
        self,
        request: Request[Any, Any, Any],
        database: NamedDependency[Database],
        settings: NamedDependency[Settings],
        signature: Annotated[str, HeaderParameter(name="X-Hub-Signature-256")] = "",
        event: Annotated[str, HeaderParameter(name="X-GitHub-Event")] = "",
        delivery: Annotated[str, HeaderParameter(name="X-GitHub-Delivery")] = "",
    ) -> WebhookOutcome:
        """A signed delivery is stored and worked on later; the same one again does nothing."""
        return await service.receive_github_webhook(
            database,
            settings.github_webhook_secret,
            signature=signature,
            delivery_id=delivery,
            event=event,
            read_body=request.body,
        )


class FeedbackController(Controller):
    """Feedback on pull requests."""

    path = "/api/integrations/github"
    tags = ("forges",)

    @post("/pr-feedback", operation_id="postFeedback", status_code=202, opt=AGENT)
    async def post_feedback(self, data: JSONBody[PostFeedback], db: NamedDependency[Session]) -> Feedback:
        """Ask for a comment or a status; it is posted once per (task, key), over all attempts."""
        return await queries.post_feedback(db, data)

"""What the worker does for this domain: read stored deliveries, and post what agents asked for."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError

from control_plane.db.pool import Database
from control_plane.db.secrets import open_secret
from control_plane.domains.forge import queries
from control_plane.domains.forge.github import GitHubClient
from control_plane.domains.forge.models import Delivery, PullRequestHook
from control_plane.platform.keyring import Keyring
from control_plane.platform.model import Json, Priority

# A review is wanted for what can be merged and has new commits.
_REVIEWED_ACTIONS = {"opened", "reopened", "synchronize", "ready_for_review"}


class InputChecks(Protocol):
    """What the kinds of projects say of inputs."""

    async def check_inputs(self, items: Sequence[tuple[UUID, str, Json]]) -> list[dict[str, object]]:
        """What is wrong with inputs (project, kind, input)."""
        ...


class ForgeHandlers:
    """The outbox topics of this domain. Each may run twice: the database makes it once."""

    def __init__(self, worker: Database, github: GitHubClient, keyring: Keyring, kinds: InputChecks) -> None:
        self._worker = worker
        self._kinds = kinds
        self._github = github
        self._keyring = keyring
        self.topics = {"webhook.received": self.work_on_delivery, "feedback.queued": self.send_feedback}

    async def work_on_delivery(self, payload: Json) -> None:
        """Turn a stored delivery into the task it asks for."""
        delivery = await queries.read_delivery(self._worker, UUID(payload["id"]))
        if delivery is None or delivery.state != "received":
            return
        try:
            hook = PullRequestHook.model_validate_json(b64decode(delivery.body))
        except ValidationError:
            await queries.finish_delivery(self._worker, delivery.id, "failed", reason="unreadable")
            return
        if hook.action not in _REVIEWED_ACTIONS or hook.pull_request.draft:
            await queries.finish_delivery(self._worker, delivery.id, "ignored", reason="no_new_commit")
            return
        task = review_task(delivery, hook)
        if await self._kinds.check_inputs([(delivery.project_id, task["kind"], task["input"])]):
            # The project has a code_review of its own, for which a webhook does not say enough.
            await queries.finish_delivery(self._worker, delivery.id, "failed", reason="input_invalid")
            return
        await queries.finish_delivery(self._worker, delivery.id, "processed", task=task)

    async def send_feedback(self, payload: Json) -> None:
        """Post a comment or a status. A comment carries its id: one posted before a crash is found again."""
        feedback = await queries.read_feedback(self._worker, UUID(payload["id"]))
        if feedback is None or feedback.state != "queued":
            return
        send = self._github.comment if feedback.kind == "comment" else self._github.set_status
        # As the project itself where it has a token of its own, else as everybody.
        own = await open_secret(
            self._worker,
            self._keyring,
            feedback.project_id,
            kind="git",
            name="github",
            purpose=f"feedback {feedback.id}",
        )
        external_id = await send(feedback, own)
        await queries.finish_feedback(self._worker, feedback.id, "sent", external_id=external_id)

    async def give_up(self, topic: str, payload: Json, error: str) -> None:
        """The last try failed: what waited for it is told."""
        if topic == "feedback.queued":
            await queries.finish_feedback(self._worker, UUID(payload["id"]), "failed", error=error)
        else:
            await queries.finish_delivery(self._worker, UUID(payload["id"]), "failed", reason=error)


def review_task(delivery: Delivery, hook: PullRequestHook) -> dict[str, Any]:
    """The review of a pull request's head commit: CRITICAL, once per commit."""
    pull_request = hook.pull_request
    repository = delivery.repository
    return {
        "kind": "code_review",
        "title": f"Review {repository.full_name}#{pull_request.number}: {pull_request.title}"[:500],
        "priority": int(Priority.CRITICAL),
        "required_capabilities": ["code-review"],
        "dedupe_key": f"code_review:{repository.id}:{pull_request.number}:{pull_request.head.sha}",
        "input": {
            "repository": repository.full_name,
            "number": pull_request.number,
            "title": pull_request.title,
            "head_sha": pull_request.head.sha,
            "head_ref": pull_request.head.ref,
            "base_sha": pull_request.base.sha,
            "base_ref": pull_request.base.ref,
            "author": pull_request.user.login,
            "author_association": pull_request.author_association,
            # Where code comes from is what an admin registered, never what a webhook says.
            "clone_url": repository.clone_url,
            "url": pull_request.html_url,
        },
    }

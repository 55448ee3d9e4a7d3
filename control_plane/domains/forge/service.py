"""Receiving webhooks: check the signature over the raw body, read what places it, store it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable

from pydantic import SecretStr, ValidationError

from control_plane.db.pool import Database
from control_plane.domains.forge import queries
from control_plane.domains.forge.models import Hook, PullRequestHook, WebhookOutcome
from control_plane.platform.errors import DomainError

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


async def receive_github_webhook(
    database: Database,
    secret: SecretStr | None,
    *,
    signature: str,
    delivery_id: str,
    event: str,
    read_body: Callable[[], Awaitable[bytes]],
) -> WebhookOutcome:
    """Store a delivery for the worker.

    503 without a secret, 401 for a wrong signature, 400 or 422 for a body that cannot be placed.
    """
    if secret is None:
        raise DomainError(
            503,
            "webhook_not_configured",
            "No webhook secret is set here.",
            "Set DEVOS_GITHUB_WEBHOOK_SECRET.",
        )
    # Looked at before the body, which may be large and is read for those alone who could have signed it.
    body = await read_body() if _SIGNATURE.fullmatch(signature) else b""
    # "X-Hub-Signature-256: sha256=" and the hex HMAC of the body, as GitHub documents for webhooks.
    expected = "sha256=" + hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise DomainError(
            401, "invalid_signature", "The signature does not fit the body.", "Check the secret at both ends."
        )
    if not delivery_id or not event:
        raise DomainError(400, "missing_header", "X-GitHub-Event and X-GitHub-Delivery are needed.")
    if event == "ping":
        return WebhookOutcome(outcome="ignored", delivery_id=delivery_id)
    try:
        hook = Hook.model_validate_json(body)
        if event == "pull_request":
            # The event's name is not signed; the body is. Both must say the same.
            PullRequestHook.model_validate_json(body)
    except ValidationError as exc:
        raise DomainError(
            422,
            "unreadable_webhook",
            f"The body does not fit a {event[:64]} event.",
            "Send the webhook as GitHub made it.",
        ) from exc
    return await queries.receive_webhook(
        database, delivery_id=delivery_id, event=event, repository_id=hook.repository.id, body=body
    )

"""The `pull_request` webhook as GitHub sends and signs it."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import Any

import httpx
from project import BASE_BRANCH, FEATURE_BRANCH, TITLE, Project

NUMBER = 7
ASSOCIATION = "MEMBER"


def pull_request(project: Project, repository_id: int) -> dict[str, Any]:
    """The pull request that asks to merge the feature branch."""
    owner, name = project.name.split("/")
    address = f"https://github.com/{project.name}"
    repository = {
        "id": repository_id,
        "name": name,
        "full_name": project.name,
        "private": False,
        "owner": {"login": owner, "id": 1, "type": "Organization"},
        "html_url": address,
        # Never used: code comes from the address that was registered.
        "clone_url": f"{address}.git",
        "default_branch": BASE_BRANCH,
    }
    return {
        "id": 70_000_000 + NUMBER,
        "number": NUMBER,
        "state": "open",
        "draft": False,
        "title": TITLE,
        "body": "Customers who send ten parcels or more pay a tenth less.",
        "html_url": f"{address}/pull/{NUMBER}",
        "user": {"login": "grace-parcel", "id": 2, "type": "User"},
        "author_association": ASSOCIATION,
        "created_at": "2026-03-05T16:30:00Z",
        "updated_at": "2026-03-05T16:30:00Z",
        "head": {"ref": FEATURE_BRANCH, "sha": project.head_sha, "repo": repository},
        "base": {"ref": BASE_BRANCH, "sha": project.base_sha, "repo": repository},
        "merged": False,
    }


class Forge:
    """Sends deliveries to the control plane, signed with the secret both know."""

    def __init__(self, url: str, secret: str, pull: dict[str, Any]) -> None:
        self._url = f"{url.rstrip('/')}/api/webhooks/github"
        self._secret = secret.encode()
        self._pull = pull

    def deliver(self, action: str, delivery_id: str | None = None) -> tuple[str, str]:
        """Send one delivery; its id and what the control plane says of it."""
        delivery_id = delivery_id or str(uuid.uuid4())
        payload = {
            "action": action,
            "number": self._pull["number"],
            "pull_request": self._pull,
            "repository": self._pull["base"]["repo"],
            "sender": self._pull["user"],
        }
        body = json.dumps(payload).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/devos-demo",
            "X-GitHub-Event": "pull_request",
            "X-GitHub-Delivery": delivery_id,
            "X-Hub-Signature-256": "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest(),
        }
        answer = httpx.post(self._url, content=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return delivery_id, answer.json()["outcome"]

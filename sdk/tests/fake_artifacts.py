"""Artifacts in the fake control plane."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import TYPE_CHECKING
from urllib.parse import unquote

from fake_routes import Answer, page, route
from fake_store import Refusal, now

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


@route("PUT", "/api/tasks/([^/]+)/artifacts/(.+)")
def store_artifact(fake: FakeDevos, seen: Seen, task_id: str, quoted: str) -> Answer:
    task, name = fake.held(task_id, int(seen.headers["x-lease-token"])), unquote(quoted)
    digest = hashlib.sha256(seen.body)
    said = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    if seen.headers["content-digest"] != said or seen.headers["content-length"] != str(len(seen.body)):
        raise Refusal(422, "artifact_checksum", "It is not what it was said to be.")
    known = [one for one, _ in fake.artifacts.values() if (one["task_id"], one["name"]) == (task_id, name)]
    facts = {"name": name, "media_type": seen.headers["content-type"], "size_bytes": len(seen.body)}
    id_ = known[0]["id"] if known else str(uuid.uuid4())
    made = {"id": id_, "task_id": task_id, "attempt": task.attempt, **facts}
    made |= {"project_id": task.project_id, "agent_id": fake.agent_id, "sha256": digest.hexdigest()}
    fake.artifacts[made["id"]] = ({**made, "created_at": now()}, seen.body)
    return 200, fake.artifacts[made["id"]][0]


@route("GET", "/api/tasks/([^/]+)/artifacts")
def list_artifacts(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    return page([one for one, _ in fake.artifacts.values() if one["task_id"] == task_id], seen)


@route("GET|DELETE", "/api/artifacts/([^/]+)(/content)?")
def one_artifact(fake: FakeDevos, seen: Seen, artifact_id: str, content: str | None) -> Answer:
    if artifact_id not in fake.artifacts:
        raise Refusal(404, "artifact_not_found", "There is no such artifact.")
    if seen.method == "DELETE":
        del fake.artifacts[artifact_id]
        return 204, None
    return 200, fake.artifacts[artifact_id][1 if content else 0]

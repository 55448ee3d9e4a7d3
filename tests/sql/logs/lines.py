"""Writing and reading the log of a task, in one line each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.support.world import Actor


def line(message: str, level: str = "info") -> dict[str, str]:
    return {"level": level, "message": message}


async def log(agent: Actor, task: Any, *messages: str, level: str = "info", **limits: int) -> Any:
    """Write lines in one batch; what was told."""
    held = {"task_id": UUID(task["id"]), "lease_token": task["lease_token"]}
    return await agent.call(
        "write_task_logs",
        **held,
        lines=[line(text, level) for text in messages],
        **{f"limit_{name}": value for name, value in limits.items()},
    )


async def read(reader: Actor, task: Any, **asked: Any) -> list[str]:
    """The messages of a page."""
    told = await reader.call("list_task_logs", task_id=UUID(task["id"]), **asked)
    return [row["message"] for row in (told if isinstance(told, list) else [told])]

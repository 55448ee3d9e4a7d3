"""The SQL of this domain, one typed call each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from control_plane.db.pool import Call, Database
from control_plane.db.session import Session
from control_plane.domains.kinds.models import Kind, SetKind
from control_plane.http.credentials import Token
from control_plane.platform.model import Json, Page


async def list_kinds(db: Session, project_id: UUID, *, limit: int, cursor: str | None) -> Page[Kind]:
    """The kinds of a project, built-in ones too."""
    return await db.page(Kind, "list_kinds", "name", limit=limit, after=cursor, project_id=project_id)


async def read_kind(db: Session, project_id: UUID, name: str) -> Kind:
    """One kind."""
    return await db.one(Kind, "read_kind", project_id=project_id, name=name)


async def set_kind(db: Session, project_id: UUID, name: str, kind: SetKind, version: int | None) -> Kind:
    """Say what a kind is, if it is still the version that the caller knows."""
    defaults = kind.defaults.model_dump(mode="json", exclude_none=True)
    said = {**kind.model_dump(mode="json"), "defaults": defaults}
    return await db.one(Kind, "set_kind", project_id=project_id, name=name, kind=said, version=version)


async def delete_kind(db: Session, project_id: UUID, name: str) -> None:
    """Forget a project's own kind."""
    await db.value("delete_kind", project_id=project_id, name=name)


async def kind_schemas(
    database: Database, kinds: Iterable[tuple[UUID, str]]
) -> dict[tuple[UUID, str], tuple[Json | None, Json | None]]:
    """The schemas of those kinds that have any: of input and output."""
    wanted = [{"project_id": str(project_id), "name": name} for project_id, name in kinds]
    rows = [_row(text) for text in await database.call(Call("private.kind_schemas", kinds=wanted))]
    return {
        (UUID(row["project_id"]), row["name"]): (row["input_schema"], row["output_schema"]) for row in rows
    }


async def owes_outputs(database: Database, key: Token) -> bool:
    """Whether the agent of a key may get work whose result has a schema."""
    (answer,) = await database.call(Call("private.owes_outputs", key_id=key.id, key_hash=key.hash))
    return answer == "true"


async def held_kinds(database: Database, key: Token, task_ids: list[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Project and kind of the tasks that the agent of a key holds."""
    call = Call("private.held_kinds", key_id=key.id, key_hash=key.hash, task_ids=task_ids)
    rows = [_row(text) for text in await database.call(call)]
    return {UUID(row["task_id"]): (UUID(row["project_id"]), row["name"]) for row in rows}


def _row(text: str) -> dict[str, Any]:
    # Numbers of a schema are plain ones, unlike those of rows with money.
    return json.loads(text)

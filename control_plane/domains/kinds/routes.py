"""Routes of kinds: what sorts of work a project knows."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter

from control_plane.db.session import Session
from control_plane.domains.kinds import queries, service
from control_plane.domains.kinds.models import Kind, KindExample, KindVerdict, SetKind
from control_plane.domains.kinds.service import KindChecks
from control_plane.http.etag import TAGGED, IfMatch, wanted_version
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.platform.model import Page

_KIND = r"^[a-z][a-z0-9_.-]{0,63}$"
KindName = Annotated[str, PathParameter(pattern=_KIND, description="The kind, such as `code_review`.")]
KindCursor = Annotated[
    str | None, QueryParameter(pattern=_KIND, description="The `next_cursor` of the page before.")
]


class KindController(Controller):
    """Kinds of work, built in or a project's own."""

    path = "/api/kinds"
    tags = ("kinds",)

    @get(operation_id="listKinds", opt=scope("tasks:read"))
    async def list_kinds(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID],
        limit: Limit = 50,
        cursor: KindCursor = None,
    ) -> Page[Kind]:
        """The kinds of a project: its own, and the built-in ones that it does not replace."""
        return await queries.list_kinds(db, project_id, limit=limit, cursor=cursor)

    @get("/{name:str}", operation_id="readKind", opt=scope("tasks:read"), **TAGGED)
    async def read_kind(
        self, name: KindName, db: NamedDependency[Session], project_id: FromQuery[UUID]
    ) -> Kind:
        """One kind, with the schemas that inputs and results are held against."""
        return await queries.read_kind(db, project_id, name)

    @put("/{name:str}", operation_id="setKind", opt=scope("projects:write"), **TAGGED)
    async def set_kind(
        self,
        name: KindName,
        data: JSONBody[SetKind],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[KindChecks],
        project_id: FromQuery[UUID],
        if_match: IfMatch = None,
    ) -> Kind:
        """Say what a kind is in a project, the whole of it; one that is built in is replaced there.

        It holds for tasks and results that come from now on, in other copies of the API within five seconds.
        """
        return await service.set_kind(db, kind_checks, project_id, name, data, wanted_version(if_match))

    @delete("/{name:str}", operation_id="deleteKind", opt=scope("projects:write"))
    async def delete_kind(
        self,
        name: KindName,
        db: NamedDependency[Session],
        kind_checks: NamedDependency[KindChecks],
        project_id: FromQuery[UUID],
    ) -> None:
        """Forget a project's own kind; a built-in one of the name counts again."""
        await service.delete_kind(db, kind_checks, project_id, name)

    @post("/{name:str}/validate", operation_id="validateKind", status_code=200, opt=scope("tasks:read"))
    async def validate_kind(
        self,
        name: KindName,
        data: JSONBody[KindExample],
        db: NamedDependency[Session],
        project_id: FromQuery[UUID],
    ) -> KindVerdict:
        """Hold an input or a result against a kind, as creation and completion would. Nothing is made."""
        return await service.validate(db, project_id, name, data)

"""The verbs of the client about kinds of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from devos_sdk._area import HttpArea, given
from devos_sdk._models import Kind, KindVerdict, Page
from devos_sdk._portal import M, Verb


class Kinds(HttpArea[M]):
    """What sorts of work a project knows: built-in ones, and its own."""

    @Verb
    async def list(
        self, *, project_id: str, limit: int | None = None, cursor: str | None = None
    ) -> Page[Kind]:
        """The kinds of a project."""
        return await self._http.get(
            Page[Kind], "/api/kinds", project_id=project_id, limit=limit, cursor=cursor
        )

    @Verb
    async def get(self, name: str, *, project_id: str) -> Kind:
        """One kind."""
        return await self._http.get(Kind, _kind(name, project_id))

    @Verb
    async def set(
        self,
        name: str,
        *,
        project_id: str,
        title: str = "",
        description: str = "",
        input_schema: Mapping[str, Any] | None = None,
        output_schema: Mapping[str, Any] | None = None,
        defaults: Mapping[str, Any] | None = None,
        version: int | None = None,
    ) -> Kind:
        """Say anew what a kind is; with a `version`, only if nobody else has edited it since."""
        body = {
            "title": title,
            "description": description,
            "input_schema": input_schema,
            "output_schema": output_schema,
            "defaults": defaults or {},
        }
        return await self._http.put(Kind, _kind(name, project_id), body, version=version)

    @Verb
    async def delete(self, name: str, *, project_id: str) -> None:
        """Forget a project's own kind; a built-in one of the name counts again."""
        await self._http.delete(_kind(name, project_id))

    @Verb
    async def validate(
        self,
        name: str,
        *,
        project_id: str,
        input: Mapping[str, Any] | None = None,  # noqa: A002  the field's name in the API
        output: Mapping[str, Any] | None = None,
    ) -> KindVerdict:
        """Hold an input or a result against a kind. Nothing is made."""
        body = given({"input": input, "output": output})
        return await self._http.post(KindVerdict, _kind(name, project_id, "/validate"), body)


def _kind(name: str, project_id: str, verb: str = "") -> str:
    return f"/api/kinds/{quote(name, safe='')}{verb}?{urlencode({'project_id': project_id})}"

"""The OpenAPI document: paths and parameters as Litestar reads them, bodies as pydantic holds them.

Litestar describes a pydantic model by its annotations alone and misses how it is written to JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Stream
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from control_plane.http.scopes import SCOPES

_Schemas = dict[tuple[str, str], dict[str, Any]]
_REFERENCE = "#/components/schemas/{model}"
_PROBLEM = {
    "content": {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
    "description": "The same request under the same key is done once, and answered the same, for 24 hours.",
}


class Problem(BaseModel):
    """A refusal (RFC 9457): a code for machines, a sentence for people. Some codes add members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str = ""
    request_id: str


def describe(app: Litestar) -> dict[str, Any]:
    """The whole document of an app."""
    document = app.openapi_schema.to_schema()
    paths = cast("dict[str, dict[str, dict[str, Any]]]", document["paths"])
    operations = {
        operation["operationId"]: operation for item in paths.values() for operation in item.values()
    }
    handlers = {name: handler for name, handler in _handlers(app) if name in operations}
    schemas, document["components"]["schemas"] = _schemas(handlers)
    for name, operation in operations.items():
        _complete(operation, handlers[name], schemas)
    return document


def _handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if isinstance(handler, HTTPRouteHandler) and isinstance(handler.operation_id, str):
                yield handler.operation_id, handler


def _schemas(handlers: Mapping[str, HTTPRouteHandler]) -> tuple[_Schemas, dict[str, Any]]:
    """The schemas of all bodies, by operation and direction, and the models that they refer to."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        ("Problem", "serialization", TypeAdapter(Problem))
    ]
    for name, handler in handlers.items():
        if (data := handler.parsed_data_field) is not None:
            inputs.append((name, "validation", TypeAdapter(data.annotation)))
        # A handler that answers JSON as text says beside its type what is in it.
        said = cast("Mapping[int, Any]", handler.responses or {}).get(handler.status_code)
        returned = said.data_container if said else handler.parsed_return_field.annotation
        # A redirect has no body, and what is streamed is no JSON.
        if returned not in (None, type(None), Redirect, Stream):
            inputs.append((name, "serialization", TypeAdapter(returned)))
    schemas, described = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE)
    return cast(_Schemas, schemas), described["$defs"]


def _complete(operation: dict[str, Any], handler: HTTPRouteHandler, schemas: _Schemas) -> None:
    name = operation["operationId"]
    if (name, "validation") in schemas:
        operation["requestBody"]["content"]["application/json"]["schema"] = schemas[name, "validation"]
    if handler.opt.get("raw_body"):
        operation["requestBody"] = {"required": True, "content": _BYTES}
    scope = handler.opt["scope"]
    operation["security"] = [] if scope == "public" else [{"bearer": [scope] if scope in SCOPES else []}]
    keyed = scope not in {"public", "agent key"} and "people" not in operation["tags"]
    if keyed and "POST" in handler.http_methods:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    # Litestar adds errors of its own form, which never leave this app.
    answers = {status: answer for status, answer in operation["responses"].items() if status < "400"}
    if handler.parsed_return_field.annotation is Stream:
        answers = {status: {**answer, "content": _BYTES} for status, answer in answers.items()}
    for answer in answers.values() if (name, "serialization") in schemas else ():
        for content in answer.get("content", {}).values():
            content["schema"] = schemas[name, "serialization"]
    answers["4XX"] = {"description": "Refused, with a reason.", **_PROBLEM}
    answers["503"] = {"description": "Not now: try again after `Retry-After` seconds.", **_PROBLEM}
    operation["responses"] = answers

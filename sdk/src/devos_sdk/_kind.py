"""What a handler says of its kind: the JSON Schemas of its types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from devos_sdk._errors import NotFound
from devos_sdk._handler import Handler
from devos_sdk._models import Kind

if TYPE_CHECKING:
    from devos_sdk._client import Devos


def input_schema(handler: Handler) -> dict[str, Any] | None:
    """What the handler takes; None for anything."""
    return None if handler.input_type is None else handler.input_type.json_schema()


def output_schema(handler: Handler) -> dict[str, Any] | None:
    """What the handler answers, in the form in which it is sent; None for anything."""
    if handler.answers in (Any, None, type(None)):
        return None
    schema = TypeAdapter(handler.answers).json_schema(mode="serialization")
    if schema.get("type") == "object":
        return schema
    # An answer that is no object is sent as {"result": …}; which of the two, a type may leave open.
    if "type" not in schema:
        return None
    definitions = {"$defs": defs} if (defs := schema.pop("$defs", None)) else {}
    return {"type": "object", "required": ["result"], "properties": {"result": schema}, **definitions}


def publish(devos: Devos, project_id: str, handler: Handler) -> Kind:
    """Set the schemas of a kind, and its time limit where the handler has one. The rest stays."""
    try:
        now = devos.kinds.get(handler.kind, project_id=project_id)
    except NotFound as exc:
        if exc.code != "kind_not_found":
            raise
        now = Kind(name=handler.kind, version=0)
    defaults = dict(now.defaults)
    if handler.timeout is not None:
        defaults["timeout_seconds"] = max(1, round(handler.timeout.total_seconds()))
    said = {
        "input_schema": input_schema(handler),
        "output_schema": output_schema(handler),
        "defaults": defaults,
    }
    if now.version and all(getattr(now, name) == value for name, value in said.items()):
        return now
    return devos.kinds.set(
        handler.kind,
        project_id=project_id,
        title=now.title,
        description=now.description,
        version=now.version or None,
        **said,
    )

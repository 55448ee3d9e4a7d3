"""The options that commands have in common."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any, cast
from uuid import UUID

import typer

LOCAL = "http://127.0.0.1:8000"

Url = Annotated[str, typer.Option("--url", envvar="DEVOS_URL", help="Where the control plane is.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="How many to show.")]
Cursor = Annotated[
    str | None, typer.Option("--cursor", help="Go on after this: the next_cursor of the page before.")
]
Id = Annotated[UUID, typer.Argument(metavar="ID", show_default=False)]
UserId = Annotated[UUID, typer.Argument(metavar="USER", help="The person's id.", show_default=False)]
Project = Annotated[UUID | None, typer.Option("--project", help="A project's id.")]
Team = Annotated[UUID | None, typer.Option("--team", help="A team's id.")]
Projects = Annotated[list[UUID], typer.Option("--project", help="A project's id; again for more.")]
Capabilities = Annotated[
    list[str] | None, typer.Option("--capability", help="What it can do; again for more.")
]
ProjectId = Annotated[UUID, typer.Option("--project", help="The project's id.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]


class Role(StrEnum):
    """What a person may do, from least to most."""

    viewer = "viewer"
    supervisor = "supervisor"
    admin = "admin"


class Priority(StrEnum):
    """How soon a task is claimed."""

    critical = "CRITICAL"
    high = "HIGH"
    medium = "MEDIUM"
    low = "LOW"


class UnknownKinds(StrEnum):
    """Whether tasks may be of kinds that nobody has described."""

    allow = "allow"
    refuse = "refuse"


class SecretKind(StrEnum):
    """What a secret is for."""

    git = "git"
    model = "model"
    ci = "ci"
    registry = "registry"


def text_of(id_: UUID | None) -> str | None:
    """An id as the client takes it."""
    return None if id_ is None else str(id_)


def texts_of(ids: list[UUID]) -> list[str]:
    return [str(id_) for id_ in ids]


def pairs(given: list[str] | None) -> dict[str, str]:
    """`key=value` options as a mapping."""
    found: dict[str, str] = {}
    for item in given or []:
        key, equals, value = item.partition("=")
        if not (key and equals):
            raise typer.BadParameter(f"{item!r} is not of the form key=value.")
        found[key] = value
    return found


def json_object(text: str | None) -> dict[str, Any] | None:
    """A JSON object from an option."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise typer.BadParameter(f"This is no JSON: {exc}.") from exc
    if not isinstance(value, dict):
        raise typer.BadParameter("This is no JSON object.")
    return cast("dict[str, Any]", value)

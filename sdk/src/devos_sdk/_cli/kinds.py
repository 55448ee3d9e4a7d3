"""`devos kinds`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Json, Limit, Name, ProjectId, Url, json_object
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import connected

kinds = typer.Typer(no_args_is_help=True, help="Kinds of work: what they take, answer and need.")
AREAS = {"kinds": kinds}

_FIELDS = ("title", "description", "input_schema", "output_schema", "defaults")


@kinds.command("list")
def list_kinds(
    project: ProjectId, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show the kinds of a project; those without a project are built in.

    Example: `devos kinds list --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        show_page(devos.kinds.list(project_id=str(project), limit=limit, cursor=cursor), as_json)


@kinds.command("show")
def show_kind(name: Name, project: ProjectId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one kind with its schemas.

    Example: `devos kinds show code_review --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        show(devos.kinds.get(name, project_id=str(project)), as_json)


@kinds.command("set")
def set_kind(
    name: Name,
    project: ProjectId,
    file: Annotated[
        Path, typer.Option("--file", exists=True, dir_okay=False, help="The kind, a JSON object.")
    ],
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Say what a kind is: title, description, input_schema, output_schema, defaults. What is not named goes.

    Example: `devos kinds set greet --project $PROJECT --file greet.json`
    """
    said = json_object(file.read_text(encoding="utf-8")) or {}
    if unknown := sorted(said.keys() - {*_FIELDS}):
        raise typer.BadParameter(f"{file} names {', '.join(unknown)}; a kind has {', '.join(_FIELDS)}.")
    with connected(url, as_json) as devos:
        show(devos.kinds.set(name, project_id=str(project), **said), as_json)


@kinds.command()
def delete(name: Name, project: ProjectId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Forget a kind of a project. Tasks of it stay; a built-in kind of the name counts again.

    Example: `devos kinds delete greet --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        devos.kinds.delete(name, project_id=str(project))
        done("The kind is gone.", as_json, deleted=name)


@kinds.command()
def validate(
    name: Name,
    project: ProjectId,
    input_: Annotated[str | None, typer.Option("--input", help="What an agent would get.")] = None,
    output: Annotated[str | None, typer.Option("--output", help="What an agent would answer.")] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Hold an input or a result against a kind. Nothing is made; the exit code is 1 when it does not fit.

    Example: `devos kinds validate greet --project $PROJECT --input '{"name": "Ada"}'`
    """
    given = {"input": json_object(input_), "output": json_object(output)}
    with connected(url, as_json) as devos:
        verdict = devos.kinds.validate(name, project_id=str(project), **given)
        if verdict.fits:
            done("It fits.", as_json, fits=True, errors=[])
            return
        lines = [f"{error.field}{error.pointer or '/'}: {error.message}" for error in verdict.errors]
        done("\n".join(lines), as_json, **verdict.model_dump())
        raise typer.Exit(1)

"""`devos artifacts`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Id, Json, Limit, Url
from devos_sdk._cli.output import done, show_page
from devos_sdk._cli.session import connected
from devos_sdk._files import file_name

artifacts = typer.Typer(no_args_is_help=True, help="Files that tasks left behind.")
AREAS = {"artifacts": artifacts}


@artifacts.command("list")
def list_artifacts(
    task: Id, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show the files of a task.

    Example: `devos artifacts list $TASK`
    """
    with connected(url, as_json) as devos:
        show_page(devos.tasks.artifacts(str(task), limit=limit, cursor=cursor), as_json)


@artifacts.command()
def download(
    artifact: Id,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="A file or a folder; left out, this one."),
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Fetch a file and check it against its checksum. Only a file that --to names is written over.

    Example: `devos artifacts download $ARTIFACT --to report.html`
    """
    with connected(url, as_json) as devos:
        target = to or Path()
        if target.is_dir():
            target /= file_name(devos.artifacts.get(str(artifact)).name)
            if target.exists():
                raise ValueError(f"{target} is there already. Name a file with --to.")
        path = devos.artifacts.download(str(artifact), to=target)
        done(f"Written to {path}.", as_json, path=str(path))

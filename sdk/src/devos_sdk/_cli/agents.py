"""`devos agents`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from devos_sdk._cli.options import (
    LOCAL,
    Capabilities,
    Cursor,
    Id,
    Json,
    Limit,
    Name,
    Project,
    Projects,
    Url,
    pairs,
    text_of,
    texts_of,
)
from devos_sdk._cli.output import done, show, show_once, show_page
from devos_sdk._cli.session import connected

agents = typer.Typer(no_args_is_help=True, help="Programs that claim tasks, and their keys.")
AREAS = {"agents": agents}


@agents.command("list")
def list_agents(
    project: Project = None,
    capability: Annotated[str | None, typer.Option("--capability", help="That can do this.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="With this label, as key:value.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="idle, busy, offline or deactivated.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show agents of your projects.

    Examples: `devos agents list`, `devos agents list --capability python --state idle`
    """
    with connected(url, as_json) as devos:
        page = devos.agents.list(
            project_id=text_of(project),
            capability=capability,
            label=label,
            state=state,
            limit=limit,
            cursor=cursor,
        )
        show_page(page, as_json)


@agents.command("show")
def show_agent(agent: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one agent.

    Example: `devos agents show $AGENT`
    """
    with connected(url, as_json) as devos:
        show(devos.agents.get(str(agent)), as_json)


@agents.command()
def register(
    name: Name,
    project: Projects,
    capability: Capabilities = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="As key=value; again for more.")] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Register an agent. Its key is printed this once.

    Example: `devos agents register reviewer --project $PROJECT --capability python`
    """
    labels = pairs(label)
    with connected(url, as_json) as devos:
        made = devos.agents.register(
            name, project_ids=texts_of(project), capabilities=capability or [], labels=labels
        )
        show_once(made.agent, made.api_key, as_json, whole=made)


@agents.command()
def rotate_key(
    agent: Id,
    overlap_seconds: Annotated[
        int, typer.Option("--overlap-seconds", min=0, max=604800, help="How long the old key works on.")
    ] = 3600,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Give an agent a new key, which is printed this once.

    Example: `devos agents rotate-key $AGENT --overlap-seconds 600`
    """
    with connected(url, as_json) as devos:
        made = devos.agents.rotate_key(str(agent), overlap=timedelta(seconds=overlap_seconds))
        show_once(made.agent, made.api_key, as_json, whole=made)


@agents.command()
def keys(
    agent: Id, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show an agent's keys by their ids.

    Example: `devos agents keys $AGENT`
    """
    with connected(url, as_json) as devos:
        show_page(devos.agents.keys(str(agent), limit=limit, cursor=cursor), as_json)


@agents.command()
def revoke_key(
    agent: Id,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's id.", show_default=False)],
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """End one key of an agent. It holds on the next request.

    Example: `devos agents revoke-key $AGENT 5f3a9c0de112`
    """
    with connected(url, as_json) as devos:
        devos.agents.revoke_key(str(agent), key)
        done("The key is revoked.", as_json, revoked=key)


@agents.command()
def activate(agent: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Let an agent work again.

    Example: `devos agents activate $AGENT`
    """
    with connected(url, as_json) as devos:
        show(devos.agents.activate(str(agent)), as_json)


@agents.command()
def deactivate(agent: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Refuse an agent's key from the next request on. What it works on goes to others at once.

    Example: `devos agents deactivate $AGENT`
    """
    with connected(url, as_json) as devos:
        show(devos.agents.deactivate(str(agent)), as_json)


@agents.command()
def allow_broker(agent: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Trust an agent with credentials of the broker: it may read the queues of its lanes there.

    Example: `devos agents allow-broker $AGENT`
    """
    with connected(url, as_json) as devos:
        show(devos.agents.allow_broker(str(agent)), as_json)


@agents.command()
def deny_broker(agent: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take an agent's credentials of the broker back. It goes on by long poll.

    Example: `devos agents deny-broker $AGENT`
    """
    with connected(url, as_json) as devos:
        show(devos.agents.deny_broker(str(agent)), as_json)

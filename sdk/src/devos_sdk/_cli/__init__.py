"""What people ask of a control plane, as commands. The command `devos` takes them in by its entry points."""

from __future__ import annotations

import typer


def commands() -> typer.Typer:
    """The commands, to be added to those of the control plane or to run alone."""
    from devos_sdk._cli import (
        access,
        agents,
        artifacts,
        backlog,
        follow,
        graph,
        invitations,
        kinds,
        limits,
        login,
        projects,
        queue,
        schedules,
        secrets,
        teams,
        users,
        work,
    )

    app = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    graph.add_to(work.tasks)
    backlog.add_to(work.tasks)
    for command in (login.login, login.signup, login.logout, login.whoami):
        app.command()(command)
    areas = (
        users,
        invitations,
        teams,
        projects,
        secrets,
        access,
        agents,
        kinds,
        schedules,
        limits,
        work,
        backlog,
        artifacts,
        follow,
        queue,
    )
    for name, area in (named for module in areas for named in module.AREAS.items()):
        app.add_typer(area, name=name)
    return app

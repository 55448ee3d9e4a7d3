"""The commands by name, and the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys
import traceback

import typer

from control_plane.cli import admin, broker, demo, doctor, logs, manage, secrets, up
from control_plane.cli.output import FAILED, report
from control_plane.cli.plugins import WithPlugins
from control_plane.platform.errors import OperatorError

_HELP = """A control plane for autonomous coding agents.

`devos up` starts everything on this machine; `devos demo` shows it at work.
"""


def build() -> typer.Typer:
    """The command line."""
    app = typer.Typer(
        name="devos",
        cls=WithPlugins,
        help=_HELP,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    for command in (up.up, manage.down, manage.status, doctor.doctor, demo.demo, logs.logs):
        app.command()(command)
    config = typer.Typer(no_args_is_help=True, help="Settings.")
    config.command("show")(manage.config_show)
    app.add_typer(config, name="config")
    accounts = typer.Typer(no_args_is_help=True, help="Accounts, with the database and without a session.")
    for command in (admin.create, admin.grant, admin.reset_password):
        accounts.command()(command)
    app.add_typer(accounts, name="admin")
    keys = typer.Typer(no_args_is_help=True, help="Credentials that projects and teams keep.")
    keys.command("rotate")(secrets.rotate)
    app.add_typer(keys, name="secrets")
    node = typer.Typer(no_args_is_help=True, help="A RabbitMQ of one's own, for development.")
    node.command("install")(broker.install_package)
    for command in (broker.start, broker.stop, broker.status):
        node.command()(command)
    app.add_typer(node, name="broker")
    for command in (manage.migrate, up.api, up.worker, manage.reset, manage.uninstall, manage.version):
        app.command()(command)
    return app


def run() -> None:
    """Run the command line and end the process."""
    as_json = "--json" in sys.argv
    try:
        build()()
    except OperatorError as exc:
        sys.exit(report(exc, as_json=as_json))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as exc:  # noqa: BLE001  the last resort: a person never sees a traceback unasked
        if os.environ.get("DEVOS_LOG_LEVEL") == "debug":
            traceback.print_exc()
        told = OperatorError(
            f"devos failed in a way it should not: {type(exc).__name__}: {exc}",
            "Run it again with DEVOS_LOG_LEVEL=debug to see where, and report it.",
        )
        report(told, as_json=as_json)
        sys.exit(FAILED)

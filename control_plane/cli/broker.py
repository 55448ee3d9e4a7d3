"""`devos broker`: a RabbitMQ of one's own for development, beside the data folder's Postgres."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from control_plane.broker.node import BrokerNode, Node, install, is_installed
from control_plane.cli.output import Data, Json, emit, say
from control_plane.platform.errors import OperatorError
from control_plane.platform.settings import Settings, load_settings

_PORTS = {"amqp": 5672, "amqps": 5671, "http": 80, "https": 443}
_PROBE_SECONDS = 2.0


def install_package(as_json: Json = False) -> None:
    """Install Debian's rabbitmq-server, without the service that the package would start. Needs root.

    Examples: `sudo devos broker install`, `devos broker install --json`
    """
    installed = install()
    if as_json:
        emit({"installed": True, "was_missing": installed})
    else:
        say("RabbitMQ is installed." if installed else "RabbitMQ was installed already.")


def start(data: Data = None, as_json: Json = False) -> None:
    """Start a private RabbitMQ on loopback. `devos up`, `api` and `worker` on this data folder use it.

    Examples: `devos broker start`, `devos broker start --data /srv/devos --json`
    """
    runner = private_node(load_settings({"data": data}))
    _tell(runner.start(with_parent=False), as_json=as_json)


def stop(data: Data = None, as_json: Json = False) -> None:
    """Stop the private RabbitMQ of this data folder. Agents go on by long poll.

    Examples: `devos broker stop`, `devos broker stop --json`
    """
    stopped = private_node(load_settings({"data": data})).stop()
    if as_json:
        emit({"stopped": stopped})
    else:
        say("RabbitMQ has stopped." if stopped else "No RabbitMQ ran.")


def status(data: Data = None, as_json: Json = False) -> None:
    """Say whether RabbitMQ is installed, and whether the one of this data folder runs and answers.

    Examples: `devos broker status`, `devos broker status --json`
    """
    _tell(private_node(load_settings({"data": data})).find(), as_json=as_json)


def private_node(settings: Settings) -> BrokerNode:
    """The node of a data folder."""
    return BrokerNode(settings.data / "broker")


def with_broker(settings: Settings) -> Settings:
    """The settings with the private node of the data folder, when it runs and no other broker is named."""
    if settings.broker_url is not None:
        return settings
    try:
        node = private_node(settings).find()
    except PermissionError:
        return settings  # another user's
    if node is None or not node.runs:
        return settings
    urls = {"broker_url": node.url, "broker_management_url": node.management_url}
    return settings.model_copy(update={name: SecretStr(url) for name, url in urls.items()})


def examine(settings: Settings) -> tuple[str, str]:
    """What `devos doctor` says: a sentence, and the next step when something is wrong."""
    settings = with_broker(settings)
    if settings.broker_url is None:
        return "none: agents wait by long poll", ""
    for name in ("broker_url", "broker_management_url"):
        url: SecretStr | None = getattr(settings, name)
        if url is None:
            return f"{name} is not set: agents get no credentials", "Set DEVOS_BROKER_MANAGEMENT_URL."
        if not _answers(url.get_secret_value()):
            told = f"{_place(url.get_secret_value())} does not answer; agents wait by long poll."
            return told, "Start it, or correct DEVOS_" + name.upper() + "."
    return f"answers at {_place(settings.broker_url.get_secret_value())}", ""


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection(
            (parts.hostname, parts.port or _PORTS[parts.scheme]), timeout=_PROBE_SECONDS
        ).close()
    except OSError:
        return False
    return True


def _tell(node: Node | None, *, as_json: bool) -> None:
    running = node is not None and node.answers
    address = node.address if node is not None and running else None
    if as_json:
        emit(
            {
                "installed": is_installed(),
                "running": running,
                "url": address,
                "management_url": f"http://127.0.0.1:{node.management_port}" if node and running else None,
                "pid": node.pid if node and running else None,
            }
        )
    elif running:
        say(f"[bold green]RabbitMQ answers[/] at [bold]{address}[/]")
        say(f"  agents     DEVOS_BROKER_URL={address}, once `devos agents allow-broker` has allowed it")
        say("  devos      restart `devos up`, `api` or `worker` on this data folder: they use it")
    elif is_installed():
        say("RabbitMQ is installed and does not run here. Start it with `devos broker start`.")
    else:
        say("RabbitMQ is not installed. Run `devos broker install`.")


def ensure_started(settings: Settings) -> BrokerNode:
    """The private node, started to end with this process. OperatorError when another broker is named."""
    if settings.broker_url is not None:
        raise OperatorError(
            "DEVOS_BROKER_URL is set, and --broker runs a broker of its own.", "Leave one of them out."
        )
    runner = private_node(settings)
    Path(settings.data).mkdir(mode=0o700, parents=True, exist_ok=True)
    runner.start(with_parent=True)
    return runner

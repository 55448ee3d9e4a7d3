"""A RabbitMQ node of one's own: Debian's package on loopback, with its own data, ports, cookie and epmd."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from control_plane.platform.errors import OperatorError
from control_plane.platform.process import die_with_parent, end_process, free_port
from control_plane.platform.secrets import write_private

VIRTUAL_HOST = "devos"
_BIN = Path("/usr/lib/rabbitmq/bin")
_USER = "devos"
_NOTE = "node.json"
_START_SECONDS = 180.0
_STOP = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))
_CONFIG = """\
listeners.tcp.1 = 127.0.0.1:{port}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management_port}
default_vhost = {vhost}
default_user = {user}
default_pass = {password}
log.console = false
"""


@dataclass(frozen=True)
class Node:
    """A node as it is noted in its folder. Ports and password stay over restarts; pid 0: it never ran."""

    port: int
    management_port: int
    dist_port: int
    epmd_port: int
    password: str
    pid: int = 0
    epmd_pid: int = 0
    started: float = 0.0

    @property
    def url(self) -> str:
        """Where the worker publishes."""
        return f"amqp://{_USER}:{self.password}@127.0.0.1:{self.port}/{VIRTUAL_HOST}"

    @property
    def address(self) -> str:
        """Where agents wait."""
        return f"amqp://127.0.0.1:{self.port}"

    @property
    def management_url(self) -> str:
        """Where users are made and looked after."""
        return f"http://{_USER}:{self.password}@127.0.0.1:{self.management_port}"

    @property
    def runs(self) -> bool:
        """Whether its process is there, and not another one with its number."""
        if self.pid == 0:
            return False
        try:
            process = psutil.Process(self.pid)
            # A child that was killed stays until its parent has asked for its end.
            return abs(process.create_time() - self.started) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    @property
    def answers(self) -> bool:
        """Whether both of its ports are listened at."""
        return self.runs and all(_listens(port) for port in (self.port, self.management_port))


def is_installed() -> bool:
    """Whether Debian's package is there."""
    return (_BIN / "rabbitmq-server").exists()


def install() -> bool:
    """Install Debian's package when it is missing; whether it was. OperatorError where we may not."""
    if is_installed():
        return False
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise OperatorError(
            "RabbitMQ is not installed, and only root on Debian or Ubuntu can do it from here.",
            "Run `sudo apt-get install rabbitmq-server`.",
        )
    # Run level 1: the package must not start a server of its own.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    packages = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "rabbitmq-server"]
    for command in (["apt-get", "-qq", "update"], packages):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OperatorError(
                f"apt could not install rabbitmq-server: {done.stderr.strip()[-500:]}",
                "Install it by hand, then try again.",
            )
    return True


class BrokerNode:
    """The node of a folder. What it holds is kept when it stops."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.start(with_parent=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    def find(self) -> Node | None:
        """The node, running or not; None when there was never one."""
        try:
            return Node(**json.loads((self.folder / _NOTE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    @property
    def node(self) -> Node:
        """The node that runs. OperatorError when none does."""
        node = self.find()
        if node is None or not node.runs:
            raise OperatorError(f"No RabbitMQ runs in {self.folder}.", "Start it with `devos broker start`.")
        return node

    def start(self, *, with_parent: bool) -> Node:
        """Start the node and wait until it answers; one that runs already is left alone.

        `with_parent`: it ends with this process, even by SIGKILL.
        """
        if not is_installed():
            raise OperatorError("RabbitMQ is not installed.", "Run `devos broker install`.")
        node = self.find()
        if node is not None and node.runs:
            return self._ready(node)
        node = node or Node(free_port(), free_port(), free_port(), free_port(), secrets.token_hex(16))
        self._write_config(node)
        preexec = die_with_parent(signal.SIGTERM) if with_parent else None
        epmd = self._launch(["epmd"], node, preexec)
        server = self._launch([str(_BIN / "rabbitmq-server")], node, preexec)
        started = psutil.Process(server.pid).create_time()
        node = replace(node, pid=server.pid, epmd_pid=epmd.pid, started=started)
        write_private(self.folder / _NOTE, json.dumps(asdict(node)))
        try:
            return self._ready(node)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> bool:
        """Stop it; whether it ran."""
        node = self.find()
        if node is None or not node.runs:
            return False
        for pid in (node.pid, node.epmd_pid):
            end_process(pid, _STOP)
        for child in self._children:
            child.wait()
        self._children.clear()
        return True

    def control(self, *command: str) -> str:
        """What `rabbitmqctl` answers; it takes seconds."""
        done = subprocess.run(
            [str(_BIN / "rabbitmqctl"), "--quiet", *command],
            env=self._environment(self.node),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode:
            raise OperatorError(
                f"rabbitmqctl {command[0]} failed: {done.stderr.strip()[-500:]}", "See the node's log."
            )
        return done.stdout

    def _write_config(self, node: Node) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = _CONFIG.format(
            port=node.port,
            management_port=node.management_port,
            vhost=VIRTUAL_HOST,
            user=_USER,
            password=node.password,
        )
        write_private(self.folder / "rabbitmq.conf", config)
        write_private(self.folder / "plugins", "[rabbitmq_management].\n")

    def _environment(self, node: Node) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # where Erlang keeps its cookie
            "ERL_EPMD_PORT": str(node.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "devos@localhost",
            "RABBITMQ_DIST_PORT": str(node.dist_port),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            # With nothing to do its schedulers sleep and do not spin: the cores are for everybody here.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} "
            "+sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def _launch(
        self, command: list[str], node: Node, preexec: Callable[[], None] | None
    ) -> subprocess.Popen[bytes]:
        with (self.folder / "out").open("ab") as out:
            child = subprocess.Popen(
                command,
                env=self._environment(node),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=preexec,  # noqa: PLW1509
            )
        self._children.append(child)
        return child

    def _ready(self, node: Node) -> Node:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            for child in self._children:
                child.poll()  # an ended child is a process until it was asked for
            if not node.runs:
                break
            if node.answers:
                return node
            time.sleep(0.1)
        told = (self.folder / "out").read_text(errors="replace")[-2000:]
        raise OperatorError(f"RabbitMQ did not start: {told}", f"Its log is in {self.folder / 'log'}.")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

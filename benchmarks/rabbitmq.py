"""A private RabbitMQ node for the peers that need one: loopback, own data, ports, cookie, name and epmd."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from control_plane.platform.process import die_with_parent, end_process, free_port

_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_START_SECONDS = 90.0
_STOP = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True)
class Node:
    """A running broker: its address and its process."""

    url: str
    pid: int


def ensure_installed() -> None:
    """Debian's package, installed when it is missing and we may."""
    if _SERVER.exists():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit("Celery, Dramatiq and taskiq need it: sudo apt-get install rabbitmq-server.")
    # Run level 1: the package must not start a server of its own.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "rabbitmq-server"]
    for command in (["apt-get", "-qq", "update"], install):
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(folder: Path) -> Iterator[Node]:
    """Run a node in a folder of its own until the block ends."""
    ensure_installed()
    folder.mkdir()
    port, dist, epmd_port = free_port(), free_port(), free_port()
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\nlog.console = false\n")
    (folder / "plugins").write_text("[].\n")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),  # where Erlang keeps its cookie
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"bench{port}@localhost",
        "RABBITMQ_DIST_PORT": str(dist),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    with (folder / "out").open("wb") as out:
        epmd, server = (
            subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
            )
            for command in (["epmd"], [str(_SERVER)])
        )
    try:
        _wait(port, server, folder / "out")
        yield Node(f"amqp://guest:guest@127.0.0.1:{port}/", server.pid)
    finally:
        for process in (server, epmd):
            end_process(process.pid, _STOP)
            process.wait()


def _wait(port: int, server: subprocess.Popen[bytes], out: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"RabbitMQ did not start: {out.read_text(errors='replace')[-2000:]}")

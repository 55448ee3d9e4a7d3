"""Child processes that end with their parent, and ports that are free or taken."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

_PR_SET_PDEATHSIG = 1


def die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` by which the child gets `how` when this process ends, even by SIGKILL (Linux only).

    It only calls prctl and getppid and takes no lock, so that other threads do no harm. The kernel ties
    the signal to the thread that starts the child: start it from one that lives as long as the process.
    """
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def end_process(pid: int, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send one signal after the other, each time giving the process some seconds, until it has ended."""
    try:
        process = psutil.Process(pid)
        for how, seconds in steps:
            process.send_signal(how)
            with suppress(psutil.TimeoutExpired):
                process.wait(seconds)
                return
    except psutil.NoSuchProcess:
        return


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on at this moment."""
    with _bound(host, 0) as probe:
        return int(probe.getsockname()[1])


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there. The API's own socket would share a taken port without a word."""
    try:
        _bound(host, port).close()
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            return False
        raise
    return True


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    probe = socket.socket(family, kind, protocol)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(address)
    except OSError:
        probe.close()
        raise
    return probe


def listener(port: int) -> str:
    """The process that listens on `port` in words, as far as we may see it."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return "another process"
    for connection in connections:
        local = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local[1] == port and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
            except psutil.Error:
                return f"the process {connection.pid}"
    return "another process"


def reachable_host(host: str) -> str:
    """An address to call a server at that listens on `host`."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
    return everywhere.get(host, f"[{host}]" if ":" in host else host)

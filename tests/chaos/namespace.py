"""A line through a network namespace of its own, where packets get lost for real.

A forwarder in the namespace stands for the server; it reaches that by a Unix socket, which no namespace
hides. A direction is cut by a wrong hardware address of the other end: that needs no firewall.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path

from control_plane.platform.process import die_with_parent
from tests.chaos.proxy import Direction, Line, Target, listening

_NOBODY = "02:00:00:00:00:99"
_PORT = 9000
_ROOT = Path(__file__).parents[2]


@cache
def is_possible() -> bool:
    """Whether namespaces can be made here: root, `ip`, and a kernel that lets us."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"devos{secrets.token_hex(3)}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return made


class Namespace:
    """Two ends of a cable: ours, and the one of the server in its namespace."""

    def __init__(self) -> None:
        self.name = f"devos{secrets.token_hex(3)}"
        # Of the range that is kept for measurements between networks: nobody uses it.
        network = f"198.18.{secrets.randbelow(256)}.{4 * secrets.randbelow(64)}".rsplit(".", 1)
        self._near, self.host = (f"{network[0]}.{int(network[1]) + number}" for number in (1, 2))
        self.port = _PORT
        self._near_mac = self._far_mac = ""

    async def lay(self) -> None:
        """Make the namespace and its cable."""
        near, far = f"{self.name}a", f"{self.name}b"
        await _ip("netns", "add", self.name)
        await _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", self.name)
        await _ip("addr", "add", f"{self._near}/30", "dev", near)
        await _ip("link", "set", near, "up")
        await _ip("-n", self.name, "addr", "add", f"{self.host}/30", "dev", far)
        await _ip("-n", self.name, "link", "set", far, "up")
        self._near_mac = json.loads(await _ip("-j", "link", "show", near))[0]["address"]
        self._far_mac = json.loads(await _ip("-j", "-n", self.name, "link", "show", far))[0]["address"]
        await self.heal()

    async def cut(self, direction: Direction) -> None:
        if direction != "back":
            await self._point_there(_NOBODY)
        if direction != "there":
            await self._point_back(_NOBODY)

    async def heal(self) -> None:
        await self._point_there(self._far_mac)
        await self._point_back(self._near_mac)

    async def remove(self) -> None:
        """The cable goes with the namespace."""
        await _ip("netns", "del", self.name)

    async def _point_there(self, mac: str) -> None:
        await _ip("neigh", "replace", self.host, "lladdr", mac, "dev", f"{self.name}a", "nud", "permanent")

    async def _point_back(self, mac: str) -> None:
        to = ("neigh", "replace", self._near, "lladdr", mac, "dev", f"{self.name}b", "nud", "permanent")
        await _ip("-n", self.name, *to)


@asynccontextmanager
async def namespaced(target: Target, folder: Path) -> AsyncGenerator[Line]:
    """A line to a server through a namespace."""
    namespace = Namespace()
    async with AsyncExitStack() as running:
        socket = target.socket
        if socket is None:
            path = socket = folder / f"{namespace.name}.sock"
            listen = listening(target, lambda accept: asyncio.start_unix_server(accept, path))
            await running.enter_async_context(listen)
        running.push_async_callback(namespace.remove)
        await namespace.lay()
        process = await asyncio.create_subprocess_exec(
            *("ip", "netns", "exec", namespace.name, sys.executable, "-m", "tests.chaos.proxy"),
            *(namespace.host, str(namespace.port), str(socket)),
            cwd=_ROOT,
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        running.push_async_callback(process.wait)
        running.callback(process.kill)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"listens\n"
        yield namespace


async def _ip(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "ip", *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    told, complaint = await process.communicate()
    if process.returncode:
        raise OSError(f"ip {' '.join(command)}: {complaint.decode().strip()}")
    return told.decode()

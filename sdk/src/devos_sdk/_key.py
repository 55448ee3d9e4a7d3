"""An agent's key: given in the environment, kept in a file, or got by registering with a token."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import signal
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from devos_sdk._errors import Conflict
from devos_sdk._models import Registration
from devos_sdk._private_file import held_lock, private_file
from devos_sdk._transport import Transport

_logger = logging.getLogger("devos_sdk")

_CALL_TIMEOUT = timedelta(seconds=15)


@dataclass(frozen=True)
class Applicant:
    """An agent as it asks to be let in."""

    name: str
    capabilities: Sequence[str]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Key:
    """A key, and the file that an own registration left it in."""

    text: str
    file: Path | None = None


def setting(name: str) -> str:
    """A setting from the environment, or from the file that `<NAME>_FILE` names; empty for none."""
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "")
    if value or not path:
        return value
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise ValueError(f"{name}_FILE names a file that cannot be read: {exc}.") from exc


def find_key(url: str, agent: Applicant) -> Key:
    """The key of this agent. Only one that has none registers, and only with a token."""
    given = setting("DEVOS_AGENT_KEY")
    if given:
        return Key(given)
    file = _key_file(url, agent.name)
    try:
        return Key(_read(file) or _new_key(url, agent, file), file)
    except OSError as exc:
        raise ValueError(f"The agent's key cannot be kept in {file}: {exc}.") from exc


def _new_key(url: str, agent: Applicant, file: Path) -> str:
    token = setting("DEVOS_REGISTRATION_TOKEN")
    if not token:
        raise ValueError(
            "Set DEVOS_AGENT_KEY: the key that registering the agent printed; "
            "or DEVOS_REGISTRATION_TOKEN, with which it registers itself."
        )
    # Two processes that start together are one agent: the second finds the key of the first.
    with held_lock(file.with_name(f"{file.name}.lock")):
        try:
            return _read(file) or asyncio.run(_until_interrupted(_register(url, token, agent, file)))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


async def _until_interrupted(work: Coroutine[Any, Any, str]) -> str:
    """Cancel the work at Ctrl-C; a signal just before the loop falls asleep wakes it, too."""
    doing = asyncio.ensure_future(work)
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, doing.cancel)
    return await doing


async def _register(url: str, token: str, agent: Applicant, file: Path) -> str:
    http = Transport(url, token, timeout=_CALL_TIMEOUT, patience=None)
    body = {"name": agent.name, "capabilities": [*agent.capabilities], "labels": dict(agent.labels)}
    _logger.info("%s registers at %s", agent.name, http.url)
    try:
        with private_file(file) as writable:
            registration = await http.post(Registration, "/api/agents/register", body)
            key = registration.api_key.get_secret_value()
            writable.write(f"{key}\n")
    except Conflict as exc:
        if exc.code == "secret_already_shown":  # to a first try, whose answer was lost
            exc.hint = "Start the agent again: it registers anew if the token has a use left."
        raise
    finally:
        await http.close()
    _logger.info("%s is registered as %s; its key is in %s", agent.name, registration.agent.id, file)
    return key


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _key_file(url: str, name: str) -> Path:
    """DEVOS_KEY_FILE, else one for each control plane and name in the user's state folder."""
    chosen = os.environ.get("DEVOS_KEY_FILE", "")
    if chosen:
        return Path(chosen).expanduser()
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:50]
    digest = hashlib.sha256(f"{url.rstrip('/')}\n{name}".encode()).hexdigest()[:12]
    return _state_folder() / "devos" / "agents" / f"{readable}-{digest}.key"


def outbox_folder(url: str, api_key: str) -> Path:
    """Where results outlive a process: DEVOS_OUTBOX, else a folder for each control plane and key."""
    digest = hashlib.sha256(f"{url.rstrip('/')}\n{api_key}".encode()).hexdigest()[:12]
    chosen = os.environ.get("DEVOS_OUTBOX", "")
    return (Path(chosen).expanduser() if chosen else _state_folder() / "devos" / "outboxes") / digest


def _state_folder() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")

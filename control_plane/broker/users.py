"""The broker's users, one for each agent key that may wait there. The worker makes and removes them."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import httpx
import structlog
from pydantic import BaseModel

from control_plane.broker.names import BrokerAddress, password_about, readable
from control_plane.broker.topology import BrokerAwayError, Topology
from control_plane.db.pool import Call, Database, read_json
from control_plane.platform.keyring import Keyring, KeyringError, Sealed

_SECONDS = 5.0
_WHOLE_SECONDS = 30.0
# In one call: a fleet of a thousand comes within seconds, and a broker that is busy still answers in time.
_TOGETHER = 200
_log = structlog.get_logger()


class _User(BaseModel):
    agent_key_id: str
    lives: bool
    is_made: bool
    is_here: bool
    is_narrower: bool
    lanes: list[int]
    key_id: str
    sealed: str


class FleetUsers:
    """Brings the broker to what the database says; what is lost there is made again."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        topology: Topology,
        address: BrokerAddress,
        management_url: str,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._topology = topology
        self._address = address
        self._management = _Management(management_url, address)
        self._whole_at = -_WHOLE_SECONDS
        self._is_away = False

    async def keep(self) -> None:
        """Make, change and remove what differs; every half minute compare all of it."""
        whole = time.monotonic() - self._whole_at >= _WHOLE_SECONDS
        rows = await self._database.call(Call("private.list_broker_users", all=whole))
        users = [_User.model_validate(read_json(row)) for row in rows]
        if not users and not whole:
            return
        try:
            async with self._management.session() as management:
                await self._keep(management, users, whole=whole)
        except (httpx.HTTPError, BrokerAwayError) as exc:
            if not self._is_away:
                _log.warning("users of the broker cannot be kept", error=f"{type(exc).__name__}: {exc}")
            self._is_away = True
            return
        self._is_away = False
        if whole:
            self._whole_at = time.monotonic()

    async def close(self) -> None:
        """Let go of the broker; whoever leads next, this copy too, compares everything."""
        self._whole_at = -_WHOLE_SECONDS
        await self._topology.close()

    async def _keep(self, management: _Session, users: list[_User], *, whole: bool) -> None:
        there: set[str] = set()
        if whole:
            there = await management.users()
            for name in there - {self._address.user_of(user.agent_key_id) for user in users}:
                await management.remove(name)
        # Before anything that may fail: whose key has ended is shut out.
        for user in users:
            if not user.lives:
                await management.remove(self._address.user_of(user.agent_key_id))
                await self._database.call(Call("private.forget_broker_user", agent_key_id=user.agent_key_id))
        living = [user for user in users if user.lives]
        # First the queues: who may read them shall find them.
        waiting = (user for user in living if user.is_here or not user.is_made)
        await self._topology.declare(sorted({lane for user in waiting for lane in user.lanes}))
        missing = [
            user
            for user in living
            if not user.is_made or (whole and self._address.user_of(user.agent_key_id) not in there)
        ]
        for first in range(0, len(missing), _TOGETHER):
            await self._make(management, missing[first : first + _TOGETHER])

    async def _make(self, management: _Session, users: list[_User]) -> None:
        passwords = {user.agent_key_id: self._password(user) for user in users}
        await management.make(
            _Entrance(self._address.user_of(user.agent_key_id), password, readable(user.lanes))
            for user in users
            if (password := passwords[user.agent_key_id]) is not None
        )
        for user in users:
            if passwords[user.agent_key_id] is None:
                continue
            if user.is_narrower:
                # Who reads a queue already would go on to.
                await management.cut_off(self._address.user_of(user.agent_key_id))
            await self._database.call(
                Call(
                    "private.note_broker_user",
                    agent_key_id=user.agent_key_id,
                    sealed=b64decode(user.sealed),
                    lanes=user.lanes,
                )
            )

    def _password(self, user: _User) -> str | None:
        sealed = Sealed(user.key_id, b64decode(user.sealed))
        try:
            return self._keyring.open(sealed, password_about(user.agent_key_id)).decode()
        except KeyringError as exc:
            # The agent gets another one when it asks again.
            _log.warning("a broker password cannot be opened", agent_key=user.agent_key_id, error=str(exc))
            return None


@dataclass(frozen=True)
class _Entrance:
    """A user as the broker shall know it: it reads what matches, and neither configures nor publishes."""

    name: str
    password: str
    may_read: str


class _Management:
    """The broker's management API, and the virtual host that is ours."""

    def __init__(self, url: str, address: BrokerAddress) -> None:
        parts = urlsplit(url)
        where = (parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", "")
        self._url = f"{urlunsplit(where)}/api"
        self._login = (unquote(parts.username or ""), unquote(parts.password or ""))
        self._address = address

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[_Session]:
        async with httpx.AsyncClient(base_url=self._url, auth=self._login, timeout=_SECONDS) as http:
            yield _Session(http, self._address)


class _Session:
    def __init__(self, http: httpx.AsyncClient, address: BrokerAddress) -> None:
        self._http = http
        self._address = address

    async def users(self) -> set[str]:
        """The names of this installation's users."""
        names = {user["name"] for user in (await self._ask("GET", "/users")).json()}
        return {name for name in names if name.startswith(self._address.prefix)}

    async def make(self, users: Iterable[_Entrance]) -> None:
        """Make these users, or make them so."""
        sent = [*users]
        virtual_host = self._address.virtual_host
        made = [{"name": user.name, "password": user.password, "tags": ""} for user in sent]
        granted = [
            {
                "user": user.name,
                "vhost": virtual_host,
                "configure": "^$",
                "write": "^$",
                "read": user.may_read,
            }
            for user in sent
        ]
        if made:
            await self._ask("POST", "/definitions", {"users": made, "permissions": granted})

    async def remove(self, name: str) -> None:
        """The user is no more, and its connections end."""
        await self._ask("DELETE", f"/users/{_quoted(name)}")
        await self.cut_off(name)

    async def cut_off(self, name: str) -> None:
        """End the connections of a user."""
        await self._ask("DELETE", f"/connections/username/{_quoted(name)}")

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        answer = await self._http.request(method, path, json=body)
        if method != "DELETE" or answer.status_code != 404:
            answer.raise_for_status()
        return answer


def _quoted(name: str) -> str:
    return quote(name, safe="")

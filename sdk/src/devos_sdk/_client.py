"""The client for people and scripts: `AsyncDevos`, and `Devos` with the same verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import SecretStr

from devos_sdk._areas import Agents, Events, HttpArea, Projects, Repositories, Services, Tasks
from devos_sdk._models import Session
from devos_sdk._portal import Async, LoopThread, M, Portal, Sync, Verb
from devos_sdk._transport import Transport, parse


class _Client(HttpArea[M]):
    def __init__(self, url: str, token: str | None, timeout: timedelta, portal: Portal | None) -> None:
        super().__init__(Transport(url, token, timeout=timeout, patience=timeout), portal)
        self.projects: Projects[M] = Projects(self._http, portal)
        self.repositories: Repositories[M] = Repositories(self._http, portal)
        self.agents: Agents[M] = Agents(self._http, portal)
        self.tasks: Tasks[M] = Tasks(self._http, portal)
        self.services: Services[M] = Services(self._http, portal)
        self.events: Events[M] = Events(self._http, portal)

    @Verb
    async def sign_in(self, email: str, password: str | SecretStr) -> Session:
        """Sign a person in. This client speaks for them from then on."""
        secret = password.get_secret_value() if isinstance(password, SecretStr) else password
        body = await self._http.send(
            "POST",
            "/auth/v1/token",
            params={"grant_type": "password"},
            json={"email": email, "password": secret},
            repeatable=True,
        )
        session = parse(Session, body)
        self._http.credential = session.access_token.get_secret_value()
        return session


class AsyncDevos(_Client[Async]):
    """The control plane, awaited.

    `timeout` bounds one request, and how long a call that is safe to repeat goes on while the server is away.
    """

    def __init__(
        self, url: str, *, token: str | None = None, timeout: timedelta = timedelta(seconds=30)
    ) -> None:
        super().__init__(url, token, timeout, None)

    async def close(self) -> None:
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()


class Devos(_Client[Sync]):
    """The control plane, for code without an event loop. The same verbs as `AsyncDevos`."""

    def __init__(
        self, url: str, *, token: str | None = None, timeout: timedelta = timedelta(seconds=30)
    ) -> None:
        self._thread = LoopThread()
        super().__init__(url, token, timeout, self._thread)

    def close(self) -> None:
        self._thread.call(self._http.close())
        self._thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

"""Signing people in, up and out with Supabase's own client, at devos or at the Supabase project it uses."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, cast

import httpx
from pydantic import ValidationError

from devos_sdk._errors import DevosError, Invalid, Unauthorized, error_of
from devos_sdk._identity import Session
from devos_sdk._transport import address, http_client, patiently, unreachable

if TYPE_CHECKING:
    from supabase_auth import AsyncGoTrueClient, AsyncSupportedStorage
    from supabase_auth.types import AuthResponse

T = TypeVar("T")

SignOutScope = Literal["local", "global", "others"]

# Supabase wants a key with every request. devos has none: its own routes never look at it.
_NO_KEY = "devos"


class SessionStorage(Protocol):
    """Where a session is kept between programs; the storages of Supabase's client fit."""

    async def get_item(self, key: str) -> str | None: ...
    async def set_item(self, key: str, value: str) -> None: ...
    async def remove_item(self, key: str) -> None: ...


class People:
    """Supabase's client with the errors of this SDK. It is imported at the first call."""

    def __init__(
        self,
        url: str,
        key: str | None,
        timeout: timedelta,
        patience: timedelta,
        storage: SessionStorage | None,
    ) -> None:
        self._url = address(url)
        self._key = key or _NO_KEY
        self._timeout = timeout
        self._patience = patience.total_seconds()
        self._storage = storage
        self._http: httpx.AsyncClient | None = None
        self._auth: AsyncGoTrueClient | None = None
        self._refreshing = asyncio.Lock()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def sign_in(self, email: str, password: str) -> Session:
        auth = self._client()
        credentials = {"email": email, "password": password}
        answer = await self._patiently(lambda: auth.sign_in_with_password(credentials))  # type: ignore[arg-type]
        return _session(answer)

    async def sign_up(self, email: str, password: str, invitation: str | None) -> Session | None:
        """None where the address has to be confirmed first."""
        auth = self._client()
        data = {} if invitation is None else {"invitation": invitation}
        with self._refusals():
            answer = await auth.sign_up({"email": email, "password": password, "options": {"data": data}})
        return _session(answer) if answer.session else None

    async def authorize_url(self, provider: Literal["github"], redirect_to: str) -> str:
        """Where a browser goes to sign in; what it brings back to `redirect_to` is for `exchange`."""
        with self._refusals():
            answer = await self._client().sign_in_with_oauth(
                {"provider": provider, "options": {"redirect_to": redirect_to}}
            )
        return answer.url

    async def exchange(self, code: str) -> Session:
        """Trade the code that a browser brought back for a session."""
        with self._refusals():
            return _session(await self._client().exchange_code_for_session({"auth_code": code}))  # type: ignore[typeddict-item]

    async def refresh(self) -> Session:
        async with self._refreshing:
            return _session(await self._patiently(self._client().refresh_session))

    async def sign_out(self, scope: SignOutScope) -> None:
        with self._refusals():
            await self._client().sign_out({"scope": scope})

    async def access_token(self) -> str | None:
        """The token of this moment, refreshed when its end is near; None when nobody is signed in."""
        async with self._refreshing:
            session = await self._patiently(self._client().get_session)
        return session.access_token if session else None

    def _client(self) -> AsyncGoTrueClient:
        if self._auth is None:
            try:
                from supabase import AsyncClient, AsyncClientOptions
            except ModuleNotFoundError as exc:
                raise ImportError("Signing people in needs `pip install 'devos-sdk[people]'`.") from exc
            self._http = http_client(self._url, self._timeout)
            # No timer in the background: a token is refreshed when it is needed.
            options = AsyncClientOptions(auto_refresh_token=False, httpx_client=self._http)
            if self._storage is not None:
                options.storage = cast("AsyncSupportedStorage", self._storage)
            self._auth = AsyncClient(self._url, self._key, options).auth
        return self._auth

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        async def once() -> T:
            with self._refusals():
                return await call()

        return await patiently(once, self._patience)

    @contextmanager
    def _refusals(self) -> Generator[None]:
        from supabase_auth.errors import AuthError, AuthSessionMissingError

        try:
            yield
        except AuthSessionMissingError:
            raise Unauthorized("Nobody is signed in.", code="not_signed_in") from None
        except AuthError as exc:
            cause = exc.__cause__
            if isinstance(cause, httpx.HTTPStatusError):
                raise error_of(cause.response) from None
            if isinstance(cause, httpx.RequestError):
                raise unreachable(self._url, cause) from None
            raise Invalid(exc.message, code=exc.code or "invalid_request") from None
        except ssl.SSLError as exc:
            raise unreachable(self._url, exc) from None
        except ValidationError:  # its text would quote the answer, tokens and all
            raise DevosError("the server's answer is no session", code="unexpected_answer") from None


def _session(answer: AuthResponse) -> Session:
    if answer.session is None:
        raise Unauthorized("The server answered no session.", code="not_signed_in")
    return Session.model_validate(answer.session.model_dump())

"""One HTTP connection to the control plane: credentials, time-outs, retries, errors."""

from __future__ import annotations

import asyncio
import hashlib
import json as json_module
import os
import random
import ssl
import time
import uuid
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
    Set,
)
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr, TypeAdapter, ValidationError

from devos_sdk._errors import DevosError, Invalid, Unavailable, error_of
from devos_sdk._version import __version__

T = TypeVar("T")

Credential = str | None | Callable[[], Awaitable[str | None]]
"""A key or token, or where to get the one of this moment."""

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 10.0
# The server says something every 15 s; after so long without a word nobody is there any more.
_SILENCE_SECONDS = 45.0


def back_off(failures: int, longest: float = _LONGEST_DELAY) -> float:
    """Seconds to wait after this many failures in a row: doubling, with jitter against marching in step."""
    ceiling = min(longest, _FIRST_DELAY * 2 ** min(failures, 16))
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311  jitter, not a secret


async def patiently(once: Callable[[], Awaitable[T]], seconds: float, unless: Set[str] = frozenset()) -> T:
    """Repeat what fails for a reason that passes, until patience is over; not for these codes."""
    give_up_at = time.monotonic() + seconds
    failures = 0
    while True:
        try:
            return await once()
        except DevosError as exc:
            delay = exc.retry_after.total_seconds() if exc.retry_after else back_off(failures)
            if not exc.retryable or exc.code in unless or time.monotonic() + delay > give_up_at:
                raise
        failures += 1
        await asyncio.sleep(delay)


def http_client(url: str, timeout: timedelta) -> httpx.AsyncClient:
    """The connections to one server."""
    return httpx.AsyncClient(
        base_url=url,
        timeout=timeout.total_seconds(),
        headers={"User-Agent": f"devos-sdk/{__version__}", "Accept": "application/json"},
        # Without TLS there is nothing to verify, and reading the certificate store is slow.
        verify=_tls() if url.startswith("https://") else False,
        # Who asks once a minute need not connect each time.
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=70),
    )


def _tls() -> ssl.SSLContext:
    """Whom to believe, and what to show a server that asks callers for a certificate.

    `DEVOS_CA_FILE` names authorities besides the system's, `DEVOS_CLIENT_CERTIFICATE` a PEM file with the
    certificate and, unless `DEVOS_CLIENT_KEY` names another file, its key.
    """
    context = ssl.create_default_context()
    authorities, shown = os.environ.get("DEVOS_CA_FILE"), os.environ.get("DEVOS_CLIENT_CERTIFICATE")
    try:
        if authorities:
            context.load_verify_locations(authorities)
        if shown:
            context.load_cert_chain(shown, os.environ.get("DEVOS_CLIENT_KEY") or None)
    except OSError as exc:
        raise ValueError(
            f"DEVOS_CA_FILE, DEVOS_CLIENT_CERTIFICATE or DEVOS_CLIENT_KEY cannot be used: {exc}."
        ) from exc
    return context


def address(url: str) -> str:
    """A server's address as it is used, or a ValueError."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"The control plane's address must start with http:// or https://, not {url!r}.")
    return url.rstrip("/")


Param = str | int | Sequence[str]
Sent = Mapping[str, Any] | Sequence[Mapping[str, Any]] | bytes
"""A body: what becomes JSON, or JSON as text."""


class Transport:
    """Sends requests as one caller. Repeats only what is safe to repeat: reads, and calls with a key."""

    def __init__(
        self, url: str, credential: Credential, *, timeout: timedelta, patience: timedelta | None
    ) -> None:
        self.url = address(url)
        self.credential = credential
        self.patience = patience.total_seconds() if patience is not None else float("inf")
        self._http = http_client(self.url, timeout)

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, answer: type[T], path: str, **params: Param | None) -> T:
        present = {name: value for name, value in params.items() if value is not None}
        return parse(answer, await self.send("GET", path, params=present, repeatable=True))

    async def post(
        self,
        answer: type[T],
        path: str,
        body: Sent,
        *,
        key: str | None = None,
        unless: Set[str] = frozenset(),
    ) -> T:
        """POST with an Idempotency-Key, so that repeating it after a lost answer has no second effect.

        A refusal with one of the codes in `unless` is told at once.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        done = await self.send("POST", path, json=body, headers=headers, repeatable=True, unless=unless)
        return parse(answer, done)

    async def put(
        self, answer: type[T], path: str, body: Mapping[str, Any], *, version: int | None = None
    ) -> T:
        """PUT; with a `version`, only over that one. Then a repeat would be refused by its own first try."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        done = await self.send("PUT", path, json=body, headers=headers, repeatable=version is None)
        return parse(answer, done)

    async def delete(self, path: str) -> None:
        await self.send("DELETE", path)

    async def send_bytes(self, path: str, body: bytes, answer: TypeAdapter[T], *, timeout: float) -> T:
        """POST JSON that is text already, once, and read the answer as what the adapter says."""
        request_id = uuid.uuid4().hex
        headers = {"X-Request-ID": request_id, "Content-Type": "application/json", **await self._credential()}
        request = self._http.build_request("POST", path, content=body, headers=headers, timeout=timeout)
        response = await self._answer(request, request_id)
        try:
            return answer.validate_json(response.content)
        except ValidationError as exc:
            raise _unfit("an exchange", exc, request_id) from exc

    async def send(
        self,
        method: str,
        path: str,
        *,
        json: Sent | None = None,
        content: Callable[[], AsyncIterable[bytes]] | None = None,
        params: Mapping[str, Param] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        unless: Set[str] = frozenset(),
        timeout: float | None = None,
    ) -> Any:
        """One call, repeated while that is safe and patience lasts. Answers the decoded body."""
        # One request id for all repeats of a call: it finds them all in the server's log.
        request_id = uuid.uuid4().hex
        all_headers = {"X-Request-ID": request_id, **(headers or {})}
        encoded = None
        if json is not None:
            encoded = json if isinstance(json, bytes) else encode(json, request_id)
            all_headers["Content-Type"] = "application/json"
        all_headers |= await self._credential()

        def once() -> Awaitable[Any]:
            request = self._http.build_request(
                method,
                path,
                content=encoded if content is None else content(),
                params=params,
                headers=all_headers,
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
            )
            return self._once(request, request_id)

        return await (patiently(once, self.patience, unless) if repeatable else once())

    @asynccontextmanager
    async def stream(
        self, path: str, *, params: Mapping[str, Any], headers: Mapping[str, str]
    ) -> AsyncGenerator[AsyncIterator[bytes]]:
        """The body of an answer as it comes. A break of the connection is raised as `Unavailable`, too."""
        all_headers = {"X-Request-ID": uuid.uuid4().hex, **headers, **await self._credential()}
        request = self._http.build_request(
            "GET", path, params=params, headers=all_headers, timeout=httpx.Timeout(30, read=_SILENCE_SECONDS)
        )
        try:
            response = await self._http.send(request, stream=True)
            try:
                if not response.is_success:
                    await response.aread()
                    raise error_of(response)
                yield response.aiter_bytes()
            finally:
                await response.aclose()
        except (httpx.TransportError, ssl.SSLError) as exc:
            raise unreachable(self.url, exc) from exc

    async def fetch(self, path: str, write: Callable[[bytes], object]) -> str:
        """GET what is no JSON, piece by piece, once. Answers its SHA-256."""
        request_id, digest = uuid.uuid4().hex, hashlib.sha256()
        headers = {"X-Request-ID": request_id, **await self._credential()}
        try:
            async with self._http.stream("GET", path, headers=headers) as response:
                if not response.is_success:
                    await response.aread()
                    raise error_of(response)
                async for piece in response.aiter_raw(1024 * 1024):
                    digest.update(piece)
                    await asyncio.to_thread(write, piece)
        except (httpx.TransportError, ssl.SSLError) as exc:
            raise unreachable(self.url, exc, request_id) from exc
        return digest.hexdigest()

    async def _credential(self) -> dict[str, str]:
        credential = await self.credential() if callable(self.credential) else self.credential
        return {} if credential is None else {"Authorization": f"Bearer {credential}"}

    async def _answer(self, request: httpx.Request, request_id: str) -> httpx.Response:
        try:
            response = await self._http.send(request)
        except (httpx.TransportError, ssl.SSLError) as exc:  # the library lets a late alert of TLS through
            raise unreachable(self.url, exc, request_id) from exc
        if not response.is_success:
            raise error_of(response)
        return response

    async def _once(self, request: httpx.Request, request_id: str) -> Any:
        response = await self._answer(request, request_id)
        try:
            return response.json() if response.content else None
        except ValueError:
            raise _unexpected("the server's answer is not JSON", request_id) from None


def unreachable(url: str, exc: Exception, request_id: str | None = None) -> Unavailable:
    """The error for a server that could not be asked."""
    why = str(exc) or type(exc).__name__
    return Unavailable(
        f"{url} does not answer: {why}", code="unreachable", request_id=request_id, retryable=True
    )


def encode(body: Sent, request_id: str | None = None) -> bytes:
    """A body as JSON text."""
    try:
        text = json_module.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as exc:  # NaN, half of a surrogate pair, an object
        detail = f"the request cannot be written as JSON: {exc}"
        raise Invalid(detail, code="not_json", request_id=request_id) from exc


def parse(answer: type[T], body: Any) -> T:
    """The body as the model that was promised; anything else is not a control plane, or a newer one."""
    try:
        return _adapter(answer).validate_python(body)
    except ValidationError as exc:
        raise _unfit(answer.__name__, exc, None) from exc


@lru_cache(maxsize=256)
def _adapter(answer: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(answer)


def _unfit(answer: str, exc: ValidationError, request_id: str | None) -> DevosError:
    places = ", ".join(".".join(map(str, error["loc"])) or "body" for error in exc.errors()[:5])
    return _unexpected(f"the server's answer does not fit {answer}: {places}", request_id)


def _unexpected(detail: str, request_id: str | None) -> DevosError:
    return DevosError(detail, code="unexpected_answer", request_id=request_id)


def plain(secret: str | SecretStr) -> str:
    """What is said to the server of a secret."""
    return secret.get_secret_value() if isinstance(secret, SecretStr) else secret

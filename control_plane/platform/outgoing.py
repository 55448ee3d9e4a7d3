"""Calls to servers of others: bounded in time and size, and never redirected."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache

import httpx

_SECONDS = 5.0
_MOST_BYTES = 256 * 1024


class OutgoingError(Exception):
    """The other server did not answer, or not with 200 and a body of a sane size."""


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> bytes:
    """The body of an answer with status 200. Raises OutgoingError, which quotes nothing of the answer."""
    try:
        # Around all of it: the time-outs of httpx begin anew with every byte that drips in.
        async with asyncio.timeout(_SECONDS), httpx.AsyncClient(verify=_certificates()) as client:
            asked = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
            async with client.stream(method, url, headers=asked, data=form, timeout=_SECONDS) as answer:
                if answer.status_code != 200:
                    raise OutgoingError(f"{_place(url)} answered {answer.status_code}")
                return await _body(answer, url)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as exc:
        raise OutgoingError(f"{_place(url)} did not answer: {type(exc).__name__}") from exc


async def _body(answer: httpx.Response, url: str) -> bytes:
    body = bytearray()
    # As it came: what unpacks to a thousand times its size is not unpacked.
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > _MOST_BYTES:
            raise OutgoingError(f"{_place(url)} answered more than {_MOST_BYTES} bytes")
    return bytes(body)


def _place(url: str) -> str:
    return url.partition("?")[0]

"""Signing in with GitHub: a browser goes there, and comes back to a server of ours on this machine."""

from __future__ import annotations

import asyncio
import queue
import threading
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from rich.console import Console
from rich.text import Text

from devos_sdk._cli.session import PATIENCE, TIMEOUT, Login
from devos_sdk._errors import DevosError, Forbidden
from devos_sdk._identity import Session
from devos_sdk._people import People

_LONGEST_WAIT = 300
_PAGE = b"<!doctype html><title>devos</title><p>You may close this page and go back to the terminal."


def sign_in_with_github(login: Login) -> Session:
    """Open a browser and wait until it has brought back who it is."""
    return asyncio.run(_sign_in(login))


async def _sign_in(login: Login) -> Session:
    people = People(login.supabase_url or login.url, login.supabase_key, TIMEOUT, PATIENCE, login)
    try:
        with _Return() as back:
            address = await people.authorize_url("github", back.url)
            console = Console(stderr=True, highlight=False, soft_wrap=True)
            console.print(Text(f"Sign in with your browser, at\n{address}"))
            await asyncio.to_thread(webbrowser.open, address)
            return await people.exchange(await asyncio.to_thread(back.code))
    finally:
        await people.close()


class _Return:
    """Where the browser comes back to. What it brings is of use only to the one who sent it (PKCE)."""

    def __init__(self) -> None:
        self._brought: queue.SimpleQueue[dict[str, list[str]]] = queue.SimpleQueue()
        brought = self._brought

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                query = parse_qs(address.query)
                ours = address.path == "/callback" and ("code" in query or "error" in query)
                self.send_response(200 if ours else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                if ours:
                    self.wfile.write(_PAGE)
                    brought.put(query)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing: the address holds the code."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/callback"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code(self) -> str:
        """What the browser brought back."""
        try:
            brought = self._brought.get(timeout=_LONGEST_WAIT)
        except queue.Empty:
            raise DevosError("Nobody came back from the browser.", code="sign_in_timed_out") from None
        if "code" in brought:
            return brought["code"][0]
        why = brought.get("error_description") or brought["error"]
        raise Forbidden(why[0], code=brought.get("error_code", brought["error"])[0])

"""A small GitHub on loopback that does what a test tells it to: keep comments and statuses, or fail."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class GitHub:
    """What was posted, and what the next answers will be."""

    def __init__(self) -> None:
        self.url = ""
        self.comments: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.credentials: list[str] = []
        """The Authorization header of each request."""
        self.quotes_credentials = False
        """Whether a failure repeats the credential that it was asked with."""
        self.next_statuses: deque[int] = deque()
        """HTTP statuses that the next requests fail with."""

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        self.requests.append(f"{method} {path}")
        if self.next_statuses:
            told = self.credentials[-1] if self.quotes_credentials else "told to fail"
            return self.next_statuses.popleft(), {"message": told}
        if method == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return 200, self.comments[(page - 1) * size : page * size]
        kept = self.comments if path.endswith("/comments") else self.statuses
        kept.append({"id": len(kept) + 1, "path": path, **body})
        return 201, kept[-1]


@contextmanager
def github_server() -> Generator[GitHub]:
    """A server that runs while the block does."""
    github = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            address = urlsplit(self.path)
            github.credentials.append(self.headers.get("Authorization") or "")
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content = github.answer(
                self.command, address.path, parse_qs(address.query), json.loads(raw) if raw else None
            )
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """A test needs no access log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    github.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

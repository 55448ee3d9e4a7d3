"""A control plane in miniature: a real HTTP server on loopback, with faults on demand."""

from __future__ import annotations

import json
import re
import select
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import fake_agents
import fake_artifacts
import fake_backlog
import fake_graph
import fake_limits
import fake_logs
import fake_people
import fake_schedules
import fake_stream
from fake_routes import ROUTES
from fake_store import FakeTask, Refusal, Store

AGENT_KEY = "devos_k1_secret"
PARTS = (
    fake_agents,
    fake_artifacts,
    fake_backlog,
    fake_graph,
    fake_limits,
    fake_logs,
    fake_people,
    fake_schedules,
)
"""Modules that add routes of their own when they are imported."""


@dataclass
class Seen:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    gone: Callable[[], bool] = field(repr=False)
    url: str = ""
    status: int = 0
    is_answered: bool = False


@dataclass
class Faults:
    """What goes wrong. Paths are whole, as in a request line."""

    down: bool = False
    away_for: set[str] = field(default_factory=set)
    lose_answers_to: set[str] = field(default_factory=set)
    refuse_next: dict[str, Refusal] = field(default_factory=dict)
    answer_next: dict[str, Any] = field(default_factory=dict)
    hang_on: set[str] = field(default_factory=set)
    hold_answers_to: set[str] = field(default_factory=set)
    """What was asked for is done, and the answer is late."""
    room_for: dict[str, int] = field(default_factory=dict)
    """How many tasks these projects still take. A single one that is refused makes room for the next try."""
    retry_after: str = "0"
    streams: list[str] = field(default_factory=list[str])
    """How the next streams end, each after one event: `break`, or with the text of an `end` or a `reset`."""


class FakeDevos(Store):
    """A context manager; `url` is its address. Look at `requests` and `tasks`; break it with `faults`."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Condition(threading.RLock())
        self.requests: list[Seen] = []
        self.faults = Faults()
        self.keys = {AGENT_KEY, "person-token"}
        self.accounts: dict[str, str] = {}
        self.sessions: dict[str, str] = {}
        self.refreshed: dict[str, tuple[int, Any]] = {}
        self.expires_in = 600
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.registration_tokens = {"devos_reg_1_secret": 1}
        self.remembered: dict[tuple[str, str], tuple[int, Any]] = {}
        self.services: dict[str, dict[str, Any]] = {}
        self.feedback: dict[tuple[str, str], dict[str, Any]] = {}
        self.artifacts: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.repositories: list[dict[str, Any]] = []
        self.deliveries: set[bytes | str] = set()
        self.webhook_secret = b""
        self.post_to_github: Callable[[dict[str, Any]], None] | None = None
        fake = self

        class Handler(_Handler):
            server_of = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, kind: str, input_: dict[str, Any] | None = None, **more: Any) -> FakeTask:
        """Create a task and wake the agents that wait for one."""
        with self.lock:
            task = self.add_task(kind, input_, **more)
            self.lock.notify_all()
        return task

    def calls(self, path: str) -> list[Seen]:
        with self.lock:
            return [seen for seen in self.requests if seen.path == path]

    def wait_for(self, seen: Seen, ready: Callable[[], bool], seconds: float) -> None:
        """Called with the lock held, which waiting gives up. A caller that has gone gets nothing."""
        deadline = time.monotonic() + seconds
        while not seen.gone() and not ready() and (left := deadline - time.monotonic()) > 0:
            if self.faults.down:
                return
            self.lock.wait(min(left, 0.05))

    def answer(self, seen: Seen) -> tuple[int, Any]:
        if self.faults.down or seen.path in self.faults.away_for:
            raise Refusal(503, "unavailable", "The database is away.")
        if seen.path in self.faults.refuse_next:
            raise self.faults.refuse_next.pop(seen.path)
        if seen.path in self.faults.answer_next:
            return 200, self.faults.answer_next.pop(seen.path)
        bearer = seen.headers.get("authorization", "")
        if not seen.path.startswith(("/auth/", "/api/webhooks/")) and "devos_reg_" not in bearer:
            self._authenticate(seen)
        known = (seen.path, seen.headers.get("idempotency-key", ""))
        if known[1] and known in self.remembered:
            status, body = self.remembered[known]
            if isinstance(body, dict) and {"api_key", "token"} & body.keys():
                raise Refusal(
                    409, "secret_already_shown", "The answer held a secret, which is not shown again."
                )
            return status, body
        for method, pattern, answer in ROUTES:
            match = re.fullmatch(pattern, seen.path)
            if seen.method in method.split("|") and match is not None:
                status, body = answer(self, seen, *match.groups())
                if known[1]:
                    self.remembered[known] = (status, body)
                return status, body
        raise Refusal(404, "not_found", f"{seen.method} {seen.path} is not here.")

    def _authenticate(self, seen: Seen) -> None:
        if seen.headers.get("authorization", "").removeprefix("Bearer ") not in self.keys:
            raise Refusal(401, "unauthorized", "The key is not valid.", hint="Register the agent again.")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_of: FakeDevos

    def _serve(self) -> None:
        fake = self.server_of
        address = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        is_raw = address.path.startswith("/api/webhooks/") or "/artifacts/" in address.path
        body = raw if is_raw else json.loads(raw or b"null")
        seen = Seen(
            self.command, address.path, dict(parse_qsl(address.query)), headers, body, self._gone, self.path
        )
        with fake.lock:
            fake.requests.append(seen)
            while address.path in fake.faults.hang_on:
                fake.lock.wait(0.05)
            try:
                seen.status, answer = fake.answer(seen)
            except Refusal as refusal:
                seen.status, answer = refusal.status, refusal.body
            fake.lock.notify_all()
            while address.path in fake.faults.hold_answers_to:
                fake.lock.wait(0.05)
            seen.is_answered = True
            lost = address.path in fake.faults.lose_answers_to
            fake.faults.lose_answers_to.discard(address.path)
        if lost:
            self.close_connection = True
            return
        with suppress(BrokenPipeError, ConnectionResetError):  # the caller has gone
            if seen.path == "/api/stream" and seen.status == 200:
                fake_stream.write(self, fake, seen)
            else:
                self._write(seen, answer)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def _gone(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def _write(self, seen: Seen, answer: Any) -> None:
        content = answer if isinstance(answer, bytes) else json.dumps(answer, default=str).encode()
        content = b"" if answer is None else content
        self.send_response(seen.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Request-ID", seen.headers.get("x-request-id", ""))
        if seen.status in {429, 503}:
            self.send_header("Retry-After", self.server_of.faults.retry_after)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing on stderr."""

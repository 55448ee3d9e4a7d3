"""A stand-in for GitHub: a real HTTP server on loopback with the routes that feedback needs."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

_CREDENTIAL = re.compile(r"(?:Bearer|token) \S{20,}", re.IGNORECASE)


class Refusal(Exception):
    """An answer as GitHub gives it to what it will not do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


class GitHubStandIn:
    """Serves one pull request. Comments and statuses are kept; every request is a line in `log`."""

    def __init__(self, port: int, log: Path, pull_request: dict[str, Any]) -> None:
        self.comments: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self._pull_request = pull_request
        self._log = log
        self._lock = threading.Lock()
        stand_in = self

        class Handler(_Handler):
            github = stand_in

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked, credential: str) -> tuple[int, Any]:
        """One request, with its line in the log."""
        with self._lock:
            try:
                status, reply = self._route(asked, credential)
            except Refusal as refusal:
                status, reply = refusal.status, {"message": str(refusal), "status": str(refusal.status)}
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps({"at": _now(), **vars(asked), "status": status}) + "\n")
            return status, reply

    def _route(self, asked: Asked, credential: str) -> tuple[int, Any]:
        if not _CREDENTIAL.fullmatch(credential):
            raise Refusal(401, "Bad credentials")
        pull = self._pull_request
        ours = f"/repos/{pull['base']['repo']['full_name']}"
        discussion = f"{ours}/issues/{pull['number']}/comments"
        if (asked.method, asked.path) == ("GET", f"{ours}/pulls/{pull['number']}"):
            return 200, pull
        if (asked.method, asked.path) == ("GET", discussion):
            return _page(self.comments, asked.query)
        if (asked.method, asked.path) == ("POST", discussion):
            return self._add_comment(asked.path, asked.body)
        pattern = re.escape(ours) + r"/(?:statuses|commits)/([0-9a-f]{40})(/statuses)?"
        commit = re.fullmatch(pattern, asked.path)
        if commit and asked.method == "POST" and not commit[2]:
            return self._add_status(asked.path, commit[1], asked.body)
        if commit and asked.method == "GET" and commit[2]:
            return _page([status for status in self.statuses if status["sha"] == commit[1]], asked.query)
        raise Refusal(404, "Not Found")

    def _add_comment(self, path: str, body: Any) -> tuple[int, Any]:
        if not isinstance(body, dict) or not isinstance(body.get("body"), str) or not body["body"].strip():
            raise Refusal(422, "Validation Failed: body is missing")
        number = 1000 + len(self.comments)
        comment = {
            "id": number,
            "node_id": f"IC_{number}",
            "url": f"{self.url}{path.rsplit('/', 2)[0]}/comments/{number}",
            "html_url": f"{self._pull_request['html_url']}#issuecomment-{number}",
            "issue_url": f"{self.url}{path.removesuffix('/comments')}",
            "body": body["body"],
            "user": None,
            "author_association": "NONE",
            "created_at": _now(),
            "updated_at": _now(),
        }
        self.comments.append(comment)
        return 201, comment

    def _add_status(self, path: str, sha: str, body: Any) -> tuple[int, Any]:
        states = ("error", "failure", "pending", "success")
        if not isinstance(body, dict) or body.get("state") not in states:
            raise Refusal(422, "Validation Failed: state is not one of " + ", ".join(states))
        if len(body.get("description") or "") > 140:
            raise Refusal(422, "Validation Failed: description is longer than 140 characters")
        status = {
            "id": 2000 + len(self.statuses),
            "node_id": f"SC_{2000 + len(self.statuses)}",
            "url": f"{self.url}{path}",
            "avatar_url": None,
            "state": body["state"],
            "description": body.get("description"),
            "target_url": body.get("target_url"),
            "context": body.get("context", "default"),
            "creator": None,
            "created_at": _now(),
            "updated_at": _now(),
            "sha": sha,
        }
        self.statuses.append(status)
        return 201, status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    github: GitHubStandIn

    def _serve(self) -> None:
        address = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw.decode("utf-8", "replace")
        credential = self.headers.get("Authorization", "")
        asked = Asked(self.command, address.path, dict(parse_qsl(address.query)), body)
        status, reply = self.github.answer(asked, credential)
        content = json.dumps(reply).encode()
        with suppress(BrokenPipeError, ConnectionResetError):  # the caller has gone
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """The log of requests says it all."""


def _page(items: list[dict[str, Any]], query: dict[str, str]) -> tuple[int, Any]:
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return 200, items[size * (number - 1) : size * number]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""A GitHub on loopback that people sign in with: its consent page, its token, and who it says they are.

As strict as GitHub: a code counts once, for the app, address and challenge that it was made for.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "Iv1.devos-under-test", "c5f0b1e2a7d94836-of-the-app"


@dataclass
class Raw:
    """An answer to give in place of the right one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0


@dataclass
class GitHubLogin:
    """Who is signed in at GitHub, what was asked of it, and what it answers instead, by path."""

    url: str = ""
    user: dict[str, Any] = field(default_factory=lambda: {"id": 583231, "login": "ada", "name": "Ada"})
    emails: Any = field(
        default_factory=lambda: [{"email": "ada@example.test", "primary": True, "verified": True}]
    )
    consents: bool = True
    instead: dict[str, Raw] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def settings(self) -> dict[str, object]:
        """The settings of a devos that uses this GitHub."""
        return {
            "github_client_id": CLIENT_ID,
            "github_client_secret": CLIENT_SECRET,
            "github_authorize_url": f"{self.url}/login/oauth/authorize",
            "github_token_url": f"{self.url}/login/oauth/access_token",
            "github_api_url": self.url,
        }

    def authorize(self, query: dict[str, str]) -> Raw:
        """The consent page: everybody consents at once, or nobody does."""
        if query.get("client_id") != CLIENT_ID or query.get("code_challenge_method") != "S256":
            return Raw(404)
        if self.consents:
            code = secrets.token_hex(10)
            self._codes[code] = query
            members = {"code": code, "state": query["state"]}
        else:
            members = {"error": "access_denied", "error_description": "<b>no</b>", "state": query["state"]}
        return Raw(302, headers={"Location": f"{query['redirect_uri']}?{urlencode(members)}"})

    def token(self, form: dict[str, str]) -> Any:
        """A token for a code, as GitHub gives it: a refusal has status 200 too."""
        made = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if (
            made is None
            or not known
            or made["code_challenge"] != challenge
            or made["redirect_uri"] != form["redirect_uri"]
        ):
            return {"error": "bad_verification_code"}
        self.tokens.append(f"gho_{secrets.token_hex(18)}")
        return {"access_token": self.tokens[-1], "token_type": "bearer", "scope": "read:user,user:email"}

    def answer(self, method: str, path: str, query: dict[str, str], form: dict[str, str], bearer: str) -> Raw:
        self.requests.append(f"{method} {path}")
        if path in self.instead:
            return self.instead[path]
        if (method, path) == ("GET", "/login/oauth/authorize"):
            return self.authorize(query)
        if (method, path) == ("POST", "/login/oauth/access_token"):
            return Raw(body=json.dumps(self.token(form)).encode())
        if path in {"/user", "/user/emails"} and bearer.removeprefix("Bearer ") in self.tokens:
            return Raw(body=json.dumps(self.user if path == "/user" else self.emails).encode())
        return Raw(401, b"{}")


def _single(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


@contextmanager
def github_login_server() -> Generator[GitHubLogin]:
    """A server that runs while the block does."""
    github = GitHubLogin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            address = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            bearer = self.headers.get("Authorization", "")
            raw = github.answer(self.command, address.path, _single(address.query), _single(sent), bearer)
            self.send_response(raw.status)
            for name, value in {"Content-Type": "application/json", **raw.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw.body)))
            self.end_headers()
            if raw.seconds:
                time.sleep(raw.seconds)
            try:
                self.wfile.write(raw.body)
            except ConnectionError:
                self.close_connection = True

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

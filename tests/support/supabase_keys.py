"""A Supabase project on loopback, as far as devos asks for it: its keys, and access tokens that they sign."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

LEGACY_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long-and-then-some"
KEYS_PATH = "/auth/v1/.well-known/jwks.json"


@dataclass(frozen=True)
class Key:
    """A signing key of the project."""

    kid: str
    algorithm: str
    private: Any

    @property
    def jwk(self) -> dict[str, Any]:
        """Its public half, as the project shows it."""
        writers = {"ES256": ECAlgorithm, "RS256": RSAAlgorithm, "EdDSA": OKPAlgorithm}
        told = json.loads(writers[self.algorithm].to_jwk(self.private.public_key()))
        return {**told, "kid": self.kid, "alg": self.algorithm, "use": "sig", "key_ops": ["verify"]}


def new_key(kid: str, algorithm: str = "ES256") -> Key:
    """A new key."""
    private: Any
    if algorithm == "RS256":
        private = rsa.generate_private_key(65537, 2048)
    elif algorithm == "EdDSA":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = ec.generate_private_key(ec.SECP256R1())
    return Key(kid, algorithm, private)


@dataclass
class Supabase:
    """Which keys the project shows, how often it was asked, and what it answers instead."""

    url: str = ""
    keys: list[Key] = field(default_factory=lambda: [new_key("first")])
    asked: int = 0
    instead: tuple[int, bytes] | None = None

    def claims(self, user: UUID, session: UUID, **changes: Any) -> dict[str, Any]:
        """The claims that Supabase's Auth puts into an access token; a change to None leaves one out."""
        now = int(time.time())
        told = {
            "iss": f"{self.url}/auth/v1",
            "aud": "authenticated",
            "sub": str(user),
            "session_id": str(session),
            "role": "authenticated",
            "email": "ada@example.test",
            "phone": "",
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": now}],
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": {"role": "admin"},
            "is_anonymous": False,
            "iat": now,
            "exp": now + 3600,
            **changes,
        }
        return {name: value for name, value in told.items() if value is not None}

    def token(self, user: UUID, session: UUID, key: Key | None = None, **changes: Any) -> str:
        """An access token of a session."""
        key = key or self.keys[0]
        claims = self.claims(user, session, **changes)
        return jwt.encode(claims, key.private, key.algorithm, headers={"kid": key.kid})


@contextmanager
def supabase_project() -> Generator[Supabase]:
    """A project that runs while the block does."""
    project = Supabase()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            project.asked += 1
            keys = json.dumps({"keys": [key.jwk for key in project.keys]}).encode()
            status, body = project.instead or (200 if self.path == KEYS_PATH else 404, keys)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", KEYS_PATH)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """A test needs no access log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    project.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield project
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

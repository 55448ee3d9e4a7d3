"""Secrets that a test sends through everything, and the search for them afterwards."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

# Members of answers that hold what is shown once.
SHOWN = {"access_token", "refresh_token", "token", "api_key", "password"}


def forms(value: str) -> set[str]:
    """How a secret may be spelt."""
    raw = value.encode()
    return {
        value,
        raw.hex(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(value, safe=""),
        repr(value)[1:-1],
        value.replace("'", "''"),
    }


def ways(text: str) -> list[dict[str, str]]:
    """The headers in which a credential is sent, the wrong ones too."""
    return [
        {"Authorization": f"Bearer {text}"},
        {"X-API-Key": text},
        {"X-Project-Token": text},
        {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"},
        {"Authorization": text, "User-Agent": text, "X-Request-ID": text},
        {"Idempotency-Key": text, "Cookie": f"session={text}", "Referer": f"http://devos.test/?{text}"},
    ]


@dataclass
class Canaries:
    """The secrets by name, those that were shown in an answer, and every answer that was given."""

    known: dict[str, str]
    shown: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The credentials that we give out."""
        return [text for text in {**self.known, **self.shown}.values() if text.startswith(("devos_", "eyJ"))]

    async def ask(self, client: httpx.AsyncClient, method: str, url: str, **request: Any) -> httpx.Response:
        """Send a request, and keep the answer and what it shows."""
        async with client.stream(method, url, **request) as answer:
            streamed = answer.headers.get("content-type", "").startswith("text/event-stream")
            text = await anext(answer.aiter_text()) if streamed else (await answer.aread()).decode()
        label = f"{method} {answer.request.url.path[:60]}"
        self.answers.append((label, f"{answer.status_code} {dict(answer.headers)} {text}"))
        if answer.headers.get("content-type") == "application/json":
            for name, value in _members(answer.json()):
                if name in SHOWN and isinstance(value, str):
                    self.shown[f"{name} of {label}, {len(self.answers)}"] = value
        return answer

    def found_in(self, text: str) -> list[str]:
        """The names of the secrets that a text holds, in one spelling or another."""
        secrets = {**self.known, **self.shown}
        return [name for name, value in secrets.items() if any(form in text for form in forms(value))]


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every named value in an answer, however deep."""
    if isinstance(value, dict):
        yield from value.items()
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(inner)

"""The event stream of the fake control plane."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from fake_routes import Answer, route

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


@route("GET", "/api/stream")
def stream(_: FakeDevos, __: Seen) -> Answer:
    return 200, None


def write(to: BaseHTTPRequestHandler, fake: FakeDevos, seen: Seen) -> None:
    """Tell events until the caller has gone, or this stream ends as it should."""
    end = fake.faults.streams.pop(0) if fake.faults.streams else ""
    to.send_response(200)
    to.send_header("Content-Type", "text/event-stream")
    to.end_headers()
    to.close_connection = True
    position = int(seen.headers.get("last-event-id") or len(fake.events))
    say(to, f": from here on\nid: {position}\n\n")
    if end.startswith("reset"):
        say(to, f'event: reset\ndata: {{"code":"{end}"}}\n\n')
    while not seen.gone() and not fake.faults.down:
        with fake.lock:
            fake.lock.wait(0.02)
            new = fake.events[position:]
        for event in new[:1] if end else new:
            position = int(event["cursor"])
            if is_wanted(event, seen):
                data = json.dumps(event, ensure_ascii=False, default=str)
                say(to, f"id: {position}\nevent: {event['type']}\ndata: {data}\n\n")
        if new and end == "break":
            return
        if new and end:
            say(to, f'event: end\ndata: {{"code":"{end}"}}\n\n')
            return


def is_wanted(event: dict[str, Any], seen: Seen) -> bool:
    return seen.query.get("task_id") in (None, event["subject_id"])


def say(to: BaseHTTPRequestHandler, text: str) -> None:
    to.wfile.write(text.encode())
    to.wfile.flush()

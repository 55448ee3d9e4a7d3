"""A handler's log lines, on their way to the server in batches."""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections import deque
from datetime import timedelta
from typing import Any

from devos_sdk._errors import DevosError
from devos_sdk._outbox import clean
from devos_sdk._running import Running, Stop
from devos_sdk._transport import Transport

_logger = logging.getLogger("devos_sdk")

_BATCH = 1_000  # what the server takes at once
_BATCH_LENGTH = 500_000  # characters; however they are written in JSON, the server takes them
_KEPT = 5_000
_LINE_LENGTH = 8_000
_COLLECT_SECONDS = 0.3


class LogShipper:
    """Takes lines from any thread. When the server is away for long, the oldest are dropped, with a note."""

    def __init__(self, http: Transport, running: Running) -> None:
        self._http = http
        self._running = running
        self._lines: deque[dict[str, str]] = deque()
        self._lock = threading.Lock()
        self._dropped = 0
        # A batch keeps its key until the server has it: sent again after a lost answer, it is stored once.
        self._batch: tuple[str, list[dict[str, str]]] | None = None
        self._loop = asyncio.get_running_loop()
        self._shipping: asyncio.Task[None] | None = None

    @property
    def has_lines(self) -> bool:
        """Whether something is still to be sent."""
        return self._batch is not None or bool(self._lines)

    def add(self, level: str, message: str) -> None:
        with self._lock:
            self._lines.append({"level": level, "message": clean(message, _LINE_LENGTH)})
            if len(self._lines) > _KEPT:
                self._lines.popleft()
                self._dropped += 1
        self._loop.call_soon_threadsafe(self._ship)

    def stop(self) -> None:
        """Send nothing more."""
        if self._shipping is not None:
            self._shipping.cancel()

    def _ship(self) -> None:
        if self._shipping is None or self._shipping.done():
            self._shipping = self._loop.create_task(self._collect())

    async def _collect(self) -> None:
        while self.has_lines:
            await asyncio.sleep(_COLLECT_SECONDS)
            await self.flush()

    async def finish(self, patience: timedelta) -> None:
        """Send what is left, while the lease that allows it still lives."""
        self.stop()
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self.flush()
        except TimeoutError:
            _logger.warning("task %s: the last log lines were not delivered", self._running.task.id)

    async def flush(self) -> None:
        while self._batch is not None or self._lines:
            if self._batch is None:
                self._batch = (str(uuid.uuid4()), self._cut())
            key, lines = self._batch
            body: dict[str, Any] = {"lease_token": self._running.task.lease_token, "lines": lines}
            try:
                answer = await self._http.post(
                    dict[str, Any], f"/api/tasks/{self._running.task.id}/logs", body, key=key
                )
                if answer.get("cancel_requested"):
                    self._running.stop(Stop.CANCELLED)
            except DevosError as exc:
                _logger.warning(
                    "task %s: %d log lines were refused: %s", self._running.task.id, len(lines), exc
                )
            self._batch = None

    def _cut(self) -> list[dict[str, str]]:
        lines: list[dict[str, str]] = []
        room = _BATCH_LENGTH
        with self._lock:
            if self._dropped:
                lines.append({"level": "warning", "message": f"{self._dropped} lines were dropped here"})
                self._dropped = 0
            while self._lines and len(lines) < _BATCH and (room := room - len(self._lines[0]["message"])) > 0:
                lines.append(self._lines.popleft())
        return lines

"""`Agent`: what an author writes."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from devos_sdk._broker import BrokerWakeups, require_library
from devos_sdk._errors import DevosError, Unauthorized
from devos_sdk._handler import Handler, Retry, handler_of
from devos_sdk._key import Applicant, Key, find_key, outbox_folder, setting
from devos_sdk._kind import publish
from devos_sdk._loop import Loop, LoopSettings
from devos_sdk._models import Kind
from devos_sdk._transport import Transport
from devos_sdk._wakeups import Wakeups

if TYPE_CHECKING:
    from devos_sdk._client import Devos

_logger = logging.getLogger("devos_sdk")

H = TypeVar("H", bound=Callable[..., Any])

_CALL_TIMEOUT = timedelta(seconds=15)


class Agent:
    """A program that takes tasks from the control plane, one lease at a time.

    An agent that has no key registers itself at its first start, if it is given a token to do so; it asks for
    these `capabilities` then, and `labels` are for people who look for it.
    `concurrency` tasks run at once. A task whose agent falls silent for `lease` goes to another attempt.
    With a `broker_url`, such as amqp://rabbit.example:5672, it waits for hints there, as whom the control
    plane says. While the broker is away, or an admin has not allowed it, it waits by long poll all the same.
    On SIGTERM or Ctrl-C running handlers get `drain` to finish; what is unfinished then is given back.
    """

    def __init__(
        self,
        name: str,
        *,
        capabilities: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        concurrency: int = 1,
        lease: timedelta = timedelta(seconds=60),
        drain: timedelta = timedelta(seconds=20),
        broker_url: str | None = None,
    ) -> None:
        if not 1 <= concurrency <= 100:
            raise ValueError(f"concurrency must be from 1 to 100, not {concurrency}.")
        if not timedelta(seconds=1) <= lease <= timedelta(hours=1):
            raise ValueError(f"lease must be from one second to one hour, not {lease}.")
        self.name = name
        self._applicant = Applicant(name, tuple(capabilities), dict(labels or {}))
        self._concurrency = concurrency
        self._lease = lease
        self._drain = drain
        self._broker_url = broker_url
        self._handlers: dict[str, Handler] = {}
        self._loop: Loop | None = None

    def task(
        self, kind: str, *, retry: Retry | None = None, timeout: timedelta | None = None
    ) -> Callable[[H], H]:
        """Register a handler for one kind of task.

        `async def handler(ctx: Context, value: Model) -> Model`, or a plain `def` with a `SyncContext`, which
        runs in a thread. The second parameter may be left out.
        """

        def register(fn: H) -> H:
            if kind in self._handlers:
                raise ValueError(f"The agent has a handler for {kind!r} already.")
            self._handlers[kind] = handler_of(kind, fn, retry or Retry(), timeout)
            return fn

        return register

    def publish_kinds(self, devos: Devos, *, project_id: str) -> list[Kind]:
        """Say in a project what the handlers take and answer, as their types have it.

        It needs a person's client, or an API token with `projects:write`. What people wrote of a kind beside
        the schemas stays, and a kind that says the same already is left alone.
        """
        return [publish(devos, project_id, handler) for handler in self._handlers.values()]

    def run(self, *, url: str | None = None, api_key: str | None = None) -> None:
        """Work until SIGTERM or Ctrl-C. DEVOS_URL and DEVOS_AGENT_KEY (or `_FILE`) unless given here.

        To wait at RabbitMQ: DEVOS_BROKER_URL, unless the agent has a `broker_url`.
        To register: DEVOS_REGISTRATION_TOKEN (or `_FILE`), and DEVOS_KEY_FILE for where its key is kept.
        """
        _log_to_stderr()
        try:
            address = url or setting("DEVOS_URL")
            if not address:
                raise ValueError(
                    "Set DEVOS_URL: the address of the control plane, such as http://localhost:8000."
                )
            self._require_handlers()
            self._broker_url = self._broker_url or setting("DEVOS_BROKER_URL") or None
            key = Key(api_key) if api_key else find_key(address, self._applicant)
            self._work_with(address, key)
        except (ValueError, DevosError) as exc:
            print(f"{self.name}: {exc}", file=sys.stderr)  # noqa: T201  the end of a program, for a person
            raise SystemExit(1 if isinstance(exc, DevosError) else 2) from None
        except KeyboardInterrupt:  # while it waited to be registered
            raise SystemExit(130) from None

    async def serve(self, *, url: str, api_key: str, outbox: Path | None = None) -> None:
        """The same inside an event loop of yours: no signals, no environment. Ends after `stop()`.

        Results that the server has not heard of are kept in the folder `outbox`, if there is one, for the
        next process with this key.
        """
        self._require_handlers()
        if self._broker_url:
            require_library()
        if self._loop is not None:
            raise RuntimeError("The agent is running already.")
        http = Transport(url, api_key, timeout=_CALL_TIMEOUT, patience=None)
        settings = LoopSettings(
            handlers=self._handlers,
            concurrency=self._concurrency,
            lease_seconds=round(self._lease.total_seconds()),
            drain=self._drain,
            outbox=outbox,
        )
        wakeups = BrokerWakeups(http, self._broker_url) if self._broker_url else Wakeups()
        self._loop = Loop(settings, http, wakeups)
        _logger.info("%s takes %s from %s", self.name, ", ".join(self._handlers), http.url)
        try:
            async with wakeups.running():
                await self._loop.run()
        finally:
            self._loop = None
            await http.close()
        _logger.info("%s has stopped", self.name)

    def stop(self) -> None:
        """Take no more work and finish what is running; called again, give it back at once."""
        if self._loop is not None:
            self._loop.drain()

    def _require_handlers(self) -> None:
        if not self._handlers:
            raise ValueError("The agent has no handler; decorate one with @agent.task(kind).")

    def _work_with(self, url: str, key: Key) -> None:
        # What was imported stays: there is no garbage among it to look for again and again.
        gc.collect()
        gc.freeze()
        try:
            asyncio.run(self._serve_until_signalled(url, key.text))
        except Unauthorized as exc:
            if key.file is not None:
                # Not by itself: whoever revoked the key may have meant it.
                exc.hint = (
                    f"Put a new key into {key.file}, or delete it to let the agent register again "
                    "with DEVOS_REGISTRATION_TOKEN."
                )
            raise

    async def _serve_until_signalled(self, url: str, api_key: str) -> None:
        loop = asyncio.get_running_loop()

        def on_signal(_number: int, _frame: object) -> None:
            loop.call_soon_threadsafe(self.stop)

        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(number, self.stop)
            except NotImplementedError:  # Windows
                signal.signal(number, on_signal)
        await self.serve(url=url, api_key=api_key, outbox=outbox_folder(url, api_key))


def _log_to_stderr() -> None:
    """Show the agent's own lines, unless the program has set up logging."""
    if logging.getLogger().handlers or _logger.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)

"""Signals that ask for a clean stop, from the first line of a command to its last."""

from __future__ import annotations

import asyncio
import signal
import sys
from types import FrameType


class StopSignals:
    """SIGINT, SIGTERM and SIGHUP: an exception before the event loop, an event in it, nothing at the end."""

    def __init__(self) -> None:
        self._asked = False
        self._numbers = [signal.SIGINT, signal.SIGTERM]
        # nohup ignores it on purpose.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            self._numbers.append(signal.SIGHUP)

    def interrupt(self) -> None:
        """From now on a stop is a KeyboardInterrupt."""
        for number in self._numbers:
            signal.signal(number, self._raise)
        sys.unraisablehook = _report_unraisable

    def check(self) -> None:
        """Raise if a stop was asked for and the exception was lost, as it is in the hooks around a fork."""
        if self._asked:
            raise KeyboardInterrupt

    def set_event(self, event: asyncio.Event) -> None:
        """From now on a stop sets `event` of the running loop."""
        for number in self._numbers:
            asyncio.get_running_loop().add_signal_handler(number, event.set)
        if self._asked:
            event.set()

    def ignore(self) -> None:
        """From now on a stop is under way, and another signal must not break it off."""
        for number in self._numbers:
            signal.signal(number, signal.SIG_IGN)

    def _raise(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        raise KeyboardInterrupt


def _report_unraisable(lost: sys.UnraisableHookArgs) -> None:
    # `check` makes up for it.
    if lost.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(lost)

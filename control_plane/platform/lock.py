"""One process per data folder, held by the kernel so that a crash releases it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class FolderLock:
    """An exclusive flock on one file, which carries the holder's pid for the refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self, seconds: float = 0.5) -> bool:
        """Take the lock; False when another process still holds it after `seconds`.

        A short wait is needed even for a free lock: `holder` takes it for a moment to look.
        """
        # The descriptor is close-on-exec: a child that outlives us must not keep the lock.
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        deadline = time.monotonic() + seconds
        while not _take(fd, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(fd)
                return False
            time.sleep(0.02)
        os.truncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        return True

    def release(self) -> None:
        """Let go; does nothing when the lock is not held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def holder(self) -> int | None:
        """The pid that holds the lock, None when nobody does."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        try:
            if _take(fd, fcntl.LOCK_SH):
                return None
            text = os.pread(fd, 32, 0).decode(errors="replace").strip()
            return int(text) if text.isdigit() else 0
        finally:
            os.close(fd)


def _take(fd: int, how: int) -> bool:
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

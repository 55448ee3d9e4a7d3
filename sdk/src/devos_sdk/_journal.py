"""Lines on disk that outlive the process: what an agent has finished and the server may not have heard."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such lock, so there nothing is inherited
    fcntl = None

_logger = logging.getLogger("devos_sdk")


class Journal:
    """One file a process (0600) in a folder that the processes of an agent share. None: nothing is kept.

    It is not synced: it outlives the process, however that ends, and not a loss of power.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if fcntl is not None else None
        self._file: int | None = None
        self._path: Path | None = None
        self._is_empty = True

    def inherit(self) -> list[bytes]:
        """The lines of processes that are no more; they are this one's from now on."""
        if self._folder is None:
            return []
        lines: list[bytes] = []
        try:
            self._open(self._folder)
            for path in sorted(self._folder.glob("*.jsonl")):
                if path != self._path:
                    lines += self._take_over(path)
        except OSError as exc:
            _logger.warning("results are kept in memory only: %s cannot be written: %s", self._folder, exc)
            self._folder = None
        return lines

    def write(self, lines: Iterable[bytes]) -> None:
        """Keep these lines."""
        content = b"".join(line + b"\n" for line in lines)
        if self._file is None or not content:
            return
        try:
            os.write(self._file, content)
            self._is_empty = False
        except OSError as exc:  # a full disk is no reason not to deliver
            _logger.warning("results could not be written to %s: %s", self._path, exc)

    def rewrite(self, lines: Iterable[bytes]) -> None:
        """Keep these lines and no others."""
        kept = [*lines]
        if self._file is None or self._path is None or self._folder is None:
            return
        if not kept:
            self._clear()
            return
        # Into another file first: at no moment are they nowhere.
        old_path, old_file = self._path, self._file
        try:
            self._open(self._folder)
        except OSError as exc:
            _logger.warning("results could not be written to %s: %s", self._folder, exc)
            return
        self.write(kept)
        old_path.unlink(missing_ok=True)
        os.close(old_file)

    def _clear(self) -> None:
        if self._file is not None and not self._is_empty:
            os.ftruncate(self._file, 0)
            self._is_empty = True

    def close(self) -> None:
        """The end of the process: an empty file is taken away, one with lines is the next process's."""
        if self._file is None or self._path is None:
            return
        if self._is_empty:
            self._path.unlink(missing_ok=True)
        os.close(self._file)
        self._file = None

    def _open(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            path = folder / f"{uuid.uuid4()}.jsonl"
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            if _lock(file) and os.fstat(file).st_nlink:
                break
            os.close(file)  # another process took it for one of the dead before it was locked
        self._path, self._file = path, file

    def _take_over(self, path: Path) -> list[bytes]:
        """The lines of a file whose process has ended; none while it lives, for its lock ends with it."""
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:  # somebody else was faster
            return []
        try:
            if not _lock(file):
                return []
            lines = path.read_bytes().splitlines()
            self.write(lines)
            path.unlink(missing_ok=True)
            return lines
        finally:
            os.close(file)


def _lock(file: int) -> bool:
    assert fcntl is not None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

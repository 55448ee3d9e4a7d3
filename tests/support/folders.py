"""Folders that the server's account may enter: pytest's own are 0700, and root's Postgres is another user."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 2 * 1024**3


@contextmanager
def enterable_folder() -> Iterator[Path]:
    """A new short folder, in memory where there is enough of it, removed afterwards."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    folder = Path(tempfile.mkdtemp(prefix="devos-", dir=_MEMORY if in_memory else "/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

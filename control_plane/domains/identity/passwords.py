"""Passwords: hashed with Argon2id, off the event loop and never on more threads than there are cores."""

from __future__ import annotations

import os

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Fits no password. Verified for an unknown e-mail and for a person without one, so that both take as long.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"


class Passwords:
    """Makes and checks the hashes of one process."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        # Each check takes 64 MB: a crowd of them waits and does not fall over.
        self._limiter = CapacityLimiter(os.cpu_count() or 1)

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        return await to_thread.run_sync(self._hasher.hash, password, limiter=self._limiter)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; as long a look when none was."""
        return await to_thread.run_sync(self._fits, kept, password, limiter=self._limiter)

    def _fits(self, kept: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(kept or _NOBODY, password) and kept is not None
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

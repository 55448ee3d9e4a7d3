"""Moments in query parameters."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(said: datetime | None) -> datetime | None:
    """What a caller said, with a zone: UTC, unless it said one. The server's own zone means nothing to it."""
    return said.replace(tzinfo=UTC) if said is not None and said.tzinfo is None else said

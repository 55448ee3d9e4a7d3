"""Ask a server whether it is there."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


def is_ready(url: str) -> bool:
    """Whether the server at `url` answers that it can work."""
    return health(url) == 200


def health(url: str) -> int | None:
    """The status of /health/ready, None when nothing answers. No proxy of the environment is asked."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5.0)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()

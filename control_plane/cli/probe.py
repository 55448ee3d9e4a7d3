"""Ask a server whether it is there."""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit


def is_ready(url: str) -> bool:
    """Whether the server at `url` answers that it can work."""
    return health(url) == 200


def health(url: str) -> int | None:
    """The status of /health/ready, None when nothing answers. No proxy of the environment is asked."""
    connection = _connection(url)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except ssl.SSLError as exc:
        # It serves, and only those who show a certificate: that is all a stranger can learn.
        return 200 if exc.reason == "TLSV13_ALERT_CERTIFICATE_REQUIRED" else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _connection(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "http":
        return HTTPConnection(parts.hostname or "", parts.port, timeout=5.0)
    # It asks for a status and sends nothing: whose certificate this is does not matter here.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection(parts.hostname or "", parts.port, timeout=5.0, context=context)

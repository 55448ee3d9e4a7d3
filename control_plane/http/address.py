"""Where a request comes from, as far as that can be known."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any, cast

from granian.utils.proxies import wrap_asgi_with_proxy_headers  # pyright: ignore[reportUnknownVariableType]
from litestar.connection import ASGIConnection
from litestar.types import ASGIApp


def with_client_address(app: ASGIApp, trusted_proxies: str) -> ASGIApp:
    """Middleware: believe X-Forwarded-For of these proxies, and of nobody else."""
    trusted = [part.strip() for part in trusted_proxies.split(",") if part.strip()]
    if not trusted:
        return app
    return cast(ASGIApp, wrap_asgi_with_proxy_headers(app, trusted))


def client_address(request: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The address of the client; None when it has none, or a proxy said something else."""
    try:
        address = ip_address(request.client.host.partition("%")[0] if request.client else "")
    except ValueError:
        return None
    # One machine is one address, whichever way its packets came.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)

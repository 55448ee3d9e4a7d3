"""What the areas of the client are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devos_sdk._portal import Area, M, Portal
from devos_sdk._transport import Transport


class HttpArea(Area[M]):
    def __init__(self, http: Transport, portal: Portal | None) -> None:
        super().__init__(portal)
        self._http = http


def given(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller said; the rest is the server's to choose."""
    return {name: value for name, value in body.items() if value is not None}

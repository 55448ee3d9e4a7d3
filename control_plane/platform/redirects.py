"""Where a sign-in may send the browser back to. Only plain addresses are understood; all else is refused."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

_ORIGIN = r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"
# No user, no escape, no empty or dotted segment: what one program reads as another place, none gets to see.
_PATH = r"(?:/(?!\.{1,2}(?:/|$|\?))[A-Za-z0-9._~-]+)*/?"
_QUERY = r"\?[A-Za-z0-9._~!$&'()*+,=:@/?%-]*"

ORIGIN = re.compile(_ORIGIN + _PATH)
"""An address that people reach a server at."""
ENTRY = re.compile(_ORIGIN + _PATH + r"(?:(?<=/)\*)?")
"""An address of the list, or with `/*` at its end all below it."""
_ADDRESS = re.compile(f"(?P<page>{_ORIGIN}{_PATH})(?P<query>{_QUERY})?")
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}(?:/|$)")
_LONGEST = 2000
# What the answer adds: an address that brings them along could pass for an answer.
_OURS = {"code", "error", "error_code", "error_description"}


def entries(public_url: str, allowed: str) -> list[str]:
    """The list that addresses are held against: our own pages, and the setting."""
    own = [public_url, f"{public_url}/*"]
    return own + [part.strip() for part in allowed.split(",") if part.strip()]


def is_allowed(address: str, allowed: list[str]) -> bool:
    """Whether a sign-in may come back there: on the list, or a program on the person's own machine."""
    found = _ADDRESS.fullmatch(address) if len(address) <= _LONGEST else None
    if found is None or _OURS & parse_qs((found["query"] or "")[1:], keep_blank_values=True).keys():
        return False
    page = found["page"]
    return _LOOPBACK.match(page) is not None or any(_fits(page, entry) for entry in allowed)


def _fits(page: str, entry: str) -> bool:
    return page.startswith(entry[:-1]) if entry.endswith("/*") else page == entry

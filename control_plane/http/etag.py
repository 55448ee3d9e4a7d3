"""ETag and If-Match, so that two people who edit the same thing do not overwrite each other."""

from __future__ import annotations

import re
from typing import Annotated, Any, Protocol, cast

from litestar import Response
from litestar.datastructures import ResponseHeader
from litestar.params import HeaderParameter

_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')
# No row has it, so what is not one of our ETags matches nothing.
_NEVER = 0

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", description="The ETag of what was read: 412 when somebody has changed it since."
    ),
]


class _Versioned(Protocol):
    version: int


async def _tag(response: Response[Any]) -> Response[Any]:
    # async, although it waits for nothing: otherwise a thread would be asked for each answer.
    response.headers["ETag"] = f'"{cast(_Versioned, response.content).version}"'
    return response


TAGGED: dict[str, Any] = {
    "after_request": _tag,
    "response_headers": [
        ResponseHeader(name="ETag", documentation_only=True, description="The version of the answer.")
    ],
}
"""Arguments of a route that answers a model with a `version`: the answer carries it as its ETag."""


def wanted_version(if_match: str | None) -> int | None:
    """The version that a change is meant for; None when it is meant for whichever there is."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    return int(found[1]) if found else _NEVER

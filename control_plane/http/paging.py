"""Query parameters that every list has."""

from __future__ import annotations

from typing import Annotated

from litestar.params import QueryParameter

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="How many items a page has.")]

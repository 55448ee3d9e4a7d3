from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.folders import enterable_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the embedded Postgres can use."""
    with enterable_folder() as path:
        yield path

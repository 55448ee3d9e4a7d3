from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.devos import Running, running
from tests.support.folders import enterable_folder


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder to run commands in."""
    with enterable_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A `devos up` for the tests of one file that only look at it; its data folder is `data` in its home."""
    with (
        enterable_folder() as folder,
        running("up", "--data", str(folder / "data"), "--port", "0", home=folder) as up,
    ):
        yield up

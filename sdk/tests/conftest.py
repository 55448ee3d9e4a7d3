"""Fixtures of the SDK's tests: a real HTTP server on loopback that speaks the control plane's contract."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# The demo's files are scripts that import each other; the fakes are helpers of these tests.
sys.path[:0] = [str(HERE), str(HERE.parent / "examples" / "review_demo")]

from fake_devos import FakeDevos  # noqa: E402


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and results of agents stay in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def devos() -> Iterator[FakeDevos]:
    with FakeDevos() as fake:
        yield fake

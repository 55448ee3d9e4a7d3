"""A pytest plugin for tests/mutants/run.py: run the named tests only and write down how each one ended.

It is loaded with `-p mutant_outcomes`. pytest's exit code cannot tell a failed assertion from a
test that could not start; this file can.
"""

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest


def _is_assertion(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_is_assertion(inner) for inner in error.exceptions)
    return isinstance(error, AssertionError | pytest.fail.Exception)


class Outcomes:
    """Collects one line per thing that happened, for one run of pytest."""

    def __init__(self, wanted: list[str], target: Path) -> None:
        self.wanted = wanted
        self.target = target
        self.ends: list[dict[str, str]] = []

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the named tests; a name without brackets stands for all its cases."""
        keep = [i for i in items if i.nodeid in self.wanted or i.nodeid.split("[")[0] in self.wanted]
        dropped = [i for i in items if i not in keep]
        config.hook.pytest_deselected(items=dropped)
        items[:] = keep

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported is not a test that failed."""
        if report.failed:
            self.ends.append(
                {"node": report.nodeid, "ended": "not collected", "why": _said(report.longreprtext)[-1]}
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell an assertion from any other exception, and a test's body from its fixtures."""
        report = yield
        ended = ""
        if report.failed and call.excinfo is not None:
            in_body = report.when == "call"
            ended = "failed" if in_body and _is_assertion(call.excinfo.value) else "broke"
        elif report.skipped:
            ended = "skipped"
        elif report.when == "call":
            ended = "passed"
        if ended:
            self.ends.append({"node": item.nodeid, "ended": ended, "why": _said(report.longreprtext)[0]})
        return report

    def pytest_sessionfinish(self) -> None:
        """Write the lines, and which of the tree's packages came from elsewhere."""
        here = Path.cwd()
        foreign = [
            f"{name} from {module.__file__}"
            for name, module in list(sys.modules.items())
            if name in {"control_plane", "devos_sdk"}
            and module.__file__
            and not Path(module.__file__).resolve().is_relative_to(here)
        ]
        self.target.write_text(json.dumps({"ends": self.ends, "foreign": foreign}))


def _said(text: str) -> list[str]:
    """What pytest marks as the error, or the last line when nothing is marked."""
    marked = [line.removeprefix("E ").strip() for line in text.splitlines() if line.startswith("E ")]
    return marked or text.strip().splitlines()[-1:] or [""]


def pytest_configure(config: Any) -> None:
    """Start collecting; the runner names the tests and the file in the environment."""
    wanted = json.loads(os.environ["MUTANT_TESTS"])
    config.pluginmanager.register(Outcomes(wanted, Path(os.environ["MUTANT_OUTCOMES"])))

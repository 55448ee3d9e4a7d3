"""What the reviewer looks at: ruff on the lines that changed, and the branch's own tests."""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Literal

import sandbox
from checkout import ChangedFile, Checkout
from pydantic import BaseModel

# Whose code may run here: those who can push to the repository anyway.
TRUSTED = ("OWNER", "MEMBER", "COLLABORATOR")

_RULES = "F,E7,E9,B,S102,S301,S307,S501,S506,S602,S605,T10,PLE,RUF006"
_NOT_RULES = "B905"
_SERIOUS = ("E9", "F7", "F82", "PLE", "S")
_MOST_FINDINGS = 5
_TEST_SECONDS = 120

_ADVICE = {
    "B006": "A mutable default is made once and shared by all calls. Use None and make it inside.",
    "B008": "This call happens once, when the function is defined. Use None and call it inside.",
    "B904": "Raise `from` the exception you caught, or its cause is lost.",
    "E722": "A bare except also catches Ctrl-C and typing mistakes. Name the exception you expect.",
    "E711": "Compare with None by `is`.",
    "F401": "Imported and never used. Remove it.",
    "F811": "This hides a definition above that was never used.",
    "F821": "This name is not defined: the line fails when it runs.",
    "F841": "Assigned and never used. Remove it, or use it.",
    "T100": "A debugger was left in.",
}


class Finding(BaseModel):
    """One place worth a word."""

    path: str
    line: int
    code: str
    severity: Literal["error", "warning"]
    message: str


class BranchTests(BaseModel):
    """What the branch's tests said; or why they said nothing, and whether that is the branch's fault."""

    ran: bool
    broken: bool = False
    note: str = ""
    passed: int = 0
    failed: list[tuple[str, str]] = []
    more_failed: int = 0

    @property
    def failures(self) -> int:
        return len(self.failed) + self.more_failed


async def check_file(checkout: Checkout, file: ChangedFile) -> list[Finding]:
    """Ruff's findings in the lines that the branch adds. The branch's own ruff settings do not count."""
    options = ["--isolated", "--no-cache", "--quiet", "--output-format=json"]
    rules = [f"--select={_RULES}", f"--ignore={_NOT_RULES}"]
    command = [sys.executable, "-I", "-m", "ruff", "check", *options, *rules, "--", f"./{file.path}"]
    ended = await sandbox.run(command, folder=checkout.folder, seconds=60)
    if ended.code not in (0, 1):
        raise RuntimeError(f"ruff ended with {ended.code}: {ended.output.strip()[-500:]}")
    found = [_finding(file.path, item) for item in json.loads(ended.output or "[]")]
    return [f for f in found if any(first <= f.line <= last for first, last in file.added)][:_MOST_FINDINGS]


def _finding(path: str, item: dict[str, Any]) -> Finding:
    code = item["code"] or "syntax"
    serious = code.startswith(_SERIOUS) or code in ("syntax", "invalid-syntax")
    return Finding(
        path=path,
        line=item["location"]["row"],
        code=code,
        severity="error" if serious else "warning",
        message=_ADVICE.get(code) or item["message"][:160],
    )


async def run_tests(checkout: Checkout, author_association: str) -> BranchTests:
    """The branch's tests, for authors we trust to run code here. Others get an explanation."""
    if author_association not in TRUSTED:
        return BranchTests(
            ran=False, note="not run: the author is no owner, member or collaborator of this repository"
        )
    # PYTEST_DISABLE_PLUGIN_AUTOLOAD: plugins installed for the agent are not the project's.
    env = {"COLUMNS": "200", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider"]
    ended = await sandbox.run(command, folder=checkout.folder, seconds=_TEST_SECONDS, env=env, isolated=True)
    if ended.code is None:
        return BranchTests(ran=False, broken=True, note=f"stopped: not finished within {_TEST_SECONDS} s")
    if ended.code == 5:
        return BranchTests(ran=False, note="there are none")
    passed, failed = _read_pytest(ended.output)
    told = bool(failed) if ended.code == 1 else passed > 0 and not failed
    if ended.code not in (0, 1) or not told:
        return BranchTests(ran=False, broken=True, note=f"pytest ended with code {ended.code} and no result")
    return BranchTests(ran=True, passed=passed, failed=failed[:10], more_failed=max(0, len(failed) - 10))


def _read_pytest(output: str) -> tuple[int, list[tuple[str, str]]]:
    """How many passed, and which failed with what, from pytest's summary."""
    failed: list[tuple[str, str]] = []
    passed = 0
    for line in output.splitlines():
        if match := re.fullmatch(r"(?:FAILED|ERROR) (\S+)(?: - (.*))?", line):
            failed.append((match[1][:200], (match[2] or "")[:200]))
        elif match := re.search(r"(\d+) passed", line):
            passed = int(match[1])
    return passed, failed

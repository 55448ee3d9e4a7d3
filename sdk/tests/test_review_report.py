"""The review in words, and the forge that gets it."""
# pyright: reportMissingImports=false

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from checkout import ChangedFile, Diff
from checks import BranchTests, Finding
from github import GitHubStandIn
from report import Receipt, Review, prose, quoted, write_review

DIFF = Diff(files=[ChangedFile(path="a.py", added=[(1, 2)])], lines_added=2, lines_removed=0)
PASSED = BranchTests(ran=True, passed=3)
PAID = [
    Receipt(step="read diff", amount=Decimal("0.05"), service="compute:standard"),
    Receipt(step="tests", amount=Decimal("0.05"), service="compute:reserve", instead_of="compute:standard"),
]
UNUSED = Finding(path="a.py", line=1, code="F401", severity="warning", message="Remove it.")
UNDEFINED = Finding(path="a.py", line=2, code="F821", severity="error", message="Undefined name `x`")
FAILED = BranchTests(ran=True, passed=2, failed=[("test_a.py::test_b", "assert 1 == 2")])
SILENT = BranchTests(ran=False, broken=True, note="stopped: not finished within 120 s")
STRANGER = BranchTests(ran=False, note="not run: the author is a stranger")


def review(findings: list[Finding], tests: BranchTests, branch: str = "feature/x") -> Review:
    return write_review(branch, "main", DIFF, findings, tests, PAID)


@pytest.mark.parametrize(
    ("findings", "tests", "state", "verdict", "description"),
    [
        ([], PASSED, "success", "looks good", "no failing tests, no findings"),
        ([], STRANGER, "success", "looks good", "no failing tests, no findings"),
        ([UNUSED], PASSED, "success", "some remarks", "no failing tests, 1 finding"),
        ([UNDEFINED], PASSED, "failure", "changes requested", "no failing tests, 1 finding"),
        ([UNUSED], FAILED, "failure", "changes requested", "1 failing test, 1 finding"),
        ([], SILENT, "failure", "changes requested", "no failing tests, no findings"),
    ],
)
def test_the_verdict_follows_from_what_was_found(
    findings: list[Finding], tests: BranchTests, state: str, verdict: str, description: str
) -> None:
    written = review(findings, tests)
    assert (written.state, written.verdict, written.description) == (state, verdict, description)


def test_the_review_names_places_failures_and_cost() -> None:
    body = review([UNUSED, UNDEFINED], FAILED).body
    assert "- `a.py:2` error, `F821`: Undefined name `x`\n- `a.py:1` warning, `F401`: Remove it." in body
    assert "**Tests:** 1 failed, 2 passed.\n- `test_a.py::test_b`: `assert 1 == 2`" in body
    assert "$0.10: 1 step by `compute:standard` ($0.05), 1 step by `compute:reserve` ($0.05" in body


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a.py", "`a.py`"),
        ("`](javascript:x) @everyone", "`` `](javascript:x) @everyone ``"),
        ("a``b", "``` a``b ```"),
        ("two\nlines\0\u202ereversed", "`two lines reversed`"),
        ("", "` `"),
        ("x" * 1000, f"`{'x' * 300}`"),
    ],
)
def test_text_of_the_branch_is_only_quoted(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_sentence_of_a_tool_carries_no_markup() -> None:
    told = prose("Undefined name `a`; <img src=x> [click](http://x) @everyone\n# *big*")
    assert told == r"Undefined name `a`; \<img src=x\> \[click\](http://x) \@everyone \# \*big\*"


def test_a_review_fits_into_a_comment_and_a_status() -> None:
    many = [UNDEFINED.model_copy(update={"line": number}) for number in range(500)]
    written = review(many, FAILED, branch="b" * 300)
    assert len(written.body) <= 7_000
    assert "and 470 more" in written.body
    assert len(written.description) <= 140


CREDENTIAL = {"Authorization": "token demo-0123456789abcdef"}
PULL = {"number": 7, "html_url": "https://github.com/o/r/pull/7", "base": {"repo": {"full_name": "o/r"}}}
COMMENTS, SHA = "/repos/o/r/issues/7/comments", "a" * 40


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "github-requests.jsonl"


@pytest.fixture
def forge(log: Path) -> Iterator[httpx.Client]:
    with (
        GitHubStandIn(0, log, PULL) as github,
        httpx.Client(base_url=github.url, headers=CREDENTIAL) as client,
    ):
        yield client


def test_comments_are_kept_and_listed_in_pages(forge: httpx.Client) -> None:
    for number in range(5):
        assert forge.post(COMMENTS, json={"body": f"comment {number}"}).status_code == 201
    second = forge.get(COMMENTS, params={"per_page": 2, "page": 2}).json()
    assert [comment["body"] for comment in second] == ["comment 2", "comment 3"]
    assert forge.get("/repos/o/r/pulls/7").json() == PULL


def test_a_status_belongs_to_its_commit(forge: httpx.Client) -> None:
    body = {"state": "failure", "context": "devos/review", "description": "1 failing test"}
    assert forge.post(f"/repos/o/r/statuses/{SHA}", json=body).status_code == 201
    (status,) = forge.get(f"/repos/o/r/commits/{SHA}/statuses").json()
    assert {name: status[name] for name in body} == body
    assert forge.get(f"/repos/o/r/commits/{'b' * 40}/statuses").json() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", COMMENTS, {"body": "x"}, {"Authorization": ""}, 401),
        ("POST", COMMENTS, {"body": "x"}, {"Authorization": "token short"}, 401),
        ("POST", COMMENTS, {"body": " "}, {}, 422),
        ("POST", COMMENTS, ["x"], {}, 422),
        ("POST", "/repos/o/other/issues/7/comments", {"body": "x"}, {}, 404),
        ("POST", "/repos/o/r/issues/8/comments", {"body": "x"}, {}, 404),
        ("POST", f"/repos/o/r/statuses/{SHA}", {"state": "bad"}, {}, 422),
        ("POST", f"/repos/o/r/statuses/{SHA}", {"state": "error", "description": "x" * 141}, {}, 422),
        ("DELETE", COMMENTS, None, {}, 404),
    ],
)
def test_the_forge_refuses_what_github_refuses(
    forge: httpx.Client, log: Path, method: str, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    assert forge.request(method, path, json=body, headers=headers).status_code == status
    assert forge.get(COMMENTS).json() == []
    first = json.loads(log.read_text().splitlines()[0])
    assert (first["method"], first["path"], first["body"], first["status"]) == (method, path, body, status)
    assert "demo-0123456789abcdef" not in log.read_text()

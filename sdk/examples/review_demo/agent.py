"""A review agent: reads a pull request, checks what changed, runs its tests, and says what it found.

It calls no model. Each step is paid for and remembered, so that another attempt goes on where this one ended.

    DEVOS_URL=http://localhost:8000 DEVOS_AGENT_KEY=devos_… python agent.py
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import ParamSpec, TypeVar

from checkout import Checkout, Diff, fetch, read_diff
from checks import BranchTests, Finding, check_file, run_tests
from pydantic import BaseModel
from report import Receipt, Review, write_review

from devos_sdk import Agent, Context, Retry

P = ParamSpec("P")
T = TypeVar("T")

SERVICE = os.environ.get("REVIEW_SERVICE", "compute:standard")
PRICE = Decimal(os.environ.get("REVIEW_PRICE", "0.05"))
LEASE = timedelta(seconds=float(os.environ.get("REVIEW_LEASE_SECONDS", "60")))


class PullRequest(BaseModel):
    """What the webhook's task says."""

    repository: str
    number: int
    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str
    author_association: str
    clone_url: str


class Outcome(BaseModel):
    """The task's result."""

    verdict: str
    findings: int
    failing_tests: int
    cost: Decimal


class Paid:
    """Steps that cost money. Paying is a step of its own: what was paid for is never paid for again."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.receipts: list[Receipt] = []

    async def step(self, name: str, fn: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Pay for a step, then do it; both once per task."""
        self.receipts.append(await self._ctx.step(f"pay: {name}", self._pay, name))
        return await self._ctx.step(name, fn, *args, **kwargs)

    async def _pay(self, name: str) -> Receipt:
        charge = await self._ctx.charge(SERVICE, PRICE, key=name, note=name)
        instead_of = charge.delegated_from.name if charge.delegated_from else None
        if instead_of:
            self._ctx.log(f"{charge.service_used.name} pays in place of {instead_of}", level="warning")
        return Receipt(step=name, amount=PRICE, service=charge.service_used.name, instead_of=instead_of)


agent = Agent("reviewer", lease=LEASE, drain=timedelta(seconds=10))


@agent.task("code_review", retry=Retry(max_attempts=3), timeout=timedelta(minutes=10))
async def review(ctx: Context, pr: PullRequest) -> Outcome:
    """Review one pull request."""
    with tempfile.TemporaryDirectory(prefix="devos-review-") as folder:
        await ctx.progress(0.05, "fetching the two commits")
        checkout = await fetch(pr.clone_url, pr.base_sha, pr.head_sha, Path(folder))
        return await look_and_tell(ctx, pr, checkout)


async def look_and_tell(ctx: Context, pr: PullRequest, checkout: Checkout) -> Outcome:
    """The steps of a review."""
    paid = Paid(ctx)
    await ctx.progress(0.1, "reading the diff")
    diff = await paid.step("read diff", read_diff, checkout)
    ctx.log(f"{len(diff.files)} Python files, {diff.lines_added} lines added, {diff.lines_removed} removed")

    findings = await check_files(ctx, paid, checkout, diff)

    await ctx.progress(0.7, "running the branch's tests")
    tests = await paid.step("tests", run_tests, checkout, pr.author_association)
    ctx.log(f"tests: {tests.failures} failed, {tests.passed} passed" if tests.ran else f"tests: {tests.note}")

    await ctx.progress(0.9, "writing the review")
    written = await paid.step("write review", compose, pr, diff, findings, tests, paid.receipts)
    await post(ctx, pr, written)
    return Outcome(
        verdict=written.verdict,
        findings=len(findings),
        failing_tests=tests.failures,
        cost=sum((receipt.amount for receipt in paid.receipts), Decimal(0)),
    )


async def check_files(ctx: Context, paid: Paid, checkout: Checkout, diff: Diff) -> list[Finding]:
    """Static checks, one step a file."""
    findings: list[Finding] = []
    for number, file in enumerate(diff.files):
        name = f"check file {number + 1}"
        await ctx.progress(0.2 + 0.5 * number / len(diff.files), f"{name} of {len(diff.files)}")
        findings += await paid.step(name, check_file, checkout, file)
    ctx.log(f"{len(findings)} findings in the lines that changed")
    return findings


async def compose(
    pr: PullRequest, diff: Diff, findings: list[Finding], tests: BranchTests, receipts: list[Receipt]
) -> Review:
    """The review in words."""
    return write_review(pr.head_ref, pr.base_ref, diff, findings, tests, receipts)


async def post(ctx: Context, pr: PullRequest, written: Review) -> None:
    """One comment and one status, however many attempts it takes."""
    await ctx.github.comment(pr.repository, pr.number, written.body, key="review comment")
    await ctx.github.status(
        pr.repository,
        pr.number,
        sha=pr.head_sha,
        state=written.state,
        context="devos/review",
        description=written.description,
        key="review status",
    )


if __name__ == "__main__":
    agent.run()

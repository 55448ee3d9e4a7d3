"""The review in words. What comes from the branch is quoted as code: it can be read, and that is all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from checkout import Diff
from checks import BranchTests, Finding
from pydantic import BaseModel

_MOST_LINES = 30
_MOST_CHARACTERS = 7_000


class Receipt(BaseModel):
    """What one step cost, and which service was paid for it."""

    step: str
    amount: Decimal
    service: str
    instead_of: str | None = None


class Review(BaseModel):
    """What is posted."""

    verdict: str
    state: Literal["success", "failure"]
    description: str
    body: str


def write_review(
    branch: str, base: str, diff: Diff, findings: list[Finding], tests: BranchTests, receipts: list[Receipt]
) -> Review:
    """The comment and the commit status."""
    errors = sum(finding.severity == "error" for finding in findings)
    rejected = bool(errors or tests.failures or tests.broken)
    verdict = "changes requested" if rejected else "some remarks" if findings else "looks good"
    parts = [
        f"## Review: {verdict}",
        _opening(branch, base, diff),
        _tests(tests),
        _findings(findings),
        _cost(receipts),
        "<sub>Static checks and the branch's own tests, by the devos review agent. No model was asked.</sub>",
    ]
    return Review(
        verdict=verdict,
        state="failure" if rejected else "success",
        description=f"{_count(tests.failures, 'failing test')}, {_count(len(findings), 'finding')}",
        body="\n\n".join(parts)[:_MOST_CHARACTERS],
    )


def _opening(branch: str, base: str, diff: Diff) -> str:
    more = f" ({diff.more_files} more were not looked at)" if diff.more_files else ""
    size = f"+{diff.lines_added} −{diff.lines_removed}"
    files = _count(len(diff.files), "Python file")
    return f"{quoted(branch)} into {quoted(base)}: {files}{more}, {size} lines."


def _tests(tests: BranchTests) -> str:
    if not tests.ran:
        return f"**Tests:** {tests.note}."
    if not tests.failures:
        return f"**Tests:** all {tests.passed} passed."
    lines = [f"**Tests:** {tests.failures} failed, {tests.passed} passed."]
    lines += [f"- {quoted(name)}" + (f": {quoted(why)}" if why else "") for name, why in tests.failed]
    if tests.more_failed:
        lines.append(f"- and {tests.more_failed} more")
    return "\n".join(lines)


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "**Findings:** none in the lines that changed."
    ordered = sorted(findings, key=lambda finding: (finding.severity, finding.path, finding.line))
    lines = [f"**Findings:** {len(findings)} in the lines that changed."]
    for finding in ordered[:_MOST_LINES]:
        place = quoted(f"{finding.path}:{finding.line}")
        lines.append(f"- {place} {finding.severity}, {quoted(finding.code)}: {prose(finding.message)}")
    if len(ordered) > _MOST_LINES:
        lines.append(f"- and {len(ordered) - _MOST_LINES} more")
    return "\n".join(lines)


def _cost(receipts: Sequence[Receipt]) -> str:
    total = sum((receipt.amount for receipt in receipts), Decimal(0))
    by_service: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        by_service.setdefault(receipt.service, []).append(receipt)
    shares = []
    for service, paid in by_service.items():
        instead = f", in place of {quoted(paid[0].instead_of)}" if paid[0].instead_of else ""
        amount = sum((receipt.amount for receipt in paid), Decimal(0))
        shares.append(f"{_count(len(paid), 'step')} by {quoted(service)} (${amount}{instead})")
    return f"**Cost:** ${total}: " + ", ".join(shares) + "."


def _count(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def quoted(text: str) -> str:
    """Text as a Markdown code span: no link, image, mention or HTML in it is more than characters."""
    flat = re.sub(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text).strip()[:300] or " "
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if "`" in flat else ""
    return f"{fence}{edge}{flat}{edge}{fence}"


def prose(text: str) -> str:
    """A sentence of a tool, which may repeat names from the branch: nothing in it is markup."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(
        quoted(piece[1:-1]) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces)
    )


def _escaped(text: str) -> str:
    return re.sub(r"([\\\[\]<>*_@#!|~`&])", r"\\\1", text)

"""Where the figures go: a file a day, a table and a chart in the documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.goals import GOALS, Goal, Verdict, number
from benchmarks.stack import REPOSITORY

RESULTS = REPOSITORY / "benchmarks" / "results"
PAGE = REPOSITORY / "docs" / "explanation" / "performance.md"
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"
_COLOURS = ("#94a3b8", "#64748b", "#334155")


def keep(measures: Mapping[str, Any], environment: Mapping[str, Any]) -> Path:
    """Add what was measured to the file of today."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.json"
    known = json.loads(file.read_text()) if file.exists() else {"measures": {}}
    known |= {"environment": environment, "measures": {**known["measures"], **measures}}
    file.write_text(
        json.dumps(known, indent=1, ensure_ascii=False, default=lambda value: round(value, 4)) + "\n"
    )
    return file


def write_page(kept: Mapping[str, Any]) -> None:
    """Write table and chart again, between the marks of the page."""
    text = PAGE.read_text()
    before, rest = text.split(_BEGIN, 1)
    after = rest.split(_END, 1)[1]
    PAGE.write_text(f"{before}{_BEGIN}\n{_tables(kept)}\n{_END}{after}")
    if "P1" in kept["measures"]:
        PAGE.with_suffix(".svg").write_text(chart(kept["measures"]["P1"]["rows"]))


def _tables(kept: Mapping[str, Any]) -> str:
    where = kept["environment"]
    drawn = ["![Tasks drained per second](performance.svg)", ""] if "P1" in kept["measures"] else []
    lines = [
        *drawn,
        f"{where['cores']} cores, {where['memory_gb']} GB, {where['system']}, Python {where['python']}, "
        f"commit {where['commit']}.",
        "",
        "| | figure | median (least – most) | goal | |",
        "|---|---|---|---|---|",
    ]
    for goal in GOALS:
        values = kept["measures"].get(goal.measure, {}).get("figures", {}).get(goal.figure)
        if values:
            lines.append(_goal_row(goal, Verdict(goal, values)))
    for name, measure in kept["measures"].items():
        lines += ["", f"**{name}**, {_of_rounds(measure['rows'])}", "", *_rows(measure["rows"])]
    return "\n".join(lines)


def _of_rounds(rows: Mapping[str, Mapping[str, list[float]]]) -> str:
    rounds = len(next(iter(next(iter(rows.values())).values())))
    return f"medians of {rounds} rounds" if rounds > 1 else "one round: no verdict yet"


def _goal_row(goal: Goal, verdict: Verdict) -> str:
    spread = f"{number(min(verdict.values))} – {number(max(verdict.values))}"
    sign = "≥" if goal.at == "least" else "≤"
    told = f"{number(verdict.value)} ({spread})"
    cells = [goal.measure, goal.figure, told, f"{sign} {number(goal.bound)} {goal.unit}", verdict.word]
    return f"| {' | '.join(cells)} |"


def _rows(rows: Mapping[str, Mapping[str, list[float]]]) -> list[str]:
    columns = [
        column for column in next(iter(rows.values())) if not column.startswith("CPU ") or column == "CPU ms"
    ]
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, values in rows.items():
        cells = [number(median(values[column])) if column in values else "" for column in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def chart(rows: Mapping[str, Mapping[str, list[float]]]) -> str:
    """Bars of tasks drained per second, by subject and concurrency."""
    subjects = list(dict.fromkeys(name.rsplit(" ", 1)[0] for name in rows))
    steps = ("c=10", "c=50", "c=100")
    rates = {name: median(columns["per second"]) for name, columns in rows.items()}
    most = max(rates.values())
    parts, y = [], 30
    for subject in subjects:
        parts.append(f'<text x="110" y="{y + 20}" text-anchor="end">{escape(subject)}</text>')
        for step, colour in zip(steps, _COLOURS, strict=True):
            rate = rates.get(f"{subject} {step}")
            if rate is None:
                continue
            width = max(1, round(rate / most * 460))
            fill = "#2563eb" if subject == "devos" else colour
            parts.append(f'<rect x="120" y="{y}" width="{width}" height="11" fill="{fill}"/>')
            parts.append(f'<text x="{126 + width}" y="{y + 10}" class="n">{number(rate)}/s at {step}</text>')
            y += 13
        y += 10
    style = "text{font:13px sans-serif;fill:#475569}.n{font-size:10px}"
    title = '<text x="120" y="18">No-op tasks drained per second, one worker process</text>'
    body = "".join([f"<style>{style}</style>", title, *parts])
    box = f'width="720" height="{y}" viewBox="0 0 720 {y}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{body}</svg>\n'

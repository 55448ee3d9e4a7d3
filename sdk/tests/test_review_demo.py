"""The agent and the demo as a whole, against the fake control plane."""
# pyright: reportMissingImports=false

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from agent import agent as review_agent
from checklist import Facts, missing
from drive import DemoError, read_options
from fake_devos import FakeDevos
from fake_store import FakeTask, Refusal
from project import Project, make_project
from running import at_work, until

import devos_sdk
from devos_sdk import Attempt, Charge, Service, Task

SCRIPT = Path(read_options.__code__.co_filename)
STEPS = ["read diff", *(f"check file {number}" for number in range(1, 6)), "tests", "write review"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "repository", "acme/parcel-rates")


def add_service(devos: FakeDevos, name: str, limit: str, substitute: str | None = None) -> None:
    made = {"id": f"id-{name}", "project_id": devos.project_id, "name": name, "state": "ACTIVE"}
    money = {"limit": Decimal(limit), "spent": Decimal(0)}
    devos.services[made["id"]] = {**made, **money, "substitute_id": substitute and f"id-{substitute}"}


def add_review(devos: FakeDevos, project: Project, association: str = "MEMBER") -> FakeTask:
    about = {
        "repository": project.name,
        "number": 7,
        "title": "x",
        "head_sha": project.head_sha,
        "head_ref": "feature/bulk-discount",
        "base_sha": project.base_sha,
        "base_ref": "main",
        "author": "grace",
        "author_association": association,
        "clone_url": project.clone_url,
        "url": "",
    }
    return devos.add("code_review", about)


async def test_a_review_is_paid_for_step_by_step_and_posted(devos: FakeDevos, project: Project) -> None:
    add_service(devos, "compute:reserve", "1.00")
    add_service(devos, "compute:standard", "0.12", substitute="compute:reserve")
    task = add_review(devos, project)
    async with at_work(review_agent, devos):
        await until(lambda: task.state == "completed", 60)
    assert task.output == {"verdict": "changes requested", "findings": 3, "failing_tests": 1, "cost": "0.40"}
    assert [charge["key"] for charge in task.charges] == STEPS
    paid_by = Counter(charge["service_id"] for charge in task.charges)
    assert paid_by == {"id-compute:standard": 2, "id-compute:reserve": 6}
    comment, status = (sent["asked"] for sent in devos.feedback.values())
    assert "$0.40: 2 steps by `compute:standard` ($0.10), 6 steps by `compute:reserve`" in comment["body"]
    assert (status["sha"], status["state"]) == (project.head_sha, "failure")
    assert len(json.dumps(task.steps)) < 10_000


async def test_a_second_attempt_pays_for_nothing_twice(devos: FakeDevos, project: Project) -> None:
    add_service(devos, "compute:standard", "1.00")
    task = add_review(devos, project)
    feedback = "/api/integrations/github/pr-feedback"
    devos.faults.refuse_next[feedback] = Refusal(500, "bug", "A bug.")
    async with at_work(review_agent, devos):
        await until(lambda: task.state == "completed", 60)
    assert [attempt["outcome"] for attempt in task.attempts] == ["retried", "completed"]
    assert [charge["key"] for charge in task.charges] == STEPS
    assert {charge["attempt"] for charge in task.charges} == {1}
    assert len(devos.feedback) == 2


async def test_a_review_says_that_a_strangers_tests_were_not_run(devos: FakeDevos, project: Project) -> None:
    add_service(devos, "compute:standard", "1.00")
    task = add_review(devos, project, association="NONE")
    async with at_work(review_agent, devos):
        await until(lambda: task.state == "completed", 60)
    comment, status = (sent["asked"] for sent in devos.feedback.values())
    assert "**Tests:** not run: the author is no owner, member or collaborator" in comment["body"]
    assert (status["state"], status["description"]) == ("success", "no failing tests, 3 findings")


async def test_a_review_without_money_is_blocked(devos: FakeDevos, project: Project) -> None:
    add_service(devos, "compute:standard", "0.12")
    task = add_review(devos, project)
    async with at_work(review_agent, devos):
        await until(lambda: task.state == "blocked", 60)
    assert task.blocked_reason == "budget"
    assert len(task.charges) == 2


def demo_environment(devos: FakeDevos, folder: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    devos.webhook_secret = b"a webhook secret"
    forge = f"http://127.0.0.1:{port}"

    def post(feedback: dict[str, Any]) -> None:
        comment = feedback["kind"] == "comment"
        place = f"issues/{feedback['number']}/comments" if comment else f"statuses/{feedback['sha']}"
        names = ("body",) if comment else ("state", "context", "description")
        httpx.post(
            f"{forge}/repos/{feedback['repository']}/{place}",
            json={name: feedback[name] for name in names},
            headers={"Authorization": "token demo-0123456789abcdef"},
        ).raise_for_status()

    devos.post_to_github = post
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(devos_sdk.__file__).parent.parent),
        "DEVOS_URL": devos.url,
        "DEVOS_DEMO_EMAIL": "admin@example.com",
        "DEVOS_DEMO_PASSWORD": "right",
        "DEVOS_DEMO_WEBHOOK_SECRET": "a webhook secret",
        "DEVOS_DEMO_GITHUB_PORT": str(port),
        "DEVOS_DEMO_FOLDER": str(folder),
    }


def test_the_demo_keeps_its_promises(devos: FakeDevos, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--json", "--repository", "some-one/thing.py", "--price", "0.013"]
    done = subprocess.run(
        [*command, "--budget", "0.05"],
        env=demo_environment(devos, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["ok"], told["missing"], told["first_agent_exit"]) == (True, [], -signal.SIGKILL)
    (task,) = devos.tasks.values()
    assert [attempt["outcome"] for attempt in task.attempts] == ["lease_expired", "completed"]
    assert Counter(charge["key"] for charge in task.charges) == Counter(STEPS)
    assert devos.cost() == Decimal("0.104")
    logged = [json.loads(line) for line in (tmp_path / "github-requests.jsonl").read_text().splitlines()]
    assert [(line["method"], line["status"]) for line in logged] == [("POST", 201)] * 2
    assert "the agent is ended by SIGKILL in the middle of its tests" in done.stderr
    assert not re.search("\033", done.stderr)
    assert len([*tmp_path.glob("devos-review-*")]) == 1  # of the agent that was killed
    assert "right" not in (tmp_path / "agent-1.log").read_text()


async def test_a_demo_that_is_ended_leaves_no_agent(devos: FakeDevos, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        env=demo_environment(devos, tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    await until(lambda: devos.calls("/api/agents/exchange"))
    process.terminate()
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    pid = int(re.findall(r"is started \(pid (\d+)\)", said)[0])
    assert not Path(f"/proc/{pid}").exists()


async def test_a_driver_that_is_killed_takes_its_agent_with_it(devos: FakeDevos, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", str(SCRIPT)],
        env=demo_environment(devos, tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    await until(lambda: devos.calls("/api/agents/exchange"))
    process.kill()
    said, _ = process.communicate(timeout=20)
    pid = int(re.findall(r"is started \(pid (\d+)\)", said)[0])
    await until(lambda: not Path(f"/proc/{pid}").exists())


SET = {f"DEVOS_{name}": "1" for name in (
    "URL", "DEMO_EMAIL", "DEMO_PASSWORD", "DEMO_WEBHOOK_SECRET", "DEMO_GITHUB_PORT", "DEMO_FOLDER",
)}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["--budget", "0.40"], SET, "for one of 8 steps and not for all: at least 0.05, less than 0.40."),
        (["--price", "0.30"], SET, "at least 0.30, less than 2.40."),
        (["--price", "-1"], SET, "The budget must pay"),
        (["--price", "NaN"], SET, "Price and budget are amounts"),
        (["--price", "cheap"], SET, "Price and budget are amounts such as 0.05."),
        ([], {"DEVOS_URL": "x"}, "Run `devos demo`: it sets DEVOS_DEMO_EMAIL, "),
    ],
)
def test_a_demo_that_cannot_be_played_says_why(
    arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DemoError, match=re.escape(sentence)):
        read_options(arguments, environment)


def facts() -> Facts:
    """What a demo that went well leaves behind."""
    day = "2026-01-01"
    task = {"id": "t", "project_id": "p", "kind": "code_review", "title": "x", "state": "completed"}
    counts = {"priority": "CRITICAL", "attempt": 2, "retry_count": 1, "max_retries": 3}
    times = {"created_at": day, "updated_at": day, "run_at": day}
    span = {"agent_id": "a", "started_at": day, "ended_at": day}
    ends = [(1, "lease_expired"), (2, "completed")]
    price = Decimal("0.05")
    return Facts(
        repository="o/r",
        head_sha="h",
        steps=STEPS,
        price=price,
        tasks=[Task.model_validate({**task, **counts, **times})],
        attempts=[Attempt.model_validate({"attempt": n, "outcome": end, **span}) for n, end in ends],
        charges=[
            Charge(id=step, service_id="s1" if number < 3 else "s2", key=step, amount=price)
            for number, step in enumerate(STEPS)
        ],
        services={
            "s1": Service(id="s1", project_id="p", name="s1", state="SUSPENDED", spent=3 * price),
            "s2": Service(id="s2", project_id="p", name="s2", state="ACTIVE", spent=5 * price),
        },
        comments=[{}],
        statuses=[{"sha": "h", "state": "failure"}],
        deliveries=[{"outcome": outcome} for outcome in ("accepted", "duplicate", "accepted")],
        first_agent_exit=-9,
    )


def changed(items: Iterable[Any], **fields: Any) -> list[Any]:
    return [item.model_copy(update=fields) for item in items]


def services(**fields: Any) -> dict[str, Service]:
    return {service.id: service for service in changed(facts().services.values(), **fields)}


def test_a_demo_that_went_well_misses_nothing() -> None:
    assert missing(facts()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_agent_exit": 0}, "ended by signal 9"),
        ({"attempts": facts().attempts[:1]}, "two attempts, lease_expired and completed"),
        ({"tasks": [*facts().tasks] * 2}, "three deliveries of one commit should make one task"),
        ({"tasks": changed(facts().tasks, priority="LOW")}, "completed, CRITICAL code_review"),
        ({"charges": [*facts().charges, facts().charges[0]]}, "each step should be paid for once"),
        ({"charges": changed(facts().charges, service_id="s2")}, "on two services"),
        ({"price": Decimal("0.06")}, "each charge should be $0.06"),
        ({"services": services(state="ACTIVE")}, "one service should be suspended"),
        ({"services": services(spent=Decimal(1))}, "the sum of its charges"),
        ({"comments": [{}, {}]}, "one comment on the pull request, but there are 2"),
        ({"statuses": []}, "the head commit should have one status"),
        ({"deliveries": [{"outcome": "accepted"}] * 3}, "accepted, duplicate and accepted"),
    ],
)
def test_what_a_demo_misses_is_a_sentence(change: dict[str, Any], sentence: str) -> None:
    assert any(sentence in found for found in missing(dataclasses.replace(facts(), **change)))

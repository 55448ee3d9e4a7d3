"""The demo, from outside: a repository, a webhook, an agent that is killed, and a check of what came of it.

`devos demo` starts a server and this. It speaks HTTP only, as any forge, agent and person would.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import FrameType
from typing import Any

from checklist import Facts, missing, summary
from github import GitHubStandIn
from project import CHANGED_FILES, make_project
from timeline import Timeline
from webhook import NUMBER, Forge, pull_request

from devos_sdk import Devos, DevosError, Event

LEASE_SECONDS = 3
DEADLINE_SECONDS = 60
FIRST, SUBSTITUTE = "compute:standard", "compute:reserve"
# Read the diff, check each file, run the tests, write the review: each is paid for, then done.
STEPS = ["read diff", *(f"check file {n + 1}" for n in range(len(CHANGED_FILES))), "tests", "write review"]
# Paying and doing are a step each: with this one the tests are paid for and are running.
KILL_AT_STEP = 2 * STEPS.index("tests") + 1


class DemoError(Exception):
    """The demo cannot go on; the sentence says why."""


@dataclass(frozen=True)
class Options:
    """What is asked for on the command line and in the environment."""

    repository: str
    price: Decimal
    budget: Decimal
    as_json: bool
    url: str
    email: str
    password: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    github_port: int = 0
    folder: Path = Path()


def read_options(arguments: list[str], environment: dict[str, str]) -> Options:
    """Raises DemoError for what cannot be played."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", default="acme/parcel-rates")
    parser.add_argument("--price", default="0.05", help="what one step of the agent costs")
    parser.add_argument("--budget", default="0.20", help="budget of the first service")
    parser.add_argument("--json", action="store_true", help="JSON on stdout, the timeline on stderr")
    parser.add_argument("--keep", action="store_true", help="accepted: what stays is the server")
    asked = parser.parse_args(arguments)
    try:
        price, budget = Decimal(asked.price), Decimal(asked.budget)
        most = len(STEPS) * price
        fits = 0 < price <= budget < most
    except InvalidOperation:
        raise DemoError("Price and budget are amounts such as 0.05.") from None
    if not fits:
        steps = f"one of {len(STEPS)} steps and not for all"
        raise DemoError(f"The budget must pay for {steps}: at least {price}, less than {most}.")
    names = ("URL", "DEMO_EMAIL", "DEMO_PASSWORD", "DEMO_WEBHOOK_SECRET", "DEMO_GITHUB_PORT", "DEMO_FOLDER")
    unset = [f"DEVOS_{name}" for name in names if not environment.get(f"DEVOS_{name}")]
    if unset:
        raise DemoError(f"Run `devos demo`: it sets {', '.join(unset)}.")
    url, email, password, secret, port, folder = (environment[f"DEVOS_{name}"] for name in names)
    return Options(
        asked.repository, price, budget, asked.json, url, email, password, secret, int(port), Path(folder)
    )


class AgentProcess:
    """agent.py as an operating system process of its own, which dies with this one."""

    def __init__(self, number: int, options: Options, key: str) -> None:
        self.log = options.folder / f"agent-{number}.log"
        here = Path(__file__).resolve().parent
        own = ("DEVOS_DEMO_PASSWORD", "DEVOS_DEMO_WEBHOOK_SECRET")
        environment = {
            **{name: value for name, value in os.environ.items() if name not in own},
            "DEVOS_URL": options.url,
            "DEVOS_AGENT_KEY": key,
            "REVIEW_SERVICE": FIRST,
            "REVIEW_PRICE": str(options.price),
            "REVIEW_LEASE_SECONDS": str(LEASE_SECONDS),
            # A killed agent cannot clean up; its checkout goes with the demo's folder.
            "TMPDIR": str(options.folder),
        }
        launcher = [sys.executable, str(here / "sandbox.py"), str(os.getpid()), "0"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*launcher, sys.executable, str(here / "agent.py")],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.pid = self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> int:
        """SIGKILL, which nobody can answer; the code it ended with."""
        self._process.send_signal(signal.SIGKILL)
        return self._process.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL if that is not enough."""
        if not self.has_ended:
            self._process.terminate()
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self.kill()

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class Demo:
    """One run. `stack` ends what it starts."""

    def __init__(self, options: Options, timeline: Timeline, stack: ExitStack) -> None:
        self._options = options
        self._timeline = timeline
        self._stack = stack
        self._devos = stack.enter_context(Devos(options.url))
        self._agent: AgentProcess | None = None
        self._cursor: str | None = None
        self._project_id = ""
        self._key = ""
        self.events: list[Event] = []

    def run(self) -> Facts:
        """The story, in order."""
        options, timeline = self._options, self._timeline
        project = make_project(options.folder / "repository", options.repository)
        repository_id = secrets.randbelow(10**9) + 1
        pull = pull_request(project, repository_id)
        log = options.folder / "github-requests.jsonl"
        github = self._stack.enter_context(GitHubStandIn(options.github_port, log, pull))
        forge = Forge(options.url, options.webhook_secret, pull)
        self._set_up(project.clone_url, repository_id)

        timeline.title(f"{options.repository}#{NUMBER}: {pull['title']}\n")
        first = self._start_agent(1)
        deliveries = [self._deliver(forge, "pull request opened", "opened")]
        self._follow(lambda: self._count("task.step_done") >= KILL_AT_STEP)
        exit_code = first.kill()
        timeline.add(f"the agent is ended by SIGKILL in the middle of its tests (pid {first.pid})", "bad")

        self._start_agent(2)
        deliveries.append(self._deliver(forge, "the same delivery again", "opened", deliveries[0]["id"]))
        deliveries.append(self._deliver(forge, "a new delivery of the same commit", "synchronize"))
        self._follow(lambda: self._count("webhook.processed") >= 2)
        self._follow(lambda: self._count("task.completed") >= 1 and self._count("feedback.sent") >= 2)
        return self._facts(github, deliveries, exit_code, project.head_sha)

    def _set_up(self, clone_url: str, repository_id: int) -> None:
        """What a person does once: sign in, a project with its repository, services and an agent."""
        options, devos = self._options, self._devos
        devos.sign_in(options.email, options.password)
        self._project_id = devos.projects.create(options.repository).id
        devos.repositories.create(
            options.repository,
            project_id=self._project_id,
            external_id=str(repository_id),
            clone_url=clone_url,
        )
        substitute = devos.services.create(
            SUBSTITUTE, project_id=self._project_id, limit=options.price * len(STEPS) * 4
        )
        devos.services.create(
            FIRST, project_id=self._project_id, limit=options.budget, substitute_id=substitute.id
        )
        registered = devos.agents.register(
            "review-agent", project_ids=[self._project_id], capabilities=["code-review"]
        )
        self._key = registered.api_key.get_secret_value()

    def _start_agent(self, number: int) -> AgentProcess:
        agent = AgentProcess(number, self._options, self._key)
        self._stack.callback(agent.stop)
        self._agent = agent
        which = "the agent" if number == 1 else "another agent process with the same key"
        self._timeline.add(f"{which} is started (pid {agent.pid})")
        return agent

    def _deliver(
        self, forge: Forge, what: str, action: str, delivery_id: str | None = None
    ) -> dict[str, str]:
        delivery_id, outcome = forge.deliver(action, delivery_id)
        self._timeline.add(f"GitHub sends {what}, signed: {outcome}")
        return {"what": what, "id": delivery_id, "outcome": outcome}

    def _count(self, type_: str) -> int:
        return sum(event.type == type_ for event in self.events)

    def _follow(self, done: Callable[[], bool]) -> None:
        """Read events as they come until it is so."""
        while not done():
            page = self._devos.events.list(project_id=self._project_id, after=self._cursor, limit=500)
            for event in page.items:
                self._cursor = event.cursor
                self.events.append(event)
                self._timeline.event(event)
                if event.type in ("task.failed", "task.blocked", "task.cancelled", "feedback.failed"):
                    raise DemoError(f"This should not have happened: {self._timeline.lines[-1]['what']}.")
            if self._agent is not None and self._agent.has_ended:
                raise DemoError(f"The agent ended by itself: {self._agent.last_words()}")
            if self._timeline.seconds > DEADLINE_SECONDS:
                raise DemoError(f"Nothing more came within {DEADLINE_SECONDS} s; see {self._options.folder}.")
            time.sleep(0.04)

    def _facts(
        self, github: GitHubStandIn, deliveries: list[dict[str, str]], exit_code: int, head_sha: str
    ) -> Facts:
        devos, tasks = self._devos, self._devos.tasks.list(project_id=self._project_id).items
        return Facts(
            repository=self._options.repository,
            head_sha=head_sha,
            steps=STEPS,
            price=self._options.price,
            tasks=[devos.tasks.get(task.id) for task in tasks],
            attempts=[attempt for task in tasks for attempt in devos.tasks.attempts(task.id).items],
            charges=[charge for task in tasks for charge in devos.tasks.charges(task.id).items],
            services={s.id: s for s in devos.services.list(project_id=self._project_id).items},
            comments=github.comments,
            statuses=github.statuses,
            deliveries=deliveries,
            first_agent_exit=exit_code,
        )


def main() -> int:
    """0: everything came out as promised. 1: it did not, and which. 2: it was asked wrongly."""
    try:
        options = read_options(sys.argv[1:], dict(os.environ))
    except DemoError as exc:
        print(exc, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)
    timeline = Timeline(sys.stderr if options.as_json else sys.stdout, STEPS)
    facts: Facts | None = None
    try:
        with ExitStack() as stack:
            facts = Demo(options, timeline, stack).run()
            wrong = missing(facts)
    except (DemoError, DevosError, OSError) as exc:
        wrong = [str(exc)]
    except KeyboardInterrupt:
        return 130
    _print_end(options, timeline, facts, wrong)
    return 1 if wrong else 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _print_end(options: Options, timeline: Timeline, facts: Facts | None, wrong: list[str]) -> None:
    seconds = round(timeline.seconds, 2)
    out = sys.stderr if options.as_json else sys.stdout
    lines = [*(summary(facts) if facts else []), *(f"Missing: {sentence}" for sentence in wrong)]
    print("\n" + "\n".join(lines), file=out)
    if not wrong:
        print(f"\nEverything came out as promised, in {seconds} s.", file=out)
    if options.as_json:
        document: dict[str, Any] = {"ok": not wrong, "missing": wrong, "seconds": seconds}
        document |= {"timeline": timeline.lines, **(facts.as_json() if facts else {})}
        print(json.dumps(document, indent=2))


if __name__ == "__main__":
    sys.exit(main())

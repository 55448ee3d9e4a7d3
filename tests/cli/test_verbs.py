"""The verbs of the command line, each a process of its own, against a `devos up`."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.devos import Answer, Running, devos, environment
from tests.support.folders import enterable_folder
from tests.support.processes import eventually

AGENT = Path(__file__).parents[2] / "sdk" / "tests" / "drain_agent.py"
PASSWORD = "long enough for a bird"


class Person:
    """Somebody at a terminal of their own."""

    def __init__(self, server: Running, home: Path, email: str, password: str = PASSWORD) -> None:
        self.email = email
        self.password = password
        self.home = home
        self.env = {"DEVOS_URL": server.url}

    def run(self, *arguments: str, stdin: str | None = None, **env: str) -> Answer:
        return devos(*arguments, home=self.home, env={**self.env, **env}, stdin=stdin)

    def does(self, *arguments: str, stdin: str | None = None, **env: str) -> Any:
        """Run a command that must end well; returns what it says in JSON."""
        answer = self.run(*arguments, "--json", stdin=stdin, **env)
        assert answer.code == 0, answer.text
        return answer.json

    def is_refused(self, *arguments: str, stdin: str | None = None, **env: str) -> str:
        """Run a command that must be refused; returns the code of the refusal."""
        answer = self.run(*arguments, "--json", stdin=stdin, **env)
        assert answer.code == 1, answer.text
        assert answer.json["error"]["message"]
        return answer.json["error"]["code"]


@pytest.fixture(scope="module")
def admin(server: Running) -> Iterator[Person]:
    with enterable_folder() as home:
        person = Person(server, home, server.told["email"], server.told["password"])
        person.does("login", "--email", person.email, stdin=f"{person.password}\n")
        yield person


@pytest.fixture(scope="module")
def project(admin: Person) -> str:
    return admin.does("projects", "create", "shop", "--description", "The web shop")["id"]


@contextmanager
def invited(server: Running, admin: Person, email: str, *to: str) -> Iterator[Person]:
    """A supervisor who came by an invitation."""
    with enterable_folder() as home:
        person = Person(server, home, email)
        token = admin.does("invitations", "create", email, "--role", "supervisor", *to)["token"]
        person.does("signup", "--email", email, stdin=f"{person.password}\n{token}\n")
        yield person


@pytest.fixture(scope="module")
def bob(server: Running, admin: Person, project: str) -> Iterator[Person]:
    """A supervisor of the project."""
    with invited(server, admin, "bob@example.com", "--project", project) as person:
        yield person


def test_people_sign_up_in_and_out(server: Running, admin: Person, bob: Person, project: str) -> None:
    assert admin.does("whoami")["role"] == "admin"
    me = bob.does("whoami")
    assert (me["kind"], me["name"], me["role"]) == ("person", bob.email, "supervisor")
    assert me["project_ids"] == [project]
    assert [row["name"] for row in bob.does("projects", "list")["items"]] == ["shop"]
    bob.does("logout")
    assert bob.is_refused("whoami") == "not_signed_in"
    assert bob.is_refused("login", "--email", bob.email, stdin="wrong\n") == "invalid_credentials"
    bob.does("login", "--email", bob.email, stdin=f"{bob.password}\n")
    assert bob.does("whoami")["name"] == bob.email
    (invitation,) = admin.does("invitations", "list")["items"]
    assert invitation["accepted_at"]


def test_nobody_signs_up_without_an_invitation(server: Running, home: Path) -> None:
    eve = Person(server, home, "eve@example.com")
    asked = ("signup", "--email", eve.email)
    assert eve.is_refused(*asked, "--without-invitation", stdin=f"{eve.password}\n") == "signup_disabled"
    forged = f"devos_inv_{'0' * 12}_{'x' * 43}"
    assert eve.is_refused(*asked, stdin=f"{eve.password}\n{forged}\n") == "invitation_not_valid"
    assert eve.is_refused("whoami") == "not_signed_in"


def test_teams_have_members_and_projects(admin: Person, bob: Person) -> None:
    team = admin.does("teams", "create", "core")["id"]
    person = bob.does("whoami")["id"]
    admin.does("teams", "add-member", team, person)
    assert {row["email"] for row in bob.does("teams", "members", team)["items"]} == {admin.email, bob.email}
    made = admin.does("projects", "create", "mall", "--team", team)["id"]
    assert bob.does("projects", "show", made)["team_id"] == team
    assert bob.does("projects", "edit", made, "--name", "arcade")["version"] == 2
    bob.does("projects", "config", made, "--default-priority", "HIGH")
    assert bob.does("tasks", "create", "t", "--project", made, "--kind", "k")["priority"] == "HIGH"
    assert admin.is_refused("teams", "delete", team) == "team_in_use"
    admin.does("teams", "remove-member", team, person)
    assert bob.is_refused("projects", "show", made) == "project_not_found"


def test_whoever_is_deactivated_is_sent_to_the_login(server: Running, admin: Person) -> None:
    with invited(server, admin, "carol@example.com") as carol:
        admin.does("users", "deactivate", carol.does("whoami")["id"])
        answer = carol.run("whoami")
        assert answer.code == 1
        assert answer.err.endswith("Next:  Sign in with `devos login`.\n")


def test_a_token_does_what_its_scopes_say_until_it_is_revoked(bob: Person, project: str) -> None:
    made = bob.does("tokens", "create", "nightly", "--scope", "tasks:read")
    token = made["token"]
    assert bob.does("whoami", DEVOS_TOKEN=token)["scopes"] == ["tasks:read"]
    bob.does("tasks", "list", DEVOS_TOKEN=token)
    create = ("tasks", "create", "t", "--project", project, "--kind", "k")
    assert bob.is_refused(*create, DEVOS_TOKEN=token) == "insufficient_scope"
    assert bob.is_refused("tokens", "list", DEVOS_TOKEN=token) == "insufficient_scope"
    assert token not in bob.run("tokens", "list", "--json").text
    bob.does("tokens", "revoke", made["id"])
    assert bob.is_refused("tasks", "list", DEVOS_TOKEN=token) == "not_signed_in"


def test_ci_speaks_for_a_project_with_a_token(bob: Person, project: str) -> None:
    made = bob.does("tokens", "create", "ci", "--project", project)
    me = bob.does("whoami", DEVOS_TOKEN=made["token"])
    assert (me["kind"], me["id"], me["project_ids"]) == ("project", project, [project])
    bob.does("tokens", "revoke", made["project_token"]["id"], "--project", project)
    assert bob.is_refused("whoami", DEVOS_TOKEN=made["token"]) == "not_signed_in"


def test_a_secret_is_kept_and_never_shown(bob: Person, project: str) -> None:
    of = ("--project", project)
    said = [bob.run("secrets", "set", "github", "--kind", "git", *of, stdin="ghp_canary0canary0\n")]
    assert bob.does("secrets", "set", "github", "--kind", "git", *of, stdin="ghp_canary1")["version"] == 2
    said += [bob.run("secrets", "list", *of), bob.run("secrets", "list", *of, "--json")]
    assert "github" in said[1].out
    assert "canary" not in "".join(one.text for one in said)
    bob.does("secrets", "delete", "github", *of)
    assert bob.does("secrets", "list", *of)["items"] == []


def start_agent(server: Running, home: Path, **env: str) -> subprocess.Popen[str]:
    own = {"HOME": str(home), "DEVOS_URL": server.url, **env}
    kept = {name: value for name, value in environment(home, own).items() if name != "XDG_STATE_HOME"}
    return subprocess.Popen([sys.executable, str(AGENT), "5"], env=kept, stderr=subprocess.PIPE, text=True)


def stop(agent: subprocess.Popen[str]) -> str:
    agent.send_signal(signal.SIGTERM)
    _, said = agent.communicate(timeout=30)
    assert agent.returncode == 0, said
    return said


def test_an_agent_registers_itself_works_and_gets_a_new_key(
    server: Running, bob: Person, project: str, home: Path
) -> None:
    of = ("--project", project, "--capability", "draining")
    made = bob.does("registration-tokens", "create", "fleet", *of)
    agent = start_agent(server, home, DEVOS_REGISTRATION_TOKEN=made["token"])
    try:
        task = ("tasks", "create", "work", "--project", project, "--kind", "work", "--require", "draining")
        first = bob.does(*task)["id"]
        eventually(lambda: bob.does("tasks", "show", first)["state"] == "completed", 30)
    finally:
        assert made["token"] not in stop(agent)
    (found,) = bob.does("agents", "list", "--label", "zone:test")["items"]
    (kept,) = (home / ".local" / "state" / "devos" / "agents").glob("*.key")
    rotated = bob.run("agents", "rotate-key", found["id"], "--overlap-seconds", "0").out
    old = start_agent(server, home, DEVOS_REGISTRATION_TOKEN=made["token"])
    _, said = old.communicate(timeout=30)
    assert old.returncode == 1
    assert f"Put a new key into {kept}" in said
    kept.write_text(rotated)
    agent = start_agent(server, home)
    try:
        second = bob.does(*task, "--agent", found["id"])["id"]
        followed = bob.run("tasks", "follow", second)
        assert followed.code == 0, followed.text
        assert "completed" in followed.out.splitlines()[-1]
    finally:
        stop(agent)
    bob.does("agents", "deactivate", found["id"])
    assert bob.does("agents", "show", found["id"])["state"] == "deactivated"
    refused = start_agent(server, home)
    refused.communicate(timeout=30)
    assert refused.returncode == 1
    (used,) = bob.does("registration-tokens", "list")["items"]
    assert used["uses"] == 1

"""The verbs of the command line and of the SDK, as other processes, against a `devos up`."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devos_sdk import Conflict, Devos, Forbidden, NotFound, Unauthorized
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


@pytest.fixture(scope="module")
def bob(server: Running, admin: Person, project: str) -> Iterator[Person]:
    """A supervisor who came by an invitation to the project."""
    with enterable_folder() as home:
        person = Person(server, home, "bob@example.com")
        to = ("--role", "supervisor", "--project", project)
        token = admin.does("invitations", "create", person.email, *to)["token"]
        person.does("signup", "--email", person.email, stdin=f"{person.password}\n{token}\n")
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
    assert bob.is_refused("teams", "show", team) == "team_not_found"
    admin.does("teams", "add-member", team, person)
    assert {row["email"] for row in bob.does("teams", "members", team)["items"]} == {admin.email, bob.email}
    made = admin.does("projects", "create", "mall", "--team", team)["id"]
    assert bob.does("projects", "show", made)["team_id"] == team
    assert bob.does("projects", "edit", made, "--name", "arcade")["version"] == 2
    assert bob.does("projects", "config", made, "--default-priority", "HIGH")["default_priority"] == "HIGH"
    assert bob.does("tasks", "create", "t", "--project", made, "--kind", "k")["priority"] == "HIGH"
    assert admin.is_refused("teams", "delete", team) == "team_in_use"
    assert admin.is_refused("projects", "delete", made) == "project_has_history"
    admin.does("teams", "remove-member", team, person)
    assert bob.is_refused("projects", "show", made) == "project_not_found"


def test_members_of_a_project_come_and_go(admin: Person, bob: Person) -> None:
    made = admin.does("projects", "create", "side")["id"]
    person = bob.does("whoami")["id"]
    assert bob.is_refused("projects", "show", made) == "project_not_found"
    admin.does("projects", "add-member", made, person)
    members = bob.does("projects", "members", made)["items"]
    assert {row["email"] for row in members} == {admin.email, bob.email}
    admin.does("projects", "remove-member", made, person)
    assert bob.is_refused("projects", "show", made) == "project_not_found"
    admin.does("projects", "delete", made)


def test_a_role_and_a_deactivation_hold_on_the_next_request(admin: Person, bob: Person) -> None:
    person = bob.does("whoami")["id"]
    assert bob.is_refused("users", "role", person, "admin") == "role_required"
    admin.does("users", "role", person, "viewer")
    assert bob.does("whoami")["role"] == "viewer"
    admin.does("users", "deactivate", person)
    answer = bob.run("whoami")
    assert answer.code == 1
    assert "devos login" in answer.err
    admin.does("users", "activate", person)
    admin.does("users", "role", person, "supervisor")
    bob.does("login", "--email", bob.email, stdin=f"{bob.password}\n")
    assert admin.is_refused("users", "role", admin.does("whoami")["id"], "viewer") == "last_admin"


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
        eventually(lambda: bob.does("tasks", "show", second)["state"] == "completed", 30)
    finally:
        stop(agent)
    bob.does("agents", "deactivate", found["id"])
    assert bob.does("agents", "show", found["id"])["state"] == "deactivated"
    refused = start_agent(server, home)
    refused.communicate(timeout=30)
    assert refused.returncode == 1
    (used,) = bob.does("registration-tokens", "list")["items"]
    assert used["uses"] == 1


def test_a_stranger_finds_nothing(server: Running, admin: Person, project: str, home: Path) -> None:
    eve = Person(server, home, "mallory@example.com")
    token = admin.does("invitations", "create", eve.email, "--role", "supervisor")["token"]
    eve.does("signup", "--email", eve.email, stdin=f"{eve.password}\n{token}\n")
    for area in ("projects", "teams", "agents", "tasks", "registration-tokens", "invitations", "tokens"):
        assert eve.does(area, "list")["items"] == []
    assert [row["email"] for row in eve.does("users", "list")["items"]] == [eve.email]
    for line in (("show", project), ("members", project), ("config", project), ("delete", project)):
        assert eve.is_refused("projects", *line) == "project_not_found"
    assert eve.is_refused("secrets", "list", "--project", project) == "project_not_found"


def test_the_client_speaks_for_a_person_and_keeps_the_session_fresh(server: Running) -> None:
    with Devos(server.url) as person:
        first = person.sign_in(server.told["email"], server.told["password"])
        second = person.refresh()
        assert second.access_token != first.access_token
        assert person.whoami().role == "admin"
        team = person.teams.create("versions")
        person.teams.update(team.id, name="Versions", version=team.version)
        with pytest.raises(Conflict) as caught:
            person.teams.update(team.id, name="VERSIONS", version=team.version)
        assert caught.value.code == "version_changed"
        token = person.tokens.create("script", scopes=["teams:read"]).token
        with Devos(server.url, token=token.get_secret_value()) as program:
            assert "Versions" in {found.name for found in program.teams.list().items}
            with pytest.raises(Forbidden):
                program.teams.delete(team.id)
        person.teams.delete(team.id)
        with pytest.raises(NotFound):
            person.teams.get(team.id)
        person.sign_out()
        with pytest.raises(Unauthorized):
            person.whoami()
    ended = first.access_token.get_secret_value()
    with Devos(server.url, token=ended) as late, pytest.raises(Unauthorized):
        late.whoami()

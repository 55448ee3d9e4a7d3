"""The commands: what each asks of the server, what it prints, and that it explains itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from commands import APP, Terminal
from fake_devos import FakeDevos
from typer.core import TyperGroup

A, B = "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})


def paths(group: Any, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        path = (*before, name)
        found += paths(command, path) if isinstance(command, TyperGroup) else [path]
    return found


COMMANDS = paths(typer.main.get_group(APP))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example_and_speaks_json(
    terminal: Terminal, path: tuple[str, ...]
) -> None:
    said = terminal.run(*path, "--help")
    assert said.code == 0
    assert "Example" in said.out
    assert f"devos {' '.join(path)}" in said.out
    assert "--json" in said.out
    assert "DEVOS_URL" in said.out


AT = "2030-01-01"
PERSON = {"id": B, "email": "b@x", "role": "viewer", "is_active": True, "created_at": AT}
REGISTRATION = {"project_ids": [A], "capabilities": [], "max_uses": 1, "uses": 0, "expires_at": AT}
ROWS = {
    "agents": {"id": A, "name": "a", "state": "idle", "version": 1},
    "invitations": {"id": A, "email": "b@x", "role": "viewer", "created_at": AT, "expires_at": AT},
    "keys": {"id": "5f3a9c0de112", "created_at": AT},
    "kinds": {"id": A, "project_id": A, "name": "greet", "version": 1},
    "limits": {"id": A, "project_id": A, "name": "few", "scope": "project", "version": 1, "created_at": AT},
    "projects": {"id": A, "name": "shop", "version": 4, "created_at": AT},
    "registration-tokens": {"id": A, "name": "t", "created_at": AT, **REGISTRATION},
    "schedules": {
        "id": A,
        "project_id": A,
        "name": "nightly",
        "cron": "0 3 * * *",
        "time_zone": "UTC",
        "version": 1,
        "created_at": AT,
    },
    "teams": {"id": A, "name": "core", "version": 1, "created_at": AT},
    "tokens": {"id": A, "name": "t", "scopes": ["tasks:read"], "created_at": AT},
    "users": {**PERSON, "id": A},
    f"projects/{A}/members": PERSON,
    f"teams/{A}/members": PERSON,
    f"projects/{A}/agents": {"id": B},
    f"projects/{A}/tokens": {"id": B, "project_id": A, "name": "ci", "created_at": AT},
    f"projects/{A}/secrets": {
        "id": B,
        "name": "github",
        "kind": "git",
        "version": 1,
        "created_at": AT,
        "changed_at": AT,
    },
}

CONFIG = {"default_priority": "MEDIUM", "default_max_retries": 3, "ageing_seconds": None}

CALLS = [
    ("users list", "GET /api/users", None),
    (f"users role {A} supervisor", f"PUT /api/users/{A}/role", {"role": "supervisor"}),
    (f"users activate {A}", f"PUT /api/users/{A}/activation", {"is_active": True}),
    (f"users deactivate {A}", f"PUT /api/users/{A}/activation", {"is_active": False}),
    (
        f"invitations create b@x --role supervisor --team {A} --days 3",
        "POST /api/invitations",
        {"email": "b@x", "role": "supervisor", "team_id": A, "expires_in_days": 3},
    ),
    ("invitations list", "GET /api/invitations", None),
    (f"invitations revoke {A}", f"DELETE /api/invitations/{A}", None),
    ("invitations accept", "POST /api/invitations/accept", {"token": "devos_inv_1_secret"}),
    ("teams list", "GET /api/teams", None),
    ("teams create core", "POST /api/teams", {"name": "core"}),
    (f"teams show {A}", f"GET /api/teams/{A}", None),
    (f"teams rename {A} platform", f"PUT /api/teams/{A}", {"name": "platform"}),
    (f"teams delete {A}", f"DELETE /api/teams/{A}", None),
    (f"teams members {A}", f"GET /api/teams/{A}/members", None),
    (f"teams add-member {A} {B}", f"PUT /api/teams/{A}/members/{B}", None),
    (f"teams remove-member {A} {B}", f"DELETE /api/teams/{A}/members/{B}", None),
    ("projects list", "GET /api/projects", None),
    (f"projects create shop --team {A}", "POST /api/projects", {"name": "shop", "team_id": A}),
    (f"projects show {A}", f"GET /api/projects/{A}", None),
    (
        f"projects edit {A} --description words",
        f"PUT /api/projects/{A}",
        {"name": "shop", "description": "words", "team_id": None},
    ),
    (f"projects delete {A}", f"DELETE /api/projects/{A}", None),
    (f"projects config {A}", f"GET /api/projects/{A}/config", None),
    (
        f"projects config {A} --default-max-retries 0",
        f"PUT /api/projects/{A}/config",
        {"default_priority": "MEDIUM", "default_max_retries": 0, "ageing_seconds": None},
    ),
    (
        f"projects config {A} --cancel-grace 5",
        f"PUT /api/projects/{A}/config",
        {**CONFIG, "cancel_grace_seconds": 5},
    ),
    (f"projects config {A} --ageing 600", f"PUT /api/projects/{A}/config", {**CONFIG, "ageing_seconds": 600}),
    (
        f"projects config {A} --creation-rate 600",
        f"PUT /api/projects/{A}/config",
        {**CONFIG, "creations_per_minute": 600},
    ),
    (
        f"projects config {A} --creation-rate 0",
        f"PUT /api/projects/{A}/config",
        {**CONFIG, "creations_per_minute": 0},
    ),
    (
        f"projects config {A} --ageing 0",
        f"PUT /api/projects/{A}/config",
        CONFIG,
    ),
    (f"projects members {A}", f"GET /api/projects/{A}/members", None),
    (f"projects add-member {A} {B}", f"PUT /api/projects/{A}/members/{B}", None),
    (f"projects remove-member {A} {B}", f"DELETE /api/projects/{A}/members/{B}", None),
    (f"projects add-agent {A} {B}", f"PUT /api/projects/{A}/agents/{B}", None),
    (f"projects remove-agent {A} {B}", f"DELETE /api/projects/{A}/agents/{B}", None),
    (
        f"secrets set github --kind git --project {A}",
        f"PUT /api/projects/{A}/secrets/github",
        {"kind": "git", "value": "devos_inv_1_secret"},
    ),
    (f"secrets list --project {A}", f"GET /api/projects/{A}/secrets", None),
    (f"secrets delete github --project {A}", f"DELETE /api/projects/{A}/secrets/github", None),
    (
        "tokens create laptop --scope tasks:read --scope tasks:write",
        "POST /api/tokens",
        {"name": "laptop", "scopes": ["tasks:read", "tasks:write"], "expires_in_days": 90},
    ),
    (
        f"tokens create ci --project {A} --never-expires",
        f"POST /api/projects/{A}/tokens",
        {"name": "ci", "expires_in_days": None},
    ),
    ("tokens list", "GET /api/tokens", None),
    (f"tokens list --project {A}", f"GET /api/projects/{A}/tokens", None),
    (f"tokens revoke {A}", f"DELETE /api/tokens/{A}", None),
    (f"tokens revoke {B} --project {A}", f"DELETE /api/projects/{A}/tokens/{B}", None),
    (
        f"registration-tokens create fleet --project {A} --capability x --max-uses 9 --hours 48",
        "POST /api/registration-tokens",
        {"name": "fleet", "project_ids": [A], "capabilities": ["x"], "max_uses": 9, "expires_in_hours": 48},
    ),
    ("registration-tokens list", "GET /api/registration-tokens", None),
    (f"registration-tokens revoke {A}", f"DELETE /api/registration-tokens/{A}", None),
    ("agents list --label zone:eu --state idle", "GET /api/agents", None),
    (f"agents show {A}", f"GET /api/agents/{A}", None),
    (
        f"agents register a --project {A} --capability x --label zone=eu",
        "POST /api/agents/register",
        {"name": "a", "project_ids": [A], "capabilities": ["x"], "labels": {"zone": "eu"}},
    ),
    (
        f"agents rotate-key {A} --overlap-seconds 60",
        f"POST /api/agents/{A}/rotate-key",
        {"overlap_seconds": 60},
    ),
    (f"agents keys {A}", f"GET /api/agents/{A}/keys", None),
    (f"agents revoke-key {A} 5f3a9c0de112", f"DELETE /api/agents/{A}/keys/5f3a9c0de112", None),
    (f"agents activate {A}", f"PUT /api/agents/{A}/activation", {"is_active": True}),
    (f"agents deactivate {A}", f"PUT /api/agents/{A}/activation", {"is_active": False}),
    (f"agents allow-broker {A}", f"PUT /api/agents/{A}/broker", {"is_allowed": True}),
    (f"agents deny-broker {A}", f"PUT /api/agents/{A}/broker", {"is_allowed": False}),
    (f"kinds list --project {A}", "GET /api/kinds", None),
    (f"kinds show greet --project {A}", "GET /api/kinds/greet", None),
    (
        f"kinds set greet --project {A} --file KIND",
        "PUT /api/kinds/greet",
        {"title": "Greet", "description": "", "input_schema": None, "output_schema": None, "defaults": {}},
    ),
    (f"kinds delete greet --project {A}", "DELETE /api/kinds/greet", None),
    (
        f'kinds validate greet --project {A} --input {{"name":"Ada"}}',
        "POST /api/kinds/greet/validate",
        {"input": {"name": "Ada"}},
    ),
    ("schedules list", "GET /api/schedules", None),
    (f"schedules show {A}", f"GET /api/schedules/{A}", None),
    (f"schedules pause {A}", f"POST /api/schedules/{A}/pause", {}),
    (f"schedules resume {A}", f"POST /api/schedules/{A}/resume", {}),
    (f"schedules run {A}", f"POST /api/schedules/{A}/run-now", {}),
    (f"schedules runs {A}", f"GET /api/schedules/{A}/runs", None),
    (f"schedules delete {A}", f"DELETE /api/schedules/{A}", None),
    ("limits list", "GET /api/limits", None),
    (f"limits show {A}", f"GET /api/limits/{A}", None),
    (f"limits delete {A}", f"DELETE /api/limits/{A}", None),
    ("tasks list --state failed", "GET /api/tasks", None),
    ("tasks list --state failed --state blocked --tag ui --search login --oldest", "GET /api/tasks", None),
    ('tasks edit TASK {"priority":"HIGH"}', "PUT /api/tasks/TASK", {"priority": "HIGH"}),
    ("tasks delete TASK", "DELETE /api/tasks/TASK", None),
    ("tasks requeue TASK", "POST /api/tasks/requeue", {"task_ids": ["TASK"]}),
    (
        f"tasks requeue --all --project {A} --kind work",
        "POST /api/tasks/requeue",
        {"filter": {"project_id": A, "kind": "work"}},
    ),
    (f"dead-letters list --project {A} --error boom", "GET /api/dead-letters", None),
    ("dead-letters show TASK", "GET /api/tasks/TASK/attempts", None),
    ("tasks show TASK", "GET /api/tasks/TASK", None),
    (
        f"tasks create Greet --project {A} --kind greet --input {{}} --priority HIGH --agent {B}",
        "POST /api/tasks",
        {
            "title": "Greet",
            "project_id": A,
            "kind": "greet",
            "priority": "HIGH",
            "input": {},
            "assigned_agent_id": B,
        },
    ),
    ("tasks cancel TASK", "POST /api/tasks/TASK/cancel", {}),
    ("tasks tree TASK", "GET /api/tasks/TASK/lineage", None),
    ("queue status", "GET /api/queue", None),
    (f"services list --project {A}", "GET /api/services", None),
    (
        f"services increase {A} --amount 5 --reason why",
        f"POST /api/services/{A}/increase-budget",
        {"amount": "5", "reason": "why"},
    ),
]


@pytest.fixture
def furnished(terminal: Terminal) -> Terminal:
    devos = terminal.devos
    for area, row in ROWS.items():
        devos.rows[area].append(dict(row))
    devos.services[A] = {"id": A, "project_id": A, "name": "model", "state": "ACTIVE", "limit": 1, "spent": 0}
    return terminal


@pytest.mark.parametrize(("line", "request_line", "body"), CALLS, ids=[line for line, _, _ in CALLS])
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_command_asks_for_what_it_says(
    furnished: Terminal, line: str, request_line: str, body: Any, as_json: bool
) -> None:
    devos = furnished.devos
    task = devos.add("work").id
    (furnished.home / "kind.json").write_text('{"title": "Greet"}')
    words = [word.replace("KIND", str(furnished.home / "kind.json")) for word in line.split()]
    arguments = [word.replace("TASK", task) for word in words]
    said = furnished.run(*arguments, *(["--json"] if as_json else []), stdin="devos_inv_1_secret\n")
    assert said.code == 0, said
    last = devos.requests[-1]
    assert f"{last.method} {last.path}" == request_line.replace("TASK", task)
    assert json.dumps(last.body) == json.dumps(body).replace("TASK", task)
    if as_json:
        assert isinstance(said.json, dict)
    else:
        assert said.out or said.err


# Commands with tests of their own.
ELSEWHERE = {
    ("events", "follow"),
    ("tasks", "follow"),
    ("artifacts", "download"),
    ("artifacts", "list"),
    ("tasks", "logs"),
    ("tasks", "wait"),
    ("schedules", "create"),
    ("schedules", "update"),
    ("schedules", "preview"),
    ("tasks", "waits"),
    ("limits", "set"),
}


def test_all_commands_are_called() -> None:
    called = {tuple(line.split()[:2]) for line, _, _ in CALLS} | ELSEWHERE
    assert {path for path in COMMANDS if len(path) == 2} == called


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("tokens create laptop --scope tasks:read", "devos_api_1_secret"),
        (f"tokens create ci --project {A}", "devos_prj_1_secret"),
        ("invitations create b@x", "devos_inv_1_secret"),
    ],
)
def test_a_new_token_stands_alone_on_standard_output(terminal: Terminal, line: str, secret: str) -> None:
    said = terminal.run(*line.split())
    assert said.out == f"{secret}\n"
    assert secret not in said.err
    assert "Shown this once" in said.err
    assert terminal.run(*line.split(), "--json").json["token"] == secret


def test_a_key_stands_alone_too(furnished: Terminal) -> None:
    for line in (f"agents register a --project {A}", f"agents rotate-key {A}"):
        assert furnished.run(*line.split()).out.startswith("devos_")
        assert furnished.run(*line.split(), "--json").json["api_key"].startswith("devos_")


def test_no_list_and_no_secret_shows_a_value(furnished: Terminal) -> None:
    for line in ("tokens create t --scope tasks:read", f"agents register a --project {A}"):
        furnished.run(*line.split())
    told = [furnished.run("secrets", "set", "k", "--kind", "ci", "--project", A, stdin="canary\nof two\n")]
    told += [furnished.run(*line.split(), "--json") for line, call, _ in CALLS if call.startswith("GET")]
    assert furnished.devos.calls(f"/api/projects/{A}/secrets/k")[0].body["value"] == "canary\nof two"
    assert not any("canary" in said.out + said.err or "_secret" in said.out for said in told)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("users role not-an-id admin", "should be a valid UUID"),
        (f"users role {A} emperor", "is not one of"),
        ("tokens create t", "Name the scopes with --scope"),
        (f"tokens create t --project {A} --scope x", "Name the scopes with --scope"),
        ("secrets list", "name one of them"),
        (f"secrets set k --kind git --project {A}", "standard input is empty"),
        (f"tasks create t --project {A} --kind k --input [1]", "no JSON object"),
        (f"tasks create t --project {A} --kind k --input {{", "no JSON"),
        (f"agents register a --project {A} --label zone", "not of the form key=value"),
        ("agents register a", "Missing option"),
        ("tokens create ci --scope tasks:read --days 3 --never-expires", "not both"),
        ("users", "Usage"),
    ],
)
def test_wrong_usage_ends_with_2_and_asks_nothing(terminal: Terminal, line: str, why: str) -> None:
    said = terminal.run(*line.split(), stdin="")
    assert said.code == 2
    assert why in said.out + said.err
    assert terminal.devos.requests == []


def test_a_refusal_ends_with_1_and_the_next_step(terminal: Terminal) -> None:
    said = terminal.run("teams", "show", A)
    assert (said.code, said.err) == (1, "Error: There is no such thing.\n")
    told = terminal.run("teams", "show", A, "--json").json["error"]
    assert (told["code"], told["exit_code"]) == ("teams_not_found", 1)
    assert told["request_id"]


def test_an_edit_is_over_the_version_that_was_read(furnished: Terminal) -> None:
    furnished.run("projects", "edit", A, "--name", "mall")
    assert furnished.devos.requests[-1].headers["if-match"] == '"4"'


def test_text_of_others_steers_no_terminal(terminal: Terminal) -> None:
    name = "\x1b[2J\x1b]0;pwned\x07[bold]x[/bold]"
    terminal.devos.rows["teams"].append({**ROWS["teams"], "name": name})
    for line in (("teams", "list"), ("teams", "show", A)):
        out = terminal.run(*line).out
        assert "\x1b" not in out
        assert "\x07" not in out
        assert "[bold]x[/bold]" in out
    assert terminal.run("teams", "list", "--json").json["items"][0]["name"] == name


def test_a_long_list_says_how_to_go_on(terminal: Terminal) -> None:
    for number in range(3):
        terminal.devos.rows["teams"].append({**ROWS["teams"], "name": f"team {number}"})
    first = terminal.run("teams", "list", "--limit", "2")
    assert "There are more: --cursor 2" in first.err
    assert "team 1" in first.out
    assert "team 2" in terminal.run("teams", "list", "--cursor", "2").out
    assert terminal.run("users", "list").err == "There are none.\n"


def test_the_queue_is_told_in_words(terminal: Terminal) -> None:
    said = terminal.run("queue", "status").out
    assert "3 or more, the oldest for 0:01:01" in said
    assert "does a worker run?" in said
    assert "4 rows, 1 dead, vacuumed never" in said
    assert "greet" in said
    assert terminal.run("queue", "status", "--json").json["outbox"]["waiting"] == 2

"""The commands of the pages about tokens and secrets, run from top to bottom in one shell."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from control_plane.http.scopes import SCOPES
from devos_sdk import Devos
from tests.docs.repository import ROOT
from tests.support.devos import Running, environment, running
from tests.support.devos import devos as devos_command
from tests.support.folders import enterable_folder

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What the reader fills in stands there already.
FILLED = re.compile(r"\b[A-Z_]+=(\.\.\.|http://127\.0\.0\.1:8000)(?=\s|$)")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with (
        enterable_folder() as folder,
        running("up", "--data", str(folder / "data"), "--port", "0", home=folder) as up,
    ):
        yield up


def commands(page: str) -> str:
    """What a reader types, without the prompts and without what is printed."""
    typed: list[str] = []
    for block in BLOCK.findall((ROOT / "docs" / "howto" / page).read_text()):
        going_on = False
        for line in block.splitlines():
            if going_on or line.startswith("$ "):
                typed.append(FILLED.sub("", line.removeprefix("$ ")))
                going_on = line.endswith(("\\", "|"))
    return "\n".join(line for line in typed if line.split() != ["export"])


def read(server: Running, page: str, folder: Path, **filled: str) -> list[str]:
    """Type it all; the lines that were printed."""
    devos = f'#!/bin/sh\nexec {sys.executable} -m control_plane "$@" --data {server.home}/data\n'
    (folder / "bin").mkdir()
    (folder / "bin" / "devos").write_text(devos)
    (folder / "bin" / "devos").chmod(0o700)
    env = environment(folder, {"DEVOS_URL": server.url, **filled})
    env["PATH"] = f"{folder}/bin:{env['PATH']}"
    # A line of its own for each answer.
    script = f'set -euo pipefail\ncurl() {{ command curl "$@"; echo; }}\n{commands(page)}\n'
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    return [line for line in done.stdout.splitlines() if line]


@pytest.fixture(scope="module")
def told(server: Running) -> dict[str, str]:
    """What a reader has at hand: a login, a token, a project and a team."""
    login = {"email": server.told["email"], "password": server.told["password"]}
    with httpx.Client(base_url=server.url, trust_env=False) as client:

        def made(path: str, **body: object) -> Any:
            answer = client.post(path, json=body)
            assert answer.is_success, answer.text
            return answer.json()

        session = made("/auth/v1/token?grant_type=password", **login)["access_token"]
        client.headers["Authorization"] = f"Bearer {session}"
        scopes = ["projects:write", "secrets:read", "secrets:write", "tasks:read", "tasks:write"]
        return {
            "EMAIL": login["email"],
            "PASSWORD": login["password"],
            "PROJECT": made("/api/projects", name="web shop")["id"],
            "TEAM": made("/api/teams", name="shop")["id"],
            "TOKEN": made("/api/tokens", name="x", scopes=scopes)["token"],
        }


def test_the_page_about_tokens_does_what_it_says(
    server: Running, told: dict[str, str], tmp_path: Path
) -> None:
    printed = read(server, "tokens.md", tmp_path, **told)
    tasks, me, ci, own, of_project = [json.loads(line) for line in printed if line.startswith("{")]
    assert tasks == {"items": [], "next_cursor": None}
    assert (me["kind"], me["scopes"]) == ("person", ["tasks:read", "tasks:write"])
    assert (ci["kind"], ci["id"]) == ("project", told["PROJECT"])
    assert [token["name"] for token in own["items"]] == ["x", "nightly"]
    assert [token["name"] for token in of_project["items"]] == ["github actions"]
    assert printed[-1] == "401"


def test_the_page_about_secrets_does_what_it_says(
    server: Running, told: dict[str, str], tmp_path: Path
) -> None:
    printed = read(server, "secrets.md", tmp_path, **told)
    own, shared, listed = [json.loads(line) for line in printed if line.startswith("{")]
    assert (own["project_id"], shared["team_id"]) == (told["PROJECT"], told["TEAM"])
    assert listed["items"] == [own]
    assert printed[-1] == "Encrypted anew: 1."


def test_the_page_about_following_does_what_it_says(
    server: Running, told: dict[str, str], tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "howto" / "follow-events.md").read_text()
    with Devos(server.url) as devos:
        devos.sign_in(told["EMAIL"], told["PASSWORD"])
        token = devos.tokens.create("x", scopes=["events:read", "tasks:read"]).token.get_secret_value()
        task = devos.tasks.create("Greet Ada", project_id=told["PROJECT"], kind="greet")
        devos.tasks.cancel(task.id)
    (program,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    env = environment(tmp_path, {"DEVOS_URL": server.url, "DEVOS_TOKEN": token})
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("task.created Greet Ada\n", "")
    (curl,) = [block for block in BLOCK.findall(page) if "curl" in block]
    script = "\n".join(line.removeprefix("$ ") for line in curl.splitlines())
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True)
    assert json.loads(done.stdout.removeprefix("data: "))["subject_id"] == task.id
    followed = devos_command("tasks", "follow", task.id, home=tmp_path, env=env)
    assert (followed.code, followed.out.split()[-1]) == (1, "cancelled")


def test_the_page_about_kinds_does_what_it_says(
    server: Running, told: dict[str, str], tmp_path: Path
) -> None:
    printed = read(server, "kinds.md", tmp_path, **told)
    kind, refused, verdict, listed = [json.loads(line) for line in printed if line.startswith("{")]
    assert (kind["name"], kind["version"]) == ("greet", 1)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("input_invalid", "")
    assert [error["pointer"] for error in verdict["errors"]] == ["/text"]
    assert kind in listed["items"]


def test_the_page_about_schedules_does_what_it_says(
    server: Running, told: dict[str, str], tmp_path: Path
) -> None:
    printed = read(server, "schedules.md", tmp_path, **told)
    preview, made, run, runs, paused, resumed, changed = map(json.loads, printed)
    assert (len(preview["next_runs"]), made["next_run_at"] is not None) == (3, True)
    assert (run["schedule_id"], run["is_manual"]) == (made["id"], True)
    assert [one["task_id"] for one in runs["items"]] == [run["task_id"]]
    assert (paused["is_paused"], resumed["is_paused"]) == (True, False)
    assert (changed["overlap"], changed["task"]["priority"]) == ("queue", "LOW")


def test_the_page_about_limits_does_what_it_says(
    server: Running, told: dict[str, str], tmp_path: Path
) -> None:
    printed = read(server, "limits.md", tmp_path, **told)
    deploys, of_keys, task, changed, config, waits = map(json.loads, printed)
    assert (deploys["max_running"], of_keys["scope"], task["concurrency_key"]) == (1, "key", "acme/shop")
    assert (changed["id"], changed["max_running"]) == (deploys["id"], 0)
    assert config["creations_per_minute"] == 600
    assert [wait["name"] for wait in waits["items"]] == ["one deploy"]


def test_every_scope_is_on_the_page_about_tokens() -> None:
    page = (ROOT / "docs" / "howto" / "tokens.md").read_text()
    assert {*re.findall(r"`([a-z]+:(?:read|write))`", page)} == {*SCOPES}

"""What others build on."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import devos_sdk

PUBLIC = """
Agent AsyncDevos Context Devos Retry SyncContext __version__
BudgetExhausted Cancelled Conflict DevosError Forbidden Invalid NotFound RateLimited RetryLater Terminal
Unauthorized Unavailable
AgentInfo AgentKey Artifact Attempt Charge ChargeResult ClaimedTask DeadLetter Dependency Dispatch Event
Feedback Kind KindComplaint KindVerdict Limit Lineage LineageTask LogLine Page QueueStatus Rate Registration
Repository Requeued RetryPolicy Schedule SchedulePreview ScheduleRun Service ServiceRef Step Task TaskCount
TaskSummary Wait
ApiToken Invitation NewApiToken NewInvitation NewProjectToken NewRegistrationToken Person Project
ProjectConfig ProjectToken RegistrationToken Secret Session SessionStorage Team User Whoami
"""

VERBS = {
    "Agent": "name publish_kinds run serve stop task",
    "Context": "artifact attempt cancelled charge checkpoint checkpoint_data dispatch input log progress "
    "step successor task",
    "AsyncDevos": "agents artifacts close dead_letters events invitations kinds limits logs project_tokens "
    "projects queue refresh registration_tokens repositories schedules secrets services sign_in sign_out "
    "sign_up tasks teams tokens users whoami",
    "agents": "activate allow_broker deactivate deny_broker get keys list register revoke_key rotate_key "
    "update",
    "artifacts": "delete download get",
    "dead_letters": "list",
    "events": "follow iterate list",
    "invitations": "accept create list revoke",
    "kinds": "delete get list set validate",
    "project_tokens": "create list revoke",
    "limits": "create delete get list update",
    "logs": "list",
    "projects": "add_agent add_member config create delete get list members remove_agent remove_member "
    "set_config update",
    "queue": "status",
    "registration_tokens": "create list revoke",
    "repositories": "create",
    "schedules": "create delete get list of_task pause preview resume run runs update",
    "secrets": "delete list set",
    "services": "create increase_budget list",
    "tasks": "add_dependencies artifacts attempts cancel charges counts create create_many delete "
    "dependencies edit follow get lineage list logs remove_dependency requeue requeue_failed set_status "
    "steps successor wait waits",
    "teams": "add_member create delete get list members remove_member update",
    "tokens": "create list revoke",
    "users": "activate deactivate get list set_role",
}


def names(of: object) -> str:
    return " ".join(sorted(name for name in dir(of) if not name.startswith("_")))


def test_the_public_names_are_these() -> None:
    assert sorted(devos_sdk.__all__) == sorted(PUBLIC.split())


def test_every_other_module_is_private() -> None:
    modules = {path.name for path in Path(devos_sdk.__file__).parent.iterdir() if path.suffix == ".py"}
    assert {name for name in modules if not name.startswith("_")} == set()


def test_the_verbs_are_these() -> None:
    client = devos_sdk.Devos("http://localhost")
    try:
        assert names(client) == names(devos_sdk.AsyncDevos("http://localhost")) == VERBS["AsyncDevos"]
        areas = {name: names(getattr(client, name)) for name in VERBS if name.islower()}
        assert areas == {name: verbs for name, verbs in VERBS.items() if name.islower()}
    finally:
        client.close()
    assert names(devos_sdk.Agent("a")) == VERBS["Agent"]
    assert names(devos_sdk.Context) == names(devos_sdk.SyncContext) == VERBS["Context"]


def test_what_only_people_need_is_loaded_when_they_sign_in() -> None:
    program = (
        "import sys; from devos_sdk import Devos; Devos('http://h', token='t').close(); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert {"supabase", "supabase_auth", "typer", "platformdirs"} & set(loaded.split()) == set()


def test_the_version_is_the_one_that_is_published() -> None:
    described = Path(__file__).parent.parent / "pyproject.toml"
    assert tomllib.loads(described.read_text())["project"]["version"] == devos_sdk.__version__


def test_the_sdk_needs_nothing_of_the_control_plane() -> None:
    loaded = "import sys, devos_sdk; print(*[m for m in sys.modules if m.startswith('control_plane')])"
    source = str(Path(devos_sdk.__file__).parent.parent)
    found = subprocess.run(
        [sys.executable, "-c", loaded], env={"PYTHONPATH": source}, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == ""

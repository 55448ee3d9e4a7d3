"""Commands without a server: usage, settings, errors, and a database of one's own."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from control_plane.cli import commands, demo
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.devos import devos


def test_wrong_usage_ends_with_2(home: Path) -> None:
    answer = devos("nonsense", home=home)
    assert answer.code == 2
    assert "No such command" in answer.err


@pytest.mark.parametrize(
    "arguments", [["up", "--nonsense"], ["up", "--port", "x"], ["logs", "-n", "-1"], ["config"]]
)
def test_every_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(commands.build(), arguments).exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "down",
        "status",
        "doctor",
        "demo",
        "logs",
        "migrate",
        "api",
        "worker",
        "reset",
        "secrets rotate",
        "uninstall",
        "version",
        "admin create",
        "admin grant",
        "admin reset-password",
    ],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    answer = CliRunner().invoke(commands.build(), [*command.split(), "--help"], env={"COLUMNS": "300"})
    assert answer.exit_code == 0
    assert "Example" in answer.output
    assert f"devos {command}" in answer.output


def test_config_show_names_sources_and_masks_secrets(home: Path) -> None:
    (home / "devos.toml").write_text("port = 8030\n")
    env = {"GITHUB_TOKEN": "ghp_canary0canary0", "DEVOS_LOG_LEVEL": "warning"}
    rows = {row["name"]: row for row in devos("config", "show", "--json", home=home, env=env).json}
    assert (rows["port"]["value"], rows["port"]["source"]) == ("8030", "devos.toml")
    assert rows["log_level"]["source"] == "DEVOS_LOG_LEVEL"
    assert rows["github_token"]["value"] == "********"
    shown = devos("config", "show", home=home, env=env)
    assert "canary0" not in shown.text
    assert "GITHUB_TOKEN" in shown.out


def test_a_wrong_setting_is_one_sentence_and_a_next_step(home: Path) -> None:
    answer = devos("config", "show", "--json", home=home, env={"DEVOS_PORT": "many"})
    assert answer.code == 1
    assert "The setting port (from DEVOS_PORT) is not valid" in answer.json["error"]["message"]
    assert answer.json["error"]["hint"]


def test_doctor_names_a_misspelt_setting_and_a_missing_secret(home: Path) -> None:
    answer = devos("doctor", "--data", str(home / "data"), home=home, env={"DEVOS_PROT": "1"})
    assert answer.code == 0
    assert "DEVOS_PROT is no setting of devos" in answer.out
    assert "GitHub webhooks are refused" in answer.out


def test_doctor_knows_the_settings_of_agents_and_clients(home: Path) -> None:
    names = ("DEVOS_URL", "DEVOS_TOKEN_FILE", "DEVOS_AGENT_KEY", "DEVOS_KEY_FILE", "DEVOS_CA_FILE")
    names += ("DEVOS_REGISTRATION_TOKEN", "DEVOS_CLIENT_CERTIFICATE", "DEVOS_CLIENT_KEY")
    answer = devos("doctor", "--data", str(home / "data"), home=home, env=dict.fromkeys(names, "x"))
    assert "is no setting of devos" not in answer.out


def test_doctor_fails_on_a_folder_of_another_postgres(home: Path) -> None:
    (home / "data" / "pg").mkdir(parents=True)
    (home / "data" / "pg" / "PG_VERSION").write_text("16\n")
    answer = devos("doctor", "--data", str(home / "data"), "--json", home=home)
    assert answer.code == 1
    failed = [check for check in answer.json["checks"] if check["result"] == "failed"]
    assert [check["check"] for check in failed] == ["data"]
    assert "Postgres 16" in failed[0]["detail"]


def test_version_is_printed(home: Path) -> None:
    assert devos("version", "--json", home=home).json["postgres"] == "18"
    assert devos("version", home=home).out.startswith("devos ")


def test_what_should_not_happen_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(commands, "build", lambda: broken)
    monkeypatch.setattr(sys, "argv", ["devos", "status"])
    with pytest.raises(SystemExit) as end:
        commands.run()
    assert end.value.code == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError: a bug" in err
    assert "Traceback" not in err


def test_the_demo_of_a_wheel_says_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "repository_folder", lambda: tmp_path)
    with pytest.raises(OperatorError, match="The demo comes with the repository of devos") as refusal:
        demo.demo()
    assert "make demo" in refusal.value.hint


def test_the_demo_wants_a_new_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> None:
    driver = tmp_path / "sdk" / "examples" / "review_demo" / "drive.py"
    driver.parent.mkdir(parents=True)
    driver.touch()
    monkeypatch.setattr(demo, "repository_folder", lambda: tmp_path)
    (home / "mine").touch()
    with pytest.raises(OperatorError, match=f"{home} is not empty"):
        demo.demo(data=str(home))
    assert (home / "mine").exists()


@pytest.fixture
async def external(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    """An empty database that plays the external one."""
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute("create database external")
    yield cluster.dsn(database="external")
    await admin.execute("drop database external with (force)")
    await admin.close()


def test_migrate_brings_an_external_database_up_to_date(external: str, home: Path) -> None:
    env = {"DEVOS_ADMIN_DATABASE_URL": external}
    names = sorted(path.name for path in (sql_dir() / "migrations").glob("*.sql"))
    dry = devos("migrate", "--dry-run", "--json", home=home, env=env)
    assert dry.json == {"applied": names, "logic_rebuilt": True, "dry_run": True}
    assert devos("migrate", home=home, env=env).out.count("applied: ") == len(names)
    again = devos("migrate", home=home, env=env)
    assert (again.code, again.out.strip()) == (0, "The database is up to date.")


def test_migrate_without_an_external_database_says_who_does_it(home: Path) -> None:
    answer = devos("migrate", home=home)
    assert answer.code == 1
    assert "DEVOS_ADMIN_DATABASE_URL is not set" in answer.err
    assert "devos up" in answer.err

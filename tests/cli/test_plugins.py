"""Commands of other packages in the command `devos`."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from control_plane.cli import commands
from control_plane.cli.plugins import GROUP
from tests.support.devos import devos


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings commands: `hello`, a `version` of its own, and one more of the group `config`."""
    app = typer.Typer()
    for name in ("hello", "version"):
        app.command(name)(lambda: print("theirs"))
    group = typer.Typer()
    for name in ("forget", "show"):
        group.command(name)(lambda: print("theirs"))
    app.add_typer(group, name="config")
    module = ModuleType("their_commands")
    module.commands = lambda: app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    found = [
        importlib.metadata.EntryPoint(name, value, GROUP)
        for name, value in (("broken", "no_such_module:commands"), ("theirs", "their_commands:commands"))
    ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: found)


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(commands.build(), arguments, env={"COLUMNS": "300"})
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.usefixtures("plugin")
def test_commands_of_another_package_are_ours_too() -> None:
    assert run("hello")[:2] == (0, "theirs\n")
    assert run("config", "forget")[:2] == (0, "theirs\n")
    assert "hello" in run("--help")[1]


@pytest.mark.usefixtures("plugin")
def test_no_other_package_takes_a_command_of_ours() -> None:
    assert "theirs" not in run("version")[1]
    assert "Show every setting" in run("config", "show", "--help")[1]


@pytest.mark.usefixtures("plugin")
def test_a_broken_package_is_told_and_stops_nobody() -> None:
    code, _, err = run("hello")
    assert code == 0
    assert "Warning: The commands of no_such_module:commands cannot be loaded" in err
    assert run("version")[2] == ""  # ours do not even look


def test_the_commands_of_the_sdk_are_there(home: Path) -> None:
    answer = devos("whoami", "--json", home=home)
    assert answer.code == 1
    assert answer.json["error"]["hint"] == "Sign in with `devos login`."

"""A person at a terminal: commands that run in this process, with a home of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_devos import FakeDevos
from typer.testing import CliRunner

from devos_sdk._cli import commands

APP = commands()


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """Runs commands against one control plane."""

    devos: FakeDevos
    home: Path
    env: dict[str, str | None] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str | None = None, **env: str) -> Said:
        base = {"DEVOS_URL": self.devos.url, "DEVOS_TOKEN": None, "XDG_CONFIG_HOME": str(self.home)}
        wide = {"COLUMNS": "300", "TERM": "dumb"}
        done = CliRunner().invoke(APP, arguments, input=stdin, env={**base, **wide, **self.env, **env})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def login(self, **env: str) -> Said:
        return self.run("login", "--email", "ada@example.com", stdin="right\n", **env)

    def sessions(self) -> list[Path]:
        return [*(self.home / "devos" / "sessions").iterdir()]

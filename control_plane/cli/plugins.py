"""Commands of other packages, found by their entry points `devos.commands`: functions that answer a Typer."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context

GROUP = "devos.commands"


class WithPlugins(TyperGroup):
    """Our commands, and those of others once one of theirs is meant: `devos api` needs none of them."""

    _complete = False

    def list_commands(self, ctx: Context) -> list[str]:
        """The names of all commands."""
        self._take_in()
        return super().list_commands(ctx)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """One command by its name."""
        own = self.commands.get(cmd_name)
        if own is None or isinstance(own, TyperGroup):  # others may add to a group of ours
            self._take_in()
        return self.commands.get(cmd_name)

    def _take_in(self) -> None:
        if self._complete:
            return
        self._complete = True
        for plugin in importlib.metadata.entry_points(group=GROUP):
            try:
                found = typer.main.get_group(plugin.load()())
            except Exception as exc:  # noqa: BLE001  whatever is wrong with it, ours work on
                told = f"The commands of {plugin.value} cannot be loaded: {type(exc).__name__}: {exc}"
                Console(stderr=True, soft_wrap=True).print(Text(f"Warning: {told}", style="yellow"))
            else:
                _merge(self, found)


def _merge(ours: TyperGroup, theirs: TyperGroup) -> None:
    """Add what is not ours yet, in groups too."""
    for name, command in theirs.commands.items():
        own = ours.commands.setdefault(name, command)
        if own is not command and isinstance(own, TyperGroup) and isinstance(command, TyperGroup):
            _merge(own, command)

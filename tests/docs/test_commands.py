"""The commands that pages tell the reader to type are there, with these options."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from control_plane.cli import commands
from tests.docs.repository import ROOT, pages

BLOCK = re.compile(r"^ *```console\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:[A-Z_]+=\S+ )*devos [^`]+)`")
# What follows `devos` up to where another command begins.
TYPED = re.compile(r"(?:^|[\s($])(?:\.venv/bin/)?devos ([^|;&)]*)")


def lines(page: Path) -> list[str]:
    text = page.read_text()
    blocks = [line[2:] for block in BLOCK.findall(text) for line in block.splitlines() if line[:2] == "$ "]
    return [*blocks, *(" ".join(line.split()) for line in INLINE.findall(text))]


def unknown(typed: str) -> str | None:
    """The first word that is neither a command nor an option of it; None when all are known."""
    words = shlex.split(typed.partition("<")[0], comments=True)
    command = typer.main.get_command(commands.build())
    with typer.Context(command) as context:
        while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            if found is None:
                return words[0]
            command = found
            del words[0]
        known = {"--help", "-h"}
        for parameter in command.params:
            known |= {*parameter.opts, *parameter.secondary_opts}
    options = (word.split("=")[0] for word in words if re.match(r"--?[a-z]", word))
    return next((option for option in options if option not in known), None)


# What features.md lists may be still to come.
PAGES = [page for page in pages() if page.name != "features.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_is_there(page: Path) -> None:
    typed = [match for line in lines(page) for match in TYPED.findall(line)]
    assert [(one, unknown(one)) for one in typed if unknown(one) is not None] == []


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("up --port 8000", None),
        ("config show --json", None),
        ("nonsense", "nonsense"),
        ("users fire $PERSON", "fire"),
        ("whoami --quickly", "--quickly"),
    ],
)
def test_a_command_that_is_not_there_is_found(typed: str, word: str | None) -> None:
    assert unknown(typed) == word

"""Fetching two commits of a pull request. The repository is a stranger's: git runs nothing of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import sandbox
from pydantic import BaseModel

from devos_sdk import Terminal

_SCHEMES = ("https", "file")
_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
# What a step answers must fit into 256 kB, however large the pull request is.
_MOST_FILES = 20
_MOST_HUNKS = 30
_LONGEST_PATH = 100
_GIT_SECONDS = 120


class ChangedFile(BaseModel):
    """A file of the pull request, with the lines that it adds as first and last numbers."""

    path: str
    added: list[tuple[int, int]] = []


class Diff(BaseModel):
    """What a pull request changes. `files` are the Python files that are looked at."""

    files: list[ChangedFile]
    more_files: int = 0
    lines_added: int
    lines_removed: int


@dataclass(frozen=True)
class Checkout:
    """The pull request's head in a folder, and the commit that it started from."""

    folder: Path
    base: str
    head: str

    async def git(self, *arguments: str) -> str:
        return await _git(self.folder, "file", *arguments)


async def fetch(clone_url: str, base: str, head: str, folder: Path) -> Checkout:
    """Fetch both commits by their ids and check the head out."""
    scheme = urlsplit(clone_url).scheme
    if scheme not in _SCHEMES:
        raise Terminal(f"Repositories are fetched over {' or '.join(_SCHEMES)}, not {scheme or 'nothing'!r}.")
    if not all(re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", commit) for commit in (base, head)):
        raise Terminal("A commit id is 40 or 64 hexadecimal digits.")
    await _git(folder, scheme, "init", "--quiet")
    await _git(
        folder, scheme, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=200", "--",
        clone_url, base, head,
    )  # fmt: skip
    await _git(folder, scheme, "checkout", "--quiet", "--detach", head)
    return Checkout(folder, base, head)


async def read_diff(checkout: Checkout) -> Diff:
    """What the branch itself changes, since it left its base."""
    try:
        start = (await checkout.git("merge-base", checkout.base, checkout.head)).strip()
    except GitError:  # further back than was fetched
        start = checkout.base
    options = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"]
    table = await checkout.git("diff", *options, "--numstat", "-z", start, checkout.head)
    rows = [row.split("\t", 2) for row in table.split("\0") if row]
    paths = [path for _, _, path in rows if _is_python(checkout.folder / path)]
    chosen = [path for path in paths if len(path) <= _LONGEST_PATH][:_MOST_FILES]
    files: list[ChangedFile] = []
    for path in chosen:
        hunks = await checkout.git("diff", *options, "--unified=0", start, checkout.head, "--", path)
        files.append(ChangedFile(path=path, added=[*_added(hunks)][:_MOST_HUNKS]))
    return Diff(
        files=files,
        more_files=len(paths) - len(chosen),
        lines_added=sum(int(added) for added, _, _ in rows if added.isdigit()),
        lines_removed=sum(int(removed) for _, removed, _ in rows if removed.isdigit()),
    )


def _is_python(path: Path) -> bool:
    return path.suffix == ".py" and path.is_file() and not path.is_symlink()


def _added(hunks: str) -> Iterator[tuple[int, int]]:
    for line in hunks.splitlines():
        if match := _HUNK.match(line):
            first, count = int(match[1]), int(match[2] or 1)
            if count:
                yield first, first + count - 1


class GitError(Exception):
    """Git refused."""


async def _git(folder: Path, scheme: str, *arguments: str) -> str:
    """Git without anyone's settings: no hooks, no filters, no links, only the transport that is allowed."""
    settings = {
        "protocol.allow": "never",
        f"protocol.{scheme}.allow": "always",
        "core.hooksPath": "/dev/null",
        "core.symlinks": "false",
        "core.fsmonitor": "false",
        "credential.helper": "",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = ["git", "--literal-pathspecs", "-C", str(folder), *options, *arguments]
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    ended = await sandbox.run(command, folder=folder, seconds=_GIT_SECONDS, env=env)
    if ended.code != 0:
        raise GitError(f"git {arguments[0]} ended with {ended.code}: {ended.output.strip()[-500:]}")
    return ended.output

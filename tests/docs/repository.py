"""The files of this repository, as git would see them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Tracked files and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def texts() -> dict[Path, str]:
    """The contents of every file that is text."""
    found: dict[Path, str] = {}
    for path in files():
        try:
            found[path] = path.read_text()
        except UnicodeDecodeError:
            continue
    return found


def pages() -> list[Path]:
    """Every page a person reads."""
    return [path for path in files() if path.suffix == ".md"]

"""What holds for every file of the repository."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.docs.repository import ROOT, texts

# put together from parts, so that this file does not name them
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "registry.yarn" + "pkg.com"]
FOLDERS = ["ro" + "ot", "wo" + "rk", "ho" + "me", "Us" + "ers"]
MACHINE_PATH = re.compile(rf"(?<![\w.~$}}/-])/({'|'.join(FOLDERS)})/[\w.-]")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9, ._-]+\])?==(\S+)", re.MULTILINE)
LOCKS = ["dev", "runtime", "uv"]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def lock(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text()))


def test_no_file_names_a_package_index() -> None:
    assert lines_with(re.compile("|".join(map(re.escape, HOSTS)))) == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_of_one_machine_is_recognised(folder: str) -> None:
    assert MACHINE_PATH.search(f'path = "/{folder}/main"')
    assert not MACHINE_PATH.search(
        f"https://example.org/{folder}/main and tasks/{folder}/x and /{folder}flow/"
    )


@pytest.mark.parametrize("folder", [".", "sdk"])
def test_the_licence_is_there(folder: str) -> None:
    text = (ROOT / folder / "LICENSE").read_text()
    assert text.startswith("MIT License")
    assert "devos contributors" in text
    assert tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]["license"] == "MIT"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_has_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = [
        e for e in re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n?", "", text, flags=re.MULTILINE)) if e.strip()
    ]
    assert len(entries) == len(PIN.findall(text))
    assert [e.split()[0] for e in entries if not PIN.match(e) or "--hash=sha256:" not in e] == []


def test_both_locks_agree() -> None:
    runtime, dev = lock("runtime"), lock("dev")
    assert {name: pin for name, pin in runtime.items() if dev.get(name) != pin} == {}


def required(project: Path) -> set[str]:
    data = tomllib.loads(project.read_text())
    groups = [*data.get("dependency-groups", {}).values(), data["project"]["dependencies"]]
    names = [re.match(r"[\w.-]+", entry) for group in groups for entry in group if isinstance(entry, str)]
    return {re.sub(r"[-_.]+", "-", name.group().lower()) for name in names if name}


@pytest.mark.parametrize("project", ["pyproject.toml", "sdk/pyproject.toml"])
def test_the_lock_holds_what_the_project_asks_for(project: str) -> None:
    assert required(ROOT / project) - lock("dev").keys() == set()

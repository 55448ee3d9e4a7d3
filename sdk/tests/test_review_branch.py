"""The review agent's eyes: fetching, diffing, checking and testing a real repository."""
# pyright: reportMissingImports=false

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sandbox
from checkout import Checkout, fetch, read_diff
from checks import Finding, check_file, run_tests
from project import CHANGED_FILES, FAILING_TEST, PLANTED, Project, make_project

from devos_sdk import Terminal


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("origin") / "repository", "acme/parcel-rates")


@pytest.fixture
async def checkout(project: Project, tmp_path: Path) -> Checkout:
    return await fetch(project.clone_url, project.base_sha, project.head_sha, tmp_path)


async def reviewed(checkout: Checkout) -> list[Finding]:
    diff = await read_diff(checkout)
    return [finding for file in diff.files for finding in await check_file(checkout, file)]


def commit(folder: Path, files: dict[str, str], start: str = "HEAD") -> str:
    """A commit of a stranger's on top of another."""

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=eve", "-c", "user.email=eve@example.com"]
        done = subprocess.run(
            ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("checkout", "--quiet", "--detach", start)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git("add", "--all")
    git("commit", "--quiet", "--message", "a change")
    return git("rev-parse", "HEAD")


async def test_the_diff_names_the_changed_files_and_their_new_lines(checkout: Checkout) -> None:
    diff = await read_diff(checkout)
    assert [file.path for file in diff.files] == CHANGED_FILES
    assert (diff.lines_added, diff.lines_removed, diff.more_files) == (60, 3, 0)
    rates = next(file for file in diff.files if file.path == "parcels/rates.py")
    assert rates.added == [(3, 3)]


async def test_the_planted_faults_are_found_and_nothing_else(checkout: Checkout) -> None:
    findings = await reviewed(checkout)
    assert {(finding.path, finding.code) for finding in findings} == PLANTED


async def test_main_passes_its_own_tests(project: Project, tmp_path: Path) -> None:
    main = await fetch(project.clone_url, project.base_sha, project.base_sha, tmp_path)
    tests = await run_tests(main, "OWNER")
    assert (tests.ran, tests.failures) == (True, 0)
    assert tests.passed > 5


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR"])
async def test_the_branch_fails_the_test_that_it_brings(checkout: Checkout, association: str) -> None:
    tests = await run_tests(checkout, association)
    assert tests.failed == [(FAILING_TEST, "AssertionError: assert Decimal('0') == Decimal('0.10')")]


@pytest.mark.parametrize("association", ["NONE", "CONTRIBUTOR", "FIRST_TIMER", "owner", ""])
async def test_nothing_of_a_stranger_is_run(project: Project, tmp_path: Path, association: str) -> None:
    marker = tmp_path / "ran"
    evil = f"open({str(marker)!r}, 'w').close()\n"
    head = commit(project.folder, {"conftest.py": evil, "tests/test_evil.py": evil}, project.head_sha)
    (tmp_path / "work").mkdir()
    checkout = await fetch(project.clone_url, project.base_sha, head, tmp_path / "work")
    await reviewed(checkout)
    tests = await run_tests(checkout, association)
    assert not marker.exists()
    assert (tests.ran, tests.broken) == (False, False)
    assert "the author is no owner, member or collaborator" in tests.note


async def test_tests_see_nothing_of_the_agents_environment(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVOS_AGENT_KEY", "a secret")
    monkeypatch.setenv("HOME", "/nowhere/of/the/agent")
    seen = tmp_path / "seen"
    spy = f"import os\ndef test_spy():\n    open({str(seen)!r}, 'w').write(repr(sorted(os.environ)))\n"
    head = commit(project.folder, {"tests/test_spy.py": spy}, project.base_sha)
    (tmp_path / "work").mkdir()
    checkout = await fetch(project.clone_url, project.base_sha, head, tmp_path / "work")
    assert (await run_tests(checkout, "MEMBER")).failures == 0
    assert eval(seen.read_text()) == [
        "COLUMNS", "LANG", "PYTEST_CURRENT_TEST", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_VERSION",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["import os\nos._exit(0)\n", "def broken(:\n"])
async def test_a_branch_that_keeps_its_result_back_is_to_blame(
    project: Project, tmp_path: Path, text: str
) -> None:
    head = commit(project.folder, {"tests/conftest.py": text}, project.base_sha)
    checkout = await fetch(project.clone_url, project.base_sha, head, tmp_path)
    tests = await run_tests(checkout, "MEMBER")
    assert (tests.ran, tests.broken) == (False, True)
    assert tests.note.startswith("pytest ended with code")


async def test_only_lines_that_changed_are_spoken_of(project: Project, tmp_path: Path) -> None:
    old = "import math\n\n\ndef f(a=[]):\n    return a\n"
    base = commit(project.folder, {"parcels/old.py": old}, project.base_sha)
    head = commit(project.folder, {"parcels/old.py": old + "\n\ndef g(b={}):\n    return b\n"}, base)
    checkout = await fetch(project.clone_url, base, head, tmp_path)
    assert [(finding.line, finding.code) for finding in await reviewed(checkout)] == [(8, "B006")]


async def test_the_settings_and_links_of_a_branch_count_for_nothing(project: Project, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("import os\n")
    base = project.base_sha
    subprocess.run(["git", "-C", str(project.folder), "checkout", "--quiet", "--detach", base], check=True)
    (project.folder / "parcels" / "link.py").symlink_to(secret)
    head = commit(
        project.folder,
        {
            "ruff.toml": "[lint]\nignore = ['ALL']\n",
            "parcels/new name.py": "import os\n",
            "-x.py": "import os\n",
        },
        base,
    )
    (tmp_path / "work").mkdir()
    checkout = await fetch(project.clone_url, base, head, tmp_path / "work")
    assert not (checkout.folder / "parcels" / "link.py").is_symlink()
    found = {(finding.path, finding.code) for finding in await reviewed(checkout)}
    assert {("parcels/new name.py", "F401"), ("-x.py", "F401")} <= found
    assert not any(path == "parcels/link.py" and code == "F401" for path, code in found)


@pytest.mark.parametrize(
    "address",
    ["ext::sh -c 'touch /tmp/x'", "git://example.com/x", "ssh://example.com/x", "/etc", "--upload-pack=x"],
)
async def test_other_ways_to_a_repository_are_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(Terminal, match="fetched over https or file"):
        await fetch(address, "a" * 40, "b" * 40, tmp_path)


async def test_a_commit_id_is_no_option_of_git(project: Project, tmp_path: Path) -> None:
    with pytest.raises(Terminal, match="40 or 64 hexadecimal digits"):
        await fetch(project.clone_url, project.base_sha, "--upload-pack=touch x", tmp_path)


async def test_a_child_out_of_time_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = "import subprocess\np = subprocess.Popen(['sleep', '600'])\n"
    script += "open('pid', 'w').write(str(p.pid))\np.wait()\n"
    (tmp_path / "endless.py").write_text(script)
    ended = await sandbox.run([sys.executable, "endless.py"], folder=tmp_path, seconds=2)
    assert ended.code is None
    pid = int((tmp_path / "pid").read_text())
    for _ in range(500):
        if not _runs(pid):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the grandchild is still there")


async def test_a_child_has_limits(tmp_path: Path) -> None:
    limits = "r.RLIMIT_CPU, r.RLIMIT_NOFILE, r.RLIMIT_CORE"
    script = f"import resource as r; print([r.getrlimit(limit)[0] for limit in ({limits})])"
    ended = await sandbox.run([sys.executable, "-c", script], folder=tmp_path, seconds=20)
    assert ended.output.strip() == "[21, 256, 0]"


async def test_output_without_end_is_cut(tmp_path: Path) -> None:
    ended = await sandbox.run([sys.executable, "-c", "print('x' * 5_000_000)"], folder=tmp_path, seconds=20)
    assert (ended.code, len(ended.output)) == (0, 2_000_000)


async def test_bubblewrap_is_used_where_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    fake = tmp_path / "bwrap"
    fake.write_text(
        f'#!/bin/sh\necho "$@" >> {told}\nwhile [ "$1" != "--" ]; do shift; done\nshift\nexec "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    work = tmp_path / "work"
    work.mkdir()
    ended = await sandbox.run([sys.executable, "-c", "print(6 * 7)"], folder=work, seconds=20, isolated=True)
    assert ended.output.strip() == "42"
    tried, used = told.read_text().splitlines()
    assert tried.endswith("-- /bin/true")
    assert "--unshare-all --die-with-parent" in used
    assert f"--bind {work} {work}" in used


async def test_without_a_working_bubblewrap_the_limits_remain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    ended = await sandbox.run(
        [sys.executable, "-c", "print(6 * 7)"], folder=tmp_path, seconds=20, isolated=True
    )
    assert ended.output.strip() == "42"


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False

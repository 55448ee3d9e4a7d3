"""The runner of the mutants, on a tiny tree with one guard."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants import run

GUARD = """def claim(taken):
    if taken:
        raise ValueError("taken")
    return "claimed"
"""
TESTS = """import pytest
from guard import claim

def test_a_taken_task_is_refused():
    with pytest.raises(ValueError, match="taken"):
        claim(True)

def test_a_free_task_is_claimed():
    assert claim(False) == "claimed"

@pytest.mark.parametrize("taken", [False, True])
def test_each_case(taken):
    try:
        answer = claim(taken)
    except ValueError:
        answer = "refused"
    assert (answer == "refused") == taken

def test_that_is_red():
    assert claim(False) == "nonsense"

def test_that_calls_unguarded():
    claim(False)

def test_that_waits_for_ever():
    while not claim(False) == "refused":
        pass

@pytest.mark.skip(reason="not today")
def test_that_is_skipped():
    assert claim(True)
"""
WITHOUT_GUARD = """# A taken task is claimed again.
# expect: {expect}
diff --git a/guard.py b/guard.py
--- a/guard.py
+++ b/guard.py
@@ -1,4 +1,2 @@
 def claim(taken):
-    if taken:
-        raise ValueError("taken")
     return "claimed"
"""
NO_PYTHON = WITHOUT_GUARD.replace('     return "claimed"\n', '-    return "claimed"\n+    return "claimed\n')
UNKNOWN_NAME = WITHOUT_GUARD.replace(
    '     return "claimed"\n', '-    return "claimed"\n+    return claimed\n'
)
DOES_NOT_FIT = WITHOUT_GUARD.replace("def claim(taken):", "def claim(task):")
TEST_FILE = "tests/test_guard.py"
MUTANTS = {
    "noticed": ("test_a_taken_task_is_refused", WITHOUT_GUARD),
    "one-case": ("test_each_case", WITHOUT_GUARD),
    "named-case": ("test_each_case[True]", WITHOUT_GUARD),
    "other-case": ("test_each_case[False]", WITHOUT_GUARD),
    "unnoticed": ("test_a_free_task_is_claimed", WITHOUT_GUARD),
    "red-before": ("test_that_is_red", WITHOUT_GUARD),
    "skipped": ("test_that_is_skipped", WITHOUT_GUARD),
    "no-such-test": ("test_nobody_wrote", WITHOUT_GUARD),
    "does-not-fit": ("test_a_taken_task_is_refused", DOES_NOT_FIT),
    "no-python": ("test_a_taken_task_is_refused", NO_PYTHON),
    "other-error": ("test_that_calls_unguarded", UNKNOWN_NAME),
}


def make_tree(root: Path) -> Path:
    """A repository with one guard and its tests, and no mutant yet."""
    (root / "tests" / "mutants").mkdir(parents=True)
    (root / "guard.py").write_text(GUARD)
    (root / TEST_FILE).write_text(TESTS)
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    return root


def add_mutant(root: Path, gate: str, test: str, patch: str = WITHOUT_GUARD) -> None:
    text = patch.replace("{expect}", f"{TEST_FILE}::{test}")
    (root / "tests" / "mutants" / f"{gate}.patch").write_text(text)


def try_all(root: Path) -> dict[str, run.Result]:
    mutants = run.choose(root / "tests" / "mutants", [])
    return {result.gate: result for result in run.try_all(root, mutants, sys.executable)}


@pytest.fixture(autouse=True, scope="module")
def plain_pytest() -> Iterator[None]:
    """The tiny tests need none of the plugins, which take a second to load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        yield


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "tree")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, plain_pytest: None) -> dict[str, run.Result]:
    """All of MUTANTS, tried once."""
    root = make_tree(tmp_path_factory.mktemp("mutants") / "tree")
    for gate, (test, patch) in MUTANTS.items():
        add_mutant(root, gate, test, patch)
    results = try_all(root)
    assert (root / "guard.py").read_text() == GUARD
    return results


@pytest.mark.parametrize(
    ("gate", "result", "why"),
    [
        ("noticed", "killed", "DID NOT RAISE"),
        ("one-case", "killed", "assert"),
        ("named-case", "killed", "assert"),
        ("other-case", "SURVIVED", "still passes"),
        ("unnoticed", "SURVIVED", "still passes"),
        ("red-before", "no baseline", "without the patch: failed, AssertionError"),
        ("skipped", "no baseline", "without the patch: skipped"),
        ("no-such-test", "no baseline", "no such test"),
        ("does-not-fit", "does not apply", "patch failed"),
        ("no-python", "not collected", "SyntaxError"),
        ("other-error", "broke", "NameError"),
    ],
)
def test_only_a_failed_assertion_kills(
    results: dict[str, run.Result], gate: str, result: str, why: str
) -> None:
    assert results[gate].result == result
    assert why in results[gate].why


def test_the_copy_holds_new_files_and_no_ignored_ones(tree: Path, tmp_path: Path) -> None:
    (tree / ".gitignore").write_text("secret\n")
    (tree / "secret").write_text("no")
    (tree / "new file").write_text("yes")
    copy = tmp_path / "copy"
    copy.mkdir()
    run.copy_tree(tree, copy)
    names = {path.name for path in copy.iterdir()}
    assert {"guard.py", "new file"} <= names
    assert "secret" not in names


def test_a_package_of_the_copy_wins_over_the_installed_one(tree: Path) -> None:
    (tree / "control_plane").mkdir()
    (tree / "control_plane" / "__init__.py").write_text("HERE = True\n")
    (tree / TEST_FILE).write_text("import control_plane\n\ndef test_here():\n    assert control_plane.HERE\n")
    patch = """# expect: {expect}
diff --git a/control_plane/__init__.py b/control_plane/__init__.py
--- a/control_plane/__init__.py
+++ b/control_plane/__init__.py
@@ -1 +1 @@
-HERE = True
+HERE = False
"""
    add_mutant(tree, "here", "test_here", patch)
    assert try_all(tree)["here"].result == "killed"


def test_a_package_from_elsewhere_gives_no_verdict(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "devos_sdk").mkdir()
    (tmp_path / "devos_sdk" / "__init__.py").touch()
    (tree / TEST_FILE).write_text(
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        "import devos_sdk\n\ndef test_it():\n    assert devos_sdk\n"
    )
    done = run.run_tests(tree, [f"{TEST_FILE}::test_it"], sys.executable)
    assert done.trouble.startswith("the copy did not win: devos_sdk from")
    assert run.verdict(done, f"{TEST_FILE}::test_it")[0] == "no verdict"


def test_a_hanging_test_is_stopped_and_is_not_a_kill(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 1)
    test = f"{TEST_FILE}::test_that_waits_for_ever"
    done = run.run_tests(tree, [test], sys.executable)
    assert run.verdict(done, test) == ("no verdict", "still running after 1 s")


@pytest.mark.parametrize("head", ["", "# expect: nothing\n", "# expect: a::b\n# expect: c::d\n"])
def test_a_patch_names_exactly_one_test(tree: Path, head: str) -> None:
    add_mutant(tree, "gate", "unused", WITHOUT_GUARD.replace("# expect: {expect}\n", head))
    with pytest.raises(run.Fault, match="needs one line"):
        try_all(tree)


def test_the_command_is_red_when_one_mutant_lives(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_mutant(tree, "claim-taken", "test_a_taken_task_is_refused")
    add_mutant(tree, "other", "test_a_free_task_is_claimed")
    assert run.main([], tree) == 1
    assert "1 of 2 mutants killed" in capsys.readouterr().out
    assert run.main(["--json", "--only", "claim-*"], tree) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["killed"], said["of"], said["mutants"][0]["gate"]) == (1, 1, "claim-taken")
    assert run.main(["--only", "nothing"], tree) == 1

"""Take each guard away in a copy of the tree and demand that the named test fails.

A mutant is `tests/mutants/<gate>.patch`, a git patch with a head of its own:

    # A second agent claims a task that is taken.
    # expect: tests/sql/tasks/test_claim.py::test_a_task_is_claimed_by_one_agent_only

The test must pass without the patch and fail by an assertion with it. The copy holds what git would
see: tracked files as they are now, and new ones that are not ignored.

    make mutants                         all of them
    make mutants ARGS='--only claim-*'   some of them; --json prints the result for machines
"""

import argparse
import contextlib
import fnmatch
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300
KILLED = "killed"


class Fault(Exception):
    """A mutant, or the tree, that cannot be tried at all."""


@dataclass(frozen=True)
class Mutant:
    """One guard taken away, and the test that must notice."""

    gate: str
    patch: Path
    expect: str


@dataclass(frozen=True)
class Result:
    """What became of a mutant; only `killed` is good."""

    gate: str
    expect: str
    result: str
    why: str
    seconds: float


@dataclass(frozen=True)
class End:
    """How one case of a test ended, or a file that could not be collected."""

    node: str
    ended: str
    why: str

    def belongs_to(self, test: str) -> bool:
        """Whether this is the named test, one of its cases, or its file."""
        return test in {self.node, self.node.split("[")[0]} or self.node == test.split("::")[0]


@dataclass(frozen=True)
class Run:
    """One run of pytest; `trouble` says why it can prove nothing."""

    ends: tuple[End, ...] = ()
    trouble: str = ""

    def why(self, test: str, *ended: str) -> list[str]:
        """The reasons of the test's cases that ended in one of these ways."""
        return [end.why for end in self.ends if end.ended in ended and end.belongs_to(test)]


def read_mutant(patch: Path) -> Mutant:
    """Read the head of a patch."""
    expect = [
        line.removeprefix("# expect:").strip()
        for line in patch.read_text().split("\ndiff --git ", 1)[0].splitlines()
        if line.startswith("# expect:")
    ]
    if len(expect) != 1 or "::" not in expect[0]:
        raise Fault(f"{patch.name}: needs one line '# expect: <file>::<test>' above the patch")
    return Mutant(patch.stem, patch, expect[0])


def git(*command: str | Path, tree: Path) -> subprocess.CompletedProcess[bytes]:
    """Run git in a tree, whoever owns it."""
    return subprocess.run(
        ["git", "-c", "safe.directory=*", *command], cwd=tree, capture_output=True, check=False
    )


def copy_tree(root: Path, target: Path) -> None:
    """Copy what git would see, into a repository of its own: git apply skips an outer one's."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", tree=root)
    listed.check_returncode()
    for name in {os.fsdecode(raw) for raw in listed.stdout.split(b"\0") if raw}:
        source = root / name
        if source.is_file() or source.is_symlink():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)
    git("init", "--quiet", tree=target).check_returncode()
    git("add", "--all", tree=target).check_returncode()


def apply(patch: Path, tree: Path) -> None:
    """Apply a patch to a copy, or say why it does not fit."""
    done = git("apply", "--whitespace=nowarn", patch, tree=tree)
    if done.returncode != 0:
        raise Fault((done.stderr.decode().strip() or "git apply failed").splitlines()[0])


def run_tests(tree: Path, tests: list[str], python: str) -> Run:
    """Run the named tests in a copy, with the copy's packages ahead of the installed ones."""
    named = sorted({test.split("::")[0] for test in tests})
    files = [file for file in named if (tree / file).is_file()]
    if not files:
        return Run(trouble="no such test file")
    with tempfile.TemporaryDirectory() as scratch:
        outcomes, output = Path(scratch) / "outcomes.json", Path(scratch) / "output"
        paths = [tree, tree / "sdk" / "src", Path(__file__).parent]
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",  # a file changed within a second would meet stale bytecode
            "MUTANT_TESTS": json.dumps(tests),
            "MUTANT_OUTCOMES": str(outcomes),
        }
        env.pop("PYTEST_ADDOPTS", None)
        options = ["-q", "--tb=short", "--continue-on-collection-errors", "-p", "no:cacheprovider"]
        command = [python, "-m", "pytest", "-p", "mutant_outcomes", *options, *files]
        seconds = SECONDS * len(tests)
        if not _finishes(command, tree, env, output, seconds):
            return Run(trouble=f"still running after {seconds} s")
        if not outcomes.exists():
            said = output.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            return Run(trouble=f"pytest could not start: {said[-1]}")
        data = json.loads(outcomes.read_text())
    foreign = ", ".join(data["foreign"])
    return Run(
        tuple(End(**end) for end in data["ends"]), f"the copy did not win: {foreign}" if foreign else ""
    )


def _finishes(command: list[str], tree: Path, env: dict[str, str], output: Path, seconds: float) -> bool:
    """Run a command; false when it had to be stopped. Nothing in its process group outlives it."""
    # into a file: a process that a test left behind would hold a pipe open
    with output.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=tree,
            env=env,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return True


def baseline(run: Run, test: str) -> str:
    """Why a test cannot judge a mutant, or nothing when it passes on the tree as it is."""
    if run.trouble:
        return run.trouble
    for ended in ("not collected", "failed", "broke", "skipped"):
        if why := run.why(test, ended):
            return f"without the patch: {ended}, {why[0]}"
    return "" if run.why(test, "passed") else "no such test"


def verdict(run: Run, test: str) -> tuple[str, str]:
    """Killed, or in what way the test missed the mutant."""
    if run.trouble:
        return "no verdict", run.trouble
    if why := run.why(test, "failed"):
        return KILLED, why[0]
    if why := run.why(test, "broke", "skipped"):
        return "broke", f"not by an assertion: {why[0]}"
    if run.why(test, "passed"):
        return "SURVIVED", "the test still passes"
    return "not collected", (run.why(test, "not collected") or ["the test did not run"])[0]


def try_all(
    root: Path, mutants: list[Mutant], python: str, tell: Callable[[Result], None] = lambda _: None
) -> list[Result]:
    """Try every mutant, each in a copy of its own."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="devos-mutants-") as folder:
        clean = Path(folder) / "clean"
        clean.mkdir()
        copy_tree(root, clean)
        before = run_tests(clean, sorted({m.expect for m in mutants}), python)
        for mutant in mutants:
            start = time.monotonic()
            result, why = "no baseline", baseline(before, mutant.expect)
            if not why:
                result, why = _try_one(clean, Path(folder) / "mutant", mutant, python)
            seconds = round(time.monotonic() - start, 1)
            results.append(Result(mutant.gate, mutant.expect, result, why, seconds))
            tell(results[-1])
    return results


def _try_one(clean: Path, tree: Path, mutant: Mutant, python: str) -> tuple[str, str]:
    shutil.copytree(clean, tree, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    try:
        apply(mutant.patch, tree)
        return verdict(run_tests(tree, [mutant.expect], python), mutant.expect)
    except Fault as fault:
        return "does not apply", str(fault)
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def choose(folder: Path, only: Iterable[str]) -> list[Mutant]:
    """All mutants of a folder, or those whose gate matches one of the patterns."""
    patterns = list(only) or ["*"]
    chosen = [p for p in sorted(folder.glob("*.patch")) if any(fnmatch.fnmatch(p.stem, q) for q in patterns)]
    if not chosen:
        raise Fault(f"no mutant matches {' '.join(patterns)}")
    return [read_mutant(patch) for patch in chosen]


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command; 0 when every mutant was killed."""
    parser = argparse.ArgumentParser(prog="make mutants", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", action="append", default=[], metavar="GATE", help="a gate or a pattern; repeatable"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args(argv)
    try:
        mutants = choose(root / "tests" / "mutants", options.only)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    width = max(len(m.gate) for m in mutants)

    def tell(r: Result) -> None:
        if not options.json:
            print(f"{r.gate:<{width}}  {r.result:<14}  {r.seconds:>5.1f} s  {r.expect}", flush=True)
            if r.result != KILLED:
                print(f"{'':<{width}}  {r.why}", flush=True)

    results = try_all(root, mutants, sys.executable, tell)
    killed = sum(r.result == KILLED for r in results)
    if options.json:
        report = {"killed": killed, "of": len(results), "mutants": [asdict(r) for r in results]}
        print(json.dumps(report, indent=2))
    else:
        print(f"{killed} of {len(results)} mutants killed")
    return 0 if killed == len(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())

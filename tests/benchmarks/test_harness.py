"""The harness with real tiny subjects: devos alone, without peers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks import p02_sql, p08_charge
from benchmarks.harness import Bench, family
from benchmarks.stack import Process, Stack

COUNT = "select count(*) from public.tasks where state = 'completed'"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as running:
        yield running


@pytest.fixture
def bench(stack: Stack) -> Bench:
    return Bench(stack, rounds=1, scale=0.01, say=lambda _: None)


def test_a_drain_ends_when_every_task_is_done_and_tells_who_worked(bench: Bench) -> None:
    row = bench.drain("devos", 10, 200)
    assert row["per second"] > 0
    assert {"CPU program", "CPU api", "CPU worker", "CPU postgres"} < set(row)
    assert row["CPU ms"] == pytest.approx(
        sum(row[name] for name in row if name.startswith("CPU ") and name != "CPU ms")
    )
    assert bench.stack.sql(COUNT)[0][0] >= 190  # the last results may still be on their way


def test_creation_makes_what_was_asked_for(bench: Bench) -> None:
    bench.prepare("devos")
    bench.told("devos", "create", warm=1, jobs=19, concurrency=4)
    bench.told("devos", "create", jobs=1200, concurrency=2, bulk=True)
    assert bench.stack.sql("select count(*) from public.tasks")[0][0] == 1220


def test_sql_alone_is_measured_against_both_floors(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(p02_sql, "JOBS", {10: 200})
    found = p02_sql.measure(bench)
    assert [*found.rows] == ["devos, batch 10", "same rows, batch 10", "bare queue, batch 10"]
    assert found.figures["batch 10 against the same rows"][0] > 0


def test_every_charge_of_a_measure_is_booked(bench: Bench) -> None:
    found = p08_charge.measure(bench)
    assert found.figures["one hot budget against a bare guarded update"][0] > 0
    spent = bench.stack.sql("select sum(spent) from public.service_registry")[0][0]
    assert spent == 2 * (200 // 16 * 16) * p08_charge.AMOUNT


def test_rounds_take_turns_and_begin_with_another_subject(stack: Stack) -> None:
    seen: list[str] = []
    bench = Bench(stack, rounds=3, say=lambda _: None)

    def subject(name: str) -> dict[str, float]:
        seen.append(name)
        return {"value": float(len(seen))}

    rows = bench.interleaved({name: lambda name=name: subject(name) for name in "abc"})
    assert "".join(seen) == "abcbcacab"
    assert rows["b"]["value"] == [2, 4, 9]


def test_nothing_of_devos_runs_while_a_peer_is_measured(bench: Bench) -> None:
    api = bench.stack.processes["api"]
    with bench.alone("pgqueuer"):
        before = family(api.pid)
        subprocess.run(["sleep", "0.3"], check=True)
        assert family(api.pid) == before
    while family(api.pid) == before:
        assert api.popen.poll() is None


def test_cpu_of_ended_children_is_counted() -> None:
    burn = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(4_000_000))']); input()"
    with subprocess.Popen([sys.executable, "-c", burn], stdin=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        while family(parent.pid) < 0.05:
            assert parent.poll() is None
        parent.stdin.close()


def test_a_subject_that_breaks_is_told_with_its_own_words(bench: Bench) -> None:
    program = Process(
        sys.executable, "-c", "raise SystemExit('no queue here')", env={}, log=bench.stack.folder / "x"
    )
    with pytest.raises(RuntimeError, match="no queue here"):
        program.hear()
    program.end()

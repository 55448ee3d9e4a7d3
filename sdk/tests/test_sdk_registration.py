"""An agent that registers itself: once, with a token, and with its key in a file of its own."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from fake_devos import AGENT_KEY, FakeDevos
from fake_store import Refusal
from running import until

import devos_sdk

HERE = Path(__file__).parent
TOKEN = "devos_reg_1_secret"
REGISTER = "/api/agents/register"
EXCHANGE = "/api/agents/exchange"


class Host:
    """A machine on which agents are started."""

    def __init__(self, devos: FakeDevos, home: Path) -> None:
        self.devos = devos
        self.home = home
        self.started: list[subprocess.Popen[str]] = []

    def start(self, **settings: str) -> subprocess.Popen[str]:
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(devos_sdk.__file__).parent.parent)}
        process = subprocess.Popen(
            [sys.executable, str(HERE / "drain_agent.py"), "1"],
            env={**env, "HOME": str(self.home), "DEVOS_URL": self.devos.url, **settings},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def end(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        _, said = process.communicate(timeout=15)
        return process.returncode, said

    async def work(self, **settings: str) -> str:
        """Start an agent, wait until it asks for work, stop it; returns the key that it used."""
        before = len(self.devos.calls(EXCHANGE))
        process = self.start(**settings)
        await until(lambda: len(self.devos.calls(EXCHANGE)) > before or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        code, said = self.end(process)
        assert code == 0, said
        assert TOKEN not in said
        return self.devos.calls(EXCHANGE)[-1].headers["authorization"].removeprefix("Bearer ")

    def keys(self) -> list[Path]:
        return [*(self.home / ".local" / "state" / "devos" / "agents").glob("*.key")]


@pytest.fixture
def host(devos: FakeDevos, tmp_path: Path):
    machine = Host(devos, tmp_path)
    yield machine
    for process in machine.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


async def test_an_agent_registers_at_its_first_start_only(host: Host) -> None:
    first = await host.work(DEVOS_REGISTRATION_TOKEN=TOKEN)
    again = await host.work()
    (call,) = host.devos.calls(REGISTER)
    assert call.body == {"name": "drainer", "capabilities": ["draining"], "labels": {"zone": "test"}}
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    (file,) = host.keys()
    assert file.read_text().strip() == first == again
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name, f"{file.name}.lock"]


async def test_the_token_and_the_key_may_be_in_files_of_ones_choice(host: Host) -> None:
    token, key = host.home / "token", host.home / "own" / "key"
    token.write_text(f"{TOKEN}\n")
    used = await host.work(DEVOS_REGISTRATION_TOKEN_FILE=str(token), DEVOS_KEY_FILE=str(key))
    assert key.read_text().strip() == used
    assert host.keys() == []


async def test_a_given_key_wins_over_a_kept_one_and_over_a_token(host: Host) -> None:
    await host.work(DEVOS_REGISTRATION_TOKEN=TOKEN)
    assert await host.work(DEVOS_AGENT_KEY=AGENT_KEY, DEVOS_REGISTRATION_TOKEN=TOKEN) == AGENT_KEY
    assert len(host.devos.calls(REGISTER)) == 1


async def test_each_control_plane_has_a_key_of_its_own(host: Host) -> None:
    await host.work(DEVOS_REGISTRATION_TOKEN=TOKEN)
    with FakeDevos() as other:
        await Host(other, host.home).work(DEVOS_REGISTRATION_TOKEN=TOKEN)
    assert len(host.keys()) == 2


async def test_two_that_start_together_are_one_agent(host: Host) -> None:
    both = [host.start(DEVOS_REGISTRATION_TOKEN=TOKEN) for _ in range(2)]
    await until(lambda: len(host.devos.calls(EXCHANGE)) > 1)
    for process in both:
        process.send_signal(signal.SIGTERM)
    assert [host.end(process)[0] for process in both] == [0, 0]
    assert len(host.devos.calls(REGISTER)) == 1
    assert len({seen.headers["authorization"] for seen in host.devos.calls(EXCHANGE)}) == 1


async def test_a_lost_answer_makes_no_second_agent_and_is_told(host: Host) -> None:
    host.devos.faults.lose_answers_to.add(REGISTER)
    code, said = host.end(host.start(DEVOS_REGISTRATION_TOKEN=TOKEN))
    first, second = host.devos.calls(REGISTER)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(host.devos.rows["agents"]) == 1
    assert (code, host.keys()) == (1, [])
    assert said.rstrip().endswith("Start the agent again: it registers anew if the token has a use left.")


async def test_an_agent_waits_for_a_server_that_is_away(host: Host) -> None:
    host.devos.faults.refuse_next[REGISTER] = Refusal(503, "unavailable", "Not now.")
    await host.work(DEVOS_REGISTRATION_TOKEN=TOKEN)
    assert len(host.devos.calls(REGISTER)) == 2


async def test_a_refused_key_does_not_register_again(host: Host) -> None:
    await host.work(DEVOS_REGISTRATION_TOKEN=TOKEN)
    (file,) = host.keys()
    host.devos.keys.clear()
    code, said = host.end(host.start(DEVOS_REGISTRATION_TOKEN=TOKEN))
    assert code == 1
    assert f"Put a new key into {file}, or delete it to let the agent register again" in said
    assert len(host.devos.calls(REGISTER)) == 1


def test_a_refused_token_leaves_nothing_behind(host: Host) -> None:
    host.devos.registration_tokens[TOKEN] = 0
    code, said = host.end(host.start(DEVOS_REGISTRATION_TOKEN=TOKEN))
    assert code == 1
    assert "drainer: The registration token is not valid." in said
    assert host.keys() == []
    assert [path.suffix for path in (host.home / ".local/state/devos/agents").iterdir()] == [".lock"]


def test_nothing_is_spent_where_the_key_could_not_be_kept(host: Host) -> None:
    (host.home / "file").touch()
    key = host.home / "file" / "key"
    code, said = host.end(host.start(DEVOS_REGISTRATION_TOKEN=TOKEN, DEVOS_KEY_FILE=str(key)))
    assert code == 2
    assert f"The agent's key cannot be kept in {key}" in said
    assert "Traceback" not in said
    assert host.devos.calls(REGISTER) == []


async def test_ctrl_c_ends_an_agent_that_waits_to_be_registered(host: Host) -> None:
    host.devos.faults.refuse_next[REGISTER] = Refusal(503, "unavailable", "Not now.")
    host.devos.faults.hang_on.add(REGISTER)
    process = host.start(DEVOS_REGISTRATION_TOKEN=TOKEN)
    await until(lambda: host.devos.calls(REGISTER))
    process.send_signal(signal.SIGINT)
    code, said = host.end(process)
    host.devos.faults.hang_on.clear()
    assert code == 130
    assert "Traceback" not in said

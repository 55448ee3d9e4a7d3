"""Signing in at the terminal: who the commands speak for, and where that is kept."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos
from fake_store import Refusal

import devos_sdk

HERE = Path(__file__).parent


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path)


def bearers(devos: FakeDevos, path: str) -> list[str]:
    return [seen.headers["authorization"].removeprefix("Bearer ") for seen in devos.calls(path)]


def test_a_login_is_kept_until_the_logout(terminal: Terminal, devos: FakeDevos) -> None:
    said = terminal.login()
    assert (said.code, said.out) == (0, f"Signed in to {devos.url} as ada@example.com.\n")
    (file,) = terminal.sessions()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert terminal.run("whoami", "--json").json["name"] == "ada@example.com"
    assert terminal.run("logout", "--json").json == {"signed_out": True, "url": devos.url}
    assert terminal.sessions() == []
    assert devos.calls("/auth/v1/logout")[0].query == {"scope": "local"}
    assert terminal.run("whoami").code == 1


def test_nothing_that_is_said_holds_a_password_or_a_token(terminal: Terminal) -> None:
    said = [
        terminal.login(),
        terminal.run("whoami"),
        terminal.run("whoami", "--json"),
        terminal.run("logout"),
    ]
    told = "".join(one.out + one.err for one in said)
    assert not any(secret in told for secret in ("right\n", "person-token", "refresh-1"))


def test_logging_out_everywhere_ends_all_sessions(terminal: Terminal, devos: FakeDevos) -> None:
    terminal.login()
    terminal.run("logout", "--everywhere")
    assert devos.calls("/auth/v1/logout")[0].query == {"scope": "global"}


def test_nobody_signed_in_may_log_out_and_is_told_to_log_in(terminal: Terminal, devos: FakeDevos) -> None:
    assert terminal.run("logout").out == f"Nobody is signed in at {devos.url}.\n"
    said = terminal.run("whoami")
    assert said.code == 1
    assert said.err == f"Error: Nobody is signed in at {devos.url}.\nNext:  Sign in with `devos login`.\n"


def test_a_kept_session_is_refreshed_and_kept_again(terminal: Terminal, devos: FakeDevos) -> None:
    devos.expires_in = 5
    terminal.login()
    devos.expires_in = 600
    assert [terminal.run("whoami").code for _ in range(2)] == [0, 0]
    assert len(devos.calls("/auth/v1/token")) == 2
    assert bearers(devos, "/api/whoami") == ["person-token-2"] * 2


def test_a_session_that_has_ended_leads_to_the_login(terminal: Terminal, devos: FakeDevos) -> None:
    devos.expires_in = 5
    terminal.login()
    devos.sessions.clear()
    said = terminal.run("whoami", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "refresh_token_not_found")
    assert said.json["error"]["hint"] == "Sign in with `devos login`."


def test_a_token_of_the_environment_wins(terminal: Terminal, devos: FakeDevos) -> None:
    terminal.login()
    devos.keys.add("devos_api_1_secret")
    terminal.run("whoami", DEVOS_TOKEN="devos_api_1_secret")
    assert bearers(devos, "/api/whoami") == ["devos_api_1_secret"]
    said = terminal.run("whoami", DEVOS_TOKEN="devos_api_2_secret")
    assert said.code == 1
    assert "Next:  DEVOS_TOKEN is set and not valid there." in said.err
    assert "devos_api_2_secret" not in said.err


def test_each_control_plane_has_its_own_login(terminal: Terminal) -> None:
    terminal.login()
    with FakeDevos() as other:
        assert terminal.run("whoami", DEVOS_URL=other.url).code == 1
        terminal.login(DEVOS_URL=other.url)
        assert terminal.run("whoami", "--url", f"{other.url}/").code == 0
    assert len(terminal.sessions()) == 2


def test_a_damaged_file_is_nobody(terminal: Terminal) -> None:
    terminal.login()
    file = terminal.sessions()[0]
    for text in ("", "[]", "{}", '{"session": 7}', '{"session": "{"}'):
        file.write_text(text)
        assert terminal.run("whoami").code == 1
    assert terminal.login().code == 0


def test_a_wrong_password_is_refused(terminal: Terminal) -> None:
    said = terminal.run("login", "--email", "ada@example.com", stdin="wrong\n")
    assert said.code == 1
    assert said.err.startswith("Error: E-mail or password is wrong.\n")
    assert not (terminal.home / "devos").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("login",), "Name the account with --email"),
        (("login", "--email", "ada@example.com"), "standard input has no line for it"),
        (("login", "--url", "ftp://h", "--email", "a@b"), "must start with http:// or https://"),
        (("login", "--password", "right"), "No such option"),
    ],
)
def test_what_is_missing_is_wrong_usage(terminal: Terminal, arguments: tuple[str, ...], why: str) -> None:
    said = terminal.run(*arguments, stdin="")
    assert said.code == 2
    assert why in said.err


def test_a_server_that_is_not_there_ends_with_3(terminal: Terminal) -> None:
    with FakeDevos() as gone:
        url = gone.url
    said = terminal.run("whoami", "--json", DEVOS_URL=url, DEVOS_TOKEN="t")
    assert (said.code, said.json["error"]["exit_code"], said.json["error"]["code"]) == (3, 3, "unreachable")
    assert "devos up" in said.json["error"]["hint"]


def test_an_invited_person_signs_up_and_is_signed_in(terminal: Terminal, devos: FakeDevos) -> None:
    said = terminal.run("signup", "--email", "bob@example.com", stdin="long enough\ndevos_inv_1_secret\n")
    assert said.code == 0
    assert devos.accounts["bob@example.com"] == "long enough"
    assert terminal.run("whoami").code == 0


def test_a_refused_sign_up_leaves_nothing_behind(terminal: Terminal) -> None:
    asked = ("signup", "--email", "eve@example.com", "--without-invitation")
    said = terminal.run(*asked, stdin="long enough\n")
    assert (said.code, said.err) == (1, "Error: Signing up needs an invitation.\n")
    assert not (terminal.home / "devos").exists()


def test_people_of_a_supabase_project_sign_in_there(terminal: Terminal, devos: FakeDevos) -> None:
    told = {"hint": "Sign in at https://project.example.com.", "error_code": "managed_by_supabase"}
    devos.faults.refuse_next["/auth/v1/token"] = Refusal(404, "managed_by_supabase", "Not here.", **told)
    said = terminal.login()
    assert said.code == 1
    assert (
        "Sign in at https://project.example.com. Name it with --supabase-url and --supabase-key." in said.err
    )
    with FakeDevos() as supabase:
        place = ("--supabase-url", supabase.url, "--supabase-key", "sb_publishable_1")
        terminal.run("login", "--email", "ada@example.com", *place, stdin="right\n")
        assert terminal.run("whoami").code == 0
        assert terminal.run("logout").code == 0
        assert [seen.path for seen in supabase.requests] == ["/auth/v1/token", "/auth/v1/logout"]
    assert bearers(devos, "/api/whoami") == ["person-token"]


def with_browser(devos: FakeDevos, home: Path, brings: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(devos_sdk.__file__).parent.parent)
    own = {"PYTHONPATH": source, "XDG_CONFIG_HOME": str(home), "DEVOS_URL": devos.url}
    browser = f"{sys.executable} {HERE / 'browser.py'} %s {brings}"
    return subprocess.run(
        [sys.executable, "-m", "devos_sdk", "login", "--github", "--json"],
        env={"PATH": os.environ["PATH"], "BROWSER": browser, **own},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_github_says_who_it_is(devos: FakeDevos, terminal: Terminal) -> None:
    done = with_browser(devos, terminal.home, "code=good-code")
    assert done.returncode == 0, done.stderr
    assert "ada@example.com" in done.stdout
    assert "good-code" not in done.stdout + done.stderr
    asked = devos.calls("/auth/v1/authorize")[0].query
    assert asked["provider"] == "github"
    assert asked["redirect_to"].startswith("http://127.0.0.1:")
    verifier = devos.calls("/auth/v1/token")[0].body["code_verifier"]
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert terminal.run("whoami").code == 0
    assert verifier not in terminal.sessions()[0].read_text()


def test_a_refusal_of_github_is_told(devos: FakeDevos, terminal: Terminal) -> None:
    done = with_browser(devos, terminal.home, "error=access_denied&error_description=You+said+no.")
    assert done.returncode == 1
    assert '"You said no."' in done.stdout
    assert terminal.run("whoami").code == 1

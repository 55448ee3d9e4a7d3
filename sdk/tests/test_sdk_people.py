"""Signing in, up and out with Supabase's client."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import traceback
from datetime import timedelta

import pytest
from fake_devos import FakeDevos, Seen
from fake_store import Refusal

from devos_sdk import (
    AsyncDevos,
    Devos,
    DevosError,
    Forbidden,
    Invalid,
    Unauthorized,
    Unavailable,
)

ADA = "ada@example.com"


class Kept:
    """A storage for a session, as Supabase's client wants it."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    async def get_item(self, key: str) -> str | None:
        return self.items.get(key)

    async def set_item(self, key: str, value: str) -> None:
        self.items[key] = value

    async def remove_item(self, key: str) -> None:
        self.items.pop(key, None)


def client(devos: FakeDevos) -> Devos:
    return Devos(devos.url, token="person-token")


def bearer(seen: Seen) -> str:
    return seen.headers["authorization"].removeprefix("Bearer ")


def test_a_person_signs_in_and_out(devos: FakeDevos) -> None:
    with Devos(devos.url) as person:
        session = person.sign_in(ADA, "right")
        assert person.whoami().name == ADA
        person.sign_out()
        with pytest.raises(Unauthorized):
            person.whoami()
    assert session.user.email == ADA
    assert session.refresh_token.get_secret_value() == "refresh-1"
    assert "refresh-1" not in repr(session)
    assert devos.calls("/auth/v1/logout")[0].query == {"scope": "local"}


def test_the_client_keeps_a_session_fresh(devos: FakeDevos) -> None:
    devos.expires_in = 5  # within the margin in which Supabase's client refreshes
    with Devos(devos.url) as person:
        person.sign_in(ADA, "right")
        devos.expires_in = 600
        person.whoami()
        person.whoami()
    grants = [seen.query["grant_type"] for seen in devos.calls("/auth/v1/token")]
    assert grants == ["password", "refresh_token"]
    assert [bearer(seen) for seen in devos.calls("/api/whoami")] == ["person-token-2"] * 2


async def test_calls_at_the_same_time_refresh_once(devos: FakeDevos) -> None:
    devos.expires_in = 5
    async with AsyncDevos(devos.url) as person:
        await person.sign_in(ADA, "right")
        devos.expires_in = 600
        await asyncio.gather(*(person.whoami() for _ in range(10)))
    assert len(devos.calls("/auth/v1/token")) == 2


def test_a_session_is_refreshed_when_asked(devos: FakeDevos) -> None:
    with Devos(devos.url) as person:
        first = person.sign_in(ADA, "right")
        assert person.refresh().access_token != first.access_token


def test_a_session_that_has_ended_says_so(devos: FakeDevos) -> None:
    with Devos(devos.url) as person:
        person.sign_in(ADA, "right")
        devos.sessions.clear()
        with pytest.raises(Unauthorized) as caught:
            person.refresh()
    assert caught.value.code == "refresh_token_not_found"


def test_nobody_signed_in_has_nothing_to_refresh(devos: FakeDevos) -> None:
    with Devos(devos.url) as person, pytest.raises(Unauthorized) as caught:
        person.refresh()
    assert caught.value.code == "not_signed_in"


def test_a_stored_session_outlives_the_client(devos: FakeDevos) -> None:
    kept = Kept()
    with Devos(devos.url, storage=kept) as person:
        person.sign_in(ADA, "right")
    with Devos(devos.url, storage=kept) as person:
        assert person.whoami().name == ADA
    with Devos(devos.url, storage=kept, token="person-token") as program:
        program.whoami()
        program.sign_out()
    assert kept.items == {}


def test_an_invited_person_signs_up(devos: FakeDevos) -> None:
    with client(devos) as admin:
        invited = admin.invitations.create("bob@example.com", role="supervisor", expires_in_days=3)
    assert invited.invitation.role == "supervisor"
    assert invited.token.get_secret_value() not in repr(invited)
    with Devos(devos.url) as person:
        session = person.sign_up("bob@example.com", "long enough", invitation=invited.token)
        assert session is not None
        assert person.invitations.accept(invited.token).accepted_at
    assert session.user.email == "bob@example.com"


def test_a_stranger_does_not_sign_up(devos: FakeDevos) -> None:
    with Devos(devos.url) as person, pytest.raises(Forbidden) as caught:
        person.sign_up("eve@example.com", "long enough")
    assert caught.value.code == "signup_disabled"


def test_signing_up_is_not_repeated(devos: FakeDevos) -> None:
    devos.faults.lose_answers_to.add("/auth/v1/signup")
    with Devos(devos.url) as person, pytest.raises(Unavailable):
        person.sign_up("bob@example.com", "long enough", invitation="devos_inv_1_secret")
    assert len(devos.calls("/auth/v1/signup")) == 1


def test_signing_in_is_repeated_while_the_server_is_away(devos: FakeDevos) -> None:
    devos.faults.refuse_next["/auth/v1/token"] = Refusal(503, "unavailable", "Not now.")
    with Devos(devos.url) as person:
        person.sign_in(ADA, "right")
    assert len(devos.calls("/auth/v1/token")) == 2


def test_a_server_that_is_not_there_is_named(devos: FakeDevos) -> None:
    with FakeDevos() as gone:
        url = gone.url
    with Devos(url, timeout=timedelta(milliseconds=300)) as person, pytest.raises(Unavailable) as caught:
        person.sign_in(ADA, "right")
    assert caught.value.code == "unreachable"
    assert url in str(caught.value)


def test_an_empty_password_is_refused_before_it_is_sent(devos: FakeDevos) -> None:
    with Devos(devos.url) as person, pytest.raises(Invalid):
        person.sign_in(ADA, "")
    assert devos.requests == []


def test_no_error_repeats_a_password_or_a_token(devos: FakeDevos) -> None:
    devos.faults.answer_next["/auth/v1/token"] = {"access_token": "canary0", "refresh_token": 7}
    said: list[str] = []
    with Devos(devos.url) as person:
        for refuse in (False, True):
            if refuse:
                devos.faults.refuse_next["/auth/v1/token"] = Refusal(500, "internal", "A fault.")
            with pytest.raises(DevosError) as caught:
                person.sign_in(ADA, "canary1")
            said += traceback.format_exception(caught.value)
    assert "canary" not in "".join(line for line in said if "person.sign_in" not in line)


def test_without_supabases_client_the_error_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['supabase'] = None; from devos_sdk import Devos\n"
        "Devos('http://localhost').sign_in('a@b', 'c')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pip install 'devos-sdk[people]'" in done.stderr


def test_people_sign_in_at_the_supabase_project_that_is_named(devos: FakeDevos) -> None:
    with FakeDevos() as supabase:
        with Devos(devos.url, supabase_url=supabase.url, supabase_key="sb_publishable_1") as person:
            person.sign_in(ADA, "right")
            person.whoami()
        assert supabase.requests[0].headers["apikey"] == "sb_publishable_1"
    assert devos.calls("/auth/v1/token") == []
    assert bearer(devos.calls("/api/whoami")[0]) == "person-token"

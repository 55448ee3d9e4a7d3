"""HTTPS, and callers who must show a certificate."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from devos_sdk import Devos, Unavailable
from tests.support.certificates import Authority, Signed
from tests.support.devos import Running, devos, running


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom the server and its agents trust."""
    return Authority(tmp_path, "authority")


def tls(authority: Authority, **more: object) -> dict[str, str]:
    """The environment of a server that speaks HTTPS."""
    server = authority.sign("server")
    named = {"TLS_CERTIFICATE": server.certificate, "TLS_KEY": server.key, **more}
    return {f"DEVOS_{name}": str(value) for name, value in named.items()}


def ask(url: str, authority: Authority, shown: Signed | None = None) -> int:
    """The status that a caller gets who trusts the authority and shows a certificate."""
    context = ssl.create_default_context(cafile=str(authority.file))
    if shown is not None:
        context.load_cert_chain(shown.certificate, shown.key)
    return httpx.get(f"{url}/health/ready", verify=context, trust_env=False).status_code


def beside(server: Running, *arguments: str) -> int:
    return devos(*arguments, "--data", str(server.home / "data"), home=server.home).code


def test_the_api_speaks_https_with_a_certificate_of_its_own(
    authority: Authority, home: Path, tmp_path: Path
) -> None:
    up = ("up", "--port", "0", "--data", str(home / "data"))
    with running(*up, home=home, env=tls(authority)) as server:
        assert server.url.startswith("https://127.0.0.1:")
        assert ask(server.url, authority) == 200
        (tmp_path / "other").mkdir()
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(server.url, Authority(tmp_path / "other", "other"))
        assert beside(server, "status") == 0


def test_who_shows_no_certificate_of_the_authority_is_not_served(
    authority: Authority, home: Path, tmp_path: Path
) -> None:
    up = ("up", "--port", "0", "--data", str(home / "data"))
    with running(*up, home=home, env=tls(authority, TLS_CLIENT_CA=authority.file)) as server:
        assert ask(server.url, authority, authority.sign("agent")) == 200
        (tmp_path / "other").mkdir()
        stranger = Authority(tmp_path / "other", "other").sign("agent")
        for shown in (None, stranger):
            with pytest.raises(httpx.TransportError):
                ask(server.url, authority, shown)
        assert beside(server, "status") == 0


def test_a_program_of_the_sdk_shows_the_certificate_it_is_told_of(
    authority: Authority, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = ("up", "--port", "0", "--data", str(home / "data"))
    with running(*up, home=home, env=tls(authority, TLS_CLIENT_CA=authority.file)) as server:
        login = server.told["email"], server.told["password"]
        monkeypatch.setenv("DEVOS_CA_FILE", str(authority.file))
        with Devos(server.url, timeout=timedelta(seconds=1)) as stranger, pytest.raises(Unavailable):
            stranger.sign_in(*login)
        shown = authority.sign("agent")
        monkeypatch.setenv("DEVOS_CLIENT_CERTIFICATE", str(shown.certificate))
        monkeypatch.setenv("DEVOS_CLIENT_KEY", str(shown.key))
        with Devos(server.url) as known:
            known.sign_in(*login)
            assert known.projects.list().items == []
    monkeypatch.setenv("DEVOS_CLIENT_KEY", str(home / "missing"))
    with pytest.raises(ValueError, match="DEVOS_CLIENT_KEY cannot be used"):
        Devos("https://127.0.0.1:1")


def test_settings_of_tls_that_do_not_fit_are_refused_with_a_sentence(
    authority: Authority, home: Path
) -> None:
    whole = tls(authority)
    for env, told in (
        ({"DEVOS_TLS_KEY": whole["DEVOS_TLS_KEY"]}, "tls_certificate and tls_key go together"),
        ({"DEVOS_TLS_CLIENT_CA": str(authority.file)}, "tls_client_ca needs tls_certificate"),
        ({**whole, "DEVOS_TLS_KEY": "missing.key"}, "tls_key (from DEVOS_TLS_KEY) is not valid"),
    ):
        answer = devos("up", "--port", "0", home=home, env=env)
        assert (answer.code, told in answer.err) == (1, True), answer.err

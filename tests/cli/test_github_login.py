"""`devos login --github` from the terminal through a browser to GitHub and back, each a real process."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.devos import devos, running
from tests.support.github_login import github_login_server

# A browser that goes wherever it is sent.
BROWSER = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).close()"


def test_an_invited_person_signs_in_with_github(home: Path) -> None:
    browser = home / "browser.py"
    browser.write_text(BROWSER)
    with github_login_server() as github:
        settings = {f"DEVOS_{name.upper()}": str(value) for name, value in github.settings().items()}
        with running("up", "--data", str(home / "data"), "--port", "0", home=home, env=settings) as up:
            env = {"DEVOS_URL": up.url, "BROWSER": f"{sys.executable} {browser} %s"}
            by_browser = ("login", "--github", "--json")
            stranger = devos(*by_browser, home=home, env=env)
            assert (stranger.code, stranger.json["error"]["code"]) == (1, "signup_disabled")
            admin = home / "admin"
            admin.mkdir()
            login = ("login", "--email", up.told["email"])
            assert devos(*login, home=admin, env=env, stdin=f"{up.told['password']}\n").code == 0
            assert devos("invitations", "create", "ada@example.test", home=admin, env=env).code == 0
            signed_in = devos(*by_browser, home=home, env=env)
            assert signed_in.json == {"url": up.url, "email": "ada@example.test"}
            assert devos("whoami", "--json", home=home, env=env).json["role"] == "viewer"

"""Who runs a command: an API token from the environment, or whoever signed in on this machine."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
import typer
from pydantic import BaseModel, ValidationError

from devos_sdk._cli.output import reported
from devos_sdk._client import Devos
from devos_sdk._errors import Unauthorized
from devos_sdk._key import setting
from devos_sdk._private_file import private_file
from devos_sdk._transport import address

TIMEOUT = timedelta(seconds=30)
PATIENCE = timedelta(seconds=2)
"""A person would rather be told than wait."""
_SESSION = "supabase.auth.token"
"""What Supabase's client calls the session."""


class _Kept(BaseModel):
    """What the file holds: the session as Supabase's client writes it, and the project that it is of."""

    supabase_url: str | None = None
    supabase_key: str | None = None
    session: str


class Login:
    """A stored sign-in at one control plane, in a file of mode 0600. It is a storage of Supabase's client."""

    def __init__(self, url: str, supabase_url: str | None = None, supabase_key: str | None = None) -> None:
        self.url = address(url)
        self.file = _file_of(self.url)
        kept = self._read()
        self.supabase_url = supabase_url or (kept and kept.supabase_url)
        self.supabase_key = supabase_key or (kept and kept.supabase_key)
        self._passing: dict[str, str] = {}

    async def get_item(self, key: str) -> str | None:
        if key != _SESSION:
            return self._passing.get(key)
        kept = self._read()
        return kept and kept.session

    async def set_item(self, key: str, value: str) -> None:
        if key != _SESSION:  # of use to this sign-in only
            self._passing[key] = value
            return
        kept = _Kept(supabase_url=self.supabase_url, supabase_key=self.supabase_key, session=value)
        with private_file(self.file) as file:
            file.write(kept.model_dump_json())

    async def remove_item(self, key: str) -> None:
        self._passing.pop(key, None)
        if key == _SESSION:
            self.forget()

    def is_kept(self) -> bool:
        return self._read() is not None

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)

    def client(self) -> Devos:
        """A client that goes on as whoever signed in here."""
        return Devos(
            self.url,
            timeout=TIMEOUT,
            patience=PATIENCE,
            supabase_url=self.supabase_url,
            supabase_key=self.supabase_key,
            storage=self,
        )

    def _read(self) -> _Kept | None:
        try:
            return _Kept.model_validate_json(self.file.read_bytes())
        except (FileNotFoundError, ValidationError):  # a damaged one is as good as none
            return None


@contextmanager
def connected(url: str, as_json: bool) -> Generator[Devos]:
    """The control plane as the caller of this command; errors end the command."""
    with reported(as_json):
        token = setting("DEVOS_TOKEN")
        if token:
            hint = "DEVOS_TOKEN is set and not valid there. Unset it and sign in with `devos login`."
            with Devos(url, token=token, timeout=TIMEOUT, patience=PATIENCE) as devos, _unauthorized(hint):
                yield devos
            return
        login = Login(url)
        if not login.is_kept():
            raise Unauthorized(f"Nobody is signed in at {login.url}.", code="not_signed_in")
        with login.client() as devos, _unauthorized("Sign in with `devos login`."):
            yield devos


@contextmanager
def _unauthorized(hint: str) -> Generator[None]:
    """The server's own hint is for programs."""
    try:
        yield
    except Unauthorized as exc:
        exc.hint = hint
        raise


def ask(label: str) -> str:
    """A secret from a prompt that does not show it, or a line of standard input; never from an argument."""
    if sys.stdin.isatty():
        return typer.prompt(label, hide_input=True, err=True)
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise typer.BadParameter(f"{label}: nobody is there to ask, and standard input has no line for it.")
    return line


def ask_whole(label: str) -> str:
    """The same, of as many lines as standard input has."""
    if sys.stdin.isatty():
        return ask(label)
    text = sys.stdin.read().removesuffix("\n")
    if not text:
        raise typer.BadParameter(f"{label}: nobody is there to ask, and standard input is empty.")
    return text


def _file_of(url: str) -> Path:
    folder = platformdirs.user_config_path("devos", appauthor=False) / "sessions"
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", urlsplit(url).netloc.rpartition("@")[2])[:50]
    return folder / f"{readable}-{hashlib.sha256(url.encode()).hexdigest()[:12]}.json"

"""`devos login`, `signup`, `logout` and `whoami`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Json, Url
from devos_sdk._cli.output import done, reported, show
from devos_sdk._cli.session import Login, ask, connected
from devos_sdk._errors import NotFound
from devos_sdk._identity import Session

Email = Annotated[str | None, typer.Option("--email", help="E-mail of the account; asked for if left out.")]
SupabaseUrl = Annotated[
    str | None,
    typer.Option("--supabase-url", help="The Supabase project that the people of this devos sign in at."),
]
SupabaseKey = Annotated[
    str | None, typer.Option("--supabase-key", help="Its publishable key, which is no secret.")
]


def login(
    email: Email = None,
    github: Annotated[bool, typer.Option("--github", help="Sign in with GitHub, in a browser.")] = False,
    supabase_url: SupabaseUrl = None,
    supabase_key: SupabaseKey = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Sign in, and stay signed in on this machine.

    The password is asked for, or read from standard input.

    Examples: `devos login`, `devos login --github`, `devos login --email ada@example.com < password-file`
    """
    with reported(as_json):
        stored = Login(url, supabase_url, supabase_key)
        if github:
            from devos_sdk._cli.github import sign_in_with_github

            session = sign_in_with_github(stored)
        else:
            email = email or _ask_email()
            session = _sign_in(stored, email, ask("Password"))
    _tell(session, stored, as_json)


def signup(
    email: Email = None,
    without_invitation: Annotated[
        bool, typer.Option("--without-invitation", help="Where anyone may sign up.")
    ] = False,
    supabase_url: SupabaseUrl = None,
    supabase_key: SupabaseKey = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Make an account with an invitation, and sign in.

    Password and invitation are asked for, or read from standard input, a line each.

    Examples: `devos signup --email ada@example.com`, `devos signup --without-invitation`
    """
    with reported(as_json):
        stored = Login(url, supabase_url, supabase_key)
        email = email or _ask_email()
        password = ask("Password")
        invitation = None if without_invitation else ask("Invitation")
        with stored.client() as devos:
            session = devos.sign_up(email, password, invitation=invitation)
    if session is None:
        done(f"Confirm {email} by the mail that was sent to it, then sign in.", as_json, email=email)
    else:
        _tell(session, stored, as_json)


def logout(
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="End all sessions of this person, on other machines too.")
    ] = False,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Sign out and forget the stored session. Nobody signed in is fine too.

    Examples: `devos logout`, `devos logout --everywhere`
    """
    with reported(as_json):
        stored = Login(url)
        was_kept = stored.is_kept()
        if was_kept:
            with stored.client() as devos:
                devos.sign_out(scope="global" if everywhere else "local")
        stored.forget()
    text = f"Signed out of {stored.url}." if was_kept else f"Nobody is signed in at {stored.url}."
    done(text, as_json, signed_out=was_kept, url=stored.url)


def whoami(url: Url = LOCAL, as_json: Json = False) -> None:
    """Say whom the commands speak for, and what that may reach.

    Examples: `devos whoami`, `DEVOS_TOKEN=devos_api_... devos whoami --json`
    """
    with connected(url, as_json) as devos:
        show(devos.whoami(), as_json)


def _sign_in(stored: Login, email: str, password: str) -> Session:
    with stored.client() as devos:
        try:
            return devos.sign_in(email, password)
        except NotFound as exc:
            if exc.code == "managed_by_supabase":
                exc.hint = f"{exc.hint or ''} Name it with --supabase-url and --supabase-key.".strip()
            raise


def _ask_email() -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("Name the account with --email; nobody is there to ask.")
    return typer.prompt("E-mail", err=True)


def _tell(session: Session, stored: Login, as_json: bool) -> None:
    email = session.user.email
    done(f"Signed in to {stored.url} as {email}.", as_json, url=stored.url, email=email)

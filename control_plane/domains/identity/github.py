"""Who somebody is at GitHub. What GitHub answers is read strictly; its token is used twice and forgotten."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, TypeAdapter, ValidationError

from control_plane.platform.outgoing import OutgoingError, fetch
from control_plane.platform.settings import Settings


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Token(_Answer):
    access_token: Annotated[str, Field(pattern=r"^[!-~]{1,1000}$")]


class _User(_Answer):
    id: Annotated[StrictInt, Field(gt=0, lt=2**63)]
    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]


class _Email(_Answer):
    email: Annotated[str, Field(max_length=1000)]
    primary: StrictBool
    verified: StrictBool


class Person(BaseModel):
    """Somebody at GitHub: the number that never changes, and the primary e-mail if GitHub verified it."""

    model_config = ConfigDict(frozen=True)

    id: str
    login: str
    email: str | None


_Emails = TypeAdapter(list[_Email])


def authorize_url(settings: Settings, *, state: str, code_challenge: str, redirect_uri: str) -> str:
    """The page of GitHub that asks for consent."""
    query = urlencode(
        {
            "client_id": settings.github_client_id,
            "redirect_uri": redirect_uri,
            "scope": "read:user user:email",
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
    )
    join = "&" if "?" in settings.github_authorize_url else "?"
    return f"{settings.github_authorize_url}{join}{query}"


async def find_person(settings: Settings, *, code: str, code_verifier: str, redirect_uri: str) -> Person:
    """Trade the code of GitHub for the person who gave consent. Raises OutgoingError for any other answer."""
    assert settings.github_client_id is not None
    assert settings.github_client_secret is not None
    form = {
        "client_id": settings.github_client_id,
        "client_secret": settings.github_client_secret.get_secret_value(),
        "code": code,
        "code_verifier": code_verifier,
        "redirect_uri": redirect_uri,
    }
    try:
        told = await fetch("POST", settings.github_token_url, form=form)
        headers = {"Authorization": f"Bearer {_Token.model_validate_json(told).access_token}"}
        told = await fetch("GET", f"{settings.github_api_url}/user", headers=headers)
        user = _User.model_validate_json(told)
        told = await fetch("GET", f"{settings.github_api_url}/user/emails?per_page=100", headers=headers)
        emails = _Emails.validate_json(told)
    except ValidationError as exc:
        # Without the answer, which may hold the token.
        faults = {error["type"] for error in exc.errors(include_input=False, include_url=False)}
        raise OutgoingError(f"GitHub answered what cannot be read: {sorted(faults)}") from None
    return Person(id=str(user.id), login=user.login, email=_verified(emails))


def _verified(emails: list[_Email]) -> str | None:
    found = next((each.email for each in emails if each.primary and each.verified), None)
    # Which of them are addresses, SQL says; it cannot even be asked about some.
    return found if found and found.isprintable() else None

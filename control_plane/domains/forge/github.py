"""GitHub as the worker speaks to it, through githubkit; the base URL is a setting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from control_plane.domains.forge.models import QueuedFeedback
from control_plane.platform.settings import Settings

if TYPE_CHECKING:
    from githubkit import GitHub

_PAGE = 100
_MAX_PAGES = 10
_HEADER_VALUE = re.compile(r"[\x21-\x7e]*")


class PermanentError(Exception):
    """Trying again cannot help: the forge refused for good."""


class GitHubClient:
    """Posts feedback. Raises PermanentError for a refusal, anything else may be tried again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def comment(self, feedback: QueuedFeedback, token: SecretStr | None) -> str:
        """Post a comment, unless one with this feedback's marker is there already; the comment's id."""
        github = self._open(token)
        owner, name = feedback.full_name.split("/")
        marker = f"<!-- devos:feedback:{feedback.id} -->"
        path = f"/repos/{owner}/{name}/issues/{feedback.number}/comments"
        for page in range(1, _MAX_PAGES + 1):
            posted = await _request(github, "GET", path, params={"per_page": _PAGE, "page": page})
            for comment in posted:
                if marker in (comment.get("body") or ""):
                    return str(comment["id"])
            if len(posted) < _PAGE:
                break
        made = await _request(github, "POST", path, json={"body": f"{feedback.content['body']}\n\n{marker}"})
        return str(made["id"])

    async def set_status(self, feedback: QueuedFeedback, token: SecretStr | None) -> str:
        """Set the status of a commit: the same one again changes nothing for a reader; the status' id."""
        owner, name = feedback.full_name.split("/")
        content = {key: feedback.content.get(key) for key in ("state", "context", "description")}
        made = await _request(
            self._open(token),
            "POST",
            f"/repos/{owner}/{name}/statuses/{feedback.content['sha']}",
            json={key: value for key, value in content.items() if value is not None},
        )
        return str(made["id"])

    def _open(self, token: SecretStr | None) -> GitHub[Any]:
        from githubkit import GitHub, TokenAuthStrategy, UnauthAuthStrategy

        token = token or self._settings.github_token
        text = token.get_secret_value().strip() if token else ""
        # What cannot stand in a header is quoted by whoever refuses it there.
        if not _HEADER_VALUE.fullmatch(text):
            raise PermanentError("the token for GitHub holds characters that no token has")
        # Retries are the outbox's: one place decides when to try again.
        return GitHub(
            TokenAuthStrategy(text) if text else UnauthAuthStrategy(),
            base_url=self._settings.github_api_url,
            auto_retry=False,
            http_cache=False,
            timeout=10,
        )


async def _request(github: Any, method: str, path: str, **options: Any) -> Any:
    from githubkit.exception import RequestFailed

    try:
        return (await github.arequest(method, path, **options)).json()
    except RequestFailed as exc:
        status = exc.response.status_code
        # 403 and 429 may be rate limits; they pass, as do the server's own troubles.
        if 400 <= status < 500 and status not in {403, 408, 429}:
            raise PermanentError(f"GitHub answered {status} to {method} {path}") from exc
        raise

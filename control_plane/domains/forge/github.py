"""GitHub as the worker speaks to it, through githubkit; the base URL is a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from control_plane.domains.forge.models import QueuedFeedback
from control_plane.platform.settings import Settings

if TYPE_CHECKING:
    from githubkit import GitHub

_PAGE = 100
_MAX_PAGES = 10


class PermanentError(Exception):
    """Trying again cannot help: the forge refused for good."""


class GitHubClient:
    """Posts feedback. Raises PermanentError for a refusal, anything else may be tried again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: GitHub[Any] | None = None

    async def comment(self, feedback: QueuedFeedback) -> str:
        """Post a comment, unless one with this feedback's marker is there already; the comment's id."""
        owner, name = feedback.full_name.split("/")
        marker = f"<!-- devos:feedback:{feedback.id} -->"
        path = f"/repos/{owner}/{name}/issues/{feedback.number}/comments"
        for page in range(1, _MAX_PAGES + 1):
            posted = await self._request("GET", path, params={"per_page": _PAGE, "page": page})
            for comment in posted:
                if marker in (comment.get("body") or ""):
                    return str(comment["id"])
            if len(posted) < _PAGE:
                break
        made = await self._request("POST", path, json={"body": f"{feedback.content['body']}\n\n{marker}"})
        return str(made["id"])

    async def set_status(self, feedback: QueuedFeedback) -> str:
        """Set the status of a commit: the same one again changes nothing for a reader; the status' id."""
        owner, name = feedback.full_name.split("/")
        content = {key: feedback.content.get(key) for key in ("state", "context", "description")}
        made = await self._request(
            "POST",
            f"/repos/{owner}/{name}/statuses/{feedback.content['sha']}",
            json={key: value for key, value in content.items() if value is not None},
        )
        return str(made["id"])

    async def _request(self, method: str, path: str, **options: Any) -> Any:
        from githubkit.exception import RequestFailed

        try:
            client: Any = self._open()
            return (await client.arequest(method, path, **options)).json()
        except RequestFailed as exc:
            status = exc.response.status_code
            # 403 and 429 may be rate limits; they pass, as do the server's own troubles.
            if 400 <= status < 500 and status not in {403, 408, 429}:
                raise PermanentError(f"GitHub answered {status} to {method} {path}") from exc
            raise

    def _open(self) -> GitHub[Any]:
        if self._client is None:
            from githubkit import GitHub, TokenAuthStrategy, UnauthAuthStrategy

            token = self._settings.github_token
            auth = TokenAuthStrategy(token.get_secret_value()) if token else UnauthAuthStrategy()
            # Retries are the outbox's: one place decides when to try again.
            self._client = GitHub(
                auth, base_url=self._settings.github_api_url, auto_retry=False, http_cache=False, timeout=10
            )
        return self._client

"""What is said to the server in the name of a lease."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import quote

from devos_sdk._errors import Conflict, NotFound
from devos_sdk._files import Content, upload
from devos_sdk._graph_models import Step
from devos_sdk._models import Artifact, Page, Service
from devos_sdk._running import Running, Stop
from devos_sdk._transport import Transport, parse

T = TypeVar("T")


class LeaseCalls:
    """Calls in the name of one lease. Each may bring news: the lease is lost, the task is cancelled."""

    def __init__(self, http: Transport, running: Running, services: dict[tuple[str, str], str]) -> None:
        self._http = http
        self._running = running
        self._services = services

    async def post(self, answer: type[T], path: str, body: dict[str, Any]) -> T:
        lease = {"lease_token": self._running.task.lease_token}
        try:
            return await self._http.post(answer, path, {**lease, **body})
        except Conflict as exc:
            if exc.code == "lease_lost":
                self._running.stop(Stop.LEASE_LOST)
            raise

    async def keep(self, name: str, content: Content, media_type: str | None) -> Artifact:
        task = self._running.task
        path = f"/api/tasks/{task.id}/artifacts/{quote(name, safe='')}"
        try:
            answer = await upload(
                self._http, path, content, lease_token=task.lease_token, media_type=media_type, name=name
            )
        except Conflict as exc:
            if exc.code == "lease_lost":
                self._running.stop(Stop.LEASE_LOST)
            raise
        return parse(Artifact, answer)

    async def report(self, verb: str, body: dict[str, Any]) -> None:
        answer = await self.post(dict[str, Any], f"/api/tasks/{self._running.task.id}/{verb}", body)
        if answer.get("cancel_requested"):
            self._running.stop(Stop.CANCELLED)

    async def steps(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        cursor = None
        while True:
            path = f"/api/tasks/{self._running.task.id}/steps"
            page = await self._http.get(Page[Step], path, limit=100, cursor=cursor)
            found.update({step.name: step.output for step in page.items})
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def service_id(self, name: str) -> str:
        project = self._running.task.project_id
        if (project, name) not in self._services:
            cursor = None
            while True:
                page = await self._http.get(Page[Service], "/api/services", project_id=project, cursor=cursor)
                self._services.update({(project, service.name): service.id for service in page.items})
                cursor = page.next_cursor
                if cursor is None:
                    break
        try:
            return self._services[project, name]
        except KeyError:
            raise NotFound(
                f"The project has no service named {name!r}.", code="service_not_found", status=404
            ) from None

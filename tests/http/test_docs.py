"""The pages of the API: there without a network."""

from __future__ import annotations

import re

import httpx

from tests.support.api import problem


async def test_the_pages_name_nothing_outside(nobody: httpx.AsyncClient) -> None:
    page = await nobody.get("/api/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    linked = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)
    assert len(linked) >= 3
    for link in linked:
        assert link.startswith("/api/docs-assets/"), link
        assert (await nobody.get(link)).status_code == 200, link
    urls = {*re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'<>)]*", page.text)}
    assert not urls, urls


async def test_the_document_is_served_as_it_is_described(nobody: httpx.AsyncClient) -> None:
    served = await nobody.get("/api/openapi.json")
    assert served.headers["content-type"] == "application/vnd.oai.openapi+json"
    assert served.json()["openapi"].startswith("3.1")
    assert served.json()["paths"]["/api/tasks"]["post"]["operationId"] == "createTask"


async def test_files_beside_the_pages_are_out_of_reach(nobody: httpx.AsyncClient) -> None:
    for path in ("../__init__.py", "%2e%2e/__init__.py", "..%2f__init__.py", "/etc/passwd", "%00", "."):
        problem(await nobody.get(f"/api/docs-assets/{path}"), 404, "route_not_found")

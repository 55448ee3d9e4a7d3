"""The API's pages: Swagger UI from files that are installed with us, so that they work without a network."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath
from litestar.response import File
from litestar.router import Router
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

from control_plane.http.openapi import describe
from control_plane.http.scopes import PUBLIC

_ASSETS = "/api/docs-assets"
_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-standalone-preset.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}


class _Pages(SwaggerRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, describe(request.app))  # pyright: ignore[reportUnknownMemberType]


class _Document(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, describe(request.app))  # pyright: ignore[reportUnknownMemberType]


class _Router(Router):
    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        # Litestar's own page for an unknown path under /api: ours is the problem of every unknown path.
        if "/{path:str}" in getattr(value, "paths", ()):
            return []
        return super().register(value)


def openapi_config(version: str) -> OpenAPIConfig:
    """OpenAPI 3.1 at /api/openapi.json, pages at /api/docs."""
    pages = _Pages(
        js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        css_url=f"{_ASSETS}/swagger-ui.css",
        standalone_preset_js_url=f"{_ASSETS}/swagger-ui-standalone-preset.js",
        path="/docs",
        favicon=f"<link rel='icon' href='{_ASSETS}/favicon-32x32.png'>",
    )
    return OpenAPIConfig(
        title="devos",
        version=version,
        description="The control plane for teams whose software is written by autonomous agents.",
        openapi_router=_Router(
            "/api", route_handlers=[], include_in_schema=False, dto=None, return_dto=None, opt=PUBLIC
        ),
        render_plugins=[pages, _Document()],
        use_handler_docstrings=True,
        security=[{"bearer": []}],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http", scheme="bearer", description="A person's access token, or an agent key."
                )
            }
        ),
    )


def docs_assets() -> HTTPRouteHandler:
    """The files of Swagger UI that the page names."""
    # Found and not imported: importing that package would pull in web frameworks that we do not use.
    package = importlib.util.find_spec("swagger_ui")
    assert package is not None
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0]) / "static"

    @get(
        f"{_ASSETS}/{{name:str}}",
        include_in_schema=False,
        name="docs-assets",
        sync_to_thread=False,
        opt=PUBLIC,
    )
    def read_asset(name: FromPath[str]) -> File:
        """One file."""
        if name not in _FILES:
            raise NotFoundException
        return File(folder / name, media_type=_FILES[name], content_disposition_type="inline")

    return read_asset

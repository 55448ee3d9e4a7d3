"""The API: one composition root, and nothing at import time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from control_plane.db.batch import Batcher
from control_plane.db.pool import Database
from control_plane.domains.agents.routes import (
    AgentController,
    ProjectAgentController,
    RegistrationTokenController,
)
from control_plane.domains.artifacts.routes import ArtifactController, TaskArtifactController
from control_plane.domains.budgets.routes import ServiceController, TaskMoneyController
from control_plane.domains.events.feed import EventFeed
from control_plane.domains.events.routes import EventController, StreamController
from control_plane.domains.forge.routes import FeedbackController, RepositoryController, WebhookController
from control_plane.domains.identity import oauth_routes
from control_plane.domains.identity.passwords import Passwords
from control_plane.domains.identity.routes import AuthController, InvitationController
from control_plane.domains.kinds.routes import KindController
from control_plane.domains.kinds.service import KindChecks
from control_plane.domains.limits.routes import LimitController, TaskWaitController
from control_plane.domains.logs.routes import ProjectLogController, TaskLogController
from control_plane.domains.queue.routes import QueueController
from control_plane.domains.schedules.routes import ScheduleController, TaskScheduleController
from control_plane.domains.secrets.routes import ProjectSecretController, TeamSecretController
from control_plane.domains.tasks import queries as tasks_queries
from control_plane.domains.tasks import ready as tasks_ready
from control_plane.domains.tasks.dead_letter_routes import DeadLetterController, RequeueController
from control_plane.domains.tasks.graph_routes import GraphController
from control_plane.domains.tasks.ready import ReadyKinds
from control_plane.domains.tasks.routes import ClaimController, ExchangeController, TaskController
from control_plane.domains.teams.routes import PersonController, ProjectController, TeamController
from control_plane.domains.tokens.routes import ApiTokenController, ProjectTokenController, WhoamiController
from control_plane.http.address import with_client_address
from control_plane.http.credentials import (
    provide_admission,
    provide_caller,
    provide_session,
    require_credential,
)
from control_plane.http.docs import docs_assets, openapi_config
from control_plane.http.health import HealthController
from control_plane.http.injection import resolve_in_turn
from control_plane.http.problems import HANDLERS
from control_plane.http.request_id import with_request_id
from control_plane.http.scopes import require_scopes
from control_plane.http.supabase import ManagedController, SupabaseTokens
from control_plane.http.tokens import TokenChecker, TokenSigner
from control_plane.platform.artifact_store import ArtifactStore
from control_plane.platform.errors import OperatorError
from control_plane.platform.secrets import jwt_key_file, open_keyring
from control_plane.platform.settings import Settings

_MAX_BODY_BYTES = 4 * 1024 * 1024


def create_app(settings: Settings) -> Litestar:
    """The ASGI application. Needs `database_url`, and `jwt_private_key` or `supabase_url`."""
    if settings.database_url is None:
        raise _missing("a database", "DEVOS_DATABASE_URL")
    database = Database(settings.database_url.get_secret_value(), name="devos api")
    tokens, people = _people(settings)
    keyring = open_keyring(settings)
    passwords = Passwords()
    ready = ReadyKinds()
    artifact_store = ArtifactStore(settings)
    feed = EventFeed(database)
    kind_checks = KindChecks(database)
    heartbeats = Batcher(database, "private.touch_agents")
    uses = Batcher(database, "private.write_token_uses")

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        await database.open()
        tasks = [
            asyncio.create_task(database.listen(tasks_ready.CHANNEL, ready.heard)),
            asyncio.create_task(ready.tell(partial(tasks_queries.tell_ready, database))),
            asyncio.create_task(ready.look(partial(tasks_queries.keys_to_wake, database))),
            asyncio.create_task(feed.run()),
        ]
        try:
            async with heartbeats.running(), uses.running():
                yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await database.close()

    app = Litestar(
        route_handlers=[
            *people,
            PersonController,
            TeamController,
            InvitationController,
            ProjectController,
            AgentController,
            ProjectAgentController,
            RegistrationTokenController,
            ExchangeController,
            TaskController,
            ClaimController,
            DeadLetterController,
            RequeueController,
            GraphController,
            TaskLogController,
            ProjectLogController,
            TaskArtifactController,
            ArtifactController,
            KindController,
            ScheduleController,
            TaskScheduleController,
            LimitController,
            TaskWaitController,
            QueueController,
            TaskMoneyController,
            ServiceController,
            RepositoryController,
            WebhookController,
            FeedbackController,
            EventController,
            StreamController,
            WhoamiController,
            ApiTokenController,
            ProjectTokenController,
            ProjectSecretController,
            TeamSecretController,
            HealthController,
            docs_assets(),
        ],
        dependencies={
            "database": Provide(lambda: database, sync_to_thread=False),
            "signer": Provide(lambda: tokens, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "heartbeats": Provide(lambda: heartbeats, sync_to_thread=False),
            "passwords": Provide(lambda: passwords, sync_to_thread=False),
            "keyring": Provide(lambda: keyring, sync_to_thread=False),
            "artifact_store": Provide(lambda: artifact_store, sync_to_thread=False),
            "ready": Provide(lambda: ready, sync_to_thread=False),
            "feed": Provide(lambda: feed, sync_to_thread=False),
            "admission": Provide(provide_admission, sync_to_thread=False),
            "kind_checks": Provide(lambda: kind_checks, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
            "db": Provide(provide_session),
        },
        guards=[require_credential(database, tokens, uses)],
        exception_handlers=HANDLERS,
        lifespan=[lifespan],
        openapi_config=openapi_config(version("devos-control-plane")),
        request_max_body_size=_MAX_BODY_BYTES,
        # Access and errors are logged by our own handlers, with the request id.
        logging_config=None,
    )
    require_scopes(app)
    resolve_in_turn(app)
    # Around the router and not as its middleware: a route that does not exist is answered outside of those.
    app.asgi_handler = with_client_address(with_request_id(app.asgi_handler), settings.trusted_proxies)
    return app


def _people(settings: Settings) -> tuple[TokenChecker, list[ControllerRouterHandler]]:
    """What checks people's tokens, and the routes of their accounts: ours, or Supabase's."""
    if settings.supabase_url is not None:
        secret = settings.supabase_jwt_secret
        tokens = SupabaseTokens(settings.supabase_url, secret.get_secret_value() if secret else None)
        return tokens, [ManagedController]
    if settings.jwt_private_key is None:
        raise _missing("a signing key", "DEVOS_JWT_PRIVATE_KEY_FILE")
    signer = TokenSigner(settings.jwt_private_key.get_secret_value(), jwt_key_file(settings.data))
    return signer, [AuthController, *oauth_routes.HANDLERS]


def _missing(what: str, variable: str) -> OperatorError:
    return OperatorError(f"The API needs {what}.", f"Set {variable}, or start everything with `devos up`.")

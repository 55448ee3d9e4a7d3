"""The client for people and scripts: `AsyncDevos`, and `Devos` with the same verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import SecretStr

from devos_sdk._area import HttpArea
from devos_sdk._areas import Events, Logs, Repositories, Services, Tasks
from devos_sdk._areas_agents import Agents, RegistrationTokens
from devos_sdk._areas_artifacts import Artifacts
from devos_sdk._areas_kinds import Kinds
from devos_sdk._areas_people import Invitations, Teams, Tokens, Users
from devos_sdk._areas_projects import Projects, ProjectTokens, Secrets
from devos_sdk._areas_tasks import DeadLetters
from devos_sdk._identity import Session, Whoami
from devos_sdk._limits import Limits
from devos_sdk._people import People, SessionStorage, SignOutScope
from devos_sdk._portal import Async, LoopThread, M, Portal, Sync, Verb
from devos_sdk._queue import Queue
from devos_sdk._schedules import Schedules
from devos_sdk._transport import Transport, plain


class _Client(HttpArea[M]):
    def __init__(
        self, http: Transport, people: People, storage: SessionStorage | None, portal: Portal | None
    ) -> None:
        super().__init__(http, portal)
        self._people = people
        if storage is not None and http.credential is None:
            self._speak_for_them()
        self.users: Users[M] = Users(self._http, portal)
        self.invitations: Invitations[M] = Invitations(self._http, portal)
        self.teams: Teams[M] = Teams(self._http, portal)
        self.tokens: Tokens[M] = Tokens(self._http, portal)
        self.projects: Projects[M] = Projects(self._http, portal)
        self.project_tokens: ProjectTokens[M] = ProjectTokens(self._http, portal)
        self.secrets: Secrets[M] = Secrets(self._http, portal)
        self.repositories: Repositories[M] = Repositories(self._http, portal)
        self.agents: Agents[M] = Agents(self._http, portal)
        self.registration_tokens: RegistrationTokens[M] = RegistrationTokens(self._http, portal)
        self.kinds: Kinds[M] = Kinds(self._http, portal)
        self.schedules: Schedules[M] = Schedules(self._http, portal)
        self.limits: Limits[M] = Limits(self._http, portal)
        self.tasks: Tasks[M] = Tasks(self._http, portal)
        self.artifacts: Artifacts[M] = Artifacts(self._http, portal)
        self.logs: Logs[M] = Logs(self._http, portal)
        self.dead_letters: DeadLetters[M] = DeadLetters(self._http, portal)
        self.queue: Queue[M] = Queue(self._http, portal)
        self.services: Services[M] = Services(self._http, portal)
        self.events: Events[M] = Events(self._http, portal)

    @Verb
    async def sign_in(self, email: str, password: str | SecretStr) -> Session:
        """Sign a person in. This client speaks for them from then on, and keeps the session fresh."""
        session = await self._people.sign_in(email, plain(password))
        self._speak_for_them()
        return session

    @Verb
    async def sign_up(
        self, email: str, password: str | SecretStr, *, invitation: str | SecretStr | None = None
    ) -> Session | None:
        """Make an account and speak for it; with the token of an invitation where one is needed.

        None when the address has to be confirmed first, which a Supabase project may ask for.
        """
        token = None if invitation is None else plain(invitation)
        session = await self._people.sign_up(email, plain(password), token)
        if session is not None:
            self._speak_for_them()
        return session

    @Verb
    async def refresh(self) -> Session:
        """Refresh the session now. Calls do it by themselves when its token is about to end."""
        return await self._people.refresh()

    @Verb
    async def sign_out(self, *, scope: SignOutScope = "local") -> None:
        """End this session; `global` ends all of the person's, `others` all but this one."""
        await self._people.sign_out(scope)

    @Verb
    async def whoami(self) -> Whoami:
        """Whom this client speaks for, and what it may reach."""
        return await self._http.get(Whoami, "/api/whoami")

    def _speak_for_them(self) -> None:
        self._http.credential = self._people.access_token

    async def _close(self) -> None:
        await self._people.close()
        await self._http.close()


class AsyncDevos(_Client[Async]):
    """The control plane, awaited.

    `timeout` bounds one request. For `patience`, as long unless you say, what is safe to repeat is repeated
    while the server is away.
    Where people sign in at a Supabase project, name it with `supabase_url` and its public `supabase_key`.
    With a `storage`, a session outlives the program: the client goes on as whoever is signed in there.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout: timedelta = timedelta(seconds=30),
        patience: timedelta | None = None,
        supabase_url: str | None = None,
        supabase_key: str | None = None,
        storage: SessionStorage | None = None,
    ) -> None:
        patience = timeout if patience is None else patience
        http = Transport(url, token, timeout=timeout, patience=patience)
        people = People(supabase_url or url, supabase_key, timeout, patience, storage)
        super().__init__(http, people, storage, None)

    async def close(self) -> None:
        await self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()


class Devos(_Client[Sync]):
    """The control plane, for code without an event loop. The same verbs and settings as `AsyncDevos`."""

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout: timedelta = timedelta(seconds=30),
        patience: timedelta | None = None,
        supabase_url: str | None = None,
        supabase_key: str | None = None,
        storage: SessionStorage | None = None,
    ) -> None:
        patience = timeout if patience is None else patience
        http = Transport(url, token, timeout=timeout, patience=patience)
        people = People(supabase_url or url, supabase_key, timeout, patience, storage)
        self._thread = LoopThread()
        super().__init__(http, people, storage, self._thread)

    def close(self) -> None:
        self._thread.call(self._close())
        self._thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
